"""A therapist goes from the form that a patient sent to an evaluation, a recording, its findings and the moving figure.

By keys alone, and once: it is the longest flow, and its steps are done by mouse in the tests of each page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from clinic import made
from clinic.axe import faults, person
from clinic.charts_patient.phones import opened
from clinic.evaluations.conftest import do_next
from clinic.evaluations.files import walk_trc
from clinic.flows.hands import Keys
from poise.clinic.charts.domain import intake as verbs
from poise.clinic.charts.intake_forms import steps_of
from poise.clinic.charts.models import Episode
from poise.clinic.evaluations.models import Evaluation, FoundFinding

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
WORDS, HOPE = "My right knee buckles on the stairs", "Walk to the market"
SEEN = "panel => { const at = panel.getBoundingClientRect(); return at.left >= 0 && at.right <= innerWidth; }"
CLOCK = "parseFloat(document.querySelector('[data-clock]').textContent.replace(',', '.'))"


class Counted:
    """Keys whose presses are counted, as clinic.md 7.2 counts them: typing is none."""

    def __init__(self) -> None:
        self.hands, self.clicks = Keys(), 0
        self.write = self.hands.write

    def press(self, thing: Any) -> None:
        self.clicks += 1
        self.hands.press(thing)

    def choose(self, thing: Any, words: str) -> None:
        self.clicks += 1
        self.hands.choose(thing, words)

    def send(self, thing: Any, file: Path) -> None:
        self.clicks += 1
        self.hands.send(thing, file)


def test_from_the_patients_form_to_the_moving_figure(
    browser: Any, live_server: Any, therapist: Any, ana: Any, tmp_path: Path
) -> None:
    handed_in(ana, therapist)
    walk = tmp_path / "walk.trc"
    walk.write_bytes(walk_trc(stride_time_s=1.9, stride_length_m=0.8, duration_s=10.0))
    counted = Counted()
    with person(browser, live_server, therapist) as page:
        page.goto("/")
        the_form_becomes_an_episode(page, counted)
        episode = Episode.objects.get()
        assert (WORDS in episode.history, episode.goal, episode.side) == (True, HOPE, "right")
        a_region_proposes_its_tests(page, counted)
        assert Evaluation.objects.get().symptoms == [WORDS]
        a_walk_is_sent_and_read(page, counted, walk)
        two_findings_are_judged(page, counted)
        # clinic.md 7.2 A gives 12 clicks to a whole evaluation, with its plan and signature, of someone whose episode
        # is open. Here 3 open the episode, 8 lead from home to the findings, and each finding takes 2, for its reason.
        assert counted.clicks == 3 + 8 + 2 * 2
        a_finding_leads_to_the_figure(page, counted)
    said = FoundFinding.objects.exclude(judgement="open").order_by("judged_at").values_list("judgement", "reason")
    assert [(judgement, bool(reason)) for judgement, reason in said] == [("accepted", True), ("rejected", True)]


def handed_in(ana: Any, therapist: Any) -> None:
    """The patient, at home, before any episode of care."""
    intake, secret = verbs.send(made.actor(therapist), ana)
    phone = opened(Client(), secret)
    phone.post("/intake/step/problem/", {"words": WORDS})
    phone.post("/intake/step/hope/", {"words": HOPE})
    for step in steps_of(intake):
        if step.flags:
            phone.post(f"/intake/step/{step.slug}/", {flag.id: "no" for flag in step.flags})
    assert phone.post("/intake/review/").headers["Location"] == "/intake/done/"


def the_form_becomes_an_episode(page: Any, hands: Counted) -> None:
    hands.press(page.locator("main a[href*='/intake/']", has_text="Rivera, Ana"))
    hands.press(page.get_by_role("button", name="Confirm intake"))
    page.get_by_text("Confirmed.", exact=True).wait_for()
    hands.press(page.get_by_role("link", name="New episode"))
    hands.write(page.locator("[name=title]"), "Right knee")
    hands.choose(page.locator("[name=side]"), "Right")
    hands.press(page.get_by_role("button", name="Save"))
    page.get_by_text("2 parts of the intake form are in the chart now.").wait_for()


def a_region_proposes_its_tests(page: Any, hands: Counted) -> None:
    hands.press(page.locator("main").get_by_role("link", name="Begin an evaluation"))
    page.wait_for_url("**/evaluations/new/")
    assert page.locator("[name=symptoms]").input_value() == WORDS
    hands.write(page.locator("#id_region-words"), "Knee")
    page.keyboard.press("Tab")
    page.locator("#proposal").get_by_text("Gait walk").wait_for()
    hands.press(page.get_by_role("button", name="Begin with these tests"))
    page.locator(".test-list").wait_for()


def a_walk_is_sent_and_read(page: Any, hands: Counted, walk: Path) -> None:
    hands.press(page.locator(".test-name", has_text="Gait walk"))
    hands.send(page.locator("input[type=file]").first, walk)
    hands.press(page.get_by_role("button", name="Send").first)
    page.locator("#recordings").get_by_role("link", name="walk.trc").wait_for()
    assert do_next().state == "done"
    page.get_by_text("Analysed", exact=True).wait_for()  # without a reload
    page.locator("#test-state").get_by_text("Done").wait_for()
    assert faults(page, picture="c-5-analysed") == []
    hands.press(page.locator("#recordings").get_by_role("link", name="findings"))
    page.wait_for_url("**/findings/")
    found = page.locator("[data-finding]")
    assert found.count() == FoundFinding.objects.count() >= 2
    assert found.locator(".figure-body svg").count() == found.count()  # each with its picture


def two_findings_are_judged(page: Any, hands: Counted) -> None:
    for at, judgement in enumerate(("accepted", "rejected")):
        judge = page.locator("[data-finding]").nth(at).locator(f"[data-judge={judgement}]")
        hands.press(judge.locator("summary"))
        assert judge.locator(".judge-panel").evaluate(SEEN)
        assert faults(page, picture=f"c-6-{judgement}") == []
        hands.press(judge.locator("button[name=quick]").first)
        page.locator(f".finding.is-{judgement}").wait_for()


def a_finding_leads_to_the_figure(page: Any, hands: Counted) -> None:
    hands.press(page.locator("[data-finding] a[href*='/replay/']").first)
    page.wait_for_url("**/replay/**")
    page.locator("[data-findings] button").first.wait_for()
    started = page.evaluate(CLOCK)
    hands.press(page.locator("[data-toggle]"))
    page.wait_for_function(f"() => {CLOCK} > {started} + 0.2")

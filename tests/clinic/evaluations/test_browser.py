"""The flow of an evaluation in a real browser: a file is sent, analysed, its findings judged by keys."""

# ruff: noqa: PLR0917 - fixtures stand beside each other by name
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from clinic import made
from clinic.axe import faults, person
from clinic.evaluations.conftest import do_next
from clinic.evaluations.files import walk_trc
from poise.clinic.evaluations.domain import analysis, typed
from poise.clinic.evaluations.domain.typed import Entry
from poise.clinic.evaluations.models import FoundFinding
from poise.clinic.recordings.models import StoredRecording

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def where(name: str, evaluation: Any, *more: Any) -> str:
    return reverse(name, args=[evaluation.patient_id, evaluation.pk, *more])


def test_a_walk_is_sent_analysed_and_its_finding_judged_by_keys(
    browser: Any, live_server: Any, therapist: Any, evaluation: Any, planned: Any, tmp_path: Path
) -> None:
    file = tmp_path / "walk.trc"
    file.write_bytes(walk_trc(stride_time_s=1.9, stride_length_m=0.8, duration_s=10.0))
    with person(browser, live_server, therapist) as page:
        page.goto(live_server.url + where("evaluation-test", evaluation, planned("test_gait").pk))
        page.set_input_files("input[type=file]", str(file))
        page.get_by_role("button", name="Send").click()
        page.get_by_role("link", name="walk.trc").first.wait_for()
        recording = StoredRecording.objects.get()
        assert (recording.task, recording.episode_id) == ("walk", evaluation.episode_id)
        assert do_next().state == "done"
        page.get_by_text("Analysed", exact=True).first.wait_for()
        page.goto(live_server.url + where("evaluation-findings", evaluation))
        page.locator("[data-finding]").first.focus()
        first = page.locator("[data-finding]").first.get_attribute("id").removeprefix("finding-")
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        page.get_by_text("Take back").first.wait_for()
    assert FoundFinding.objects.get(pk=first).judgement == "accepted"


@pytest.mark.parametrize(("width", "theme", "language"), [(390, "dark", "es"), (1440, "light", "en")])
def test_every_page_of_an_evaluation_is_accessible(
    width: int, theme: str, language: str, browser: Any, live_server: Any, therapist: Any, evaluation: Any, planned: Any,
    stored: Any,
) -> None:  # fmt: skip
    walk = stored(walk_trc(stride_time_s=1.9, stride_length_m=0.8, duration_s=10.0), "walk.trc", task="walk")
    analysis.request(made.actor(therapist), walk, planned("test_gait"))
    do_next()
    tug = planned("test_tug")
    entries = [Entry(measure="m_tug_time", side="none", attempts=(16.0,), instrument="timer")]
    typed.record(made.actor(therapist), tug, entries, seen_version=tug.version)
    found = FoundFinding.objects.get(finding="f_slow_tug")
    pages = [
        reverse("evaluations", args=[evaluation.patient_id]),
        reverse("evaluation-start", args=[evaluation.patient_id, evaluation.episode_id]),
        *(where(name, evaluation) for name in ("evaluation", "evaluation-findings", "evaluation-chain",
                                              "evaluation-summary", "evaluation-finish", "evaluation-words")),
        *(where("evaluation-test", evaluation, planned(test).pk) for test in ("test_gait", "test_rom", "test_mctsib")),
        where("finding-chain", evaluation, found.pk), where("measure-series", evaluation, "m_tug_time"),
        reverse("own-findings", args=[evaluation.patient_id]),
    ]  # fmt: skip
    with person(browser, live_server, therapist, width=width, theme=theme, language=language) as page:
        assert {address: told for address in pages if (told := faults(page, address))} == {}

"""The report of standing, muscles, repetitions, posture and tasks: pictures with words, and nothing made up."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import made_tasks as made
from documents.test_report import _Balanced
from poise.documents.muscles import muscles
from poise.documents.phases import phases
from poise.documents.posture import posture
from poise.documents.repetitions import repetitions
from poise.documents.report import SECTIONS, render_html
from poise.documents.sway import sway
from poise.documents.tasks import conditions_line, task_line
from poise.model import Assessment, Recognition


@pytest.mark.parametrize("make", made.EVERY, ids=lambda make: make.__name__)
def test_every_task_has_a_page_that_closes_its_tags_and_says_no_word_of_the_machine(make):
    page = render_html([make()])
    parser = _Balanced()
    parser.feed(page)
    assert parser.open == []
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S)
    assert not re.search(r"\bnan\b|\bNone\b|Traceback|inf\b", text)
    assert not re.search(r"https?://|src=|url\(|<script|@import|javascript:", page)
    assert "<svg" in page
    assert page.count("<svg") == page.count('role="img"') == len(re.findall(r'<svg[^>]*aria-label="[^"]+', page))


def test_a_walk_shows_none_of_these_and_an_empty_recording_none_either(assessment: Assessment):
    nothing = Assessment(source="x", id="x", duration_s=1.0)
    for section in SECTIONS:
        assert section(assessment) is None
        assert section(nothing) is None


def test_the_sway_is_told_with_its_ellipse_and_its_span():
    section = sway(made.standing())
    assert section is not None
    assert "eyes open, on foam" in section.lead
    plot = section.pictures[0]
    assert "8.0 mm left – right, 16.0 mm back – forward" in plot.alternative
    # π · 5.991 · σ σ with σ² = A² / 2.
    assert f"{np.pi * 5.991 * 4 * 8 / 2:.0f} mm²" in plot.alternative


def test_sway_whose_directions_nobody_knows_has_no_names_for_them():
    known = made.standing()
    unnamed = tuple(
        replace(each, series=each.series.replace("_ml", "_x").replace("_ap", "_y")) for each in known.series
    )
    section = sway(replace(known, series=unnamed))
    assert section is not None
    assert "left" not in section.pictures[0].alternative
    assert any("Nobody said which way" in note for note in section.notes)


def test_muscles_stand_in_the_order_of_firing_and_the_uncertain_one_is_hollow_and_said():
    section = muscles(made.muscles())
    assert section is not None
    assert (
        section.lead
        == "Vastus medialis (left) begins; then Biceps femoris (left) +80 ms, Soleus (right) +150 ms (uncertain)."
    )
    drawn = section.pictures[0].drawing
    assert drawn.index("Vastus medialis") < drawn.index("Biceps femoris") < drawn.index(">Soleus")
    assert drawn.count('class="unsure"') == 1
    assert drawn.count('class="sure"') == 2


def test_a_muscle_that_was_on_from_the_start_has_no_onset():
    given = made.muscles()
    on = (replace(given.bursts[0], onset_s=0.0), *given.bursts[1:])
    section = muscles(replace(given, bursts=on))
    assert section is not None
    assert section.lead.startswith("Biceps femoris (left) begins")


def test_each_repetition_has_a_card_with_its_weakest_part_and_its_faults_in_words():
    page = render_html([made.exercise()])
    assert page.count('class="card ') == 3
    assert "Held back by: trunk lean 22.0°" in page
    assert "trunk leans &lt;forward&gt; 22.0° (limit 15.0°)" in page
    assert "cut off by the end; only 80 % seen" in page
    assert "3 repetitions, 1 of them cut off by the end of the recording; 1 of 2 without a grave fault" in page


def test_the_course_without_its_series_goes_through_the_points_that_were_measured():
    section = repetitions(replace(made.exercise(), series=()))
    assert section is not None
    assert "<path" in section.pictures[0].drawing


def test_the_posture_is_seen_from_both_sides_with_its_numbers():
    section = posture(made.posture())
    assert section is not None
    side, front = section.pictures
    assert "head" in side.alternative.lower()
    assert "18.0°" in side.drawing
    assert "left 3.0°" in front.alternative


def test_a_flat_recording_shows_only_the_view_that_was_seen():
    given = made.posture()
    body = given.recording["body"]
    flat = replace(body, values=body.values * [1.0, 0.0, 1.0], frame=replace(body.frame, view="sagittal"))
    recording = given.recording.after(given.recording.history[0] if given.recording.history else made_step(), body=flat)
    section = posture(replace(given, recording=recording))
    assert section is not None
    assert [each.drawing.count("From the front") for each in section.pictures] == [0]


def made_step():
    from poise.model import Step

    return Step(what="flattened")


def test_phases_stand_in_their_order_and_need_at_least_two():
    section = phases(made.tug())
    assert section is not None
    assert section.pictures[0].alternative == "stand up 1.30 s, walk out 3.00 s, turn 1.60 s, walk back 3.00 s"
    assert phases(replace(made.tug(), measurements=made.tug().measurements[:2])) is None


def test_how_sure_the_task_is_and_what_was_held_is_said():
    guessed = Recognition(
        task="stand", confidence=0.8, because="the plates carry one person who stays", instead="squat"
    )
    line = task_line(Assessment(source="x", id="x", recognition=guessed))
    assert line == (
        "Task: standing still, recognised and 80 % sure, because the plates carry one person who stays. If not, then squats."
    )
    assert conditions_line({"eyes": "closed", "surface": "foam", "trial": "2", "target_deg": "30"}) == (
        "eyes closed, on foam, try 2, target 30°"
    )


@pytest.mark.parametrize(
    ("because", "words"),
    [("It was asked for.", "as asked"), ("The file, or the data set it is of, says so.", "as the file says")],
)
def test_who_said_what_the_task_is(because: str, words: str):
    known = Recognition(task="walk", confidence=1.0, because=because)
    assert task_line(Assessment(source="x", id="x", recognition=known)).endswith(f", {words}.")


def test_a_comparison_shows_what_was_changed_what_was_held_and_both_numbers():
    both = [made.standing("open", 9.0), made.standing("closed", 19.8)]
    page = render_html(both, [made.romberg()])
    text = re.sub(r"<[^>]+>", " ", page)
    assert "Changed on purpose: open and closed eyes. The same in all: on foam." in text
    assert "2.20" in text
    assert "Speed of the sway: eyes open 9.0 mm/s, eyes closed 19.8 mm/s" in page
    assert "The recordings differ in length." in text
    assert page.index("Compared with each other") < page.index("How the body swayed")


def test_without_comparisons_the_page_is_as_before(assessment: Assessment):
    assert render_html([assessment]) == render_html([assessment], ())
    assert "Compared with each other" not in render_html([assessment])


@pytest.mark.parametrize("make", made.EVERY, ids=lambda make: make.__name__)
def test_every_task_can_be_a_tagged_pdf(make, tmp_path: Path):
    pytest.importorskip("typst", reason="poise[pdf] is not installed")
    from poise.documents.pdf import write_pdf

    write_pdf([make()], tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_comparisons_are_in_the_pdf_too(tmp_path: Path):
    pytest.importorskip("typst", reason="poise[pdf] is not installed")
    from poise.documents.pdf import write_pdf

    write_pdf([made.standing(), made.standing("closed", 20.0)], tmp_path / "report.pdf", [made.romberg()])
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")

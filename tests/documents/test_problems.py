"""Doubts and unjudged things as a person reads them: what they are about, and what is shared told once."""

from __future__ import annotations

from poise.documents.problems import told, unseen_told
from poise.model import Problem

NOISE = "At rest the signal has {} µV; a good one has less than 10."


def doubt(what: str, where: str) -> Problem:
    return Problem(what=what, where=where, do="Prepare the skin.")


def test_a_doubt_names_its_channel_and_not_its_recording() -> None:
    (one,) = told([doubt(NOISE.format(21), "walk03, soleus left")], of=("walk03", "/data/walk03.c3d"))
    assert one.sentence == "soleus left: At rest the signal has 21 µV; a good one has less than 10."


def test_what_is_about_the_whole_recording_names_nothing() -> None:
    given = [doubt("Too short.", where) for where in ("walk03", "/data/walk03.c3d", "walk03.c3d")]
    assert [each.where for each in told(given, of=("walk03", "/data/walk03.c3d"))] == [""]


def test_the_same_doubt_of_many_channels_is_told_once_with_all_of_them() -> None:
    given = [doubt(NOISE.format(20 + k), f"walk03, {k}") for k in range(3)] + [doubt("It was cut.", "walk03, 1")]
    found = told(given, of=("walk03",))
    assert [each.where for each in found] == ["0, 1, 2 (figures: 0)", "1"]


def test_what_could_not_be_judged_for_one_reason_is_one_line() -> None:
    given = (
        "Stiff knee: the bend was not measured (needs the body from the side).",
        "Knee snaps back: the bend in stance was not measured (needs the body from the side).",
        "Slow walking: not judged on a treadmill, where the belt decides.",
    )
    assert unseen_told(given) == ["It takes the body from the side: Stiff knee; Knee snaps back.", given[2]]

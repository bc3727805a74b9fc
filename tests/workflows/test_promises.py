"""What was promised of accuracy: judged by the scores of a run and by nothing else."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from poise.workflows.validate import markdown
from poise.workflows.validation._promises import PROMISES, best_peer, judge
from poise.workflows.validation._tables import said_bar, said_ours, said_peer, said_reached
from poise.workflows.validation.scores import Score

CONTACTS = Score(
    dataset="mcgill-children-gait-c3d", file="all", measure="initial_contact", method="gait_markers@1",
    metric="f1_100ms", value=1.0, n=19, condition="straight",
)  # fmt: skip
TOE_OFFS = replace(CONTACTS, measure="toe_off", value=0.98)
LUMBAR = Score(
    dataset="mobgap-lumbar-imu", file="all", measure="initial_contact", method="lumbar@1", metric="f1_200ms",
    value=0.84, n=100, condition="bouts given",
)  # fmt: skip


def about(scores: list[Score], peers: list[Score] | None = None):
    """The promises that these scores are about."""
    return [each for each in judge(scores, peers or []) if each.worst is not None]


def test_without_scores_nothing_is_reached_and_nothing_is_missed() -> None:
    assert {each.reached for each in judge([], [])} == {None}
    assert len(judge([], [])) == len(PROMISES)


def test_the_worst_figure_decides() -> None:
    (judged,) = about([CONTACTS, TOE_OFFS])
    assert judged.worst == TOE_OFFS
    assert judged.reached is False
    assert "toe_off" in said_ours(judged)
    assert about([CONTACTS])[0].reached is True


def test_the_size_of_a_bias_counts_not_its_sign() -> None:
    early = replace(LUMBAR, metric="bias_ms", value=-20.0, unit="ms")
    assert about([early])[0].reached is False
    assert about([replace(early, value=-14.0)])[0].reached is True


def test_no_number_is_not_reached() -> None:
    assert about([replace(CONTACTS, value=math.nan)])[0].reached is False


def test_a_single_recording_is_no_pooled_figure() -> None:
    assert about([replace(CONTACTS, file="one.c3d")]) == []


def test_a_bar_above_the_peer_is_counted_from_the_peer_of_the_same_run() -> None:
    alone = about([LUMBAR])
    assert {each.reached for each in alone} == {None}
    assert said_bar(alone[0]) == "≥ peer + 0.05"
    cut = replace(LUMBAR, method="mobgap shin", value=0.78)
    wide = replace(LUMBAR, method="mobgap shin margin", value=0.82)
    as_given, shown_more = about([LUMBAR], [cut, wide])
    assert as_given.bar == pytest.approx(0.83)
    assert as_given.reached is True
    assert shown_more.bar == pytest.approx(0.87)
    assert shown_more.reached is False


def test_a_published_figure_is_met_to_the_decimals_that_it_was_published_with() -> None:
    knee = Score(
        dataset="mcgill-children-gait-c3d", file="all", measure="knee.flexion", method="gait-angles 1", metric="rmse",
        value=0.2018, n=10, condition="straight", unit="deg", published=0.2, source="somebody",
    )  # fmt: skip
    assert about([knee])[0].reached is True
    assert about([replace(knee, value=0.26)])[0].reached is False
    assert about([replace(knee, published=None)]) == []


def test_a_peer_that_finds_little_but_exactly_is_not_the_best() -> None:
    ours = replace(CONTACTS, metric="median_abs_error_ms", value=12.0)

    def peer(name: str, f1: float, error_ms: float) -> list[Score]:
        found = replace(CONTACTS, method=name)
        return [replace(found, value=f1), replace(found, metric="median_abs_error_ms", value=error_ms)]

    peers = [*peer("exact", 0.4, 1.0), *peer("late", 1.0, 30.0), *peer("good", 1.0, 15.0)]
    assert best_peer([ours], peers) == "good"
    assert best_peer([ours], []) is None


def test_a_peer_with_half_of_the_figures_says_so_and_stands_beside_ours_on_that_half() -> None:
    peer = replace(CONTACTS, method="peer", value=0.9)
    (judged,) = about([CONTACTS, TOE_OFFS], [peer])
    assert said_peer(judged) == "0.900 (peer; 1 of 2, ours there 1.000)"
    assert said_reached(judged) == "**no**"


def test_a_peers_figure_of_another_condition_is_not_beside_ours() -> None:
    assert about([CONTACTS], [replace(CONTACTS, method="peer", condition="turn")])[0].peer is None


def test_the_page_begins_with_what_matters_and_shows_every_method_of_a_peer() -> None:
    peers = [replace(CONTACTS, method=f"peer {each}", value=0.5) for each in "ab"]
    page = markdown([CONTACTS, replace(CONTACTS, file="one.c3d", value=0.123)], peers)
    assert page.index("## What matters") < page.index(f"## {CONTACTS.dataset}")
    assert "peer a" in page
    assert "peer b" in page
    assert "0.123" not in page
    assert page.count("not measured") == len(PROMISES) - 1


def test_a_folder_with_nothing_pooled_is_shown_recording_by_recording() -> None:
    page = markdown([replace(CONTACTS, file="one.c3d", value=0.123)], [])
    assert "initial_contact (one.c3d)" in page
    assert "0.123" in page

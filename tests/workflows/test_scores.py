"""Matching of events: one to one, the closest first; laws, not only examples."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.workflows.validation.scores import match_events, pooled

times = st.lists(st.floats(0, 60), max_size=30)


def test_each_event_is_matched_once_and_to_its_nearest() -> None:
    found = match_events([1.00, 1.03, 5.0], [1.02, 3.0], 0.1)
    assert found.errors_s == pytest.approx((0.01,))
    assert (found.missed, found.extra) == (1, 2)
    assert found.f1 == pytest.approx(2 / 5)
    assert found.precision == pytest.approx(1 / 3)
    assert found.recall == pytest.approx(1 / 2)


def test_a_late_detection_has_a_positive_error() -> None:
    assert match_events([1.05], [1.0], 0.1).errors_s[0] > 0


def test_nothing_to_find_and_nothing_found_is_no_score() -> None:
    assert math.isnan(match_events([], [], 0.1).f1)


@given(times)
def test_a_perfect_detector_scores_one(reference: list[float]) -> None:
    found = match_events(reference, reference, 0.05)
    assert found.missed == found.extra == 0
    assert all(abs(error) < 0.05 for error in found.errors_s)


@given(times, times)
def test_every_event_is_counted_exactly_once(detected: list[float], reference: list[float]) -> None:
    found = match_events(detected, reference, 0.25)
    assert len(found.errors_s) + found.missed == len(reference)
    assert len(found.errors_s) + found.extra == len(detected)
    swapped = match_events(reference, detected, 0.25)
    assert sorted(swapped.errors_s) == pytest.approx(sorted(-error for error in found.errors_s))


@given(times, times)
def test_pooling_with_an_empty_recording_changes_nothing(detected: list[float], reference: list[float]) -> None:
    one = match_events(detected, reference, 0.1)
    assert pooled([one, match_events([], [], 0.1)]) == one

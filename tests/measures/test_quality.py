"""One quality that never hides its parts, and falls when any of them does."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.measures.quality import ROUNDING, SHARES, Anchors, Asked, judged_parts, totals
from poise.measures.repetition_set import variability

SHARE = st.floats(0.0, 1.0)
LEAN = Anchors(low=0.0, high=10.0, worst_high=30.0)


def part(value: float, group: str = "range", name: str = "one", share: float = 1.0) -> Asked:
    anchors = Anchors(low=100.0, high=100.0, worst_low=0.0)
    return Asked(name=name, label=name, group=group, value=value, unit="%", anchors=anchors, share=share)


def test_vector_quality_aggregate() -> None:
    found = totals([0.82, 0.91, 0.75, 0.88], [0.3, 0.25, 0.25, 0.2])
    assert found.weighted_mean == pytest.approx(83.7, abs=1e-6)
    assert found.weighted_geometric == pytest.approx(83.47690795, abs=1e-6)
    assert found.worst == pytest.approx(75.0, abs=1e-6)
    assert found.capped == pytest.approx(83.7, abs=1e-6)


def test_vector_variability() -> None:
    found = variability([4.0, 6.0, 5.0, 7.0, 3.0])
    assert found.mean == pytest.approx(5.0)
    assert found.sd == pytest.approx(1.58113883, abs=1e-8)
    assert found.cv_percent == pytest.approx(31.6227766, abs=1e-7)
    assert found.mad == pytest.approx(1.4826, abs=1e-8)
    assert math.isnan(variability([3.0]).sd)


def test_a_deviation_inside_the_measuring_error_costs_nothing() -> None:
    assert LEAN.score(10.0) == LEAN.score(14.9, error=5.0) == 1.0
    assert LEAN.score(20.0) == pytest.approx(0.5)
    assert LEAN.score(30.0) == LEAN.score(99.0) == 0.0
    assert math.isnan(LEAN.score(math.nan))


@given(st.floats(-100, 200), st.floats(-100, 200), st.floats(0, 20))
def test_farther_from_the_band_is_never_better(one: float, other: float, error: float) -> None:
    anchors = Anchors(low=40.0, high=60.0, worst_low=0.0, worst_high=120.0)

    def away(value: float) -> float:
        return (40.0 - value) / 40.0 if value < 40.0 else max(0.0, (value - 60.0) / 60.0)

    same_side = (one < 50.0) == (other < 50.0)
    if same_side and away(one) <= away(other):
        assert anchors.score(one, error) >= anchors.score(other, error)
    assert 0.0 <= anchors.score(one, error) <= 1.0


@given(st.lists(st.tuples(st.sampled_from(sorted(SHARES)), st.floats(0, 100)), min_size=1, max_size=8), st.data())
def test_the_quality_falls_or_stays_when_a_part_falls(parts: list[tuple[str, float]], data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(parts) - 1))
    lower = data.draw(st.floats(0.0, parts[which][1]))
    worse = [(group, lower if i == which else value) for i, (group, value) in enumerate(parts)]
    before, after = (judged_parts(part(v, g, f"{i}") for i, (g, v) in enumerate(each)) for each in (parts, worse))
    assert before.quality is not None
    assert after.quality is not None
    assert after.quality <= before.quality + 1e-9
    assert 0.0 <= after.quality <= 100.0


@given(st.lists(st.floats(0, 100), min_size=2, max_size=6))
def test_a_severe_fault_is_not_averaged_away(values: list[float]) -> None:
    found = judged_parts(part(value, name=f"{i}") for i, value in enumerate(values))
    assert found.quality is not None
    assert found.quality <= min(values) + 20.0 + 1e-9
    if min(values) / 100.0 < 1.0 - ROUNDING:
        limiting = next(each for each in found.parts if each.name == found.limiting)
        assert limiting.score == pytest.approx(min(values) / 100.0)
    else:
        assert not found.limiting


def test_missing_parts_are_named_and_without_enough_of_them_there_is_no_quality() -> None:
    three = [part(80.0, "range", "range"), part(90.0, "control", "smoothness"), part(math.nan, "accuracy", "symmetry")]
    found = judged_parts(three)
    assert found.missing == ("symmetry",)
    assert found.coverage == pytest.approx(0.75)
    assert found.quality == pytest.approx((80 * 0.25 + 90 * 0.2) / 0.45)
    blind = judged_parts([part(math.nan, "compensation", "lean"), *three])
    assert blind.quality is None
    assert [each.name for each in blind.parts] == ["range", "smoothness"]
    assert judged_parts([]).quality is None
    assert judged_parts([]).parts == ()

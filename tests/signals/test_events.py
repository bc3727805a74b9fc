"""Moments in a signal: peaks, crossings, stretches, and the order of events."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.signals import events

NAN = float("nan")


def test_a_peak_needs_its_prominence_and_its_distance() -> None:
    wave = np.cos(2 * np.pi * np.arange(500) / 100.0)
    assert events.peaks(wave, prominence=0.5).tolist() == [100, 200, 300, 400]
    rippled = wave + 0.2 * np.cos(2 * np.pi * np.arange(500) / 10.0)
    assert len(events.peaks(rippled)) > 20
    assert events.peaks(rippled, prominence=1.0).tolist() == [100, 200, 300, 400]
    assert events.peaks(rippled, prominence=1.0, within=150).tolist() == [100, 200, 300, 400]
    assert events.peaks(rippled, apart=60).tolist() == [100, 200, 300, 400]


def test_a_peak_near_the_end_is_judged_by_its_inner_side() -> None:
    rise_and_fall = np.concatenate((np.linspace(0.9, 1.0, 5), np.linspace(0.99, 0.0, 60)))
    assert events.peaks(rise_and_fall, prominence=0.5).tolist() == [4]
    assert events.peaks(rise_and_fall, prominence=0.5, from_edge=5).tolist() == []
    assert events.peaks(np.linspace(0.0, 1.0, 50), prominence=0.1).tolist() == []


def test_a_gap_cuts_a_signal_in_two() -> None:
    wave = np.cos(2 * np.pi * np.arange(300) / 100.0)
    wave[99:101] = NAN
    assert events.peaks(wave, prominence=0.5).tolist() == [200]
    assert events.peaks(np.full(10, NAN)).tolist() == []


@given(st.floats(0.5, 20.0), st.floats(-5.0, 5.0))
def test_peaks_do_not_mind_the_unit_or_the_level(scale: float, level: float) -> None:
    wave = np.cos(2 * np.pi * np.arange(400) / 80.0)
    found = events.peaks(scale * wave + level, prominence=scale)
    assert found.tolist() == events.peaks(wave, prominence=1.0).tolist()


def test_crossings_fall_between_samples() -> None:
    assert events.crossings([0.0, 1.0, 1.0, 0.0], 0.25, rising=True) == pytest.approx([0.25])
    assert events.crossings([0.0, 1.0, 1.0, 0.0], 0.25, rising=False) == pytest.approx([2.75])
    assert events.crossings([0.0, NAN, 1.0], 0.5, rising=True).tolist() == []
    assert events.crossings([0.0, 2.0], [1.0, 3.0], rising=True).tolist() == []


def test_trembling_about_a_threshold_is_one_contact() -> None:
    force = np.zeros(300)
    force[100:200] = 500.0
    force[104] = force[150] = 0.0
    force[60] = 90.0
    found = events.above(force, 20.0, hold=5)
    assert (found.start.tolist(), found.stop.tolist()) == ([100], [200])
    assert len(events.above(force, 20.0)) == 4


def test_what_the_ends_cut_off_counts() -> None:
    found = events.above([30.0, 30.0, 0.0, 0.0, 0.0, 30.0], 20.0, hold=3)
    assert (found.start.tolist(), found.stop.tolist()) == ([0, 5], [2, 6])
    assert len(events.above([NAN, NAN], 20.0)) == 0


def steps(count: int = 5) -> dict[str, np.ndarray]:
    at = np.arange(count, dtype=float)
    return {"contacts": at, "toe_offs": at + 0.6, "other_contacts": at + 0.5, "other_toe_offs": at + 0.1}


def test_strides_in_the_order_of_walking() -> None:
    table = events.stride_table(**steps())
    assert len(table) == 4
    assert table.dropped == 0
    assert table.toe_off - table.start == pytest.approx([0.6] * 4)
    assert table.opposite_contact - table.start == pytest.approx([0.5] * 4)
    assert table.opposite_toe_off - table.start == pytest.approx([0.1] * 4)


@pytest.mark.parametrize("lost", ["toe_offs", "other_contacts", "other_toe_offs"])
def test_a_missing_event_drops_its_stride_alone(lost: str) -> None:
    walk = steps()
    walk[lost] = np.delete(walk[lost], 1)
    table = events.stride_table(**walk)
    assert (len(table), table.dropped) == (3, 1)
    assert 1.0 not in table.start


def test_a_doubled_event_drops_its_stride() -> None:
    walk = steps()
    walk["toe_offs"] = np.sort(np.append(walk["toe_offs"], 2.7))
    assert events.stride_table(**walk).dropped == 1


def test_running_is_not_walking() -> None:
    walk = steps() | {"toe_offs": np.arange(5.0) + 0.35, "other_toe_offs": np.arange(5.0) - 0.15}
    assert len(events.stride_table(**walk)) == 0


def test_a_pause_is_no_stride_and_nothing_broken() -> None:
    at = np.array([0.0, 1.0, 20.0, 21.0])
    table = events.stride_table(at, at + 0.6, at + 0.5, at + 0.1)
    assert (len(table), table.dropped) == (2, 0)


def test_a_foot_that_was_not_seen_is_not_asked_for() -> None:
    at = np.arange(4.0)
    table = events.stride_table(at, at + 0.6, None, None)
    assert len(table) == 3
    assert np.isnan(table.opposite_contact).all()


def test_nothing_gives_nothing() -> None:
    assert len(events.stride_table([], [], [], [])) == 0
    assert len(events.stride_table([1.0], [], [], [])) == 0

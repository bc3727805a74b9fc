"""The One-Euro filter: calm at rest, quick in motion, and the same however a stream is cut."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from poise.signals.one_euro import OneEuroState, one_euro


def run(
    values: list[float], state: OneEuroState | None = None, start: int = 0
) -> tuple[list[float], OneEuroState | None]:
    out = []
    for i, value in enumerate(values, start):
        state, smoothed = one_euro(state, i / 30.0, value, beta=0.02)
        out.append(smoothed)
    return out, state


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40), st.data())
def test_a_stream_cut_anywhere_is_smoothed_as_the_whole(values: list[float], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(values) - 1))
    first, state = run(values[:cut])
    assert first + run(values[cut:], state, cut)[0] == run(values)[0]


@given(st.floats(-1e3, 1e3))
def test_what_rests_stays_where_it_is(value: float) -> None:
    assert all(math.isclose(each, value, abs_tol=1e-9) for each in run([value] * 20)[0])


def test_a_missing_sample_is_missing_and_spoils_nothing() -> None:
    smoothed, _ = run([1.0, math.nan, 1.0])
    assert math.isnan(smoothed[1])
    assert smoothed[2] == 1.0


def test_a_sample_out_of_time_changes_nothing() -> None:
    state, _ = one_euro(None, 1.0, 5.0)
    assert one_euro(state, 0.5, 9.0) == (state, 5.0)


def test_quick_movement_lags_less_with_beta() -> None:
    ramp = [float(i) for i in range(30)]
    calm = quick = None
    for i, value in enumerate(ramp):
        calm, slow = one_euro(calm, i / 30.0, value)
        quick, fast = one_euro(quick, i / 30.0, value, beta=0.5)
    assert abs(ramp[-1] - fast) < 0.5 * abs(ramp[-1] - slow)

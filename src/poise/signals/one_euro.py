"""The One-Euro filter: live smoothing that is calm while a signal rests and quick while it moves."""

from __future__ import annotations

import math
from typing import NamedTuple


class OneEuroState(NamedTuple):
    """What the filter remembers: the last time, its last output and its last smoothed speed."""

    time_s: float
    value: float
    speed: float


def one_euro(
    state: OneEuroState | None,
    time_s: float,
    value: float,
    *,
    least_cutoff_hz: float = 1.0,
    beta: float = 0.0,
    speed_cutoff_hz: float = 1.0,
) -> tuple[OneEuroState | None, float]:
    """One sample of one signal.

    Parameters
    ----------
    state
        What the last call gave; None before the first sample.
    time_s
        Rising. A sample that is not later than the one before changes nothing.
    least_cutoff_hz
        The cut-off at rest: lower is calmer.
    beta
        How much the cut-off rises with speed, in Hz for one unit a second: it depends on the unit of the signal.

    Returns
    -------
    state, smoothed
        NaN for a missing sample, which leaves the state as it is.

    References
    ----------
    .. [1] Casiez, Roussel & Vogel 2012, CHI, 2527-2530. The speed is taken against the last *filtered* value, as in
       the authors' own code.
    """
    if not math.isfinite(value):
        return state, math.nan
    if state is None:
        return OneEuroState(time_s, value, 0.0), value
    step_s = time_s - state.time_s
    if not step_s > 0.0:
        return state, state.value
    speed = _mix((value - state.value) / step_s, state.speed, speed_cutoff_hz, step_s)
    smoothed = _mix(value, state.value, least_cutoff_hz + beta * abs(speed), step_s)
    return OneEuroState(time_s, smoothed, speed), smoothed


def _mix(new: float, old: float, cutoff_hz: float, step_s: float) -> float:
    """First-order low-pass: so much of the new value as the cut-off lets through in one step."""
    share = 1.0 / (1.0 + 1.0 / (2.0 * math.pi * cutoff_hz * step_s))
    return share * new + (1.0 - share) * old

"""Leaning as far as one can, and catching oneself: what is read from one lean, and from one disturbance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.signals.filters import present_runs

Array = NDArray[np.float64]
NAN = float("nan")
ABOVE = 1.2
DIRECTIONS = (
    "forward",
    "forward_right",
    "right",
    "backward_right",
    "backward",
    "backward_left",
    "left",
    "forward_left",
)
"""Eight directions, 45° apart, clockwise as seen from above."""


# ── limits of stability ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Lean:
    """One lean towards a target, from where the person stood at rest.

    Attributes
    ----------
    direction_deg
        From forward, clockwise as seen from above: 90 is to the right.
    endpoint, maximum
        How far along the direction: in the first attempt, until the movement towards the target first stops; and at
        most. In the unit of the points.
    control_percent
        100 · (way towards the target − way across it) / way towards it, over the first attempt; may be negative.
    velocity
        Mean along the direction, from onset to endpoint, a second.
    onset_s, end_s
        On the clock of the points: leaving rest, and the endpoint.
    """

    direction_deg: float
    endpoint: float
    maximum: float
    control_percent: float
    velocity: float
    onset_s: float
    end_s: float

    @property
    def direction(self) -> str:
        """The nearest of `DIRECTIONS`."""
        return DIRECTIONS[round(self.direction_deg / 45.0) % 8]


def find_leans(points: ArrayLike, rate_hz: float, *, least: float, still_s: float = 0.25) -> tuple[Lean, ...]:
    """Every lean out from rest and back, in order.

    Parameters
    ----------
    points
        Shape (samples, 2): rightwards and forwards, about the place of rest, low-passed (about 5 Hz), without NaN.
    rate_hz
        Hz.
    least
        A lean reaches at least this far from rest; it begins and ends at a third of it.
    still_s
        The movement towards the target has stopped when it gains nothing for so long.

    Notes
    -----
    The direction is that of the farthest point. After Clark et al. 1997 and the reference's 2.3; onset is the last
    moment before the lean at which the point moved at less than 5 % of its highest speed.
    """
    path = np.asarray(points, dtype=np.float64)
    away = np.hypot(path[:, 0], path[:, 1])
    out = [run for run in present_runs(np.where(away > least / 3.0, 0.0, np.nan)) if away[run].max() >= least]
    return tuple(_lean(path, run, rate_hz, still_s) for run in out)


def _lean(path: Array, run: slice, rate_hz: float, still_s: float) -> Lean:
    far = run.start + int(np.argmax(np.hypot(*path[run].T)))
    towards = path[far] / np.hypot(*path[far])
    along, across = path @ towards, path @ np.array([towards[1], -towards[0]])
    speed = np.gradient(along, 1.0 / rate_hz)
    slow = np.flatnonzero(speed[: run.start + 1] < 0.05 * speed[run.start : far + 1].max())
    onset = int(slow[-1]) if len(slow) else 0
    end = _first_stop(along, run.start, far, round(still_s * rate_hz))
    way = float(np.abs(np.diff(along[onset : end + 1])).sum())
    aside = float(np.abs(np.diff(across[onset : end + 1])).sum())
    return Lean(
        direction_deg=float(np.degrees(np.arctan2(towards[0], towards[1])) % 360.0),
        endpoint=float(along[end]),
        maximum=float(along[far]),
        control_percent=100.0 * (way - aside) / way if way > 0.0 else NAN,
        velocity=float((along[end] - along[onset]) * rate_hz / max(end - onset, 1)),
        onset_s=onset / rate_hz,
        end_s=end / rate_hz,
    )


def _first_stop(along: Array, start: int, far: int, still: int) -> int:
    """The first sample that is not passed within `still` samples after it; the farthest at the latest."""
    for sample in range(start, far):
        if along[sample + 1 : sample + 1 + still].max(initial=-np.inf) <= along[sample]:
            return sample
    return far


# ── catching oneself ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """From a disturbance until quiet again, on the clock of the signal; `recovered_s` is NaN where it never came."""

    onset_s: float
    recovered_s: float
    peak: float

    @property
    def time_s(self) -> float:
        """How long it took."""
        return self.recovered_s - self.onset_s


def find_recovery(
    motion: ArrayLike, rate_hz: float, *, onset_s: float | None = None, before_s: float = 3.0, quiet_s: float = 1.0
) -> Recovery | None:
    """The first disturbance in a size of motion, and when it is quiet again.

    Parameters
    ----------
    motion
        Shape (samples,): speed of the pressure or of the hips, or size of the trunk's acceleration, low-passed.
    rate_hz
        Hz.
    onset_s
        When the disturbance came, where somebody knows; None finds it.
    before_s, quiet_s
        So long a rest before it is needed to know what quiet is: no faster than `ABOVE` times its fastest moment
        [design]. So long a rest ends it.

    Returns
    -------
    recovery
        None where there is no rest before, or nothing stands out of it. The crossings of the limit are carried on to
        the level of rest along the slope there, since a limit above zero is left late and reached early.
    """
    size = np.asarray(motion, dtype=np.float64)
    rest = round(before_s * rate_hz)
    known = rest if onset_s is None else round(onset_s * rate_hz)
    if known < rest or len(size) <= known or not np.isfinite(size).all():
        return None
    before = size[known - rest : known]
    level = float(np.median(before))
    limit = max(ABOVE * float(before.max()), level + 0.02 * (float(size.max()) - level))
    above = np.flatnonzero(size[known:] > limit) + known
    if not len(above):
        return None
    onset = int(above[0])
    calm = [run for run in present_runs(np.where(size <= limit, 0.0, np.nan)) if run.start > onset]
    ended = next((run.start for run in calm if run.stop - run.start >= round(quiet_s * rate_hz)), None)
    started_s = _carried(size, onset, level, rate_hz, -1) if onset_s is None else onset_s
    recovered_s = NAN if ended is None else _carried(size, ended - 1, level, rate_hz, 1)
    return Recovery(onset_s=started_s, recovered_s=recovered_s, peak=float(size[onset:ended].max()))


def _carried(size: Array, at: int, level: float, rate_hz: float, way: int) -> float:
    """Where the line of the flank meets the level of rest, no further than 0.1 s away.

    The line goes from the last sample above the limit, `at`, inwards to where the motion is twice as much.
    """
    inwards = size[at::-way][: max(2, round(0.15 * rate_hz))]
    high = np.flatnonzero(inwards - level >= 2.0 * (size[at] - level))
    steps = int(high[0]) if len(high) else int(np.argmax(inwards))
    if steps == 0 or inwards[steps] <= size[at]:
        return at / rate_hz
    further = (size[at] - level) * steps / (inwards[steps] - size[at])
    return (at + way * min(float(further), 0.1 * rate_hz)) / rate_hz

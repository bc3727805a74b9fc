"""The gait cycle found from joint angles alone, for files that hold no events and no markers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.measures.joint_angles import Angle
from poise.model import SIDES, Bout, Event, Footstep, Side, Stride, Walk

Array = NDArray[np.float64]

METHOD = "angles-foot-path 1"

# Segments as shares of body height (Winter 2009, figure 4.1); the ankle a quarter of the foot ahead of the heel.
_THIGH, _SHANK, _FOOT, _HEEL_SHARE = 0.245, 0.246, 0.152, 0.25
_CLOSED = 0.10
"""First and last frame this close, as a share of the range: the file is one closed cycle."""
_SHORTEST_STRIDE_S, _LONGEST_STRIDE_S = 0.4, 3.0
_LEAST_RANGE_DEG = 10.0
"""Legs that move less than this do not walk."""
_SHORT_CYCLE_S, _LONG_CYCLE_S = 0.7, 2.0
FEWEST_FRAMES = 20
LEAST_OPPOSITION = -0.3
"""Correlation of the two feet's paths: -0.9 in normal walking, -0.8 in crouch (opensim-adult-walk)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FootPath:
    """Heel and toe ahead of the hip over time, in body heights, for one side."""

    side: Side
    heel: Array
    toe: Array


def foot_paths(angles: Sequence[Angle]) -> tuple[FootPath, ...]:
    """Where the feet are against the hips, from a chain of thigh, shank and foot in the sagittal plane.

    A missing ankle is taken as square, a missing pelvis as upright: both shift the path, hardly its turning points.
    """
    held = {(angle.name, angle.side): angle.values for angle in angles}
    return tuple(path for side in SIDES if (path := _foot_path(held, side)) is not None)


def walk_from_angles(angles: Sequence[Angle], time_s: Array) -> Walk | None:
    """Strides from the furthest forward heel to the next, toe-off at the furthest backward toe; None without any.

    Notes
    -----
    Zeni's rule [1]_ on feet placed by the angles and average proportions. Against contacts on force plates it is some
    10 to 40 ms early, as it is with markers; in crouch or with drop foot the toe-off is the more doubtful event.

    References
    ----------
    .. [1] Zeni, Richards & Higginson 2008, Gait Posture 27(4):710-714.
    """
    paths = foot_paths(angles)
    if len(time_s) < FEWEST_FRAMES or not _in_turn(paths):
        return None
    contacts = {path.side: time_s[_peaks(path.heel, time_s)] for path in paths}
    offs = {path.side: time_s[_peaks(-path.toe, time_s)] for path in paths}
    events = [Event(event="initial_contact", side=side, time_s=float(t)) for side in SIDES for t in contacts[side]]
    events += [Event(event="toe_off", side=side, time_s=float(t)) for side in SIDES for t in offs[side]]
    return walk_from_events(events, method=METHOD)


@dataclass(frozen=True, kw_only=True, eq=False)
class ClosedCycle:
    """One round of walking laid end to end, so that a stride can start anywhere in it.

    Attributes
    ----------
    whole
        Whether it is all that the angles hold; else it is a stretch of them.
    order
        The sample that stands at each moment of the longer record.
    time_s, strides
        Times of the longer record, and one stride a foot in it.
    """

    whole: bool
    order: NDArray[np.intp]
    time_s: Array
    strides: tuple[Stride, ...]


def closed_cycle(angles: Sequence[Angle], time_s: Array) -> ClosedCycle | None:
    """A stretch that ends in the posture in which it began, with each foot going forward once, in turn; None without.

    Decided by the data: over hips and knees, the root mean square of (last − first) is under a tenth of their range.
    The whole record is tried first, then the stretch that closes best. It finds a cycle in a record that is too short
    for two contacts of one foot; a squat is none, because there both feet go together.
    """
    legs = [a.values for a in angles if a.name in {"hip.flexion", "knee.flexion"}]
    if len(legs) < 4 or len(time_s) < FEWEST_FRAMES:
        return None
    table = np.stack(legs, axis=-1)
    if not _size(table) > _LEAST_RANGE_DEG:
        return None
    whole = slice(0, len(table))
    if _gap(table, 0, len(table) - 1) < _CLOSED and (found := _cycle(angles, time_s, whole)) is not None:
        return found
    best = _best_stretch(table, time_s)
    return None if best is None else _cycle(angles, time_s, best)


def _gap(table: Array, first: int, last: int) -> float:
    """How far two postures lie apart, as a share of the range between them."""
    apart = float(np.sqrt(np.mean((table[last] - table[first]) ** 2))) / _size(table[first : last + 1])
    return apart if np.isfinite(apart) else float("inf")


def _size(table: Array) -> float:
    """Root mean square of the ranges; NaN where an angle was never seen."""
    if not np.isfinite(table).any(axis=0).all():
        return float("nan")
    return float(np.sqrt(np.mean((np.nanmax(table, axis=0) - np.nanmin(table, axis=0)) ** 2)))


def _best_stretch(table: Array, time_s: Array) -> slice | None:
    """From the posture and to the posture that agree best, a plausible stride apart; None if none agree well."""
    step_s = float(np.median(np.diff(time_s)))
    lags = range(max(2, round(_SHORT_CYCLE_S / step_s)), min(len(table) - 1, round(_LONG_CYCLE_S / step_s)) + 1)
    size = _size(table)
    found: list[tuple[float, int, int]] = []
    for lag in lags:
        apart = np.sqrt(np.mean((table[lag:] - table[:-lag]) ** 2, axis=-1))
        if np.isfinite(apart).any():
            at = int(np.nanargmin(apart))
            found.append((float(apart[at] / size), at, lag))
    if not found or min(found)[0] >= _CLOSED:
        return None
    _, at, lag = min(found)
    return slice(at, at + lag + 1)


def _cycle(angles: Sequence[Angle], time_s: Array, stretch: slice) -> ClosedCycle | None:
    part = [replace(angle, values=angle.values[stretch]) for angle in angles]
    paths = foot_paths(part)
    if not _in_turn(paths) or any(_rounds(path.heel) != 1 for path in paths):
        return None
    step_s = float(np.median(np.diff(time_s)))
    # The last frame repeats the first when they agree more closely than neighbours do.
    hips = np.stack([angle.values for angle in part if angle.name == "hip.flexion"], axis=-1)
    repeats = np.abs(hips[-1] - hips[0]).max() < 0.5 * np.abs(np.diff(hips, axis=0)).max()
    n = len(hips) - int(repeats)
    once = np.tile(np.arange(n), 3)
    longer_s: Array = step_s * np.arange(3.0 * n)
    walk = walk_from_angles([replace(angle, values=angle.values[once]) for angle in part], longer_s)
    if walk is None:
        return None
    whole = [stride for stride in walk.strides if abs(stride.time_s - n * step_s) < 1.5 * step_s]
    firsts = (next((stride for stride in whole if stride.side == side), None) for side in SIDES)
    strides = tuple(stride for stride in firsts if stride is not None)
    everything = stretch.stop - stretch.start == len(time_s)
    return ClosedCycle(whole=everything, order=once + stretch.start, time_s=longer_s, strides=strides)


def _in_turn(paths: Sequence[FootPath]) -> bool:
    """The one foot goes forward while the other goes back, as in walking; not so in a squat, a hop or noise."""
    if len(paths) < 2:
        return False
    left, right = (path.heel for path in paths)
    known = np.isfinite(left) & np.isfinite(right)
    if known.sum() < FEWEST_FRAMES or min(np.ptp(left[known]), np.ptp(right[known])) < 1e-6:
        return False
    return bool(np.corrcoef(left[known], right[known])[0, 1] < LEAST_OPPOSITION)


def walk_from_events(events: Sequence[Event], *, method: str) -> Walk | None:
    """Strides from contacts and toe-offs that somebody marked; None without a whole stride."""
    times = {
        (name, side): np.sort([e.time_s for e in events if e.event == name and e.side == side])
        for name in ("initial_contact", "toe_off")
        for side in SIDES
    }
    strides = [stride for side in SIDES for stride in _strides(times, side)]
    if not strides:
        return None
    strides.sort(key=lambda stride: (stride.start_s, stride.side or ""))
    footsteps = tuple(
        Footstep(side=side, time_s=float(t))
        for t, side in sorted((float(t), side) for side in SIDES for t in times["initial_contact", side])
    )
    bout = Bout(start_s=strides[0].start_s, end_s=max(stride.end_s for stride in strides))
    return Walk(bouts=(bout,), footsteps=footsteps, strides=tuple(strides), method=method)


def _strides(times: dict[tuple[str, Side], Array], side: Side) -> list[Stride]:
    other: Side = "right" if side == "left" else "left"
    contacts = times["initial_contact", side]
    found = []
    for start, end in pairwise(contacts):
        if _SHORTEST_STRIDE_S <= end - start <= _LONGEST_STRIDE_S:
            opposite_off = _first(times["toe_off", other], start, start + 0.45 * (end - start))
            landed = _first(times["initial_contact", other], start + 0.2 * (end - start), start + 0.8 * (end - start))
            off = _first(times["toe_off", side], start + 0.35 * (end - start), start + 0.9 * (end - start))
            found.append(
                Stride(side=side, start_s=float(start), end_s=float(end), opposite_toe_off_s=opposite_off,
                       opposite_contact_s=landed, toe_off_s=off)
            )  # fmt: skip
    return found


def _first(times: Array, after: float, before: float) -> float:
    inside = times[(times > after) & (times < before)]
    return float(inside[0]) if len(inside) else float("nan")


def _foot_path(held: dict[tuple[str, Side | None], Array], side: Side) -> FootPath | None:
    hip, knee = held.get(("hip.flexion", side)), held.get(("knee.flexion", side))
    if hip is None or knee is None:
        return None
    tilt = held.get(("pelvis.tilt", side), np.zeros_like(hip))
    thigh = np.deg2rad(hip - np.nan_to_num(tilt))
    shank = thigh - np.deg2rad(knee)
    foot = shank + np.deg2rad(np.nan_to_num(held.get(("ankle.dorsiflexion", side), np.zeros_like(hip))))
    ankle = _THIGH * np.sin(thigh) + _SHANK * np.sin(shank)
    heel = ankle - _FOOT * _HEEL_SHARE * np.cos(foot)
    return FootPath(side=side, heel=heel, toe=ankle + _FOOT * (1.0 - _HEEL_SHARE) * np.cos(foot))


def _peaks(path: Array, time_s: Array) -> NDArray[np.intp]:
    """Maxima half a stride apart at least, a quarter of the range proud of what lies between."""
    from scipy.signal import find_peaks

    known = np.isfinite(path)
    if known.sum() < 5:
        return np.empty(0, dtype=np.intp)
    step_s = float(np.median(np.diff(time_s)))
    smooth = np.interp(np.arange(len(path)), np.flatnonzero(known), path[known])
    apart = max(1, round(0.5 * _SHORTEST_STRIDE_S / step_s))
    found, _ = find_peaks(smooth, distance=apart, prominence=0.25 * np.ptp(smooth))
    return np.asarray(found, dtype=np.intp)


def _rounds(path: Array) -> int:
    """How often a closed path goes forward in one round."""
    return round(len(_peaks(np.tile(path, 6), np.arange(6.0 * len(path)))) / 6.0)

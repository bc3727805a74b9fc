"""Repetitions of a whole recording: the fold of the live tracker, then what only looking back and ahead can better.

*Offline*, all of it: whether the recording begins with a calm person or in the movement; starts and ends where the
speed leaves and falls below 2 % of its peak; which repetitions are partial, held against all of the set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from poise.measures.readings import from_start
from poise.measures.repetition_frames import Frames
from poise.measures.repetition_motion import Plan
from poise.measures.repetition_tracker import PARTIAL, REMEMBERED, Happened, State, finish, start, step
from poise.model import Repetition, Side
from poise.signals.events import stretches
from poise.signals.filters import lowpass_offline

Array = NDArray[np.float64]

MOVING = 0.02
"""Share of a way's peak speed at which it begins and ends: the drinking task's convention [Alt Murphy et al. 2011]."""
CUTOFF_HZ = 6.0
"""Low-pass of the counted reading before its speed is taken [measures.md 0.2]."""
NOISE = 3.0
"""A speed below so many times that of a person at rest is the sensor's shaking [design]."""
CALM_S = 0.5
WALKED = 1.0
"""Feet that end farther from where they began, by the height of the hips, have walked [design]."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Counted:
    """The repetitions of a recording, and what they were counted by.

    `partial` are those that went less than half of the usual way; `events` is what the tracker said, live times.
    `series` holds the counted reading by side, shape (samples,), in the plan's unit.
    """

    plan: Plan
    time_s: Array
    repetitions: tuple[Repetition, ...]
    partial: tuple[Repetition, ...]
    events: tuple[Happened, ...]
    series: dict[Side | None, Array]


def counted_offline(plan: Plan, frames: Frames) -> Counted:
    """All repetitions of a recording by one plan; none where the reading was not seen."""
    folded = _folded(replace(plan, gate_s=CALM_S if begins_calm(plan, frames) else 0.0), frames)
    state, events = folded
    series = {limb.side: _series(plan, frames, limb.keys, state) for limb in plan.limbs}
    speeds = {side: _speed(frames.time_s, values) for side, values in series.items()}
    found = [each.repetition for each in events if each.repetition is not None]
    refined = [_refined(each, frames.time_s, series[each.side], speeds[each.side]) for each in found]
    whole, partial = _parted(_apart(refined))
    return Counted(
        plan=state.plan, time_s=frames.time_s, repetitions=whole, partial=partial, events=events, series=series
    )


def begins_calm(plan: Plan, frames: Frames) -> bool:
    """Whether the person stands still before the first large movement: then what comes before that is not counted.

    A recording that was cut to its repetitions begins in the movement; it has no calm start, and counts from its
    first frame. Large is half of the whole range.
    """
    for limb in plan.limbs:
        values = frames.mean(limb.keys)
        known = np.flatnonzero(np.isfinite(values))
        if len(known) < 3:
            continue
        low, high = np.percentile(values[known], [2, 98])
        first = values[known[0]]
        far = np.flatnonzero(np.abs(values - first) > max(0.5 * (high - low), _least(plan, first)))
        until = int(far[0]) if len(far) else len(values)
        nearer = (values - 0.5 * (low + high)) * limb.sign * _upward(plan) < 0.0
        at_start = np.where(nearer, values, np.nan)[:until]
        if _calm_within(frames.time_s[:until], at_start, 0.5 * _least(plan, first)):
            return True
    return False


def _upward(plan: Plan) -> float:
    """−1 where the reading before `from_start` falls when the reading rises."""
    return -1.0 if plan.start == "fall" else 1.0


def _least(plan: Plan, level: float) -> float:
    """The least excursion in the unit of the reading before `from_start`."""
    return plan.least * (abs(level) if plan.start in ("fall", "share") else 1.0)


def _calm_within(time_s: Array, values: Array, span: float) -> bool:
    start = 0
    for stop in range(len(values)):
        while np.isnan(values[start : stop + 1]).any() or np.ptp(values[start : stop + 1]) > span:
            start += 1
            if start > stop:
                break
        if start <= stop and time_s[stop] - time_s[start] >= CALM_S:
            return True
    return False


def _folded(plan: Plan, frames: Frames) -> tuple[State, tuple[Happened, ...]]:
    state = start(plan)
    found: list[Happened] = []
    for time_s, readings in frames:
        state, events = step(state, time_s, readings)
        found += events
    state, events = finish(state)
    return state, (*found, *events)


def _series(plan: Plan, frames: Frames, keys: Sequence[str], state: State) -> Array:
    """The counted reading as it is meant, against the calm start that the tracker saw."""
    calm = state.calm or {}
    if not plan.start:
        return frames.mean(keys)
    held = [key for key in keys if key in frames.readings]
    turned = {key: _from_start(plan, frames.readings[key], calm.get(key, np.nan)) for key in held}
    return replace(frames, readings=turned).mean(held)


def _from_start(plan: Plan, values: Array, calm: float) -> Array:
    return np.array([from_start(plan.start, value, calm) for value in values.tolist()])


def _speed(time_s: Array, values: Array) -> Array:
    """Rate of change of the low-passed reading, shape (samples,); NaN where it is missing."""
    rate_hz = (len(time_s) - 1) / (time_s[-1] - time_s[0]) if len(time_s) > 1 else 0.0
    smooth = lowpass_offline(values, rate_hz, CUTOFF_HZ) if rate_hz > 2.5 * CUTOFF_HZ else values
    return np.gradient(smooth, time_s) if len(time_s) > 2 else np.full(len(values), np.nan)


def _refined(found: Repetition, time_s: Array, values: Array, speed: Array) -> Repetition:
    """Start, far point and end where the speed says so; a repetition whose signal has holes keeps its live times."""
    slack = 0.5 * max(0.5, found.duration_s)
    first, last = np.searchsorted(time_s, (found.start_s - slack, found.end_s + slack))
    apex = int(np.clip(np.searchsorted(time_s, found.apex_s), first, max(first, last - 1)))
    sign = 1.0 if found.apex >= found.start else -1.0
    around = slice(max(first, apex - _samples(time_s, 0.5)), min(last, apex + _samples(time_s, 0.5)) + 1)
    if not np.isfinite(values[around]).any():
        return found
    inside = sign * np.where(np.isfinite(values[around]), values[around], -np.inf * sign)
    apex = around.start + int(np.argmax(inside))
    floor = NOISE * _calmest(time_s, speed)
    begin = _left(sign * speed, apex, first, floor)
    end = _left((-sign * speed)[::-1], len(speed) - 1 - apex, len(speed) - last, floor)
    end = len(speed) - 1 - end
    if not found.complete:
        end = int(np.searchsorted(time_s, found.end_s + 1e-9))
        end = min(end, len(time_s) - 1)
    if not begin < apex < end:
        return found
    return replace(
        found, start_s=float(time_s[begin]), apex_s=float(time_s[apex]), end_s=float(time_s[end]),
        start=_level(values, begin), apex=_level(values, apex),
    )  # fmt: skip


def _left(outward: Array, apex: int, first: int, floor: float) -> int:
    """Where the way out to the far point began: back from its fastest moment until it is slow or turns."""
    way = outward[first:apex]
    if not len(way) or not np.isfinite(way).any():
        return apex
    known = np.where(np.isfinite(way), way, -np.inf)
    fastest = first + int(np.argmax(known))
    slow = max(MOVING * outward[fastest], min(floor, 0.1 * outward[fastest]))
    before = np.flatnonzero(~(outward[first : fastest + 1] > slow))
    return first + int(before[-1]) if len(before) else first


def _calmest(time_s: Array, speed: Array) -> float:
    """The usual speed while nothing moves, which is the sensor's shaking; 0 where something moves all the time."""
    known = np.abs(speed[np.isfinite(speed)])
    if not len(known):
        return 0.0
    with np.errstate(invalid="ignore"):
        still = stretches(np.abs(speed) < 0.1 * float(np.percentile(known, 98)))
    long = [
        np.abs(speed[start:stop])
        for start, stop in zip(still.start, still.stop, strict=True)
        if time_s[stop - 1] - time_s[start] >= CALM_S
    ]
    return float(np.median(np.concatenate(long))) if long else 0.0


def _samples(time_s: Array, seconds: float) -> int:
    return round(seconds * (len(time_s) - 1) / (time_s[-1] - time_s[0])) if len(time_s) > 1 else 0


def _level(values: Array, at: int) -> float:
    near = values[max(0, at - 1) : at + 2]
    return float(np.nanmean(near)) if np.isfinite(near).any() else float("nan")


def _apart(found: Sequence[Repetition]) -> list[Repetition]:
    """The same without overlap: where one ends after the next began, the border lies where the reading turned."""
    parted: list[Repetition] = []
    for each in sorted(found, key=lambda one: one.apex_s):
        last = next((i for i in reversed(range(len(parted))) if parted[i].side == each.side), None)
        if last is not None and each.start_s < parted[last].end_s:
            border = min(max(each.start_s, parted[last].apex_s), parted[last].end_s)
            parted[last] = replace(parted[last], end_s=border)
            parted.append(replace(each, start_s=border))
        else:
            parted.append(each)
    return parted


def _parted(found: Sequence[Repetition]) -> tuple[tuple[Repetition, ...], tuple[Repetition, ...]]:
    """Whole and partial repetitions, numbered a side: partial is less than half of what is usual around it."""
    whole: list[Repetition] = []
    partial: list[Repetition] = []
    for side in dict.fromkeys(each.side for each in found):
        own = [each for each in found if each.side == side]
        for i, each in enumerate(own):
            (partial if each.range < PARTIAL * _usual_around(own, i) else whole).append(each)
    return _numbered(whole), _numbered(partial)


def _usual_around(own: Sequence[Repetition], i: int) -> float:
    """The median range of a repetition and its nearest neighbours: three small ones in a row are no slips.

    Of two the larger one.
    """
    first = min(max(0, i - REMEMBERED // 2), max(0, len(own) - REMEMBERED))
    ranges = [each.range for each in own[first : first + REMEMBERED]]
    return median(ranges) if len(ranges) > 2 else max(ranges)


def _numbered(found: Sequence[Repetition]) -> tuple[Repetition, ...]:
    counts: dict[Side | None, int] = {}
    numbered = []
    for each in sorted(found, key=lambda one: one.start_s):
        counts[each.side] = counts.get(each.side, 0) + 1
        numbered.append(replace(each, number=counts[each.side]))
    return tuple(numbered)


def _travelled(frames: Frames, most: float) -> bool:
    """Whether the feet end elsewhere than they began, by the height of the hips: then somebody walked."""
    x, y, height = (frames.readings.get(f"place.{name}") for name in ("x", "y", "height"))
    if x is None or y is None or height is None:
        return False
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not len(known):
        return False
    first, last = known[0], known[-1]
    return bool(np.hypot(x[last] - x[first], y[last] - y[first]) > most * height[last])


def _edge(time_s: Array, values: Array, at: int) -> float:
    """The level in the first or last fifth of a second that was seen."""
    known = np.isfinite(values)
    time_s, values = time_s[known], values[known]
    return float(np.median(values[np.abs(time_s - time_s[at]) <= 0.2]))


def one_way_offline(plan: Plan, frames: Frames) -> Counted | None:
    """A recording cut to one repetition that lost one of its ways: counted as one, not complete.

    Only of a recording shorter than the longest repetition, in which the reading goes its least and nothing else was
    found; None where it does not.
    """
    if len(frames.time_s) < 3 or frames.time_s[-1] - frames.time_s[0] > plan.longest_s:
        return None
    state, events = _folded(replace(plan, gate_s=0.0), frames)
    if _travelled(frames, WALKED):
        return None
    for limb in plan.limbs:
        values = _series(plan, frames, limb.keys, state)
        known = np.flatnonzero(np.isfinite(values))
        if len(known) < 3:
            continue
        signed = limb.sign * values[known]
        far, near = known[int(np.argmax(signed))], known[int(np.argmin(signed))]
        span = abs(float(values[far] - values[near]))
        if (
            not span > plan.least
            or abs(_edge(frames.time_s, values, -1) - _edge(frames.time_s, values, 0)) < 0.5 * span
        ):
            continue
        found = Repetition(
            number=1, side=limb.side, start_s=float(frames.time_s[known[0]]), apex_s=float(frames.time_s[far]),
            end_s=float(frames.time_s[known[-1]]), reading=plan.reading, unit=plan.unit, start=float(values[near]),
            apex=float(values[far]), complete=False, valid_fraction=len(known) / len(values),
        )  # fmt: skip
        return Counted(
            plan=plan, time_s=frames.time_s, repetitions=(found,), partial=(), events=events,
            series={limb.side: values},
        )  # fmt: skip
    return None

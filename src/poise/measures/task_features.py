"""Cheap numbers that tell one task from another; what was not seen is NaN. No measurement is made from them.

| feature | what it is |
| --- | --- |
| duration_s, rate_hz | of the stream that was looked at |
| height_low, height_high, height_range | hips over ankles by leg length: 5th, 95th percentile and their difference |
| height_start, height_end | the same over the first and last half second |
| share_low, share_high | share of time in the lowest and highest quarter of that range |
| height_cycles | how often the hips go from low to high (a range of at least 0.08 of a leg) |
| balance_low | how far the body's centre lies ahead of the heels while the hips are low, by leg length: < 0 on a seat |
| feet_ahead | how far one ankle is before the other while the hips are low, by leg length: a lunge, a step |
| knee_range_left, knee_range_right | range of knee flexion, deg (5th to 95th percentile) |
| knee_low_left, knee_low_right | the least knee flexion, deg (5th percentile) |
| knee_phase | correlation of both knees' flexion: 1 together, −1 in turn |
| travel | hips' greatest distance over the floor from where they began, by leg length |
| path | length of the hips' way over the floor by leg length |
| steps | swings of the feet over the floor, both together |
| feet_uneven | median height of one ankle over the other while the feet rest, by leg length |
| foot_lift_left, foot_lift_right | range of the ankle's height, by leg length |
| climb | hips' height at the end less that at the beginning in the room, by leg length |
| arm_range_left, arm_range_right | range of the wrist about the shoulder, by leg length |
| arm_high | greatest height of a wrist over its shoulder, by leg length |
| trunk_low_deg, trunk_high_deg | lean forward: 5th and 95th percentile |
| trunk_level | share of time in which the trunk lies (over 60 deg from the vertical) |
| head_down_deg | line ear–nose below level, median |
| head_turn_range_deg | nose against the line of the shoulders, range |
| turned_deg | turned about the vertical altogether, sway under 4 deg left out; in a picture 180 a turn |
| turned_most_deg | furthest heading from the first |
| quiet_mm_s | median speed of the hips, mm/s (by body height × 1.7 m where there are no metres) |
| moving_share | share of time in which anything (hips, wrists, ankles) goes faster than 0.15 leg/s |
| mirror | correlation of left and right wrist's distance from the shoulders: 1 together, −1 in turn |
| force_low, force_high | vertical force of all plates by its own median while it carries: 2nd and 98th percentile |
| force_seated | share of time with under half of that |
| force_quiet | standard deviation of the vertical force by body weight |
| force_cycles | how often the force falls under a quarter and comes back |
| plates | how many plates or feet carry |
| back_bend_deg | range of the lower-back sensor's tilt (1st to 99th percentile) |
| back_rises | rises of the back by 0.125 m |
| back_turned_deg | turned about the vertical altogether |
| back_still | share of time at rest |
| back_steps_hz | strongest frequency of its vertical acceleration between 0.5 and 4 Hz; 0 without a clear one |
| emg, forces, body, back | 1 where such a stream is there |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.errors import PoiseError
from poise.measures.lumbar_signal import trunk_of, worn_on_trunk
from poise.measures.task_back_sensor import LEAST_SURE_TURN_DEG, back_of, lifts
from poise.measures.task_body import Doer, doer_of, shoulder_width_share
from poise.measures.task_cycles import ways
from poise.model import SIDES, Kind, Recording, Stream
from poise.signals import geometry
from poise.signals.events import stretches

Array = NDArray[np.float64]
NAN = float("nan")

RATE_HZ = 30.0
"""Fast enough to tell one task from another; a body at 100 Hz is looked at every third sample."""
HYSTERESIS_DEG = 4.0
LONGEST_S = 300.0
_NAMES = tuple(
    line.split("|")[1] for line in (__doc__ or "").splitlines() if line.startswith("| ") and "---" not in line
)[1:]
NAMES: tuple[str, ...] = tuple(name.strip() for group in _NAMES for name in group.split(","))
"""Every feature, in the order of the table above."""


def features(recording: Recording) -> Mapping[str, float]:
    """The features of a prepared recording (its first five minutes), by name; NaN for what was not seen.

    Parameters
    ----------
    recording
        As `poise.cleaning.prepare` leaves it: a body, a lower-back sensor, forces, any of them.

    Returns
    -------
    features
        Every name of `NAMES`.
    """
    found = dict.fromkeys(NAMES, NAN)
    found |= {
        "emg": float(Kind.EMG in recording), "forces": float(Kind.FORCE in recording),
        "body": float(Kind.BODY in recording), "back": float(worn_on_trunk(recording) is not None),
        "duration_s": recording.duration_s,
    }  # fmt: skip
    recording = _first_part(recording)
    doer = doer_of(_thinned(recording), shortest_s=0.5)
    if doer is not None:
        found |= dict(_of_body(doer))
    if Kind.FORCE in recording:
        found |= dict(_of_force(recording[Kind.FORCE]))
    if found["back"] and Kind.BODY not in recording:
        found |= dict(_of_back(recording))
    return found


def _first_part(recording: Recording) -> Recording:
    """Its first five minutes: they tell the task, and hours would cost seconds."""
    if recording.duration_s <= LONGEST_S:
        return recording
    streams = {
        name: stream.between(stream.time_s[0], stream.time_s[0] + LONGEST_S) if len(stream.time_s) else stream
        for name, stream in recording.streams.items()
    }
    return replace(recording, streams=streams)


def _thinned(recording: Recording) -> Recording:
    """The body alone, at about 30 samples a second: taken one by one, already smoothed by cleaning."""
    if Kind.BODY not in recording:
        return recording
    body = recording[Kind.BODY]
    every = max(1, round(body.rate_hz / RATE_HZ)) if np.isfinite(body.rate_hz) else 1
    thin = Stream(
        kind=body.kind, channels=body.channels, time_s=body.time_s[::every], values=body.values[::every],
        unit=body.unit, frame=body.frame,
    )  # fmt: skip
    return Recording(id=recording.id, source=recording.source, streams={Kind.BODY: thin})


def _of_body(doer: Doer) -> Iterator[tuple[str, float]]:
    yield "rate_hz", doer.rate_hz
    yield from _of_height(doer)
    yield from _of_knees(doer)
    yield from _of_travel(doer)
    yield from _of_arms(doer)
    yield from _of_trunk(doer)


def _of_height(doer: Doer) -> Iterator[tuple[str, float]]:
    rise = doer.rise
    low, high = _percentile(rise, 5), _percentile(rise, 95)
    ends = max(1, round(0.5 * doer.rate_hz))
    yield from (("height_low", low), ("height_high", high), ("height_range", high - low))
    yield from (("height_start", _median(rise[:ends])), ("height_end", _median(rise[-ends:])))
    if high > low:
        share = (rise - low) / (high - low)
        yield from (("share_low", _mean(share < 0.25, share)), ("share_high", _mean(share > 0.75, share)))
        while_low = np.nan_to_num(share, nan=1.0) < 0.25
        yield "balance_low", _median(doer.balance_m[while_low])
        yield "feet_ahead", _median(np.abs(_feet_ahead(doer))[while_low])
    found = ways(rise, least=0.08)
    yield "height_cycles", float(sum(way.up for way in found))


def _feet_ahead(doer: Doer) -> Array:
    if not doer.sees_forward:
        return doer.nowhere
    apart = doer.joint("left", "ankle") - doer.joint("right", "ankle")
    return np.asarray(np.sum(apart * doer.ahead, axis=-1) / doer.leg_m)


def _of_knees(doer: Doer) -> Iterator[tuple[str, float]]:
    knees = {side: doer.knee_deg(side) for side in SIDES}
    for side in SIDES:
        yield f"knee_range_{side}", _percentile(knees[side], 95) - _percentile(knees[side], 5)
        yield f"knee_low_{side}", _percentile(knees[side], 5)
    yield "knee_phase", _correlation(knees["left"], knees["right"])


def _of_travel(doer: Doer) -> Iterator[tuple[str, float]]:
    assert doer.hips is not None
    ankles = {side: doer.joint(side, "ankle") for side in SIDES}
    for side in SIDES:
        heights = ankles[side][:, 2]
        yield f"foot_lift_{side}", (_percentile(heights, 98) - _percentile(heights, 2)) / doer.leg_m
    apart = np.abs(ankles["left"][:, 2] - ankles["right"][:, 2]) / doer.leg_m
    yield "feet_uneven", _median(apart)
    if doer.on_floor:
        hips = doer.smooth(doer.hips)
        way = hips[:, :2] - _first(hips[:, :2])
        ends = max(1, round(0.5 * doer.rate_hz))
        yield "travel", _most(geometry.length(way)) / doer.leg_m
        yield "path", float(np.nansum(geometry.length(np.diff(hips[:, :2], axis=0)))) / doer.leg_m
        yield "climb", (_median(hips[-ends:, 2]) - _median(hips[:ends, 2])) / doer.leg_m
        yield (
            "quiet_mm_s",
            1000.0 * _median(geometry.length(doer.speed(hips))) * (0.9 / doer.leg_m if not doer.to_scale else 1.0),
        )
        yield "steps", float(sum(_swings(doer, ankles[side]) for side in SIDES))
    yield "moving_share", _moving_share(doer)


def _swings(doer: Doer, ankle: Array) -> int:
    speed = np.nan_to_num(geometry.length(doer.speed(doer.smooth(ankle))[:, :2]) / doer.leg_m)
    found = stretches(speed > 0.35)
    return int(np.sum(found.stop - found.start >= 0.15 * doer.rate_hz))


def _moving_share(doer: Doer) -> float:
    assert doer.hips is not None
    places = [doer.hips, *(doer.joint(side, name) for side in SIDES for name in ("wrist", "ankle"))]
    speeds = [np.nan_to_num(geometry.length(doer.speed(doer.smooth(place)))) / doer.leg_m for place in places]
    return float(np.mean(np.max(speeds, axis=0) > 0.15))


def _of_arms(doer: Doer) -> Iterator[tuple[str, float]]:
    reaches = {}
    high = [NAN]
    for side in SIDES:
        arm = doer.joint(side, "wrist") - doer.joint(side, "shoulder")
        spread = [_percentile(arm[:, axis], 98) - _percentile(arm[:, axis], 2) for axis in range(3)]
        yield f"arm_range_{side}", float(np.linalg.norm(spread)) / doer.leg_m
        reaches[side] = arm[:, 2]
        high.append(_percentile(arm[:, 2], 98) / doer.leg_m)
    yield "arm_high", _most(np.array(high))
    yield "mirror", _correlation(reaches["left"], reaches["right"])


def _of_trunk(doer: Doer) -> Iterator[tuple[str, float]]:
    lean = doer.trunk_deg
    yield from (("trunk_low_deg", _percentile(lean, 5)), ("trunk_high_deg", _percentile(lean, 95)))
    if doer.hips is not None and doer.shoulders is not None:
        line = doer.shoulders - doer.hips
        tilt = np.degrees(np.arctan2(geometry.length(line[:, :2]), line[:, 2]))
        yield "trunk_level", _mean(tilt > 60.0, tilt)
    yield "head_down_deg", _median(head_down_deg(doer))
    yield "head_turn_range_deg", _head_turn_range(doer)
    heading = doer.heading_deg
    yield "turned_deg", turned_altogether(heading) if doer.view == "3d" else 180.0 * _turned_about(doer)
    yield "turned_most_deg", _most(np.abs(heading - _first(heading)))


def _turned_about(doer: Doer) -> float:
    """How often a picture shows the person the other way round from then on, for half a second at least."""
    shown = doer.smooth(doer.toes_ahead) if doer.view == "sagittal" else shoulder_width_share(doer)
    known = np.sign(shown[np.isfinite(shown)])
    if not len(known):
        return NAN
    edges = np.concatenate(([0], np.flatnonzero(np.diff(known)) + 1, [len(known)]))
    held = [known[first] for first, last in pairwise(edges.tolist()) if last - first >= 0.5 * doer.rate_hz]
    return float(np.sum(np.diff(held) != 0.0)) if held else 0.0


def head_down_deg(doer: Doer) -> Array:
    """How far the line from the ears to the nose points below level, (samples,); NaN from the front."""
    nose = doer.points.get("nose")
    ears = [doer.points[name] for name in ("left_ear", "right_ear") if name in doer.points]
    if nose is None or not ears or not doer.sees_forward:
        return doer.nowhere
    line = nose - (geometry.midpoint(*ears) if doer.view == "3d" else _seen_best(ears))
    return doer.smooth(np.degrees(np.arctan2(-line[:, 2], geometry.length(line[:, :2]))))


def _seen_best(points: list[Array]) -> Array:
    return max(points, key=lambda point: float(np.isfinite(point).mean()))


def _head_turn_range(doer: Doer) -> float:
    nose = doer.points.get("nose")
    ears = [doer.points.get(f"{side}_ear") for side in SIDES]
    if nose is None or ears[0] is None or ears[1] is None or doer.view != "3d":
        return NAN
    face = nose - 0.5 * (ears[0] + ears[1])
    turn = np.degrees(np.arctan2(np.sum(face * doer.left, axis=-1), np.sum(face * doer.ahead, axis=-1)))
    return _percentile(turn, 98) - _percentile(turn, 2)


def turned_altogether(heading_deg: Array) -> float:
    """Sum of all turning, deg; to and fro of less than 4 deg is sway and is not counted."""
    known = heading_deg[np.isfinite(heading_deg)]
    if not len(known):
        return NAN
    total, at = 0.0, float(known[0])
    for value in known[:: max(1, len(known) // 600)].tolist():
        if abs(value - at) >= HYSTERESIS_DEG:
            total, at = total + abs(value - at), value
    return total


def _of_force(force: Stream) -> Iterator[tuple[str, float]]:
    if force.values.shape[2] != 3 or not len(force.time_s):
        return
    every = max(1, round(force.rate_hz / 50.0)) if np.isfinite(force.rate_hz) else 1
    vertical = np.nan_to_num(force.values[::every, :, 2])
    total = np.abs(vertical.sum(axis=1))
    most = _percentile(total, 95)
    if not most > 0.0:
        return
    weight = float(np.median(total[total > 0.5 * most]))
    yield from (("force_low", _percentile(total, 2) / weight), ("force_high", _percentile(total, 98) / weight))
    yield from (("force_seated", float(np.mean(total < 0.5 * weight))), ("force_quiet", float(np.std(total)) / weight))
    low = stretches(total < 0.25 * weight)
    yield "force_cycles", float(np.sum((low.start > 0) & (low.stop < len(total))))
    yield "plates", float(np.sum(np.percentile(np.abs(vertical), 90, axis=0) > 0.05 * most))


def _of_back(recording: Recording) -> Iterator[tuple[str, float]]:
    try:
        back = back_of(recording, must_bend=False)
    except PoiseError:
        yield from _of_accelerometer(recording)
        return
    bend = _percentile(back.pitch_deg, 99) - _percentile(back.pitch_deg, 1)
    yield "back_bend_deg", bend
    yield "back_rises", float(sum(way.height_m > 0.0 for way in lifts(back))) if bend >= LEAST_SURE_TURN_DEG else 0.0
    yield "back_turned_deg", turned_altogether(np.cumsum(back.yaw_deg_s) / back.rate_hz)
    yield "back_still", float(np.mean(back.still))
    yield "back_steps_hz", _strongest_hz(back.lift_m_s2, back.rate_hz)


def _of_accelerometer(recording: Recording) -> Iterator[tuple[str, float]]:
    """What remains without a gyroscope: whether the size of the acceleration has a step's rhythm."""
    try:
        trunk = trunk_of(recording)
    except PoiseError:
        return
    size = geometry.length(trunk.acceleration)
    known = size[np.isfinite(size)]
    if len(known) > trunk.rate_hz:
        yield "back_steps_hz", _strongest_hz(known - known.mean(), trunk.rate_hz)


def _strongest_hz(values: Array, rate_hz: float) -> float:
    """The strongest frequency between 0.5 and 4 Hz; 0 where it stands out less than three times over the rest."""
    from scipy.signal import welch

    frequency, power = welch(values, rate_hz, nperseg=min(len(values), round(8.0 * rate_hz)))
    inside = (frequency >= 0.5) & (frequency <= 4.0)
    if not inside.any() or not power[inside].max() > 3.0 * power[inside].mean():
        return 0.0
    return float(frequency[inside][int(np.argmax(power[inside]))])


def _percentile(values: Array, share: float) -> float:
    known = values[np.isfinite(values)]
    return float(np.percentile(known, share)) if len(known) else NAN


def _median(values: Array) -> float:
    return _percentile(values, 50.0)


def _most(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else NAN


def _mean(flags: NDArray[np.bool_], values: Array) -> float:
    known = np.isfinite(values)
    return float(flags[known].mean()) if known.any() else NAN


def _first(values: Array) -> Array:
    known = np.flatnonzero(np.isfinite(values if values.ndim == 1 else values.sum(axis=1)))
    return np.asarray(values[known[0]]) if len(known) else np.asarray(values[0] * NAN)


def _correlation(one: Array, other: Array) -> float:
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < 3 or not (np.ptp(one[known]) > 1e-6 and np.ptp(other[known]) > 1e-6):
        return NAN
    return float(np.corrcoef(one[known], other[known])[0, 1])

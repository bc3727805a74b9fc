"""What to count where nobody said which exercise it is: the reading that goes farthest, against what is usual for it.

*Offline*: it looks at the whole recording.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.measures.readings import READINGS
from poise.measures.repetition_frames import FASTEST_DEG_S, Frames
from poise.measures.repetition_motion import Plan, plan_for
from poise.measures.repetition_offline import Counted, counted_offline
from poise.model import SIDES, Side

Array = NDArray[np.float64]

USUAL = {
    "m_knee_flexion": 100.0, "m_hip_flexion": 130.0, "m_shoulder_abduction": 120.0, "m_shoulder_flexion": 120.0,
    "m_elbow_flexion": 145.0, "m_hip_abduction": 45.0, "m_trunk_lean_sag": 70.0, "m_trunk_lean_front": 45.0,
    "m_hip_drop": 0.5, "m_knee_lift": 0.9, "m_forearm_out": 120.0, "m_trunk_yaw": 70.0, "m_stance_width": 3.0,
    "m_forearm_raised": 150.0,
}  # fmt: skip
"""How far each goes in an exercise that is about it [design]: what the range is weighed by."""
LEAST_DEG, LEAST_RATIO = 15.0, 0.1
LEAST: Mapping[str, float] = {
    name: max(LEAST_RATIO, READINGS[name].least)
    if usual < 5.0
    else min(LEAST_DEG, READINGS[name].least)
    if usual < 60.0
    else LEAST_DEG
    for name, usual in USUAL.items()
}
"""Without an exercise less than this is not taken for one: sway, fidgeting and gestures stay below it [design]."""
EDGE_S, STILL_S = 0.2, 1.0
TOGETHER = 0.6
"""Two sides move together when the smaller range is at least this share of the larger."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One reading of one side or of both, with how far it goes by what is usual; `clear` is its working direction."""

    reading: str
    side: Side | None
    share: float
    sign: float
    jumps: bool = False
    clear: bool = True

    @property
    def weight(self) -> float:
        """How much it has to say: how far it goes; half where it jumps as no joint does."""
        return self.share * (0.5 if self.jumps else 1.0)


SECOND_CHOICE = ("m_hip_drop", "m_knee_lift", "m_forearm_out", "m_trunk_yaw", "m_stance_width", "m_forearm_raised")
"""Counted only where no joint angle goes far: heights are told from a start that may be any posture."""
HEIGHTS = ("m_hip_drop", "m_knee_lift")
LYING = 0.25
"""Who sits or stands has hips and knees higher than this share of a leg; who lies has not [design]."""
FAR_DEG = 25.0
MAIN = ("m_knee_flexion", "m_hip_flexion", "m_shoulder_abduction", "m_shoulder_flexion", "m_elbow_flexion")
"""What most exercises are about; counted first where it goes this far."""
ARM = ("m_shoulder_abduction", "m_shoulder_flexion", "m_elbow_flexion", "m_forearm_raised", "m_forearm_out")
"""Joints of one arm: where a camera loses its hand, all of them are wrong together."""
NEARLY = 0.4
"""Readings that go so far by the farthest one's way have a say in how many repetitions there are [design]."""


def candidates_offline(frames: Frames) -> list[Candidate]:
    """What could be counted, the likeliest first: the angles of most exercises, other angles, heights and turns.

    Within each of the three the farthest by what is usual first. Empty where nothing moves.
    """
    return sorted(_all(frames), key=lambda each: (_rank(each), -each.weight))


def _rank(each: Candidate) -> int:
    if each.reading in SECOND_CHOICE:
        return 2
    return 0 if each.reading in MAIN and each.share * USUAL[each.reading] >= FAR_DEG else 1


def count_offline(
    frames: Frames, *, only: Container[str] = USUAL, sides: Container[Side | None] = (None, *SIDES)
) -> Counted | None:
    """Repetitions of whatever moves (of these readings and sides); None where nothing goes out and back.

    Of the readings of one rank that go nearly as far as the farthest, the number that most of them (by how far they go)
    agree on is taken, and with it the farthest reading that has it: one that a camera lost for a moment has no say.
    """
    found = [each for each in candidates_offline(frames) if each.reading in only and each.side in sides]
    for rank in sorted({_rank(each) for each in found}):
        same = [each for each in found if _rank(each) == rank]
        heard = [each for each in same if each.weight >= NEARLY * same[0].weight]
        counted = [(each, _either_way(each, frames)) for each in heard]
        if votes := _votes(counted):
            most = max(votes, key=lambda number: votes[number])
            return next(its for _, its in counted if len(its.repetitions) == most)
    return None


def _votes(counted: Sequence[tuple[Candidate, Counted]]) -> dict[int, float]:
    """For each number of repetitions how much speaks for it: of one limb only its loudest joint."""
    voices: dict[tuple[int, str, Side | None], float] = {}
    for each, its in counted:
        if its.repetitions:
            voice = (len(its.repetitions), "arm" if each.reading in ARM else each.reading, each.side)
            voices[voice] = max(voices.get(voice, 0.0), each.weight)
    votes: dict[int, float] = {}
    for (number, _, _), weight in voices.items():
        votes[number] = votes.get(number, 0.0) + weight
    return votes


def _either_way(candidate: Candidate, frames: Frames) -> Counted:
    """Counted in its working direction; where that is not clear, in the one that leaves fewer repetitions cut off."""
    ways = [candidate] if candidate.clear else [candidate, replace(candidate, sign=-candidate.sign)]
    counted = [counted_offline(plan_offline(each), frames) for each in ways]
    return min(counted, key=lambda its: (not its.repetitions, sum(not each.complete for each in its.repetitions)))


def plan_offline(candidate: Candidate) -> Plan:
    """The plan to count it by, from the first frame on."""
    return plan_for(candidate.reading, sign=candidate.sign, side=candidate.side, least=LEAST[candidate.reading])


def _all(frames: Frames) -> Iterator[Candidate]:
    for reading, usual in USUAL.items():
        if reading == "m_shoulder_flexion" and frames.view == "3d" and "m_shoulder_abduction.left" in frames.readings:
            continue  # the same angle, where both planes are seen
        sides = {side: frames.readings.get(f"{reading}.{side}") for side in ("left", "right")}
        held: dict[Side | None, Array] = {side: values for side, values in sides.items() if values is not None}  # type: ignore[misc]
        if reading in frames.readings:
            held[None] = frames.readings[reading]
        if READINGS[reading].start == "turn":
            held = {side: _unwound(values) for side, values in held.items()}
        sizes = {side: _size(reading, values) for side, values in held.items()}
        held = {side: values for side, values in held.items() if sizes[side] > _least_size(reading, frames)}
        ranges = {side: _range(values) / sizes[side] for side, values in held.items()}
        if len(held) == 2 and None not in held and min(ranges.values()) >= TOGETHER * max(ranges.values()):
            both = frames.mean([f"{reading}.left", f"{reading}.right"])
            held, ranges = {None: both}, {None: _range(both) / _size(reading, both)}
        for side, values in held.items():
            if ranges[side] >= LEAST[reading]:
                up, clear = working_direction(frames.time_s, values)
                sign = up * (-1.0 if reading in HEIGHTS else 1.0)
                keys = {f"{reading}.{side}"} if side else {reading, f"{reading}.left", f"{reading}.right"}
                jumps = bool(keys & frames.jumped) or (usual >= 5.0 and _jumps(frames.time_s, values))
                yield Candidate(
                    reading=reading, side=side, share=ranges[side] / usual, sign=sign, jumps=jumps, clear=clear
                )


def working_direction(time_s: Array, values: Array) -> tuple[float, bool]:
    """1 where the movement goes up from where it rests, −1 where it goes down; and whether that is clear.

    It rests where it begins and ends; where these are not on one side of the middle of the range, where it lies still
    longest; else the working side is the one that it goes to farther from its beginning.
    """
    known = np.isfinite(values)
    time_s, values = time_s[known], values[known]
    low, high = np.percentile(values, [2, 98])
    level = (values - low) / max(high - low, 1e-9)
    edges = [
        float(np.median(level[time_s <= time_s[0] + EDGE_S])),
        float(np.median(level[time_s >= time_s[-1] - EDGE_S])),
    ]
    if max(edges) < 0.5 or min(edges) > 0.5:
        return (1.0 if max(edges) < 0.5 else -1.0), True
    still = _longest_still(time_s, level)
    return (1.0 if (edges[0] if np.isnan(still) else still) <= 0.5 else -1.0), bool(np.isfinite(still))


def _longest_still(time_s: Array, level: Array) -> float:
    """The level of the longest stretch without a tenth of the range, 0 to 1; NaN below a second."""
    best, where, start = STILL_S, float("nan"), 0
    for stop in range(1, len(level)):
        while np.ptp(level[start : stop + 1]) > 0.1:
            start += 1
        if time_s[stop] - time_s[start] > best:
            best, where = float(time_s[stop] - time_s[start]), float(np.median(level[start : stop + 1]))
    return where


def _jumps(time_s: Array, values: Array) -> bool:
    known = np.isfinite(values)
    speed = np.abs(np.diff(values[known])) / np.diff(time_s[known])
    return bool(len(speed) and speed.max() > FASTEST_DEG_S)


def _range(values: Array) -> float:
    known = values[np.isfinite(values)]
    if len(known) < max(3, 0.5 * len(values)):
        return 0.0
    low, high = np.percentile(known, [2, 98])
    return float(high - low)


def _unwound(values: Array) -> Array:
    """A heading without its jump from 180 to −180 deg."""
    unwound = values.copy()
    known = np.isfinite(values)
    unwound[known] = np.unwrap(values[known], period=360.0)
    return unwound


def _size(reading: str, values: Array) -> float:
    """Heights are told by their own standing value."""
    if reading not in HEIGHTS:
        return 1.0
    known = np.abs(values[np.isfinite(values)])
    return float(np.percentile(known, 98)) if len(known) else 0.0


def _least_size(reading: str, frames: Frames) -> float:
    """A person of less height than this lies: how far a height falls says nothing."""
    return LYING * frames.leg if reading in HEIGHTS and np.isfinite(frames.leg) else 0.0

"""What to count where nobody said which exercise it is: the reading that goes farthest, against what is usual for it.

*Offline*: it looks at the whole recording.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.readings import READINGS
from poise.measures.repetition_frames import Frames
from poise.measures.repetition_motion import Plan, plan_for
from poise.model import Side

Array = NDArray[np.float64]

USUAL = {
    "m_knee_flexion": 100.0, "m_hip_flexion": 130.0, "m_shoulder_abduction": 120.0, "m_shoulder_flexion": 120.0,
    "m_elbow_flexion": 145.0, "m_hip_abduction": 45.0, "m_trunk_lean_sag": 70.0, "m_trunk_lean_front": 45.0,
    "m_hip_drop": 0.6, "m_knee_lift": 0.9, "m_forearm_out": 120.0, "m_trunk_yaw": 70.0,
}  # fmt: skip
"""How far each goes in an exercise that is about it [design]: what the range is weighed by."""
LEAST_DEG, LEAST_RATIO = 15.0, 0.1
LEAST: Mapping[str, float] = {
    name: LEAST_RATIO if usual < 5.0 else min(LEAST_DEG, READINGS[name].least) if usual < 60.0 else LEAST_DEG
    for name, usual in USUAL.items()
}
"""Without an exercise less than this is not taken for one: sway, fidgeting and gestures stay below it [design]."""
FASTEST_DEG_S = 1200.0
"""No joint turns faster in an exercise; a reading that jumps so is a lost limb and is counted last [design]."""
TOGETHER = 0.6
"""Two sides move together when the smaller range is at least this share of the larger."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One reading of one side or of both, with how far it goes by what is usual."""

    reading: str
    side: Side | None
    share: float
    sign: float
    jumps: bool = False


SECOND_CHOICE = ("m_hip_drop", "m_knee_lift", "m_forearm_out", "m_trunk_yaw")
"""Counted only where no joint angle goes far: heights are told from a start that may be any posture."""
FAR = 0.15


def candidates_offline(frames: Frames) -> list[Candidate]:
    """What could be counted, the farthest first, angles of joints before others; empty where nothing moves."""
    return sorted(_all(frames), key=_order)


def _order(each: Candidate) -> tuple[bool, float]:
    return each.reading in SECOND_CHOICE or each.share < FAR or each.jumps, -each.share


def plan_offline(candidate: Candidate) -> Plan:
    """The plan to count it by, from the first frame on."""
    return plan_for(candidate.reading, sign=candidate.sign, side=candidate.side, least=LEAST[candidate.reading])


def _all(frames: Frames) -> Iterator[Candidate]:
    for reading, usual in USUAL.items():
        sides = {side: frames.readings.get(f"{reading}.{side}") for side in ("left", "right")}
        held: dict[Side | None, Array] = {side: values for side, values in sides.items() if values is not None}  # type: ignore[misc]
        if reading in frames.readings:
            held[None] = frames.readings[reading]
        if READINGS[reading].start == "turn":
            held = {side: _unwound(values) for side, values in held.items()}
        ranges = {side: _range(values) / _size(reading, values) for side, values in held.items()}
        if len(held) == 2 and None not in held and min(ranges.values()) >= TOGETHER * max(ranges.values()):
            both = frames.mean([f"{reading}.left", f"{reading}.right"])
            held, ranges = {None: both}, {None: _range(both) / _size(reading, both)}
        for side, values in held.items():
            if ranges[side] >= LEAST[reading]:
                sign = working_sign(values) * (-1.0 if reading in ("m_hip_drop", "m_knee_lift") else 1.0)
                jumps = usual >= 5.0 and _jumps(frames.time_s, values)
                yield Candidate(reading=reading, side=side, share=ranges[side] / usual, sign=sign, jumps=jumps)


def working_sign(values: Array) -> float:
    """1 where the movement goes up from where it rests, −1 where it goes down.

    It rests where it begins and ends; where that is neither low nor high, the side that it goes to farther is the
    working one.
    """
    known = values[np.isfinite(values)]
    low, high = np.percentile(known, [2, 98])
    few = max(1, len(known) // 20)
    rest = np.concatenate((known[:few], known[-few:]))
    return 1.0 if float(np.median(rest)) - low <= high - float(np.median(rest)) else -1.0


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
    if reading not in ("m_hip_drop", "m_knee_lift"):
        return 1.0
    known = np.abs(values[np.isfinite(values)])
    return float(np.percentile(known, 98)) if len(known) else 1.0

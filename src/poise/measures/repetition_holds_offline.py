"""Holds of a whole recording: the fold of the live hold tracker over its points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.repetition_frames import frames_of
from poise.measures.repetition_holds import HoldPlan, hold_plan_of, track
from poise.model import SIDES, Exercise, Kind, Problem, Recording, Repetition

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Holds:
    """The holds of a recording in order; `time_s` is empty where they could not be told, `seen` the share of frames."""

    holds: tuple[Repetition, ...]
    time_s: Array
    seen: float


NONE = Holds(holds=(), time_s=np.empty(0), seen=0.0)


def holds_offline(recording: Recording, exercise: Exercise) -> tuple[Holds, list[Problem]]:
    """What was held by the exercise's definition; `NONE` with the reason where its posture cannot be seen."""
    side = recording.conditions.get("side")
    plan = hold_plan_of(exercise, side=next((each for each in SIDES if each == side), None))
    if plan is None or Kind.BODY not in recording:
        return NONE, [_unseen(recording, exercise)]
    frames = frames_of(recording[Kind.BODY], plan.wanted)
    seen = _seen(plan, frames.readings)
    if not seen > 0.0:
        return NONE, [_unseen(recording, exercise)]
    found = [each.repetition for each in track(plan, frames) if each.repetition is not None]
    found.sort(key=lambda each: each.start_s)
    return Holds(holds=tuple(found), time_s=frames.time_s, seen=seen), []


def _seen(plan: HoldPlan, readings: dict[str, Array]) -> float:
    keys = {band.key for limb in plan.limbs for band in limb.bands} & set(readings)
    return max((float(np.isfinite(readings[key]).mean()) for key in keys if len(readings[key])), default=0.0)


def _unseen(recording: Recording, exercise: Exercise) -> Problem:
    where = "in points of the whole body" if exercise.view == "none" else f"from the {exercise.view}"
    return Problem(
        what=f"Whether {exercise.id} is held cannot be told from this recording: its posture is not seen.",
        where=recording.id, do=f"Film the whole body {where}; steadiness while standing is measured with --task stand.",
    )  # fmt: skip

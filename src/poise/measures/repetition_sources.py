"""What a recording is counted by: the exercise's own reading where it can be seen, else the next best, told so."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

import numpy as np
from numpy.typing import NDArray

from poise.measures import repetition_free as free
from poise.measures.angles_as_given import angles_as_given
from poise.measures.readings_points import NAN
from poise.measures.repetition_frames import Frames, frames_of
from poise.measures.repetition_imu import plan_offline as imu_plan_offline
from poise.measures.repetition_imu import turns_offline
from poise.measures.repetition_motion import Plan, from_other_end, motion_of, plan_of
from poise.measures.repetition_offline import Counted, counted_offline, one_way_offline
from poise.model import Exercise, Kind, Problem, Recording

Array = NDArray[np.float64]

AS_READINGS = {
    "knee.flexion": "m_knee_flexion", "hip.flexion": "m_hip_flexion", "elbow.flexion": "m_elbow_flexion",
    "shoulder.flexion": "m_shoulder_flexion", "trunk.lean_forward": "m_trunk_lean_sag",
    "ankle.dorsiflexion": "m_ankle_df",
}  # fmt: skip
"""Which of other software's angles stand for which reading; their zero is that of their model."""
NEIGHBOURS = ("m_knee_flexion", "m_hip_flexion", "m_hip_drop")
"""What bends together in whoever squats or rises."""
Answer = tuple[Counted | None, list[Problem]]


def count_offline(recording: Recording, exercise: Exercise | None) -> Answer:
    """The repetitions of a recording and what they were counted by; None, with the reason, where nothing can be."""
    if Kind.BODY in recording:
        names = dict.fromkeys((*(_read_by(exercise)), *free.USUAL))
        return _counted(frames_of(recording[Kind.BODY], names).possible_offline(), exercise, recording)
    if (given := _given_frames(recording)) is not None:
        return _counted(given, exercise, recording)
    if (turned := turns_offline(recording)) is not None:
        plan = imu_plan_offline(turned)
        if plan is None:
            return None, [_still(recording)]
        return counted_offline(plan, turned), [_by_sensor(recording)]
    return None, [_nothing(recording)]


def _read_by(exercise: Exercise | None) -> tuple[str, ...]:
    plan = plan_of(exercise) if exercise else None
    return plan.wanted if plan else ()


def _counted(frames: Frames, exercise: Exercise | None, recording: Recording) -> Answer:
    if exercise is None or exercise.kind != "cycle":
        return _free(frames, recording)
    plan = _told(exercise, frames)
    if plan is None:
        return None, [_unseen(exercise, frames, recording)]
    counted = _either_end(plan, frames)
    if not counted.repetitions:
        counted = _cut_to_one(plan, exercise, frames) or _by_neighbours(plan, frames) or counted
    own = plan_of(exercise)
    instead = own is not None and counted.plan.reading != own.reading
    return counted, [_instead(exercise, recording)] if instead else []


def _told(exercise: Exercise, frames: Frames) -> Plan | None:
    """The exercise's own plan where its reading is seen; else by the fall of the hips, which every view shows."""
    plan = plan_of(exercise)
    if plan is not None and _seen(plan, frames):
        return plan
    if plan is not None and plan.reading in NEIGHBOURS and exercise.position == "standing":
        instead = plan_of(exercise, reading="m_hip_drop")
        if instead is not None and _seen(instead, frames):
            return instead
    return None


def _either_end(plan: Plan, frames: Frames) -> Counted:
    """Counted from the exercise's start; from its far posture where more whole repetitions begin and end there."""
    counted = counted_offline(plan, frames)
    if isnan(plan.halfway):
        return counted
    other = counted_offline(from_other_end(plan), frames)
    return other if _whole(other) > _whole(counted) else counted


def _whole(counted: Counted) -> int:
    return sum(each.complete for each in counted.repetitions)


def _cut_to_one(plan: Plan, exercise: Exercise, frames: Frames) -> Counted | None:
    """One way of the exercise where the recording holds no more: at least half of what lies between its postures."""
    motion = motion_of(exercise)
    asked = NAN if motion is None or motion.reading != plan.reading else 0.5 * abs(motion.far - motion.near)
    return None if isnan(asked) else one_way_offline(replace(plan, least=max(plan.least, asked)), frames)


def _by_neighbours(plan: Plan, frames: Frames) -> Counted | None:
    """By what bends with it, where the exercise's own angle was lost: both knees, both hips, the fall of the hips."""
    if not plan.together or plan.reading not in NEIGHBOURS:
        return None
    return free.count_offline(frames, only=NEIGHBOURS, sides=(None,))


def _seen(plan: Plan, frames: Frames) -> bool:
    return any(np.isfinite(frames.mean(limb.keys)).mean() > 0.3 for limb in plan.limbs)


def _free(frames: Frames, recording: Recording) -> Answer:
    if (counted := free.count_offline(frames)) is not None:
        return counted, []
    for candidate in free.candidates_offline(frames)[:1]:
        if (cut := one_way_offline(free.plan_offline(candidate), frames)) is not None:
            return cut, [_cut(recording)]
    return None, [_still(recording)]


def _given_frames(recording: Recording) -> Frames | None:
    angles, _ = angles_as_given(recording)
    readings: dict[str, Array] = {}
    for angle in angles:
        if angle.name in AS_READINGS:
            name = AS_READINGS[angle.name]
            readings[name if name == "m_trunk_lean_sag" else f"{name}.{angle.side}"] = angle.values
    kind = Kind.COORDINATES if Kind.COORDINATES in recording else Kind.JOINT_ANGLES
    if not readings:
        return None
    return Frames(time_s=recording[kind].time_s, view="3d", readings=readings)


def _still(recording: Recording) -> Problem:
    return Problem(
        what="Nothing moves out and back far enough to be a repetition.",
        where=recording.id, do="Tell the exercise where the movement is small: --conditions exercise=x_quad_set.",
    )  # fmt: skip


def _cut(recording: Recording) -> Problem:
    return Problem(
        what="The recording holds one way of a movement only; it is counted as one repetition that is not complete.",
        where=recording.id, do="Let the recording begin and end at rest to have its time and the way back judged.",
    )  # fmt: skip


def _by_sensor(recording: Recording) -> Problem:
    return Problem(
        what="Repetitions are counted by how far the worn sensor turns: a range of the sensor, not of a joint.",
        where=recording.id, do="Wear a sensor on either side of the joint, or film it, to have its angle.",
    )  # fmt: skip


def _instead(exercise: Exercise, recording: Recording) -> Problem:
    return Problem(
        what=f"The reading that {exercise.id} is judged by is not seen from here; the fall of the hips is counted.",
        where=recording.id, do=f"Film it from the {exercise.view}.",
    )  # fmt: skip


def _unseen(exercise: Exercise, frames: Frames, recording: Recording) -> Problem:
    return Problem(
        what=f"What {exercise.id} is counted by cannot be seen in this recording (view: {frames.view}).",
        where=recording.id, do=f"Film it from the {exercise.view}, with the whole working limb in the picture.",
    )  # fmt: skip


def _nothing(recording: Recording) -> Problem:
    held = ", ".join(recording.streams) or "nothing"
    return Problem(
        what="Repetitions are counted from points of the body, joint angles or a worn sensor; there are none.",
        where=recording.id, do=f"The recording holds {held}: map its labels, or record one of these.",
    )  # fmt: skip

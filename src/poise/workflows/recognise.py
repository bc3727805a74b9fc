"""What a recording is of: said by somebody, told by its file, or recognised from how the person moved.

Each way of recognising gives a `Recognition` with a reason that a person can check, or nothing; the first that gives
one is taken, the surest signs first. The thresholds are design values, stated where they stand; how often each task is
recognised rightly in recordings of known tasks is measured by `poise validate`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from poise.knowledge import exercises
from poise.measures import repetitions, task_muscle_length, task_tug, task_tug_imu, task_y_reach
from poise.measures.step_rhythm import step_rhythm
from poise.measures.task_features import features
from poise.model import Kind, Measured, Recognition, Recording

Array = NDArray[np.float64]
Features = Mapping[str, float]
Recognised = Recognition | None

STILL_MM_S = 60.0
"""Hips that move slower than this, by the median, stand: quiet stance sways with 5 to 20 mm/s, pose networks jitter
with up to 50."""
POSED_S = 20.0
"""A camera looks at a posture for some seconds; who stands longer is measured for sway."""
WALKING = frozenset({"walk", "tug"})


def recognise(recording: Recording, asked: str, gait: Sequence[Measured]) -> Recognition:
    """The task of a prepared recording.

    Parameters
    ----------
    recording
        As cleaning leaves it.
    asked
        A task of `poise.workflows.request.TASKS`; ``auto`` to find it out.
    gait
        What the methods that find steps made of it: where they found a walk, somebody walked.
    """
    exercise = recording.conditions.get("exercise", "")
    if asked != "auto":
        return Recognition(task=asked, confidence=1.0, because="It was asked for.", exercise=exercise)
    if recording.task != "unknown":
        return Recognition(
            task=recording.task, confidence=1.0, because="The file, or the data set it is of, says so.",
            exercise=exercise,
        )  # fmt: skip
    if "target_deg" in recording.conditions:
        return Recognition(
            task="jps", confidence=0.9, exercise=exercise, because="An angle to be found again was told with it.",
        )  # fmt: skip
    seen = features(recording)
    for look in _WAYS:
        found = look(recording, seen, gait)
        if found is not None:
            return found
    return Recognition(task="unknown", confidence=0.0, because="Nothing in it shows a task that Poise knows.")


def otherwise(first: Recognition) -> Recognition:
    """The second guess, for a recording of which the methods of the first could measure nothing."""
    because = f"{first.because} As a recording of '{first.task}' nothing could be measured in it."
    return Recognition(task=first.instead, confidence=0.5, because=because, exercise=first.exercise)


def _said(task: str, confidence: float, because: str, *, instead: str = "") -> Recognition:
    return Recognition(task=task, confidence=round(float(confidence), 2), because=because, instead=instead)


def _stills(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    points = [each for name, each in recording.streams.items() if name in {Kind.BODY, Kind.LANDMARKS, Kind.MARKERS}]
    if points and all(each.duration_s == 0.0 for each in points):
        return _said("posture", 0.7, "It holds single pictures without a time, so only postures can be read from it.")
    return None


def _up_and_go(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    rises = seen["height_range"] > 0.25 or seen["back_rises"] >= 1
    turned = max(_number(seen["turned_deg"]), _number(seen["back_turned_deg"])) >= 150.0
    if not (rises and turned and recording.duration_s < 180.0):
        return None
    for method in (task_tug.MEASURE, task_tug_imu.MEASURE):
        if method.fits(recording) and any(
            each.measure == "tug.time" for each in method.compute(recording).measurements
        ):
            return _said("tug", 0.9, "The person gets up, walks, turns, walks back and sits down.", instead="walk")
    return None


def _stairs(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    climbed = seen["climb"]
    if abs(climbed) > 0.3 and _number(seen["steps"]) >= 3 and not seen["knee_phase"] > 0.6:
        way = "up" if climbed > 0 else "down"
        return _said(
            "stairs", 0.8, f"The person steps on and goes {way} by {abs(climbed):.1f} of a leg.", instead="walk"
        )
    return None


def _chair_on_the_back(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    """Rises in quick succession leave no time to walk between them, whatever looks like a step."""
    rises = _number(seen["back_rises"])
    if rises >= 2 and recording.duration_s / rises < 8.0 and _number(seen["back_turned_deg"]) < 150.0:
        return _said("sit_to_stand", 0.8, f"The back leans forward and rises {rises:.0f} times, one after the other.")
    return None


def _walk(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    walk = next((each.walk for each in gait if each.walk is not None), None)
    if walk is not None:
        steps = len(walk.footsteps) or 2 * len(walk.strides)
        if seen["body"] and not _goes_somewhere(seen, strides=len(walk.strides)):
            return None
        return _said("walk", min(0.99, 0.8 + 0.03 * steps), f"{steps} steps were found that follow one another.")
    if any(each.measurements for each in gait):
        return _said("walk", 0.8, "Its angles come and go as those of walking do.")
    return None


def _goes_somewhere(seen: Features, *, strides: int) -> bool:
    """Knees in turn, and either way made or, on a belt, stride after stride: a few swings of the feet are no walk."""
    if seen["knee_phase"] > 0.6:
        return False
    return not seen["travel"] < 1.0 or strides >= 4


def _knee_bends(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    """Both knees bend together and the hips go down: squats, standing up from a chair, lunges."""
    least, most = sorted((_number(seen["knee_range_left"]), _number(seen["knee_range_right"])))
    if least < 25.0 or seen["height_range"] < 0.10 or not seen["knee_phase"] > 0.85:
        return None
    if seen["feet_ahead"] > 0.2:
        return _said("exercise", 0.8, "Both knees bend with one foot ahead of the other, as in a lunge.")
    if most > 2.0 * least:
        return _said("exercise", 0.7, "One knee bends much more than the other, as in a lunge to the side.")
    on_seat = _seated(seen, guessed_depth=Kind.LANDMARKS in recording)
    told = f"Both knees bend together, {least:.0f}° and more, and the hips go down"
    if on_seat > 0.5:
        why = (
            "with the body's weight behind the heels, as only a seat allows"
            if seen["balance_low"] < 0
            else ("and rest there")
        )
        return _said("sit_to_stand", on_seat, f"{told} {why}.", instead="squat")
    return _said("squat", 1.0 - on_seat, f"{told} while the weight stays over the feet.", instead="sit_to_stand")


def _seated(seen: Features, *, guessed_depth: bool) -> float:
    """How sure it is that a seat carries the person when the hips are low, 0 to 1.

    Nobody balances with the centre of the body behind the heels; who rests long at the bottom sits, probably. A camera
    or Kinect puts the body's centre wrong by 5 cm or so, a sixteenth of a leg, markers by half of that.
    """
    behind, rests = seen["balance_low"], seen["share_low"]
    doubt_m, weight = (0.06, 0.5) if guessed_depth else (0.03, 0.7)
    off_balance = 1.0 / (1.0 + np.exp((behind + 0.02) / doubt_m)) if np.isfinite(behind) else 0.5
    resting = 1.0 / (1.0 + np.exp(-(rests - 0.38) / 0.04))
    return float(np.clip(weight * off_balance + (1.0 - weight) * resting, 0.02, 0.98))


def _foot_reach(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    """One foot keeps its place while the other goes out and comes back, more than once."""
    planted = min(_number(seen["foot_lift_left"]), _number(seen["foot_lift_right"])) < 0.05
    if not (
        planted
        and seen["trunk_level"] < 0.5
        and seen["travel"] < 0.8
        and _number(seen["steps"]) >= 2
        and task_y_reach.MEASURE.fits(recording)
    ):
        return None
    if len(task_y_reach.MEASURE.compute(recording).measurements) >= 2:
        return _said("single_leg", 0.7, "One foot reaches out and comes back while the other keeps its place.")
    return None


def _from_the_front(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    """Seen from the front the knees' bend is hidden, and so is a seat; the hips go down and up all the same."""
    if np.isfinite(seen["knee_phase"]) or not (seen["height_range"] > 0.15 and seen["height_cycles"] >= 1):
        return None
    if _number(seen["steps"]) > 2 or seen["trunk_level"] > 0.5:
        return None
    return _said("squat", 0.5, "Seen from the front the hips go down and up on both feet.", instead="sit_to_stand")


def _seen_askew(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    """A camera neither from the side nor from the front shows no angle, but it shows hips that go down and come up."""
    if not seen["body"] or np.isfinite(seen["height_range"]):
        return None
    found = repetitions.compute_with(recording, exercises.exercise_of_task("squat"))
    deep = [each for each in found.repetitions if each.unit == "ratio" and each.range > 0.15]
    if not deep:
        return None
    told = f"Seen from between side and front, the hips go down and up {len(deep)} times"
    return _said("squat", 0.5, f"{told}, by a sixth of a leg or more.", instead="sit_to_stand")


def _one_leg(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    if not (seen["feet_uneven"] > 0.12 and seen["trunk_level"] < 0.2):
        return None
    if _number(seen["steps"]) > 4:
        return None
    return _said("single_leg", 0.75, "One foot is held off the floor most of the time.")


def _legs(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    """The legs move otherwise: a step over, a leg lifted, a step aside."""
    lifts = max(_number(seen["foot_lift_left"]), _number(seen["foot_lift_right"]))
    bends = max(_number(seen["knee_range_left"]), _number(seen["knee_range_right"]))
    arms = max(_number(seen["arm_range_left"]), _number(seen["arm_range_right"]))
    if seen["trunk_level"] > 0.6 and (bends > 10.0 or lifts > 0.15):
        if task_muscle_length.MEASURE.compute(recording).measurements:
            return _said("muscle_length", 0.6, "A leg is raised or hangs while the person lies.", instead="exercise")
        return _said("exercise", 0.6, "A leg is moved while the trunk lies.", instead="muscle_length")
    steps = _number(seen["steps"]) >= 2 and arms < 0.3
    if (lifts > 0.06 and lifts > 0.5 * arms) or steps or (bends > 25.0 and seen["height_range"] > 0.08):
        return _said("exercise", 0.7, "A leg is lifted, bent or put aside; it is none of the tasks with a name.")
    return None


def _arms(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    arms = max(_number(seen["arm_range_left"]), _number(seen["arm_range_right"]))
    if arms < 0.12:
        return None
    return _said("reach", 0.8 if arms > 0.4 else 0.6, "The arms move while the legs stay where they are.")


def _standing(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    if not seen["body"]:
        return None
    speed = seen["quiet_mm_s"]
    calm = speed < STILL_MM_S if np.isfinite(speed) else seen["moving_share"] < 0.1
    if not calm or not seen["height_range"] < 0.06:
        return None
    if Kind.LANDMARKS in recording and recording.duration_s < POSED_S:
        return _said("posture", 0.7, "The person keeps still before a camera for a moment.", instead="stand")
    return _said("stand", 0.85, "The person stands and hardly moves.", instead="posture")


def _on_plates(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    if not np.isfinite(seen["force_low"]) or np.isfinite(seen["height_range"]):
        return None
    if seen["force_quiet"] < 0.05:
        return _said("stand", 0.95, "The plates carry one weight throughout: somebody stands on them.")
    if seen["force_high"] > 1.9 and seen["force_low"] < 0.05:
        return _said("unknown", 0.0, "The force under the feet is that of a jump, which is not measured.")
    if seen["force_seated"] > 0.15 and seen["force_cycles"] >= 1 and recording.duration_s > 3.0:
        return _said("sit_to_stand", 0.8, "Most of the weight leaves the plates and comes back, as from a chair.")
    if 0.3 < seen["force_low"] < 0.95 and seen["force_high"] < 1.8 and seen["plates"] >= 1:
        return _said("squat", 0.6, "The feet stay on the plates while the body goes up and down.", instead="stand")
    return None


def _pressure_alone(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    """A centre of pressure without its force: it says nothing of lifted feet, only how far it went."""
    if Kind.CENTRE_OF_PRESSURE not in recording or Kind.FORCE in recording:
        return None
    path = recording[Kind.CENTRE_OF_PRESSURE].values.reshape(len(recording[Kind.CENTRE_OF_PRESSURE].time_s), -1)
    reach_m = float(np.nanmax(np.nanpercentile(path, 99, axis=0) - np.nanpercentile(path, 1, axis=0)))
    if reach_m < 0.15:
        return _said("stand", 0.7, f"The centre of pressure stays within {100 * reach_m:.0f} cm.")
    return None


def _on_the_back(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    if not seen["back"]:
        return None
    if seen["back_rises"] >= 1:
        return _said("sit_to_stand", 0.7, "The back leans forward and rises by a chair's height, without steps.")
    if seen["back_still"] > 0.9:
        return _said("stand", 0.6, "The sensor on the back keeps still.")
    return None


def _given_angles(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    """A model's coordinates without points: two knees that bend together."""
    if Kind.COORDINATES not in recording or seen["body"]:
        return None
    stream = recording[Kind.COORDINATES]
    knees = [_knee(stream.channels, stream.values, side) for side in ("r", "l")]
    if any(knee is None for knee in knees):
        return None
    right, left = (np.asarray(knee) for knee in knees)
    ranges = [float(np.nanpercentile(knee, 95) - np.nanpercentile(knee, 5)) for knee in (right, left)]
    if max(ranges) < 5.0:
        return _said("stand", 0.6, "The knees of the model keep still.")
    known = np.isfinite(right) & np.isfinite(left)
    if min(ranges) < 25.0 or np.corrcoef(right[known], left[known])[0, 1] < 0.85:
        return None
    starts_bent = float(np.nanmedian(right[: max(1, len(right) // 40)]))
    if starts_bent > 60.0:
        return _said("sit_to_stand", 0.7, "The knees of the model start bent and straighten together.", instead="squat")
    return _said("squat", 0.6, "The knees of the model bend together from standing.", instead="sit_to_stand")


def _knee(channels: tuple[str, ...], values: Array, side: str) -> Array | None:
    return next((values[:, channels.index(name), 0] for name in (f"knee_angle_{side}",) if name in channels), None)


def _muscles(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    if Kind.EMG in recording and not seen["body"] and Kind.FORCE not in recording:
        return _said("emg", 0.95, "It holds the activity of muscles and no movement that could be measured otherwise.")
    return None


def _worn_sensors(recording: Recording, seen: Features, gait: Sequence[Measured]) -> Recognised:
    """Sensors of which nobody said where they were worn: a walk is told by its rhythm."""
    if Kind.ACCELERATION not in recording or seen["body"] or seen["back"]:
        return None
    sure = step_rhythm(recording[Kind.ACCELERATION])
    return _said("walk", sure, "The sensors shake in the rhythm of steps.") if sure > 0.0 else None


def _number(value: float) -> float:
    return value if np.isfinite(value) else 0.0


_WAYS: tuple[Callable[[Recording, Features, Sequence[Measured]], Recognised], ...] = (
    _muscles, _stills, _up_and_go, _knee_bends, _stairs, _chair_on_the_back, _walk, _foot_reach, _from_the_front,
    _seen_askew, _one_leg, _legs, _arms, _standing, _on_plates, _pressure_alone, _on_the_back, _given_angles,
    _worn_sensors,
)  # fmt: skip
"""In the order in which they are asked."""

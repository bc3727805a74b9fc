"""What a report says first, by task: the words for what was done, the numbers people ask for, how sure the task is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from poise.documents.words import certainty
from poise.model import Assessment

TASK_WORDS: Mapping[str, str] = {
    "walk": "Walking", "stand": "Standing still", "squat": "Squats", "sit_to_stand": "Standing up from a chair",
    "single_leg": "Standing on one leg", "reach": "Reaching", "posture": "Posture", "jps": "Sense of position",
    "emg": "Muscle activity", "tug": "Timed Up and Go", "exercise": "Exercise", "stairs": "Stairs",
    "muscle_length": "Muscle length",
}  # fmt: skip
_LOADS = ("squat.load_asymmetry",)
TILES: Mapping[str, tuple[str, ...]] = {
    "walk": ("gait.speed", "gait.cadence", "gait.step_length", "gait.stance_percent", "gait.step_width"),
    "stand": (
        "balance.sway_velocity", "balance.sway_area_95", "balance.stance_time", "balance.load_asymmetry",
        "balance.imu_jerk", "balance.imu_rms", "balance.camera_sway_velocity", "balance.recovery_steps",
    ),
    "single_leg": (
        "ybalance.composite", "ybalance.anterior_percent", "balance.stance_time", "rep.count", "rep.quality",
        "rep.knee_inward", "rep.pelvic_drop",
        "balance.sway_velocity",
    ),
    "squat": (
        "squat.count", "rep.count", "rep.quality", "squat.knee_flexion_peak", "rep.rom", "squat.load_asymmetry",
        "squat.load_difference", "rep.load_asymmetry", "rep.time", "squat.down_time", "squat.up_time",
    ),
    "exercise": ("rep.count", "rep.clean_count", "rep.quality", "rep.rom", "rep.time"),
    "sit_to_stand": ("sts.count", "sts.time_5", "sts.count_30s", "sts.rise_time", "sts.load_asymmetry"),
    "tug": ("tug.time", "tug.stand_time", "tug.turn_time", "tug.sit_time"),
    "reach": ("reach.distance", "ybalance.composite", "rep.count", "rep.quality", "rep.rom"),
    "posture": (
        "posture.head_forward", "posture.craniovertebral", "posture.slouch", "posture.trunk_lean",
        "posture.shoulder_level", "posture.pelvis_level",
    ),
    "jps": ("jps.absolute_error", "jps.constant_error", "jps.variable_error", "jps.cervical_error", "reaction.time",
        "judgement.constant_error.*", "judgement.variable_error.*", "judgement.mean.*",),
    "emg": (
        "emg.order_consistency", "emg.level_asymmetry.*", "emg.cocontraction.*", "emg.movement_delay.*", "emg.onset.*",
    ),
    "stairs": ("stairs.head_pitch", "stairs.step_time", "stairs.steps"),
    "muscle_length": ("length.straight_leg_raise", "length.thomas"),
}  # fmt: skip
ASKED: Mapping[str, tuple[str, ...]] = {
    "walk": (
        "gait.stride_length", "gait.step_time", "gait.stride_time", "gait.double_support_percent",
        "gait.profile_score", "gait.stride_time_cv", "joint.knee.flexion.rom", "joint.hip.flexion.rom",
        "joint.ankle.dorsiflexion.rom",
    ),
    "stand": ("balance.rms_ml", "balance.rms_ap", "balance.mean_frequency", "balance.camera_velocity"),
    "single_leg": ("single_leg.fppa", "single_leg.pelvic_drop", "single_leg.knee_flexion_peak", "rep.rom"),
    "squat": (
        "squat.count", "squat.depth", "squat.knee_flexion_peak", "squat.trunk_lean", "squat.knee_inward",
        "squat.load_difference", "squat.down_time", "squat.up_time", "rep.clean_count", "rep.sparc",
    ),
    "exercise": (
        "rep.partial_count", "rep.rom_asymmetry", "rep.peak_velocity", "rep.sparc", "rep.trunk_lean",
        "rep.trunk_lean_side", "rep.similarity",
    ),
    "sit_to_stand": (
        "sts.time_5_standing", "sts.sit_time", "sts.trunk_flexion_peak", "sts.load_difference", "sts.arms_used",
        "rep.quality", "rep.sparc",
    ),
    "tug": (
        "tug.walk_out_time", "tug.walk_back_time", "tug.turn_to_sit_time", "tug.turn_steps", "tug.turn_velocity_peak",
        "gait.speed", "gait.cadence",
    ),
    "reach": ("reach.arm_elevation_peak", "reach.trunk_displacement", "reach.path_ratio", "rep.time", "rep.sparc"),
    "stairs": ("stairs.head_down_share", "stairs.step_height", "gait.cadence"),
}  # fmt: skip
"""What people ask for next, after the tiles: it comes first in a table that is cut short."""
SAYS_THE_SAME: Mapping[str, tuple[str, ...]] = {
    "squat.count": ("rep.count",), "rep.rom": ("squat.knee_flexion_peak",), "squat.load_difference": _LOADS,
    "rep.load_asymmetry": _LOADS, "squat.down_time": ("rep.time",), "squat.up_time": ("rep.time",),
}  # fmt: skip
"""A tile that is left out where another says the same."""
MOST_TILES = 5
OF_EACH = 2
"""At most so many tiles of one measure that every muscle has."""
CONDITION_WORDS: Mapping[str, Mapping[str, str]] = {
    "eyes": {"open": "eyes open", "closed": "eyes closed"},
    "surface": {
        "firm": "on a firm floor", "foam": "on foam", "disc": "on a balance disc", "wobble": "on a wobble board",
        "beam": "on a beam",
    },
    "stance": {
        "two_feet": "on two feet", "feet_together": "feet together", "semi_tandem": "half heel-to-toe",
        "tandem": "heel-to-toe", "left_leg": "on the left leg", "right_leg": "on the right leg",
    },
    "facing": {
        "camera": "facing the camera", "away": "facing away from the camera", "left": "facing left in the picture",
        "right": "facing right in the picture",
    },
    "attention": {"single": "nothing else to do", "dual": "while doing a second task"},
    "arms": {"free": "arms free", "crossed": "arms crossed", "used": "with the help of the arms"},
    "contraction": {
        "task": "during the task", "rest": "at rest", "maximal": "as strong as possible",
        "reference": "a light reference",
    },
}  # fmt: skip


OWN_OF_TASK: Mapping[str, tuple[str, ...]] = {
    "rep.count": ("squat.count", "sts.count"),
    "rep.knee_inward": ("squat.knee_inward", "single_leg.fppa"),
    "rep.pelvic_drop": ("single_leg.pelvic_drop",),
    "rep.trunk_lean": ("squat.trunk_lean", "sts.trunk_flexion_peak"),
    "rep.trunk_lean_side": ("squat.trunk_lean_left", "single_leg.trunk_lean"),
    "rep.weight_shift": ("squat.weight_shift",),
    "rep.heel_lift": ("squat.heel_lift",),
    "rep.load_asymmetry": (
        "squat.load_asymmetry",
        "squat.load_difference",
        "sts.load_asymmetry",
        "sts.load_difference",
    ),
}
"""What a task measures in its own way, so that a page does not tell two truths: at the lowest point, not at the worst
moment of the repetition. Both are in the JSON, and the cards of the repetitions use their own."""


def doubles(assessment: Assessment) -> frozenset[str]:
    """The measures of repetitions that a measure of the task itself stands for on a page."""
    measured = {each.measure for each in assessment.measurements}
    return frozenset(name for name, own in OWN_OF_TASK.items() if name in measured and measured & set(own))


def measures_first(assessment: Assessment) -> tuple[str, ...]:
    """The measures that the tiles show, in order: the task's own that were measured, else the first ones that were."""
    told_already = doubles(assessment)
    measured = dict.fromkeys(each.measure for each in assessment.measurements if each.measure not in told_already)
    wanted = [name for pattern in TILES.get(assessment.task, ()) for name in _matching(pattern, measured)]
    wanted = [name for name in wanted if not any(other in wanted for other in SAYS_THE_SAME.get(name, ()))]
    if not wanted and assessment.task != "walk":
        wanted = list(measured)[:MOST_TILES]
    return tuple(wanted[:MOST_TILES])


def measures_asked(assessment: Assessment) -> list[str]:
    """The measures that a page tells, what people ask for first by task, then in the order of measuring."""
    told_already = doubles(assessment)
    measured = dict.fromkeys(each.measure for each in assessment.measurements if each.measure not in told_already)
    wanted = [*TILES.get(assessment.task, ()), *ASKED.get(assessment.task, ())]
    first = [name for pattern in wanted for name in _matching(pattern, measured, of_each=len(measured))]
    if assessment.task == "emg":
        first = [name for pattern in _MUSCLES_FIRST for name in _matching(pattern, measured, of_each=len(measured))]
    return list(dict.fromkeys((*first, *measured)))


_MUSCLES_FIRST = (
    "emg.order_consistency", "emg.order.*", "emg.onset.*", "emg.level_asymmetry.*", "emg.cocontraction.*",
    "emg.delay.*", "emg.burst_count.*", "emg.amplitude.*",
)  # fmt: skip


def _matching(pattern: str, measured: Iterable[str], *, of_each: int = OF_EACH) -> list[str]:
    if not pattern.endswith(".*"):
        return [name for name in measured if name == pattern]
    return [name for name in measured if name.startswith(pattern[:-1])][:of_each]


def task_line(assessment: Assessment) -> str:
    """What the recording was taken to be, and how sure that is; empty where nobody had to guess."""
    known = assessment.recognition
    if known is None:
        return ""
    name = TASK_WORDS.get(known.task, "nothing known").lower()
    if known.confidence >= 1.0:
        return f"Task: {name}, {_by_whom(known.because)}."
    instead = TASK_WORDS.get(known.instead, "").lower()
    other = f" If not, then {instead}." if instead else ""
    because = f", because {_within(known.because)}" if known.because.strip() else ""
    return f"Task: {name}, recognised and {certainty(known.confidence)} sure{because}.{other}"


def _by_whom(because: str) -> str:
    """Who said what the task is."""
    if because.startswith("The file"):
        return "as the file says"
    return "as asked" if because.startswith("It was asked") else "as told"


def _within(sentence: str) -> str:
    """A sentence as a part of another: no full stop, no capital, except of a word in capitals."""
    told = sentence.strip().rstrip(".")
    return told if told[:2].isupper() else f"{told[:1].lower()}{told[1:]}"


def conditions_line(conditions: Mapping[str, str]) -> str:
    """What was held fixed, in words; empty where nobody said."""
    return ", ".join(_said(conditions))


def _said(conditions: Mapping[str, str]) -> Iterable[str]:
    for name, value in conditions.items():
        if name in CONDITION_WORDS:
            yield CONDITION_WORDS[name].get(value, value.replace("_", " "))
        elif name == "side":
            yield f"{value} side"
        elif name == "exercise":
            yield f"exercise {value.removeprefix('x_').replace('_', ' ')}"
        elif name == "target_deg":
            yield f"target {value}°"
        elif name in _UNITS:
            yield f"{name.rsplit('_', 1)[0].replace('_', ' ')} {value} {_UNITS[name]}"
        elif name == "trial":
            yield f"try {value}"
        else:
            yield value.replace("_", " ")


_UNITS = {"distance_m": "m", "chair_height_m": "m", "step_height_m": "m", "limit_s": "s"}

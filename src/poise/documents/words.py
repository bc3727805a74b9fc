"""The words and figures of a report: how a number, a side and a measure are said to a person."""

from __future__ import annotations

import math

from poise.model import Assessment, Measurement
from poise.model.muscles import MUSCLES

DECIMALS = {
    "steps/min": 0, "%": 1, "deg": 1, "m": 2, "s": 2, "m/s": 2, "count": 0, "points": 0, "mm²": 0, "mm/s": 1,
}  # fmt: skip
MOST_DECIMALS = 3
EMG_CURVE = "emg."
LABELS = {
    "gait.speed": "Walking speed",
    "gait.cadence": "Steps per minute",
    "gait.stride_time": "Stride time",
    "gait.step_time": "Step time",
    "gait.stance_time": "Time with the foot on the floor",
    "gait.swing_time": "Time with the foot in the air",
    "gait.double_support_time": "Time with both feet down",
    "gait.double_support_percent": "Share of time with both feet down",
    "gait.stance_percent": "Share of the stride on the floor",
    "gait.stride_length": "Stride length",
    "gait.step_length": "Step length",
    "gait.step_width": "Step width",
    "gait.profile_score": "Gait Profile Score",
    "gait.sagittal_profile_score": "Profile score, side view only",
    "balance.sway_velocity": "Speed of the sway",
    "balance.sway_area_95": "Area of the sway",
    "balance.load_asymmetry": "Load, left − right",
    "balance.stance_time": "Time held",
    "rep.count": "Repetitions",
    "rep.clean_count": "Clean repetitions",
    "rep.quality": "Quality of a repetition, 0 to 100",
    "rep.rom": "Range of movement",
    "rep.time": "Time of a repetition",
    "rep.load_asymmetry": "Load, left − right",
    "sts.count": "Stands",
    "sts.time_5": "Five stands",
    "sts.count_30s": "Stands in 30 s",
    "sts.rise_time": "Time to rise",
    "sts.load_asymmetry": "Load, left − right",
    "tug.time": "Up, 3 m and back",
    "tug.stand_time": "Standing up",
    "tug.turn_time": "Turning",
    "tug.sit_time": "Sitting down",
    "jps.absolute_error": "Angle missed by",
    "jps.constant_error": "Tends to go too far (+) or too short (−)",
    "jps.variable_error": "Scatter from try to try",
    "jps.cervical_error": "Head misses the middle by",
    "reaction.time": "Reaction time",
}
EMG = {
    "onset": "Begins first", "offset": "Ends last", "duration": "Length of a burst", "burst_count": "Times on",
    "amplitude": "Level while working", "peak": "Peak level", "rest_level": "Level at rest", "snr": "Signal over rest",
    "active_share": "Time on", "cocontraction": "Works together with its opponent", "delay": "Begins after the first",
    "level_asymmetry": "Level, left − right", "median_frequency": "Median frequency", "order": "Place in the order",
}  # fmt: skip
_MUSCLES = {each.name: each.label[:1].upper() + each.label[1:] for each in MUSCLES}
CURVES = {
    "pelvis.tilt": "Pelvis: tilt forward",
    "pelvis.obliquity": "Pelvis: side up",
    "pelvis.rotation": "Pelvis: turn",
    "hip.flexion": "Hip: bend",
    "hip.adduction": "Hip: leg inward",
    "hip.rotation": "Hip: turn inward",
    "knee.flexion": "Knee: bend",
    "knee.adduction": "Knee: bowed outward (varus)",
    "knee.rotation": "Knee: turn inward",
    "ankle.dorsiflexion": "Ankle: foot up",
    "foot.progression": "Foot: toe in",
    "trunk.lean_forward": "Trunk: lean forward",
    "trunk.lean_side": "Trunk: lean sideways",
    "trunk.rotation": "Trunk: turn",
}


def label(measure: str, assessment: Assessment) -> str:
    """A measure in plain words, else as its definition calls it, else its own name made readable."""
    if measure in LABELS or measure in assessment.labels:
        return LABELS.get(measure) or assessment.labels[measure]
    if measure.startswith("emg.") and measure.count(".") == 2:
        _, name, muscle = measure.split(".")
        return f"{EMG.get(name, _readable(name))}, {muscle_words(muscle)}"
    family, _, member = measure.rpartition(".")
    if family in assessment.labels:
        return f"{assessment.labels[family]}: {_readable(member).lower()}"
    last = measure.split(".", 1)[-1]
    for ending, words in (("_asymmetry", "left–right difference"), ("_cv", "variation")):
        if last.endswith(ending):
            return f"{LABELS.get('gait.' + last.removesuffix(ending), _readable(last.removesuffix(ending)))}, {words}"
    return _readable(last)


def curve_label(curve: str) -> str:
    """A curve in plain words; of a muscle, its name, of a channel nobody knows, its label."""
    if curve.startswith(EMG_CURVE):
        return muscle_words(curve.removeprefix(EMG_CURVE))
    return CURVES.get(curve, _readable(curve))


def _readable(name: str) -> str:
    words = name.replace(".", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def figure(value: float, unit: str = "") -> str:
    """A number as a person reads it: two or three significant figures, its unit, a dash where there is none."""
    return _written(value, unit, _decimals(value, unit))


def pair(left: float, right: float, unit: str) -> str:
    """Both sides with the same decimals, the fewer of the two: ``0.10 / 0.10 m``."""
    decimals = min(_decimals(left, unit), _decimals(right, unit))
    return f"{_written(left, '', decimals)} / {_written(right, unit, decimals)}"


def bare(value: float, unit: str) -> str:
    """A number with the decimals of its unit, which stands elsewhere."""
    return _written(value, "", _decimals(value, unit))


def _decimals(value: float, unit: str) -> int:
    size = abs(value)
    if unit == "mm":
        return 0 if size >= 100 else 1
    if unit in {"m", "s"} and 0 < size < 0.1:
        return 3  # clearances are millimetres, delays of muscles milliseconds
    if unit in DECIMALS:
        return DECIMALS[unit]
    if 0 < size < 0.1:
        return min(1 - math.floor(math.log10(size)), 5)
    return 0 if size >= 100 else 1 if size >= 10 else 2


def _written(value: float, unit: str, decimals: int) -> str:
    if not math.isfinite(value):
        return "–"
    # Rounding first, and adding nothing, keeps a small negative number from being written as −0.
    text = f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")
    return f"{text}{'' if unit == 'deg' else ' '}{said_unit(unit)}".strip() if unit else text


def counted(count: int, one: str, many: str) -> str:
    """``1 stride``, ``3 strides``."""
    return f"{count} {one if count == 1 else many}"


def certainty(confidence: float) -> str:
    """A confidence as percent; no measurement is certain."""
    return "over 99 %" if confidence > 0.99 else f"{100 * confidence:.0f} %"


def said_unit(unit: str) -> str:
    """The unit as print has it."""
    return {"deg": "°", "deg/s": "°/s", "deg²": "°²", "1": "", "ratio": "", "count": "", "rank": "", "points": ""}.get(
        unit, unit
    )


def spread(measured: Measurement) -> str:
    """The measured value with its standard deviation where there is one; the unit stands elsewhere.

    Both have the same decimals: one more than usual where that lets the deviation be seen.
    """
    decimals = _decimals(measured.value, measured.unit)
    if not math.isfinite(measured.sd):
        return _written(measured.value, "", decimals)
    visible = 0.5 * 10.0**-decimals
    if 0.1 * visible <= measured.sd < visible and decimals < MOST_DECIMALS:
        decimals += 1
    return f"{_written(measured.value, '', decimals)} ± {_written(measured.sd, '', decimals)}"


def muscle_words(muscle: str) -> str:
    """A muscle's name as people write it; a channel's own label where nobody knows the muscle."""
    known = _MUSCLES.get(muscle)
    if known is None and muscle.isdigit():
        return f"Channel {muscle}"
    return known if known is not None else _readable(muscle)


def reading_words(reading: str) -> str:
    """What a repetition is about, in words: ``m_knee_flexion`` → Knee flexion."""
    return _readable(reading.partition(".")[0].removeprefix("m_"))

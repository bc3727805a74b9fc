"""The words and figures of a report: how a number, a side and a measure are said to a person."""

from __future__ import annotations

import math

from poise.model import Assessment, Measurement

DECIMALS = {"steps/min": 0, "%": 1, "deg": 1, "m": 2, "s": 2, "m/s": 2, "mm": 0}
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
}
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
    last = measure.split(".", 1)[-1]
    for ending, words in (("_asymmetry", "left–right difference"), ("_cv", "variation")):
        if last.endswith(ending):
            return f"{LABELS.get('gait.' + last.removesuffix(ending), _readable(last.removesuffix(ending)))}, {words}"
    return _readable(last)


def curve_label(curve: str) -> str:
    """A curve in plain words."""
    return CURVES.get(curve, _readable(curve))


def _readable(name: str) -> str:
    words = name.replace(".", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def figure(value: float, unit: str = "") -> str:
    """A number as a person reads it: three significant figures, the unit beside it, a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    decimals = DECIMALS.get(unit, 0 if size >= 100 else 1 if size >= 10 else 2)
    if unit == "m" and size < 0.05:
        decimals = 3  # clearances and margins are millimetres
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
    return {"deg": "°", "1": "", "steps/min": "steps/min"}.get(unit, unit)


def spread(measured: Measurement) -> str:
    """The measured value with its standard deviation where there is one; the unit stands elsewhere."""
    value = figure(measured.value, measured.unit).removesuffix(said_unit(measured.unit)).strip()
    return f"{value} ± {_two_digits(measured.sd)}" if math.isfinite(measured.sd) else value


def _two_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"

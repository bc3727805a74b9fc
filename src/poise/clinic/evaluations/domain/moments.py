"""When a finding shows: the moment of its picture, at which its replay begins; and the pictures themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from poise.model import Assessment, Curve, Kind, Stride
from poise.model import Finding as Found
from poise.model.finding import Feature


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """What a finding looks like, as SVG: the body at its moment, the curve with its norm; empty where there is none."""

    figure: str = ""
    curve: str = ""

    def as_plain(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def moment_of(finding: Found, assessment: Assessment) -> float | None:
    """The second at which the finding is best seen; None where nothing says when."""
    feature = _feature_of(finding, assessment)
    stride = _stride(assessment, finding.side)
    if feature is not None and stride is not None:
        return round(stride.start_s + _percent(feature, finding, assessment) / 100 * (stride.end_s - stride.start_s), 3)
    repetition = _repetition(finding, assessment)
    if repetition is not None:
        return repetition
    because = finding.because[0] if finding.because else None
    if because is None or not math.isfinite(because.start_s):
        return None
    return round(because.start_s, 3)


def _feature_of(finding: Found, assessment: Assessment) -> Feature | None:
    from poise.knowledge import library

    measures = {each.measure for each in finding.because}
    return next(
        (
            condition.feature
            for rule in library.rules(assessment.task)
            if rule.finding == finding.finding
            for condition in rule.conditions
            if condition.measure in measures and condition.feature is not None
        ),
        None,
    )


def _stride(assessment: Assessment, side: str | None) -> Stride | None:
    if assessment.walk is None:
        return None
    whole = [each for each in assessment.walk.strides if math.isfinite(each.start_s) and math.isfinite(each.end_s)]
    same = [each for each in whole if side is None or each.side == side] or whole
    return same[len(same) // 2] if same else None


def _percent(feature: Feature, finding: Found, assessment: Assessment) -> float:
    """Where in the cycle the curve is at the extreme that the finding reads."""
    curve = next((each for each in _curves(assessment, feature.curve) if each.side in {finding.side, None}), None)
    middle = (feature.start_percent + feature.end_percent) / 2
    if curve is None:
        return middle
    window = curve.mean[feature.start_percent : feature.end_percent + 1]
    if not np.isfinite(window).any() or feature.take not in {"max", "min"}:
        return middle
    at = np.nanargmax(window) if feature.take == "max" else np.nanargmin(window)
    return float(feature.start_percent + at)


def _curves(assessment: Assessment, name: str) -> Sequence[Curve]:
    return [each for each in assessment.curves if each.curve == name]


def _repetition(finding: Found, assessment: Assessment) -> float | None:
    """The turning point of a repetition in the middle of the set, of the finding's side where it has one."""
    found = [each for each in assessment.repetitions if finding.side is None or each.side in {finding.side, None}]
    if not found:
        return None
    middle = found[len(found) // 2]
    return round(float(middle.apex_s if math.isfinite(middle.apex_s) else middle.start_s), 3)


def curves_of(assessment: Assessment) -> dict[str, str]:
    """The charts of the recording's curves, by what they are called: drawn once for all its findings."""
    from poise.documents.evidence import curve_pictures

    drawn: dict[str, str] = {}
    for label, picture in curve_pictures(assessment) if assessment.findings else ():
        drawn.setdefault(label, str(picture))
    return drawn


def pictures_of(finding: Found, assessment: Assessment, moment_s: float | None, curves: Mapping[str, str]) -> Pictures:
    """The finding's pictures, its curve out of `curves`; a fault in drawing costs the picture, never the finding."""
    return Pictures(figure=_figure(assessment, finding, moment_s), curve=_curve(finding, assessment, curves))


def _figure(assessment: Assessment, finding: Found, moment_s: float | None) -> str:
    from poise.documents.stick_figure import stick_figure, walking_direction

    recording = assessment.recording
    if recording is None or moment_s is None or Kind.BODY not in recording:
        return ""
    body = recording[Kind.BODY]
    try:
        drawn = stick_figure(
            body, moment_s, forward=walking_direction(body), caption=f"{finding.name} ({moment_s:.2f} s)"
        )
    except (ValueError, IndexError, KeyError):
        return ""
    return str(drawn) if drawn is not None else ""


def _curve(finding: Found, assessment: Assessment, curves: Mapping[str, str]) -> str:
    from poise.documents.words import curve_label

    feature = _feature_of(finding, assessment)
    if feature is None or not _curves(assessment, feature.curve):
        return ""
    return curves.get(curve_label(feature.curve), "")

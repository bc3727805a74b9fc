"""The pictures of a report: curves beside their norm, left beside right, events on the signal, the body in motion."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from poise.documents.charts import Line, SideRow, cycle_chart, event_chart, side_chart
from poise.documents.markup import Markup, join, tag
from poise.documents.stick_figure import stick_figure, walking_direction
from poise.documents.words import CURVES, EMG_CURVE, curve_label, label
from poise.model import SIDES, Assessment, Curve, Kind, Recording, Stride

Array = NDArray[np.float64]
SIDE_MEASURES = (
    "gait.step_length", "gait.step_time", "gait.stance_time", "gait.swing_time", "gait.stance_percent",
    "joint.knee.flexion.rom", "joint.hip.flexion.rom", "joint.ankle.dorsiflexion.rom",
)  # fmt: skip
STEPS = frozenset({"initial_contact", "toe_off"})
SHOWN_SECONDS = 8.0
MOST_POINTS = 1600
THROUGH = "Through the stride"
MUSCLE_NOTES = (
    "How strongly each muscle works over the stride, in percent of the highest of its mean: it tells when, not how "
    "strong. Line: mean over the strides, band ± 1 SD.",
)


def curves(assessment: Assessment) -> Markup | None:
    """Small charts of every curve, left and right with ± 1 SD, over the norm's ± 1 SD; muscles by themselves."""
    shown = [
        join(
            tag("h2", title),
            _key(with_norm=bool(assessment.bands) and title == THROUGH),
            tag("div", [tag("figure", picture) for _, picture in pictures], class_="curves"),
            [tag("p", note, class_="note") for note in notes],
        )
        for title, pictures, notes in (
            (THROUGH, _charts(assessment, muscles=False), curve_notes(assessment)),
            ("Muscles through the stride", _charts(assessment, muscles=True), MUSCLE_NOTES),
        )
        if pictures
    ]
    return join(*shown) if shown else None


def curve_pictures(assessment: Assessment) -> list[tuple[str, Markup]]:
    """The charts with their text alternatives, hip to foot, then the muscles."""
    return _charts(assessment, muscles=False) + _charts(assessment, muscles=True)


def _charts(assessment: Assessment, *, muscles: bool) -> list[tuple[str, Markup]]:
    names = [name for name in dict.fromkeys(curve.curve for curve in assessment.curves)
             if name.startswith(EMG_CURVE) == muscles]  # fmt: skip
    if not muscles:
        names.sort(key=lambda name: (list(CURVES).index(name) if name in CURVES else len(CURVES), name))
    return [(curve_label(name), _curve_chart(assessment, name)) for name in names]


def curve_notes(assessment: Assessment) -> list[str]:
    """What a reader must know to read the curves: what the lines are, and whose the grey bands are."""
    notes = ["Each line is the mean over the strides, its band ± 1 SD; upright ticks: the foot leaves the floor."]
    if any(curve.n == 1 for curve in assessment.curves):
        notes.append("A line of n 1 is one cycle without spread; it may be put together from two like postures.")
    populations = dict.fromkeys(f"{band.population} ({band.citation})" for band in assessment.bands.values())
    if populations:
        notes.append(f"Grey: {'; '.join(populations)}, mean ± 1 SD; findings are judged at ± 2 SD.")
    return notes


def _curve_chart(assessment: Assessment, name: str) -> Markup:
    held: dict[str, Curve] = {curve.side or "both": curve for curve in assessment.curves if curve.curve == name}
    band = assessment.bands.get(name)
    counts = [f"{side} n {curve.n}" for side, curve in held.items()]
    return cycle_chart(
        curve_label(name),
        next(iter(held.values())).unit,
        [Line(style=side, y=curve.mean, spread=curve.sd) for side, curve in held.items()],
        norm=(np.array(band.mean), np.array(band.sd)) if band else None,
        toe_off_percent=list(_toe_offs(assessment, held)),
        note=", ".join(counts),
    )


def _toe_offs(assessment: Assessment, held: dict[str, Curve]) -> Iterator[tuple[str, float]]:
    for measured in assessment.measurements:
        if measured.measure == "gait.stance_percent" and measured.side in held:
            yield str(measured.side), measured.value


def _key(*, with_norm: bool) -> Markup:
    keys = [("left", "left"), ("right", "right")] + ([("norm", "usual")] if with_norm else [])
    return tag("p", [tag("span", tag("i", "", class_=f"k-{style}"), word) for style, word in keys], class_="key")


def sides(assessment: Assessment) -> Markup | None:
    """Left beside right for the measures that both sides have."""
    if not (pictures := side_pictures(assessment)):
        return None
    shown = [tag("figure", picture) for _, picture in pictures]
    return join(tag("h2", "Left beside right"), _key(with_norm='class="norm"' in pictures[0][1]), shown)


def side_pictures(assessment: Assessment) -> list[tuple[str, Markup]]:
    """One chart with a row for each measure that both sides have."""
    rows = [row for measure in SIDE_MEASURES if (row := _side_row(assessment, measure)) is not None]
    if not rows:
        return []
    said = "; ".join(f"{name}: left {left:.3g}, right {right:.3g} {unit}" for name, unit, left, right, _, _ in rows)
    return [(said, side_chart(rows))]


def _side_row(assessment: Assessment, measure: str) -> SideRow | None:
    held = {each.side: each for each in assessment.measurements if each.measure == measure and each.side}
    if len(held) != len(SIDES):
        return None
    reference = assessment.references.get(measure)
    low, high = reference.band() if reference else (math.inf, math.inf)
    band = (low, high) if math.isfinite(low) and math.isfinite(high) else (None, None)
    return (label(measure, assessment), held["left"].unit, held["left"].value, held["right"].value, *band)


def events(assessment: Assessment) -> Markup | None:
    """The steps as they were found, on the signal they were found in, so that a person can check them by eye."""
    if not (pictures := event_pictures(assessment)):
        return None
    return join(
        tag("h2", "The steps that were found"),
        _key(with_norm=False),
        [tag("figure", picture, class_="wide") for _, picture in pictures],
        tag(
            "p",
            f"At most {SHOWN_SECONDS:.0f} s are shown; on a small screen, move the picture sideways.",
            class_="note",
        ),
    )


def event_pictures(assessment: Assessment) -> list[tuple[str, Markup]]:
    """The signal with the events on it, from half a second before the first."""
    recording = assessment.recording
    found = [event for event in assessment.events if event.event in STEPS]
    picked = _signal(recording) if recording is not None and found else None
    if picked is None:
        return []
    title, unit, time_s, lines = picked
    start_s = max(float(time_s[0]), min(event.time_s for event in found) - 0.5)
    shown = np.flatnonzero((time_s >= start_s) & (time_s <= start_s + SHOWN_SECONDS))
    window = shown[:: max(1, len(shown) // MOST_POINTS)]
    if len(window) < 2:
        return []
    marks = [(event.event, event.side or "both", event.time_s) for event in found]
    cut = [Line(style=line.style, y=line.y[window]) for line in lines]
    return [(f"{title} with the contacts that were found", event_chart(title, unit, time_s[window], cut, marks))]


def _signal(recording: Recording) -> tuple[str, str, Array, list[Line]] | None:
    if Kind.BODY in recording:
        body = recording[Kind.BODY]
        heels = [(side, body[f"{side}_heel"][:, 2]) for side in SIDES if f"{side}_heel" in body]
        if heels and any(np.isfinite(height).any() for _, height in heels):
            # Over the lowest seen: where the floor is, a camera does not know.
            lowest = min(float(np.nanmin(height)) for _, height in heels if np.isfinite(height).any())
            return (
                "Height of the heels", "m", body.time_s,
                [Line(style=side, y=height - lowest) for side, height in heels],
            )  # fmt: skip
    if Kind.ANGULAR_VELOCITY in recording:
        turn = recording[Kind.ANGULAR_VELOCITY]
        feet = [(side, turn[f"{side}_foot"]) for side in SIDES if f"{side}_foot" in turn]
        if feet:
            lines = [Line(style=side, y=np.degrees(np.linalg.norm(each, axis=1))) for side, each in feet]
            return "Turning speed of the feet", "°/s", turn.time_s, lines
    if Kind.FORCE in recording:
        force = recording[Kind.FORCE]
        # Plates of one recording share their frame: the axis with the largest mean push is the upright one.
        upright = int(np.nanargmax(np.abs(np.nanmean(force.values, axis=(0, 1)))))
        return (
            "Upright force",
            "N",
            force.time_s,
            [Line(style="both", y=np.abs(force.values[:, k, upright])) for k in range(len(force.channels))],
        )
    if Kind.ACCELERATION in recording:
        acceleration = recording[Kind.ACCELERATION]
        return (
            f"Acceleration at the {acceleration.channels[0].replace('_', ' ')}",
            "m/s²",
            acceleration.time_s,
            [Line(style="both", y=np.linalg.norm(acceleration.values[:, 0], axis=1))],
        )
    return None


def figures(assessment: Assessment) -> Markup | None:
    """The body at four moments of one stride."""
    if not (pictures := figure_pictures(assessment)):
        return None
    return join(
        tag("h2", "One stride in pictures"),
        _key(with_norm=False),
        tag("div", [tag("figure", picture) for _, picture in pictures], class_="figures"),
    )


def figure_pictures(assessment: Assessment) -> list[tuple[str, Markup]]:
    """Stick figures at four moments of a stride in the middle of the walk."""
    recording, walk = assessment.recording, assessment.walk
    if recording is None or walk is None or Kind.BODY not in recording:
        return []
    stride = _middle_stride(walk.strides)
    if stride is None:
        return []
    body = recording[Kind.BODY]
    forward = walking_direction(body)
    captions = [(f"{caption} ({moment_s:.2f} s)", moment_s) for caption, moment_s in _moments(stride)]
    drawn = [
        (caption, stick_figure(body, moment_s, forward=forward, caption=caption)) for caption, moment_s in captions
    ]
    return [(caption, picture) for caption, picture in drawn if picture is not None]


def _moments(stride: Stride) -> list[tuple[str, float]]:
    other = "right" if stride.side == "left" else "left"
    moments = [
        (f"{stride.side} foot lands", stride.start_s),
        (f"middle of {stride.side} stance", (stride.start_s + stride.toe_off_s) / 2),
        (f"{other} foot lands", stride.opposite_contact_s),
        (f"{stride.side} leg swings", (stride.toe_off_s + stride.end_s) / 2),
    ]
    return [(caption, moment_s) for caption, moment_s in moments if math.isfinite(moment_s)]


def _middle_stride(strides: Sequence[Stride]) -> Stride | None:
    whole = [stride for stride in strides if stride.side and math.isfinite(stride.toe_off_s)]
    return whole[len(whole) // 2] if whole else None

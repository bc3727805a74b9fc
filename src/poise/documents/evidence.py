"""The pictures of a report: curves beside their norm, left beside right, events on the signal, the body in motion."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from poise.documents.charts import Line, cycle_chart, event_chart, side_chart
from poise.documents.markup import Markup, join, tag
from poise.documents.stick_figure import stick_figure, walking_direction
from poise.documents.words import CURVES, curve_label, label
from poise.model import SIDES, Assessment, Curve, Kind, Recording, Stride

Array = NDArray[np.float64]
SIDE_MEASURES = (
    "gait.step_length", "gait.step_time", "gait.stance_time", "gait.swing_time", "gait.stance_percent",
    "joint.knee.flexion.rom", "joint.hip.flexion.rom", "joint.ankle.dorsiflexion.rom",
)  # fmt: skip
SHOWN_SECONDS = 8.0
MOST_POINTS = 1600


def curves(assessment: Assessment) -> Markup | None:
    """Small charts of every curve, left and right with ± 1 SD, over the norm's ± 1 SD."""
    names = list(dict.fromkeys(curve.curve for curve in assessment.curves))
    if not names:
        return None
    names.sort(key=lambda name: (list(CURVES).index(name) if name in CURVES else len(CURVES), name))
    charts = [tag("figure", _curve_chart(assessment, name)) for name in names]
    populations = dict.fromkeys(f"{band.population} ({band.citation})" for band in assessment.bands.values())
    return join(
        tag("h2", "Through the stride"),
        _key(with_norm=bool(assessment.bands)),
        tag("div", charts, class_="curves"),
        tag(
            "p",
            "Each line is the mean over the strides, its band ± 1 SD; upright ticks: the foot leaves the floor.",
            class_="note",
        ),
        tag("p", "Grey: ", "; ".join(populations), ", mean ± 1 SD.", class_="note") if populations else None,
    )


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
    rows = []
    for measure in SIDE_MEASURES:
        held = {each.side: each for each in assessment.measurements if each.measure == measure and each.side}
        if len(held) != len(SIDES):
            continue
        reference = assessment.references.get(measure)
        low, high = reference.band() if reference else (math.inf, math.inf)
        known = math.isfinite(low) and math.isfinite(high)
        rows.append(
            (
                label(measure), held["left"].unit, held["left"].value, held["right"].value,
                low if known else None, high if known else None,
            )
        )  # fmt: skip
    if not rows:
        return None
    return join(
        tag("h2", "Left beside right"),
        _key(with_norm=any(row[4] is not None for row in rows)),
        tag("figure", side_chart(rows)),
    )


def events(assessment: Assessment) -> Markup | None:
    """The steps as they were found, on the signal they were found in, so that a person can check them by eye."""
    recording = assessment.recording
    if recording is None or not assessment.events:
        return None
    picked = _signal(recording)
    if picked is None:
        return None
    title, unit, time_s, lines = picked
    start_s = max(float(time_s[0]), min(event.time_s for event in assessment.events) - 0.5)
    shown = (time_s >= start_s) & (time_s <= start_s + SHOWN_SECONDS)
    every = max(1, int(shown.sum()) // MOST_POINTS)
    window = np.flatnonzero(shown)[::every]
    if len(window) < 2:
        return None
    marks = [(event.event, event.side or "both", event.time_s) for event in assessment.events]
    cut = [Line(style=line.style, y=line.y[window]) for line in lines]
    longer = time_s[-1] > start_s + SHOWN_SECONDS
    note = f"The first {SHOWN_SECONDS:.0f} s of walking are shown." if longer else None
    return join(
        tag("h2", "The steps that were found"),
        _key(with_norm=False),
        tag("figure", event_chart(title, unit, time_s[window], cut, marks)),
        tag("p", note, class_="note") if note else None,
    )


def _signal(recording: Recording) -> tuple[str, str, Array, list[Line]] | None:
    if Kind.BODY in recording:
        body = recording[Kind.BODY]
        heels = [(side, body[f"{side}_heel"][:, 2]) for side in SIDES if f"{side}_heel" in body]
        if heels and any(np.isfinite(height).any() for _, height in heels):
            return "Height of the heels", "m", body.time_s, [Line(style=side, y=height) for side, height in heels]
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
    recording = assessment.recording
    if recording is None or assessment.walk is None or Kind.BODY not in recording:
        return None
    stride = _middle_stride(assessment.walk.strides)
    if stride is None or stride.side is None:
        return None
    body = recording[Kind.BODY]
    forward = walking_direction(recording, body)
    other = "right" if stride.side == "left" else "left"
    moments = (
        (stride.start_s, f"{stride.side} foot lands"),
        ((stride.start_s + stride.toe_off_s) / 2, f"middle of {stride.side} stance"),
        (stride.opposite_contact_s, f"{other} foot lands"),
        ((stride.toe_off_s + stride.end_s) / 2, f"{stride.side} leg swings"),
    )
    drawn = [
        stick_figure(body, moment_s, forward=forward, caption=f"{caption} ({moment_s:.2f} s)")
        for moment_s, caption in moments
        if math.isfinite(moment_s)
    ]
    if not any(drawn):
        return None
    return join(
        tag("h2", "One stride in pictures"),
        _key(with_norm=False),
        tag("div", [tag("figure", each) for each in drawn if each is not None], class_="figures"),
    )


def _middle_stride(strides: Sequence[Stride]) -> Stride | None:
    whole = [stride for stride in strides if math.isfinite(stride.toe_off_s)]
    return whole[len(whole) // 2] if whole else None

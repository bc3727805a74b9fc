"""Is a metre a metre? The body itself says when a file's unit is mislabelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import Kind, Problem, Recording, Step
from poise.signals import geometry

Array = NDArray[np.float64]

SPANS_M: tuple[tuple[str, str, float, float], ...] = (
    ("hip_centre", "ankle_centre", 0.25, 1.15),
    ("asis", "ankle", 0.30, 1.30),
    ("greater_trochanter", "ankle", 0.25, 1.15),
    ("knee", "ankle", 0.12, 0.60),
    ("knee_centre", "ankle_centre", 0.12, 0.60),
    ("heel", "toe", 0.06, 0.36),
)
"""Distances on one side of the body, from a child of two to the tallest adult; bent limbs are shorter, never longer."""
UNITS: tuple[tuple[float, str], ...] = (
    (0.001, "mm were labelled m"),
    (0.01, "cm were labelled m"),
    (1000.0, "m were labelled mm"),
    (100.0, "m were labelled cm"),
    (0.0254, "inches were labelled m"),
    (10.0, "cm were labelled mm"),
    (0.1, "mm were labelled cm"),
)


def in_metres(recording: Recording, points: Mapping[str, Array]) -> tuple[Recording, dict[str, Array], bool]:
    """Recording and points with a mislabelled unit put right; unchanged where the body has the size of a body.

    Returns
    -------
    recording, points
        Scaled, with a `Problem` that says so.
    is_metres
        False for a body of impossible size that no unit explains; it is left as it is, with a `Problem`.
    """
    spans = list(_spans(points))
    if not spans or _plausible(spans, 1.0):
        return recording, dict(points), True
    factor, unit = next(((f, u) for f, u in UNITS if _plausible(spans, f)), (1.0, ""))
    if factor == 1.0:
        return replace(recording, problems=(*recording.problems, _strange(spans))), dict(points), False
    streams = {
        key: replace(stream, values=stream.values * factor)
        for key, stream in recording.streams.items()
        if stream.kind in (Kind.MARKERS, Kind.MODEL_POINTS, Kind.LANDMARKS) and stream.unit == "m"
    }
    step = Step(what="scaled", settings={"factor": factor})
    scaled = {name: values * factor for name, values in points.items()}
    return recording.after(step, problems=[_mislabelled(factor, unit)], **streams), scaled, True


def _spans(points: Mapping[str, Array]) -> list[tuple[str, float, float, float]]:
    found = []
    for upper, lower, low, high in SPANS_M:
        for side in ("left", "right"):
            a, b = points.get(f"{side}_{upper}"), points.get(f"{side}_{lower}")
            if a is not None and b is not None and np.isfinite(a - b).all(axis=1).any():
                found.append((f"{side} {upper} to {lower}", float(np.nanmedian(geometry.length(a - b))), low, high))
    return found


def _plausible(spans: list[tuple[str, float, float, float]], factor: float) -> bool:
    inside = [low <= span * factor <= high for _, span, low, high in spans]
    return sum(inside) > 0.5 * len(inside)


def _mislabelled(factor: float, unit: str) -> Problem:
    return Problem(
        what=f"The body has the size of a body only if {unit}.",
        where="units",
        do=f"All points were multiplied by {factor:g}; correct the unit in the file.",
    )


def _strange(spans: list[tuple[str, float, float, float]]) -> Problem:
    name, span, low, high = next(each for each in spans if not each[2] <= each[1] <= each[3])
    return Problem(
        what=f"The body has an impossible size: {name} measures {span:.3g} m, not {low:g} to {high:g} m; "
        "no length, speed or marker's angle is told from it.",
        where="units",
        do="Check the unit of the file and its labels.",
    )

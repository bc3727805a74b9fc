"""The posture drawn: the body from the side and from the front beside a plumb line, with the measured angles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from poise.documents.charts import svg
from poise.documents.markup import Markup, tag
from poise.documents.section import Picture, Section
from poise.documents.stick_figure import BONES, PLACES
from poise.documents.words import figure, label
from poise.model import Assessment, Kind, Measurement, Stream

Array = NDArray[np.float64]

WIDTH, HEIGHT, FLOOR, TOP = 380, 430, 396, 34
UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, kw_only=True)
class _Mark:
    """How one angle is drawn: the line it is the angle of, and what it is told against."""

    base: tuple[str, ...]
    top: tuple[str, ...]
    against: str


class _View(NamedTuple):
    """One direction of looking: its name, the axis that runs to the right of the picture, what is drawn, the words."""

    name: str
    across: Array
    marks: Mapping[str, _Mark]
    said: str


SIDE: Mapping[str, _Mark] = {
    "posture.head_forward": _Mark(base=("shoulders",), top=("ears", "head"), against="upright"),
    "posture.craniovertebral": _Mark(base=("c7",), top=("ears", "head"), against="level"),
    "posture.trunk_lean": _Mark(base=("hips",), top=("shoulders",), against="upright"),
    "posture.shank_lean": _Mark(base=("ankles",), top=("knees",), against="upright"),
    "posture.knee_bend": _Mark(base=("ankles",), top=("knees",), against=""),
    "posture.hip_bend": _Mark(base=("knees",), top=("hips",), against=""),
}
FRONT: Mapping[str, _Mark] = {
    "posture.head_level": _Mark(base=("right_ear",), top=("left_ear",), against="level"),
    "posture.shoulder_level": _Mark(base=("right_shoulder",), top=("left_shoulder",), against="level"),
    "posture.pelvis_level": _Mark(base=("right_hip",), top=("left_hip",), against="level"),
    "posture.trunk_lean_side": _Mark(base=("hips",), top=("shoulders",), against="upright"),
    "posture.knee_inward": _Mark(base=("ankle",), top=("knee",), against=""),
}
MIDDLES = {"ears": "ear", "shoulders": "shoulder", "hips": "hip", "knees": "knee", "ankles": "ankle"}


def posture(assessment: Assessment) -> Section | None:
    """The section of the posture; None where none was measured or nobody kept the points."""
    measured = [each for each in assessment.measurements if each.measure.startswith("posture.")]
    recording = assessment.recording
    if not measured or recording is None or Kind.BODY not in recording:
        return None
    body = recording[Kind.BODY]
    points = _points(body, min(each.start_s for each in measured), max(each.end_s for each in measured))
    pictures = list(_pictures(points, body.frame.view, measured, assessment))
    if not pictures:
        return None
    return Section(
        title="Posture beside a plumb line",
        pictures=tuple(pictures),
        notes=tuple(filter(None, (
            "Green: a plumb line through the middle of the ankles, or of the hips where no foot was seen. "
            "Red: the lines whose angles are told.",
            "From a camera these are stand-ins for what a clinician palpates: the spine and the tilt of the pelvis are "
            "not seen. They tell of change in one person with the same camera, not of right and wrong."
            if Kind.LANDMARKS in recording else "",
        ))),
    )  # fmt: skip


def _points(body: Stream, start_s: float, end_s: float) -> dict[str, Array]:
    """The median place of every point while the posture was read, and the middles of pairs; m."""
    part = body.between(start_s, end_s + 1e-9)
    part = part if len(part.time_s) else body
    found: dict[str, Array] = {}
    for name, values in zip(part.channels, np.swapaxes(part.values, 0, 1), strict=True):
        seen = values[np.isfinite(values).all(axis=1)]
        if len(seen):
            found[name] = np.median(seen, axis=0)
    for place, names in PLACES.items():
        point = next((found[name] for name in names if name in found), None)
        if point is not None:
            found.setdefault(place, point)
    for place, one in MIDDLES.items():
        pair = [found[f"{side}_{one}"] for side in ("left", "right") if f"{side}_{one}" in found]
        if pair:
            found[place] = np.mean(pair, axis=0)
    return found


def _pictures(
    points: Mapping[str, Array], view: str, measured: Sequence[Measurement], assessment: Assessment
) -> Iterator[Picture]:
    left = _leftward(points)
    forward = _forward(points, left)
    for name, across, marks, seen in (
        ("from the side", forward, SIDE, view != "frontal"),
        ("from the front", left, FRONT, view != "sagittal"),
    ):
        told = [each for each in measured if each.measure in marks]
        if across is None or not seen or not told:
            continue
        said = f"Posture {name}: " + ", ".join(
            f"{label(each.measure, assessment)} {each.side or ''} {figure(each.value, 'deg')}".replace("  ", " ")
            for each in told
        )
        yield Picture(alternative=said, drawing=_view(_View(name, across, marks, said), points, told), layout="half")


def _leftward(points: Mapping[str, Array]) -> Array | None:
    """Unit vector to the person's left in the horizontal plane, from shoulders or hips; None where they are one."""
    for place in ("shoulder", "hip", "ankle"):
        if f"left_{place}" in points and f"right_{place}" in points:
            across = points[f"left_{place}"] - points[f"right_{place}"]
            across = np.array([across[0], across[1], 0.0])
            if (length := float(np.linalg.norm(across))) > 0.08:
                return np.asarray(across / length)
    return None


def _forward(points: Mapping[str, Array], left: Array | None) -> Array | None:
    """Unit vector the way the person faces: from the feet or nose, else square to the shoulders."""
    pairs = [(f"{side}_heel", f"{side}_toe") for side in ("left", "right")] + [("ears", "nose")]
    seen = [points[b] - points[a] for a, b in pairs if a in points and b in points]
    if seen:
        ahead = np.mean(seen, axis=0)
        ahead = np.array([ahead[0], ahead[1], 0.0])
        if (length := float(np.linalg.norm(ahead))) > 0.02:
            return np.asarray(ahead / length)
    return None if left is None else np.cross(left, UP)


def _view(view: _View, points: Mapping[str, Array], told: Sequence[Measurement]) -> Markup:
    seen = np.array([point for place, point in points.items() if place in PLACES or place in MIDDLES])
    low, high = float(seen[:, 2].min()), float(seen[:, 2].max())
    per_metre = (FLOOR - TOP) / max(high - low, 0.3)
    foot = next(points[place] for place in ("ankles", "hips", "shoulders", *points) if place in points)
    # The words stand on the right, so the body stands left of the middle.
    middle = 0.36 * WIDTH

    def at(point: Array) -> tuple[float, float]:
        return (
            round(middle + float((point - foot) @ view.across) * per_metre, 1),
            round(FLOOR - (float(point[2]) - low) * per_metre, 1),
        )

    parts = [
        tag("text", view.name[:1].upper() + view.name[1:], x=8, y=18, class_="title"),
        tag("line", x1=8, x2=0.72 * WIDTH, y1=FLOOR, y2=FLOOR, class_="floor"),
        tag("line", x1=middle, x2=middle, y1=TOP - 8, y2=FLOOR, class_="plumb"),
        *_bones({place: at(point) for place, point in points.items()}),
    ]
    taken: list[float] = []
    for each in told:
        parts += _angle(each, view.marks[each.measure], points, at, taken)
    return svg(WIDTH, HEIGHT, view.said, parts)


def _bones(flat: Mapping[str, tuple[float, float]]) -> Iterator[Markup]:
    for a, b, style in BONES:
        if a in flat and b in flat:
            yield tag("line", x1=flat[a][0], y1=flat[a][1], x2=flat[b][0], y2=flat[b][1], class_=style)
    if "head" in flat:
        yield tag("circle", cx=flat["head"][0], cy=flat["head"][1], r=9, class_="bothdot")


def _angle(
    each: Measurement, mark: _Mark, points: Mapping[str, Array], at: object, taken: list[float]
) -> Iterator[Markup]:
    """The line, what it is told against, and its value at the right edge, at the height of the line."""
    base, top = (_of_side(names, each.side, points) for names in (mark.base, mark.top))
    if base is None or top is None or not callable(at):
        return
    (x1, y1), (x2, y2) = at(base), at(top)
    yield tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="angle")
    if mark.against == "upright":
        yield tag("line", x1=x1, y1=y1, x2=x1, y2=y2, class_="normline")
    elif mark.against == "level":
        yield tag("line", x1=x1, y1=y1, x2=x2, y2=y1, class_="normline")
    # Words of neighbouring angles must not lie on each other.
    y = (y1 + y2) / 2 if mark.against else y2
    while any(abs(y - other) < 30 for other in taken):
        y += 8
    taken.append(y)
    words = _WORDS.get(each.measure, each.measure.removeprefix("posture.").replace("_", " "))
    side = f", {each.side}" if each.side else ""
    yield tag("text", figure(each.value, "deg"), x=WIDTH - 118, y=y - 2, class_="title")
    yield tag("text", f"{words}{side}", x=WIDTH - 118, y=y + 12, class_="small")


_WORDS = {
    "posture.head_forward": "head in front", "posture.craniovertebral": "neck to head",
    "posture.trunk_lean": "trunk lean",
    "posture.shank_lean": "lower leg lean", "posture.knee_bend": "knee bend", "posture.hip_bend": "hip bend",
    "posture.head_level": "ears off level", "posture.shoulder_level": "shoulders off level",
    "posture.pelvis_level": "hips off level", "posture.trunk_lean_side": "trunk sideways",
    "posture.knee_inward": "knee inward",
}  # fmt: skip


def _of_side(names: Iterable[str], side: str | None, points: Mapping[str, Array]) -> Array | None:
    wanted = [*(f"{side}_{name}" for name in names if side), *names]
    return next((points[name] for name in wanted if name in points), None)

"""A person as lines: the body's points at one moment, seen from the side and from behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.documents.markup import Markup, tag
from poise.model import Stream

Array = NDArray[np.float64]

FLOOR_PX = 200

# From head to foot; of several names for one place, the first that was seen is drawn.
PLACES: Mapping[str, tuple[str, ...]] = {
    "head": ("head", "nose", "left_ear", "right_ear"),
    "neck": ("shoulders_centre", "c7", "sternum"),
    "pelvis": ("pelvis_centre", "sacrum"),
    **{
        f"{side}_{place}": tuple(f"{side}_{name}" for name in names)
        for side in ("left", "right")
        for place, names in {
            "shoulder": ("shoulder_centre", "shoulder"),
            "elbow": ("elbow_centre", "elbow"),
            "wrist": ("wrist_centre", "wrist"),
            "hip": ("hip_centre", "asis", "greater_trochanter"),
            "knee": ("knee_centre", "knee"),
            "ankle": ("ankle_centre", "ankle"),
            "heel": ("heel",),
            "toe": ("toe", "hallux", "first_metatarsal", "fifth_metatarsal"),
        }.items()
    },
}
BONES = (
    ("head", "neck", "bone"),
    ("neck", "pelvis", "bone"),
    *(
        (f"{side}_{a}" if a != "neck" else a, f"{side}_{b}", f"bone{side}")
        for side in ("right", "left")
        for a, b in (
            ("neck", "shoulder"), ("shoulder", "elbow"), ("elbow", "wrist"),
            ("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"), ("heel", "toe"), ("ankle", "toe"),
        )
    ),
    ("left_hip", "right_hip", "bone"),
)  # fmt: skip


def stick_figure(body: Stream, moment_s: float, *, forward: Array, caption: str) -> Markup | None:
    """The body at one moment, side view beside the view from behind; None where too little of it was seen.

    Parameters
    ----------
    body
        The BODY stream, m, z up.
    moment_s
        The moment, s.
    forward
        Shape (3,), unit vector of walking in the horizontal plane.
    caption
        What the moment is: "left foot lands".
    """
    places = _places(body, int(np.argmin(np.abs(body.time_s - moment_s))))
    if sum(name.endswith(("hip", "knee", "ankle")) for name in places) < 4:
        return None
    leftward = np.cross([0.0, 0.0, 1.0], forward)
    views = [("from the side", forward)]
    if body.frame.view == "3d":
        # From behind, the person's left is on the left: the picture's x is to the person's right.
        views.append(("from behind", -leftward))
    width, height, each = 150 * len(views), 248, 150
    seen = np.array(list(places.values()))
    floor, top = float(np.nanmin(seen[:, 2])), float(np.nanmax(seen[:, 2]))
    per_metre = 170 / max(top - floor, 0.3)
    drawn: list[Markup] = []
    for index, (name, across) in enumerate(views):
        middle = each * index + each / 2
        view = _View(
            across=across,
            centre_m=float(np.mean(seen @ across)),
            middle_px=middle,
            floor_m=floor,
            per_metre=per_metre,
        )
        flat = {place: view(point) for place, point in places.items()}
        drawn += [
            tag("line", x1=flat[a][0], y1=flat[a][1], x2=flat[b][0], y2=flat[b][1], class_=style)
            for a, b, style in BONES
            if a in flat and b in flat
        ]
        if "head" in flat:
            drawn.append(tag("circle", cx=flat["head"][0], cy=flat["head"][1], r=7, class_="bothdot"))
        drawn.append(
            tag("line", x1=each * index + 8, x2=each * (index + 1) - 8, y1=FLOOR_PX, y2=FLOOR_PX, class_="floor")
        )
        drawn.append(tag("text", name, x=middle, y=214, text_anchor="middle", class_="small"))
    drawn += _caption(caption, width)
    return tag(
        "svg", tag("title", caption), *drawn, viewBox=f"0 0 {width} {height}", role="img", aria_label=caption,
        width=width, height=height,
    )  # fmt: skip


def _caption(caption: str, width: int) -> list[Markup]:
    """The words under a figure; the moment in brackets on a line of its own where the figure is narrow."""
    lines = caption.split(" (") if 6.0 * len(caption) > width else [caption]
    words = [lines[0], *(f"({each}" for each in lines[1:])]
    return [tag("text", each, x=width / 2, y=228 + 14 * k, text_anchor="middle") for k, each in enumerate(words)]


def walking_direction(body: Stream) -> Array:
    """Unit vector of walking: where the pelvis went, or on a treadmill where the feet point."""
    pelvis = [
        body[name] for name in ("pelvis_centre", "sacrum", "left_asis", "right_asis", "left_hip_centre") if name in body
    ]
    if pelvis:
        track = pelvis[0][np.isfinite(pelvis[0]).all(axis=1)]
        if len(track) > 1 and (length := float(np.hypot(*(track[-1] - track[0])[:2]))) > 0.5:
            return np.array([*((track[-1] - track[0])[:2] / length), 0.0])
    feet = [
        body[f"{side}_toe"] - body[f"{side}_heel"]
        for side in ("left", "right")
        if f"{side}_toe" in body and f"{side}_heel" in body
    ]
    if feet:
        mean = np.nanmean(np.concatenate(feet), axis=0)[:2]
        if (length := float(np.hypot(*mean))) > 0:
            return np.array([*(mean / length), 0.0])
    return np.array([1.0, 0.0, 0.0])


def _places(body: Stream, sample: int) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for place, names in PLACES.items():
        point = _first_seen(body, names, sample)
        if point is not None:
            found[place] = point
    for place, (a, b) in {"neck": ("left_shoulder", "right_shoulder"), "pelvis": ("left_hip", "right_hip")}.items():
        if place not in found and a in found and b in found:
            found[place] = (found[a] + found[b]) / 2
    return found


def _first_seen(body: Stream, names: Iterable[str], sample: int) -> Array | None:
    for name in names:
        if name in body and np.isfinite(body[name][sample]).all():
            point: Array = body[name][sample]
            return point
    return None


@dataclass(frozen=True, kw_only=True)
class _View:
    """One direction of looking: which way is across, and how metres become pixels."""

    across: Array
    centre_m: float
    middle_px: float
    floor_m: float
    per_metre: float

    def __call__(self, point: Array) -> tuple[float, float]:
        return (
            round(self.middle_px + (float(point @ self.across) - self.centre_m) * self.per_metre, 1),
            round(FLOOR_PX - (float(point[2]) - self.floor_m) * self.per_metre, 1),
        )

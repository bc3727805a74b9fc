"""What is needed of a person who is looked at for posture: points in the plane that was seen, frame by frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.model import SIDES, Kind, Recording, Stream
from poise.signals import geometry

Array = NDArray[np.float64]
Points = dict[str, Array]
View = Literal["side", "front"]

PAIRED = ("ear", "eye", "shoulder", "hip", "knee", "ankle", "heel", "foot_index")
LEAST_CONFIDENCE = 0.5
"""Landmarks below are not there (measures.md 7.6)."""
SIDE_VIEW_SHARE = 0.25
"""Seen from the side, the shoulders look narrower than this share of the trunk's length (measures.md 6)."""
FRONT_VIEW_SHARE = 0.5
"""Seen from the front or back, wider than this: shoulder centres are 0.65 to 0.8 of the trunk apart. [design]"""
MOSTLY_SEEN = 0.5
NOSE_OFF_CENTRE = 0.35
"""A head that faces the camera has its nose within this share of the ears' distance from their middle. [design]"""
_BODY = {"shoulder": "shoulder_centre", "hip": "hip_centre", "knee": "knee_centre", "ankle": "ankle_centre",
         "foot_index": "toe"}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """Points by name, each (samples, 2): across and up, in one unit; seen from the side or the front in `mask`.

    `facing` is +1, −1 (side view, per frame) or +1 throughout (front); `scale` the trunk's length in the same unit, or
    the shoulders' width where no hip was seen. `camera` is False for measured markers. `watched` are points whose place
    tells whether the person is still, each (samples, 2 or 3): head, trunk and legs, wherever they are carried.
    """

    view: View
    points: Mapping[str, Array]
    time_s: Array
    mask: NDArray[np.bool_]
    facing: Array
    scale: float
    camera: bool
    watched: tuple[Array, ...]

    def has(self, *names: str) -> bool:
        """Whether all these points are seen at once in any frame of this view."""
        if any(name not in self.points for name in names):
            return False
        together = np.isfinite(sum(self.points[name].sum(axis=1) for name in names))
        return bool((together & self.mask).any())


def seen(recording: Recording) -> tuple[Seen, ...]:
    """The person from the side, from the front, or both, as far as the recording shows them.

    A picture's landmarks are looked at as they are (its legs may be out of sight, at a desk); points in space from both
    directions. Empty where the size of the picture is not known: its angles would be wrong.
    """
    picture = _picture(recording)
    if picture is not None:
        found = _of_picture(*picture)
    else:
        found = _of_body(recording[Kind.BODY], recording) if Kind.BODY in recording else ()
    # Of a trunk that points at the viewer, or whose points fall together, nothing can be told.
    return tuple(each for each in found if each.scale != 0.0)


def _picture(recording: Recording) -> tuple[Points, Array] | None:
    for stream in recording.streams.values():
        if stream.kind is Kind.LANDMARKS and stream.unit in ("px", "1"):
            size = _size(recording, stream)
            return None if size is None else (_named(stream, size), stream.time_s)
    return None


def _size(recording: Recording, stream: Stream) -> Array | None:
    if stream.unit == "px":
        return np.ones(2)
    try:
        return np.array([float(recording.details[key]) for key in ("width_px", "height_px")])
    except (KeyError, ValueError):
        return None


def _named(stream: Stream, size: Array) -> Points:
    flat = stream.values[:, :, :2] * size * np.array([1.0, -1.0])
    missing = geometry.all_axes(stream.values[:, :, :2] == 0.0)
    if stream.confidence is not None:
        missing |= ~(stream.confidence >= LEAST_CONFIDENCE)
    flat = np.where(missing[:, :, None], np.nan, flat)
    wanted = {f"{side}_{name}" for side in SIDES for name in PAIRED} | {"nose"}
    return {name: flat[:, i] for i, name in enumerate(stream.channels) if name in wanted}


def _of_picture(points: Points, time_s: Array) -> tuple[Seen, ...]:
    if not {"left_shoulder", "right_shoulder"} & points.keys():
        return ()
    empty = np.full((len(time_s), 2), np.nan)
    get = {name: points.get(name, empty) for name in (*_both("shoulder"), *_both("hip"), *_both("ear"), "nose")}
    side, front = _views(get)
    facing = _facing(points, empty)
    trunk = geometry.length(_middle(get, "shoulder") - _middle(get, "hip"))
    width = geometry.length(get["left_shoulder"] - get["right_shoulder"])
    neck = geometry.length(_middle(get, "shoulder") - _middle(get, "ear"))
    scale = next((float(np.nanmedian(each)) for each in (trunk, width, neck) if np.isfinite(each).any()), np.nan)
    found = []
    watched = tuple(points[name] for name in _watched(points))
    if (side & np.isfinite(facing)).any():
        whole = {**points, **_one_side(points, side)}
        found.append(Seen(view="side", points=whole, time_s=time_s, mask=side & np.isfinite(facing), facing=facing,
                          scale=scale, camera=True, watched=watched))  # fmt: skip
    if front.any():
        found.append(Seen(view="front", points=points, time_s=time_s, mask=front, facing=np.ones(len(time_s)),
                          scale=scale, camera=True, watched=watched))  # fmt: skip
    return tuple(found)


def _views(get: Mapping[str, Array]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """In which frames the person is seen from the side, and in which from the front or back."""
    apart = get["left_shoulder"] - get["right_shoulder"]
    along = _middle(get, "shoulder") - _middle(get, "hip")
    trunk = geometry.length(along)
    ears = np.abs(get["left_ear"][:, 0] - get["right_ear"][:, 0])
    off = np.abs(get["nose"][:, 0] - _middle(get, "ear")[:, 0])
    with np.errstate(invalid="ignore", divide="ignore"):
        # Across the trunk, however it lies; where no hip is seen it is taken as upright.
        across = np.abs(apart[:, 0] * along[:, 1] - apart[:, 1] * along[:, 0]) / trunk
        width = np.where(np.isfinite(trunk), across, np.abs(apart[:, 0]))
        share = width / trunk
        side, front = share < SIDE_VIEW_SHARE, share > FRONT_VIEW_SHARE
        # Without hips, at a desk, the head tells: its nose between the ears, or beyond them.
        no_trunk = ~np.isfinite(share)
        front |= no_trunk & (off < NOSE_OFF_CENTRE * ears) & (width > ears)
        neck = geometry.length(_middle(get, "shoulder") - _middle(get, "ear"))
        side |= no_trunk & (off > ears) & (~np.isfinite(width) | (width < neck))
    return np.asarray(side), np.asarray(front)


def _facing(points: Points, empty: Array) -> Array:
    """+1 where the person looks to the right of the picture: by nose and ear, else eye and ear, else toe and heel."""
    ear, eye, heel, toe = (_any(points, name, empty) for name in ("ear", "eye", "heel", "foot_index"))
    facing = np.full(len(empty), np.nan)
    for front, back in ((points.get("nose", empty), ear), (eye, ear), (toe, heel)):
        told = np.sign(front[:, 0] - back[:, 0])
        facing = np.where(np.isfinite(facing), facing, np.where(told == 0.0, np.nan, told))
    known = facing[np.isfinite(facing)]
    return np.where(np.isfinite(facing), facing, np.sign(np.median(known)) if len(known) else np.nan)


def _one_side(points: Points, mask: NDArray[np.bool_]) -> Points:
    """Of each pair the middle, where all pairs are whole; else all points of the side that was seen better.

    The middle, because a slightly turned body moves a near ear and a near shoulder by different amounts.
    """
    shares = {
        side: float(np.mean([np.isfinite(points[f"{side}_{name}"][mask]).all(axis=1).mean()
                             for name in ("ear", "shoulder") if f"{side}_{name}" in points] or [0.0]))
        for side in SIDES
    }  # fmt: skip
    near = max(SIDES, key=lambda side: shares[side])
    both = min(shares.values()) >= 0.8 * max(shares.values()) > 0.0
    made: Points = {}
    for name in PAIRED:
        held = [points[f"{side}_{name}"] for side in SIDES if f"{side}_{name}" in points]
        if both and len(held) == 2:
            middle = geometry.midpoint(*held)
            made[name] = middle
        elif f"{near}_{name}" in points:
            made[name] = points[f"{near}_{name}"]
    return made


def _of_body(body: Stream, recording: Recording) -> tuple[Seen, ...]:
    """Points in space seen from the person's own side and front; a plane that was not seen is left out."""
    names = {f"{side}_{name}": f"{side}_{_BODY.get(name, name)}" for side in SIDES for name in PAIRED}
    names |= {name: name for name in ("nose", "c7")}
    space = {ours: body[theirs] for ours, theirs in names.items() if theirs in body}
    for side in SIDES:
        if f"{side}_shoulder" not in space and f"{side}_shoulder" in body:
            space[f"{side}_shoulder"] = body[f"{side}_shoulder"]
    if body.frame.view != "3d" or not all(f"{side}_shoulder" in space for side in SIDES):
        return ()
    right = space["right_shoulder"] - space["left_shoulder"]
    if all(f"{side}_hip" in space for side in SIDES):
        right = right + space["right_hip"] - space["left_hip"]
    right = geometry.unit(geometry.horizontal(right))
    forward = np.cross(geometry.Z_AXIS, right)
    camera = Kind.LANDMARKS in recording
    mask: NDArray[np.bool_] = np.isfinite(forward[:, 0])
    ones = np.ones(len(mask))
    made = []
    watched = tuple(space[name] for name in _watched(space))
    planes: tuple[tuple[View, Array], ...] = (("side", forward), ("front", -right))
    for view, across in planes:
        flat = {name: np.stack([geometry.dot(p, across), p[:, 2]], axis=-1) for name, p in space.items()}
        whole = {**flat, **{name: geometry.midpoint(*(flat[f"{s}_{name}"] for s in SIDES))
                            for name in PAIRED if all(f"{s}_{name}" in flat for s in SIDES)}}  # fmt: skip
        trunk = geometry.length(_middle(whole, "shoulder") - _middle(whole, "hip")) if "hip" in whole else ones * np.nan
        scale = float(np.nanmedian(trunk)) if np.isfinite(trunk).any() else 0.5
        made.append(Seen(view=view, points=whole, time_s=body.time_s, mask=mask, facing=ones, scale=scale,
                         camera=camera, watched=watched))  # fmt: skip
    return tuple(made)


def _watched(points: Mapping[str, Array]) -> list[str]:
    """Points that hold still in somebody who stands or sits; those of a hidden leg are not waited for."""
    names = [f"{side}_{name}" for side in SIDES for name in PAIRED if name != "eye"]
    return [name for name in names if name in points and _share_seen(points[name]) > MOSTLY_SEEN]


def _share_seen(point: Array) -> float:
    return float(np.isfinite(point).all(axis=1).mean()) if len(point) else 0.0


def _both(name: str) -> tuple[str, str]:
    return f"left_{name}", f"right_{name}"


def _middle(points: Mapping[str, Array], name: str) -> Array:
    return geometry.midpoint(points[f"left_{name}"], points[f"right_{name}"])


def _any(points: Points, name: str, empty: Array) -> Array:
    """The middle of a pair, or the one of it that was seen."""
    left, right = (points.get(each, empty) for each in _both(name))
    middle = geometry.midpoint(left, right)
    return np.where(np.isfinite(middle), middle, np.where(np.isfinite(left), left, right))

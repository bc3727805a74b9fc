"""Pose landmarks of a picture → body: one plane was seen, and the stream says which; world landmarks go as markers do.

Axes of what comes out: z up; a side view lies in x (to the right of the picture) and z, y is 0; a front view lies in y
(to the right of the picture) and z, x (towards the camera) is 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.cleaning.joint_centres import LEG_SHARE, with_joint_centres
from poise.cleaning.left_right import sides_guarded
from poise.cleaning.mend import mended_landmarks
from poise.cleaning.naming import more_people, name_points
from poise.cleaning.settings import Settings
from poise.model.body import NAMES
from poise.model.recording import SIDES, Frame, Kind, Problem, Recording, Step, Stream
from poise.signals import geometry

Array = NDArray[np.float64]
Points = dict[str, Array]
View = Literal["3d", "sagittal", "frontal", "unknown"]

TRUNK_SHARE = 0.288
"""Hip to shoulder, of stature: Drillis & Contini 1966, in Winter 2009, figure 4.1."""
SHOULDERS_BY_TRUNK = 0.80
"""Distance of the shoulder centres by trunk length, seen from the front [design: 0.23 by 0.288 of stature]."""
SIDE_VIEW_WITHIN_DEG, FRONT_VIEW_WITHIN_DEG = 20.0, 15.0
"""measures.md 7.3."""
BODY_HEIGHT = "body_height"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """From where the camera saw the person: the view, and how far the body was turned from it, deg."""

    view: View
    turned_deg: float


def is_picture(stream: Stream) -> bool:
    """Whether the stream holds points of a picture: pixels, or shares of its width and height."""
    return stream.unit in ("px", "1")


def body_from_picture(
    recording: Recording, stream: Stream, names: Mapping[str, str] | None, settings: Settings
) -> Recording:
    """The recording with a BODY stream from the landmarks of a picture, or with a Problem that says why not."""
    size_px = _size_px(recording, stream)
    if size_px is None:
        told_by_reader = "picture_size" in recording.details
        return recording if told_by_reader else replace(recording, problems=(*recording.problems, _no_size()))
    naming = name_points(stream.channels, names)
    source = _confident(stream, settings)
    points = {
        name: geometry.midpoint(*(source[label][:, :2] * size_px * (1.0, -1.0) for label in ways[0]))
        for name, ways in naming.points.items()
    }
    height_px = stature(points)
    if not height_px > 0.0:
        return replace(recording, problems=(*recording.problems, _no_body(naming.unknown)))
    named = recording.after(Step(what="named", settings={"sets": ", ".join(naming.sets)}), problems=more_people(naming))
    named, points = sides_guarded(named, points, stream.time_s)
    # Single pictures of several people have no view in common, and no size.
    seen = view_of(points) if np.isfinite(stream.rate_hz) else Seen(view="unknown", turned_deg=float("nan"))
    clean, points = mended_landmarks(named, points, stream.rate_hz, height_px, settings)
    scaled, points, unit = _scaled(clean, points, height_px)
    upright = {name: _upright(values, seen.view) for name, values in points.items()}
    placed, upright = with_joint_centres(_seen_step(scaled, seen), upright)
    return placed.after(
        Step(what="body", settings={"points": len(upright)}), body=_stream(upright, stream, unit, seen.view)
    )


def view_of(points: Mapping[str, Array]) -> Seen:
    """From where a body of picture points was seen, by how wide its shoulders are against its trunk.

    Parameters
    ----------
    points
        Positions in the picture, shape (samples, 2), square pixels.

    Returns
    -------
    seen
        ``sagittal`` within 20 deg of a side view, ``frontal`` within 15 deg of a front or back view, else ``unknown``.
        One view for the recording: the median. A deeply bent trunk shortens in a front view; its longest tenth counts.
    """
    shoulders = [f"{side}_shoulder_centre" for side in SIDES]
    hips = [f"{side}_hip_centre" for side in SIDES]
    if any(name not in points for name in (*shoulders, *hips)):
        return Seen(view="unknown", turned_deg=float("nan"))
    left, right = (points[name] for name in shoulders)
    trunk = geometry.length(geometry.midpoint(left, right) - geometry.midpoint(*(points[name] for name in hips)))
    width = np.abs(left[:, 0] - right[:, 0])
    known = np.isfinite(trunk) & np.isfinite(width)
    if not known.any():
        return Seen(view="unknown", turned_deg=float("nan"))
    share = float(np.median(width[known]) / np.percentile(trunk[known], 90)) / SHOULDERS_BY_TRUNK
    from_side_deg = float(np.degrees(np.arcsin(min(share, 1.0))))
    if from_side_deg <= SIDE_VIEW_WITHIN_DEG:
        return Seen(view="sagittal", turned_deg=from_side_deg)
    if from_side_deg >= 90.0 - FRONT_VIEW_WITHIN_DEG:
        return Seen(view="frontal", turned_deg=90.0 - from_side_deg)
    return Seen(view="unknown", turned_deg=min(from_side_deg, 90.0 - from_side_deg))


def stature(points: Mapping[str, Array]) -> float:
    """Stature in the unit of the points, from thigh, shank and trunk; NaN without a leg.

    Each at its 90th percentile over the recording, for what points at the camera looks short. Published shares of
    stature; good to about 5 % for a healthy adult, worse for children.
    """
    legs = [
        _long(points, f"{side}_hip_centre", f"{side}_knee_centre")
        + _long(points, f"{side}_knee_centre", f"{side}_ankle_centre")
        for side in SIDES
    ]
    trunks = [_long(points, f"{side}_hip_centre", f"{side}_shoulder_centre") for side in SIDES]
    leg, trunk = _largest(legs), _largest(trunks)
    if np.isfinite(leg) and np.isfinite(trunk):
        return (leg + trunk) / (LEG_SHARE + TRUNK_SHARE)
    return leg / LEG_SHARE


def _long(points: Mapping[str, Array], a: str, b: str) -> float:
    if a not in points or b not in points:
        return float("nan")
    lengths = geometry.length(points[a] - points[b])
    known = lengths[np.isfinite(lengths)]
    return float(np.percentile(known, 90)) if len(known) else float("nan")


def _largest(values: list[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return max(known, default=float("nan"))


def _size_px(recording: Recording, stream: Stream) -> Array | None:
    """What turns the stream's numbers into square pixels; None where shares of an unknown picture cannot be."""
    if stream.unit == "px":
        return np.ones(2)
    try:
        size = np.array([float(recording.details[key]) for key in ("width_px", "height_px")])
    except (KeyError, ValueError):
        return None
    return size if (size > 0).all() else None


def _confident(stream: Stream, settings: Settings) -> dict[str, Array]:
    # Exactly 0, 0 is how many programs write a point that was not found.
    unsure = np.logical_and.reduce(stream.values[:, :, :2] == 0.0, axis=2)
    if stream.confidence is not None:
        unsure = unsure | ~(stream.confidence >= settings.least_confidence)
    values = np.where(unsure[:, :, None], np.nan, stream.values)
    return {label: values[:, i] for i, label in enumerate(stream.channels)}


def _scaled(recording: Recording, points: Points, height_px: float) -> tuple[Recording, Points, str]:
    height_m = recording.person.height_m
    factor = (height_m or 1.0) / height_px
    step = Step(what="scaled", settings={"pixels_per_height": round(height_px, 1), "height_m": height_m or "not known"})
    doubts = [] if height_m else [_no_height()]
    scaled = {name: values * factor for name, values in points.items()}
    return recording.after(step, problems=doubts), scaled, "m" if height_m else BODY_HEIGHT


def _upright(values: Array, view: View) -> Array:
    """Picture points, y up already, in the body's axes."""
    nothing = 0.0 * values[:, 0]
    across = (nothing, values[:, 0]) if view == "frontal" else (values[:, 0], nothing)
    return np.stack([*across, values[:, 1]], axis=1)


def _seen_step(recording: Recording, seen: Seen) -> Recording:
    turned = {} if np.isnan(seen.turned_deg) else {"turned_deg": round(seen.turned_deg, 1)}
    doubts = [_no_view(seen)] if seen.view == "unknown" else []
    return recording.after(Step(what="view", settings={"view": seen.view, **turned}), problems=doubts)


def _stream(points: Points, clock: Stream, unit: str, view: View) -> Stream:
    held = tuple(name for name in NAMES if name in points and np.isfinite(points[name]).any())
    return Stream(
        kind=Kind.BODY,
        channels=held,
        time_s=clock.time_s,
        values=np.stack([points[name] for name in held], axis=1) if held else np.zeros((len(clock.time_s), 0, 3)),
        unit=unit,
        frame=Frame(name="picture", up="+z", view=view),
    )


def _no_size() -> Problem:
    return Problem(
        what="The landmarks are shares of a picture whose width and height are not known, so no angle can be measured.",
        where="landmarks",
        do="Say the size with --map: width_px and height_px.",
    )


def _no_body(unknown: tuple[str, ...]) -> Problem:
    return Problem(
        what="No leg with hip, knee and ankle was seen, so the body cannot be measured.",
        where=", ".join(unknown[:40]) or "landmarks",
        do="Say what the labels mean with --map, or film the whole body.",
    )


def _no_height() -> Problem:
    return Problem(
        what="The person's height is not known: lengths are in body heights, and none is given in metres.",
        where="scale of the picture",
        do="Give the height with --person height_m=1.70.",
    )


def _no_view(seen: Seen) -> Problem:
    turned = "" if np.isnan(seen.turned_deg) else f" (the body is turned by about {seen.turned_deg:.0f}°)"
    return Problem(
        what=f"The camera saw the person neither from the side nor from the front{turned}.",
        where="view",
        do="Angles of a plane that was not seen are not given; film square to the side or the front.",
    )

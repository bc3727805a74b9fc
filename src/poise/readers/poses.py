"""The points of pose models: their names by model, and a stream of landmarks from their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.model import Frame, Kind, Problem, Stream

Array = NDArray[np.float64]

BLAZEPOSE = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer",
    "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index", "left_thumb",
    "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel",
    "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip
COCO = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
BODY_25 = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "mid_hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "right_eye", "left_eye",
    "right_ear", "left_ear", "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe",
    "right_heel",
)  # fmt: skip
BY_COUNT = {33: BLAZEPOSE, 17: COCO, 25: BODY_25}

Unit = Literal["m", "mm", "px", "1"]


def names(count: int) -> tuple[str, ...]:
    """The point names of the model that has so many points; numbers where none has."""
    return BY_COUNT.get(count, tuple(f"point_{i + 1}" for i in range(count)))


def unit_by_size(points: Array, picture_px: tuple[float, float] | None) -> Unit:
    """What points are measured in, by their spread: a body fills 0 to 1 of a picture, or hundreds of px, or 1.7 m.

    Points of shape (samples, points, axes). Metres from a pose model are centred on the hips and so have both signs; so
    have shares of a picture that the person leaves, and a file that tells the picture's size speaks of the picture.
    """
    flat = points[..., :2][np.isfinite(points[..., :2])]
    if flat.size == 0:
        return "1"
    low, high = np.percentile(flat, [2, 98])
    if max(abs(low), abs(high)) > 5.0:
        return "px"
    return "1" if picture_px is not None or (low > -0.25 and high < 1.5) else "m"


def guessed_metres(where: str) -> Problem:
    """The doubt that goes with points of which only their spread says that they are metres."""
    return Problem(
        what="The file does not say what its landmarks are measured in; by their size they were taken as metres.",
        where=where,
        do="If they are shares of the picture, give its size with --map: width_px = 1280, height_px = 720.",
    )


def stream(
    channels: Sequence[str],
    time_s: Array,
    points: Array,
    *,
    unit: Unit,
    size_px: tuple[float, float] | None,
    confidence: Array | None,
    where: str,
) -> tuple[Stream, list[Problem]]:
    """A stream of landmarks in m or px (or normalised, with a problem that says so).

    Parameters
    ----------
    points
        Shape (samples, points, 2 or 3) in `unit`.
    size_px
        Width and height of the picture, for normalised points; None where nobody knows.
    """
    problems: list[Problem] = []
    kept = unit
    # A point at exactly the origin is one that was not found.
    points = np.where((np.nan_to_num(points) == 0.0).all(axis=2, keepdims=True), np.nan, points)
    if unit == "mm":
        points, kept = points * 0.001, "m"
    if unit == "1" and size_px is not None:
        # z of a normalised landmark is in the same scale as x [MediaPipe Pose].
        points = points * np.array([size_px[0], size_px[1], size_px[0]])[: points.shape[2]]
        kept = "px"
    elif unit == "1":
        what = "The landmarks are shares of the picture's width and height, and its size is not known; angles need it."
        do = "Give the size with --map: width_px = 1280, height_px = 720."
        problems.append(Problem(what=what, where=where, do=do))
    flat = points.shape[2] == 2 or unit in ("px", "1")
    frame = Frame(
        name="image" if kept in ("px", "1") else "laboratory" if unit == "mm" else "camera",
        up=None if unit == "mm" else "-y",
        view="unknown" if flat else "3d",
    )
    made = Stream(
        kind=Kind.LANDMARKS,
        channels=tuple(channels),
        time_s=time_s,
        values=points,
        unit=kept,
        frame=frame,
        confidence=confidence,
    )
    return made, problems


def details(made: Iterable[Stream]) -> dict[str, str]:
    """What a recording keeps of its landmarks' picture: that its size is not known, where a problem has said so."""
    return {"picture_size": "not known"} if any(each.unit == "1" for each in made) else {}


def size_px(*told: Mapping[str, object]) -> tuple[float, float] | None:
    """Width and height of the picture from the first of several sources that knows both."""
    for facts in told:
        for wide, high in (("width_px", "height_px"), ("width", "height"), ("image_width", "image_height")):
            w, h = facts.get(wide), facts.get(high)
            if isinstance(w, int | float) and isinstance(h, int | float) and w > 1 and h > 1:
                return float(w), float(h)
    return None

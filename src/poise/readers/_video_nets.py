"""Two small networks over a picture: where people are, and the 33 points of one of them (BlazePose).

The recipe is MediaPipe's, from its published graphs [1]_, run here with LiteRT on the unchanged weights; nothing is
smoothed, so that what comes out is what the networks saw. Heavy imports are inside functions.

References
----------
.. [1] Bazarevsky et al. 2020, BlazePose: On-device real-time body pose tracking, arXiv:2006.10204; graphs
   ``pose_detection_cpu``, ``pose_landmark_cpu`` of MediaPipe (Apache-2.0).
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint32]
Box = tuple[float, float, float, float]

DETECTOR_PX, LANDMARKER_PX = 224, 256
STRIDES = (8, 16, 32, 32, 32)
ANCHORS_A_LAYER = 2
DETECTION_VALUES = 12
LEAST_SCORE, LEAST_PRESENCE = 0.5, 0.5
SAME_BOX_IOU = 0.3
ROI_SCALE = 1.25
POINTS, POINTS_WITH_AUXILIARY = 33, 39
ROI_CENTRE, ROI_RIM = 33, 34
HEAT_MAP_WINDOW = 7
THREADS = 2
TWO_COLOURS, EIGHT, WHOLE = np.uint32(0xFF00FF), np.uint32(8), np.uint32(256)


@dataclass(frozen=True, kw_only=True)
class Roi:
    """A turned square of the picture: centre and side in px, `angle_rad` from upright, clockwise as it is seen."""

    x: float
    y: float
    side: float
    angle_rad: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Detection:
    """One person that the detector saw: how sure it is, and the square around the whole body."""

    score: float
    roi: Roi


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """A picture the right way up, as it lies in memory: no pixel is moved to turn it.

    `flat` has a number a pixel: red, green, blue and a byte nobody reads. The pixel in column x and row y is number
    ``start + x · step_x + y · step_y``.
    """

    flat: Pixels
    wide: int
    high: int
    step_x: int
    step_y: int
    start: int = 0

    @classmethod
    def of(cls, pixels: Pixels, quarter_turns: int = 0) -> Picture:
        """Of pixels (rows, columns), turned counter-clockwise by quarters."""
        rows, columns = pixels.shape
        upright = cls(flat=pixels.ravel(), wide=columns, high=rows, step_x=1, step_y=columns)
        for _ in range(quarter_turns % 4):
            upright = cls(
                flat=upright.flat, wide=upright.high, high=upright.wide, step_x=upright.step_y, step_y=-upright.step_x,
                start=upright.start + (upright.wide - 1) * upright.step_x,
            )  # fmt: skip
        return upright


@dataclass(frozen=True, kw_only=True, eq=False)
class Pose:
    """The points of one person in one picture.

    Attributes
    ----------
    image_px
        Shape (33, 3): x to the right, y down, z away from the camera in the scale of x, 0 at the hips.
    world_m
        Shape (33, 3): the same axes, m, from the middle of the hips.
    confidence
        Shape (33,): the network's visibility, 0 to 1; 0 for a point beyond the picture's edge, which it can only guess.
    presence
        How sure the network is that there is a person in the ROI at all, 0 to 1.
    next_roi
        Where the person will be looked for in the next picture.
    """

    image_px: Floats
    world_m: Floats
    confidence: Floats
    presence: float
    next_roi: Roi


class Net(Protocol):
    """A network that was loaded: inputs (1, side, side, 3) → its outputs in order."""

    def __call__(self, picture: Floats) -> Sequence[Floats]:
        """Run it."""
        ...


@contextmanager
def _unheard() -> Iterator[None]:
    """Without what LiteRT writes to standard error from C++ when a network is loaded; no setting of it stops that."""
    sys.stderr.flush()
    before, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
        os.close(nowhere)


class LiteNet:
    """A ``.tflite`` file, run by LiteRT on the CPU."""

    def __init__(self, path: Path, threads: int = THREADS) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with _unheard():
            self._run: Any = Interpreter(model_path=str(path), num_threads=threads)
            self._run.allocate_tensors()
        self._input = self._run.get_input_details()[0]["index"]
        self._outputs = [each["index"] for each in self._run.get_output_details()]

    def __call__(self, picture: Floats) -> Sequence[Floats]:
        """Run it."""
        self._run.set_tensor(self._input, picture[None])
        self._run.invoke()
        return [self._run.get_tensor(index) for index in self._outputs]


@cache
def anchors() -> Floats:
    """Centres of the detector's 2254 anchors, shares of the square picture, shape (2254, 2).

    One grid a stride; layers of the same stride share one, and each cell holds two anchors a layer, all at its centre.
    """
    grids = []
    for stride in dict.fromkeys(STRIDES):
        cells = DETECTOR_PX // stride
        centre = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(centre, centre, indexing="ij")
        here = np.stack([x.ravel(), y.ravel()], axis=1)
        grids.append(np.repeat(here, ANCHORS_A_LAYER * STRIDES.count(stride), axis=0))
    return np.concatenate(grids)


def detect(net: Net, square: Floats, side_px: float, corner_px: tuple[float, float] = (0.0, 0.0)) -> list[Detection]:
    """Every person in a square picture, surest first.

    Parameters
    ----------
    square
        Shape (224, 224, 3), 0 to 255: the picture, letterboxed.
    side_px, corner_px
        What the square is in the picture: the length of its side and the place of its upper left corner.
    """
    raw, scores = net(square * np.float32(1 / 127.5) - np.float32(1.0))
    sure = _sigmoid(np.clip(scores[0, :, 0], -100.0, 100.0))
    kept = np.flatnonzero(sure >= LEAST_SCORE)
    points = _decoded(raw[0, kept], anchors()[kept]) * side_px
    points += np.asarray(corner_px, dtype=np.float32)
    return [Detection(score=score, roi=_roi(one[2], one[3])) for score, one in _merged(sure[kept], points)]


def _decoded(raw: Floats, centres: Floats) -> Floats:
    """Corners of the box, then its four key points, shares of the square, shape (n, 6, 2)."""
    values = raw.reshape(len(raw), DETECTION_VALUES // 2, 2) / np.float32(DETECTOR_PX)
    middle, size = values[:, :1] + centres[:, None], values[:, 1:2]
    return np.concatenate([middle - size / 2, middle + size / 2, values[:, 2:] + centres[:, None]], axis=1)


def _merged(scores: Floats, points: Floats) -> list[tuple[float, Floats]]:
    """Weighted non-maximum suppression: boxes that overlap are one person, the mean by score of what they say."""
    left = list(np.argsort(-scores, kind="stable"))
    found = []
    while left:
        best = left[0]
        near = [i for i in left if i == best or overlap(_box(points[best]), _box(points[i])) > SAME_BOX_IOU]
        weights = scores[near] / scores[near].sum()
        found.append((float(scores[best]), np.einsum("n,nij->ij", weights, points[near])))
        taken = set(near)
        left = [i for i in left if i not in taken]
    return found


def _box(points: Floats) -> Box:
    (x0, y0), (x1, y1) = points[0], points[1]
    return float(x0), float(y0), float(x1), float(y1)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes (x0, y0, x1, y1); 0 where they do not meet."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    both = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - wide * high
    return wide * high / both if both > 0 else 0.0


def _roi(centre: Floats, rim: Floats) -> Roi:
    """The square around a person: centre, and a point on the circle around the body, above the head."""
    dx, dy = float(rim[0] - centre[0]), float(rim[1] - centre[1])
    turned = math.pi / 2 - math.atan2(-dy, dx)
    return Roi(x=float(centre[0]), y=float(centre[1]), side=2 * ROI_SCALE * math.hypot(dx, dy), angle_rad=turned)


def landmarks(net: Net, picture: Picture, roi: Roi) -> Pose:
    """The points of the person in a square of the picture; believe them only where `Pose.presence` is 0.5 or more."""
    flat, presence, _, heat, world = net(cut_out(picture, roi, LANDMARKER_PX))
    points = flat.reshape(POINTS_WITH_AUXILIARY, 5)
    places = refined(points[:, :2] / np.float32(LANDMARKER_PX), heat[0])
    image = np.empty((POINTS_WITH_AUXILIARY, 3), dtype=np.float32)
    image[:, :2] = _turned(places - np.float32(0.5), roi) * np.float32(roi.side) + np.array([roi.x, roi.y], np.float32)
    image[:, 2] = points[:, 2] * np.float32(roi.side / LANDMARKER_PX)
    metres = world.reshape(POINTS_WITH_AUXILIARY, 3)[:POINTS].copy()
    metres[:, :2] = _turned(metres[:, :2], roi)
    return Pose(
        image_px=image[:POINTS],
        world_m=metres,
        confidence=_sigmoid(points[:POINTS, 3]) * _inside(image[:POINTS], picture),
        presence=float(presence.ravel()[0]),
        next_roi=_roi(image[ROI_CENTRE], image[ROI_RIM]),
    )


def _inside(points: Floats, picture: Picture) -> NDArray[np.bool_]:
    x, y = points[:, 0], points[:, 1]
    return (x >= 0) & (x < picture.wide) & (y >= 0) & (y < picture.high)


def _turned(points: Floats, roi: Roi) -> Floats:
    cos, sin = np.float32(math.cos(roi.angle_rad)), np.float32(math.sin(roi.angle_rad))
    x, y = points[:, 0], points[:, 1]
    return np.stack([x * cos - y * sin, x * sin + y * cos], axis=1)


def refined(places: Floats, heat: Floats) -> Floats:
    """Places, shape (points, 2), shares of the square, drawn to the warm part of a 7 × 7 window of their heat maps.

    `heat` has shape (rows, columns, points). A point whose window is nowhere warmer than 0.5 stays.
    """
    rows, columns, _ = heat.shape
    reach = HEAT_MAP_WINDOW // 2
    better = places.copy()
    for i, (x, y) in enumerate(places):
        column, row = int(x * columns), int(y * rows)
        if not (0 <= column < columns and 0 <= row < rows):
            continue
        c0, r0 = max(0, column - reach), max(0, row - reach)
        warm = _sigmoid(heat[r0 : row + reach + 1, c0 : column + reach + 1, i])
        if warm.max() >= 0.5:
            total = warm.sum()
            better[i, 0] = (warm.sum(axis=0) @ np.arange(c0, c0 + warm.shape[1])) / total / columns
            better[i, 1] = (warm.sum(axis=1) @ np.arange(r0, r0 + warm.shape[0])) / total / rows
    return better


def _sigmoid(values: Floats) -> Floats:
    sure: Floats = (1.0 / (1.0 + np.exp(-np.clip(values, -80.0, 80.0)))).astype(np.float32)
    return sure


def cut_out(picture: Picture, roi: Roi, side: int) -> Floats:
    """A turned square of a picture as (side, side, 3), 0 to 1, bilinear; beyond its edge the edge goes on.

    Two colours are weighed in one 32-bit number: in plain numpy four times faster than one by one.
    """
    step = roi.side / side
    cos, sin = math.cos(roi.angle_rad) * step, math.sin(roi.angle_rad) * step
    along = (np.arange(side, dtype=np.float32) + 0.5) - side / 2
    x = (along * cos)[None, :] - (along * sin)[:, None] + np.float32(roi.x - 0.5)
    y = (along * sin)[None, :] + (along * cos)[:, None] + np.float32(roi.y - 0.5)
    wide, high = picture.wide, picture.high
    x, y = np.clip(x, 0, wide - 1), np.clip(y, 0, high - 1)
    x0, y0 = x.astype(np.int32), y.astype(np.int32)
    wx, wy = ((x - x0) * 256).astype(np.uint32), ((y - y0) * 256).astype(np.uint32)
    right, below = (x0 < wide - 1) * np.int32(picture.step_x), (y0 < high - 1) * np.int32(picture.step_y)
    at = picture.start + y0 * np.int32(picture.step_y) + x0 * np.int32(picture.step_x)
    corners = [picture.flat.take(place) for place in (at, at + right, at + below, at + below + right)]
    made = np.empty((side, side, 3), dtype=np.float32)
    red_blue = _blended([each & TWO_COLOURS for each in corners], wx, wy)
    green = _blended([(each >> EIGHT) & TWO_COLOURS for each in corners], wx, wy)
    made[..., 0], made[..., 1], made[..., 2] = red_blue & 0xFF, green & 0xFF, red_blue >> 16
    made *= np.float32(1 / 255)
    return made


def _blended(corners: Sequence[Pixels], wx: Pixels, wy: Pixels) -> Pixels:
    upper, lower = (_mixed(corners[i], corners[i + 1], wx) for i in (0, 2))
    return _mixed(upper, lower, wy)


def _mixed(one: Pixels, other: Pixels, share: Pixels) -> Pixels:
    mixed: Pixels = ((one * (WHOLE - share) + other * share) >> EIGHT) & TWO_COLOURS
    return mixed

"""Planks labelled by their author: hips too high, right, too low; single pictures, one person, size not known.

The label is the author's own eye, and the picture's width and height are not given: angles are read once as if it were
square and once as 16:9, and only the *order* of pictures (the area under the curve) and the sign at a band of ±10 deg
(the error of the measure, not fitted here) are judged.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.measures.posture import PLANK
from poise.measures.posture_angles import off_line_deg, square_pixels
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]

NAME = "exercise-mediapipe-ec"
METHOD = "posture@1: hips off the line shoulder–ankle"
PICTURES = {"taken as square": (1.0, 1.0), "taken as 16:9": (16.0, 9.0)}
BAND_DEG = PLANK.error_deg
LEAST_CONFIDENCE = 0.5


@dataclass(frozen=True, kw_only=True)
class ExerciseMediapipeEc:
    """How well the hip's place over the line of the plank tells the author's labels."""

    name: str = NAME

    def scores(self, folder: Path) -> Iterator[Score]:
        """Pooled figures only: the pictures have no files of their own."""
        path = next(iter(sorted(folder.glob("plank_landmarks.csv*"))), None)
        if path is None:
            return
        labels, points = _read(path)
        for condition, size in PICTURES.items():
            angle = _hips(points, size)
            known = np.isfinite(angle)
            yield _score("seen", float(known.mean()), n=len(known), condition=condition)
            for name, label, sign in (("high", "H", 1.0), ("low", "L", -1.0)):
                area = area_under_curve(sign * angle[known & (labels == label)], sign * angle[known & (labels == "C")])
                n = int(np.sum(known & ((labels == label) | (labels == "C"))))
                yield _score(f"auc_hips_too_{name}", area, n=n, condition=condition)
            told = np.where(angle > BAND_DEG, "H", np.where(angle < -BAND_DEG, "L", "C"))
            right = float(np.mean(told[known] == labels[known]))
            yield _score("told_rightly", right, n=int(known.sum()), condition=condition)
            opposite = ((told == "H") & (labels == "L")) | ((told == "L") & (labels == "H"))
            yield _score("taken_for_the_opposite", float(np.mean(opposite[known])), n=int(known.sum()),
                         condition=condition)  # fmt: skip


def area_under_curve(faulty: Array, right: Array) -> float:
    """The chance that a faulty one has the larger value than a right one, equal ones counted half; NaN without both."""
    if not len(faulty) or not len(right):
        return float("nan")
    ordered = np.sort(right)
    below = np.searchsorted(ordered, faulty, side="left") + np.searchsorted(ordered, faulty, side="right")
    return float(below.sum() / (2.0 * len(faulty) * len(right)))


def _read(path: Path) -> tuple[NDArray[np.str_], Mapping[str, Array]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8"))))
    names = [column.removesuffix("_x") for column in rows[0] if column.endswith("_x")]
    points = {}
    for name in names:
        place = np.array([[float(row[f"{name}_{axis}"]) for axis in "xy"] for row in rows])
        sure = np.array([float(row[f"{name}_v"]) for row in rows]) >= LEAST_CONFIDENCE
        points[name] = np.where(sure[:, None], place, np.nan)
    return np.array([row["label"] for row in rows]), points


def _hips(points: Mapping[str, Array], size: tuple[float, float]) -> Array:
    """The angle by the side that was seen better in each picture: the far one is often guessed."""
    sides = [
        off_line_deg(*(square_pixels(points[f"{side}_{name}"], *size) for name in ("shoulder", "hip", "ankle")))
        for side in ("left", "right")
    ]
    both = 0.5 * (sides[0] + sides[1])
    return np.where(np.isfinite(both), both, np.where(np.isfinite(sides[0]), sides[0], sides[1]))


def _score(metric: str, value: float, *, n: int, condition: str) -> Score:
    return Score(
        dataset=NAME, file="all", measure="posture.plank_hip", method=METHOD, metric=metric, value=value, n=n,
        condition=condition,
    )  # fmt: skip


DATASET = ExerciseMediapipeEc()

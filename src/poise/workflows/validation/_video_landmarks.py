"""Landmarks of our own reading of a video beside those that somebody else's run of the same network gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.errors import NotInstalled
from poise.model import SIDES, Recording
from poise.signals import geometry
from poise.workflows.assess import read
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]
Published = Mapping[tuple[str, str], tuple[float, str]]
"""By measure and metric: the figure to keep within, and who published it."""

JOINTS = ("hip", "knee", "ankle")


@dataclass(frozen=True, kw_only=True, eq=False)
class Beside:
    """A film as we read it, and what others' files say of the same frames, in the picture and in metres."""

    video: Recording
    image_px: Recording
    world_m: Recording


def read_video(path: Path) -> Recording | None:
    """The recording of a film; None where `poise[video]` or its weights are not there: then nothing is scored."""
    try:
        return read(path)[0]
    except NotInstalled:
        return None


def landmark_scores(dataset: str, file: str, both: Beside, published: Published) -> Iterator[Score]:
    """How far our points lie from theirs, frame by frame in order, and how far the knees' angles.

    `file` is the film's name, or ``all``.
    """
    video, image_px, world_m = both.video, both.image_px, both.world_m
    method = f"video, {video.details.get('pose_model', 'no model')}"
    count = len(image_px["landmarks"].time_s)
    n_seen = int(np.isfinite(video["landmarks"].values[:, 0, 0]).sum()) if "landmarks" in video else 0
    yield Score(
        dataset=dataset, file=file, measure="landmarks.seen", method=method, metric="recall", value=n_seen / count,
        n=count,
    )  # fmt: skip
    if not n_seen or len(video["landmarks"].time_s) != count:
        return
    ours, theirs = video["landmarks"].values[..., :2], image_px["landmarks"].values[..., :2]
    in_space, their_space = video["landmarks.world"].values, world_m["landmarks"].values
    knees = np.concatenate([_knee(in_space, video, side) - _knee(their_space, video, side) for side in SIDES])
    figures: tuple[tuple[str, str, Array], ...] = (
        ("landmarks.image", "px", geometry.length(ours - theirs)),
        ("landmarks.world", "m", geometry.length(in_space - their_space)),
        ("knee.flexion", "deg", knees),
    )
    for measure, unit, errors in figures:
        known = errors[np.isfinite(errors)]
        metrics = {"median_abs_error": np.median(np.abs(known)), "p95_abs_error": np.percentile(np.abs(known), 95)}
        if measure == "knee.flexion":
            metrics["bias"] = np.median(known)
        for metric, value in metrics.items():
            figure, source = published.get((measure, metric), (None, ""))
            yield Score(
                dataset=dataset, file=file, measure=measure, method=method, metric=metric, value=float(value),
                n=len(known), unit=unit, published=figure, source=source,
            )  # fmt: skip


def _knee(points: Array, video: Recording, side: str) -> Array:
    channels = video["landmarks"].channels
    return geometry.flexion_angle(*(points[:, channels.index(f"{side}_{joint}")] for joint in JOINTS))

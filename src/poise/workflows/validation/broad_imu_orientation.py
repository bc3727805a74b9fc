"""BROAD: one sensor's orientation against cameras, turned and shifted by hand, with a magnet near and without."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.model import Kind, Recording
from poise.readers.find import read_file
from poise.readers.matlab import load
from poise.signals import orientation
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]

LIVE, AFTERWARDS = "vqf", "vqf_offline"
WITH_MAGNETOMETER, WITHOUT = "9D", "6D"
PARTS = ("total", "heading", "inclination")
OF_TRIAL = "VQF offline with magnetometer on this trial (SOURCE.md of the folder)"
PEERS = "vqf 2.1.2 on 30 BROAD trials (peers.md 4.4)"
PUBLISHED = {
    (f"{LIVE}_{WITH_MAGNETOMETER}", "total"): 2.43,
    (f"{LIVE}_{WITH_MAGNETOMETER}", "heading"): 2.27,
    (f"{LIVE}_{WITH_MAGNETOMETER}", "inclination"): 0.72,
    (f"{LIVE}_{WITHOUT}", "inclination"): 0.72,
    (f"{AFTERWARDS}_{WITH_MAGNETOMETER}", "total"): 2.15,
    (f"{AFTERWARDS}_{WITH_MAGNETOMETER}", "heading"): 2.05,
    (f"{AFTERWARDS}_{WITH_MAGNETOMETER}", "inclination"): 0.53,
}


class BroadImuOrientation:
    """RMS error in deg over the phases of movement: total, heading and inclination, as BROAD defines them.

    The error of a sample is ``reference ⊗ conjugate(estimate)`` in the earth's frame [1]_. Without a magnetometer the
    heading starts anywhere, so only the inclination is given. ``all`` is the mean over trials.

    Where the folder's SOURCE.md tells the published error of a trial (VQF offline, to a tenth of a degree), that stands
    beside ours, and ``all`` holds by how much the worst of them is above it, both to a tenth.

    References
    ----------
    .. [1] Laidig et al. 2021, Data 6(7):72.
    """

    name = "broad-imu-orientation"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Each trial, then the mean of all, and of those with and without a magnet near."""
        found: list[Score] = []
        told = told_errors(folder / "SOURCE.md")
        for path in sorted(folder.rglob("*.mat")):
            found += _trial(path, told.get(path.name, {}))
        yield from found
        yield from _over_published(found)
        for condition in ("", "undisturbed", "disturbed"):
            yield from _means([score for score in found if condition in ("", score.condition)], condition)


def told_errors(path: Path) -> dict[str, dict[str, float]]:
    """The errors that a folder's SOURCE.md tells of its trials: file → part → deg; empty where it tells none."""
    if not path.is_file():
        return {}
    rows = re.findall(
        r"^\|\s*(\S+\.mat)\s*\|.*\|\s*([\d.]+) / ([\d.]+) / ([\d.]+)\s*\|", path.read_text(), re.MULTILINE
    )
    return {name: dict(zip(PARTS, map(float, values), strict=True)) for name, *values in rows}


def _over_published(found: Sequence[Score]) -> Iterator[Score]:
    """By how many percent the worst of the trials is above what was published of it."""
    over = [(round(score.value, 1) - score.published) / score.published for score in found if score.published]
    if over:
        yield Score(
            dataset=BroadImuOrientation.name, file="all", measure="orientation", unit="%", n=len(over),
            method=f"{AFTERWARDS}_{WITH_MAGNETOMETER}", metric="above_published", value=100.0 * max(0.0, *over),
        )  # fmt: skip


def _trial(path: Path, told: Mapping[str, float]) -> Iterator[Score]:
    (recording,) = read_file(path)
    moving = np.asarray(load(path)["movement"]).ravel() == 1
    reference = recording["orientation.reference"].values[:, 0]
    compared = moving & np.isfinite(reference).all(axis=1)
    for method, estimate in _estimates(recording).items():
        errors = errors_deg(reference[compared], estimate[compared])
        for part in PARTS[-1:] if method.endswith(WITHOUT) else PARTS:
            rmse = float(np.sqrt(np.mean(errors[part] ** 2)))
            score = _score(path.name, method, part, rmse, n=int(compared.sum()), condition=_condition(path))
            is_told = method == f"{AFTERWARDS}_{WITH_MAGNETOMETER}" and part in told
            yield replace(score, published=told[part], source=OF_TRIAL) if is_told else score


def _condition(path: Path) -> str:
    return "undisturbed" if "undisturbed" in path.stem else "disturbed"


def _estimates(recording: Recording) -> Mapping[str, Array]:
    rates, felt = recording[Kind.ANGULAR_VELOCITY], recording[Kind.ACCELERATION]
    fields = {WITH_MAGNETOMETER: recording[Kind.MAGNETIC_FIELD].values[:, 0], WITHOUT: None}
    filters = {LIVE: orientation.orientation, AFTERWARDS: orientation.orientation_offline}
    return {
        f"{name}_{kind}": estimate(
            rates.values[:, 0], felt.values[:, 0], rates.rate_hz, magnetic_field=field
        ).quaternion
        for name, estimate in filters.items()
        for kind, field in fields.items()
    }


def errors_deg(reference: Array, estimate: Array) -> dict[str, Array]:
    """Total, heading and inclination error of each sample, deg.

    Parameters
    ----------
    reference, estimate
        Quaternions w, x, y, z from sensor to earth (z up), shape (samples, 4).
    """
    w, x, y, z = orientation.multiply(reference, orientation.conjugate(estimate)).T
    return {
        "total": np.degrees(2.0 * np.arctan2(np.sqrt(x**2 + y**2 + z**2), np.abs(w))),
        "heading": np.degrees(2.0 * np.arctan2(np.abs(z), np.abs(w))),
        "inclination": np.degrees(2.0 * np.arctan2(np.hypot(x, y), np.hypot(w, z))),
    }


def _means(scores: Sequence[Score], condition: str) -> Iterator[Score]:
    for key in dict.fromkeys((score.method, score.measure) for score in scores):
        values = [score.value for score in scores if (score.method, score.measure) == key]
        method, part = key[0], key[1].removeprefix("orientation.")
        yield _score("all", method, part, float(np.mean(values)), n=len(values), condition=condition)


def _score(file: str, method: str, part: str, value: float, *, n: int, condition: str) -> Score:
    published = PUBLISHED.get((method, part)) if file == "all" and not condition else None
    return Score(
        dataset=BroadImuOrientation.name, file=file, measure=f"orientation.{part}", method=method, metric="rmse",
        value=value, n=n, condition=condition, unit="deg", published=published,
        source="" if published is None else PEERS,
    )  # fmt: skip


DATASET = BroadImuOrientation()

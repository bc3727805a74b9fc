"""Daily tasks of laboratory recordings: points against plates and against models, and recordings that hold no test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.cleaning.prepare import prepare
from poise.measures import (
    task_sit_to_stand,
    task_sit_to_stand_force,
    task_sit_to_stand_imu,
    task_squat,
    task_squat_force,
    task_tug_imu,
)
from poise.model import Kind, Measured, Recording
from poise.workflows.assess import read
from poise.workflows.validation.scores import Score, match_events

Array = NDArray[np.float64]

REPETITIONS = 5
"""Every sit-to-stand and squat trial of the OpenCap protocol holds five (SOURCE.md)."""
UNEVEN_PERCENT = 10.0
"""From this difference on a finding speaks of uneven load (reference f_squat_shift)."""
ACTED = "Asym"
WITHIN_S = 0.3


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One error of one file: what was measured, how, against what."""

    file: str
    measure: str
    method: str
    error: float
    unit: str
    condition: str


def lab_scores(dataset: str, folder: Path) -> Iterator[Score]:
    """Counts, moments, knees and loads of the sit-to-stands and squats of a folder of the OpenCap layout."""
    found = [*_sit_to_stands(folder), *_squats(folder)]
    for each in found:
        yield _score(dataset, each.file, "abs_error", [each])
    yield from pooled_scores(dataset, found)
    yield from _told_apart(dataset, folder)


def pooled_scores(dataset: str, found: Sequence[Figure]) -> Iterator[Score]:
    """Over all files: the mean size of the errors, their bias and the largest."""
    groups: dict[tuple[str, str, str], list[Figure]] = {}
    for each in found:
        groups.setdefault((each.measure, each.method, each.condition), []).append(each)
    for group in groups.values():
        for metric in ("mean_abs_error", "bias", "max_abs_error"):
            yield _score(dataset, "all", metric, group)


def _score(dataset: str, file: str, metric: str, group: Sequence[Figure]) -> Score:
    errors = np.array([each.error for each in group])
    value = {
        "abs_error": np.max(np.abs(errors)), "mean_abs_error": np.mean(np.abs(errors)), "bias": np.mean(errors),
        "max_abs_error": np.max(np.abs(errors)),
    }[metric]  # fmt: skip
    first = group[0]
    return Score(
        dataset=dataset, file=file, measure=first.measure, method=first.method, metric=metric, value=float(value),
        n=len(group), condition=first.condition, unit=first.unit,
    )  # fmt: skip


def _beside(markers: Path, ending: str) -> Recording | None:
    path = markers.with_name(markers.stem + ending)
    return prepare(read(path)[0]) if path.exists() else None


def values_of(measured: Measured) -> Mapping[str, float]:
    """By measure, with its side after an @ where it has one."""
    return {each.ref: each.value for each in measured.measurements}


def _times(measured: Measured, event: str) -> list[float]:
    return [each.time_s for each in measured.events if each.event == event]


def _sit_to_stands(folder: Path) -> Iterator[Figure]:
    points, plates = task_sit_to_stand.MEASURE, task_sit_to_stand_force.MEASURE
    for markers in sorted(folder.rglob("STS*.trc")):
        file = str(markers.relative_to(folder))
        seen = points.compute(prepare(read(markers)[0]))
        yield _count(file, "sts.count", points.method, seen)
        forces = _beside(markers, "_grf.mot")
        felt = plates.compute(forces) if forces else None
        if felt is not None:
            yield _count(file, "sts.count", plates.method, felt)
            yield from _moments(file, seen, felt, f"{points.method} against plates")
            one, other = (values_of(each).get("sts.time_5", np.nan) for each in (seen, felt))
            yield Figure(
                file=file, measure="sts.time_5", method=f"{points.method} against plates", error=one - other, unit="s",
                condition="sit-to-stand",
            )  # fmt: skip
        heights = _beside(markers, "_ik_manual_deg.mot")
        if heights is not None:
            yield from _peaks(file, seen, heights, points.method)


def _count(file: str, measure: str, method: str, measured: Measured) -> Figure:
    counted = values_of(measured).get(measure, 0.0)
    condition = "sit-to-stand" if measure.startswith("sts") else "squat"
    return Figure(
        file=file, measure=measure, method=method, error=counted - REPETITIONS, unit="count", condition=condition
    )


def _moments(file: str, seen: Measured, felt: Measured, method: str) -> Iterator[Figure]:
    """Seat left, upright, seat touched: points against plates, matched one to one within 0.3 s."""
    for event in ("seat_off", "upright", "seat_contact"):
        matches = match_events(_times(seen, event), _times(felt, event), WITHIN_S)
        for error in [*matches.errors_s, *([WITHIN_S] * (matches.missed + matches.extra))]:
            yield Figure(
                file=file, measure=f"sts.{event}", method=method, error=error, unit="s", condition="sit-to-stand"
            )


def _peaks(file: str, seen: Measured, model: Recording, method: str) -> Iterator[Figure]:
    """The highest moments of the model's pelvis must lie between upright and sitting down: by how much they do not."""
    height = _model_height(model)
    if height is None:
        return
    time_s, values = height
    for up_s, sit_s in zip(_times(seen, "upright"), _times(seen, "sit_start"), strict=False):
        near = (time_s >= up_s - 1.0) & (time_s <= sit_s + 1.0)
        peak_s = float(time_s[near][int(np.argmax(values[near]))])
        outside = max(0.0, up_s - peak_s, peak_s - sit_s)
        yield Figure(
            file=file, measure="sts.standing_peak", method=method, error=outside, unit="s",
            condition="highest pelvis of the model",
        )  # fmt: skip


def _model_height(model: Recording) -> tuple[Array, Array] | None:
    for stream in model.streams.values():
        if stream.kind is Kind.COORDINATES and "pelvis_ty" in stream:
            return stream.time_s, stream["pelvis_ty"][:, 0]
    return None


def _squats(folder: Path) -> Iterator[Figure]:
    points, plates = task_squat.MEASURE, task_squat_force.MEASURE
    for markers in sorted(folder.rglob("squats*.trc")):
        file = str(markers.relative_to(folder))
        seen = points.compute(prepare(read(markers)[0]))
        yield _count(file, "squat.count", points.method, seen)
        forces = _beside(markers, "_grf.mot")
        if forces is not None:
            felt = plates.compute(forces)
            yield _count(file, "squat.count", plates.method, felt)
            yield from _load(file, forces, felt, plates.method)
        for name, ending in (("manual", "_ik_manual_deg.mot"), ("AddBiomechanics", "_ik_addbiomechanics_rad.mot")):
            model = _beside(markers, ending)
            if model is not None:
                yield from _knees(file, seen, model, f"squat, {name}", points.method)


def _load(file: str, forces: Recording, felt: Measured, method: str) -> Iterator[Figure]:
    """Against the mean vertical forces of the whole trial (SOURCE.md), whose plates 1 and 2 are the feet."""
    vertical = np.abs(forces[Kind.FORCE].values[:, :2, 2].mean(axis=0))
    truth = 100.0 * abs(vertical[0] - vertical[1]) / vertical.sum()
    told = values_of(felt)
    ours = told.get("squat.load_difference", abs(told.get("squat.load_asymmetry", np.nan)))
    yield Figure(
        file=file, measure="squat.load_difference", method=method, error=float(ours - truth), unit="%",
        condition="squat, mean force of the trial",
    )  # fmt: skip


def _knees(file: str, seen: Measured, model: Recording, condition: str, method: str) -> Iterator[Figure]:
    """Mean over the squats of the greatest knee flexion, ours less the model's."""
    stream = next((each for each in model.streams.values() if each.kind is Kind.COORDINATES), None)
    lows = _times(seen, "squat_lowest")
    for side in ("left", "right"):
        name = f"knee_angle_{side[0]}"
        ours = values_of(seen).get(f"squat.knee_flexion_peak@{side}")
        if stream is None or name not in stream or ours is None or not lows:
            continue
        peaks = [stream[name][np.abs(stream.time_s - low) < 0.7, 0].max() for low in lows]
        yield Figure(
            file=file, measure="squat.knee_flexion_peak", method=method, error=ours - float(np.mean(peaks)),
            unit="deg", condition=condition,
        )  # fmt: skip


def _told_apart(dataset: str, folder: Path) -> Iterator[Score]:
    """Whether uneven squats are told from even ones by their load."""
    method = task_squat_force.MEASURE
    told = []
    for path in sorted(folder.rglob("squats*_grf.mot")):
        got = values_of(method.compute(prepare(read(path)[0])))
        difference = got.get("squat.load_difference", abs(got.get("squat.load_asymmetry", np.nan)))
        told.append((difference > UNEVEN_PERCENT) == (ACTED in path.stem))
    if told:
        yield Score(
            dataset=dataset, file="all", measure="squat.uneven_load", method=method.method, metric="told_rightly",
            value=float(np.mean(told)), n=len(told), condition="squat",
        )  # fmt: skip


def without_a_test(dataset: str, recordings: Sequence[tuple[str, Recording]]) -> Iterator[Score]:
    """Recordings of a lower-back sensor that hold neither five stands in a row nor an up-and-go: no time is given."""
    for measure, method in (
        ("sts.time_5", task_sit_to_stand_imu.MEASURE), ("sts.count_30s", task_sit_to_stand_imu.MEASURE),
        ("tug.time", task_tug_imu.MEASURE),
    ):  # fmt: skip
        silent = [measure not in values_of(method.compute(recording)) for _, recording in recordings]
        if silent:
            yield Score(
                dataset=dataset, file="all", measure=measure, method=method.method, metric="told_rightly",
                value=float(np.mean(silent)), n=len(silent), condition="no such test in it",
            )  # fmt: skip

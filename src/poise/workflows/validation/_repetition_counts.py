"""Repetitions counted where somebody stated how many there are: laboratory squats and sit-to-stands, squats on film.

Not validated anywhere: boundaries against a person's own marking (no folder holds one; simulated ones are off by
0.02 s), the live checks against a clinician, states of single pictures (they have no time, which the tracker needs).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from poise.cleaning.prepare import prepare
from poise.errors import PoiseError
from poise.knowledge.exercises import exercise
from poise.measures.repetitions import METHOD, compute_with
from poise.model import Kind, Measured, Recording
from poise.workflows.assess import read
from poise.workflows.validation.scores import Score

FIVE = 5
"""Every squat and sit-to-stand trial of the OpenCap protocol holds five (SOURCE.md)."""
ENDINGS = (".trc", "_ik_manual_deg.mot", "_ik_addbiomechanics_rad.mot")
EXERCISES = {"squats": "x_squat", "STS": "x_sit_to_stand"}
FILM = {"rate_hz": 5.0, "width_px": 720, "height_px": 1280}
"""What the landmark files of the squat film do not say themselves (SOURCE.md)."""
FILMED = 3
ERROR, EXACT = ("rep.count", "error"), ("rep.count", "accuracy")
LOAD, WORST_LOAD = ("rep.load_asymmetry", "abs_error"), ("rep.load_asymmetry", "max_abs_error")
CUT = ("rep.complete", "told_rightly")
UNITS = {ERROR: "count", LOAD: "%", WORST_LOAD: "%"}


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """One recording: how many were counted, how many there are, under what condition."""

    file: str
    condition: str
    counted: int
    stated: int


def lab_counts(dataset: str, folder: Path) -> Iterator[Score]:
    """A folder of the OpenCap layout: five of each; none in standing, none in walking; load against the plates."""
    yield from _scores(dataset, [*_exercised(folder), *_not_exercised(folder)])
    yield from _loads(dataset, folder)


def film_counts(dataset: str, folder: Path) -> Iterator[Score]:
    """The landmark files of the squat film: three squats, of which the last is cut off."""
    found, cut = [], []
    for path in sorted(folder.glob("*.full.json")):
        known = FILM if "_3d" not in path.name else {"rate_hz": FILM["rate_hz"]}
        recording = prepare(read(path, mapping=known)[0])
        for condition, asked in (("exercise told", exercise("x_squat")), ("exercise not told", None)):
            measured = compute_with(recording, asked)
            found.append(_counted(path.name, condition, measured, FILMED))
            cut.append([each.complete for each in measured.repetitions] == [True, True, False])
    yield from _scores(dataset, found)
    if cut:
        yield _score(dataset, "all", CUT, float(np.mean(cut)), condition="last one cut off", n=len(cut))


def _exercised(folder: Path) -> Iterator[_Counted]:
    for start, name in EXERCISES.items():
        for markers in sorted(folder.rglob(f"{start}*.trc")):
            for ending in ENDINGS:
                path = markers.with_name(markers.stem + ending)
                recording = _prepared(path)
                if recording is not None:
                    file = str(path.relative_to(folder))
                    yield _counted(file, "exercise told", compute_with(recording, exercise(name)), FIVE)
                    yield _counted(file, "exercise not told", compute_with(recording, None), FIVE)


def _not_exercised(folder: Path) -> Iterator[_Counted]:
    for start, condition in (("static", "standing"), ("walking", "walking")):
        for path in sorted(folder.rglob(f"{start}*.trc")):
            recording = _prepared(path)
            if recording is not None:
                for asked in (exercise("x_squat"), exercise("x_sit_to_stand"), None):
                    yield _counted(str(path.relative_to(folder)), condition, compute_with(recording, asked), 0)


def _loads(dataset: str, folder: Path) -> Iterator[Score]:
    """Load left against right over the repetitions, less that of the plates over the whole trial."""
    errors = []
    for markers in sorted(folder.rglob("squats*.trc")):
        forces = _prepared(markers.with_name(f"{markers.stem}_grf.mot"))
        points = _prepared(markers)
        if forces is None or points is None or Kind.FORCE not in forces:
            continue
        joined = replace(points, streams={**forces.streams, **points.streams})
        told = [m for m in compute_with(joined, exercise("x_squat")).measurements if m.measure == "rep.load_asymmetry"]
        truth = _whole_trial_percent(forces)
        if told and np.isfinite(truth):
            errors.append(abs(abs(told[0].value) - truth))
            yield _score(dataset, str(markers.relative_to(folder)), LOAD, errors[-1], condition="squat")
    if errors:
        yield _score(dataset, "all", WORST_LOAD, max(errors), condition="squat", n=len(errors))


def _whole_trial_percent(forces: Recording) -> float:
    """100 |difference| / sum of the mean vertical forces of the two plates that carry, from first sample to last."""
    means = sorted(np.nanmean(np.abs(forces[Kind.FORCE].values[:, :, 2]), axis=0).tolist())[-2:]
    return 100.0 * (means[1] - means[0]) / (means[1] + means[0]) if len(means) == 2 and sum(means) > 0.0 else np.nan


def _prepared(path: Path) -> Recording | None:
    try:
        return prepare(read(path)[0]) if path.exists() else None
    except PoiseError:
        return None


def _counted(file: str, condition: str, measured: Measured, stated: int) -> _Counted:
    return _Counted(file=file, condition=condition, counted=len(measured.repetitions), stated=stated)


def _scores(dataset: str, found: Sequence[_Counted]) -> Iterator[Score]:
    for each in found:
        yield _score(dataset, each.file, ERROR, float(each.counted - each.stated), condition=each.condition)
    for condition in dict.fromkeys(each.condition for each in found):
        right = [each.counted == each.stated for each in found if each.condition == condition]
        yield _score(dataset, "all", EXACT, float(np.mean(right)), condition=condition, n=len(right))


def _score(dataset: str, file: str, told: tuple[str, str], value: float, *, condition: str, n: int = 1) -> Score:
    measure, metric = told
    return Score(
        dataset=dataset, file=file, measure=measure, method=METHOD, metric=metric, value=value, n=n,
        condition=condition, unit=UNITS.get(told, ""),
    )  # fmt: skip

"""Physiotherapy exercises on five worn sensors: 10 correct, 10 too fast, 10 of low amplitude, in this order.

The sensor that turns most counts. Where the executions begin and end is not known, only their order: faults are judged
where 30 were counted. Each person's first three executions are the calibration; how much shorter a fast one and how
much smaller a low one is comes from the template session (`template_times.txt`).

Not validated here: joint angles (a sensor's turning is none), boundaries, sensor places (only the paper knows them).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poise.cleaning.prepare import prepare
from poise.measures.repetitions import METHOD, compute_with
from poise.model import Recording, Repetition
from poise.readers.find import read_file
from poise.workflows.validation._repetition_quality import auc
from poise.workflows.validation.scores import Score

EXERCISE = re.compile(r"e(\d+)/u(\d+)/(test|template_session)$")
BLOCK, CALIBRATION, RATE_HZ = 10, 3, 25.0
NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Templates:
    """How long and how large the template of each type was: 1 correct, 2 too fast, 3 low amplitude; NaN if unseen."""

    seconds: Mapping[int, float]
    ranges: Mapping[int, float]


class ExerciseImuPtUci:
    """Every ``sN.zip``: counts a session, tempo and amplitude faults told apart."""

    name = "exercise-imu-pt-uci"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Session by session, then pooled."""
        counted, judged = [], []
        for path in sorted(folder.glob("s*.zip")):
            for exercise, units in _sessions(path).items():
                file = f"{path.name}/e{exercise}"
                unit, found = _most_turning(units)
                counted.append(len(found) == 3 * BLOCK)
                yield self._score(file, "rep.count", "error", float(len(found) - 3 * BLOCK), n=3 * BLOCK, unit="count")
                if len(found) == 3 * BLOCK:
                    judged.append((found, _templates(path, exercise, units[unit].get("template_session"))))
        if counted:
            yield self._score("all", "rep.count", "accuracy", float(np.mean(counted)), n=len(counted))
            yield from self._faults(judged)

    def _faults(self, judged: Sequence[tuple[Sequence[Repetition], Templates]]) -> Iterator[Score]:
        fast, low, right = [], [], []
        for found, templates in judged:
            seconds = [each.duration_s for each in found]
            ranges = [each.range for each in found]
            fast.append(auc(seconds[:BLOCK], seconds[BLOCK : 2 * BLOCK]))
            # Where a limb turns about the sensor's place, a smaller movement may turn the sensor more.
            larger = templates.ranges.get(3, NAN) > templates.ranges.get(1, NAN)
            away = auc(ranges[:BLOCK], ranges[2 * BLOCK :])
            low.append(1.0 - away if larger else away)
            right += _told_rightly(found, templates)
        n = 2 * BLOCK * len(judged)
        yield self._score("all", "rep.time", "auc", float(np.mean(fast)) if fast else NAN, n=n, condition="too fast")
        yield self._score("all", "rep.rom", "auc", float(np.mean(low)) if low else NAN, n=n, condition="low amplitude")
        yield self._score(
            "all", "rep.fault", "told_rightly", float(np.mean(right)) if right else NAN, n=len(right),
            condition="correct, too fast, low amplitude",
        )  # fmt: skip

    def _score(
        self, file: str, measure: str, metric: str, value: float, *, n: int, unit: str = "", condition: str = ""
    ) -> Score:  # fmt: skip
        return Score(
            dataset=self.name, file=file, measure=measure, method=METHOD, metric=metric, value=value, n=n, unit=unit,
            condition=condition,
        )  # fmt: skip


def _sessions(path: Path) -> dict[int, dict[int, dict[str, Recording]]]:
    """Exercise → unit → ``test`` and ``template_session``."""
    found: dict[int, dict[int, dict[str, Recording]]] = {}
    for recording in read_file(path):
        named = EXERCISE.search(recording.id)
        if named is not None:
            found.setdefault(int(named[1]), {}).setdefault(int(named[2]), {})[named[3]] = recording
    return dict(sorted(found.items()))


def _counted(recording: Recording | None) -> tuple[Repetition, ...]:
    return () if recording is None else compute_with(prepare(recording), None).repetitions


def _most_turning(units: Mapping[int, Mapping[str, Recording]]) -> tuple[int, tuple[Repetition, ...]]:
    """The unit whose repetitions are the largest, and its repetitions in order of time."""
    found = {unit: _counted(streams.get("test")) for unit, streams in sorted(units.items())}

    def size(unit: int) -> float:
        return float(np.median([each.range for each in found[unit]])) if found[unit] else 0.0

    most = max(found, key=size)
    return most, tuple(sorted(found[most], key=lambda each: each.start_s))


def _templates(path: Path, exercise: int, session: Recording | None) -> Templates:
    """Durations from the windows that the file gives; ranges of the repetitions counted in them."""
    windows = _windows(path, exercise)
    counted = _counted(session)
    ranges = {kind: _range_within(counted, start, end) for kind, (start, end) in windows.items()}
    return Templates(seconds={kind: end - start for kind, (start, end) in windows.items()}, ranges=ranges)


def _windows(path: Path, exercise: int) -> dict[int, tuple[float, float]]:
    with zipfile.ZipFile(path) as archive:
        name = next((n for n in archive.namelist() if n.endswith(f"/e{exercise}/template_times.txt")), "")
        lines = archive.read(name).decode().split("\n")[1:] if name else []
    rows = [line.strip().split(";") for line in lines if line.count(";") == 2]
    return {int(kind): (float(start) / RATE_HZ, float(end) / RATE_HZ) for kind, start, end in rows}


def _range_within(counted: Sequence[Repetition], start_s: float, end_s: float) -> float:
    """The largest repetition that lies mostly inside a window; NaN without one."""
    inside = [
        each.range
        for each in counted
        if min(each.end_s, end_s) - max(each.start_s, start_s) > 0.5 * max(each.duration_s, 1e-9)
    ]
    return max(inside, default=NAN)


def _told_rightly(found: Sequence[Repetition], templates: Templates) -> list[bool]:
    """Whether each execution after the calibration is nearest to the template of its own type, in time, then in size.

    Nothing where a template was not seen.
    """
    usual_s = float(np.median([each.duration_s for each in found[:CALIBRATION]]))
    usual = float(np.median([each.range for each in found[:CALIBRATION]]))
    quick = templates.seconds.get(2, NAN) / templates.seconds.get(1, NAN)
    small = templates.ranges.get(3, NAN) / templates.ranges.get(1, NAN)
    if not (np.isfinite(quick) and np.isfinite(small)):
        return []
    told = []
    for i, each in enumerate(found[CALIBRATION:], CALIBRATION):
        fast = abs(np.log(each.duration_s / usual_s / quick)) < abs(np.log(each.duration_s / usual_s))
        low = abs(np.log(each.range / usual / small)) < abs(np.log(each.range / usual))
        told.append((2 if fast else 3 if low else 1) == i // BLOCK + 1)
    return told


DATASET = ExerciseImuPtUci()

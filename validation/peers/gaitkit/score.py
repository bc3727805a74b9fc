"""gaitkit's events scored as ours are: the same walks, the same references, the same matching.

A walk on which a detector raises has no events and counts as missed; a detector that raises on every walk of a folder
is left out and named on standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from poise.measures.footfalls import Footfalls, walk_from
from poise.measures.gait_force_plates import MEASURE as PLATE_GAIT
from poise.measures.spatiotemporal import summarise
from poise.model import SIDES, Recording
from poise.workflows.validation import gait_landmarks_patients_gaitkit as landmarks
from poise.workflows.validation import mcgill_children_gait_c3d as children
from poise.workflows.validation._gait_events import Trial, c3d_trials, event_scores
from poise.workflows.validation.scores import Score

NAME = "gaitkit 1.5.0"
Found = Mapping[str, Any]


def always(condition: str) -> Callable[[Path], list[Trial]]:
    return lambda folder: list(c3d_trials(folder, lambda _: condition))


TRIALS: Mapping[str, Callable[[Path], list[Trial]]] = {
    "pd-overground-c3d": always("parkinson"),
    "fukuchi-treadmill-c3d": always("treadmill"),
    "gaitalytics-treadmill-c3d": always("treadmill"),
    children.DATASET.name: lambda folder: list(c3d_trials(folder, children.condition_of)),
    landmarks.DATASET.name: lambda folder: list(landmarks.trials(folder)),
}


def arguments(data: Path) -> tuple[Path, ...]:
    """The folders that `inside.py` is given."""
    return tuple(data / name for name in TRIALS if (data / name).is_dir())


def scores(found: Found, data: Path) -> Iterator[Score]:
    """The figures of every detector, each walk given in the ways that `inside.py` tells."""
    for dataset, walks in found["datasets"].items():
        ours = [trial for trial in TRIALS[dataset](data / dataset) if trial.method != PLATE_GAIT.method]
        for method, suffix, given in _ways(walks):
            theirs = [_of(trial, walks, method, given) for trial in ours]
            if all(each is None for each in theirs):
                sys.stderr.write(f"{NAME} {method}{suffix}: nothing but errors on {dataset}\n")
                continue
            trials = [_with(trial, each, f"{NAME} {method}{suffix}") for trial, each in zip(ours, theirs, strict=True)]
            yield from event_scores(dataset, trials)


def _ways(walks: Found) -> list[tuple[str, str, str]]:
    """Detector, what is said beside its name, how it was given the walk."""
    ways: dict[tuple[str, str, str], None] = {}
    for given, suffix in (("helped", ""), ("named", ", markers named"), ("plain", ", file as it is")):
        for walk in walks.values():
            ways |= dict.fromkeys((method, suffix, given) for method in walk.get(given, {}).get("methods", {}))
    return list(ways)


def _of(trial: Trial, walks: Found, method: str, given: str) -> Found | None:
    found = walks[trial.file].get(given, {}).get("methods", {}).get(method, {})
    return None if "initial_contact" not in found else found


def _with(trial: Trial, found: Found | None, method: str) -> Trial:
    """Our trial with their events, and with what our formulas make of them."""
    falls = _footfalls(found)
    measured, _ = summarise(walk_from(falls, method=method), Recording(id="peer", source="", streams={}))
    return replace(trial, method=method, found=falls.events(), measured=measured)


def _footfalls(found: Found | None) -> Footfalls:
    def moments(name: str) -> dict[Any, Any]:
        times: Mapping[str, Sequence[float]] = (found or {}).get(name, {})
        return {side: np.sort(np.asarray(times.get(side, ()), dtype=float)) for side in SIDES}

    return Footfalls(contacts_s=moments("initial_contact"), toe_offs_s=moments("toe_off"))

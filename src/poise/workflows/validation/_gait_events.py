"""Gait events of our methods against the laboratory's own events or the force plates of the same walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.cleaning.prepare import prepare
from poise.measures.footfalls import Footfalls, walk_from
from poise.measures.gait_force_plates import MEASURE as PLATE_GAIT
from poise.measures.gait_force_plates import footfalls_of
from poise.measures.gait_landmarks import MEASURE as LANDMARK_GAIT
from poise.measures.gait_markers import MEASURE as MARKER_GAIT
from poise.measures.spatiotemporal import summarise
from poise.model import SIDES, Event, Kind, Measurement, Recording, Side
from poise.workflows.assess import read
from poise.workflows.validation.scores import Matches, Score, match_events, pooled

Array = NDArray[np.float64]
Published = Mapping[tuple[str, str, str], tuple[float, str]]
"""By event, condition and metric: the figure to beat and who published it."""

TOLERANCES_S = (0.05, 0.1, 0.25)
EVENTS = ("initial_contact", "toe_off")
COMPARED = (
    "gait.cadence", "gait.stride_time", "gait.step_time", "gait.stance_time", "gait.swing_time",
    "gait.double_support_time", "gait.stance_percent",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """One walk: what our method found, and what is held to be true of it.

    `complete` says that the reference holds every event between its first and its last; plates that a foot may miss
    do not, and then only what they do hold is looked for.
    """

    file: str
    condition: str
    method: str
    found: tuple[Event, ...]
    measured: tuple[Measurement, ...]
    reference: Footfalls
    reference_name: str = ""
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One event type of one trial: matches with its reference by tolerance, and how many lie where nobody labelled."""

    event: str
    condition: str
    matches: Mapping[float, Matches] = field(default_factory=dict)
    outside: int = 0


def c3d_trials(folder: Path, condition_of: Callable[[str], str], *, min_events: int = 3) -> Iterator[Trial]:
    """Walks in C3D files: markers against the file's own events, and against its plates where a foot was alone."""
    for path in sorted(folder.rglob("*.c3d")):
        for recording in read(path):
            clean = prepare(recording)
            labelled = labelled_footfalls(clean.events)
            if Kind.BODY not in clean or _count(labelled) < min_events:
                continue
            file = str(path.relative_to(folder))
            yield marker_trial(clean, file, condition_of(file), labelled)
            if Kind.FORCE in clean:
                plates = footfalls_of(PLATE_GAIT.contacts(clean))
                yield marker_trial(clean, file, condition_of(file), plates, reference_name="plates", complete=False)
                yield plate_trial(clean, file, condition_of(file), labelled)


def joined_trials(pairs: Iterable[tuple[str, Path, Path]], *, condition: str = "straight") -> Iterator[Trial]:
    """Walks whose markers (TRC) and ground forces (MOT) are two files of one trial: name, markers, forces."""
    for file, markers, forces in pairs:
        clean, pressed = prepare(read(markers)[0]), prepare(read(forces)[0])
        if Kind.BODY in clean and Kind.FORCE in pressed:
            plates = _shifted(footfalls_of(PLATE_GAIT.contacts(pressed)), _first_s(pressed) - _first_s(clean))
            yield marker_trial(clean, file, condition, plates, complete=False)


def _first_s(recording: Recording) -> float:
    """Where the file's own clock stands at its first sample."""
    return float(recording.details.get("first_time_s", 0.0))


def _shifted(falls: Footfalls, by_s: float) -> Footfalls:
    return Footfalls(
        contacts_s={side: times + by_s for side, times in falls.contacts_s.items()},
        toe_offs_s={side: times + by_s for side, times in falls.toe_offs_s.items()},
    )


def marker_trial(
    clean: Recording,
    file: str,
    condition: str,
    reference: Footfalls,
    *,
    reference_name: str = "",
    complete: bool = True,
) -> Trial:
    """Our events from markers (or landmarks) beside a reference."""
    method = LANDMARK_GAIT if LANDMARK_GAIT.fits(clean) else MARKER_GAIT
    found = method.compute(clean)
    return Trial(
        file=file, condition=condition, method=method.method, found=found.events, measured=found.measurements,
        reference=reference, reference_name=reference_name, complete=complete,
    )  # fmt: skip


def plate_trial(clean: Recording, file: str, condition: str, reference: Footfalls) -> Trial:
    """Our events from force plates beside the laboratory's own; a foot beside the plates is not looked for."""
    found = PLATE_GAIT.compute(clean)
    return Trial(
        file=file, condition=condition, method=PLATE_GAIT.method, found=found.events, measured=(), reference=reference,
        complete=False,
    )  # fmt: skip


def labelled_footfalls(events: Iterable[Event]) -> Footfalls:
    """The file's own events, each moment once (some files hold an event under two names)."""
    kept = list(events)

    def moments(name: str, side: Side) -> Array:
        times = np.unique(np.round([each.time_s for each in kept if each.event == name and each.side == side], 4))
        return np.asarray(times[np.concatenate(([True], np.diff(times) > 0.02))[: len(times)]])

    return Footfalls(
        contacts_s={side: moments("initial_contact", side) for side in SIDES},
        toe_offs_s={side: moments("toe_off", side) for side in SIDES},
    )


def event_scores(dataset: str, trials: Sequence[Trial], published: Published | None = None) -> Iterator[Score]:
    """Figures of every file, then pooled by method, reference and condition.

    A detected event counts only where the reference looked: between its first and last event of that foot, and not in
    a hole of it (two labels further apart than 1.5 times their usual distance). What was detected there is counted as
    ``outside_reference``.
    """
    keys = dict.fromkeys((trial.method, trial.reference_name, trial.condition) for trial in trials)
    for trial in trials:
        for event in EVENTS:
            yield from _scores(dataset, trial.file, trial, [_compared(trial, event)], published or {})
    for method, reference, condition in keys:
        same = [
            each
            for each in trials
            if (each.method, each.reference_name, each.condition) == (method, reference, condition)
        ]
        for event in EVENTS:
            yield from _scores(dataset, "all", same[0], [_compared(each, event) for each in same], published or {})
        yield from _measure_scores(dataset, same)


def _compared(trial: Trial, event: str) -> Compared:
    matches: dict[float, list[Matches]] = {tolerance: [] for tolerance in TOLERANCES_S}
    outside = 0
    for side in SIDES:
        reference = (trial.reference.contacts_s if event == "initial_contact" else trial.reference.toe_offs_s)[side]
        found = np.array([each.time_s for each in trial.found if each.event == event and each.side == side])
        if trial.complete:
            looked = _looked_at(found, reference)
        else:
            looked = np.array([bool(np.any(np.abs(reference - each) <= 0.25)) for each in found], dtype=bool)
        if trial.method == PLATE_GAIT.method:
            reference = np.array([each for each in reference if np.any(np.abs(found - each) <= 0.25)])
        outside += int(np.sum(~looked))
        for tolerance, kept in matches.items():
            kept.append(match_events(found[looked], reference, tolerance))
    return Compared(
        event=event, condition=trial.condition, outside=outside,
        matches={tolerance: pooled(kept) for tolerance, kept in matches.items()},
    )  # fmt: skip


def _looked_at(found: Array, reference: Array) -> NDArray[np.bool_]:
    """Which detected events lie where the reference was looking."""
    if len(reference) < 2:
        return np.array([bool(np.any(np.abs(reference - each) <= 0.25)) for each in found], dtype=bool)
    gaps = np.diff(reference)
    holes = gaps > 1.5 * np.median(gaps)
    near = np.array([bool(np.any(np.abs(reference - each) <= 0.25)) for each in found], dtype=bool)
    place = np.searchsorted(reference, found) - 1
    inside = (place >= 0) & (place < len(gaps))
    in_hole = np.zeros(len(found), dtype=bool)
    in_hole[inside] = holes[place[inside]]
    return near | (inside & ~in_hole)


def _scores(
    dataset: str, file: str, trial: Trial, compared: Sequence[Compared], published: Published
) -> Iterator[Score]:
    event = compared[0].event
    measure = f"{event}_against_{trial.reference_name}" if trial.reference_name else event
    together = {tolerance: pooled([each.matches[tolerance] for each in compared]) for tolerance in TOLERANCES_S}
    wide = together[0.25]
    reference = len(wide.errors_s) + wide.missed
    if not reference:
        return
    errors_ms = 1000.0 * np.asarray(wide.errors_s)
    figures: list[tuple[str, float, int, str]] = []
    for tolerance, match in together.items():
        figures.append((f"f1_{round(1000 * tolerance)}ms", match.f1, reference, ""))
    figures.append(("precision_100ms", together[0.1].precision, reference, ""))
    if len(errors_ms):
        figures += [
            ("median_abs_error_ms", float(np.median(np.abs(errors_ms))), len(errors_ms), "ms"),
            ("median_signed_error_ms", float(np.median(errors_ms)), len(errors_ms), "ms"),
            ("max_abs_error_ms", float(np.max(np.abs(errors_ms))), len(errors_ms), "ms"),
        ]
    figures.append(("outside_reference", float(sum(each.outside for each in compared)), reference, ""))
    for metric, value, n, unit in figures:
        figure, source = published.get((event, trial.condition, metric), (None, ""))
        to_beat = figure if not trial.reference_name and trial.method != PLATE_GAIT.method else None
        yield Score(
            dataset=dataset, file=file, measure=measure, method=trial.method, metric=metric, value=value, n=n,
            unit=unit, condition=trial.condition, published=to_beat, source=source if to_beat is not None else "",
        )  # fmt: skip


def _measure_scores(dataset: str, trials: Sequence[Trial]) -> Iterator[Score]:
    """Mean absolute error of what is computed from the events, against the same formulas on the reference's events."""
    errors: dict[str, list[float]] = {}
    for trial in trials:
        if not trial.complete or trial.method == PLATE_GAIT.method:
            continue
        truth = walk_from(trial.reference, method="reference")
        expected, _ = summarise(truth, Recording(id="reference", source="", streams={}))
        ours = {each.ref: each.value for each in trial.measured}
        for each in expected:
            if each.measure in COMPARED and each.ref in ours:
                errors.setdefault(each.measure, []).append(ours[each.ref] - each.value)
    for measure, found in errors.items():
        unit = {"gait.cadence": "steps/min", "gait.stance_percent": "%"}.get(measure, "s")
        for metric, value in (("mae", float(np.mean(np.abs(found)))), ("bias", float(np.mean(found)))):
            yield Score(
                dataset=dataset, file="all", measure=measure, method=trials[0].method, metric=metric, value=value,
                n=len(found), condition=trials[0].condition, unit=unit,
            )  # fmt: skip


def _count(falls: Footfalls) -> int:
    return sum(len(times) for times in (*falls.contacts_s.values(), *falls.toe_offs_s.values()))

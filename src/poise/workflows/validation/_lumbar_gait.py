"""How far off gait from the lower back is, ours or other software's, against a reference of walking bouts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from poise.readers.mobilised import ReferenceBout
from poise.workflows.validation.scores import Matches, Score, match_events, pooled

TOLERANCE_S = 0.2
GIVEN, FOUND = "bouts given", "bouts found"
VALUES: Mapping[str, str] = {"gait.speed": "m/s", "gait.stride_length": "m", "gait.cadence": "steps/min"}
Key = tuple[str, str, str]

PEERS = "reference/peers.md 4.1: mobgap 1.2.0 on nine trials of three people"
PUBLISHED: Mapping[Key, float] = {
    (GIVEN, "initial_contact", "f1_200ms"): 0.765,
    (GIVEN, "initial_contact", "mean_abs_error_ms"): 79.0,
    (GIVEN, "initial_contact", "bias_ms"): -51.0,
    (FOUND, "initial_contact", "f1_200ms"): 0.628,
    (FOUND, "initial_contact", "mean_abs_error_ms"): 71.0,
    (FOUND, "initial_contact", "bias_ms"): -51.0,
    (FOUND, "gait.speed", "mae"): 0.082,
    (FOUND, "gait.stride_length", "mae"): 0.100,
    (FOUND, "gait.cadence", "mae"): 2.66,
    (GIVEN, "gait.speed", "mae"): 0.082,
    (GIVEN, "gait.stride_length", "mae"): 0.100,
    (GIVEN, "gait.cadence", "mae"): 2.66,
}


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One detected initial contact; side None where the method does not tell."""

    time_s: float
    side: str | None = None


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What a method made of one trial under one condition, beside the reference's bouts.

    `values` has one mean a bout for each of `VALUES`: those of the reference's bouts where they were given, of its own
    where it found them.
    """

    file: str
    condition: str
    reference: Sequence[ReferenceBout]
    contacts: Sequence[Contact]
    values: Mapping[str, Sequence[float]] = field(default_factory=dict)


def scores(dataset: str, method: str, trials: Sequence[Trial]) -> Iterator[Score]:
    """All figures, trial by trial, then pooled (contacts) or averaged over trials (values), by condition.

    Trials without a reference bout are passed over. With bouts given, a detection counts when it lies inside a bout or
    within the tolerance of its edges; with bouts found, every detection of the trial counts, so walking that the
    reference did not see counts against the method.
    """
    known = [trial for trial in trials if trial.reference]
    for trial in known:
        yield from _figures(dataset, method, trial.file, [trial])
    for condition in sorted({trial.condition for trial in known}):
        yield from _figures(dataset, method, "all", [trial for trial in known if trial.condition == condition])


def _figures(dataset: str, method: str, file: str, trials: Sequence[Trial]) -> Iterator[Score]:
    condition = trials[0].condition
    rows = [*_contact_rows(trials), *_value_rows(trials)]
    for measure, metric, value, n, unit in rows:
        published = PUBLISHED.get((condition, measure, metric)) if file == "all" else None
        yield Score(
            dataset=dataset, file=file, measure=measure, method=method, metric=metric, value=value, n=n,
            condition=condition, unit=unit, published=published, source=PEERS if published is not None else "",
        )  # fmt: skip


Row = tuple[str, str, float, int, str]


def _contact_rows(trials: Sequence[Trial]) -> Iterator[Row]:
    matched = pooled([match for trial in trials for match in _matches(trial)])
    wanted = len(matched.errors_s) + matched.missed
    yield "initial_contact", "f1_200ms", matched.f1, wanted, ""
    yield "initial_contact", "precision_200ms", matched.precision, wanted, ""
    yield "initial_contact", "recall_200ms", matched.recall, wanted, ""
    errors_ms = 1000.0 * np.array(matched.errors_s)
    if len(errors_ms):
        for metric, value in (
            ("mean_abs_error_ms", np.abs(errors_ms).mean()),
            ("median_abs_error_ms", np.median(np.abs(errors_ms))),
            ("bias_ms", errors_ms.mean()),
        ):
            yield "initial_contact", metric, float(value), len(errors_ms), "ms"
    sides = [right for trial in trials for right in _sides(trial)]
    if sides:
        yield "initial_contact_side", "accuracy", float(np.mean(sides)), len(sides), ""


def _matches(trial: Trial) -> Iterator[Matches]:
    found = np.array([contact.time_s for contact in trial.contacts])
    if trial.condition == FOUND:
        yield match_events(found, [time_s for bout in trial.reference for time_s in _times(bout)], TOLERANCE_S)
        return
    for bout in trial.reference:
        inside = (found >= bout.start_s - TOLERANCE_S) & (found <= bout.end_s + TOLERANCE_S)
        yield match_events(found[inside], _times(bout), TOLERANCE_S)


def _times(bout: ReferenceBout) -> list[float]:
    return [contact.time_s for contact in bout.initial_contacts]


def _sides(trial: Trial) -> Iterator[bool]:
    """Whether the side is right, for every detection that is near a reference contact and tells its side."""
    reference = [contact for bout in trial.reference for contact in bout.initial_contacts]
    for contact in trial.contacts:
        nearest = min(reference, key=lambda each: abs(each.time_s - contact.time_s), default=None)
        if nearest is not None and contact.side and abs(nearest.time_s - contact.time_s) <= TOLERANCE_S:
            yield nearest.side == contact.side


def _value_rows(trials: Sequence[Trial]) -> Iterator[Row]:
    """Mean absolute and signed error per trial: the mean over its bouts against the mean over the reference's."""
    for measure, unit in VALUES.items():
        errors = [error for trial in trials if np.isfinite(error := _error(trial, measure))]
        if errors:
            yield measure, "mae", float(np.mean(np.abs(errors))), len(errors), unit
            yield measure, "bias", float(np.mean(errors)), len(errors), unit


def _error(trial: Trial, measure: str) -> float:
    wanted = _mean(_reference_value(bout, measure) for bout in trial.reference)
    return _mean(trial.values.get(measure, ())) - wanted


def _reference_value(bout: ReferenceBout, measure: str) -> float:
    return {
        "gait.speed": bout.speed_m_s, "gait.stride_length": bout.stride_length_m,
        "gait.cadence": bout.cadence_steps_min,
    }[measure]  # fmt: skip


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")

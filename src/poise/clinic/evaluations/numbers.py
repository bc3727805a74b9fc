"""The numbers of an evaluation as a table, against the earlier evaluation, and one number over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from poise.clinic.evaluations import bands, told, words
from poise.clinic.evaluations.models import AnalysisFacts, Evaluation, Measurement
from poise.clinic.people.models import Patient
from poise.progress import two_points
from poise.progress.reliability import Z95

MOST_OVER_TIME = 400
MAIN = frozenset(
    {
        "gait.speed",
        "gait.cadence",
        "gait.stride_length",
        "gait.step_length",
        "gait.step_width",
        "gait.stance_percent",
        "gait.double_support_percent",
        "gait.step_time_cv",
        "gait.stride_time_cv",
        "gait.profile_score",
        "gait.stance_time_asymmetry",
        "gait.step_length_asymmetry",
        "joint.knee.flexion.rom",
        "joint.hip.flexion.rom",
        "joint.ankle.dorsiflexion.rom",
        "balance.sway_velocity",
        "balance.sway_area_95",
        "balance.stance_time",
        "balance.load_asymmetry",
        "rep.count",
        "rep.clean_count",
        "rep.quality",
        "rep.rom",
        "rep.time",
        "sts.count",
        "sts.time_5",
        "sts.count_30s",
        "sts.rise_time",
        "sts.load_asymmetry",
        "tug.time",
        "tug.turn_time",
        "jps.absolute_error",
        "jps.constant_error",
        "jps.cervical_error",
    }
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One number of the table; `change` against the earlier evaluation, real only beyond the measurement error."""

    row: Measurement
    name: str
    kind: str
    side: str | Promise
    value: str
    how: str
    conditions: str
    before: str = ""
    change: str = ""
    is_real: bool | None = None
    smallest: str = ""
    is_main: bool = True


def table(evaluation: Evaluation, before: Evaluation | None) -> list[Line]:
    """Every number that counts, with what it was in the earlier evaluation."""
    rows = _standing(evaluation)
    earlier = {_key(each): each for each in _standing(before)} if before else {}
    return [_line(each, earlier.get(_key(each))) for each in rows]


def _standing(evaluation: Evaluation) -> QuerySet[Measurement]:
    return (
        evaluation.measurements.filter(corrected_at=None)
        .exclude(analysis__recording__removed_at__isnull=False)
        .select_related("analysis__recording")
        .order_by("measure", "side", "taken_at", "pk")
    )


def _key(row: Measurement) -> tuple[object, ...]:
    """Only like is compared with like: the same measure and side, the same method, the same conditions."""
    conditions = {name: value for name, value in row.conditions.items() if name not in {"of", "trial"}}
    return row.measure, row.side, row.method, row.unit, tuple(sorted((k, str(v)) for k, v in conditions.items()))


def _line(row: Measurement, before: Measurement | None) -> Line:
    how = row.analysis.recording.name if row.analysis else str(words.INSTRUMENTS.get(row.instrument, ""))
    smallest = smallest_real_change(row)
    change = (
        two_points.change(before.value, row.value, higher_is_better=True, beyond_error=smallest) if before else None
    )
    return Line(
        row=row, name=words.measure_label(row.measure, row.label), kind=_kind(row), side=words.SIDES.get(row.side, ""),
        value=words.number(row.value, row.unit), how=how, conditions=_conditions(row),
        before=words.number(before.value, before.unit) if before else "",
        change=_signed(change.improvement, row.unit) if change else "",
        is_real=change.is_real if change and smallest else None,
        smallest=words.number(smallest, row.unit) if smallest else "", is_main=_is_main(row),
    )  # fmt: skip


def smallest_real_change(row: Measurement) -> float | None:
    """The smallest change that is more than measuring alone shows: the published one, else by the number's own error.

    None where neither is known.
    """
    from poise.knowledge import library

    published = (each for each in library.changes_for(row.measure) if each.kind == "mdc" and each.used)
    by_error = Z95 * 2**0.5 * row.error if row.error else None
    return next((each.value for each in published if each.unit == row.unit), by_error)


def _signed(change: float, unit: str) -> str:
    return ("+" if change > 0 else "") + words.number(change, unit)


def _kind(row: Measurement) -> str:
    return _("typed") if row.analysis_id is None else row.measure.partition(".")[0]


def _is_main(row: Measurement) -> bool:
    """What a sheet shows first: typed numbers, and of recordings what is told of the whole task."""
    return row.analysis_id is None or row.measure in MAIN or "comparison" in row.conditions


def _conditions(row: Measurement) -> str:
    named = ((name, str(value)) for name, value in row.conditions.items())
    return ", ".join(str(words.CONDITIONS[pair]) for pair in named if pair in words.CONDITIONS)


@dataclass(frozen=True, kw_only=True)
class Series:
    """One measure over time."""

    name: str
    unit: str
    picture: SafeString
    lines: tuple[Line, ...]
    is_cut: bool

    @property
    def has_sides(self) -> bool:
        """Whether left and right are told apart."""
        return any(each.row.side for each in self.lines)


def series(patient: Patient, measure: str, *, like: Evaluation) -> Series | None:
    """A measure over all of the patient's evaluations; None where it was never measured."""
    rows = list(
        Measurement.objects.filter(patient=patient, measure=measure, corrected_at=None)
        .exclude(analysis__recording__removed_at__isnull=False)
        .select_related("analysis__recording")
        .order_by("-taken_at", "-pk")[:MOST_OVER_TIME]
    )[::-1]
    if not rows:
        return None
    low, high = _usual(like, measure)
    points = [bands.Point(at=each.taken_at, value=each.value, side=each.side, like=_key(each)) for each in rows]
    return Series(
        name=words.measure_label(measure, rows[-1].label), unit=words.UNITS.get(rows[-1].unit, rows[-1].unit),
        picture=bands.over_time(points, rows[-1].unit, low=low, high=high),
        lines=tuple(_line(row, before) for row, before in zip(rows, _befores(rows), strict=True)),
        is_cut=len(rows) == MOST_OVER_TIME,
    )  # fmt: skip


def _befores(rows: Sequence[Measurement]) -> list[Measurement | None]:
    """For each number the one before it that it may be compared with."""
    last: dict[tuple[object, ...], Measurement] = {}
    found = []
    for row in rows:
        found.append(last.get(_key(row)))
        last[_key(row)] = row
    return found


def _usual(evaluation: Evaluation, measure: str) -> tuple[float | None, float | None]:
    """The usual range that a finding of this evaluation was judged by, if one was."""
    for row in evaluation.findings.filter(withdrawn_at=None):
        if (
            row.reference.get("measure") == measure
            and row.because
            and row.because[0]["unit"] == row.reference.get("unit")
        ):
            return told.limits_of(row.reference)
    return None, None


def papers(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The reports of the evaluation's recordings."""
    rows = AnalysisFacts.objects.filter(
        test__evaluation=evaluation, superseded_at=None, analysis__recording__removed_at=None
    ).select_related("analysis__recording", "test")
    return [
        {
            "facts": each,
            "recording": each.analysis.recording,
            "test": words.test_name(each.test.test) if each.test else "",
        }
        for each in rows
    ]


def tests(evaluation: Evaluation) -> list[dict[str, Any]]:
    """How each test ended."""
    rows = evaluation.tests.filter(removed_at=None).order_by("order", "pk")
    return [{"row": each, "name": words.test_name(each.test), "state": words.STATES[each.state]} for each in rows]

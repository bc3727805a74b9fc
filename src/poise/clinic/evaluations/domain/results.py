"""What an analysis found, as rows of the evaluation. Call it in the transaction that finishes the job."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from poise.clinic.evaluations.domain import battery
from poise.clinic.evaluations.domain.evaluations import check_not_finished
from poise.clinic.evaluations.domain.withdrawal import withdraw
from poise.clinic.evaluations.models import Evaluation, FoundFinding, Measurement, PlannedTest
from poise.clinic.recordings.models import Analysis, StoredRecording
from poise.model import Assessment, Comparison
from poise.model import Finding as Found
from poise.model import Measurement as Measured

MOST_ROWS = 4000


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where rows belong: the recording, its analysis, the test and the evaluation it was made for, if any."""

    recording: StoredRecording
    analysis: Analysis
    test: PlannedTest | None
    evaluation: Evaluation | None


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A finding with its moment and its place among the pictures that were stored."""

    finding: Found
    moment_s: float | None
    picture: int


def supersede(place: Place) -> dict[tuple[str, str], str]:
    """Takes back what earlier analyses of the recording gave for this test (or for none).

    Returns what a clinician had said, by finding and side.

    Raises
    ------
    Closed
        The evaluation was finished since this analysis was asked for: what was judged there stands.
    """
    of_this = Q(facts__test=place.test) | Q(facts__test=None)
    before = Analysis.objects.filter(of_this, recording=place.recording).exclude(pk=place.analysis.pk)
    if place.evaluation is not None and before.filter(usable=True, facts__superseded_at=None).exists():
        check_not_finished(place.evaluation)
    old = withdraw(list(before.values_list("pk", flat=True)), because=_("the recording was analysed anew"))
    return {
        (row.finding, row.side): f"{row.judgement}: {row.reason}"
        for row in old
        if row.judgement != FoundFinding.Judgement.OPEN and "of" not in row.details
    }


def write_measurements(place: Place, assessment: Assessment) -> None:
    """A row for each number."""
    Measurement.objects.bulk_create(
        [_measurement(place, each, label_of(each, assessment), dict(assessment.conditions))
         for each in assessment.measurements[:MOST_ROWS]],
        batch_size=500,
    )  # fmt: skip


def write_findings(
    place: Place, assessment: Assessment, drawn: Sequence[Drawn], said: dict[tuple[str, str], str]
) -> None:
    """A row for each finding, open: nothing is accepted by default."""
    for each in drawn:
        row = finding_row(place, each.finding, assessment)
        row.details |= {"kind": "recording", "moment_s": each.moment_s, "picture": each.picture}
        if earlier := said.get((row.finding, row.side)):
            row.details["said_before"] = earlier
        row.save(force_insert=True)


def finding_row(place: Place, found: Found, assessment: Assessment) -> FoundFinding:
    """One finding as a row, not saved."""
    told = _plain(found)
    return FoundFinding(
        patient_id=place.recording.patient_id, evaluation=place.evaluation, test=place.test, analysis=place.analysis,
        finding=found.finding, name=found.name[:200], side=found.side or "none", severity=found.severity,
        confidence=round(found.confidence, 3), group=battery.group_of(found.finding),
        because=[_because(each, label_of(each, assessment)) for each in found.because], reference=told["reference"],
        unseen=list(found.unseen),
        details={name: told[name] for name in ("sentence", "deviation", "error", "smallest_real_change", "unit",
                                               "meaning", "ask", "compared")},
    )  # fmt: skip


def _plain(found: Found) -> dict[str, Any]:
    """The finding as the stable JSON tells it."""
    from poise.codecs.json import recording as as_json

    plain: dict[str, Any] = as_json(Assessment(source="", id="", findings=(found,)))["findings"][0]
    return plain


def write_comparisons(
    place: Place, comparisons: Sequence[Comparison], assessment: Assessment, ids: dict[str, UUID]
) -> None:
    """What several recordings of the evaluation show together; what is there already is not written again."""
    assert place.evaluation is not None
    known = _known(place.evaluation)
    for comparison in comparisons:
        of = sorted(str(ids[each]) for each in comparison.of if each in ids)
        if len(of) < 2 or (comparison.name, tuple(of)) in known:
            continue
        conditions = {"comparison": comparison.name, "varied": comparison.varied, "of": of}
        Measurement.objects.bulk_create(
            _measurement(place, each, label_of(each, assessment), conditions) for each in comparison.measurements
        )
        for found in comparison.findings:
            row = finding_row(place, found, assessment)
            row.details |= {"kind": "comparison", "comparison": comparison.name, "of": of}
            row.save(force_insert=True)


def _known(evaluation: Evaluation) -> set[tuple[str, tuple[str, ...]]]:
    held = evaluation.measurements.filter(corrected_at=None, analysis__isnull=False).values_list(
        "conditions", flat=True
    )
    return {(each["comparison"], tuple(each["of"])) for each in held if "comparison" in each}


def _measurement(place: Place, measured: Measured, label: str, conditions: dict[str, Any]) -> Measurement:
    return Measurement(
        patient_id=place.recording.patient_id, evaluation=place.evaluation, test=place.test, analysis=place.analysis,
        measure=measured.measure[:80], side=measured.side or "", value=float(measured.value), unit=measured.unit[:20],
        n=max(0, int(measured.n)), sd=_finite(measured.sd), start_s=_finite(measured.start_s),
        end_s=_finite(measured.end_s), valid_fraction=_finite(measured.valid_fraction), method=measured.method[:200],
        taken_at=place.recording.recorded_at, label=label[:120], error=_finite(measured.error), conditions=conditions,
    )  # fmt: skip


def _because(measured: Measured, label: str) -> dict[str, Any]:
    return {
        "measure": measured.measure, "side": measured.side or "", "value": round(float(measured.value), 6),
        "unit": measured.unit, "n": int(measured.n), "sd": _finite(measured.sd), "label": label,
        "method": measured.method, "start_s": _finite(measured.start_s), "end_s": _finite(measured.end_s),
        "valid_fraction": _finite(measured.valid_fraction),
    }  # fmt: skip


def label_of(measured: Measured, assessment: Assessment) -> str:
    """What the measure is called, in plain words."""
    from poise.documents.words import label

    return label(measured.measure, assessment)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

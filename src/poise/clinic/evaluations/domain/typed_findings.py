"""The findings that typed numbers raise, kept in step with them: what no longer holds is withdrawn, never deleted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.design.banner import age_on
from poise.clinic.evaluations.domain import battery, detection
from poise.clinic.evaluations.models import Evaluation, FoundFinding, Measurement, PlannedTest
from poise.clinic.people.models import Patient
from poise.knowledge.clinical import library


def detected(evaluation: Evaluation) -> tuple[detection.Detected, ...]:
    """What the typed numbers show, with what lies within the error of measurement."""
    rows = evaluation.measurements.filter(analysis=None, corrected_at=None).order_by("measure", "side", "pk")
    tests = evaluation.tests.exclude(state__in=[PlannedTest.State.SKIPPED]).values_list("test", flat=True)
    return detection.detect(
        [library().tests[name] for name in tests if name in library().tests],
        [_value(row) for row in rows],
        person_of(evaluation.patient, evaluation.started_at.date()),
        condition=evaluation.condition,
    )


def within_error(evaluation: Evaluation) -> list[detection.Detected]:
    """What is past a limit by no more than the error of measurement: no finding, but told."""
    return [each for each in detected(evaluation) if each.within_error]


def person_of(patient: Patient, day: date) -> detection.Person:
    """Age and sex as the bands ask for them."""
    age = float(age_on(day, patient.birth_date))
    return detection.Person(age_years=age, sex=patient.sex if patient.sex in {"f", "m"} else "")


def refresh(by: Actor, evaluation: Evaluation) -> None:
    """Brings the findings of typed numbers into step; call it in the transaction that changed a number."""
    now = {_key(each): each for each in detected(evaluation) if not each.within_error}
    standing = evaluation.findings.filter(analysis=None, withdrawn_at=None, details__kind="typed")
    kept = set()
    for row in standing:
        key = (row.finding, row.side, row.details.get("measure", ""))
        hit = now.get(key)
        if hit is not None and row.details.get("value") == hit.value.value and row.severity == hit.severity:
            kept.add(key)
            continue
        row.withdrawn_at, row.withdrawn_because = timezone.now(), _("the number it rested on was corrected")
        row.save(update_fields=["withdrawn_at", "withdrawn_because"])
    for key, hit in now.items():
        if key not in kept:
            _found(by, evaluation, hit).save()


def _key(hit: detection.Detected) -> tuple[str, str, str]:
    return hit.finding.id, hit.value.side, hit.value.measure


def _value(row: Measurement) -> detection.Value:
    return detection.Value(
        measure=row.measure, side=row.side or "none", value=row.value, unit=row.unit, instrument=row.instrument,
        id=str(row.pk),
    )  # fmt: skip


def _found(by: Actor, evaluation: Evaluation, hit: detection.Detected) -> FoundFinding:
    finding, value = hit.finding, hit.value
    row = Measurement.objects.get(pk=value.id)
    return FoundFinding(
        patient_id=evaluation.patient_id, evaluation=evaluation, test=row.test, finding=finding.id,
        name=finding.name.en,
        side=value.side, severity=hit.severity, confidence=hit.confidence, group=battery.group_of(finding.id),
        because=[_because(row)], reference=_reference(hit), unseen=_unseen(hit), made_by_id=by.user_id,
        details={
            "kind": "typed", "measure": value.measure, "value": value.value, "deviation": hit.deviation,
            "limit": hit.limit,
            "error": hit.error, "unit": value.unit, "meaning": finding.meaning, "ask": finding.asks,
            "smallest_real_change": round(2.77 * hit.error, 3) if hit.error else None,
        },
    )  # fmt: skip


def _because(row: Measurement) -> dict[str, Any]:
    return {
        "measure": row.measure, "side": row.side, "value": row.value, "unit": row.unit, "n": row.n, "label": row.label,
        "method": row.method, "instrument": row.instrument, "id": row.pk,
    }  # fmt: skip


def _reference(hit: detection.Detected) -> dict[str, Any]:
    """The limit as the findings of recordings have theirs: the side that is usual, who, source, evidence."""
    finding = hit.finding
    usual_is_above = hit.op in {"<", "<="}
    titles = [library().sources[each].title for each in finding.sources]
    return {
        "measure": hit.value.measure, "unit": hit.value.unit, "low": hit.usual if usual_is_above else None,
        "high": None if usual_is_above else hit.usual,
        "population": _("limit for: %(finding)s") % {"finding": finding.clinical},
        "citation": "; ".join(titles), "evidence": finding.evidence, "basis": finding.basis,
    }  # fmt: skip


def _unseen(hit: detection.Detected) -> list[str]:
    told = []
    if hit.value.instrument == "observation":
        told.append(_("Seen by eye, not recorded: nobody else can check it."))
    if (hit.finding.basis) != "published":
        told.append(_("The limit is a starting value of ours or a teaching value, not a published norm."))
    return told

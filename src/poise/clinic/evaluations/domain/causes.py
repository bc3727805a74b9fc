"""The chain of a finding: symptom in the patient's words → finding → likely driver → technique. All can be edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.drafts.domain.versions import save_if_unchanged
from poise.clinic.evaluations.domain import battery
from poise.clinic.evaluations.models import ChainEdit, Evaluation, FoundFinding
from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import Technique, TriggerPoint

FIELDS = ("symptom", "group", "driver", "technique", "trigger_point")


@dataclass(frozen=True, kw_only=True)
class Link:
    """One finding's chain. What a clinician has not chosen is suggested, and says so."""

    finding: FoundFinding
    symptom: str
    driver: str
    technique: Technique | None
    trigger_point: TriggerPoint | None
    suggested: frozenset[str]
    drivers: tuple[str, ...]
    techniques: tuple[Technique, ...]
    trigger_points: tuple[TriggerPoint, ...]


def links(evaluation: Evaluation) -> list[Link]:
    """The chains of an evaluation's findings: the accepted first; rejected and withdrawn ones are left out."""
    rows = evaluation.findings.filter(withdrawn_at=None).exclude(judgement=FoundFinding.Judgement.REJECTED)
    ordered = sorted(rows, key=lambda row: (row.judgement != "accepted", row.severity != "major", -row.confidence))
    return [link_of(row, evaluation) for row in ordered]


def link_of(row: FoundFinding, evaluation: Evaluation) -> Link:
    """The chain of one finding, with what could be chosen instead."""
    drivers = drivers_of(row.finding)
    techniques = techniques_of(row.finding, evaluation.condition)
    points = trigger_points_of(row, evaluation)
    symptom = row.symptom or (evaluation.symptoms[0] if len(evaluation.symptoms) == 1 else "")
    driver = row.driver or (drivers[0] if drivers else "")
    technique = library().techniques.get(row.technique) or (techniques[0] if techniques else None)
    return Link(
        finding=row, symptom=symptom, driver=driver, technique=technique,
        trigger_point=library().trigger_points.get(row.trigger_point),
        suggested=frozenset(name for name in ("symptom", "driver", "technique") if not getattr(row, name)),
        drivers=drivers, techniques=techniques, trigger_points=points,
    )  # fmt: skip


def drivers_of(finding: str) -> tuple[str, ...]:
    """What most likely drives a finding, likeliest first, as the clinical knowledge lists it."""
    known = library().findings.get(battery.clinical_id(finding))
    return known.causes if known else ()


def techniques_of(finding: str, condition: str = "") -> tuple[Technique, ...]:
    """The techniques for a finding: its own first choices; of these, those for the condition too come first."""
    held = library()
    known = held.findings.get(battery.clinical_id(finding))
    names = dict.fromkeys(known.techniques if known else ())
    names |= dict.fromkeys(
        each.id for each in held.techniques.values() if known and known.id in each.indications.findings
    )
    found = [held.techniques[name] for name in names]
    return (
        tuple(sorted(found, key=lambda each: condition not in each.indications.conditions))
        if condition
        else tuple(found)
    )


def trigger_points_of(row: FoundFinding, evaluation: Evaluation) -> tuple[TriggerPoint, ...]:
    """Tender spots in the finding's zone, those that were palpated first: soft tissue beside movement."""
    held = library()
    known = held.findings.get(battery.clinical_id(row.finding))
    if known is None:
        return ()
    zone = held.zone_of(known.region)
    palpated = palpated_points(evaluation)
    near = [
        each
        for each in held.trigger_points.values()
        if each.id in palpated
        or (zone and zone in {held.zone_of(held.muscles[each.muscle].region), *map(held.zone_of, each.main)})
    ]
    return tuple(sorted(near, key=lambda each: each.id not in palpated))


def palpated_points(evaluation: Evaluation) -> Mapping[str, str]:
    """The trigger points that were palpated on the newest pain maps (id → side)."""
    if not hasattr(evaluation, "_palpated"):
        from poise.clinic.charts.models import PainMark

        held_marks = PainMark.objects.filter(map__patient=evaluation.patient_id, removed_at=None)
        marks = held_marks.filter(kind="trigger_point").order_by("-map__on", "-made_at")
        newest_last = list(marks[:50])[::-1]
        evaluation._palpated = {each.trigger_point: each.side for each in newest_last if each.trigger_point}  # type: ignore[attr-defined]
    held: Mapping[str, str] = evaluation._palpated  # type: ignore[attr-defined]
    return held


def edit(
    by: Actor, finding: FoundFinding, changes: Mapping[str, str], *, reason: str = "", seen_version: int
) -> FoundFinding:
    """Changes arrows of a finding's chain; what stood there before is kept.

    Raises
    ------
    ChangedMeanwhile
        A colleague has changed it meanwhile.
    """
    changed = [name for name in FIELDS if name in changes and changes[name] != getattr(finding, name)]
    if not changed:
        return finding
    before = {name: getattr(finding, name) for name in changed}
    with transaction.atomic():
        for name in changed:
            setattr(finding, name, changes[name])
        save_if_unchanged(finding, seen_version=seen_version, fields=changed)
        ChainEdit.objects.create(finding=finding, before=before, reason=reason[:300], made_by_id=by.user_id)
        chain.record(by, "finding.judge", patient_id=finding.patient_id, what="finding", what_id=finding.pk,
                     detail={"fields": changed})  # fmt: skip
    return finding

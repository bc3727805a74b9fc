"""Accepting and rejecting findings. Nothing is accepted by default; every word said stays."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.drafts.domain.versions import save_if_unchanged
from poise.clinic.evaluations.domain.faults import NeedsReason
from poise.clinic.evaluations.models import FoundFinding, Judged

Judgement = FoundFinding.Judgement
FIELDS = ["judgement", "reason", "judged_by", "judged_at"]


def judge(by: Actor, finding: FoundFinding, *, judgement: str, reason: str, seen_version: int) -> FoundFinding:
    """Accepts or rejects a finding, with the reason.

    Raises
    ------
    NeedsReason
        None was given, or it is neither accepted nor rejected.
    ChangedMeanwhile
        A colleague has judged it meanwhile.
    """
    if judgement not in {Judgement.ACCEPTED, Judgement.REJECTED}:
        raise NeedsReason(_("Accept it or reject it."))
    if not reason.strip():
        raise NeedsReason(_("Say why, in a few words, or choose a reason."))
    return _write(by, finding, judgement, reason.strip()[:300], seen_version)


def take_back(by: Actor, finding: FoundFinding, *, reason: str = "", seen_version: int) -> FoundFinding:
    """Takes a judgement back: the finding is open again, and what was said of it stays in its history.

    Raises
    ------
    ChangedMeanwhile
        A colleague has judged it meanwhile.
    """
    return _write(by, finding, Judgement.OPEN, reason.strip()[:300], seen_version)


def _write(by: Actor, finding: FoundFinding, judgement: str, reason: str, seen_version: int) -> FoundFinding:
    with transaction.atomic():
        finding.judgement, finding.reason = judgement, reason
        finding.judged_by_id = by.user_id if judgement != Judgement.OPEN else None
        finding.judged_at = timezone.now() if judgement != Judgement.OPEN else None
        save_if_unchanged(finding, seen_version=seen_version, fields=FIELDS)
        Judged.objects.create(finding=finding, judgement=judgement, reason=reason, made_by_id=by.user_id)
        chain.record(by, "finding.judge", patient_id=finding.patient_id, what="finding", what_id=finding.pk,
                     detail={"judgement": judgement})  # fmt: skip
    return finding

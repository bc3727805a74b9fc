"""The tests of an evaluation: adding, taking out, doing, leaving out."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.drafts.domain.versions import save_if_unchanged
from poise.clinic.evaluations.domain.evaluations import active_precautions, hold_open
from poise.clinic.evaluations.domain.faults import NeedsReason, NotProposable
from poise.clinic.evaluations.domain.proposal import forbidden
from poise.clinic.evaluations.models import Evaluation, PlannedTest
from poise.knowledge.clinical import library

State = PlannedTest.State


def add(by: Actor, evaluation: Evaluation, *, test: str, reason: str) -> PlannedTest:
    """Adds a test to the set, with the reason. One that was taken out comes back.

    A test that a precaution speaks against may still be chosen by a licensed clinician: the reason says why.

    Raises
    ------
    NotProposable, NeedsReason, Closed, Blocked
        Nothing was written.
    """
    known = library().tests.get(test)
    if known is None:
        raise NotProposable(_("There is no such test."), found=test)
    if not reason.strip():
        raise NeedsReason(_("Say why this test is added."))
    against = [each.id for each in forbidden(known, active_precautions(evaluation.episode))]
    because = ["added", *(f"against:{each}" for each in against)]
    with transaction.atomic():
        hold_open(evaluation)
        planned, made = PlannedTest.objects.get_or_create(
            evaluation=evaluation, test=test,
            defaults={"order": known.order, "proposed_because": because, "reason": reason[:300],
                      "made_by_id": by.user_id},
        )  # fmt: skip
        if not made:
            planned.removed_at, planned.reason = None, reason[:300]
            planned.proposed_because = list(dict.fromkeys([*planned.proposed_because, *because]))
            save_if_unchanged(
                planned, seen_version=planned.version, fields=["removed_at", "reason", "proposed_because"]
            )
        _record(by, planned, {"added": test, "against": against}, action="evaluation.edit")
    return planned


def take_out(by: Actor, planned: PlannedTest, *, reason: str, seen_version: int) -> None:
    """Takes a test out of the set, with the reason; what was measured in it stays.

    Raises
    ------
    NeedsReason, Closed, Blocked, ChangedMeanwhile
        Nothing was written.
    """
    if not reason.strip():
        raise NeedsReason(_("Say why this test is taken out."))
    with transaction.atomic():
        hold_open(planned.evaluation)
        planned.removed_at, planned.reason = timezone.now(), reason[:300]
        save_if_unchanged(planned, seen_version=seen_version, fields=["removed_at", "reason"])
        _record(by, planned, {"removed": planned.test}, action="evaluation.edit")


def leave_open(
    by: Actor, planned: PlannedTest, *, pain: int | None = None, note: str | None = None, seen_version: int
) -> None:
    """Puts a test back to what is still to do; what was noted of it is kept."""
    _set(by, planned, State.PROPOSED, reason="", pain=pain, note=note, seen_version=seen_version)


def skip(
    by: Actor, planned: PlannedTest, *, reason: str, pain: int | None = None, note: str | None = None, seen_version: int
) -> None:
    """Leaves a test out today, with the reason.

    Raises
    ------
    NeedsReason, Closed, Blocked, ChangedMeanwhile
        Nothing was written.
    """
    if not reason.strip():
        raise NeedsReason(_("Say why the test was left out."))
    _set(by, planned, State.SKIPPED, reason=reason, pain=pain, note=note, seen_version=seen_version)


def not_able(
    by: Actor, planned: PlannedTest, *, reason: str, pain: int | None = None, note: str | None = None, seen_version: int
) -> None:
    """The patient could not do the test, or it was stopped: said in words, never as a zero.

    Raises
    ------
    NeedsReason, Closed, Blocked, ChangedMeanwhile
        Nothing was written.
    """
    if not reason.strip():
        raise NeedsReason(_("Say what kept the patient from doing it, or why it was stopped."))
    _set(by, planned, State.NOT_ABLE, reason=reason, pain=pain, note=note, seen_version=seen_version)


def done(by: Actor, planned: PlannedTest, *, pain: int | None, note: str | None, seen_version: int) -> None:
    """Marks a test as done, with the pain during it and a note.

    Raises
    ------
    Closed, Blocked, ChangedMeanwhile
        Nothing was written.
    """
    _set(by, planned, State.DONE, reason="", pain=pain, note=note, seen_version=seen_version)


def _set(
    by: Actor, planned: PlannedTest, state: str, *, reason: str, pain: int | None, note: str | None, seen_version: int
) -> None:
    told = {"state": state, "reason": reason[:300], "pain": pain, "note": planned.note if note is None else note}
    changed = [name for name, value in told.items() if getattr(planned, name) != value]
    with transaction.atomic():
        hold_open(planned.evaluation)
        for name in changed:
            setattr(planned, name, told[name])
        save_if_unchanged(planned, seen_version=seen_version, fields=changed)
        _record(by, planned, {"state": state, "fields": changed})


def _record(by: Actor, planned: PlannedTest, detail: dict[str, object], *, action: str = "evaluation.measure") -> None:
    chain.record(by, action, patient_id=planned.evaluation.patient_id, what="test", what_id=planned.pk, detail=detail)

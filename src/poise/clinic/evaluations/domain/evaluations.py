"""An evaluation, from its start to its finish."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from textwrap import wrap

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain import episodes, precautions, safety
from poise.clinic.charts.models import Episode
from poise.clinic.drafts.domain.versions import save_if_unchanged
from poise.clinic.evaluations.domain import battery
from poise.clinic.evaluations.domain.faults import Blocked, Closed
from poise.clinic.evaluations.domain.proposal import Proposal, missing_parts, propose
from poise.clinic.evaluations.models import Evaluation, FoundFinding, PlannedTest
from poise.knowledge.clinical import library

KINDS = ("initial", "re-evaluation", "discharge")
LONGEST_SYMPTOM = 200
MOST_SYMPTOMS = 12


def start(
    by: Actor,
    episode: Episode,
    *,
    kind: str,
    condition: str = "",
    region: str = "",
    symptoms: Sequence[str] = (),
    without: Collection[str] = (),
) -> Evaluation:
    """Begins an evaluation of an episode with the proposed tests, except those named in `without`.

    It may begin under a red flag, for the safety screen belongs to it; nothing is measured until the lock is off.
    """
    proposal = propose(condition=condition, region=region, precautions=active_precautions(episode))
    with transaction.atomic():
        evaluation = Evaluation.objects.create(
            patient=episode.patient, episode=episode, kind=kind, condition=condition, region=region,
            symptoms=clean_symptoms(symptoms), made_by_id=by.user_id,
        )  # fmt: skip
        PlannedTest.objects.bulk_create(_planned(by, evaluation, proposal, without))
        chain.record(by, "evaluation.edit", patient_id=episode.patient_id, what="evaluation", what_id=evaluation.pk,
                     detail={"started": kind, "tests": len(proposal.tests)})  # fmt: skip
    return evaluation


def _planned(by: Actor, evaluation: Evaluation, proposal: Proposal, without: Collection[str]) -> list[PlannedTest]:
    return [
        PlannedTest(
            evaluation=evaluation, test=each.test.id, order=each.test.order, proposed_because=list(each.because),
            made_by_id=by.user_id,
        )
        for each in proposal.tests
        if each.test.id not in without or battery.is_first(each.test.id)
    ]  # fmt: skip


def clean_symptoms(said: Sequence[str]) -> list[str]:
    """The patient's words, one symptom each, without blanks and doubles."""
    words = (" ".join(each.split())[:LONGEST_SYMPTOM] for each in said)
    return list(dict.fromkeys(each for each in words if each))[:MOST_SYMPTOMS]


def as_symptoms(said: str) -> str:
    """Words of any length, a symptom a line, none longer than is kept."""
    return "\n".join(part for line in said.splitlines() for part in wrap(line, LONGEST_SYMPTOM))


def active_precautions(episode: Episode) -> frozenset[str]:
    """The contraindications (ids) that were answered with yes or not known, and whose weeks have not passed."""
    holding = precautions.holding(episode)
    return frozenset(each.contraindication.id for each in holding if each.precaution is not None)


def to_ask(episode: Episode, tests: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What nobody has asked yet and would speak against tests of a set: by contraindication, those tests (ids)."""
    known = library().tests
    standings = precautions.standings(episode)
    unasked = [each.contraindication.id for each in standings if each.answer == precautions.NOT_ASKED]
    speaks = {each: tuple(test for test in tests if each in known[test].contraindications) for each in unasked}
    return {each: against for each, against in speaks.items() if against}


def change_symptoms(
    by: Actor, evaluation: Evaluation, *, symptoms: Sequence[str], note: str, seen_version: int
) -> None:
    """Writes down the patient's words, and the note on the evaluation."""
    with transaction.atomic():
        evaluation.symptoms, evaluation.note = clean_symptoms(symptoms), note
        save_if_unchanged(evaluation, seen_version=seen_version, fields=["symptoms", "note"])
        chain.record(by, "evaluation.edit", patient_id=evaluation.patient_id, what="evaluation", what_id=evaluation.pk,
                     detail={"fields": ["symptoms", "note"]})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What is still open in an evaluation."""

    tests: int
    findings: int
    missing_parts: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether everything is done."""
        return not (self.tests or self.findings or self.missing_parts)


def undone(evaluation: Evaluation) -> Undone:
    """Tests that are neither done nor left out, findings nobody has judged, parts that no test stood for."""
    states = list(evaluation.tests.filter(removed_at=None).values_list("test", "state"))
    unjudged = evaluation.findings.filter(judgement=FoundFinding.Judgement.OPEN, withdrawn_at=None).count()
    done = [test for test, state in states if state == PlannedTest.State.DONE]
    parts = missing_parts(done, has_history=has_history(evaluation))
    return Undone(
        tests=sum(state == PlannedTest.State.PROPOSED for _test, state in states), findings=unjudged,
        missing_parts=tuple(each for each in parts if each not in battery.OPTIONAL),
    )  # fmt: skip


def has_history(evaluation: Evaluation) -> bool:
    """Whether a history was taken: written down in the episode, or an intake that was confirmed."""
    episode = evaluation.episode
    return bool(episode.history) or episode.intakes.filter(state="confirmed").exists()


def finish(by: Actor, evaluation: Evaluation, *, seen_version: int) -> Evaluation:
    """Ends the evaluation; what is still open is kept with it, as it was told."""
    left = undone(evaluation)
    with transaction.atomic():
        evaluation.state, evaluation.finished_at = Evaluation.State.FINISHED, timezone.now()
        evaluation.left_undone = [
            *([f"tests:{left.tests}"] if left.tests else []),
            *([f"findings:{left.findings}"] if left.findings else []),
            *(f"part:{each}" for each in left.missing_parts),
        ]
        save_if_unchanged(evaluation, seen_version=seen_version, fields=["state", "finished_at", "left_undone"])
        chain.record(by, "evaluation.edit", patient_id=evaluation.patient_id, what="evaluation", what_id=evaluation.pk,
                     detail={"finished": True, "undone": evaluation.left_undone})  # fmt: skip
    return evaluation


def reopen(by: Actor, evaluation: Evaluation, *, reason: str, seen_version: int) -> Evaluation:
    """Opens a finished evaluation again; the reason stands in its note."""
    with transaction.atomic():
        evaluation.state, evaluation.finished_at = Evaluation.State.OPEN, None
        evaluation.note = f"{evaluation.note}\n{reason}".strip()
        save_if_unchanged(evaluation, seen_version=seen_version, fields=["state", "finished_at", "note"])
        chain.record(by, "evaluation.edit", patient_id=evaluation.patient_id, what="evaluation", what_id=evaluation.pk,
                     detail={"reopened": True})  # fmt: skip
    return evaluation


def check_open(evaluation: Evaluation) -> None:
    """Nothing is measured in a finished evaluation, and nothing while a red flag locks the episode.

    Raises
    ------
    Closed, Blocked
        With what to do.
    """
    check_not_finished(evaluation)
    lock = safety.lock_of(evaluation.episode)
    if lock is not None:
        raise Blocked(
            _("Measuring is locked by a red flag."), found=", ".join(episodes.said(flag.name) for flag in lock.flags),
            do=_("Record a decision on the red flag first."),
        )  # fmt: skip


def check_not_finished(evaluation: Evaluation) -> None:
    """Nothing of a finished evaluation is changed unnoticed.

    Raises
    ------
    Closed
        With what to do.
    """
    if evaluation.state == Evaluation.State.FINISHED:
        raise Closed(_("This evaluation is finished."), do=_("Open it again first, with a reason, or start another."))


def hold_open(evaluation: Evaluation) -> None:
    """As `check_open`, and it stays so until the transaction is over: nobody finishes it, or measures, meanwhile.

    Raises
    ------
    Closed, Blocked
        As `check_open`.
    """
    evaluation.state = Evaluation.objects.select_for_update().only("state").get(pk=evaluation.pk).state
    check_open(evaluation)


def earlier(evaluation: Evaluation) -> Evaluation | None:
    """The same episode's evaluation before this one."""
    before = Evaluation.objects.filter(episode=evaluation.episode_id, started_at__lt=evaluation.started_at)
    return before.order_by("-started_at").first()

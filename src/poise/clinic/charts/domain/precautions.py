"""Precautions: the condition's contraindications, asked one by one. What is not known counts as yes.

For plans: `holding(episode)` gives those that are active today, by `clinical/rules.md` §1: a window counts in weeks
since surgery, `from` counted and `to` not; without a surgery date it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain.dates import weeks_since
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.domain.safety import ANSWERS, NO
from poise.clinic.charts.models import Episode, Precaution
from poise.clinic.drafts.domain.versions import save_if_unchanged
from poise.clinic.people.models import Side
from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import Contraindication

NOT_ASKED = "not_asked"
HOLDS, ABSENT, TO_COME, OVER, ASK = "holds", "absent", "to_come", "over", "ask"
STANDINGS = {
    HOLDS: _("Holds"),
    ABSENT: _("Does not apply"),
    TO_COME: _("Begins later"),
    OVER: _("Its weeks have passed"),
    ASK: _("Not asked yet"),
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was said about one contraindication."""

    answer: str
    note: str = ""
    zone: str = ""
    side: str = Side.NONE
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A contraindication in this episode: what was answered, and whether it holds today."""

    contraindication: Contraindication
    answer: str
    precaution: Precaution | None
    standing: str

    @property
    def words(self) -> object:
        """Where it stands, in words."""
        return STANDINGS[self.standing]


def standings(episode: Episode, today: date | None = None, rows: Iterable[Precaution] | None = None) -> list[Standing]:
    """The condition's contraindications and whatever else was recorded, each with where it stands today."""
    day = today or timezone.localdate()
    held = episode.precautions.filter(lifted_at=None).order_by("made_at") if rows is None else rows
    answered = {row.contraindication: row for row in held}
    asked = [each.id for each in library().precautions_of(episode.condition)]
    known = library().contraindications
    return [
        _standing(known[each], answered.get(each), episode, day)
        for each in dict.fromkeys([*asked, *answered]) if each in known
    ]  # fmt: skip


def not_asked(episode: Episode, contraindication: str) -> Standing:
    """Another contraindication than the condition's, to be asked."""
    return _standing(library().contraindications[contraindication], None, episode, timezone.localdate())


def holding(episode: Episode, today: date | None = None) -> list[Standing]:
    """Those that hold today."""
    return [each for each in standings(episode, today) if each.standing == HOLDS]


def answer_precautions(
    by: Actor, episode: Episode, answers: Mapping[str, Answer], *, seen_version: int | None = None
) -> list[Precaution]:
    """Keeps the answers that differ from what stands; the answers before them stay, marked as replaced.

    They are a part of the episode: its version grows with them. `seen_version` is the episode's when they were asked,
    None where the answers do not depend on what stood there.

    Raises
    ------
    Implausible
        An answer to no known contraindication, or none of yes, no, unknown.
    ChangedMeanwhile
        A colleague has changed the episode, or answered, since `seen_version`.
    """
    wrong = {each: _("Answer with yes, no or not known.") for each, told in answers.items()
             if each not in library().contraindications or told.answer not in ANSWERS}  # fmt: skip
    if wrong:
        raise Implausible(dict(wrong))
    with transaction.atomic():
        held = Episode.objects.select_for_update().get(pk=episode.pk)
        save_if_unchanged(episode, seen_version=held.version if seen_version is None else seen_version, fields=[])
        standing = {row.contraindication: row for row in episode.precautions.filter(lifted_at=None)}
        new = {each: told for each, told in answers.items() if _differs(standing.get(each), told)}
        replaced = [standing[each].pk for each in new if each in standing]
        Precaution.objects.filter(pk__in=replaced).update(lifted_at=timezone.now(), lifted_because="answered anew")
        made = [
            Precaution.objects.create(
                episode=episode, contraindication=each, answer=told.answer, note=told.note.strip()[:300],
                zone=told.zone, side=told.side or Side.NONE, since=told.since, made_by_id=by.user_id,
            )
            for each, told in new.items()
        ]  # fmt: skip
        chain.record(by, "episode.edit", patient_id=episode.patient_id, what="precautions", what_id=episode.pk,
                     detail={"answered": len(answers), "changed": sorted(new)})  # fmt: skip
    return made


def _differs(row: Precaution | None, told: Answer) -> bool:
    if row is None:
        return True
    before = (row.answer, row.note, row.zone, row.side, row.since)
    return before != (told.answer, told.note.strip()[:300], told.zone, told.side or Side.NONE, told.since)


def _standing(each: Contraindication, row: Precaution | None, episode: Episode, today: date) -> Standing:
    answer = row.answer if row else NOT_ASKED
    return Standing(contraindication=each, answer=answer, precaution=row, standing=_where(each, answer, episode, today))


def _where(each: Contraindication, answer: str, episode: Episode, today: date) -> str:
    if answer == NO:
        return ABSENT
    weeks = weeks_since(episode.surgery_on, today)
    if each.window_weeks and weeks is not None:
        start, end = each.window_weeks
        if not start <= weeks < end:
            return TO_COME if weeks < start else OVER
    # Fail closed: an absolute one that nobody asked about holds; a relative one waits to be asked.
    return ASK if answer == NOT_ASKED and each.level != "absolute" else HOLDS

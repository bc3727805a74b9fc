"""Outcome scores: entered with their date, checked against their scale, read against measurement error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.domain.together import Asked, ask
from poise.clinic.charts.models import OutcomeScore
from poise.clinic.people.models import Patient, Side
from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import Outcome
from poise.knowledge.score_change import ScoreChange, score_change
from poise.measures import questionnaires
from poise.progress.two_points import Change, Verdict, change

FIELDS = ("outcome", "score", "taken_on", "side", "episode", "note", "details")
MOST_POINTS = 60
VERDICTS = {
    Verdict.BETTER: _("Better: more than measurement error, and a difference people usually notice."),
    Verdict.MEASURABLY_BETTER: _("Measurably better: more than measurement error."),
    Verdict.PERHAPS_BETTER: _("Perhaps better, but within measurement error. Repeat the test."),
    Verdict.NOT_DETECTED: _("No change that this test can detect."),
    Verdict.WORSE: _("Worse by more than measurement error."),
    Verdict.CANNOT_SAY: _("Cannot say: the measurement error of this score is not known."),
}
NOT_WHAT_PEOPLE_NOTICE = _("Measurably better: more than measurement error, less than people usually notice.")
FORMS = {
    "om_ndi": (10, 50), "om_odi": (10, 50), "om_quickdash": (11, 55), "om_ikdc": (18, 87), "om_koos_jr": (7, 28),
    "om_hoos_jr": (6, 24),
}  # fmt: skip
"""Questionnaires whose sum is typed from the paper form: how many items, and the largest sum."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """A questionnaire over time, the oldest first, with what the change from the first to the last says."""

    outcome: Outcome
    side: str
    points: tuple[OutcomeScore, ...]
    limits: ScoreChange
    change: Change | None

    @property
    def first(self) -> OutcomeScore:
        """The baseline."""
        return self.points[0]

    @property
    def last(self) -> OutcomeScore:
        """The latest."""
        return self.points[-1]

    @property
    def words(self) -> str | Promise:
        """What the change says, in a sentence."""
        if self.change is None:
            return _("One score so far.")
        if self.change.verdict is Verdict.MEASURABLY_BETTER and self.limits.noticed is not None:
            return NOT_WHAT_PEOPLE_NOTICE
        return VERDICTS[self.change.verdict]


def record_score(by: Actor, patient: Patient, facts: Mapping[str, object]) -> OutcomeScore:
    """Keeps a score.

    Raises
    ------
    Implausible
        No such questionnaire, a score outside its scale, or a day that cannot be.
    """
    told = _plausible(patient, facts)
    with transaction.atomic():
        score = OutcomeScore.objects.create(patient=patient, made_by_id=by.user_id, **told)
        chain.record(by, "outcome.edit", patient_id=patient.pk, what="score", what_id=score.pk,
                     detail={"outcome": score.outcome})  # fmt: skip
    return score


def correct_score(by: Actor, wrong: OutcomeScore, facts: Mapping[str, object], *, because: str) -> OutcomeScore:
    """A new row in place of a wrong one, which stays and says why it was replaced.

    Raises
    ------
    Implausible
        No reason; a value that cannot be; or the row was corrected already.
    """
    kept = {name: getattr(wrong, name) for name in FIELDS}
    told = _plausible(wrong.patient, kept | dict(facts) | {"outcome": wrong.outcome})
    if not because.strip():
        raise Implausible({"because": _("Say why it is corrected.")})
    with transaction.atomic():
        replaced = OutcomeScore.objects.filter(pk=wrong.pk, corrected_at=None).update(
            corrected_at=timezone.now(), corrected_because=because.strip()[:300]
        )
        if not replaced:
            raise Implausible({"score": _("Someone corrected this score already. Look at it again.")})
        right = OutcomeScore.objects.create(patient=wrong.patient, corrects=wrong, made_by_id=by.user_id, **told)
        chain.record(by, "outcome.edit", patient_id=wrong.patient_id, what="score", what_id=right.pk,
                     detail={"outcome": right.outcome, "corrects": str(wrong.pk)})  # fmt: skip
    return right


def score_of_sum(outcome: str, total: float, answered: int) -> float | None:
    """The score that a paper form's sum of answers gives; None where too few were answered or the sum cannot be."""
    if outcome in {"om_ndi", "om_odi"}:
        return questionnaires.disability_index(total, answered)
    if outcome == "om_quickdash":
        return questionnaires.dash(total, answered, items=11) if answered else None
    if outcome == "om_ikdc":
        return questionnaires.ikdc(total, 87.0) if answered == FORMS["om_ikdc"][0] else None
    tables = {"om_koos_jr": questionnaires.koos_jr, "om_hoos_jr": questionnaires.hoos_jr}
    whole = outcome in tables and answered == FORMS[outcome][0] and float(total).is_integer()
    return tables[outcome](int(total)) if whole else None


def series_of(patient: Patient, outcome: str, side: str = Side.NONE) -> Series | None:
    """One questionnaire's scores: the first, and the latest ones. Two queries."""
    rows = OutcomeScore.objects.filter(patient=patient, outcome=outcome, side=side, corrected_at=None)
    latest = list(rows.order_by("-taken_on", "-made_at").select_related("made_by")[:MOST_POINTS])[::-1]
    if not latest:
        return None
    first = rows.order_by("taken_on", "made_at").first() if len(latest) == MOST_POINTS else latest[0]
    points = latest if first is None or first.pk == latest[0].pk else [first, *latest]
    return _series(outcome, side, points)


def overview(patient: Patient) -> list[Series]:
    """Every questionnaire of the patient by its first and last score. One query, whatever their number."""
    return in_series(ask(patient, {"ends": ENDS})["ends"])


def in_series(ends: Iterable[OutcomeScore]) -> list[Series]:
    """The first and last scores (`ENDS`) as series, the one taken last first."""
    groups: dict[tuple[str, str], list[OutcomeScore]] = {}
    for row in ends:
        groups.setdefault((row.outcome, row.side), []).append(row)
    found = [_series(*of, points) for of, points in groups.items() if of[0] in library().outcomes]
    return sorted(found, key=lambda each: (-each.last.taken_on.toordinal(), each.outcome.id))


def _ends(patient: Patient) -> QuerySet[OutcomeScore]:
    rows = OutcomeScore.objects.filter(patient=patient, corrected_at=None)
    series = rows.values("outcome", "side").annotate(Count("pk"))  # one row each
    own = rows.filter(outcome=OuterRef("outcome"), side=OuterRef("side"))
    first, last = own.order_by("taken_on", "made_at"), own.order_by("-taken_on", "-made_at")
    firsts, lasts = (
        series.annotate(end=Subquery(end.values("pk")[:1])).values("end").order_by() for end in (first, last)
    )
    return OutcomeScore.objects.filter(pk__in=firsts.union(lasts)).order_by("taken_on", "made_at")


ENDS = Asked(rows=_ends, fields=("outcome", "side", "score", "taken_on"))
"""The first and the last score of each questionnaire and side."""


def corrected(patient: Patient, outcome: str) -> Iterable[OutcomeScore]:
    """The scores that were replaced, newest first."""
    rows = OutcomeScore.objects.filter(patient=patient, outcome=outcome, corrected_at__isnull=False)
    return rows.order_by("-corrected_at").select_related("made_by")[:MOST_POINTS]


def _series(outcome: str, side: str, points: Sequence[OutcomeScore]) -> Series:
    known, limits = library().outcomes[outcome], score_change(outcome)
    said = None
    if len(points) > 1:
        said = change(
            points[0].score, points[-1].score, higher_is_better=known.better == "up",
            beyond_error=limits.beyond_error.value if limits.beyond_error else None,
            noticed=limits.noticed.value if limits.noticed else None,
        )  # fmt: skip
    return Series(outcome=known, side=side, points=tuple(points), limits=limits, change=said)


def _plausible(patient: Patient, facts: Mapping[str, object]) -> dict[str, object]:
    told = {name: value for name, value in facts.items() if name in FIELDS}
    faults: dict[str, str | Promise] = {}
    known = library().outcomes.get(str(told.get("outcome")))
    if known is None:
        faults["outcome"] = _("Choose one of the list.")
    else:
        low, high = known.scale
        score = told.get("score")
        if not isinstance(score, float | int) or isinstance(score, bool) or not low <= score <= high:
            faults["score"] = _("This score goes from %(low)g to %(high)g.") % {"low": low, "high": high}
    day = told.get("taken_on")
    if not isinstance(day, date) or not patient.birth_date <= day <= timezone.localdate():
        faults["taken_on"] = _("This day lies before the birth or after today.")
    if faults:
        raise Implausible(faults)
    told["side"] = told.get("side") or Side.NONE
    told["details"] = told.get("details") or {}
    told["note"] = str(told.get("note") or "")[:300]
    return told

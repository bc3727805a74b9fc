"""Where it hurts: drawing a map, and tender spots that were palpated. A map is never changed: a new day, a new map."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain.together import Asked
from poise.clinic.charts.models import Episode, PainMap, PainMark, SafetyScreen
from poise.clinic.people.models import Patient
from poise.clinic.rules import Role
from poise.errors import PoiseError
from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import RedFlag, TriggerPoint

PAIN, FELT, NUMB, TRIGGER_POINT = "pain", "felt", "numb", "trigger_point"
PATIENT_KINDS = (PAIN, FELT, NUMB)
QUALITIES = ("dull", "sharp", "burning", "throbbing", "stabbing", "cramping", "electric", "tingling", "stiff", "heavy")
SPREADS = ("spot", "area", "travels")
VIEWS = ("front", "back")
MOST_MARKS = 120


class BadMark(PoiseError):
    """A mark that names a place, a kind or a number that does not exist."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One place as it was drawn, before it is kept."""

    kind: str
    region: str
    side: str
    view: str = "front"
    intensity: int | None = None
    quality: str = ""
    spread: str = ""

    @property
    def key(self) -> str:
        """Names the mark in a form: ``pain.br_temple.left.front``."""
        return f"{self.kind}.{self.region}.{self.side}.{self.view}"


@dataclass(frozen=True, kw_only=True)
class Check:
    """A red flag to be ruled out first, and what was said when it was last asked: yes, no, unknown, or not asked."""

    flag: RedFlag
    answer: str


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A muscle that may be palpated, because its tender spots can ache where this person hurts. Never a diagnosis."""

    point: TriggerPoint
    side: str
    main: tuple[str, ...]
    also: tuple[str, ...]
    checks: tuple[Check, ...]
    exact: int = 0  # marked places that are a usual place themselves, not only near one

    @property
    def must_wait(self) -> bool:
        """Whether a red flag behind it is answered with yes or unsure."""
        return any(check.answer in {"yes", "unknown"} for check in self.checks)


def check_mark(mark: Mark) -> Mark:
    """The mark, if all of it exists.

    Raises
    ------
    BadMark
        An unknown kind, region, side, view or word, or a number outside 0 to 10.
    """
    faults = [
        name
        for name, good in (
            ("kind", mark.kind in PATIENT_KINDS),
            ("region", mark.region in library().regions),
            ("side", mark.side in {"left", "right", "none"}),
            ("view", mark.view in VIEWS),
            ("intensity", mark.intensity is None or 0 <= mark.intensity <= 10),
            ("quality", mark.quality in {"", *QUALITIES}),
            ("spread", mark.spread in {"", *SPREADS}),
        )
        if not good
    ]
    if faults:
        raise BadMark(_("A mark on the body map cannot be used."), found=", ".join(faults))
    return mark


def draw(
    by: Actor,
    patient: Patient,
    marks: Sequence[Mark],
    *,
    episode: Episode | None = None,
    note: str = "",
    by_patient: bool | None = None,
) -> PainMap:
    """Keeps a new map of today.

    Raises
    ------
    BadMark
        A mark cannot be used, or there are none or too many.
    """
    unique = list({mark.key: check_mark(mark) for mark in marks}.values())
    if not unique or len(unique) > MOST_MARKS:
        raise BadMark(_("Mark at least one place on the body."), found=f"{len(unique)}")
    said = by.is_a(Role.PATIENT) if by_patient is None else by_patient
    with transaction.atomic():
        drawn = PainMap.objects.create(
            patient=patient, episode=episode, note=note, by_patient=said, made_by_id=by.user_id
        )
        PainMark.objects.bulk_create(_row(by, drawn, mark) for mark in unique)
        chain.record(
            by,
            "painmap.edit",
            patient_id=patient.pk,
            what="pain_map",
            what_id=drawn.pk,
            detail={"marks": len(unique), "fields": ["marks", *(["note"] if note else [])]},
        )
    return drawn


def _row(by: Actor, drawn: PainMap, mark: Mark) -> PainMark:
    return PainMark(
        map=drawn,
        kind=mark.kind,
        region=mark.region,
        side=mark.side,
        view=mark.view,
        intensity=mark.intensity,
        quality=mark.quality,
        spread=mark.spread,
        made_by_id=by.user_id,
    )


def maps_of(patient: Patient) -> QuerySet[PainMap]:
    """The patient's maps with their marks, newest first."""
    marks = PainMark.objects.filter(removed_at=None).select_related("source").order_by("pk")
    drawn: QuerySet[PainMap] = patient.pain_maps.order_by("-on", "-pk").prefetch_related(Prefetch("marks", marks))
    return drawn.select_related("made_by")


def _last(patient: Patient) -> QuerySet[PainMap]:
    return PainMap.objects.filter(patient=patient).order_by("-on", "-pk")[:1]


LAST = {
    "maps": Asked(rows=_last, fields=("on", "patient_id")),
    "marks": Asked(
        rows=lambda patient: PainMark.objects.filter(map__in=_last(patient).values("pk"), removed_at=None).order_by(
            "pk"
        ),
        fields=("kind", "region", "side", "view", "intensity", "quality", "spread", "source_id"),
    ),
}
"""The newest map, and its marks."""


def suggestions(drawn: PainMap) -> list[Suggestion]:
    """The muscles whose tender spots can ache where this map hurts: usual referral first, most places first.

    A place counts when it is the referral's region, its part, or the larger region around it; on the same side.
    """
    answers = last_answers(drawn.patient)
    sides = {"left": ("left",), "right": ("right",), "none": ("left", "right"), "both": ("left", "right")}
    hurts: dict[str, set[str]] = {"left": set(), "right": set()}
    for mark in drawn.marks.all():
        if mark.kind in {PAIN, FELT} and mark.source_id is None:
            for side in sides[mark.side]:
                hurts[side].add(mark.region)
    found = [
        suggestion
        for side, regions in hurts.items()
        if regions
        for point in library().trigger_points.values()
        if (suggestion := _suggestion(point, side, regions, answers))
    ]
    return sorted(found, key=lambda each: (-each.exact, -len(each.main), -len(each.also), each.point.id, each.side))


def _suggestion(point: TriggerPoint, side: str, hurts: Collection[str], answers: dict[str, str]) -> Suggestion | None:
    main = tuple(region for region in point.main if _is_covered(region, hurts))
    also = tuple(region for region in point.also if _is_covered(region, hurts))
    if not main and not also:
        return None
    flags = library().red_flags
    checks = tuple(Check(flag=flags[flag], answer=answers.get(flag, "not asked")) for flag in point.rule_out)
    exact = len(set(main).intersection(hurts))
    return Suggestion(point=point, side=side, main=main, also=also, checks=checks, exact=exact)


def _is_covered(region: str, hurts: Collection[str]) -> bool:
    regions = library().regions
    return any(
        region == hurt or regions[region].parent == hurt or regions[hurt].parent == region
        for hurt in hurts
        if hurt in regions
    )


def last_answers(patient: Patient) -> dict[str, str]:
    """What was last answered to each red-flag question."""
    answers: dict[str, str] = {}
    for screen in SafetyScreen.objects.filter(patient=patient).order_by("asked_at"):
        answers.update(screen.answers)
    return answers


def palpated(
    by: Actor,
    drawn: PainMap,
    point: str,
    side: str,
    *,
    felt: Iterable[str],
    familiar: bool | None = None,
    note: str = "",
) -> PainMark:
    """Marks a tender spot as found, with the places where pressing it was felt: source and referral are joined.

    The patient's own marks stay as they were drawn.

    Raises
    ------
    BadMark
        No such tender spot or side, or it is not known to ache at one of these places.
    """
    known = library().trigger_points.get(point)
    places = list(dict.fromkeys(felt))
    if known is None or side not in {"left", "right"} or not set(places) <= {*known.main, *known.also}:
        raise BadMark(_("This tender spot cannot be marked."), found=point)
    with transaction.atomic():
        source = PainMark.objects.create(
            map=drawn,
            kind=TRIGGER_POINT,
            region=library().muscles[known.muscle].region,
            side=side,
            trigger_point=point,
            view=_view_of(library().muscles[known.muscle].region, side),
            familiar=familiar,
            note=note,
            made_by_id=by.user_id,
        )
        PainMark.objects.bulk_create(
            PainMark(
                map=drawn,
                kind=FELT,
                region=region,
                side=side,
                view=_view_of(region, side),
                source=source,
                made_by_id=by.user_id,
            )
            for region in places
        )
        chain.record(
            by,
            "painmap.palpate",
            patient_id=drawn.patient_id,
            what="pain_map",
            what_id=drawn.pk,
            detail={"trigger_point": point, "felt": len(places)},
        )
    return source


def took_back(by: Actor, mark: PainMark, *, because: str) -> None:
    """A palpated spot was marked by mistake: it is marked as removed, with the reason, and its referral with it."""
    if mark.kind != TRIGGER_POINT or not because.strip():
        raise BadMark(_("Say why this mark is taken back."))
    with transaction.atomic():
        now = timezone.now()
        both = PainMark.objects.filter(pk=mark.pk) | PainMark.objects.filter(source=mark)
        both.filter(removed_at=None).update(removed_at=now, removed_because=because)
        chain.record(
            by,
            "painmap.palpate",
            patient_id=mark.map.patient_id,
            what="pain_map",
            what_id=mark.map_id,
            detail={"trigger_point": mark.trigger_point, "taken_back": True},
        )


def _view_of(region: str, side: str) -> str:
    from poise.clinic.charts.pain_figure import shape_of

    behind = shape_of(region, side, "back")
    return "back" if behind is not None and behind.view == "back" else "front"

"""Routes of the chart: episodes, scores, maps of pain, activities, red flags."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from poise.clinic.api.access import may, patient_of
from poise.clinic.api.chart_shapes import (
    ActivityIn,
    ActivityOut,
    EpisodeIn,
    EpisodeOut,
    IntakeOut,
    LimitIn,
    LimitOut,
    PainMapIn,
    PainMapOut,
    PrecautionOut,
    RatingIn,
    RedFlagOut,
    ScoreIn,
    ScoreOut,
    ScreenIn,
    ScreenOut,
)  # fmt: skip
from poise.clinic.api.shapes import Problem
from poise.clinic.charts.domain import activities, episodes, limits, pain_map, precautions, safety, scores
from poise.clinic.charts.models import Activity, Episode, Intake, Limit, OutcomeScore, PainMap
from poise.clinic.people.access import actor_of

router = Router(tags=["chart"])
HERE = "/patients/{uuid:patient_id}"
MOST = 500


@router.get(f"{HERE}/episodes", response=list[EpisodeOut], summary="Episodes of care")
@may("episode.read", patient=True)
def list_episodes(request: HttpRequest, patient_id: UUID) -> QuerySet[Episode]:
    """All, the latest first."""
    return patient_of(request).episodes.order_by("-started_on", "-made_at")[:MOST]


@router.post(f"{HERE}/episodes", response={201: EpisodeOut, 422: Problem}, summary="Open an episode")
@may("episode.edit", patient=True)
def open_episode(request: HttpRequest, patient_id: UUID, told: EpisodeIn) -> Status[Any]:
    """A new episode of care."""
    return Status(201, episodes.open_episode(actor_of(request), patient_of(request), told.dict(exclude_unset=True)))


@router.get(HERE + "/episodes/{uuid:episode_id}", response=EpisodeOut, summary="One episode")
@may("episode.read", patient=True)
def read_episode(request: HttpRequest, patient_id: UUID, episode_id: UUID) -> Episode:
    """One episode of care."""
    return _episode(request, episode_id)


@router.get(HERE + "/episodes/{uuid:episode_id}/limits", response=list[LimitOut], summary="Limits ordered")
@may("episode.read", patient=True)
def list_limits(request: HttpRequest, patient_id: UUID, episode_id: UUID) -> QuerySet[Limit]:
    """What the surgeon or physician ordered; lifted ones say so."""
    return _episode(request, episode_id).limits.order_by("made_at")[:MOST]


@router.post(HERE + "/episodes/{uuid:episode_id}/limits", response={201: LimitOut, 422: Problem},
             summary="Write down a limit that was ordered")  # fmt: skip
@may("episode.edit", patient=True)
def order_limit(request: HttpRequest, patient_id: UUID, episode_id: UUID, told: LimitIn) -> Status[Any]:
    """Of range, load or activity; a limit is lifted on the page of the episode, with a reason."""
    return Status(201, limits.order_limit(actor_of(request), _episode(request, episode_id), told.dict()))


@router.get(HERE + "/episodes/{uuid:episode_id}/precautions", response=list[PrecautionOut], summary="Precautions")
@may("episode.read", patient=True)
def list_precautions(request: HttpRequest, patient_id: UUID, episode_id: UUID) -> list[dict[str, Any]]:
    """The condition's contraindications and those recorded, each with its answer and whether it holds today."""
    return [{"contraindication": each.contraindication.id, "name": each.contraindication.name.en,
             "level": each.contraindication.level, "answer": each.answer, "standing": each.standing,
             "note": each.precaution.note if each.precaution else ""}
            for each in precautions.standings(_episode(request, episode_id))]  # fmt: skip


@router.post(f"{HERE}/red-flags/screens", response={201: ScreenOut, 422: Problem}, summary="Record red-flag answers")
@may("redflag.ask", patient=True)
def record_screen(request: HttpRequest, patient_id: UUID, told: ScreenIn) -> Status[Any]:
    """As they were answered. A flag that is raised locks the patient's care at once."""
    episode = _episode(request, told.episode_id) if told.episode_id else None
    made = safety.record_screen(
        actor_of(request), patient_of(request), episode, told.answers, source="api", is_full=told.is_full
    )
    return Status(201, made)


@router.get(f"{HERE}/intakes", response=list[IntakeOut], summary="Intake forms: where they stand")
@may("intake.read", patient=True)
def list_intakes(request: HttpRequest, patient_id: UUID) -> QuerySet[Intake]:
    """The latest first; never their links."""
    return patient_of(request).intakes.order_by("-made_at")[:MOST]


def _episode(request: HttpRequest, episode_id: UUID) -> Episode:
    return get_object_or_404(Episode.objects.select_related("patient"), pk=episode_id, patient=patient_of(request))


@router.get(f"{HERE}/red-flags", response=list[RedFlagOut], summary="Open red flags")
@may("chart.read", patient=True)
def red_flags(request: HttpRequest, patient_id: UUID) -> list[dict[str, Any]]:
    """Red flags that a clinician has not settled."""
    return [{"flag": each.flag, "action": each.action.id, "locks": each.action.locks,
             "decision": each.decision.decision if each.decision else None}
            for each in safety.open_flags(patient_of(request))]  # fmt: skip


@router.get(f"{HERE}/scores", response=list[ScoreOut], summary="Scores")
@may("outcome.read", patient=True)
def list_scores(request: HttpRequest, patient_id: UUID) -> QuerySet[OutcomeScore]:
    """Scores of questionnaires and tests, the latest first; corrected ones say so."""
    return patient_of(request).scores.order_by("-taken_on", "-made_at")[:MOST]


@router.post(f"{HERE}/scores", response={201: ScoreOut, 422: Problem}, summary="Enter a score")
@may("outcome.edit", patient=True)
def enter_score(request: HttpRequest, patient_id: UUID, told: ScoreIn) -> Status[Any]:
    """A score with its date."""
    return Status(201, scores.record_score(actor_of(request), patient_of(request), told.dict(exclude_unset=True)))


@router.get(f"{HERE}/pain-maps", response=list[PainMapOut], summary="Maps of pain")
@may("painmap.read", patient=True)
def list_maps(request: HttpRequest, patient_id: UUID) -> QuerySet[PainMap]:
    """The latest first."""
    return patient_of(request).pain_maps.prefetch_related("marks").order_by("-on")[:MOST]


@router.post(f"{HERE}/pain-maps", response={201: PainMapOut, 422: Problem}, summary="Draw a map")
@may("painmap.edit", patient=True)
def draw_map(request: HttpRequest, patient_id: UUID, told: PainMapIn) -> Status[Any]:
    """Where it hurts today."""
    marks = [pain_map.Mark(**mark.dict()) for mark in told.marks]
    return Status(201, pain_map.draw(actor_of(request), patient_of(request), marks, note=told.note))


@router.get(f"{HERE}/activities", response=list[ActivityOut], summary="What the patient wants to do again")
@may("chart.read", patient=True)
def list_activities(request: HttpRequest, patient_id: UUID) -> QuerySet[Activity]:
    """In the patient's words, each with its ratings."""
    return patient_of(request).activities.prefetch_related("ratings").order_by("order", "pk")


@router.post(f"{HERE}/activities", response={201: ActivityOut, 422: Problem}, summary="Add an activity")
@may("activity.edit", patient=True)
def add_activity(request: HttpRequest, patient_id: UUID, told: ActivityIn) -> Status[Any]:
    """Perhaps with its first rating."""
    return Status(201, activities.add(actor_of(request), patient_of(request), told.words, score=told.score))


@router.post(
    HERE + "/activities/{uuid:activity_id}/ratings",
    response={201: ActivityOut, 422: Problem},
    summary="Rate an activity",
)
@may("activity.edit", patient=True)
def rate_activity(request: HttpRequest, patient_id: UUID, activity_id: UUID, told: RatingIn) -> Status[Any]:
    """How well it goes today."""
    activity = get_object_or_404(Activity, pk=activity_id, patient=patient_of(request))
    activities.rate(actor_of(request), patient_of(request), {activity: told.score})
    return Status(201, activity)

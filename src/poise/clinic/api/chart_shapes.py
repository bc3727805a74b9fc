"""What goes in and out of the API's routes of the chart."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from poise.clinic.api.shapes import Id, In, Short, SideName, Words, Zero10


class EpisodeIn(In):
    """An episode of care; ids are those of the knowledge (`c_…`, `br_…`, `ph_…`)."""

    started_on: date
    title: Short = ""
    condition: Id = ""
    region: Id = ""
    side: SideName = "none"
    phase: Id = ""
    irritability: Literal["", "low", "moderate", "high"] = ""
    onset_on: date | None = None
    surgery_on: date | None = None
    surgery: Short = ""
    surgeon: Short = ""
    referrer: Short = ""
    goal: Words = ""
    history: Words = ""


class EpisodeOut(Schema):
    """An episode of care."""

    id: UUID
    version: int
    title: str
    condition: str
    region: str
    side: str
    phase: str
    irritability: str
    icd10: list[Any]
    onset_on: date | None
    surgery_on: date | None
    surgery: str
    surgeon: str
    referrer: str
    goal: str
    history: str
    started_on: date
    ended_on: date | None
    end_reason: str


class LimitOut(Schema):
    """A limit that a surgeon or physician ordered."""

    id: UUID
    measure: str
    side: str
    low: float | None
    high: float | None
    unit: str
    words: str
    until: date | None
    ordered_by: str
    ordered_on: date
    lifted_at: datetime | None


class ScoreIn(In):
    """The score of a questionnaire or test (`om_…`)."""

    outcome: Id
    score: float = Field(allow_inf_nan=False)
    taken_on: date
    side: SideName = "none"
    note: Annotated[str, StringConstraints(max_length=300)] = ""


class ScoreOut(Schema):
    """A score."""

    id: UUID
    outcome: str
    score: float
    taken_on: date
    side: str
    note: str
    corrected_at: datetime | None


class MarkIn(In):
    """A place on the map of pain (`br_…`)."""

    kind: Literal["pain", "felt", "numb"]
    region: Id
    side: Literal["left", "right", "none"] = "none"
    view: Literal["front", "back"] = "front"
    intensity: Zero10 | None = None
    quality: Id = ""
    spread: Id = ""


class PainMapIn(In):
    """A map of where it hurts today."""

    marks: Annotated[list[MarkIn], Field(min_length=1, max_length=120)]
    note: Words = ""


class MarkOut(Schema):
    """A mark of a map; `source_id` joins a referral to its trigger point."""

    id: int
    kind: str
    region: str
    side: str
    view: str
    intensity: int | None
    quality: str
    spread: str
    trigger_point: str
    source_id: int | None


class PainMapOut(Schema):
    """A map of where it hurts."""

    id: UUID
    on: datetime
    by_patient: bool
    note: str
    marks: list[MarkOut]

    @staticmethod
    def resolve_marks(obj: Any) -> list[Any]:
        """Those that stand."""
        return [mark for mark in obj.marks.all() if mark.removed_at is None]


class ActivityIn(In):
    """Something the patient wants to do again, in the patient's own words."""

    words: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    score: Zero10 | None = None


class RatingIn(In):
    """How well it goes: 0 (cannot) to 10 (as before)."""

    score: Zero10


class RatingOut(Schema):
    """A rating."""

    rated_on: date
    score: int
    by_patient: bool


class ActivityOut(Schema):
    """An activity with its ratings, oldest first."""

    id: UUID
    words: str
    ended_at: datetime | None
    ratings: list[RatingOut]

    @staticmethod
    def resolve_ratings(obj: Any) -> list[Any]:
        """As the day of rating orders them."""
        return sorted(obj.ratings.all(), key=lambda rating: (rating.rated_on, rating.made_at))


class RedFlagOut(Schema):
    """A red flag that was answered with yes, or an unanswered one that counts as open."""

    flag: str
    action: str
    locks: bool
    decision: str | None


class LimitIn(In):
    """A limit as it was ordered: a number of a motion or load, or words."""

    measure: Id = ""
    side: SideName = "none"
    low: float | None = Field(None, allow_inf_nan=False)
    high: float | None = Field(None, allow_inf_nan=False)
    unit: Annotated[str, StringConstraints(max_length=20, strip_whitespace=True)] = ""
    words: Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)] = ""
    until: date | None = None
    ordered_by: Short
    ordered_on: date


class PrecautionOut(Schema):
    """A contraindication in an episode. What is not known counts as yes."""

    contraindication: str
    name: str
    level: str
    answer: Literal["yes", "no", "unknown", "not_asked"]
    standing: Literal["holds", "absent", "to_come", "over", "ask"]
    note: str


class ScreenIn(In):
    """Red-flag questions as they were answered (`rf_…`); `is_full`: the episode's whole list was asked."""

    episode_id: UUID | None = None
    answers: Annotated[dict[Id, Literal["yes", "no", "unknown"]], Field(min_length=1, max_length=100)]
    is_full: bool = False


class ScreenOut(Schema):
    """A screen, and the flags that its answers raise."""

    id: UUID
    episode_id: UUID | None
    asked_at: datetime
    answers: dict[str, str]
    raised: list[str]
    is_full: bool


class IntakeOut(Schema):
    """Where an intake form stands."""

    id: UUID
    episode_id: UUID | None
    state: str
    language: str
    made_at: datetime
    expires_at: datetime | None
    submitted_at: datetime | None
    confirmed_at: datetime | None

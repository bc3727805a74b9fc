"""What goes in and out of the API. Only these fields ever do: a new column is not seen until it is named here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

SideName = Literal["left", "right", "both", "none"]
Words = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Id = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9_.]*$")]
Zero10 = Annotated[int, Field(ge=0, le=10)]


class In(Schema):
    """What a program sends: fields that are not named are refused, so that a slip of the pen is not lost in silence."""

    model_config = ConfigDict(extra="forbid")


class Page(Schema):
    """Which page of a list that grows: from before a number on."""

    before: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class MeasurementsAsked(Page):
    """Measurements of one measure or one evaluation, where asked."""

    measure: Id = ""
    evaluation_id: UUID | None = None


class Problem(Schema):
    """Every error: the problem, what was found, what to do."""

    status: int
    problem: str
    found: str = ""
    do: str = ""
    faults: dict[str, str] = Field(default_factory=dict)


class Me(Schema):
    """Who a token acts as."""

    id: UUID
    name: str
    roles: list[str]
    clinic: str
    scopes: list[str] | None = Field(None, description="None for a signed-in page: all that the roles allow.")


class PatientLine(Schema):
    """A patient in a list. Outside one's reach: name and year of birth only."""

    id: UUID
    name: str
    birth_year: int
    is_within: bool
    is_archived: bool
    is_simulated: bool
    birth_date: date | None = None
    record_number: str = ""


class PatientPage(Schema):
    """A page of patients; `after` asks for the next one."""

    patients: list[PatientLine] = Field(validation_alias="lines")
    after: UUID | None = None


class Search(In):
    """Parts of a name, a record number, a date of birth or a phone: in the body, for no address may hold them."""

    terms: Short = ""
    only_mine: bool = False
    after: UUID | None = None


class PatientIn(In):
    """Who a patient is and how to reach them."""

    family_name: Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
    given_name: Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
    birth_date: date
    preferred_name: Short = ""
    sex: Literal["f", "m", "x", "u"] = "u"
    language: Literal["en", "es"] = "en"
    phone: Annotated[str, StringConstraints(max_length=40)] = ""
    email: Annotated[str, StringConstraints(max_length=254)] = ""
    height_m: float | None = None
    mass_kg: float | None = None
    another_person: bool = Field(False, description="Someone very like this is registered; this is another person.")


class PatientChange(In):
    """What to correct; `version` is that of the patient as it was read."""

    version: int
    family_name: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    given_name: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    birth_date: date | None = None
    preferred_name: Short | None = None
    sex: Literal["f", "m", "x", "u"] | None = None
    phone: Annotated[str, StringConstraints(max_length=40)] | None = None
    email: Annotated[str, StringConstraints(max_length=254)] | None = None
    height_m: float | None = None
    mass_kg: float | None = None


class PatientOut(Schema):
    """A patient's identity."""

    id: UUID
    version: int
    record_number: str
    family_name: str
    given_name: str
    preferred_name: str
    birth_date: date
    sex: str
    language: str
    phone: str
    email: str
    height_m: float | None
    mass_kg: float | None
    is_simulated: bool
    archived_at: datetime | None


class EvaluationIn(In):
    """What to evaluate; the tests are proposed from it."""

    episode_id: UUID
    kind: Literal["initial", "re-evaluation", "discharge"] = "initial"
    condition: Id = ""
    region: Id = ""
    symptoms: Annotated[list[Short], Field(max_length=12)] = Field(default_factory=list)


class TestOut(Schema):
    """A test of an evaluation."""

    id: UUID
    version: int
    test: str
    state: str
    order: int
    reason: str
    note: str
    pain: int | None


class EvaluationLine(Schema):
    """An evaluation in a list."""

    id: UUID
    episode_id: UUID
    kind: str
    condition: str
    region: str
    state: str
    started_at: datetime
    finished_at: datetime | None


class EvaluationOut(EvaluationLine):
    """An evaluation with its tests."""

    version: int
    symptoms: list[str]
    note: str
    tests: list[TestOut]

    @staticmethod
    def resolve_tests(obj: Any) -> list[Any]:
        """Those that were not taken out."""
        return list(obj.tests.filter(removed_at=None).order_by("order", "test"))


class MeasurementOut(Schema):
    """A number that knows how it was made."""

    id: int
    measure: str
    side: str
    value: float
    unit: str
    n: int | None
    sd: float | None
    error: float | None
    start_s: float | None
    end_s: float | None
    valid_fraction: float | None
    method: str
    instrument: str
    conditions: dict[str, Any]
    taken_at: datetime
    evaluation_id: UUID | None
    recording_id: UUID | None = None
    corrected_at: datetime | None

    @staticmethod
    def resolve_recording_id(obj: Any) -> UUID | None:
        """The recording it was measured from; None for a typed number."""
        found: UUID | None = obj.analysis.recording_id if obj.analysis_id else None
        return found


class MeasurementPage(Schema):
    """A page of measurements, newest first; `before` asks for the next one."""

    measurements: list[MeasurementOut]
    before: int | None = None


class TypedIn(In):
    """A typed number: every attempt, read off a tape, a timer, a goniometer."""

    measure: Id
    side: SideName = "none"
    attempts: Annotated[list[Annotated[float, Field(allow_inf_nan=False)]], Field(min_length=1, max_length=20)]
    instrument: Id = ""


class TypedValuesIn(In):
    """Typed numbers of one test; `version` is the test's as it was read."""

    version: int
    values: Annotated[list[TypedIn], Field(min_length=1, max_length=40)]


class SeenIn(In):
    """The version of the thing as it was read."""

    version: int


class TestEndIn(SeenIn):
    """How a test ended without a number, and why. A note or pain that is not sent stays as it is."""

    outcome: Literal["skipped", "not_able"]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
    pain: Zero10 | None = None
    note: Words | None = None


class FindingOut(Schema):
    """A finding with its evidence, and what a clinician said of it."""

    id: UUID
    version: int
    finding: str
    name: str
    side: str
    severity: str
    confidence: float
    because: list[Any]
    reference: dict[str, Any]
    unseen: list[Any]
    judgement: str
    reason: str
    judged_at: datetime | None
    symptom: str
    driver: str
    technique: str
    withdrawn_at: datetime | None


class JudgementIn(In):
    """Accepted or rejected, and why; `version` is the finding's as it was read."""

    judgement: Literal["accepted", "rejected"]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
    version: int


class UploadIn(In):
    """A file that is about to come."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    size: Annotated[int, Field(gt=0, lt=2**40)]
    sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-fA-F]{64})?$")] = ""
    task: Id = "auto"
    conditions: dict[Id, Short] = Field(default_factory=dict)
    test_id: UUID | None = None


class UploadOut(Schema):
    """An upload: the next part begins at `offset`."""

    id: UUID
    name: str
    size: int
    offset: int
    finished_at: datetime | None


class RecordingOut(Schema):
    """A stored recording."""

    id: UUID
    name: str
    size: int
    sha256: str
    format: str
    task: str
    conditions: dict[str, Any]
    recorded_at: datetime
    is_simulated: bool
    removed_at: datetime | None


class JobOut(Schema):
    """A piece of long work."""

    id: UUID
    kind: str
    state: str
    progress: float
    message: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    about_id: UUID | None


class EventOut(Schema):
    """A row of the audit."""

    number: int
    at: datetime
    actor: str
    actor_id: UUID | None
    roles: str
    action: str
    outcome: str
    patient_id: UUID | None
    what: str
    what_id: str
    route: str
    address: str
    detail: dict[str, Any]
    seal: str


class EventPage(Schema):
    """A page of the audit, newest first; `before` asks for the next one."""

    events: list[EventOut]
    before: int | None = None


class TestFact(Schema):
    """A test that an evaluation may contain."""

    id: str
    name: str
    kind: str
    minutes: int
    measures: list[str]
    guard: str


class ConditionFact(Schema):
    """A condition that is served."""

    id: str
    name: str
    tests: list[str]
    red_flags: list[str]
    evidence: str

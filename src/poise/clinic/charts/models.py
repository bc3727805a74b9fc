"""The patient's chart."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from poise.clinic.people.models import LANGUAGES, Clinic, Patient, Row, Side


class Episode(Row):
    """An episode of care: one problem, from its start to its discharge."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="episodes")
    title = models.CharField(_("title"), max_length=200)
    condition = models.CharField(_("condition"), max_length=60, blank=True)  # id in knowledge: c_…
    region = models.CharField(_("body region"), max_length=40, blank=True)  # id in knowledge: br_…
    side = models.CharField(_("side"), max_length=5, choices=Side.choices, default=Side.NONE)
    phase = models.CharField(_("phase"), max_length=20, blank=True)  # id in knowledge: ph_…
    irritability = models.CharField(_("irritability"), max_length=10, blank=True)
    icd10 = models.JSONField(_("diagnosis codes"), default=list, blank=True)
    referrer = models.CharField(_("referred by"), max_length=200, blank=True)
    onset_on = models.DateField(_("began on"), null=True, blank=True)
    surgery_on = models.DateField(_("surgery on"), null=True, blank=True)
    surgery = models.CharField(_("surgery"), max_length=200, blank=True)
    surgeon = models.CharField(_("surgeon"), max_length=200, blank=True)
    goal = models.TextField(_("the patient's goal, in their own words"), blank=True)
    history = models.TextField(_("history"), blank=True)
    started_on = models.DateField(_("care began on"))
    ended_on = models.DateField(_("care ended on"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=200, blank=True)

    def __str__(self) -> str:
        return self.title


class Earlier(models.Model):
    """What a row held before it was changed. Nothing that was typed is lost: the earlier words stay here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="earlier")
    what = models.CharField(max_length=40)
    what_id = models.UUIDField()
    version = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["what_id", "-changed_at"], name="earlier_of")]

    def __str__(self) -> str:
        return f"{self.what} before {self.changed_at:%Y-%m-%d}"


class Limit(Row):
    """A limit that the surgeon or physician ordered: of range, load or activity, until a date."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="limits")
    measure = models.CharField(_("motion or load"), max_length=60)  # id in knowledge (m_…) or words
    side = models.CharField(_("side"), max_length=5, choices=Side.choices, default=Side.NONE)
    low = models.FloatField(_("not below"), null=True, blank=True)
    high = models.FloatField(_("not above"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    words = models.CharField(_("in words"), max_length=300, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    ordered_by = models.CharField(_("ordered by"), max_length=200)
    ordered_on = models.DateField(_("ordered on"))
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.words or self.measure


class Precaution(Row):
    """A contraindication or precaution that holds for this person (id in knowledge: ci_…), with its zone and side."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="precautions")
    contraindication = models.CharField(_("precaution"), max_length=60)
    answer = models.CharField(_("answer"), max_length=7, default="yes")  # yes | no | unknown, which counts as yes
    zone = models.CharField(_("zone"), max_length=40, blank=True)
    side = models.CharField(_("side"), max_length=5, choices=Side.choices, default=Side.NONE)
    since = models.DateField(_("since"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.contraindication


class Accident(Row):
    """The facts of an accident that an episode came from, as an auto insurer asks for them."""

    episode = models.OneToOneField(Episode, on_delete=models.CASCADE, related_name="accident")
    happened_on = models.DateField(_("date of the accident"))
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=2, blank=True)
    insurer = models.CharField(_("insurer"), max_length=200, blank=True)
    claim_number = models.CharField(_("claim number"), max_length=60, blank=True)
    adjuster = models.CharField(_("adjuster"), max_length=200, blank=True)
    attorney = models.CharField(_("attorney"), max_length=200, blank=True)
    first_care_on = models.DateField(_("first care on"), null=True, blank=True)
    emergency_condition = models.CharField(_("emergency medical condition certified"), max_length=10, blank=True)
    emergency_certified_by = models.CharField(_("certified by"), max_length=200, blank=True)
    certifier = models.CharField(_("profession of who certified"), max_length=20, blank=True)

    def __str__(self) -> str:
        return f"accident of {self.happened_on}"


# "Do you feel safe at home?" is asked the other way round: no is what raises it.
RAISED_BY_NO = frozenset({"rf_abuse"})


class SafetyScreen(Row):
    """Red-flag questions as asked and answered once. Which flags that raises is written down as it is saved."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="safety_screens")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="safety_screens")
    asked_at = models.DateTimeField(default=timezone.now)
    source = models.CharField(max_length=20, default="clinician")  # or "intake"
    answers = models.JSONField(default=dict)  # {"rf_cauda_equina": "yes" | "no" | "unknown"}
    raised = models.JSONField(default=list)  # the flags that these answers raise
    unsettled = models.BooleanField(default=False)  # whether one of them still waits for care to go on
    is_full = models.BooleanField(default=True)  # the whole list, not only the short question of a visit

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["patient", "unsettled"], name="unsettled_screens"),
            models.Index(fields=["patient", "asked_at", "id"], name="screens_newest"),
        ]

    def __str__(self) -> str:
        return f"screen {self.asked_at:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves; a new screen knows which flags its answers raise."""
        if self._state.adding:
            self.raised = [
                flag for flag, answer in self.answers.items() if answer == ("no" if flag in RAISED_BY_NO else "yes")
            ]
            self.unsettled = bool(self.raised)
        super().save(*args, **kwargs)


class RedFlagCall(Row):
    """Who was told of a red flag, and what was done at once."""

    screen = models.ForeignKey(SafetyScreen, on_delete=models.PROTECT, related_name="calls")
    flag = models.CharField(max_length=60)
    told = models.CharField(_("who was told"), max_length=200)
    done = models.TextField(_("what was done"), blank=True)

    def __str__(self) -> str:
        return f"{self.flag}: told"


class RedFlagDecision(Row):
    """What a licensed clinician decided about a red flag that was answered with yes."""

    screen = models.ForeignKey(SafetyScreen, on_delete=models.PROTECT, related_name="decisions")
    flag = models.CharField(max_length=60)
    decision = models.CharField(max_length=20)  # cleared | referred | emergency | hold
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.flag}: {self.decision}"


class Intake(Row):
    """The history form: sent ahead, filled on a phone, confirmed with the clinician."""

    class State(models.TextChoices):
        """Where the form stands."""

        SENT = "sent", _("Sent")
        STARTED = "started", _("Started")
        SUBMITTED = "submitted", _("Handed in")
        CONFIRMED = "confirmed", _("Confirmed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="intakes")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="intakes")
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    secret_hash = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=5, choices=LANGUAGES, default="en")
    answers = models.JSONField(default=dict)  # as handed in: frozen from then on
    tries = models.PositiveSmallIntegerField(default=0)  # wrong dates of birth given with this link
    withdrawn_because = models.CharField(max_length=300, blank=True)
    submitted_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"intake {self.id}"


class IntakeSheet(models.Model):
    """What one browser (or one account) has written into an intake.

    A link opened on a second device starts a sheet of its own and never shows the first one's. All sheets are kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="sheets")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answers = models.JSONField(default=dict)  # {"problem": {"words": …}, …}, by step
    stopped = models.JSONField(default=list)  # red flags that were answered with yes and said at once what to do
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"sheet {self.id}"


class IntakeTaking(models.Model):
    """What a clinician did with one part of an intake: took it into the chart, or left it."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="takings")
    part = models.CharField(max_length=40)
    taken = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.part}: {'taken' if self.taken else 'left'}"


class ConsentText(Row):
    """The clinic's own consent words, in one language. The newest one is shown; older ones stay for who read them."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="consent_texts")
    language = models.CharField(max_length=5, choices=LANGUAGES, default="en")
    words = models.TextField(_("words"))

    def __str__(self) -> str:
        return f"consent {self.made_at:%Y-%m-%d}"


class PainMap(Row):
    """Where it hurts, on one day."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="pain_maps")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="pain_maps")
    on = models.DateTimeField(default=timezone.now)
    by_patient = models.BooleanField(default=False)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"pain map {self.on:%Y-%m-%d}"


class PainMark(models.Model):
    """One place on the map.

    `kind`: ``pain`` (it hurts here), ``felt`` (it is felt here: referred), ``trigger_point`` (a tender spot that was
    palpated, `trigger_point` its id in knowledge), ``numb``.
    """

    map = models.ForeignKey(PainMap, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=20)
    region = models.CharField(max_length=40)  # id in knowledge: br_…
    side = models.CharField(max_length=5, choices=Side.choices, default=Side.NONE)
    view = models.CharField(max_length=5, default="front")  # front | back
    intensity = models.PositiveSmallIntegerField(null=True)  # 0 to 10
    quality = models.CharField(max_length=40, blank=True)  # sharp, dull, burning, …
    spread = models.CharField(max_length=20, blank=True)  # spot | area | travels
    trigger_point = models.CharField(max_length=40, blank=True)
    familiar = models.BooleanField(null=True)  # pressing it gives the pain that the patient knows
    source = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="refers_to")
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_because = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.side} {self.region}"


class Activity(Row):
    """Something the patient wants to do again, in the patient's own words (patient-specific functional scale)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="activities")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="activities")
    words = models.CharField(_("activity"), max_length=200)
    order = models.PositiveSmallIntegerField(default=0)
    by_patient = models.BooleanField(default=False)  # who said it: the patient here, or told to a clinician
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.words


class ActivityRating(Row):
    """How well an activity goes: 0 (cannot) to 10 (as before)."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="ratings")
    rated_on = models.DateField()
    score = models.PositiveSmallIntegerField()
    by_patient = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.score}/10"


class OutcomeScore(Row):
    """The score of a questionnaire or performance test (id in knowledge: om_…)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="scores")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="scores")
    outcome = models.CharField(max_length=40)
    score = models.FloatField()
    taken_on = models.DateField()
    side = models.CharField(max_length=5, choices=Side.choices, default=Side.NONE)
    note = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict)  # how it was scored: sum of the answers, how many were answered
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    corrected_at = models.DateTimeField(null=True)  # the row that replaces this one says why; this one is kept
    corrected_because = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["patient", "outcome", "side", "taken_on", "corrected_at"], name="score_series"),
            models.Index(fields=["patient", "taken_on", "id"], name="scores_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.score}"


class PatientFile(Row):
    """A paper of the patient: referral, operation report, picture. The bytes lie in the object store."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="files")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, blank=True, related_name="files")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, blank=True)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    object_key = models.CharField(max_length=200)
    removed_at = models.DateTimeField(null=True)
    removed_because = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name

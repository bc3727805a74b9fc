"""Evaluations: the tests of one visit, what they measured, what was found, and what a clinician said of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from poise.clinic.charts.models import Episode
from poise.clinic.people.models import Patient, Row, Side
from poise.clinic.recordings.models import Analysis, StoredRecording


class Evaluation(Row):
    """An evaluation or re-evaluation."""

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("Open")
        FINISHED = "finished", _("Finished")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="evaluations")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="evaluations")
    kind = models.CharField(max_length=20, default="initial")  # initial | re-evaluation | discharge
    condition = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    symptoms = models.JSONField(default=list)  # in the patient's words, for the chain symptom → finding → driver
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"evaluation {self.started_at:%Y-%m-%d}"


class PlannedTest(Row):
    """One test of the evaluation (id in knowledge: test_…)."""

    class State(models.TextChoices):
        """Where it stands. A test that was stopped is `not_able`: never a zero."""

        PROPOSED = "proposed", _("To do")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Left out")
        NOT_ABLE = "not_able", _("Not able")

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="tests")
    test = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_because = models.JSONField(default=list)
    reason = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    recordings = models.ManyToManyField(StoredRecording, related_name="tests")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["evaluation", "test"], name="one_test_once")]

    def __str__(self) -> str:
        return self.test


class Measurement(models.Model):
    """A number that knows how it was made: by an analysis, or typed from tape, timer or goniometer."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measurements")
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, null=True, related_name="measurements")
    test = models.ForeignKey(PlannedTest, on_delete=models.PROTECT, null=True, related_name="measurements")
    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, null=True, related_name="measurements")
    measure = models.CharField(max_length=80)
    side = models.CharField(max_length=5, blank=True)
    value = models.FloatField()
    unit = models.CharField(max_length=20)
    n = models.PositiveIntegerField(null=True)
    sd = models.FloatField(null=True)
    start_s = models.FloatField(null=True)
    end_s = models.FloatField(null=True)
    valid_fraction = models.FloatField(null=True)
    method = models.CharField(max_length=200)
    instrument = models.CharField(max_length=40, blank=True)  # typed: tape, timer, goniometer, …
    taken_at = models.DateTimeField()
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    corrected_at = models.DateTimeField(null=True)  # a typed value is never changed: it is corrected by another row
    corrected_because = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "measure", "side", "taken_at"], name="measure_series")]

    def __str__(self) -> str:
        return f"{self.measure} {self.value} {self.unit}"


class FoundFinding(Row):
    """A finding, suggested by the science, accepted or rejected by a clinician."""

    class Judgement(models.TextChoices):
        """What the clinician said."""

        OPEN = "open", _("Not judged yet")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="found_findings")
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, null=True, related_name="findings")
    test = models.ForeignKey(PlannedTest, on_delete=models.PROTECT, null=True, related_name="findings")
    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, null=True, related_name="findings")
    finding = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    side = models.CharField(max_length=5, choices=Side.choices, blank=True)
    severity = models.CharField(max_length=10)
    confidence = models.FloatField()
    because = models.JSONField(default=list)
    reference = models.JSONField(default=dict)
    unseen = models.JSONField(default=list)
    details = models.JSONField(default=dict)
    judgement = models.CharField(max_length=10, choices=Judgement.choices, default=Judgement.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    symptom = models.CharField(max_length=200, blank=True)  # which of the patient's words it explains
    driver = models.CharField(max_length=200, blank=True)
    technique = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return self.name

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
    left_undone = models.JSONField(default=list)  # what was still open when it was finished, as it was told then

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "-started_at"], name="evaluation_series")]

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
    pain = models.PositiveSmallIntegerField(_("pain during the test"), null=True, blank=True)  # 0 to 10
    removed_at = models.DateTimeField(null=True)  # taken out of the set, with `reason`
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
    label = models.CharField(max_length=120, blank=True)
    error = models.FloatField(null=True)  # one standard error of measurement, in the same unit
    attempts = models.JSONField(default=list)  # typed: every attempt, of which `value` is the best, mean or lowest
    conditions = models.JSONField(default=dict)  # eyes, surface, …: only like is compared with like

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
    group = models.CharField(max_length=12, blank=True)  # pain | instability | weakness | incidental
    trigger_point = models.CharField(max_length=60, blank=True)  # a tender spot that goes with it (id: tp_…)
    withdrawn_at = models.DateTimeField(null=True)  # what it rested on was corrected, or analysed anew
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "judgement"], name="finding_judged")]

    def __str__(self) -> str:
        return self.name


class Judged(Row):
    """What a clinician said of a finding, once. The last one counts; an undo is another one, back to open."""

    finding = models.ForeignKey(FoundFinding, on_delete=models.CASCADE, related_name="history")
    judgement = models.CharField(max_length=10, choices=FoundFinding.Judgement.choices)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.judgement}: {self.reason}"


class ChainEdit(Row):
    """A change of a finding's chain, as it was before it: symptom, driver, technique, group."""

    finding = models.ForeignKey(FoundFinding, on_delete=models.CASCADE, related_name="chain_edits")
    before = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"chain of {self.finding_id}"


class AnalysisFacts(models.Model):
    """What the evaluation keeps of an analysis: what the file holds in words, and the papers made of it."""

    analysis = models.OneToOneField(Analysis, on_delete=models.CASCADE, related_name="facts")
    test = models.ForeignKey(PlannedTest, on_delete=models.PROTECT, null=True, related_name="analyses")
    source_kind = models.CharField(max_length=20, blank=True)
    holds = models.JSONField(default=list)  # what the file holds: sentences
    unseen = models.JSONField(default=list)
    judged = models.BooleanField(default=True)  # False: nothing could be held against a rule
    conditions = models.JSONField(default=dict)
    pictures_key = models.CharField(max_length=200, blank=True)
    report_key = models.CharField(max_length=200, blank=True)
    pdf_key = models.CharField(max_length=200, blank=True)
    superseded_at = models.DateTimeField(null=True)  # a newer analysis of the same recording counts

    def __str__(self) -> str:
        return f"facts of {self.analysis_id}"

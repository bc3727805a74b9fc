"""Taking back what an analysis gave: marked with the reason, never deleted. With it goes what was compared with it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.evaluations.models import AnalysisFacts, Evaluation, FoundFinding, Measurement, PlannedTest
from poise.clinic.recordings.models import StoredRecording


def withdraw(analyses: Collection[UUID], *, because: str) -> list[FoundFinding]:
    """Marks the papers, numbers and findings of these analyses; gives the findings that stood until now.

    Call it in the transaction of what makes them void.
    """
    now, papers = timezone.now(), AnalysisFacts.objects.filter(analysis__in=analyses)
    evaluations = set(papers.exclude(test=None).values_list("test__evaluation", flat=True))
    compared = Measurement.objects.filter(evaluation__in=evaluations, corrected_at=None, conditions__has_key="of")
    told = FoundFinding.objects.filter(evaluation__in=evaluations, withdrawn_at=None, details__has_key="of")
    void = {str(each) for each in analyses}
    numbers = [each.pk for each in compared.only("conditions") if void.intersection(each.conditions["of"])]
    standing = [
        *FoundFinding.objects.filter(analysis__in=analyses, withdrawn_at=None).exclude(details__has_key="of"),
        *(each for each in told if void.intersection(each.details["of"])),
    ]
    papers.filter(superseded_at=None).update(superseded_at=now)
    marks = {"corrected_at": now, "corrected_because": because}
    Measurement.objects.filter(analysis__in=analyses, corrected_at=None).exclude(conditions__has_key="of").update(
        **marks
    )
    Measurement.objects.filter(pk__in=numbers).update(**marks)
    FoundFinding.objects.filter(pk__in=[each.pk for each in standing]).update(
        withdrawn_at=now, withdrawn_because=because
    )
    return standing


def recording_gone(recording: StoredRecording) -> None:
    """The recording was taken out of the chart: nothing that rests on it counts any more."""
    withdraw(list(recording.analyses.values_list("pk", flat=True)), because=_("the recording was removed"))
    for planned in recording.tests.filter(state=PlannedTest.State.DONE, evaluation__state=Evaluation.State.OPEN):
        if not _has_anything_else(planned):
            PlannedTest.objects.filter(pk=planned.pk).update(state=PlannedTest.State.PROPOSED, version=F("version") + 1)


def _has_anything_else(planned: PlannedTest) -> bool:
    """Whether the test is done without the recording too: by another, by typed numbers, or by a person's word."""
    return (
        bool(planned.note)
        or planned.pain is not None
        or planned.measurements.filter(corrected_at=None).exists()
        or planned.recordings.filter(removed_at=None).exists()
    )

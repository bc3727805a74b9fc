"""Where evaluations show up elsewhere: menus, the patient's page, the first page, the queue of jobs, new recordings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from poise.clinic.actor import Actor
from poise.clinic.charts import summary
from poise.clinic.charts.domain.together import Asked
from poise.clinic.design import navigation
from poise.clinic.evaluations import words
from poise.clinic.evaluations.models import AnalysisFacts, Evaluation, FoundFinding, PlannedTest
from poise.clinic.jobs.domain import kinds
from poise.clinic.people import home
from poise.clinic.people.access import patients_within_reach
from poise.clinic.people.models import Patient
from poise.clinic.recordings.domain import happenings
from poise.clinic.recordings.models import StoredRecording
from poise.clinic.rules import CLINICIANS, Role

ANALYSIS = kinds.Kind(
    name="analysis", label=_("Analysis of a recording"), handler="poise.clinic.evaluations.domain.analysis:analyse"
)
MOST_SHOWN = 5


def make_known() -> None:
    """Called once, when Django starts."""
    kinds.register(ANALYSIS)
    navigation.register(
        navigation.Item(
            name="evaluations", label=_("Evaluation"), action="evaluation.read", place=navigation.PATIENT, order=30,
            covers=("evaluation", "evaluation-", "finding-", "measure-series"),
        )
    )  # fmt: skip
    summary.add(
        summary.Section(
            name="findings", title=_("Findings"), action="finding.read", order=50,
            template="evaluations/places/findings.html", load=findings_of,
            asks={
                "latest": Asked(rows=_latest, fields=("started_at",)),
                "findings": Asked(
                    rows=_found, fields=("finding", "name", "side", "severity", "confidence", "judgement")
                ),
            },
        )
    )  # fmt: skip
    summary.tell(
        summary.Source(
            name="evaluation", action="evaluation.read", at="started_at", entry=_told,
            rows=lambda patient: Evaluation.objects.filter(patient=patient).annotate(episode_title=F("episode__title")),
            fields=("kind", "patient_id", "episode_title"),
        )
    )  # fmt: skip
    home.add(
        home.Card(
            name="evaluations", action="evaluation.read", template="evaluations/places/home.html", tells=open_work,
            roles=CLINICIANS, order=30,
        )
    )  # fmt: skip
    home.add(
        home.Card(
            name="what_we_found", action="finding.told", template="evaluations/places/own_home.html", tells=own_card,
            roles=frozenset({Role.PATIENT}), order=60,
        )
    )  # fmt: skip
    happenings.recording_added.connect(analyse_new, dispatch_uid="evaluations.analyse_new")
    happenings.analysis_asked.connect(analyse_anew, dispatch_uid="evaluations.analyse_anew")
    happenings.recording_removed.connect(leave_out, dispatch_uid="evaluations.leave_out")
    happenings.upload_announced.connect(check_wanted, dispatch_uid="evaluations.check_wanted")


def _latest(patient: Patient) -> QuerySet[Evaluation]:
    return Evaluation.objects.filter(patient=patient).order_by("-started_at")[:1]


def _found(patient: Patient) -> QuerySet[FoundFinding]:
    return FoundFinding.objects.filter(evaluation__in=_latest(patient).values("pk"), withdrawn_at=None)


def findings_of(by: Actor, patient: Patient, rows: summary.Rows) -> Mapping[str, object] | None:
    """The newest evaluation's accepted findings, and how many wait."""
    if not rows["latest"]:
        return None
    accepted = [row for row in rows["findings"] if row.judgement == FoundFinding.Judgement.ACCEPTED]
    accepted.sort(key=lambda row: (row.severity != "major", -row.confidence))
    for row in accepted:
        row.plain = words.finding_name(row.finding, row.name)
    return {
        "evaluation": rows["latest"][0], "accepted": accepted[:MOST_SHOWN], "more": max(0, len(accepted) - MOST_SHOWN),
        "waiting": sum(row.judgement == FoundFinding.Judgement.OPEN for row in rows["findings"]),
    }  # fmt: skip


def _told(row: Any) -> summary.Entry:
    return summary.Entry(
        at=row.started_at, kind=_("Evaluation"), title=words.KINDS.get(row.kind, row.kind), note=row.episode_title,
        url=reverse("evaluation", args=[row.patient_id, row.pk]),
    )  # fmt: skip


def open_work(by: Actor) -> Mapping[str, Any] | None:
    """Open evaluations of the person's own patients, with what waits in each; None where there is nothing."""
    reach = patients_within_reach(by, "evaluation.read")
    rows = (
        Evaluation.objects.filter(state=Evaluation.State.OPEN, patient__in=reach)
        .select_related("patient")
        .annotate(
            waiting=Count("findings", filter=Q(findings__judgement="open", findings__withdrawn_at=None), distinct=True),
            to_do=Count(
                "tests", filter=Q(tests__state=PlannedTest.State.PROPOSED, tests__removed_at=None), distinct=True
            ),
        )
        .order_by("-started_at")[: MOST_SHOWN + 1]
    )
    listed = list(rows)
    return {"rows": listed[:MOST_SHOWN], "more": len(listed) > MOST_SHOWN} if listed else None


def own_card(by: Actor) -> Mapping[str, Any] | None:
    """What the person's own finished evaluations have found, in plain words; None where nothing is told yet."""
    patient = Patient.objects.filter(account=by.user_id, clinic=by.clinic_id).first()
    found = told_to_patient(patient) if patient else []
    return {"patient": patient, "found": found[:MOST_SHOWN]} if found else None


def told_to_patient(patient: Patient) -> list[dict[str, Any]]:
    """Accepted findings of the newest finished evaluation, in the plain words of the clinical table. Two queries."""
    latest = patient.evaluations.filter(state=Evaluation.State.FINISHED).order_by("-started_at").first()
    if latest is None:
        return []
    rows = latest.findings.filter(withdrawn_at=None, judgement=FoundFinding.Judgement.ACCEPTED)
    return [
        {
            "name": words.finding_name(row.finding, row.name),
            "side": words.SIDES.get(row.side, ""),
            "on": latest.started_at,
        }
        for row in sorted(rows, key=lambda row: (row.severity != "major", row.name))
    ]


def check_wanted(*, patient: Patient, about_id: UUID | None = None, **_more: object) -> None:
    """A file for a test of a finished evaluation, or under a red flag, is refused before it is sent."""
    from poise.clinic.evaluations.domain.evaluations import check_open

    rows = PlannedTest.objects.filter(evaluation__patient=patient).select_related("evaluation__episode__patient")
    planned = rows.filter(pk=about_id).first() if about_id else None
    if planned is not None:
        check_open(planned.evaluation)


def analyse_new(
    *, by: Actor, recording: StoredRecording, about_id: UUID | None = None, was_here: bool = False, **_more: object
) -> None:
    """A new recording is analysed at once, for the test that it was made for.

    The same bytes sent again are not: another analysis would take back what was judged already.
    """
    from poise.clinic.evaluations.domain import analysis

    rows = PlannedTest.objects.filter(evaluation__patient=recording.patient_id).select_related("evaluation")
    planned = rows.filter(pk=about_id).first() if about_id else None
    if planned is not None and recording.episode_id is None:
        episode = planned.evaluation.episode_id
        StoredRecording.objects.filter(pk=recording.pk, episode=None).update(episode=episode)
        recording.episode_id = episode
    stands = AnalysisFacts.objects.filter(analysis__recording=recording, superseded_at=None, analysis__usable=True)
    if was_here and (stands if planned is None else stands.filter(test=planned)).exists():
        return
    analysis.request(by, recording, planned)


def leave_out(*, recording: StoredRecording, **_more: object) -> None:
    """A recording was removed: its numbers and findings are taken back."""
    from poise.clinic.evaluations.domain import withdrawal

    withdrawal.recording_gone(recording)


def analyse_anew(*, by: Actor, recording: StoredRecording, **_more: object) -> None:
    """Somebody wants a recording analysed again, for the test that it belongs to.

    Raises
    ------
    Closed
        Its evaluation is finished: what was judged there is not taken back behind a colleague's back.
    """
    from poise.clinic.evaluations.domain import analysis
    from poise.clinic.evaluations.domain.evaluations import check_not_finished

    planned = recording.tests.select_related("evaluation").order_by("-made_at").first()
    if planned is not None:
        check_not_finished(planned.evaluation)
    analysis.request(by, recording, planned)

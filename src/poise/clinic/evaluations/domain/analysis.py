"""The analysis of a recording: asked for by a person, done by a worker, finished whole or not at all."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from poise import __version__
from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.design.banner import age_on
from poise.clinic.evaluations.domain import facts, moments, results, stored
from poise.clinic.evaluations.models import AnalysisFacts, Evaluation, PlannedTest
from poise.clinic.jobs.domain import queue
from poise.clinic.jobs.domain.work import Stopped, Work
from poise.clinic.jobs.models import Job
from poise.clinic.objects import object_store
from poise.clinic.recordings.domain.workroom import room, write
from poise.clinic.recordings.models import Analysis, StoredRecording
from poise.errors import BadSetting, PoiseError
from poise.model import Assessment, Person

KIND = "analysis"
READING, MEASURING, DRAWING = gettext_noop("Reading the file"), gettext_noop("Measuring"), gettext_noop("Drawing")
LONGEST_NAME = 80


def request(by: Actor, recording: StoredRecording, planned: PlannedTest | None = None) -> Job:
    """Asks for a recording to be analysed, for the test it was made for; the same is not asked for twice."""
    with transaction.atomic():
        if planned is not None:
            planned.recordings.add(recording)
        job = queue.ask(
            by, KIND, about_id=recording.pk, patient=recording.patient,
            payload={"recording": str(recording.pk), "test": str(planned.pk) if planned else ""},
        )  # fmt: skip
        chain.record(by, "evaluation.measure", patient_id=recording.patient_id, what="recording",
                     what_id=recording.pk, detail={"analysis": str(job.pk)})  # fmt: skip
    return job


@dataclass(frozen=True, kw_only=True)
class Made:
    """What an analysis made, before any row is written: its papers lie in the object store already."""

    assessments: tuple[Assessment, ...]
    drawn: tuple[tuple[results.Drawn, ...], ...]
    assessment_key: str
    replay_key: str
    pictures_key: str
    report_key: str
    pdf_key: str

    @property
    def first(self) -> Assessment:
        """The recording that the page shows; a file may hold several."""
        return self.assessments[0]


def analyse(work: Work) -> None:
    """The handler of the job: fetch, assess, draw, store, and write everything in one finishing transaction."""
    recording = StoredRecording.objects.select_related("patient", "episode").get(pk=str(work.payload["recording"]))
    planned = _planned(str(work.payload.get("test") or ""))
    if Analysis.objects.filter(job_id=work.job_id).exists():
        return
    if recording.removed_at is not None:
        raise Stopped
    person = person_of(recording)
    assessments = _assessed(work, recording, person, planned)
    work.report(0.75, DRAWING)
    with _stored(assessments) as made:
        work.finish(lambda: _written(work, recording, planned, person, made))


def _planned(test_id: str) -> PlannedTest | None:
    rows = PlannedTest.objects.select_related("evaluation")
    return rows.filter(pk=test_id).first() if test_id else None


def person_of(recording: StoredRecording) -> Person:
    """The facts of the patient that measuring asks for; no name, no identifier."""
    patient, episode = recording.patient, recording.episode
    age = age_on(recording.recorded_at.date(), patient.birth_date)
    affected = episode.side if episode and episode.side in {"left", "right", "both"} else None
    return Person(
        birth_year=patient.birth_date.year, age_years=float(age),
        sex=patient.sex if patient.sex in {"f", "m"} else None,  # type: ignore[arg-type]
        height_m=patient.height_m, mass_kg=patient.mass_kg, affected=affected,  # type: ignore[arg-type]
    )  # fmt: skip


def _assessed(
    work: Work, recording: StoredRecording, person: Person, planned: PlannedTest | None
) -> tuple[Assessment, ...]:
    """Reads and measures the file from a folder that is gone afterwards."""
    from poise.readers.progress import listening
    from poise.workflows.assess import assess_file
    from poise.workflows.files import Source
    from poise.workflows.request import Request, checked

    work.report(0.02, READING)
    with room() as folder:
        path = _fetched(recording, folder)
        try:
            asked = Request(
                task=recording.task or "auto", person=person, conditions=checked(dict(recording.conditions)),
                mapping=recording.mapping or {}, earlier=stored.earlier_of(recording, planned),
            )  # fmt: skip
        except BadSetting as error:
            return (_refused(recording, error),)
        work.report(0.1, MEASURING)
        with listening(lambda _name, share: work.report(0.1 + 0.4 * share, READING)):
            found = assess_file(Source(path=path, named=True), asked) or (_refused(recording, _nothing_in_it()),)
        return tuple(_without_folder(each, folder, recording.name) for each in found)


def _fetched(recording: StoredRecording, folder: Path) -> Path:
    """The recording's bytes, decrypted, under a name whose ending the readers know; nothing of the name is trusted."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", recording.name).lstrip(".")[-LONGEST_NAME:] or "recording"
    path = folder / name
    with object_store().open(recording.object_key) as sealed:
        write(path, sealed)
    return path


def _refused(recording: StoredRecording, error: PoiseError) -> Assessment:
    from poise.model import Problem

    told = Problem(what=f"{error.problem} {error.found}".strip(), where=recording.name, do=error.do)
    return Assessment(source=recording.name, id=recording.name, usable=False, problems=(told,))


def _nothing_in_it() -> PoiseError:
    return PoiseError(_("The file holds no recording."), do=_("Export it again from the software that made it."))


def _without_folder(assessment: Assessment, folder: Path, name: str) -> Assessment:
    """What a person reads names the recording, not the folder that it lay in for a moment."""

    def said(text: str) -> str:
        return text.replace(f"{folder}/", "").replace(str(folder), name)

    return replace(
        assessment, source=name, id=said(assessment.id), unseen=tuple(map(said, assessment.unseen)),
        problems=tuple(replace(each, what=said(each.what), where=said(each.where), do=said(each.do))
                       for each in assessment.problems),
    )  # fmt: skip


@contextmanager
def _stored(assessments: tuple[Assessment, ...]) -> Iterator[Made]:
    """The papers in the object store; taken away again unless the job was finished with them."""
    keys: list[str] = []

    def put(content: bytes) -> str:
        if not content:
            return ""
        key = object_store().put(io.BytesIO(content)).key
        keys.append(key)
        return key

    try:
        drawn, shown = _drawn(assessments)
        yield Made(
            assessments=assessments, drawn=drawn, assessment_key=put(_document(assessments)),
            replay_key=put(_replay(assessments)), pictures_key=put(shown), report_key=put(_report(assessments)),
            pdf_key=put(_pdf(assessments)),
        )  # fmt: skip
    except BaseException:
        for key in keys:
            with suppress(Exception):
                object_store().delete(key)
        raise


def _drawn(assessments: Sequence[Assessment]) -> tuple[tuple[tuple[results.Drawn, ...], ...], bytes]:
    """Every finding's moment and pictures; the pictures as one JSON list that findings point into."""
    shown: list[dict[str, str]] = []
    all_drawn = []
    for assessment in assessments:
        drawn, curves = [], moments.curves_of(assessment)
        for each in assessment.findings:
            moment_s = moments.moment_of(each, assessment)
            drawn.append(results.Drawn(finding=each, moment_s=moment_s, picture=len(shown)))
            shown.append(moments.pictures_of(each, assessment, moment_s, curves).as_plain())
        all_drawn.append(tuple(drawn))
    return tuple(all_drawn), json.dumps(shown).encode() if shown else b""


def _document(assessments: Sequence[Assessment]) -> bytes:
    from poise.codecs.json import document, dumps

    return dumps(document(assessments), indent=None).encode()


def _report(assessments: Sequence[Assessment]) -> bytes:
    from poise.documents.report import render_html

    return render_html(assessments).encode("utf-8", "replace")


def _pdf(assessments: Sequence[Assessment]) -> bytes:
    """The report as PDF; empty where Typst is not installed: the HTML is there all the same."""
    from poise.documents.pdf import write_pdf

    with room() as folder:
        path = folder / "report.pdf"
        try:
            write_pdf(assessments, path)
        except BadSetting:
            return b""
        return path.read_bytes()


def _replay(assessments: Sequence[Assessment]) -> bytes:
    """The moving picture of the recording; of a file with several, of the first that can be shown."""
    from poise.clinic.recordings.domain import replay

    usable = [each for each in assessments if each.usable and each.recording is not None]
    return replay.bundle(usable[0].recording, usable[0]) if usable else b""


def _written(
    work: Work, recording: StoredRecording, planned: PlannedTest | None, person: Person, made: Made
) -> Mapping[str, object]:
    """All rows of the analysis; called inside the transaction that ends the job."""
    if StoredRecording.objects.select_for_update().get(pk=recording.pk).removed_at is not None:
        raise Stopped  # taken out of the chart while it was measured
    evaluation = None
    if planned is not None:
        evaluation = Evaluation.objects.select_for_update().get(pk=planned.evaluation_id)
    analysis = _analysis_row(work, recording, made)
    place = results.Place(recording=recording, analysis=analysis, test=planned, evaluation=evaluation)
    said = results.supersede(place)
    _facts_row(analysis, planned, made)
    for assessment, drawn in zip(made.assessments, made.drawn, strict=True):
        results.write_measurements(place, assessment)
        results.write_findings(place, assessment, drawn, said)
    if evaluation is not None:
        _compare(place, person)
    if planned is not None and analysis.usable:  # what a person has said of the test meanwhile stands
        PlannedTest.objects.filter(pk=planned.pk, state=PlannedTest.State.PROPOSED).update(state=PlannedTest.State.DONE)
    chain.record(work.by, "evaluation.measure", patient_id=recording.patient_id, what="analysis", what_id=analysis.pk,
                 detail={"usable": analysis.usable, "findings": sum(map(len, made.drawn))})  # fmt: skip
    return {"analysis": str(analysis.pk), "usable": analysis.usable}


def _analysis_row(work: Work, recording: StoredRecording, made: Made) -> Analysis:
    problems = [
        {"what": each.what, "where": each.where, "do": each.do} for one in made.assessments for each in one.problems
    ]
    return Analysis.objects.create(
        recording=recording, job_id=work.job_id, software=f"poise {__version__}", task=made.first.task[:30],
        usable=any(each.usable and each.measurements for each in made.assessments), problems=problems,
        duration_s=max(each.duration_s for each in made.assessments), assessment_key=made.assessment_key,
        replay_key=made.replay_key, made_by_id=work.asked_by_id,
    )  # fmt: skip


def _facts_row(analysis: Analysis, planned: PlannedTest | None, made: Made) -> None:
    AnalysisFacts.objects.create(
        analysis=analysis, test=planned, source_kind=made.first.source_kind,
        holds=[each for one in made.assessments for each in facts.of_assessment(one)][:40],
        unseen=[each for one in made.assessments for each in one.unseen],
        judged=any(each.judged for each in made.assessments),
        conditions=dict(made.first.conditions), pictures_key=made.pictures_key, report_key=made.report_key,
        pdf_key=made.pdf_key,
    )  # fmt: skip


def _compare(place: results.Place, person: Person) -> None:
    """What the evaluation's recordings show together: Romberg, left beside right, the cost of a second task."""
    from poise.workflows.compare import compare_all

    assert place.evaluation is not None
    held: dict[UUID, Assessment] = stored.of_evaluation(place.evaluation, person=person)
    if len(held) < 2:
        return
    found = compare_all(list(held.values()), same_person=True)
    ids = {assessment.id: key for key, assessment in held.items()}
    shown = held.get(place.analysis.pk) or next(iter(held.values()))
    results.write_comparisons(place, found, shown, ids)


def document_of(analysis: Analysis) -> dict[str, Any]:
    """The assessment as `poise analyze --json` tells it."""
    with object_store().open(analysis.assessment_key) as stream:
        told: dict[str, Any] = json.load(stream)
    return told


def pictures_of(held: AnalysisFacts) -> list[dict[str, str]]:
    """The pictures of an analysis's findings; none where they cannot be fetched: the numbers stand without them."""
    if not held.pictures_key:
        return []
    try:
        with object_store().open(held.pictures_key) as stream:
            shown: list[dict[str, str]] = json.load(stream)
    except PoiseError:
        return []
    return shown

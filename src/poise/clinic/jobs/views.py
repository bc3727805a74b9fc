"""How far a job is, what a patient's jobs are, and a way to stop one or to try again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from poise.clinic.jobs.domain import queue
from poise.clinic.jobs.domain.shown import Shown, shown
from poise.clinic.jobs.models import Job, State
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient
from poise.clinic.rules import reaches
from poise.errors import PoiseError

PER_PAGE = 20
MOST_OPEN = 10


@never_cache
@require_GET
@requires("job.read", patient="patient_id")
def jobs(request: HttpRequest, patient: Patient) -> HttpResponse:
    """All work that was asked for about this patient, the latest first."""
    page = Paginator(_of(patient).order_by("-asked_at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "jobs/jobs.html", {"patient": patient, "page": page, "jobs": [shown(each) for each in page]})


@never_cache
@require_GET
@requires("job.read", patient="patient_id", audited=False)  # asked once a second; it tells how far a job is, no more
def job_progress(request: HttpRequest, patient: Patient, job_id: UUID) -> HttpResponse:
    """How far one job is: a piece of a page, which asks again until the job has ended."""
    job = get_object_or_404(_of(patient), pk=job_id)
    return _piece(request, patient, [shown(job)], was_open=True)


@never_cache
@require_GET
@requires("job.read", patient="patient_id", audited=False)  # a piece of a page whose opening is audited
def jobs_about(request: HttpRequest, patient: Patient, about_id: UUID) -> HttpResponse:
    """The latest job about one thing, such as a recording."""
    latest = _of(patient).filter(about_id=about_id).order_by("-asked_at", "pk")[:1]
    return _piece(request, patient, [shown(each) for each in latest if each.state != State.DONE])


@never_cache
@require_GET
@requires("job.read", patient="patient_id", audited=False)  # a piece of a page whose opening is audited
def jobs_open(request: HttpRequest, patient: Patient) -> HttpResponse:
    """The jobs of a patient that wait or run."""
    waiting = _of(patient).filter(state__in=(State.WAITING, State.RUNNING)).order_by("asked_at", "pk")[:MOST_OPEN]
    return _piece(request, patient, [shown(each) for each in waiting])


@never_cache
@require_POST
@requires("job.cancel", patient="patient_id")
def cancel_job(request: HttpRequest, patient: Patient, job_id: UUID) -> HttpResponse:
    """Stops a job."""
    job = get_object_or_404(_of(patient), pk=job_id)
    try:
        job = queue.cancel(actor_of(request), job)
    except PoiseError as error:
        if not request.htmx:  # type: ignore[attr-defined]
            messages.info(request, str(error))
        job.refresh_from_db()
    return _answer(request, patient, job)


@never_cache
@require_POST
@requires("job.retry", patient="patient_id")
def retry_job(request: HttpRequest, patient: Patient, job_id: UUID) -> HttpResponse:
    """Asks for the same work once more."""
    job = get_object_or_404(_of(patient), pk=job_id, state__in=(State.FAILED, State.CANCELLED))
    return _answer(request, patient, queue.retry(actor_of(request), job))


def _of(patient: Patient) -> QuerySet[Job]:
    return Job.objects.filter(patient=patient).select_related("asked_by")


def _answer(request: HttpRequest, patient: Patient, job: Job) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _piece(request, patient, [shown(job)])
    messages.info(request, _("The work was stopped.") if job.state == State.CANCELLED else _("It has been asked for."))
    return redirect(_next(request, patient))


def _next(request: HttpRequest, patient: Patient) -> str:
    asked = request.POST.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else reverse("jobs", args=[patient.pk])


def _piece(request: HttpRequest, patient: Patient, found: list[Shown], *, was_open: bool = False) -> HttpResponse:
    may = reaches(actor_of(request).roles, "job.cancel")
    context: dict[str, Any] = {"patient": patient, "jobs": found, "may": bool(may)}
    response = render(request, "jobs/progress.html", context)
    if was_open and all(each.has_ended for each in found):
        response["HX-Trigger"] = "poise:job-ended"  # the page may now ask for what the job has made
    return response

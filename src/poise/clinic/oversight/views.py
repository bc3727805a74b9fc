"""The audit's pages. What is looked for travels by POST: no person and no patient stands in an address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from poise.clinic.audit.domain import chain
from poise.clinic.audit.models import Event, Head
from poise.clinic.oversight.domain import reading, sheets
from poise.clinic.oversight.forms import WantedForm
from poise.clinic.people.access import actor_of, patient_within_reach, requires
from poise.clinic.people.models import Patient


@requires("audit.read", audited=False)  # `reading.page` records it, with what it was narrowed by
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what: the newest first, narrowed by what is posted."""
    by = actor_of(request)
    form = WantedForm(by, request.POST if request.method == "POST" else {})
    if not form.is_valid():
        return render(request, "oversight/audit.html", {"form": form, "page": None})
    page = reading.page(by, form.wanted, before=form.cleaned_data["before"])
    template = "oversight/parts/events.html" if request.headers.get("HX-Request") else "oversight/audit.html"
    return render(request, template, {"form": form, "page": page, "found": form.found})


@require_POST
@requires("audit.export")
def audit_export(request: HttpRequest) -> HttpResponse:
    """The rows asked for, as a file."""
    by = actor_of(request)
    form = WantedForm(by, request.POST)
    kind = "json" if request.POST.get("kind") == "json" else "csv"
    if not form.is_valid():
        return render(request, "oversight/audit.html", {"form": form, "page": None})
    pages = reading.export(by, form.wanted, kind=kind)
    lines = sheets.as_json(pages) if kind == "json" else sheets.as_csv(pages)
    name = f"audit-{timezone.localdate():%Y-%m-%d}.{kind}"
    return StreamingHttpResponse(  # type: ignore[return-value]  # an answer like any other, to all that follows
        _one_by_one(lines),
        content_type="application/json" if kind == "json" else "text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@require_safe
@requires("audit.read")
def audit_chain(request: HttpRequest) -> HttpResponse:
    """Whether the chain is whole: when it was last verified, and where it stands."""
    verified = Event.objects.filter(action="audit.verify").order_by("-number").first()
    return render(
        request, "oversight/chain.html", {"head": Head.objects.filter(pk=1).first(), "verified": verified}
    )  # fmt: skip


@requires("accesses.read", patient="patient_id")
def accesses(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Who opened this record: for the patient, and for the administrator."""
    by = actor_of(request)
    said = request.POST.get("before", "")
    page = reading.accesses(by, patient, before=int(said) if said.isdecimal() and len(said) < 19 else None)
    if request.method == "POST":
        chain.record(by, "accesses.read", patient_id=patient.pk)
    own = patient.account_id == by.user_id
    return render(request, "oversight/accesses.html", {"patient": patient, "page": page, "own": own})


@require_POST
@requires("page.print")
def printed(request: HttpRequest) -> HttpResponse:
    """The browser says that it prints a page: written down as the page's own rule says of whom it tells."""
    by = actor_of(request)
    try:
        match = resolve(request.POST.get("path", "")[:500])
    except Resolver404:
        return HttpResponse(status=204)
    patient_id, rule = match.kwargs.get("patient_id"), getattr(match.func, "rule", "")
    patient = patient_within_reach(by, rule, patient_id) if patient_id and rule else None
    chain.record(by, "page.print", patient_id=patient.pk if patient else None, what="page", what_id=match.view_name)
    return HttpResponse(status=204)


@require_POST
@requires("audit.read")
def find_accesses(request: HttpRequest) -> HttpResponse:
    """From a record number to who opened that record."""
    found = reading.patient_named(actor_of(request), request.POST.get("patient", "")[:40])
    return redirect("accesses", found.pk) if found else redirect("audit")


async def _one_by_one(lines: Iterator[str]) -> AsyncIterator[str]:
    """A page of rows at a time, so that a long export fills no memory."""
    following = sync_to_async(lambda: next(lines, None))
    while (line := await following()) is not None:
        yield line

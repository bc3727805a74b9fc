"""The intake in the clinic: sending it, reading it beside the chart, confirming it; and filling it in signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.mail import send_mail
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override
from django.views.decorators.http import require_GET, require_POST

from poise.clinic.charts import intake_filling, pain_forms
from poise.clinic.charts.domain import intake as verbs
from poise.clinic.charts.domain import intake_taking as taking
from poise.clinic.charts.domain.sight import sight_of
from poise.clinic.charts.intake_filling import Filling
from poise.clinic.charts.intake_forms import steps_of
from poise.clinic.charts.models import ConsentText, Intake
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.domain import letters
from poise.clinic.people.errors import NotPossible
from poise.clinic.people.models import LANGUAGES, Patient

PAGE = 20
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class SendForm(forms.Form):
    """How the form shall reach the patient."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    mail = forms.BooleanField(label=gettext_lazy("Also send the link by e-mail"), required=False)


class ConsentForm(forms.Form):
    """The clinic's own consent words."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    words = forms.CharField(
        label=gettext_lazy("Words that patients read and agree to"),
        widget=forms.Textarea(attrs={"rows": 14}),
        max_length=20000,
    )


# ── sending: states, never answers ───────────────────────────────────────────────────────────────────────────────────


@requires("intake.send", patient="patient_id")
def intakes(request: HttpRequest, patient: Patient) -> HttpResponse:
    """The forms that were sent, where they stand, and a button that sends a new one."""
    by = actor_of(request)
    form = SendForm(request.POST or None, initial={"language": patient.language, "mail": False})
    if request.method == "POST" and form.is_valid():
        made, secret = verbs.send(by, patient, language=form.cleaned_data["language"])
        return _link(request, patient, made, secret, mail=form.cleaned_data["mail"])
    rows = patient.intakes.select_related("made_by", "confirmed_by").order_by("-made_at", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "patient": patient,
        "page": page,
        "form": form,
        "may": {"read": sight_of(by, patient)("intake.read"), "fill": sight_of(by, patient)("intake.fill")},
        "can_mail": _can_mail(patient),
        "open_states": verbs.OPEN,
    }
    return render(request, "charts/intake/list.html", context)


@require_POST
@requires("intake.send", patient="patient_id")
def renew(request: HttpRequest, patient: Patient, intake_id: UUID) -> HttpResponse:
    """A new link for a form that is still open."""
    found = get_object_or_404(Intake, pk=intake_id, patient=patient)
    try:
        secret = verbs.renew(actor_of(request), found)
    except NotPossible as problem:
        messages.error(request, problem.problem)
        return redirect("intakes", patient.pk)
    return _link(request, patient, found, secret, mail=False)


@require_POST
@requires("intake.send", patient="patient_id")
def withdraw(request: HttpRequest, patient: Patient, intake_id: UUID) -> HttpResponse:
    """Ends the link."""
    found = get_object_or_404(Intake, pk=intake_id, patient=patient)
    try:
        verbs.withdraw(actor_of(request), found, because=request.POST.get("because", ""))
        messages.success(request, _("The link is withdrawn."))
    except NotPossible as problem:
        messages.error(request, problem.problem)
    return redirect("intakes", patient.pk)


def _link(request: HttpRequest, patient: Patient, made: Intake, secret: str, *, mail: bool) -> HttpResponse:
    """The link, shown this once: to copy, as a picture for a phone's camera, or mailed."""
    address = request.build_absolute_uri(reverse("intake-link", args=(secret,)))
    mailed = mail and _can_mail(patient) and _mail(patient, made, address)
    host = request.get_host().rsplit(":", 1)[0]
    context = {
        "patient": patient,
        "intake": made,
        "address": address,
        "picture": _picture(address),
        "mailed": mailed,
        "only_here": host in LOOPBACK,
    }
    response = render(request, "charts/intake/link.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _can_mail(patient: Patient) -> bool:
    """Whether the clinic has a mail server (else mail goes to the log, where a secret must not be) and an address."""
    return letters.can_send() and bool(patient.email)


def _mail(patient: Patient, made: Intake, address: str) -> bool:
    with override(made.language):
        words = _(
            "Please fill in this form before your visit. It takes about ten minutes. You need your date of birth."
        )
        return (
            send_mail(
                _("A form from %(clinic)s") % {"clinic": patient.clinic.name},
                f"{words}\n\n{address}\n",
                None,
                [patient.email],
                fail_silently=True,
            )
            == 1
        )


def _picture(address: str) -> str:
    """The link as a QR code: the data of one SVG path, on a grid with four quiet modules around."""
    import qrcode  # type: ignore[import-untyped]

    code = qrcode.QRCode(border=4)
    code.add_data(address)
    grid = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(grid) for x, dark in enumerate(row) if dark)
    return f"{len(grid)} {path}"


# ── reading and confirming ───────────────────────────────────────────────────────────────────────────────────────────


@require_GET
@requires("intake.read", patient="patient_id")
def intake(request: HttpRequest, patient: Patient, intake_id: UUID) -> HttpResponse:
    """The answers, just as they were written, beside what the chart says."""
    found = get_object_or_404(
        Intake.objects.select_related("patient", "episode", "confirmed_by"), pk=intake_id, patient=patient
    )
    may = sight_of(actor_of(request), patient)
    is_in = found.state in {Intake.State.SUBMITTED, Intake.State.CONFIRMED}
    answers = found.answers if is_in else {}
    parts = taking.parts_of(found) if is_in and may("intake.confirm") else []
    flags = verbs.flags_said(answers)
    context = {
        "patient": patient,
        "intake": found,
        "is_in": is_in,
        "parts": parts,
        "n_safe": sum(part.is_safe for part in parts),
        "needs_episode": any(part.state == "needs" for part in parts),
        "waiting": [part for part in parts if part.waits],
        "may_confirm": may("intake.confirm"),
        "screens": [(each, intake_filling.shown(each, answers)) for each in steps_of(found)],
        "marks": pain_forms.marks_from(answers.get("map", {}).get("marks", [])),
        "raised": [flag for flag in verbs.questions_of(found) if flags.get(flag.id) in {"yes", "unknown"}],
        "n_sheets": found.sheets.count(),
    }
    return render(request, "charts/intake/intake.html", context)


@require_POST
@requires("intake.confirm", patient="patient_id")
def confirm(request: HttpRequest, patient: Patient, intake_id: UUID) -> HttpResponse:
    """Takes over all that is safe to take."""
    found = get_object_or_404(Intake, pk=intake_id, patient=patient)
    try:
        taken = taking.confirm(actor_of(request), found)
        told = ngettext("Confirmed. %(n)d part is in the chart now.", "Confirmed. %(n)d parts are in the chart now.",
                        len(taken))  # fmt: skip
        messages.success(request, told % {"n": len(taken)} if taken else _("Confirmed."))
    except NotPossible as problem:
        messages.error(request, problem.problem)
    return redirect("intake", patient.pk, found.pk)


@require_POST
@requires("intake.confirm", patient="patient_id")
def decide(request: HttpRequest, patient: Patient, intake_id: UUID) -> HttpResponse:
    """Takes over or leaves one part."""
    found = get_object_or_404(Intake, pk=intake_id, patient=patient)
    part, take = request.POST.get("part", ""), request.POST.get("do") == "take"
    try:
        taking.decide(actor_of(request), found, part, take=take, reason=request.POST.get("reason", ""))
    except NotPossible as problem:
        messages.error(request, problem.problem)
    return redirect(f"{reverse('intake', args=(patient.pk, found.pk))}#beside")


# ── filling in, signed in ────────────────────────────────────────────────────────────────────────────────────────────


def filling(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of the form for the patient, or for a clinician who fills it in with them."""

    @requires("intake.fill", patient="patient_id")
    @wraps(view)
    def guarded(request: HttpRequest, patient: Patient, intake_id: UUID, **kwargs: Any) -> HttpResponseBase:
        found = get_object_or_404(
            Intake.objects.select_related("patient__clinic", "episode"), pk=intake_id, patient=patient
        )
        by = actor_of(request)
        try:
            sheet = verbs.sheet_of_account(by, found)
        except NotPossible as problem:
            return render(request, "charts/intake/closed.html", {"problem": problem, "patient": patient}, status=410)
        return view(request, Filling(by=by, intake=found, sheet=sheet, patient=patient), **kwargs)

    return guarded


fill_step = filling(intake_filling.step)
fill_stop = filling(intake_filling.stop)
fill_review = filling(intake_filling.review)
fill_pause = filling(intake_filling.pause)


@require_GET
@requires("intake.fill", patient="patient_id")
def fill_done(request: HttpRequest, patient: Patient, intake_id: UUID) -> HttpResponse:
    """Handed in."""
    found = get_object_or_404(Intake, pk=intake_id, patient=patient)
    return render(request, "charts/intake/done.html", {"patient": patient, "intake": found, "by_link": False})


# ── the clinic's own consent words ───────────────────────────────────────────────────────────────────────────────────


@requires("clinic.edit")
def consent_words(request: HttpRequest) -> HttpResponse:
    """What patients read at the end of the form. Poise brings no words of its own: they are the clinic's."""
    by = actor_of(request)
    assert by.clinic_id is not None
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verbs.write_consent(by, by.clinic_id, form.cleaned_data["language"], form.cleaned_data["words"])
        messages.success(request, _("Saved. New forms show these words."))
        return redirect("intake-consent")
    texts = ConsentText.objects.filter(clinic=by.clinic_id).select_related("made_by").order_by("-made_at")[:PAGE]
    return render(request, "charts/intake/consent_words.html", {"form": form, "texts": texts})

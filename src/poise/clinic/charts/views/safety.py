"""Red flags: asking, stopping, telling, deciding."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from poise.clinic.charts.domain import safety
from poise.clinic.charts.domain.minding import minded
from poise.clinic.charts.forms.safety import DecisionForm, ScreenForm, ToldForm, VisitForm
from poise.clinic.charts.models import Episode, RedFlagDecision, SafetyScreen
from poise.clinic.charts.views.saving import PARENT, reach_of, saved
from poise.clinic.drafts.forms import opened
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient
from poise.clinic.rules import Role
from poise.knowledge.clinical import library

MOST_LISTED = 30
form_page = require_http_methods(["GET", "POST"])


@requires("chart.read", patient="patient_id")
def safety_page(request: HttpRequest, patient: Patient) -> HttpResponse:
    """What is raised and not over, what was decided, when it was asked last."""
    if actor_of(request).roles == {Role.PATIENT}:
        return redirect("own-record", patient.pk)  # the notes here are written for the team
    decided = RedFlagDecision.objects.filter(screen__patient=patient).order_by("-made_at").select_related("made_by")
    screens = SafetyScreen.objects.filter(patient=patient).order_by("-asked_at").select_related("made_by", "episode")
    context = {
        "patient": patient, "flags": minded(patient).flags, "decisions": decided[:MOST_LISTED],
        "screens": screens[:MOST_LISTED], "may": reach_of(request, patient), "names": safety.DECISIONS,
        "episodes": Episode.objects.filter(patient=patient, ended_on=None)[:MOST_LISTED],
    }  # fmt: skip
    return render(request, "charts/safety.html", context)


@requires("redflag.ask", patient="patient_id")
@form_page
def safety_screen(request: HttpRequest, patient: Patient, episode_id: UUID) -> HttpResponse:
    """Asks every red flag of the episode; a yes leads to the page that stops."""
    episode = get_object_or_404(Episode, pk=episode_id, patient=patient)
    form = opened(request, ScreenForm, "screen", episode.pk, questions=safety.questions(episode.condition),
                  language=_language())  # fmt: skip
    made = saved(request, form, lambda: safety.record_screen(actor_of(request), patient, episode, form.cleaned_data))
    if isinstance(made, SafetyScreen):
        return _after(request, patient, made, reverse("episode", args=[patient.pk, episode.pk]))
    return render(request, "charts/screen.html", {"patient": patient, "episode": episode, "form": form})


@requires("redflag.ask", patient="patient_id")
@form_page
def safety_visit(request: HttpRequest, patient: Patient) -> HttpResponse:
    """The short question of each visit."""
    form = opened(request, VisitForm, "visit", patient.pk, question=library().every_visit, language=_language())
    made = saved(
        request, form,
        lambda: safety.record_screen(actor_of(request), patient, None, source="visit", is_full=False,
                                     answers={safety.OTHER: form.cleaned_data["anything_new"]}),
    )  # fmt: skip
    if isinstance(made, SafetyScreen):
        return _after(request, patient, made, reverse("patient", args=[patient.pk]))
    context = {"patient": patient, "form": form, "heading": _("At this visit"), "parent": PARENT,
               "back": reverse("patient", args=[patient.pk])}  # fmt: skip
    return render(request, "design/form.html", context)


@requires("redflag.ask", patient="patient_id")
@form_page
def safety_stop(request: HttpRequest, patient: Patient, screen_id: UUID) -> HttpResponse:
    """Stops: what to do for what was raised, and who was told."""
    screen = get_object_or_404(SafetyScreen, pk=screen_id, patient=patient)
    flags = [flag for flag in safety.open_flags(patient) if flag.flag in screen.raised]
    form = opened(request, ToldForm, "told", screen.pk)
    first = flags[0].flag if flags else next(iter(screen.raised), "")
    if saved(request, form, lambda: safety.tell(actor_of(request), screen, first, **form.cleaned_data)) is not None:
        messages.success(request, _("Noted."))
        return redirect("safety-stop", patient.pk, screen.pk)
    context = {"patient": patient, "screen": screen, "flags": flags, "form": form, "may": reach_of(request, patient),
               "calls": screen.calls.order_by("made_at").select_related("made_by")[:MOST_LISTED]}  # fmt: skip
    return render(request, "charts/stop.html", context)


@requires("redflag.decide", patient="patient_id")
@form_page
def safety_decide(request: HttpRequest, patient: Patient, flag: str) -> HttpResponse:
    """A licensed clinician decides on a flag."""
    raised = next((each for each in safety.open_flags(patient) if each.flag == flag), None)
    if raised is None:
        raise Http404
    form = opened(request, DecisionForm, f"decide-{flag}", patient.pk)
    if saved(request, form, lambda: safety.decide(actor_of(request), patient, flag, **form.cleaned_data)) is not None:
        messages.success(request, _("Decision recorded."))
        return redirect("safety", patient.pk)
    return render(request, "charts/decide.html", {"patient": patient, "form": form, "raised": raised})


def _after(request: HttpRequest, patient: Patient, screen: SafetyScreen, onward: str) -> HttpResponse:
    if screen.raised:
        return redirect("safety-stop", patient.pk, screen.pk)
    messages.success(request, _("Asked; nothing raised."))
    return redirect(onward)


def _language() -> str:
    return (get_language() or "en")[:2]

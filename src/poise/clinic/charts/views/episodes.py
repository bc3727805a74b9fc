"""Episodes of care, with their limits, precautions and accident."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from poise.clinic.charts.before import told_before
from poise.clinic.charts.domain import accidents, episodes, intake_taking, limits, precautions, safety
from poise.clinic.charts.domain.dates import whole_weeks_since
from poise.clinic.charts.forms.episodes import (
    AccidentForm,
    CodesForm,
    DischargeForm,
    EpisodeForm,
    LimitForm,
    PrecautionsForm,
)  # fmt: skip
from poise.clinic.charts.forms.patients import ReasonForm
from poise.clinic.charts.models import Episode, Limit
from poise.clinic.charts.views.saving import PARENT, reach_of, saved
from poise.clinic.drafts.forms import opened, seen_version
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient
from poise.clinic.rules import Role
from poise.knowledge.clinical import library

FORM = "design/form.html"
MOST_LISTED = 100
form_page = require_http_methods(["GET", "POST"])


@requires("episode.read", patient="patient_id")
def episode_list(request: HttpRequest, patient: Patient) -> HttpResponse:
    """All episodes, open ones first."""
    found = Episode.objects.filter(patient=patient).order_by("ended_on", "-started_on")[:MOST_LISTED]
    rows = sorted(found, key=lambda each: (each.ended_on is not None, -each.started_on.toordinal()))
    return render(
        request, "charts/episodes.html", {"patient": patient, "episodes": rows, "may": reach_of(request, patient)}
    )


@requires("episode.read", patient="patient_id")
def episode(request: HttpRequest, patient: Patient, episode_id: UUID) -> HttpResponse:
    """One episode: safety first."""
    found = _episode(patient, episode_id)
    if actor_of(request).roles == {Role.PATIENT}:
        return redirect("own-record", patient.pk)  # the notes here are written for the team
    today = timezone.localdate()
    ordered = list(found.limits.order_by("-made_at")[:MOST_LISTED])
    standings = precautions.standings(found)
    context: dict[str, Any] = {
        "patient": patient, "episode": found, "lock": safety.lock_of(found), "may": reach_of(request, patient),
        "active": [each for each in ordered if limits.is_active(each, today)],
        "past": [each for each in ordered if not limits.is_active(each, today)],
        "standings": standings, "minded": [each for each in standings if each.standing in {"holds", "ask"}],
        "not_minded": [each for each in standings if each.standing not in {"holds", "ask"}],
        "weeks_since_surgery": whole_weeks_since(found.surgery_on, today),
        "weeks_since_onset": whole_weeks_since(found.onset_on, today),
        "irritability_rule": episodes.IRRITABILITY_RULES.get(found.irritability, ""),
        "end_words": episodes.end_words(found.end_reason), "last_screen": safety.last_full_screen(found),
        "earlier": told_before(found), "condition": library().conditions.get(found.condition),
    }  # fmt: skip
    if accident := accidents.accident_of(found):
        context |= {"accident": accident, "is_late": accidents.is_late(accident),
                    "days_to_care": accidents.days_to_first_care(accident)}  # fmt: skip
    return render(request, "charts/episode.html", context)


@requires("episode.edit", patient="patient_id")
@form_page
def episode_new(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Opens an episode, and goes on to its precautions."""
    form = opened(request, EpisodeForm, "episode", patient.pk, initial={"started_on": timezone.localdate()})
    made = saved(
        request, form, lambda: intake_taking.open_episode(actor_of(request), patient, form.cleaned_data)
    )  # fmt: skip
    if isinstance(made, intake_taking.Opened):
        _tell_taken(request, made)
        return redirect("episode-precautions" if made.episode.condition else "episode", patient.pk, made.episode.pk)
    return _form(request, patient, form, _("New episode of care"), back=reverse("episodes", args=[patient.pk]))


def _tell_taken(request: HttpRequest, made: intake_taking.Opened) -> None:
    if count := len(made.taken):
        told = ngettext("%(n)d part of the intake form is in the chart now.",
                        "%(n)d parts of the intake form are in the chart now.", count)  # fmt: skip
        messages.success(request, told % {"n": count})
    if made.differing:
        labels = ", ".join(str(part.label) for part in made.differing)
        told = _("The intake form says something else here: %(parts)s. Choose between both on the form's page.")
        messages.warning(request, told % {"parts": labels})


@requires("episode.edit", patient="patient_id")
@form_page
def episode_edit(request: HttpRequest, patient: Patient, episode_id: UUID) -> HttpResponse:
    """Changes an episode."""
    found = _episode(patient, episode_id)
    now = {name: getattr(found, name) for name in episodes.FIELDS}
    form = opened(request, EpisodeForm, "episode", found.pk, version=found.version, initial=now)
    return _change(
        request, patient, found, form, _("Change the episode"),
        lambda: episodes.edit_episode(actor_of(request), found, form.cleaned_data,
                                      seen_version=seen_version(form)),
    )  # fmt: skip


@requires("episode.edit", patient="patient_id")
@form_page
def episode_codes(request: HttpRequest, patient: Patient, episode_id: UUID) -> HttpResponse:
    """Chooses the diagnosis codes: the software proposes, the clinician chooses."""
    found = _episode(patient, episode_id)
    proposed = {each.code for each in episodes.codes_of(found.condition, found.side)}
    now = {"candidates": [code for code in found.icd10 if code in proposed],
           "others": ", ".join(code for code in found.icd10 if code not in proposed)}  # fmt: skip
    form = opened(request, CodesForm, "codes", found.pk, version=found.version, initial=now,
                  condition=found.condition, side=found.side)  # fmt: skip
    return _change(
        request, patient, found, form, _("Diagnosis codes"),
        lambda: episodes.edit_episode(actor_of(request), found, {"icd10": form.codes},
                                      seen_version=seen_version(form)),
        intro=_("Proposed from the condition. You choose; the payer decides what is covered."),
    )  # fmt: skip


@requires("episode.edit", patient="patient_id")
@form_page
def episode_discharge(request: HttpRequest, patient: Patient, episode_id: UUID) -> HttpResponse:
    """Ends an episode."""
    found = _episode(patient, episode_id)
    form = opened(request, DischargeForm, "discharge", found.pk, version=found.version,
                  initial={"on": timezone.localdate()})  # fmt: skip
    return _change(
        request, patient, found, form, _("Discharge"),
        lambda: episodes.discharge(actor_of(request), found, on=form.cleaned_data["on"], because=form.reason,
                                   seen_version=seen_version(form)),
    )  # fmt: skip


@requires("episode.edit", patient="patient_id")
@form_page
def episode_reopen(request: HttpRequest, patient: Patient, episode_id: UUID) -> HttpResponse:
    """Takes care up again."""
    found = _episode(patient, episode_id)
    form = opened(request, ReasonForm, "reopen", found.pk, version=found.version)
    return _change(
        request, patient, found, form, _("Reopen the episode"),
        lambda: episodes.reopen(actor_of(request), found, because=form.cleaned_data["because"],
                                seen_version=seen_version(form)),
    )  # fmt: skip


@requires("episode.edit", patient="patient_id")
@form_page
def limit_new(request: HttpRequest, patient: Patient, episode_id: UUID) -> HttpResponse:
    """Writes down a limit that was ordered."""
    found = _episode(patient, episode_id)
    form = opened(request, LimitForm, "limit", found.pk, initial={"ordered_by": found.surgeon, "side": found.side})
    return _change(request, patient, found, form, _("A limit that was ordered"),
                   lambda: limits.order_limit(actor_of(request), found, form.cleaned_data))  # fmt: skip


@requires("episode.edit", patient="patient_id")
@form_page
def limit_lift(request: HttpRequest, patient: Patient, episode_id: UUID, limit_id: UUID) -> HttpResponse:
    """Lifts a limit, with who said so and why."""
    found = _episode(patient, episode_id)
    limit = get_object_or_404(Limit, pk=limit_id, episode=found)
    form = opened(request, ReasonForm, "lift", limit.pk)
    return _change(request, patient, found, form, _("Lift this limit"),
                   lambda: limits.lift_limit(actor_of(request), limit, because=form.cleaned_data["because"]),
                   intro=_("Say who lifted it and why. The limit stays readable."))  # fmt: skip


@requires("episode.edit", patient="patient_id")
@form_page
def episode_precautions(request: HttpRequest, patient: Patient, episode_id: UUID) -> HttpResponse:
    """Asks the condition's precautions, and any other that is added."""
    found = _episode(patient, episode_id)
    asked = precautions.standings(found)
    more = request.GET.get("also", "") or request.POST.get("also", "")
    if more in library().contraindications and more not in {each.contraindication.id for each in asked}:
        asked = [*asked, precautions.not_asked(found, more)]
    form = opened(request, PrecautionsForm, "precautions", found.pk, version=found.version, standings=asked,
                  side=found.side)  # fmt: skip
    made = saved(
        request, form,
        lambda: precautions.answer_precautions(actor_of(request), found, form.answers, seen_version=seen_version(form)),
        parent=PARENT, patient=patient,
    )  # fmt: skip
    if isinstance(made, HttpResponse):
        return made
    if made is not None:
        messages.success(request, _("Saved."))
        return redirect("episode", patient.pk, found.pk)
    others = [(key, episodes.named(library().contraindications, key)) for key in library().contraindications
              if key not in form.asked]  # fmt: skip
    context: dict[str, Any] = {
        "patient": patient,
        "episode": found,
        "form": form,
        "also": more,
        "others": sorted(others, key=lambda row: row[1]),
    }
    return render(request, "charts/precautions.html", context)


@requires("episode.edit", patient="patient_id")
@form_page
def episode_accident(request: HttpRequest, patient: Patient, episode_id: UUID) -> HttpResponse:
    """The accident that the problem came from."""
    found = _episode(patient, episode_id)
    there = accidents.accident_of(found)
    now = {name: getattr(there, name) for name in accidents.FIELDS} if there else {"happened_on": found.onset_on}
    form = opened(request, AccidentForm, "accident", found.pk, version=there.version if there else None, initial=now)
    return _change(
        request, patient, found, form, _("Accident"),
        lambda: accidents.record_accident(actor_of(request), found, form.cleaned_data,
                                          seen_version=seen_version(form)),
    )  # fmt: skip


def _episode(patient: Patient, episode_id: UUID) -> Episode:
    found: Episode = get_object_or_404(Episode.objects.select_related("patient"), pk=episode_id, patient=patient)
    return found


def _change(  # noqa: PLR0917  # one call a page: what, of whom, by which form and verb
    request: HttpRequest, patient: Patient, found: Episode, form: BaseForm, heading: str, verb: Any, **context: Any,
) -> HttpResponse:  # fmt: skip
    """A form about an episode: saved, it leads back to the episode."""
    made = saved(request, form, verb, parent=PARENT, patient=patient)
    if isinstance(made, HttpResponse):
        return made
    if made is not None:
        messages.success(request, _("Saved."))
        return redirect("episode", patient.pk, found.pk)
    return _form(request, patient, form, heading, back=reverse("episode", args=[patient.pk, found.pk]), **context)


def _form(request: HttpRequest, patient: Patient, form: BaseForm, heading: str, **context: Any) -> HttpResponse:
    return render(request, FORM, {"patient": patient, "form": form, "heading": heading, "parent": PARENT, **context})

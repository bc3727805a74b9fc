"""Filling in the intake: the same screens by a link and signed in. Each is saved by itself; one may stop and go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import check_for_language, get_language

from poise.clinic.actor import Actor
from poise.clinic.charts import pain_forms
from poise.clinic.charts.domain import intake as verbs
from poise.clinic.charts.intake_forms import MAP, Step, StepForm, steps_of
from poise.clinic.charts.models import Intake, IntakeSheet
from poise.clinic.people.errors import NotPossible
from poise.clinic.people.models import Patient


@dataclass(frozen=True, kw_only=True)
class Filling:
    """Someone at work on a form. `patient` is given when signed in: then all that was written is shown again."""

    by: Actor
    intake: Intake
    sheet: IntakeSheet
    patient: Patient | None = None

    @property
    def answers(self) -> Mapping[str, Mapping[str, Any]]:
        """What may be shown: all sheets when signed in; by a link what this very browser wrote."""
        return verbs.merged(self.intake) if self.patient else self.sheet.answers

    def address(self, page: str, *parts: str) -> str:
        """Where one of the form's pages is."""
        if self.patient is None:
            return reverse(f"intake-link-{page}", args=parts)
        return reverse(f"intake-fill-{page}", args=(self.patient.pk, self.intake.pk, *parts))


def step(request: HttpRequest, filling: Filling, slug: str) -> HttpResponse:
    """One screen: shown, saved while typing, saved and gone on from."""
    steps = steps_of(filling.intake)
    at = next((number for number, each in enumerate(steps) if each.slug == slug), None)
    if at is None:
        raise Http404
    if request.method == "POST":
        return _posted(request, filling, steps, at)
    waiting = verbs.must_stop(filling.sheet)
    if waiting and not set(waiting) & set(steps[at].flags):  # the screen of the answer itself stays open: to change it
        return redirect(filling.address("stop"))
    return _screen(request, filling, steps, at, _form(steps[at], filling.answers.get(slug, {})))


def _posted(request: HttpRequest, filling: Filling, steps: list[Step], at: int) -> HttpResponse:
    here, typing, go = steps[at], request.POST.get("typing") == "1", request.POST.get("go", "next")
    try:
        answers = pain_forms.read(request.POST) if here.slug == MAP else (here.form or StepForm).read(request.POST)
        sheet = verbs.write(filling.by, filling.sheet, here.slug, answers, typing=typing)
    except NotPossible as problem:
        return closed(request, problem)
    if typing:
        return render(request, "charts/intake/saved.html", {"at": sheet.saved_at})
    if language := request.POST.get("switch"):
        return in_language(redirect(filling.address("step", here.slug)), language)
    form = _form(here, answers)
    if go == "next" and form is not None and not form.is_valid():
        return _screen(request, filling, steps, at, form)
    if here.flags and verbs.must_stop(sheet):
        return redirect(filling.address("stop"))
    return redirect(_onward(filling, steps, at, go))


def _onward(filling: Filling, steps: list[Step], at: int, go: str) -> str:
    if go == "pause":
        return filling.address("pause")
    if go in {"review", "same"} or (go == "next" and at + 1 == len(steps)):
        return filling.address("review") if go != "same" else filling.address("step", steps[at].slug)
    return filling.address("step", steps[max(0, at - 1) if go == "back" else at + 1].slug)


def _form(here: Step, answers: Mapping[str, Any]) -> StepForm | None:
    return here.form.filled(answers) if here.form else None


def _screen(request: HttpRequest, filling: Filling, steps: list[Step], at: int, form: StepForm | None) -> HttpResponse:
    here = steps[at]
    said = filling.answers.get(here.slug, {})
    elsewhere = filling.patient is None and not said and here.slug in verbs.steps_written(verbs.merged(filling.intake))
    if form is not None and request.method != "POST":
        form._errors = ErrorDict()  # type: ignore[attr-defined]  # what is half typed is not yet wrong
    context = {
        **_frame(filling),
        "step": here,
        "form": form,
        "number": at + 1,
        "count": len(steps),
        "elsewhere": elsewhere,
        "is_first": at == 0,
        "is_map": here.slug == MAP,
        "other_language": "en" if _language() == "es" else "es",
    }
    if here.slug == MAP:
        context |= pain_forms.drawing(
            said.get("marks", []), ticked=request.POST.getlist("place"), brush=said.get("brush", "")
        )
    if here.slug == "consent":
        context["consent"] = verbs.consent_words(filling.intake, _language())
    if here.slug == "activities" and form is not None:
        context["pairs"] = [(form[f"activity_{n}"], form[f"score_{n}"]) for n in range(1, 6)]
    return render(request, "charts/intake/step.html", context)


def stop(request: HttpRequest, filling: Filling) -> HttpResponse:
    """An answer that cannot wait: what to do now, in big words."""
    flags = verbs.must_stop(filling.sheet)
    if request.method == "POST":
        verbs.went_on(filling.by, filling.sheet)
        return redirect(filling.address("step", _first_open(filling)))
    if not flags:
        return redirect(filling.address("review"))
    said = verbs.flags_said(filling.sheet.answers)
    action = verbs.what_to_do({flag.id: said[flag.id] for flag in flags})
    back = next(each.slug for each in steps_of(filling.intake) if flags[0] in each.flags)
    language = _language()
    context = {
        **_frame(filling),
        "action": action,
        "tell": action.tell.in_language(language) if action else "",
        "asked": [flag.ask.in_language(language) for flag in flags],
        "is_911": action is not None and action.id == "act_911",
        "is_today": action is not None and action.id == "act_same_day",
        "is_self_harm": any(flag.id == "rf_self_harm" for flag in flags),
        "change": filling.address("step", back),
    }
    return render(request, "charts/intake/stop.html", context)


def _first_open(filling: Filling) -> str:
    """Where to go on: the first screen on which nothing was said."""
    steps = steps_of(filling.intake)
    return next((each.slug for each in steps if not each.is_answered(filling.answers)), steps[-1].slug)


def review(request: HttpRequest, filling: Filling) -> HttpResponse:
    """All answers once more, and the button that hands them in."""
    if verbs.must_stop(filling.sheet):
        return redirect(filling.address("stop"))
    problem = ""
    if request.method == "POST":
        try:
            handed = verbs.hand_in(filling.by, filling.sheet)
        except NotPossible as error:
            problem = error.problem
        else:
            request.session["intake-done"] = str(handed.pk)
            return redirect(filling.address("done"))
    joined = verbs.merged(filling.intake)
    answers = filling.answers
    missing = {flag.id for flag in verbs.unanswered(filling.intake, joined)}
    written = verbs.steps_written(joined)
    rows = [
        {
            "step": each,
            "said": shown(each, answers),
            "address": filling.address("step", each.slug),
            "elsewhere": each.slug in written,
            "missing": any(flag.id in missing for flag in each.flags),
        }
        for each in steps_of(filling.intake)
    ]
    context = {**_frame(filling), "rows": rows, "problem": problem, "is_missing": bool(missing)}
    return render(request, "charts/intake/review.html", context)


def shown(here: Step, answers: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The answers of a screen as question and words, in the reader's language; typed words as they were typed."""
    said = answers.get(here.slug, {})
    if here.slug == MAP:
        return [(row["label"], row["words"]) for row in pain_forms.rows(said.get("marks", []))]
    if here.form is None:
        return []
    lines = []
    for name, form_field in here.form.base_fields.items():
        values = [value for value in said.get(name, []) if value]
        if values:
            choices = {str(key): str(words) for key, words in getattr(form_field, "choices", ())}
            lines.append((str(form_field.label), ", ".join(choices.get(value, value) for value in values)))
    return lines


def pause(request: HttpRequest, filling: Filling) -> HttpResponse:
    """Stopping for now."""
    return render(
        request, "charts/intake/pause.html", {**_frame(filling), "go_on": filling.address("step", _first_open(filling))}
    )


def _frame(filling: Filling) -> dict[str, Any]:
    clinic = filling.intake.patient.clinic
    return {
        "filling": filling,
        "clinic": clinic,
        "patient": filling.patient,
        "pause": filling.address("pause"),
        "review": filling.address("review"),
        "by_link": filling.patient is None,
    }


def in_language(response: HttpResponse, language: str) -> HttpResponse:
    """The answer, with the language chosen from now on in this browser."""
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=180 * 24 * 3600,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    return response


def _language() -> str:
    return (get_language() or "en")[:2]


def closed(request: HttpRequest, problem: NotPossible) -> HttpResponse:
    """The form cannot be written into (any more), and what to do."""
    return render(request, "charts/intake/closed.html", {"problem": problem}, status=410)

"""The intake by a link: open to who holds the link and knows the date of birth, and showing nothing of the record."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from poise.clinic.actor import Actor
from poise.clinic.charts import intake_filling
from poise.clinic.charts.domain import intake as verbs
from poise.clinic.charts.intake_filling import Filling, closed, in_language
from poise.clinic.charts.intake_forms import BirthDate, steps_of
from poise.clinic.charts.models import Intake, IntakeSheet
from poise.clinic.people.access import actor_of, public
from poise.clinic.people.errors import LinkNotGood

OPENED, SHEET, AT = "intake-opened", "intake-sheet", "intake-at"
IDLE_S = 60 * 60
WHY = "a patient's form, sent as a one-time link; asks the date of birth and shows nothing of the record"
ViewOf = Callable[..., HttpResponseBase]


def someone_with(request: HttpRequest, intake: Intake) -> Actor:
    """Who holds the link: nobody who is signed in, in the clinic that sent it."""
    return replace(
        actor_of(request), user_id=None, name="intake link", roles=frozenset(), clinic_id=intake.patient.clinic_id
    )


@public(WHY)
@require_http_methods(["GET"])
def opened(request: HttpRequest, secret: str) -> HttpResponse:
    """The link itself. Its secret goes into the session and out of the address."""
    try:
        intake = verbs.by_secret(secret)
    except LinkNotGood as problem:
        return closed(request, problem)
    if request.session.get(OPENED) != str(intake.pk):
        for name in (SHEET, AT):
            request.session.pop(name, None)
    request.session[OPENED] = str(intake.pk)
    there = redirect("intake-link-enter")
    known = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return there if known else in_language(there, intake.language)


@public(WHY)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Asks for the date of birth."""
    try:
        intake = _opened(request)
    except LinkNotGood as problem:
        return closed(request, problem)
    if language := request.POST.get("switch"):
        return in_language(redirect("intake-link-enter"), language)
    form, wrong = BirthDate(request.POST or None), None
    if form.is_valid():
        try:
            sheet = verbs.open_sheet(someone_with(request, intake), intake, form.cleaned_data["birth_date"])
        except verbs.WrongBirthDate as error:
            wrong = error
        except LinkNotGood as problem:
            return closed(request, problem)
        else:
            request.session.cycle_key()
            request.session[SHEET], request.session[AT] = str(sheet.pk), time.time()
            return redirect("intake-link-step", steps_of(intake)[0].slug)
    other = "en" if request.LANGUAGE_CODE.startswith("es") else "es"
    context = {"form": form, "wrong": wrong, "clinic": intake.patient.clinic, "other_language": other}
    return render(request, "charts/intake/enter.html", context, status=422 if wrong else 200)


def filling(view: Callable[..., HttpResponseBase]) -> ViewOf:
    """A page of the form, for the browser session that gave the date of birth."""

    @public(WHY)
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            intake = _opened(request)
        except LinkNotGood as problem:
            return closed(request, problem)
        sheet = _sheet(request, intake)
        if sheet is None:
            return redirect("intake-link-enter")
        request.session[AT] = time.time()
        at_work = Filling(by=someone_with(request, intake), intake=intake, sheet=sheet)
        return view(request, at_work, **kwargs)

    return guarded


step = filling(intake_filling.step)
stop = filling(intake_filling.stop)
review = filling(intake_filling.review)
pause = filling(intake_filling.pause)


@public("says thanks, whoever asks")
@require_http_methods(["GET"])
def done(request: HttpRequest) -> HttpResponse:
    """Handed in: this browser forgets the form."""
    for name in (OPENED, SHEET, AT):
        request.session.pop(name, None)
    return render(request, "charts/intake/done.html", {"by_link": True})


def _opened(request: HttpRequest) -> Intake:
    """The form whose link this browser opened.

    Raises
    ------
    LinkNotGood
        None, or one that is no longer good.
    """
    said = request.session.get(OPENED, "")
    return verbs.still_open(UUID(said) if said else None)


def _sheet(request: HttpRequest, intake: Intake) -> IntakeSheet | None:
    if time.time() - float(request.session.get(AT, 0)) > IDLE_S:
        return None
    try:
        return IntakeSheet.objects.filter(pk=str(request.session.get(SHEET, "")), intake=intake, account=None).first()
    except ValidationError:
        return None

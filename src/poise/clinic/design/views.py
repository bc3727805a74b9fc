"""How a page looks and which language it speaks; the gallery of all parts; what is said when something goes wrong."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from poise.clinic.audit.domain import chain
from poise.clinic.design import choices
from poise.clinic.design.gallery import specimen

View = Callable[..., HttpResponse]


def _public(because: str) -> Callable[[View], View]:
    """As `people.access.public`, which stands above this app."""

    def wrap(view: View) -> View:
        open_view = login_not_required(view)
        open_view.public_because = because  # type: ignore[attr-defined]
        return open_view

    return wrap


@_public("light or dark is chosen before signing in too")
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keeps the choice and goes back."""
    answer = _back(request)
    if (chosen := request.POST.get("theme", "")) in choices.THEMES:
        choices.remember(answer, choices.THEME_COOKIE, chosen)
    return answer


@_public("the language is chosen before signing in too")
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the choice and goes back."""
    answer = _back(request)
    if (chosen := request.POST.get("language", "")) in dict(settings.LANGUAGES):
        choices.remember(answer, settings.LANGUAGE_COOKIE_NAME, chosen)
        _keep_in_account(request, chosen)
    return answer


@_public("it shows no data, and only where nobody works: in debugging and in the demo")
def gallery(request: HttpRequest) -> HttpResponse:
    """Every part of the design system."""
    if not (settings.POISE.debug or settings.POISE.demo):
        raise Http404
    return render(request, "design/gallery.html", specimen())


def _keep_in_account(request: HttpRequest, language: str) -> None:
    """Who is signed in finds the same language on every machine."""
    if request.user.is_authenticated:
        with transaction.atomic():
            get_user_model().objects.filter(pk=request.user.pk).update(language=language)
            chain.record(
                request.actor, "own.account", what="user", what_id=request.user.pk, detail={"fields": ["language"]}
            )  # type: ignore[attr-defined]


def _back(request: HttpRequest) -> HttpResponse:
    page = request.POST.get("page", "")
    return redirect(page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else "home")

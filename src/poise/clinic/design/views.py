"""Light or dark, and the gallery of all parts."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

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


@_public("it shows no data, and only where nobody works: in debugging and in the demo")
def gallery(request: HttpRequest) -> HttpResponse:
    """Every part of the design system."""
    if not (settings.POISE.debug or settings.POISE.demo):
        raise Http404
    return render(request, "design/gallery.html", specimen())


def _back(request: HttpRequest) -> HttpResponse:
    page = request.POST.get("next", "")
    return redirect(page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else "home")

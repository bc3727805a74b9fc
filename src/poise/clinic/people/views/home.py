"""The first page, and the language of all."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from poise.clinic.people import home as cards
from poise.clinic.people.access import actor_of, public, requires
from poise.clinic.people.domain import accounts
from poise.clinic.people.models import LANGUAGES, User


@requires("home.open")
def home(request: HttpRequest) -> HttpResponse:
    """Where a person starts: what waits for them."""
    by = actor_of(request)
    return render(request, "people/home.html", {"cards": cards.cards_for(by), "by": by})


@public("The language is chosen before one signs in, too; nothing is shown.")
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Chooses the language: for the account where someone is signed in, else for this browser."""
    chosen = request.POST.get("language", "")
    response = redirect(safe_next(request))
    if chosen in dict(LANGUAGES):
        if isinstance(request.user, User):
            user = request.user
            accounts.edit_own(actor_of(request), user, name=user.name, credentials=user.credentials, language=chosen)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 24 * 3600, samesite="Lax",
                            secure=settings.SESSION_COOKIE_SECURE, httponly=True)  # fmt: skip
    return response


def safe_next(request: HttpRequest, otherwise: str = "home") -> str:
    """Where the page asked to go afterwards, if that is on this server."""
    wanted = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if wanted and allowed else otherwise

"""What stands before every page: who asks, is there a clinic, in whose words, is the screen locked, both factors given.

In this order (see MIDDLEWARE in `settings`): `Who` → `SetUpFirst` → `InTheirWords` → `ScreenLock` → `SecondFactor`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.urls.exceptions import Resolver404
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.people.access import OutsideTeam, actor_of
from poise.clinic.people.address import address_of
from poise.clinic.people.domain import accounts, first_start, screen, sessions
from poise.clinic.people.forms import BreakGlassForm
from poise.clinic.people.models import User
from poise.clinic.rules import reaches

Next = Callable[[HttpRequest], HttpResponse]

BEFORE_A_CLINIC = frozenset({"entrance", "entrance-open", "set_language", "choose-theme", "health", "ready", "metrics"})
WHILE_LOCKED = frozenset({
    "unlock", "screen", "account_logout", "set_language", "choose-theme", "health", "ready", "metrics",
    "demo", "demo-enter",  # outside a demo there are none
})  # fmt: skip
WITHOUT_FACTOR = frozenset({
    "second-factor", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout", "unlock",
    "screen", "screen-awake", "lock", "set_language", "choose-theme", "health", "ready", "metrics",
})  # fmt: skip
NO_ACTIVITY = frozenset({"screen", "draft"})
FACTOR_SEEN = "factor_seen"
LOCKED = 423


class Who:
    """Sets ``request.actor``: the signed-in person with roles, clinic, address and the page's name."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request."""
        request.actor = _actor(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"  # static files are answered before we are asked
        return _told_to_the_script(request, response)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A chart outside one's team: the page on which a clinician may open it, with a reason."""
        if not isinstance(exception, OutsideTeam) or not reaches(actor_of(request).roles, "glass.break"):
            return None
        form = BreakGlassForm(initial={"next": request.get_full_path() if request.method == "GET" else ""})
        return render(request, "people/outside_team.html", {"found": exception.patient, "form": form}, status=403)


class SetUpFirst:
    """Without a clinic there is nothing to see: every page says so."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request."""
        by = actor_of(request)
        if by.clinic_id is not None or by.route in BEFORE_A_CLINIC or first_start.is_set_up():
            return self.get_response(request)
        return render(request, "people/not_set_up.html", status=503)


class InTheirWords:
    """Times in the clinic's time zone, words in the person's language (or the clinic's)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request."""
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        language = user.language or user.clinic.language
        translation.activate(language)
        request.LANGUAGE_CODE = language
        with timezone.override(ZoneInfo(user.clinic.time_zone)):
            return self.get_response(request)


class ScreenLock:
    """After the clinic's idle minutes the session answers nothing until a factor is given; after 12 hours it is over.

    Active is who opens or saves something. Not active are: polls (views with ``audited=False``), the keeping of
    drafts, and requests that say ``Poise-Quiet``; a script that sees keys and clicks says so by ``screen-awake``.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request, or the lock's page."""
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        if screen.is_over(request.session):
            logout(request)
            messages.info(request, _("You were signed in for a long time. Please sign in again."))
            return redirect(f"{reverse('account_login')}")
        if not screen.is_locked(request.session) and screen.has_idled(request.session, user.clinic.idle_minutes):
            screen.lock(request.session)
            chain.record(actor_of(request), "screen.lock", detail={"why": "idle"})
        if screen.is_locked(request.session) and actor_of(request).route not in WHILE_LOCKED:
            return _locked(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Notes that the person did something."""
        user = request.user
        if not isinstance(user, User) or screen.is_locked(request.session) or not _is_activity(request, view):
            return
        if screen.note_activity(request.session):
            sessions.touch(request, user)
        kept = screen.held(request.session)
        if kept is not None and request.method == "POST" and kept.path == request.get_full_path():
            screen.take_held(request.session)  # it is being handed in again


class SecondFactor:
    """Staff have a second factor before any other page opens. In a demo clinic nobody needs one."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request, or leads to where a factor is set up."""
        user = request.user
        if not isinstance(user, User) or not _lacks_factor(request, user):
            return self.get_response(request)
        if actor_of(request).route in WITHOUT_FACTOR:
            return self.get_response(request)
        if _wants_data(request):
            return JsonResponse({"detail": "A second factor must be set up first."}, status=403)
        return redirect("second-factor")


def _lacks_factor(request: HttpRequest, user: User) -> bool:
    if settings.POISE.demo or not accounts.needs_second_factor(user):
        return False
    if request.session.get(FACTOR_SEEN) == str(user.pk):  # the last one cannot be removed while one is signed in
        return False
    if not accounts.has_second_factor(user):
        return True
    request.session[FACTOR_SEEN] = str(user.pk)
    return False


def _locked(request: HttpRequest) -> HttpResponse:
    """423 for all: a page for people, a trigger for htmx, a word for scripts. What was handed in is kept."""
    if not screen.is_tried_anew(request.session, f"{request.method} {request.path}"):
        request.refused_before = True  # type: ignore[attr-defined]  # `audit.middleware.Trail` has written it down
    if _wants_data(request):
        return JsonResponse({"detail": "locked"}, status=LOCKED)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=LOCKED, headers={"HX-Trigger": "poise:locked", "HX-Reswap": "none"})
    if _is_typed(request):
        fields = request.POST.copy()
        fields.pop("csrfmiddlewaretoken", None)
        screen.hold(request.session, screen.Held(path=request.get_full_path(), fields=fields.urlencode()))
    from poise.clinic.people.views.lock import lock_page  # circular import: the page's view needs no middleware

    return lock_page(request, come_back=request.get_full_path() if request.method == "GET" else "", status=LOCKED)


def _is_typed(request: HttpRequest) -> bool:
    """A form as a person fills one in, not an upload."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    forms = ("application/x-www-form-urlencoded", "multipart/form-data")
    return request.method == "POST" and request.content_type in forms and length <= screen.MOST_HELD


def _is_activity(request: HttpRequest, view: Any) -> bool:
    if actor_of(request).route in NO_ACTIVITY or request.headers.get("Poise-Quiet"):
        return False
    return bool(getattr(view, "audited", True))


def _wants_data(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def _told_to_the_script(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Leads a page's script to the sign-in page as a whole, rather than into a corner of the page that asked."""
    if not request.headers.get("HX-Request") or not isinstance(response, HttpResponseRedirect):
        return response
    if not response.url.startswith((reverse("account_login"), reverse("second-factor"))):
        return response
    return HttpResponse(status=204, headers={"HX-Redirect": response.url})


def _actor(request: HttpRequest) -> Actor:
    user, address = request.user, address_of(request)
    request_id = getattr(request, "request_id", "") or uuid.uuid4().hex  # `logs.OneLine` gave it
    if not isinstance(user, User):
        return Actor(user_id=None, name="", address=address, route=_route(request), request_id=request_id)
    return Actor(
        user_id=user.pk, name=user.name, roles=user.role_set, clinic_id=user.clinic_id, address=address,
        route=_route(request), request_id=request_id,
    )  # fmt: skip


def _route(request: HttpRequest) -> str:
    """The page's name, without ids: what stands in the audit and in logs."""
    try:
        return resolve(request.path_info).view_name or ""
    except Resolver404:
        return ""

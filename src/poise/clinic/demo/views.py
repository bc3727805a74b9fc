"""The demo's door: choose whom to be. It exists only where the installation was started as a demo."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from poise.clinic.demo.domain import build
from poise.clinic.people.access import public
from poise.clinic.people.models import ROLE_NAMES, User
from poise.clinic.rules import Role

TO_TRY = {
    "pt": _("Open Ana Rivera's evaluation, judge the findings, follow one to the moving figure."),
    "pta": _("Measure and type values; see that findings are judged by others."),
    "dc": _("The same patients, the same charts, from a chiropractor's side."),
    "desk": _("Find and register patients, send a form ahead. No findings are shown."),
    "biller": _("Identity only, until the money part comes."),
    "admin": _("People, invitations, the audit and its chain."),
    "pt2": _("Another therapist: Ana's chart is closed. Open it with a reason, and see it noted."),
    "patient": _("Ana herself, on a phone: where it hurts, what she wants to do again, her record."),
    "luz": _("A new patient, in Spanish. Her form is handed in."),
}


SAMPLES = {
    "limping_walk.c3d": _("a walk, as markers"),
    "chair_from_the_side.json": _("standing up from a chair, as a camera sees it"),
    "eyes_open.csv": _("standing on a force plate, eyes open"),
    "eyes_closed.csv": _("the same, eyes closed"),
    "thigh_muscles.csv": _("the signals of three thigh muscles"),
}


@dataclass(frozen=True, kw_only=True)
class Door:
    """One person one may be."""

    key: str
    name: str
    role: str | Promise
    to_try: str | Promise
    is_you: bool


@public("a demo clinic holds simulated people only, and is served to its own machine only")
def door(request: HttpRequest) -> HttpResponse:
    """The people of the demo, each with what to try."""
    _only_in_a_demo()
    people = {user.email.partition("@")[0]: user for user in User.objects.prefetch_related("grants")}
    doors = [_door(key, people[key], told, is_you=people[key] == request.user)
             for key, told in TO_TRY.items() if key in people]  # fmt: skip
    return render(request, "demo/door.html", {"doors": doors, "files": SAMPLES.items()})


@require_POST
@public("as the door itself")
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Goes in as that person."""
    _only_in_a_demo()
    user = User.objects.filter(email=f"{key}@demo.example", clinic__is_demo=True).first() if key in TO_TRY else None
    if user is None:
        raise Http404
    request.session.flush()  # nobody's locked screen, nobody's last page
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen in dict(settings.LANGUAGES):
        User.objects.filter(pk=user.pk).update(language=chosen)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("home")


@public("simulated recordings, to try an upload with")
def sample(request: HttpRequest, name: str) -> FileResponse:
    """One of the simulated recordings."""
    _only_in_a_demo()
    if name not in SAMPLES:
        raise Http404
    return FileResponse(build.sample(name), as_attachment=True, filename=name)


def _only_in_a_demo() -> None:
    if not settings.POISE.demo:
        raise Http404


def _door(key: str, user: User, to_try: str | Promise, *, is_you: bool) -> Door:
    return Door(key=key, name=user.name, role=_role(user), to_try=to_try, is_you=is_you)


def _role(user: User) -> str | Promise:
    return ROLE_NAMES[next(iter(sorted(user.role_set, key=list(Role).index)))]

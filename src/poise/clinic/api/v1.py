"""The API's first version: which routers it has, and how its errors look."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

import poise
from poise.clinic.api import charts, evaluations, recordings, top
from poise.clinic.api.access import AUTH
from poise.clinic.audit import answers
from poise.clinic.drafts.domain.versions import ChangedMeanwhile
from poise.errors import PoiseError

api = NinjaAPI(
    title="Poise",
    version=poise.__version__,
    description="What the pages of the clinic do, for programs. Every route asks the same table of rules as a page.",
    auth=AUTH,
    docs_url=None,  # its page asks for inline scripts; ours is /api/
    openapi_url="openapi.json",
    urls_namespace="api-1",
)
for router in (top.router, charts.router, evaluations.router, recordings.router):
    api.add_router("", router)


def _problem(status: int, problem: str, found: str = "", do: str = "", **more: Any) -> JsonResponse:
    return JsonResponse({"status": status, "problem": problem, "found": found, "do": do, **more}, status=status)


@api.exception_handler(AuthenticationError)
def not_let_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """401: no token, or none that works."""
    answer = _problem(401, _("Who is asking is not known."), do=_("Send: Authorization: Bearer poise_…"))
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(PermissionDenied)
def not_allowed(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """403: not with these roles, or not with this token's scopes."""
    return _problem(403, _("This is not among what you may do here."), found=str(error))


@api.exception_handler(Http404)
def not_there(request: HttpRequest, error: Http404) -> HttpResponse:
    """404: not there, or not for this person to know of."""
    return _problem(404, _("There is no such thing, or it is not for you to see."))


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422: a field that is missing, unknown or of another kind."""
    faults = {".".join(str(part) for part in each["loc"][1:]): str(each["msg"]) for each in error.errors}
    return _problem(422, _("What was sent cannot be used."), faults=faults)


@api.exception_handler(HttpError)
def bad_body(request: HttpRequest, error: HttpError) -> HttpResponse:
    """400: a body that is no JSON."""
    return _problem(error.status_code, str(error))


@api.exception_handler(ChangedMeanwhile)
def changed(request: HttpRequest, error: ChangedMeanwhile) -> HttpResponse:
    """409: someone else saved it after it was read; nothing was overwritten."""
    return _problem(409, error.problem, error.found, error.do)


@api.exception_handler(Exception)
def told(request: HttpRequest, error: Exception) -> HttpResponse:
    """What cannot be done as things stand (422), what a full disk or busy database says (503); the rest is ours."""
    answer = answers.foreseen(request, error)
    if answer is None or (answer.status_code == 400 and not isinstance(error, PoiseError)):
        raise error
    if answer.status_code == 400 and isinstance(error, PoiseError):
        faults = {name: str(fault) for name, fault in getattr(error, "faults", {}).items()}
        return _problem(422, error.problem, error.found, error.do, faults=faults)
    return answer

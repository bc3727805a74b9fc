"""Puts on every request who is asking."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.urls.exceptions import Resolver404

from poise.clinic.actor import Actor
from poise.clinic.people.models import User

Next = Callable[[HttpRequest], HttpResponse]


class Who:
    """Sets ``request.actor``: the signed-in person with roles, clinic, address and the page's name."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request."""
        request.actor = _actor(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor:
    user, address = request.user, str(request.META.get("REMOTE_ADDR", ""))
    request_id = uuid.uuid4().hex
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

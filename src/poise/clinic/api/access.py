"""How a program is let in, and how a route asks: by the same table as a page, and within the token's scopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from inspect import signature
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from poise.clinic.api.domain import tokens
from poise.clinic.api.models import ApiToken
from poise.clinic.api.scopes import covers
from poise.clinic.audit.domain import chain
from poise.clinic.people.access import SAFE, actor_of, patient_within_reach, refuse, thing_of
from poise.clinic.people.models import Patient, User
from poise.clinic.rules import RULES, reaches

Operation = Callable[..., Any]


class Bearer(HttpBearer):
    """``Authorization: Bearer poise_…``."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token, and the request's actor as its person; None refuses with 401."""
        found = tokens.found_by(token)
        if found is None:
            return None
        user = found.user
        request.actor = replace(  # type: ignore[attr-defined]
            actor_of(request),
            user_id=user.pk,
            name=f"{user.name} (token)",
            roles=user.role_set,
            clinic_id=user.clinic_id,
        )
        request.api_token = found  # type: ignore[attr-defined]
        return found


class SignedIn(SessionAuth):
    """Our own pages, with the session's cookie and the CSRF token."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The signed-in person; None refuses with 401."""
        return request.user if isinstance(request.user, User) else None


AUTH = [Bearer(), SignedIn()]


def may(action: str, *, patient: bool = False) -> Callable[[Operation], Operation]:
    """A route that needs `action`; with `patient` it is called with the patient in place of the id.

    A read is in the audit; a verb records its own write.
    """
    assert action in RULES, action

    def wrap(operation: Operation) -> Operation:
        @wraps(operation)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            found = _let_in(request, action, kwargs.get("patient_id") if patient else None)
            if found is not None:
                request.patient = found  # type: ignore[attr-defined]
            answer = operation(request, *args, **kwargs)
            if request.method in SAFE or chain.nothing_told():
                about = {name: value for name, value in kwargs.items() if name != "patient_id"}
                what, what_id = thing_of(about)
                chain.record_read(
                    actor_of(request), action, patient_id=found.pk if found else None, what=what, what_id=what_id
                )
            return answer

        # ninja would look the names of our types up in this module, not in the operation's
        guarded.__signature__ = signature(operation, eval_str=True)  # type: ignore[attr-defined]
        guarded.rule = action  # type: ignore[attr-defined]
        guarded.about_patient = patient  # type: ignore[attr-defined]
        return guarded

    return wrap


def patient_of(request: HttpRequest) -> Patient:
    """The patient whom `may` let the request reach."""
    found: Patient = request.patient  # type: ignore[attr-defined]
    return found


def _let_in(request: HttpRequest, action: str, patient_id: UUID | None) -> Patient | None:
    by = actor_of(request)
    token: ApiToken | None = getattr(request, "api_token", None)
    if token is not None and not covers(token.scopes, action):
        chain.record(by, action, outcome=chain.REFUSED, detail={"why": "scope"})
        raise PermissionDenied(action)
    if patient_id is not None:
        return patient_within_reach(by, action, patient_id)
    if not reaches(by.roles, action):
        refuse(by, action)
    return None

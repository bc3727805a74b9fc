"""Writes down every refusal that nobody wrote down yet, and answers what goes wrong in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from poise.clinic.actor import Actor
from poise.clinic.audit import answers
from poise.clinic.audit.domain import chain
from poise.clinic.audit.models import Event

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
REFUSALS = frozenset({401, 403, 404, 423, 429})


class Trail:
    """Comes after `people.middleware.Who`, before everything that may refuse."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request; a refusal is in the audit exactly once."""
        if request.method not in METHODS:  # TRACE needs no form's token, so no page may act on it
            return HttpResponseNotAllowed(sorted(METHODS))
        told: list[Event] = []
        token = chain.trail.set(told)
        try:
            response = self.get_response(request)
            if response.status_code in REFUSALS and _matters(request, response) and not _stands(told):
                _record(request, response)
        finally:
            chain.trail.reset(token)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What a page could not do is said in words; the rest is a mistake of ours, and goes to `answers.failed`."""
        return answers.foreseen(request, exception)


def _matters(request: HttpRequest, response: HttpResponse) -> bool:
    """A stranger's guess at no address says nothing of anyone; the polls of a locked page say it once."""
    if getattr(request, "refused_before", False):
        return False
    if response.status_code != 404:
        return True
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by.user_id is not None and request.resolver_match is not None and bool(request.resolver_match.kwargs)


def _stands(told: list[Event]) -> bool:
    """Whether a refusal of this request is in the table; one written in a transaction that was undone is not."""
    numbers = {event.number: event.seal for event in told if event.outcome == chain.REFUSED}
    return any(Event.objects.filter(pk=number, seal=seal).exists() for number, seal in numbers.items())


def _thing(parts: Mapping[str, object]) -> tuple[str, object]:
    """The last id of an address. What is no id stays out: it may be the secret of a link."""
    ids = [(name, value) for name, value in parts.items() if isinstance(value, UUID | int)]
    return ids[-1] if ids else ("", "")


def _record(request: HttpRequest, response: HttpResponse) -> None:
    by: Actor = request.actor  # type: ignore[attr-defined]
    match = request.resolver_match
    what, what_id = _thing(match.kwargs if match else {})
    chain.record(
        by, getattr(match.func, "rule", "page.open") if match else "page.open", what=what.removesuffix("_id"),
        what_id=what_id, outcome=chain.REFUSED,
        detail={"status": response.status_code, "why": getattr(request, "refused_because", "")},
    )  # fmt: skip

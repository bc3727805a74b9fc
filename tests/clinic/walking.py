"""Walking every route: who asks, for whose thing, and what came of it. Each request is undone before the next."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from clinic import made
from clinic.routes.world import Route
from poise.clinic.people.models import User

WRITES = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) "?(\w+)"?', re.IGNORECASE)
# What a refusal may write: the audit, and where and when somebody is signed in.
OF_ANY_REQUEST = frozenset({"audit_event", "audit_head", "django_session", "usersessions_usersession", "poise_cache"})
DOORS = ("/account/sign-in/", "/account/second-factor/", "/account/confirm/")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, and which tables it changed."""

    status: int
    place: str
    body: str
    wrote: frozenset[str]

    @property
    def outcome(self) -> str:
        """In a word: "in", or how it was refused."""
        if self.status == 302 and self.place.startswith(DOORS):
            return f"302 {self.place.partition('?')[0]}"
        return str(self.status) if self.status >= 500 or self.status in {401, 403, 404, 423} else "in"


class _Plain(Client):
    """Django's test client without the copies of every template's context, which nobody reads here."""

    def request(self, **request: Any) -> Any:
        """The handler's answer."""
        return self.handler(self._base_environ(**request))


class Walker:
    """Asks as anybody. Sessions are made once; what a request changes is rolled back."""

    def __init__(self) -> None:
        self.client = _Plain()
        self.strict = _Plain(enforce_csrf_checks=True)
        self.sessions: dict[Any, str] = {}
        self.asked = 0

    def let_in(self, *users: User) -> None:
        """Signs people in, every factor given a moment ago."""
        for user in users:
            client = made.sign_in(Client(), user)
            session = client.session
            session["listed"], session["active_at"] = True, time.time() + 600  # not noted anew with each request
            told = {"method": "password", "at": time.time() + 3600, "email": user.email, "reauthenticated": True}
            session["account_authentication_methods"] = [told]
            session["account_authentication_methods_user"] = str(user.pk)
            session.save()
            self.sessions[user.pk] = session.session_key

    def ask(self, user: User | None, path: str, method: str = "get", *, strict: bool = False, **headers: str) -> Answer:
        """One request, and its undoing."""
        self.asked += 1
        client, wrote = self.strict if strict else self.client, set()
        client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: self.sessions[user.pk]} if user else {})

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            found = WRITES.match(sql)
            if found:
                wrote.add(found.group(1).lower())
            return execute(sql, params, many, context)

        with transaction.atomic():
            with connection.execute_wrapper(watch):
                answer = getattr(client, method)(path, **headers)
                content = _content(answer)
            transaction.set_rollback(True)
        place = answer.headers.get("Location", "")
        return Answer(status=answer.status_code, place=place, body=content.decode("utf-8", "replace"),
                      wrote=frozenset(wrote - OF_ANY_REQUEST))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Step:
    """One cell of the walk: what was asked, what should come, what came."""

    route: Route
    method: str
    whose: str
    wanted: str
    answer: Answer

    @property
    def is_no_method(self) -> bool:
        """Whether the address has no such method, whoever asks."""
        return self.answer.status == 405 and not self.answer.wrote

    @property
    def fault(self) -> str:
        """What is wrong with it, or nothing."""
        outcome = self.answer.outcome
        if outcome != self.wanted:
            return f"{outcome}, not {self.wanted}"
        if self.wanted != "in" and self.answer.wrote:
            return f"refused, yet wrote {sorted(self.answer.wrote)}"
        return ""


def faults(steps: Iterable[Step]) -> list[Step]:
    """The wrong ones. A method that an address has not may stand for the answer if the other method gave it."""
    answered = {(each.route.name, each.whose) for each in steps if not each.is_no_method}
    return [
        each for each in steps
        if each.fault and not (each.is_no_method and (each.route.name, each.whose) in answered)
    ]  # fmt: skip


def _content(answer: Any) -> bytes:
    if not answer.streaming:
        return bytes(answer.content)
    if not answer.is_async:
        return b"".join(answer.streaming_content)

    async def read() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(read)()


def path_of(route: Route, parts: dict[str, Any]) -> str:
    """The address."""
    return reverse(route.name, kwargs=parts)


def as_table(rows: list[tuple[object, ...]]) -> str:
    """Faults as a reader sees them, one a line."""
    lines = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n" + "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    )

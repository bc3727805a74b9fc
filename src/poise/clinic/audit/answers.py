"""What a person is told when a page cannot be shown. Never a traceback, never what was typed.

`foreseen` answers what can happen in any clinic (a full disk, a busy database, a file that cannot be read); everything
else is our mistake: a reference number stands on the page and in the log, beside the places in the code.
"""

from __future__ import annotations

import errno
import sys
from dataclasses import dataclass

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from poise.clinic.audit.domain.chain import NotRecorded, is_full
from poise.clinic.logs import error_facts
from poise.errors import PoiseError

RETRY_SECONDS = "10"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A status, and three sentences: the problem, what was found, what to do."""

    status: int
    problem: str
    found: str = ""
    do: str = ""


def foreseen(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """The answer to something that can happen; None where it is a mistake of ours."""
    answer = _told(error)
    if answer is None:
        return None
    if answer.status >= 500:
        structlog.get_logger("poise.errors").error("page failed", reference=reference(request), **error_facts(error))
    return page(request, answer)


def _told(error: BaseException) -> Answer | None:
    if isinstance(error, NotRecorded):
        return _database(error.__cause__) if is_full(error.__cause__) else _unrecorded()
    if isinstance(error, OperationalError | InterfaceError):
        return _database(error)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return _full()
    if isinstance(error, PoiseError):
        return Answer(status=400, problem=error.problem, found=error.found, do=error.do)
    return None


def _database(error: BaseException | None) -> Answer:
    if is_full(error):
        return _full()
    if "locked" in str(error) or "lock timeout" in str(error) or "statement timeout" in str(error):
        return Answer(
            status=503,
            problem=_("The clinic's database is busy, so this was not done."),
            found=_("It waited for its turn for too long. Nothing was changed."),
            do=_("Try again in a moment. What you typed is kept."),
        )
    return Answer(
        status=503,
        problem=_("The clinic's database cannot be reached now."),
        found=_("Nothing was changed."),
        do=_("Try again in a moment; if it stays so, tell the person who runs Poise. What you typed is kept."),
    )


def _full() -> Answer:
    return Answer(
        status=503,
        problem=_("The disk of the clinic's computer is full, so this could not be saved."),
        found=_("Nothing was half saved, and all that was saved before is safe and can be read."),
        do=_("Make room on the disk (the person who runs Poise can), then try again. Poise need not be restarted."),
    )


def _unrecorded() -> Answer:
    return Answer(
        status=503,
        problem=_("This cannot be shown or saved now, because the record of who did what cannot be written."),
        found=_("Nothing was changed."),
        do=_("Try again in a minute; if it stays so, tell the person who runs Poise."),
    )


def failed(request: HttpRequest) -> HttpResponse:
    """The page for everything else (Django's ``handler500``), with a reference number."""
    error = sys.exc_info()[1]
    answered = foreseen(request, error) if error is not None else None
    if answered is not None:
        return answered
    facts = error_facts(error) if error is not None else {}
    structlog.get_logger("poise.errors").error("page failed", reference=reference(request), **facts)
    return page(
        request,
        Answer(
            status=500,
            problem=_("Something went wrong in Poise, and this page could not be made."),
            found=_("It is a mistake in the software, not yours. It was written down."),
            do=_("Go back and try again. If it happens again, tell the person who runs Poise the reference number."),
        ),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or none that this person may know of (``handler404``)."""
    return page(
        request,
        Answer(
            status=404,
            problem=_("There is no such page, or it is not for you to see."),
            do=_("Go back, or begin at the first page."),
        ),
    )


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not with this person's roles (``handler403``)."""
    return page(
        request,
        Answer(
            status=403,
            problem=_("Your role in this clinic does not include this."),
            found=_("That you asked was written down, as everything is."),
            do=_("If you need it for your work, ask the administrator of your clinic."),
        ),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our own page, or from one that was open too long."""
    request.refused_because = "csrf"  # type: ignore[attr-defined]
    return page(
        request,
        Answer(
            status=403,
            problem=_("This form could not be taken."),
            found=_("It was opened too long ago, before you signed in, or your browser keeps no cookies here."),
            do=_("Go back, load the page again, and send it once more. What you typed is kept where it could be."),
        ),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What the browser sent cannot be understood (``handler400``)."""
    return page(
        request,
        Answer(
            status=400,
            problem=_("What your browser sent could not be understood."),
            found=_("It was too long, had too many parts, or named another address than this clinic's."),
            do=_("Go back and try again."),
        ),
    )


def page(request: HttpRequest, answer: Answer) -> HttpResponse:
    """The answer as a page, or as JSON where a program asked."""
    facts = {
        "status": answer.status, "problem": answer.problem, "found": answer.found, "do": answer.do,
        "reference": reference(request) if answer.status >= 500 else "",
    }  # fmt: skip
    response: HttpResponse
    if _wants_json(request):
        response = JsonResponse(facts, status=answer.status)
    else:
        response = HttpResponse(_html(request, facts), status=answer.status)
    response["Cache-Control"] = "no-store"
    if answer.status == 503:
        response["Retry-After"] = RETRY_SECONDS
    return response


def reference(request: HttpRequest) -> str:
    """The number that joins a person's page with the lines of the log."""
    return str(getattr(request, "request_id", ""))[:8].upper()


def _wants_json(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json")


def _html(request: HttpRequest, facts: dict[str, object]) -> str:
    """The page in the clinic's look; where even that fails (it asks the database who is signed in), a bare one."""
    try:
        return str(loader.select_template([f"{facts['status']}.html", "500.html"]).render(facts, request))
    except Exception as error:
        structlog.get_logger("poise.errors").warning("bare page", **error_facts(error))
        return _bare(facts)


def _bare(facts: dict[str, object]) -> str:
    number = format_html("<p>{} {}</p>", _("Reference number:"), facts["reference"]) if facts["reference"] else ""
    return format_html(
        '<!doctype html><html lang="{}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>Poise</title><h1>{}</h1><p>{}</p><p>{}</p>{}</html>",
        get_language() or "en", facts["problem"], facts["found"], facts["do"], number,
    )  # fmt: skip

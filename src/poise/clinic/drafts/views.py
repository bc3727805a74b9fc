"""Where forms keep their drafts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from poise.clinic.actor import Actor
from poise.clinic.drafts.domain import keeping
from poise.clinic.drafts.forms import KEY, OPENING, PAGE, VERSION
from poise.clinic.rules import reaches

View = Callable[[HttpRequest], HttpResponse]


def _own(view: View) -> View:
    """For everyone with an account; `people.access.requires` stands above this app, so it cannot be asked here."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not reaches(_by(request).roles, "own.account"):
            raise PermissionDenied("own.account")
        return view(request)

    guarded.rule, guarded.about_patient = "own.account", False  # type: ignore[attr-defined]
    return guarded


@_own
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keeps what stands in a form now; answers with words for its status line."""
    told = request.POST
    version = told.get(VERSION, "")
    fields = {name: [str(value) for value in told.getlist(name)] for name in told}
    try:
        kept = keeping.keep(
            _by(request), told.get(KEY, ""), fields, opening=told.get(OPENING, "")[:32],
            version=int(version) if version.isdecimal() and len(version) < 10 else None,
        )  # fmt: skip
    except keeping.CannotKeep:
        return HttpResponse(_("Too long to be kept as a draft: please save it now."), content_type="text/plain")
    if kept is None:
        return HttpResponse(status=204)
    at = time_format(timezone.localtime(kept.at))
    return HttpResponse(_("Saved as draft %(time)s") % {"time": at}, content_type="text/plain; charset=utf-8")


@_own
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Throws a draft away, as the one who typed it asked, and goes back to the form."""
    keeping.forget(
        _by(request), request.POST.get(KEY, "")[: keeping.LONGEST_KEY], opening=request.POST.get(OPENING, "")[:32]
    )
    page = request.POST.get(PAGE, "")
    return redirect(page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else "home")


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by

"""Doing a thing once, though the network or the server failed and it was sent again.

A page or a program that sends ``Idempotency-Key: <some unique text>`` with a POST may send it again until it is
answered. The key is stored in the transaction of what was done: both are kept, or neither. A form may carry the key in
a hidden field of the same name in small letters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from poise.clinic.drafts.models import Once

HEADER, FIELD = "Idempotency-Key", "idempotency-key"
LONGEST_KEY, LONGEST_CONTENT = 100, 16_384

View = Callable[..., HttpResponse]


def once(view: View) -> View:
    """A view that may be asked twice with one key, and does its work once. Stands below ``@requires``.

    Remembered is what was done: a redirect, or an answer in JSON. A form shown again, and a refusal, are not.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER) or request.POST.get(FIELD, "")
        if request.method != "POST" or not key or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if len(key) > LONGEST_KEY or not key.isprintable():
            return JsonResponse({"detail": f"{HEADER} is at most {LONGEST_KEY} printable characters."}, status=400)
        return _once(view, request, key, args, kwargs)

    return answered


def forget_before(moment: datetime) -> int:
    """Lets go of answers that nobody will ask for again; how many."""
    return Once.objects.filter(at__lt=moment).delete()[0]


def _once(view: View, request: HttpRequest, key: str, args: Any, kwargs: Any) -> HttpResponse:
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        # A second request with the same key waits here until the first is over, and then finds its row.
        row, is_new = Once.objects.get_or_create(
            user=request.user, key=key, defaults={"fingerprint": fingerprint}  # type: ignore[misc]  # signed in
        )  # fmt: skip
        if not is_new:
            return _again(row, fingerprint)
        response = view(request, *args, **kwargs)
        _remember(row, response)
    return response


def _again(row: Once, fingerprint: str) -> HttpResponse:
    if row.fingerprint != fingerprint:
        return JsonResponse({"detail": f"This {HEADER} was used for another request."}, status=422)
    if row.location:
        return HttpResponseRedirect(row.location)
    return HttpResponse(row.content, status=row.status, content_type="application/json")


def _remember(row: Once, response: HttpResponse) -> None:
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    if isinstance(response, HttpResponseRedirect):
        row.location = response.url
    elif response.status_code < 300 and (response.status_code == 204 or is_json):
        row.content = response.content.decode()[:LONGEST_CONTENT]
    else:
        row.delete()
        return
    row.status = response.status_code
    row.save(update_fields=["status", "location", "content"])


def _fingerprint(request: HttpRequest) -> str:
    """Of all that was sent, but for the token that each page has anew."""
    told = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        for name in sorted(set(request.POST) - {"csrfmiddlewaretoken"}):
            told.update(repr((name, request.POST.getlist(name))).encode())
    else:
        told.update(request.body)
    return told.hexdigest()

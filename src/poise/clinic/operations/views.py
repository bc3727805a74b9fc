"""What machines ask of an installation: is it alive, is it ready, how is it doing."""

from __future__ import annotations

import hmac
import ipaddress

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from poise.clinic.operations import metrics
from poise.clinic.people.access import public


@public("A watchdog asks whether the process answers; it learns nothing else.")
@require_safe
@never_cache
def health(_request: HttpRequest) -> HttpResponse:
    """Alive. Nothing is asked of the database, so that a slow one does not get the process killed."""
    return JsonResponse({"status": "ok"})


@public("A proxy asks whether to send people here; it learns yes or no.")
@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """Ready: the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})


@public("Prometheus has no account; it comes from this machine, or shows the token.")
@require_safe
@never_cache
def numbers(request: HttpRequest) -> HttpResponse:
    """The numbers; 404 for whoever may not see them."""
    if not (_from_here(request) or _shows_token(request)):
        return HttpResponse(status=404)
    return HttpResponse(metrics.written(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _from_here(request: HttpRequest) -> bool:
    """From this machine, and not through a proxy on it, which would speak for anybody."""
    forwarded = any(name in request.META for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"))
    try:
        return not forwarded and ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _shows_token(request: HttpRequest) -> bool:
    token, shown = metrics.token(), request.META.get("HTTP_AUTHORIZATION", "")
    return bool(token) and hmac.compare_digest(shown.encode(), f"Bearer {token}".encode())

"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"


def address_of(request: HttpRequest) -> str:
    """The caller's network address.

    Behind a proxy that we were told to trust it is the last one of X-Forwarded-For: the one the proxy itself wrote.
    What stands before it was sent by the caller and may be a lie.
    """
    said = request.META.get("REMOTE_ADDR", "")
    if settings.POISE.trusted_proxy:
        said = request.headers.get("X-Forwarded-For", said).rpartition(",")[2]
    try:
        return str(ipaddress.ip_address(said.strip()))
    except ValueError:
        return NOWHERE

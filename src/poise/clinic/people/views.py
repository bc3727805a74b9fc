"""Pages about accounts, and the first page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from poise.clinic.people.access import requires


@requires("home.open")
def home(request: HttpRequest) -> HttpResponse:
    """Where a person starts: what waits for them."""
    return render(request, "people/home.html")

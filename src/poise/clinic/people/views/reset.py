"""A lost password: a link by mail where the clinic has a mail server, else the administrator's help."""

from __future__ import annotations

from allauth.account import views as allauth_account
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from poise.clinic.people.domain import letters


def password_lost(request: HttpRequest) -> HttpResponseBase:
    """Asks for the address and sends a link; or says who can help."""
    if not letters.can_send():
        return render(request, "people/ask_administrator.html")
    answer: HttpResponse = allauth_account.password_reset(request)
    return answer

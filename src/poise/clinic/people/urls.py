"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from poise.clinic.people import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
]

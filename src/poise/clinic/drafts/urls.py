"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from poise.clinic.drafts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("drafts/", views.keep, name="draft"),
    path("drafts/forget", views.forget, name="draft-forget"),
]

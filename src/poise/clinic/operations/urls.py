"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from poise.clinic.operations import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
    path("metrics", views.numbers, name="metrics"),
]

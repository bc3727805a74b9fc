"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from poise.clinic.design import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("appearance", views.choose_theme, name="choose-theme"),
    path("design", views.gallery, name="design"),
]

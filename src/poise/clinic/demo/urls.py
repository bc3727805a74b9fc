"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from poise.clinic.demo import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("demo/", views.door, name="demo"),
    path("demo/files/<str:name>", views.sample, name="demo-file"),
    path("demo/<slug:key>/", views.enter, name="demo-enter"),
]

"""The addresses of the API and of its pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path

from poise.clinic.api import views
from poise.clinic.api.v1 import api


def _routes() -> tuple[list[URLPattern | URLResolver], str, str]:
    """The routes let programs in themselves, so Django's sign-in does not stand before them."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        pattern.callback = login_not_required(pattern.callback)
        pattern.callback.is_api = True  # type: ignore[attr-defined]
    return patterns, app, namespace


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", views.api_routes, name="api-routes"),
    path("api/v1/", _routes()),
    path("account/tokens/", views.own_tokens, name="tokens"),
    path("account/tokens/<uuid:token_id>/revoke/", views.revoke_token, name="token-revoke"),
]

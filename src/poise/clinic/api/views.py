"""Pages of the API: one's own tokens, and what the routes are."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from poise.clinic.api.domain import tokens
from poise.clinic.api.forms import TokenForm
from poise.clinic.api.listing import routes
from poise.clinic.api.models import ApiToken
from poise.clinic.api.scopes import WORDS
from poise.clinic.people.access import actor_of, requires


@requires("token.own")
def own_tokens(request: HttpRequest) -> HttpResponse:
    """The person's tokens; a new one is made here and its secret shown once."""
    by, form, secret = actor_of(request), TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        _made, secret = tokens.make(by, name=told["name"], scopes=told["scopes"], days=told["days"])
        form = TokenForm()
    standing = [(token, [WORDS[scope] for scope in token.scopes if scope in WORDS]) for token in tokens.standing(by)]
    return render(request, "api/tokens.html", {"form": form, "secret": secret, "tokens": standing})


@require_POST
@requires("token.own")
def revoke_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Ends one of the person's own tokens."""
    by = actor_of(request)
    tokens.revoke(by, get_object_or_404(ApiToken, pk=token_id, user_id=by.user_id))
    messages.success(request, _("The token is revoked. Programs that use it are refused from now on."))
    return redirect("tokens")


@requires("token.own")
def api_routes(request: HttpRequest) -> HttpResponse:
    """Every route of the API, what it needs and what it does."""
    return render(request, "api/routes.html", {"groups": routes()})

"""The clinic with one more address: a write as small as can be, through everything that every write goes through."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from poise.clinic.audit.domain import chain
from poise.clinic.drafts.domain.once import once
from poise.clinic.drafts.models import Draft
from poise.clinic.people.access import actor_of, requires
from poise.clinic.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500"]


@require_POST
@requires("own.account")
@once
def write(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    with transaction.atomic():  # as every verb of the clinic does
        Draft.objects.create(user_id=by.user_id, key=request.POST["what"], fields={"size": "x" * 200})
        chain.record(by, "own.account", what="draft", what_id=request.POST["what"])
    return JsonResponse({"kept": request.POST["what"]}, status=201)


urlpatterns = [path("written", write, name="written"), *urlpatterns]

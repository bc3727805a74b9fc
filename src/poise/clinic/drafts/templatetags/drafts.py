"""``{% draft form %}``: inside a form's element, keeps what is typed; nothing for forms that are not `opened`."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BaseForm

from poise.clinic.drafts.forms import KEY, OPENING, PAGE, VERSION

register = template.Library()


@register.inclusion_tag("drafts/draft.html", takes_context=True)
def draft(context: dict[str, Any], form: BaseForm | None) -> dict[str, Any]:
    """The hidden fields that name the draft, its banner, and the place that says when it was kept."""
    page = context["request"].path if "request" in context else ""
    names = {"KEY": KEY, "VERSION": VERSION, "OPENING": OPENING, "PAGE": PAGE}
    return {"draft": getattr(form, "draft", None), "page": page, **names}

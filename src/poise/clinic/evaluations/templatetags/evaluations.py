"""``{% load evaluations %}``: words and numbers."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from poise.clinic.evaluations import words

register = template.Library()


@register.filter
def translated(message: str) -> str:
    """A job's message in the reader's language; it was stored as a key of gettext."""
    return gettext(message) if message else ""


@register.filter
def side(name: str) -> str:
    """A side in words."""
    return str(words.SIDES.get(name, name))


@register.filter
def kind(name: str) -> str:
    """An evaluation's kind in words."""
    return str(words.KINDS.get(name, name))


@register.filter
def unlocalized(number: float) -> str:
    """A number as an address has it: with a point, whatever the language."""
    return f"{number:.3f}"

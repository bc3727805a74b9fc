"""``{% load clinical %}``: the reference's names in the reader's language, and numbers as people read them."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from poise.clinic.charts.domain.episodes import code_label, named
from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import Words

register = template.Library()


@register.filter
def clinical(key: str, part: str) -> str:
    """The name of an id: ``{{ episode.condition|clinical:"conditions" }}``; the id itself where it is not known."""
    return named(getattr(library(), part), key)


@register.filter
def words(said: Words | str) -> str:
    """Words of the reference in the reader's language."""
    return said.in_language((get_language() or "en")[:2]) if isinstance(said, Words) else str(said)


@register.filter
def code_name(code: str) -> str:
    """Our label of a diagnosis code; empty where the reference has none."""
    return code_label(code)


@register.filter
def may_do(may: frozenset[str], action: str) -> bool:
    """Whether an action is within reach on this page."""
    return action in may

"""``{% load clinical %}``: the reference's names in the reader's language, and numbers as people read them."""

from __future__ import annotations

from django import template
from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from poise.clinic.charts.domain.episodes import code_label, named
from poise.clinic.charts.domain.episodes import said as in_words
from poise.clinic.charts.summary import Loaded
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
    return capfirst(in_words(said))


@register.filter
def code_name(code: str) -> str:
    """Our label of a diagnosis code; empty where the reference has none."""
    return code_label(code)


@register.simple_tag(takes_context=True)
def section(context: Context, loaded: Loaded) -> SafeString:
    """A section of the summary: its template, with what its app loaded, by name and as `told`."""
    with context.push(**loaded.context, told=loaded.context, section=loaded.section):
        return get_template(loaded.section.template).template.render(context)  # type: ignore[attr-defined,no-any-return]


@register.filter
def may_do(may: frozenset[str], action: str) -> bool:
    """Whether an action is within reach on this page."""
    return action in may

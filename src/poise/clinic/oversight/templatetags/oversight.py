"""Words of the audit in templates."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from poise.clinic.audit.models import Event
from poise.clinic.oversight import words
from poise.clinic.people.models import ROLE_NAMES
from poise.clinic.rules import Role

register = template.Library()


@register.filter
def done(event: Event) -> str:
    """What was done, in words."""
    return words.of_action(event.action)


@register.filter
def outcome(event: Event) -> str:
    """How it ended, in words."""
    return str(words.OUTCOMES.get(event.outcome, event.outcome))


@register.filter
def who(event: Event) -> str:
    """Who it was; nobody who signed in, or the software itself, says so."""
    if event.actor.startswith("system:"):
        return _("Poise itself")
    return event.actor or _("someone not signed in")


@register.filter
def as_what(event: Event) -> str:
    """In which roles."""
    return ", ".join(str(ROLE_NAMES[Role(each)]) for each in event.roles.split())

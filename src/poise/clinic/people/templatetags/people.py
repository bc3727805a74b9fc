"""``{% load people %}``: roles in words."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils import timezone

from poise.clinic.people.models import ROLE_NAMES, Invitation, User
from poise.clinic.rules import Role

register = template.Library()


@register.simple_tag
def role_names(user: User) -> str:
    """A person's roles in words."""
    return role_words(user.role_set)


@register.simple_tag
def role_words(roles: Iterable[str]) -> str:
    """Roles in words, in the order of the table of rules."""
    held = {Role(each) for each in roles}
    return ", ".join(str(ROLE_NAMES[role]) for role in Role if role in held)


@register.filter
def has_run_out(invitation: Invitation) -> bool:
    """Whether its link is too old."""
    return invitation.expires_at < timezone.now()

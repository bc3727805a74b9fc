"""What this app shows in the common places: menus, the patient's banner, the cards of the first page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from poise.clinic.actor import Actor
from poise.clinic.design import banner, navigation
from poise.clinic.people import home
from poise.clinic.people.domain import glass, invitations
from poise.clinic.people.models import Patient, User
from poise.clinic.rules import CLINICIANS, Role

ON_A_CARD = 5


def add() -> None:
    """Called once, when the app starts."""
    _menus()
    banner.register("glass", _glass_banner, action="glass.break")
    for name, action, tells, order in (
        ("glass", "glass.review", _glass_card, 10),
        ("hints", "clinic.edit", _hints_card, 15),
        ("invitations", "people.edit", _invitations_card, 50),
    ):
        home.add(home.Card(name=name, action=action, template=f"people/home/{name}.html", tells=tells, order=order))


def _menus() -> None:
    item, words = navigation.Item, gettext_lazy
    for each in (
        item(name="home", label=words("Home"), icon="home", action="home.open", order=10),
        item(name="people", label=words("People"), icon="people", action="people.read", order=10,
             place=navigation.ADMINISTRATION, covers=("person", "invite", "invitations", "invitation-")),
        item(name="clinic-settings", label=words("The clinic"), icon="settings", action="clinic.edit", order=20,
             place=navigation.ADMINISTRATION),
        item(name="glass-uses", label=words("Charts opened in need"), icon="glass", action="glass.review", order=30,
             place=navigation.ADMINISTRATION),
        item(name="account", label=words("My account"), icon="person", action="own.account", order=10,
             place=navigation.ACCOUNT, covers=("mfa_", "account_")),
        item(name="sessions", label=words("Where I am signed in"), icon="history", action="own.account", order=20,
             place=navigation.ACCOUNT),
        item(name="team", label=words("Team"), action="team.read", order=80, place=navigation.PATIENT,
             covers=("team-",)),
    ):  # fmt: skip
        navigation.register(each)


def _glass_banner(by: Actor, patient: banner.Person) -> Iterable[banner.Part]:
    """On every page of a chart that is open by breaking the glass: until when, and the way to end it."""
    known = getattr(patient, "open_glass", None)  # `access` found it when it let the person in
    if known is None:
        return
    until = time_format(timezone.localtime(known.ends_at))
    words = _("Opened in need, until %(time)s. Everything you do here is recorded. End it now.") % {"time": until}
    yield banner.Alert(kind=banner.CAUTION, words=words, address=reverse("glass-end", args=[patient.pk]))


def _glass_card(by: Actor) -> Mapping[str, Any] | None:
    glass.end_those_over()
    new = list(glass.uses(by).filter(reviewed_at=None)[: ON_A_CARD + 1])
    return {"uses": new[:ON_A_CARD], "more": len(new) > ON_A_CARD} if new else None


def _invitations_card(by: Actor) -> Mapping[str, Any] | None:
    waiting = list(invitations.waiting(by)[: ON_A_CARD + 1])
    return {"waiting": waiting[:ON_A_CARD], "more": len(waiting) > ON_A_CARD, "now": timezone.now()}


def _hints_card(by: Actor) -> Mapping[str, Any] | None:
    """What a clinic that has just begun does next."""
    staff = User.objects.filter(clinic=by.clinic_id, is_active=True)
    alone = staff.count() <= 1
    treats = staff.filter(grants__role__in=CLINICIANS).exists()
    admins = staff.filter(grants__role=Role.ADMINISTRATOR).count()
    patients = Patient.objects.filter(clinic=by.clinic_id).exists()
    if not alone and treats and patients and admins > 1:
        return None
    return {"alone": alone, "treats": treats, "patients": patients, "one_administrator": admins < 2}

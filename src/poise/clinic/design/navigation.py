"""The items of the menus. Apps add theirs when Django starts (`AppConfig.ready`); a person sees what the rules allow.
``register(Item(name="patients", label=_("Patients"), icon="people", action="patient.find", order=20))``
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise

from poise.clinic.actor import Actor
from poise.clinic.rules import RULES, Reach, Role, reaches

TOP, PATIENT, ACCOUNT, ADMINISTRATION = "top", "patient", "account", "administration"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A way to a page.

    Attributes
    ----------
    name
        The page's URL name. Items of a patient's chart (`place="patient"`) are reversed with the patient's id.
    action
        The row of `rules` that the page asks for: who may not open it does not see the item.
    place
        ``top`` bar, ``patient`` sub-navigation, ``account`` menu, ``administration`` part of that menu.
    covers
        Further URL names (or their beginnings, ending in ``-``) for which this item is marked as the present one.
    roles
        Only for these roles, where the rules alone would show it to more people than it is for.
    """

    name: str
    label: str | Promise
    action: str
    icon: str = ""
    place: str = TOP
    order: int = 50
    covers: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset()

    def is_here(self, route: str) -> bool:
        """Whether this is the item of the page that is open."""
        names = (self.name, *self.covers)
        return any(route == name or (name.endswith("-") and route.startswith(name)) for name in names)


@dataclass(frozen=True, kw_only=True)
class Link:
    """An item as it stands on a page."""

    label: str
    address: str
    icon: str
    is_here: bool


_items: dict[tuple[str, str], Item] = {}


def register(item: Item) -> None:
    """Adds an item; the same page in the same place again replaces it."""
    assert item.action in RULES, item.action
    _items[item.place, item.name] = item


def items(place: str) -> list[Item]:
    """Every item of a place, in order."""
    return sorted((item for item in _items.values() if item.place == place), key=lambda item: (item.order, item.name))


def links(by: Actor, place: str, *, patient_id: UUID | None = None) -> list[Link]:
    """The items of a place that this person may open."""
    arguments = {"patient_id": patient_id} if patient_id else {}
    return [
        Link(
            label=str(item.label), address=reverse(item.name, kwargs=arguments), icon=item.icon,
            is_here=item.is_here(by.route),
        )
        for item in items(place)
        if _is_for(by, item)
    ]  # fmt: skip


def _is_for(by: Actor, item: Item) -> bool:
    reach: Iterable[Reach] = reaches(by.roles, item.action)
    return bool(reach) and (not item.roles or by.is_a(*item.roles))

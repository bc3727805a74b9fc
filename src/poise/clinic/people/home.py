"""The cards of the first page. Each app adds its own when it starts, so that imports run downhill.

In an app's ``AppConfig.ready``::

    from poise.clinic.people import home
    home.add(home.Card(name="open_evaluations", action="evaluation.read", template="evaluations/home/open.html",
                       tells=cards.open_evaluations, order=30))

`tells` is called with the actor and gives the template's words, or None where the card has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from poise.clinic.actor import Actor
from poise.clinic.rules import RULES, Role, reaches

Tells = Callable[[Actor], Mapping[str, Any] | None]


@dataclass(frozen=True, kw_only=True)
class Card:
    """One card of the first page.

    Attributes
    ----------
    action
        The rule that a person needs to see it.
    template
        Shows what `tells` gives (and `by`, the actor); one ``<section class="card">``.
    roles
        Only for these roles, where the rule alone would show it to too many; empty for all that the rule lets.
    order
        Lower comes first: 10 what is urgent, 30 today's work, 50 lists, 70 hints.
    """

    name: str
    action: str
    template: str
    tells: Tells
    roles: frozenset[Role] = frozenset()
    order: int = 50

    def is_for(self, by: Actor) -> bool:
        """Whether this person may see the card."""
        return bool(reaches(by.roles, self.action)) and (not self.roles or by.is_a(*self.roles))


_cards: dict[str, Card] = {}


def add(card: Card) -> None:
    """Adds a card; one of the same name is replaced."""
    assert card.action in RULES, card.action
    _cards[card.name] = card


def cards_for(by: Actor) -> list[tuple[Card, Mapping[str, Any]]]:
    """The cards that have something to say to this person, in their order, with their words."""
    mine = sorted((card for card in _cards.values() if card.is_for(by)), key=lambda card: (card.order, card.name))
    told = ((card, card.tells(by)) for card in mine)
    return [(card, words) for card, words in told if words is not None]

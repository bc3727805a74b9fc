"""A section of a report: title, a sentence, pictures, a table, notes; said once, written to HTML and to PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from poise.documents.markup import Markup, join, tag

Layout = Literal["full", "wide", "half", "third"]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture with its text alternative.

    `layout` says how much room it needs: a ``wide`` one keeps its size on a phone and is moved sideways, the others
    shrink with the page.
    """

    alternative: str
    drawing: Markup
    layout: Layout = "full"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A small table: its head, its rows, and which columns are numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Section:
    """What a report says about one thing.

    `cards` are small boxes of the page (a repetition each); the PDF has `table` in their place, which the page shows
    folded where it has more rows than there are cards.
    """

    title: str
    lead: str = ""
    pictures: tuple[Picture, ...] = ()
    cards: tuple[Markup, ...] = ()
    table: Table | None = None
    notes: tuple[str, ...] = ()
    key: Markup | None = None


def written(section: Section | None) -> Markup | None:
    """The section as HTML; nothing where there is none."""
    if section is None:
        return None
    return join(
        tag("h2", section.title),
        tag("p", section.lead) if section.lead else None,
        section.key,
        _pictures(section),
        tag("ol", section.cards, class_="cards") if section.cards else None,
        _table(section.table) if section.table and not section.cards else _folded(section),
        [tag("p", note, class_="note") for note in section.notes],
        [tag("p", note, class_="note phone") for note in _wide(section)],
    )


def as_data(section: Section, saved: list[dict[str, str]]) -> dict[str, Any]:
    """The section for the PDF's template; `saved` are its pictures, already files."""
    pictures = [{**each, "layout": picture.layout} for each, picture in zip(saved, section.pictures, strict=True)]
    table = section.table
    return {
        "title": section.title, "lead": section.lead, "notes": list(section.notes), "pictures": pictures,
        "head": list(table.head) if table else [], "rows": [list(row) for row in table.rows] if table else [],
    }  # fmt: skip


def _folded(section: Section) -> Markup | None:
    """The table behind the cards, where they do not show all of it."""
    table = section.table
    if table is None or len(table.rows) <= len(section.cards):
        return None
    return tag("details", tag("summary", f"All {len(table.rows)} as a table"), _table(table))


def _wide(section: Section) -> tuple[str, ...]:
    """How to see all of a picture that is wider than a phone."""
    wide = any(picture.layout == "wide" for picture in section.pictures)
    return ("On a small screen, move the picture sideways.",) if wide else ()


def _pictures(section: Section) -> Markup | None:
    if not section.pictures:
        return None
    shown = [tag("figure", each.drawing, class_=_CLASSES[each.layout]) for each in section.pictures]
    return tag("div", shown, class_="panels")


_CLASSES = {"full": "full", "wide": "full wide", "half": "half", "third": "third"}


def _table(table: Table) -> Markup:
    def cell(name: str, column: int, text: str) -> Markup:
        scope = "col" if name == "th" else None
        return tag(name, text, class_="n" if column in table.numeric else None, scope=scope)

    head = tag("tr", [cell("th", column, text) for column, text in enumerate(table.head)])
    rows = [tag("tr", [cell("td", column, text) for column, text in enumerate(row)]) for row in table.rows]
    return tag("div", tag("table", tag("thead", head), tag("tbody", rows), class_="small"), class_="scroll")

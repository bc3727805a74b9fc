"""HTML and SVG by construction: text is escaped, tags close, nothing is pasted."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

VOID = frozenset({"meta", "br", "hr", "img", "link"})


class Markup(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


Child = str | Markup | None | Iterable["Child"]


def tag(name: str, /, *children: Child, **attributes: object) -> Markup:
    """One element. Attributes: ``class_`` → class, ``stroke_width`` → stroke-width; None and False are left out."""
    shown = "".join(f' {_attribute(key)}="{escape(str(value))}"' for key, value in attributes.items() if _given(value))
    if name in VOID:
        return Markup(f"<{name}{shown}>")
    return Markup(f"<{name}{shown}>{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """Children one after the other: text escaped, markup as it is, lists unfolded, None left out."""
    return Markup("".join(_rendered(child) for child in children))


def _rendered(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return escape(child, quote=False)
    return join(*child)


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-") if key != "viewBox" else key


def _given(value: object) -> bool:
    return value is not None and value is not False

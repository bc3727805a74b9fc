"""``{% load pain_figure %}``: the drawn body. Server-made SVG without inline styles; the sheet is ``charts/body.css``.

``{% body_map marks prefix="m" %}``          panels to tap (front, back, head, hands, feet), for a form
``{% body_picture marks label="…" %}``       one picture, front and back; tender spots joined to where they are felt
``{% body_regions "br_knee.left,br_hip" %}`` the picture with regions marked: for findings
``{% pain_thumbnail map %}``                 a small picture of a map, linked to its page (`marks` where they are known)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from poise.clinic.charts import pain_drawing, pain_figure, pain_forms
from poise.clinic.charts.domain.pain_map import TRIGGER_POINT, Mark
from poise.clinic.charts.models import PainMap, PainMark

register = template.Library()


@register.inclusion_tag("charts/pain/parts/panels.html")
def body_map(marks: Iterable[Mark], prefix: str = "body") -> dict[str, Any]:
    """Every panel, with the marks that stand; a script makes its places buttons, the list works without."""
    names = {
        "front": _("Front"),
        "back": pgettext("the body seen from", "Back"),
        "face": _("Head, front"),
        "skull": _("Head, back"),
        "hands": _("Hands, palms to you"),
        "feet": _("Feet, from below"),
    }
    marked: dict[str, list[str]] = {}
    for mark in marks:
        marked.setdefault(f"{mark.region}.{mark.side}.{mark.view}", []).append(mark.kind)
    panels = [
        {
            "panel": panel,
            "title": names[panel.name],
            "sides": _letters(panel),
            "shapes": [
                {
                    "shape": shape,
                    "name": pain_forms.place_name(shape.region, shape.side),
                    "kinds": " ".join(marked.get(shape.place, ())),
                }
                for shape in panel.shapes
            ],
        }
        for panel in pain_figure.panels()
    ]
    return {"panels": panels, "prefix": prefix}


def _letters(panel: pain_figure.Panel) -> tuple[str, str]:
    """What stands on the viewer's left and right."""
    left, right = _("Left"), _("Right")
    return (left, right) if panel.left_is_left else (right, left)


@register.inclusion_tag("charts/pain/parts/picture.html")
def body_picture(marks: Iterable[Mark | PainMark], label: str = "", prefix: str = "picture") -> dict[str, Any]:
    """The whole body with marks on it."""
    every = list(marks)
    return {"picture": pain_drawing.picture(every), "label": label or words_of(every), "prefix": prefix}


@register.inclusion_tag("charts/pain/parts/picture.html")
def body_regions(places: str | Iterable[str], label: str = "", prefix: str = "regions") -> dict[str, Any]:
    """The whole body with regions marked: ``br_knee_front.left``, ``br_low_back`` (both sides)."""
    named = places.split(",") if isinstance(places, str) else list(places)
    marks = []
    for each in named:
        region, _dot, side = each.strip().partition(".")
        for one in (side,) if side in {"left", "right", "none"} else ("left", "right", "none"):
            marks += [Mark(kind="highlight", region=region, side=one, view=view) for view in ("front", "back")]
    names = dict.fromkeys(pain_forms.region_name(mark.region) for mark in marks)
    return {"picture": pain_drawing.picture(marks), "label": label or ", ".join(names), "prefix": prefix}


@register.inclusion_tag("charts/pain/parts/thumbnail.html")
def pain_thumbnail(drawn: PainMap | None, marks: Sequence[PainMark] | None = None) -> dict[str, Any]:
    """A small picture of a map with its date; says so where there is none."""
    if drawn is None:
        return {"map": None}
    if marks is None:
        marks = [mark for mark in drawn.marks.all() if mark.removed_at is None]
    return {
        "map": drawn,
        "picture": pain_drawing.picture(marks),
        "label": words_of(marks),
        "prefix": f"t{drawn.pk.hex[:8]}",
    }


@register.simple_tag
def place_name(mark: Mark | PainMark) -> str:
    """The place of a mark in words."""
    return pain_forms.place_name(mark.region, mark.side)


def words_of(marks: Iterable[Mark | PainMark]) -> str:
    """The marks in words, for whom does not see the picture."""
    said = []
    for mark in marks:
        kind = (
            _("felt from a tender spot")
            if getattr(mark, "source_id", None)
            else str(pain_forms.KINDS.get(mark.kind, ""))
        )
        name, how = (
            pain_forms.place_name(mark.region, mark.side),
            "" if mark.kind == TRIGGER_POINT else pain_forms.details(mark),
        )
        said.append(f"{kind}: {name}" + (f" ({how})" if how else ""))
    return _("Body map.") + " " + "; ".join(said) if said else _("Body map without marks.")

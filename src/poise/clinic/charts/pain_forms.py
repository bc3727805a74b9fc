"""The body map as a form: places are ticked in a list or tapped on the drawing; each mark is a row of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from poise.clinic.charts import pain_figure
from poise.clinic.charts.domain.pain_map import (
    MOST_MARKS,
    PAIN,
    PATIENT_KINDS,
    BadMark,
    Mark,
    check_mark,
)
from poise.clinic.charts.models import PainMark
from poise.knowledge.clinical import library

KINDS = {
    "pain": _("It hurts here"),
    "felt": _("The pain moves to here"),
    "numb": _("It is numb here"),
    "trigger_point": _("Tender spot"),
}
QUALITY_WORDS = {
    "dull": _("dull, an ache"),
    "sharp": _("sharp"),
    "burning": _("burning"),
    "throbbing": _("throbbing"),
    "stabbing": _("stabbing"),
    "cramping": _("cramping"),
    "electric": _("like an electric shock"),
    "tingling": _("tingling"),
    "stiff": _("stiff"),
    "heavy": _("heavy"),
}
SPREAD_WORDS = {"spot": _("one spot"), "area": _("a whole area"), "travels": _("it travels")}
SIDES = {"left": _("left"), "right": _("right"), "none": ""}
VIEWS = {"front": _("front"), "back": _("back")}
GROUPS = (
    (
        _("Head and neck"),
        (
            "br_head",
            "br_vertex",
            "br_forehead",
            "br_temple",
            "br_eye",
            "br_ear",
            "br_face",
            "br_jaw",
            "br_occiput",
            "br_neck",
            "br_neck_front",
        ),
    ),
    (
        _("Back and trunk"),
        (
            "br_upper_back",
            "br_scapula",
            "br_scapula_medial",
            "br_mid_back",
            "br_low_back",
            "br_sacrum",
            "br_chest",
            "br_ribs",
            "br_abdomen",
            "br_trunk",
            "br_whole_body",
        ),
    ),
    (
        _("Shoulder, arm and hand"),
        (
            "br_shoulder",
            "br_shoulder_front",
            "br_shoulder_back",
            "br_shoulder_lateral",
            "br_upper_arm",
            "br_elbow_lateral",
            "br_elbow_medial",
            "br_forearm",
            "br_wrist",
            "br_hand",
            "br_thumb",
            "br_ulnar_hand",
            "br_upper_limb",
        ),
    ),
    (
        _("Hip and leg"),
        (
            "br_buttock",
            "br_hip",
            "br_groin",
            "br_thigh_front",
            "br_thigh_back",
            "br_thigh_lateral",
            "br_thigh_medial",
            "br_knee",
            "br_knee_front",
            "br_knee_back",
            "br_knee_medial",
            "br_shin",
            "br_leg_lateral",
            "br_calf",
            "br_lower_limb",
        ),
    ),
    (_("Ankle and foot"), ("br_ankle", "br_ankle_lateral", "br_heel", "br_sole", "br_big_toe", "br_foot")),
)


def read(post: QueryDict) -> dict[str, Any]:
    """The marks as they were sent: rows as they stand, and places newly ticked in the list with the chosen kind.

    What no honest form would send is left out.
    """
    brush = post.get("brush", "") if post.get("brush") in PATIENT_KINDS else PAIN
    keys = [key for key in post.getlist("mark")[:MOST_MARKS] if key not in post.getlist("remove")]
    ticked = [f"{brush}.{place}" for place in post.getlist("place")[:MOST_MARKS]]
    marks = {}
    for key in [*keys, *ticked]:
        try:
            mark = _mark(key, post)
        except (ValueError, BadMark):
            continue
        marks[mark.key] = mark
    return {
        "marks": [
            {name: value for name, value in vars(mark).items() if value not in {"", None}} for mark in marks.values()
        ],
        "brush": brush,
    }


def _mark(key: str, post: QueryDict) -> Mark:
    kind, region, side, view = key.split(".")
    number = post.get(f"intensity-{key}", "")
    return check_mark(
        Mark(
            kind=kind,
            region=region,
            side=side,
            view=view,
            quality=post.get(f"quality-{key}", ""),
            spread=post.get(f"spread-{key}", ""),
            intensity=int(number) if number.isdecimal() else None,
        )
    )


def marks_from(raw: Iterable[Mapping[str, Any]]) -> list[Mark]:
    """The marks of `read`."""
    return [Mark(**each) for each in raw]


def drawing(raw: Sequence[Mapping[str, Any]], *, ticked: Sequence[str] = (), brush: str = "") -> dict[str, Any]:
    """What the map's template needs."""
    return {
        "marks": marks_from(raw),
        "rows": rows(raw),
        "groups": groups(),
        "kinds": [(kind, KINDS[kind]) for kind in PATIENT_KINDS],
        "brush": brush or PAIN,
        "ticked": set(ticked),
        "qualities": list(QUALITY_WORDS.items()),
        "spreads": list(SPREAD_WORDS.items()),
        "scale": range(11),
        "blank": blank_row(),
    }


def rows(raw: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each mark with its name and words, for the list beside the drawing."""
    return [_row(mark) for mark in marks_from(raw)]


def _row(mark: Mark) -> dict[str, Any]:
    return {
        "mark": mark,
        "key": mark.key,
        "label": f"{KINDS[mark.kind]}: {place_name(mark.region, mark.side)}",
        "name": place_name(mark.region, mark.side),
        "kind_words": KINDS[mark.kind],
        "words": details(mark),
    }


def blank_row() -> dict[str, Any]:
    """The row that a script copies; ``__KEY__``, ``__NAME__`` and ``__KIND__`` are filled in there."""
    return {"mark": None, "key": "__KEY__", "name": "__NAME__", "kind_words": "__KIND__"}


def details(mark: Mark | PainMark) -> str:
    """How it feels, in a few words."""
    number = "" if mark.intensity is None else f"{mark.intensity}/10"
    words = (number, QUALITY_WORDS.get(mark.quality, ""), SPREAD_WORDS.get(mark.spread, ""))
    return ", ".join(str(each) for each in words if each)


def region_name(region: str) -> str:
    """The region in the reader's language."""
    known = library().regions.get(region)
    return known.name.in_language(get_language() or "en") if known else region


def place_name(region: str, side: str) -> str:
    """A place in words: ``temple, left``."""
    said = SIDES.get(side, "")
    return (
        gettext("%(region)s, %(side)s") % {"region": region_name(region), "side": said} if said else region_name(region)
    )


def groups() -> list[tuple[str, list[dict[str, Any]]]]:
    """Every place that can be marked, by part of the body; one line a region with its sides."""
    sides = _sides_of()
    return [
        (
            str(title),
            [
                {
                    "name": region_name(region),
                    "region": region,
                    "places": [
                        {"place": f"{region}.{side}.{view}", "side": SIDES[side], "name": place_name(region, side)}
                        for side, view in sides[region]
                    ],
                }
                for region in regions
            ],
        )
        for title, regions in GROUPS
    ]


@cache
def _sides_of() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for region, side, view in pain_figure.places():
        found.setdefault(region, []).append((side, view))
    return {region: sorted(each) for region, each in found.items()}

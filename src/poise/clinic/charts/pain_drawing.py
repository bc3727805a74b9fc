"""The body with marks on it, in one picture: front and back, so that a source and its referral can be joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from poise.clinic.charts import pain_figure
from poise.clinic.charts.domain.pain_map import TRIGGER_POINT, Mark
from poise.clinic.charts.models import PainMark
from poise.clinic.charts.pain_figure import Panel, Point, Shape

WIDTH, HEIGHT, HALF = 360, 480, 180
HEAD_SCALE = 0.273  # the enlarged head on the whole figure
WHOLES = {
    "br_upper_limb": ("br_shoulder_lateral", "br_upper_arm", "br_elbow_lateral", "br_elbow_medial", "br_forearm",
                      "br_wrist", "br_thumb", "br_hand", "br_ulnar_hand"),
    "br_lower_limb": ("br_hip", "br_thigh_front", "br_thigh_lateral", "br_thigh_medial", "br_thigh_back", "br_knee",
                      "br_knee_front", "br_knee_medial", "br_knee_back", "br_shin", "br_leg_lateral", "br_calf",
                      "br_ankle", "br_ankle_lateral", "br_foot", "br_big_toe", "br_heel"),
    "br_trunk": ("br_chest", "br_ribs", "br_abdomen", "br_upper_back", "br_scapula", "br_scapula_medial", "br_mid_back",
                 "br_low_back", "br_sacrum"),
    "br_sole": ("br_foot",),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Patch:
    """An area of the picture."""

    path: str
    transform: str
    centre: Point
    view: str


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A mark on the picture: its areas, and where its sign stands."""

    kind: str
    patches: tuple[Patch, ...]
    at: Point
    strength: str  # none | low | middle | high
    is_spot: bool


@dataclass(frozen=True, kw_only=True)
class Join:
    """A curve from a tender spot to a place where it is felt."""

    path: str
    end: Point


@dataclass(frozen=True, kw_only=True)
class Picture:
    """All that is drawn."""

    figures: tuple[tuple[Panel, int], ...]
    drawn: tuple[Drawn, ...]
    joins: tuple[Join, ...]


def picture(marks: Iterable[Mark | PainMark]) -> Picture:
    """The whole figure with these marks."""
    every = list(marks)
    spots: dict[object, Point] = {}
    drawn: list[Drawn] = []
    taken: list[Point] = []
    for mark in every:
        patches = patches_of(mark.region, mark.side, mark.view)
        if not patches:
            continue
        is_spot = mark.kind == TRIGGER_POINT
        at = _free(patches[0].centre, taken) if is_spot else patches[0].centre
        if is_spot:
            taken.append(at)
            spots[getattr(mark, "pk", None)] = at
        drawn.append(
            Drawn(kind=_kind(mark), patches=patches, at=at, strength=_strength(mark.intensity), is_spot=is_spot)
        )
    return Picture(figures=_figures(), drawn=tuple(drawn), joins=tuple(_joins(every, spots)))


def _kind(mark: Mark | PainMark) -> str:
    return "referred" if getattr(mark, "source_id", None) else mark.kind


def _joins(marks: Sequence[Mark | PainMark], spots: dict[object, Point]) -> Iterable[Join]:
    for mark in marks:
        start = spots.get(getattr(mark, "source_id", None) or "")
        patches = patches_of(mark.region, mark.side, mark.view)
        if start and patches:
            yield _join(start, patches[0].centre)


def _join(start: Point, end: Point) -> Join:
    """A bow between the two, so that several do not lie on one another."""
    (x0, y0), (x1, y1) = start, end
    bend_x, bend_y = (x0 + x1) / 2 - (y1 - y0) * 0.2, (y0 + y1) / 2 - abs(x1 - x0) * 0.12
    return Join(path=f"M{x0:.1f} {y0:.1f}Q{bend_x:.1f} {bend_y:.1f} {x1:.1f} {y1:.1f}", end=end)


def _free(at: Point, taken: Sequence[Point]) -> Point:
    """Two tender spots of one region stand beside each other."""
    while any(abs(at[0] - x) < 5 and abs(at[1] - y) < 5 for x, y in taken):
        at = (at[0], at[1] + 7)
    return at


def _strength(intensity: int | None) -> str:
    if intensity is None:
        return "none"
    return "low" if intensity <= 3 else "middle" if intensity <= 6 else "high"


@cache
def patches_of(region: str, side: str, view: str) -> tuple[Patch, ...]:
    """Where a place lies on the picture, its own view first; empty for the whole body, which needs no area."""
    if side == "both":
        return (*patches_of(region, "left", view), *patches_of(region, "right", view))
    own = _patches(region, side)
    of_view = tuple(patch for patch in own if patch.view == view)
    if region in WHOLES:
        return own
    return of_view or own[:1]


def _patches(region: str, side: str) -> tuple[Patch, ...]:
    wanted = WHOLES.get(region, (region,))
    sides = ("left", "right") if side == "none" and region in WHOLES else (side,)
    found = [_patch(panel, shape) for panel in pain_figure.panels() if panel.name in {"front", "back"}
             for shape in panel.shapes if shape.region in wanted and shape.side in sides]  # fmt: skip
    if found:
        return tuple(found)
    return tuple(_patch(panel, shape) for panel in pain_figure.panels() if panel.name in {"face", "skull"}
                 for shape in panel.shapes if shape.region in wanted and shape.side in sides)  # fmt: skip


def _patch(panel: Panel, shape: Shape) -> Patch:
    right = HALF if panel.view == "back" else 0
    if panel.name in {"front", "back"}:
        return Patch(path=shape.path, transform=f"translate({right} 0)", view=panel.view,
                     centre=(shape.centre[0] + right, shape.centre[1]))  # fmt: skip
    x, y = right + 90 - 100 * HEAD_SCALE, 12 - 14 * HEAD_SCALE
    centre = (round(x + shape.centre[0] * HEAD_SCALE, 1), round(y + shape.centre[1] * HEAD_SCALE, 1))
    return Patch(
        path=shape.path, transform=f"translate({x:.1f} {y:.1f}) scale({HEAD_SCALE})", centre=centre, view=panel.view
    )


@cache
def _figures() -> tuple[tuple[Panel, int], ...]:
    return tuple(
        (panel, HALF if panel.view == "back" else 0)
        for panel in pain_figure.panels()
        if panel.name in {"front", "back"}
    )

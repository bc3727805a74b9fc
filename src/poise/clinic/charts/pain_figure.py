"""The drawn body: our own neutral figure, front and back, with head, hands and feet enlarged.

All numbers are units of a panel's view box. A figure is drawn as one half, `out` units from the midline and `y` down
from the top, and mirrored; what lies outside the outline is cut off by it, so neighbours share their borders exactly.
Front panels show the person face to face (their right is on the viewer's left), back panels from behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

Point = tuple[float, float]
Half = Sequence[Point]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One place that can be marked: a region of one side, as a panel shows it."""

    region: str
    side: str  # left | right | none
    view: str  # front | back
    path: str
    centre: Point

    @property
    def place(self) -> str:
        """The key of the place in forms: ``br_temple.left.front``."""
        return f"{self.region}.{self.side}.{self.view}"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A drawing: the outline that cuts, the places in it, and lines that only help to see."""

    name: str
    view: str
    width: int
    height: int
    outlines: tuple[str, ...]
    shapes: tuple[Shape, ...]
    lines: tuple[str, ...] = ()
    left_is_left: bool = False  # whether the person's left is on the viewer's left


OUTLINE: Half = (
    (0, 12), (10, 13.5), (17.5, 21), (20.5, 34), (19.5, 47), (15.5, 58), (10.8, 66), (10.6, 78), (16, 85), (30, 90.5),
    (43, 94.5), (51.5, 102), (55.5, 114), (57, 130), (59, 147), (61.5, 162), (65, 177), (70.5, 194), (75, 212),
    (77.5, 227), (81, 236), (84.5, 248), (85, 262), (82, 274), (77.5, 279), (73.5, 272), (71.5, 260), (68, 262),
    (65.2, 257), (65.5, 246), (68, 236), (69, 227), (64, 209), (57.5, 192), (52.5, 177), (49, 162), (45.5, 146),
    (42.5, 132), (40.6, 125), (39.8, 138), (38, 154), (35, 172), (33.6, 187), (35, 202), (39.2, 217), (42.4, 234),
    (43.4, 254), (42.4, 276), (39.6, 300), (36, 322), (34, 338), (33.4, 350), (34, 366), (32.4, 386), (27.6, 410),
    (23, 430), (22.4, 442), (26, 453), (28, 461), (24, 466.5), (13, 466.5), (8.6, 461), (9.4, 450), (10.2, 438),
    (9.8, 420), (8.4, 396), (8, 374), (9.8, 354), (9.2, 336), (7, 312), (4.4, 288), (2.2, 270), (0, 262),
)  # fmt: skip

ARM: dict[str, Half] = {
    "br_shoulder_lateral": ((45, 101), (46, 90), (66, 92), (66, 129), (47.5, 126), (48.5, 112)),
    "br_upper_arm": ((38, 122), (47.5, 126), (66, 129), (70, 166), (57, 163.5), (44, 161)),
    "br_elbow_lateral": ((57, 163.5), (70, 166), (80, 186), (61.5, 186)),
    "br_elbow_medial": ((44, 161), (57, 163.5), (61.5, 186), (46, 186)),
    "br_forearm": ((46, 186), (80, 186), (92, 222), (58, 222)),
    "br_wrist": ((58, 222), (92, 222), (92, 235), (58, 235)),
    "br_thumb": ((58, 235), (72.5, 235), (71.5, 260), (72, 264), (58, 268)),
    "br_hand": ((72.5, 235), (78.6, 235), (79.6, 285), (70, 285), (72, 264), (71.5, 260)),
    "br_ulnar_hand": ((78.6, 235), (95, 235), (95, 285), (79.6, 285)),
}
FRONT: dict[str, Half] = {
    "br_neck_front": ((0, 64), (9, 68), (14, 66), (14, 80), (11, 88), (0, 91)),
    "br_shoulder": ((14, 80), (46, 90), (45, 101), (30, 99), (11, 88)),
    "br_chest": ((0, 91), (11, 88), (30, 99), (34.5, 106), (37, 127), (33, 139), (0, 139)),
    "br_shoulder_front": ((30, 99), (45, 101), (48.5, 112), (47.5, 126), (38, 122), (37, 127), (34.5, 106)),
    "br_ribs": ((0, 139), (33, 139), (37, 127), (38, 122), (44, 132), (46, 178), (27, 178), (13, 160), (0, 153)),
    "br_abdomen": ((0, 153), (13, 160), (27, 178), (46, 178), (46, 202), (33, 212), (13, 236), (0, 242)),
    "br_groin": ((0, 242), (13, 236), (33, 212), (35, 222), (17, 260), (10, 272), (0, 272)),
    "br_hip": ((46, 198), (33, 212), (35, 222), (29.5, 240), (33, 264), (52, 264), (52, 198)),
    "br_thigh_front": ((35, 222), (17, 260), (14, 290), (15, 322), (28.5, 322), (33, 264), (29.5, 240)),
    "br_thigh_lateral": ((33, 264), (52, 264), (48, 322), (28.5, 322)),
    "br_thigh_medial": ((17, 260), (10, 272), (0, 266), (0, 322), (15, 322), (14, 290)),
    "br_knee_front": ((15, 322), (28.5, 322), (28.5, 352), (15.5, 352)),
    "br_knee_medial": ((0, 322), (15, 322), (15.5, 352), (0, 352)),
    "br_knee": ((28.5, 322), (48, 322), (48, 352), (28.5, 352)),
    "br_shin": ((15.5, 352), (26, 352), (20, 426), (13.5, 426)),
    "br_leg_lateral": ((26, 352), (48, 352), (44, 426), (20, 426)),
    "br_calf": ((0, 352), (15.5, 352), (13.5, 426), (0, 426)),
    "br_ankle": ((0, 426), (16.8, 426), (16.8, 445), (0, 445)),
    "br_ankle_lateral": ((16.8, 426), (44, 426), (44, 445), (16.8, 445)),
    "br_foot": ((0, 445), (44, 445), (44, 475), (14.6, 475), (14.6, 456), (0, 453)),
    "br_big_toe": ((0, 453), (14.6, 456), (14.6, 475), (0, 475)),
} | ARM
BACK: dict[str, Half] = {
    "br_occiput": ((0, 38), (26, 38), (26, 64), (0, 64)),
    "br_neck": ((0, 64), (16, 64), (14, 80), (20, 86), (12, 94), (0, 94)),
    "br_shoulder": ((14, 80), (46, 90), (45, 101), (30, 101.5), (12, 94), (20, 86)),
    "br_upper_back": ((0, 94), (9, 94), (9, 139), (0, 139)),
    "br_scapula_medial": ((9, 94), (12, 94), (17, 97), (17, 143), (9, 139)),
    "br_scapula": ((17, 97), (30, 101.5), (36, 106), (37, 128), (27, 146), (17, 143)),
    "br_shoulder_back": ((30, 101.5), (45, 101), (48.5, 112), (47.5, 126), (38, 122), (37, 128), (36, 106)),
    "br_mid_back": ((0, 139), (9, 139), (17, 143), (22, 145), (22, 176), (0, 176)),
    "br_ribs": ((22, 145), (27, 146), (37, 128), (38, 122), (44, 132), (46, 176), (22, 176)),
    "br_low_back": ((0, 176), (46, 176), (46, 204), (32, 210), (15, 214), (0, 214)),
    "br_sacrum": ((0, 214), (15, 214), (4, 246), (0, 248)),
    "br_buttock": ((15, 214), (32, 210), (36, 232), (31, 262), (12, 272), (0, 270), (0, 248), (4, 246)),
    "br_hip": ((46, 204), (32, 210), (36, 232), (31, 262), (33, 264), (52, 264), (52, 204)),
    "br_thigh_back": ((31, 262), (33, 264), (28.5, 322), (15, 322), (12, 272)),
    "br_thigh_lateral": ((33, 264), (52, 264), (48, 322), (28.5, 322)),
    "br_thigh_medial": ((12, 272), (0, 270), (0, 322), (15, 322)),
    "br_knee_back": ((15, 322), (28.5, 322), (28.5, 352), (15.5, 352)),
    "br_knee_medial": ((0, 322), (15, 322), (15.5, 352), (0, 352)),
    "br_knee": ((28.5, 322), (48, 322), (48, 352), (28.5, 352)),
    "br_calf": ((0, 352), (27, 352), (22, 426), (0, 426)),
    "br_leg_lateral": ((27, 352), (48, 352), (44, 426), (22, 426)),
    "br_ankle": ((0, 426), (16.8, 426), (16.8, 447), (0, 447)),
    "br_ankle_lateral": ((16.8, 426), (44, 426), (44, 447), (16.8, 447)),
    "br_heel": ((0, 447), (44, 447), (44, 475), (0, 475)),
} | ARM
FACE_OUTLINE: Half = (
    (0, 14), (32, 19), (58, 38), (71, 70), (73, 100), (80, 102), (84, 116), (80, 138), (70, 143), (65, 166), (52, 192),
    (34, 212), (31, 214), (31, 240), (0, 240),
)  # fmt: skip
FACE: dict[str, Half] = {
    "br_forehead": ((0, 46), (55, 46), (50, 92), (0, 92)),
    "br_temple": ((55, 46), (90, 46), (90, 98), (69, 100), (69, 112), (48, 112), (50, 92)),
    "br_eye": ((0, 92), (50, 92), (48, 112), (46, 122), (0, 122)),
    "br_ear": ((69, 100), (90, 96), (90, 150), (69, 150)),
    "br_face": ((0, 122), (46, 122), (48, 112), (69, 112), (69, 150), (60, 160), (40, 158), (24, 166), (0, 166)),
    "br_jaw": ((0, 166), (24, 166), (40, 158), (60, 160), (69, 150), (90, 150), (90, 200), (38, 216), (0, 212)),
    "br_neck_front": ((0, 212), (38, 216), (60, 210), (60, 245), (0, 245)),
}
SKULL: dict[str, Half] = {
    "br_occiput": ((0, 100), (69, 100), (69, 150), (60, 170), (30, 182), (0, 182)),
    "br_ear": ((69, 98), (90, 94), (90, 150), (69, 150)),
    "br_neck": ((0, 182), (30, 182), (60, 170), (69, 150), (90, 150), (90, 245), (0, 245)),
}
HAND_OUTLINE: Half = (
    (30, 196), (29, 172), (20, 150), (12, 128), (4, 112), (2, 102), (8, 98), (16, 104), (26, 118), (30, 110), (29, 78),
    (29, 44), (34, 38), (39, 44), (41, 84), (43, 84), (44, 36), (49, 29), (54, 36), (55, 84), (57, 84), (60, 42),
    (65, 36), (70, 43), (69, 88), (71, 89), (77, 62), (82, 58), (86, 64), (82, 104), (80, 136), (74, 160), (70, 176),
    (70, 196),
)  # fmt: skip
HAND: dict[str, Half] = {
    "br_thumb": ((-5, 90), (22, 90), (30, 112), (36, 150), (34, 174), (-5, 174)),
    "br_hand": ((22, 90), (24, 20), (70.5, 20), (70.5, 88), (63, 132), (62, 174), (34, 174), (36, 150), (30, 112)),
    "br_ulnar_hand": ((70.5, 88), (71, 40), (95, 40), (95, 174), (62, 174), (63, 132)),
    "br_wrist": ((-5, 174), (95, 174), (95, 200), (-5, 200)),
}
SOLE_OUTLINE: Half = (
    (14, 42), (14, 26), (22, 18), (31, 22), (34, 34), (37, 26), (43, 25), (47, 33), (50, 30), (56, 32), (58, 40),
    (62, 39), (66, 44), (66, 51), (70, 52), (73, 59), (74, 76), (69, 104), (62, 132), (61, 158), (55, 182), (42, 192),
    (29, 184), (24, 160), (27, 132), (22, 104), (13, 76), (12, 58),
)  # fmt: skip
SOLE: dict[str, Half] = {
    "br_big_toe": ((0, 10), (34, 10), (34, 48), (30, 54), (0, 54)),
    "br_sole": ((34, 10), (95, 10), (95, 150), (0, 150), (0, 54), (30, 54), (34, 48)),
    "br_heel": ((0, 150), (95, 150), (95, 200), (0, 200)),
}
LIST_ONLY = ("br_whole_body", "br_trunk", "br_upper_limb", "br_lower_limb")  # whole parts: ticked in the list
MIDLINE = frozenset({"br_vertex", "br_head", "br_whole_body", "br_trunk"})


@cache
def panels() -> tuple[Panel, ...]:
    """All drawings, in the order they are shown."""
    return (
        _figure("front", "front", FRONT),
        _figure("back", "back", BACK),
        _head("face", "front", FACE),
        _head("skull", "back", SKULL),
        _pair("hands", "front", HAND_OUTLINE, HAND),
        _pair("feet", "back", SOLE_OUTLINE, SOLE),
    )


@cache
def shape_of(region: str, side: str, view: str) -> Shape | None:
    """The drawing of a place on the whole figure, else enlarged, else seen from the other side; None if not drawn."""
    drawn = [shape for panel in panels() for shape in panel.shapes if shape.region == region and shape.side == side]
    of_view = [shape for shape in drawn if shape.view == view]
    return next(iter(of_view or drawn), None)


def places() -> tuple[tuple[str, str, str], ...]:
    """Every place that can be marked, once: region, side, and the view it is first drawn in."""
    seen: dict[tuple[str, str], str] = {}
    for panel in panels():
        for shape in panel.shapes:
            seen.setdefault((shape.region, shape.side), shape.view)
    for region in LIST_ONLY:
        for side in ("none",) if region in MIDLINE else ("left", "right"):
            seen[region, side] = "front"
    return tuple((region, side, view) for (region, side), view in seen.items())


def _figure(name: str, view: str, regions: dict[str, Half]) -> Panel:
    width, middle, low = 180, 90.0, 38 if view == "back" else 69
    head = Shape(region="br_head", side="none", view=view, centre=(middle, 34 if view == "front" else 25),
                 path=_closed([(60, 0), (120, 0), (120, low), (99, low), (90, low - 4 if view == "front" else low),
                               (81, low), (60, low)]))  # fmt: skip
    return Panel(
        name=name, view=view, width=width, height=480, outlines=(_whole(OUTLINE, middle),),
        shapes=(head, *_sides(regions, view, middle)), lines=_body_lines(view, middle), left_is_left=view == "back",
    )  # fmt: skip


def _head(name: str, view: str, regions: dict[str, Half]) -> Panel:
    middle = 100.0
    low = 46 if view == "front" else 60
    vertex = Shape(region="br_vertex", side="none", view=view, centre=(middle, 32),
                   path=_closed([(0, 0), (200, 0), (200, low), (0, low)]))  # fmt: skip
    shapes = [vertex, *_sides(regions, view, middle)]
    if view == "back":
        shapes.append(Shape(region="br_head", side="none", view=view, centre=(middle, 80),
                            path=_closed([(0, 60), (200, 60), (200, 94), (169, 98), (169, 100), (31, 100), (31, 98),
                                          (0, 94)])))  # fmt: skip
    return Panel(
        name=name,
        view=view,
        width=200,
        height=245,
        outlines=(_whole(FACE_OUTLINE, middle),),
        shapes=tuple(shapes),
        lines=FACE_LINES if view == "front" else (),
        left_is_left=view == "back",
    )


def _pair(name: str, view: str, outline: Half, regions: dict[str, Half]) -> Panel:
    """Two hands or two soles, face to face: the right one on the viewer's left, thumbs and big toes inward."""
    middle = 100.0
    moved = [(out + 8, y) for out, y in outline]
    apart = {region: [(out + 8, y) for out, y in half] for region, half in regions.items()}
    return Panel(name=name, view=view, width=200, height=205,
                 outlines=tuple(_smooth([(middle + way * out, y) for out, y in moved]) for way in (-1, 1)),
                 shapes=tuple(_sides(apart, view, middle, left=1)))  # fmt: skip


def _sides(regions: Mapping[str, Half], view: str, middle: float, left: int = 0) -> list[Shape]:
    """Each region twice. `left` is the way (-1, 1) of the person's left on the drawing; 0: as the view says."""
    left = left or (1 if view == "front" else -1)
    made = []
    for region, half in regions.items():
        for side, way in (("left", left), ("right", -left)):
            points = [(round(middle + way * out, 1), y) for out, y in half]
            made.append(Shape(region=region, side=side, view=view, path=_closed(points), centre=_centre(points)))
    return made


def _closed(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"


def _centre(points: Sequence[Point]) -> Point:
    """The centre of the area."""
    area = x_sum = y_sum = 0.0
    for (x0, y0), (x1, y1) in pairwise([*points, points[0]]):
        cross = x0 * y1 - x1 * y0
        area, x_sum, y_sum = area + cross, x_sum + (x0 + x1) * cross, y_sum + (y0 + y1) * cross
    return round(x_sum / (3 * area), 1), round(y_sum / (3 * area), 1)


def _whole(half: Half, middle: float) -> str:
    """The outline of both halves."""
    right = [(middle + out, y) for out, y in half]
    left = [(middle - out, y) for out, y in reversed(half) if out > 0]
    return _smooth(right + left)


def _smooth(points: Sequence[Point]) -> str:
    """A closed curve through the points (Catmull-Rom, as cubic Béziers)."""
    n = len(points)
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for i in range(n):
        before, here, there, after = (points[(i + step) % n] for step in (-1, 0, 1, 2))
        first = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        second = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        parts.append("C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in (first, second, there)))
    return "".join(parts) + "Z"


def _body_lines(view: str, middle: float) -> tuple[str, ...]:
    """A few strokes that tell front from back."""
    if view == "front":
        return (
            f"M{middle - 9} 32h5M{middle + 4} 32h5M{middle - 4} 52q4 3 8 0M{middle} 36v8",  # a face
            f"M{middle - 1} 205a1.4 1.4 0 1 0 .1 0",  # the navel
        )
    return (f"M{middle} 96V212",)  # the spine


FACE_LINES = (
    "M62 104q10 -7 22 0M116 104q12 -7 22 0", "M60 94q12 -8 26 -2M114 92q14 -6 26 2", "M100 106v34M92 145q8 6 16 0",
    "M82 176q18 9 36 0",
)  # fmt: skip

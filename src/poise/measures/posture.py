"""Posture from the side and from the front, standing or at a desk: angles over the calmest five seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from poise.measures import posture_angles as angles
from poise.measures.posture_points import Seen, seen
from poise.model import SIDES, Definition, Kind, Measured, Measurement, Problem, Recording, Series, Side
from poise.signals import geometry

Array = NDArray[np.float64]
NAN = float("nan")

CALM_S = 5.0
ENOUGH_FRAMES = 100
MOST_MOTION = 0.10
"""A head, shoulder or leg that wanders further (SD, as a share of the trunk's length) moves: no posture. [design]"""
ONE_POSTURE_DEG = 10.0
"""Pictures without a time whose angles differ more (SD) are not of one posture: other people, other tasks. [design]"""
LYING_DEG = 60.0
SITTING_HIP_DEG = 50.0
LEGS = frozenset({"posture.hip_bend", "posture.knee_bend", "posture.shank_lean", "posture.body_lean",
                  "posture.knee_inward"})  # fmt: skip
_CLINICAL = "clinical/measures.yaml"
_SECTION = "measures.md 6"
MARKERS_DEG, MARKERS_SOURCE = 2.0, "photogrammetry with markers: SEM about 1 to 2° (measures.md 6, from memory)"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One angle of posture: what it is, what it needs, and how far a camera can be off."""

    definition: Definition
    needs: tuple[str, ...]
    formula: Callable[[Mapping[str, Array], Array], Array]
    error_deg: float
    error_source: str
    side: Side | None = None


_Of = tuple[tuple[str, ...], Callable[..., Array]]


def _side_reading(name: str, label: str, formula: str, of: _Of, error: tuple[float, str]) -> Reading:
    needs, make = of
    return Reading(
        definition=Definition(measure=f"posture.{name}", unit="deg", label=label, formula=formula, source=_SECTION,
                              decimals=1, sided=False),
        needs=needs, formula=lambda p, facing: make(*(p[each] for each in needs), facing), error_deg=error[0],
        error_source=error[1],
    )  # fmt: skip


def _slouch(ear: Array, shoulder: Array, hip: Array, facing: Array) -> Array:
    return -angles.bend_deg(ear, shoulder, hip, facing)


def _hip_bend(shoulder: Array, hip: Array, knee: Array, facing: Array) -> Array:
    return -angles.bend_deg(shoulder, hip, knee, facing)


SIDE_READINGS = (
    _side_reading("head_forward", "Head in front of the shoulders", "line shoulder → ear from the vertical, + forward",
                  (("shoulder", "ear"), angles.from_vertical_deg), (5.0, f"{_CLINICAL} m_ear_shoulder_angle")),
    _side_reading("craniovertebral", "Craniovertebral angle", "line C7 → tragus from the horizontal; less is further "
                  "forward", (("c7", "ear"), angles.craniovertebral_angle_deg), (3.0, f"{_CLINICAL} m_cva")),
    _side_reading("head_tilt", "Head tilt, looking up", "line ear → eye from the horizontal, + up",
                  (("ear", "eye"), angles.from_horizontal_deg), (5.0, "as for the head's lean [design]")),
    _side_reading("trunk_lean", "Trunk lean forward", "line hip → shoulder from the vertical, + forward",
                  (("hip", "shoulder"), angles.from_vertical_deg), (5.0, f"{_CLINICAL} m_trunk_lean_sag")),
    _side_reading("slouch", "Slouch: head bent forward of the trunk's line", "bend of ear–shoulder–hip, + forward",
                  (("ear", "shoulder", "hip"), _slouch), (7.0, "head and trunk line, 5° each [design]")),
    _side_reading("hip_bend", "Hip bend, trunk to thigh", "180 − angle shoulder–hip–knee, + flexion",
                  (("shoulder", "hip", "knee"), _hip_bend), (14.0, f"{_CLINICAL} m_hip_flexion")),
    _side_reading("knee_bend", "Knee bend", "180 − angle hip–knee–ankle, + flexion, − bent backwards",
                  (("hip", "knee", "ankle"), angles.bend_deg), (7.0, f"{_CLINICAL} m_knee_flexion")),
    _side_reading("shank_lean", "Shank lean forward", "line ankle → knee from the vertical, + forward",
                  (("ankle", "knee"), angles.from_vertical_deg), (5.0, "as for the trunk [design]")),
    _side_reading("body_lean", "Whole body lean forward", "line ankle → shoulder from the vertical, + forward",
                  (("ankle", "shoulder"), angles.from_vertical_deg), (3.0, "a longer line than the trunk's [design]")),
)  # fmt: skip
PLANK = Reading(
    definition=Definition(
        measure="posture.plank_hip", unit="deg", label="Hips above the line of a plank", decimals=1, sided=False,
        formula="180 − angle shoulder–hip–ankle, + above the line, − below", source=f"{_CLINICAL} m_bridge_hip_ext",
    ),
    needs=("shoulder", "hip", "ankle"), error_deg=10.0, error_source=f"{_CLINICAL} m_bridge_hip_ext",
    formula=lambda p, _: angles.off_line_deg(p["shoulder"], p["hip"], p["ankle"]),
)  # fmt: skip


def _level(name: str, point: str, label: str, error: tuple[float, str]) -> Reading:
    return Reading(
        definition=Definition(measure=f"posture.{name}", unit="deg", label=label, decimals=1, source=_SECTION,
                              formula="line between the two from the horizontal, + where the left is higher",
                              sided=False),
        needs=(f"left_{point}", f"right_{point}"), error_deg=error[0], error_source=error[1],
        formula=lambda p, _: angles.level_deg(p[f"left_{point}"], p[f"right_{point}"]),
    )  # fmt: skip


def _to_the_left(points: Mapping[str, Array]) -> Array:
    """The sign of the picture's x on the person's left: + seen from the front, where left is to the right."""
    return np.sign(points["left_shoulder"][:, 0] - points["right_shoulder"][:, 0])


def _lean_side(p: Mapping[str, Array], _: Array) -> Array:
    hips, shoulders = (geometry.midpoint(p[f"left_{n}"], p[f"right_{n}"]) for n in ("hip", "shoulder"))
    return angles.from_vertical_deg(hips, shoulders, _to_the_left(p))


def _knee(side: Side) -> Reading:
    outward = 1.0 if side == "left" else -1.0
    return Reading(
        definition=Definition(measure="posture.knee_inward", unit="deg", label="Knee inward of the leg's line",
                              formula="180 − angle hip–knee–ankle seen from the front, + inward", decimals=1,
                              source=_SECTION),
        needs=tuple(f"{side}_{each}" for each in ("hip", "knee", "ankle")), side=side, error_deg=4.0,
        error_source=f"{_CLINICAL} m_fppa",
        formula=lambda p, _: angles.inward_deg(
            p[f"{side}_hip"], p[f"{side}_knee"], p[f"{side}_ankle"], outward * _to_the_left(p)
        ),
    )  # fmt: skip


FRONT_READINGS = (
    _level("shoulder_level", "shoulder", "Shoulders off level, left higher", (2.0, f"{_CLINICAL} m_shoulder_tilt")),
    _level("pelvis_level", "hip", "Hips off level, left higher", (3.0, f"{_CLINICAL} m_pelvic_obliquity")),
    _level("head_level", "ear", "Ears off level, left higher", (3.0, f"{_CLINICAL} m_head_tilt")),
    Reading(
        definition=Definition(measure="posture.trunk_lean_side", unit="deg", label="Trunk lean to the left", decimals=1,
                              formula="line mid-hip → mid-shoulder from the vertical, + to the person's left",
                              source=_SECTION, sided=False),
        needs=("left_hip", "right_hip", "left_shoulder", "right_shoulder"), formula=_lean_side, error_deg=3.0,
        error_source=f"{_CLINICAL} m_trunk_lean_front",
    ),
    *(_knee(side) for side in SIDES),
)  # fmt: skip
DEFINES = tuple({each.definition.measure: each.definition
                 for each in (*SIDE_READINGS, PLANK, *FRONT_READINGS)}.values())  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Posture:
    """Angles of somebody who stands, sits or holds a plank, from landmarks or markers, stills too.

    Each angle is the median over the calmest five seconds of the frames that saw its plane. Seen from the side, the
    shoulders must look narrower than a quarter of the trunk's length (measures.md 6); seen from the front, wider than
    half. At a desk (``posture=sitting``, or a hip bent over 50 deg) nothing is said of the legs.

    Notes
    -----
    A camera sees neither C7 nor the pelvis' spines: no craniovertebral angle and no pelvic tilt. The ear–shoulder line
    stands in for the first; it lies 5 to 15 deg off it and is good for the person's own change only. A body turned by
    15 deg out of the plane changes angles by several degrees. How one holds oneself says little of pain; whether one
    can take up and keep a posture says more (Kawasaki 2022).
    """

    name: str = "posture"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"posture"})
    defines: tuple[Definition, ...] = field(default=DEFINES)

    def fits(self, recording: Recording) -> bool:
        """Whether there are points of a person."""
        return Kind.BODY in recording or any(each.kind is Kind.LANDMARKS for each in recording.streams.values())

    def compute(self, recording: Recording) -> Measured:
        """Angles, their series, and what was not seen."""
        where = recording.source or recording.id
        views = seen(recording)
        if not views:
            return Measured(problems=(_not_seen(recording, where),))
        measurements: list[Measurement] = []
        series: list[Series] = []
        problems: list[Problem] = []
        sitting = recording.conditions.get("posture") == "sitting" or any(_sits(view) for view in views)
        for view in views:
            found = _of_view(view, recording, f"{self.name}@{self.version}", sitting=sitting)
            measurements += found.measurements
            series += found.series
            problems += found.problems
        if measurements:
            problems += _cannot_see(views, measurements, where)
        return Measured(measurements=tuple(measurements), series=tuple(series), problems=tuple(dict.fromkeys(problems)))


def _of_view(view: Seen, recording: Recording, method: str, *, sitting: bool) -> Measured:
    where = recording.source or recording.id
    calm = calm_frames(view)
    if calm is None:
        return Measured(problems=(_never_calm(where),))
    held = [each for each in readings(view, calm) if not (sitting and each.definition.measure in LEGS)]
    made = [(each, values) for each in held if np.isfinite((values := read(each, view))[calm]).any()]
    if not _is_film(view.time_s) and any(_spread(values[calm]) > ONE_POSTURE_DEG for _, values in made):
        return Measured(problems=(_not_alike(view, where),))
    span = (float(view.time_s[calm][0]), float(view.time_s[calm][-1]))
    numbers = tuple(_measurement(each, values[calm], view, (method, recording.id), span) for each, values in made)
    curves = tuple(_series(each, values, view) for each, values in made if _is_film(view.time_s))
    return Measured(measurements=numbers, series=curves, problems=tuple(_doubts(view, calm, where)))


def readings(view: Seen, calm: NDArray[np.bool_]) -> tuple[Reading, ...]:
    """The angles that this view shows: of a plank where the trunk lies, else of somebody upright."""
    if view.view == "front":
        return tuple(each for each in FRONT_READINGS if view.has(*each.needs))
    if view.has("hip", "shoulder"):
        trunk = angles.from_vertical_deg(view.points["hip"], view.points["shoulder"])[calm]
        trunk = trunk[np.isfinite(trunk)]
        if len(trunk) and np.median(np.abs(trunk)) > LYING_DEG:
            return (PLANK,) if view.has(*PLANK.needs) else ()
    return tuple(each for each in SIDE_READINGS if view.has(*each.needs))


def read(reading: Reading, view: Seen) -> Array:
    """One angle over all frames, deg, shape (samples,); NaN where its plane was not seen."""
    values = reading.formula(view.points, view.facing)
    return np.where(view.mask, values, NAN)


def calm_frames(view: Seen) -> NDArray[np.bool_] | None:
    """The frames of the calmest five seconds; all of them where there are only stills or less. None where all move."""
    kept = view.mask.copy()
    if not kept.any():
        return None
    motion_of = view.watched
    if not _is_film(view.time_s):
        return kept
    time_s = view.time_s
    if time_s[kept][-1] - time_s[kept][0] <= CALM_S:
        return kept if _motion(motion_of, kept, view.scale) <= MOST_MOTION else None
    windows = _windows(time_s, kept)
    # A window must be seen for most of its time, or the calmest is the one that was hidden.
    counts = [np.count_nonzero(kept[each]) for each in windows]
    least, best = min(
        (_motion(motion_of, kept, view.scale, each), i)
        for i, (each, count) in enumerate(zip(windows, counts, strict=True))
        if count >= 0.8 * max(counts)
    )
    if least > MOST_MOTION:
        return None
    calm = np.zeros_like(kept)
    calm[windows[best]] = kept[windows[best]]
    return calm


def _windows(time_s: Array, kept: NDArray[np.bool_]) -> list[slice]:
    """Five seconds from every quarter of a second on; of a slow clock, only those that begin with another frame."""
    starts_s = np.arange(time_s[kept][0], time_s[kept][-1] - CALM_S + 1e-9, 0.25)
    firsts, stops = (np.searchsorted(time_s, starts_s + after) for after in (0.0, CALM_S))
    return [slice(*each) for each in sorted(set(zip(firsts.tolist(), stops.tolist(), strict=True)))]


def _motion(points: tuple[Array, ...], kept: NDArray[np.bool_], scale: float, span: slice = slice(None)) -> float:
    """The largest standard deviation of any of the points, as a share of the trunk's length."""
    spread, frames = [], kept[span]
    for point in points:
        each = point[span]
        known = each[frames][np.isfinite(each[frames]).all(axis=1)]
        if len(known):
            spread.append(float(np.sqrt(np.sum(known.var(axis=0)))) / scale)
    return max(spread, default=0.0)


def _is_film(time_s: Array) -> bool:
    return len(time_s) > 1 and time_s[-1] > time_s[0]


def _sits(view: Seen) -> bool:
    if view.view != "side" or not view.has("shoulder", "hip", "knee"):
        return False
    hip = _hip_bend(view.points["shoulder"], view.points["hip"], view.points["knee"], view.facing)[view.mask]
    hip = hip[np.isfinite(hip)]
    return bool(len(hip) and np.median(hip) > SITTING_HIP_DEG)


def _measurement(
    reading: Reading, values: Array, view: Seen, named: tuple[str, str], span: tuple[float, float]
) -> Measurement:
    known = values[np.isfinite(values)]
    source = reading.error_source if view.camera else MARKERS_SOURCE
    return Measurement(
        measure=reading.definition.measure, value=float(np.median(known)), unit="deg", side=reading.side, n=len(known),
        sd=float(known.std(ddof=1)) if len(known) > 1 else NAN, start_s=span[0], end_s=span[1],
        valid_fraction=len(known) / len(values), method=f"{named[0]}: {view.view} view, median", recording=named[1],
        error=reading.error_deg if view.camera else MARKERS_DEG, error_source=source,
    )  # fmt: skip


def _series(reading: Reading, values: Array, view: Seen) -> Series:
    rate_hz = (len(view.time_s) - 1) / float(view.time_s[-1] - view.time_s[0])
    return Series(
        series=reading.definition.measure, side=reading.side, unit="deg", rate_hz=rate_hz, values=values,
        start_s=float(view.time_s[0]),
    )  # fmt: skip


def _doubts(view: Seen, calm: NDArray[np.bool_], where: str) -> Iterator[Problem]:
    frames, time_s = int(calm.sum()), view.time_s[calm]
    if view.camera and (frames < ENOUGH_FRAMES or time_s[-1] - time_s[0] < 0.8 * CALM_S):
        yield Problem(
            what=f"Seen from the {view.view} in {frames} frame{'s' if frames != 1 else ''} only; posture sways, and "
            f"five seconds (about {ENOUGH_FRAMES} frames) are asked for.",
            where=where, do="Film five calm seconds, twice, from both sides.",
        )  # fmt: skip


def _cannot_see(views: tuple[Seen, ...], made: list[Measurement], where: str) -> Iterator[Problem]:
    camera = any(view.camera for view in views)
    if camera and any(m.measure in ("posture.head_forward", "posture.trunk_lean") for m in made):
        yield Problem(
            what="A camera sees neither C7 nor the pelvis' spines: the craniovertebral angle and the pelvic tilt are "
            "not available. The ear–shoulder angle stands in for the first and lies 5 to 15° off it.",
            where=where,
            do="Compare it with the person's own earlier angle only; for the true one stick markers on C7 and tragus.",
        )  # fmt: skip
    planes = {view.view for view in views}
    if len(planes) == 1:
        missing = "front" if planes == {"side"} else "side"
        yield Problem(
            what=f"The person was not seen from the {missing}: nothing is said of that plane.", where=where,
            do=f"Film from the {missing} too.",
        )  # fmt: skip


def _spread(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.std()) if len(known) else 0.0


def _not_alike(view: Seen, where: str) -> Problem:
    return Problem(
        what=f"The {int(view.mask.sum())} pictures from the {view.view} differ by more than one posture does; their "
        "middle would be nobody's.",
        where=where, do="Give the pictures of one person in one posture by themselves.",
    )  # fmt: skip


def _never_calm(where: str) -> Problem:
    return Problem(
        what="The person was never still for five seconds, so there is no posture to measure.", where=where,
        do="Let the person march on the spot, stand as always, and film five seconds more.",
    )  # fmt: skip


def _not_seen(recording: Recording, where: str) -> Problem:
    shares = any(each.kind is Kind.LANDMARKS and each.unit == "1" for each in recording.streams.values())
    if shares and "width_px" not in recording.details:
        return Problem(
            what="The points are shares of a picture of unknown size; every angle would be wrong.", where=where,
            do="Say the size with --map: width_px = 1280, height_px = 720.",
        )  # fmt: skip
    return Problem(
        what="The person was seen neither square from the side nor from the front (or ears and shoulders were hidden).",
        where=where, do="Stand or sit square to the camera: from the side, one shoulder behind the other.",
    )  # fmt: skip


MEASURE = Posture()

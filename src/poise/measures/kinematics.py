"""Joint angles of a walk: series, curves over the cycle, the numbers findings need, profile score, stability margin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from poise.measures import gait_profile, margin_of_stability
from poise.measures.angles_as_given import angles_as_given
from poise.measures.curves import Cycles, curve, cut, strides_of
from poise.measures.direction import direction_of_progression
from poise.measures.foot_path import PerStride, flat_pitch_deg, foot_measures, leg_length_m
from poise.measures.gait_profile import NormCurves
from poise.measures.joint_angles import TRUNK_THIGH, Angle, joint_angles
from poise.measures.kinematic_problems import problems_of_angles
from poise.measures.phases_of_gait import LABELS, PHASE_MEASURES, PhaseMeasure
from poise.measures.segment_axes import Seen, View
from poise.measures.walk_from_angles import ClosedCycle, closed_cycle, walk_from_angles, walk_from_events
from poise.model import SIDES, Curve, Definition, Kind, Measured, Measurement, Problem, Recording, Series, Side, Walk

Array = NDArray[np.float64]

METHOD = "gait-angles 1"
ZERO_FOOT_BETWEEN_DEG = (-5.0, 12.0)
"""Slopes of a standing heel-toe line that the placing of markers explains; a heel held higher is the person's own."""

CURVES = (*LABELS, "thigh.inclination", "foot.pitch", "arm.swing")


_CAMERA = "clinical/measures.yaml"
_FOOT_PATH = (
    Definition(
        measure="gait.foot_strike_angle", unit="deg", label="Foot to floor at contact, toes up positive", decimals=1,
        formula="slope of the heel-toe line at contact − its slope while the foot stands",
        source=f"{_CAMERA} m_foot_strike_angle",
    ),
    Definition(
        measure="gait.toe_clearance", unit="m", label="Toe clearance in mid-swing", decimals=3,
        formula="lowest toe in the middle half of swing − its lowest height in stance",
        source=f"{_CAMERA} m_toe_clearance; Begg et al. 2007, Gait Posture 25:191",
    ),
    Definition(
        measure="gait.toe_clearance_ratio", unit="ratio", label="Toe clearance in mid-swing, of leg length", decimals=3,
        formula="toe clearance / leg length", source=f"{_CAMERA} m_toe_clearance",
    ),
    Definition(
        measure="gait.heel_rise_percent", unit="%", label="When the heel leaves the floor", decimals=0,
        formula="last percent before toe-off with the heel less than 10 mm above where it stood",
        source=f"{_CAMERA} m_push_off",
    ),
    Definition(
        measure="gait.circumduction", unit="m", label="Sideways arc of the swinging foot", decimals=3,
        formula="largest outward distance of the ankle from the line toe-off to contact",
        source=f"measures.md 1.6; {_CAMERA} m_circumduction",
    ),
    Definition(
        measure="gait.circumduction_ratio", unit="ratio", label="Sideways arc of the swinging foot, of leg length",
        formula="circumduction / leg length", source=f"{_CAMERA} m_circumduction", decimals=3,
    ),
)  # fmt: skip
_PROFILE = (
    Definition(
        measure="gait.profile_score", unit="deg", label="Gait Profile Score", decimals=1, better="lower",
        formula="root mean square of nine variable scores a side, of fifteen for both",
        source="Baker et al. 2009, Gait Posture 30:265",
    ),
    Definition(
        measure="gait.sagittal_profile_score", unit="deg", label="Profile score of hip, knee and ankle from the side",
        formula="root mean square of three variable scores a side; not the Gait Profile Score", decimals=1,
        source="measures.md 1.5", better="lower",
    ),
    *(
        Definition(
            measure=f"gait.gvs.{name}", unit="deg", label=f"Variable score: {LABELS[name].lower()}", decimals=1,
            formula="root mean square difference of the mean curve from the reference curve",
            source="Baker et al. 2009, Gait Posture 30:265", better="lower",
        )
        for name in gait_profile.VARIABLES
    ),
)  # fmt: skip
_STABILITY = (
    Definition(
        measure="gait.margin_of_stability_ml", unit="m", label="Margin of stability, to the side, at contact",
        formula="outer edge of the landing foot − extrapolated centre of mass; inside is positive", decimals=3,
        source="Hof et al. 2005, J Biomech 38:1",
    ),
    Definition(
        measure="gait.margin_of_stability_ap", unit="m", label="Margin of stability, to the front, at contact",
        formula="toe of the landing foot − extrapolated centre of mass; inside is positive", decimals=3,
        source="Hof et al. 2005, J Biomech 38:1",
    ),
)  # fmt: skip
_ASYMMETRY = (
    Definition(
        measure="gait.arm_swing_asymmetry", unit="%", label="Arm swing, left against right", decimals=0, sided=False,
        formula="100 × |L − R| / the larger", source=f"{_CAMERA} m_arm_swing_asym", better="lower",
    ),
)  # fmt: skip

DEFINES: tuple[Definition, ...] = (
    *(measure.definition for measure in PHASE_MEASURES), *_FOOT_PATH, *_PROFILE, *_STABILITY, *_ASYMMETRY,
)  # fmt: skip
_DEFINED = {definition.measure: definition for definition in DEFINES}

# One standard error of measurement, deg, by how the angle was made; the middle of the published range.
_ERROR_MARKERS = "McGinley 2009: most angles 2 to 5 deg between sessions, rotations the worst (measures.md 1.6)"
_ERROR_LANDMARKS = "clinical/measures.yaml: error of camera landmarks"
_MARKER_ERROR_DEG = {"hip.rotation": 5.0, "knee.rotation": 5.0, "knee.adduction": 5.0}
_LANDMARK_ERROR_DEG = {
    "knee.flexion": 7.0, "hip.flexion": 14.0, "ankle.dorsiflexion": 20.0, "trunk.lean_forward": 5.0,
    "trunk.lean_side": 3.0, "pelvis.obliquity": 3.0, "thigh.inclination": 8.0, "foot.pitch": 8.0, "arm.swing": 6.0,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class _Movement:
    """What is measured: angles on their clock, the strides to cut them by, and what they came from."""

    recording: Recording
    time_s: Array
    angles: tuple[Angle, ...]
    walk: Walk | None
    seen: Seen | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def where(self) -> str:
        return self.recording.source or self.recording.id


@dataclass(frozen=True, kw_only=True)
class GaitAngles:
    """The plug-in for recordings whose angles need no other method's events: the file's own events or angles do."""

    name: str = "gait-angles"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"walk"})
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Angles computed by other software, without markers; or markers with events of both kinds in the file."""
        given = Kind.COORDINATES in recording or Kind.JOINT_ANGLES in recording
        return Kind.BODY not in recording and given

    def compute(self, recording: Recording) -> Measured:
        """See `compute_with`; the cycle comes from the file's events, or from the angles themselves."""
        return compute_with(recording, None, {})


MEASURE = GaitAngles()


def compute_with(recording: Recording, walk: Walk | None, norm_curves: NormCurves | None = None) -> Measured:
    """Angles of a walk whose strides another method has found.

    Parameters
    ----------
    recording
        With a BODY stream (our own angles) or with other software's angles.
    walk
        The strides; None lets the file's own events stand in, or the angles themselves where it has no markers.
    norm_curves
        Reference curves for the profile score, matched to age and speed by the caller; empty gives none.

    Returns
    -------
    measured
        Series, curves, measurements and problems. `walk` is set only where it was found here, from events or angles.
    """
    movement = _own(recording, walk) if Kind.BODY in recording else _given(recording, walk)
    if not movement.angles:
        return Measured(problems=movement.problems)
    series = tuple(_series(movement, angle) for angle in movement.angles)
    if movement.walk is None or not movement.walk.strides:
        cycle = closed_cycle(movement.angles, movement.time_s)
        if cycle is None or not cycle.strides:
            return Measured(series=series, problems=(*movement.problems, _no_strides(movement.where)))
        return replace(_of_closed_cycle(movement, cycle, norm_curves or {}), series=series)
    measured = _of_walk(movement, norm_curves or {})
    found_here = None if walk is not None else movement.walk
    return replace(measured, series=series, walk=found_here)


def _own(recording: Recording, walk: Walk | None) -> _Movement:
    body = recording[Kind.BODY]
    points = {name: body[name] for name in body.channels}
    strides = walk if walk is not None else walk_from_events(recording.events, method="events in the file")
    view: View = body.frame.view
    if not points:
        return _Movement(recording=recording, time_s=body.time_s, angles=(), walk=strides)
    treadmill = strides is not None and strides.treadmill
    forward = direction_of_progression(points, body.rate_hz, view=view, treadmill=treadmill)
    seen = Seen(
        points=points, time_s=body.time_s, forward=forward, view=view, knee_axis_known=_knee_axis_known(recording)
    )
    angles = joint_angles(seen)
    angles = tuple(_zeroed(angle, seen, strides) for angle in angles)
    problems = tuple(problems_of_angles(angles, view, recording.source or recording.id))
    return _Movement(recording=recording, time_s=body.time_s, angles=angles, walk=strides, seen=seen, problems=problems)


def _knee_axis_known(recording: Recording) -> bool:
    """Not where cleaning says that it put the knee's centre inside a lateral marker by a share of stature."""
    placed = (step.settings.get("knee", "") for step in recording.history if step.what == "joint centres")
    return not any(str(way).startswith("inside") for way in placed)


def _given(recording: Recording, walk: Walk | None) -> _Movement:
    angles, problems = angles_as_given(recording)
    kind = next((kind for kind in (Kind.COORDINATES, Kind.JOINT_ANGLES) if kind in recording), None)
    if kind is None:
        return _Movement(recording=recording, time_s=np.empty(0), angles=(), walk=walk)
    time_s = recording[kind].time_s
    if walk is None:
        walk = walk_from_events(recording.events, method="events in the file")
    closed = closed_cycle(angles, time_s) if walk is None else None
    if walk is None and (closed is None or not closed.whole):
        walk = walk_from_angles(angles, time_s)
        if walk is not None:
            problems = (*problems, _from_angles(recording.source or recording.id))
    return _Movement(recording=recording, time_s=time_s, angles=angles, walk=walk, problems=problems)


def _zeroed(angle: Angle, seen: Seen, walk: Walk | None) -> Angle:
    """An ankle whose zero is the standing foot square to the shank, where markers alone explain how the foot stands."""
    if angle.name != "ankle.dorsiflexion" or angle.side is None:
        return angle
    slope = flat_pitch_deg(seen, () if walk is None else strides_of(walk, angle.side), angle.side)
    low, high = ZERO_FOOT_BETWEEN_DEG
    if not low <= slope <= high:
        return angle
    method = f"heel-toe line in the shank's sagittal plane, zero with the standing foot ({slope:+.1f}° taken off)"
    return replace(angle, values=angle.values - slope, method=method)


def _series(movement: _Movement, angle: Angle) -> Series:
    time_s = movement.time_s
    rate_hz = (len(time_s) - 1) / (time_s[-1] - time_s[0]) if len(time_s) > 1 else float("nan")
    return Series(
        series=angle.name, side=angle.side, unit="deg", rate_hz=rate_hz, values=angle.values, start_s=float(time_s[0])
    )


def _of_walk(movement: _Movement, norms: NormCurves) -> Measured:
    walk = cast(Walk, movement.walk)
    curves, measurements, dropped = [], [], 0
    for angle in movement.angles:
        cycles = cut(angle.values, movement.time_s, strides_of(walk, angle.side))
        dropped = max(dropped, cycles.dropped)
        made = curve(angle.name, angle.side, cycles, angle.method) if angle.name in CURVES else None
        curves += [made] if made is not None else []
        measurements += list(_numbers(movement, angle, cycles))
    measurements += [*_feet(movement), *_arms(movement, measurements), *_margins(movement)]
    scores, doubt = _scores(movement, curves, norms)
    problems = (*movement.problems, *doubt, *_gaps(dropped, len(walk.strides), movement.where))
    return Measured(measurements=(*measurements, *scores), curves=tuple(curves), problems=problems)


def _of_closed_cycle(movement: _Movement, cycle: ClosedCycle, norms: NormCurves) -> Measured:
    """What one cycle laid end to end gives; times, lengths and the path of the feet are not told from it."""
    longer = replace(
        movement, time_s=cycle.time_s, seen=None, walk=_walk_of(cycle),
        angles=tuple(replace(angle, values=angle.values[cycle.order]) for angle in movement.angles),
    )  # fmt: skip
    measured = _of_walk(longer, norms)
    start_s, end_s = (float(movement.time_s[at(cycle.order)]) for at in (np.min, np.max))
    numbers = tuple(replace(each, start_s=start_s, end_s=end_s) for each in measured.measurements)
    doubt = _closed_doubt(movement.where, whole=cycle.whole, times_are_known=movement.seen is not None)
    return replace(measured, measurements=numbers, problems=(*measured.problems, doubt))


def _walk_of(cycle: ClosedCycle) -> Walk:
    return Walk(bouts=(), footsteps=(), strides=cycle.strides, method="angles-foot-path 1")


def _numbers(movement: _Movement, angle: Angle, cycles: Cycles) -> Iterator[Measurement]:
    for measure in PHASE_MEASURES:
        if measure.curve == angle.name and _told_here(movement, measure, angle.side):
            yield from _measurement(
                movement, measure.definition.measure, PerStride(
                    side=angle.side if measure.definition.sided else None, strides=cycles.strides,
                    dropped=cycles.dropped, values=measure.per_stride(cycles), method=angle.method, angle=angle.name,
                ),
            )  # fmt: skip


def _told_here(movement: _Movement, measure: PhaseMeasure, side: Side | None) -> bool:
    """A measure without a side is told once, from the side with more strides."""
    if measure.definition.sided or side is None:
        return True
    walk = cast(Walk, movement.walk)
    return side == max(SIDES, key=lambda one: len(strides_of(walk, one)))


def _measurement(movement: _Movement, measure: str, found: PerStride) -> Iterator[Measurement]:
    """The mean over strides; nothing where no stride has a value."""
    kept = np.isfinite(found.values)
    if not kept.any():
        return
    behind = [stride for stride, keep in zip(found.strides, kept, strict=True) if keep]
    error, source = _error(movement.recording, found.angle)
    yield Measurement(
        measure=measure, value=float(found.values[kept].mean()), unit=_DEFINED[measure].unit, side=found.side,
        n=len(behind), sd=float(found.values[kept].std(ddof=1)) if len(behind) > 1 else float("nan"),
        start_s=behind[0].start_s, end_s=behind[-1].end_s,
        valid_fraction=len(behind) / (len(found.strides) + found.dropped),
        method=f"{METHOD}: {found.method}", recording=movement.recording.id, error=error, error_source=source,
    )  # fmt: skip


def _error(recording: Recording, angle: str) -> tuple[float, str]:
    if not angle:
        return float("nan"), ""
    if Kind.LANDMARKS in recording:
        return _LANDMARK_ERROR_DEG.get(angle, float("nan")), _ERROR_LANDMARKS if angle in _LANDMARK_ERROR_DEG else ""
    return _MARKER_ERROR_DEG.get(angle, 3.0), _ERROR_MARKERS


def _feet(movement: _Movement) -> Iterator[Measurement]:
    if movement.seen is None or movement.walk is None:
        return
    leg_m = movement.recording.person.leg_length_m or leg_length_m(movement.seen.points)
    found = foot_measures(movement.seen, movement.walk, leg_m)
    for measure, each in found:
        yield from _measurement(movement, measure, each)


def _arms(movement: _Movement, measurements: Sequence[Measurement]) -> Iterator[Measurement]:
    swing = {each.side: each for each in measurements if each.measure == "gait.arm_swing"}
    if not {"left", "right"} <= swing.keys():
        return
    left, right = swing["left"], swing["right"]
    larger = max(left.value, right.value)
    if larger > 0:
        value = 100.0 * abs(left.value - right.value) / larger
        yield replace(
            left, measure="gait.arm_swing_asymmetry", side=None, value=value, unit="%", sd=float("nan"),
            n=min(left.n, right.n), error=float("nan"), error_source="",
        )  # fmt: skip


def _margins(movement: _Movement) -> Iterator[Measurement]:
    """Margin of stability at each contact; needs three dimensions and, on a treadmill, the belt's speed."""
    seen, walk = movement.seen, movement.walk
    if seen is None or walk is None or seen.view != "3d":
        return
    mass = margin_of_stability.centre_of_mass(seen.points)
    belt = _belt_speed_m_per_s(walk)
    if mass is None or not np.isfinite(belt):
        return
    margins = margin_of_stability.margins_at_contact(seen, mass, walk.footsteps, belt)
    for side in SIDES:
        own = [margin for margin in margins if margin.side == side]
        for name, values in (("ml", [m.ml_m for m in own]), ("ap", [m.ap_m for m in own])):
            if own:
                yield Measurement(
                    measure=f"gait.margin_of_stability_{name}", value=float(np.mean(values)), unit="m", side=side,
                    n=len(own), sd=float(np.std(values, ddof=1)) if len(own) > 1 else float("nan"),
                    start_s=own[0].time_s, end_s=own[-1].time_s,
                    valid_fraction=len(own) / sum(step.side == side for step in walk.footsteps),
                    method=f"{METHOD}: Hof 2005, centre of mass from {mass.model}", recording=movement.recording.id,
                )  # fmt: skip


def _belt_speed_m_per_s(walk: Walk) -> float:
    """How fast the floor goes backwards: 0 overground; NaN on a treadmill whose strides have no speed."""
    if not walk.treadmill:
        return 0.0
    speeds = [stride.speed_m_s for stride in walk.strides if np.isfinite(stride.speed_m_s)]
    return float(np.mean(speeds)) if speeds else float("nan")


def _scores(
    movement: _Movement, curves: Sequence[Curve], norms: NormCurves
) -> tuple[list[Measurement], tuple[Problem, ...]]:
    if not norms:
        return [], ()
    # A hip told against the trunk is another angle than the references', so it is not scored against them.
    fit = [each for each in curves if TRUNK_THIGH not in each.method]
    whole = list(gait_profile.profiles(fit, norms))
    if whole:
        return [m for p in whole for m in _profile(movement, p, "gait.profile_score")], ()
    sagittal = list(gait_profile.profiles(fit, norms, gait_profile.SAGITTAL))
    numbers = [m for p in sagittal for m in _profile(movement, p, "gait.sagittal_profile_score")]
    doubt = gait_profile.cannot_score(fit, norms)
    return numbers, () if doubt is None else (doubt,)


def _profile(movement: _Movement, profile: gait_profile.Profile, name: str) -> Iterator[Measurement]:
    values: Mapping[str, float] = {name: profile.score, **{f"gait.gvs.{k}": v for k, v in profile.variables.items()}}
    strides = strides_of(cast(Walk, movement.walk), profile.side)
    for measure, value in values.items():
        yield Measurement(
            measure=measure, value=value, unit="deg", side=profile.side, n=profile.strides, sd=float("nan"),
            start_s=strides[0].start_s, end_s=strides[-1].end_s, valid_fraction=profile.strides / max(1, len(strides)),
            method=f"{METHOD}: RMS from the reference curves (Baker 2009)", recording=movement.recording.id,
        )  # fmt: skip


def _gaps(dropped: int, strides: int, where: str) -> Iterator[Problem]:
    if dropped:
        yield Problem(
            what=f"Up to {dropped} of {strides} strides were left out of an angle because points were missing in them.",
            where=where,
            do="Each measurement says how many strides stand behind it; look for hidden markers.",
        )


def _no_strides(where: str) -> Problem:
    return Problem(
        what="Angles are given over time only: no whole stride was found to cut them by.",
        where=where,
        do="Record at least two contacts of the same foot, or mark them as events in the file.",
    )


def _from_angles(where: str) -> Problem:
    return Problem(
        what="The file holds angles without events: contacts and toe-offs were found from the angles themselves, "
        "with feet placed by average proportions.",
        where=where,
        do="Take times as good to about 50 ms; give the markers or forces of this walk for better ones.",
    )


def _closed_doubt(where: str, *, whole: bool, times_are_known: bool) -> Problem:
    if whole and not times_are_known:
        what = "The file is a single cycle (its last frame meets its first), without events; its time may be percent."
    else:
        what = "No whole stride from contact to contact was seen; one cycle was taken between two like postures."
    return Problem(
        what=f"{what} Contacts were found from the angles, and one cycle says nothing of variation.",
        where=where,
        do="Read the angles as a pattern; a longer recording gives times, lengths and more strides.",
    )

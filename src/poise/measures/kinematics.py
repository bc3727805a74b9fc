"""Joint angles of a walk: series, curves over the cycle, the numbers findings need, profile score, stability margin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.measures import gait_profile, margin_of_stability
from poise.measures.curves import Cycles, curve
from poise.measures.foot_path import PerStride, foot_measures, leg_length
from poise.measures.gait_profile import NormCurves
from poise.measures.joint_angles import TRUNK_THIGH, Angle
from poise.measures.kinematic_definitions import DEFINED, DEFINES, error_of
from poise.measures.movement import Movement, movement_of, parts
from poise.measures.phases_of_gait import LABELS, PHASE_MEASURES_OF
from poise.model import SIDES, Curve, Definition, Kind, Measured, Measurement, Problem, Recording, Series, Walk

Array = NDArray[np.float64]

METHOD = "gait-angles 1"
CURVES = (*LABELS, "thigh.inclination", "foot.pitch", "arm.swing")


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
    movement = movement_of(recording, walk)
    if not movement.angles:
        return Measured(problems=movement.problems)
    series = tuple(_series(movement, angle) for angle in movement.angles)
    cut_by_strides = list(parts(movement))
    if not cut_by_strides:
        return Measured(series=series, problems=(*movement.problems, _no_strides(movement.where)))
    found = [each for part in cut_by_strides for each in _of_angles(part)]
    curves = [made for made, _ in found if made is not None]
    numbers = [number for _, told in found for number in told]
    numbers += [*_arms(numbers), *_feet(movement), *_margins(movement)]
    scores, doubts = _scores(numbers, curves, norm_curves or {})
    return Measured(
        measurements=(*numbers, *scores), curves=tuple(curves), series=series,
        problems=(*_problems(movement, cut_by_strides), *doubts), walk=None if walk is not None else movement.walk,
    )  # fmt: skip


def _problems(movement: Movement, cut_by_strides: Sequence[Movement]) -> Iterator[Problem]:
    yield from movement.problems
    for part in cut_by_strides:
        if part is not movement:
            yield from part.problems
    yield from _gaps(movement)


def _series(movement: Movement, angle: Angle) -> Series:
    time_s = movement.time_s
    rate_hz = (len(time_s) - 1) / (time_s[-1] - time_s[0]) if len(time_s) > 1 else float("nan")
    return Series(
        series=angle.name, side=angle.side, unit="deg", rate_hz=rate_hz, values=angle.values, start_s=float(time_s[0])
    )


def _of_angles(movement: Movement) -> Iterator[tuple[Curve | None, tuple[Measurement, ...]]]:
    """Each angle's curve, where there is one, and its numbers."""
    for angle in movement.angles:
        cycles = movement.cycles(angle)
        made = curve(angle.name, angle.side, cycles, angle.method) if angle.name in CURVES else None
        yield made, tuple(_numbers(movement, angle, cycles))


def _numbers(movement: Movement, angle: Angle, cycles: Cycles) -> Iterator[Measurement]:
    for measure in PHASE_MEASURES_OF.get(angle.name, ()):
        sided = measure.definition.sided
        if sided or angle.side == movement.speaks_for:
            found = PerStride(
                side=angle.side if sided else None, strides=cycles.strides, dropped=cycles.dropped,
                values=measure.per_stride(cycles), method=angle.method, angle=angle.name,
            )  # fmt: skip
            yield from _measurement(movement, measure.definition.measure, found)


def _measurement(movement: Movement, measure: str, found: PerStride) -> Iterator[Measurement]:
    """The mean over strides; nothing where no stride has a value."""
    kept = np.isfinite(found.values)
    if not kept.any():
        return
    behind = [stride for stride, keep in zip(found.strides, kept, strict=True) if keep]
    start_s, end_s = movement.span_of(behind)
    error, source = error_of(movement.recording, found.angle)
    yield Measurement(
        measure=measure, value=float(found.values[kept].mean()), unit=DEFINED[measure].unit, side=found.side,
        n=len(behind), sd=float(found.values[kept].std(ddof=1)) if len(behind) > 1 else float("nan"),
        start_s=start_s, end_s=end_s,
        valid_fraction=len(behind) / (len(found.strides) + found.dropped),
        method=f"{METHOD}: {found.method}", recording=movement.recording.id, error=error, error_source=source,
    )  # fmt: skip


def _feet(movement: Movement) -> Iterator[Measurement]:
    if movement.seen is None or movement.walk is None:
        return
    told_m = movement.recording.person.leg_length_m if movement.seen.in_metres else None
    found = foot_measures(movement.seen, movement.walk, told_m or leg_length(movement.seen.points))
    for measure, each in found:
        yield from _measurement(movement, measure, each)


def _arms(measurements: Sequence[Measurement]) -> Iterator[Measurement]:
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


def _margins(movement: Movement) -> Iterator[Measurement]:
    """Margin of stability at each contact of straight walking; needs a room in metres, and the speed of a belt."""
    seen, walk = movement.seen, movement.walk
    if seen is None or walk is None or seen.view != "3d" or not (seen.in_metres and seen.on_floor):
        return
    mass = margin_of_stability.centre_of_mass(seen.points)
    belt = _belt_speed_m_per_s(walk)
    if mass is None or not np.isfinite(belt):
        return
    # In a turn the body leans inwards, and neither front nor side is where the walk goes.
    contacts = [step for step in walk.footsteps if not any(t.start_s <= step.time_s < t.end_s for t in walk.turning)]
    margins = margin_of_stability.margins_at_contact(seen, mass, contacts, belt)
    for side in SIDES:
        own = [margin for margin in margins if margin.side == side]
        for name, values in (("ml", [m.ml_m for m in own]), ("ap", [m.ap_m for m in own])):
            if own:
                yield Measurement(
                    measure=f"gait.margin_of_stability_{name}", value=float(np.mean(values)), unit="m", side=side,
                    n=len(own), sd=float(np.std(values, ddof=1)) if len(own) > 1 else float("nan"),
                    start_s=own[0].time_s, end_s=own[-1].time_s,
                    valid_fraction=len(own) / sum(step.side == side for step in contacts),
                    method=f"{METHOD}: Hof 2005, centre of mass from {mass.model}", recording=movement.recording.id,
                )  # fmt: skip


def _belt_speed_m_per_s(walk: Walk) -> float:
    """How fast the floor goes backwards: 0 overground; NaN on a treadmill whose strides have no speed."""
    if not walk.treadmill:
        return 0.0
    speeds = [stride.speed_m_s for stride in walk.strides if np.isfinite(stride.speed_m_s)]
    return float(np.mean(speeds)) if speeds else float("nan")


def _scores(
    numbers: Sequence[Measurement], curves: Sequence[Curve], norms: NormCurves
) -> tuple[list[Measurement], tuple[Problem, ...]]:
    if not norms:
        return [], ()
    # A hip told against the trunk is another angle than the references', so it is not scored against them.
    fit = [each for each in curves if TRUNK_THIGH not in each.method]
    whole = list(gait_profile.profiles(fit, norms))
    if whole:
        return [m for p in whole for m in _profile(numbers, p, "gait.profile_score")], ()
    sagittal = list(gait_profile.profiles(fit, norms, gait_profile.SAGITTAL))
    numbers = [m for p in sagittal for m in _profile(numbers, p, "gait.sagittal_profile_score")]
    doubt = gait_profile.cannot_score(fit, norms)
    return numbers, () if doubt is None else (doubt,)


def _profile(numbers: Sequence[Measurement], profile: gait_profile.Profile, name: str) -> Iterator[Measurement]:
    """The score and its parts, each as sure as the curves it was made of."""
    ranges = {f"joint.{variable}.rom" for variable in gait_profile.VARIABLES}
    behind = [each for each in numbers if each.measure in ranges and profile.side in {each.side, None}]
    values: Mapping[str, float] = {name: profile.score, **{f"gait.gvs.{k}": v for k, v in profile.variables.items()}}
    for measure, value in values.items():
        yield replace(
            behind[0], measure=measure, value=value, unit="deg", side=profile.side, n=profile.strides, sd=float("nan"),
            start_s=min(each.start_s for each in behind), end_s=max(each.end_s for each in behind),
            valid_fraction=min(each.valid_fraction for each in behind), error=float("nan"), error_source="",
            method=f"{METHOD}: RMS from the reference curves (Baker 2009)",
        )  # fmt: skip


def _gaps(movement: Movement) -> Iterator[Problem]:
    dropped = max((movement.cycles(angle).dropped for angle in movement.angles), default=0)
    if dropped:
        yield Problem(
            what=f"Up to {dropped} of {len(movement.strides)} strides were left out of an angle because points were "
            "missing in them, or the person turned out of the plane that was seen.",
            where=movement.where,
            do="Each measurement says how many strides stand behind it; look for hidden points.",
        )


def _no_strides(where: str) -> Problem:
    return Problem(
        what="Angles are given over time only: no whole stride was found to cut them by.",
        where=where,
        do="Record at least two contacts of the same foot, or mark them as events in the file.",
    )

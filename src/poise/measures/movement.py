"""The movement that angles are measured in: angles on their clock, and the strides to cut them by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from poise.measures.angles_as_given import angles_as_given
from poise.measures.curves import Cycles, Grid, strides_of
from poise.measures.direction import direction_of_progression
from poise.measures.foot_path import flat_pitch_deg
from poise.measures.joint_angles import Angle, joint_angles
from poise.measures.kinematic_problems import problems_of_angles, turned_out_of_view
from poise.measures.segment_axes import Seen, View
from poise.measures.walk_from_angles import closed_cycle, walk_from_angles, walk_from_events
from poise.model import SIDES, Kind, Problem, Recording, Side, Stride, Walk

Array = NDArray[np.float64]

ZERO_FOOT_BETWEEN_DEG = (-5.0, 12.0)
"""Slopes of a standing heel-toe line that the placing of markers explains; a heel held higher is the person's own."""
FEW_STRIDES = 2
"""With more strides than this, a side without any was not seen; it is not made up from like postures."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Movement:
    """Angles of one recording with the strides to cut them by.

    Attributes
    ----------
    time_s, angles, walk
        The angles' clock (samples,); all angles; the strides, None where none were found.
    seen
        The points they were made from; None for other software's angles, and for a cycle laid end to end.
    speaks_for
        The side whose strides the measures without a side are taken from; None where another movement tells them.
    span_s
        From when to when it was recorded, where `time_s` is not the recording's own clock.
    """

    recording: Recording
    time_s: Array
    angles: tuple[Angle, ...]
    walk: Walk | None
    seen: Seen | None = None
    speaks_for: Side | None = None
    span_s: tuple[float, float] | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def where(self) -> str:
        """The recording, as a person knows it."""
        return self.recording.source or self.recording.id

    @property
    def strides(self) -> tuple[Stride, ...]:
        """All strides; none where there is no walk."""
        return () if self.walk is None else self.walk.strides

    def strides_of(self, side: Side | None) -> tuple[Stride, ...]:
        """The strides of one foot."""
        return () if self.walk is None else strides_of(self.walk, side)

    @cached_property
    def grids(self) -> dict[Side | None, Grid]:
        """Where each side's strides fall on the clock; made once for all angles."""
        return {side: Grid.of(self.time_s, self.strides_of(side)) for side in SIDES}

    def cycles(self, angle: Angle) -> Cycles:
        """An angle over each stride of its side."""
        return self.grids[angle.side].cut(angle.values)

    def span_of(self, strides: Sequence[Stride]) -> tuple[float, float]:
        """From when to when these strides last, on the recording's clock."""
        return self.span_s or (strides[0].start_s, strides[-1].end_s)


def movement_of(recording: Recording, walk: Walk | None) -> Movement:
    """Our own angles where there is a body, else those that the file holds."""
    found = _own(recording, walk) if Kind.BODY in recording else _given(recording, walk)
    return replace(found, speaks_for=max(SIDES, key=lambda side: len(found.strides_of(side))))


def parts(movement: Movement) -> Iterator[Movement]:
    """The movement as far as it has strides; and for a foot without any, one cycle between two like postures.

    Where the body was seen and nobody walks, two like postures are no stride: a reach or a squat has them too. Nor is
    one made up where strides were found and left out, because the person turned or they were unlike walking.
    """
    if movement.strides:
        yield movement
    walk = movement.walk
    if movement.seen is not None and (walk is None or walk.turning or walk.dropped):
        return
    lacking = [side for side in SIDES if not movement.strides_of(side)]
    if lacking and len(movement.strides) <= FEW_STRIDES:
        sewn = _sewn(movement, lacking)
        if sewn is not None:
            yield sewn


def _sewn(movement: Movement, sides: Sequence[Side]) -> Movement | None:
    cycle = closed_cycle(movement.angles, movement.time_s)
    strides = () if cycle is None else tuple(stride for stride in cycle.strides if stride.side in sides)
    if cycle is None or not strides:
        return None
    told = tuple(replace(angle, values=angle.values[cycle.order]) for angle in movement.angles if angle.side in sides)
    doubt = _closed_doubt(movement.where, sides, whole=cycle.whole and movement.seen is None)
    return Movement(
        recording=movement.recording, time_s=cycle.time_s, angles=told,
        walk=Walk(bouts=(), footsteps=(), strides=strides, method="angles-foot-path 1"),
        speaks_for=None if movement.strides else strides[0].side,
        span_s=(float(movement.time_s[cycle.order.min()]), float(movement.time_s[cycle.order.max()])),
        problems=(doubt,),
    )  # fmt: skip


def _own(recording: Recording, walk: Walk | None) -> Movement:
    body = recording[Kind.BODY]
    points = {name: body[name] for name in body.channels}
    strides = walk if walk is not None else walk_from_events(recording.events, method="events in the file")
    view: View = body.frame.view
    if not points or not np.isfinite(body.rate_hz):
        return Movement(recording=recording, time_s=body.time_s, angles=(), walk=strides)
    treadmill = strides is not None and strides.treadmill
    forward = direction_of_progression(points, body.rate_hz, view=view, treadmill=treadmill)
    seen = Seen(
        points=points, time_s=body.time_s, forward=forward, view=view, knee_axis_known=_knee_axis_known(recording),
        in_metres=body.unit == "m", on_floor=body.frame.name != "hip-centred",
    )  # fmt: skip
    angles = joint_angles(seen)
    angles = tuple(_zeroed(angle, seen, strides) for angle in angles)
    where = recording.source or recording.id
    problems = (*problems_of_angles(angles, view, where), *turned_out_of_view(seen, where))
    return Movement(recording=recording, time_s=body.time_s, angles=angles, walk=strides, seen=seen, problems=problems)


def _knee_axis_known(recording: Recording) -> bool:
    """Not where cleaning says that it put the knee's centre inside a lateral marker, along an axis that it assumed."""
    placed = [step.settings for step in recording.history if step.what == "joint centres"]
    return all(settings.get("knee_axis_known", True) for settings in placed)


def _given(recording: Recording, walk: Walk | None) -> Movement:
    angles, problems = angles_as_given(recording)
    kind = next((kind for kind in (Kind.COORDINATES, Kind.JOINT_ANGLES) if kind in recording), None)
    if kind is None or not np.isfinite(recording[kind].rate_hz):
        return Movement(recording=recording, time_s=np.empty(0), angles=(), walk=walk)
    time_s = recording[kind].time_s
    if walk is None:
        walk = walk_from_events(recording.events, method="events in the file")
    closed = closed_cycle(angles, time_s) if walk is None else None
    if walk is None and (closed is None or not closed.whole):
        walk = walk_from_angles(angles, time_s)
        if walk is not None:
            problems = (*problems, _from_angles(recording.source or recording.id))
    return Movement(recording=recording, time_s=time_s, angles=angles, walk=walk, problems=problems)


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


def _from_angles(where: str) -> Problem:
    return Problem(
        what="The file holds angles without events: contacts and toe-offs were found from the angles themselves, "
        "with feet placed by average proportions.",
        where=where,
        do="Take times as good to about 50 ms; give the markers or forces of this walk for better ones.",
    )


def _closed_doubt(where: str, sides: Sequence[Side], *, whole: bool) -> Problem:
    if whole:
        what = "The file is a single cycle (its last frame meets its first), without events; its time may be percent."
    else:
        who = " and ".join(sides)
        what = f"No whole stride of the {who} foot was seen; one cycle was taken between two like postures."
    return Problem(
        what=f"{what} Its contacts were found from the angles, and one cycle says nothing of variation.",
        where=where,
        do="Read the angles as a pattern; a longer recording gives times, lengths and more strides.",
    )

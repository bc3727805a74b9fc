"""Gait from the landmarks of a pose model, in a side view or in three dimensions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from poise.measures.direction import TURNED_ROUND_DEG, turned_deg
from poise.measures.footfalls import Limits, seen_fraction
from poise.measures.gait_markers import Detector, measured_walk, unseen_problem
from poise.measures.spatiotemporal import DEFINES, MethodError
from poise.measures.walker import walker
from poise.model.gait import Walk
from poise.model.measurement import Definition, Measured
from poise.model.recording import Kind, Problem, Recording, Stream

_STENUM = "Stenum 2021, PLoS Comput Biol 17(4):e1008935: mean absolute error of a person's mean, × 1.25 to an SD"
ERRORS = {
    **{f"gait.{name}_time": MethodError(error=0.0125, source=_STENUM)
       for name in ("step", "stance", "swing", "double_support")},
    "gait.step_length": MethodError(error=0.0225, source=_STENUM),
}  # fmt: skip
TYPICAL_HEIGHT_M = 1.7
NAN = float("nan")
ANY = (0.0, float("inf"))


@dataclass(frozen=True, kw_only=True)
class LandmarkGait:
    """Gait from pose landmarks, found as from markers (`Detector`) in the plane that was seen.

    A side view gives times, and lengths along the way where the person's height is known; never widths. Landmarks in
    three dimensions give all. A front view cannot time a foot that comes towards the camera, and gives nothing.

    Published for a side view with OpenPose: step, stance, swing and double support times within 0.02 s a step and
    0.01 s on average; step length within 0.049 m a step, 0.018 m on average (Stenum et al. 2021). Fails where the model
    swaps left and right, or where the far leg is hidden.
    """

    name: str = "gait_landmarks"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"walk", "tug"})
    defines: tuple[Definition, ...] = DEFINES
    detector: Detector = field(default_factory=Detector)
    limits: Limits = field(default_factory=Limits)
    least_seen: float = 0.6

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there is a body made from landmarks."""
        return Kind.BODY in recording and Kind.LANDMARKS in recording

    def compute(self, recording: Recording) -> Measured:
        """Footfalls, strides and their measures, as far as the view allows."""
        where = recording.source or recording.id
        body = recording[Kind.BODY]
        if body.frame.view not in {"3d", "sagittal"}:
            return Measured(problems=(_wrong_view(body.frame.view, where),))
        seen = walker(in_metres(body), self.detector.windows)
        if seen is None:
            return Measured(problems=(unseen_problem(recording),))
        falls = self.detector.footfalls(seen)
        share = seen_fraction(seen, falls)
        if share < self.least_seen:
            return Measured(problems=(_hidden(share, where),))
        limits = self.limits if _is_to_scale(body) else replace(self.limits, stride_m=ANY, speed_m_s=ANY)
        found = measured_walk(seen, falls, recording, method=self.method, limits=limits, errors=ERRORS)
        if found.walk is None:
            return Measured(problems=(_turns_in_place(where),)) if _turned_in_place(body) else found
        return _as_seen(found, body, recording)


HIP_CENTRED = "hip-centred"
"""The frame of a pose model's world points: the hips stay in place and the scale is the model's own."""


def in_metres(body: Stream) -> Stream:
    """A body in body heights taken as one of typical height: good enough to find footfalls, never to give lengths."""
    return body if body.unit == "m" else replace(body, values=TYPICAL_HEIGHT_M * body.values, unit="m")


def _as_seen(found: Measured, body: Stream, recording: Recording) -> Measured:
    """Without what the view, or points that do not travel over a floor in metres, cannot show."""
    is_flat, is_to_scale = body.frame.view != "3d", _is_to_scale(body)
    hidden = {"gait.step_width", "gait.step_width_cv"} if is_flat else set()
    if not is_to_scale:
        lengths = ("length", "speed", "width", "walk_ratio")
        hidden |= {each.measure for each in DEFINES if any(word in each.measure for word in lengths)}
    if not hidden or found.walk is None:
        return found
    # What cannot be seen in such a picture at all need not be excused for another reason.
    unasked = ("Step width", *(() if is_to_scale else ("walk ratio", "treadmill's belt")))
    return replace(
        found,
        measurements=tuple(each for each in found.measurements if each.measure not in hidden),
        walk=_blinded(found.walk, widths=True, lengths=not is_to_scale),
        problems=tuple(each for each in found.problems if not any(word in each.what for word in unasked)),
    )


def _is_to_scale(body: Stream) -> bool:
    return body.unit == "m" and body.frame.name != HIP_CENTRED


def _blinded(walk: Walk, *, widths: bool, lengths: bool) -> Walk:
    steps = tuple(
        replace(
            step,
            step_width_m=NAN if widths else step.step_width_m,
            step_length_m=NAN if lengths else step.step_length_m,
        )
        for step in walk.footsteps
    )
    strides = (
        tuple(replace(stride, length_m=NAN, speed_m_s=NAN) for stride in walk.strides) if lengths else walk.strides
    )
    return replace(walk, footsteps=steps, strides=strides)


def _turned_in_place(body: Stream) -> bool:
    """Whether a person turns in points told from the hips, where a path that would show the turn is not seen."""
    points = {name: body[name] for name in body.channels}
    return body.frame.name == HIP_CENTRED and turned_deg(points, body.rate_hz) > TURNED_ROUND_DEG


def _turns_in_place(where: str) -> Problem:
    return Problem(
        what="The person turns, and the points are told from the hips: steps cannot be found without a direction.",
        where=where, do="Give the straight parts alone, or the landmarks of the picture seen from the side.",
    )  # fmt: skip


def _wrong_view(view: str, where: str) -> Problem:
    return Problem(
        what="Steps cannot be timed from this view: "
        + ("the person comes towards the camera." if view == "frontal" else "it is neither a side view nor 3-D."),
        where=where, do="Film the walk square from the side, the whole body in the picture.",
    )  # fmt: skip


def _hidden(share: float, where: str) -> Problem:
    return Problem(
        what=f"Hips and feet were seen in only {100 * np.nan_to_num(share):.0f} % of the walk: too little.",
        where=where, do="Film again with nothing between camera and person, the feet in the picture.",
    )  # fmt: skip


MEASURE = LandmarkGait()

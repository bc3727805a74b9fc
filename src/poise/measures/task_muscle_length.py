"""Muscle length while lying: straight-leg raise and Thomas test, from points or from one sensor on the leg."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.task_body import Doer, doer_of, has_legs, oblique
from poise.measures.task_cycles import Way, ways
from poise.measures.task_values import BY_CAMERA, Error, Teller, by_camera, defined, not_seen, units_of
from poise.model import SIDES, Definition, Event, Measured, Measurement, Problem, Recording, Side
from poise.signals import geometry
from poise.signals.events import stretches

Array = NDArray[np.float64]
NAN = float("nan")

_REFERENCE = "reference measures.yaml m_slr_angle, m_thomas_angle"
DEFINES: tuple[Definition, ...] = (
    defined("length.straight_leg_raise", "deg", "Straight-leg raise",
            "thigh over level at the highest point with the knee straight, mean of the tries", _REFERENCE, sided=True,
            better="higher", decimals=0),
    defined("length.straight_leg_knee", "deg", "Knee flexion in the straight-leg raise", "at that point, mean",
            _REFERENCE, sided=True, better="lower", decimals=0),
    defined("length.thomas", "deg", "Thomas test: thigh over level",
            "thigh over (+) or under (−) level while the other knee is held, median of the rest", _REFERENCE,
            sided=True, better="lower", decimals=0),
    defined("length.thomas_knee", "deg", "Thomas test: knee flexion of the hanging leg", "median of the rest",
            _REFERENCE, sided=True, decimals=0),
)  # fmt: skip
CAMERA_ERRORS = {
    "length.straight_leg_raise": Error(error=5.0, source=BY_CAMERA),
    "length.thomas": Error(error=4.0, source=BY_CAMERA),
    "length.straight_leg_knee": Error(error=7.0, source=BY_CAMERA),
    "length.thomas_knee": Error(error=7.0, source=BY_CAMERA),
}


OTHER: Mapping[Side, Side] = {"left": "right", "right": "left"}


@dataclass(frozen=True, kw_only=True, eq=False)
class _Leg:
    """One leg: thigh over level and knee flexion, deg, (samples,)."""

    side: Side
    thigh: Array
    knee: Array


@dataclass(frozen=True, kw_only=True)
class MuscleLength:
    """Angles of the thighs of somebody who lies on the back, seen from the side or in three dimensions.

    *Straight-leg raise*: a thigh goes up by at least `least_lift_deg` from under `flat_deg`; the angle is read at the
    highest point at which the knee is bent by no more than `straight_deg`; who lifts it by `most_bent_lift_deg` more
    with a bent knee has not done the test. *Thomas test*: one thigh is held over
    `held_deg` with the knee bent, the other lies under `flat_deg` and rests; its angle is the median of the rest.

    A first firm resistance is felt by the hand of who lifts and not seen by us: the highest point stands for it. Nor is
    it seen whether the pelvis tips, which adds its tilt to both numbers. Fails where the table hides the hip.
    """

    name: str = "task_muscle_length"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"muscle_length"})
    defines: tuple[Definition, ...] = DEFINES
    lying_deg: float = 60.0
    least_lift_deg: float = 25.0
    flat_deg: float = 45.0
    straight_deg: float = 15.0
    most_bent_lift_deg: float = 10.0
    held_deg: float = 70.0
    held_knee_deg: float = 50.0
    rest_deg_s: float = 6.0
    shortest_rest_s: float = 1.0

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there is a body with hips and legs."""
        return has_legs(recording)

    def compute(self, recording: Recording) -> Measured:
        """The test that was done; a problem where nobody lies, or no leg is tested."""
        where = recording.source or recording.id
        doer = doer_of(recording)
        if doer is None or not doer.sees_forward or not self.lies(doer):
            return Measured(problems=(oblique(recording) or _nobody_lies(where),))
        errors = CAMERA_ERRORS if by_camera(recording) else {}
        tell = Teller(recording=recording.id, method=self.method, units=units_of(DEFINES), errors=errors)
        legs = {side: _Leg(side=side, thigh=self.thigh_deg(doer, side), knee=doer.knee_deg(side)) for side in SIDES}
        thomas = [each for leg in legs.values() for each in self._thomas(doer, leg, legs[OTHER[leg.side]], tell)]
        if thomas:
            return Measured(measurements=tuple(thomas))
        found: list[Measurement] = []
        events: list[Event] = []
        problems: list[Problem] = []
        for side, leg in legs.items():
            raises = self._raises(leg.thigh)
            ends = [end for span in raises if (end := self._straight_end(leg.thigh, leg.knee, span)) is not None]
            problems += [_bent(doer.where, side)] if len(ends) < len(raises) else []
            found += _of_raises(doer, leg, ends, tell)
            events += [Event(event="raise_end", side=side, time_s=float(doer.time_s[end])) for end in ends]
        if not found and not problems:
            problems.append(_no_test(doer.where))
        events.sort(key=lambda each: each.time_s)
        return Measured(events=tuple(events), measurements=tuple(found), problems=tuple(problems))

    def _thomas(self, doer: Doer, leg: _Leg, other: _Leg, tell: Teller) -> Iterator[Measurement]:
        with np.errstate(invalid="ignore"):
            held = (other.thigh > self.held_deg) & (other.knee > self.held_knee_deg)
        rest = self._rest(doer, leg.thigh, held)
        return iter(()) if rest is None else _of_rest(doer, leg, rest, tell)

    def lies(self, doer: Doer) -> bool:
        """Whether the trunk lies most of the time."""
        if doer.hips is None or doer.shoulders is None:
            return False
        line = doer.shoulders - doer.hips
        tilt = np.degrees(np.arctan2(geometry.length(line[:, :2]), line[:, 2]))
        known = tilt[np.isfinite(tilt)]
        return bool(len(known)) and float(np.median(known)) > self.lying_deg

    def thigh_deg(self, doer: Doer, side: Side) -> Array:
        """Thigh over level, (samples,): 0 flat with the knee away from the head, 90 straight up; deg."""
        assert doer.hips is not None
        assert doer.shoulders is not None
        trunk = geometry.horizontal(doer.hips - doer.shoulders)
        footward = geometry.unit(np.nanmedian(trunk, axis=0))
        thigh = doer.joint(side, "knee") - doer.joint(side, "hip")
        return doer.smooth(np.degrees(np.arctan2(thigh[:, 2], geometry.dot(thigh, footward))))

    def _raises(self, thigh: Array) -> list[slice]:
        known = thigh[np.isfinite(thigh)]
        if not len(known):
            return []
        low = float(np.percentile(known, 5))
        if low > self.flat_deg:
            return []
        return lifted(ways(thigh, least=self.least_lift_deg), len(thigh))

    def _straight_end(self, thigh: Array, knee: Array, span: slice) -> int | None:
        """The highest sample of a raise with the knee still straight; None where it bends before a good part of it."""
        straight = knee[span] <= self.straight_deg
        if not straight.any():
            return None
        best = span.start + int(np.nanargmax(np.where(straight, thigh[span], -np.inf)))
        enough = thigh[best] - thigh[span.start] >= self.least_lift_deg
        return best if enough and np.nanmax(thigh[span]) - thigh[best] <= self.most_bent_lift_deg else None

    def _rest(self, doer: Doer, thigh: Array, held: NDArray[np.bool_]) -> slice | None:
        """The longest time in which the other knee is held and this thigh rests."""
        with np.errstate(invalid="ignore"):
            quiet = held & (np.abs(doer.speed(thigh)) < self.rest_deg_s) & (thigh < self.flat_deg)
        found = stretches(quiet)
        if not len(found):
            return None
        longest = int(np.argmax(found.stop - found.start))
        part = slice(int(found.start[longest]), int(found.stop[longest]))
        return part if part.stop - part.start >= self.shortest_rest_s * doer.rate_hz else None


def lifted(found: Sequence[Way], samples: int) -> list[slice]:
    """From the start of each way up to the start of the next way, so that what is held at the top counts too."""
    after = [*(way.start for way in found[1:]), samples]
    return [slice(way.start, stop) for way, stop in zip(found, after, strict=False) if way.up]


def _of_rest(doer: Doer, leg: _Leg, rest: slice, tell: Teller) -> Iterator[Measurement]:
    span = (float(doer.time_s[rest.start]), float(doer.time_s[rest.stop - 1]))
    yield from tell.of("length.thomas", float(np.nanmedian(leg.thigh[rest])), span, side=leg.side)
    yield from tell.of("length.thomas_knee", float(np.nanmedian(leg.knee[rest])), span, side=leg.side)


def _of_raises(doer: Doer, leg: _Leg, ends: Sequence[int], tell: Teller) -> Iterator[Measurement]:
    if ends:
        span = (float(doer.time_s[ends[0]]), float(doer.time_s[ends[-1]]))
        at = list(ends)
        yield from tell.of("length.straight_leg_raise", leg.thigh[at].tolist(), span, side=leg.side)
        yield from tell.of("length.straight_leg_knee", leg.knee[at].tolist(), span, side=leg.side)


def _bent(where: str, side: Side) -> Problem:
    return not_seen(
        f"The {side} knee bends before the leg is up: this raise does not count as one with a straight knee.", where,
        "Repeat it and stop at the first firm resistance, the knee straight.",
    )  # fmt: skip


def _nobody_lies(where: str) -> Problem:
    return not_seen(
        "Nobody lies on the back here, or the view is not from the side: muscle length was not measured.", where,
        "Film from the side of the table with hip, knee and ankle in view; say which axis is up with --map (up).",
    )  # fmt: skip


def _no_test(where: str) -> Problem:
    return not_seen(
        "Somebody lies here, but no leg is raised, and no knee is held while the other leg rests.", where,
        "Record one straight-leg raise, or a Thomas test with the other knee held for some seconds.",
    )  # fmt: skip


MEASURE = MuscleLength()

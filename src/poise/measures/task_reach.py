"""Reaching: forward while standing (functional reach), to a target while seated, and overhead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.task_body import Doer, doer_of, oblique
from poise.measures.task_cycles import Way, ways
from poise.measures.task_values import BY_CAMERA, Error, Teller, by_camera, defined, not_seen, units_of
from poise.model import SIDES, Definition, Event, Kind, Measured, Measurement, Problem, Recording, Side
from poise.signals import geometry
from poise.signals.events import Stretches, stretches
from poise.signals.paths import straightness
from poise.signals.smoothness import velocity_peaks

Array = NDArray[np.float64]
NAN = float("nan")

_DUNCAN = "Duncan et al. 1990, J Gerontol 45:M192; measures.md 2.4"
_DRINK = "Alt Murphy et al. 2011, Neurorehabil Neural Repair 25(1):71; measures.md 3.2, 3.6, 3.8"
DEFINES: tuple[Definition, ...] = (
    defined("reach.distance", "m", "Functional reach",
            "how far the held-out hand goes forward, standing, feet in place, mean of the tries", _DUNCAN, sided=True,
            better="higher"),
    defined("reach.hand_distance", "m", "Distance of the hand", "from where it rests to the far point, seated, mean",
            _DRINK, sided=True, better="higher"),
    defined("reach.trunk_displacement", "m", "Trunk displacement", "how far the shoulders' middle goes along, mean",
            _DRINK, sided=True, better="lower"),
    defined("reach.path_ratio", "1", "Path ratio", "path of the hand by the straight way, out only, mean", _DRINK,
            sided=True, better="lower"),
    defined("reach.velocity_peak", "m/s", "Peak speed of the hand", "greatest speed on the way out, mean", _DRINK,
            sided=True, better="higher"),
    defined("reach.time", "s", "Time to reach", "way out, from a tenth to a tenth of the peak speed, mean", _DRINK,
            sided=True, better="lower"),
    defined("reach.movement_units", "count", "Movement units",
            "peaks of the hand's speed on the way out that rise by 20 mm/s, 0.15 s apart, mean", _DRINK, sided=True,
            better="lower", decimals=1),
    defined("reach.elbow_flexion_end", "deg", "Elbow flexion at the far point", "0 = straight, mean", _DRINK,
            sided=True, decimals=0),
    defined("reach.arm_elevation_peak", "deg", "Greatest arm elevation",
            "shoulder–elbow against the line shoulders–hips, mean of the reaches overhead",
            "reference measures.yaml m_shoulder_flexion", sided=True, better="higher", decimals=0),
    defined("reach.overhead_height", "m", "Height of the hand over the shoulder", "greatest, mean of those overhead",
            "measures.md 2.4 [design]", sided=True, better="higher"),
)  # fmt: skip
CAMERA_ERRORS = {
    "reach.elbow_flexion_end": Error(error=10.0, source=BY_CAMERA),
    "reach.arm_elevation_peak": Error(error=10.0, source=BY_CAMERA),
}
HORIZONTAL_DEG = (60.0, 120.0)
"""An arm held out to the front stands about square to the trunk of who stands upright."""
UNIT_M_S = 0.02
"""A movement unit rises by 20 mm/s (Alt Murphy 2011); points that shake by more at rest show none."""
MOST_RISE = 0.15
"""Of the hips, by leg length, of who goes on sitting [design]."""
STANDING = 0.85
"""Hips over ankles by leg length of who stands."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Reaches of either hand, told from the path of the wrist.

    *Functional reach*: standing, arm held out; from where the hand first rests there to where it is furthest forward,
    the ankles in place (less than `most_step` of a leg). A hand's end is a wrist here: the fist of the protocol
    goes as far as the wrist does.
    *Seated reach*: the hand leaves its rest by at least `least_arm` of the arm's length and comes back; the way out is
    judged, in metres only.
    *Overhead*: the same with the hand over the shoulder by half an arm; elevation and height are given in its place.

    Fails where the hand is hidden by a table, and from the front, where forward is not seen.
    """

    name: str = "task_reach"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"reach"})
    defines: tuple[Definition, ...] = DEFINES
    least_arm: float = 0.30
    most_step: float = 0.05
    least_lean_m: float = 0.03
    rest_s: float = 0.25
    rest_m_s: float = 0.08

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there is a body with shoulders, an elbow and a wrist, and nobody said that it moves otherwise."""
        if Kind.BODY not in recording or "reach" not in recording.conditions.get("movement", "reach"):
            return False
        names = recording[Kind.BODY].channels
        return all(any(part in name for name in names) for part in ("shoulder", "elbow", "wrist"))

    def compute(self, recording: Recording) -> Measured:
        """The reaches of both hands; a problem where nobody reaches."""
        where = recording.source or recording.id
        doer = doer_of(recording, legs=False)
        if doer is None or not doer.sees_forward:
            return Measured(problems=(oblique(recording) or _nobody(where, doer),))
        tell = Teller(
            recording=recording.id, method=self.method, units=units_of(DEFINES),
            errors=CAMERA_ERRORS if by_camera(recording) else {},
        )  # fmt: skip
        found: list[Measurement] = []
        events: list[Event] = []
        problems: list[Problem] = []
        for side in SIDES:
            given = self._of_side(doer, side, tell)
            found += given.measurements
            events += given.events
            problems += given.problems
        if not found and not problems and not _foot_reaches(doer):
            problems.append(_nobody(doer.where, doer))
        events.sort(key=lambda each: each.time_s)
        return Measured(events=tuple(events), measurements=tuple(found), problems=tuple(dict.fromkeys(problems)))

    def _of_side(self, doer: Doer, side: Side, tell: Teller) -> Measured:
        hand = self._hand(doer, side)
        if hand is None:
            return Measured()
        if _stands(doer):
            return self._functional(doer, side, hand, tell)
        return self._aimed(doer, side, hand, tell) if _stays_low(doer) else Measured()

    def _hand(self, doer: Doer, side: Side) -> Array | None:
        """The wrist against the place where the person is, (samples, 3); None where it was seen too little."""
        wrist = doer.joint(side, "wrist")
        seen = doer.seen(wrist[:, 2]) >= 0.7 and np.isfinite(arm_length(doer, side))
        return doer.smooth(wrist) if seen else None

    # ── standing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _functional(self, doer: Doer, side: Side, hand: Array, tell: Teller) -> Measured:
        ahead = steady_ahead(doer)
        elevation = arm_elevation(doer, side)
        low, high = HORIZONTAL_DEG
        with np.errstate(invalid="ignore"):
            held = stretches((elevation > low) & (geometry.dot(hand - doer.joint(side, "shoulder"), ahead) > 0.0))
        # Who leans far bends the trunk towards the arm: only the beginning asks for a square arm.
        over = [self._overhead_of(doer, side, start, stop) for start, stop in _pairs(held)]
        if any(np.isfinite(each) and each > high + 15.0 for each in over):
            return self._raised(doer, side, hand, tell)
        forward = geometry.dot(hand, ahead)
        tries = [each for start, stop in _pairs(held) if (each := self._try(doer, forward, start, stop)) is not None]
        if not tries:
            return Measured()
        problems = []
        if any(self._stepped(doer, first, far) for first, far in tries):
            problems.append(not_seen(
                "A foot moved during the reach: it does not count.", doer.where, "Repeat it with the feet in place.",
            ))  # fmt: skip
        good = [each for each in tries if not self._stepped(doer, *each)]
        if not doer.to_scale:
            problems.append(_no_metres(doer.where))
        found = list(self._told(doer, side, forward, good, tell)) if good and doer.to_scale else []
        return Measured(measurements=tuple(found), events=tuple(_events(doer, side, good)), problems=tuple(problems))

    def _try(self, doer: Doer, forward: Array, start: int, stop: int) -> tuple[int, int] | None:
        """Samples of the hand at rest, held out, and of the furthest it comes; None where it goes nowhere."""
        part = forward[start:stop]
        if len(part) < self.rest_s * doer.rate_hz or not np.isfinite(part).any():
            return None
        rest = self.rest_m_s * (1.0 if doer.to_scale else doer.leg_m / 0.8)
        speed = np.abs(doer.speed(part))
        slow = speed < max(rest, 2.0 * float(np.nanpercentile(speed, 20)))
        rests = stretches(slow)
        long = np.flatnonzero(rests.stop - rests.start >= self.rest_s * doer.rate_hz)
        if not len(long):
            return None
        first = int(rests.start[long[0]] + rests.stop[long[0]]) // 2
        far = first + int(np.nanargmax(part[first:]))
        return (start + first, start + far) if part[far] - part[first] > self.least_lean_m else None

    def _stepped(self, doer: Doer, first: int, far: int) -> bool:
        ankles = [doer.smooth(doer.joint(side, "ankle"))[first : far + 1, :2] for side in SIDES]
        moved = [float(np.nanmax(geometry.length(a - a[0]))) for a in ankles if np.isfinite(a).all()]
        return any(each > self.most_step * doer.leg_m for each in moved)

    def _told(
        self, doer: Doer, side: Side, forward: Array, tries: Sequence[tuple[int, int]], tell: Teller
    ) -> Iterator[Measurement]:
        span = (float(doer.time_s[tries[0][0]]), float(doer.time_s[tries[-1][1]]))
        yield from tell.of("reach.distance", [forward[far] - forward[first] for first, far in tries], span, side=side)

    def _overhead_of(self, doer: Doer, side: Side, start: int, stop: int) -> float:
        lift = doer.joint(side, "wrist")[start:stop, 2] - doer.joint(side, "shoulder")[start:stop, 2]
        best = int(np.nanargmax(lift)) if np.isfinite(lift).any() else 0
        raised = lift[best] > 0.5 * arm_length(doer, side) if len(lift) else False
        return float(arm_elevation(doer, side)[start + best]) if raised else NAN

    # ── seated, and overhead ──────────────────────────────────────────────────────────────────────────────────────

    def _aimed(self, doer: Doer, side: Side, hand: Array, tell: Teller) -> Measured:
        outs = self._outs(doer, side, hand)
        if any(_is_overhead(doer, side, way) for way in outs):
            return self._raised(doer, side, hand, tell)
        if not outs:
            return Measured()
        if not doer.to_scale:
            return Measured(problems=(_no_metres(doer.where),))
        found = tuple(_judged(doer, side, hand, outs, tell))
        shakes = not any(each.measure == "reach.movement_units" for each in found)
        return Measured(
            measurements=found, events=tuple(_events(doer, side, [(way.start, way.end) for way in outs])),
            problems=(_shakes(doer.where),) if shakes else (),
        )  # fmt: skip

    def _outs(self, doer: Doer, side: Side, hand: Array) -> list[Way]:
        """Ways of the hand out from where it rests."""
        ends = max(1, round(0.5 * doer.rate_hz))
        rest = np.nanmedian(hand[:ends], axis=0) if np.isfinite(hand[:ends]).any() else hand[0]
        away = geometry.length(hand - rest)
        found = ways(away, least=0.0, low=0.0, high=self.least_arm * arm_length(doer, side) / 0.75)
        return [way for way in found if way.up and self._arm_goes(doer, side, hand, way)]

    def _arm_goes(self, doer: Doer, side: Side, hand: Array, way: Way) -> bool:
        """Whether the hand goes out from the shoulder too: hands that only come along with the trunk do not reach."""
        reach = hand - doer.smooth(doer.joint(side, "shoulder"))
        moved = float(geometry.length(reach[way.end] - reach[way.start]))
        return moved > 0.5 * self.least_arm * arm_length(doer, side)

    def _raised(self, doer: Doer, side: Side, hand: Array, tell: Teller) -> Measured:
        outs = [way for way in self._outs(doer, side, hand) if _is_overhead(doer, side, way)]
        if not outs:
            return Measured()
        span = (float(doer.time_s[outs[0].start]), float(doer.time_s[outs[-1].end]))
        lift = hand[:, 2] - doer.smooth(doer.joint(side, "shoulder"))[:, 2]
        elevation = arm_elevation(doer, side)
        found = list(tell.of("reach.arm_elevation_peak", [_top(elevation, way) for way in outs], span, side=side))
        if doer.to_scale:
            found += tell.of("reach.overhead_height", [_top(lift, way) for way in outs], span, side=side)
        return Measured(
            measurements=tuple(found), events=tuple(_events(doer, side, [(way.start, way.end) for way in outs]))
        )


def _judged(doer: Doer, side: Side, hand: Array, outs: Sequence[Way], tell: Teller) -> Iterator[Measurement]:
    span = (float(doer.time_s[outs[0].start]), float(doer.time_s[outs[-1].end]))
    trunk = doer.smooth(doer.shoulders) if doer.shoulders is not None else np.full_like(hand, NAN)
    elbow = doer.smooth(geometry.flexion_angle(*(doer.joint(side, name) for name in ("shoulder", "elbow", "wrist"))))
    speed = geometry.length(doer.speed(hand))
    paths = [straightness(hand[way.start : way.end + 1]) for way in outs]
    values = {
        "reach.hand_distance": [path.chord for path in paths],
        "reach.trunk_displacement": [float(geometry.length(trunk[way.end] - trunk[way.start])) for way in outs],
        "reach.path_ratio": [path.path_ratio for path in paths],
        "reach.velocity_peak": [_top(speed, way) for way in outs],
        "reach.time": [float(doer.time_s[way.end] - doer.time_s[way.start]) for way in outs],
        "reach.movement_units": [_units(speed, way, doer.rate_hz) for way in outs],
        "reach.elbow_flexion_end": [float(elbow[way.end]) for way in outs],
    }
    for measure, each in values.items():
        yield from tell.of(measure, each, span, side=side)


def _units(speed: Array, way: Way, rate_hz: float) -> float:
    """Movement units of a way; NaN where the hand's own shaking at rest is as fast as what makes one."""
    if not float(np.nanpercentile(speed, 20)) < UNIT_M_S:
        return NAN
    return float(velocity_peaks(speed[way.start : way.end + 1], rate_hz, prominence=UNIT_M_S))


def steady_ahead(doer: Doer) -> Array:
    """The front of a person who stays in place: the median direction, (3,)."""
    ahead = doer.ahead[np.isfinite(doer.ahead).all(axis=-1)]
    return geometry.unit(np.median(ahead, axis=0)) if len(ahead) else np.full(3, NAN)


def arm_elevation(doer: Doer, side: Side) -> Array:
    """Angle between the upper arm and the line shoulders–hips, (samples,): 0 hanging, 90 held out; deg."""
    arm = doer.joint(side, "elbow") - doer.joint(side, "shoulder")
    if doer.hips is None or doer.shoulders is None:
        down = np.broadcast_to([0.0, 0.0, -1.0], arm.shape)
    else:
        down = doer.hips - doer.shoulders
    return doer.smooth(geometry.angle_between(arm, down))


def arm_length(doer: Doer, side: Side) -> float:
    """Upper arm and forearm together, median, in the unit of the points; NaN where they were not seen."""
    shoulder, elbow, wrist = (doer.joint(side, name) for name in ("shoulder", "elbow", "wrist"))
    whole = geometry.length(shoulder - elbow) + geometry.length(elbow - wrist)
    known = whole[np.isfinite(whole)]
    return float(np.median(known) if doer.view == "3d" else np.percentile(known, 95)) if len(known) else NAN


def _stands(doer: Doer) -> bool:
    """Whether the person stands; who was seen from the waist up is taken to sit."""
    if doer.hips is None or doer.ankles is None:
        return False
    known = doer.rise[np.isfinite(doer.rise)]
    return bool(len(known)) and float(np.median(known)) > STANDING


def _stays_low(doer: Doer) -> bool:
    """Whether who sits goes on sitting, as far as the legs show."""
    if doer.hips is None or doer.ankles is None:
        return True
    known = doer.rise[np.isfinite(doer.rise)]
    return not len(known) or float(np.percentile(known, 98) - np.percentile(known, 2)) < MOST_RISE


def _is_overhead(doer: Doer, side: Side, way: Way) -> bool:
    lift = doer.joint(side, "wrist")[way.end, 2] - doer.joint(side, "shoulder")[way.end, 2]
    return bool(lift > 0.5 * arm_length(doer, side))


def _top(values: Array, way: Way) -> float:
    part = values[way.start : way.end + 1]
    return float(np.nanmax(part)) if np.isfinite(part).any() else NAN


def _pairs(found: Stretches) -> list[tuple[int, int]]:
    return list(zip(found.start.tolist(), found.stop.tolist(), strict=True))


def _events(doer: Doer, side: Side, tries: Sequence[tuple[int, int]]) -> Iterator[Event]:
    for first, far in tries:
        yield Event(event="reach_start", side=side, time_s=float(doer.time_s[first]))
        yield Event(event="reach_end", side=side, time_s=float(doer.time_s[far]))


def _foot_reaches(doer: Doer) -> bool:
    """Whether a foot goes out by a quarter of a leg: then the hands were not asked, see the Y-reach."""
    ankles = [doer.joint(side, "ankle") for side in SIDES]
    known = [each[np.isfinite(each).all(axis=-1)] for each in ankles]
    return any(len(each) and float(np.ptp(each, axis=0).max()) > 0.25 * doer.leg_m for each in known)


def _shakes(where: str) -> Problem:
    return not_seen(
        "Movement units are not given: at rest the hand's point shakes as fast as a unit is.", where,
        "Film closer and with more light, or use markers.",
    )  # fmt: skip


def _no_metres(where: str) -> Problem:
    return not_seen(
        "The reach is not given: the points have no metres.", where,
        "Give the person's height with --person height_m=…",
    )  # fmt: skip


def _nobody(where: str, doer: Doer | None) -> Problem:
    if doer is not None and not doer.sees_forward:
        return not_seen("A reach forward cannot be seen from the front.", where, "Film from the side of the arm.")
    return not_seen(
        "Nobody reaches here: no hand leaves its rest, or none is held out while standing.", where,
        "Record from the side with shoulder, elbow and wrist in view; begin with the hand at rest.",
    )  # fmt: skip


MEASURE = Reach()

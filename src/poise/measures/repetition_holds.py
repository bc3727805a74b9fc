"""The hold tracker: how long a posture is kept within its band, how it drifts and shakes, where it is touched or lost.

One frame of readings in, what happened out, all memory a plain value, as the repetition tracker's. The band is the
exercise's; it is entered after `ENTERED_S` inside it, and left only where a reading is beyond its bound by more than
its own measuring error (hysteresis): for `TOUCHED_S` and back again it is a touch and the hold goes on, for `BROKEN_S`
it is a break and the hold ends where the band was left.

Where it fails: bounds of what points do not show (sway of the feet, touches of a rail) hold only where somebody gives
them; a posture that is taken before the recording begins has no calm start of its own, so what is told against the
start is told against its first half second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from math import isnan, sqrt
from typing import Any, NamedTuple

from poise.measures import repetition_checks as checks
from poise.measures.readings import READINGS, Start, from_start
from poise.measures.readings_points import NAN, other
from poise.measures.repetition_motion import OF_REPETITION, Limb, Motion, limb_from_plain, watched_of
from poise.measures.repetition_tracker import Happened, numbers, plain
from poise.model import SIDES, Fault, Repetition, Side
from poise.model.exercise import Bound, Exercise

START_S = 0.5
"""The mean of the first half second is the start that rises and falls are told from [design]."""
ENTERED_S, TOUCHED_S, BROKEN_S = 0.3, 0.1, 0.5
"""So long inside begins a hold; so long outside is a touch; so long is a break [design]."""
SHORTEST_S = 1.0
"""A shorter hold is none [design]."""
LIFTED = "m_foot_clearance"

Numbers = Mapping[str, float]
_NO_FAULTS: tuple[Fault, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Band:
    """One bound of the posture: `key` beyond `limit` by more than `slack` leaves it; `sign` −1 for lower bounds.

    Of signed readings (a lean to either side) the size counts (`size_only`).
    """

    key: str
    sign: float
    limit: float
    slack: float
    start: Start
    relative: bool
    size_only: bool

    def beyond(self, readings: Numbers, calm: Numbers) -> float:
        """How far the reading lies beyond the bound, negative inside; NaN where it was not seen."""
        value, rest = readings.get(self.key, NAN), calm.get(self.key, NAN)
        if self.start:
            value = from_start(self.start, value, rest)
        elif self.relative:
            value -= rest
        return self.sign * ((abs(value) if self.size_only else value) - self.limit)


@dataclass(frozen=True, kw_only=True)
class HoldLimb:
    """Whose posture it is: its bounds, the reading that is followed, its checks."""

    side: Side | None
    bands: tuple[Band, ...]
    followed: str
    watch: Limb


@dataclass(frozen=True, kw_only=True)
class HoldPlan:
    """All that the tracker needs to know beforehand, plain values: `least_s` is the time that makes a hold clean."""

    exercise: str
    reading: str
    unit: str
    limbs: tuple[HoldLimb, ...]
    asked_s: float
    least_s: float
    wanted: tuple[str, ...]

    def to_plain(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_plain(cls, held: Mapping[str, Any]) -> HoldPlan:
        """The plan that `to_plain` wrote."""
        values = {each.name: held[each.name] for each in fields(cls)}
        values["limbs"] = tuple(
            HoldLimb(
                side=each["side"], bands=tuple(Band(**band) for band in each["bands"]), followed=each["followed"],
                watch=limb_from_plain(each["watch"]),
            )
            for each in held["limbs"]
        )  # fmt: skip
        values["wanted"] = tuple(held["wanted"])
        return cls(**values)


class Sums(NamedTuple):
    """What mean, spread and slope of the followed reading are made of, against its first value."""

    n: int = 0
    first: float = NAN
    t: float = 0.0
    x: float = 0.0
    tt: float = 0.0
    tx: float = 0.0
    xx: float = 0.0
    last: float = NAN

    def slope(self) -> float:
        """Least-squares slope, unit/s; NaN below three values."""
        spread = self.n * self.tt - self.t * self.t
        return (self.n * self.tx - self.t * self.x) / spread if self.n > 2 and spread > 0.0 else NAN

    def sd(self) -> float:
        """Sample SD; NaN below two values."""
        return sqrt(max(0.0, self.xx - self.x * self.x / self.n) / (self.n - 1)) if self.n > 1 else NAN


class Keeping(NamedTuple):
    """The memory of one limb: since when it is inside or beyond, and the hold that goes on."""

    inside_since_s: float = NAN
    beyond_since_s: float = NAN
    started_s: float = NAN
    last_inside_s: float = NAN
    within_s: float = 0.0
    touching: bool = False
    touches: int = 0
    reached_s: float = NAN
    sums: Sums = Sums()
    watch: checks.Watch = checks.Watch()
    number: int = 0


class HoldState(NamedTuple):
    """Everything the tracker remembers; `stored` and `resumed` turn it into plain values and back."""

    plan: HoldPlan
    time_s: float = NAN
    began_s: float = NAN
    sums: Mapping[str, tuple[float, int]] = {}
    calm: Mapping[str, float] | None = None
    limbs: tuple[Keeping, ...] = ()


def hold_plan_of(exercise: Exercise, *, side: Side | None = None) -> HoldPlan | None:
    """The plan of a hold; None for exercises that are none, or whose posture nothing can tell.

    Of one-sided exercises both sides are followed where none is given. The side of a lifted foot is that of the leg
    that stands.
    """
    if exercise.kind != "hold" or not exercise.states:
        return None
    bounds = [bound for bound in exercise.states[0].when if bound.reading not in OF_REPETITION]
    if not bounds:
        return None
    main = next((bound for bound in bounds if bound.reading in READINGS), bounds[0])
    fact = READINGS.get(main.reading)
    one_sided = fact is not None and fact.sided and exercise.laterality != "bilateral"
    sides: tuple[Side | None, ...] = (None,)
    if one_sided:
        sides = SIDES if side is None else (other(side) if main.reading == LIFTED else side,)
    target = exercise.target
    least_s = exercise.hold_s
    if target is not None and target.reading == "m_hold_time":
        least_s = target.value - target.tolerance
    names = [bound.reading for bound in bounds] + [check.bound.reading for check in exercise.checks]
    return HoldPlan(
        exercise=exercise.id, reading=main.reading, unit=fact.unit if fact else "",
        limbs=tuple(_limb_of(exercise, bounds, main.reading, one) for one in sides),
        asked_s=exercise.hold_s, least_s=least_s,
        wanted=tuple(name for name in dict.fromkeys(names) if name in READINGS),
    )  # fmt: skip


def _limb_of(exercise: Exercise, bounds: Iterable[Bound], main: str, side: Side | None) -> HoldLimb:
    bands = tuple(_band(bound, key) for bound in bounds for key in _keys(bound.reading, side))
    motion = Motion(reading=main, sign=1.0, near=NAN, far=NAN, at="", back="")
    stands = other(side) if side is not None and main == LIFTED else side
    found = (watched_of(check, exercise, motion, stands) for check in exercise.checks)
    followed = _keys(main, side)[0]
    return HoldLimb(
        side=stands, bands=bands, followed=followed,
        watch=Limb(side=stands, keys=(followed,), sign=1.0, checks=tuple(each for each in found)),
    )  # fmt: skip


def _keys(reading: str, side: Side | None) -> tuple[str, ...]:
    if reading not in READINGS or not READINGS[reading].sided:
        return (reading,)
    return (f"{reading}.{side}",) if side else tuple(f"{reading}.{each}" for each in SIDES)


def _band(bound: Bound, key: str) -> Band:
    fact = READINGS.get(bound.reading)
    return Band(
        key=key, sign=-1.0 if bound.above else 1.0, limit=bound.value, slack=fact.error if fact else 0.0,
        start=fact.start if fact else "", relative=bound.against == "rel", size_only=fact is not None and fact.signed,
    )  # fmt: skip


def start(plan: HoldPlan) -> HoldState:
    """Nothing has been seen yet."""
    return HoldState(plan=plan, limbs=tuple(Keeping(watch=checks.fresh(limb.watch)) for limb in plan.limbs))


def step(state: HoldState, time_s: float, readings: Numbers) -> tuple[HoldState, tuple[Happened, ...]]:
    """One frame.

    Parameters
    ----------
    state
        As `start`, `resumed` or the last step gave it.
    time_s
        Rising; a frame that is not later than the last one is passed over.
    readings
        By key (``m_foot_clearance.left``), before `from_start`; NaN or absent where not seen. What points do not show
        (``m_sway_path``, ``m_touch_count``) is held to where it is given.

    Returns
    -------
    state, events
        The new state; `hold_start`, `hold_touch`, `hold_break`, `hold_end` (with its repetition) and `check`.
    """
    if time_s <= state.time_s:
        return state, ()
    if state.calm is None:
        return _first(state, time_s, readings), ()
    limbs: list[Keeping] = []
    events: tuple[Happened, ...] = ()
    for limb, keeping in zip(state.plan.limbs, state.limbs, strict=True):
        kept, more = _kept(state, limb, keeping, time_s, readings)
        limbs.append(kept)
        events += more
    return HoldState(state.plan, time_s, state.began_s, state.sums, state.calm, tuple(limbs)), events


def finish(state: HoldState) -> tuple[HoldState, tuple[Happened, ...]]:
    """The recording ends here: a hold that goes on ends with it, marked as not complete."""
    limbs: list[Keeping] = []
    events: tuple[Happened, ...] = ()
    for limb, keeping in zip(state.plan.limbs, state.limbs, strict=True):
        kept, more = (keeping, ()) if isnan(keeping.started_s) else _ended(state, limb, keeping, complete=False)
        limbs.append(kept)
        events += more
    return state._replace(limbs=tuple(limbs)), events


def track(plan: HoldPlan, frames: Iterable[tuple[float, Numbers]]) -> tuple[Happened, ...]:
    """All events of a recording: the fold of `step`, then `finish`."""
    state = start(plan)
    found: list[Happened] = []
    for time_s, readings in frames:
        state, events = step(state, time_s, readings)
        found += events
    found += finish(state)[1]
    return tuple(found)


def stored(state: HoldState) -> dict[str, Any]:
    """The state as plain values for JSON; a number that is not finite is a word."""
    held: dict[str, Any] = plain(state._asdict() | {"plan": state.plan.to_plain()})
    return held


def resumed(held: Mapping[str, Any]) -> HoldState:
    """The state that `stored` wrote; the stream goes on as if it had never been cut."""
    values = numbers(held)
    return HoldState(
        plan=HoldPlan.from_plain(values["plan"]), time_s=values["time_s"], began_s=values["began_s"],
        sums={key: (pair[0], pair[1]) for key, pair in values["sums"].items()}, calm=values["calm"],
        limbs=tuple(map(_keeping, values["limbs"])),
    )  # fmt: skip


def _keeping(held: list[Any]) -> Keeping:
    found = Keeping(*held)
    worst, beyond_s, told, aim = found.watch
    return found._replace(sums=Sums(*found.sums), watch=checks.Watch(tuple(worst), tuple(beyond_s), tuple(told), aim))


def _first(state: HoldState, time_s: float, readings: Numbers) -> HoldState:
    """The first half second in which anything was seen: what rises and falls are told from."""
    sums = dict(state.sums)
    for key, value in readings.items():
        if not isnan(value):
            total, n = sums.get(key, (0.0, 0))
            sums[key] = (total + value, n + 1)
    began_s = time_s if isnan(state.began_s) and sums else state.began_s
    state = state._replace(time_s=time_s, began_s=began_s, sums=sums)
    if isnan(began_s) or time_s - began_s < START_S:
        return state
    return state._replace(calm={key: total / n for key, (total, n) in sums.items()}, sums={})


def _kept(
    state: HoldState, limb: HoldLimb, keeping: Keeping, time_s: float, readings: Numbers
) -> tuple[Keeping, tuple[Happened, ...]]:
    calm, dt = state.calm or {}, time_s - state.time_s
    holding = not isnan(keeping.started_s)
    inside, seen = True, False
    for band in limb.bands:
        beyond = band.beyond(readings, calm)
        if not isnan(beyond):
            seen = True
            inside = inside and beyond <= (band.slack if holding else 0.0)
    inside = inside and seen
    if not holding:
        return _waited(limb, keeping, time_s, inside=inside)
    if not inside:
        return _outside(state, limb, keeping, time_s)
    watch, faults = keeping.watch, _NO_FAULTS
    if limb.watch.checks:
        watch, faults = checks.watched(limb.watch, watch, calm, readings, dt=dt, out=False)
    within_s = keeping.within_s + (dt if isnan(keeping.beyond_since_s) else 0.0)
    reached_s = time_s if isnan(keeping.reached_s) and within_s >= state.plan.asked_s else keeping.reached_s
    sums = _added(keeping.sums, time_s - keeping.started_s, readings.get(limb.followed, NAN))
    kept = keeping._replace(
        beyond_since_s=NAN, last_inside_s=time_s, within_s=within_s, touching=False, reached_s=reached_s, sums=sums,
        watch=watch,
    )  # fmt: skip
    return kept, tuple(Happened("check", limb.side, time_s, each.value, fault=each) for each in faults)


def _waited(limb: HoldLimb, keeping: Keeping, time_s: float, *, inside: bool) -> tuple[Keeping, tuple[Happened, ...]]:
    if not inside:
        return keeping._replace(inside_since_s=NAN), ()
    since_s = time_s if isnan(keeping.inside_since_s) else keeping.inside_since_s
    if time_s - since_s < ENTERED_S:
        return keeping._replace(inside_since_s=since_s), ()
    kept = Keeping(
        started_s=since_s, last_inside_s=time_s, within_s=time_s - since_s, watch=checks.fresh(limb.watch),
        number=keeping.number,
    )  # fmt: skip
    return kept, (Happened("hold_start", limb.side, since_s),)


def _outside(state: HoldState, limb: HoldLimb, keeping: Keeping, time_s: float) -> tuple[Keeping, tuple[Happened, ...]]:
    since_s = keeping.last_inside_s if isnan(keeping.beyond_since_s) else keeping.beyond_since_s
    keeping = keeping._replace(beyond_since_s=since_s)
    if time_s - since_s >= BROKEN_S:
        ended, events = _ended(state, limb, keeping, complete=True)
        return ended, (Happened("hold_break", limb.side, since_s), *events)
    if keeping.touching or time_s - since_s < TOUCHED_S:
        return keeping, ()
    touched = keeping._replace(touching=True, touches=keeping.touches + 1)
    return touched, (Happened("hold_touch", limb.side, since_s),)


def _ended(
    state: HoldState, limb: HoldLimb, keeping: Keeping, *, complete: bool
) -> tuple[Keeping, tuple[Happened, ...]]:
    """What was held, where it was long enough; the touch that became the break is none."""
    again = Keeping(watch=checks.fresh(limb.watch), number=keeping.number)
    end_s = keeping.last_inside_s
    if end_s - keeping.started_s < SHORTEST_S:
        return again, (Happened("hold_void", limb.side, end_s, why="too short"),)
    found = _repetition(state.plan, limb, keeping, end_s, complete=complete)
    return again._replace(number=found.number), (Happened("hold_end", limb.side, end_s, repetition=found),)


def _repetition(plan: HoldPlan, limb: HoldLimb, keeping: Keeping, end_s: float, *, complete: bool) -> Repetition:
    faults = checks.faults_so_far(limb.watch, keeping.watch)
    severe = any(each.severity in ("major", "stop") for each in faults)
    values = [("hold_time", keeping.within_s, "s"), ("hold_touches", float(_touches(keeping)), "count")]
    if plan.unit == "deg":
        values += [("hold_drift", keeping.sums.slope(), "deg/s"), ("hold_sd", keeping.sums.sd(), "deg")]
    return Repetition(
        number=keeping.number + 1, side=limb.side, start_s=keeping.started_s,
        apex_s=end_s if isnan(keeping.reached_s) else keeping.reached_s, end_s=end_s, reading=plan.reading,
        unit=plan.unit, start=keeping.sums.first, apex=keeping.sums.last, complete=complete,
        clean=not severe and keeping.within_s >= plan.least_s - 1e-6, faults=faults,
        values=tuple(each for each in values if not isnan(each[1])),
    )  # fmt: skip


def _touches(keeping: Keeping) -> int:
    return keeping.touches - (1 if keeping.touching else 0)


def _added(sums: Sums, t: float, value: float) -> Sums:
    if isnan(value):
        return sums
    first = value if isnan(sums.first) else sums.first
    x = value - first
    return Sums(sums.n + 1, first, sums.t + t, sums.x + x, sums.tt + t * t, sums.tx + t * x, sums.xx + x * x, value)

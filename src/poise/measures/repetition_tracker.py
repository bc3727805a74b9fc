"""The repetition tracker: one frame of readings in, what happened out; all its memory is a plain value.

A repetition leaves the resting level, turns at a far point and comes back. Resting level, turning points and the
person's usual range are learnt on the way, so that little range counts, and only an excursion counts that is larger
than sway, breath and the sensor's shaking: a reading that trembles about any threshold counts nothing.

The filter is two equal first-order low-passes in a row. Their delay is `Plan.delay_s` for every slow change, whatever
the frame rate; all times are given without it. Speed comes out of the same filter for nothing.

Where it fails: movements faster than about two a second are flattened by the filter; a pause longer than
`Plan.longest_s` in the far posture is taken for a new resting posture; a person who comes back less than two thirds of
the way does one long repetition, not two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import isfinite, isnan
from statistics import median
from typing import Any, NamedTuple

from poise.measures import repetition_checks as checks
from poise.measures.readings import READINGS, from_start
from poise.measures.readings_points import NAN
from poise.measures.repetition_motion import Limb, Plan
from poise.model import Fault, Repetition, Side

RETURNED, SETTLED = 0.65, 0.80
"""Shares of the way back after which a new way out, or standing still, ends a repetition [design]."""
LEAVING = 0.25
"""Share of the usual range that is a way out, once there is a usual range [design]."""
TURNED = 0.15
"""Share of the range by which the reading must come back before its far point is believed [measures.md 3.1]."""
PARTIAL = 0.5
"""A repetition of less than this share of the usual range is partial [measures.md 3.1, item 5]."""
OTHER_SIDE = 0.25
"""Of an exercise of both sides, the side that moves less must move at least this share of the other [design]."""
REMEMBERED = 5
"""How many of the last ranges make the usual one: after three small ones, small is what the person does now."""
CALM_SPAN = 0.5
"""Calm is a reading that stays within this share of the least excursion [design]."""
LONGEST_GAP_S = 1.0
LEAST_SEEN = 0.8
"""Share of frames that must be there in a repetition that is judged [clinical/rules.md, min_valid_frames]."""
STILL_S = 0.5
AGAIN_S = 1.0
"""Who dips the other way and stands where they stood before, for so long, has not gone out [design]."""
SHORTEST_CUT_S = 0.3
"""A repetition that the recording's end cut off may be this short [design]."""
REST, OUT, BACK = 1, 2, 3
UNKNOWN = (NAN, NAN)
_HEADINGS = frozenset(name for name, each in READINGS.items() if each.start == "turn")
_NO_FAULTS: tuple[Fault, ...] = ()

Numbers = Mapping[str, float]
Pair = tuple[float, float]


class Happened(NamedTuple):
    """One event: `ready`, `repetition_start`, `_apex`, `_end`, `_partial`, `_void`, or `check`.

    `time_s` is without the filter's delay. `repetition` is given with the end of one (partial ones too), `fault` with a
    check; `why` says why a start became void: too short, too long, not seen, other side, one side only, travelled,
    back at rest.
    """

    event: str
    side: Side | None
    time_s: float
    level: float = NAN
    why: str = ""
    repetition: Repetition | None = None
    fault: Fault | None = None


class Excursion(NamedTuple):
    """The repetition that is going on: where it began, its far point and its lowest point since."""

    start_s: float
    start: float
    far: float
    far_s: float
    low: float
    low_s: float
    speed: float
    sides_start: Pair
    sides_far: Pair
    place: Pair
    here: Pair
    watch: checks.Watch
    frames: int = 1
    missed: int = 0
    held_s: float = 0.0


class Past(NamedTuple):
    """What was: how many, the last ranges (partial ones too), the usual speed, and when the last one was."""

    number: int = 0
    ranges: tuple[float, ...] = ()
    speed: float = 0.0
    last_s: tuple[float, float, float] = (NAN, NAN, NAN)


class Going(NamedTuple):
    """The memory of one limb: the filter, the resting level and the last moment at rest, and what is going on."""

    phase: int = REST
    value: float = NAN
    first: float = NAN
    second: float = NAN
    gap_s: float = 0.0
    near: float = NAN
    settled: float = NAN
    still_s: float = NAN
    sides: Pair = UNKNOWN
    place: Pair = UNKNOWN
    excursion: Excursion | None = None
    past: Past = Past()


class Waiting(NamedTuple):
    """The memory before the gate opens: since when the person is calm, between what levels, and the sums there."""

    since_s: float = NAN
    filtered: tuple[Pair, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    sums: Mapping[str, tuple[float, int]] = {}


class State(NamedTuple):
    """Everything the tracker remembers; `stored` and `resumed` turn it into plain values and back.

    `calm` holds the mean of every reading while the person was calm, None before: what rises and falls are told from.
    """

    plan: Plan
    time_s: float = NAN
    began_s: float = NAN
    waiting: Waiting = Waiting()
    calm: Mapping[str, float] | None = None
    limbs: tuple[Going, ...] = ()


class _Now(NamedTuple):
    plan: Plan
    limb: Limb
    calm: Numbers
    readings: Numbers
    time_s: float
    dt: float
    others: tuple[Going, ...] = ()


Found = tuple[Going, tuple[Happened, ...]]


def start(plan: Plan) -> State:
    """Nothing has been seen yet."""
    return State(plan=plan, limbs=tuple(Going() for _ in plan.limbs))


def step(state: State, time_s: float, readings: Numbers) -> tuple[State, tuple[Happened, ...]]:
    """One frame.

    Parameters
    ----------
    state
        As `start`, `resumed` or the last step gave it.
    time_s
        Rising; a frame that is not later than the last one is passed over.
    readings
        By key (``m_knee_flexion.left``), before `from_start`; NaN or absent where not seen. ``place.x``, ``place.y``
        and ``place.height``, where given, say where the feet are and how high the hips, for telling walking apart.
        Others than those of points (``m_pain_now``, ``m_touch_count``) are checked where they are given.

    Returns
    -------
    state, events
        The state after this frame, a new value; what happened in it, mostly nothing.
    """
    if time_s <= state.time_s:
        return state, ()
    if state.calm is None:
        return _before(state, time_s, readings)
    plan, dt, calm = state.plan, time_s - state.time_s, state.calm
    if len(plan.limbs) == 1:
        going, events = _limb(_Now(plan, plan.limbs[0], calm, readings, time_s, dt), state.limbs[0])
        limbs: tuple[Going, ...] = (going,)
    else:
        limbs, events = state.limbs, ()
        for i, limb in enumerate(plan.limbs):
            others = limbs[:i] + limbs[i + 1 :]
            going, more = _limb(_Now(plan, limb, calm, readings, time_s, dt, others), limbs[i])
            limbs, events = (*limbs[:i], going, *limbs[i + 1 :]), events + more
    after = State(plan, time_s, state.began_s, state.waiting, calm, limbs)
    return after, _not_before(state.began_s, events) if events else events


def finish(state: State) -> tuple[State, tuple[Happened, ...]]:
    """The recording ends here: a repetition past its far point counts, marked as not complete."""
    limbs: tuple[Going, ...] = state.limbs
    events: tuple[Happened, ...] = ()
    for i, limb in enumerate(state.plan.limbs):
        now = _Now(state.plan, limb, state.calm or {}, {}, state.time_s, 0.0, limbs[:i] + limbs[i + 1 :])
        if _past_far_point(state.plan, limbs[i]) or _stands_there(state.plan, limb, limbs[i]):
            end_s = state.time_s + state.plan.delay_s  # the last frame itself, not what the filter has of it
            going, more = _ended(now, limbs[i], end_s, limbs[i].value, complete=False)
            limbs, events = (*limbs[:i], going, *limbs[i + 1 :]), events + more
    return state._replace(limbs=limbs), _not_before(state.began_s, events)


def track(plan: Plan, frames: Iterable[tuple[float, Numbers]]) -> tuple[Happened, ...]:
    """All events of a recording: the fold of `step`, then `finish`."""
    state = start(plan)
    found: list[Happened] = []
    for time_s, readings in frames:
        state, events = step(state, time_s, readings)
        found += events
    found += finish(state)[1]
    return tuple(found)


# ---------- before the gate opens ----------


def _before(state: State, time_s: float, readings: Numbers) -> tuple[State, tuple[Happened, ...]]:
    """Until the person is calm: every reading there is what rises and falls are told from."""
    plan, waiting = state.plan, state.waiting
    began_s = time_s if isnan(state.began_s) else state.began_s
    filtered = tuple(
        _filtered(plan, checks.mean(readings.get(key, NAN) for key in limb.keys), before, time_s - state.time_s)
        for limb, before in zip(plan.limbs, waiting.filtered or (UNKNOWN,) * len(plan.limbs), strict=True)
    )
    raw = tuple(second for _, second in filtered)
    if all(isnan(value) for value in raw):
        return state._replace(time_s=time_s, began_s=began_s, waiting=Waiting()), ()
    low, high = tuple(map(_lower, raw, waiting.low or raw)), tuple(map(_higher, raw, waiting.high or raw))
    tall = [abs(value) if plan.start in ("fall", "share") else 1.0 for value in high]
    spans = [b - a for a, b in zip(low, high, strict=True)]
    if (
        isnan(waiting.since_s)
        or _beyond_halfway(plan, raw)
        or any(span > CALM_SPAN * plan.least * size for span, size in zip(spans, tall, strict=True))
    ):
        waiting, low, high = Waiting(since_s=time_s, filtered=filtered), raw, raw
    sums = dict(waiting.sums)
    for key, value in readings.items():
        if not isnan(value):
            total, n = sums.get(key, (0.0, 0))
            sums[key] = (total + value, n + 1)
    waiting = Waiting(waiting.since_s, filtered, low, high, sums)
    state = state._replace(time_s=time_s, began_s=began_s, waiting=waiting)
    return _opened(state, readings) if time_s - waiting.since_s >= plan.gate_s - 1e-6 else (state, ())


def _filtered(plan: Plan, value: float, before: Pair, dt: float) -> Pair:
    """Both stages of the filter after one more value; the value itself where there was none before."""
    if isnan(value) or isnan(before[0]) or isnan(dt):
        return value, value
    share = dt / (0.5 * plan.delay_s + dt)
    first = before[0] + share * (value - before[0])
    return first, before[1] + share * (first - before[1])


def _beyond_halfway(plan: Plan, raw: tuple[float, ...]) -> bool:
    """Whether somebody is nearer to the far posture than to the start: standing still there is no calm start."""
    return plan.gate_s > 0.0 and any(
        value * limb.sign > plan.halfway * limb.sign for value, limb in zip(raw, plan.limbs, strict=True)
    )


def _opened(state: State, readings: Numbers) -> tuple[State, tuple[Happened, ...]]:
    plan, time_s = state.plan, state.time_s
    calm = {key: total / n for key, (total, n) in state.waiting.sums.items()}
    # The mean of headings about 180 deg means nothing; while calm one is as good as the other.
    calm |= {key: readings[key] for key in calm if key in _HEADINGS and not isnan(readings.get(key, NAN))}
    limbs = tuple(
        _limb(_Now(plan, limb, calm, readings, time_s, 0.0), going)[0]
        for limb, going in zip(plan.limbs, state.limbs, strict=True)
    )
    return state._replace(calm=calm, limbs=limbs, waiting=Waiting()), (Happened("ready", None, time_s),)


# ---------- one limb, one frame ----------


def _limb(now: _Now, going: Going) -> Found:
    value, sides = _followed(now)
    if isnan(value):
        return _unseen(now, going), ()
    if isnan(going.first):  # the first time it is seen
        return going._replace(
            value=value, first=value, second=value, near=value, settled=value, still_s=now.time_s, sides=sides,
            place=_place(now.readings),
        ), ()  # fmt: skip
    plan, dt = now.plan, now.dt
    tau = 0.5 * plan.delay_s
    share = (dt + going.gap_s) / (tau + dt + going.gap_s)
    first = going.first + share * (value - going.first)
    x = going.second + share * (first - going.second)
    speed = (first - x) / tau
    excursion = going.excursion
    if excursion is None:
        return _at_rest(now, going._replace(value=value), (first, x, speed), sides)
    if now.time_s - excursion.start_s > plan.longest_s:
        if _stands_there(plan, now.limb, going):
            return _ended(now, going._replace(first=first, second=x), now.time_s, x, complete=False)
        return _void(now, going._replace(first=first, second=x), "too long", now.time_s, x)
    if going.gap_s > LONGEST_GAP_S:
        return _void(now, going._replace(first=first, second=x), "not seen", now.time_s, x)
    watch, faults = excursion.watch, _NO_FAULTS
    if now.limb.checks:
        watch, faults = checks.watched(now.limb, watch, now.calm, now.readings, dt=dt, out=going.phase == OUT)
    moving = -speed if speed < 0.0 else speed
    # By position, all fields in their order: `_replace` costs four times as much, and this is done in every frame.
    excursion = Excursion(
        excursion.start_s, excursion.start, excursion.far, excursion.far_s, excursion.low, excursion.low_s,
        moving if moving > excursion.speed else excursion.speed, excursion.sides_start, excursion.sides_far,
        excursion.place, _place(now.readings, excursion.here), watch, excursion.frames + 1, excursion.missed,
        excursion.held_s + (dt if x >= plan.far * now.limb.sign else 0.0),
    )  # fmt: skip
    going = Going(
        going.phase,
        value,
        first,
        x,
        0.0,
        going.near,
        going.settled,
        going.still_s,
        sides,
        going.place,
        excursion,
        going.past,
    )
    going, events = _going_out(now, going) if going.phase == OUT else _coming_back(now, going, speed)
    return going, (*_told(now, faults), *events) if faults else events


def _followed(now: _Now) -> tuple[float, Pair]:
    """The counted reading of this frame, + on the way out; and of each side by itself where both are followed."""
    keys, sign, kind = now.limb.keys, now.limb.sign, now.plan.start
    value = now.readings.get(keys[0], NAN)
    if kind:
        value = from_start(kind, value, now.calm.get(keys[0], NAN))
    value *= sign
    if len(keys) == 1:
        return (max(0.0, value) if now.limb.split and not isnan(value) else value), UNKNOWN
    second = now.readings.get(keys[1], NAN)
    if kind:
        second = from_start(kind, second, now.calm.get(keys[1], NAN))
    second *= sign
    together = second if isnan(value) else value if isnan(second) else 0.5 * (value + second)
    return together, (value, second)


def _unseen(now: _Now, going: Going) -> Going:
    excursion = going.excursion
    if excursion is not None:
        excursion = excursion._replace(frames=excursion.frames + 1, missed=excursion.missed + 1)
    return going._replace(gap_s=going.gap_s + now.dt, excursion=excursion)


def _at_rest(now: _Now, going: Going, filtered: tuple[float, float, float], sides: Pair) -> Found:
    plan, past = now.plan, going.past
    first, x, speed = filtered
    slow = max(0.05 * past.speed, 0.5 * plan.least)
    near, settled, still_s, place, sides_near = going.near, going.settled, going.still_s, going.place, going.sides
    if going.gap_s > LONGEST_GAP_S:  # nobody knows what happened meanwhile
        near, still_s = x, now.time_s
    near = min(near, x)
    if speed <= slow:
        still_s, place, sides_near = now.time_s, _place(now.readings, place), sides
        if speed >= -slow:  # standing still a little elsewhere becomes the new rest, slowly
            near += (x - near) * min(1.0, now.dt)
            settled = x
    going = Going(REST, going.value, first, x, 0.0, near, settled, still_s, sides_near, place, None, past)
    if x - near <= max(plan.least, LEAVING * usual_range(plan, past)):
        return going, ()
    excursion = Excursion(
        start_s=still_s, start=near, far=x, far_s=now.time_s, low=x, low_s=now.time_s, speed=speed,
        sides_start=sides_near, sides_far=sides, place=place, here=place, watch=checks.fresh(now.limb),
    )  # fmt: skip
    going = going._replace(phase=OUT, sides=sides, excursion=excursion)
    return going, (Happened("repetition_start", now.limb.side, _at(plan, still_s), near * now.limb.sign),)


def _going_out(now: _Now, going: Going) -> Found:
    excursion, x = _excursion(going), going.second
    if x > excursion.far:
        return _farther(now, going, excursion), ()
    if now.time_s - excursion.far_s > AGAIN_S and abs(x - going.settled) <= now.plan.least:
        return _void(now, going, "back at rest", now.time_s, x)
    if excursion.far - x <= max(0.4 * now.plan.least, TURNED * (excursion.far - excursion.start)):
        return going, ()
    watch, faults = checks.far_point_faults(now.limb, excursion.watch)
    excursion = excursion._replace(low=x, low_s=now.time_s, watch=watch)
    apex = Happened("repetition_apex", now.limb.side, _at(now.plan, excursion.far_s), excursion.far * now.limb.sign)
    return going._replace(phase=BACK, excursion=excursion), (apex, *_told(now, faults))


def _farther(now: _Now, going: Going, excursion: Excursion) -> Going:
    watch = checks.at_far_point(now.limb, excursion.watch, now.calm, now.readings)
    excursion = excursion._replace(far=going.second, far_s=now.time_s, sides_far=going.sides, watch=watch)
    return going._replace(phase=OUT, excursion=excursion)


def _coming_back(now: _Now, going: Going, speed: float) -> Found:
    excursion, x, plan = _excursion(going), going.second, now.plan
    if x > excursion.far:  # it was not the far point yet
        return _farther(now, going, excursion), ()
    if x < excursion.low:
        excursion = excursion._replace(low=x, low_s=now.time_s)
        going = going._replace(excursion=excursion)
    whole = excursion.far - excursion.start
    back = (excursion.far - excursion.low) / whole
    if back >= SETTLED and speed > -max(0.05 * max(going.past.speed, excursion.speed), 0.5 * plan.least):
        return _ended(now, going, now.time_s, x)
    turned = x - excursion.low > max(plan.least, TURNED * whole)
    if back >= RETURNED and (turned or now.time_s - excursion.low_s > STILL_S):
        return _ended(now, going, excursion.low_s, excursion.low)
    return going, ()


# ---------- the end of a repetition ----------


def _past_far_point(plan: Plan, going: Going) -> bool:
    """Whether the way back had begun when the recording ended."""
    excursion = going.excursion
    if excursion is None:
        return False
    fallen = excursion.far - going.value  # the filter has not seen all of it yet
    return going.phase == BACK or fallen > max(0.25 * plan.least, 0.1 * (excursion.far - excursion.start))


def _stands_there(plan: Plan, limb: Limb, going: Going) -> bool:
    """Whether somebody has come to a far posture that one may stay in: nearer to it than to the start."""
    excursion = going.excursion
    return plan.rests_far and excursion is not None and excursion.far > plan.halfway * limb.sign


def usual_range(plan: Plan, past: Past) -> float:
    """The person's range: the median of the last ones, else the best on record, else 0."""
    if past.ranges:
        return median(past.ranges)
    return 0.0 if isnan(plan.best) else plan.best


def _ended(now: _Now, going: Going, end_s: float, level: float, *, complete: bool = True) -> Found:
    excursion, past, plan = _excursion(going), going.past, now.plan
    if why := _why_void(now, going, end_s, complete=complete):
        return _void(now, going, why, end_s, level)
    size = excursion.far - excursion.start
    partial = size < PARTIAL * usual_range(plan, past)
    number = past.number + (0 if partial else 1)
    found, late = _repetition(now, excursion, number, end_s, complete=complete)
    past = Past(
        number=number, ranges=(*past.ranges, size)[-REMEMBERED:],
        speed=0.5 * (excursion.speed + past.speed) if past.speed else excursion.speed,
        last_s=(excursion.start_s, excursion.far_s, end_s),
    )  # fmt: skip
    end = Happened(
        "repetition_partial" if partial else "repetition_end", now.limb.side, found.end_s, level * now.limb.sign,
        repetition=found,
    )  # fmt: skip
    return _resting(now, going._replace(past=past), level, end_s), (*_told(now, late, found.end_s), end)


def _void(now: _Now, going: Going, why: str, time_s: float, level: float) -> Found:
    void = Happened("repetition_void", now.limb.side, _at(now.plan, time_s), why=why)
    return _resting(now, going, level, time_s), (void,)


def _resting(now: _Now, going: Going, level: float, time_s: float) -> Going:
    return going._replace(
        phase=REST, near=level, settled=level, still_s=time_s, place=_place(now.readings), excursion=None, gap_s=0.0
    )  # fmt: skip


def _why_void(now: _Now, going: Going, end_s: float, *, complete: bool) -> str:
    excursion, plan = _excursion(going), now.plan
    if end_s - excursion.start_s < (plan.shortest_s if complete else SHORTEST_CUT_S):
        return "too short"
    if excursion.missed > 0.5 * excursion.frames:
        return "not seen"
    if plan.together and _one_sided(excursion):
        return "one side only"
    x, y = excursion.here
    if (x - excursion.place[0]) ** 2 + (y - excursion.place[1]) ** 2 > plan.travel**2:
        return "travelled"
    return "other side" if any(_is_of(other, excursion) for other in now.others) else ""


def _is_of(other: Going, excursion: Excursion) -> bool:
    """Whether it is a part of what the other limb does or has just done."""
    if other.excursion is not None and other.excursion.far - other.excursion.start > excursion.far - excursion.start:
        return True
    begin, apex, end = other.past.last_s
    return begin <= excursion.far_s <= end and excursion.start_s <= apex


def _one_sided(excursion: Excursion) -> bool:
    rises = [abs(far - near) for far, near in zip(excursion.sides_far, excursion.sides_start, strict=True)]
    return min(rises) < OTHER_SIDE * max(rises)


def _repetition(
    now: _Now, excursion: Excursion, number: int, end_s: float, *, complete: bool
) -> tuple[Repetition, tuple[Fault, ...]]:
    """The repetition with its faults; and those that only its end showed."""
    plan, limb = now.plan, now.limb
    start_s, apex_s = _at(plan, excursion.start_s), _at(plan, excursion.far_s)
    end_s = max(_at(plan, end_s), apex_s)
    lowering_s = apex_s - start_s if plan.lowering_out else end_s - apex_s
    times = {"m_rep_time": end_s - start_s, "m_descent_time": lowering_s, "m_hold_time": excursion.held_s}
    late = checks.late_faults(limb, times, now.calm, now.readings) if complete else ()
    faults = (*checks.faults_so_far(limb, excursion.watch), *late)
    seen = 1.0 - excursion.missed / excursion.frames
    clean = checks.reached(limb, excursion.watch, now.calm, now.readings) if seen >= LEAST_SEEN else None
    if any(fault.severity in ("major", "stop") for fault in faults):
        clean = False
    return Repetition(
        number=number, side=limb.side, start_s=start_s, apex_s=apex_s, end_s=end_s, reading=plan.reading,
        unit=plan.unit, start=excursion.start * limb.sign, apex=excursion.far * limb.sign, complete=complete,
        clean=clean, faults=faults, valid_fraction=seen,
    ), late  # fmt: skip


# ---------- a state that is put away and taken up again ----------


def stored(state: State) -> dict[str, Any]:
    """The state as plain values for JSON; a number that is not finite is a word."""
    held: dict[str, Any] = plain(state._asdict() | {"plan": state.plan.to_plain()})
    return held


def resumed(held: Mapping[str, Any]) -> State:
    """The state that `stored` wrote; the stream goes on as if it had never been cut."""
    values = numbers(held)
    calm = values["calm"]
    since_s, filtered, low, high, sums = values["waiting"]
    return State(
        plan=Plan.from_plain(values["plan"]), time_s=values["time_s"], began_s=values["began_s"], calm=calm,
        waiting=Waiting(
            since_s, tuple(map(_pair, filtered)), tuple(low), tuple(high),
            {key: (pair[0], pair[1]) for key, pair in sums.items()},
        ),
        limbs=tuple(map(_going, values["limbs"])),
    )  # fmt: skip


def _going(held: list[Any]) -> Going:
    going = Going(*held)
    past = Past(*held[-1])
    past = past._replace(ranges=tuple(past.ranges), last_s=(past.last_s[0], past.last_s[1], past.last_s[2]))
    excursion = None if going.excursion is None else _excursion_from(list(going.excursion))
    return going._replace(sides=_pair(going.sides), place=_pair(going.place), excursion=excursion, past=past)


def _pair(held: Pair) -> Pair:
    return held[0], held[1]


def _excursion_from(held: list[Any]) -> Excursion:
    found = Excursion(*held)
    worst, beyond_s, told, aim = found.watch
    return found._replace(
        sides_start=_pair(found.sides_start), sides_far=_pair(found.sides_far), place=_pair(found.place),
        here=_pair(found.here),
        watch=checks.Watch(tuple(worst), tuple(beyond_s), tuple(told), aim),
    )  # fmt: skip


def plain(held: Any) -> Any:
    """Anything a state holds as plain values for JSON; a number that is not finite is a word."""
    if isinstance(held, Mapping):
        return {str(name): plain(value) for name, value in held.items()}
    if isinstance(held, list | tuple):
        return [plain(each) for each in held]
    return str(held) if isinstance(held, float) and not isfinite(held) else held


def numbers(held: Any) -> Any:
    """What `plain` wrote, with its numbers back."""
    if isinstance(held, Mapping):
        return {name: numbers(value) for name, value in held.items()}
    if isinstance(held, list):
        return [numbers(each) for each in held]
    return float(held) if held in ("nan", "inf", "-inf") else held


# ---------- small things ----------


def _excursion(going: Going) -> Excursion:
    if going.excursion is None:
        raise ValueError("a limb on its way has an excursion")
    return going.excursion


def _at(plan: Plan, time_s: float) -> float:
    """A moment of the filtered reading on the recording's clock."""
    return time_s - plan.delay_s


def _told(now: _Now, faults: tuple[Fault, ...], time_s: float = NAN) -> tuple[Happened, ...]:
    when_s = now.time_s if isnan(time_s) else time_s
    return tuple(Happened("check", now.limb.side, when_s, fault.value, fault=fault) for fault in faults)


def _not_before(began_s: float, events: tuple[Happened, ...]) -> tuple[Happened, ...]:
    """No event before the first frame: the filter had no delay yet."""
    return tuple(
        each._replace(
            time_s=max(began_s, each.time_s),
            repetition=each.repetition and replace(each.repetition, start_s=max(began_s, each.repetition.start_s)),
        )
        for each in events
    )


def _place(readings: Numbers, before: Pair = UNKNOWN) -> Pair:
    """Where the feet are, by the height of the hips; where they were `before` while they are not seen."""
    height = readings.get("place.height", NAN)
    if not height > 0.0 or isnan(readings["place.x"]):
        return before
    return readings["place.x"] / height, readings["place.y"] / height


def _lower(a: float, b: float) -> float:
    return b if isnan(a) or b < a else a


def _higher(a: float, b: float) -> float:
    return b if isnan(a) or b > a else a

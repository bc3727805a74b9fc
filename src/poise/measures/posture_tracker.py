"""Posture live, at a desk or in a hold: a prompt only after a breach that lasts; one frame at a time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

NAN = float("nan")
Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How far one reading may go either way, deg; open where infinite."""

    reading: str
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What is watched, and how patient to be.

    A breach begins when a reading has been outside for `dwell_s`; it ends when all have been `inside_by` within their
    limits for `recover_s`. While it lasts a prompt comes at most every `repeat_s`. A reading that is not seen neither
    breaks nor keeps the limit: after `blind_s` without any, what was counted is forgotten, for nobody was looking.
    """

    limits: tuple[Limit, ...]
    dwell_s: float = 30.0
    recover_s: float = 2.0
    inside_by: float = 2.0
    repeat_s: float = 1200.0
    blind_s: float = 3.0


def at_desk(own: Mapping[str, float], *, allow_deg: float = 10.0, dwell_s: float = 30.0) -> Watch:
    """Watch a person at a desk against the posture they took up on purpose.

    Parameters
    ----------
    own
        Readings while sitting tall, from `poise.measures.posture` or `side_readings`: the own baseline, because a
        camera's head angle means nothing by itself.
    allow_deg, dwell_s
        How much further forward, for how long. 10 deg is twice what a camera can be off [design].
    """
    watched = ("head_forward", "trunk_lean", "slouch")
    return Watch(
        limits=tuple(Limit(reading=name, high=own[name] + allow_deg) for name in watched if name in own),
        dwell_s=dwell_s,
    )


@dataclass(frozen=True, kw_only=True)
class State:
    """All that is remembered between two frames; a plain value that can be stored."""

    since: Mapping[str, float] = field(default_factory=dict)
    inside_since_s: float = NAN
    last_seen_s: float = NAN
    breaking: str = ""
    prompted_s: float = NAN


@dataclass(frozen=True, kw_only=True)
class PostureEvent:
    """``breach`` and ``recovered`` once each, ``prompt`` with the breach and again while it lasts."""

    event: str
    reading: str
    time_s: float


@dataclass(frozen=True, kw_only=True)
class PostureFrame:
    """The readings of one moment, deg; one that was not seen is NaN or absent."""

    time_s: float
    readings: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class PostureTracker:
    """Turns frames into breaches and prompts. `step` uses the past only, so live and afterwards agree."""

    watch: Watch

    def start(self) -> State:
        """Nothing seen yet."""
        return State()

    def step(self, state: State, frame: PostureFrame) -> tuple[State, tuple[PostureEvent, ...]]:
        """The next state, and what happened at this frame."""
        watch, now = self.watch, frame.time_s
        told = [(limit, value) for limit in watch.limits
                if (value := frame.readings.get(limit.reading, NAN)) == value]  # fmt: skip
        if not told:
            blind = state.last_seen_s == state.last_seen_s and now - state.last_seen_s > watch.blind_s
            return (State(breaking=state.breaking, prompted_s=state.prompted_s) if blind else state), ()
        if now - state.last_seen_s > watch.blind_s:
            state = State(breaking=state.breaking, prompted_s=state.prompted_s)
        since = dict(state.since)
        inside = True
        for limit, value in told:
            if value > limit.high or value < limit.low:
                since.setdefault(limit.reading, now)
            else:
                since.pop(limit.reading, None)
            inside = inside and limit.low + watch.inside_by <= value <= limit.high - watch.inside_by
        inside_since_s = (
            (state.inside_since_s if state.inside_since_s == state.inside_since_s else now) if inside else NAN
        )
        kept = State(since=since, inside_since_s=inside_since_s, last_seen_s=now, breaking=state.breaking,
                     prompted_s=state.prompted_s)  # fmt: skip
        return self._judged(kept, now)

    def _judged(self, state: State, now: float) -> tuple[State, tuple[PostureEvent, ...]]:
        watch = self.watch
        if state.breaking:
            if now - state.inside_since_s >= watch.recover_s:
                over = PostureEvent(event="recovered", reading=state.breaking, time_s=now)
                return State(last_seen_s=now, inside_since_s=state.inside_since_s), (over,)
            if now - state.prompted_s >= watch.repeat_s and state.since:
                again = PostureEvent(event="prompt", reading=state.breaking, time_s=now)
                return _with(state, state.breaking, now), (again,)
            return state, ()
        lasting = [name for name, start in state.since.items() if now - start >= watch.dwell_s]
        if not lasting:
            return state, ()
        first = min(lasting, key=lambda name: state.since[name])
        told = tuple(PostureEvent(event=event, reading=first, time_s=now) for event in ("breach", "prompt"))
        return _with(state, first, now), told

    def run(self, frames: Iterable[PostureFrame]) -> Iterator[PostureEvent]:
        """All frames of a recording: the same steps, one after the other."""
        state = self.start()
        for frame in frames:
            state, events = self.step(state, frame)
            yield from events


def _with(state: State, breaking: str, prompted_s: float) -> State:
    return State(since=state.since, inside_since_s=state.inside_since_s, last_seen_s=state.last_seen_s,
                 breaking=breaking, prompted_s=prompted_s)  # fmt: skip


def side_readings(points: Mapping[str, Point], facing: float) -> dict[str, float]:
    """`head_forward`, `trunk_lean` and `slouch` of one frame, deg, in plain Python: as `posture_angles`, a frame fast.

    Parameters
    ----------
    points
        ``ear``, ``shoulder``, ``hip`` in square pixels, x to the right, y **up**; what was not seen is left out.
    facing
        +1 where the person looks to the right of the picture, −1 to the left.
    """
    shoulder = points.get("shoulder")
    if shoulder is None:
        return {}
    found: dict[str, float] = {}
    if (ear := points.get("ear")) is not None:
        found["head_forward"] = math.degrees(math.atan2(facing * (ear[0] - shoulder[0]), ear[1] - shoulder[1]))
    if (hip := points.get("hip")) is not None:
        found["trunk_lean"] = math.degrees(math.atan2(facing * (shoulder[0] - hip[0]), shoulder[1] - hip[1]))
    if len(found) == 2:
        found["slouch"] = math.remainder(found["head_forward"] - found["trunk_lean"], 360.0)
    return found

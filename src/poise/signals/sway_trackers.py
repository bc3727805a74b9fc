"""Balance while it happens: how fast somebody sways, how long they keep still, how long a foot stays up.

Trackers: memory only in the state, a step in plain Python, a whole recording is the fold of the same steps. A stream
that is cut anywhere gives the same events. Times are seconds on the recording's own clock.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened: `what` at `time_s`; `value` is how long it lasted, or the figure of the moment."""

    what: str
    time_s: float
    value: float = NAN


# ── running velocity, and time in balance ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SwayState:
    """What is remembered of a sway: the smoothed point, path and time so far, and whether it is in balance.

    Attributes
    ----------
    velocity
        The running mean velocity: an exponential mean over the last seconds; NaN before there are two samples.
    path, seconds
        Length of the smoothed path so far, and for how long; their ratio is the mean velocity of the whole.
    in_balance
        Whether the running velocity and the distance from the slow mean are within the limits, with hysteresis.
    balanced_s, best_s
        Seconds in balance altogether, and the longest stretch.
    """

    time_s: float = NAN
    x: float = NAN
    y: float = NAN
    middle_x: float = NAN
    middle_y: float = NAN
    velocity: float = NAN
    path: float = 0.0
    seconds: float = 0.0
    in_balance: bool = False
    since_s: float = NAN
    balanced_s: float = 0.0
    best_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SwayTracker:
    """Running sway of a point on the floor, for biofeedback.

    Attributes
    ----------
    smooth_s, over_s, middle_s
        Time constants: of the low-pass over the point (0.05 s is about 3 Hz), of the running velocity, of the slow
        mean that the point swings about.
    limit_velocity, limit_distance
        In the unit of the points (a second); in balance is below both, out of it above either by `margin`.
    longest_gap_s
        After a longer pause nothing is joined across it.

    Notes
    -----
    Live values are smoothed with lag and are not the offline measures: compare them with themselves only.
    """

    limit_velocity: float = 30.0
    limit_distance: float = 30.0
    margin: float = 0.2
    smooth_s: float = 0.05
    over_s: float = 1.0
    middle_s: float = 5.0
    longest_gap_s: float = 0.25

    def start(self) -> SwayState:
        """Nothing seen yet."""
        return SwayState()

    def step(self, state: SwayState, time_s: float, x: float, y: float) -> tuple[SwayState, tuple[Happening, ...]]:
        """One sample; a missing one (NaN) changes nothing but ends a balance that lasts past `longest_gap_s`."""
        if not (math.isfinite(x) and math.isfinite(y)):
            return self._missed(state, time_s)
        passed_s = time_s - state.time_s
        if not 0.0 < passed_s <= self.longest_gap_s:
            if passed_s <= 0.0:
                return state, ()
            closed, ended = self._ended(state, state.time_s)
            return replace(closed, time_s=time_s, x=x, y=y, middle_x=x, middle_y=y, velocity=NAN), ended
        weight = 1.0 - math.exp(-passed_s / self.smooth_s)
        new_x, new_y = state.x + weight * (x - state.x), state.y + weight * (y - state.y)
        moved = math.hypot(new_x - state.x, new_y - state.y)
        slow = 1.0 - math.exp(-passed_s / self.middle_s)
        middle_x, middle_y = (
            state.middle_x + slow * (new_x - state.middle_x),
            state.middle_y + slow * (new_y - state.middle_y),
        )
        share = 1.0 - math.exp(-passed_s / self.over_s)
        before, now = state.velocity, moved / passed_s
        velocity = now if math.isnan(before) else before + share * (now - before)
        away = math.hypot(new_x - middle_x, new_y - middle_y)
        room = 1.0 + self.margin if state.in_balance else 1.0
        steady = velocity <= room * self.limit_velocity and away <= room * self.limit_distance
        events: tuple[Happening, ...] = ()
        since_s, balanced_s, best_s = state.since_s, state.balanced_s, state.best_s
        if state.in_balance:
            balanced_s += passed_s
            best_s = max(best_s, time_s - since_s)
            if not steady:
                events = (Happening("balance_lost", time_s, time_s - since_s),)
                since_s = NAN
        elif steady:
            events = (Happening("balance_found", time_s),)
            since_s = time_s
        return (
            SwayState(
                time_s, new_x, new_y, middle_x, middle_y, velocity, state.path + moved, state.seconds + passed_s,
                steady, since_s, balanced_s, best_s,
            ),
            events,
        )  # fmt: skip

    def _missed(self, state: SwayState, time_s: float) -> tuple[SwayState, tuple[Happening, ...]]:
        if state.in_balance and time_s - state.time_s > self.longest_gap_s:
            return self._ended(state, state.time_s)
        return state, ()

    def _ended(self, state: SwayState, at_s: float) -> tuple[SwayState, tuple[Happening, ...]]:
        if not state.in_balance:
            return state, ()
        return replace(state, in_balance=False, since_s=NAN), (Happening("balance_lost", at_s, at_s - state.since_s),)


# ── a foot off the floor ──────────────────────────────────────────────────────────────────────────────────────────────

Phase = Literal["waiting", "holding", "done"]


@dataclass(frozen=True, slots=True)
class StanceState:
    """What is remembered of a stance that is held: since when, and what has not lasted long enough to count yet."""

    phase: Phase = "waiting"
    start_s: float = NAN
    changing_s: float = NAN
    time_s: float = NAN
    touches: int = 0


@dataclass(frozen=True, kw_only=True)
class StanceTracker:
    """How long a stance is held: a foot in the air, or the feet heel to toe.

    Fed with `lifted`, a number that is above `on` while the stance is held and below `off` when it is lost: the height
    of the free foot above its rest (m), or the share of the weight that it does not carry.

    Attributes
    ----------
    on, off
        With hysteresis: at least as high to begin, below to end.
    dwell_s, down_s
        The stance begins only if the foot stays up so long, and ends only if it stays down so long; both are then
        dated to their first sample.
    limit_s
        At this time the test is over.
    """

    on: float = 0.05
    off: float = 0.03
    dwell_s: float = 0.20
    down_s: float = 0.06
    limit_s: float = 45.0
    longest_gap_s: float = 0.5

    def start(self) -> StanceState:
        """Both feet on the floor."""
        return StanceState()

    def step(
        self, state: StanceState, time_s: float, lifted: float, *, lost: bool = False
    ) -> tuple[StanceState, tuple[Happening, ...]]:
        """One sample.

        Parameters
        ----------
        lifted
            NaN while nobody can tell; a hole longer than `longest_gap_s` ends the stance where it was last seen.
        lost
            Something else ended it: an arm that took hold, a hop of the standing foot.

        Returns
        -------
        state, events
            ``stance_start``, ``foot_down`` (with the time held), ``limit_reached`` (the same).
        """
        if math.isnan(lifted):
            if state.phase == "holding" and time_s - state.time_s > self.longest_gap_s:
                return self._end(state, state.time_s)
            return state, ()
        if state.phase == "holding":
            if time_s - state.start_s >= self.limit_s:
                end_s = state.start_s + self.limit_s
                return StanceState("done", time_s=time_s, touches=state.touches), (
                    Happening("limit_reached", end_s, self.limit_s),
                )
            return self._hold(state, time_s, down=lifted < self.off, lost=lost)
        up = lifted >= self.on and not lost
        if state.phase == "done" or not up:
            # A new try begins only after the foot was down again.
            phase: Phase = "done" if state.phase == "done" and up else "waiting"
            return StanceState(phase, time_s=time_s, touches=state.touches), ()
        begun_s = time_s if math.isnan(state.changing_s) else state.changing_s
        if time_s - begun_s < self.dwell_s:
            return StanceState("waiting", changing_s=begun_s, time_s=time_s, touches=state.touches), ()
        return StanceState("holding", start_s=begun_s, time_s=time_s, touches=state.touches), (
            Happening("stance_start", begun_s),
        )

    def _hold(
        self, state: StanceState, time_s: float, *, down: bool, lost: bool
    ) -> tuple[StanceState, tuple[Happening, ...]]:
        if lost:
            return self._end(state, time_s)
        if not down:
            return replace(state, time_s=time_s, changing_s=NAN), ()
        since_s = time_s if math.isnan(state.changing_s) else state.changing_s
        if time_s - since_s >= self.down_s:
            return self._end(state, since_s)
        return replace(state, time_s=time_s, changing_s=since_s), ()

    def _end(self, state: StanceState, at_s: float) -> tuple[StanceState, tuple[Happening, ...]]:
        held = Happening("foot_down", at_s, at_s - state.start_s)
        return StanceState("waiting", time_s=state.time_s, touches=state.touches + 1), (held,)


def follow_sway(
    tracker: SwayTracker, samples: Iterable[Sequence[float]], state: SwayState | None = None
) -> tuple[SwayState, tuple[Happening, ...]]:
    """All samples (time_s, x, y) in order: the fold of the steps, from a state or from the start."""
    now = state or tracker.start()
    found: list[Happening] = []
    for time_s, x, y in samples:
        now, events = tracker.step(now, time_s, x, y)
        found += events
    return now, tuple(found)


def follow_stance(
    tracker: StanceTracker, samples: Iterable[tuple[float, float, bool]], state: StanceState | None = None
) -> tuple[StanceState, tuple[Happening, ...]]:
    """All samples (time_s, lifted, lost) in order: the fold of the steps, from a state or from the start."""
    now = state or tracker.start()
    found: list[Happening] = []
    for time_s, lifted, lost in samples:
        now, events = tracker.step(now, time_s, lifted, lost=lost)
        found += events
    return now, tuple(found)

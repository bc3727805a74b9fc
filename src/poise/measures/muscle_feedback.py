"""Live threshold feedback from one muscle: reward work above a level, or rest below one; one block of samples a step.

What happens is decided on bins of 10 ms that are counted from the first sample, whatever blocks the device sends: a
stream cut anywhere gives the same events. The level is the root mean square of the last 100 ms, so that it tells of a
moment 50 ms ago on average; with the bin that is a delay of about 55 ms, and a change is known within 110 ms.

Where it fails: it cannot tell this muscle from its neighbour, nor effort from fear; thresholds of one session mean
nothing in the next, when the electrodes were moved.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Literal, NamedTuple

BIN_S = 0.01
WINDOW_S = 0.1
DELAY_S = WINDOW_S / 2.0 + BIN_S / 2.0
"""Mean age of the level when it is told; a full change shows within `WINDOW_S` + `BIN_S`."""
SETTLE_S = 0.3
"""After an artefact or at the start: how long the filter and the window need to be believed again."""
GRACE_S = 0.3
"""A fall below the line for less than this is the muscle's own trembling: the hold goes on."""
SHORTEST_TRY_S = 0.5
REMEMBERED = 10
FEWEST_TRIES = 5
STEP = 0.05
FACTORS = (0.5, 1.5)

Event = Literal["calibrated", "not_at_rest", "reached", "lost", "success", "miss", "threshold", "artefact", "clear"]


class Happened(NamedTuple):
    """One event: when (on the stream's clock, at the end of its bin), the level then and the threshold that counts.

    ``calibrated``: rest is known. ``not_at_rest``: it was too unsteady and is taken again. ``reached`` and ``lost``:
    over the line and back, with hysteresis. ``success``: held for as long as asked. ``miss``: a try that did not.
    ``threshold``: it was moved. ``artefact`` and ``clear``: nothing is rewarded between these two.
    """

    event: Event
    time_s: float
    level: float
    threshold: float


class State(NamedTuple):
    """All that the tracker remembers; plain numbers that can be stored and resumed."""

    samples: int = 0
    z1: float = 0.0
    z2: float = 0.0
    bin_power: float = 0.0
    bin_samples: int = 0
    bad: bool = False
    powers: tuple[float, ...] = ()
    blind: int = 0
    rest_bins: int = 0
    rest_mean: float = 0.0
    rest_square: float = 0.0
    threshold: float = math.nan
    over: bool = False
    reached: int = -1
    slipped: int = -1
    rewarded: bool = False
    try_start: int = -1
    try_sum: float = 0.0
    tries: tuple[tuple[float, bool], ...] = ()
    factor: float = 1.0

    @property
    def calibrated(self) -> bool:
        """Whether rest is known and a threshold stands."""
        return not math.isnan(self.threshold)


@dataclass(frozen=True, kw_only=True)
class MuscleFeedback:
    """Feedback with its settings; levels in the unit of the samples.

    Attributes
    ----------
    aim
        ``work``: be at or above the threshold; ``relax``: be at or below it.
    rest_s
        How long the muscle rests at the start, to learn its level and spread.
    reference
        The level of a maximal or reference contraction (root mean square); with it, the first threshold of ``work`` is
        `share` of the way from rest to it. Without, it is rest + 5 SD until five tries are known.
    hold_s
        How long a success lasts.
    hysteresis
        Over the line, it must fall back by this share of the threshold before it is lost.
    adaptive
        The threshold follows the median of the last ten tries, moved by 5 % to keep 60 to 80 % of them successful.
    try_s
        ``relax``: every so long without a success is a try that missed.
    artefact_times, limit
        A bin louder than so many times the reference (or, without one, the loudest try and 50 times rest), a sample at
        or above `limit`, or a missing one is an artefact.

    References
    ----------
    .. [1] measures.md 5.7 [design]; motor-learning success of 60 to 80 %: measures.md 9.
    """

    rate_hz: float
    aim: Literal["work", "relax"] = "work"
    rest_s: float = 5.0
    reference: float | None = None
    share: float = 0.3
    hold_s: float = 3.0
    hysteresis: float = 0.1
    adaptive: bool = True
    try_s: float = 10.0
    artefact_times: float = 3.0
    limit: float = math.inf
    low_hz: float = 20.0

    def start(self) -> State:
        """Nothing heard yet."""
        return State(blind=_bins(SETTLE_S))

    def step(self, state: State, block: Sequence[float]) -> tuple[State, list[Happened]]:
        """The state after some more samples, and what happened in them; a block may have any length, 0 too."""
        b0, a1, a2 = self._coefficients
        size, limit = self._bin_size, self.limit
        z1, z2, power, count, bad = state.z1, state.z2, state.bin_power, state.bin_samples, state.bad
        powers, samples = state.powers, state.samples
        events: list[Happened] = []
        for x in block:
            samples += 1
            count += 1
            if -limit < x < limit:
                y = b0 * x + z1
                z1, z2 = z2 - 2.0 * b0 * x - a1 * y, b0 * x - a2 * y
                power += y * y
            else:  # missing, infinite or clipped
                bad, z1, z2 = True, 0.0, 0.0
            if count == size:
                power /= size
                if bad or self._too_loud(state, power):
                    state, found = self._blinded(state, samples)
                    powers = ()
                else:
                    powers = (*powers[1 - _WINDOW_BINS :], power)
                    state, found = self._after_bin(state, math.sqrt(sum(powers) / len(powers)), samples)
                events += found
                power, count, bad = 0.0, 0, False
        heard = state._replace(
            samples=samples, z1=z1, z2=z2, bin_power=power, bin_samples=count, bad=bad, powers=powers
        )
        return heard, events

    def batch(self, samples: Iterable[float]) -> list[Happened]:
        """The whole signal at once: the fold of the same step."""
        return self.step(self.start(), list(samples))[1]

    # ── one bin ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _after_bin(self, state: State, level: float, samples: int) -> tuple[State, list[Happened]]:
        if state.blind > 0:
            clear = state.blind == 1 and state.calibrated
            events = [self._event("clear", samples, level, state.threshold)] if clear else []
            return state._replace(blind=state.blind - 1), events
        if not state.calibrated:
            return self._resting(state, level, samples)
        return self._working(state, level, samples) if self.aim == "work" else self._relaxing(state, level, samples)

    def _event(self, event: Event, samples: int, level: float, threshold: float) -> Happened:
        return Happened(event, samples / self.rate_hz, level, threshold)

    def _too_loud(self, state: State, power: float) -> bool:
        if self.reference is not None:
            most = self.artefact_times * self.reference
        elif state.calibrated:
            loudest = max((level for level, _ in state.tries), default=0.0)
            most = self.artefact_times * max(loudest, 50.0 * state.rest_mean / self.artefact_times)
        else:
            return False
        return power > most * most

    def _blinded(self, state: State, samples: int) -> tuple[State, list[Happened]]:
        """Nothing is believed for a while; what was being held is broken off, and not counted as a miss."""
        first = state.blind == 0 and state.calibrated
        events = [self._event("artefact", samples, math.nan, state.threshold)] if first else []
        blind = _bins(SETTLE_S)
        return (
            state._replace(blind=blind, over=False, reached=-1, slipped=-1, rewarded=False, try_start=-1, try_sum=0.0),
            events,
        )

    def _resting(self, state: State, level: float, samples: int) -> tuple[State, list[Happened]]:
        """Rest is learnt: mean and spread of the level; taken again where somebody moved meanwhile."""
        count = state.rest_bins + 1
        away = level - state.rest_mean
        mean = state.rest_mean + away / count
        square = state.rest_square + away * (level - mean)
        state = state._replace(rest_bins=count, rest_mean=mean, rest_square=square)
        if count < _bins(self.rest_s):
            return state, []
        if self._rest_sd(state) > 0.5 * mean:
            again = state._replace(rest_bins=0, rest_mean=0.0, rest_square=0.0)
            return again, [self._event("not_at_rest", samples, level, math.nan)]
        state = state._replace(threshold=self._first_threshold(state))
        return state, [self._event("calibrated", samples, level, state.threshold)]

    @staticmethod
    def _rest_sd(state: State) -> float:
        return math.sqrt(state.rest_square / (state.rest_bins - 1)) if state.rest_bins > 1 else 0.0

    def _first_threshold(self, state: State) -> float:
        sd = self._rest_sd(state)
        if self.aim == "relax":
            return state.rest_mean + 2.0 * sd
        if self.reference is not None:
            return state.rest_mean + self.share * max(self.reference - state.rest_mean, 0.0)
        return state.rest_mean + 5.0 * sd

    # ── work and relax ────────────────────────────────────────────────────────────────────────────────────────────────

    def _working(self, state: State, level: float, samples: int) -> tuple[State, list[Happened]]:
        """A try begins above rest + 3 SD and ends below it; it succeeds where the threshold was held long enough."""
        line = state.threshold * (1.0 - self.hysteresis) if state.over else state.threshold
        state, events = self._held(state, level, samples, wanted=level >= line)
        if level > state.rest_mean + 3.0 * self._rest_sd(state) or state.over:
            begun = state.try_start if state.try_start >= 0 else samples
            return state._replace(try_start=begun, try_sum=state.try_sum + level), events
        if state.try_start < 0:
            return state, events
        bins = (samples - state.try_start) // self._bin_size
        mean, success, long = state.try_sum / max(bins, 1), state.rewarded, bins >= _bins(SHORTEST_TRY_S)
        state = state._replace(try_start=-1, try_sum=0.0, rewarded=False)
        return self._tried(state, mean, samples, success=success, events=events) if long else (state, events)

    def _relaxing(self, state: State, level: float, samples: int) -> tuple[State, list[Happened]]:
        """Below the line for the hold is a success; then the next try begins. Too long without one is a miss."""
        line = state.threshold * (1.0 + self.hysteresis) if state.over else state.threshold
        state, events = self._held(state, level, samples, wanted=level <= line)
        if state.try_start < 0:
            state = state._replace(try_start=samples)
        success = state.rewarded
        if not success and samples - state.try_start < self.try_s * self.rate_hz:
            return state, events
        reached = samples if success else state.reached
        state = state._replace(rewarded=False, reached=reached, try_start=samples)
        return self._tried(state, level, samples, success=success, events=events)

    def _held(self, state: State, level: float, samples: int, *, wanted: bool) -> tuple[State, list[Happened]]:
        """On the wanted side or not, and whether for long enough; a slip of less than 0.3 s is forgiven."""
        if not state.over:
            if not wanted:
                return state, []
            reached = self._event("reached", samples, level, state.threshold)
            return state._replace(over=True, reached=samples, slipped=-1), [reached]
        if not wanted:
            slipped = state.slipped if state.slipped >= 0 else samples
            if samples - slipped < GRACE_S * self.rate_hz:
                return (state if slipped == state.slipped else state._replace(slipped=slipped)), []
            lost = self._event("lost", samples, level, state.threshold)
            return state._replace(over=False, reached=-1, slipped=-1), [lost]
        if state.slipped >= 0:
            state = state._replace(slipped=-1)
        if not state.rewarded and samples - state.reached >= self.hold_s * self.rate_hz:
            success = self._event("success", samples, level, state.threshold)
            return state._replace(rewarded=True), [success]
        return state, []

    # ── the threshold ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _tried(
        self, state: State, level: float, samples: int, *, success: bool, events: list[Happened]
    ) -> tuple[State, list[Happened]]:
        """One more try is known: the threshold follows, where it may."""
        tries = (*state.tries[1 - REMEMBERED :], (level, success))
        state = state._replace(tries=tries)
        if not success:
            events.append(self._event("miss", samples, level, state.threshold))
        if not self.adaptive or len(tries) < FEWEST_TRIES:
            return state, events
        state = state._replace(factor=self._factor(state))
        threshold = self._next_threshold(state)
        if abs(threshold - state.threshold) > 0.02 * state.threshold:
            state = state._replace(threshold=threshold)
            events.append(self._event("threshold", samples, level, threshold))
        return state, events

    def _factor(self, state: State) -> float:
        """5 % harder above 80 % of success, 5 % easier below 60 %."""
        rate = sum(good for _, good in state.tries) / len(state.tries)
        harder = STEP if rate > 0.8 else -STEP if rate < 0.6 else 0.0
        moved = state.factor + (harder if self.aim == "work" else -harder)
        return min(max(moved, FACTORS[0]), FACTORS[1])

    def _next_threshold(self, state: State) -> float:
        sd = self._rest_sd(state)
        if self.aim == "relax":
            return state.factor * (state.rest_mean + 2.0 * sd)
        return max(state.factor * median(level for level, _ in state.tries), state.rest_mean + 3.0 * sd)

    # ── what never changes ────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _bin_size(self) -> int:
        return max(1, round(BIN_S * self.rate_hz))

    @cached_property
    def _coefficients(self) -> tuple[float, float, float]:
        """Second-order Butterworth high-pass (b0 = b2 = −b1/2, a1, a2), which takes drift and cable sway away."""
        k = math.tan(math.pi * self.low_hz / self.rate_hz)
        norm = 1.0 / (1.0 + math.sqrt(2.0) * k + k * k)
        return norm, 2.0 * (k * k - 1.0) * norm, (1.0 - math.sqrt(2.0) * k + k * k) * norm


_WINDOW_BINS = round(WINDOW_S / BIN_S)


def _bins(seconds: float) -> int:
    return max(1, round(seconds / BIN_S))

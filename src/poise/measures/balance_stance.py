"""How long a stance is held: on one leg, heel to toe, or until the time is over; from points of the body or plates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from poise.measures.balance_pressure import NOT_QUIET
from poise.measures.sway_standing import Quiet, standing_on_plates
from poise.measures.task_load import loads_of
from poise.model.measurement import Definition, Measured, Measurement
from poise.model.recording import SIDES, Event, Kind, Problem, Recording, Side, Stream
from poise.signals.filters import lowpass_offline
from poise.signals.sway_trackers import Happening, StanceTracker, follow_stance

Array = NDArray[np.float64]
NAN = float("nan")
METHOD = "balance_stance/1"
OTHER: dict[Side, Side] = {"left": "right", "right": "left"}
ONE_LEG: dict[str, Side] = {"left_leg": "left", "right_leg": "right"}
FEET = ("heel", "toe", "ankle")
TIMED_TASKS = frozenset({"single_leg"})
LIMIT_S = 45.0
STANCE_TIME = Definition(
    measure="balance.stance_time", unit="s", label="Time held",
    formula="from the foot leaving the floor to its touching it, a hop, or the limit; the longest of the tries; the "
    "side is the standing leg's",
    source="Springer et al. 2007, J Geriatr Phys Ther 30(1):8-15; measures.md 2.1.2", better="higher", decimals=1,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class StanceTime:
    """Times held on one leg, heel to toe, or in any stance that was given a limit.

    A foot is off the floor when its lowest point is 5 cm above the other's (3 cm to come down again), or carries less
    than 5 % of the weight on two plates. A try counts from one second on, so that walking gives none. A hop is seen as
    the standing foot leaving the floor by 3 cm; arms are watched only where they were to stay crossed. Not validated
    on recorded tests: none were at hand. Fails where a foot is hidden, and for a foot that is held lower than 5 cm.
    """

    name: str = "balance_stance"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"single_leg", "stand"})
    tracker: StanceTracker = field(default_factory=StanceTracker)
    on_plates: StanceTracker = field(default_factory=lambda: StanceTracker(on=0.95, off=0.90))
    hop_m: float = 0.03
    arm_m: float = 0.25
    least_s: float = 1.0
    moved_m: float = 0.10
    defines: tuple[Definition, ...] = (STANCE_TIME,)

    def fits(self, recording: Recording) -> bool:
        """Whether both feet, or plates under them, are there."""
        if recording.conditions.get("movement") in NOT_QUIET:
            return False
        return _sees_feet(recording) or Kind.CENTRE_OF_PRESSURE in recording

    def compute(self, recording: Recording) -> Measured:
        """The longest try of each standing leg, with its events; a Problem where nobody held a stance."""
        stance = recording.conditions.get("stance", "")
        limit_s = _limit_s(recording)
        if stance in ("tandem", "semi_tandem") and _sees_feet(recording):
            tries = list(self._tandem(recording, limit_s))
        elif stance in ("two_feet", "feet_together", "tandem", "semi_tandem"):
            tries = list(self._standing(recording, limit_s)) if _asked(recording) else []
        else:
            tries = list(self._one_leg(recording, limit_s))
        if not tries and not stance and "limit_s" in recording.conditions:
            tries = list(self._standing(recording, limit_s))
        if not _asked(recording) and not any(each.held_s >= self.least_s for each in tries):
            return Measured()  # somebody stands, and nobody spoke of a stance to hold
        return _told(tries, recording, self.least_s)

    def _one_leg(self, recording: Recording, limit_s: float) -> Iterator[_Try]:
        asked = recording.conditions.get("stance", "")
        for standing in (ONE_LEG[asked],) if asked in ONE_LEG else SIDES:
            seen = _lifted(recording, OTHER[standing], self.hop_m)
            tracker = self.tracker
            if seen is None:
                seen, tracker = _unloaded(recording, OTHER[standing]), self.on_plates
            if seen is not None:
                lost = seen.lost | _arms_let_go(recording, seen.time_s, self.arm_m)
                yield from _tries(replace(tracker, limit_s=limit_s), seen._replace(lost=lost), standing)

    def _tandem(self, recording: Recording, limit_s: float) -> Iterator[_Try]:
        seen = _kept(recording[Kind.BODY], self.moved_m, self.tracker.on)
        yield from _tries(replace(self.tracker, on=0.5, off=0.5, limit_s=limit_s), seen, None)

    def _standing(self, recording: Recording, limit_s: float) -> Iterator[_Try]:
        """On plates: as long as the person stands quietly, the settling included."""
        found = standing_on_plates(recording, Quiet(settle_s=0.0, least_s=self.least_s))
        if isinstance(found, Problem):
            return
        held_s = min(found.duration_s, limit_s)
        yield _Try(
            side=None, start_s=found.start_s, held_s=held_s, from_start=False,
            to_end=found.whole and found.duration_s < limit_s,
        )  # fmt: skip


class _Try(NamedTuple):
    """One stance: the standing leg, when it began, how long it lasted; whether the recording cut off an end of it."""

    side: Side | None
    start_s: float
    held_s: float
    from_start: bool
    to_end: bool


class _Seen(NamedTuple):
    """What the tracker is fed with: one number a sample, and whether something else ended the stance."""

    time_s: Array
    lifted: Array
    lost: NDArray[np.bool_]


def _asked(recording: Recording) -> bool:
    """Whether somebody said that a stance was to be held."""
    stance = recording.conditions.get("stance", "")
    return recording.task in TIMED_TASKS or stance not in ("", "two_feet") or "limit_s" in recording.conditions


def _limit_s(recording: Recording) -> float:
    try:
        told = float(recording.conditions.get("limit_s", LIMIT_S))
    except ValueError:
        return LIMIT_S
    return told if told > 0.0 else LIMIT_S


def _sees_feet(recording: Recording) -> bool:
    body = recording.streams.get(Kind.BODY)
    if body is None or not len(body.time_s):
        return False
    return all(any(f"{side}_{part}" in body for part in FEET) for side in SIDES)


def _metres(recording: Recording) -> float:
    """How many metres one unit of the body stream is: 1, or the stature where the scale is in body heights."""
    return 1.0 if recording[Kind.BODY].unit == "m" else recording.person.height_m or 1.7


def _height(body: Stream, side: Side) -> Array:
    """Of the foot's lowest point that both feet have, above that point's own rest level, in the stream's unit."""
    parts = [part for part in FEET if all(f"{each}_{part}" in body for each in SIDES)]
    if not parts:
        parts = [part for part in FEET if f"{side}_{part}" in body]
    heights = []
    for part in parts:
        both = np.concatenate([body[f"{each}_{part}"][:, 2] for each in SIDES if f"{each}_{part}" in body])
        floor = np.nanpercentile(both, 2) if np.isfinite(both).any() else NAN
        heights.append(body[f"{side}_{part}"][:, 2] - floor)
    stacked = np.stack(heights)
    seen = np.isfinite(stacked).any(axis=0)
    lowest = np.full(stacked.shape[1], NAN)
    lowest[seen] = np.nanmin(stacked[:, seen], axis=0)
    return lowest


def _lifted(recording: Recording, free: Side, hop_m: float) -> _Seen | None:
    if not _sees_feet(recording):
        return None
    body, scale = recording[Kind.BODY], _metres(recording)
    up, standing = scale * _height(body, free), scale * _height(body, OTHER[free])
    with np.errstate(invalid="ignore"):
        # Where both feet are high the person hops, or sits down with the feet raised.
        return _Seen(body.time_s, up - np.maximum(standing, 0.0), (standing > hop_m) & (up > hop_m))


def _unloaded(recording: Recording, free: Side) -> _Seen | None:
    loads = loads_of(recording)
    if loads is None or not loads.sided or not len(loads.time_s):
        return None
    rate_hz = (len(loads.time_s) - 1) / (loads.time_s[-1] - loads.time_s[0])
    total = lowpass_offline(loads.total, rate_hz, min(10.0, 0.4 * rate_hz))
    own = lowpass_offline(getattr(loads, free), rate_hz, min(10.0, 0.4 * rate_hz))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 100.0, own / total, NAN)
    jumped = total < 0.3 * np.nanmedian(total)
    return _Seen(loads.time_s, 1.0 - share, np.asarray(jumped))


def _arms_let_go(recording: Recording, time_s: Array, far_m: float) -> NDArray[np.bool_]:
    """Where a wrist is further than `far_m` from where it mostly is; only for arms that were to stay crossed."""
    gone = np.zeros(len(time_s), dtype=np.bool_)
    body = recording.streams.get(Kind.BODY)
    if recording.conditions.get("arms") != "crossed" or body is None or len(body.time_s) != len(time_s):
        return gone
    trunk = next((body[name] for name in ("shoulders_centre", "pelvis_centre") if name in body), None)
    for name in ("left_wrist", "right_wrist"):
        if name in body and trunk is not None:
            away = _metres(recording) * (body[name] - trunk)
            with np.errstate(invalid="ignore"):
                gone |= np.linalg.norm(away - _usual(away), axis=1) > far_m
    return gone


def _usual(places: Array) -> Array:
    """Where a point mostly is, shape (3,); NaN where it is never seen."""
    seen = places[np.isfinite(places).all(axis=1)]
    return np.asarray(np.median(seen, axis=0)) if len(seen) else np.full(places.shape[1], NAN)


def _kept(body: Stream, moved: float, lifted: float) -> _Seen:
    """1 while both feet are where they mostly are and on the floor, else 0."""
    kept = np.ones(len(body.time_s))
    for side in SIDES:
        place = next(body[f"{side}_{part}"] for part in ("ankle", "heel", "toe") if f"{side}_{part}" in body)
        with np.errstate(invalid="ignore"):
            away = np.hypot(*(place - _usual(place))[:, :2].T)
            kept[(away > moved) | (_height(body, side) > lifted)] = 0.0
        kept[~np.isfinite(place).all(axis=1)] = NAN
    return _Seen(body.time_s, kept, np.zeros(len(kept), dtype=np.bool_))


def _tries(tracker: StanceTracker, seen: _Seen, side: Side | None) -> Iterator[_Try]:
    """The stances that the tracker finds; one that lasts to the end of the recording is closed there."""
    rows = zip(seen.time_s.tolist(), seen.lifted.tolist(), seen.lost.tolist(), strict=True)
    state, events = follow_stance(tracker, rows)
    yield from (_made(event, side, seen) for event in events if event.what != "stance_start")
    if state.phase == "holding":
        held_s = state.time_s - state.start_s
        yield _Try(
            side=side, start_s=state.start_s, held_s=held_s, from_start=_is_first(state.start_s, seen), to_end=True
        )


def _made(event: Happening, side: Side | None, seen: _Seen) -> _Try:
    start_s = event.time_s - event.value
    return _Try(side=side, start_s=start_s, held_s=event.value, from_start=_is_first(start_s, seen), to_end=False)


def _is_first(start_s: float, seen: _Seen) -> bool:
    return bool(start_s <= seen.time_s[0] + 1e-9)


def _told(tries: Sequence[_Try], recording: Recording, least_s: float) -> Measured:
    counted = [each for each in tries if each.held_s >= least_s]
    if not counted:
        return Measured(problems=(_nobody(recording),))
    return Measured(
        measurements=tuple(_best(counted, side, recording) for side in (*SIDES, None) if _of(counted, side)),
        events=tuple(event for each in counted for event in _events(each)),
        problems=tuple(_cut_off(counted, recording)),
    )


def _of(tries: Sequence[_Try], side: Side | None) -> list[_Try]:
    return [each for each in tries if each.side == side]


def _best(tries: Sequence[_Try], side: Side | None, recording: Recording) -> Measurement:
    own = _of(tries, side)
    best = max(own, key=lambda each: each.held_s)
    return Measurement(
        measure=STANCE_TIME.measure, value=best.held_s, unit="s", side=side, n=len(own),
        sd=float(np.std([each.held_s for each in own], ddof=1)) if len(own) > 1 else NAN,
        start_s=best.start_s, end_s=best.start_s + best.held_s, valid_fraction=1.0, method=METHOD,
        recording=recording.id,
    )  # fmt: skip


def _events(held: _Try) -> Iterator[Event]:
    yield Event(event="stance_start", side=held.side, time_s=held.start_s)
    if not held.to_end:
        yield Event(event="foot_down", side=held.side, time_s=held.start_s + held.held_s)


def _cut_off(tries: Sequence[_Try], recording: Recording) -> Iterator[Problem]:
    for side in dict.fromkeys(each.side for each in tries):
        best = max(_of(tries, side), key=lambda each: each.held_s)
        ends = [word for word, is_cut in (("began before", best.from_start), ("lasts beyond", best.to_end)) if is_cut]
        if ends and best.held_s < _limit_s(recording) - 1e-6:
            yield Problem(
                what=f"The longest stance {' and '.join(ends)} the recording: {best.held_s:.1f} s is the least it was.",
                where=recording.id, do="Record from before the foot leaves the floor until it is down again.",
            )  # fmt: skip


def _nobody(recording: Recording) -> Problem:
    return Problem(
        what="No time is measured: nobody holds the stance for a second, or nothing tells one foot from the other.",
        where=recording.id,
        do="Film both feet, or stand with each foot on its own plate; say the leg with --conditions stance=left_leg.",
    )


__all__ = ["LIMIT_S", "MEASURE", "STANCE_TIME", "StanceTime"]
MEASURE = StanceTime()

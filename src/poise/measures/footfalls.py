"""From the moments the feet land and leave, and where they stood, to a Walk: strides in order, steps, turns cut out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.measures.walker import SLOWEST_WALK_M_S, Foot, Walker, present
from poise.model.gait import Bout, Footstep, Stride, Walk
from poise.model.recording import SIDES, Event, Side
from poise.signals.events import StrideTable, stretches, stride_table

Array = NDArray[np.float64]
NAN = float("nan")
OTHER: Mapping[Side, Side] = {"left": "right", "right": "left"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Footfalls:
    """When each foot met the floor and left it, s, rising; a foot that was not seen is not in the mapping."""

    contacts_s: Mapping[Side, Array]
    toe_offs_s: Mapping[Side, Array]

    def events(self) -> tuple[Event, ...]:
        """All of them in order of time."""
        made = [
            Event(event=name, side=side, time_s=float(time_s))
            for name, moments in (("initial_contact", self.contacts_s), ("toe_off", self.toe_offs_s))
            for side in moments
            for time_s in moments[side]
        ]
        return tuple(sorted(made, key=lambda event: event.time_s))

    def forwards(self, seen: Walker | None) -> Footfalls:
        """Without those of walking backwards, when toe and heel change their parts and no moment is what it seems."""
        if seen is None or not seen.backwards.any():
            return self

        def kept(times_s: Array) -> Array:
            sample = np.clip(np.searchsorted(seen.time_s, times_s), 0, len(seen.time_s) - 1)
            return times_s[~seen.backwards[sample]]

        return Footfalls(
            contacts_s={side: kept(times_s) for side, times_s in self.contacts_s.items()},
            toe_offs_s={side: kept(times_s) for side, times_s in self.toe_offs_s.items()},
        )

    def between(self, stretches: Iterable[Bout]) -> Footfalls:
        """Those within any of these stretches."""
        kept = tuple(stretches)

        def inside(times_s: Array) -> Array:
            within = [(times_s >= bout.start_s) & (times_s <= bout.end_s) for bout in kept]
            return times_s[np.any(within, axis=0)] if within else times_s[:0]

        return Footfalls(
            contacts_s={side: inside(times_s) for side, times_s in self.contacts_s.items()},
            toe_offs_s={side: inside(times_s) for side, times_s in self.toe_offs_s.items()},
        )


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is still walking: Mobilise-D's limits for all their groups (measures.md 1.1.5); turns by 1.1.2."""

    stride_s: tuple[float, float] = (0.46, 3.0)
    step_s: tuple[float, float] = (0.14, 2.12)
    stride_m: tuple[float, float] = (0.15, 2.19)
    speed_m_s: tuple[float, float] = (SLOWEST_WALK_M_S, 2.22)
    cadence_steps_min: tuple[float, float] = (40.0, 172.9)
    turn_deg: float = 20.0


@dataclass(frozen=True, kw_only=True, eq=False)
class _Landings:
    """All contacts of both feet in order of time, one row each."""

    time_s: Array
    is_left: NDArray[np.bool_]
    place_m: Array = field(default_factory=lambda: np.empty((0, 2)))


def walk_from(
    falls: Footfalls,
    *,
    method: str,
    seen: Walker | None = None,
    limits: Limits | None = None,
    every_step_seen: bool = True,
) -> Walk:
    """The Walk of these footfalls.

    Parameters
    ----------
    falls
        Contacts and toe-offs.
    method
        Its id and version.
    seen
        The person on the floor, for lengths, widths and turns; without, times alone.
    limits
        What is still a stride.
    every_step_seen
        Whether a stride that lacks an event is broken, and its steps with it; not so on force plates, beside which a
        foot may land.

    Returns
    -------
    walk
        Strides whose events are out of order are dropped and counted, as are those beyond the limits, which are kept
        as `implausible` too; strides that turn by more than 20° are cut out and kept as `turning`; nothing is told of
        walking backwards. A step that lies only in strides that were left out has no time, no length and no width.
    """
    limits = limits or Limits()
    falls = falls.forwards(seen)
    prints = {side: _Footprints(seen, side, falls) for side in falls.contacts_s}
    tables = {side: _judged(falls, side, prints[side], seen, limits) for side in falls.contacts_s}
    strides = [stride for side, judged in tables.items() for stride in judged.strides(side)]
    strides.sort(key=lambda stride: (stride.start_s, stride.side or ""))
    turning = _merged([bout for judged in tables.values() for bout in judged.bouts(judged.turned)])
    unlike = [bout for judged in tables.values() for bout in (*judged.bouts(judged.odd), *judged.hurried)]
    fit, unlike = _as_walking(strides, unlike, limits)
    broken = sum(judged.table.dropped + int(judged.odd.sum()) for judged in tables.values())
    choice = _Choice.of(fit, tables, falls if every_step_seen else None)
    return Walk(
        bouts=bouts_of(falls), footsteps=tuple(_footsteps(falls, prints, turning, choice, limits)),
        strides=tuple(fit), method=method, dropped=broken + len(strides) - len(fit), turning=turning,
        backwards=_backwards(seen), implausible=tuple(sorted(unlike, key=lambda bout: bout.start_s)),
        treadmill=seen.treadmill if seen else False, valid_fraction=seen_fraction(seen, falls),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class _Judged:
    """The strides of one foot whose events are in order, and which of them are left out, each (strides,).

    `hurried` are pairs of contacts closer than the shortest stride.
    """

    table: StrideTable
    length_m: Array
    turned: NDArray[np.bool_]
    odd: NDArray[np.bool_]
    hurried: tuple[Bout, ...]

    def strides(self, side: Side) -> Iterator[Stride]:
        return _strides(self.table, side, self.length_m, ~self.turned & ~self.odd)

    def bouts(self, which: NDArray[np.bool_]) -> list[Bout]:
        ends = np.stack((self.table.start, self.table.end), axis=1)[which].tolist()
        return [Bout(start_s=start_s, end_s=end_s) for start_s, end_s in ends]


def _judged(falls: Footfalls, side: Side, prints: _Footprints, seen: Walker | None, limits: Limits) -> _Judged:
    table = _table(falls, side, limits)
    length_m = prints.distance_m(table.start, table.end)
    turned = _Turns(seen, limits.turn_deg).over(table.start, table.end)
    with np.errstate(invalid="ignore"):
        speed_m_s = length_m / (table.end - table.start)
        odd = (length_m > limits.stride_m[1]) | (speed_m_s > limits.speed_m_s[1])
    close = [pair for pair in pairwise(falls.contacts_s[side].tolist()) if pair[1] - pair[0] < limits.stride_s[0]]
    hurried = tuple(Bout(start_s=start_s, end_s=end_s) for start_s, end_s in close)
    return _Judged(table=table, length_m=length_m, turned=turned, odd=odd & ~turned, hurried=hurried)


def _as_walking(strides: list[Stride], unlike: list[Bout], limits: Limits) -> tuple[list[Stride], list[Bout]]:
    """The strides, or none of them where as a whole they are not walking; and all that are unlike it.

    Somebody whose gait freezes makes a few very short strides, so what is too short or slow is asked of the median.
    """
    if not strides:
        return strides, unlike
    time_s, length_m = np.array([(stride.time_s, stride.length_m) for stride in strides]).T
    known = np.isfinite(length_m)
    typical = [(120.0 / np.median(time_s), limits.cadence_steps_min)]
    if known.any():
        typical += [(np.median(length_m[known]), limits.stride_m),
                    (np.median(length_m[known] / time_s[known]), limits.speed_m_s)]  # fmt: skip
    if all(low <= value <= high for value, (low, high) in typical):
        return strides, unlike
    return [], [*unlike, *(Bout(start_s=stride.start_s, end_s=stride.end_s) for stride in strides)]


def _backwards(seen: Walker | None) -> tuple[Bout, ...]:
    if seen is None:
        return ()
    found = stretches(seen.backwards)
    ends_s = zip(seen.time_s[found.start].tolist(), seen.time_s[found.stop - 1].tolist(), strict=True)
    return tuple(Bout(start_s=start_s, end_s=end_s) for start_s, end_s in ends_s)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Choice:
    """With which contacts of each foot a stride begins that was kept, and with which one that was left out."""

    kept_s: Mapping[Side, Array]
    refused_s: Mapping[Side, Array]

    @classmethod
    def of(cls, kept: Iterable[Stride], tables: Mapping[Side, _Judged], falls: Footfalls | None) -> _Choice:
        """Every pair of contacts of these footfalls was to be a stride; without them, only those in the tables."""
        all_s = {side: judged.table.start if falls is None else falls.contacts_s[side][:-1]
                 for side, judged in tables.items()}  # fmt: skip
        kept_s = {side: np.array([stride.start_s for stride in kept if stride.side == side]) for side in tables}
        return cls(kept_s=kept_s, refused_s={side: np.setdiff1d(all_s[side], kept_s[side]) for side in tables})

    def at(self, landed: _Landings) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Of every landing, whether a kept, or a refused, stride begins with it."""
        kept, refused = (np.zeros(len(landed.time_s), dtype=bool) for _ in range(2))
        for side in self.kept_s:
            own = landed.is_left == (side == "left")
            kept[own] = np.isin(landed.time_s[own], self.kept_s[side])
            refused[own] = np.isin(landed.time_s[own], self.refused_s[side])
        return kept, refused


def _table(falls: Footfalls, side: Side, limits: Limits) -> StrideTable:
    other = OTHER[side]
    return stride_table(
        falls.contacts_s[side], falls.toe_offs_s[side], falls.contacts_s.get(other), falls.toe_offs_s.get(other),
        shortest=limits.stride_s[0], longest=limits.stride_s[1],
    )  # fmt: skip


def _strides(table: StrideTable, side: Side, length_m: Array, kept: NDArray[np.bool_]) -> Iterator[Stride]:
    columns = (table.start, table.opposite_toe_off, table.opposite_contact, table.toe_off, table.end, length_m)
    for start_s, other_off_s, other_on_s, off_s, end_s, metres in np.stack(columns, axis=1)[kept].tolist():
        yield Stride(
            side=side, start_s=start_s, opposite_toe_off_s=other_off_s, opposite_contact_s=other_on_s,
            toe_off_s=off_s, end_s=end_s, length_m=metres,
        )  # fmt: skip


class _Turns:
    """By how much the direction of walking changes within stretches of time."""

    def __init__(self, seen: Walker | None, limit_deg: float) -> None:
        self._time_s = None if seen is None else seen.time_s
        self._heading_deg = None if seen is None else np.degrees(seen.heading_rad)
        self._limit_deg = limit_deg

    def over(self, start_s: Array, end_s: Array) -> NDArray[np.bool_]:
        """Whether the heading differs by more than the limit between both ends; never where it is not known."""
        if self._time_s is None or self._heading_deg is None or not np.isfinite(self._heading_deg).any():
            return np.zeros(len(start_s), dtype=bool)
        known = np.isfinite(self._heading_deg)
        heading = [np.interp(moment, self._time_s[known], self._heading_deg[known]) for moment in (start_s, end_s)]
        return np.asarray(np.abs(heading[1] - heading[0]) > self._limit_deg)


class _Footprints:
    """Where a foot stood: the heel's mean place while the foot lies flat, else its place at the contact itself.

    The heel still slides a centimetre or two at the moment of contact, so the place is taken between 12 and 22 % of
    the stride, when it stands; where the recording ends before that, both ends of a distance are taken at contact.
    """

    def __init__(self, seen: Walker | None, side: Side, falls: Footfalls) -> None:
        foot: Foot | None = None if seen is None else seen.feet.get(side)
        self._known = foot is not None
        self.of_heel = foot is not None and "ankle" not in foot.heel_point
        if seen is None or foot is None:
            return
        periods = np.diff(falls.contacts_s[side])
        period_s = float(np.median(periods)) if len(periods) else 1.1
        self._time_s, self._heel_m = seen.time_s, np.where(seen.uneven[:, None], NAN, foot.heel_m[:, :2])
        self._flat_at_s = period_s * np.array([0.12, 0.145, 0.17, 0.195, 0.22])
        self._last_s = float(seen.time_s[-1])

    def at_contact(self, contact_s: Array) -> Array:
        """Shape (contacts, 2); NaN where the heel was not seen."""
        return self._heel_at(contact_s) if self._known else np.full((len(contact_s), 2), NAN)

    def flat(self, contact_s: Array) -> Array:
        """Shape (contacts, 2); NaN where the recording ends before the foot lies flat."""
        if not self._known:
            return np.full((len(contact_s), 2), NAN)
        moments = contact_s[:, None] + self._flat_at_s
        places = self._heel_at(moments).mean(axis=1)
        places[moments[:, -1] > self._last_s] = NAN
        return np.asarray(places)

    def distance_m(self, start_s: Array, end_s: Array) -> Array:
        """Between the footprints of two contacts each."""
        flat = np.hypot(*(self.flat(end_s) - self.flat(start_s)).T)
        touch = np.hypot(*(self.at_contact(end_s) - self.at_contact(start_s)).T)
        return np.asarray(np.where(np.isfinite(flat), flat, touch))

    def _heel_at(self, moment_s: Array) -> Array:
        return np.stack([np.interp(moment_s, self._time_s, track) for track in self._heel_m.T], axis=-1)


def _footsteps(
    falls: Footfalls,
    prints: Mapping[Side, _Footprints],
    turning: tuple[Bout, ...],
    choice: _Choice,
    limits: Limits,
) -> Iterator[Footstep]:
    landed = _landings(falls)
    if not len(landed.time_s):
        return
    kept, refused = choice.at(landed)
    step_s, turned = _step_times(landed, limits), _inside(landed.time_s, turning)
    step_s[turned | _left_out(landed, kept, refused)] = NAN
    length_m, width_m = np.full(len(step_s), NAN), np.full(len(step_s), NAN)
    for places in (_places(landed, prints, flat=False), _places(landed, prints, flat=True)):
        # Footprints of the flat foot are the better ones and are written last; contacts fill in at the end.
        longer, wider = _step_lengths(landed, places, refused)
        with np.errstate(invalid="ignore"):
            longer[np.abs(longer) > limits.stride_m[1]] = NAN
        length_m, width_m = (
            np.where(np.isfinite(longer), longer, length_m),
            np.where(np.isfinite(wider), wider, width_m),
        )
    if not all(footprints.of_heel for footprints in prints.values()):
        width_m[:] = NAN
    beside = _beside(landed.time_s, turning)
    length_m[beside], width_m[beside] = NAN, NAN
    unseen = ~np.isfinite(step_s)
    length_m[unseen], width_m[unseen] = NAN, NAN
    rows = zip(landed.is_left.tolist(), landed.time_s.tolist(), step_s.tolist(), length_m.tolist(), width_m.tolist(),
               strict=True)  # fmt: skip
    for is_left, time_s, seconds, metres, wide in rows:
        yield Footstep(side="left" if is_left else "right", time_s=time_s, step_time_s=seconds,
                       step_length_m=metres, step_width_m=wide)  # fmt: skip


def _landings(falls: Footfalls) -> _Landings:
    times = [falls.contacts_s.get(side, np.empty(0)) for side in SIDES]
    time_s = np.concatenate(times)
    order = np.argsort(time_s, kind="stable")
    return _Landings(time_s=time_s[order], is_left=(np.arange(len(time_s)) < len(times[0]))[order])


def _step_times(landed: _Landings, limits: Limits) -> Array:
    """Since the other foot's landing; NaN for the first, after the same foot, or where it is no step's time."""
    step_s = np.concatenate(([NAN], np.diff(landed.time_s)))
    same = np.concatenate(([True], landed.is_left[1:] == landed.is_left[:-1]))
    with np.errstate(invalid="ignore"):
        step_s[same | (step_s < limits.step_s[0]) | (step_s > limits.step_s[1])] = NAN
    return step_s


def _left_out(landed: _Landings, kept: NDArray[np.bool_], refused: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which steps lie in strides that were left out and in none that was kept.

    A step from one landing to the next lies in the stride that begins with the one, and in that ending with the other.
    """
    around = np.stack((np.concatenate(([-1], np.arange(len(kept) - 1))), _own_before(landed.is_left)))
    known = around >= 0
    return np.asarray(~(kept[around] & known).any(axis=0) & (refused[around] & known).any(axis=0))


def _beside(landed_s: Array, turning: tuple[Bout, ...]) -> NDArray[np.bool_]:
    """Whether a landing, from the one before it to the one after, shares time with a turn."""
    before, after = np.concatenate((landed_s[:1], landed_s[:-1])), np.concatenate((landed_s[1:], landed_s[-1:]))
    shared = [(before < bout.end_s) & (after > bout.start_s) for bout in turning]
    return np.asarray(np.any([np.zeros(len(landed_s), dtype=bool), *shared], axis=0))


def _own_before(is_left: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Of every landing, which was the same foot's last one; -1 for its first."""
    before = np.full(len(is_left), -1, dtype=np.intp)
    for own in (np.flatnonzero(is_left), np.flatnonzero(~is_left)):
        before[own[1:]] = own[:-1]
    return before


def _places(landed: _Landings, prints: Mapping[Side, _Footprints], *, flat: bool) -> Array:
    places = np.full((len(landed.time_s), 2), NAN)
    for side, footprints in prints.items():
        own = landed.is_left == (side == "left")
        places[own] = footprints.flat(landed.time_s[own]) if flat else footprints.at_contact(landed.time_s[own])
    return places


def _step_lengths(landed: _Landings, places: Array, refused: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Step length and signed step width of every landing, from the places of the landings around it.

    Length: ahead of the other foot, along the stride that ends with this landing, or else the other foot's around
    it. Width: distance from the other foot's stride vector around this landing, negative where the feet cross.
    A stride that was left out, because the person turned or for being no stride, is no line to measure from.
    """
    length, width = np.full(len(places), NAN), np.full(len(places), NAN)
    alternates = (landed.is_left[2:] == landed.is_left[:-2]) & (landed.is_left[1:-1] != landed.is_left[:-2])
    alternates &= ~refused[:-2]
    inner, sideways, last = on_stride_vector(places)
    leftwards = np.where(landed.is_left[1:-1], 1.0, -1.0)
    length[1:-1] = np.where(alternates, inner, NAN)
    width[1:-1] = np.where(alternates, leftwards * sideways, NAN)
    length[2:] = np.where(alternates & np.isfinite(last), last, length[2:])
    return length, width


def on_stride_vector(places: Array) -> tuple[Array, Array, Array]:
    """Every inner landing seen from the stride vector of the other foot around it (Huxham et al. 2006).

    Parameters
    ----------
    places
        Where the heels landed, one after the other, feet alternating: shape (landings, 2), m.

    Returns
    -------
    length_m, leftwards_m, next_length_m
        Shape (landings − 2,): how far the landing is ahead of the one before, how far to the left of the vector, and
        how far the landing after it is ahead of it. NaN where a place is missing or the two around it are one.
    """
    ahead = places[1:-1] - places[:-2]
    around = places[2:] - places[:-2]
    with np.errstate(invalid="ignore", divide="ignore"):
        along = around / np.hypot(around[:, 0], around[:, 1])[:, None]
        leftwards = along[:, 0] * ahead[:, 1] - along[:, 1] * ahead[:, 0]
        return np.sum(ahead * along, axis=1), leftwards, np.sum((places[2:] - places[1:-1]) * along, axis=1)


def bouts_of(falls: Footfalls, *, longest_pause_s: float = 3.0) -> tuple[Bout, ...]:
    """Stretches of walking: landings no further apart than a pause, at least two of them."""
    time_s = _landings(falls).time_s
    if len(time_s) < 2:
        return ()
    cuts = np.flatnonzero(np.diff(time_s) > longest_pause_s) + 1
    edges = [0, *cuts.tolist(), len(time_s)]
    return tuple(
        Bout(start_s=float(time_s[first]), end_s=float(time_s[stop - 1]))
        for first, stop in pairwise(edges)
        if stop - first >= 2
    )


def steps_alternate(falls: Footfalls, limits: Limits) -> bool:
    """Whether at least half of the landings follow the other foot's at a step's time, as in walking."""
    landed = _landings(falls)
    steps = np.isfinite(_step_times(landed, limits)) if len(landed.time_s) else landed.is_left
    one_foot = len(falls.contacts_s) < 2
    return bool(one_foot or len(steps) < 2 or 2 * int(steps.sum()) >= len(steps) - 1)


def _merged(stretches: list[Bout]) -> tuple[Bout, ...]:
    merged: list[Bout] = []
    for bout in sorted(stretches, key=lambda each: each.start_s):
        if merged and bout.start_s <= merged[-1].end_s:
            merged[-1] = Bout(start_s=merged[-1].start_s, end_s=max(merged[-1].end_s, bout.end_s))
        else:
            merged.append(bout)
    return tuple(merged)


def _inside(time_s: Array, stretches: tuple[Bout, ...]) -> NDArray[np.bool_]:
    """Whether each moment lies within one of these stretches, which are apart and in order."""
    if not stretches:
        return np.zeros(len(time_s), dtype=bool)
    bounds = np.array([(bout.start_s, bout.end_s) for bout in stretches])
    which = np.searchsorted(bounds[:, 0], time_s, side="left") - 1
    return np.asarray((which >= 0) & (time_s <= bounds[which, 1]))


def seen_fraction(seen: Walker | None, falls: Footfalls) -> float:
    """How much of pelvis and feet was there while walking."""
    bouts = bouts_of(falls)
    if seen is None or not bouts:
        return 1.0
    walking = _inside(seen.time_s, bouts)
    points = [seen.pelvis_m, *(track for foot in seen.feet.values() for track in (foot.heel_m, foot.toe_m))]
    there = [present(track)[walking].mean() for track in points] if walking.any() else [1.0]
    return float(np.mean(there))

"""Where a person is on the floor: pelvis and feet from the body's points, with the belt of a treadmill held still."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import SIDES, Problem, Side, Stream
from poise.signals.events import stretches

Array = NDArray[np.float64]
NAN = float("nan")

# For each place the points that can stand for it, best first; a tuple is the middle of its points.
_PELVIS = (
    ("pelvis_centre",), ("left_asis", "right_asis", "left_psis", "right_psis"), ("sacrum",),
    ("left_psis", "right_psis"), ("left_asis", "right_asis"), ("left_hip_centre", "right_hip_centre"),
    ("left_greater_trochanter", "right_greater_trochanter"), ("left_iliac_crest", "right_iliac_crest"),
)  # fmt: skip
_HEEL = (("{side}_heel",), ("{side}_ankle",), ("{side}_ankle_centre",))
_TOE = (
    ("{side}_toe",), ("{side}_first_metatarsal", "{side}_fifth_metatarsal"), ("{side}_fifth_metatarsal",),
    ("{side}_first_metatarsal",), ("{side}_hallux",), ("{side}_ankle",), ("{side}_ankle_centre",),
)  # fmt: skip

TREADMILL_FROM_M_S = 0.1
EVEN_SHARE = 0.10
"""A belt whose speed stays within this share of itself runs evenly; within each step it swings by some 5 %."""
BELT_EVERY_S = 0.5
ENOUGH_HZ = 50.0
"""So many looks a second are enough at what changes slowly: a belt, the way a body faces."""
SLOWEST_WALK_M_S = 0.08
"""Mobilise-D's lower limit of walking speed for all their groups of patients (measures.md 1.1.5)."""
BACKWARDS_COSINE = -0.5
"""Who goes more than 120° off where the feet point goes backwards: toe-out and a diagonal step are far from that."""
BACKWARDS_FROM_M = 0.5
"""Sitting down takes the pelvis back by less than this; a step backwards and the next take it further."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Foot:
    """One foot over time: `heel_m` and `toe_m` of shape (samples, 3), and which points of the body they are."""

    side: Side
    heel_m: Array
    toe_m: Array
    heel_point: str
    toe_point: str

    def moved(self, travel_m: Array) -> Foot:
        """The foot with a travel of the floor added, shape (samples, 3)."""
        return replace(self, heel_m=self.heel_m + travel_m, toe_m=self.toe_m + travel_m)

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What is not a heel or toe but had to serve as one."""
        return tuple(sorted({point for point in (self.heel_point, self.toe_point) if "ankle" in point}))


@dataclass(frozen=True, kw_only=True, eq=False)
class Walker:
    """A person on a floor that stands still: z up, m; a treadmill's belt travel is added to every point.

    Attributes
    ----------
    time_s, rate_hz
        Shape (samples,), evenly spaced.
    pelvis_m
        Shape (samples, 3).
    feet
        Those that were seen.
    velocity_m_s
        Shape (samples, 2): the pelvis over the floor, as displacement within a window of 1 s.
    speed_m_s
        Shape (samples,): walking speed thereabouts, the mean over 4 s; NaN where nobody walks.
    floor_m_s
        Shape (2,): velocity of the floor in the laboratory, at its median; not zero on a treadmill.
    floor_speed_m_s
        Shape (samples,): how fast the floor goes thereabouts.
    uneven
        Shape (samples,): whether a belt changes its speed thereabouts, so that no length can be told.
    backwards
        Shape (samples,): whether the person goes against the way that feet and pelvis face.
    """

    time_s: Array
    rate_hz: float
    pelvis_m: Array
    feet: Mapping[Side, Foot]
    velocity_m_s: Array
    speed_m_s: Array
    floor_m_s: Array
    floor_speed_m_s: Array
    uneven: NDArray[np.bool_]
    backwards: NDArray[np.bool_]

    @property
    def treadmill(self) -> bool:
        """Whether the floor moves."""
        return bool(np.any(self.floor_m_s != 0.0))

    @property
    def heading_rad(self) -> Array:
        """Direction of walking over the floor, rad from x towards y, without jumps of 2π; NaN where unknown."""
        heading = np.arctan2(self.velocity_m_s[:, 1], self.velocity_m_s[:, 0])
        known = np.isfinite(heading)
        heading[known] = np.unwrap(heading[known])
        return np.asarray(heading)


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Settings of how a walker is seen: heading over 1 s (measures.md 1.1.2), speed over about three strides."""

    heading_s: float = 1.0
    speed_s: float = 4.0


def walker(body: Stream, windows: Windows | None = None) -> Walker | None:
    """The person as a walker; None where the pelvis or both feet are missing."""
    pelvis = pelvis_of(body)
    feet = feet_of(body)
    if pelvis is None or not feet or len(body.time_s) < 4:
        return None
    facing = pelvis_facing(body)
    return placed_on_floor(body.time_s, body.rate_hz, pelvis, feet, windows or Windows(), pelvis_facing=facing)


def pelvis_of(body: Stream) -> Array | None:
    """Where the pelvis is, shape (samples, 3): its best point, carried over gaps by its others; None without any.

    Another point of the pelvis goes with the best one at the distance that they had when both were last (or next)
    seen, which is good enough to see the feet pass in front of and behind it.
    """
    pelvis: Array | None = None
    for way in _PELVIS:
        if pelvis is not None and present(pelvis).all():
            break
        if all(name in body for name in way):
            other = track_of(body, way)
            pelvis = other if pelvis is None or not present(pelvis).any() else _carried(pelvis, other)
    return pelvis if pelvis is not None and present(pelvis).any() else None


def track_of(body: Stream, names: Sequence[str]) -> Array:
    """The middle of some points over time, shape (samples, 3); each axis lies together in memory, for speed."""
    middle: Array = np.ascontiguousarray(body[names[0]].T)
    for name in names[1:]:
        middle += body[name].T
    return np.asarray((middle / len(names) if len(names) > 1 else middle).T)


def present(track: Array) -> NDArray[np.bool_]:
    """Which samples of a point are there, shape (samples,)."""
    return np.asarray(np.isfinite(track.sum(axis=1)))


def _carried(best: Array, other: Array) -> Array:
    here, there = present(best), present(other)
    missing, both = np.flatnonzero(~here & there), np.flatnonzero(here & there)
    if not len(missing) or not len(both):
        return best
    after = np.minimum(np.searchsorted(both, missing), len(both) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.where(missing - both[before] < both[after] - missing, both[before], both[after])
    carried = best.copy()
    carried[missing] = other[missing] + (best[nearer] - other[nearer])
    return carried


def pelvis_facing(body: Stream) -> Array | None:
    """From the back of the pelvis to its front, shape (samples, 2); None where its front or back is not seen."""
    front = ("left_asis", "right_asis")
    for back in (("left_psis", "right_psis"), ("sacrum",)):
        if all(name in body for name in (*front, *back)):
            return np.asarray((track_of(body, front) - track_of(body, back))[:, :2])
    return None


def placed_on_floor(
    time_s: Array,
    rate_hz: float,
    pelvis_m: Array,
    feet: Mapping[Side, Foot],
    windows: Windows,
    *,
    pelvis_facing: Array | None = None,
) -> Walker:
    """Put pelvis and feet (in the laboratory) on a floor that stands still.

    Where nobody can see the feet point anywhere, `pelvis_facing` of shape (samples, 2) tells who walks backwards.
    """
    floor_m_s = floor_velocity(pelvis_m, feet.values(), rate_hz)
    moves = bool(floor_m_s.any())
    belt = Belt(floor_m_s, feet.values(), rate_hz, windows.speed_s) if moves else None
    travel = np.zeros((3, len(time_s))).T
    if belt is not None:
        travel[:, :2] = belt.travel_m(time_s - time_s[0])
    still = pelvis_m + travel if moves else pelvis_m
    velocity = windowed_velocity(still[:, :2], rate_hz, windows.heading_s)
    speed = rolling_mean(np.hypot(velocity[:, 0], velocity[:, 1]), round(windows.speed_s * rate_hz))
    return Walker(
        time_s=time_s, rate_hz=rate_hz, pelvis_m=still, velocity_m_s=velocity, floor_m_s=floor_m_s,
        speed_m_s=np.where(speed >= SLOWEST_WALK_M_S, speed, NAN),
        feet={side: foot.moved(travel) if moves else foot for side, foot in feet.items()},
        floor_speed_m_s=np.zeros(len(time_s)) if belt is None else belt.speed_m_s(time_s - time_s[0]),
        uneven=np.zeros(len(time_s), dtype=bool) if belt is None else belt.uneven(time_s - time_s[0]),
        backwards=_backwards(velocity, feet.values(), pelvis_facing, rate_hz, windows),
    )  # fmt: skip


def _backwards(
    velocity_m_s: Array, feet: Iterable[Foot], pelvis_facing: Array | None, rate_hz: float, windows: Windows
) -> NDArray[np.bool_]:
    """Stretches in which the pelvis goes, by more than a sitting-down, against where the feet point."""
    samples, apart = len(velocity_m_s), max(1, round(rate_hz / ENOUGH_HZ))
    some, window = slice(None, None, apart), round(windows.heading_s * rate_hz / apart)
    facing = _facing([foot.toe_m[some, :2] - foot.heel_m[some, :2] for foot in feet], window)
    if pelvis_facing is not None and not np.isfinite(facing).all():
        facing = np.where(np.isfinite(facing), facing, _facing([pelvis_facing[some]], window))
    speed = np.hypot(velocity_m_s[some, 0], velocity_m_s[some, 1])
    with np.errstate(invalid="ignore"):
        against = (velocity_m_s[some] * facing).sum(axis=1) < BACKWARDS_COSINE * speed
        against &= speed >= SLOWEST_WALK_M_S
    travelled = np.concatenate(([0.0], np.cumsum(np.where(against, speed, 0.0)))) * (apart / rate_hz)
    found, backwards = stretches(against), np.zeros(len(against), dtype=bool)
    for start, stop in zip(found.start.tolist(), found.stop.tolist(), strict=True):
        backwards[start:stop] = travelled[stop] - travelled[start] >= BACKWARDS_FROM_M
    return np.repeat(backwards, apart)[:samples]


def _facing(arrows_m: Iterable[Array], samples: int) -> Array:
    """Unit vector along these arrows together, in a window; NaN where none of them points anywhere."""
    columns = [np.nan_to_num(arrow) for arrow in arrows_m]
    together = np.stack([rolling_mean(column, samples) for column in np.sum(columns, axis=0).T]).T
    length = np.hypot(together[:, 0], together[:, 1])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(together / np.where(length > 1e-6, length, NAN)[:, None])


def first_of(body: Stream, ways: Iterable[tuple[str, ...]], side: Side | None = None) -> tuple[Array, str] | None:
    """The first of these ways whose points are all there, and its name; points seen in under half the samples wait.

    A point that is mostly missing serves only when nothing better is there.
    """
    possible: list[tuple[float, int, Array, str]] = []
    for rank, way in enumerate(ways):
        names = [name.format(side=side) for name in way]
        if all(name in body for name in names):
            values = track_of(body, names)
            seen = float(present(values).mean()) if len(values) else 0.0
            if seen >= 0.5:
                return values, "+".join(names)
            possible.append((-seen, rank, values, "+".join(names)))
    best = min(possible, key=lambda found: found[:2], default=None)
    return None if best is None or best[0] == 0.0 else (best[2], best[3])


def feet_of(body: Stream) -> dict[Side, Foot]:
    """The feet as they are in the laboratory."""
    return {side: foot for side in SIDES if (foot := _foot(body, side)) is not None}


def _foot(body: Stream, side: Side) -> Foot | None:
    heel, toe = first_of(body, _HEEL, side), first_of(body, _TOE, side)
    if heel is None or toe is None:
        return None
    return Foot(side=side, heel_m=heel[0], toe_m=toe[0], heel_point=heel[1], toe_point=toe[1])


def floor_velocity(pelvis_m: Array, feet: Iterable[Foot], rate_hz: float) -> Array:
    """Velocity of the floor in the laboratory, m/s, shape (2,): zero, or that of a treadmill's belt.

    The feet spend more of the time when they are low standing on the floor than swinging over it, so the median
    velocity of the low toes is roughly the floor's. Where the pelvis travels with about that speed too the toes were
    not standing, and the floor is still. On a belt, the feet that lie flat (heel and toe as fast as each other) then
    give its velocity exactly. On a belt that changes its speed it is that of its most usual speed (see `Belt`).
    """
    sample = sparse(len(pelvis_m))
    on_floor = list(feet)
    heels, toes = ([_velocity_at(track, sample, rate_hz) for track in tracks]
                   for tracks in ([foot.heel_m for foot in on_floor], [foot.toe_m for foot in on_floor]))  # fmt: skip
    roughly = _middle([toe[_low(foot.toe_m[sample, 2])] for foot, toe in zip(on_floor, toes, strict=True)])
    seen = np.flatnonzero(present(pelvis_m))
    if roughly is None or len(seen) < 2:
        return np.zeros(2)
    travelled = (pelvis_m[seen[-1], :2] - pelvis_m[seen[0], :2]) * rate_hz / (seen[-1] - seen[0])
    speed = float(np.hypot(*roughly))
    if speed <= TREADMILL_FROM_M_S or float(np.hypot(*travelled)) >= 0.5 * speed:
        return np.zeros(2)
    exactly = _middle([_flat(heel, toe, roughly) for heel, toe in zip(heels, toes, strict=True)])
    return roughly if exactly is None else exactly


class Belt:
    """A treadmill's belt over time: even, or, where its speed changes, seen anew every half second from the flat feet.

    Each look takes all that lies within a window of about three strides, so a belt that jumps is a little blurred.
    """

    def __init__(self, floor_m_s: Array, feet: Iterable[Foot], rate_hz: float, window_s: float) -> None:
        self._window_s = window_s
        self._at_s, self._velocity_m_s = np.zeros(1), floor_m_s[None, :]
        look = _Look(list(feet), rate_hz, window_s)
        speed = np.hypot(*look.every(0.5 * window_s)[1].T)
        if len(speed) and float(np.ptp(speed)) > EVEN_SHARE * float(np.hypot(*floor_m_s)):
            self._at_s, self._velocity_m_s = look.every(BELT_EVERY_S)

    def velocity_m_s(self, since_start_s: Array) -> Array:
        """Shape (samples, 2)."""
        return np.stack([np.interp(since_start_s, self._at_s, column) for column in self._velocity_m_s.T]).T

    def speed_m_s(self, since_start_s: Array) -> Array:
        """Shape (samples,)."""
        return np.asarray(np.hypot(*self.velocity_m_s(since_start_s).T))

    def travel_m(self, since_start_s: Array) -> Array:
        """What the floor's travel takes away from every point, to be added to it, shape (samples, 2)."""
        if len(self._at_s) == 1:
            return np.asarray(-self._velocity_m_s * since_start_s[:, None])
        velocity_m_s = self.velocity_m_s(since_start_s)
        passed = 0.5 * (velocity_m_s[1:] + velocity_m_s[:-1]) * np.diff(since_start_s)[:, None]
        return -np.concatenate((np.zeros((1, 2)), np.cumsum(passed, axis=0)))

    def uneven(self, since_start_s: Array) -> NDArray[np.bool_]:
        """Whether the speed changes within the window about each sample, shape (samples,)."""
        speed = np.hypot(*self._velocity_m_s.T)
        near = np.abs(self._at_s[:, None] - self._at_s) <= 0.5 * self._window_s
        most, least = (
            chosen(np.where(near, speed, fill), axis=1) for chosen, fill in ((np.max, -1.0), (np.min, np.inf))
        )
        nearest = np.clip(np.searchsorted(self._at_s, since_start_s), 0, len(self._at_s) - 1)
        return np.asarray((most - least > EVEN_SHARE * most)[nearest])


class _Look:
    """The floor's velocity in windows along a recording."""

    def __init__(self, feet: Sequence[Foot], rate_hz: float, window_s: float) -> None:
        apart = max(1, round(rate_hz / ENOUGH_HZ))
        sample = np.arange(0, len(feet[0].heel_m), apart)
        self._rate_hz, self._half = rate_hz / apart, max(1, round(0.5 * window_s * rate_hz / apart))
        self._samples = len(sample)
        self._feet = [
            (_velocity_at(foot.heel_m, sample, rate_hz), _velocity_at(foot.toe_m, sample, rate_hz),
             _low(foot.toe_m[sample, 2]))
            for foot in feet
        ]  # fmt: skip

    def every(self, apart_s: float) -> tuple[Array, Array]:
        """When, s from the start, and how fast the floor was around then, shapes (looks,) and (looks, 2)."""
        centres = range(0, self._samples, max(1, round(apart_s * self._rate_hz)))
        seen = [(centre / self._rate_hz, self._around(centre)) for centre in centres]
        looks = np.array([(at_s, *velocity) for at_s, velocity in seen if velocity is not None]).reshape(-1, 3)
        return looks[:, 0], looks[:, 1:]

    def _around(self, centre: int) -> Array | None:
        part = slice(max(0, centre - self._half), centre + self._half)
        roughly = _middle([toe[part][low[part]] for _, toe, low in self._feet])
        if roughly is None:
            return None
        return _middle([_flat(heel[part], toe[part], roughly) for heel, toe, _ in self._feet])


def sparse(samples: int, enough: int = 30_000) -> NDArray[np.intp]:
    """Evenly chosen samples, all of them up to a number that is enough for a median or a percentile."""
    return np.arange(0, samples, max(1, samples // enough))


def _velocity_at(track_m: Array, sample: NDArray[np.intp], rate_hz: float) -> Array:
    before, after = np.maximum(sample - 1, 0), np.minimum(sample + 1, len(track_m) - 1)
    return np.asarray((track_m[after] - track_m[before]) * (rate_hz / (after - before))[:, None])


def _low(height_m: Array) -> NDArray[np.bool_]:
    """The lowest three tenths of a point's heights."""
    if np.isfinite(height_m).sum() < 3:
        return np.zeros(len(height_m), dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray(height_m <= np.nanpercentile(height_m, 30.0))


def _flat(heel_m_s: Array, toe_m_s: Array, floor_m_s: Array) -> Array:
    """Velocities of a foot while it goes with the floor without turning."""
    speed, middle = float(np.hypot(*floor_m_s)), 0.5 * (heel_m_s + toe_m_s)
    with np.errstate(invalid="ignore"):
        level = np.linalg.norm(heel_m_s - toe_m_s, axis=1) < 0.2 * speed
        along = np.linalg.norm(middle[:, :2] - floor_m_s, axis=1) < 0.5 * speed
    return np.asarray(middle[level & along])


def _middle(velocities: Iterable[Array]) -> Array | None:
    """Median horizontal velocity, shape (2,); None with too few to say."""
    together = np.concatenate([np.empty((0, 3)), *velocities])
    together = together[present(together), :2]
    return np.asarray(np.median(together, axis=0)) if len(together) >= 3 else None


def speed_of(track_m: Array, rate_hz: float) -> Array:
    """Speed of a point by central differences, m/s, shape (samples,); NaN next to what is missing."""
    squared = np.zeros(len(track_m))
    for column in track_m.T:
        moved = np.empty(len(column))
        np.subtract(column[2:], column[:-2], out=moved[1:-1])
        moved[0], moved[-1] = 2.0 * (column[1] - column[0]), 2.0 * (column[-1] - column[-2])
        moved *= moved
        squared += moved
    return np.asarray(0.5 * rate_hz * np.sqrt(squared))


def windowed_velocity(position_m: Array, rate_hz: float, window_s: float) -> Array:
    """Displacement within a centred window, per second, shape (samples, 2).

    The window reaches from the first to the last present sample in it, so it is shorter at ends and gaps; NaN where
    less than a quarter of it is left.
    """
    sample, half = np.arange(len(position_m)), max(1, round(0.5 * window_s * rate_hz))
    before, after = np.maximum(sample - half, 0), np.minimum(sample + half, len(sample) - 1)
    there = present(position_m)
    if not there.all():
        last = np.maximum.accumulate(np.where(there, sample, -1))
        following = np.minimum.accumulate(np.where(there, sample, len(sample))[::-1])[::-1]
        before, after = np.minimum(following[before], len(sample) - 1), np.maximum(last[after], 0)
    apart = after - before
    with np.errstate(invalid="ignore", divide="ignore"):
        per_s = np.where(apart >= min(0.5 * half, 0.5 * len(sample)), rate_hz / apart, NAN)
    return np.stack([(column[after] - column[before]) * per_s for column in position_m.T]).T


def rolling_mean(values: Array, samples: int) -> Array:
    """Mean of the present values of a 1-D signal in a centred window; shorter windows at both ends."""
    there = np.isfinite(values)
    total = np.concatenate(([0.0], np.cumsum(np.where(there, values, 0.0))))
    sample, half = np.arange(len(values)), max(1, samples // 2)
    low, high = np.maximum(sample - half, 0), np.minimum(sample + half + 1, len(values))
    if there.all():
        return np.asarray((total[high] - total[low]) / (high - low))
    count = np.concatenate(([0], np.cumsum(there)))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((total[high] - total[low]) / (count[high] - count[low]))


def length_problems(seen: Walker, where: str) -> Iterator[Problem]:
    """Which lengths and widths the points and the floor do not show."""
    if any("ankle" in foot.heel_point for foot in seen.feet.values()):
        yield Problem(
            what="Step width is not given without heels: ankles stand wider than heels do.",
            where=where, do="Put markers on the heels, or name them with --map.",
        )  # fmt: skip
    if seen.uneven.any():
        slowest, fastest = np.percentile(seen.floor_speed_m_s, (2.0, 98.0))
        yield Problem(
            what=f"The treadmill's belt changes its speed ({slowest:.2f} to {fastest:.2f} m/s): lengths and speeds are "
            f"left out for the {seen.uneven.mean() * np.ptp(seen.time_s):.0f} s about its changes.",
            where=where, do="Record each speed of the belt for itself.",
        )  # fmt: skip


def stand_in_problems(feet: Iterable[Foot], where: str) -> tuple[Problem, ...]:
    """That an ankle had to serve as heel or toe, said once."""
    names = sorted({name for foot in feet for name in foot.stand_ins})
    if not names:
        return ()
    return (
        Problem(
            what="A heel or toe was not seen, so the ankle stands in for it: toe-offs come out up to 0.1 s early "
            f"and contacts are less sure ({', '.join(names)}).",
            where=where,
            do="Put markers on heel and forefoot, or name them with --map.",
        ),
    )

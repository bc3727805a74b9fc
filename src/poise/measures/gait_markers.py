"""Gait from the points of a body: Zeni's coordinates find the steps, the speed of the foot times them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poise.measures.footfalls import Footfalls, Limits, steps_alternate, walk_from
from poise.measures.spatiotemporal import DEFINES, MethodError, backwards_problem, summarise
from poise.measures.walker import (
    SLOWEST_WALK_M_S,
    Foot,
    Walker,
    Windows,
    length_problems,
    sparse,
    speed_of,
    stand_in_problems,
    walker,
)
from poise.model.gait import Walk
from poise.model.measurement import Definition, Measured
from poise.model.recording import SIDES, Kind, Problem, Recording, Side
from poise.signals.events import crossings, peaks, stretches

Array = NDArray[np.float64]
Index = NDArray[np.intp]
NAN = float("nan")
SURE_FROM_HZ = 49.0
"""50 Hz, and what passes for it. Our own simulated walks: double support falls from 31 % at 100 Hz to 27 % at 20 Hz."""
TOE_OFF_FROM_HZ = 23.9
"""The slowest of films; at 10 Hz double support comes out as half of what it is."""
CROSSED_M = -0.03
"""Who walks a line sets the heels at most a little past each other."""
PARTS = ("stance", "swing", "double_support")


@dataclass(frozen=True, kw_only=True)
class Detector:
    """How footfalls are found in the points of a walker.

    Candidates are the extremes of the foot's place before and behind the pelvis along the direction of walking [1]_.
    A contact is then timed where the heel has slowed below half the walking speed (a forefoot contact: where the
    forefoot has slowed below 0.8 of it), a toe-off where the forefoot exceeds 0.8 of it, in three dimensions [2]_.

    Attributes
    ----------
    heel_share, toe_share
        Shares of the walking speed, from [2]_.
    prominence_share
        Of the range of the foot's place, for a candidate (measures.md 1.1.2).
    search_back_s, search_on_s
        How far from its candidate an event may be timed; a candidate whose foot passes no threshold there is none.
    shortest_stand_s, longest_swing_s
        A toe-off without a candidate for its landing lands where the heel first stays slow for the one, within the
        other.

    Notes
    -----
    Alone, [1]_ finds contacts 20 to 50 ms early, because the heel stops moving ahead of the pelvis before it lands.
    Fails when the feet are dragged without ever slowing down, when left and right are swapped in the recording, and
    for runners, whose strides break the order of walking and are dropped.

    References
    ----------
    .. [1] Zeni, Richards & Higginson 2008, Gait Posture 27(4):710-714.
    .. [2] Bonci et al. 2022, Front Bioeng Biotechnol 10:868928, after Bruening & Ridge 2014, Gait Posture 39:472-477.
    """

    heel_share: float = 0.5
    toe_share: float = 0.8
    prominence_share: float = 0.25
    shortest_stride_s: float = 0.46
    longest_stride_s: float = 3.0
    search_back_s: float = 0.4
    search_on_s: float = 0.2
    shortest_stand_s: float = 0.1
    longest_swing_s: float = 1.0
    windows: Windows = field(default_factory=Windows)

    def footfalls(self, seen: Walker) -> Footfalls:
        """Contacts and toe-offs of every foot that was seen, s."""
        ahead = forward_unit(seen.velocity_m_s)
        found = {side: self._of_foot(seen, foot, ahead) for side, foot in seen.feet.items()}
        falls = Footfalls(
            contacts_s={side: contacts for side, (contacts, _) in found.items()},
            toe_offs_s={side: toe_offs for side, (_, toe_offs) in found.items()},
        )
        return falls.forwards(seen)

    def _of_foot(self, seen: Walker, foot: Foot, ahead: Array) -> tuple[Array, Array]:
        heel_ahead, toe_ahead = (_along(track, seen.pelvis_m, ahead) for track in (foot.heel_m, foot.toe_m))
        heel_speed, toe_speed = (speed_of(track, seen.rate_hz) for track in (foot.heel_m, foot.toe_m))
        landing = self.candidates(heel_ahead, seen.rate_hz)
        leaving = self.candidates(-toe_ahead, seen.rate_hz)
        by_heel = self._timed(landing, heel_speed, self.heel_share * seen.speed_m_s, seen.rate_hz, rising=False)
        by_toe = self._timed(landing, toe_speed, self.toe_share * seen.speed_m_s, seen.rate_hz, rising=False)
        contacts = _sorted(np.where(_forefoot_first(foot, by_heel, by_toe), by_toe, by_heel))
        left = self._timed(leaving, toe_speed, self.toe_share * seen.speed_m_s, seen.rate_hz, rising=True)
        # An ankle speeds up when the heel rises, long before the toe leaves: then Zeni's own moment is the better one.
        toe_offs = _sorted(np.where(np.isfinite(left), leaving, left) if "ankle" in foot.toe_point else left)
        landings = self._steady(heel_speed < self.heel_share * seen.speed_m_s, seen.rate_hz)
        contacts = self._completed(toe_offs, contacts, landings, seen.rate_hz)
        contacts = np.concatenate((self._just_landed(seen, foot, heel_speed, toe_speed), contacts))
        return self._on_clock(contacts, seen), self._on_clock(toe_offs, seen)

    def candidates(self, ahead_m: Array, rate_hz: float) -> Index:
        """Peaks, first no closer than half the shortest stride, then half the stride that these show."""
        some = ahead_m[sparse(len(ahead_m))]
        if not np.isfinite(some).any():
            return np.empty(0, dtype=np.intp)
        low, high = np.nanpercentile(some, (5.0, 95.0))
        prominence, within = self.prominence_share * float(high - low), round(2.0 * self.longest_stride_s * rate_hz)
        apart = round(0.5 * self.shortest_stride_s * rate_hz)
        found = peaks(ahead_m, apart=apart, prominence=prominence, within=within)
        apart = round(0.5 * float(np.median(np.diff(found)))) if len(found) > 2 else apart
        return peaks(ahead_m, apart=apart, prominence=prominence, within=within)

    def _timed(self, candidates: Index, speed: Array, level: Array, rate_hz: float, *, rising: bool) -> Array:
        """The crossing that belongs to each candidate, in samples; NaN where there is none near enough.

        Where the foot is past the threshold already, the crossing before the candidate, else the next one.
        """
        times = np.concatenate(([-np.inf], crossings(speed, level, rising=rising), [np.inf]))
        with np.errstate(invalid="ignore"):
            past = speed[candidates] >= level[candidates] if rising else speed[candidates] < level[candidates]
        following = np.searchsorted(times, candidates, side="right")
        timed = np.where(past, times[following - 1], times[following])
        late = timed - candidates
        near = (late >= -self.search_back_s * rate_hz) & (late <= self.search_on_s * rate_hz)
        return np.asarray(np.where(near & np.isfinite(level[candidates]), timed, np.nan))

    def _steady(self, slow: NDArray[np.bool_], rate_hz: float) -> Index:
        """Samples from which the foot stays slow for a while."""
        stood = stretches(slow)
        return stood.start[stood.stop - stood.start >= self.shortest_stand_s * rate_hz]

    def _completed(self, toe_offs: Array, contacts: Array, landings: Index, rate_hz: float) -> Array:
        """Contacts, and one more for every toe-off that none of them follows: a foot that left the floor landed.

        The last step before standing still lands beside or behind the pelvis, where it is no peak ahead of it.
        """
        following = np.concatenate((toe_offs[1:], [np.inf]))
        without = np.searchsorted(contacts, toe_offs) == np.searchsorted(contacts, following)
        landed = np.concatenate((landings.astype(np.float64), [np.inf]))[np.searchsorted(landings, toe_offs)]
        soon = landed < np.minimum(following, toe_offs + self.longest_swing_s * rate_hz)
        return np.sort(np.concatenate((contacts, landed[without & soon])))

    def _just_landed(self, seen: Walker, foot: Foot, heel_speed: Array, toe_speed: Array) -> Array:
        """The first sample, where the recording begins within some 0.04 s of a heel contact; else nothing.

        The heel rests already while the forefoot, higher, still comes down faster than its own threshold.
        """
        both = np.flatnonzero(np.isfinite(heel_speed) & np.isfinite(toe_speed) & np.isfinite(seen.speed_m_s))
        if not len(both) or "ankle" in foot.toe_point or "ankle" in foot.heel_point:
            return np.empty(0)
        first = both[:1]
        speed = seen.speed_m_s[first]
        landed = (heel_speed[first] < self.heel_share * speed) & (toe_speed[first] > self.toe_share * speed)
        falling = foot.toe_m[np.minimum(first + 2, len(foot.toe_m) - 1), 2] < foot.toe_m[first, 2]
        higher = clearance(foot.toe_m[:, 2], first) > clearance(foot.heel_m[:, 2], first)
        return np.asarray(first[landed & falling & higher], dtype=np.float64)

    def _on_clock(self, samples: Array, seen: Walker) -> Array:
        """Samples as seconds; one that follows within half the shortest stride is the same event again."""
        times_s = np.interp(samples, np.arange(len(seen.time_s)), seen.time_s)
        return times_s[np.concatenate(([True], np.diff(times_s) > 0.5 * self.shortest_stride_s))[: len(times_s)]]


def forward_unit(velocity_m_s: Array) -> Array:
    """The direction of walking, shape (samples, 2); NaN where the person hardly moves."""
    speed = np.hypot(velocity_m_s[:, 0], velocity_m_s[:, 1])
    with np.errstate(invalid="ignore", divide="ignore"):
        per_speed = np.where(speed > 0.5 * SLOWEST_WALK_M_S, 1.0 / speed, np.nan)
    return np.stack([velocity_m_s[:, 0] * per_speed, velocity_m_s[:, 1] * per_speed]).T


def _along(track_m: Array, from_m: Array, ahead: Array) -> Array:
    """How far a point is ahead of another along the direction of walking, m, shape (samples,)."""
    return np.asarray((track_m[:, 0] - from_m[:, 0]) * ahead[:, 0] + (track_m[:, 1] - from_m[:, 1]) * ahead[:, 1])


def _sorted(samples: Array) -> Array:
    # Two candidates may share a crossing.
    return np.unique(samples[np.isfinite(samples)])


def _forefoot_first(foot: Foot, by_heel: Array, by_toe: Array) -> NDArray[np.bool_]:
    """Whether the forefoot lands first: it has slowed before the heel, and is nearer to its floor than the heel."""
    landed = np.isfinite(by_toe)
    sample = np.where(landed, by_toe, 0.0)
    heights = [clearance(track[:, 2], sample) for track in (foot.heel_m, foot.toe_m)]
    with np.errstate(invalid="ignore"):
        earlier = landed & ~(by_heel <= by_toe)
        return np.asarray(earlier & (heights[1] < heights[0]))


def clearance(height_m: Array, sample: NDArray[Any]) -> Array:
    """Height above the lowest twentieth of its heights, which is where the point is when the foot stands on it."""
    some = height_m[sparse(len(height_m))]
    if not np.isfinite(some).any():
        return np.full(len(sample), np.nan)
    return np.asarray(np.interp(sample, np.arange(len(height_m)), height_m) - np.nanpercentile(some, 5.0))


@dataclass(frozen=True, kw_only=True)
class MarkerGait:
    """Gait from markers; see `Detector` for the method, and `Limits` for what is left out.

    Against the laboratory's own events, or force plates, every event of the straight, turning and treadmill walks of
    `poise validate` is found within 0.1 s, with a median error under 20 ms in each folder; in two people with
    Parkinson's disease toe-offs come out some 20 ms early (validation/results.md). Few people stand behind that.
    """

    name: str = "gait_markers"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"walk", "tug"})
    defines: tuple[Definition, ...] = DEFINES
    detector: Detector = field(default_factory=Detector)
    limits: Limits = field(default_factory=Limits)

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there is a body made from markers or a model's points."""
        return Kind.BODY in recording and Kind.LANDMARKS not in recording

    def compute(self, recording: Recording) -> Measured:
        """Footfalls, strides and their measures."""
        seen = walker(recording[Kind.BODY], self.detector.windows)
        if seen is None:
            return Measured(problems=(unseen_problem(recording),))
        return measured_walk(seen, self.detector.footfalls(seen), recording, method=self.method, limits=self.limits)


def measured_walk(
    seen: Walker,
    falls: Footfalls,
    recording: Recording,
    *,
    method: str,
    limits: Limits,
    errors: Mapping[str, MethodError] | None = None,
) -> Measured:
    """Events, measures and doubts of footfalls that were seen with the points of the body."""
    where = recording.source or recording.id
    walk, doubts = uncrossed(walk_from(falls, method=method, seen=seen, limits=limits), where)
    events = falls.events()
    if seen.rate_hz < TOE_OFF_FROM_HZ:
        walk, events = without_toe_offs(walk), tuple(event for event in events if event.event != "toe_off")
    if not walk.bouts or not steps_alternate(falls, limits):
        turned_round = backwards_problem(walk, where)
        return Measured(problems=(not_walking(where) if turned_round is None else turned_round,))
    known = errors_at(seen.rate_hz, walk, errors or {})
    measurements, problems = summarise(walk, recording, errors=known)
    return Measured(
        events=events, measurements=measurements, walk=walk,
        problems=(*doubts, *_doubts(seen, walk, where), *problems),
    )  # fmt: skip


def uncrossed(walk: Walk, where: str) -> tuple[Walk, tuple[Problem, ...]]:
    """The walk, without its widths where the left foot steps right of the right one nearly all the time."""
    widths = np.array([step.step_width_m for step in walk.footsteps])
    known = widths[np.isfinite(widths)]
    if not len(known) or float(np.median(known)) > CROSSED_M:
        return walk, ()
    steps = tuple(replace(step, step_width_m=NAN) for step in walk.footsteps)
    crossed = Problem(
        what=f"The feet cross at most steps (by {-100.0 * np.median(known):.0f} cm), so step width is not given.",
        where=where, do="Check whether the markers of the left and the right foot were exchanged.",
    )  # fmt: skip
    return replace(walk, footsteps=steps), (crossed,)


def without_toe_offs(walk: Walk) -> Walk:
    """A walk whose pictures come too rarely to say when a toe leaves the floor: contacts and whole strides alone."""
    strides = (replace(stride, toe_off_s=NAN, opposite_toe_off_s=NAN) for stride in walk.strides)
    return replace(walk, strides=tuple(strides))


def errors_at(rate_hz: float, walk: Walk, errors: Mapping[str, MethodError]) -> Mapping[str, MethodError]:
    """The method's errors; below `SURE_FROM_HZ` those of parts of a stride are at least one sample.

    What decides when a foot is fast or slow is a difference between samples, so at a low rate contacts come out late
    and toe-offs early in every stride alike, and a mean over many strides is no better.
    """
    if rate_hz >= SURE_FROM_HZ or not walk.strides:
        return errors
    sample_s, stride_s = 1.0 / rate_hz, float(np.median([stride.time_s for stride in walk.strides]))
    least = {
        **{f"gait.{part}_time": sample_s for part in PARTS},
        **{f"gait.{part}_percent": 100.0 * sample_s / stride_s for part in PARTS},
    }
    source = f"one sample at {rate_hz:.0f} Hz"
    coarse = {name: MethodError(error=error, source=source) for name, error in least.items()
              if name not in errors or errors[name].error < error}  # fmt: skip
    return {**errors, **coarse}


def not_walking(where: str) -> Problem:
    """That nobody walks here, said instead of numbers."""
    return Problem(
        what="Nobody walks in this recording, or for less than two steps, so no gait is measured.",
        where=where, do="Say what the person does with --task, or record a longer walk.",
    )  # fmt: skip


def unseen_problem(recording: Recording) -> Problem:
    """That the points a walk is measured from are not there."""
    held = ", ".join(recording[Kind.BODY].channels[:30]) or "no points"
    return Problem(
        what=f"Walking cannot be measured without the pelvis and a foot; these points are known: {held}.",
        where=recording.source or recording.id,
        do="Map the missing labels with --map; `poise inspect` lists all labels of the file.",
    )


def _doubts(seen: Walker, walk: Walk, where: str) -> Iterator[Problem]:
    yield from stand_in_problems(seen.feet.values(), where)
    yield from length_problems(seen, where)
    missing: list[Side] = [side for side in SIDES if side not in seen.feet]
    if missing:
        yield Problem(
            what=f"The {missing[0]} foot was not seen: steps, double support and comparison of sides cannot be given.",
            where=where, do="Check its markers, or map their labels with --map.",
        )  # fmt: skip
    if seen.rate_hz < SURE_FROM_HZ:
        lost = (
            "stance, swing and double support are not given"
            if seen.rate_hz < TOE_OFF_FROM_HZ
            else (f"stance, swing and double support are sure to a sample at best ({1000.0 / seen.rate_hz:.0f} ms)")
        )
        yield Problem(
            what=f"At {seen.rate_hz:.3g} Hz the moment a foot meets or leaves the floor is seen roughly: {lost}.",
            where=where, do="Record at 50 Hz or more, better 100 Hz.",
        )  # fmt: skip
    if walk.turning:
        seconds = sum(bout.end_s - bout.start_s for bout in walk.turning)
        yield Problem(
            what=f"{seconds:.1f} s of turning were cut out: a stride that turns by more than 20° is not straight.",
            where=where, do="Nothing to do; record a longer straight walk if too few strides are left.",
        )  # fmt: skip
    if walk.valid_fraction < 0.9:
        yield Problem(
            what=f"Only {100 * walk.valid_fraction:.0f} % of pelvis and feet were seen while walking.",
            where=where, do="Fill the gaps in the motion-capture software, or record again.",
        )  # fmt: skip


MEASURE = MarkerGait()

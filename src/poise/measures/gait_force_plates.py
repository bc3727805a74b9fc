"""Gait from force plates: when the floor is pressed, by which foot, and by one foot alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from poise.measures.footfalls import OTHER, Footfalls, Limits, steps_alternate, walk_from
from poise.measures.spatiotemporal import DEFINES, backwards_problem, summarise
from poise.measures.walk_values import Values
from poise.measures.walker import Foot, Walker, Windows, feet_of, length_problems, speed_of, walker
from poise.model.gait import Walk
from poise.model.measurement import Definition, Measured, Measurement
from poise.model.recording import SIDES, ForcePlate, Kind, Problem, Recording, Side, Stream
from poise.signals.events import Stretches, above
from poise.signals.filters import lowpass_offline

Array = NDArray[np.float64]
NAN = float("nan")
_Found = tuple[str, int, int]
"""A stretch of pressing: channel, first sample, sample after the last."""

LONGEST_FOOT_M = 0.33
"""Between the first and the last third of a contact the centre of pressure of one foot travels less than its length."""
CLEARLY_BESIDE_M = 0.02
FEWEST_TO_COMPARE, LONGER_THAN_USUAL = 6, 1.25


@dataclass(frozen=True, kw_only=True)
class PlateDetector:
    """How contacts are found in the vertical force of each plate (measures.md 1.1.1).

    Attributes
    ----------
    threshold_n
        Pressed is more than this; raised for a plate that trembles, to how far it trembles unloaded, at most `noisy_n`.
    hold_s
        A contact or a pause shorter than this is trembling.
    cutoff_hz
        Of the zero-lag low-pass before.
    unloaded_s
        So much unloaded time is needed to know a plate's offset, which is subtracted.
    largest_offset_n
        A plate that never gets below this is never unloaded; its force is taken as it is.
    """

    threshold_n: float = 20.0
    noisy_n: float = 50.0
    hold_s: float = 0.04
    cutoff_hz: float = 50.0
    unloaded_s: float = 0.1
    largest_offset_n: float = 50.0

    def contacts(self, vertical_n: Array, rate_hz: float) -> Stretches:
        """Stretches of samples in which a plate is pressed; NaN counts as not pressed."""
        force = vertical_n
        if self.cutoff_hz < 0.4 * rate_hz:
            force = lowpass_offline(force, rate_hz, self.cutoff_hz)
        offset, tremble = self.unloaded(force, rate_hz)
        threshold = float(np.clip(tremble, self.threshold_n, self.noisy_n))
        return above(force - offset, threshold, hold=max(1, round(self.hold_s * rate_hz)))

    def unloaded(self, force_n: Array, rate_hz: float) -> tuple[float, float]:
        """Offset of the unloaded plate and how far it trembles, N; zero where it is not unloaded for long enough.

        Unloaded are the pauses between rough contacts, without `hold_s` at both ends in which a foot still presses. The
        trembling is the 99th percentile of what is left about the offset: a belt rings after each step.
        """
        present = force_n[np.isfinite(force_n)]
        if not len(present):
            return 0.0, 0.0
        lowest, highest = np.percentile(present, (2.0, 98.0))
        level, hold = (
            lowest + max(self.largest_offset_n, 0.1 * (highest - lowest)),
            max(1, round(self.hold_s * rate_hz)),
        )
        pressed = above(force_n, float(level), hold=hold)
        pauses = zip(np.append(0, pressed.stop), np.append(pressed.start, len(force_n)), strict=True)
        middles = [force_n[start + hold : stop - hold] for start, stop in pauses if stop - start > 2 * hold]
        unloaded = np.concatenate(middles) if middles else present[:0]
        if abs(lowest) > self.largest_offset_n or len(unloaded) < self.unloaded_s * rate_hz:
            return 0.0, 0.0
        offset = float(np.nanmedian(unloaded))
        return offset, float(np.nanpercentile(np.abs(unloaded - offset), 99.0))


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One stretch of pressing on one plate: by which foot it began and ended, if by one whole foot alone.

    `start_s` or `end_s` is NaN where the recording cuts it off. `from_side` is None where the beginning cannot be used
    (two feet on the plate, the heel off the plate, or nobody knows whose it was), `to_side` likewise for the end.
    """

    plate: str
    start_s: float
    end_s: float
    from_side: Side | None
    to_side: Side | None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Plates:
    """What the recording holds of the plates, on their clock."""

    force: Stream
    centre_m: Stream | None
    plates: Mapping[str, ForcePlate]

    def centre(self, channel: str, start: int, stop: int) -> Array:
        """Middle of the centre of pressure of a stretch, shape (2,); NaN without one."""
        if self.centre_m is None or channel not in self.centre_m:
            return np.full(2, NAN)
        track = self.centre_m[channel][start:stop, :2]
        seen = track[np.isfinite(track).all(axis=1)]
        return np.asarray(np.median(seen, axis=0)) if len(seen) else np.full(2, NAN)


@dataclass(frozen=True, kw_only=True)
class ForcePlateGait:
    """Gait from force plates, or from ground reaction forces that are already parted by foot.

    Whose contact it is comes from the channel's name (``left``, ``right``), else from the foot whose points stand on
    the plate, else, without markers, from left and right of the way walked. With markers a contact begins usably only
    if a whole foot lands alone: its heel inside the plate and the other foot not standing on it; it ends usably by the
    same rule for the toe. Others are counted and not used.

    Fails where plates and markers are not in the same laboratory frame, and cannot see a foot that lands beside the
    plates: overground, strides need three plates in a row. On a treadmill with one belt both feet press the same plate;
    then only single contacts, which do not exist in walking, could be seen, and nothing is given.
    """

    name: str = "gait_force_plates"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"walk"})
    defines: tuple[Definition, ...] = DEFINES
    detector: PlateDetector = field(default_factory=PlateDetector)
    limits: Limits = field(default_factory=Limits)
    windows: Windows = field(default_factory=Windows)
    longest_stance_s: float = 2.5
    least_share: float = 0.3

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there are forces."""
        return Kind.FORCE in recording

    def compute(self, recording: Recording) -> Measured:
        """Contacts, and what of walking they show."""
        contacts = self.contacts(recording)
        falls = footfalls_of(contacts)
        where = recording.source or recording.id
        if not any(len(times_s) for times_s in (*falls.contacts_s.values(), *falls.toe_offs_s.values())):
            return Measured(problems=(_nothing(contacts, where),))
        seen = walker(recording[Kind.BODY], self.windows) if Kind.BODY in recording else None
        # A stride with a missing event was not broken: the foot landed beside the plates.
        walk = walk_from(falls, method=self.method, seen=seen, limits=self.limits, every_step_seen=False)
        walk = replace(walk, dropped=len(walk.implausible))
        if not steps_alternate(falls, self.limits):
            return Measured(problems=(_not_walking(where),))
        if not walk.footsteps:
            return Measured(problems=(backwards_problem(walk, where) or _nothing(contacts, where),))
        measurements, problems = summarise(walk, recording)
        stances = tuple(self._stances(contacts, walk, recording.id, measurements))
        return Measured(
            events=falls.events(), measurements=(*measurements, *stances), walk=walk,
            problems=(*_unused(contacts, where, seen), *(length_problems(seen, where) if seen else ()), *problems),
        )  # fmt: skip

    def contacts(self, recording: Recording) -> tuple[Contact, ...]:
        """Every stretch of pressing on every plate, in order of its beginning."""
        force = recording[Kind.FORCE]
        plates = _Plates(
            force=force, centre_m=recording.streams.get(Kind.CENTRE_OF_PRESSURE),
            plates={plate.name: plate for plate in recording.plates},
        )  # fmt: skip
        found = self._found(force)
        body = recording.streams.get(Kind.BODY)
        feet = _StandingFeet.of(body) if body is not None else None
        contacts = self._by_name(plates, found) or self._by_feet(plates, found, feet) or self._by_way(plates, found)
        return tuple(sorted(contacts, key=lambda contact: np.nan_to_num(contact.start_s, nan=-1.0)))

    def _found(self, force: Stream) -> list[_Found]:
        """Contacts of all plates; what never carries a good part of a person shakes with the floor and is none."""
        made: list[tuple[float, _Found]] = []
        for channel in force.channels if force.rate_hz > 0.0 else ():
            vertical_n = force[channel][:, 2]
            found = self.detector.contacts(vertical_n, force.rate_hz)
            for start, stop in zip(found.start.tolist(), found.stop.tolist(), strict=True):
                made.append((float(np.nanmax(vertical_n[start:stop])), (channel, start, stop)))
        largest_n = max((peak_n for peak_n, _ in made), default=0.0)
        return [each for peak_n, each in made if peak_n >= self.least_share * largest_n]

    def _by_name(self, plates: _Plates, found: Sequence[_Found]) -> list[Contact]:
        sides: dict[str, Side] = {
            name: side for name in plates.force.channels for side in SIDES if side in name.lower()
        }
        if not sides:
            return []
        return [_owned(_contact(plates, *each), sides.get(each[0])) for each in found]

    def _by_feet(self, plates: _Plates, found: Sequence[_Found], feet: _StandingFeet | None) -> list[Contact]:
        if feet is None or not plates.plates:
            return []
        made = []
        for channel, start, stop in found:
            plate = plates.plates.get(channel)
            if plate is not None:
                open_contact = _contact(plates, channel, start, stop)
                landed = feet.landed_alone(open_contact.start_s, plate)
                left = feet.left_alone(open_contact.end_s, plate)
                made.append(replace(open_contact, from_side=landed, to_side=left))
        return made if any(contact.from_side or contact.to_side for contact in made) else []

    def _by_way(self, plates: _Plates, found: Sequence[_Found]) -> list[Contact]:
        """Without feet: contacts that are short enough for one foot, left or right of the way walked."""
        times = plates.force.time_s
        short = [each for each in found if times[each[2] - 1] - times[each[1]] <= self.longest_stance_s]
        whose = _sides_by_way(plates, short)
        made = [_owned(_contact(plates, *each), whose.get(each)) for each in found]
        whole = [each.end_s - each.start_s for each in made if np.isfinite(each.end_s - each.start_s)]
        usual_s = float(np.median(whole)) if len(whole) >= FEWEST_TO_COMPARE else np.inf
        # One that is much longer than the others held the other foot too: who left the plate last, nobody knows.
        return [
            replace(each, to_side=None) if each.end_s - each.start_s > LONGER_THAN_USUAL * usual_s else each
            for each in made
        ]

    def _stances(
        self, contacts: Sequence[Contact], walk: Walk, recording: str, given: Sequence[Measurement]
    ) -> Iterator[Measurement]:
        """Stance times of whole contacts, where no stride could give them."""
        known = {measurement.ref for measurement in given}
        away = walk.backwards
        forwards = [each for each in contacts if not any(b.start_s <= each.start_s <= b.end_s for b in away)]
        for side in SIDES:
            whole = [each for each in forwards if each.from_side == each.to_side == side and each.end_s > each.start_s]
            if whole and f"gait.stance_time@{side}" not in known:
                rows = np.array([(each.end_s - each.start_s, each.start_s, each.end_s) for each in whole])
                behind = Values(values=rows[:, 0], start_s=rows[:, 1], end_s=rows[:, 2])
                yield Measurement(
                    measure="gait.stance_time", value=float(behind.values.mean()), unit="s", side=side, n=len(behind),
                    sd=float(np.std(behind.values, ddof=1)) if len(behind) > 1 else NAN,
                    start_s=float(behind.start_s.min()), end_s=float(behind.end_s.max()), valid_fraction=1.0,
                    method=walk.method, recording=recording,
                )  # fmt: skip


def footfalls_of(contacts: Sequence[Contact]) -> Footfalls:
    """The usable beginnings and ends of contacts."""
    on = {side: sorted(each.start_s for each in contacts if each.from_side == side) for side in SIDES}
    off = {side: sorted(each.end_s for each in contacts if each.to_side == side) for side in SIDES}
    return Footfalls(
        contacts_s={side: _present(on[side]) for side in SIDES},
        toe_offs_s={side: _present(off[side]) for side in SIDES},
    )


def _present(times_s: list[float]) -> Array:
    array = np.asarray(times_s, dtype=np.float64)
    return array[np.isfinite(array)]


def _owned(contact: Contact, side: Side | None) -> Contact:
    return replace(contact, from_side=side, to_side=side)


def _contact(plates: _Plates, channel: str, start: int, stop: int) -> Contact:
    times = plates.force.time_s
    return Contact(
        plate=channel, from_side=None, to_side=None,
        start_s=float(times[start]) if start > 0 else NAN, end_s=float(times[stop]) if stop < len(times) else NAN,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class _StandingFeet:
    """The feet in the laboratory, and how fast heel and toe move over the floor, m/s."""

    walker: Walker
    lab: Mapping[Side, Foot]
    heel_speed: Mapping[Side, Array]
    toe_speed: Mapping[Side, Array]
    walking_m_s: Array

    @classmethod
    def of(cls, body: Stream) -> _StandingFeet | None:
        seen = walker(body)
        if seen is None or len(seen.feet) < 2:
            return None
        return cls(
            walker=seen, lab=feet_of(body),
            heel_speed={side: speed_of(foot.heel_m, seen.rate_hz) for side, foot in seen.feet.items()},
            toe_speed={side: speed_of(foot.toe_m, seen.rate_hz) for side, foot in seen.feet.items()},
            walking_m_s=np.nan_to_num(seen.speed_m_s),
        )  # fmt: skip

    def landed_alone(self, moment_s: float, plate: ForcePlate) -> Side | None:
        """The foot whose landing at this moment loaded the plate, if all of it and it alone."""
        return self._alone(moment_s, plate, "heel")

    def left_alone(self, moment_s: float, plate: ForcePlate) -> Side | None:
        """The foot that left the plate at this moment, if it had been alone on it."""
        return self._alone(moment_s, plate, "toe")

    def _alone(self, moment_s: float, plate: ForcePlate, end: str) -> Side | None:
        if not np.isfinite(moment_s):
            return None
        on_plate = [side for side in SIDES if self._inside(side, moment_s, plate, end)]
        standing = {side: self._stands_on(side, moment_s, plate) for side in SIDES}
        # At its own landing or leaving a foot moves; the one that stands there is the other foot.
        moving = [side for side in on_plate if not standing[OTHER[side]] and self._moved(side, moment_s, end)]
        return moving[0] if len(moving) == 1 else None

    def _at(self, track: Array, moment_s: float) -> Array:
        return np.array([np.interp(moment_s, self.walker.time_s, track[:, axis]) for axis in range(track.shape[1])])

    def _inside(self, side: Side, moment_s: float, plate: ForcePlate, end: str) -> bool:
        foot = self.lab[side]
        return inside_plate(self._at(foot.heel_m if end == "heel" else foot.toe_m, moment_s), plate)

    def _moved(self, side: Side, moment_s: float, end: str) -> bool:
        """Whether the foot was swinging within 0.15 s before its landing, or after its leaving."""
        around_s = np.linspace(0.02, 0.15, 6) * (-1.0 if end == "heel" else 1.0) + moment_s
        speed = self.heel_speed[side] if end == "heel" else self.toe_speed[side]
        return bool(np.nanmax(np.interp(around_s, self.walker.time_s, speed)) > self._slow_m_s(moment_s))

    def _stands_on(self, side: Side, moment_s: float, plate: ForcePlate) -> bool:
        """Whether heel or toe rests within the plate."""
        foot, rest_m_s = self.lab[side], 0.5 * self._slow_m_s(moment_s)
        around_s = moment_s + np.array([-0.03, 0.0, 0.03])
        return any(
            bool(np.all(np.interp(around_s, self.walker.time_s, speed) < rest_m_s))
            and inside_plate(self._at(track, moment_s), plate)
            for track, speed in ((foot.heel_m, self.heel_speed[side]), (foot.toe_m, self.toe_speed[side]))
        )

    def _slow_m_s(self, moment_s: float) -> float:
        return 0.8 * max(float(np.interp(moment_s, self.walker.time_s, self.walking_m_s)), 0.1)


def inside_plate(point_m: Array, plate: ForcePlate, *, margin_m: float = 0.02) -> bool:
    """Whether a point is over the plate or within a margin of its edge; a marker sits that far behind the heel."""
    x, y = float(point_m[0]), float(point_m[1])
    # A missing point is beyond no edge and within none: NaN compares false.
    return all((x - at_x) * out_x + (y - at_y) * out_y <= margin_m for at_x, at_y, out_x, out_y in _edges(plate))


@lru_cache(maxsize=64)
def _edges(plate: ForcePlate) -> tuple[tuple[float, float, float, float], ...]:
    """Of every edge a point on it and its unit normal outwards, whichever way round the corners are listed."""
    corners = plate.corners_m[:, :2]
    along = np.roll(corners, -1, axis=0) - corners
    normals = np.stack((along[:, 1], -along[:, 0]), axis=1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    outwards = np.where(np.sum(normals * (corners - corners.mean(axis=0)), axis=1) >= 0, 1.0, -1.0)[:, None]
    return tuple(map(tuple, np.concatenate((corners, outwards * normals), axis=1).tolist()))


def _sides_by_way(plates: _Plates, contacts: Sequence[_Found]) -> dict[_Found, Side]:
    """Left or right of the way for each contact, where it can be told.

    Overground the centre of pressure runs from heel to toe, which is forward, no further than a foot is long, and the
    feet alternate. On a treadmill, where a plate is pressed again and again, the belt carries it backward, and each
    foot has its own plate.
    """
    seen = [each for each in contacts if np.isfinite(plates.centre(*each)).all()]
    belts = len(seen) > 2 * len({channel for channel, _, _ in seen})
    if not belts:
        seen = [each for each in seen if _reach_m(plates, each) <= LONGEST_FOOT_M]
    way = _way(plates, seen) if len(seen) > 1 else None
    if way is None:
        return {}
    forward = -way if belts else way
    order = sorted(seen, key=lambda each: each[1])
    leftwards = np.array([plates.centre(*each) for each in order]) @ np.array([-forward[1], forward[0]])
    channels = sorted({channel for channel, _, _ in order})
    group = np.array([channels.index(each[0]) if belts else rank % 2 for rank, each in enumerate(order)])
    if len(set(group.tolist())) != 2:
        return {}
    first, second = leftwards[group == 0].mean(), leftwards[group == 1].mean()
    if abs(first - second) < CLEARLY_BESIDE_M:
        return {}
    return {
        each: "left" if (first > second) == (which == 0) else "right" for each, which in zip(order, group, strict=True)
    }


def _reach_m(plates: _Plates, contact: _Found) -> float:
    """How far the centre of pressure travels within a contact."""
    third = max(1, (contact[2] - contact[1]) // 3)
    return float(np.hypot(*_travel(plates, contact, third)))


def _travel(plates: _Plates, contact: _Found, part: int) -> Array:
    channel, start, stop = contact
    return plates.centre(channel, stop - part, stop) - plates.centre(channel, start, start + part)


def _way(plates: _Plates, contacts: Sequence[_Found]) -> Array | None:
    """Unit vector along which the centre of pressure travels within the contacts."""
    travel = np.array([_travel(plates, each, max(1, (each[2] - each[1]) // 3)) for each in contacts])
    travel = travel[np.isfinite(travel).all(axis=1)]
    mean = travel.mean(axis=0) if len(travel) else np.zeros(2)
    length = float(np.hypot(*mean))
    return np.asarray(mean / length) if length > CLEARLY_BESIDE_M else None


def _not_walking(where: str) -> Problem:
    return Problem(
        what="The feet press the force plates, but not in turn as in walking, so no gait is measured.",
        where=where, do="Say what the person does with --task.",
    )  # fmt: skip


def _nothing(contacts: Sequence[Contact], where: str) -> Problem:
    if not contacts:
        what = "No foot lands on a force plate or leaves it."
    else:
        what = f"None of the {len(contacts)} contacts with the force plates was one whole foot alone on one plate."
    return Problem(what=what, where=where, do="For walking, record clean steps: one foot on one plate at a time.")


def _unused(contacts: Sequence[Contact], where: str, seen: Walker | None) -> Iterator[Problem]:
    if seen is None and not any(side in each.plate.lower() for each in contacts for side in SIDES):
        yield Problem(
            what="Without markers, left and right are told from where the feet press, and a second foot on the same "
            "plate may go unseen.",
            where=where, do="Record the feet's markers with the forces to be sure.",
        )  # fmt: skip
    bad = sum(
        (np.isfinite(each.start_s) and each.from_side is None) or (np.isfinite(each.end_s) and each.to_side is None)
        for each in contacts
    )
    if bad:
        yield Problem(
            what=f"{bad} of {len(contacts)} contacts with the force plates were not used, or not wholly: "
            "two feet on one plate, a foot partly beside it, or a foot that nobody can name.",
            where=where, do="Nothing to do where the markers give the events; otherwise record clean steps.",
        )  # fmt: skip


MEASURE = ForcePlateGait()

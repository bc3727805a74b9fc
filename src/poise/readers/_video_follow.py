"""Who is the person of a film, and where: people found in every few pictures, joined over time, one chosen, followed.

A first pass finds everybody in about six pictures a second and joins them into tracks by place and size alone, nothing
is learned of how anybody looks. The person is chosen once, for the whole film, and never changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from poise.readers._video_nets import Detection, Roi

SAME_PLACE, MOST_MOVED, MOST_GROWN = 0.15, 0.25, 1.7
"""Shares of a person's square (about 2.4 m): closer than the first, two detections are one person; further than the
second from where it was expected, a detection is another person; and how much it may grow [design]."""
A_GROUP = 1.5
"""A square larger by this than a surer one inside it is several people, or one and the background, taken for one."""
SPEED_FROM = 4
"""Sightings from which a person's speed over the picture is told."""
LONGEST_GAP_S, SHORTEST_TRACK_S = 1.5, 0.5
NEAREST, CENTRAL = 0.5, 0.5
"""How much standing far up in the picture, and standing at its side edge, count against being the person [design]."""


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """A person in one of the pictures that were looked through."""

    index: int
    time_s: float
    roi: Roi
    score: float


@dataclass(kw_only=True)
class Track:
    """One person as long as their sightings follow each other."""

    sightings: list[Sighting] = field(default_factory=list)

    @property
    def first(self) -> Sighting:
        """The earliest sighting."""
        return self.sightings[0]

    @property
    def last(self) -> Sighting:
        """The latest sighting."""
        return self.sightings[-1]

    @property
    def duration_s(self) -> float:
        """From the first sighting to the last."""
        return self.last.time_s - self.first.time_s

    def expected(self, time_s: float) -> Roi:
        """Where the person should be a little later, at the speed of the last four sightings."""
        now = self.last.roi
        if len(self.sightings) < 2:
            return now
        before = self.sightings[-SPEED_FROM:][0]
        share = (time_s - self.last.time_s) / max(self.last.time_s - before.time_s, 1e-6)
        x, y = now.x + share * (now.x - before.roi.x), now.y + share * (now.y - before.roi.y)
        return Roi(x=x, y=y, side=now.side, angle_rad=now.angle_rad)

    def at(self, index: int) -> Roi | None:
        """Where the person was in a picture between two sightings; None outside, and in a long gap."""
        if not self.first.index <= index <= self.last.index:
            return None
        place = next(i for i, each in enumerate(self.sightings) if each.index >= index)
        after = self.sightings[place]
        if after.index == index:
            return after.roi
        before = self.sightings[place - 1]
        if after.time_s - before.time_s > LONGEST_GAP_S:
            return None
        share = (index - before.index) / (after.index - before.index)
        return _between(before.roi, after.roi, share)


def _between(one: Roi, other: Roi, share: float) -> Roi:
    turned = math.remainder(other.angle_rad - one.angle_rad, 2 * math.pi)
    return Roi(
        x=one.x + share * (other.x - one.x),
        y=one.y + share * (other.y - one.y),
        side=one.side + share * (other.side - one.side),
        angle_rad=one.angle_rad + share * turned,
    )


def apart(one: Roi, other: Roi) -> float:
    """How far two squares lie from each other, in sides of the larger."""
    return math.hypot(one.x - other.x, one.y - other.y) / max(one.side, other.side, 1e-6)


def each_once(found: Sequence[Detection]) -> list[Detection]:
    """Everybody in a picture once: tiles overlap, and the same person is seen in several, or with others in one."""
    kept: list[Detection] = []
    for one in sorted(found, key=lambda each: -each.score):
        if not any(apart(one.roi, other.roi) <= SAME_PLACE or _around(one.roi, other.roi) for other in kept):
            kept.append(one)
    return kept


def _around(large: Roi, small: Roi) -> bool:
    inside = max(abs(small.x - large.x), abs(small.y - large.y)) < large.side / 2
    return inside and large.side > A_GROUP * small.side


def tracks(seen: Sequence[tuple[int, float, Sequence[Detection]]]) -> list[Track]:
    """People over time, from (picture, time, who was seen in it): the nearest sighting goes on with a track.

    A track ends where its person was not seen for 1.5 s; those of less than half a second are left out as chance.
    """
    every: list[Track] = []
    for index, time_s, found in seen:
        live = [each for each in every if time_s - each.last.time_s <= LONGEST_GAP_S]
        pairs = sorted(
            (apart(track.expected(time_s), one.roi), t, d)
            for t, track in enumerate(live)
            for d, one in enumerate(found)
            if _can_follow(track, one, time_s)
        )
        taken_tracks: set[int] = set()
        taken: set[int] = set()
        for _, t, d in pairs:
            if t not in taken_tracks and d not in taken:
                taken_tracks.add(t)
                taken.add(d)
                live[t].sightings.append(_sighting(index, time_s, found[d]))
        every += [Track(sightings=[_sighting(index, time_s, one)]) for d, one in enumerate(found) if d not in taken]
    return [each for each in every if each.duration_s >= SHORTEST_TRACK_S]


def _can_follow(track: Track, one: Detection, time_s: float) -> bool:
    grown = max(one.roi.side, track.last.roi.side) / max(min(one.roi.side, track.last.roi.side), 1e-6)
    return apart(track.expected(time_s), one.roi) <= MOST_MOVED and grown <= MOST_GROWN


def _sighting(index: int, time_s: float, one: Detection) -> Sighting:
    return Sighting(index=index, time_s=time_s, roi=one.roi, score=one.score)


def prominence(track: Track, size_px: tuple[int, int]) -> float:
    """How much a track is the person of the film: how often they were seen, weighed by size, nearness and place.

    Each sighting counts by the area of the person's square, less where the feet stand high up in the picture (further
    from the camera), less at the left and right edge.
    """
    wide, high = size_px
    total = 0.0
    for each in track.sightings:
        feet = min(max((each.roi.y + each.roi.side / 2.5) / high, 0.0), 1.0)
        aside = min(abs(each.roi.x - wide / 2) / (wide / 2), 1.0)
        total += (each.roi.side / high) ** 2 * (1 - NEAREST * (1 - feet)) * (1 - CENTRAL * aside)
    return total


def by_prominence(found: Sequence[Track], size_px: tuple[int, int]) -> list[Track]:
    """People, the likeliest person of the film first; fragments of one person who was alone in view count as one."""
    return sorted(_joined(found), key=lambda track: -prominence(track, size_px))


def _joined(found: Sequence[Track]) -> list[Track]:
    """Tracks that follow each other made one, where nobody else was ever in view with them."""
    alone = [one for one in found if not any(_together(one, other) for other in found if other is not one)]
    if len(alone) < 2 or len(alone) < len(found):
        return list(found)
    ordered = sorted(alone, key=lambda track: track.first.index)
    return [Track(sightings=[each for track in ordered for each in track.sightings])]


def _together(one: Track, other: Track) -> bool:
    return one.first.index <= other.last.index and other.first.index <= one.last.index


def crowded(person: Track, others: Sequence[Track], index: int) -> Iterator[Roi]:
    """Where everybody else was in a picture."""
    return (roi for other in others if other is not person and (roi := other.at(index)) is not None)

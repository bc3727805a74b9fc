"""The landmarks of one person through a film: looked for where they were, checked against who else is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from poise.readers._video_film import Frame
from poise.readers._video_follow import Track, apart, crowded
from poise.readers._video_nets import LEAST_PRESENCE, Net, Picture, Pose, Roi, landmarks

DRIFTED, SAME_PLACE, BESIDE = 0.3, 0.15, 0.35
"""In sides of the person's square: how far the points may lead from where the detector saw the person, how near is
the same place, and how near another person is beside this one [design]."""
LARGEST = 4.0
"""A square of more than so many pictures is none."""


@dataclass(kw_only=True)
class Followed:
    """What was seen of the person: a pose a picture, None where there is none, and where somebody stood close."""

    times_s: list[float] = field(default_factory=list)
    poses: list[Pose | None] = field(default_factory=list)
    beside: int = 0
    taken_for_another: int = 0

    @property
    def seen(self) -> list[int]:
        """The pictures with a pose."""
        return [i for i, pose in enumerate(self.poses) if pose is not None]


def follow(frames: Iterable[Frame], person: Track, everybody: Sequence[Track], net: Net, stride: int) -> Followed:
    """The person's poses, picture by picture.

    Each picture is looked at where the points of the one before lead; where the detector saw the person elsewhere, or
    the points led nowhere, where the detector saw them. A pose that lies nearer to another person than to this one is
    not taken. Before the first sighting and past the last, the person is looked for in half of the pictures that were
    passed over between two looks; one who is alone in the film, past it, as long as the points hold.
    """
    others = [each for each in everybody if each is not person]
    made = Followed()
    roi: Roi | None = None
    for frame in frames:
        made.times_s.append(frame.time_s)
        expected = _expected(person, frame.index, stride)
        if expected is None and (roi is None or not _may_go_on(person, others, frame.index, stride)):
            made.poses.append(None)
            roi = None
            continue
        around = list(crowded(person, others, frame.index))
        pose = _pose(net, frame.picture(), roi, expected)
        if pose is not None and _is_another(pose, expected, around):
            made.taken_for_another += 1
            pose = None
        made.poses.append(pose)
        roi = pose.next_roi if pose is not None else None
        made.beside += pose is not None and any(apart(pose.next_roi, other) < BESIDE for other in around)
    return made


def _expected(person: Track, index: int, stride: int) -> Roi | None:
    if person.first.index - stride // 2 <= index < person.first.index:
        return person.first.roi
    return person.at(index)


def _may_go_on(person: Track, others: Sequence[Track], index: int, stride: int) -> bool:
    return not others or index <= person.last.index + stride // 2


def _pose(net: Net, picture: Picture, roi: Roi | None, expected: Roi | None) -> Pose | None:
    drifted = roi is not None and expected is not None and apart(roi, expected) > DRIFTED
    places = [place for place in (None if drifted else roi, expected) if place is not None]
    poses = (landmarks(net, picture, place) for place in places)
    return next((pose for pose in poses if _is_person(pose, picture)), None)


def _is_person(pose: Pose, picture: Picture) -> bool:
    here = pose.next_roi
    inside = 0.0 <= here.x < picture.wide and 0.0 <= here.y < picture.high
    return pose.presence >= LEAST_PRESENCE and inside and 0 < here.side < LARGEST * max(picture.wide, picture.high)


def _is_another(pose: Pose, expected: Roi | None, around: Sequence[Roi]) -> bool:
    nearest = min((apart(pose.next_roi, other) for other in around), default=1.0)
    own = apart(pose.next_roi, expected) if expected is not None else SAME_PLACE
    return nearest < own and nearest < BESIDE

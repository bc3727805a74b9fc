"""Video files → landmarks of the person in them, in the picture and in metres; needs `poise[video]`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.errors import BadMapping, NotInstalled, UnreadableFile
from poise.model import Kind, Problem, Recording, Stream
from poise.readers import clock, poses
from poise.readers._video_film import Film, Frame, film
from poise.readers._video_follow import Track, by_prominence, each_once, prominence, tracks
from poise.readers._video_nets import LiteNet, Net, detect
from poise.readers._video_person import Followed, follow
from poise.readers._video_weights import DETECTOR, landmarker, weights
from poise.readers.progress import tell

Array = NDArray[np.float64]

LOOKS_A_SECOND = 6.0
MODELS = ("lite", "full", "heavy")
NOTABLE = 0.15
"""Another person with less than this share of the person's prominence is not worth a word [design]."""
LOOKING_SHARE = 0.35


@dataclass(frozen=True, kw_only=True)
class Video:
    """Landmarks of one person in a film: BlazePose's 33 points, px and m, frame by frame, as the network sees them.

    The person is chosen for the whole film by time in view, size and place, and followed by place alone; who else was
    seen is said, and ``follow = 2`` in --map takes the next. Where the person is not in view there are no landmarks.
    Nothing leaves the machine and nothing is smoothed; left and right are watched over by `poise.cleaning`.

    Fails where the person is small (under about a quarter of the picture's shorter side), dark against light, lies
    down throughout, or where another person stands in front.
    """

    name: str = "video"
    suffixes: tuple[str, ...] = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".3gp")

    def sniff(self, path: Path, head: bytes) -> bool:
        """By the first bytes of a container of pictures."""
        return (
            head[4:8] == b"ftyp"
            or head.startswith((b"\x1aE\xdf\xa3", b"\x00\x00\x01\xba", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"))
            or (head.startswith(b"RIFF") and head[8:12] == b"AVI ")
        )

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording, streams ``landmarks`` (px) and ``landmarks.world`` (m); none of them where nobody is seen.

        Raises
        ------
        NotInstalled
            The extra ``poise[video]``, or the weights of the networks, are not there.
        UnreadableFile
            The file cannot be decoded.
        """
        model, which = _told(mapping)
        _check_installed()
        seen = film(path)
        detector, points = LiteNet(weights(DETECTOR)), LiteNet(weights(landmarker(model)))
        looked = look(seen, detector)
        if not looked.people:
            return (_recording(seen, looked, model, {}, [_nobody(looked, path.name)]),)
        if which > len(looked.people):
            raise BadMapping(
                f"The mapping says follow = {which}, but only {len(looked.people)} people were found.",
                do="Number 1 is the one that is followed by itself.",
            )
        person = looked.people[which - 1]
        followed = follow(_telling(seen, looked.frames), person, looked.people, points, looked.stride)
        doubts = [*_several(looked, person, path.name), *_lost(followed, path.name), *_close(followed, path.name)]
        streams, doubted = _streams(followed, path.name)
        return (_recording(seen, looked, model, streams, [*doubted, *doubts]),)


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What the first pass over a film found: its frames and size, and everybody in it, the person first."""

    frames: int
    size_px: tuple[int, int]
    turned: int
    times_s: Array
    stride: int
    people: tuple[Track, ...]


def look(seen: Film, detector: Net) -> Looked:
    """Everybody in a film, from about six pictures a second, the likeliest person of the film first."""
    stride = max(1, round((seen.said_hz or LOOKS_A_SECOND) / LOOKS_A_SECOND))
    found = []
    times: list[float] = []
    last: Frame | None = None
    for frame in seen.frames():
        times.append(frame.time_s)
        last = frame
        if frame.index % stride == 0:
            everybody = [
                one for tile in frame.tiles() for one in detect(detector, tile.square, tile.side_px, tile.corner_px)
            ]
            found.append((frame.index, frame.time_s, each_once(everybody)))
            tell(seen.path.name, LOOKING_SHARE * len(times) / max(seen.said_frames, len(times)))
    if last is None:
        raise UnreadableFile(f"'{seen.path.name}' holds no pictures.", do="Copy it from the camera again.")
    people = by_prominence(tracks(found), last.size_px)
    return Looked(
        frames=len(times), size_px=last.size_px, turned=last.quarter_turns, times_s=np.array(times), stride=stride,
        people=tuple(people),
    )  # fmt: skip


def _telling(seen: Film, count: int) -> Iterator[Frame]:
    for frame in seen.frames():
        yield frame
        tell(seen.path.name, LOOKING_SHARE + (1.0 - LOOKING_SHARE) * (frame.index + 1) / count)


def _told(mapping: Mapping[str, object]) -> tuple[str, int]:
    model, which = mapping.get("pose_model", "full"), mapping.get("follow", 1)
    if model not in MODELS or not isinstance(which, int) or which < 1:
        raise BadMapping(
            "The mapping does not say which pose model or which person in a way that can be used.",
            found=f"It says pose_model = {model!r}, follow = {which!r}.",
            do=f"pose_model is one of {', '.join(MODELS)}; follow is 1, 2, …: the people as they are listed.",
        )
    return str(model), which


def _check_installed() -> None:
    missing = [package for package in ("av", "ai_edge_litert") if find_spec(package) is None]
    if missing:
        raise NotInstalled(
            "Video cannot be read: the part of Poise that does it is not installed.",
            found=f"Missing: {', '.join(missing)}.",
            do="Install it with: pip install 'poise[video]'. Or give landmarks that another program made.",
        )


def _recording(
    seen: Film, looked: Looked, model: str, streams: Mapping[str, Stream], problems: Iterable[Problem]
) -> Recording:
    path, (wide, high) = seen.path, looked.size_px
    turned = {"turned_deg": str(90 * looked.turned)} if looked.turned else {}
    return Recording(
        id=path.stem,
        source=str(path),
        streams=streams,
        problems=tuple(dict.fromkeys(problems)),
        details={
            "format": "video", "codec": seen.codec, "pictures": str(looked.frames), "width_px": str(wide),
            "height_px": str(high), **turned, "pose_model": f"BlazePose {model}", "people": str(len(looked.people)),
        },
    )  # fmt: skip


def _streams(followed: Followed, where: str) -> tuple[dict[str, Stream], list[Problem]]:
    """The landmarks in the picture and in metres, on the film's own clock."""
    ticks = clock.from_times(np.array(followed.times_s), where=where)
    nothing = np.full((len(poses.BLAZEPOSE), 3), np.nan)
    image = np.array([nothing if pose is None else pose.image_px for pose in followed.poses], dtype=np.float64)
    world = np.array([nothing if pose is None else pose.world_m for pose in followed.poses], dtype=np.float64)
    unsure = np.zeros(len(poses.BLAZEPOSE))
    sure = np.array([unsure if pose is None else pose.confidence for pose in followed.poses], dtype=np.float64)
    confidence = np.nan_to_num(ticks.samples(sure))
    made: dict[str, Stream] = {}
    doubts = list(ticks.problems)
    for key, values, unit in ((Kind.LANDMARKS.value, image, "px"), ("landmarks.world", world, "m")):
        made[key], found = poses.stream(
            poses.BLAZEPOSE, ticks.time_s, ticks.samples(values), unit=unit, size_px=None,  # type: ignore[arg-type]
            confidence=confidence, where=where,
        )  # fmt: skip
        doubts += found
    return made, doubts


def _nobody(looked: Looked, where: str) -> Problem:
    wide, high = looked.size_px
    return Problem(
        what=f"No person was found in the {looked.frames} pictures of the video ({wide} × {high} px).",
        where=where,
        do="Film the whole body, upright, filling at least half of the picture's height, with light on the person.",
    )


def _several(looked: Looked, person: Track, where: str) -> list[Problem]:
    weights_of = {id(each): prominence(each, looked.size_px) for each in looked.people}
    others = [
        (number, each)
        for number, each in enumerate(looked.people, 1)
        if each is not person and weights_of[id(each)] >= NOTABLE * weights_of[id(person)]
    ]
    if not others:
        return []
    listed = "; ".join(f"{number}: {_said(each)}" for number, each in others[:4])
    return [
        Problem(
            what=f"{len(others) + 1} people are in the video; the one measured is seen {_said(person)}. Not measured: "
            f"{listed}.",
            where=where,
            do="If that is the wrong one, take another with --map FILE.toml, in which stands: "
            f"follow = {others[0][0]}. Best is to film the person alone.",
        )
    ]


def _said(track: Track) -> str:
    return f"from {track.first.time_s:.1f} to {track.last.time_s:.1f} s"


def _lost(followed: Followed, where: str) -> list[Problem]:
    """What was not seen: outside the person's time in view, and in the middle of it."""
    seen = followed.seen
    if not seen:
        what = "A person was found, but their landmarks in no picture."
        return [Problem(what=what, where=where, do="Film with more light, the whole body in the picture.")]
    told = []
    count, within = len(followed.poses), seen[-1] - seen[0] + 1
    if within < 0.98 * count:
        start_s, end_s = (followed.times_s[i] - followed.times_s[0] for i in (seen[0], seen[-1]))
        what = f"The person is in view from {start_s:.2f} to {end_s:.2f} s only; nothing is measured outside of it."
        told.append(Problem(what=what, where=where, do="Film with the whole person in the picture throughout."))
    if lost := within - len(seen):
        what = f"The person was lost in {lost} of {within} pictures; they count as missing."
        told.append(Problem(what=what, where=where, do="Film with nothing between the camera and the person."))
    return told


def _close(followed: Followed, where: str) -> list[Problem]:
    near = followed.beside + followed.taken_for_another
    if not near:
        return []
    return [
        Problem(
            what=f"Another person is close to the one measured in {near} of {len(followed.poses)} pictures"
            + (f"; in {followed.taken_for_another} of them the points led to that person and were left out."
               if followed.taken_for_another else "; points may have been mixed up there."),
            where=where,
            do="Film the person alone, or with helpers a step away.",
        )
    ]  # fmt: skip


READER = Video()

"""JSON of pose landmarks: arrays of frames, frames with named points, MediaPipe's, OpenPose's and gaitkit's shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from poise.errors import UnknownFormat, UnreadableFile
from poise.model import Event, Kind, Problem, Recording, Side, Stream
from poise.readers import clock, mapping, poses, text

FRAME_LISTS = ("frames", "angle_frames", "poses", "landmarks", "keyframes", "data", "results")
WORLD = ("worldLandmarks", "world_landmarks", "poseWorldLandmarks", "pose_world_landmarks", "keypoints3D")
IMAGE = ("landmarks", "poseLandmarks", "pose_landmarks", "keypoints", "landmark_positions", "people", "points", "pose")
RATES = ("fps", "rate_hz", "frame_rate", "frameRate", "framerate", "sampling_rate")
TIMES = (
    ("time_s", 1.0), ("time", 1.0), ("t", 1.0), ("timestamp_s", 1.0), ("timestamp_ms", 1e-3), ("timestampMs", 1e-3),
    ("timestamp", 0.0), ("timeMs", 1e-3), ("time_ms", 1e-3),
)  # fmt: skip
CONFIDENCE = ("visibility", "score", "confidence", "presence", "v", "c")
# What Python makes of each bracket and comma, in bytes; a file of brackets alone would fill twenty times its size.
BYTES_EACH = {b"{": 240, b"[": 72, b",": 34}
LARGEST_RATIO, ALWAYS_ALLOWED = 10, 8_000_000


class LandmarksJson:
    """Landmarks of one person, frame by frame.

    Shapes: an array (frames, points, 2 to 4); ``{"frames": [{"landmarks": [{"x", "y", "z", "visibility"}], "time"}]}``
    and its relatives; gaitkit's ``angle_frames`` with ``landmark_positions`` (mm) and its annotated events; OpenPose's
    ``people``. Units by the size of the numbers (px, m, mm, or shares of the picture). Points of the picture keep px
    with y down (`Frame.up` "-y"); what view it is has to be found from the data. Without times or a frame rate in the
    file, ``rate_hz`` must come with --map: a rate is never made up.
    """

    name = "landmark JSON"
    suffixes = (".json",)

    def sniff(self, path: Path, head: bytes) -> bool:
        """By an opening bracket, and for other suffixes by a word of landmark files."""
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if start not in (b"{", b"["):
            return False
        return path.suffix.lower() == ".json" or b"landmark" in head or b"keypoint" in head

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording; with image and world landmarks in one file, the second stream is ``landmarks.world``."""
        tree = _parsed(path)
        frames = _frames(tree)
        if frames is None:
            raise _no_landmarks(path, tree)
        facts: Mapping[str, Any] = tree if isinstance(tree, dict) else {}
        streams: dict[str, Stream] = {}
        problems: list[Problem] = []
        for key, wanted in (("landmarks", IMAGE), ("landmarks.world", WORLD)):
            found = _points(frames, wanted)
            if found is None:
                continue
            channels, values, confidence = found
            ticks = _clock(path, frames, len(values), facts, mapping)
            size_px = poses.size_px(mapping, facts)
            unit, guessed = _unit(facts, values, size_px, path.name, world=wanted is WORLD)
            stream, doubts = poses.stream(
                channels,
                ticks.time_s,
                ticks.samples(values),
                unit=unit,
                size_px=size_px,
                confidence=None if confidence is None else ticks.samples(confidence),
                where=path.name,
            )
            streams[key if streams else Kind.LANDMARKS.value] = stream
            problems += [*ticks.problems, *guessed, *doubts, *_more_people(frames, wanted, path.name)]
        if not streams:
            raise _no_landmarks(path, tree)
        return (
            Recording(
                id=path.stem,
                source=str(path),
                streams=streams,
                events=_events(facts),
                problems=tuple(dict.fromkeys(problems)),
                details={"format": self.name, **poses.details(streams.values()), **_about(facts)},
            ),
        )


def _parsed(path: Path) -> Any:
    raw = text.read_bytes(path)
    needed = sum(raw.count(mark) * size for mark, size in BYTES_EACH.items())
    if needed > LARGEST_RATIO * len(raw) + ALWAYS_ALLOWED:
        raise UnknownFormat(f"'{path.name}' is JSON that holds brackets rather than landmarks.")
    try:
        return json.loads(text.decoded(raw))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(
            f"'{path.name}' is not valid JSON: it is damaged or cut off.", found=str(error)[:200], do="Export it again."
        ) from error


def _frames(tree: Any) -> list[Any] | None:
    """The list of frames, wherever it is kept; None where there is none."""
    if isinstance(tree, list):
        return tree or None
    if isinstance(tree, dict):
        if "people" in tree:
            return [tree]
        lists = [tree[key] for key in FRAME_LISTS if isinstance(tree.get(key), list) and tree[key]]
        return lists[0] if lists else None
    return None


Found = tuple[tuple[str, ...], np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.float64]] | None]


def _points(frames: list[Any], keys: Sequence[str]) -> Found | None:
    """Names, values (frames, points, axes) and confidence (frames, points) of the landmarks under some keys."""
    bodies = [_body(frame, keys) for frame in frames]
    first = next((body for body in bodies if body), None)
    if first is None:
        return None
    if isinstance(first, dict):
        channels = tuple(str(name) for name in first)
        rows = [
            _row([body.get(name) for name in first] if isinstance(body, dict) else None, len(first)) for body in bodies
        ]
    else:
        channels = _names(first)
        rows = [_row(body if isinstance(body, list) else None, len(first)) for body in bodies]
    table = np.array(rows, dtype=np.float64)
    if not np.isfinite(table[:, :, :2]).any():
        return None
    table[~np.isfinite(table)] = np.nan
    depth = 3 if np.isfinite(table[:, :, 2]).any() else 2
    sure = table[:, :, 3] if np.isfinite(table[:, :, 3]).any() else None
    return channels, table[:, :, :depth], None if sure is None else np.clip(sure, 0.0, 1.0)


def _more_people(frames: list[Any], keys: Sequence[str], where: str) -> list[Problem]:
    counts = [_people(frame, keys) for frame in frames]
    most, crowded = max(counts), sum(count > 1 for count in counts)
    if most < 2:
        return []
    return [
        Problem(
            what=f"Up to {most} people are in one frame ({crowded} of {len(frames)} frames hold more than one); "
            "the first of each frame was measured.",
            where=where,
            do="Nothing says that the first is always the same person: give a film of one person alone.",
        )
    ]


def _people(frame: Any, keys: Sequence[str]) -> int:
    """How many bodies a frame lists; at most 1 where it is the points of one."""
    bodies = next((frame[key] for key in keys if frame.get(key)), None) if isinstance(frame, dict) else frame
    if not isinstance(bodies, list) or not bodies:
        return 0
    if isinstance(bodies[0], dict):
        return sum("pose_keypoints_2d" in body for body in bodies if isinstance(body, dict)) or 1
    nested = [body for body in bodies if isinstance(body, list) and body and isinstance(body[0], list | dict)]
    return len(nested) if len(nested) > 1 else 1


def _body(frame: Any, keys: Sequence[str]) -> list[Any] | dict[str, Any] | None:
    """The points of the first person in a frame; None where nobody was seen or the frame has none under these keys."""
    if isinstance(frame, dict):
        frame = next((frame[key] for key in keys if frame.get(key)), None)
    elif keys is WORLD:
        return None
    if isinstance(frame, list) and frame and isinstance(frame[0], dict) and "pose_keypoints_2d" in frame[0]:
        flat = frame[0]["pose_keypoints_2d"]
        if not isinstance(flat, list):
            return None
        return [[*flat[i : i + 2], None, flat[i + 2]] if flat[i + 2] else None for i in range(0, len(flat) - 2, 3)]
    # MediaPipe lists persons in a frame, each a list of points.
    while (
        isinstance(frame, list)
        and frame
        and isinstance(frame[0], list)
        and frame[0]
        and isinstance(frame[0][0], list | dict)
    ):
        frame = frame[0]
    return frame if isinstance(frame, list | dict) and frame else None


def _names(points: list[Any]) -> tuple[str, ...]:
    named = [point.get("name", point.get("part")) if isinstance(point, dict) else None for point in points]
    if all(isinstance(name, str) for name in named) and len(set(named)) == len(named):
        return tuple(str(name) for name in named)
    return poses.names(len(points))


_NOTHING = (np.nan, np.nan, np.nan, np.nan)


def _row(points: Sequence[Any] | None, count: int) -> list[tuple[float, float, float, float]]:
    if points is None or len(points) != count:
        return [_NOTHING] * count
    return [_point(point) for point in points]


def _point(point: Any) -> tuple[float, float, float, float]:
    if isinstance(point, dict):
        sure = next((point[key] for key in CONFIDENCE if key in point), None)
        point = [point.get("x"), point.get("y"), point.get("z"), sure]
    if not isinstance(point, list) or not 2 <= len(point) <= 5:
        return _NOTHING
    x, y, z, sure = (_number(value) for value in (*point, None, None)[:4])
    return x, y, z, sure


def _number(value: Any) -> float:
    try:
        return float(value) if isinstance(value, int | float) else np.nan
    except OverflowError:
        return np.nan


def _unit(
    facts: Mapping[str, Any], values: Any, size_px: tuple[float, float] | None, where: str, *, world: bool
) -> tuple[poses.Unit, list[Problem]]:
    if "angle_frames" in facts:
        return "mm" if float(np.nanpercentile(np.abs(values), 90)) > 20.0 else "m", []
    if world:
        return "m", []
    unit = poses.unit_by_size(values, size_px)
    return unit, [poses.guessed_metres(where)] if unit == "m" else []


def _clock(
    path: Path, frames: list[Any], count: int, facts: Mapping[str, Any], told: Mapping[str, object]
) -> clock.Clock:
    rate = next((facts[key] for key in RATES if isinstance(facts.get(key), int | float) and 0 < facts[key] < 1e5), None)
    rate = mapping.rate_hz(told) or rate
    if rate:
        return clock.from_rate(count, float(rate))
    for key, factor in TIMES:
        times = np.array([_number(frame.get(key)) if isinstance(frame, dict) else np.nan for frame in frames])
        if np.isfinite(times).sum() > 1:
            step = float(np.median(np.diff(times[np.isfinite(times)])))
            scale = factor or (1.0 if step < 2.0 else 1e-3 if step < 2000 else 1e-6)
            return clock.from_times(times * scale, where=path.name)
    raise UnreadableFile(
        f"'{path.name}' holds {count} frames of landmarks, but neither times nor a frame rate.",
        found="Without it no time, speed or tempo can be measured.",
        do="Give the rate of the video with --map FILE.toml, in which stands one line: rate_hz = 30",
    )


def _events(facts: Mapping[str, Any]) -> tuple[Event, ...]:
    """The events that gaitkit annotated, which count frames."""
    truth, rate = facts.get("ground_truth"), _number(facts.get("fps"))
    if not isinstance(truth, dict) or not rate > 0:
        return ()
    sides: tuple[Side, Side] = ("left", "right")
    found = [
        Event(event=event, side=side, time_s=_number(frame) / rate)
        for key, event in (("hs_frames", "initial_contact"), ("to_frames", "toe_off"))
        for side in sides
        for frame in (truth.get(key) or {}).get(side) or ()
        if np.isfinite(_number(frame))
    ]
    return tuple(sorted(found, key=lambda event: event.time_s))


def _about(facts: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: str(facts[key])[:200] for key in ("description", "source", "population") if isinstance(facts.get(key), str)
    }


def _no_landmarks(path: Path, tree: Any) -> UnknownFormat:
    keys = (
        ", ".join(map(str, list(tree)[:8]))
        if isinstance(tree, dict)
        else f"a list of {len(tree)}"
        if isinstance(tree, list)
        else type(tree).__name__
    )
    return UnknownFormat(
        f"'{path.name}' is JSON, but holds no landmarks of a body: it is not a recording.",
        found=f"It holds: {keys}."[:300],
        do="A landmark file holds frames, each with its points (docs/formats.md).",
    )


READER = LandmarksJson()

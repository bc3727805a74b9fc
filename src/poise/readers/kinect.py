"""Kinect v2 skeletons as text (IntelliRehabDS): one line a frame, one group in brackets a joint."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from poise.errors import UnreadableFile
from poise.model import Frame, Kind, Recording, Stream
from poise.readers import clock, text

GROUP = re.compile(rb"\(([A-Za-z]+),(?:Tracked|Inferred|NotTracked),")
# How far a joint's place can be believed; NotTracked is where the sensor last thought it was.
STATES = ((b"NotTracked", b"0"), (b"Inferred", b"0.5"), (b"Tracked", b"1"))
HOUR_S = 3600.0


class Kinect:
    """Frame number, minute, millisecond, then `(Joint,State,X,Y,Z,screenX,screenY)` for each joint.

    X, Y, Z are metres in the camera's frame (y up, z away from the camera). Time comes from minute and millisecond.
    The tracking state is the confidence: 1 tracked, 0.5 inferred, 0 not tracked.
    """

    name = "Kinect v2 text"
    suffixes = (".txt",)

    def sniff(self, path: Path, head: bytes) -> bool:
        """By a joint's group in brackets."""
        return GROUP.search(head) is not None

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording with a `landmarks` stream in metres."""
        raw = text.read_bytes(path)
        lines = raw.split(b"\n", 2)
        skip = 1 if lines[0].startswith(b"Version") else 0
        joints = [name.decode("ascii") for name in GROUP.findall(lines[skip] if skip < len(lines) else b"")]
        if not joints or len(set(joints)) != len(joints):
            raise UnreadableFile(f"'{path.name}' holds no whole skeleton in its first frame.", do="Export it again.")
        block = text.after_lines(raw, skip)
        for joint in joints:
            block = block.replace(b"(" + joint.encode() + b",", b"")
        for word, number in STATES:
            block = block.replace(word, number)
        found = text.numbers(block.replace(b")", b""), 3 + 6 * len(joints), delimiter=",", where=path.name)
        times_s = found.values[:, 1] * 60.0 + found.values[:, 2] / 1000.0
        # The minute starts again at the full hour.
        steps = np.diff(np.nan_to_num(times_s), prepend=times_s[:1])
        ticks = clock.from_times(times_s + HOUR_S * np.cumsum(steps < -HOUR_S / 2), where=path.name)
        table = ticks.samples(found.values[:, 3:]).reshape(len(ticks.time_s), len(joints), 6)
        stream = Stream(
            kind=Kind.LANDMARKS,
            channels=tuple(joints),
            time_s=ticks.time_s,
            values=table[:, :, 1:4],
            unit="m",
            frame=Frame(name="camera", up="+y"),
            confidence=table[:, :, 0],
        )
        return (
            Recording(
                id=path.stem,
                source=str(path),
                streams={Kind.LANDMARKS: stream},
                problems=(*found.problems, *ticks.problems),
                details={"format": self.name},
            ),
        )


READER = Kinect()

"""The pictures of a video file, upright and with square pixels, each with its own time; through PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from poise.errors import UnreadableFile
from poise.readers._video_nets import DETECTOR_PX, Floats, Picture

SMALLEST_PX = 32
LEAST_TILED = 1.15
TILE_STEP = 0.5


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A square of the picture for the detector: (224, 224, 3), 0 to 255, its side and its corner in the picture, px."""

    square: Floats
    side_px: float
    corner_px: tuple[float, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """One picture of a film, decoded, not yet turned upright: that costs time only where it is asked for."""

    index: int
    time_s: float
    decoded: Any
    pixel_ratio: float

    @property
    def quarter_turns(self) -> int:
        """By how many quarters the picture has to be turned counter-clockwise, as the file says."""
        return int(round(self.decoded.rotation / 90) % 4)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height, upright, pixels square."""
        wide, high = self._square_size
        return (high, wide) if self.quarter_turns % 2 else (wide, high)

    @property
    def _square_size(self) -> tuple[int, int]:
        return max(1, round(self.decoded.width * self.pixel_ratio)), self.decoded.height

    def picture(self) -> Picture:
        """The whole picture."""
        wide, high = self._square_size
        # One thread: several write over the edges of each other's rows, and no film gives the same numbers twice.
        rgba = self.decoded.reformat(width=wide, height=high, format="rgba", threads=1).to_ndarray()
        return Picture.of(np.ascontiguousarray(rgba).view("<u4")[..., 0], self.quarter_turns)

    def tiles(self) -> Iterator[Tile]:
        """The whole picture in one square, then, where it is longer than high, squares along it that overlap by half.

        The detector knows people who fill a good part of its 224 px; in one square of a wide picture a whole person
        may be 50 px high.
        """
        wide, high = self.size_px
        longest, shortest = max(wide, high), min(wide, high)
        yield from self._along(DETECTOR_PX / longest, [0.0])
        if longest > LEAST_TILED * shortest:
            count = 1 + int(np.ceil((longest - shortest) / (TILE_STEP * shortest)))
            yield from self._along(DETECTOR_PX / shortest, list(np.linspace(0.0, longest - shortest, count)))

    def _along(self, scale: float, offsets_px: list[float]) -> Iterator[Tile]:
        small = self._scaled(scale)
        for offset in offsets_px:
            start = round(offset * scale)
            seen = small[:, start : start + DETECTOR_PX] if small.shape[1] > DETECTOR_PX else small
            seen = seen[start : start + DETECTOR_PX] if small.shape[0] > DETECTOR_PX else seen
            rows, columns = seen.shape[:2]
            top, left = (DETECTOR_PX - rows) // 2, (DETECTOR_PX - columns) // 2
            square = np.zeros((DETECTOR_PX, DETECTOR_PX, 3), dtype=np.float32)
            square[top : top + rows, left : left + columns] = seen
            x = start if small.shape[1] > DETECTOR_PX else -left
            y = start if small.shape[0] > DETECTOR_PX else -top
            yield Tile(square=square, side_px=DETECTOR_PX / scale, corner_px=(x / scale, y / scale))

    def _scaled(self, scale: float) -> np.ndarray[Any, np.dtype[np.uint8]]:
        wide, high = self._square_size
        small = self.decoded.reformat(
            width=max(1, round(wide * scale)), height=max(1, round(high * scale)), format="rgb24",
            interpolation="AREA", threads=1,
        )  # fmt: skip
        return np.rot90(small.to_ndarray(), self.quarter_turns)


@dataclass(frozen=True, kw_only=True)
class Film:
    """A video file: what it says of itself. Its pictures come from `frames`, as often as they are asked for."""

    path: Path
    codec: str
    said_hz: float | None
    said_frames: int

    def frames(self) -> Iterator[Frame]:
        """Every picture in order of time. One that is damaged ends the film, as a cut-off file does.

        Raises
        ------
        UnreadableFile
            Not even the first picture can be decoded.
        """
        import av

        with _opened(self.path) as (container, stream):
            stream.thread_type = "AUTO"
            ratio = float(stream.sample_aspect_ratio or 1.0)
            index = 0
            try:
                for decoded in container.decode(stream):
                    time_s = decoded.time if decoded.time is not None else index / (self.said_hz or np.nan)
                    yield Frame(index=index, time_s=float(time_s), decoded=decoded, pixel_ratio=ratio or 1.0)
                    index += 1
            except av.FFmpegError as error:
                if index == 0:
                    raise _damaged(self.path, error) from error


def film(path: Path) -> Film:
    """What a video file says of itself.

    Raises
    ------
    UnreadableFile
        It is no video, holds no pictures, or pictures too small to show a person.
    """
    with _opened(path) as (_, stream):
        rate = stream.average_rate or stream.guessed_rate
        codec = stream.codec_context
        if min(codec.width, codec.height) < SMALLEST_PX:
            raise UnreadableFile(
                f"The pictures of '{path.name}' are too small to show a person.",
                found=f"They are {codec.width} × {codec.height} px.",
                do="Film with 640 × 480 px or more.",
            )
        return Film(path=path, codec=str(codec.name), said_hz=float(rate) if rate else None, said_frames=stream.frames)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    import av

    try:
        container = av.open(str(path))
    except av.FFmpegError as error:
        raise _damaged(path, error) from error
    with container:
        if not container.streams.video:
            raise UnreadableFile(f"'{path.name}' holds no pictures, only sound.", do="Give the video itself.")
        yield container, container.streams.video[0]


def _damaged(path: Path, error: Exception) -> UnreadableFile:
    return UnreadableFile(
        f"'{path.name}' cannot be decoded: it is damaged, cut off or not a video.",
        found=str(error)[:200],
        do="Copy it from the camera again, or convert it to MP4.",
    )

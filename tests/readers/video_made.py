"""Films made for tests: nobody in them, with the metadata that matters."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

QUARTER_TURN_CLOCKWISE = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
UPRIGHT = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def write_film(path: Path, pictures: Sequence[np.ndarray], times_ms: Sequence[int], *, turned: bool = False) -> Path:
    """A film of RGB pictures at these times; `turned` as a telephone held upright writes it."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=30)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 4_000_000
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for picture, time_ms in zip(pictures, times_ms, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    if turned:
        raw = path.read_bytes()
        assert UPRIGHT in raw[raw.index(b"tkhd") :]
        at = raw.index(UPRIGHT, raw.index(b"tkhd"))
        path.write_bytes(raw[:at] + QUARTER_TURN_CLOCKWISE + raw[at + len(UPRIGHT) :])
    return path


def meadow(count: int, high: int = 120, wide: int = 160) -> list[np.ndarray]:
    """Pictures of nobody: a slope of colour, its upper left quarter red."""
    made = np.random.default_rng(5)
    slope = np.linspace(60, 180, wide)[None, :, None] + made.normal(0, 3, (high, wide, 3))
    slope[: high // 2, : wide // 2] = (200, 20, 20)
    return [np.clip(slope + i % 7, 0, 255).astype(np.uint8) for i in range(count)]

"""How the samples of a C3D file lie in it: how many points, channels and frames, at what rates, in what numbers.

Header and parameters both say so, and in real files they disagree: a count overflows its 16 bits, a program updates one
and forgets the other. The file's own size decides between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from poise.errors import UnreadableFile
from poise.model import Problem
from poise.readers._c3d_parameters import BLOCK, KEY, Encoding, Parameters, read_parameters

DO_EXPORT = "Export the trial again from the software that recorded it, or copy it again from where it came."
FASTEST_HZ = 1e6


@dataclass(frozen=True, kw_only=True)
class Header:
    """The 512 bytes at the start; every number as it stands there."""

    points: int
    analog_per_frame: int
    first_frame: int
    last_frame: int
    scale: float
    data_block: int
    samples_per_frame: int
    rate_hz: float

    @property
    def frames(self) -> int:
        """How many frames the header's two frame numbers span; 0 where they cannot."""
        return max(self.last_frame - self.first_frame + 1, 0)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where every sample lies. Rates are NaN where the file gives none."""

    points: int
    channels: int
    samples_per_frame: int
    frames: int
    stated_frames: int
    first_frame: int
    rate_hz: float
    analog_rate_hz: float
    scale: float
    data_start: int

    @property
    def is_integer(self) -> bool:
        """Whether samples are 16-bit integers; a positive scale says so."""
        return self.scale > 0

    @property
    def words_per_frame(self) -> int:
        """Numbers in one frame: four a point, and all analogue samples."""
        return 4 * self.points + self.channels * self.samples_per_frame


@dataclass(frozen=True, kw_only=True)
class Trial:
    """An opened C3D file: header, parameters and layout, the samples still packed."""

    raw: bytes
    header: Header
    parameters: Parameters
    layout: Layout
    problems: tuple[Problem, ...]

    @cached_property
    def words(self) -> NDArray[np.int16] | NDArray[np.float32]:
        """Shape (frames, words a frame): the numbers of the file, a view on its bytes wherever that can be."""
        plan, encoding = self.layout, self.parameters.encoding
        count = plan.frames * plan.words_per_frame
        unpack = encoding.int16 if plan.is_integer else encoding.float32
        return unpack(self.raw, count, plan.data_start).reshape(plan.frames, plan.words_per_frame)

    @property
    def points(self) -> NDArray[np.int16] | NDArray[np.float32]:
        """Shape (frames, points, 4): x, y, z and residual of every point, part of `words`."""
        plan = self.layout
        return self.words[:, : 4 * plan.points].reshape(plan.frames, plan.points, 4)

    @cached_property
    def may_be_infinite(self) -> NDArray[np.bool_]:
        """Shape (words a frame,): where infinities may stand, told by a sum over the frames that is not finite.

        A sum is far cheaper than a look at every number, and in a sound file it is all that is needed.
        """
        if self.layout.is_integer:
            return np.zeros(self.layout.words_per_frame, dtype=bool)
        totals: NDArray[np.float32] = np.add.reduce(self.words, axis=0)
        return ~np.isfinite(totals)


def open_trial(raw: bytes, name: str) -> Trial:
    """Header, parameters and layout of a C3D file.

    Raises
    ------
    UnreadableFile
        The bytes are not a C3D file, or not enough of one is there.
    """
    if len(raw) < BLOCK or raw[1] != KEY:
        raise _not_c3d(raw, name)
    start = (max(raw[0], 2) - 1) * BLOCK
    if start + 4 > len(raw):
        raise UnreadableFile(
            f"'{name}' is cut off before its parameters.",
            found=f"The file ends after {len(raw)} bytes; its parameters should start at byte {start}.",
            do=DO_EXPORT,
        )
    encoding, problems = _encoding(raw[start + 3])
    header = _header(raw, encoding)
    data_start = (header.data_block - 1) * BLOCK
    stop = data_start if start < data_start <= len(raw) else len(raw)
    parameters = read_parameters(raw, start, stop, encoding)
    if not parameters.sound:
        problems.append(
            Problem(
                what="Some parameters of the file are damaged; what they say is not used.",
                where="parameter section",
                do="Check labels, units and rates with: poise inspect",
            )
        )
    layout = _layout(raw, header, parameters, name, problems)
    return Trial(raw=raw, header=header, parameters=parameters, layout=layout, problems=tuple(problems))


def _not_c3d(raw: bytes, name: str) -> UnreadableFile:
    if not raw:
        return UnreadableFile(f"'{name}' is empty.", do=DO_EXPORT)
    if len(raw) < BLOCK and raw[1:2] == b"\x50":
        return UnreadableFile(
            f"'{name}' is cut off within its header.",
            found=f"The file has {len(raw)} bytes; a C3D header alone has {BLOCK}.",
            do=DO_EXPORT,
        )
    return UnreadableFile(
        f"'{name}' is not a C3D file, whatever its name says.",
        found=f"Its second byte is {raw[1] if len(raw) > 1 else 'missing'}; in every C3D file it is {KEY}.",
        do=DO_EXPORT,
    )


def _encoding(processor: int) -> tuple[Encoding, list[Problem]]:
    encoding = Encoding.of(processor)
    if encoding:
        return encoding, []
    return Encoding(name="intel"), [
        Problem(
            what=f"The file does not say how its numbers are written (processor {processor}); Intel is assumed.",
            where="parameter section",
            do="If values look absurd, export the trial again as Intel.",
        )
    ]


def _header(raw: bytes, encoding: Encoding) -> Header:
    words = encoding.int16(raw, 10, 0, unsigned=True).tolist()
    scale, rate_hz = (float(encoding.float32(raw, 1, at)[0]) for at in (12, 20))
    return Header(
        points=words[1],
        analog_per_frame=words[2],
        first_frame=words[3],
        last_frame=words[4],
        scale=scale,
        data_block=words[8],
        samples_per_frame=words[9],
        rate_hz=rate_hz,
    )


def _layout(raw: bytes, header: Header, parameters: Parameters, name: str, problems: list[Problem]) -> Layout:
    data_start = _data_start(raw, header, parameters)
    if data_start is None:
        start = (header.data_block - 1) * BLOCK
        wanted = f"its samples should start at byte {start}" if start > 0 else "it does not say where its samples start"
        raise UnreadableFile(
            f"'{name}' is cut off before its samples, or damaged.",
            found=f"The file has {len(raw)} bytes; {wanted}.",
            do=DO_EXPORT,
        )
    scale = _scale(header, parameters)
    size, available = (2 if scale > 0 else 4), len(raw) - data_start
    points, channels, samples = _counts(header, parameters, available // size)
    words = 4 * points + channels * samples
    if not words:
        raise UnreadableFile(
            f"'{name}' holds no samples: no points and no analogue channels.",
            do="Export the trial again with its trajectories or its analogue channels.",
        )
    whole = available // (size * words)
    first, stated = _frames(header, parameters, whole, size * words)
    if stated > whole:
        if not whole:
            raise UnreadableFile(
                f"'{name}' is cut off: not one whole frame of its {stated} is there.",
                found=f"One frame takes {size * words} bytes; {available} are left after the parameters.",
                do=DO_EXPORT,
            )
        problems.append(
            Problem(
                what=f"The file is cut off: {whole} of its {stated} frames are there.",
                where="samples",
                do=DO_EXPORT,
            )
        )
    if not stated:
        raise UnreadableFile(f"'{name}' holds no samples.", found="It says that it has no frames.", do=DO_EXPORT)
    rate_hz, analog_rate_hz = _rates(header, parameters, samples)
    return Layout(
        points=points,
        channels=channels,
        samples_per_frame=samples,
        frames=min(whole, stated),
        stated_frames=stated,
        first_frame=first,
        rate_hz=rate_hz,
        analog_rate_hz=analog_rate_hz,
        scale=scale,
        data_start=data_start,
    )


def _data_start(raw: bytes, header: Header, parameters: Parameters) -> int | None:
    blocks = (header.data_block, int(parameters.number("POINT", "DATA_START", unsigned=True) or 0))
    starts = ((block - 1) * BLOCK for block in blocks if block > 1)
    return next((start for start in starts if start < len(raw)), None)


def _scale(header: Header, parameters: Parameters) -> float:
    stated = parameters.number("POINT", "SCALE")
    for scale in (stated, header.scale):
        if scale is not None and isfinite(scale) and scale != 0.0:
            return scale
    return -1.0


def _counts(header: Header, parameters: Parameters, words: int) -> tuple[int, int, int]:
    """Points, channels and analogue samples a frame: of what header and parameters say, what fits the file better."""
    samples = max(header.samples_per_frame, 1)
    from_header = (header.points, header.analog_per_frame // samples, samples)
    points = parameters.number("POINT", "USED", unsigned=True)
    channels = parameters.number("ANALOG", "USED", unsigned=True)
    rate, analog_rate = parameters.number("POINT", "RATE"), parameters.number("ANALOG", "RATE")
    ratio = round(analog_rate / rate) if rate and analog_rate and 0 < analog_rate / rate < 1e5 else samples
    from_parameters = (
        header.points if points is None else int(points),
        from_header[1] if channels is None else int(channels),
        max(ratio, 1),
    )
    if from_header == from_parameters:
        return from_header
    counted = header.frames or int(parameters.number("POINT", "FRAMES", unsigned=True) or 0)
    return min((from_header, from_parameters), key=lambda counts: _misfit(counts, counted, words))


def _misfit(counts: tuple[int, int, int], frames: int, words: int) -> int:
    """How far a layout is from filling the file; more than the file has is worse than any that fits."""
    points, channels, samples = counts
    needed = (4 * points + channels * samples) * frames
    if not needed:
        return 3 * words + 1
    return words - needed if needed <= words else words + needed


def _frames(header: Header, parameters: Parameters, whole: int, frame_bytes: int) -> tuple[int, int]:
    """First frame and number of frames stated, of the places that say so the one that fits the file's size."""
    start = _long(parameters.numbers("TRIAL", "ACTUAL_START_FIELD", unsigned=True))
    end = _long(parameters.numbers("TRIAL", "ACTUAL_END_FIELD", unsigned=True))
    stated = [
        header.frames,
        max(end - start + 1, 0) if end else 0,
        int(min(parameters.number("POINT", "LONG_FRAMES") or 0, 2**32)),
        int(parameters.number("POINT", "FRAMES", unsigned=True) or 0),
    ]
    if header.frames:  # a count that has run over 16 bits comes round again
        stated.append(header.frames + 65536 * max((whole - header.frames) // 65536, 0))
    first = start if start and (start & 0xFFFF) == header.first_frame else header.first_frame
    padding = BLOCK // frame_bytes + 1
    exact = [count for count in stated if 0 < count <= whole <= count + padding]
    agreed = [header.frames] if header.frames == stated[3] and 0 < header.frames <= whole else []
    return max(first, 1), (exact or agreed or [max(stated)])[0]


def _long(words: NDArray[np.float64]) -> int:
    """Two 16-bit words, the low one first, as one number; 0 where there is none."""
    if not len(words) or not np.isfinite(words[:2]).all():
        return 0
    return int(words[0]) + (int(words[1]) << 16 if len(words) > 1 else 0)


def _rates(header: Header, parameters: Parameters, samples: int) -> tuple[float, float]:
    rates = (parameters.number("POINT", "RATE"), header.rate_hz)
    rate_hz = next((rate for rate in rates if rate is not None and 0 < rate < FASTEST_HZ), float("nan"))
    if isfinite(rate_hz):
        return rate_hz, rate_hz * samples
    analog = parameters.number("ANALOG", "RATE")
    if analog is not None and 0 < analog < FASTEST_HZ:
        return analog / samples, analog
    return float("nan"), float("nan")

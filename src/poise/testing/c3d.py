"""Small C3D files with a known content, in every encoding. Simulated: no person was recorded.

The same trial can be written for Intel, DEC and SGI processors, in integers and in real numbers, so that a reader can
be asked for the same answer six times; and any parameter can be put in, changed or taken out, to tell vendors' habits.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Processor = Literal["intel", "dec", "sgi"]
Value = str | Sequence[str] | Array | NDArray[np.int16]

PROCESSORS: tuple[Processor, ...] = ("intel", "dec", "sgi")
BLOCK = 512
KEY = 0x50
MOST_IN_ONE = 255
PROCESSOR_BYTE = {"intel": 84, "dec": 85, "sgi": 86}


@dataclass(frozen=True, kw_only=True, eq=False)
class C3dTrial:
    """What a made file holds.

    Attributes
    ----------
    points
        Shape (frames, points, 3), in `unit`; NaN where a point is missing.
    analog
        Shape (samples, channels), in real units; a whole number of samples a frame.
    parameters
        Further parameters by (GROUP, NAME), or other values for those that are written anyway; None takes one out.
    header
        Other numbers for words of the header, by their number in the standard, which counts from 1.
    """

    points: Array
    analog: Array
    rate_hz: float = 100.0
    first_frame: int = 1
    unit: str = "mm"
    labels: tuple[str, ...] = ()
    analog_labels: tuple[str, ...] = ()
    analog_units: tuple[str, ...] = ()
    parameters: Mapping[tuple[str, str], Value | None] = field(default_factory=dict)
    header: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def walk(cls, *, frames: int = 50, points: int = 6, channels: int = 3, samples_per_frame: int = 4) -> C3dTrial:
        """Points that travel along x at walking pace and bob, and channels that swing."""
        frame = np.arange(frames)[:, None]
        number = np.arange(points)[None, :]
        xyz = np.stack(
            [12.0 * frame + 100 * number, 20.0 * np.sin(frame / 9 + number), 900 + 30.0 * np.cos(frame / 7 + number)],
            axis=-1,
        )
        sample = np.arange(frames * samples_per_frame)[:, None]
        return cls(points=xyz, analog=4.0 * np.sin(sample / 11 + np.arange(channels)))

    @property
    def frames(self) -> int:
        """How many frames it has; those of the points, or without points one a sample."""
        return len(self.points) if self.points.shape[1] else len(self.analog)

    @property
    def samples_per_frame(self) -> int:
        """Analogue samples a frame."""
        return len(self.analog) // self.frames if self.analog.size else 1


def written(trial: C3dTrial, path: Path, processor: Processor = "intel", *, integer: bool = False) -> Path:
    """The trial as a file; gives its path back."""
    path.write_bytes(encoded(trial, processor, integer=integer))
    return path


def encoded(trial: C3dTrial, processor: Processor = "intel", *, integer: bool = False) -> bytes:
    """The bytes of the trial's file."""
    point_scale, analog_scale = _scales(trial, integer=integer)
    parameters = _parameters(trial, point_scale, analog_scale)
    section = _section(parameters, processor)
    data_block = 2 + len(section) // BLOCK
    parameters["POINT", "DATA_START"] = np.array([data_block], dtype=np.int16)
    section = _section({**parameters, **_given(trial)}, processor)
    return (
        _header(trial, point_scale, data_block, processor)
        + section
        + _samples(trial, (point_scale, analog_scale), processor)
    )


def _given(trial: C3dTrial) -> dict[tuple[str, str], Value]:
    return {key: value for key, value in trial.parameters.items() if value is not None}


def _scales(trial: C3dTrial, *, integer: bool) -> tuple[float, float]:
    """Scale of points (negative = real) and of analogue counts."""
    if not integer:
        return -0.1, 1.0
    most, most_analog = (float(np.nanmax(np.abs(values), initial=1e-9)) for values in (trial.points, trial.analog))
    return float(np.float32(max(most / 32000, 1e-6))), float(np.float32(max(most_analog / 32000, 1e-9)))


def _parameters(trial: C3dTrial, point_scale: float, analog_scale: float) -> dict[tuple[str, str], Value]:
    points, channels = trial.points.shape[1], trial.analog.shape[1]
    built: dict[tuple[str, str], Value] = {
        ("POINT", "USED"): _int16([points]),
        ("POINT", "FRAMES"): _int16([trial.frames]),
        ("POINT", "DATA_START"): _int16([2]),
        ("POINT", "SCALE"): np.array([point_scale]),
        ("POINT", "RATE"): np.array([trial.rate_hz]),
        ("POINT", "UNITS"): trial.unit,
        ("ANALOG", "USED"): _int16([channels]),
        ("ANALOG", "RATE"): np.array([trial.rate_hz * trial.samples_per_frame]),
        ("ANALOG", "GEN_SCALE"): np.array([1.0]),
        ("ANALOG", "SCALE"): np.full(min(channels, MOST_IN_ONE), analog_scale),
        ("ANALOG", "OFFSET"): _int16([0] * min(channels, MOST_IN_ONE)),
    }
    built |= _in_parts("POINT", "LABELS", trial.labels or tuple(f"P{i + 1}" for i in range(points)))
    built |= _in_parts("ANALOG", "LABELS", trial.analog_labels or tuple(f"A{i + 1}" for i in range(channels)))
    built |= _in_parts("ANALOG", "UNITS", trial.analog_units or ("V",) * channels)
    built |= _given(trial)
    return {key: value for key, value in built.items() if trial.parameters.get(key, value) is not None}


def _in_parts(group: str, name: str, texts: tuple[str, ...]) -> dict[tuple[str, str], Value]:
    """LABELS, LABELS2, LABELS3 …: no parameter can hold more than 255 texts."""
    parts = [texts[at : at + MOST_IN_ONE] for at in range(0, len(texts), MOST_IN_ONE)]
    return {(group, name if i == 0 else f"{name}{i + 1}"): part for i, part in enumerate(parts)}


def _int16(values: Sequence[int]) -> NDArray[np.int16]:
    return np.array(values, dtype=np.int64).astype(np.uint16).view(np.int16)


def _section(parameters: Mapping[tuple[str, str], Value], processor: Processor) -> bytes:
    groups = list(dict.fromkeys(group for group, _ in parameters))
    entries = [_entry(group, -(i + 1), b"\0", processor) for i, group in enumerate(groups)]
    entries += [
        _entry(name, groups.index(group) + 1, _packed(value, processor) + b"\0", processor)
        for (group, name), value in parameters.items()
    ]
    body = b"".join(entries) + b"\0\0"
    blocks = -(-(len(body) + 4) // BLOCK)
    return (bytes([1, KEY, blocks & 0xFF, PROCESSOR_BYTE[processor]]) + body).ljust(blocks * BLOCK, b"\0")


def _entry(name: str, identity: int, body: bytes, processor: Processor) -> bytes:
    order = ">" if processor == "sgi" else "<"
    told = name.encode("latin-1")
    return struct.pack("bb", len(told), identity) + told + struct.pack(f"{order}H", len(body) + 2) + body


def _packed(value: Value, processor: Processor) -> bytes:
    """Type, dimensions and data of one parameter; arrays are stored with their first index fastest."""
    if isinstance(value, np.ndarray):
        kind, data = (2, _shorts(value, processor)) if value.dtype.kind == "i" else (4, _floats(value, processor))
        return struct.pack("bB", kind, value.ndim) + bytes(value.shape) + data
    texts = [value] if isinstance(value, str) else list(value)
    width = max((len(text.encode("latin-1")) for text in texts), default=0)
    data = b"".join(text.encode("latin-1").ljust(width) for text in texts)
    shape = [width] if isinstance(value, str) else [width, len(texts)]
    return struct.pack("bB", -1, len(shape)) + bytes(shape) + data


def _shorts(values: NDArray[np.generic], processor: Processor) -> bytes:
    return values.astype(">i2" if processor == "sgi" else "<i2").tobytes(order="F")


def _floats(values: NDArray[np.generic], processor: Processor) -> bytes:
    if processor != "dec":
        return values.astype(">f4" if processor == "sgi" else "<f4").tobytes(order="F")
    words = (values.astype(np.float32) * np.float32(4.0)).astype("<f4").ravel(order="F").view("<u4")
    return ((words << np.uint32(16)) | (words >> np.uint32(16))).astype("<u4").tobytes()


def _header(trial: C3dTrial, point_scale: float, data_block: int, processor: Processor) -> bytes:
    words = dict.fromkeys(range(1, 257), 0)
    per_frame = trial.samples_per_frame
    words |= {
        2: trial.points.shape[1], 3: trial.analog.shape[1] * per_frame, 4: trial.first_frame,
        5: trial.first_frame + trial.frames - 1, 9: data_block, 10: per_frame,
    }  # fmt: skip
    words |= trial.header
    raw = bytearray(
        struct.pack(f"{'>' if processor == 'sgi' else '<'}256H", *(word & 0xFFFF for word in words.values()))
    )
    raw[0:2] = bytes([2, KEY])
    raw[12:16] = _floats(np.array([point_scale]), processor)
    raw[20:24] = _floats(np.array([trial.rate_hz]), processor)
    return bytes(raw)


def _samples(trial: C3dTrial, scales: tuple[float, float], processor: Processor) -> bytes:
    """Frame after frame: the points with their residual (−1 = missing), then the analogue samples as counts."""
    point_scale, analog_scale = scales
    missing = ~np.isfinite(trial.points).all(axis=-1, keepdims=True)
    step = point_scale if point_scale > 0 else 1.0
    points = np.concatenate([np.where(missing, 0.0, trial.points) / step, np.where(missing, -1.0, 0.0)], axis=-1)
    rows = points.reshape(len(points), -1) if points.shape[1] else np.empty((trial.frames, 0))
    counts = (trial.analog / analog_scale).reshape(trial.frames, -1) if trial.analog.size else np.empty((len(rows), 0))
    words = np.concatenate([rows, counts], axis=1)
    packed = _shorts(np.rint(words).ravel(), processor) if point_scale > 0 else _floats(words.ravel(), processor)
    return packed + b"\0" * (-len(packed) % BLOCK)

"""numpy archives (.npz) of an accelerometer with time stamps, as scikit-digital-health keeps them; never unpickled."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import numpy as np

from poise.errors import UnknownFormat, UnreadableFile
from poise.model import Kind, Problem, Recording
from poise.readers import clock, imu, mapping
from poise.readers.mapping import UNITS

LARGEST_RATIO, ALWAYS_ALLOWED_BYTES = 30, 32_000_000
NAMES = {
    Kind.ACCELERATION: ("accel", "acc", "acceleration", "imu_acc"),
    Kind.ANGULAR_VELOCITY: ("gyro", "gyr", "angular_velocity", "imu_gyr"),
    Kind.MAGNETIC_FIELD: ("mag", "magnetometer", "imu_mag"),
}
TIMES = ("time", "t", "timestamp", "timestamps")
RATES = ("fs", "rate_hz", "sampling_rate", "sample_rate")


class Npz:
    """Arrays `accel` (samples, 3) and `time` (s), or a rate `fs`; g or m/s² by size, which is told as a problem.

    Where the sensor is worn is not said in such a file: its channel is ``sensor`` until the mapping's ``[sensors]``
    says ``sensor = "lower_back"``.
    """

    name = "numpy archive"
    suffixes = (".npz",)

    def sniff(self, path: Path, head: bytes) -> bool:
        """By suffix and a zip's first bytes."""
        return path.suffix.lower() == ".npz" and head.startswith(b"PK\x03\x04")

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording of one sensor."""
        arrays = load(path)
        found = {
            kind: arrays[name]
            for kind, names in NAMES.items()
            for name in names
            if name in arrays and arrays[name].ndim == 2 and arrays[name].shape[1] == 3
        }
        if not found:
            raise UnknownFormat(
                f"'{path.name}' is a numpy archive, but holds no sensor's signals: it is not a recording.",
                found=f"It holds: {', '.join(list(arrays)[:12]) or 'nothing'}.",
                do="A recording has arrays called accel (samples, 3) and time (s).",
            )
        ticks = _clock(path, arrays, len(next(iter(found.values()))), mapping)
        problems = list(ticks.problems)
        signals = []
        for kind, values in found.items():
            if len(values) != len(next(iter(found.values()))):
                raise UnreadableFile(f"The arrays of '{path.name}' have different lengths.", do="Save it again.")
            scaled = _scaled(kind, values, path.name, problems)
            up = imu.up_axis(scaled) if kind == Kind.ACCELERATION else None
            signals.append(
                imu.Signal(kind=kind, place="sensor", time_s=ticks.time_s, values=ticks.samples(scaled), up=up)
            )
        what = "The file does not say where the sensor was worn."
        problems.append(Problem(what=what, where=path.name, do='Say so with --map: [sensors] sensor = "lower_back"'))
        return (
            Recording(
                id=path.stem,
                source=str(path),
                streams=imu.streams(signals),
                problems=tuple(problems),
                details={"format": self.name, "first_time_s": f"{ticks.first_s:.3f}"},
            ),
        )


def load(path: Path) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """The numeric arrays of an archive, each only if its bytes are really there; others are passed over.

    Raises
    ------
    UnreadableFile
        The archive is damaged, or unpacks to far more than a recording of its size.
    """
    left = ALWAYS_ALLOWED_BYTES + LARGEST_RATIO * path.stat().st_size
    arrays = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist()[:1000]:
                if info.filename.endswith(".npy"):
                    with archive.open(info) as member:
                        array = _array(member, min(left, info.file_size))
                    left -= 0 if array is None else array.nbytes
                    if array is not None:
                        arrays[info.filename.removesuffix(".npy")] = array
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, KeyError) as error:
        raise UnreadableFile(
            f"'{path.name}' is a numpy archive, but damaged or cut off.", found=str(error)[:200], do="Copy it again."
        ) from error
    return arrays


def _array(member: IO[bytes], allowed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None:
    version = np.lib.format.read_magic(member)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(member)
    if dtype.kind not in "fiu" or dtype.hasobject:
        return None
    size = int(np.prod([int(n) for n in shape], dtype=object)) * dtype.itemsize if shape else dtype.itemsize
    if size > allowed:
        raise ValueError("an array promises more numbers than its bytes can hold")
    data = member.read(size)
    if len(data) < size:
        raise EOFError("an array ends before its end")
    array = np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
    return np.asarray(array, dtype=np.float64)


def _clock(
    path: Path,
    arrays: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]],
    count: int,
    told: Mapping[str, object],
) -> clock.Clock:
    rate = next((float(arrays[name].ravel()[0]) for name in RATES if name in arrays and arrays[name].size == 1), None)
    rate = mapping.rate_hz(told) or rate
    times = next((arrays[name].ravel() for name in TIMES if name in arrays and arrays[name].size == count), None)
    if times is not None and count > 1:
        return clock.from_times(times, where=path.name, declared_hz=rate)
    if rate and 0 < rate < 1e5:
        return clock.from_rate(count, rate)
    raise UnreadableFile(
        f"'{path.name}' holds a sensor's signals, but neither times nor a rate.", do="Give it with --map: rate_hz = 100"
    )


def _scaled(kind: Kind, values: imu.Array, where: str, problems: list[Problem]) -> imu.Array:
    """Acceleration in m/s² and angular velocity in rad/s, taken by size."""
    with np.errstate(all="ignore"):
        typical = float(np.nanmedian(np.linalg.norm(values, axis=1))) if len(values) else 0.0
        high = float(np.nanpercentile(np.abs(values), 99)) if len(values) else 0.0
    if kind == Kind.MAGNETIC_FIELD:
        return values
    unit = ("g" if typical < 3.0 else "m/s2") if kind == Kind.ACCELERATION else ("deg/s" if high > 35.0 else "rad/s")
    what = f"The file does not say the unit of its {kind.replace('_', ' ')}; it was taken for {unit} by its size."
    problems.append(Problem(what=what, where=where, do="Check the values with: poise inspect"))
    return values * UNITS[unit][1]


READER = Npz()

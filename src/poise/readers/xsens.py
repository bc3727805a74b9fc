"""Xsens MT text exports: one file a sensor, or a folder of them as one recording, put together by packet counter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poise.errors import UnreadableFile
from poise.model import Kind, Problem, Recording
from poise.readers import imu, text

HEADER_LINES = 40
COUNTER_WRAPS_AT = 65536
LONGEST_EXPANSION = 2.0
TRIPLES = (
    (Kind.ACCELERATION, ("Acc_X", "Acc_Y", "Acc_Z"), "m/s²"),
    (Kind.ANGULAR_VELOCITY, ("Gyr_X", "Gyr_Y", "Gyr_Z"), "rad/s"),
    (Kind.MAGNETIC_FIELD, ("Mag_X", "Mag_Y", "Mag_Z"), "1"),
)
MATRIX = tuple(f"Mat[{row}][{column}]" for row in (1, 2, 3) for column in (1, 2, 3))
QUATERNIONS = (("Quat_q0", "Quat_q1", "Quat_q2", "Quat_q3"), ("Quat_w", "Quat_x", "Quat_y", "Quat_z"))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sensor:
    """One file: which packet each row is, and its signals by kind, shape (rows, axes)."""

    name: str
    rate_hz: float
    packets: np.ndarray[tuple[int], np.dtype[np.int64]]
    signals: Mapping[Kind, text.Array]
    problems: tuple[Problem, ...]


class Xsens:
    """Lines of `//` facts, a line of names, then a row a packet; times from `PacketCounter` and the update rate.

    Lost packets are missing samples. `Mat[r][c]` (sensor to earth) becomes a unit quaternion. A sensor is named by the
    device number at the end of the file's name, unless the mapping says where it is worn (``[sensors]``). A folder of
    such files is one recording: sensors that start at different packets are put on one clock, that of the first packet
    any of them has.
    """

    name = "Xsens MT text"
    suffixes = (".txt", ".csv")

    def sniff(self, path: Path, head: bytes) -> bool:
        """By comment lines and the name of the packet counter."""
        return head.startswith(b"//") and b"PacketCounter" in head

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording of one sensor."""
        return (_recording([_sensor(path)], path.stem, str(path)),)

    def sniff_folder(self, folder: Path) -> bool:
        """Whether the folder holds two sensors or more."""
        return len(list(_members(folder, self))) >= 2

    def read_folder(self, folder: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording of all sensors of the folder."""
        return (_recording([_sensor(path) for path in _members(folder, self)], folder.name, str(folder)),)


def read_folder(folder: Path) -> Recording:
    """All sensors of a folder as one recording; see `Xsens`."""
    (recording,) = READER.read_folder(folder, {})
    return recording


def _members(folder: Path, reader: Xsens) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in reader.suffixes and path.is_file():
            with path.open("rb") as file:
                if reader.sniff(path, file.read(4096)):
                    yield path


def _sensor(path: Path) -> _Sensor:
    raw = text.read_bytes(path)
    lines = text.head_lines(raw, HEADER_LINES)
    at = next((i for i, line in enumerate(lines) if not line.startswith("//") and "PacketCounter" in line), None)
    rate = re.search(r"Update Rate:\s*([\d.]+)", "\n".join(lines))
    rate_hz = float(rate.group(1)) if rate and rate.group(1).strip(".") else 0.0
    if at is None or not 0 < rate_hz < 1e5:
        missing = "line of column names" if at is None else "update rate"
        raise UnreadableFile(f"'{path.name}' has no usable {missing}.", do="Export it again from MT Manager.")
    names = [name.strip() for name in lines[at].split("\t")]
    wanted = [name for name in names if _is_wanted(name)]
    use = [names.index("PacketCounter"), *(names.index(name) for name in wanted)]
    found = text.numbers(text.after_lines(raw, at + 1), use, delimiter="\t", where=path.name)
    kept = np.isfinite(found.values[:, 0])
    table = found.values[kept]
    columns = {name: table[:, 1 + i] for i, name in enumerate(wanted)}
    return _Sensor(
        name=path.stem.split("_")[-1],
        rate_hz=rate_hz,
        packets=_unwrapped(table[:, 0]),
        signals=dict(_signals(columns)),
        problems=found.problems,
    )


def _is_wanted(name: str) -> bool:
    return name in MATRIX or any(name in group for group in (*(t for _, t, _ in TRIPLES), *QUATERNIONS))


def _unwrapped(counter: text.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Packet numbers that go on rising where the 16-bit counter starts again."""
    numbers = np.clip(counter, 0, 2**53).astype(np.int64)
    wraps = np.cumsum(np.diff(numbers, prepend=numbers[:1]) < -COUNTER_WRAPS_AT // 2)
    unwrapped: np.ndarray[tuple[int], np.dtype[np.int64]] = numbers + wraps * COUNTER_WRAPS_AT
    return unwrapped


def _signals(columns: Mapping[str, text.Array]) -> Iterator[tuple[Kind, text.Array]]:
    for kind, axes, _ in TRIPLES:
        if all(name in columns for name in axes):
            yield kind, np.stack([columns[name] for name in axes], axis=1)
    if all(name in columns for name in MATRIX):
        matrices = np.stack([columns[name] for name in MATRIX], axis=1).reshape(-1, 3, 3)
        yield Kind.ORIENTATION, quaternions(matrices)
        return
    for names in QUATERNIONS:
        if all(name in columns for name in names):
            yield Kind.ORIENTATION, _unit_length(np.stack([columns[name] for name in names], axis=1))


def quaternions(matrices: text.Array) -> text.Array:
    """Unit quaternions (w, x, y, z) of rotation matrices.

    Parameters
    ----------
    matrices
        Shape (samples, 3, 3); NaN, or no rotation, gives NaN.

    Notes
    -----
    From the largest of the four components, which is never near zero [1]_.

    References
    ----------
    .. [1] Shepperd 1978, J Guid Control 1(3):223-224.
    """
    m = matrices
    trace = m[:, 0, 0] + m[:, 1, 1] + m[:, 2, 2]
    squares = np.stack([trace, m[:, 0, 0], m[:, 1, 1], m[:, 2, 2]], axis=1)
    largest = np.argmax(np.nan_to_num(squares, nan=-9.0), axis=1)
    yz, zx, xy = m[:, 2, 1] - m[:, 1, 2], m[:, 0, 2] - m[:, 2, 0], m[:, 1, 0] - m[:, 0, 1]
    sum_xy, sum_zx, sum_yz = m[:, 0, 1] + m[:, 1, 0], m[:, 0, 2] + m[:, 2, 0], m[:, 1, 2] + m[:, 2, 1]
    own = 1.0 + 2.0 * squares - trace[:, None]
    rows = np.stack(
        [
            np.stack([1.0 + trace, yz, zx, xy], axis=1),
            np.stack([yz, own[:, 1], sum_xy, sum_zx], axis=1),
            np.stack([zx, sum_xy, own[:, 2], sum_yz], axis=1),
            np.stack([xy, sum_zx, sum_yz, own[:, 3]], axis=1),
        ],
        axis=1,
    )
    found = _unit_length(rows[np.arange(len(m)), largest])
    with np.errstate(all="ignore"):
        off = np.abs(m @ m.transpose(0, 2, 1) - np.eye(3)).max(axis=(1, 2), initial=0.0)
    found[~(off < 0.05)] = np.nan
    return found


def _unit_length(values: text.Array) -> text.Array:
    with np.errstate(all="ignore"):
        length = np.linalg.norm(values, axis=1, keepdims=True)
        made: text.Array = np.where(length > 1e-6, values / length, np.nan)
    return made


def _recording(sensors: Sequence[_Sensor], name: str, source: str) -> Recording:
    usable = [sensor for sensor in sensors if len(sensor.packets) and sensor.signals]
    if not usable:
        raise UnreadableFile(f"'{name}' holds no samples of acceleration or orientation.", do="Export it again.")
    rates = {sensor.rate_hz for sensor in usable}
    if len(rates) > 1:
        raise UnreadableFile(
            f"The sensors of '{name}' have different update rates ({', '.join(f'{r:g}' for r in sorted(rates))} Hz).",
            do="Give them file by file.",
        )
    first = min(int(sensor.packets.min()) for sensor in usable)
    count = max(int(sensor.packets.max()) for sensor in usable) - first + 1
    longest = max(len(sensor.packets) for sensor in usable)
    if count > LONGEST_EXPANSION * longest + 1000:
        raise UnreadableFile(
            f"The packet counters of '{name}' leave out more than they hold ({count} packets, {longest} samples).",
            do="The files may be of different recordings: give them file by file.",
        )
    problems = [problem for sensor in usable for problem in sensor.problems]
    problems += [doubt for sensor in usable for doubt in _lost(sensor)]
    time_s = np.arange(count) / usable[0].rate_hz
    signals = [
        imu.Signal(kind=kind, place=sensor.name, time_s=time_s, values=_placed(sensor, values, first, count), unit=unit)
        for kind, unit in (*((kind, unit) for kind, _, unit in TRIPLES), (Kind.ORIENTATION, "1"))
        for sensor in usable
        if (values := sensor.signals.get(kind)) is not None
    ]
    return Recording(
        id=name,
        source=source,
        streams=imu.streams(signals),
        problems=tuple(problems),
        details={"format": READER.name, "first_packet": str(first)},
    )


def _placed(sensor: _Sensor, values: text.Array, first: int, count: int) -> text.Array:
    placed = np.full((count, values.shape[1]), np.nan)
    placed[sensor.packets - first] = values
    return placed


def _lost(sensor: _Sensor) -> Iterator[Problem]:
    lost = int(sensor.packets.max() - sensor.packets.min()) + 1 - len(np.unique(sensor.packets))
    if lost:
        what = f"{lost} packets of sensor {sensor.name} were lost; their samples are missing."
        yield Problem(what=what, where=sensor.name, do="Check the radio link.")


READER = Xsens()

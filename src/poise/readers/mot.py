"""MOT and STO: OpenSim's and SIMM's storage of coordinates, ground forces, joint moments, EMG and orientations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from poise.errors import UnreadableFile
from poise.model import Frame, Kind, Problem, Recording, Stream
from poise.readers import clock, text

HEADER_LINES = 60
# A centre of pressure under less force than this is noise (C3D plates: 10 to 20 N is usual).
LEAST_LOAD_N = 10.0
AXES = "xyz"

FORCE = re.compile(r"^(?P<base>.*?)_?v(?P<axis>[xyz])$", re.IGNORECASE)
PLAIN_FORCE = re.compile(r"^(?P<base>.*?(?:force|grf).*?|fp?\d*)_?(?P<axis>[xyz])$", re.IGNORECASE)
POINT = re.compile(r"^(?P<base>.*?)_?p(?P<axis>[xyz])$", re.IGNORECASE)
TORQUE = re.compile(r"^(?P<base>.*?)(?:_m|_)(?P<axis>[xyz])$", re.IGNORECASE)
ROTATION = re.compile(
    r"flexion|adduction|abduction|rotation|angle|tilt|list|obliquity|bending|extension|mtp|subtalar|pro_?sup|_elv"
    r"|arm_(flex|add|rot)|wrist|elbow|shoulder|ankle|knee|hip|_beta|dorsi|inversion",
    re.IGNORECASE,
)
TRANSLATION = re.compile(r"_t[xyz]$|translation", re.IGNORECASE)
MUSCLE = re.compile(
    r"soleus|gastroc|tibialis|tib_?ant|peron|vast|rect|hamstring|bicep|bflh|bfsh|semi(mem|ten)|glut|glmax|glmed|adduc"
    r"|iliopsoas|psoas|tfl|sartor|erector|deltoid|trapez|tricep|pector|latissimus|oblique|^r?l?_?emg",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Table:
    """What stands in the file before anybody says what it means; values (samples, columns) on the file's clock."""

    name: str
    header: str
    columns: tuple[str, ...]
    time_s: text.Array
    values: text.Array

    def of(self, columns: Sequence[str]) -> text.Array:
        """The samples of some columns, shape (samples, columns)."""
        return self.values[:, [self.columns.index(name) for name in columns]]


class Mot:
    """A header of any lines up to `endheader`, a line of labels, then a time and a number for each label.

    Row and column counts in the header are not believed. Angles come out in degrees; where the header does not say
    whether they are (`inDegrees`), SIMM's old headers mean degrees and else the size of the numbers decides, which is
    told as a problem. Ground forces keep the file's axes, by OpenSim's convention y up (`Frame.up`); nothing is rotated
    here. Signs are the model's: knee flexion is negative in gait2354 and positive in Rajagopal's model.
    """

    name = "MOT/STO"
    suffixes = (".mot", ".sto")

    def sniff(self, path: Path, head: bytes) -> bool:
        """By a header that ends in `endheader`, or at least begins like one."""
        lower = head.lower()
        begins = re.search(rb"(nrows|ncolumns|datacolumns|datarows|indegrees)\s*[= ]", lower) is not None
        return b"endheader" in lower and (begins or path.suffix.lower() in self.suffixes)

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording; see the class for what is decided how."""
        raw = text.read_bytes(path)
        header, label_line = _header(raw, path.name)
        labels = text.head_lines(raw, label_line + 1)[label_line]
        columns = tuple(label.strip() for label in (labels.split("\t") if "\t" in labels else labels.split()))
        while columns and not columns[-1]:
            columns = columns[:-1]
        if len(columns) < 2 or "time" not in columns[0].lower():
            raise _damaged(path.name, f"The first column is {columns[0] if columns else 'missing'!r}, not time.")
        block = text.after_lines(raw, label_line + 1)
        width = _vector_width(header)
        if width > 1:
            block = block.replace(b",", b"\t")
        found = text.numbers(block, 1 + (len(columns) - 1) * width, delimiter=_delimiter(block), where=path.name)
        found = text.without_cut_row(found, raw, _promised_rows(header), path.name)
        ticks = clock.from_times(found.values[:, 0], where=path.name, declared_hz=_declared_hz(header))
        samples = ticks.samples(found.values[:, 1:])
        table = _Table(name=path.name, header=header, columns=_unique(columns[1:]), time_s=ticks.time_s, values=samples)
        streams, problems = _vectors(table, width) if width > 1 else _meaning(table)
        return (
            Recording(
                id=path.stem,
                source=str(path),
                streams=streams,
                problems=(*found.problems, *ticks.problems, *problems),
                details={
                    "format": "MOT/STO",
                    "title": header.split("\n", 1)[0].strip()[:80],
                    "first_time_s": f"{ticks.first_s:g}",
                },
            ),
        )


def _header(raw: bytes, where: str) -> tuple[str, int]:
    """The header's text, and the number of the line that holds the labels."""
    lines = text.head_lines(raw, HEADER_LINES)
    for i, line in enumerate(lines):
        if line.strip().lower() == "endheader":
            for j in range(i + 1, len(lines)):
                if lines[j].strip():
                    return "\n".join(line.strip() for line in lines[:i]), j
    raise _damaged(where, "There is no line 'endheader' with labels under it.")


def _delimiter(block: bytes) -> str | None:
    """Tabs where the rows have them, so that an empty cell keeps its place; else any white space."""
    return "\t" if b"\t" in block[: block.find(b"\n")].strip() else None


def _vector_width(header: str) -> int:
    kind = re.search(r"DataType\s*=\s*(\w+)", header)
    return {"Vec3": 3, "Quaternion": 4, "Vec6": 6, "SpatialVec": 6}.get(kind.group(1) if kind else "", 1)


def _declared_hz(header: str) -> float | None:
    rate = re.search(r"DataRate\s*=\s*([\d.]+)", header)
    return float(rate.group(1)) if rate and rate.group(1).strip(".") else None


def _promised_rows(header: str) -> float | None:
    rows = re.search(r"(?:nRows|datarows)\s*[= ]\s*(\d{1,15})", header, re.IGNORECASE)
    return float(rows.group(1)) if rows else None


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    return tuple(name if seen[name] == 1 else f"{name}.{i}" for i, name in enumerate(names))


Streams = dict[str, Stream]


def _meaning(table: _Table) -> tuple[Streams, list[Problem]]:
    """What the columns are, decided by their names and the file's title."""
    streams, problems = _ground_forces(table)
    left = [name for name in table.columns if name not in _force_columns(table.columns)]
    title = table.header.split("\n", 1)[0].lower()
    moments = [name for name in left if name.endswith("_moment")]
    muscles = [name for name in left if MUSCLE.search(name) and not TRANSLATION.search(name)]
    if moments:
        streams |= _scalars(table, Kind.JOINT_MOMENTS, moments, "N·m")
        streams |= _scalars(table, Kind.ANALOG, [name for name in left if name not in moments], "N")
    elif left and ("emg" in title or "electromyograph" in title or len(muscles) > 0.7 * len(left)):
        streams |= _scalars(table, Kind.EMG, left, "1")
    elif coordinates := [name for name in left if _is_coordinate(name)]:
        streams |= _coordinates(table, coordinates, problems)
        streams |= _scalars(table, Kind.ANALOG, [name for name in left if name not in coordinates], "unknown")
    else:
        streams |= _scalars(table, Kind.ANALOG, left, "unknown")
    return streams, problems


def _scalars(table: _Table, kind: Kind, columns: Sequence[str], unit: str, key: str = "") -> Streams:
    if not columns:
        return {}
    stream = Stream(
        kind=kind,
        channels=_unique([_short(name) for name in columns]),
        time_s=table.time_s,
        values=table.of(columns)[:, :, None],
        unit=unit,
        frame=Frame(name="model"),
    )
    return {key or kind: stream}


def _short(name: str) -> str:
    """A coordinate's own name, without the path of OpenSim 4: /jointset/hip_r/hip_flexion_r/value."""
    return name.split("/")[-2] if name.startswith("/") and name.endswith("/value") else name


def _is_coordinate(name: str) -> bool:
    if name.startswith("/"):
        return name.endswith("/value")
    return bool(ROTATION.search(name) or TRANSLATION.search(name))


def _coordinates(table: _Table, columns: Sequence[str], problems: list[Problem]) -> Streams:
    """Rotations in degrees; translations in metres as a stream of their own."""
    translations = [name for name in columns if TRANSLATION.search(_short(name))]
    rotations = [name for name in columns if name not in translations]
    streams = _scalars(table, Kind.COORDINATES, rotations, "deg")
    if rotations and not _in_degrees(table, rotations, problems):
        stream = streams[Kind.COORDINATES]
        streams[Kind.COORDINATES] = _scaled(stream, np.degrees(1.0))
    return streams | _scalars(table, Kind.COORDINATES, translations, "m", "coordinates.translation")


def _scaled(stream: Stream, factor: float) -> Stream:
    return replace(stream, values=stream.values * factor)


def _in_degrees(table: _Table, rotations: Sequence[str], problems: list[Problem]) -> bool:
    said = re.search(r"inDegrees\s*=\s*(\w+)", table.header, re.IGNORECASE)
    if said:
        return said.group(1).lower() in ("yes", "true", "1")
    if re.search(r"angles are in degrees|datacolumns|simm motion", table.header, re.IGNORECASE):
        return True
    largest = float(np.nanmax(np.abs(table.of(rotations)), initial=0.0))
    guess = largest > 2.0 * np.pi
    problems.append(
        Problem(
            what="The header does not say whether angles are in degrees; they were taken for "
            f"{'degrees' if guess else 'radians'} by their size (largest {largest:.3g}).",
            where=table.name,
            do="Add the line inDegrees=yes or inDegrees=no to the header.",
        )
    )
    return guess


@dataclass(frozen=True, kw_only=True)
class _Plate:
    """The columns of one plate or foot; `point` and `torque` may be absent."""

    channel: str
    force: tuple[str, ...]
    point: tuple[str, ...] = ()
    torque: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.force, *self.point, *self.torque)


def _force_columns(columns: Sequence[str]) -> set[str]:
    return {name for plate in _plates(columns) for name in plate.columns}


def _plates(columns: Sequence[str]) -> list[_Plate]:
    """Plates or feet, by names such as ground_force_r_vx, 1_ground_force_vx, R_ground_force_vx, ground_force1_vx."""
    points = _triples(columns, POINT)
    torques = _triples(columns, TORQUE)
    forces = _triples(columns, FORCE) or {
        base: triple
        for base, triple in _triples(columns, PLAIN_FORCE).items()
        if not re.search(r"_[pm]$|torque|moment", base)
    }
    plates = []
    for base, force in forces.items():
        torque = next((torques[b] for b in _torque_bases(base) if b in torques and torques[b] != force), ())
        plates.append(_Plate(channel=_channel(base), force=force, point=points.get(base, ()), torque=torque))
    return plates


def _triples(columns: Sequence[str], pattern: re.Pattern[str]) -> dict[str, tuple[str, ...]]:
    """Columns that are the x, y and z of one thing, by its name."""
    found: dict[str, dict[str, str]] = {}
    for name in columns:
        if match := pattern.match(name):
            found.setdefault(match["base"].strip("_"), {})[match["axis"].lower()] = name
    return {base: tuple(by[axis] for axis in AXES) for base, by in found.items() if set(by) == set(AXES)}


def _torque_bases(base: str) -> tuple[str, ...]:
    return (base, base.replace("force", "torque"), base.replace("force", "moment"), base.replace("Force", "Torque"))


def _channel(base: str) -> str:
    """`left` or `right` where the name says so, else the file's own name for the plate."""
    parts = re.split(r"[_.\W]+", base.lower())
    if "r" in parts or "right" in parts:
        return "right"
    if "l" in parts or "left" in parts:
        return "left"
    return base


def _ground_forces(table: _Table) -> tuple[Streams, list[Problem]]:
    plates = _plates(table.columns)
    if not plates:
        return {}, []
    channels = _unique([plate.channel for plate in plates])
    force = np.stack([table.of(plate.force) for plate in plates], axis=1)
    frame = Frame(name="laboratory", up=_up(force))
    loaded = np.linalg.norm(force, axis=2) >= LEAST_LOAD_N
    absent = np.full(force.shape, np.nan)
    point = np.stack([table.of(p.point) if p.point else absent[:, 0] for p in plates], axis=1)
    torque = np.stack([table.of(p.torque) if p.torque else absent[:, 0] for p in plates], axis=1)
    point, problems = _in_metres(np.where(loaded[:, :, None], point, np.nan), table.name)

    def stream(kind: Kind, values: text.Array, unit: str) -> Stream:
        return Stream(kind=kind, channels=channels, time_s=table.time_s, values=values, unit=unit, frame=frame)

    streams: Streams = {Kind.FORCE: stream(Kind.FORCE, force, "N")}
    if any(plate.point for plate in plates):
        streams[Kind.CENTRE_OF_PRESSURE] = stream(Kind.CENTRE_OF_PRESSURE, point, "m")
    if any(plate.torque for plate in plates):
        streams[Kind.MOMENT] = stream(Kind.MOMENT, np.where(loaded[:, :, None], torque, np.nan), "N·m")
    return streams, problems


def _up(force: text.Array) -> str:
    """The axis along which the floor pushes: the largest mean force; y, OpenSim's convention, where nobody stood."""
    total = np.nan_to_num(force).sum(axis=1).mean(axis=0)
    axis = int(np.argmax(np.abs(total)))
    if abs(total[axis]) < LEAST_LOAD_N:
        return "+y"
    return ("+" if total[axis] > 0 else "-") + AXES[axis]


def _in_metres(point: text.Array, where: str) -> tuple[text.Array, list[Problem]]:
    known = np.abs(point[np.isfinite(point)])
    # No laboratory has plates more than 50 m from its origin; in millimetres most points are further off than that.
    if known.size == 0 or float(np.median(known)) < 50.0:
        return point, []
    what = "The centre of pressure was taken for millimetres by the size of its numbers."
    return point * 0.001, [Problem(what=what, where=where, do="Check its values with: poise inspect")]


def _vectors(table: _Table, width: int) -> tuple[Streams, list[Problem]]:
    """OpenSim 4 files with vectors in a cell: quaternions of sensors, positions of markers."""
    values = table.values.reshape(len(table.values), -1, width)
    if width == 4:
        length = np.linalg.norm(values, axis=2, keepdims=True)
        unit = np.divide(values, length, out=np.full(values.shape, np.nan), where=length > 0)
        kind, unit_name, values, frame = Kind.ORIENTATION, "1", unit, Frame(name="earth", up="+z")
    elif width == 3:
        kind, unit_name, frame = Kind.MARKERS, "m", Frame(name="laboratory")
    else:
        kind, unit_name, frame = Kind.ANALOG, "unknown", Frame(name="model")
    names = table.columns
    stream = Stream(kind=kind, channels=names, time_s=table.time_s, values=values, unit=unit_name, frame=frame)
    return {kind: stream}, []


def _damaged(where: str, found: str) -> UnreadableFile:
    return UnreadableFile(
        f"'{where}' is not a MOT or STO file as OpenSim writes them.", found=found, do="Export it again from OpenSim."
    )


READER = Mot()

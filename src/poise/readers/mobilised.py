"""Mobilise-D's MATLAB layout: body-worn sensors by test and trial, beside the laboratory's reference walking bouts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from poise.errors import PoiseError, UnknownFormat
from poise.model import Event, Kind, Person, Problem, Recording, Side, Stride
from poise.readers import imu, matlab
from poise.signals import STANDARD_GRAVITY_M_S2

NAN = float("nan")
# The layout's units: g, deg/s, µT, hPa.
QUANTITIES: tuple[tuple[str, Kind, float, str], ...] = (
    ("Acc", Kind.ACCELERATION, STANDARD_GRAVITY_M_S2, ""),
    ("Gyr", Kind.ANGULAR_VELOCITY, np.pi / 180.0, ""),
    ("Mag", Kind.MAGNETIC_FIELD, 1.0, ""),
    ("Bar", Kind.ANALOG, 1.0, "hPa"),
)
INFO_FILE = "infoForAlgo.mat"
LARGEST_RATE_ERROR = 0.005


@dataclass(frozen=True, kw_only=True)
class ReferenceBout:
    """One walking bout as a reference system saw it; times from the start of the trial, NaN entries dropped.

    `speed_m_s`, `stride_length_m` and `cadence_steps_min` are the system's own averages over the bout, NaN where it
    gives none. A stride's length and speed are NaN where the system did not measure them.
    """

    start_s: float
    end_s: float
    initial_contacts: tuple[Event, ...]
    final_contacts: tuple[Event, ...]
    strides: tuple[Stride, ...]
    speed_m_s: float
    stride_length_m: float
    cadence_steps_min: float
    turns: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReferenceWalk:
    """All bouts of one recording, by one system (`Stereophoto`, `INDIP`), at one level.

    `level` is ``MicroWB`` (straight bouts) or ``ContinuousWalkingPeriod`` (bouts with turns and short breaks in them).
    """

    recording: str
    system: str
    level: str
    bouts: tuple[ReferenceBout, ...]


class MobiliseD:
    """`data.<time>.<test>.<trial>.SU.<place>.{Acc, Gyr, Mag, Bar, Fs}`, one recording a trial.

    g and deg/s become m/s² and rad/s. Time runs from the trial's first sample at the stated rate `Fs`. The axis that
    points up is found from the mean acceleration. Height, mass and the height of the sensor come from the file
    ``infoForAlgo.mat`` beside it. Reference systems (`Standards`) are no part of a recording: see `read_reference`.
    """

    name = "Mobilise-D MATLAB"
    suffixes = (".mat",)

    def sniff(self, path: Path, head: bytes) -> bool:
        """Any MATLAB file: what is in it shows only once it is unpacked."""
        return matlab.is_matlab(head)

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording a trial, with the id ``data/TimeMeasure1/Test5/Trial1``."""
        variables = matlab.load(path)
        found = [
            _recording(path, steps, trial, _person(path, steps))
            for name, tree in variables.items()
            for steps, trial in _trials(tree, (name,))
        ]
        kept = [recording for recording in found if recording.streams]
        if not kept:
            raise _not_a_recording(path, variables)
        return kept


def read_reference(path: Path) -> tuple[ReferenceWalk, ...]:
    """What the reference systems of a Mobilise-D file measured, by recording, system and level; for validation.

    Raises
    ------
    UnreadableFile
        As when reading the recording itself.
    """
    return tuple(
        ReferenceWalk(
            recording="/".join((path.stem, *steps[1:])),
            system=system,
            level=level,
            bouts=tuple(_bout(bout, _number(levels.get("Fs"))) for bout in _listed(bouts)),
        )
        for name, tree in matlab.load(path).items()
        for steps, trial in _trials(tree, (name,))
        for system, levels in _items(trial.get("Standards"))
        for level, bouts in _items(levels)
        if isinstance(bouts, dict | list) or np.size(bouts) == 0
    )


def _trials(tree: Any, steps: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every part of the tree that holds sensor units, with the names that lead to it."""
    if not isinstance(tree, dict) or len(steps) > 8:
        return
    if any(_is_unit(name, value) for name, value in tree.items()):
        yield steps, tree
        return
    for name, value in tree.items():
        yield from _trials(value, (*steps, name))


def _is_unit(name: str, value: Any) -> bool:
    return name.startswith("SU") and isinstance(value, dict)


def _recording(path: Path, steps: tuple[str, ...], trial: dict[str, Any], person: Person) -> Recording:
    signals: list[imu.Signal] = []
    problems: list[Problem] = []
    for unit in sorted(name for name, value in trial.items() if _is_unit(name, value)):
        for position, sensor in _items(trial[unit]):
            if isinstance(sensor, dict):
                where = f"{'/'.join(steps)}/{unit}/{position}"
                place = imu.place(position) if unit == "SU" else f"{imu.place(position)}.{unit}"
                signals += _signals(sensor, place, where, problems)
    return Recording(
        id="/".join((path.stem, *steps[1:])),
        source=str(path),
        started_at=_moment(trial.get("StartDateTime")),
        streams=imu.streams(signals),
        person=person,
        problems=tuple(problems),
        details={"format": "Mobilise-D MATLAB", "time zone": str(trial.get("TimeZone", ""))},
    )


def _signals(sensor: dict[str, Any], place: str, where: str, problems: list[Problem]) -> Iterator[imu.Signal]:
    up = None
    for name, kind, factor, unit in QUANTITIES:
        values = _matrix(sensor.get(name))
        if values is None:
            continue
        rate_hz = _rate_hz(sensor, name)
        if not 0 < rate_hz < 1e5:
            what = f"{name} has no usable sampling rate (Fs) and was left out."
            problems.append(Problem(what=what, where=where, do="Add the rate to the file."))
            continue
        if kind == Kind.ACCELERATION:
            up = imu.up_axis(values)
            problems += _clock_doubt(sensor, rate_hz, where)
        time_s = np.arange(len(values)) / rate_hz
        yield imu.Signal(kind=kind, place=place, time_s=time_s, values=values * factor, unit=unit, up=up)


def _matrix(value: Any) -> imu.Array | None:
    """Numbers as (samples, axes); None for anything else or nothing."""
    if not isinstance(value, np.ndarray) or value.size == 0 or value.ndim > 2 or value.dtype.kind not in "fiu":
        return None
    return np.asarray(value, dtype=np.float64).reshape(len(value) if value.ndim else 1, -1)


def _rate_hz(sensor: dict[str, Any], name: str) -> float:
    rate = sensor.get("Fs")
    return _number(rate.get(name) if isinstance(rate, dict) else rate)


def _clock_doubt(sensor: dict[str, Any], rate_hz: float, where: str) -> list[Problem]:
    """Whether the sensor's own time stamps tell of another rate than the file."""
    stamps = _matrix(sensor.get("Timestamp"))
    if stamps is None or len(stamps) < 3 or not stamps[-1, 0] > stamps[0, 0]:
        return []
    measured_hz = (len(stamps) - 1) / float(stamps[-1, 0] - stamps[0, 0])
    if abs(measured_hz - rate_hz) <= LARGEST_RATE_ERROR * rate_hz:
        return []
    what = (
        f"The file says {rate_hz:g} Hz, its time stamps say {measured_hz:.4g} Hz on average; the stated rate was used."
    )
    return [Problem(what=what, where=where, do="Look for lost samples; stride times may be off by the same share.")]


def _person(path: Path, steps: tuple[str, ...]) -> Person:
    """What the info file beside the recording says of the person; nothing where there is none."""
    beside = path.with_name(INFO_FILE)
    if not beside.is_file() or beside == path:
        return Person()
    try:
        tree: Any = matlab.load(beside).get("infoForAlgo")
    except PoiseError:
        return Person()
    facts = tree.get(steps[1], {}) if isinstance(tree, dict) and len(steps) > 1 else {}
    if not isinstance(facts, dict):
        return Person()
    return Person(
        height_m=_known(facts.get("Height"), 0.01, 0.5, 2.6),
        mass_kg=_known(facts.get("Weight"), 1.0, 5.0, 400.0),
        lumbar_sensor_height_m=_known(facts.get("SensorHeight"), 0.01, 0.2, 1.6),
    )


def _known(value: Any, factor: float, low: float, high: float) -> float | None:
    found = _number(value) * factor
    return found if low <= found <= high else None


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _bout(bout: dict[str, Any], rate_hz: float) -> ReferenceBout:
    contacts = _events("initial_contact", bout.get("InitialContact_Event"), bout.get("InitialContact_LeftRight"))
    turns = zip(_column(bout.get("Turn_Start")), _column(bout.get("Turn_End")), strict=False)
    return ReferenceBout(
        start_s=_number(bout.get("Start")),
        end_s=_number(bout.get("End")),
        initial_contacts=contacts,
        final_contacts=_events("toe_off", bout.get("FinalContact_Event"), bout.get("FinalContact_LeftRight")),
        strides=tuple(_strides(bout, {event.time_s: event.side for event in contacts}, rate_hz)),
        speed_m_s=_number(bout.get("WalkingSpeed")),
        stride_length_m=_number(bout.get("AverageStrideLength")),
        cadence_steps_min=_number(bout.get("Cadence")),
        turns=tuple((start, end) for start, end in turns if np.isfinite(start) and np.isfinite(end)),
    )


def _events(name: str, times: Any, sides: Any) -> tuple[Event, ...]:
    times_s = _column(times)
    words = sides if isinstance(sides, list) else [sides] * (len(times_s) if len(times_s) == 1 else 0)
    told = [*(_side(word) for word in words), *[None] * len(times_s)]
    return tuple(
        Event(event=name, side=side, time_s=time_s)
        for time_s, side in zip(times_s, told, strict=False)
        if np.isfinite(time_s)
    )


def _side(word: Any) -> Side | None:
    start = word.strip().lower()[:1] if isinstance(word, str) else ""
    return "left" if start == "l" else "right" if start == "r" else None


def _strides(bout: dict[str, Any], side_at: Mapping[float, Side | None], rate_hz: float) -> Iterator[Stride]:
    """Strides with a start and an end; the side is that of the contact they begin with.

    INDIP files number the samples of the borders, the others give seconds: a border past the bout's end is a sample.
    """
    borders = bout.get("Stride_InitialContacts")
    pairs = (
        np.asarray(borders, dtype=np.float64).reshape(-1, 2) if isinstance(borders, np.ndarray) else np.empty((0, 2))
    )
    if np.nanmax(pairs, initial=0.0) > _number(bout.get("End")) + 1.0 and rate_hz > 0:
        pairs = pairs / rate_hz
    lengths, speeds = _column(bout.get("Stride_Length")), _column(bout.get("Stride_Speed"))
    durations = _column(bout.get("Stride_Duration")) or [0.0] * len(pairs)
    for i, (start_s, end_s) in enumerate(pairs):
        if np.isfinite([start_s, end_s, *durations[i : i + 1]]).all():
            yield Stride(
                side=side_at.get(float(start_s)),
                start_s=float(start_s),
                end_s=float(end_s),
                length_m=lengths[i] if i < len(lengths) else NAN,
                speed_m_s=speeds[i] if i < len(speeds) else NAN,
            )


def _column(value: Any) -> list[float]:
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        return []
    return [float(number) for number in value.ravel()]


def _number(value: Any) -> float:
    numbers = _column(value) if isinstance(value, np.ndarray) else []
    return numbers[0] if len(numbers) == 1 else NAN


def _items(tree: Any) -> list[tuple[str, Any]]:
    return list(tree.items()) if isinstance(tree, dict) else []


def _listed(bouts: Any) -> list[dict[str, Any]]:
    if isinstance(bouts, dict):
        return [bouts] if bouts else []
    return [bout for bout in bouts if isinstance(bout, dict)] if isinstance(bouts, list) else []


def _not_a_recording(path: Path, variables: Mapping[str, Any]) -> UnknownFormat:
    if "infoForAlgo" in variables:
        return UnknownFormat(
            f"'{path.name}' holds facts about the person (height, mass, sensor), not a recording.",
            do="Give the file data.mat beside it; these facts are read with it.",
        )
    return UnknownFormat(
        f"'{path.name}' is a MATLAB file, but none of the layouts that Poise knows.",
        found=f"It holds: {', '.join(variables) or 'nothing'}.",
        do="Save the signals as a text table and read that with --map (docs/mapping.md).",
    )


READER = MobiliseD()

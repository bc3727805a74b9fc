"""A Recording: one person, one task, once; and what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.model.person import Person

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")


class Kind(StrEnum):
    """What a stream holds. A recording's streams are filed under these names."""

    MARKERS = "markers"
    """Measured points in the laboratory, m, under the file's own labels."""
    LANDMARKS = "landmarks"
    """Points of a pose model, under the model's labels: px (image), m (world) or 1 (normalised)."""
    BODY = "body"
    """Points under Poise's own names (`poise.model.body`), m, z up, right-handed; made by `poise.cleaning`."""
    MODEL_POINTS = "model_points"
    """Points that other software computed (joint centres, centre of mass), m."""
    JOINT_ANGLES = "joint_angles"
    """Angles that other software computed, deg, under the file's own labels."""
    JOINT_MOMENTS = "joint_moments"
    JOINT_POWERS = "joint_powers"
    COORDINATES = "coordinates"
    """Generalised coordinates of a musculoskeletal model: deg for rotations, m for translations."""
    FORCE = "force"
    """Force on the person, N, laboratory frame; a channel a plate or foot."""
    MOMENT = "moment"
    """Free moment about the centre of pressure, N·m; only its vertical part is not zero on a plate."""
    CENTRE_OF_PRESSURE = "centre_of_pressure"
    """Where the force acts, m, laboratory frame; NaN while the plate is unloaded."""
    ACCELERATION = "acceleration"
    """Specific force, m/s², sensor frame; a channel a sensor, named for where it is worn."""
    ANGULAR_VELOCITY = "angular_velocity"
    """rad/s, sensor frame; channels as in acceleration."""
    MAGNETIC_FIELD = "magnetic_field"
    ORIENTATION = "orientation"
    """Unit quaternions w, x, y, z from sensor to earth (z up)."""
    EMG = "emg"
    ANALOG = "analog"
    """What nobody has named yet, in the file's own unit."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The axes in which a stream's vectors are given.

    `up` is the axis that points against gravity (``"+z"``, ``"-y"``), None where it is not known yet: it is
    found or read, never assumed. `view` says which plane was seen: a 2-D recording has ``"sagittal"`` or
    ``"frontal"``, and what lies outside that plane cannot be measured from it.
    """

    name: str
    up: str | None = None
    view: Literal["3d", "sagittal", "frontal", "unknown"] = "3d"


@dataclass(frozen=True, kw_only=True, eq=False)
class Stream:
    """Samples of one kind on one clock.

    Attributes
    ----------
    kind
        What is measured.
    channels
        One name a channel: marker, sensor place, plate, muscle.
    time_s
        Shape (samples,), seconds on the file's own clock, from its first sample.
    values
        Shape (samples, channels, axes); NaN where a value is missing.
    unit
        The unit of every value: SI, degrees for angles.
    frame
        The axes of the values.
    confidence
        Shape (samples, channels), 0 to 1; None where the source gives none.
    """

    kind: Kind
    channels: tuple[str, ...]
    time_s: NDArray[np.float64]
    values: NDArray[np.float64]
    unit: str
    frame: Frame
    confidence: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        expected = (len(self.time_s), len(self.channels))
        if self.values.ndim != 3 or self.values.shape[:2] != expected:
            raise ValueError(
                f"{self.kind} stream: values have shape {self.values.shape}, expected {(*expected, 'axes')}"
            )
        if self.confidence is not None and self.confidence.shape != expected:
            raise ValueError(f"{self.kind} stream: confidence has shape {self.confidence.shape}, expected {expected}")

    def __contains__(self, channel: str) -> bool:
        return channel in self.channels

    def __getitem__(self, channel: str) -> NDArray[np.float64]:
        """The samples of one channel, shape (samples, axes); KeyError where there is no such channel."""
        try:
            return self.values[:, self.channels.index(channel)]
        except ValueError:
            raise KeyError(channel) from None

    @property
    def rate_hz(self) -> float:
        """Mean sampling rate; NaN with fewer than two samples."""
        if len(self.time_s) < 2 or self.time_s[-1] <= self.time_s[0]:
            return float("nan")
        return float((len(self.time_s) - 1) / (self.time_s[-1] - self.time_s[0]))

    @property
    def duration_s(self) -> float:
        """Time from the first sample to the last; 0 for an empty stream."""
        return float(self.time_s[-1] - self.time_s[0]) if len(self.time_s) else 0.0

    def only(self, channels: Iterable[str]) -> Stream:
        """The same stream with these channels alone, in this order."""
        kept = tuple(channels)
        index = [self.channels.index(name) for name in kept]
        confidence = None if self.confidence is None else self.confidence[:, index]
        return replace(self, channels=kept, values=self.values[:, index], confidence=confidence)

    def between(self, start_s: float, end_s: float) -> Stream:
        """The samples in [start_s, end_s), on the same clock."""
        kept = slice(*np.searchsorted(self.time_s, (start_s, end_s)))
        confidence = None if self.confidence is None else self.confidence[kept]
        return replace(self, time_s=self.time_s[kept], values=self.values[kept], confidence=confidence)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened at one moment: a foot meets the floor, a repetition starts."""

    event: str
    side: Side | None
    time_s: float


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that was done to a recording, and with what settings."""

    what: str
    settings: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        listed = ", ".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.what} ({listed})" if listed else self.what


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A doubt that a person should read: what it is, where it lies, what to do about it.

    `side` is given where the whole leg of that side was measured in doubt: no finding about it can be sure then.
    """

    what: str
    where: str = ""
    do: str = ""
    side: Side | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ForcePlate:
    """Where a force plate lies: corners in the laboratory, m, shape (4, 3), and its C3D type."""

    name: str
    corners_m: NDArray[np.float64]
    type: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Recording:
    """One person, one task, once.

    Attributes
    ----------
    id
        A short name: the file's stem, with the trial where a file holds several.
    source
        The file it came from, as the user named it.
    task
        ``walk``, ``stand``, …; ``unknown`` until somebody says or finds it.
    streams
        By kind (`Kind`); a second stream of a kind has a suffix (``joint_angles.2``).
    events
        What the file itself marks, by our names (``initial_contact``, ``toe_off``).
    history
        What has been done to it, reading first.
    problems
        What reading or cleaning left in doubt.
    details
        What the file says of itself, for `poise inspect`: format, maker, software.
    conditions
        What was held fixed or changed on purpose, by the names of `poise.model.conditions`: ``eyes``, ``surface``, …;
        only what the file or the user said. Recordings of different conditions are not compared without saying so.
    subject
        The code that the file or its folder gives the person, so that recordings of one person can be compared; never
        a name. Empty where nobody said.
    """

    id: str
    source: str
    streams: Mapping[str, Stream]
    task: str = "unknown"
    started_at: datetime | None = None
    person: Person = field(default_factory=Person)
    events: tuple[Event, ...] = ()
    plates: tuple[ForcePlate, ...] = ()
    history: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "streams", MappingProxyType(dict(self.streams)))
        object.__setattr__(self, "details", MappingProxyType(dict(self.details)))
        object.__setattr__(self, "conditions", MappingProxyType(dict(self.conditions)))

    def __contains__(self, kind: str) -> bool:
        return kind in self.streams

    def __getitem__(self, kind: str) -> Stream:
        return self.streams[kind]

    def __reduce__(self) -> tuple[object, ...]:
        # Mapping proxies do not pickle; results travel between the processes of a pool.
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        fields |= {name: dict(getattr(self, name)) for name in ("streams", "details", "conditions")}
        return (_rebuild, (fields,))

    @property
    def duration_s(self) -> float:
        """The length of its longest stream."""
        return max((stream.duration_s for stream in self.streams.values()), default=0.0)

    def after(self, step: Step, *, problems: Iterable[Problem] = (), **streams: Stream) -> Recording:
        """The recording after one step: these streams put in by kind, the step written into its history."""
        return replace(
            self,
            streams={**self.streams, **streams},
            history=(*self.history, step),
            problems=(*self.problems, *problems),
        )


def _rebuild(fields: dict[str, object]) -> Recording:
    return Recording(**fields)  # type: ignore[arg-type]

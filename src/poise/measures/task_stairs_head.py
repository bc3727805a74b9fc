"""Head pitch on stairs from one sensor on the head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.errors import NothingToMeasure, PoiseError
from poise.measures.task_stairs import DEFINES, head_values
from poise.measures.task_values import Error, Teller, not_seen, units_of
from poise.model import Definition, Kind, Measured, Problem, Recording, Stream
from poise.signals import geometry
from poise.signals.orientation import conjugate, orientation_offline, rotate

Array = NDArray[np.float64]

HEAD_PLACES = ("head", "forehead", "helmet")


@dataclass(frozen=True, kw_only=True)
class HeadSensor:
    """Head pitch from one sensor on the head, against how it was held in the first two seconds.

    It measures where somebody said that these are stairs: a head alone does not show that anybody climbs.
    """

    name: str = "task_stairs_head_imu"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"stairs"})
    defines: tuple[Definition, ...] = DEFINES[-2:]
    level_s: float = 2.0

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether a sensor was worn on the head, and no body seen."""
        return Kind.BODY not in recording and head_channel(recording) is not None

    def compute(self, recording: Recording) -> Measured:
        """Pitch over the recording; a problem where the sensor cannot be used."""
        where = recording.source or recording.id
        try:
            time_s, pitch = head_pitch_deg(recording, level_s=self.level_s)
        except PoiseError as reason:
            return Measured(problems=(Problem(what=reason.problem, where=where, do=reason.do),))
        errors = {"stairs.head_pitch": Error(error=3.0, source="VQF inclination and how level was held [design]")}
        tell = Teller(recording=recording.id, method=self.method, units=units_of(DEFINES), errors=errors)
        after = time_s >= time_s[0] + self.level_s
        found = tuple(head_values(pitch[after], (float(time_s[after][0]), float(time_s[-1])), tell))
        doubt = not_seen(
            f"Level is how the head was held in the first {self.level_s:g} s.", where,
            "Look straight ahead at the start of the recording.",
        )  # fmt: skip
        return Measured(measurements=found, problems=(doubt,))


def head_channel(recording: Recording) -> str | None:
    """The channel of an accelerometer on the head; None where there is none."""
    streams = [stream for stream in recording.streams.values() if stream.kind is Kind.ACCELERATION]
    return next((name for stream in streams for name in stream.channels if name.lower() in HEAD_PLACES), None)


def head_pitch_deg(recording: Recording, *, level_s: float) -> tuple[Array, Array]:
    """Times and how far the head is tipped forward from how it was held at first, deg.

    The level axis about which the head turns most is taken for that of nodding; forward is the way in which it tips
    furthest, because who climbs looks down and not up.

    Raises
    ------
    PoiseError
        No gyroscope, gaps, or a recording shorter than twice `level_s`.
    """
    place = head_channel(recording) or ""
    felt, turning = (_stream_of(recording, kind, place) for kind in (Kind.ACCELERATION, Kind.ANGULAR_VELOCITY))
    if felt is None or turning is None or len(felt.time_s) != len(turning.time_s):
        raise NothingToMeasure("Head pitch needs an accelerometer and a gyroscope on one clock.", do="Record both.")
    values = (felt[place], turning[place])
    if felt.duration_s < 2.0 * level_s or not all(np.isfinite(each).all() for each in values):
        raise NothingToMeasure("The head sensor's recording is too short or has gaps.", do="Record again.")
    quaternion = orientation_offline(values[1], values[0], felt.rate_hz).quaternion
    up = rotate(conjugate(quaternion), np.broadcast_to([0.0, 0.0, 1.0], values[0].shape))
    level = geometry.unit(np.median(up[felt.time_s < felt.time_s[0] + level_s], axis=0))
    tipped = geometry.on_plane(up, level)
    axis = np.linalg.eigh(tipped.T @ tipped)[1][:, -1]
    swing = tipped @ axis
    axis = axis * (np.sign(np.percentile(swing, 98) + np.percentile(swing, 2)) or 1.0)
    return felt.time_s, np.degrees(np.arctan2(up @ axis, up @ level))


def _stream_of(recording: Recording, kind: Kind, place: str) -> Stream | None:
    return next((s for s in recording.streams.values() if s.kind is kind and place in s), None)


MEASURE = HeadSensor()

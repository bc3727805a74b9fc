"""Cervical joint position error: how near the head comes back to straight ahead, with the eyes closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.measures.position_sense_angles import HEAD
from poise.measures.position_sense_holds import Hold, holds
from poise.model import Definition, Kind, Measured, Measurement, Problem, Recording, Stream
from poise.signals import geometry
from poise.signals.orientation import conjugate, multiply, orientation_offline

Array = NDArray[np.float64]
NAN = float("nan")

TURNED_DEG = 15.0
"""A turn of the head goes at least this far; a return comes back within it. [design]"""
ENOUGH_RETURNS = 6
EARS_BY_NOSE = 1.36
"""Distance between the ears by how far the nose is ahead of their line: 15 by 11 cm in an adult. [design]"""
IMU_DEG, CAMERA_DEG = 1.5, 3.0
IMU_SOURCE = "clinical/measures.yaml m_cervical_jpe: 1.5°"
CAMERA_SOURCE = "head pose from a webcam: 1 to 3° of noise (measures.md 4.4)"

DEFINES = (
    Definition(
        measure="jps.cervical_error", unit="deg", label="Head relocation error", decimals=1, better="lower",
        sided=False,
        formula="mean over returns of the angle between the head's start and where it came back to; above 4.5 deg is "
        "the customary limit", source="Revel et al. 1991 (measures.md 4.4, limit from memory); AlDahas 2023",
    ),
    Definition(
        measure="jps.cervical_error_rotation", unit="deg", label="Head relocation error after turning", decimals=1,
        formula="the same over returns from turns to the left or right", source="measures.md 4.4", better="lower",
        sided=False,
    ),
    Definition(
        measure="jps.cervical_error_nodding", unit="deg", label="Head relocation error after nodding", decimals=1,
        formula="the same over returns from flexion or extension", source="measures.md 4.4", better="lower",
        sided=False,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Return:
    """One coming back: the error, deg, when, and whether the head had turned (or nodded)."""

    error_deg: float
    at_s: float
    turned: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Head:
    """The head over time: how far it is turned and nodded from its start, deg; `away_deg` both together."""

    time_s: Array
    rate_hz: float
    turn_deg: Array
    nod_deg: Array
    away_deg: Array
    camera: bool


@dataclass(frozen=True, kw_only=True)
class CervicalError:
    """Returns of the head to its start after turns of 15 deg and more, from a head sensor or a camera in front.

    Notes
    -----
    A sensor gives the whole angle, roll included; without magnetometer its heading drifts by 0.5 to 5 deg a minute,
    which looks like an error in rotation: let it rest first. A camera's noise of 1 to 3 deg is as large as what is
    looked for. Healthy people err by about 2 deg; changes under 2 to 3 deg are noise (measures.md 4.4). For laser
    offsets see `position_sense_errors.laser_error_deg`.
    """

    name: str = "cervical_error"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"jps"})
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether a sensor sits on the head, or nose and both ears were seen."""
        return _head_channel(recording) is not None or _face(recording) is not None

    def compute(self, recording: Recording) -> Measured:
        """The mean error over all returns, and after turning and nodding apart."""
        where = recording.source or recording.id
        head = head_of(recording)
        if head is None:
            return Measured()
        found = returns(head)
        if not found:
            asked = _asked(recording)
            return Measured(problems=(_no_returns(where),) if asked else ())
        made = tuple(_measurements(recording, head, found, f"{self.name}@{self.version}"))
        return Measured(measurements=made, problems=tuple(_doubts(head, found, where)))


def head_of(recording: Recording) -> Head | None:
    """The head's turning from whatever saw it; None where nothing did."""
    channel = _head_channel(recording)
    if channel is not None:
        return _from_sensor(recording, channel)
    face = _face(recording)
    return None if face is None else _from_face(*face)


def returns(head: Head) -> tuple[Return, ...]:
    """Every return to within 15 deg of the start that is held for a second, after a turn beyond that."""
    kept: list[Return] = []
    away = np.where(np.isfinite(head.away_deg), head.away_deg, 0.0)
    start_s = float(head.time_s[0])
    found = [each for each in holds(head.turn_deg + head.nod_deg, head.rate_hz, start_s=start_s)
             if _value(head.away_deg, head, each) < TURNED_DEG]  # fmt: skip
    for before, after in pairwise(found):
        span = slice(
            round((before.end_s - start_s) * head.rate_hz), round((after.start_s - start_s) * head.rate_hz) + 1
        )
        if not (away[span] > TURNED_DEG).any():
            continue
        turned = np.nanmax(np.abs(head.turn_deg[span])) >= np.nanmax(np.abs(head.nod_deg[span]))
        error = _value(head.away_deg, head, after)
        kept.append(Return(error_deg=error, at_s=0.5 * (after.start_s + after.end_s), turned=bool(turned)))
    return tuple(kept)


def _value(values: Array, head: Head, hold: Hold) -> float:
    inside = values[(head.time_s >= hold.start_s) & (head.time_s <= hold.end_s)]
    inside = inside[np.isfinite(inside)]
    return float(np.median(inside)) if len(inside) else NAN


def _asked(recording: Recording) -> bool:
    return recording.conditions.get("movement", "").lower().startswith(("head", "neck", "cervical"))


def _head_channel(recording: Recording) -> str | None:
    kind = Kind.ORIENTATION if Kind.ORIENTATION in recording else Kind.ANGULAR_VELOCITY
    if kind not in recording or (kind == Kind.ANGULAR_VELOCITY and Kind.ACCELERATION not in recording):
        return None
    return next((each for each in recording[kind].channels if HEAD.search(each)), None)


def _from_sensor(recording: Recording, channel: str) -> Head | None:
    if Kind.ORIENTATION in recording:
        stream = recording[Kind.ORIENTATION]
        quaternion = stream[channel]
    else:
        stream = recording[Kind.ANGULAR_VELOCITY]
        acc = recording[Kind.ACCELERATION]
        if channel not in acc or len(acc.time_s) != len(stream.time_s):
            return None
        quaternion = orientation_offline(stream[channel], acc[channel], stream.rate_hz).quaternion
    known = np.flatnonzero(np.isfinite(quaternion).all(axis=1))
    if len(known) < 2 or not np.isfinite(stream.rate_hz):
        return None
    first = quaternion[known[: max(1, round(0.5 * stream.rate_hz))]]
    start = np.linalg.eigh(first.T @ first)[1][:, -1]
    since = multiply(quaternion, conjugate(start))
    since = since * np.where(since[:, :1] < 0.0, -1.0, 1.0)
    turn = np.degrees(2.0 * np.arctan2(since[:, 3], since[:, 0]))
    away = np.degrees(2.0 * np.arctan2(geometry.length(since[:, 1:]), since[:, 0]))
    across = since[:, 1:3][known]
    # The level axis the head nods about is the one it turns about most, beside the vertical.
    axis = np.linalg.eigh(across.T @ across)[1][:, -1]
    nod = np.degrees(2.0 * np.arctan2(since[:, 1:3] @ axis, since[:, 0]))
    return Head(time_s=stream.time_s, rate_hz=stream.rate_hz, turn_deg=turn, nod_deg=nod, away_deg=away, camera=False)


def _face(recording: Recording) -> tuple[Stream, Array, Array, Array] | None:
    """A picture's nose and ears, in square pixels, y up."""
    for stream in recording.streams.values():
        names = ("nose", "left_ear", "right_ear")
        if stream.kind is Kind.LANDMARKS and stream.unit == "px" and all(name in stream for name in names):
            nose, left, right = (stream[name][:, :2] * np.array([1.0, -1.0]) for name in names)
            return (stream, nose, left, right) if np.isfinite(stream.rate_hz) else None
    return None


def _from_face(stream: Stream, nose: Array, left: Array, right: Array) -> Head | None:
    """Turning from where the nose is between the ears, nodding from its height; of a face towards the camera."""
    middle = geometry.midpoint(left, right)
    apart = np.abs(left[:, 0] - right[:, 0])
    known = np.isfinite(apart + nose[:, 0])
    first = known & (stream.time_s < stream.time_s[0] + 1.0)
    if not first.any() or np.median(apart[first]) <= 0.0:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        # Seen from the front the person's left is to the right of the picture: turning left moves the nose there.
        turn = np.degrees(np.arctan((nose[:, 0] - middle[:, 0]) / apart * EARS_BY_NOSE))
        ahead = np.median(apart[first]) / EARS_BY_NOSE
        nod = np.degrees(np.arcsin(np.clip((middle[:, 1] - nose[:, 1]) / ahead, -1.0, 1.0)))
    # A face from the side or the back tells nothing here.
    if abs(float(np.median(turn[first]))) > 30.0:
        return None
    turn, nod = turn - np.median(turn[first]), nod - np.median(nod[first])
    return Head(time_s=stream.time_s, rate_hz=stream.rate_hz, turn_deg=turn, nod_deg=nod,
                away_deg=np.hypot(turn, nod), camera=True)  # fmt: skip


def _measurements(recording: Recording, head: Head, found: Sequence[Return], method: str) -> Iterator[Measurement]:
    groups = {
        "": list(found),
        "_rotation": [r for r in found if r.turned],
        "_nodding": [r for r in found if not r.turned],
    }
    error = CAMERA_DEG if head.camera else IMU_DEG
    for suffix, group in groups.items():
        values = np.array([each.error_deg for each in group])
        if not len(values) or (suffix and len(values) == len(found)):
            continue
        yield Measurement(
            measure=f"jps.cervical_error{suffix}", value=float(values.mean()), unit="deg", side=None, n=len(values),
            sd=float(values.std(ddof=1)) if len(values) > 1 else NAN, start_s=group[0].at_s, end_s=group[-1].at_s,
            valid_fraction=float(np.isfinite(head.away_deg).mean()), recording=recording.id,
            method=f"{method}: {'nose between the ears' if head.camera else 'head sensor, whole angle'}",
            error=error / np.sqrt(len(values)),
            error_source=f"{CAMERA_SOURCE if head.camera else IMU_SOURCE}; divided by √n",
        )  # fmt: skip


def _doubts(head: Head, found: Sequence[Return], where: str) -> Iterator[Problem]:
    if head.camera:
        yield Problem(
            what="A camera saw the head: its noise of 1 to 3° is as large as the error that is looked for.",
            where=where, do="Use a head sensor or a laser for a decision; the camera for change over many trials.",
        )  # fmt: skip
    else:
        yield Problem(
            what="Without a magnetometer the head sensor's heading drifts (0.5 to 5° a minute) and looks like an error "
            "after turning.",
            where=where, do="Let the sensor rest for ten seconds before, and keep the test under two minutes.",
        )  # fmt: skip
    if len(found) < ENOUGH_RETURNS:
        yield Problem(
            what=f"{len(found)} return{'s' if len(found) != 1 else ''} of the {ENOUGH_RETURNS} that a stable value "
            "needs.",
            where=where, do="Let the head return six times from each direction.",
        )  # fmt: skip


def _no_returns(where: str) -> Problem:
    return Problem(
        what="The head never turned by 15° and came back to rest for a second.", where=where,
        do="Start straight ahead, eyes closed; turn, come back, and hold two seconds each time.",
    )  # fmt: skip


MEASURE = CervicalError()

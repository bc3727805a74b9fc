"""Knee flexion from the orientations of a thigh and a shank sensor, zeroed while the person stands at the start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.errors import NothingToMeasure
from poise.model.measurement import Definition, Measured, Measurement, Series
from poise.model.recording import SIDES, Kind, Problem, Recording, Side, Stream
from poise.signals import orientation
from poise.signals.filters import present_runs

Array = NDArray[np.float64]

THIGH, SHANK = ("thigh", "femur", "upper_leg"), ("shank", "tibia", "lower_leg")
STANDING_DEG_S = 10.0
SHORTEST_STANDING_S = 0.5
SHORTEST_CYCLE_S = 0.46
LEAST_BEND_DEG = 20.0

_SOURCE = "Seel et al. 2014, Sensors 14:6891; sensor to segment from standing (measures.md 7)"
_DEFINES = (
    Definition(
        measure="joint.knee.flexion.max", unit="deg", label="Largest knee flexion", decimals=0,
        formula="largest flexion of each cycle, averaged; 0 is how the person stood at the start", source=_SOURCE,
    ),
    Definition(
        measure="joint.knee.flexion.min", unit="deg", label="Smallest knee flexion", decimals=0,
        formula="smallest flexion of each cycle, averaged; 0 is how the person stood at the start", source=_SOURCE,
    ),
    Definition(
        measure="joint.knee.flexion.rom", unit="deg", label="Knee flexion, range", decimals=0,
        formula="largest − smallest flexion of each cycle, averaged", source=_SOURCE,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SegmentOrientation:
    """Knee flexion from two sensors whose orientation is known; sensors may sit on the segments any way round.

    A cycle runs from one largest flexion of swing to the next, since no contact of the foot is known here.

    Notes
    -----
    Zero is the standing pose at the start: who stands with bent knees reads too little by as much. Both orientations
    must share their heading (one magnetic north, or none disturbed): a heading that drifts apart bends the axis. Not
    given where the person does not stand still for half a second first.
    """

    name: str = "segment_orientation"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"walk"})
    defines: tuple[Definition, ...] = _DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether a thigh and a shank of one leg have orientations."""
        return Kind.ORIENTATION in recording and any(_pair(recording[Kind.ORIENTATION], side) for side in SIDES)

    def compute(self, recording: Recording) -> Measured:
        """Series of knee flexion and the largest, smallest and range over its cycles."""
        stream = recording[Kind.ORIENTATION]
        series: list[Series] = []
        measurements: list[Measurement] = []
        problems: list[Problem] = []
        for side in SIDES:
            if (pair := _pair(stream, side)) is None:
                continue
            try:
                flexion = knee_flexion_deg(stream[pair[0]], stream[pair[1]], stream.rate_hz)
            except NothingToMeasure as reason:
                where = recording.source or recording.id
                problems.append(Problem(what=f"{side} knee: {reason.problem}", where=where, do=reason.do))
                continue
            series.append(
                Series(series="knee.flexion", side=side, unit="deg", rate_hz=stream.rate_hz, values=flexion,
                       start_s=float(stream.time_s[0]))
            )  # fmt: skip
            measurements += _measured(flexion, stream, side, f"{self.name}/{self.version}", recording.id)
            problems += _doubts(flexion, side, recording)
        return Measured(measurements=tuple(measurements), series=tuple(series), problems=tuple(problems))


def knee_flexion_deg(thigh: Array, shank: Array, rate_hz: float) -> Array:
    """Angle of the knee about its own axis, deg, 0 in the standing pose at the start, flexion positive.

    Parameters
    ----------
    thigh, shank
        Quaternions w, x, y, z from sensor to earth, shape (samples, 4); NaN where missing.
    rate_hz
        Samples a second.

    Returns
    -------
    flexion_deg
        Shape (samples,); NaN where either orientation is missing.

    Raises
    ------
    NothingToMeasure
        When the person never stands still for half a second, or the knee hardly bends afterwards.

    Notes
    -----
    How each segment has turned since standing is compared; the sensors' mounting falls out. The axis is the main one
    of the joint's turning [1]_, and its sense that of the larger bend: a knee flexes far and extends little. The
    angle is the part of the rotation about that axis (twist of the swing–twist decomposition), which for a hinge is
    the flexion of Grood and Suntay.

    References
    ----------
    .. [1] Seel, Raisch & Schauer 2014, Sensors 14:6891-6909.
    """
    standing = standing_start(thigh, shank, rate_hz)
    joint = orientation.multiply(
        orientation.conjugate(_since(thigh, standing)), _since(shank, standing)
    )  # fmt: skip
    joint = joint * np.where(joint[:, :1] < 0.0, -1.0, 1.0)
    axis = _hinge(joint)
    flexion: Array = np.degrees(2.0 * np.arctan2(joint[:, 1:] @ axis, joint[:, 0]))
    return flexion if np.nanmax(flexion) >= -np.nanmin(flexion) else -flexion


def standing_start(thigh: Array, shank: Array, rate_hz: float) -> slice:
    """The first stretch of half a second or more in which both segments turn slower than 10 deg/s."""
    step = max(1, round(0.1 * rate_hz))
    speed = np.fmax(*(_speed_deg_s(segment, step, rate_hz) for segment in (thigh, shank)))
    missing = ~np.isfinite(thigh[:, 0] + shank[:, 0])[: len(speed)]
    still = np.where((speed < STANDING_DEG_S) & ~missing, speed, np.nan)
    for run in present_runs(still):
        if run.stop - run.start >= SHORTEST_STANDING_S * rate_hz:
            return run
    raise NothingToMeasure(
        "the person never stands still, so the sensors' place on the leg cannot be found.",
        do="Let the person stand upright for two seconds before walking off.",
    )


def _pair(stream: Stream, side: Side) -> tuple[str, str] | None:
    """The channels of one leg's thigh and shank, whatever they are called."""
    named = [next((f"{side}_{name}" for name in names if f"{side}_{name}" in stream), None) for names in (THIGH, SHANK)]
    return (named[0], named[1]) if named[0] is not None and named[1] is not None else None


def _speed_deg_s(segment: Array, step: int, rate_hz: float) -> Array:
    if len(segment) <= step:
        return np.empty(0)
    return orientation.angle_deg(segment[:-step], segment[step:]) * rate_hz / step


def _since(segment: Array, standing: slice) -> Array:
    """How a segment has turned since it stood, in earth axes."""
    then = segment[standing]
    mean = np.linalg.eigh(then.T @ then)[1][:, -1]
    return orientation.multiply(segment, orientation.conjugate(mean))


def _hinge(joint: Array) -> Array:
    """The main axis of the joint's rotations, shape (3,), from the vector parts of its quaternions."""
    vectors = joint[np.isfinite(joint).all(axis=1), 1:]
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    axis: Array = axes[:, -1]
    if 2.0 * np.degrees(np.arcsin(np.clip(np.abs(vectors @ axis).max(), 0.0, 1.0))) < LEAST_BEND_DEG:
        raise NothingToMeasure(
            "it bends less than 20 deg, too little to find its axis.", do="Record a walk with bending knees."
        )
    return axis


def _cycles(flexion: Array, rate_hz: float) -> Iterator[Array]:
    """The stretches between successive swing peaks without a missing sample."""
    from scipy.signal import find_peaks

    known = np.nan_to_num(flexion, nan=float(np.nanmin(flexion)))
    prominence = 0.5 * float(np.percentile(known, 98) - np.percentile(known, 2))
    peaks, _ = find_peaks(known, prominence=prominence, distance=max(1, round(SHORTEST_CYCLE_S * rate_hz)))
    for first, last in pairwise(peaks):
        cycle = flexion[first : last + 1]
        if np.isfinite(cycle).all():
            yield cycle


def _measured(flexion: Array, stream: Stream, side: Side, method: str, recording: str) -> Iterator[Measurement]:
    cycles = list(_cycles(flexion, stream.rate_hz))
    if not cycles:
        return
    most, least = np.array([c.max() for c in cycles]), np.array([c.min() for c in cycles])
    for definition, values in zip(_DEFINES, (most, least, most - least), strict=True):
        yield Measurement(
            measure=definition.measure, unit="deg", side=side, value=float(values.mean()), n=len(values),
            sd=float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
            start_s=float(stream.time_s[0]), end_s=float(stream.time_s[-1]),
            valid_fraction=float(np.isfinite(flexion).mean()), method=method, recording=recording,
        )  # fmt: skip


def _doubts(flexion: Array, side: Side, recording: Recording) -> Iterator[Problem]:
    missing = float(np.mean(~np.isfinite(flexion)))
    if missing > 0.05:
        yield Problem(
            what=f"{side} knee: {100 * missing:.0f} % of the orientations are missing.",
            where=recording.source or recording.id, do="Check the sensors' radio link.",
        )  # fmt: skip


MEASURE = SegmentOrientation()

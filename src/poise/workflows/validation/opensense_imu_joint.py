"""OpenSense's Xsens walk once more: the knee from two sensors without a magnetometer, beside the maker's orientations.

The files hold specific force and the maker's orientation, no angular velocity. That is made from the turn between one
orientation and the next, so noise and bias of a gyroscope are **not** in it: this validates finding the hinge and the
heading between two worn sensors, soft tissue included, not the gyroscope. Nor is the maker's fusion a camera's truth.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.errors import NothingToMeasure
from poise.measures.imu_joint import MEASURE, JointAngle, joint_angle
from poise.measures.segment_orientation import knee_flexion_deg
from poise.model import SIDES, Kind, Recording, Side, Stream
from poise.readers.find import read_file
from poise.signals.geometry import length
from poise.signals.orientation import conjugate, multiply
from poise.workflows.validation.opensense_xsens_walk import worn
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]

NAME = "opensense-xsens-walk"
METHOD = f"{MEASURE.name}@{MEASURE.version}"
CONDITION = "against the maker's orientations"
PUBLISHED_DEG, SOURCE = 3.0, "Seel et al. 2014: about 3° RMS on a human leg (from memory)"


@dataclass(frozen=True, kw_only=True)
class OpensenseImuJoint:
    """RMS difference of knee flexion, sensor pair without magnetometer against the maker's two orientations."""

    name: str = NAME

    def scores(self, folder: Path) -> Iterator[Score]:
        """Both knees, then the worse of them."""
        recording = worn(read_file(folder)[0])
        raw = with_angular_velocity(recording)
        differences: list[float] = []
        for side in SIDES:
            channels = (f"{side}_femur", f"{side}_tibia")
            try:
                ours = joint_angle(raw, "knee", side, channels)
                thigh, shank = (recording[Kind.ORIENTATION][each] for each in channels)
                theirs = knee_flexion_deg(thigh, shank, ours.rate_hz)
            except NothingToMeasure:
                continue
            differences.append((yield from _side(ours, theirs, side)))
        if differences:
            yield _score("joint.knee.flexion", "rmse", max(differences), n=len(differences), published=PUBLISHED_DEG)


def _side(ours: JointAngle, theirs: Array, side: Side) -> Generator[Score, None, float]:
    gap = ours.flexion_deg - theirs
    gap = gap[np.isfinite(gap)]
    rms = float(np.sqrt(np.mean(gap**2)))
    name = f"joint.knee.flexion@{side}"
    yield _score(name, "rmse", rms, n=len(gap), file="walk")
    yield _score(name, "bias", float(gap.mean()), n=len(gap), file="walk")
    yield _score(name, "max_abs_error", float(np.abs(gap).max()), n=len(gap), file="walk")
    yield _score(f"joint.knee.hinge_misfit@{side}", "value", ours.hinge.axis.misfit, n=len(gap), file="walk", unit="")
    yield _score(f"joint.knee.off_axis@{side}", "rms", ours.hinge.off_axis_deg, n=len(gap), file="walk")
    return rms


def with_angular_velocity(recording: Recording) -> Recording:
    """The recording with what gyroscopes would have read, from orientations alone; those are taken out."""
    stream, force = recording[Kind.ORIENTATION], recording[Kind.ACCELERATION]
    rates = np.stack([_turning(stream[name], stream.rate_hz) for name in stream.channels], axis=1)
    made = Stream(
        kind=Kind.ANGULAR_VELOCITY, channels=stream.channels, time_s=stream.time_s, values=rates, unit="rad/s",
        frame=force.frame,
    )  # fmt: skip
    streams: dict[str, Stream] = {Kind.ACCELERATION.value: force, Kind.ANGULAR_VELOCITY.value: made}
    return replace(recording, streams=streams)


def _turning(quaternion: Array, rate_hz: float) -> Array:
    turn = multiply(conjugate(quaternion[:-1]), quaternion[1:])
    turn = turn * np.where(turn[:, :1] < 0.0, -1.0, 1.0)
    size = length(turn[:, 1:])
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(size > 0.0, 2.0 * np.arctan2(size, turn[:, 0]) / size, 2.0)
    rate = turn[:, 1:] * share[:, None] * rate_hz
    return np.concatenate([rate[:1], rate])


def _score(
    measure: str, metric: str, value: float, *, n: int, file: str = "all", unit: str = "deg",
    published: float | None = None,
) -> Score:  # fmt: skip
    return Score(
        dataset=NAME, file=file, measure=measure, method=METHOD, metric=metric, value=value, n=n, condition=CONDITION,
        unit=unit, published=published, source="" if published is None else SOURCE,
    )  # fmt: skip


DATASET = OpensenseImuJoint()

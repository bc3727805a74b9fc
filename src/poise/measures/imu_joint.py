"""Knee and elbow flexion between two worn sensors, from gyroscope and accelerometer alone (no magnetometer)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.errors import NothingToMeasure
from poise.model import SIDES, Definition, Kind, Measured, Measurement, Problem, Recording, Series, Side, Stream
from poise.signals.events import peaks
from poise.signals.filters import lowpass_offline
from poise.signals.geometry import length
from poise.signals.hinge import HingeAngle, hinge_angle_offline

Array = NDArray[np.float64]
NAN = float("nan")

SEGMENTS = {
    "thigh": "thigh", "femur": "thigh", "upperleg": "thigh", "upleg": "thigh",
    "shank": "shank", "tibia": "shank", "lowerleg": "shank", "shin": "shank",
    "upperarm": "upper_arm", "humerus": "upper_arm", "forearm": "forearm", "lowerarm": "forearm", "wrist": "forearm",
}  # fmt: skip
JOINTS = {"knee": ("thigh", "shank"), "elbow": ("upper_arm", "forearm")}
WORST_MISFIT = 0.5
"""Above this half of the turning is not that of a hinge. A good strap on a walking leg leaves 0.3 to 0.4: the
knee's own rotation, skin and impacts. [design]"""
MOST_OFF_AXIS_DEG = 15.0
"""RMS of what is not about the axis above which it is no hinge: a knee's own and the skin's stay under 10. [design]"""
LEAST_BEND_DEG = 20.0
STILL_DEG_S, STILL_S = 15.0, 0.5
LEAST_RATE_HZ = 20.0
SHORTEST_CYCLE_S = 0.46
ERROR_DEG = 3.0
ERROR_SOURCE = (
    "Seel, Raisch & Schauer 2014, Sensors 14:6891: about 3° RMS on a human leg, under 1° on a prosthesis (memory); "
    "ours on a simulated hinge with 2° of skin motion and 3° off the axis: 0.8 to 1.3° RMS"
)

_SOURCE = "Seel et al. 2014, Sensors 14:6891; Olsson et al. 2020, Sensors 20:3534; Laidig et al. 2017 (measures.md 7.7)"
_KINDS = (
    ("max", "Largest {} flexion", "largest flexion of each cycle, averaged; 0 is how the person stood at the start"),
    ("min", "Smallest {} flexion", "smallest flexion of each cycle, averaged; 0 is how the person stood at the start"),
    ("rom", "{} flexion, range", "largest − smallest flexion of each cycle, averaged"),
)
DEFINES = tuple(
    Definition(measure=f"joint.{joint}.flexion.{kind}", unit="deg", decimals=0, formula=formula, source=_SOURCE,
               label=label.format(joint).capitalize())
    for joint in JOINTS
    for kind, label, formula in _KINDS
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class JointAngle:
    """Flexion of one joint over time, as `hinge_angle_offline` found it, with its sign and zero settled.

    `zeroed` is False where no still start was there to call 0: then the smallest angles seen stand for 0.
    """

    joint: str
    side: Side
    time_s: Array
    flexion_deg: Array
    rate_hz: float
    zeroed: bool
    hinge: HingeAngle


@dataclass(frozen=True, kw_only=True)
class ImuJoint:
    """Flexion of hinge joints from pairs of raw sensors; the sensors may sit on their segments any way round.

    Notes
    -----
    Zero is the pose in which the person is still at the start, taken as straight: who stands with bent knees reads too
    little by as much. The sense of flexion is that of the larger bend from there. Nothing is given where the sensors do
    not turn like a hinge's two ends, hardly bend, or turn too little to find the axis. Two limbs that are no neighbours
    but each swing in one plane cannot be told from a hinge: what the channels are called is believed. Where
    orientations are in the file, `segment_orientation` measures from those instead.
    """

    name: str = "imu_joint"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"walk", "squat", "sit_to_stand", "exercise", "reach", "stairs", "jps"})
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether two neighbouring segments of one limb carry gyroscope and accelerometer."""
        return Kind.ORIENTATION not in recording and any(True for _ in pairs(recording))

    def compute(self, recording: Recording) -> Measured:
        """Series of flexion, and its largest, smallest and range over its cycles."""
        series: list[Series] = []
        measurements: list[Measurement] = []
        problems: list[Problem] = []
        for joint, side, channels in pairs(recording):
            try:
                found = joint_angle(recording, joint, side, channels)
            except NothingToMeasure as reason:
                problems.append(_not_measured(recording, joint, side, reason))
                continue
            series.append(
                Series(series=f"{joint}.flexion", side=side, unit="deg", rate_hz=found.rate_hz,
                       values=found.flexion_deg, start_s=float(found.time_s[0]))
            )  # fmt: skip
            measurements += _measurements(found, f"{self.name}@{self.version}", recording.id)
            problems += _doubts(found, recording)
        return Measured(measurements=tuple(measurements), series=tuple(series), problems=tuple(problems))


def joint_angles(recording: Recording) -> Iterator[JointAngle]:
    """Every hinge of the recording that can be measured; what cannot is passed over."""
    for joint, side, channels in pairs(recording):
        try:
            yield joint_angle(recording, joint, side, channels)
        except NothingToMeasure:
            continue


def joint_angle(recording: Recording, joint: str, side: Side, channels: tuple[str, str]) -> JointAngle:
    """Flexion between two sensors.

    Raises
    ------
    NothingToMeasure
        The sensors turn too little, not like a hinge, or the joint bends less than 20 deg.
    """
    gyr, acc = recording[Kind.ANGULAR_VELOCITY], recording[Kind.ACCELERATION]
    rate_hz = gyr.rate_hz
    one, two = ((gyr[channel], acc[channel]) for channel in channels)
    found = hinge_angle_offline(one, two, rate_hz)
    if found is None:
        raise NothingToMeasure(
            "the sensors turn too little to find the joint's axis.",
            do="Record ten seconds of brisk bending and stretching first.",
        )
    if found.axis.misfit > WORST_MISFIT or not found.off_axis_deg <= MOST_OFF_AXIS_DEG:
        raise NothingToMeasure(
            f"the two sensors do not turn like a hinge (misfit {found.axis.misfit:.2f} of {WORST_MISFIT}, "
            f"{found.off_axis_deg:.0f}° of {MOST_OFF_AXIS_DEG:.0f}° off its axis).",
            do="Check which sensor is worn where, that straps are tight and the clocks agree.",
        )
    still = still_start(one[0], two[0], rate_hz)
    angle, zeroed = _flexion(found.angle_deg, still)
    if float(np.nanmax(angle) - np.nanmin(angle)) < LEAST_BEND_DEG:
        raise NothingToMeasure(
            "it bends less than 20 deg, too little to trust its axis.", do="Record movements that bend the joint."
        )
    return JointAngle(
        joint=joint, side=side, time_s=gyr.time_s, flexion_deg=angle, rate_hz=rate_hz, zeroed=zeroed, hinge=found
    )


def still_start(one: Array, two: Array, rate_hz: float) -> slice | None:
    """The first half second or more in which both sensors turn slower than 15 deg/s; None where there is none.

    The gyroscopes' bias, the median of the slowest tenth of their samples, is taken off first.
    """
    cutoff = min(5.0, 0.4 * rate_hz)
    speeds = [np.degrees(length(lowpass_offline(_unbiased(each), rate_hz, cutoff))) for each in (one, two)]
    with np.errstate(invalid="ignore"):
        calm = (speeds[0] < STILL_DEG_S) & (speeds[1] < STILL_DEG_S)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], calm.astype(np.int8), [0]))))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start >= STILL_S * rate_hz:
            return slice(int(start), int(stop))
    return None


def place_of(channel: str) -> tuple[str, Side] | None:
    """Segment and side that a channel's name tells, however it is spelled: ``Left_Thigh``, ``tibia_r``."""
    words = [word for word in re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", channel).lower()) if word]
    side: Side | None = next(
        (name for name in SIDES if name in words or name[0] in words), None
    )  # fmt: skip
    rest = "".join(word for word in words if word not in {"left", "right", "l", "r", "imu", "sensor"})
    if side is None or rest not in SEGMENTS:
        return None
    return SEGMENTS[rest], side


def pairs(recording: Recording) -> Iterator[tuple[str, Side, tuple[str, str]]]:
    """Joint, side and channels of all joints whose two segments carry a sensor each, on one clock."""
    if Kind.ANGULAR_VELOCITY not in recording or Kind.ACCELERATION not in recording:
        return
    gyr, acc = recording[Kind.ANGULAR_VELOCITY], recording[Kind.ACCELERATION]
    if not _one_clock(gyr, acc):
        return
    worn = {place: each for each in gyr.channels if each in acc and (place := place_of(each)) is not None}
    for joint, (upper, lower) in JOINTS.items():
        for side in SIDES:
            if (upper, side) in worn and (lower, side) in worn:
                yield joint, side, (worn[upper, side], worn[lower, side])


def _one_clock(gyr: Stream, acc: Stream) -> bool:
    same = len(gyr.time_s) == len(acc.time_s) and bool(np.allclose(gyr.time_s, acc.time_s, atol=1e-3))
    return same and gyr.rate_hz >= LEAST_RATE_HZ and gyr.values.shape[2] == acc.values.shape[2] == 3


def _unbiased(gyr: Array) -> Array:
    size = length(gyr)
    known = np.isfinite(size)
    if not known.any():
        return gyr
    slow = known & (size <= np.percentile(size[known], 10))
    return np.asarray(gyr - np.median(gyr[slow], axis=0))


def _flexion(angle: Array, still: slice | None) -> tuple[Array, bool]:
    """The angle with flexion positive and 0 where the joint is taken as straight; and whether that was seen."""
    if still is not None and np.isfinite(angle[still]).any():
        angle = angle - np.nanmedian(angle[still])
        return (angle if np.nanmax(angle) >= -np.nanmin(angle) else -angle), True
    # A joint is straight for longer than it is fully bent: the side where it lingers is taken as straight.
    low, middle, high = np.nanpercentile(angle, [2, 50, 98])
    turned = angle if middle - low <= high - middle else -angle
    return turned - np.nanpercentile(turned, 2), False


def _measurements(found: JointAngle, method: str, recording: str) -> Iterator[Measurement]:
    cycles = list(_cycles(found.flexion_deg, found.rate_hz))
    if not cycles:
        return
    most, least = (np.array([pick(each) for each in cycles]) for pick in (np.max, np.min))
    told = (("max", most), ("min", least), ("rom", most - least)) if found.zeroed else (("rom", most - least),)
    for kind, values in told:
        yield Measurement(
            measure=f"joint.{found.joint}.flexion.{kind}", value=float(values.mean()), unit="deg", side=found.side,
            n=len(values), sd=float(values.std(ddof=1)) if len(values) > 1 else NAN,
            start_s=float(found.time_s[0]), end_s=float(found.time_s[-1]),
            valid_fraction=float(np.isfinite(found.flexion_deg).mean()),
            method=f"{method}: hinge axis from two gyroscopes and accelerometers", recording=recording,
            error=ERROR_DEG, error_source=ERROR_SOURCE,
        )  # fmt: skip


def _cycles(flexion: Array, rate_hz: float) -> Iterator[Array]:
    """The stretches between successive largest bends without a missing sample."""
    prominence = 0.5 * float(np.nanpercentile(flexion, 98) - np.nanpercentile(flexion, 2))
    tops = peaks(flexion, prominence=prominence, apart=max(1, round(SHORTEST_CYCLE_S * rate_hz)))
    for first, last in pairwise(tops):
        cycle = flexion[first : last + 1]
        if np.isfinite(cycle).all():
            yield cycle


def _doubts(found: JointAngle, recording: Recording) -> Iterator[Problem]:
    where = recording.source or recording.id
    if not found.zeroed:
        yield Problem(
            what=f"{found.side} {found.joint}: the person is never still at the start, so where it is straight is not "
            "known; only its range is given.",
            where=where, do="Begin with two seconds of standing still, straight.",
        )  # fmt: skip
    missing = float(np.mean(~np.isfinite(found.flexion_deg)))
    if missing > 0.05:
        yield Problem(
            what=f"{found.side} {found.joint}: {100 * missing:.0f} % of the samples are missing.", where=where,
            do="Check the sensors' radio link.",
        )  # fmt: skip


def _not_measured(recording: Recording, joint: str, side: Side, reason: NothingToMeasure) -> Problem:
    return Problem(
        what=f"{side} {joint}: {reason.problem}", where=recording.source or recording.id, do=reason.do, side=None
    )


MEASURE = ImuJoint()

"""A lower-back sensor in a task: trunk pitch, turning, upward speed and height, whichever way round it is worn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.errors import NothingToMeasure
from poise.measures.lumbar_signal import Trunk, trunk_of
from poise.model import Recording
from poise.signals import geometry
from poise.signals.events import peaks
from poise.signals.filters import highpass_offline, lowpass_offline
from poise.signals.orientation import conjugate, orientation_offline, rotate

Array = NDArray[np.float64]
NAN = float("nan")

SMOOTH_HZ = 5.0
"""Low-pass of the skdh sit-to-stand method (measures.md 2.4)."""
STILL_S, STILL_M_S2, STILL_SD_M_S2 = 0.3, 0.2, 0.1
"""Its stillness: windows of 0.3 s in which the acceleration lies within 0.2 m/s² of rest, with an SD under 0.1."""
STILL_DEG_S = 10.0
"""And the trunk turns slower than this [design]: a slow bend is felt by the gyroscope alone."""
LEAST_SURE_TURN_DEG = 15.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Back:
    """The lower back through a task.

    Attributes
    ----------
    pitch_deg
        Forward lean against the median of the recording's upright part, (samples,).
    yaw_deg_s
        Turning about the vertical, left positive, (samples,).
    lift_m_s2
        Upward acceleration without gravity, (samples,).
    still
        Samples in which the sensor rests.
    """

    start_s: float
    rate_hz: float
    pitch_deg: Array
    yaw_deg_s: Array
    lift_m_s2: Array
    still: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.pitch_deg)

    def time(self, sample: float) -> float:
        """On the recording's clock, s."""
        return self.start_s + float(sample) / self.rate_hz

    @property
    def pitch_deg_s(self) -> Array:
        """How fast the trunk bends forward."""
        return np.asarray(np.gradient(self.pitch_deg, 1.0 / self.rate_hz))


def back_of(recording: Recording, *, must_bend: bool = True) -> Back:
    """The lower-back sensor with its axes found.

    Raises
    ------
    MissingSignal, NothingToMeasure
        No usable sensor, no gyroscope, gaps, or (with `must_bend`) a trunk that never bends.

    Notes
    -----
    Up comes from VQF without a magnetometer. The axis of bending is the level axis about which the sensor turns most
    over the recording; forward is the way in which it turns first and furthest out of rest, because a person bends
    forward to rise and to sit, and not back. It fails where somebody leans back further than forward.
    """
    trunk = trunk_of(recording)
    where = recording.source or recording.id
    if trunk.angular_velocity is None:
        raise NothingToMeasure(
            f"Rising and turning cannot be told from the back in {where}: there is no gyroscope.",
            do="Record with a sensor that has one.",
        )
    known = np.isfinite(trunk.acceleration).all(axis=1) & np.isfinite(trunk.angular_velocity).all(axis=1)
    if not known.any() or known.mean() < 0.95:
        raise NothingToMeasure(
            f"The lower-back sensor in {where} lost too many samples.",
            found=f"{100 * known.mean():.0f} % are there.",
            do="Record again without gaps.",
        )
    run = max(trunk.whole_runs(), key=len)
    return _placed(run, where, must_bend=must_bend)


def _placed(trunk: Trunk, where: str, *, must_bend: bool) -> Back:
    assert trunk.angular_velocity is not None
    rate = trunk.rate_hz
    quaternion = orientation_offline(trunk.angular_velocity, trunk.acceleration, rate).quaternion
    up = rotate(conjugate(quaternion), np.broadcast_to([0.0, 0.0, 1.0], trunk.acceleration.shape))
    felt = lowpass_offline(trunk.acceleration, rate, SMOOTH_HZ)
    turning = lowpass_offline(trunk.angular_velocity, rate, SMOOTH_HZ)
    forward = _forward(up, where, must_bend=must_bend)
    upright = geometry.unit(np.median(up, axis=0))
    pitch = -np.degrees(np.arctan2(geometry.dot(up, forward), geometry.dot(up, upright)))
    along = geometry.dot(felt, up)
    lift = along - float(np.median(along))
    still = _still(trunk.acceleration, turning, rate)
    return Back(
        start_s=trunk.start_s, rate_hz=rate, pitch_deg=pitch, yaw_deg_s=np.degrees(geometry.dot(turning, up)),
        lift_m_s2=lift, still=still,
    )  # fmt: skip


def _forward(up: Array, where: str, *, must_bend: bool) -> Array:
    """Forward in sensor axes: the way in which up tips back, as the sensor sees it, when the trunk bends forward."""
    upright = geometry.unit(np.median(up, axis=0))
    tipped = geometry.on_plane(up, upright)
    _, across = np.linalg.eigh(tipped.T @ tipped)
    axis = across[:, -1]
    swing = tipped @ axis
    bend_deg = np.degrees(np.arcsin(min(1.0, float(np.percentile(np.abs(swing), 99.5)))))
    if must_bend and bend_deg < LEAST_SURE_TURN_DEG:
        raise NothingToMeasure(
            f"The lower back never bends in {where}: nobody rises from a seat or sits down.",
            do="If somebody does, check that the sensor is fixed to the back and not to a belt bag.",
        )
    # Seen from a trunk that bends forward, up tips to the back: the further excursion from the middle is backwards.
    furthest = float(np.percentile(swing, 99.5)) + float(np.percentile(swing, 0.5))
    return np.asarray(-axis if furthest > 0.0 else axis)


def _still(acceleration: Array, turning: Array, rate_hz: float) -> NDArray[np.bool_]:
    size = geometry.length(acceleration)
    width = max(3, round(STILL_S * rate_hz))
    middle = _rolling(size, width)
    spread = np.sqrt(np.maximum(_rolling(size**2, width) - middle**2, 0.0))
    rest = float(np.median(size))
    quiet = (np.abs(middle - rest) < STILL_M_S2) & (spread < STILL_SD_M_S2)
    return np.asarray(quiet & (np.degrees(_rolling(geometry.length(turning), width)) < STILL_DEG_S))


def _rolling(values: Array, width: int) -> Array:
    kernel = np.ones(width)
    return np.asarray(np.convolve(values, kernel, "same") / np.convolve(np.ones(len(values)), kernel, "same"))


@dataclass(frozen=True, kw_only=True)
class Lift:
    """One way up, or down with a negative height: samples, height and greatest speed."""

    start: int
    peak: int
    end: int
    height_m: float
    peak_m_s: float


DRIFT_HZ = 0.1
"""What changes more slowly than this is drift of the integrals, not somebody who rises (measures.md 2.2)."""
LEAST_HEIGHT_M, LEAST_SPEED_M_S = 0.125, 0.2
"""Of the back, to be a rise: skdh (measures.md 2.4). Steps lift the back by some 4 cm."""
EDGE = 0.10


def lifts(back: Back) -> list[Lift]:
    """Every rise and every sitting-down, in order, from the upward acceleration integrated twice.

    A way lasts from where the speed passes a tenth of its peak until it falls under it again. Ways of less than 0.125 m
    or 0.2 m/s are steps and sway [1]_.

    References
    ----------
    .. [1] scikit-digital-health, sit-to-stand detector (facts in measures.md 2.4); it integrates between rests, which a
       fast test does not have, so that drift is taken off by a high-pass at 0.1 Hz here.
    """
    speed = upward_speed(back)
    found = [*_ways(speed, back.rate_hz, +1.0), *_ways(speed, back.rate_hz, -1.0)]
    return sorted(found, key=lambda each: each.peak)


def upward_speed(back: Back) -> Array:
    """Speed of the back upward, m/s, (samples,), without drift."""
    raw = np.cumsum(back.lift_m_s2) / back.rate_hz
    padded = np.concatenate((np.full(len(raw), raw[0]), raw, np.full(len(raw), raw[-1])))
    return np.asarray(highpass_offline(padded, back.rate_hz, DRIFT_HZ, order=2)[len(raw) : 2 * len(raw)])


def _ways(speed: Array, rate_hz: float, sign: float) -> list[Lift]:
    along = sign * speed
    found = []
    for peak in peaks(
        along, apart=round(0.5 * rate_hz), prominence=LEAST_SPEED_M_S, within=round(8.0 * rate_hz)
    ).tolist():
        if along[peak] < LEAST_SPEED_M_S:
            continue
        slow = along < EDGE * along[peak]
        before, after = np.flatnonzero(slow[:peak]), np.flatnonzero(slow[peak:])
        start = int(before[-1]) + 1 if len(before) else 0
        end = peak + int(after[0]) if len(after) else len(along) - 1
        height = float(along[start : end + 1].sum()) / rate_hz
        if height >= LEAST_HEIGHT_M:
            found.append(
                Lift(start=start, peak=peak, end=end, height_m=sign * height, peak_m_s=sign * float(along[peak]))
            )
    return found

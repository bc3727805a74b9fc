"""Up, forward and left on a lower-back sensor, found from the walk itself: it may be worn any way round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.lumbar_filters import bandpass, lowpass
from poise.measures.lumbar_signal import Trunk
from poise.signals.orientation import orientation_offline, rotate

Array = NDArray[np.float64]
Up = NDArray[np.float64]

TILT_HZ = 0.25
"""Below the slowest stride (0.33 Hz, stride time 3 s [measures.md 1.1.5]): what is left is how the sensor hangs."""
STEP_BAND_HZ = (0.5, 3.0)
"""Step frequencies of walking: 30 to 180 steps/min; Mobilise-D's gait filter passes up to 3.14 Hz (Ionescu 2020)."""
LEAST_FORWARD = 0.1
"""Correlation below which forward cannot be told from backward [design]; eight straight walks had 0.17 to 0.91."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Axes:
    """Acceleration without gravity along up, forward and left, m/s², shape (samples,) each; z up, x forward."""

    vertical: Array
    forward: Array
    leftward: Array


def up_by_tilt(trunk: Trunk) -> Up:
    """Up in sensor axes at every sample, unit vectors (samples, 3), from the slow part of the acceleration.

    Notes
    -----
    Needs no gyroscope. It fails while the trunk bends or turns over faster than `TILT_HZ`.
    """
    slow = lowpass(trunk.acceleration, trunk.rate_hz, TILT_HZ)
    return _unit(slow)


def up_by_gyroscope(trunk: Trunk) -> Up:
    """Up in sensor axes at every sample from the orientation filter; by tilt alone where there is no gyroscope."""
    turning = trunk.angular_velocity
    if turning is None or not np.isfinite(turning).all():
        return up_by_tilt(trunk)
    quaternion = orientation_offline(turning, trunk.acceleration, trunk.rate_hz).quaternion
    backwards = quaternion * np.array([1.0, -1.0, -1.0, -1.0])
    return np.asarray(rotate(backwards, np.broadcast_to([0.0, 0.0, 1.0], trunk.acceleration.shape)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Heading:
    """What a stretch of walking tells of the forward direction: a sum that can be added to other stretches'.

    `toward` is the covariance of the sensor's acceleration with the change of vertical acceleration, sensor axes;
    `scale` is what it would be were they perfectly correlated.
    """

    toward: Array
    scale: float

    def __add__(self, other: Heading) -> Heading:
        return Heading(toward=self.toward + other.toward, scale=self.scale + other.scale)

    @property
    def forward(self) -> Array:
        """Forward in sensor axes, a unit vector (3,)."""
        return _unit(self.toward)

    @property
    def sure(self) -> bool:
        """Whether forward can be told from backward, and so left from right."""
        return self.scale > 0 and float(np.linalg.norm(self.toward)) / self.scale >= LEAST_FORWARD


NO_HEADING = Heading(toward=np.zeros(3), scale=0.0)


def heading_of(trunk: Trunk, up: Up) -> Heading:
    """Which way is forward, from how the trunk moves in walking.

    Notes
    -----
    Over each step the trunk is lowest and its upward acceleration greatest in double support; it speeds up before
    and brakes after. So forward acceleration runs a quarter step ahead of vertical acceleration and is positively
    correlated with its *change*; sideways acceleration has half the frequency and is not correlated at all. The
    horizontal direction of greatest covariance is therefore forward, with its sign (derived; the phases are those of
    Zijlstra & Hof 2003 [1]_, and hold in all nine marker walks with force-plate events of the shared data). It fails
    for somebody who walks backwards, and where a step rises without pushing forward (stairs, marching on the spot).

    References
    ----------
    .. [1] Zijlstra & Hof 2003, Gait Posture 18(2):1-10.
    """
    along = np.einsum("ni,ni->n", trunk.acceleration, up)
    flat = trunk.acceleration - along[:, None] * up
    steps = bandpass(np.column_stack((along, flat)), trunk.rate_hz, *STEP_BAND_HZ)
    change = np.gradient(steps[:, 0])
    toward = steps[:, 1:].T @ change
    scale = float(np.sqrt((change**2).sum() * (steps[:, 1:] ** 2).sum()))
    return Heading(toward=toward, scale=scale)


def along_axes(trunk: Trunk, up: Up, forward: Array) -> Axes:
    """The acceleration along up, forward and left, gravity taken off; `forward` in sensor axes need not be level."""
    level = _unit(forward - (up @ forward)[:, None] * up)
    left = np.cross(up, level)
    felt = trunk.acceleration
    vertical = np.einsum("ni,ni->n", felt, up)
    return Axes(
        vertical=vertical - float(np.mean(vertical)),
        forward=np.einsum("ni,ni->n", felt, level),
        leftward=np.einsum("ni,ni->n", felt, left),
    )


def _unit(vectors: Array) -> Array:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1.0))

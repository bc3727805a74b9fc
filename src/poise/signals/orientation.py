"""Orientation of a worn sensor: quaternions (w, x, y, z), from sensor to earth with z up.

Angular velocity is in rad/s, specific force in m/s² (a sensor at rest reads +9.81 on the axis that points up).
NaN in gives NaN out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.errors import BadSetting
from poise.signals import geometry
from poise.signals.filters import present_runs

Array = NDArray[np.float64]

_Run = Callable[[Array, Array, Array | None], dict[str, Array]]

IDENTITY: Array = np.array([1.0, 0.0, 0.0, 0.0])


# ── quaternions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def multiply(a: ArrayLike, b: ArrayLike) -> Array:
    """The rotation b, then a: the Hamilton product, shape (..., 4)."""
    p, q = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    w1, x1, y1, z1 = (p[..., i] for i in range(4))
    w2, x2, y2, z2 = (q[..., i] for i in range(4))
    return np.stack(
        [
            w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
            w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
            w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
            w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
        ],
        axis=-1,
    )


def conjugate(quaternion: ArrayLike) -> Array:
    """The opposite rotation."""
    return np.asarray(np.asarray(quaternion, dtype=np.float64) * np.array([1.0, -1.0, -1.0, -1.0]))


def rotate(quaternion: ArrayLike, vectors: ArrayLike) -> Array:
    """Vectors (..., 3) turned by unit quaternions (..., 4): from sensor axes into earth axes."""
    q, v = np.asarray(quaternion, dtype=np.float64), np.asarray(vectors, dtype=np.float64)
    axis = q[..., 1:]
    twice = 2.0 * np.cross(axis, v)
    turned: Array = v + q[..., :1] * twice + np.cross(axis, twice)
    return turned


def as_matrix(quaternion: ArrayLike) -> Array:
    """Rotation matrices, shape (..., 3, 3); their columns are the sensor's axes in the earth's."""
    q = np.asarray(quaternion, dtype=np.float64)
    return np.stack([rotate(q, np.broadcast_to(axis, (*q.shape[:-1], 3))) for axis in geometry.AXES], axis=-1)


def from_matrix(rotation: ArrayLike) -> Array:
    """Unit quaternions with w ≥ 0, shape (..., 4), of rotation matrices (..., 3, 3).

    References
    ----------
    .. [1] Bar-Itzhack 2000, J Guid Control Dyn 23:1085-1087: the eigenvector, sound for every rotation.
    """
    m = np.asarray(rotation, dtype=np.float64)
    known: NDArray[np.bool_] = np.asarray(np.isfinite(m).all(axis=(-2, -1)))
    safe = np.where(known[..., None, None], m, np.eye(3))
    k = np.zeros((*m.shape[:-2], 4, 4))
    trace = np.trace(safe, axis1=-2, axis2=-1)
    k[..., 0, 0] = trace
    k[..., 1:, 1:] = safe + np.swapaxes(safe, -1, -2) - trace[..., None, None] * np.eye(3)
    vector = np.stack(
        [
            safe[..., 2, 1] - safe[..., 1, 2],
            safe[..., 0, 2] - safe[..., 2, 0],
            safe[..., 1, 0] - safe[..., 0, 1],
        ],
        axis=-1,
    )
    k[..., 0, 1:], k[..., 1:, 0] = vector, vector
    quaternion = np.linalg.eigh(k)[1][..., -1]
    quaternion = quaternion * np.where(quaternion[..., :1] < 0.0, -1.0, 1.0)
    return np.where(known[..., None], quaternion, np.nan)


def angle_deg(a: ArrayLike, b: ArrayLike) -> Array:
    """By how much two orientations differ, 0 to 180 deg."""
    difference = multiply(conjugate(a), b)
    turned: Array = np.degrees(2.0 * np.arctan2(geometry.length(difference[..., 1:]), np.abs(difference[..., 0])))
    return turned


# ── from gyroscope and accelerometer ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, eq=False)
class Estimate:
    """What VQF says of every sample.

    Attributes
    ----------
    quaternion
        Shape (samples, 4), sensor to earth, z up; NaN where the input was missing. Without a magnetometer the heading
        starts anywhere and drifts by 0.5 to 5 deg a minute.
    bias_rad_s
        The gyroscope's bias, shape (samples, 3).
    resting
        Whether the sensor lay still, shape (samples,).
    """

    quaternion: Array
    bias_rad_s: Array
    resting: NDArray[np.bool_]


def orientation(
    angular_velocity: ArrayLike, acceleration: ArrayLike, rate_hz: float, *, magnetic_field: ArrayLike | None = None
) -> Estimate:
    """Orientation sample by sample, from the past alone: the same live and afterwards (VQF, its default parameters).

    Parameters
    ----------
    angular_velocity, acceleration
        Shape (samples, 3), rad/s and m/s², unfiltered, evenly sampled; NaN where missing. Each run without a gap is
        estimated by itself: after a gap the heading starts anew.
    rate_hz
        Samples a second; 100 and more are good.
    magnetic_field
        Shape (samples, 3), any unit; makes the heading absolute where the field is not disturbed.

    References
    ----------
    .. [1] Laidig & Seel 2023, Information Fusion 91:187-204.
    """
    from vqf import VQF

    def estimate(gyr: Array, acc: Array, mag: Array | None) -> dict[str, Array]:
        out: dict[str, Array] = VQF(1.0 / rate_hz).updateBatch(gyr, acc, mag)
        return out

    return _over_runs(angular_velocity, acceleration, magnetic_field, rate_hz, estimate)


def orientation_offline(
    angular_velocity: ArrayLike, acceleration: ArrayLike, rate_hz: float, *, magnetic_field: ArrayLike | None = None
) -> Estimate:
    """The same with the future known too: the filter runs both ways, so that it is settled from the first sample."""
    from vqf import offlineVQF

    def estimate(gyr: Array, acc: Array, mag: Array | None) -> dict[str, Array]:
        out: dict[str, Array] = offlineVQF(gyr, acc, mag, 1.0 / rate_hz, None)
        return out

    return _over_runs(angular_velocity, acceleration, magnetic_field, rate_hz, estimate)


def _over_runs(
    angular_velocity: ArrayLike,
    acceleration: ArrayLike,
    magnetic_field: ArrayLike | None,
    rate_hz: float,
    estimate: _Run,
) -> Estimate:
    gyr = np.ascontiguousarray(angular_velocity, dtype=np.float64)
    acc = np.ascontiguousarray(acceleration, dtype=np.float64)
    mag = None if magnetic_field is None else np.ascontiguousarray(magnetic_field, dtype=np.float64)
    if not np.isfinite(rate_hz) or rate_hz <= 0.0:
        raise BadSetting(f"Orientation needs a sampling rate above 0 Hz, not {rate_hz:g}.")
    together = gyr.sum(axis=1) + acc.sum(axis=1) + (0.0 if mag is None else mag.sum(axis=1))
    quaternion, bias = np.full((len(gyr), 4), np.nan), np.full((len(gyr), 3), np.nan)
    resting = np.zeros(len(gyr), dtype=np.bool_)
    for run in present_runs(together):
        out = estimate(gyr[run].copy(), acc[run].copy(), None if mag is None else mag[run].copy())
        quaternion[run] = out["quat6D" if mag is None else "quat9D"]
        bias[run], resting[run] = out["bias"], out["restDetected"]
    return Estimate(quaternion=quaternion, bias_rad_s=bias, resting=resting)

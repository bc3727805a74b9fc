"""Where a foot went between two still moments: strapdown integration of its sensor, many strides at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.foot_signal import Foot
from poise.measures.foot_swings import Movements
from poise.signals import STANDARD_GRAVITY_M_S2
from poise.signals.geometry import Z_AXIS
from poise.signals.orientation import conjugate, multiply, rotate

Array = NDArray[np.float64]
Index = NDArray[np.intp]

# One standard deviation of the tilt error within a swing: a MEMS gyroscope's sensitivity is off by about 1 % (data
# sheets), which on the 60 deg that a foot pitches makes 0.6 deg at most and half of that on average.
TILT_ERROR_DEG = 0.3
GRAVITY_WINDOW_S = 0.1
STRIDES_AT_ONCE = 256


@dataclass(frozen=True, kw_only=True, eq=False)
class Paths:
    """What the foot did in each movement, shape (movements, ...).

    Attributes
    ----------
    displacement_m
        (movements, 2), on the floor, in axes that are level and turn with the foot's heading at each start.
    forward
        (movements, 3), the direction of travel in sensor axes while the foot stands, unit length; NaN without travel.
    up
        (movements, 3), against gravity in sensor axes while the foot stands.
    turned_deg
        How far the foot's heading changed, to the left positive.
    highest_m
        Highest point of the sensor above its standing height.
    leftmost_m, rightmost_m
        Farthest from the straight line between start and end, to either side of travel.
    up_along
        (samples, 3): against gravity in sensor axes at every sample of every movement; NaN between movements.
    """

    displacement_m: Array
    forward: Array
    up: Array
    turned_deg: Array
    highest_m: Array
    leftmost_m: Array
    rightmost_m: Array
    up_along: Array

    @property
    def length_m(self) -> Array:
        """Horizontal distance of each movement."""
        length: Array = np.hypot(self.displacement_m[:, 0], self.displacement_m[:, 1])
        return length


def find_paths(foot: Foot, movements: Movements) -> Paths:
    """The path of the foot in every movement.

    Orientation comes from the gyroscope, levelled by gravity at both still moments, the difference spread evenly
    between them. Acceleration is turned to the floor's axes and integrated; the foot stands at both ends, so the
    velocity left over at the second one is error and is taken out where it most likely arose (see `_error_share`).
    The floor is level: height left over at the end is taken out evenly.

    Notes
    -----
    Drift removal between zero-velocity moments follows Rebula et al. [1]_ and Rampp et al. [2]_, but for where the
    error is placed. Fails on stairs and slopes (height), and where the foot slides during stance.

    References
    ----------
    .. [1] Rebula et al. 2013, Gait Posture 38(4):974-980.
    .. [2] Rampp et al. 2015, IEEE Trans Biomed Eng 62(4):1089-1097.
    """
    up_along = np.full((len(foot.time_s), 3), np.nan)
    blocks = [
        _block(
            foot, movements.start[low : low + STRIDES_AT_ONCE], movements.stop[low : low + STRIDES_AT_ONCE], up_along
        )
        for low in range(0, len(movements), STRIDES_AT_ONCE)
    ]
    joined = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]} if blocks else _nothing()
    return Paths(up_along=up_along, **joined)


def _nothing() -> dict[str, Array]:
    shapes = {"displacement_m": (0, 2), "forward": (0, 3), "up": (0, 3)}
    flat = ("turned_deg", "highest_m", "leftmost_m", "rightmost_m")
    return {name: np.empty(shape) for name, shape in shapes.items()} | {name: np.empty(0) for name in flat}


def _block(foot: Foot, start: Index, stop: Index, up_along: Array) -> dict[str, Array]:
    """Paths of some movements; time runs along the first axis, movements along the second."""
    step = np.arange(int((stop - start).max()) + 1)[:, None]
    sample = np.minimum(start + step, stop)
    share = np.minimum(step / (stop - start), 1.0)
    up_at_start, up_at_end = _up_at(foot, start), _up_at(foot, stop)
    gravity = 0.5 * (np.linalg.norm(up_at_start, axis=1) + np.linalg.norm(up_at_end, axis=1))
    turns = _levelled(_turns(foot, sample), up_at_start, up_at_end, share)
    felt = foot.acceleration[sample]
    pushed = rotate(turns, felt)
    pushed[..., 2] -= gravity
    inside = start + step <= stop
    error_share = _error_share(felt, share, (stop - start) / foot.rate_hz, foot.rate_hz)
    position = _positions(pushed, error_share, inside / foot.rate_hz)
    position[..., 2] -= share * position[-1, :, 2]
    up_along[sample[inside]] = _vertical_seen(turns[inside])
    return _shape_of(position) | {
        "forward": rotate(conjugate(turns[0]), _direction(position[-1])),
        "up": up_at_start / np.linalg.norm(up_at_start, axis=1, keepdims=True),
        "turned_deg": _turned_deg(turns[0], turns[-1]),
    }


def _up_at(foot: Foot, at: Index) -> Array:
    """Mean acceleration about still moments, shape (moments, 3): where up is, and how strong gravity reads there."""
    half = max(1, round(GRAVITY_WINDOW_S * foot.rate_hz / 2))
    window = np.clip(at[:, None] + np.arange(-half, half + 1), 0, len(foot.time_s) - 1)
    mean: Array = foot.acceleration[window].mean(axis=1)
    return mean


def _turns(foot: Foot, sample: Index) -> Array:
    """Orientation relative to the first sample of each movement, quaternions of shape (time, movements, 4)."""
    rate = foot.angular_velocity[sample]
    angle = (rate[1:] + rate[:-1]) * (0.5 / foot.rate_hz)
    # Past a movement's end the sample repeats; it must not go on turning.
    angle[sample[1:] == sample[:-1]] = 0.0
    return _composed(_from_rotation_vector(angle))


def _composed(small: Array) -> Array:
    """Small turns, each in the axes that the ones before it left, put together; shape (time + 1, movements, 4).

    A quaternion is held as two complex numbers, w + xi and y + zi: its product then takes six array operations, and
    there is one product for every sample of a stride.
    """
    a, b = np.moveaxis(np.ascontiguousarray(small).view(np.complex128), -1, 0)
    conjugate_a, conjugate_b = a.conj(), b.conj()
    composed = np.empty((len(small) + 1, small.shape[1], 2), dtype=np.complex128)
    composed[0] = (1.0, 0.0)
    first, second = composed[0, :, 0], composed[0, :, 1]
    for time in range(len(small)):
        first, second = (
            first * a[time] - second * conjugate_b[time],
            first * b[time] + second * conjugate_a[time],
        )
        composed[time + 1, :, 0], composed[time + 1, :, 1] = first, second
    turns: Array = composed.view(np.float64)
    return turns


def _levelled(turns: Array, up_at_start: Array, up_at_end: Array, share: Array) -> Array:
    """Sensor to floor: level at the start, and at the end too by turning back evenly what the gyroscope drifted."""
    levelled = multiply(_to_vertical(up_at_start), turns)
    drift = _rotation_vector_to_vertical(rotate(levelled[-1], up_at_end))
    return multiply(_from_rotation_vector(share[..., None] * drift), levelled)


def _error_share(felt: Array, share: Array, duration_s: Array, rate_hz: float) -> Array:
    """How much of the velocity error seen at the end has likely arisen by each sample, 0 to 1.

    Two independent errors, each with its variance. A tilt error makes velocity drift in proportion to time. And
    between two samples the acceleration may have taken any course between their values (at heel strike it changes by
    several g within a sample, or is cut off at the sensor's range), so the step's integral is uncertain by the change
    times the step, evenly distributed: its square over 12. Given the error at the end, the expected error before it
    is the ratio of covariance to variance.
    """
    step_s = 1.0 / rate_hz
    change = np.diff(felt, axis=0)
    squared = np.einsum("tmi,tmi->tm", change, change) * (step_s**2 / 12.0 / 3.0)
    between_samples = np.concatenate((np.zeros((1, felt.shape[1])), np.cumsum(squared, axis=0)))
    drift = (STANDARD_GRAVITY_M_S2 * np.radians(TILT_ERROR_DEG) * duration_s) ** 2
    expected: Array = (share * drift + between_samples) / (drift + between_samples[-1])
    return expected


def _positions(pushed: Array, error_share: Array, step_s: Array) -> Array:
    velocity = _integrated(pushed, step_s)
    velocity -= error_share[..., None] * velocity[-1]
    return _integrated(velocity, step_s)


def _integrated(values: Array, step_s: Array) -> Array:
    """Trapezoids over time; `step_s`, shape (time, movements), leads up to each sample and is 0 past the end."""
    total = np.zeros_like(values)
    np.cumsum((values[1:] + values[:-1]) * (0.5 * step_s[1:, :, None]), axis=0, out=total[1:])
    return total


def _direction(position: Array) -> Array:
    level = position * (1.0, 1.0, 0.0)
    size = np.linalg.norm(level, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(size > 1e-6, level / size, np.nan)


def _shape_of(position: Array) -> dict[str, Array]:
    ahead = _direction(position[-1])
    aside = np.nan_to_num(position[..., 1] * ahead[:, 0] - position[..., 0] * ahead[:, 1])
    return {
        "displacement_m": position[-1, :, :2],
        "highest_m": position[..., 2].max(axis=0),
        "leftmost_m": aside.max(axis=0),
        "rightmost_m": -aside.min(axis=0),
    }


def _turned_deg(before: Array, after: Array) -> Array:
    change = multiply(after, conjugate(before))
    turned: Array = np.degrees(2.0 * np.arctan2(change[..., 3], change[..., 0]))
    return (turned + 180.0) % 360.0 - 180.0


def _vertical_seen(q: Array) -> Array:
    """The floor's vertical in sensor axes: the last row of the rotation matrix."""
    w, x, y, z = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    return np.stack((2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)), axis=-1)


def _from_rotation_vector(angle: Array) -> Array:
    size = np.linalg.norm(angle, axis=-1, keepdims=True)
    # sin(x)/x through numpy's sinc, which knows the limit at 0.
    return np.concatenate((np.cos(size / 2.0), 0.5 * np.sinc(size / (2.0 * np.pi)) * angle), axis=-1)


def _rotation_vector_to_vertical(v: Array) -> Array:
    across = np.cross(v, Z_AXIS)
    size = np.linalg.norm(across, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Upside down, any level axis will do; x is as good as another.
        axis = np.where(size > 1e-12, across / size, (1.0, 0.0, 0.0))
    vector: Array = axis * np.arctan2(size, v[..., 2:])
    return vector


def _to_vertical(v: Array) -> Array:
    return _from_rotation_vector(_rotation_vector_to_vertical(v))

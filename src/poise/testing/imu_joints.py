"""A simulated hinge between two body-worn sensors: the angle is known because it was put there. Not a real person.

The proximal segment swings, turns and travels; the distal one turns about the hinge. Each sensor sits askew on its
segment. Faults that real ones have can be added: bias, noise, straps that shake with the skin, a joint that is not
quite a hinge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import Frame, Kind, Recording, Stream
from poise.signals.geometry import AXES, length, unit
from poise.signals.orientation import conjugate, multiply, rotate

Array = NDArray[np.float64]
GRAVITY_M_S2 = 9.81


@dataclass(frozen=True, kw_only=True)
class Hinge:
    """How the joint moves and how good its sensors are.

    Attributes
    ----------
    flexion_deg, period_s
        Range of the movement, from 0, and how long one takes; the first `still_s` seconds nothing moves, at 0.
    swing_deg, turn_deg_s
        How far the proximal segment swings with it, and how fast the whole person turns about the vertical.
    skin_deg
        Amplitude of each sensor's rocking on the skin, in step with the movement and twice as fast, about axes askew.
    off_axis_deg
        Adduction and rotation of the joint itself, in step with flexion.
    bias_deg_s, noise_deg_s, noise_m_s2
        Of each gyroscope axis (constant), of each gyroscope and accelerometer sample (SD).
    """

    flexion_deg: float = 60.0
    period_s: float = 1.6
    still_s: float = 2.0
    duration_s: float = 60.0
    rate_hz: float = 100.0
    swing_deg: float = 25.0
    turn_deg_s: float = 0.0
    skin_deg: float = 0.0
    off_axis_deg: float = 0.0
    bias_deg_s: float = 0.0
    noise_deg_s: float = 0.0
    noise_m_s2: float = 0.0
    side: str = "left"
    names: tuple[str, str] = ("thigh", "shank")
    seed: int = 1


WORN = Hinge(skin_deg=2.0, off_axis_deg=3.0, bias_deg_s=0.5, noise_deg_s=0.3, noise_m_s2=0.08)
"""As worn: rocking of 2 deg, 3 deg of motion off the axis, 0.5 deg/s of bias."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SimulatedHinge:
    """The two sensors' signals with the truth: `flexion_deg`, shape (samples,), and the true axis in each sensor."""

    time_s: Array
    flexion_deg: Array
    gyr: tuple[Array, Array]
    acc: tuple[Array, Array]
    orientation: tuple[Array, Array]
    axes: tuple[Array, Array]
    hinge: Hinge

    def recording(self, **conditions: str) -> Recording:
        """The recording that two sensors would have made."""
        names = tuple(f"{self.hinge.side}_{name}" for name in self.hinge.names)
        streams: dict[str, Stream] = {
            kind: Stream(
                kind=kind, channels=names, time_s=self.time_s, values=np.stack(values, axis=1), unit=unit_of,
                frame=Frame(name="sensor"),
            )
            for kind, values, unit_of in (
                (Kind.ANGULAR_VELOCITY, self.gyr, "rad/s"), (Kind.ACCELERATION, self.acc, "m/s^2")
            )
        }  # fmt: skip
        return Recording(id="hinge", source="hinge (simulated)", streams=streams, conditions=conditions)


def about(axis: Array, angle_deg: Array) -> Array:
    """Quaternions of turns about one axis."""
    half = 0.5 * np.radians(angle_deg)
    return np.concatenate([np.cos(half)[:, None], np.sin(half)[:, None] * unit(axis)], axis=1)


def simulated_hinge(
    hinge: Hinge | None = None, flexion_deg: Array | None = None, lean_deg: Array | None = None
) -> SimulatedHinge:
    """The hinge in motion; `flexion_deg` and `lean_deg` (samples,) replace its own flexion and its thigh's swing."""
    how = hinge or Hinge()
    time_s = np.arange(round(how.duration_s * how.rate_hz)) / how.rate_hz
    moving = np.clip((time_s - how.still_s) / 1.0, 0.0, 1.0)
    moving = moving**2 * (3.0 - 2.0 * moving)
    phase = 2.0 * np.pi * np.clip(time_s - how.still_s, 0.0, None) / how.period_s
    flexion = how.flexion_deg * moving * 0.5 * (1.0 - np.cos(phase)) if flexion_deg is None else flexion_deg
    rhythm = moving * np.sin(phase + 0.6)
    _, left, up = AXES
    lean = how.swing_deg * rhythm if lean_deg is None else lean_deg
    thigh = multiply(about(up, 37.0 + how.turn_deg_s * time_s), about(left, -lean))
    thigh = multiply(thigh, about(AXES[0], 0.3 * how.swing_deg * moving * np.sin(0.7 * phase)))
    joint = multiply(about(left, flexion), about(AXES[0], how.off_axis_deg * rhythm))
    shank = multiply(thigh, multiply(joint, about(up, how.off_axis_deg * moving * np.cos(phase))))
    rng = np.random.default_rng(how.seed)
    made = [_sensor(segment, place, how, (moving, phase), rng) for place, segment in enumerate((thigh, shank))]
    axes = tuple(rotate(conjugate(mount), left) for *_, mount in made)
    return SimulatedHinge(
        time_s=time_s, flexion_deg=flexion, gyr=(made[0][0], made[1][0]), acc=(made[0][1], made[1][1]),
        orientation=(made[0][2], made[1][2]), axes=(axes[0], axes[1]), hinge=how,
    )  # fmt: skip


def _sensor(
    segment: Array, place: int, how: Hinge, rhythm: tuple[Array, Array], rng: np.random.Generator
) -> tuple[Array, Array, Array, Array]:
    """Angular velocity, specific force, true orientation and mounting of one sensor; `rhythm`: strength, phase."""
    moving, phase = rhythm
    mount = about(np.array([0.6, 0.2 - place, 0.8]), np.array([100.0 - 65.0 * place]))[0]
    rocking = about(np.array([0.5, 0.3, -0.8 + place]), how.skin_deg * moving * np.sin(2.0 * phase + place))
    quaternion = multiply(segment, multiply(rocking, mount))
    gyr = angular_velocity(quaternion, how.rate_hz)
    place_m = rotate(segment, np.array([0.0, 0.0, -0.15 - 0.3 * place]))
    pushed = np.gradient(np.gradient(place_m, 1.0 / how.rate_hz, axis=0), 1.0 / how.rate_hz, axis=0)
    acc = rotate(conjugate(quaternion), pushed + np.array([0.0, 0.0, GRAVITY_M_S2]))
    bias = np.radians(how.bias_deg_s) * rng.choice([-1.0, 1.0], size=3)
    gyr = gyr + bias + np.radians(how.noise_deg_s) * rng.normal(size=gyr.shape)
    return gyr, acc + how.noise_m_s2 * rng.normal(size=acc.shape), quaternion, mount


def angular_velocity(quaternion: Array, rate_hz: float) -> Array:
    """What a gyroscope that turns like this reads, rad/s, sensor axes, shape (samples, 3); the last is repeated."""
    turn = multiply(conjugate(quaternion[:-1]), quaternion[1:])
    turn = turn * np.where(turn[:, :1] < 0.0, -1.0, 1.0)
    size = length(turn[:, 1:])
    angle = 2.0 * np.arctan2(size, turn[:, 0])
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(size[:, None] > 0.0, turn[:, 1:] * (angle / size)[:, None], 0.0) * rate_hz
    return np.concatenate([rate[:1], rate])

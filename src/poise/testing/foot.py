"""Walks as sensors on both feet would record them, with every contact and stride length known. Simulated: no person.

A foot stands flat, lifts its heel, swings and lands heel first, all along smooth curves, so that what a perfect sensor
reads is known exactly. Toe-off is set at the fastest toes-down turn, initial contact at the end of the toes-up turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.model import SIDES, Frame, Kind, Recording, Side, Stream

Array = NDArray[np.float64]

GRAVITY_M_S2 = 9.81
# When in a stride, as shares of it from the heel's rise: the fastest push, the toes-up turn, contact, the foot flat.
HEEL_UP, TROUGH, CONTACT, FLAT = 0.0, 0.24, 0.60, 0.72
TOE_OFF = (HEEL_UP + TROUGH) / 2.0


@dataclass(frozen=True, kw_only=True)
class FootWalk:
    """A walk to be simulated.

    `lengths_m` and `turns_deg` give, swing by swing and alike for both feet, how far the foot goes and how much its
    heading changes (left positive); the right foot starts half a stride after the left. `mounting` turns foot axes (x
    forward, y left, z up) into sensor axes, a matrix of shape (3, 3) a side. `noise` is white, in m/s² and rad/s.
    """

    lengths_m: Sequence[float] = (1.3,) * 12
    turns_deg: Sequence[float] = ()
    stride_time_s: float = 1.1
    push_deg: float = 60.0
    strike_deg: float = 25.0
    lift_m: float = 0.12
    outward_m: float = 0.03
    standing_s: float = 2.0
    rate_hz: float = 200.0
    mounting: Mapping[Side, ArrayLike] = field(default_factory=dict)
    bias_rad_s: float = 0.0
    noise: tuple[float, float] = (0.0, 0.0)
    seed: int = 0

    def swing_starts_s(self, side: Side) -> Array:
        """When each swing's heel rises."""
        first_s = self.standing_s + (0.0 if side == "left" else 0.5 * self.stride_time_s)
        starts_s: Array = first_s + self.stride_time_s * np.arange(len(self.lengths_m), dtype=np.float64)
        return starts_s

    def contacts_s(self, side: Side) -> Array:
        """Initial contacts, shape (swings,)."""
        return self.swing_starts_s(side) + CONTACT * self.stride_time_s

    def toe_offs_s(self, side: Side) -> Array:
        """Toe-offs, shape (swings,)."""
        return self.swing_starts_s(side) + TOE_OFF * self.stride_time_s

    @property
    def duration_s(self) -> float:
        """From the first sample to the last."""
        return 2.0 * self.standing_s + self.stride_time_s * (len(self.lengths_m) + 0.5)


def recorded(walk: FootWalk) -> Recording:
    """What the two sensors read."""
    time_s = np.arange(round(walk.duration_s * walk.rate_hz)) / walk.rate_hz
    random = np.random.default_rng(walk.seed)
    felt, turned = [], []
    for side in SIDES:
        acceleration, rate = _signals(walk, side, time_s)
        mounting = np.asarray(walk.mounting.get(side, np.eye(3)), dtype=np.float64)
        felt.append(acceleration @ mounting.T + random.normal(0.0, walk.noise[0], acceleration.shape))
        turned.append(rate @ mounting.T + random.normal(walk.bias_rad_s, walk.noise[1], rate.shape))
    streams = {
        Kind.ACCELERATION: _stream(Kind.ACCELERATION, time_s, felt, "m/s²"),
        Kind.ANGULAR_VELOCITY: _stream(Kind.ANGULAR_VELOCITY, time_s, turned, "rad/s"),
    }
    return Recording(
        id="simulated_foot_walk", source="simulated_foot_walk", streams={str(kind): s for kind, s in streams.items()},
        details={"simulated": "yes: no person was recorded"},
    )  # fmt: skip


def _stream(kind: Kind, time_s: Array, values: Sequence[Array], unit: str) -> Stream:
    return Stream(
        kind=kind, channels=("left_foot", "right_foot"), time_s=time_s, values=np.stack(values, axis=1), unit=unit,
        frame=Frame(name="sensor"),
    )  # fmt: skip


def _signals(walk: FootWalk, side: Side, time_s: Array) -> tuple[Array, Array]:
    """Specific force and angular rate in foot axes, shape (samples, 3)."""
    step_s = 1e-4
    before, now, after = (_pose(walk, side, time_s + shift) for shift in (-step_s, 0.0, step_s))
    acceleration = (before.position_m - 2.0 * now.position_m + after.position_m) / step_s**2
    pitch_rate, yaw_rate = ((getattr(after, a) - getattr(before, a)) / (2.0 * step_s) for a in ("pitch", "yaw"))
    acceleration[:, 2] += GRAVITY_M_S2
    ahead, left, up = _foot_axes(now)
    felt = np.stack([np.einsum("ni,ni->n", axis, acceleration) for axis in (ahead, left, up)], axis=1)
    # The foot yaws about the room's vertical and pitches, toes up, about its own right hand.
    turned = np.stack([yaw_rate * ahead[:, 2], yaw_rate * left[:, 2] - pitch_rate, yaw_rate * up[:, 2]], axis=1)
    return felt, turned


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pose:
    position_m: Array
    pitch: Array
    yaw: Array


def _pose(walk: FootWalk, side: Side, time_s: Array) -> _Pose:
    lengths = np.asarray(walk.lengths_m, dtype=np.float64)
    turns = np.zeros(len(lengths)) if not len(walk.turns_deg) else np.radians(np.asarray(walk.turns_deg))
    outward = walk.outward_m * (1.0 if side == "left" else -1.0)
    position = np.zeros((len(time_s), 3))
    pitch, yaw = np.zeros(len(time_s)), np.zeros(len(time_s))
    heading = 0.0
    for start_s, length_m, turn in zip(walk.swing_starts_s(side), lengths, turns, strict=True):
        share = (time_s - start_s) / walk.stride_time_s
        going = _smooth(share, TOE_OFF, CONTACT)
        direction = heading + 0.5 * turn
        ahead = np.array([np.cos(direction), np.sin(direction), 0.0])
        aside = np.array([-ahead[1], ahead[0], 0.0])
        bump = _bump(share, TOE_OFF, CONTACT)[:, None]
        position += length_m * going[:, None] * ahead + bump * (outward * aside + np.array([0.0, 0.0, walk.lift_m]))
        pitch += _pitch(share, np.radians(walk.push_deg), np.radians(walk.strike_deg))
        yaw += turn * going
        heading += turn
    return _Pose(position_m=position, pitch=pitch, yaw=yaw)


def _pitch(share: Array, push: float, strike: float) -> Array:
    down, up, back = _ease(share, HEEL_UP, TROUGH), _ease(share, TROUGH, CONTACT), _ease(share, CONTACT, FLAT)
    return -push * down + (push + strike) * up - strike * back


def _ease(share: Array, start: float, stop: float) -> Array:
    """From 0 to 1 with a rate that rises and falls as a parabola, so that it crosses zero with a slope."""
    s = np.clip((share - start) / (stop - start), 0.0, 1.0)
    ease: Array = s**2 * (3.0 - 2.0 * s)
    return ease


def _smooth(share: Array, start: float, stop: float) -> Array:
    """From 0 before `start` to 1 after `stop` with the least jerk (Flash & Hogan 1985)."""
    s = np.clip((share - start) / (stop - start), 0.0, 1.0)
    smooth: Array = s**3 * (10.0 - 15.0 * s + 6.0 * s**2)
    return smooth


def _bump(share: Array, start: float, stop: float) -> Array:
    """From 0 to 1 half-way and back to 0, smoothly."""
    s = np.clip((share - start) / (stop - start), 0.0, 1.0)
    bump: Array = 64.0 * s**3 * (1.0 - s) ** 3
    return bump


def _foot_axes(pose: _Pose) -> tuple[Array, Array, Array]:
    """Forward, left and up of the foot in the room, each of shape (samples, 3)."""
    c, s, ct, st = np.cos(pose.yaw), np.sin(pose.yaw), np.cos(pose.pitch), np.sin(pose.pitch)
    ahead = np.stack([c * ct, s * ct, st], axis=1)
    left = np.stack([-s, c, np.zeros_like(c)], axis=1)
    return ahead, left, np.cross(ahead, left)

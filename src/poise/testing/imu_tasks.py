"""Simulated sensors worn through a simulated task: what they feel follows from where they are and how they turn."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.model.recording import Frame, Kind, Recording, Stream
from poise.signals import geometry
from poise.testing.posed import UP, Posture, recorded

Array = NDArray[np.float64]
GRAVITY_M_S2 = 9.81
UPRIGHT: Array = np.eye(3)


def worn_on_back(
    posture: Posture, *, worn: ArrayLike = UPRIGHT, noise_m_s2: float = 0.05, noise_deg_s: float = 0.3,
    gyroscope: bool = True, step_s: float | None = None, walking: tuple[tuple[float, float], ...] = (), seed: int = 0,
) -> Recording:  # fmt: skip
    """A lower-back sensor that goes with the hips and turns with trunk lean and heading.

    `worn` is the rotation (3, 3) from body axes (forward, left, up) to the sensor's. Within the spans `walking` the
    trunk also dips and pushes with every step of `step_s`.
    """
    rate_hz = (len(posture.time_s) - 1) / float(posture.time_s[-1] - posture.time_s[0])
    turn = geometry.rotation_about(UP, np.radians(posture.heading_deg))
    bend = geometry.rotation_about(np.array([0.0, 1.0, 0.0]), np.radians(posture.lean_deg))
    body = turn @ bend
    # A sensor 12 cm up the trunk from the hips.
    place = posture.hips_m + np.einsum("nij,j->ni", body, np.array([-0.08, 0.0, 0.12]))
    if step_s is not None:
        place = place + _steps(posture, step_s, walking)
    felt, turning = felt_by(place, body, rate_hz)
    return _recorded(
        posture.time_s,
        felt,
        turning,
        "lower_back",
        worn=worn,
        noise_m_s2=noise_m_s2,
        noise_deg_s=noise_deg_s,
        gyroscope=gyroscope,
        seed=seed,
    )


def _steps(posture: Posture, step_s: float, walking: tuple[tuple[float, float], ...]) -> Array:
    """Rise and fall of 2 cm at each step, pushed forward a quarter step before, as in walking."""
    moved = np.zeros((len(posture.time_s), 3))
    for start, end in walking:
        inside = np.clip((posture.time_s - start) / 0.3, 0.0, 1.0) * np.clip((end - posture.time_s) / 0.3, 0.0, 1.0)
        phase = 2.0 * np.pi * (posture.time_s - start) / step_s
        angle = np.radians(posture.heading_deg)
        ahead = np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], -1)
        moved += (0.02 * inside * -np.cos(phase))[:, None] * UP
        moved += (0.012 * inside * np.sin(phase))[:, None] * ahead
    return moved


def worn_on_segment(
    time_s: Array, angle_deg: Array, place: str, *, worn: ArrayLike = UPRIGHT, noise_m_s2: float = 0.03,
    noise_deg_s: float = 0.2, seed: int = 0,
) -> Recording:  # fmt: skip
    """A sensor on a thigh, shank or head that turns about one level axis by `angle_deg`, without going anywhere."""
    rate_hz = (len(time_s) - 1) / float(time_s[-1] - time_s[0])
    body = geometry.rotation_about(np.array([0.0, 1.0, 0.0]), np.radians(angle_deg))
    felt, turning = felt_by(np.zeros((len(time_s), 3)), body, rate_hz)
    return _recorded(
        time_s,
        felt,
        turning,
        place,
        worn=worn,
        noise_m_s2=noise_m_s2,
        noise_deg_s=noise_deg_s,
        gyroscope=True,
        seed=seed,
    )


def felt_by(place_m: Array, rotation: Array, rate_hz: float) -> tuple[Array, Array]:
    """Specific force (m/s²) and angular velocity (rad/s) in the axes of a sensor at `place_m` turned by `rotation`."""
    change = np.gradient(np.gradient(place_m, 1.0 / rate_hz, axis=0), 1.0 / rate_hz, axis=0)
    felt = np.einsum("nji,nj->ni", rotation, change + GRAVITY_M_S2 * UP)
    spin = np.gradient(rotation, 1.0 / rate_hz, axis=0)
    skew = np.einsum("nji,njk->nik", rotation, spin)
    turning = 0.5 * np.stack(
        [skew[:, 2, 1] - skew[:, 1, 2], skew[:, 0, 2] - skew[:, 2, 0], skew[:, 1, 0] - skew[:, 0, 1]], -1
    )
    return np.asarray(felt), np.asarray(turning)


def _recorded(
    time_s: Array, felt: Array, turning: Array, place: str, *, worn: ArrayLike, noise_m_s2: float,
    noise_deg_s: float, gyroscope: bool, seed: int,
) -> Recording:  # fmt: skip
    rotation, random = np.asarray(worn, dtype=np.float64), np.random.default_rng(seed)
    felt = felt @ rotation.T + random.normal(0.0, noise_m_s2, felt.shape)
    turning = turning @ rotation.T + random.normal(0.0, np.radians(noise_deg_s), turning.shape)
    streams = [_stream(Kind.ACCELERATION, time_s, felt, "m/s²", place)]
    if gyroscope:
        streams.append(_stream(Kind.ANGULAR_VELOCITY, time_s, turning, "rad/s", place))
    return recorded(*streams)


def _stream(kind: Kind, time_s: Array, values: Array, unit: str, place: str) -> Stream:
    return Stream(
        kind=kind, channels=(place,), time_s=time_s, values=values[:, None, :], unit=unit, frame=Frame(name="sensor")
    )

"""A simulated lower-back sensor: the trunk dips, sways and pushes forward with every step, at times that are known.

Made of three sine waves in the phases that mechanics gives them (lowest in mid double support, fastest sideways
towards the foot that lands, pushed forward before and braked after), plus gravity and noise. It is a test object and
not a model of gait: it has no impacts, no harmonics and no person in it, and its speed is not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.model.recording import SIDES, Event, Frame, Kind, Problem, Recording, Stream

Array = NDArray[np.float64]

GRAVITY_M_S2 = 9.81
HALF_DOUBLE_SUPPORT = 0.10
UPRIGHT: Array = np.eye(3)


@dataclass(frozen=True, kw_only=True)
class LumbarWalker:
    """How somebody walks and wears the sensor.

    Attributes
    ----------
    still_s
        Standing before the first and after the last contact.
    push_m_s2, forward_m_s2, sway_m_s2
        Amplitudes of the acceleration up, forward and sideways.
    turn_deg
        How far the person turns, evenly, from the first contact to the last; left positive.
    """

    steps: int = 20
    step_time_s: float = 0.55
    step_times_s: tuple[float, ...] | None = None
    first: int = 0
    still_s: float = 4.0
    push_m_s2: float = 2.0
    forward_m_s2: float = 1.5
    sway_m_s2: float = 0.8
    turn_deg: float = 0.0
    noise_m_s2: float = 0.05
    rate_hz: float = 100.0


def contacts(walker: LumbarWalker) -> tuple[Event, ...]:
    """Every initial contact, as it was put there."""
    times_s = walker.still_s + np.concatenate(([0.0], np.cumsum(_step_times(walker))))
    return tuple(
        Event(event="initial_contact", side=SIDES[(walker.first + i) % 2], time_s=float(time_s))
        for i, time_s in enumerate(times_s)
    )


def record(walker: LumbarWalker, *, worn: ArrayLike = UPRIGHT, gyroscope: bool = True, seed: int = 0) -> Recording:
    """The recording; `worn` is the rotation (3, 3) from body axes (forward, left, up) to the sensor's."""
    rotation = np.asarray(worn, dtype=np.float64)
    marks = contacts(walker)
    end_s = marks[-1].time_s + walker.still_s
    time_s = np.arange(round(end_s * walker.rate_hz)) / walker.rate_hz
    felt, turning = _felt(walker, marks, time_s)
    felt = felt + np.random.default_rng(seed).normal(0.0, walker.noise_m_s2, felt.shape)
    streams = {str(Kind.ACCELERATION): _stream(Kind.ACCELERATION, time_s, felt @ rotation.T, "m/s²")}
    if gyroscope:
        streams[str(Kind.ANGULAR_VELOCITY)] = _stream(Kind.ANGULAR_VELOCITY, time_s, turning @ rotation.T, "rad/s")
    return Recording(
        id="simulated-lumbar", source="simulated", streams=streams, task="walk",
        problems=(Problem(what="This recording is simulated.", do="Do not read it as a person's."),),
    )  # fmt: skip


def _step_times(walker: LumbarWalker) -> Array:
    if walker.step_times_s is not None:
        return np.array(walker.step_times_s)
    return np.full(walker.steps - 1, walker.step_time_s)


def _felt(walker: LumbarWalker, marks: tuple[Event, ...], time_s: Array) -> tuple[Array, Array]:
    """Specific force and angular velocity along forward, left and up."""
    times_s, steps_s = np.array([mark.time_s for mark in marks]), _step_times(walker)
    middle_s = times_s + HALF_DOUBLE_SUPPORT * np.concatenate((steps_s[:1], steps_s))
    phase = np.interp(time_s, middle_s, np.arange(len(middle_s)))
    walking = np.where((time_s >= middle_s[0]) & (time_s <= middle_s[-1]), 1.0, 0.0)
    left_at_even = 1.0 if walker.first == 0 else -1.0
    up = walking * walker.push_m_s2 * np.cos(2.0 * np.pi * phase)
    forward = -walking * walker.forward_m_s2 * np.sin(2.0 * np.pi * phase)
    left = -walking * left_at_even * walker.sway_m_s2 * np.sin(np.pi * phase)
    turning = np.zeros((len(time_s), 3))
    turning[:, 2] = walking * np.radians(walker.turn_deg) / max(middle_s[-1] - middle_s[0], 1e-9)
    return np.column_stack((forward, left, up + GRAVITY_M_S2)), turning


def _stream(kind: Kind, time_s: Array, values: Array, unit: str) -> Stream:
    return Stream(
        kind=kind, channels=("lower_back",), time_s=time_s, values=values[:, None, :], unit=unit,
        frame=Frame(name="sensor"),
    )  # fmt: skip

"""A simulated person who exercises: how many repetitions, how far and when is known because it was put there.

Joint angles follow a cosine out, a hold and a cosine back; the points of the body follow by plain geometry: feet on
the floor, shank and thigh in the sagittal plane, the trunk leaning as told. Not a real person: no sway, no noise and no
compensation but what is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.model.body import NAMES
from poise.model.recording import Frame, Kind, Recording, Stream

Array = NDArray[np.float64]

FOOT, SHANK, THIGH, TRUNK, UPPER_ARM, FOREARM = 0.152, 0.246, 0.245, 0.288, 0.172, 0.157
"""Of stature: Drillis & Contini 1966, in Winter 2009, figure 4.1."""
ANKLE_HEIGHT, HALF_HIPS, HALF_SHOULDERS, NECK = 0.039, 0.05, 0.115, 0.1


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """One angle that goes out and back so many times.

    Attributes
    ----------
    ranges_deg
        How far each repetition goes; its length is the number of repetitions.
    out_s, hold_s, back_s, rest_s
        The phases of each repetition, and the rest before the first, between and after.
    rest_deg
        Where it rests.
    """

    ranges_deg: tuple[float, ...] = (80.0,) * 5
    out_s: float = 1.0
    hold_s: float = 0.0
    back_s: float = 1.0
    rest_s: float = 1.0
    rest_deg: float = 5.0

    @property
    def starts_s(self) -> tuple[float, ...]:
        """When each repetition leaves its start."""
        whole = self.out_s + self.hold_s + self.back_s + self.rest_s
        return tuple(self.rest_s + i * whole for i in range(len(self.ranges_deg)))

    @property
    def ends_s(self) -> tuple[float, ...]:
        """When each is back."""
        return tuple(start + self.out_s + self.hold_s + self.back_s for start in self.starts_s)

    @property
    def duration_s(self) -> float:
        """Of the whole set, with the rest at both ends."""
        return (self.ends_s[-1] if self.ranges_deg else 0.0) + self.rest_s

    def angle_deg(self, time_s: Array) -> Array:
        """The angle at these moments."""
        angle = np.full(len(time_s), self.rest_deg)
        for size, start in zip(self.ranges_deg, self.starts_s, strict=True):
            out = np.clip((time_s - start) / self.out_s, 0.0, 1.0)
            back = np.clip((time_s - start - self.out_s - self.hold_s) / self.back_s, 0.0, 1.0)
            angle += 0.5 * size * (np.cos(np.pi * back) - np.cos(np.pi * out))
        return angle


@dataclass(frozen=True, kw_only=True)
class Exerciser:
    """Who exercises, and what: squats, or one arm or both raised to the side.

    Attributes
    ----------
    knee_inward_m
        How far the knees come together at the deepest point, each.
    walks_m_s
        Travel during the whole recording, for a person who does not stay in place.
    noise_m
        SD of white noise on every coordinate.
    """

    move: Literal["squat", "arm_left", "arm_right", "arms"] = "squat"
    set: Repeated = field(default_factory=Repeated)
    height_m: float = 1.70
    rate_hz: float = 50.0
    trunk_per_knee: float = 0.4
    knee_inward_m: float = 0.0
    walks_m_s: float = 0.0
    noise_m: float = 0.0
    seed: int = 0


def exercised(who: Exerciser, *, id: str = "simulated") -> Recording:
    """A recording with a BODY stream of the person, labelled simulated."""
    time_s = np.arange(round(who.set.duration_s * who.rate_hz) + 1) / who.rate_hz
    points = _points(who, time_s)
    names = tuple(name for name in NAMES if name in points)
    values = np.stack([points[name] for name in names], axis=1)
    values += np.random.default_rng(who.seed).normal(0.0, who.noise_m, values.shape) if who.noise_m else 0.0
    stream = Stream(
        kind=Kind.BODY, channels=names, time_s=time_s, values=values, unit="m", frame=Frame(name="laboratory", up="+z")
    )
    return Recording(id=id, source="simulated", streams={Kind.BODY: stream})


def turned(recording: Recording, degrees: float, *, scale: float = 1.0) -> Recording:
    """The same in a laboratory turned about the vertical, of a body `scale` times as large."""
    body = recording[Kind.BODY]
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = scale * np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return _with(recording, body.channels, body.values @ matrix.T)


def mirrored(recording: Recording) -> Recording:
    """The same seen in a mirror: left and right change places."""
    body = recording[Kind.BODY]
    sides = {"left_": "right_", "right_": "left_"}
    names = tuple(
        next((to + name.removeprefix(side) for side, to in sides.items() if name.startswith(side)), name)
        for name in body.channels
    )
    return _with(recording, names, body.values * np.array([1.0, -1.0, 1.0]))


def _with(recording: Recording, names: tuple[str, ...], values: Array) -> Recording:
    body = recording[Kind.BODY]
    stream = Stream(kind=Kind.BODY, channels=names, time_s=body.time_s, values=values, unit=body.unit, frame=body.frame)
    return Recording(id=recording.id, source=recording.source, streams={Kind.BODY: stream})


def _points(who: Exerciser, time_s: Array) -> dict[str, Array]:
    moving = who.set.angle_deg(time_s)
    knee = moving if who.move == "squat" else np.full(len(time_s), 5.0)
    deepest = (knee - knee.min()) / max(float(np.ptp(knee)), 1e-9)
    points: dict[str, Array] = {}
    shank = np.radians(0.4 * knee)  # forward lean of the shank; the thigh leans back by the rest of the knee's angle
    thigh, trunk = np.radians(0.6 * knee), np.radians(who.trunk_per_knee * (knee - who.set.rest_deg))
    for side, out in (("left", 1.0), ("right", -1.0)):
        at = _Builder(who.height_m, len(time_s), across=out * HALF_HIPS)
        ankle = at.place(0.0, ANKLE_HEIGHT)
        knee_at = at.along(ankle, SHANK, np.sin(shank), np.cos(shank))
        knee_at[:, 1] -= out * who.knee_inward_m * deepest
        hip = at.along(ankle, SHANK, np.sin(shank), np.cos(shank))
        hip = at.along(hip, THIGH, -np.sin(thigh), np.cos(thigh))
        shoulder = at.along(hip, TRUNK, np.sin(trunk), np.cos(trunk))
        shoulder[:, 1] = out * HALF_SHOULDERS * who.height_m
        raised = np.radians(moving if who.move in (f"arm_{side}", "arms") else np.full(len(time_s), who.set.rest_deg))
        points |= {
            f"{side}_ankle_centre": ankle, f"{side}_knee_centre": knee_at, f"{side}_hip_centre": hip,
            f"{side}_heel": at.place(-0.3 * FOOT, 0.0), f"{side}_toe": at.place(0.7 * FOOT, 0.0),
            f"{side}_shoulder_centre": shoulder, f"{side}_ear": shoulder + np.array([0.0, 0.0, NECK * who.height_m]),
        }  # fmt: skip
        reach = np.stack([0.0 * raised, out * np.sin(raised), -np.cos(raised)], axis=1) * who.height_m
        points |= {
            f"{side}_elbow_centre": shoulder + UPPER_ARM * reach,
            f"{side}_wrist_centre": shoulder + (UPPER_ARM + FOREARM) * reach,
        }
    points["nose"] = 0.5 * (points["left_ear"] + points["right_ear"]) + np.array([0.1, 0.0, 0.0])
    travel = np.stack([who.walks_m_s * time_s, 0.0 * time_s, 0.0 * time_s], axis=1)
    return {name: values + travel for name, values in points.items()}


@dataclass(frozen=True)
class _Builder:
    """Places points of one leg's plane: forward, at its own distance to the side, and up, in shares of stature."""

    height_m: float
    samples: int
    across: float

    def place(self, forward: float, up: float) -> Array:
        return np.tile(self.height_m * np.array([forward, self.across, up]), (self.samples, 1))

    def along(self, start: Array, length: float, forward: Array, up: Array) -> Array:
        return start + self.height_m * length * np.stack([forward, 0.0 * forward, up], axis=1)

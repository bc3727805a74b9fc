"""A simulated position-sense test: every position shown and found is known because it was put there. Not a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import Frame, Kind, Recording, Side, Stream
from poise.testing.imu_joints import Hinge, simulated_hinge

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class PositionTest:
    """Positions taken up in turn from rest, each held, with the way there and back at `speed_deg_s`."""

    positions_deg: tuple[float, ...]
    rest_deg: float = 0.0
    hold_s: float = 3.0
    pause_s: float = 2.0
    speed_deg_s: float = 10.0
    rate_hz: float = 60.0
    noise_deg: float = 0.0
    side: Side = "left"
    seed: int = 1


def angle_course(test: PositionTest) -> tuple[Array, Array]:
    """Time and angle, shape (samples,): straight ramps smoothed at their corners, without noise."""
    at, level, levels = 0.0, test.rest_deg, [(0.0, test.rest_deg), (test.pause_s, test.rest_deg)]
    at = test.pause_s
    for position in test.positions_deg:
        for goal, stay in ((position, test.hold_s), (test.rest_deg, test.pause_s)):
            at += abs(goal - level) / test.speed_deg_s
            levels += [(at, goal), (at + stay, goal)]
            at, level = at + stay, goal
    time_s = np.arange(round(at * test.rate_hz)) / test.rate_hz
    course = np.interp(time_s, *np.array(levels).T)
    kernel = np.hanning(max(3, round(0.3 * test.rate_hz)))
    pad = len(kernel) // 2
    smooth = np.convolve(np.pad(course, pad, mode="edge"), kernel / kernel.sum(), mode="same")[pad : pad + len(course)]
    return time_s, smooth


def as_angles(test: PositionTest, **conditions: str) -> Recording:
    """The test as knee angles that other software made (Plug-in-Gait labels)."""
    time_s, angle = angle_course(test)
    noisy = angle + test.noise_deg * np.random.default_rng(test.seed).normal(size=len(angle))
    stream = Stream(
        kind=Kind.JOINT_ANGLES, channels=(f"{test.side[0].upper()}KneeAngles",), time_s=time_s, unit="deg",
        values=np.stack([noisy, 0 * noisy + 1.0, 0 * noisy + 1.0], axis=-1)[:, None], frame=Frame(name="joint"),
    )  # fmt: skip
    return _recording({str(Kind.JOINT_ANGLES): stream}, conditions)


def as_sensor(test: PositionTest, **conditions: str) -> Recording:
    """The test with one sensor on the shank of a person who sits, thigh at rest."""
    _, angle = angle_course(test)
    how = Hinge(
        swing_deg=0.0, rate_hz=test.rate_hz, duration_s=len(angle) / test.rate_hz, still_s=0.0, bias_deg_s=0.2,
        noise_deg_s=0.1, noise_m_s2=0.05, side=test.side,
    )  # fmt: skip
    made = simulated_hinge(how, flexion_deg=angle).recording()
    streams = {str(kind): stream.only([f"{test.side}_shank"]) for kind, stream in made.streams.items()}
    return _recording(streams, conditions)


def as_landmarks(test: PositionTest, *, size_px: Sequence[float] = (1280.0, 720.0), **conditions: str) -> Recording:
    """The test seen by a camera square from the side, person seated facing right; noise in the knee angle's terms."""
    time_s, angle = angle_course(test)
    rng = np.random.default_rng(test.seed)
    shank = np.radians(angle)
    hip, shoulder = np.array([500.0, 420.0]), np.array([500.0, 220.0])
    knee = hip + np.array([150.0, 0.0])
    # Straight (0) the shank continues the thigh; flexed it hangs down and back.
    ankle = knee + 150.0 * np.stack([np.cos(shank), np.sin(shank)], axis=-1)
    places = {"shoulder": shoulder, "hip": hip, "knee": knee, "ankle": ankle, "heel": ankle + np.array([-10.0, 15.0]),
              "foot_index": ankle + np.array([50.0, 15.0]), "ear": np.array([505.0, 150.0]),
              "wrist": np.array([560.0, 400.0]), "elbow": np.array([500.0, 320.0])}  # fmt: skip
    names, columns = ["nose"], [np.broadcast_to(np.array([535.0, 155.0]), (len(angle), 2))]
    for side in ("left", "right"):
        for name, place in places.items():
            names.append(f"{side}_{name}")
            columns.append(np.broadcast_to(place, (len(angle), 2)))
    values = np.stack(columns, axis=1)
    # Three landmarks, each off by this much, make the knee's angle noisy by `noise_deg`: the knee's counts twice.
    values = values + 150.0 / np.sqrt(6.0) * np.radians(test.noise_deg) * rng.normal(size=values.shape)
    stream = Stream(
        kind=Kind.LANDMARKS, channels=tuple(names), time_s=time_s, values=values, unit="px",
        frame=Frame(name="image", up="-y", view="unknown"), confidence=np.full(values.shape[:2], 0.95),
    )  # fmt: skip
    details = {"width_px": f"{size_px[0]:g}", "height_px": f"{size_px[1]:g}"}
    return _recording({str(Kind.LANDMARKS): stream}, conditions, details)


def _recording(
    streams: dict[str, Stream], conditions: dict[str, str], details: dict[str, str] | None = None
) -> Recording:
    return Recording(
        id="position test", source="position test (simulated)", streams=streams, conditions=conditions,
        details=details or {},
    )  # fmt: skip

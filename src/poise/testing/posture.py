"""A simulated person who stands or sits: every angle is known because it was put there. Not a real person."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import Frame, Kind, Recording, Stream

Array = NDArray[np.float64]
Points = dict[str, Array]


@dataclass(frozen=True, kw_only=True)
class Stander:
    """Angles as `poise.measures.posture` names them, deg; then who looks, from where and how well.

    Attributes
    ----------
    seen_from_deg
        Where the camera stands: 0 sees the right side (the person looks to the right of the picture), 90 the front,
        180 the left side, 270 the back.
    sway_deg, noise_px
        Slow sway of the whole body about the ankles (SD); noise of each landmark (SD).
    """

    head_forward: float = 15.0
    head_tilt: float = 15.0
    trunk_lean: float = 3.0
    knee_bend: float = 2.0
    shank_lean: float = 2.0
    shoulder_level: float = 0.0
    pelvis_level: float = 0.0
    head_level: float = 0.0
    trunk_lean_side: float = 0.0
    sitting: bool = False
    seen_from_deg: float = 0.0
    sway_deg: float = 0.0
    noise_px: float = 0.0
    height_px: float = 620.0
    size_px: tuple[float, float] = (1280.0, 720.0)
    rate_hz: float = 30.0
    duration_s: float = 8.0
    seed: int = 1


def body_points(who: Stander) -> Points:
    """Points in metres, shape (samples, 3), x forward, y left, z up, of a person 1.7 m tall."""
    samples = max(1, round(who.duration_s * who.rate_hz))
    sway = who.sway_deg * _slow(samples, who.rate_hz, who.seed)
    shank, knee = np.radians(who.shank_lean + sway), np.radians(who.knee_bend)
    trunk, head = np.radians(who.trunk_lean + sway), np.radians(who.head_forward + sway)
    ankle = np.tile([0.0, 0.0, 0.08], (samples, 1))
    knees = ankle + 0.42 * _ahead(shank)
    hips = knees + (0.42 * _ahead(shank - knee) if not who.sitting else np.array([-0.42, 0.0, 0.0]))
    shoulders = hips + 0.49 * _ahead(trunk) + 0.49 * np.array([0.0, np.sin(np.radians(who.trunk_lean_side)), 0.0])
    ears = shoulders + 0.20 * _ahead(head)
    tilt = np.radians(who.head_tilt + 0.0 * sway)
    eyes = ears + 0.09 * np.stack([np.cos(tilt), 0 * tilt, np.sin(tilt)], axis=-1)
    nose = ears + np.array([0.11, 0.0, -0.01])
    pairs = {
        "ear": (ears, 0.075, who.head_level), "eye": (eyes, 0.032, who.head_level),
        "shoulder": (shoulders, 0.18, who.shoulder_level), "hip": (hips, 0.10, who.pelvis_level),
        "knee": (knees, 0.10, 0.0), "ankle": (ankle, 0.10, 0.0),
        "heel": (ankle + np.array([-0.05, 0.0, -0.05]), 0.10, 0.0),
        "foot_index": (ankle + np.array([0.18, 0.0, -0.06]), 0.11, 0.0),
        "elbow": (shoulders + np.array([0.0, 0.0, -0.29]), 0.22, 0.0),
        "wrist": (shoulders + np.array([0.03, 0.0, -0.55]), 0.24, 0.0),
    }  # fmt: skip
    points: Points = {"nose": nose}
    for name, (middle, half, level) in pairs.items():
        up = half * np.tan(np.radians(level))
        points[f"left_{name}"] = middle + np.array([0.0, half, up])
        points[f"right_{name}"] = middle + np.array([0.0, -half, -up])
    return points


def as_landmarks(who: Stander, *, hide: tuple[str, ...] = (), shares: bool = False, **conditions: str) -> Recording:
    """The person in a picture: px, or shares of it; names in `hide` have no confidence."""
    points = body_points(who)
    rng = np.random.default_rng(who.seed)
    turn = np.radians(who.seen_from_deg)
    # What lies to the right of the picture: forward seen from the right side, the person's left seen from the front.
    across = np.array([np.cos(turn), np.sin(turn), 0.0])
    scale, middle = who.height_px / 1.7, np.array([who.size_px[0] / 2.0, who.size_px[1] - 40.0])
    names = tuple(points)
    flat = np.stack(
        [np.stack([middle[0] + scale * p @ across, middle[1] - scale * p[:, 2]], axis=-1) for p in points.values()],
        axis=1,
    )
    flat = flat + who.noise_px * rng.normal(size=flat.shape)
    confidence = np.tile([0.0 if any(word in name for word in hide) else 0.95 for name in names], (len(flat), 1))
    if shares:
        flat = flat / np.array(who.size_px)
    stream = Stream(
        kind=Kind.LANDMARKS, channels=names, time_s=np.arange(len(flat)) / who.rate_hz, values=flat,
        unit="1" if shares else "px", frame=Frame(name="image", up="-y", view="unknown"), confidence=confidence,
    )  # fmt: skip
    details = {"width_px": f"{who.size_px[0]:g}", "height_px": f"{who.size_px[1]:g}"}
    return Recording(id="stander", source="stander (simulated)", streams={Kind.LANDMARKS.value: stream},
                     conditions=conditions, details=details)  # fmt: skip


def as_body(who: Stander, *, heading_deg: float = 0.0, with_c7: bool = False) -> Recording:
    """The person's markers in the laboratory, under the body's names, facing any way."""
    points = body_points(who)
    turn = np.radians(heading_deg)
    rotation = np.array([[np.cos(turn), -np.sin(turn), 0.0], [np.sin(turn), np.cos(turn), 0.0], [0.0, 0.0, 1.0]])
    named = {"shoulder": "shoulder_centre", "hip": "hip_centre", "knee": "knee_centre", "ankle": "ankle_centre",
             "foot_index": "toe", "elbow": "elbow_centre", "wrist": "wrist_centre"}  # fmt: skip
    body = {_named(name, named): values @ rotation.T for name, values in points.items()}
    if with_c7:
        middle = 0.5 * (points["left_shoulder"] + points["right_shoulder"]) + [-0.06, 0.0, 0.06]
        body["c7"] = middle @ rotation.T
    time_s = np.arange(len(points["nose"])) / who.rate_hz
    stream = Stream(
        kind=Kind.BODY, channels=tuple(body), time_s=time_s, values=np.stack(list(body.values()), axis=1), unit="m",
        frame=Frame(name="laboratory", up="+z", view="3d"),
    )  # fmt: skip
    return Recording(id="stander", source="stander (simulated)", streams={Kind.BODY.value: stream})


def mirrored(who: Stander) -> Stander:
    """The same person in a mirror: left and right changed."""
    return replace(
        who, shoulder_level=-who.shoulder_level, pelvis_level=-who.pelvis_level, head_level=-who.head_level,
        trunk_lean_side=-who.trunk_lean_side,
    )  # fmt: skip


def _named(name: str, named: dict[str, str]) -> str:
    side, _, point = name.partition("_")
    return f"{side}_{named.get(point, point)}" if side in ("left", "right") else name


def _ahead(angle: Array) -> Array:
    """Unit vectors leaning forward from the vertical by an angle, rad."""
    return np.stack([np.sin(angle), 0.0 * angle, np.cos(angle)], axis=-1)


def _slow(samples: int, rate_hz: float, seed: int) -> Array:
    """A slow random sway of unit standard deviation, about 0.3 Hz; zeros for a still."""
    if samples < 4:
        return np.zeros(samples)
    phase = np.random.default_rng(seed).uniform(0.0, 2.0 * np.pi, size=3)
    at = np.arange(samples)[:, None] / rate_hz
    made = np.sin(2.0 * np.pi * at * np.array([0.17, 0.31, 0.47]) + phase).sum(axis=1)
    return np.asarray((made - made.mean()) / made.std())

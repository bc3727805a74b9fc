"""A simulated person who walks: every contact, length and angle is known because it was put there. Not a real person.

Feet are planted on a path at known times; each rolls over heel, sole and ball while it stands and swings to its next
print; the pelvis travels evenly above; the legs follow by the cosine rule. So initial contact and toe-off, stride
length, step width and joint angles are exact, in any direction, on the floor or on a treadmill, along a turn.

It is a test object, not a model of gait: no double-bump knee in stance, no impact, no variation between strides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import SIDES, Event, Frame, Kind, Problem, Recording, Side, Step, Stream
from poise.signals import geometry
from poise.testing.marker_labels import LABELS, POSE_ORDER

Array = NDArray[np.float64]
Points = dict[str, Array]

# Segment lengths as shares of stature: Drillis & Contini 1966, in Winter 2009, figure 4.1; foot parts from memory.
THIGH, SHANK, ANKLE_HEIGHT, FOOT = 0.245, 0.246, 0.039, 0.152
SHORTEST_STANCE_PERCENT, LONGEST_STANCE_PERCENT = 46.0, 70.0
HIP_SPACING, TRUNK, SHOULDER_HALF_WIDTH, UPPER_ARM, FOREARM, HEAD = 0.100, 0.288, 0.115, 0.172, 0.157, 0.130


@dataclass(frozen=True, kw_only=True)
class Walker:
    """Who walks, how and where; every value is kept exactly.

    Attributes
    ----------
    stance_percent
        From initial contact to toe-off, of the stride.
    longer_left_step_m
        How much longer the left step is than the right one; the stride is the same for both.
    crouch
        How much lower the pelvis is carried than with nearly straight knees, share of leg length.
    trunk_lean_deg, trunk_sway_deg
        Constant lean forward; amplitude of the lean over the standing leg.
    toe_out_deg
        Foot progression angle, positive outward.
    turn_deg, turn_after_m, turn_radius_m
        A turn (positive to the left) after so much straight path, on an arc of this radius.
    backwards
        The whole walk run from its end to its beginning: toes land first, the body faces where it comes from.
    changes_at_s, changes_to
        From this moment on everything, a treadmill's belt too, goes at this share of the speed: strides are as long
        as before and take longer or less long.
    """

    height_m: float = 1.70
    stride_time_s: float = 1.10
    stride_length_m: float = 1.30
    step_width_m: float = 0.10
    stance_percent: float = 62.0
    longer_left_step_m: float = 0.0
    crouch: float = 0.0
    trunk_lean_deg: float = 2.0
    trunk_sway_deg: float = 2.0
    toe_out_deg: float = 7.0
    heading_deg: float = 0.0
    treadmill: bool = False
    turn_deg: float = 0.0
    turn_after_m: float = 4.0
    turn_radius_m: float = 0.8
    backwards: bool = False
    changes_at_s: float = float("inf")
    changes_to: float = 1.0
    duration_s: float = 8.0
    rate_hz: float = 100.0

    def __post_init__(self) -> None:
        if not SHORTEST_STANCE_PERCENT < self.stance_percent < LONGEST_STANCE_PERCENT:
            raise ValueError(
                f"stance_percent: this foot rolls over its print only between {SHORTEST_STANCE_PERCENT} and "
                f"{LONGEST_STANCE_PERCENT} % of the stride, not in {self.stance_percent} %"
            )

    def unchanged_s(self, time_s: Array) -> Array:
        """When it would have been, had the speed not changed."""
        return np.asarray(np.where(time_s <= self.changes_at_s, time_s, self._later(time_s, self.changes_to)))

    def changed_s(self, time_s: Array) -> Array:
        """When it is what would have been at these times, had the speed not changed."""
        return np.asarray(np.where(time_s <= self.changes_at_s, time_s, self._later(time_s, 1.0 / self.changes_to)))

    def _later(self, time_s: Array, share: float) -> Array:
        return time_s if np.isinf(self.changes_at_s) else self.changes_at_s + share * (time_s - self.changes_at_s)

    @property
    def speed_m_s(self) -> float:
        """Stride length by stride time."""
        return self.stride_length_m / self.stride_time_s

    @property
    def cadence_steps_min(self) -> float:
        """Two steps a stride."""
        return 120.0 / self.stride_time_s


@dataclass(frozen=True, kw_only=True, eq=False)
class SimulatedWalk:
    """The movement with its truth.

    Attributes
    ----------
    time_s
        Shape (samples,).
    points
        Positions under the names of `poise.model.body`, shape (samples, 3), m, z up.
    events
        Initial contacts and toe-offs within the recording, in order of time.
    angles_deg
        ``hip.flexion.left`` …: flexion of hip and knee and dorsiflexion of the ankle in the plane of the leg's travel,
        shape (samples,).
    """

    walker: Walker
    time_s: Array
    points: Points
    events: tuple[Event, ...]
    angles_deg: Mapping[str, Array]

    def times(self, event: str, side: Side) -> Array:
        """When these events happen, s."""
        return np.array([e.time_s for e in self.events if e.event == event and e.side == side])

    def recording(
        self, marker_set: str = "plug-in-gait", *, noise_m: float = 0.0, frame: Frame | None = None, seed: int = 1
    ) -> Recording:
        """As a laboratory would have recorded it: a MARKERS stream under a marker set's labels.

        `marker_set` is a key of `poise.testing.marker_labels.LABELS`; the axes are z up, but `frame` says so only if
        asked to.
        """
        labels = LABELS[marker_set]
        named = {label: np.mean([self.points[name] for name in names], axis=0) for label, names in labels.items()}
        values = np.stack(list(named.values()), axis=1)
        values = values + np.random.default_rng(seed).normal(0.0, noise_m, values.shape)
        return self._recorded(Kind.MARKERS, tuple(named), values, "m", frame or Frame(name="laboratory"))

    def body(self) -> Recording:
        """As cleaning leaves it: a BODY stream with every point, free of noise."""
        values = np.stack(list(self.points.values()), axis=1)
        return self._recorded(Kind.BODY, tuple(self.points), values, "m", Frame(name="laboratory", up="+z"))

    def landmarks(
        self, seen: Literal["left", "right", "front", "world"] = "left", *, pixels_per_m: float = 400.0
    ) -> Recording:
        """As a pose model would give it: 33 landmarks, in pixels from a side or the front, or hip-centred in metres.

        The camera stands square to the path and sees without perspective.
        """
        names = [POSE_ORDER.get(label, "") for label in POSE_ORDER]
        values = np.stack([self.points[name] for name in names], axis=1)
        if seen == "world":
            centred = values - self.points["pelvis_centre"][:, None]
            values = self._in_camera_axes(centred, "left")
            return self._recorded(Kind.LANDMARKS, tuple(POSE_ORDER), values, "m", Frame(name="hip-centred", up="-y"))
        values = pixels_per_m * self._in_camera_axes(values, seen) + np.array([640.0, 900.0, 0.0])
        return self._recorded(
            Kind.LANDMARKS, tuple(POSE_ORDER), values, "px", Frame(name="image", up="-y", view="unknown")
        )

    def _in_camera_axes(self, values: Array, seen: str) -> Array:
        """Axes of a picture: x to its right, y down, z away from the camera."""
        angle = np.radians(self.walker.heading_deg)
        forward = np.array([np.cos(angle), np.sin(angle), 0.0])
        left = np.array([-np.sin(angle), np.cos(angle), 0.0])
        right_of_picture = {"left": -forward, "right": forward, "front": left}[seen]
        down = np.array([0.0, 0.0, -1.0])
        axes = np.stack([right_of_picture, down, np.cross(right_of_picture, down)], axis=1)
        return np.asarray(values @ axes)

    def _recorded(self, kind: Kind, channels: tuple[str, ...], values: Array, unit: str, frame: Frame) -> Recording:
        stream = Stream(kind=kind, channels=channels, time_s=self.time_s, values=values, unit=unit, frame=frame)
        return Recording(
            id="simulated-walk",
            source="poise.testing.walking",
            task="walk",
            streams={kind: stream},
            history=(Step(what="simulated"),),
            problems=(Problem(what="Simulated: not a recording of a person."),),
            details={"simulated": "yes"},
        )


def simulate_walk(walker: Walker | None = None, **changes: object) -> SimulatedWalk:
    """A walk of this walker; keyword arguments change the default one: ``simulate_walk(heading_deg=90.0)``."""
    w = walker or Walker(**changes)  # type: ignore[arg-type]
    time_s = np.arange(round(w.duration_s * w.rate_hz) + 1) / w.rate_hz
    going_s = w.unchanged_s(time_s[-1] - time_s if w.backwards else time_s)
    feet = {side: _foot(w, side, going_s) for side in SIDES}
    points, angles_deg = _body(w, going_s, feet)
    if w.treadmill:
        belt = w.speed_m_s * going_s[:, None] * _on_path(w, np.zeros(1))[1]
        points = {name: values - belt for name, values in points.items()}
    return SimulatedWalk(walker=w, time_s=time_s, points=points, events=_events(w), angles_deg=angles_deg)


# ── where and when the feet stand ────────────────────────────────────────────────────────────────────────────────────


def _contact_times(w: Walker, side: Side) -> Array:
    """Initial contacts, from before the recording to after it."""
    going_s = float(w.unchanged_s(np.array(w.duration_s)))
    strides = int(np.ceil(going_s / w.stride_time_s)) + 2
    first_s = 0.20 * w.stride_time_s + (0.0 if side == "left" else 0.5 * w.stride_time_s)
    times_s: Array = first_s + w.stride_time_s * np.arange(-2.0, strides)
    return times_s


def _events(w: Walker) -> tuple[Event, ...]:
    found = []
    for side in SIDES:
        contacts = _contact_times(w, side)
        for name, times in (
            ("initial_contact", contacts),
            ("toe_off", contacts + w.stance_percent / 100 * w.stride_time_s),
        ):
            happens_s = w.changed_s(times)
            inside = happens_s[(happens_s >= 0.0) & (happens_s <= w.duration_s)]
            found += [_event(w, name, side, float(t)) for t in inside]
    return tuple(sorted(found, key=lambda event: event.time_s))


def _event(w: Walker, name: str, side: Side, time_s: float) -> Event:
    """Run backwards, the toe that left the floor lands on it."""
    if not w.backwards:
        return Event(event=name, side=side, time_s=time_s)
    other = {"initial_contact": "toe_off", "toe_off": "initial_contact"}[name]
    return Event(event=other, side=side, time_s=w.duration_s - time_s)


def _on_path(w: Walker, along_m: Array) -> tuple[Array, Array, Array]:
    """Position, forward and left at a distance along the path, each shape (n, 3)."""
    turn, radius = np.radians(w.turn_deg), w.turn_radius_m
    arc = np.clip(along_m - w.turn_after_m, 0.0, abs(turn) * radius)
    turned = np.sign(turn) * arc / radius
    before, after = np.minimum(along_m, w.turn_after_m), np.maximum(along_m - w.turn_after_m - abs(turn) * radius, 0.0)
    x = before + radius * np.sin(np.abs(turned)) + after * np.cos(turned)
    y = np.sign(turn) * radius * (1.0 - np.cos(turned)) + after * np.sin(turned)
    angle = np.radians(w.heading_deg) + turned
    cos, sin = np.cos(np.radians(w.heading_deg)), np.sin(np.radians(w.heading_deg))
    position = np.stack([cos * x - sin * y, sin * x + cos * y, 0.0 * x], axis=-1)
    forward = np.stack([np.cos(angle), np.sin(angle), 0.0 * angle], axis=-1)
    left = np.stack([-np.sin(angle), np.cos(angle), 0.0 * angle], axis=-1)
    return position, forward, left


@dataclass(frozen=True, kw_only=True, eq=False)
class _Foot:
    """A foot over time: its ankle (samples, 3), pitch (rad, toes up positive) and forward axis (samples, 3)."""

    ankle: Array
    pitch: Array
    forward: Array


def _pitch(w: Walker, phase: Array) -> Array:
    """Foot pitch over the stride, rad: heel strike 20° up, flat, ball roll to 60° down, swing."""
    from scipy.interpolate import PchipInterpolator

    off = w.stance_percent / 100
    at = np.array([0.0, 0.10, 0.40, off - 0.06, off, off + 0.05, off + 0.24, 0.94, 1.0])
    degrees = np.array([20.0, 0.0, 0.0, -40.0, -58.0, -62.0, 0.0, 22.0, 20.0])
    return np.radians(PchipInterpolator(at, degrees)(phase))


def _ankle_from(w: Walker, pitch: Array, pivot: Literal["heel", "ball"]) -> tuple[Array, Array]:
    """How far the ankle is ahead of and above the point on which the foot rolls."""
    foot = FOOT * w.height_m
    ahead = 0.28 * foot if pivot == "heel" else -0.45 * foot
    above = ANKLE_HEIGHT * w.height_m
    return ahead * np.cos(pitch) - above * np.sin(pitch), ahead * np.sin(pitch) + above * np.cos(pitch)


def _foot(w: Walker, side: Side, time_s: Array) -> _Foot:
    contacts = _contact_times(w, side)
    stride: NDArray[np.intp] = np.clip(np.searchsorted(contacts, time_s, side="right") - 1, 0, len(contacts) - 2)
    phase = (time_s - contacts[stride]) / w.stride_time_s
    pitch = _pitch(w, phase)
    out = 1.0 if side == "left" else -1.0
    ahead_of_pelvis = 0.25 * w.stride_length_m + 0.25 * out * w.longer_left_step_m - 0.05
    prints = w.speed_m_s * contacts + ahead_of_pelvis
    position, forward, left = _on_path(w, prints)
    position = position + out * 0.5 * w.step_width_m * left
    angle = np.radians(out * w.toe_out_deg)
    axis = np.cos(angle) * forward + np.sin(angle) * left
    standing = phase <= w.stance_percent / 100
    ahead, above = _over_print(w, phase, pitch)
    stood = position[stride] + ahead[:, None] * axis[stride]
    stood[:, 2] = above
    swung, swing_axis = _swing(w, phase, position, axis, stride)
    return _Foot(
        ankle=np.where(standing[:, None], stood, swung),
        pitch=pitch,
        forward=np.where(standing[:, None], axis[stride], swing_axis),
    )


def _over_print(w: Walker, phase: Array, pitch: Array) -> tuple[Array, Array]:
    """Ankle ahead of the heel's print and above the floor while the foot stands: on heel or sole, then on the ball."""
    on_heel = _ankle_from(w, pitch, "heel")
    on_ball = _ankle_from(w, pitch, "ball")
    ball = 0.73 * FOOT * w.height_m
    rolling = phase > 0.40
    return np.where(rolling, ball + on_ball[0], on_heel[0]), np.where(rolling, on_ball[1], on_heel[1])


def _swing(w: Walker, phase: Array, position: Array, axis: Array, stride: NDArray[np.intp]) -> tuple[Array, Array]:
    """Ankle and foot axis in the air: a curve that leaves and lands with the velocity of the standing foot."""
    from scipy.interpolate import CubicHermiteSpline

    off = w.stance_percent / 100
    at, small = np.array([off, 1.0]), 1e-4
    ahead, above = _over_print(
        w, np.array([off, off - small, 0.0, small]), _pitch(w, np.array([off, off - small, 0.0, small]))
    )
    speed_ahead = np.array([ahead[0] - ahead[1], 0.0]) / small
    speed_above = np.array([above[0] - above[1], min(above[3] - above[2], 0.0)]) / small
    share = np.clip((phase - off) / (1.0 - off), 0.0, 1.0)
    height = CubicHermiteSpline(at, [above[0], above[2]], speed_above)(phase)
    clearance = 0.035 * w.height_m * np.sin(np.pi * share) ** 2 * share
    start = position[stride] + ahead[0] * axis[stride]
    end = position[stride + 1] + ahead[2] * axis[stride + 1]
    moved = CubicHermiteSpline(at, [0.0, 1.0], [speed_ahead[0] / w.stride_length_m, 0.0])(phase)[:, None]
    ankle = start + moved * (end - start)
    ankle[:, 2] = height + clearance
    return ankle, geometry.unit((1.0 - moved) * axis[stride] + moved * axis[stride + 1])


# ── the body above them ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, eq=False)
class _Carried:
    """The pelvis and the way it faces, each (samples, 3)."""

    pelvis: Array
    forward: Array
    left: Array


def _body(w: Walker, time_s: Array, feet: Mapping[Side, _Foot]) -> tuple[Points, dict[str, Array]]:
    position, forward, left = _on_path(w, w.speed_m_s * time_s)
    # Over each standing leg the pelvis is high and to its side; it is low while both feet stand.
    cycle = 2.0 * np.pi * (time_s - _contact_times(w, "left")[0]) / w.stride_time_s
    sway = 0.25 * w.step_width_m * np.sin(cycle - 0.2)
    bounce = -0.012 * w.height_m * np.cos(2.0 * cycle - 0.6)
    pelvis = position + sway[:, None] * left + bounce[:, None] * geometry.Z_AXIS
    pelvis = pelvis + _pelvis_height(w, pelvis, left, feet) * geometry.Z_AXIS
    points: Points = {"pelvis_centre": pelvis}
    angles: dict[str, Array] = {}
    for side in SIDES:
        points |= _leg(w, side, _Carried(pelvis=pelvis, forward=forward, left=left), feet[side], angles)
    points |= _pelvis_points(w, pelvis, forward, left)
    points |= _upper_body(w, pelvis, forward, left, cycle)
    return points, angles


def _hip(w: Walker, side: Side, pelvis: Array, left: Array) -> Array:
    out = 1.0 if side == "left" else -1.0
    return pelvis + out * 0.5 * HIP_SPACING * w.height_m * left


def _pelvis_height(w: Walker, pelvis: Array, left: Array, feet: Mapping[Side, _Foot]) -> float:
    """As high as the longest reach of either leg allows with a knee bent by 4 deg, less the crouch."""
    leg = (THIGH + SHANK) * w.height_m
    reach = leg * np.cos(np.radians(2.0))
    highest = np.inf
    for side in SIDES:
        apart = _hip(w, side, pelvis, left) - feet[side].ankle
        flat = np.minimum(geometry.length(geometry.horizontal(apart)), 0.99 * reach)
        highest = min(highest, float(np.min(np.sqrt(reach**2 - flat**2) - apart[:, 2])))
    return highest - w.crouch * leg


def _leg(w: Walker, side: Side, trunk: _Carried, foot: _Foot, angles: dict[str, Array]) -> Points:
    forward, left = trunk.forward, trunk.left
    hip, ankle = _hip(w, side, trunk.pelvis, left), foot.ankle
    thigh, shank = THIGH * w.height_m, SHANK * w.height_m
    apart = ankle - hip
    reach = np.minimum(geometry.length(apart), 0.9999 * (thigh + shank))
    along = (thigh**2 - shank**2 + reach**2) / (2.0 * reach)
    down = geometry.unit(apart)
    front = geometry.unit(geometry.on_plane(forward, down))
    knee = hip + along[:, None] * down + np.sqrt(np.maximum(thigh**2 - along**2, 0.0))[:, None] * front
    outward = left if side == "left" else -left
    cos, sin = np.cos(foot.pitch)[:, None], np.sin(foot.pitch)[:, None]
    toes = cos * foot.forward + sin * geometry.Z_AXIS
    sole_up = cos * geometry.Z_AXIS - sin * foot.forward
    length, height = FOOT * w.height_m, ANKLE_HEIGHT * w.height_m
    heel = ankle - 0.28 * length * toes - height * sole_up
    foot_out = geometry.unit(geometry.on_plane(outward, toes))
    thigh_up, shank_up = geometry.unit(hip - knee), geometry.unit(knee - ankle)
    angles[f"knee.flexion.{side}"] = geometry.flexion_angle(hip, knee, ankle)
    angles[f"hip.flexion.{side}"] = -geometry.inclination(hip - knee, forward)
    angles[f"ankle.flexion.{side}"] = np.degrees(foot.pitch) + geometry.inclination(knee - ankle, forward)
    knee_half, ankle_half = 0.028 * w.height_m, 0.021 * w.height_m
    return {
        f"{side}_hip_centre": hip,
        f"{side}_knee_centre": knee,
        f"{side}_ankle_centre": ankle,
        f"{side}_knee": knee + knee_half * outward,
        f"{side}_knee_medial": knee - knee_half * outward,
        f"{side}_ankle": ankle + ankle_half * outward,
        f"{side}_ankle_medial": ankle - ankle_half * outward,
        f"{side}_thigh": knee + 0.45 * thigh * thigh_up + 0.045 * w.height_m * outward,
        f"{side}_shank": ankle + 0.45 * shank * shank_up + 0.03 * w.height_m * outward,
        f"{side}_greater_trochanter": hip + 0.045 * w.height_m * outward - 0.01 * w.height_m * thigh_up,
        f"{side}_heel": heel + 0.02 * sole_up,
        f"{side}_toe": heel + 0.73 * length * toes + 0.02 * sole_up,
        f"{side}_first_metatarsal": heel + 0.73 * length * toes + 0.02 * sole_up - 0.03 * foot_out,
        f"{side}_fifth_metatarsal": heel + 0.65 * length * toes + 0.02 * sole_up + 0.05 * foot_out,
        f"{side}_hallux": heel + 0.95 * length * toes + 0.015 * sole_up - 0.02 * foot_out,
    }


def _pelvis_points(w: Walker, pelvis: Array, forward: Array, left: Array) -> Points:
    """Skin points round the hip centres; width and depth such that Harrington's regression finds the centres again."""
    width = (0.5 * HIP_SPACING * w.height_m - 0.0073) / 0.33
    depth = 0.62 * width
    behind, below = 0.24 * depth + 0.0099, 0.30 * width + 0.0109
    front = pelvis + behind * forward + below * geometry.Z_AXIS
    points: Points = {"sacrum": front - depth * forward}
    for side, out in (("left", 1.0), ("right", -1.0)):
        points[f"{side}_asis"] = front + out * 0.5 * width * left
        points[f"{side}_psis"] = front - depth * forward + out * 0.2 * width * left
        points[f"{side}_iliac_crest"] = (
            front - 0.4 * depth * forward + out * 0.6 * width * left + 0.05 * geometry.Z_AXIS
        )
    return points


def _upper_body(w: Walker, pelvis: Array, forward: Array, left: Array, cycle: Array) -> Points:
    lean, sway = np.radians(w.trunk_lean_deg), np.radians(w.trunk_sway_deg) * np.sin(cycle - 0.2)
    up = geometry.unit(geometry.Z_AXIS + np.tan(lean) * forward + np.tan(sway)[:, None] * left)
    tall, chest = TRUNK * w.height_m, 0.06 * w.height_m
    shoulders = pelvis + tall * up
    points: Points = {
        "shoulders_centre": shoulders,
        "c7": shoulders + 0.03 * w.height_m * up - 0.9 * chest * forward,
        "t10": pelvis + 0.55 * tall * up - chest * forward,
        "sternum": shoulders - 0.02 * w.height_m * up + chest * forward,
        "xiphoid": shoulders - 0.35 * tall * up + 1.1 * chest * forward,
        "head": shoulders + HEAD * w.height_m * up,
        "nose": shoulders + HEAD * w.height_m * up + 0.06 * w.height_m * forward,
    }
    for side, out in (("left", 1.0), ("right", -1.0)):
        # The arm swings with the other leg.
        swing = -out * np.radians(20.0) * np.cos(cycle)
        arm = -np.cos(swing)[:, None] * up + np.sin(swing)[:, None] * forward
        shoulder = shoulders + out * SHOULDER_HALF_WIDTH * w.height_m * left
        elbow, outward = shoulder + UPPER_ARM * w.height_m * arm, out * left
        wrist = elbow + FOREARM * w.height_m * geometry.unit(arm + 0.3 * forward)
        points |= {
            f"{side}_shoulder_centre": shoulder,
            f"{side}_shoulder": shoulder + 0.025 * w.height_m * up,
            f"{side}_elbow_centre": elbow,
            f"{side}_elbow": elbow + 0.025 * w.height_m * outward,
            f"{side}_elbow_medial": elbow - 0.025 * w.height_m * outward,
            f"{side}_wrist_centre": wrist,
            f"{side}_wrist": wrist,
            f"{side}_hand": wrist + 0.05 * w.height_m * arm,
            f"{side}_ear": points["head"] + 0.04 * w.height_m * outward,
            f"{side}_eye": points["nose"] + 0.02 * w.height_m * (outward + up) - 0.01 * w.height_m * forward,
        }
    return points

"""Simulated daily tasks with known phases, counts, angles and distances. Not recordings of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import SIDES, Frame, Kind, Recording, Side, Stream
from poise.testing.posed import (
    ANKLE_HEIGHT,
    HIP_SPACING,
    OUTWARD,
    SHANK,
    THIGH,
    TRUNK,
    Posture,
    eased,
    recorded,
)

Array = NDArray[np.float64]
GRAVITY_M_S2 = 9.81


@dataclass(frozen=True, kw_only=True)
class Stand:
    """One rise and sit-down as it was put there, s: it ends with the seat touched."""

    rise_s: float
    seat_off_s: float
    up_s: float
    sit_s: float
    seat_s: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Simulated:
    """A posture over time with its truth: moments by name, numbers by name, cycles in order."""

    posture: Posture
    moments_s: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    stands: tuple[Stand, ...] = ()


def _planted(time_s: Array, height_m: float, *, apart_m: float = 0.24, x_m: float = 0.0) -> dict[Side, Array]:
    place = {
        side: np.array([x_m, OUTWARD[side] * 0.5 * apart_m, ANKLE_HEIGHT * height_m]) for side in SIDES
    }  # fmt: skip
    return {side: np.broadcast_to(place[side], (len(time_s), 3)).copy() for side in SIDES}


def _clock(duration_s: float, rate_hz: float) -> Array:
    return np.asarray(np.arange(round(duration_s * rate_hz) + 1) / rate_hz)


# ── chair ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Chair:
    """How somebody stands up and sits down; shares of the rise are when trunk and seat part."""

    stands: int = 5
    first_s: float = 1.0
    rise_s: float = 1.1
    upright_s: float = 0.4
    sit_s: float = 1.2
    seated_s: float = 0.5
    last_s: float = 1.0
    seat_off_share: float = 0.35
    trunk_deg: float = 38.0
    seat_m: float = 0.45
    height_m: float = 1.70
    arms: str = "crossed"
    rate_hz: float = 100.0


def simulate_sit_to_stand(chair: Chair | None = None, **changes: object) -> Simulated:
    """Rises from a chair and sits down again; starts and ends seated."""
    c = chair or Chair(**changes)  # type: ignore[arg-type]
    cycle_s = c.rise_s + c.upright_s + c.sit_s + c.seated_s
    time_s = _clock(c.first_s + c.stands * cycle_s - c.seated_s + c.last_s, c.rate_hz)
    stands, risen, lean = [], np.zeros(len(time_s)), np.zeros(len(time_s))
    for number in range(c.stands):
        start = c.first_s + number * cycle_s
        up = start + c.rise_s
        down = up + c.upright_s
        off, seat = start + c.seat_off_share * c.rise_s, down + (1.0 - c.seat_off_share) * c.sit_s
        end = down + c.sit_s
        stands.append(Stand(rise_s=start, seat_off_s=off, up_s=up, sit_s=down, seat_s=seat))
        risen += eased(time_s, off, up) - eased(time_s, down, seat)
        top, bottom = start + 0.45 * c.rise_s, down + 0.55 * c.sit_s
        lean += c.trunk_deg * (eased(time_s, start, top) - eased(time_s, top, up))
        lean += c.trunk_deg * (eased(time_s, down, bottom) - eased(time_s, bottom, end))
    posture = _on_chair(c, time_s, risen, lean)
    return Simulated(posture=posture, stands=tuple(stands), values={"trunk_deg": c.trunk_deg, "count": c.stands})


def _on_chair(c: Chair, time_s: Array, risen: Array, lean: Array) -> Posture:
    leg_m = (THIGH + SHANK) * c.height_m
    standing_m, seated_m = ANKLE_HEIGHT * c.height_m + 0.995 * leg_m, c.seat_m + 0.08
    behind_m = 0.90 * THIGH * c.height_m
    hips = np.stack([-behind_m * (1.0 - risen), np.zeros_like(risen), seated_m + (standing_m - seated_m) * risen], -1)
    ankles = _planted(time_s, c.height_m, x_m=-0.05)
    shoulders_z = hips[:, 2] + TRUNK * c.height_m * np.cos(np.radians(lean))
    shoulders_x = hips[:, 0] + TRUNK * c.height_m * np.sin(np.radians(lean))
    wrists: dict[Side, Array] = {}
    for side in SIDES:
        if c.arms == "crossed":
            wrists[side] = np.stack(
                [shoulders_x + 0.12, np.full_like(risen, -OUTWARD[side] * 0.12), shoulders_z - 0.08], -1
            )
        elif c.arms == "pushing":
            lap = np.array([-0.62 * behind_m, OUTWARD[side] * 0.28, c.seat_m + 0.20])
            wrists[side] = np.broadcast_to(lap, (len(risen), 3)).copy()
    return Posture(
        time_s=time_s, hips_m=hips, ankles_m=ankles, heading_deg=np.zeros_like(risen), lean_deg=lean,
        wrists_m=wrists, height_m=c.height_m,
    )  # fmt: skip


# ── squat, single leg ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Squatting:
    """Squats on two legs or one. `depth` is the fall of the hips by the leg's length; `standing` names the one leg."""

    repetitions: int = 5
    first_s: float = 1.0
    down_s: float = 1.2
    bottom_s: float = 0.2
    up_s: float = 1.1
    between_s: float = 0.8
    depth: float = 0.35
    trunk_deg: float = 30.0
    lean_left_deg: float = 0.0
    knee_inward_m: Mapping[Side, float] = field(default_factory=dict)
    pelvis_left_up_deg: float = 0.0
    heel_lift_deg: float = 0.0
    shift_left_m: float = 0.0
    standing: Side | None = None
    height_m: float = 1.70
    rate_hz: float = 100.0


def simulate_squats(squatting: Squatting | None = None, **changes: object) -> Simulated:
    """Squats from standing to standing."""
    s = squatting or Squatting(**changes)  # type: ignore[arg-type]
    cycle_s = s.down_s + s.bottom_s + s.up_s + s.between_s
    time_s = _clock(s.first_s + s.repetitions * cycle_s, s.rate_hz)
    down = np.zeros(len(time_s))
    for number in range(s.repetitions):
        start = s.first_s + number * cycle_s
        back = start + s.down_s + s.bottom_s
        down += eased(time_s, start, start + s.down_s) - eased(time_s, back, back + s.up_s)
    leg_m = (THIGH + SHANK) * s.height_m
    aside = OUTWARD[s.standing] * 0.5 * HIP_SPACING * s.height_m if s.standing else 0.0
    tall = ANKLE_HEIGHT * s.height_m + 0.995 * leg_m
    hips = np.stack([-0.12 * down, aside + s.shift_left_m * down, tall - s.depth * leg_m * down], -1)
    ankles = _planted(time_s, s.height_m, apart_m=2.0 * abs(aside) if s.standing else 0.30)
    lifted: Side | None = None if s.standing is None else ("right" if s.standing == "left" else "left")
    if lifted is not None:
        # The free foot hangs behind, as far below the hip in the bottom of the squat as at its top.
        hung = hips[:, 2] - 0.80 * leg_m
        ankles[lifted] = np.stack([np.full_like(down, -0.35), np.zeros_like(down), hung], -1)
    pitch = dict.fromkeys(SIDES, s.heel_lift_deg * down)
    posture = Posture(
        time_s=time_s, hips_m=hips, ankles_m=ankles, heading_deg=np.zeros_like(down), lean_deg=s.trunk_deg * down,
        lean_left_deg=s.lean_left_deg * down, pelvis_left_up_deg=s.pelvis_left_up_deg * down, foot_pitch_deg=pitch,
        knee_inward_m={side: inward * down for side, inward in s.knee_inward_m.items()}, height_m=s.height_m,
    )  # fmt: skip
    bottom = s.first_s + s.down_s + 0.5 * s.bottom_s
    return Simulated(posture=posture, moments_s={"first_bottom": bottom}, values={"depth": s.depth})


# ── timed up and go ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class UpAndGo:
    """A timed up-and-go: rise, walk out, turn, walk back, turn, sit. `left` says which way the first turn goes."""

    first_s: float = 1.5
    rise_s: float = 1.3
    distance_m: float = 3.0
    speed_m_s: float = 1.0
    turn_s: float = 1.8
    turn_radius_m: float = 0.25
    second_turn_s: float = 1.6
    sit_s: float = 1.5
    last_s: float = 1.5
    step_s: float = 0.55
    trunk_deg: float = 38.0
    left: bool = True
    seat_m: float = 0.45
    height_m: float = 1.70
    rate_hz: float = 100.0


def simulate_tug(up_and_go: UpAndGo | None = None, **changes: object) -> Simulated:
    """A timed up-and-go with the moments of its phases."""
    u = up_and_go or UpAndGo(**changes)  # type: ignore[arg-type]
    walk_s = u.distance_m / u.speed_m_s
    at = np.cumsum([u.first_s, u.rise_s, walk_s, u.turn_s, walk_s, u.second_turn_s, u.sit_s, u.last_s])
    rise, out, turn, back, second, sit, end, _ = (float(t) for t in at)
    time_s = _clock(float(at[-1]), u.rate_hz)
    way = 1.0 if u.left else -1.0
    heading = 180.0 * way * (eased(time_s, turn, back) + eased(time_s, second, sit))
    # `at` names the start of each phase: rise, out, turn, back, second turn, sit, end.
    start_of = {
        "rise": rise,
        "walk_out": out,
        "turn": turn,
        "walk_back": back,
        "second_turn": second,
        "sit": sit,
        "end": end,
    }
    forth, home = eased_walk(time_s, out, turn, u.distance_m), eased_walk(time_s, back, second, u.distance_m)
    turning = eased(time_s, turn, back)
    x = forth - home + u.turn_radius_m * np.sin(np.pi * turning)
    y = way * u.turn_radius_m * (1.0 - np.cos(np.pi * turning))
    y = y - way * 2.0 * u.turn_radius_m * eased(time_s, back, second)
    chair = Chair(seat_m=u.seat_m, height_m=u.height_m)
    risen = eased(time_s, rise + 0.35 * u.rise_s, out) - eased(time_s, sit, sit + 0.65 * u.sit_s)
    lean = u.trunk_deg * (eased(time_s, rise, rise + 0.45 * u.rise_s) - eased(time_s, rise + 0.45 * u.rise_s, out))
    lean += u.trunk_deg * (eased(time_s, sit, sit + 0.55 * u.sit_s) - eased(time_s, sit + 0.55 * u.sit_s, end))
    seated = _on_chair(chair, time_s, risen, lean)
    hips = seated.hips_m.copy()
    hips[:, 2] -= 0.03 * u.height_m * (eased(time_s, out, out + 0.3) - eased(time_s, second, sit))
    hips[:, 0] = hips[:, 0] + x
    hips[:, 1] += y
    centre = np.stack([x - 0.05, y, np.zeros_like(x)], -1)
    ankles, landings = _stepped(time_s, centre, heading, u, start=out, stop=sit)
    posture = Posture(
        time_s=time_s, hips_m=hips, ankles_m=ankles, heading_deg=heading, lean_deg=lean, height_m=u.height_m,
        foot_heading_deg={side: _held(time_s, heading, landings[side]) for side in SIDES},
    )  # fmt: skip
    turn_steps = sum(turn <= t < back for side in SIDES for t in landings[side])
    return Simulated(posture=posture, moments_s=start_of, values={"turn_steps": float(turn_steps)})


def eased_walk(time_s: Array, start_s: float, end_s: float, distance_m: float) -> Array:
    """Distance walked: speeding up and slowing down over 0.5 s at each end, even between."""
    ramp_s = min(0.5, 0.4 * (end_s - start_s))
    speed = eased(time_s, start_s, start_s + ramp_s) - eased(time_s, end_s - ramp_s, end_s)
    gone = np.cumsum(speed)
    return np.asarray(distance_m * gone / gone[-1])


def _stepped(
    time_s: Array, centre: Array, heading: Array, u: UpAndGo, *, start: float, stop: float
) -> tuple[dict[Side, Array], dict[Side, list[float]]]:
    """Feet that step under a moving centre, each planted for 1.2 step times; and when each lands."""
    ankles: dict[Side, Array] = {}
    landings: dict[Side, list[float]] = {side: [] for side in SIDES}
    count = int((stop - start) / u.step_s)
    for k in range(1, count + 1):
        landings[SIDES[k % 2]].append(start + k * u.step_s)
    for side in SIDES:
        places, moments = [_place(time_s, centre, heading, side=side, when_s=0.0, height_m=u.height_m)], []
        for landing in landings[side]:
            moments.append(landing)
            places.append(
                _place(time_s, centre, heading, side=side, when_s=landing + 0.6 * u.step_s, height_m=u.height_m)
            )
        track = np.broadcast_to(places[0], (len(time_s), 3)).copy()
        for landing, (before, after) in zip(moments, pairwise(places), strict=True):
            swing = eased(time_s, landing - 0.8 * u.step_s, landing)
            track += swing[:, None] * (after - before)
            track[:, 2] += 0.10 * np.sin(np.pi * swing)
        ankles[side] = track
    return ankles, landings


def _place(time_s: Array, centre: Array, heading: Array, *, side: Side, when_s: float, height_m: float) -> Array:
    at = [float(np.interp(when_s, time_s, centre[:, axis])) for axis in range(2)]
    angle = np.radians(float(np.interp(when_s, time_s, heading)))
    out = OUTWARD[side] * 0.09
    return np.array([at[0] - out * np.sin(angle), at[1] + out * np.cos(angle), ANKLE_HEIGHT * height_m])


def _held(time_s: Array, heading: Array, landings: Sequence[float]) -> Array:
    """The heading of a foot: as of its last landing, turned while it swings."""
    marks = np.array([-1.0, *landings])
    held = np.interp(marks + 0.3, time_s, heading)
    return np.asarray(np.interp(time_s, marks, held))


# ── reach ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Reaching:
    """Reaches of one hand from a seat: `trunk_m` is how far the shoulders come along, `bow_m` how far it bends."""

    side: Side = "right"
    repetitions: int = 3
    first_s: float = 1.0
    reach_s: float = 0.9
    hold_s: float = 0.5
    back_s: float = 1.0
    rest_s: float = 0.8
    distance_m: float = 0.35
    trunk_m: float = 0.03
    bow_m: float = 0.0
    up_m: float = 0.15
    height_m: float = 1.70
    rate_hz: float = 100.0


def simulate_seated_reach(reaching: Reaching | None = None, **changes: object) -> Simulated:
    """Reaches forward from the lap, seated."""
    r = reaching or Reaching(**changes)  # type: ignore[arg-type]
    cycle_s = r.reach_s + r.hold_s + r.back_s + r.rest_s
    time_s = _clock(r.first_s + r.repetitions * cycle_s, r.rate_hz)
    out = np.zeros(len(time_s))
    for number in range(r.repetitions):
        start = r.first_s + number * cycle_s
        back = start + r.reach_s + r.hold_s
        out += eased(time_s, start, start + r.reach_s) - eased(time_s, back, back + r.back_s)
    trunk_m = TRUNK * r.height_m
    seated = _on_chair(
        Chair(height_m=r.height_m), time_s, np.zeros_like(out), np.degrees(np.arcsin(r.trunk_m * out / trunk_m))
    )
    start_at = seated.hips_m + np.array([0.22, OUTWARD[r.side] * 0.20, 0.20])
    wrist = start_at + np.stack([r.distance_m * out, r.bow_m * np.sin(np.pi * out), r.up_m * out], -1)
    other: Side = "left" if r.side == "right" else "right"
    lap = seated.hips_m + np.array([0.22, OUTWARD[other] * 0.20, 0.20])
    posture = replace(seated, wrists_m={r.side: wrist, other: lap})
    return Simulated(posture=posture, values={"distance": r.distance_m, "trunk": r.trunk_m})


def simulate_functional_reach(
    *,
    distance_m: float = 0.30,
    height_m: float = 1.70,
    rate_hz: float = 100.0,
    side: Side = "right",
    step: bool = False,
) -> Simulated:
    """Standing, the arm held forward at shoulder height, then reaching as far as possible with the feet in place."""
    time_s = _clock(7.0, rate_hz)
    raised, out = eased(time_s, 0.5, 1.5), eased(time_s, 2.5, 4.0) - eased(time_s, 5.5, 6.5)
    leg_m, trunk_m = (THIGH + SHANK) * height_m, TRUNK * height_m
    back_m = 0.15 * distance_m
    lean = np.degrees(np.arcsin((distance_m + back_m) * out / trunk_m))
    hips = np.stack([-back_m * out, np.zeros_like(out), np.full_like(out, ANKLE_HEIGHT * height_m + 0.98 * leg_m)], -1)
    ankles = _planted(time_s, height_m, x_m=-0.02)
    if step:
        ankles[side] = ankles[side] + np.array([0.35, 0.0, 0.0]) * eased(time_s, 3.4, 3.9)[:, None]
    angle = np.radians(90.0 * raised)
    shoulder = hips + np.stack(
        [
            trunk_m * np.sin(np.radians(lean)),
            np.full_like(out, OUTWARD[side] * 0.115 * height_m),
            trunk_m * np.cos(np.radians(lean)),
        ],
        -1,
    )
    arm_m = 0.325 * height_m
    wrist = shoulder + arm_m * np.stack([np.sin(angle), np.zeros_like(angle), -np.cos(angle)], -1)
    wrist[:, 2] = np.where(raised > 0.99, ankles["left"][0, 2] + 0.98 * leg_m + trunk_m, wrist[:, 2])
    posture = Posture(
        time_s=time_s, hips_m=hips, ankles_m=ankles, heading_deg=np.zeros_like(out), lean_deg=lean,
        wrists_m={side: wrist}, height_m=height_m,
    )  # fmt: skip
    hand = posture.points()[f"{side}_wrist_centre"][:, 0]
    # An arm of constant length that sinks with the trunk goes less far forward than the shoulder.
    held = float(hand[np.searchsorted(time_s, 2.0)])
    return Simulated(posture=posture, values={"distance": float(hand.max()) - held})


DIRECTIONS: Mapping[str, float] = {"anterior": 0.0, "posteromedial": 135.0, "posterolateral": -135.0}
"""Angle of each way of a Y-reach from straight ahead towards the standing leg's inner side, deg."""


def simulate_y_reach(
    *, standing: Side = "right", reaches_m: Mapping[str, float] | None = None, repetitions: int = 3,
    height_m: float = 1.70, rate_hz: float = 100.0,
) -> Simulated:  # fmt: skip
    """Reaches of one foot in three directions about the other, and back each time; distances from toe to toe."""
    reaches = reaches_m or {"anterior": 0.62, "posteromedial": 0.85, "posterolateral": 0.80}
    time_s = _clock(1.0 + 3.0 * repetitions * len(reaches), rate_hz)
    free: Side = "left" if standing == "right" else "right"
    inner = -OUTWARD[standing]
    place = np.zeros((len(time_s), 3))
    down = np.zeros(len(time_s))
    start = 1.0
    rest = np.array([0.0, 0.0, ANKLE_HEIGHT * height_m])
    home = np.array([0.0, inner * 0.22, 0.02])
    for name, reach_m in reaches.items():
        angle = np.radians(DIRECTIONS[name])
        aim = reach_m * np.array([np.cos(angle), inner * np.sin(angle), 0.0])
        for _ in range(repetitions):
            out = eased(time_s, start, start + 1.1) - eased(time_s, start + 1.4, start + 2.5)
            place += out[:, None] * (aim - home)
            down += out
            start += 3.0
    leg_m = (THIGH + SHANK) * height_m
    hips = np.stack([0.0 * down, np.full_like(down, inner * 0.04), rest[2] + (0.985 - 0.30 * down) * leg_m], -1)
    ankles = {standing: np.broadcast_to(rest, place.shape).copy(), free: rest + home + place}
    posture = Posture(
        time_s=time_s, hips_m=hips, ankles_m=ankles, heading_deg=np.zeros_like(down), lean_deg=15.0 * down,
        height_m=height_m,
    )  # fmt: skip
    return Simulated(posture=posture, values=dict(reaches))


# ── stairs ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def simulate_stairs(
    *, steps: int = 8, step_s: float = 0.7, rise_m: float = 0.17, tread_m: float = 0.28, gaze_down_deg: float = 15.0,
    up: bool = True, height_m: float = 1.70, rate_hz: float = 100.0,
) -> Simulated:  # fmt: skip
    """Step over step up or down a stair, the head held at one pitch."""
    time_s = _clock(2.0 + (steps + 1) * step_s, rate_hz)
    way = 1.0 if up else -1.0
    landings: dict[Side, list[float]] = {side: [] for side in SIDES}
    ankles = {side: _planted(time_s, height_m, apart_m=0.2)[side] for side in SIDES}
    for k in range(1, steps + 1):
        side = SIDES[k % 2]
        landing = 1.0 + k * step_s
        landings[side].append(landing)
        treads = 1 if k in (1, steps) else 2
        swing = eased(time_s, landing - 0.75 * step_s, landing)
        ankles[side] = ankles[side] + swing[:, None] * treads * np.array([tread_m, 0.0, way * rise_m])
        ankles[side][:, 2] += 0.12 * np.sin(np.pi * swing)
    going = np.clip((time_s - 1.0) / step_s, 0.0, steps)
    leg_m = (THIGH + SHANK) * height_m
    hips = np.stack([
        tread_m * going, np.zeros_like(going),
        ANKLE_HEIGHT * height_m + 0.93 * leg_m + way * rise_m * going,
    ], -1)  # fmt: skip
    # Going down the hips follow the lower foot, going up the foot that carries.
    hips[:, 2] = np.minimum(hips[:, 2], np.minimum(ankles["left"][:, 2], ankles["right"][:, 2]) + 0.99 * leg_m)
    posture = Posture(
        time_s=time_s, hips_m=hips, ankles_m=ankles, heading_deg=np.zeros_like(going),
        lean_deg=np.full_like(going, 8.0), gaze_down_deg=gaze_down_deg, height_m=height_m,
    )  # fmt: skip
    return Simulated(posture=posture, values={"steps": float(steps), "step_s": step_s, "gaze_deg": gaze_down_deg})


# ── lying ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Lying:
    """A leg of somebody who lies on the back: lifted to `thigh_deg` above level with the knee bent by `knee_deg`."""

    side: Side = "right"
    thigh_deg: float = 75.0
    knee_deg: float = 3.0
    other_thigh_deg: float = 0.0
    other_knee_deg: float = 0.0
    start_thigh_deg: float = 0.0
    start_knee_deg: float = 0.0
    lift_s: float = 3.0
    hold_s: float = 2.0
    repetitions: int = 1
    height_m: float = 1.70
    rate_hz: float = 100.0


def simulate_lying(lying: Lying | None = None, **changes: object) -> Recording:
    """A straight-leg raise or a Thomas test as a BODY stream; head towards −x, feet towards +x, face up."""
    y = lying or Lying(**changes)  # type: ignore[arg-type]
    cycle_s = 2.0 * y.lift_s + y.hold_s + 1.0
    time_s = _clock(1.0 + y.repetitions * cycle_s, y.rate_hz)
    lifted = np.zeros(len(time_s))
    for number in range(y.repetitions):
        start = 1.0 + number * cycle_s
        back = start + y.lift_s + y.hold_s
        lifted += eased(time_s, start, start + y.lift_s) - eased(time_s, back, back + y.lift_s)
    points = _lying_points(y, lifted)
    values = np.stack(list(points.values()), axis=1)
    frame = Frame(name="laboratory", up="+z")
    stream = Stream(kind=Kind.BODY, channels=tuple(points), time_s=time_s, values=values, unit="m", frame=frame)
    return recorded(stream, task="muscle_length")


def _lying_points(y: Lying, lifted: Array) -> dict[str, Array]:
    h = y.height_m
    level = np.array([0.0, 0.0, 0.75])
    points: dict[str, Array] = {}

    def at(x: float, across: float, up: float) -> Array:
        return np.asarray(np.broadcast_to(level + np.array([x, across, up]), (len(lifted), 3)).copy())

    for side in SIDES:
        # Face up with the head towards −x: the person's left lies towards −y.
        across = -OUTWARD[side]
        points[f"{side}_hip_centre"] = at(0.0, across * 0.5 * HIP_SPACING * h, 0.0)
        points[f"{side}_shoulder_centre"] = at(-TRUNK * h, across * 0.115 * h, 0.0)
        points[f"{side}_shoulder"] = points[f"{side}_shoulder_centre"]
        points[f"{side}_ear"] = at(-(TRUNK + 0.13) * h, across * 0.07, 0.0)
        moving = side == y.side
        thigh = (
            (y.start_thigh_deg + (y.thigh_deg - y.start_thigh_deg) * lifted)
            if moving
            else y.other_thigh_deg * np.ones_like(lifted)
        )
        bend = (
            (y.start_knee_deg + (y.knee_deg - y.start_knee_deg) * lifted)
            if moving
            else y.other_knee_deg * np.ones_like(lifted)
        )
        up, down = np.radians(thigh), np.radians(thigh - bend)
        knee = points[f"{side}_hip_centre"] + THIGH * h * np.stack([np.cos(up), 0.0 * up, np.sin(up)], -1)
        ankle = knee + SHANK * h * np.stack([np.cos(down), 0.0 * up, np.sin(down)], -1)
        sole = 0.1 * h * np.stack([-np.sin(down), 0.0 * up, np.cos(down)], -1)
        points |= {
            f"{side}_knee_centre": knee,
            f"{side}_ankle_centre": ankle,
            f"{side}_heel": ankle - 0.3 * sole,
            f"{side}_toe": ankle + sole,
        }
    points["nose"] = at(-(TRUNK + 0.13) * h, 0.0, 0.11)
    return points


# ── plates ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def plates_under(
    posture: Posture, *, mass_kg: float = 70.0, left_share: float = 0.5, seated_share: float = 0.22,
    named: bool = True, seat_off: Sequence[tuple[float, float]] = (),
) -> Recording:  # fmt: skip
    """Vertical force under each foot: body weight and what moves the hips up and down; on a seat only the legs weigh.

    `seat_off` are the spans in which nobody sits; without any the feet carry all the time.
    """
    time_s, rate_hz = posture.time_s, (len(posture.time_s) - 1) / float(posture.time_s[-1] - posture.time_s[0])
    lift = np.gradient(np.gradient(posture.hips_m[:, 2], 1.0 / rate_hz), 1.0 / rate_hz)
    total = mass_kg * (GRAVITY_M_S2 + 0.7 * lift)
    if seat_off:
        carried = np.zeros(len(time_s))
        for start, end in seat_off:
            carried += eased(time_s, start - 0.25, start) - eased(time_s, end, end + 0.25)
        total = total * (seated_share + (1.0 - seated_share) * carried)
    values = np.zeros((len(time_s), 2, 3))
    values[:, 0, 2], values[:, 1, 2] = left_share * total, (1.0 - left_share) * total
    pressure = np.stack(
        [posture.ankles_m[side] * np.array([1.0, 1.0, 0.0]) + [0.05, 0.0, 0.0] for side in SIDES], axis=1
    )
    names = ("left", "right") if named else ("plate_1", "plate_2")
    frame = Frame(name="laboratory", up="+z")
    return recorded(
        Stream(kind=Kind.FORCE, channels=names, time_s=time_s, values=values, unit="N", frame=frame),
        Stream(kind=Kind.CENTRE_OF_PRESSURE, channels=names, time_s=time_s, values=pressure, unit="m", frame=frame),
    )

"""The formulas of the live readings: plain functions of one frame of body points, one side of it, and its right.

Every formula is that of the clinical reference (`clinical/measures.yaml`, field "how"); where it leaves a choice, the
docstring says which was made. A point that was not seen gives NaN.
"""

from __future__ import annotations

from math import asin, atan2, degrees, hypot, isnan

from poise.measures.readings_points import (
    NAN,
    Body,
    Point,
    bend,
    distance,
    middle,
    other,
    ratio,
    signed_bend,
)
from poise.model import Side


def _names(part: str) -> dict[Side | None, str]:
    """The part's name by side: looked up, not put together, in every frame. Without a side, the right one's."""
    return {"left": f"left_{part}", "right": f"right_{part}", None: f"right_{part}"}


HIP, KNEE, ANKLE, HEEL, TOE = map(_names, ("hip", "knee", "ankle", "heel", "toe"))
SHOULDER, ELBOW, WRIST, EAR = map(_names, ("shoulder", "elbow", "wrist", "ear"))
HIPS, ANKLES, SHOULDERS, EARS = ((f"left_{part}", f"right_{part}") for part in ("hip", "ankle", "shoulder", "ear"))


def knee_flexion(body: Body, side: Side, right: Point) -> float:
    """180 − angle(hip, knee, ankle). Seen from the side, negative where the knee bends the other way.

    In space it is never negative: the plane of a nearly straight leg is not known well enough.
    """
    hip, knee, ankle = body[HIP[side]], body[KNEE[side]], body[ANKLE[side]]
    bent = bend(hip, knee, ankle)
    if bent < 30.0 and hip[1] == knee[1] == ankle[1] and signed_bend(hip, knee, ankle, right) > 0.0:
        return -bent
    return bent


def hip_flexion(body: Body, side: Side, right: Point) -> float:
    """180 − angle(shoulder, hip, knee), seen along the person's right; negative when the knee is behind the trunk.

    Where nothing tells forward from back, the angle has no sign. It mixes hip and spine.
    """
    shoulder, hip, knee = body[SHOULDER[side]], body[HIP[side]], body[KNEE[side]]
    if isnan(right[0]) or isnan(right[1]):
        return bend(shoulder, hip, knee)
    return signed_bend(shoulder, hip, knee, right)


def ankle_dorsiflexion(body: Body, side: Side, right: Point) -> float:
    """90 − angle between the line from ankle to knee and the foot's line from heel to toe."""
    heel, toe, ankle, knee = (body[part[side]] for part in (HEEL, TOE, ANKLE, KNEE))
    forward = (ankle[0] + toe[0] - heel[0], ankle[1] + toe[1] - heel[1], ankle[2] + toe[2] - heel[2])
    return 90.0 - (180.0 - bend(knee, ankle, forward))


def trunk_lean_sagittal(body: Body, side: Side | None, right: Point) -> float:
    """The trunk from the vertical, mid-hip to mid-shoulder; + forward."""
    low, high = _mid(body, HIPS), _mid(body, SHOULDERS)
    x, y, z = high[0] - low[0], high[1] - low[1], high[2] - low[2]
    return degrees(atan2(-right[1] * x + right[0] * y, z))


def trunk_lean_frontal(body: Body, side: Side | None, right: Point) -> float:
    """The trunk from the vertical, mid-hip to mid-shoulder; + toward `side`, to the right where there is none."""
    low, high = _mid(body, HIPS), _mid(body, SHOULDERS)
    x, y, z = high[0] - low[0], high[1] - low[1], high[2] - low[2]
    lean = degrees(atan2(right[0] * x + right[1] * y, z))
    return -lean if side == "left" else lean


def trunk_from_horizontal(body: Body, side: Side | None, right: Point) -> float:
    """How far the line from hip to shoulder is off level, 0 to 90 deg."""
    low, high = _mid(body, HIPS), _mid(body, SHOULDERS)
    return degrees(atan2(abs(high[2] - low[2]), hypot(high[0] - low[0], high[1] - low[1])))


def trunk_length(body: Body, side: Side | None, right: Point) -> float:
    """From mid-hip to mid-shoulder, in the recording's unit; the reading is its share of the calm start's."""
    return distance(_mid(body, HIPS), _mid(body, SHOULDERS))


def arm_elevation(body: Body, side: Side, right: Point) -> float:
    """angle(elbow, shoulder, hip): 0 with the arm along the trunk, 180 overhead; to the front, side or back alike."""
    return 180.0 - bend(body[ELBOW[side]], body[SHOULDER[side]], body[HIP[side]])


def elbow_flexion(body: Body, side: Side, right: Point) -> float:
    """180 − angle(shoulder, elbow, wrist)."""
    return bend(body[SHOULDER[side]], body[ELBOW[side]], body[WRIST[side]])


def ear_shoulder_angle(body: Body, side: Side | None, right: Point) -> float:
    """The line from shoulder to ear from the vertical; + ear in front."""
    low, high = _mid(body, SHOULDERS), _mid(body, EARS)
    x, y, z = high[0] - low[0], high[1] - low[1], high[2] - low[2]
    return degrees(atan2(-right[1] * x + right[0] * y, z))


def neck_flexion(body: Body, side: Side | None, right: Point) -> float:
    """Pitch of the line from ear to nose below level, less the lean of the trunk; + flexion. Read from the start."""
    ear, nose = _mid(body, EARS), body["nose"]
    x, y, z = nose[0] - ear[0], nose[1] - ear[1], nose[2] - ear[2]
    down = degrees(atan2(-z, -right[1] * x + right[0] * y))
    return down - trunk_lean_sagittal(body, side, right)


def heel_height(body: Body, side: Side, right: Point) -> float:
    """The heel above the toe by the foot's length; the reading is its rise from the calm start."""
    heel, toe = body[HEEL[side]], body[TOE[side]]
    return ratio(heel[2] - toe[2], distance(heel, toe))


def toe_height(body: Body, side: Side, right: Point) -> float:
    """The toe above the heel by the foot's length; the reading is its rise from the calm start."""
    return -heel_height(body, side, right)


def hip_ahead_of_feet(body: Body, side: Side | None, right: Point) -> float:
    """Mid-hip ahead of mid-ankle by the distance of the feet; the reading is its travel from the calm start.

    NaN with the feet side by side: there is nothing to shift between.
    """
    hip, left, right_ankle = _mid(body, HIPS), body["left_ankle"], body["right_ankle"]
    feet = middle(left, right_ankle)
    ahead = -right[1] * (hip[0] - feet[0]) + right[0] * (hip[1] - feet[1])
    apart = abs(-right[1] * (left[0] - right_ankle[0]) + right[0] * (left[1] - right_ankle[1]))
    return ahead / apart if apart > 0.1 * (hip[2] - feet[2]) else NAN


def ear_ahead_of_ankle(body: Body, side: Side | None, right: Point) -> float:
    """Ear ahead of the ankle by the height from ankle to ear."""
    ear, ankle = _mid(body, EARS), _mid(body, ANKLES)
    return ratio(-right[1] * (ear[0] - ankle[0]) + right[0] * (ear[1] - ankle[1]), ear[2] - ankle[2])


def knee_inward(body: Body, side: Side, right: Point) -> float:
    """The frontal-plane projection angle of the knee; + toward the midline. NaN where the thigh is seen end on."""
    hip, knee, ankle = (_frontal(body[part[side]], right) for part in (HIP, KNEE, ANKLE))
    if hip[1] - knee[1] < 0.4 * (knee[1] - ankle[1]):
        return NAN
    return projection_angle(hip, knee, ankle, medial=1.0 if side == "left" else -1.0)


def projection_angle(
    hip: tuple[float, float], knee: tuple[float, float], ankle: tuple[float, float], *, medial: float
) -> float:
    """180 − angle(hip, knee, ankle) in a picture from the front; + where the knee lies to the medial side.

    Parameters
    ----------
    hip, knee, ankle
        (across, along) in the picture, any unit, square pixels.
    medial
        1 where the limb's medial side lies toward larger `across`, −1 where it lies toward smaller.

    Notes
    -----
    A projection: a hip that turns in while it bends looks like a knee that falls in (Willson & Davis 2008). Good for
    screening and cueing, not as true valgus.
    """
    ux, uy = knee[0] - hip[0], knee[1] - hip[1]
    vx, vy = ankle[0] - knee[0], ankle[1] - knee[1]
    size = degrees(atan2(abs(ux * vy - uy * vx), ux * vx + uy * vy))
    wx, wy = ankle[0] - hip[0], ankle[1] - hip[1]
    off = ux - wx * ratio(ux * wx + uy * wy, wx * wx + wy * wy)  # across, from the line of hip and ankle
    return size if off * medial >= 0.0 else -size if off * medial < 0.0 else NAN


def knee_separation(body: Body, side: Side | None, right: Point) -> float:
    """Distance between the knees by that between the ankles, across."""
    knees = _across(body["left_knee"], body["right_knee"], right)
    return ratio(knees, _across(body["left_ankle"], body["right_ankle"], right))


def pelvis_tilt_frontal(body: Body, side: Side | None, right: Point) -> float:
    """The line of the hips from level: + where the hip of the other side than `side` is lower (left, without a side).

    `side` is the standing leg. The reading is the change from the calm start.
    """
    left, right_hip = body["left_hip"], body["right_hip"]
    drop = degrees(atan2(right_hip[2] - left[2], abs(_across(left, right_hip, right))))
    return -drop if side == "left" else drop


def shoulder_tilt(body: Body, side: Side | None, right: Point) -> float:
    """The line of the shoulders from level; + where `side` is higher, the right one where there is none."""
    left, right_one = body["left_shoulder"], body["right_shoulder"]
    tilt = degrees(atan2(right_one[2] - left[2], abs(_across(left, right_one, right))))
    return -tilt if side == "left" else tilt


def hip_beside_feet(body: Body, side: Side | None, right: Point) -> float:
    """Mid-hip beside mid-ankle by the distance of the ankles; + to the right, + away from `side` where there is one."""
    apart = _across(body["left_ankle"], body["right_ankle"], right)
    beside = _across(_mid(body, ANKLES), _mid(body, HIPS), right)
    shift = ratio(beside, abs(apart))
    return -shift if side == "right" else shift


def hip_abduction(body: Body, side: Side, right: Point) -> float:
    """The line from hip to ankle from the trunk's midline, outward; the reading is the change from the calm start."""
    low, high = _frontal(_mid(body, HIPS), right), _frontal(_mid(body, SHOULDERS), right)
    hip, ankle = _frontal(body[HIP[side]], right), _frontal(body[ANKLE[side]], right)
    tx, ty = low[0] - high[0], low[1] - high[1]
    vx, vy = ankle[0] - hip[0], ankle[1] - hip[1]
    outward = degrees(atan2(tx * vy - ty * vx, tx * vx + ty * vy))  # + to the right, seen from in front of the person
    return outward if side == "right" else -outward


def hip_height(body: Body, side: Side | None, right: Point) -> float:
    """Mid-hip above the ankles; the reading is the share it has fallen from the calm start."""
    left, right_ankle = body["left_ankle"], body["right_ankle"]
    floor = middle(left, right_ankle)[2] if side is None else body[ANKLE[side]][2]
    return _mid(body, HIPS)[2] - floor


def knee_below_hip(body: Body, side: Side, right: Point) -> float:
    """How far the knee hangs below the hip; the reading is the share it has come up from the calm start."""
    return body[HIP[side]][2] - body[KNEE[side]][2]


def foot_clearance(body: Body, side: Side, right: Point) -> float:
    """The ankle above the other one by the height of the hips above that."""
    stance = body[ANKLE[other(side)]]
    return ratio(body[ANKLE[side]][2] - stance[2], _mid(body, HIPS)[2] - stance[2])


def stance_width(body: Body, side: Side | None, right: Point) -> float:
    """Distance of the ankles by distance of the hips, across."""
    ankles = _across(body["left_ankle"], body["right_ankle"], right)
    return ratio(ankles, _across(body["left_hip"], body["right_hip"], right))


def ear_above_shoulder(body: Body, side: Side, right: Point) -> float:
    """The ear above the shoulder by the trunk's length; the reading is its share of the calm start's."""
    ear, shoulder = body[EAR[side]], body[SHOULDER[side]]
    return ratio(ear[2] - shoulder[2], distance(_mid(body, HIPS), _mid(body, SHOULDERS)))


def elbow_from_side(body: Body, side: Side, right: Point) -> float:
    """The elbow outside the hip by the width of the shoulders."""
    out = _across(body[HIP[side]], body[ELBOW[side]], right)
    wide = _across(body["left_shoulder"], body["right_shoulder"], right)
    return ratio(-out if side == "left" else out, abs(wide))


def wrist_to_other_hip(body: Body, side: Side, right: Point) -> float:
    """From the wrist to the hip of the other side, by the width of the shoulders."""
    return _in_picture(body[WRIST[side]], body[HIP[other(side)]], body, right)


def wrist_to_other_ear(body: Body, side: Side, right: Point) -> float:
    """From the wrist to the ear of the other side, by the width of the shoulders."""
    return _in_picture(body[WRIST[side]], body[EAR[other(side)]], body, right)


def trunk_heading(body: Body, side: Side | None, right: Point) -> float:
    """Which way the shoulders' line points, seen from above; the reading is its turn from the calm start, + to `side`.

    Needs points in space: a picture from the front does not tell a turn to the left from one to the right.
    """
    left, right_one = body["left_shoulder"], body["right_shoulder"]
    heading = degrees(atan2(right_one[1] - left[1], right_one[0] - left[0]))
    return heading if side == "left" else -heading


def head_turn(body: Body, side: Side | None, right: Point) -> float:
    """The nose from the middle of the ears, across, as an angle; its change from the calm start, + to `side`.

    From the front by how far the nose leaves the middle of the ears, half their distance in the calm start being 90
    deg: an estimate, since ears are wider apart than the nose is long.
    """
    left, right_ear, nose = body["left_ear"], body["right_ear"], body["nose"]
    wide = distance(left, right_ear)
    offset = ratio(2.0 * _across(middle(left, right_ear), nose, right), wide)
    turned = degrees(asin(max(-1.0, min(1.0, offset)))) if not isnan(offset) else NAN
    return -turned if side == "left" else turned


def forearm_outward(body: Body, side: Side, right: Point) -> float:
    """The forearm from straight ahead, seen from above; + outward. Needs points in space.

    NaN where the forearm hangs or stands: seen from above it has no direction then.
    """
    elbow, wrist = body[ELBOW[side]], body[WRIST[side]]
    x, y = wrist[0] - elbow[0], wrist[1] - elbow[1]
    if hypot(x, y) < 0.15 * distance(elbow, wrist):
        return NAN
    out = right[0] * x + right[1] * y
    return degrees(atan2(-out if side == "left" else out, -right[1] * x + right[0] * y))


def forearm_raised(body: Body, side: Side, right: Point) -> float:
    """The forearm from hanging, 0 to 180 deg: what a turn of the upper arm about itself does to a bent arm."""
    elbow, wrist = body[ELBOW[side]], body[WRIST[side]]
    x, y, z = wrist[0] - elbow[0], wrist[1] - elbow[1], wrist[2] - elbow[2]
    return degrees(atan2(hypot(x, y), -z))


def _mid(body: Body, both: tuple[str, str]) -> Point:
    return middle(body[both[0]], body[both[1]])


def _across(a: Point, b: Point, right: Point) -> float:
    """How far b lies to the person's right of a."""
    return (b[0] - a[0]) * right[0] + (b[1] - a[1]) * right[1] + (b[2] - a[2]) * right[2]


def _frontal(point: Point, right: Point) -> tuple[float, float]:
    """A point as (to the person's right, up)."""
    return point[0] * right[0] + point[1] * right[1], point[2]


def _in_picture(a: Point, b: Point, body: Body, right: Point) -> float:
    (ax, az), (bx, bz) = _frontal(a, right), _frontal(b, right)
    wide = _across(body["left_shoulder"], body["right_shoulder"], right)
    return ratio(hypot(bx - ax, bz - az), abs(wide))

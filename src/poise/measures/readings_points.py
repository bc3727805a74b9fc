"""One frame of body points as plain tuples, and the few pieces of geometry that live readings are made of.

Plain Python on purpose: for one frame it is three times faster than arrays. A missing point is three NaN, and NaN goes
through every formula, so no reading has to ask what was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import atan2, degrees, isnan, sqrt
from typing import Literal

from poise.model import Side, Stream

Point = tuple[float, float, float]
Body = dict[str, Point]
View = Literal["3d", "sagittal", "frontal", "unknown"]

NAN = float("nan")
MISSING: Point = (NAN, NAN, NAN)
_SIDED = {
    "shoulder": ("shoulder_centre", "shoulder"), "elbow": ("elbow_centre", "elbow"),
    "wrist": ("wrist_centre", "wrist", "hand"), "hip": ("hip_centre", "greater_trochanter"),
    "knee": ("knee_centre", "knee"), "ankle": ("ankle_centre", "ankle"), "heel": ("heel",),
    "toe": ("toe", "hallux", "first_metatarsal", "fifth_metatarsal"), "ear": ("ear",),
}  # fmt: skip
ROLES: Mapping[str, tuple[str, ...]] = {
    f"{side}_{role}": tuple(f"{side}_{name}" for name in names)
    for side in ("left", "right")
    for role, names in _SIDED.items()
} | {"nose": ("nose",)}
"""What each part a reading asks for may be called in a BODY stream, the best first."""
ALL_MISSING: Mapping[str, Point] = dict.fromkeys(ROLES, MISSING)


def other(side: Side) -> Side:
    """The other side."""
    return "right" if side == "left" else "left"


def body_of(points: Mapping[str, Sequence[float]]) -> Body:
    """One frame for the readings, from points under the names of `poise.model.body`; what is missing becomes NaN."""
    body: Body = dict(ALL_MISSING)
    for role, names in ROLES.items():
        for name in names:
            if name in points:
                x, y, z = points[name]
                body[role] = (float(x), float(y), float(z))
                break
    return body


def bodies_of(stream: Stream) -> Iterator[Body]:
    """Every frame of a BODY stream, in order: the same as `body_of` of each, faster."""
    held = set(stream.channels)
    names = {role: next((name for name in ways if name in held), None) for role, ways in ROLES.items()}
    columns = [
        [MISSING] * len(stream.time_s) if name is None else list(map(tuple, stream[name].tolist()))
        for name in names.values()
    ]
    roles = tuple(names)
    for row in zip(*columns, strict=True):
        yield dict(zip(roles, row, strict=True))


def facing_vote(body: Body) -> float:
    """Which way the person faces in a picture from the side: 1 to its right, −1 to its left, NaN where unknown.

    The foot points forward of the shank in every posture, standing or lying; of both feet, and of nose and ear, the
    sum decides.
    """
    total = 0.0
    for side in ("left", "right"):
        knee, ankle = body[f"{side}_knee"], body[f"{side}_ankle"]
        heel, toe = body[f"{side}_heel"], body[f"{side}_toe"]
        start = ankle if isnan(heel[0]) else heel
        turn = _turn(ankle[0] - knee[0], ankle[2] - knee[2], toe[0] - start[0], toe[2] - start[2])
        total += 0.0 if isnan(turn) else turn
    if total == 0.0:
        for ear in (body["left_ear"], body["right_ear"]):
            ahead = body["nose"][0] - ear[0]
            total += 0.0 if isnan(ahead) else ahead
    return NAN if total == 0.0 else (1.0 if total > 0.0 else -1.0)


def _turn(ax: float, az: float, bx: float, bz: float) -> float:
    """Sine of the turn from one direction to another in the picture; + where the second lies to the right of a fall."""
    size = sqrt((ax * ax + az * az) * (bx * bx + bz * bz))
    return (ax * bz - az * bx) / size if size > 0.0 else NAN


def facing_of(bodies: Iterable[Body]) -> float:
    """Which way the person faces through a recording from the side: what most frames say."""
    votes = [vote for vote in map(facing_vote, bodies) if not isnan(vote)]
    return NAN if not votes else (1.0 if sum(votes) >= 0 else -1.0)


def rightward(body: Body, view: View, facing: float = NAN) -> Point:
    """The direction to the person's right, a unit vector; NaN where it cannot be known from this view.

    In space it runs from hip to hip (else shoulder to shoulder); from the side it stands on the picture, and `facing`
    says to which side of it; from the front it lies in the picture.
    """
    if view == "sagittal":
        return (0.0, -facing, 0.0)
    a, b = body["left_hip"], body["right_hip"]
    x, y, z = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    if isnan(x):
        a, b = body["left_shoulder"], body["right_shoulder"]
        x, y, z = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    if view == "frontal":
        return MISSING if isnan(y) or y == 0.0 else (0.0, 1.0 if y > 0.0 else -1.0, 0.0)
    size = sqrt(x * x + y * y + z * z)
    return (x / size, y / size, z / size) if size > 1e-9 else MISSING


def bend(a: Point, b: Point, c: Point) -> float:
    """Angle at b between the way from a and the way on to c: 0 where straight, 0 to 180 deg."""
    ax, ay, az = a
    bx, by, bz = b
    cx, cy, cz = c
    ux, uy, uz, vx, vy, vz = bx - ax, by - ay, bz - az, cx - bx, cy - by, cz - bz
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    return degrees(atan2(sqrt(nx * nx + ny * ny + nz * nz), ux * vx + uy * vy + uz * vz))


def signed_bend(a: Point, b: Point, c: Point, right: Point) -> float:
    """The same, seen along the person's right: positive where c lies forward of straight on, −180 to 180 deg."""
    ax, ay, az = a
    bx, by, bz = b
    cx, cy, cz = c
    ux, uy, uz, vx, vy, vz = bx - ax, by - ay, bz - az, cx - bx, cy - by, cz - bz
    rx, ry, rz = right
    turn = rx * (uy * vz - uz * vy) + ry * (uz * vx - ux * vz) + rz * (ux * vy - uy * vx)
    along = ux * vx + uy * vy + uz * vz - (ux * rx + uy * ry + uz * rz) * (vx * rx + vy * ry + vz * rz)
    return degrees(atan2(turn, along))


def middle(a: Point, b: Point) -> Point:
    """Halfway between two points; the one that was seen where the other was not."""
    ax, ay, az = a
    bx, by, bz = b
    x = 0.5 * (ax + bx)
    if isnan(x):
        return b if isnan(ax) else a
    return (x, 0.5 * (ay + by), 0.5 * (az + bz))


def distance(a: Point, b: Point) -> float:
    """How far apart two points are."""
    x, y, z = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    return sqrt(x * x + y * y + z * z)


def ratio(part: float, whole: float) -> float:
    """A share; NaN where the whole is nothing."""
    return part / whole if abs(whole) > 1e-9 else NAN


def both(left: float, right: float) -> float:
    """The mean of two sides; the one that was seen where the other was not."""
    if isnan(left):
        return right
    return left if isnan(right) else (left + right) / 2.0

"""Which way is up, and is the source right-handed? Found from the data or read; never assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import ForcePlate, Frame, Kind, Problem, Recording, Stream
from poise.signals import geometry

Array = NDArray[np.float64]

LAB = Frame(name="laboratory", up="+z")
BY_BODY = "the body: head and pelvis above the feet"
BY_FORCE = "the direction of the ground reaction force"
BY_FILE = "what the file says"
LEANING_DEG = 60.0
SNAP_DEG, SITTING_DEG = 20.0, 40.0
"""Laboratories have their axes along gravity: an up direction this near to an axis is that axis."""
UPPER = ("head", "c7", "sternum", "left_shoulder", "right_shoulder", "left_shoulder_centre", "right_shoulder_centre")
MIDDLE = (
    "sacrum", "pelvis_centre", "left_asis", "right_asis", "left_psis", "right_psis", "left_hip_centre",
    "right_hip_centre", "left_greater_trochanter", "right_greater_trochanter",
)  # fmt: skip
LOWER = (
    "left_ankle", "right_ankle", "left_ankle_centre", "right_ankle_centre", "left_heel", "right_heel",
    "left_toe", "right_toe",
)  # fmt: skip
VECTORS = (Kind.MARKERS, Kind.MODEL_POINTS, Kind.FORCE, Kind.CENTRE_OF_PRESSURE)
AXIAL = (Kind.MOMENT,)


@dataclass(frozen=True, kw_only=True)
class Orientation:
    """How the source's axes lie: which direction is up in them, how that was found, and what is in doubt.

    `matrix` turns a vector of the source into the body frame (right-handed, z up); its determinant is −1 where the
    source is left-handed.
    """

    up: str
    found_by: str
    matrix: Array
    problems: tuple[Problem, ...] = ()

    @property
    def mirrored(self) -> bool:
        """Whether the source is left-handed."""
        return bool(np.linalg.det(self.matrix) < 0)


def find_orientation(
    points: Mapping[str, Array], recording: Recording, read_up: str | None, *, by_user: bool = False
) -> Orientation | None:
    """Orientation of a recording from its named points (samples, 3), its plates and its forces; None without any.

    Parameters
    ----------
    points
        Positions in the source's axes under the names of `poise.model.body`, m; may be empty.
    recording
        Its plates and forces are asked where the points say nothing or contradict the file.
    read_up
        What the file or the user says is up. The user is believed. A file is believed unless the body stands along
        another axis and no force or plate speaks for the file, for the axis that a C3D file names is how its software
        drew the laboratory on the screen.
    by_user
        Whether the user, or a camera's own geometry, said `read_up`.
    """
    body, force = body_up(points), force_up(recording)
    seen, found_by = (body, BY_BODY) if body is not None else (force, BY_FORCE)
    if read_up is not None and (by_user or not _outvoted(axis_of(read_up), body, force, recording)):
        up, found_by, problems = axis_of(read_up), BY_FILE, _leaning(read_up, seen)
    elif seen is not None:
        up, problems = _snapped(seen, trunk_up(points), recording)
        problems += [_contradicts(read_up, up)] if read_up is not None else []
    else:
        return None
    matrix = geometry.rotation_between(up, geometry.Z_AXIS)
    if left_handed(points, up):
        matrix = np.diag([1.0, -1.0, 1.0]) @ matrix
        problems.append(_mirrored())
    return Orientation(up=_written(up), found_by=found_by, matrix=matrix, problems=tuple(problems))


def _outvoted(read_up: Array, body: Array | None, force: Array | None, recording: Recording) -> bool:
    """Whether the body stands along another axis than the file says, and nothing speaks for the file."""
    if body is None or geometry.angle_between(read_up, body) < LEANING_DEG:
        return False
    plates = [sign * normal for normal in _plate_normals(recording) for sign in (1.0, -1.0)]
    witnesses = [*plates, *([] if force is None else [force])]
    return not any(geometry.angle_between(read_up, witness) < SNAP_DEG for witness in witnesses)


def body_up(points: Mapping[str, Array]) -> Array | None:
    """The mean direction from the feet to the pelvis and on to the shoulders, shape (3,); None without those points.

    Fails, and is caught only where the file says what is up, for somebody who lies or does push-ups.
    """
    upper, middle, lower = (_level(points, names) for names in (UPPER, MIDDLE, LOWER))
    return _mean_direction(lower if lower is not None else middle, upper if upper is not None else middle)


def trunk_up(points: Mapping[str, Array]) -> Array | None:
    """The mean direction from the pelvis to the shoulders, shape (3,): upright too in somebody who sits."""
    return _mean_direction(_level(points, MIDDLE), _level(points, UPPER))


def _mean_direction(bottom: Array | None, top: Array | None) -> Array | None:
    if top is None or bottom is None or top is bottom:
        return None
    upright = top - bottom
    upright = upright[geometry.all_axes(np.isfinite(upright))]
    return _direction(np.median(upright, axis=0)) if len(upright) else None


def _direction(vector: Array) -> Array | None:
    """At length 1; None where it has no length."""
    direction = geometry.unit(vector)
    return direction if np.isfinite(direction).all() else None


def force_up(recording: Recording) -> Array | None:
    """The mean direction of the ground reaction force on the person, shape (3,); None without loaded samples."""
    if Kind.FORCE not in recording:
        return None
    total = np.nansum(recording[Kind.FORCE].values, axis=1)
    if total.shape[1] != 3 or not len(total):
        return None
    size = geometry.length(total)
    loaded = size > max(20.0, 0.2 * float(np.percentile(size, 99)))
    return _direction(total[loaded].mean(axis=0)) if loaded.sum() > 10 else None


def left_handed(points: Mapping[str, Array], up: Array) -> bool:
    """Whether forward × left points down: then the axes are left-handed, or left and right are exchanged."""
    forward, left = _forward(points), _left(points)
    if forward is None or left is None:
        return False
    turned = geometry.dot(np.cross(geometry.unit(forward), geometry.unit(left)), up)
    known = turned[np.isfinite(turned)]
    return bool(len(known) and np.median(known) < -0.3 and np.mean(known < 0) > 0.8)


def apply(recording: Recording, orientation: Orientation) -> dict[str, Stream]:
    """Every laboratory stream in the body frame. Moments are axial: a mirror reverses them against other vectors."""
    turned: dict[str, Stream] = {}
    handedness = -1.0 if orientation.mirrored else 1.0
    for key, stream in recording.streams.items():
        if stream.values.shape[2] != 3 or stream.kind not in (*VECTORS, *AXIAL):
            continue
        factor = handedness if stream.kind in AXIAL else 1.0
        turned[key] = replace(stream, values=rotated(stream.values, factor * orientation.matrix), frame=LAB)
    return turned


def rotated(values: Array, matrix: Array) -> Array:
    """Vectors (..., 3) by a matrix; where that changes nothing, the same array and no copy of it."""
    return values if np.array_equal(matrix, np.eye(3)) else values @ matrix.T


def turned_plates(recording: Recording, orientation: Orientation) -> tuple[ForcePlate, ...]:
    """The force plates in the body frame."""
    return tuple(replace(p, corners_m=p.corners_m @ orientation.matrix.T) for p in recording.plates)


def axis_of(up: str) -> Array:
    """``"+y"`` → (0, 1, 0); three numbers, written ``"0.1 0.2 0.97"``, are a direction."""
    if up[-1:].lower() in ("x", "y", "z"):
        sign = -1.0 if up[0] == "-" else 1.0
        return sign * np.asarray(geometry.AXES["xyz".index(up[-1].lower())])
    return geometry.unit([float(part) for part in up.split()])


def _leaning(read_up: str, seen: Array | None) -> list[Problem]:
    if seen is None or geometry.angle_between(axis_of(read_up), seen) < LEANING_DEG:
        return []
    return [
        Problem(
            what=f"By the file {read_up} is up, but the body does not stand that way.",
            where="orientation",
            do="Right for somebody who lies or leans; otherwise say which axis is up.",
        )
    ]


def _contradicts(read_up: str, up: Array) -> Problem:
    return Problem(
        what=f"The file says that {read_up} is up, but the body stands along {_written(up)}, which was taken.",
        where="orientation",
        do="If the person lay down, say which axis is up.",
    )


def _snapped(seen: Array, trunk: Array | None, recording: Recording) -> tuple[Array, list[Problem]]:
    """The axis that is up. Who sits has the feet before the body: there the trunk is the better witness."""
    axis, sign, off_deg = geometry.nearest_axis(seen)
    nearest: Array = sign * geometry.AXES[axis]
    trunk_off_deg = 180.0 if trunk is None else float(geometry.angle_between(trunk, nearest))
    if off_deg <= SNAP_DEG or (off_deg <= SITTING_DEG and trunk_off_deg <= SNAP_DEG):
        return nearest, []
    for normal in _plate_normals(recording):
        if (off := float(geometry.angle_between(normal, seen))) < SNAP_DEG or off > 180.0 - SNAP_DEG:
            return normal if off < 90.0 else -normal, []
    return seen, [
        Problem(
            what=f"No axis of the source points up: the nearest is {off_deg:.0f}° off the body's own upright.",
            where="orientation",
            do="Up was taken from the body's mean posture, good to a few degrees; say which axis is up if you know.",
        )
    ]


def _plate_normals(recording: Recording) -> list[Array]:
    return [
        geometry.unit(np.cross(plate.corners_m[1] - plate.corners_m[0], plate.corners_m[3] - plate.corners_m[0]))
        for plate in recording.plates
    ]


def _level(points: Mapping[str, Array], names: tuple[str, ...]) -> Array | None:
    held = [points[name] for name in names if name in points and np.isfinite(points[name]).any()]
    if not held:
        return None
    seen = np.isfinite(held)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle: Array = np.where(seen, held, 0.0).sum(axis=0) / seen.sum(axis=0)
    return middle


def _forward(points: Mapping[str, Array]) -> Array | None:
    """Forward by the body itself: from heel to toe of both feet, or from the back of the pelvis to its front."""
    pairs = [
        ("left_heel", "left_toe"),
        ("right_heel", "right_toe"),
        ("left_psis", "left_asis"),
        ("right_psis", "right_asis"),
    ]
    found = [points[front] - points[back] for back, front in pairs if back in points and front in points]
    return np.nansum(np.nan_to_num(found), axis=0) if found else None


def _left(points: Mapping[str, Array]) -> Array | None:
    pairs = [("left_asis", "right_asis"), ("left_hip_centre", "right_hip_centre"), ("left_psis", "right_psis"),
             ("left_shoulder", "right_shoulder"), ("left_shoulder_centre", "right_shoulder_centre")]  # fmt: skip
    found = [points[left] - points[right] for left, right in pairs if left in points and right in points]
    return np.sum(np.nan_to_num(found), axis=0) if found else None


def _mirrored() -> Problem:
    return Problem(
        what="The body is a mirror image: its left is where its right should be.",
        where="orientation",
        do="One horizontal axis was reversed, which is right for a source with left-handed axes. If left and "
        "right labels are exchanged instead, exchange them with --map.",
    )


def _written(up: Array) -> str:
    axis, sign, off_deg = geometry.nearest_axis(up)
    return f"{'+' if sign > 0 else '-'}{'xyz'[axis]}" if off_deg < 1e-6 else " ".join(f"{part:.4f}" for part in up)

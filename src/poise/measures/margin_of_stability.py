"""Margin of stability: how far the extrapolated centre of mass lies inside the edge of the foot (Hof 2005)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.measures.segment_axes import UP, Points, Seen, joint_point, midpoint, present
from poise.model import SIDES, Footstep, Side
from poise.signals import GRAVITY_M_S2

Array = NDArray[np.float64]

FURTHEST_SAMPLE_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Margin:
    """At one contact: metres that the extrapolated centre of mass lies inside the foot, to front and side."""

    side: Side
    time_s: float
    ap_m: float
    ml_m: float


@dataclass(frozen=True, kw_only=True, eq=False)
class CentreOfMass:
    """Where the centre of mass is, (samples, 3) m, and what it was taken from."""

    position: Array
    model: str


# Mass shares and centres (from the proximal end) of Winter 2009, table 4.1; the trunk carries head and neck.
_LEG_PARTS = (("hip", "knee", 0.100, 0.433), ("knee", "ankle", 0.0465, 0.433), ("ankle", "toe", 0.0145, 0.5))
_ARM_PARTS = (("shoulder", "elbow", 0.028, 0.436), ("elbow", "wrist", 0.022, 0.682))
_TRUNK_SHARE, _TRUNK_CENTRE = 0.578, 0.34
_TRUNK_AND_ARMS_SHARE, _TRUNK_AND_ARMS_CENTRE = 0.678, 0.374
"""Head, arms and trunk less the arms; centre from the shoulders down, of the line to the hips."""


def extrapolated_centre_of_mass(position: ArrayLike, velocity: ArrayLike, pendulum_m: ArrayLike) -> Array:
    """Centre of mass plus its velocity over the frequency of an inverted pendulum, √(g/l) [1]_.

    Parameters
    ----------
    position, velocity
        Shape (..., axes), m and m/s.
    pendulum_m
        Shape (...): distance from the ankle to the centre of mass.

    References
    ----------
    .. [1] Hof, Gazendam & Sinke 2005, J Biomech 38(1):1-8.
    """
    frequency = np.sqrt(GRAVITY_M_S2 / np.asarray(pendulum_m, dtype=np.float64))
    return np.asarray(position) + np.asarray(velocity) / frequency[..., None]


def centre_of_mass(points: Points) -> CentreOfMass | None:
    """The centre of mass: of segments where trunk and both legs were seen, else the pelvis; None without either.

    Segment masses and centres are Winter's (2009, table 4.1), of adults: a child's head weighs more. Arms that were
    not seen are counted with the trunk. The pelvis stands in with an error of 1 to 3 cm, most of it to the front.
    """
    segments = _segments(points)
    if segments is not None:
        return segments
    for name in ("hip_centre", "asis", "psis"):
        middle = midpoint(points, name)
        if middle is not None:
            return CentreOfMass(position=middle, model=f"middle of the pelvis ({name.replace('_', ' ')}s)")
    for name in ("pelvis_centre", "sacrum"):
        if present(points, name):
            return CentreOfMass(position=points[name], model=f"middle of the pelvis ({name.replace('_', ' ')})")
    return None


def margins_at_contact(
    seen: Seen, mass: CentreOfMass, contacts: Sequence[Footstep], belt_m_per_s: float = 0.0
) -> list[Margin]:
    """The margin at each foot contact whose foot, ankle and centre of mass were seen.

    Parameters
    ----------
    contacts
        Foot contacts with a side.
    belt_m_per_s
        Speed of the floor backwards: the velocity that counts is against the floor.

    Returns
    -------
    margins
        The front edge is the toe marker, the side edge the outermost of ankle, heel, toe and fifth metatarsal
        markers of the landing foot. Markers lie inside the shoe's edge: compare only within this method.
    """
    velocity = np.gradient(mass.position, seen.time_s, axis=0) + belt_m_per_s * seen.forward
    found = []
    for contact in contacts:
        at = _nearest(seen.time_s, contact.time_s)
        if contact.side is None or abs(seen.time_s[at] - contact.time_s) > FURTHEST_SAMPLE_S:
            continue
        edges = _edges(seen, contact.side, at)
        ankle = joint_point(seen.points, contact.side, "ankle")
        if edges is None or ankle is None:
            continue
        pendulum_m = np.linalg.norm(mass.position[at] - ankle[at])
        margin = edges - _axes(seen, contact.side, at) @ extrapolated_centre_of_mass(
            mass.position[at], velocity[at], pendulum_m
        )
        if np.isfinite(margin).all():
            found.append(Margin(side=contact.side, time_s=contact.time_s, ap_m=float(margin[0]), ml_m=float(margin[1])))
    return found


def _nearest(time_s: Array, moment_s: float) -> int:
    after = min(int(np.searchsorted(time_s, moment_s)), len(time_s) - 1)
    return after - 1 if after and moment_s - time_s[after - 1] < time_s[after] - moment_s else after


def _axes(seen: Seen, side: Side, at: int) -> Array:
    """Forward and outward of a foot, as the rows of a (2, 3) array."""
    outward = np.cross(seen.forward[at], UP) * (1.0 if side == "right" else -1.0)
    return np.stack((seen.forward[at], outward))


def _edges(seen: Seen, side: Side, at: int) -> Array | None:
    """How far the foot reaches forward and outward, shape (2,), m; None without a toe and one more point."""
    names = [f"{side}_{name}" for name in ("toe", "ankle", "heel", "fifth_metatarsal")]
    found = [seen.points[name][at] for name in names if name in seen.points]
    known = np.array([point for point in found if np.isfinite(point).all()])
    if len(known) < 2 or not present(seen.points, names[0]):
        return None
    return np.asarray((known @ _axes(seen, side, at).T).max(axis=0))


def _segments(points: Points) -> CentreOfMass | None:
    hips, shoulders = midpoint(points, "hip_centre"), _shoulders(points)
    legs = [_parts(points, side, _LEG_PARTS) for side in SIDES]
    if hips is None or shoulders is None or any(len(leg) != len(_LEG_PARTS) for leg in legs):
        return None
    arms = [part for side in SIDES for part in _parts(points, side, _ARM_PARTS)]
    whole_arms = len(arms) == 2 * len(_ARM_PARTS)
    share, centre = (_TRUNK_SHARE, _TRUNK_CENTRE) if whole_arms else (_TRUNK_AND_ARMS_SHARE, _TRUNK_AND_ARMS_CENTRE)
    parts = [(share, shoulders + centre * (hips - shoulders)), *legs[0], *legs[1]]
    parts += arms if whole_arms else []
    total = sum(share for share, _ in parts)
    position = np.sum([share * centre for share, centre in parts], axis=0) / total
    seen = "trunk, arms and legs" if whole_arms else "trunk and legs"
    return CentreOfMass(position=position, model=f"segments of {seen} (Winter 2009)")


def _parts(points: Points, side: Side, parts: tuple[tuple[str, str, float, float], ...]) -> list[tuple[float, Array]]:
    found = []
    for near, far, share, centre in parts:
        one, two = (joint_point(points, side, name) for name in (near, far))
        if one is not None and two is not None:
            found.append((share, one + centre * (two - one)))
    return found


def _shoulders(points: Points) -> Array | None:
    middle = midpoint(points, "shoulder_centre")
    return middle if middle is not None else midpoint(points, "shoulder")

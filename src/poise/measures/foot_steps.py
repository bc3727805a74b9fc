"""The swings of one foot: when it left and met the floor, how far it went, how it was held."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.measures.foot_signal import Foot
from poise.measures.foot_strapdown import Paths, find_paths
from poise.measures.foot_swings import Contacts, Movements, find_contacts, find_movements, pitch_axis
from poise.model.recording import Side

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Plausible strides of adults with and without disease: mobgap's official thresholds (measures.md 1.1.5).
SHORTEST_SWING_LENGTH_M = 0.15
LONGEST_STRIDE_LENGTH_M = 2.19
TURNING_DEG = 20.0


@dataclass(frozen=True, kw_only=True, eq=False)
class FootSteps:
    """The swings of one foot in order of time, each array of shape (swings,).

    `turned_deg` is how far the foot's heading changed from stance to stance (left positive); `strike_deg` and
    `push_deg` are the foot's pitch against its own flat stance at initial contact and at toe-off (toes up positive);
    `outward_m` is how far the sensor swung to the outside of the straight line, `highest_m` how high it rose.
    `follows` tells whether a swing comes next after the one before it, with no unreadable one between; `dropped`
    counts those: movements that went somewhere and were no readable swing, or went on without a rest.
    """

    side: Side
    toe_off_s: Array
    contact_s: Array
    length_m: Array
    turned_deg: Array
    strike_deg: Array
    push_deg: Array
    outward_m: Array
    highest_m: Array
    follows: Mask
    dropped: int

    @property
    def is_turn(self) -> Mask:
        """Swings in which the foot's heading changed by more than 20 deg (measures.md 1.1.2)."""
        turn: Mask = np.abs(self.turned_deg) > TURNING_DEG
        return turn


def find_steps(foot: Foot) -> FootSteps:
    """Every swing of a foot, the recording's first and last included."""
    movements = find_movements(foot)
    paths = find_paths(foot, movements)
    went = paths.length_m >= SHORTEST_SWING_LENGTH_M
    whole = went & ~_touches_gap(foot, movements)
    axis = _axis(foot, movements, paths, whole)
    contacts = find_contacts(foot, movements, axis)
    good = whole & _in_order(contacts) & (paths.length_m <= LONGEST_STRIDE_LENGTH_M)
    broken = np.cumsum(went & ~good)
    steps = _steps(foot, paths, contacts, axis, good)
    return replace(
        steps,
        follows=np.diff(broken[good], prepend=-1) == 0,
        dropped=int((went & ~good).sum()) + movements.unresting,
    )


def _touches_gap(foot: Foot, movements: Movements) -> Mask:
    missing = np.concatenate(([0], np.cumsum(foot.missing)))
    touches: Mask = missing[movements.stop + 1] > missing[movements.start]
    return touches


def _axis(foot: Foot, movements: Movements, paths: Paths, whole: Mask) -> Array:
    """The pitch axis from all whole swings together: the sensor is taken to sit still on the shoe."""
    if not whole.any():
        return np.array([0.0, 1.0, 0.0])
    up, forward = np.median(paths.up[whole], axis=0), np.median(paths.forward[whole], axis=0)
    up = up / np.linalg.norm(up)
    forward = forward - (forward @ up) * up
    return pitch_axis(foot, movements.only(whole), up, forward / np.linalg.norm(forward))


def _in_order(contacts: Contacts) -> Mask:
    with np.errstate(invalid="ignore"):
        return np.asarray(contacts.toe_off < contacts.initial_contact)


def _steps(foot: Foot, paths: Paths, contacts: Contacts, axis: Array, good: Mask) -> FootSteps:
    toe_off, contact = contacts.toe_off[good], contacts.initial_contact[good]
    sample = np.arange(len(foot.time_s), dtype=np.float64)
    outward = paths.leftmost_m if foot.side == "left" else paths.rightmost_m
    flat = np.cross(paths.up[good], axis)
    return FootSteps(
        side=foot.side,
        toe_off_s=np.interp(toe_off, sample, foot.time_s), contact_s=np.interp(contact, sample, foot.time_s),
        length_m=paths.length_m[good], turned_deg=paths.turned_deg[good],
        strike_deg=_pitch_deg(paths, flat, contact), push_deg=_pitch_deg(paths, flat, toe_off),
        outward_m=outward[good], highest_m=paths.highest_m[good],
        follows=np.ones(int(good.sum()), dtype=bool), dropped=0,
    )  # fmt: skip


def _pitch_deg(paths: Paths, ahead: Array, at: Array) -> Array:
    """Pitch of the foot at some samples: the angle of its own forward direction above the floor."""
    near = np.clip(np.round(at), 0, len(paths.up_along) - 1).astype(np.intp)
    rise = np.einsum("ni,ni->n", paths.up_along[near], ahead) / np.linalg.norm(ahead, axis=1)
    pitch: Array = np.degrees(np.arcsin(np.clip(rise, -1.0, 1.0)))
    return pitch

"""Left and right limbs that a pose network exchanges for a moment, seen by the leap that keeping the labels asks for.

In a side view the order of shoulders and hips tells nothing (`poise.cleaning.left_right`), and networks exchange two
legs, or two arms, alone: most often for a frame or two, where one hides the other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Place = tuple[float, ...]
Pairs = Sequence[tuple[Place, Place]]
"""Left and right of each pair of points in one frame; NaN where not seen."""

LIMBS: Mapping[str, tuple[str, ...]] = {
    "legs": ("knee_centre", "knee", "ankle_centre", "ankle", "heel", "toe", "hallux"),
    "arms": ("elbow_centre", "elbow", "wrist_centre", "wrist", "hand"),
}
CARRIED = {"legs": ("hip_centre", "hip"), "arms": ("shoulder_centre", "shoulder")}
"""Points that lie too close together to tell a leap, and go with their limb."""
COST_S = 1.3
"""Body heights a second that an exchange costs as long as it lasts: two leaps of 0.2 of the height in the mean, as of
legs in mid-stride, pay for 0.3 s. Then the network's own labels are believed again [design]."""
LONGEST_GAP_S = 0.12
"""After a longer one nobody can say from where the points came."""


@dataclass(frozen=True, kw_only=True)
class State:
    """What is remembered: the last frame's points, and what either labelling has cost so far (the cheaper one 0)."""

    before: tuple[tuple[Place, Place], ...] = ()
    time_s: float = -math.inf
    kept: float = 0.0
    exchanged: float = math.inf


def start() -> State:
    """Before the first frame."""
    return State()


def step(state: State, time_s: float, pairs: Pairs, height: float) -> tuple[State, bool]:
    """One frame: the new state, and whether its left and right are exchanged.

    The cheaper of two histories, each the sum of how far the points moved and of what an exchange costs a second. A
    labelling that was believed too long is given up by itself: nothing locks on to the wrong side. An exchange while
    the limbs lie on each other makes no leap and is not seen.

    Parameters
    ----------
    pairs
        The same pairs in every frame.
    height
        Of the body, in the unit of the points.
    """
    now = tuple(pairs)
    moved = _moved(state.before, now) if state.before and time_s - state.time_s <= LONGEST_GAP_S else None
    if moved is None:
        anything = any(_is_seen(pair) for pair in now)
        return (State(before=now, time_s=time_s) if anything else state), False
    stay, cross = moved[0] / height, moved[1] / height
    price = COST_S * (time_s - state.time_s)
    kept = min(state.kept + stay, state.exchanged + cross)
    exchanged = min(state.exchanged + stay, state.kept + cross) + price
    least = min(kept, exchanged)
    # A pair that is hidden is remembered where it was.
    before = tuple(new if _is_seen(new) else old for old, new in zip(state.before, now, strict=True))
    told = State(before=before, time_s=time_s, kept=kept - least, exchanged=exchanged - least)
    return told, exchanged < kept


def _is_seen(pair: tuple[Place, Place]) -> bool:
    return not math.isnan(pair[0][0] + pair[1][0])


def _moved(before: Pairs, now: Pairs) -> tuple[float, float] | None:
    """How far the points moved if the labels are right, and if the sides are exchanged: means over the pairs seen."""
    stay = cross = 0.0
    seen = 0
    for (left, right), (to_left, to_right) in zip(before, now, strict=True):
        straight = math.dist(left, to_left) + math.dist(right, to_right)
        if not math.isnan(straight):
            stay += straight
            cross += math.dist(left, to_right) + math.dist(right, to_left)
            seen += 1
    return (stay / seen, cross / seen) if seen else None


def exchanged_limbs(points: Mapping[str, Array], limb: str, time_s: Array, height: float) -> NDArray[np.bool_]:
    """In which samples the left and right of a limb are exchanged, shape (samples,): the fold of `step`.

    `points` by our names, shape (samples, axes); `limb` is ``legs`` or ``arms``.
    """
    names = [each for each in LIMBS[limb] if f"left_{each}" in points and f"right_{each}" in points]
    wrong = np.zeros(len(time_s), dtype=np.bool_)
    if not names or not height > 0.0:
        return wrong
    sides = [[list(map(tuple, points[f"{side}_{name}"].tolist())) for name in names] for side in ("left", "right")]
    state = start()
    for i, now in enumerate(time_s.tolist()):
        pairs = [(left[i], right[i]) for left, right in zip(*sides, strict=True)]
        state, wrong[i] = step(state, now, pairs, height)
    return wrong

"""Gait Profile Score: how far a person's whole curves lie from reference curves, in degrees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.measures.curves import percent_of
from poise.model import SIDES, Curve, Problem, Side

Array = NDArray[np.float64]

PELVIS = ("pelvis.tilt", "pelvis.obliquity", "pelvis.rotation")
LEG = ("hip.flexion", "hip.adduction", "hip.rotation", "knee.flexion", "ankle.dorsiflexion", "foot.progression")
VARIABLES = (*PELVIS, *LEG)
"""The nine variables of a side, Baker 2009."""
SAGITTAL = ("hip.flexion", "knee.flexion", "ankle.dorsiflexion")


NormCurves = Mapping[str, tuple[Array, Array]]
"""By curve (``knee.flexion``): the reference's mean and standard deviation at 101 points of the cycle."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A side's variable scores, or both sides', and the root of their mean square; degrees."""

    side: Side | None
    score: float
    variables: Mapping[str, float]
    strides: int


def variable_score(curve: ArrayLike, reference: ArrayLike) -> float:
    """Gait variable score: root mean square difference of two mean curves over the cycle, in their unit [1]_.

    NaN where either holds a NaN.

    References
    ----------
    .. [1] Baker et al. 2009, Gait Posture 30(3):265-269.
    """
    apart = np.asarray(curve, dtype=np.float64) - np.asarray(reference, dtype=np.float64)
    return float(np.sqrt(np.mean(apart**2)))


def profile_score(variable_scores: ArrayLike) -> float:
    """Root mean square (not the mean) of variable scores: the Gait Profile Score when they are Baker's nine."""
    scores = np.asarray(variable_scores, dtype=np.float64)
    return float(np.sqrt(np.mean(scores**2))) if scores.size else float("nan")


def profiles(curves: Sequence[Curve], norms: NormCurves, variables: Sequence[str] = VARIABLES) -> Iterator[Profile]:
    """A profile for each side that has all `variables`, then both together.

    Both together take the pelvis once, from the left side: 15 variables in place of 18 (Baker 2009).
    """
    sides = {side: _scores(curves, norms, variables, side) for side in SIDES}
    for side, scores in sides.items():
        if scores:
            yield Profile(side=side, score=profile_score(list(scores.values())), variables=scores,
                          strides=_fewest(curves, variables, side))  # fmt: skip
    left, right = sides["left"], sides["right"]
    if left and right:
        both = [*left.values(), *(value for name, value in right.items() if name not in PELVIS)]
        strides = min(_fewest(curves, variables, side) for side in SIDES)
        yield Profile(side=None, score=profile_score(both), variables={}, strides=strides)


def cannot_score(curves: Sequence[Curve], norms: NormCurves) -> Problem | None:
    """Why there is no Gait Profile Score: which curves are missing, here or in the reference; None if there is one."""
    held = {one.curve for one in curves}
    missing = [name for name in VARIABLES if name not in held]
    unknown = [name for name in VARIABLES if name not in norms]
    if not missing and not unknown:
        return None
    reason = f"were not measured: {', '.join(missing)}" if missing else f"have no reference curve: {', '.join(unknown)}"
    return Problem(
        what=f"No Gait Profile Score: of its nine variables, some {reason}.",
        where="gait.profile_score",
        do="It needs pelvis, thigh, knee, shank and foot markers on both sides; the single curves are still given.",
    )


def _scores(curves: Sequence[Curve], norms: NormCurves, variables: Sequence[str], side: Side) -> dict[str, float]:
    """Every variable's score; empty unless all of them can be scored."""
    found = {}
    for name in variables:
        own = percent_of(curves, name, side)
        if own is None or name not in norms:
            return {}
        found[name] = variable_score(own.mean, norms[name][0])
    return found if np.isfinite(list(found.values())).all() else {}


def _fewest(curves: Sequence[Curve], variables: Sequence[str], side: Side) -> int:
    return min((one.n for one in curves if one.curve in variables and one.side == side), default=0)

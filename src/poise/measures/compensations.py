"""What the body does besides: leans, hikes, drops and shifts of one repetition, against its own start posture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.quality import Anchors
from poise.measures.quality_signals import Key, Posture
from poise.model import SIDES, Side

Array = NDArray[np.float64]

START_S = 0.15
"""The start posture is the median of this long from the repetition's first sample on: a movement leaves it slowly."""
LEAST_SEEN = 0.5
"""With less of a repetition seen, its peak may not have been [design]."""
NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Compensation:
    """One compensation of one repetition.

    `value` is the deviation from the start posture that is largest in size, with its sign: forward, towards the working
    side (towards the right where both work), medial, up and lowered are positive. `typical` is its mean size over the
    repetition. `error` is one standard error of the source.
    """

    name: str
    label: str
    value: float
    unit: str
    typical: float
    error: float


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How a compensation is read and what is too much of it.

    `high` costs nothing, at `limit` nothing is left; both from measures.md 3.6 [design]. `only` keeps the side that
    counts: a hike or a knee inward is one-sided, falling shoulders are none. `arms` and `legs` say in which movements
    it is a compensation and not the movement itself.
    """

    signal: str
    label: str
    unit: str
    high: float
    limit: float
    only_positive: bool = False
    arms: bool = True
    legs: bool = True
    scale: float = 1.0


RULES = {
    "trunk_lean": Rule(
        signal="trunk_forward", label="trunk lean forward", unit="deg", high=10.0, limit=30.0, legs=False
    ),
    "trunk_lean_side": Rule(signal="trunk_side", label="trunk lean sideways", unit="deg", high=5.0, limit=20.0),
    "trunk_turn": Rule(signal="trunk_turn", label="trunk turn", unit="deg", high=15.0, limit=45.0),
    "trunk_shift": Rule(
        signal="shoulders_ahead", label="trunk shifted forward", unit="m", high=0.05, limit=0.20, legs=False
    ),
    "knee_inward": Rule(
        signal="knee_inward", label="knee inward", unit="deg", high=10.0, limit=25.0, only_positive=True, arms=False
    ),
    "pelvic_drop": Rule(signal="pelvis_drop", label="pelvis off level", unit="deg", high=5.0, limit=15.0),
    "shoulder_hike": Rule(
        signal="shoulder_rise", label="shoulder hike", unit="%", high=10.0, limit=25.0, only_positive=True, legs=False
    ),
    "weight_shift": Rule(signal="hips_aside", label="weight shift", unit="%", high=10.0, limit=25.0),
    "heel_lift": Rule(
        signal="heel_rise", label="heel lift", unit="m", high=0.02, limit=0.06, only_positive=True, arms=False
    ),
}  # fmt: skip
"""Every compensation by its measure's name."""


def start_of(values: Array, rate_hz: float) -> float:
    """The start posture of a signal over one repetition: the median of its first 150 ms; NaN where not seen."""
    first = values[: max(1, round(START_S * rate_hz))]
    known = first[np.isfinite(first)]
    return float(np.median(known)) if len(known) else NAN


def compensations(posture: Posture, side: Side | None) -> tuple[Compensation, ...]:
    """The compensations of one repetition, from its posture signals.

    Parameters
    ----------
    posture
        Of this repetition alone (`Posture.between`).
    side
        The working side; None where both work.

    Returns
    -------
    found
        Those whose signal was seen for at least half the repetition; one of a pair of limbs is the larger of both where
        both work, the working side's else.
    """
    return tuple(_found(posture, side))


def _found(posture: Posture, side: Side | None) -> Iterator[Compensation]:
    for name, rule in RULES.items():
        candidates = [
            _deviation(posture, key, rule, name, mirror=side == "left" and key[1] is None)
            for key in _keys(posture, rule.signal, side)
        ]
        seen = [each for each in candidates if each is not None]
        if seen:
            yield max(seen, key=lambda each: abs(each.value))


def _keys(posture: Posture, signal: str, side: Side | None) -> tuple[Key, ...]:
    if (signal, None) in posture.signals:
        return ((signal, None),)
    wanted = SIDES if side is None else (side,)
    return tuple((signal, each) for each in wanted if (signal, each) in posture.signals)


def _deviation(posture: Posture, key: Key, rule: Rule, name: str, *, mirror: bool) -> Compensation | None:
    values = posture.signals[key]
    known = np.isfinite(values)
    away = values - start_of(values, posture.rate_hz)
    if len(values) < 3 or known.mean() < LEAST_SEEN or not np.isfinite(away).any():
        return None
    # What lies towards the right lies towards a working left side as its negative, except a shift ahead.
    away = -away if mirror and rule.signal not in {"trunk_forward", "shoulders_ahead"} else away
    away = np.maximum(away, 0.0) if rule.only_positive else away
    worst = int(np.nanargmax(np.abs(away)))
    return Compensation(
        name=name, label=rule.label, value=float(away[worst]), unit=rule.unit,
        typical=float(np.nanmean(np.abs(away))), error=posture.error_of(rule.signal),
    )  # fmt: skip


def anchors_of(name: str) -> Anchors:
    """The rule of thumb for a compensation, as anchors of its size: bands are the same to both sides."""
    rule = RULES[name]
    return Anchors(low=0.0, high=rule.high, worst_high=rule.limit, source="rule of thumb, measures.md 3.6")


def fppa_deg(hip: Array, knee: Array, ankle: Array, side: Side) -> float:
    """Frontal-plane projection angle in a picture of a person who faces the camera; + with the knee towards the middle.

    Parameters
    ----------
    hip, knee, ankle
        Image points (2,): x to the right of the picture, y **down**; any unit. Joint centres.
    side
        Whose leg: the person's right leg stands on the left of the picture.

    Returns
    -------
    angle_deg
        180° minus the included angle, signed; NaN where a point is missing or a segment has no length.

    Notes
    -----
    A projection: a hip that turns inward while it bends looks the same. Standard error 2° to 4° between sessions.

    References
    ----------
    .. [1] Willson & Davis 2008, J Orthop Sports Phys Ther 38(10):606-615.
    """
    h, k, a = (np.asarray(point, dtype=np.float64) for point in (hip, knee, ankle))
    thigh, shank = h - k, a - k
    sizes = float(np.linalg.norm(thigh) * np.linalg.norm(shank))
    if not sizes > 0.0:
        return NAN
    cross = float(thigh[0] * shank[1] - thigh[1] * shank[0])
    bend = 180.0 - float(np.degrees(np.arctan2(abs(cross), float(thigh @ shank))))
    # With y down and the hip above the ankle, a knee to the right of the line from hip to ankle has a negative cross.
    to_the_right = -np.sign(cross)
    return float(bend * (to_the_right if side == "right" else -to_the_right))

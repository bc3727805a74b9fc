"""What a condition judges: a value of one side, of both together, or of one side against the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.model.finding import Condition, Feature
from poise.model.measurement import Curve, Measurement
from poise.model.recording import SIDES, Side

Array = NDArray[np.float64]
NAN = float("nan")
FEWEST_FOR_INTERVAL = 3
SMALLEST_WHOLE = 1e-9
OTHER: Mapping[Side, Side] = {"left": "right", "right": "left"}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One value to judge, with its doubt.

    `random_error` is the standard error of the mean over strides (0 where one stride cannot tell it), `sd` the spread
    from stride to stride, `own_error` the error that the measuring method states for itself. `this` and `other` are
    the two sides of a difference. `differs` says whether the interval of a difference leaves out zero; None where too
    few strides could be seen to make one.
    """

    side: Side | None
    value: float
    n: int
    sd: float
    random_error: float
    own_error: float
    valid_fraction: float
    because: tuple[Measurement, ...]
    this: float = NAN
    other: float = NAN
    differs: bool | None = None


def subjects(condition: Condition, measurements: Sequence[Measurement]) -> tuple[Subject, ...]:
    """Every value in a recording that this condition can judge; none where it was not measured.

    A value that is not finite, or in another unit than the rule's, is no value, whoever sent it.
    """
    held = {
        each.side: each
        for each in measurements
        if each.measure == condition.measure
        and each.unit == condition.unit
        and np.isfinite(each.value)
        and not (condition.not_by and condition.not_by in each.method)
    }
    if not held:
        return ()
    if condition.sides == "difference":
        return tuple(_differences(condition, held, measurements))
    if condition.sides == "signed":
        return (_signed(condition, held[None]),) if None in held else ()
    if condition.sides == "together":
        return (_together(held),)
    return tuple(_alone(held[side]) for side in (*SIDES, None) if side in held)


def _alone(measured: Measurement) -> Subject:
    return Subject(
        side=measured.side, value=measured.value, n=measured.n, sd=_spread(measured),
        random_error=_standard_error(measured), own_error=measured.error,
        valid_fraction=measured.valid_fraction, because=(measured,),
    )  # fmt: skip


def _signed(condition: Condition, measured: Measurement) -> Subject:
    """The size of a difference that was measured as left − right, on the side with less ("below") or more ("above")."""
    more: Side = "left" if measured.value >= 0 else "right"
    side = more if condition.direction == "above" else OTHER[more]
    return replace(_alone(measured), side=side, value=abs(measured.value))


def _together(held: Mapping[Side | None, Measurement]) -> Subject:
    """The value of both sides: the one measured so, or else the mean of the sides that were seen."""
    if None in held:
        return _alone(held[None])
    each = [held[side] for side in SIDES if side in held]
    errors = [one.error for one in each if np.isfinite(one.error)]
    random = np.array([_standard_error(one) for one in each])
    spread = np.array([_spread(one) for one in each])
    return Subject(
        side=None, value=float(np.mean([one.value for one in each])), n=sum(one.n for one in each),
        sd=float(np.sqrt(np.mean(spread**2))), random_error=float(np.sqrt(np.sum(random**2)) / len(each)),
        own_error=max(errors, default=NAN), valid_fraction=min(one.valid_fraction for one in each),
        because=tuple(each),
    )  # fmt: skip


def _differences(
    condition: Condition, held: Mapping[Side | None, Measurement], measurements: Sequence[Measurement]
) -> Iterator[Subject]:
    """Each side against the other; positive where this one is off in the condition's direction."""
    if not {"left", "right"} <= held.keys():
        return
    for side in SIDES:
        this, other = held[side], held[OTHER[side]]
        whole = {"": 100.0, "mean": 0.5 * (this.value + other.value), "larger": max(this.value, other.value)}
        # Nothing is a share of a whole that is nothing, or next to it.
        if not whole[condition.percent_of] > SMALLEST_WHOLE:
            continue
        scale = 100.0 / whole[condition.percent_of]
        apart = (this.value - other.value) * (1.0 if condition.direction == "above" else -1.0)
        random = float(np.hypot(_standard_error(this), _standard_error(other)))
        yield Subject(
            side=side, value=apart * scale, n=min(this.n, other.n), sd=NAN, random_error=random * scale,
            own_error=NAN if condition.percent_of else max(_finite((this.error, other.error)), default=NAN),
            valid_fraction=min(this.valid_fraction, other.valid_fraction), because=(this, other),
            this=this.value, other=other.value, differs=_differs(this, other, random, measurements),
        )  # fmt: skip


def _differs(this: Measurement, other: Measurement, random: float, measurements: Sequence[Measurement]) -> bool | None:
    """Whether the 95 % interval of the difference leaves out zero: bootstrap where measured, else Welch's."""
    name = f"{this.measure}_asymmetry"
    bootstrap = next((each for each in measurements if each.measure == name and np.isfinite(each.low)), None)
    if bootstrap is not None:
        return bool(bootstrap.low > 0 or bootstrap.high < 0)
    if min(this.n, other.n) < FEWEST_FOR_INTERVAL or not (np.isfinite(_spread(this)) and np.isfinite(_spread(other))):
        return None
    if random == 0:
        return True
    return bool(abs(this.value - other.value) > _welch_quantile(this, other, random) * random)


def _welch_quantile(this: Measurement, other: Measurement, random: float) -> float:
    from scipy.special import stdtrit

    # As shares of the whole, so that no spread is too small or too large to be squared.
    shares = (np.array([_standard_error(this), _standard_error(other)]) / random) ** 2
    freedom = 1.0 / np.sum(shares**2 / np.array([this.n - 1, other.n - 1]))
    return float(stdtrit(freedom, 0.975))


def _spread(measured: Measurement) -> float:
    """Standard deviation over strides; NaN where there is none to be had."""
    return measured.sd if measured.n > 1 and np.isfinite(measured.sd) and measured.sd >= 0 else NAN


def _standard_error(measured: Measurement) -> float:
    spread = _spread(measured)
    return spread / float(np.sqrt(measured.n)) if np.isfinite(spread) else 0.0


def _finite(values: Iterable[float]) -> Iterator[float]:
    return (value for value in values if np.isfinite(value))


def stride_values(feature: Feature | None, side: Side | None, curves: Sequence[Curve]) -> Array:
    """The feature in every cycle of its curve, shape (n,); empty where the curve was not seen on this side."""
    if feature is None:
        return np.empty(0)
    curve = next((each for each in curves if each.curve == feature.curve and each.side == side), None)
    if curve is None or curve.cycles.ndim != 2 or curve.cycles.shape[1] != 101:
        return np.empty(0)
    part = curve.cycles[:, feature.start_percent : feature.end_percent + 1]
    part = part[np.isfinite(part).all(axis=1)]
    if not len(part):
        return np.empty(0)
    if feature.take == "rom":
        return np.asarray(np.ptp(part, axis=1))
    if feature.take == "mean":
        return np.asarray(part.mean(axis=1))
    return np.asarray(part.max(axis=1) if feature.take == "max" else part.min(axis=1))

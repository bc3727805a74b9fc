"""Errors of repeated judgements of a position: absolute, constant, variable; drift within a series of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Errors:
    """What repeated judgements say, in the unit of the position.

    `absolute` is the mean size of the errors, `constant` their mean (the bias, response − target), `variable` their
    standard deviation about it (population, so that ``rms² = constant² + variable²``); `n` how many trials.
    """

    absolute: float
    constant: float
    variable: float
    n: int

    @property
    def rms(self) -> float:
        """Root mean square error."""
        return float(np.hypot(self.constant, self.variable))


def errors(responses: ArrayLike, targets: ArrayLike) -> Errors:
    """Errors of responses against their targets.

    Parameters
    ----------
    responses, targets
        One value a trial, shape (trials,), or one target for all. A trial with NaN is left out.

    Returns
    -------
    errors
        All NaN, with n = 0, where no trial is whole.

    Notes
    -----
    The absolute error mixes bias and scatter; read all three [1]_.

    References
    ----------
    .. [1] Schmidt & Lee 2011, Motor Control and Learning, 5th ed., chapter 2.
    """
    response = np.asarray(responses, dtype=np.float64)
    error = (response - np.broadcast_to(np.asarray(targets, dtype=np.float64), response.shape)).ravel()
    error = error[np.isfinite(error)]
    if not len(error):
        return Errors(absolute=NAN, constant=NAN, variable=NAN, n=0)
    return Errors(
        absolute=float(np.mean(np.abs(error))), constant=float(np.mean(error)), variable=float(np.std(error)),
        n=len(error),
    )  # fmt: skip


def pooled(parts: Iterable[Errors]) -> Errors:
    """The errors of several series taken together, exactly as if all trials had been one series."""
    held = [part for part in parts if part.n > 0]
    n = sum(part.n for part in held)
    if not n:
        return Errors(absolute=NAN, constant=NAN, variable=NAN, n=0)
    constant = sum(part.n * part.constant for part in held) / n
    squares = sum(part.n * (part.variable**2 + part.constant**2) for part in held) / n
    return Errors(
        absolute=sum(part.n * part.absolute for part in held) / n, constant=constant,
        variable=float(np.sqrt(max(0.0, squares - constant**2))), n=n,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Judgements:
    """Repeated judgements of one unknown position: what needs no target.

    `mean`, `variable` (population SD), `drift` (mean of the second half − mean of the first), `slope` (per judgement).
    """

    mean: float
    variable: float
    drift: float
    slope: float
    n: int


def judgements(values: ArrayLike, *, first: int | None = None) -> Judgements:
    """What a series of judgements says without knowing the truth; NaN is left out.

    Parameters
    ----------
    values
        In order of time, shape (n,).
    first
        How many belong to the first part, for the drift; half of them where not said. The drift is NaN where a part is
        empty, the scatter with fewer than two.
    """
    given = np.asarray(values, dtype=np.float64)
    cut = len(given) // 2 if first is None else first
    early, late = (part[np.isfinite(part)] for part in (given[:cut], given[cut:]))
    known = np.isfinite(given)
    n = int(known.sum())
    at = np.arange(len(given))[known]
    slope = float(np.polyfit(at, given[known], 1)[0]) if n > 2 else NAN
    return Judgements(
        mean=float(given[known].mean()) if n else NAN, variable=float(given[known].std()) if n > 1 else NAN,
        drift=float(late.mean() - early.mean()) if len(early) and len(late) else NAN, slope=slope, n=n,
    )  # fmt: skip


def laser_error_deg(offset_m: ArrayLike, distance_m: float) -> Array:
    """Angle of a head laser's offset from its target, deg: atan(offset / distance).

    Notes
    -----
    At 0.90 m an offset of 7.1 cm is the customary limit of 4.5 deg (Revel et al. 1991, Arch Phys Med Rehabil 72:288).
    NaN where the offset is missing or the distance is not positive.
    """
    offset = np.asarray(offset_m, dtype=np.float64)
    return np.asarray(np.degrees(np.arctan(offset / distance_m)) if distance_m > 0.0 else np.full(offset.shape, NAN))


def laser_offset_m(angle_deg: ArrayLike, distance_m: float) -> Array:
    """The offset that a laser's angle makes at a distance, m; undoes `laser_error_deg`."""
    return np.asarray(np.tan(np.radians(np.asarray(angle_deg, dtype=np.float64))) * distance_m)

"""Left against right: the indices in use, each by its own name, and how sure a difference is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
NAN = float("nan")
FEWEST_FOR_INTERVAL = 3
MANY = 200
"""Beyond so many strides the mean of a resample is normal for any purpose, and is drawn as that: cost stays small."""


def symmetry_ratio(left: float, right: float) -> float:
    """Larger over smaller, 1 when equal; NaN unless both are positive (Patterson et al. 2010, Gait Posture 31:241)."""
    return max(left, right) / min(left, right) if left > 0 and right > 0 else NAN


def symmetry_index(left: ArrayLike, right: ArrayLike) -> Array:
    """Robinson's index, %: 100 · (L − R) / (½ (L + R)); 0 when equal, positive when the left is larger.

    NaN where the two add up to nothing. It is inflated near zero and can pass ±100 when the signs differ
    (Robinson et al. 1987, J Manipulative Physiol Ther 10:172).
    """
    left, right = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    mean = 0.5 * (left + right)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(np.abs(mean) > 0, 100.0 * (left - right) / mean, NAN))


def asymmetry_by_larger(left: float, right: float) -> float:
    """100 · (L − R) / max(L, R), %; within ±100 for positive values, NaN otherwise."""
    return 100.0 * (left - right) / max(left, right) if left > 0 and right > 0 else NAN


def normalised_difference(left: float, right: float) -> float:
    """100 · (L − R) / (L + R), %: half of Robinson's index."""
    return float(symmetry_index(left, right)) / 2.0


def gait_asymmetry(left: float, right: float) -> float:
    """Plotnik's gait asymmetry, %: 100 · abs(ln(min / max)), made for swing times; NaN unless both are positive."""
    return 100.0 * float(np.log(max(left, right) / min(left, right))) if left > 0 and right > 0 else NAN


def symmetry_angle(left: float, right: float) -> float:
    """Zifchock's symmetry angle, %: 100 · (45° − atan(L / R)) / 90°; negative when the left is larger.

    Zifchock et al. 2008, Gait Posture 27:622; values of opposite sign are wrapped into ±100.
    """
    angle_deg = float(np.degrees(np.arctan2(left, right)))
    percent = 100.0 * (45.0 - angle_deg) / 90.0
    return percent - 200.0 if percent > 100.0 else percent


def phase_coordination_index(long_swing_contacts_s: ArrayLike, short_swing_contacts_s: ArrayLike) -> float:
    """How evenly and steadily the two feet alternate, %; 0 = exactly half a cycle apart, every time.

    Parameters
    ----------
    long_swing_contacts_s, short_swing_contacts_s
        Initial contacts of the foot with the longer mean swing, and of the other foot, seconds, rising.

    Returns
    -------
    pci_percent
        CV(φ) + 100 · mean abs(φ − 180°) / 180°, φ = 360° · (short − long_i) / (long_{i+1} − long_i), sample SD.
        NaN with fewer than two cycles that hold exactly one contact of the other foot.

    References
    ----------
    .. [1] Plotnik, Giladi & Hausdorff 2007, Exp Brain Res 181:561-570.
    """
    phases_deg = phase_deg(long_swing_contacts_s, short_swing_contacts_s)
    if len(phases_deg) < 2:
        return NAN
    variation = 100.0 * np.std(phases_deg, ddof=1) / np.mean(phases_deg)
    return float(variation + 100.0 * np.mean(np.abs(phases_deg - 180.0)) / 180.0)


def phase_deg(reference_contacts_s: ArrayLike, other_contacts_s: ArrayLike) -> Array:
    """Where in each cycle of one foot the other lands, deg; cycles without exactly one such contact are left out."""
    reference, other = np.asarray(reference_contacts_s, dtype=np.float64), np.asarray(other_contacts_s, np.float64)
    first = np.searchsorted(other, reference[:-1], side="right")
    whole = np.searchsorted(other, reference[1:], side="left") - first == 1
    landed = other[first[whole]]
    return np.asarray(360.0 * (landed - reference[:-1][whole]) / (reference[1:] - reference[:-1])[whole])


@dataclass(frozen=True, kw_only=True)
class Asymmetry:
    """Robinson's index of two sides with its doubt: standard error and 95 % interval over strides, all in %."""

    percent: float
    error: float
    low: float
    high: float

    @property
    def is_real(self) -> bool:
        """Whether the interval leaves out zero; never true where no interval could be made."""
        return bool(self.low > 0 or self.high < 0)


def asymmetry(left: ArrayLike, right: ArrayLike, *, draws: int = 1000, seed: int = 20070213) -> Asymmetry:
    """Robinson's index of the two sides' means, with a bootstrap interval over strides.

    Parameters
    ----------
    left, right
        One value a stride or step, shape (n,); NaN values are left out.
    draws, seed
        Resamples of the strides of each side, and where the random numbers start: the same data, the same interval.

    Returns
    -------
    asymmetry
        `error`, `low` and `high` are NaN with fewer than three values a side: two strides cannot show their spread.

    Notes
    -----
    Percentiles are expanded for few strides [1]_, since a plain bootstrap of n values is too narrow by √((n − 1)/n)
    and knows no t distribution. Strides in a row are not quite independent, so the interval is still a little narrow.

    References
    ----------
    .. [1] Hesterberg 2015, Am Stat 69(4):371-386, section 3.3.
    """
    left, right = _present(left), _present(right)
    if not len(left) or not len(right):
        return Asymmetry(percent=NAN, error=NAN, low=NAN, high=NAN)
    percent = float(symmetry_index(left.mean(), right.mean()))
    fewest = min(len(left), len(right))
    if fewest < FEWEST_FOR_INTERVAL:
        return Asymmetry(percent=percent, error=NAN, low=NAN, high=NAN)
    random = np.random.default_rng(seed)
    resampled = symmetry_index(_resampled_means(left, draws, random), _resampled_means(right, draws, random))
    low, high = np.nanpercentile(resampled, _expanded_percentiles(fewest))
    error = float(np.std(resampled, ddof=1) * np.sqrt(fewest / (fewest - 1)))
    return Asymmetry(percent=percent, error=error, low=float(low), high=float(high))


def _present(values: ArrayLike) -> Array:
    array = np.asarray(values, dtype=np.float64)
    return array[np.isfinite(array)]


def _resampled_means(values: Array, draws: int, random: np.random.Generator) -> Array:
    if len(values) > MANY:
        return np.asarray(random.normal(values.mean(), values.std() / np.sqrt(len(values)), draws))
    return np.asarray(values[random.integers(0, len(values), (draws, len(values)))].mean(axis=1))


def _expanded_percentiles(n: int) -> tuple[float, float]:
    from scipy.special import ndtr, stdtrit

    tail = float(ndtr(np.sqrt(n / (n - 1)) * stdtrit(n - 1, 0.025)))
    return 100.0 * tail, 100.0 * (1.0 - tail)

"""When one foot swings, and when it leaves and meets the floor: found from its sensor's angular rate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.measures.foot_signal import Foot, restlessness_deg_s, runs_of, turning_deg_s
from poise.signals.filters import lowpass_offline

Array = NDArray[np.float64]
Index = NDArray[np.intp]

WALKING_DEG_S = 50.0
STILL_SHARE_OF_SWING = 0.2
STILL_LIMITS_DEG_S = (15.0, 90.0)
REALLY_STILL_SHARE = 0.5
# Beyond the 0.1 s over which restlessness is taken: 0.15 s in all, the usual window of zero-velocity detectors.
SHORTEST_REST_S = 0.05
REST_SEARCH_S = 0.5
LONGEST_SWING_S = 2.14
PITCH_CUTOFF_HZ = 20.0
REAL_LOBE_SHARE = 0.25
REAL_PUSH_SHARE = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Movements:
    """Every stretch in which the foot moved, from the still moment before it to the still moment after it.

    `start` and `stop` are samples, shape (movements,): the moments of least turning, where the foot is taken to stand.
    `unresting` counts the stretches that went on for longer than any swing does, and are not among them.
    """

    start: Index
    stop: Index
    unresting: int = 0

    def __len__(self) -> int:
        return len(self.start)

    def only(self, kept: NDArray[np.bool_]) -> Movements:
        """Those of the movements where `kept` is True."""
        return Movements(start=self.start[kept], stop=self.stop[kept])


@dataclass(frozen=True, kw_only=True, eq=False)
class Contacts:
    """When the foot left and met the floor in each movement, in samples, shape (movements,); NaN where not seen."""

    toe_off: Array
    initial_contact: Array


def find_movements(foot: Foot) -> Movements:
    """The foot's movements, each between two still moments.

    A foot is still while its restlessness (`restlessness_deg_s`) is under a fifth of what a typical swing of the same
    person turns, so that slow and shuffling walkers are parted as well as brisk ones. In each still stretch the moment
    of least restlessness within half a second of the movement is taken for standing; a stretch that never falls under
    half the limit is no rest but a foot about to land.

    Notes
    -----
    The share of a fifth, its limits (15 and 90 deg/s) and the half are design choices. It fails where the foot never
    rests between swings: in running, in very fast walking, or with a sensor that is loose on the shoe.
    """
    turning = turning_deg_s(foot.angular_velocity, foot.rate_hz)
    first, last = runs_of(turning > WALKING_DEG_S)
    if len(first) == 0:
        return Movements(start=first, stop=last)
    limit = float(np.clip(STILL_SHARE_OF_SWING * _typical_swing(turning, first, last), *STILL_LIMITS_DEG_S))
    return _between_still_moments(restlessness_deg_s(foot), limit, foot.rate_hz)


def _typical_swing(turning: Array, first: Index, last: Index) -> float:
    """How fast the foot turns in a typical swing: the median of the peaks, those of mere fidgeting left out."""
    peaks = np.array([turning[low:high].max() for low, high in zip(first, last, strict=True)])
    return float(np.median(peaks[peaks >= 0.5 * np.quantile(peaks, 0.9)]))


def _between_still_moments(restlessness: Array, limit: float, rate_hz: float) -> Movements:
    first, last = runs_of(_without_false_rests(restlessness, limit, round(SHORTEST_REST_S * rate_hz)))
    search = max(1, round(REST_SEARCH_S * rate_hz))
    earliest = np.maximum(np.concatenate(([0], last[:-1])), first - search)
    latest = np.minimum(np.concatenate((first[1:], [len(restlessness)])), last + search)
    # A movement that is cut off by either end of the recording has no still moment there.
    whole = (earliest < first) & (last < latest)
    start = [
        low + int(np.argmin(restlessness[low:high])) for low, high in zip(earliest[whole], first[whole], strict=True)
    ]
    stop = [low + int(np.argmin(restlessness[low:high])) for low, high in zip(last[whole], latest[whole], strict=True)]
    movements = Movements(start=np.array(start, dtype=np.intp), stop=np.array(stop, dtype=np.intp))
    short = (movements.stop - movements.start) <= (LONGEST_SWING_S + 2 * REST_SEARCH_S) * rate_hz
    return replace(movements.only(short), unresting=int((~short).sum()))


def _without_false_rests(restlessness: Array, limit: float, shortest: int) -> NDArray[np.bool_]:
    """Where the foot moves: everywhere but in rests that last and that become really still.

    A foot about to land turns neither way for a moment; a foot that stands comes to rest and stays so.
    """
    moving = restlessness > limit
    for first, last in zip(*runs_of(~moving), strict=True):
        if last - first < shortest or restlessness[first:last].min() > REALLY_STILL_SHARE * limit:
            moving[first:last] = True
    return moving


def pitch_axis(foot: Foot, movements: Movements, up: Array, forward: Array) -> Array:
    """The sensor's direction about which the foot lifts its toes, shape (3,), found from how it moved.

    Parameters
    ----------
    up, forward
        Shape (3,): against gravity and along the walk while the foot stands, sensor axes, of unit length.

    Returns
    -------
    axis
        The main axis of turning during the movements (first principal component of the angular rate), made level
        and pointed to the foot's right, so that a positive rate lifts the toes. Where it lies more than 45 deg
        from the walk's own right hand (a sensor that hardly pitched), the right hand is given instead.
    """
    right = np.cross(forward, up)
    moving = np.zeros(len(foot.angular_velocity) + 1, dtype=np.int32)
    np.add.at(moving, movements.start, 1)
    np.add.at(moving, movements.stop, -1)
    rates = foot.angular_velocity[np.cumsum(moving[:-1]) > 0]
    _, vectors = np.linalg.eigh(rates.T @ rates)
    axis = vectors[:, -1] - (vectors[:, -1] @ up) * up
    size = float(np.linalg.norm(axis))
    if size < 1e-6:
        return right / np.linalg.norm(right)
    axis = axis / size
    towards_right = float(axis @ right)
    if abs(towards_right) < np.sqrt(0.5):
        return right / np.linalg.norm(right)
    return axis if towards_right > 0 else -axis


def find_contacts(foot: Foot, movements: Movements, axis: Array) -> Contacts:
    """Toe-off and initial contact of each movement, from the rate at which the foot pitches.

    Parameters
    ----------
    axis
        From `pitch_axis`.

    Returns
    -------
    contacts
        In samples, with fractions; NaN for a movement without a swing in it.

    Notes
    -----
    In swing the foot turns toes-up; in push-off and after heel contact toes-down. Initial contact is the moment the
    toes-up turn of swing ends (the pitch rate falls through zero): the floor's reaction on the heel is what turns it
    back. Terminal contact is the last dip of the pitch rate before swing, where push-off lets go. Both are features
    of Mariani et al. [1]_ and Falbriard et al. [2]_, who found the dip the best mark of terminal contact. A swing
    counts with a quarter of the largest toes-up turn of its movement; a dip with half of the deepest.

    Where it fails: a foot that lands flat or toes first levels before it lands, so contact comes early; walking
    backwards turns the rules about; a foot dragged without pitching has no contacts at all.

    References
    ----------
    .. [1] Mariani et al. 2013, Gait Posture 37(2):229-234.
    .. [2] Falbriard et al. 2018, Front Physiol 9:610.
    """
    if len(movements) == 0:
        return Contacts(toe_off=np.empty(0), initial_contact=np.empty(0))
    rate_rad_s = foot.angular_velocity @ axis
    smooth = lowpass_offline(rate_rad_s, foot.rate_hz, min(PITCH_CUTOFF_HZ, 0.4 * foot.rate_hz))
    lift_off, touch = _swing_lobes(smooth, movements)
    return Contacts(toe_off=_last_dip(rate_rad_s, movements, lift_off), initial_contact=touch)


def _swing_lobes(rate: Array, movements: Movements) -> tuple[Array, Array]:
    """Where the toes-up turn of each movement begins and ends: zero crossings of the pitch rate, in samples."""
    rising = np.flatnonzero((rate[:-1] <= 0) & (rate[1:] > 0))
    falling = np.flatnonzero((rate[:-1] > 0) & (rate[1:] <= 0))
    falling = falling[np.searchsorted(falling, rising[0]) :] if len(rising) else falling[:0]
    rising = rising[: len(falling)]
    angle = np.concatenate(([0.0], np.cumsum(rate)))
    turned = angle[falling + 1] - angle[rising + 1]
    owner = _owner(movements, rising, falling)
    largest = np.zeros(len(movements))
    np.maximum.at(largest, owner[owner >= 0], turned[owner >= 0])
    real = (owner >= 0) & (turned >= REAL_LOBE_SHARE * largest[owner])
    return _first_and_last(len(movements), owner[real], _crossing(rate, rising[real]), _crossing(rate, falling[real]))


def _owner(movements: Movements, first: Index, last: Index) -> Index:
    """Which movement holds each stretch; −1 for none."""
    owner = np.searchsorted(movements.start, first, side="right") - 1
    held = (owner >= 0) & (last < movements.stop[np.maximum(owner, 0)])
    return np.where(held, owner, -1)


def _crossing(rate: Array, before: Index) -> Array:
    share: Array = rate[before] / (rate[before] - rate[before + 1])
    return before + share


def _first_and_last(count: int, owner: Index, begins: Array, ends: Array) -> tuple[Array, Array]:
    first, last = np.full(count, np.nan), np.full(count, np.nan)
    first[owner[::-1]] = begins[::-1]
    last[owner] = ends
    return first, last


def _last_dip(rate: Array, movements: Movements, before: Array) -> Array:
    """The last deep dip of the pitch rate between each movement's start and `before`, in samples."""
    dips = np.flatnonzero((rate[1:-1] < rate[:-2]) & (rate[1:-1] <= rate[2:]) & (rate[1:-1] < 0)) + 1
    owner = _owner(movements, dips, dips)
    early = (owner >= 0) & (dips < before[owner])
    dips, owner = dips[early], owner[early]
    deepest = np.zeros(len(movements))
    np.minimum.at(deepest, owner, rate[dips])
    deep = rate[dips] <= REAL_PUSH_SHARE * deepest[owner]
    found = np.full(len(movements), np.nan)
    found[owner[deep]] = _vertex(rate, dips[deep])
    return found


def _vertex(rate: Array, at: Index) -> Array:
    """The lowest point of the parabola through three samples, in samples."""
    bend = rate[at - 1] - 2.0 * rate[at] + rate[at + 1]
    lean = rate[at - 1] - rate[at + 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(bend > 0, 0.5 * lean / bend, 0.0)
    vertex: Array = at + np.clip(shift, -0.5, 0.5)
    return vertex

"""Steps from the lower back: where the pelvis is lowest, which foot it falls towards, and a rhythm, weighed together.

Three cues of a footfall, each known from mechanics, are put on one scale and the likeliest sequence of steps is found:

* the pelvis is lowest in the middle of double support, once a step (inverted pendulum; Zijlstra & Hof 2003 [1]_);
* it moves sideways towards the foot that lands, so its sideways velocity alternates from step to step
  (MacKinnon & Winter 1993 [2]_);
* steps follow one another in a rhythm, as far as the walk has one (autocorrelation; Moe-Nilssen & Helbostad 2004 [3]_).

References
----------
.. [1] Zijlstra & Hof 2003, Gait Posture 18(2):1-10.
.. [2] MacKinnon & Winter 1993, J Biomech 26(6):633-644.
.. [3] Moe-Nilssen & Helbostad 2004, J Biomech 37(1):121-126.
.. [4] Perry & Burnfield 2010, Gait Analysis: double support is 10 % of the cycle at each end of stance.
.. [5] Micó-Amigo et al. 2023, J NeuroEng Rehabil 20:78: limits of step time (Mobilise-D).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.measures.lumbar_axes import Axes
from poise.measures.lumbar_filters import bandpass
from poise.model.recording import SIDES, Side

Array = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class StepSettings:
    """Settings of the step finder. None was fitted to recordings of the lower back with reference contacts.

    Attributes
    ----------
    low_hz, high_hz
        Step frequencies that are looked at: 30 to 180 steps/min [5]_.
    sway_low_hz, sway_high_hz
        Of the sideways movement, whose rhythm is the stride's: 0.3 Hz is a stride of 3 s [5]_.
    shortest_step_s, longest_step_s
        200 steps/min, above any walking cadence; 2.12 s is Mobilise-D's upper limit [5]_.
    window_s
        Stretch over which rhythm and usual size are taken: four to ten steps, the shortest bout Mobilise-D counts.
    sway_weight, rhythm_weight, missed_step
        A full-sized dip counts 1. Full sway towards the landing foot counts as much; so does a dip that must be
        overlooked because two landings of one foot follow each other, and (nearly: (ln 2)² twice) one that would cut a
        perfectly rhythmic step in half. All are 1: the cues are trusted alike.
    half_double_support
        From initial contact to the middle of double support, share of the step: half of 20 % [4]_. In nine marker
        walks with force-plate contacts (shared data, none with a lumbar sensor) the median is 0.10 of the step.
    """

    low_hz: float = 0.5
    high_hz: float = 3.0
    dip_high_hz: float = 5.0
    sway_low_hz: float = 0.3
    sway_high_hz: float = 2.0
    shortest_step_s: float = 0.3
    longest_step_s: float = 2.12
    window_s: float = 6.0
    sway_weight: float = 1.0
    rhythm_weight: float = 1.0
    missed_step: float = 1.0
    half_double_support: float = 0.10


@dataclass(frozen=True, kw_only=True, eq=False)
class Steps:
    """Initial contacts in order of time: seconds from the start of the signal, and which foot landed.

    `left` is True for a left foot. `missed_before` marks a contact before which one of the other foot was overlooked.
    """

    time_s: Array
    left: NDArray[np.bool_]
    missed_before: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.time_s)

    def side(self, i: int) -> Side:
        """The foot that landed at contact i."""
        return SIDES[0] if self.left[i] else SIDES[1]

    def kept(self, mask: NDArray[np.bool_]) -> Steps:
        """Some of them; where one in between was left out, the next follows a gap."""
        at = np.flatnonzero(mask)
        gap = np.concatenate(([True], np.diff(at) > 1)) if len(at) else np.zeros(0, bool)
        return Steps(time_s=self.time_s[at], left=self.left[at], missed_before=self.missed_before[at] | gap)


SHORTEST_S = 1.5
"""Two steps at least; shorter stretches cannot be filtered."""
NO_STEPS = Steps(time_s=np.zeros(0), left=np.zeros(0, bool), missed_before=np.zeros(0, bool))


def find_steps(axes: Axes, rate_hz: float, settings: StepSettings | None = None) -> Steps:
    """Initial contacts and the foot that made them, in a stretch of walking.

    Parameters
    ----------
    axes
        Acceleration along up and left, m/s², evenly sampled, without gaps.
    rate_hz
        Samples a second.

    Returns
    -------
    steps
        Empty where the stretch is too short to filter (1.5 s).

    Notes
    -----
    Where it fails: steps without any dip of the pelvis (sliding feet), several steps within one second, and standing
    that sways as much as walking does: it finds steps in anything, so give it walking only (`lumbar_bouts`).
    """
    chosen = settings or StepSettings()
    if len(axes.vertical) < SHORTEST_S * rate_hz:
        return NO_STEPS
    push = bandpass(axes.vertical, rate_hz, chosen.low_hz, chosen.high_hz)
    height = _twice_integrated(axes.vertical, rate_hz, (chosen.low_hz, chosen.dip_high_hz))
    dips, depth = _dips(height, chosen.window_s, rate_hz)
    if len(dips) < 2:
        return NO_STEPS
    period_s, rhythm = _rhythm_at(dips, push, rate_hz, chosen.window_s)
    sway = _sway_at(dips, axes.leftward, rate_hz, chosen)
    places = _Dips(time_s=dips / rate_hz, depth=depth, sway=sway, period_s=period_s, rhythm=rhythm)
    chain, left, missed = _likeliest(places, chosen)
    middle_s = _at_push(dips[chain], push, rate_hz, chosen.shortest_step_s / 2.0)
    time_s = middle_s - chosen.half_double_support * _usual_step_s(middle_s, chosen.longest_step_s)
    return Steps(time_s=time_s, left=left, missed_before=missed)


def _twice_integrated(acceleration: Array, rate_hz: float, band: tuple[float, float]) -> Array:
    """Displacement, drift taken off after each integration; two band passes leave a step's phase where it was."""
    velocity = np.cumsum(bandpass(acceleration, rate_hz, *band)) / rate_hz
    velocity = bandpass(velocity, rate_hz, *band)
    return bandpass(np.cumsum(velocity) / rate_hz, rate_hz, *band)


def _dips(height: Array, window_s: float, rate_hz: float) -> tuple[Index, Array]:
    """Every lowest point and its depth, 1 for that of a steady wave with the spread that is usual around it."""
    from scipy.signal import find_peaks

    found, shape = find_peaks(-height, prominence=0.0)
    steady = 2.0 * np.sqrt(2.0) * _spread(height, window_s, rate_hz)[found]
    return found, np.minimum(1.0, shape["prominences"] / np.maximum(steady, 1e-9))


def _spread(signal: Array, window_s: float, rate_hz: float) -> Array:
    """Root mean square over a window about each sample."""
    from scipy.ndimage import uniform_filter1d

    width = min(len(signal), max(1, round(window_s * rate_hz)))
    return np.asarray(np.sqrt(np.maximum(uniform_filter1d(signal**2, width, mode="nearest"), 0.0)))


def _sway_at(dips: Index, leftward: Array, rate_hz: float, settings: StepSettings) -> Array:
    """Sideways velocity at the dips, left positive, 1 for the peak of a steady sway."""
    band = settings.sway_low_hz, settings.sway_high_hz
    velocity = np.cumsum(bandpass(leftward, rate_hz, *band)) / rate_hz
    velocity = bandpass(velocity, rate_hz, *band)
    steady = np.sqrt(2.0) * _spread(velocity, settings.window_s, rate_hz)
    return np.asarray(np.clip(velocity[dips] / np.maximum(steady[dips], 1e-9), -1.0, 1.0))


STEP_LAGS_S = (0.35, 1.3)
"""46 to 171 steps/min: the cadences in which Mobilise-D accepts a bout are 40 to 173."""
SHARE_OF_BEST = 0.7
"""The shortest lag that is at least this share of the best is the step; a limp makes the stride's peak higher."""


def _rhythm_at(dips: Index, push: Array, rate_hz: float, window_s: float) -> tuple[Array, Array]:
    """The step time of the walk around each dip and how regular it is, 0 to 1 (autocorrelation at that lag)."""
    starts = np.arange(0, len(push), max(1, round(rate_hz)))
    periods_s, regularities = step_rhythm(_windows(push, starts, round(window_s * rate_hz)), rate_hz)
    near = np.clip(np.round(dips / max(1, round(rate_hz))).astype(int), 0, len(starts) - 1)
    return periods_s[near], regularities[near]


def _windows(signal: Array, centres: Index, width: int) -> Array:
    padded = np.pad(signal, (width // 2, width - width // 2))
    return np.lib.stride_tricks.sliding_window_view(padded, width)[centres]


def step_rhythm(windows: Array, rate_hz: float) -> tuple[Array, Array]:
    """Step time and regularity of stretches of vertical acceleration, shape (stretches, samples).

    Returns
    -------
    period_s, regularity
        Shape (stretches,). Regularity is the unbiased autocorrelation at the step time, 0 where there is no rhythm;
        the period is then of no meaning.
    """
    from scipy.signal import find_peaks

    samples = windows.shape[1]
    longest = min(samples // 2, round(STEP_LAGS_S[1] * rate_hz) + 2)
    centred = windows - windows.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * samples, axis=1)
    alike = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, axis=1)[:, :longest]
    alike /= np.maximum(alike[:, :1], 1e-12) * (1.0 - np.arange(longest) / samples)
    first = round(STEP_LAGS_S[0] * rate_hz)
    periods_s, regularities = np.ones(len(windows)), np.zeros(len(windows))
    for i, curve in enumerate(alike):
        peaks = find_peaks(curve[first - 1 :])[0] + first - 1
        if len(peaks) and curve[peaks].max() > 0.0:
            lag = peaks[np.flatnonzero(curve[peaks] >= SHARE_OF_BEST * curve[peaks].max())[0]]
            periods_s[i], regularities[i] = lag / rate_hz, min(1.0, curve[lag])
    return periods_s, regularities


@dataclass(frozen=True, kw_only=True, eq=False)
class _Dips:
    """Every place where a step may be: its time, how deep it is, which way the sway goes, and the rhythm around it."""

    time_s: Array
    depth: Array
    sway: Array
    period_s: Array
    rhythm: Array


@dataclass(slots=True)
class _Best:
    """The best sequence of steps that ends at a dip on one side: its worth, and what came before."""

    worth: float
    before: int
    side_before: int
    missed: bool

    def outdone_by(self, worth: float, before: int, side_before: int, *, missed: bool) -> None:
        """Take over the better way to get here."""
        if worth > self.worth:
            self.worth, self.before, self.side_before, self.missed = worth, before, side_before, missed


def _likeliest(dips: _Dips, settings: StepSettings) -> tuple[Index, NDArray[np.bool_], NDArray[np.bool_]]:
    """The sequence of dips and sides of greatest worth (dynamic programming; side 0 is left).

    A link from one landing to the next of the other foot costs rhythm × (ln(step time / usual step time))². A link
    to the same foot costs `missed_step` more, and its time is that of two steps. A pause longer than the longest step
    costs `missed_step`. Linear in the number of dips.
    """
    seconds, usual = dips.time_s.tolist(), np.log(dips.period_s).tolist()
    weight = (settings.rhythm_weight * dips.rhythm).tolist()
    depth, toward = dips.depth.tolist(), (settings.sway_weight * dips.sway).tolist()
    table: list[tuple[_Best, _Best]] = []
    far, pause = 0, _Best(worth=0.0, before=-1, side_before=0, missed=True)
    for i, now_s in enumerate(seconds):
        while now_s - seconds[far] > settings.longest_step_s:
            for side in (0, 1):
                pause.outdone_by(table[far][side].worth - settings.missed_step, far, side, missed=True)
            far += 1
        best = replace(pause), replace(pause)
        for j in range(far, i):
            between_s = now_s - seconds[j]
            if between_s < settings.shortest_step_s:
                break
            late = math.log(between_s) - usual[i]
            step, stride = weight[i] * late**2, weight[i] * (late - LN_2) ** 2 + settings.missed_step
            for side in (0, 1):
                best[side].outdone_by(table[j][1 - side].worth - step, j, 1 - side, missed=False)
                best[side].outdone_by(table[j][side].worth - stride, j, side, missed=True)
        best[0].worth += depth[i] + toward[i]
        best[1].worth += depth[i] - toward[i]
        table.append(best)
    return _traced(table)


LN_2 = math.log(2.0)


def _traced(table: list[tuple[_Best, _Best]]) -> tuple[Index, NDArray[np.bool_], NDArray[np.bool_]]:
    i, side = max(((i, side) for i in range(len(table)) for side in (0, 1)), key=lambda at: table[at[0]][at[1]].worth)
    chain: list[tuple[int, int, bool]] = []
    while i >= 0:
        best = table[i][side]
        chain.append((i, side, best.missed))
        i, side = best.before, best.side_before
    chain.reverse()
    dips, sides, missed = zip(*chain, strict=True)
    return np.array(dips, np.intp), np.array(sides) == 0, np.array(missed, bool)


def _at_push(dips: Index, push: Array, rate_hz: float, reach_s: float) -> Array:
    """The moment of greatest upward push near each dip, between samples; the dip itself where there is none.

    The push has the same fundamental as the dip and is measured, not integrated, so its moment is the sharper one.
    Within half the shortest step no two dips can share a push.
    """
    from scipy.signal import find_peaks

    peaks = find_peaks(push)[0]
    if not len(peaks):
        return dips / rate_hz
    after = np.clip(np.searchsorted(peaks, dips), 1, max(len(peaks) - 1, 1))
    before = after - 1
    after = np.minimum(after, len(peaks) - 1)
    nearest = np.where(np.abs(peaks[after] - dips) < np.abs(peaks[before] - dips), peaks[after], peaks[before])
    refined = nearest + _between_samples(push, nearest)
    return np.asarray(np.where(np.abs(nearest - dips) <= reach_s * rate_hz, refined, dips) / rate_hz)


def _between_samples(signal: Array, peak: Index) -> Array:
    """How far from its sample a peak lies, by the parabola through its neighbours, -0.5 to 0.5."""
    left, middle, right = (signal[np.clip(peak + shift, 0, len(signal) - 1)] for shift in (-1, 0, 1))
    bend = left - 2.0 * middle + right
    return np.clip(np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, -1.0), 0.0), -0.5, 0.5)


def _usual_step_s(time_s: Array, longest_step_s: float) -> Array:
    """The median of the four steps around each contact; a pause is not a step."""
    between = np.diff(time_s)
    between = np.where(between <= longest_step_s, between, np.nan)
    if not np.isfinite(between).any():
        return np.zeros(len(time_s))
    padded = np.pad(between, 2, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 4)
    ordered = np.sort(around, axis=1)
    known = np.isfinite(ordered).sum(axis=1)
    row = np.arange(len(ordered))
    usual = (ordered[row, np.maximum(known - 1, 0) // 2] + ordered[row, np.minimum(known // 2, 3)]) / 2.0
    return np.where(known > 0, usual, float(np.nanmedian(between)))

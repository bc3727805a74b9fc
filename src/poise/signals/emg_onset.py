"""When a muscle switches on and off: published detectors side by side, on a cleaned signal of one channel.

All work offline, on whole recordings, and give stretches of samples. `DETECTORS` names them; `DEFAULT` is the one that
the validation on simulated bursts chose (docs/muscles.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.signals.emg import Rest, centred_mean, tkeo, trailing_mean
from poise.signals.events import Stretches, stretches
from poise.signals.filters import lowpass_offline

Array = NDArray[np.float64]
Single = NDArray[np.float32]
Mask = NDArray[np.bool_]

FALSE_ALARM = 1e-7
"""Chance that one window of rest alone is called active."""
WINDOW_S = 0.05
MERGE_S = 0.1
SHORTEST_S = 0.05
SEARCH_S = 0.15
RISES_S = (0.0, 0.025, 0.05, 0.1)


def first_exceeding_window(values: ArrayLike, window: int, threshold: float) -> tuple[int, int] | None:
    """The first window of so many samples whose mean is above a threshold: its first and its last sample.

    The onset of Hodges & Bui is the last one: only then is the window full of what exceeds. None where there is none.
    """
    exceeds = np.flatnonzero(trailing_mean(values, window) > threshold * (1.0 + 1e-9))
    return (int(exceeds[0]) - window + 1, int(exceeds[0])) if len(exceeds) else None


def hodges_bui(signal: ArrayLike, rate_hz: float, rest: Rest, *, h: float = 3.0, window_s: float = 0.025) -> Stretches:
    """Rectified, smoothed at 50 Hz; on where the mean of 25 ms exceeds mean + h SD of the same signal at rest.

    References
    ----------
    .. [1] Hodges & Bui 1996, Electroencephalogr Clin Neurophysiol 101:511.
    """
    x = np.abs(np.asarray(signal, dtype=np.float64))
    smooth = lowpass_offline(x, rate_hz, 50.0) if rate_hz > 110.0 else x
    return _above_rest(smooth, rate_hz, rest, h=h, window_s=window_s)


def tkeo_hodges(signal: ArrayLike, rate_hz: float, rest: Rest, *, h: float = 8.0, window_s: float = 0.025) -> Stretches:
    """Teager–Kaiser energy of the 30–300 Hz band, smoothed at 50 Hz; on where 25 ms exceed mean + h SD of rest.

    References
    ----------
    .. [1] Li & Aruin 2005, IEEE EMBS; Solnik et al. 2010, Eur J Appl Physiol 110:489.
    """
    x = np.asarray(signal, dtype=np.float64)
    if rate_hz > 620.0:
        x = lowpass_offline(x, rate_hz, 300.0)
    energy = np.abs(tkeo(x))
    smooth = lowpass_offline(energy, rate_hz, 50.0) if rate_hz > 110.0 else energy
    return _above_rest(smooth, rate_hz, rest, h=h, window_s=window_s)


def double_threshold(
    signal: ArrayLike, rate_hz: float, rest: Rest, *, false_alarm: float = 0.05, needed: int = 3, of: int = 5
) -> Stretches:
    """On where `needed` of `of` successive energies exceed a threshold set by the chance of a false alarm.

    The signal is whitened by the rest's own prediction filter; two neighbouring samples make one energy, which at rest
    is χ² with two degrees of freedom.

    References
    ----------
    .. [1] Bonato, D'Alessio & Knaflitz 1998, IEEE Trans Biomed Eng 45:287.
    """
    white = _whitened(np.asarray(signal, dtype=np.float64), rest)
    quiet = rest.samples(len(white))
    power = float(np.nanmean(white[quiet] ** 2)) or 1.0
    pairs = len(white) // 2
    energy = (white[: 2 * pairs] ** 2).reshape(pairs, 2).sum(axis=1) / power
    threshold = -2.0 * np.log(false_alarm)
    enough = trailing_mean((energy > threshold).astype(np.float64), of) >= needed / of - 1e-9
    mask = np.zeros(len(white), dtype=bool)
    mask[: 2 * pairs] = np.repeat(enough, 2)
    return _tidied(mask, rate_hz)


def profile_likelihood(signal: ArrayLike, rate_hz: float, rest: Rest) -> Stretches:
    """Energy alarm, then the edge by the profile likelihood of two Laplacian levels of Teager–Kaiser energy.

    References
    ----------
    .. [1] Selvan et al. 2018, Med Eng Phys 61:69 (one onset in a given stretch; no threshold and no parameter).
    """
    x = np.asarray(signal, dtype=np.float64)
    alarms, energy = energy_alarm(x, rate_hz, rest), tkeo(np.where(np.isfinite(x), x, 0.0))
    searches = _searches(alarms, len(x), rate_hz, energy)
    return _merged(_moved(alarms, searches, _laplacian_edges(energy, searches)), rate_hz)


def variance_change(signal: ArrayLike, rate_hz: float, rest: Rest) -> Stretches:
    """Energy alarm, then the most likely moment of a sudden change of variance (AGLR, step).

    References
    ----------
    .. [1] Staude, Flachenecker, Daumer & Wolf 2001, EURASIP J Appl Signal Process 2001:67.
    """
    return _by_likelihood(signal, rate_hz, rest, rises_s=(0.0,))


def variance_rise(signal: ArrayLike, rate_hz: float, rest: Rest) -> Stretches:
    """The same with a sudden or a gradual rise (AGLR, step or ramp of up to 100 ms), whichever is likeliest."""
    return _by_likelihood(signal, rate_hz, rest, rises_s=RISES_S)


def energy_alarm(signal: ArrayLike, rate_hz: float, rest: Rest, *, false_alarm: float = FALSE_ALARM) -> Stretches:
    """On where the power of 50 ms exceeds what rest reaches by chance; its edges are early and late by up to 25 ms.

    At rest, the power of a window is nearly χ² with as many degrees of freedom as its own spread tells: noise of a
    narrow band, or with a heart in it, raises the threshold by itself.
    """
    x = np.asarray(signal, dtype=np.float64)
    power = centred_mean(np.where(np.isfinite(x), x, 0.0) ** 2, max(1, round(WINDOW_S * rate_hz))) / rest.power
    high = _alarm_level(power, rest, false_alarm)
    low = 1.0 + 0.4 * (high - 1.0)
    return _hysteresis(power, low, high, rate_hz)


DETECTORS: Mapping[str, Callable[[ArrayLike, float, Rest], Stretches]] = {
    "hodges_bui": hodges_bui,
    "tkeo_hodges": tkeo_hodges,
    "double_threshold": double_threshold,
    "energy_alarm": energy_alarm,
    "profile_likelihood": profile_likelihood,
    "variance_change": variance_change,
    "variance_rise": variance_rise,
}
DEFAULT = "variance_rise"
SECOND = "hodges_bui"
"""The detector whose agreement tells how sure the default is."""


# ── alarms ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _alarm_level(power: Array, rest: Rest, false_alarm: float) -> float:
    """How many times the rest's mean power a window must hold; from the spread of windows that lie wholly in rest."""
    from scipy.stats import chi2

    inner = rest.blocks & np.roll(rest.blocks, 1) & np.roll(rest.blocks, -1)
    middle = power[rest.block // 2 :: rest.block][: len(inner)][inner[: len(power[rest.block // 2 :: rest.block])]]
    spread = float(np.var(middle)) if len(middle) > 8 else 0.05
    freedom = float(np.clip(2.0 / max(spread, 1e-6), 6.0, 400.0))
    return max(float(chi2.isf(false_alarm, freedom)) / freedom, 1.5)


def _hysteresis(power: Array, low: float, high: float, rate_hz: float) -> Stretches:
    """Stretches above `low` that reach `high` somewhere, tidied."""
    found = stretches(power > low)
    if not len(found):
        return found
    highs = np.concatenate(([0], np.cumsum(power > high)))
    reach = highs[found.stop] > highs[found.start]
    return _merged(Stretches(start=found.start[reach], stop=found.stop[reach]), rate_hz)


def _above_rest(smooth: Array, rate_hz: float, rest: Rest, *, h: float, window_s: float) -> Stretches:
    """On where the mean of a window exceeds mean + h SD of rest; each edge is told by a window that ends outside."""
    quiet = smooth[rest.samples(len(smooth))]
    threshold = float(np.nanmean(quiet) + h * np.nanstd(quiet))
    window = max(1, round(window_s * rate_hz))
    with np.errstate(invalid="ignore"):
        found = stretches(trailing_mean(smooth, window) > threshold)
    stop = np.maximum(found.stop - window + 1, found.start + 1)
    return _merged(Stretches(start=found.start, stop=stop), rate_hz)


def _tidied(mask: Mask, rate_hz: float) -> Stretches:
    return _merged(stretches(mask), rate_hz)


def _merged(found: Stretches, rate_hz: float) -> Stretches:
    """Pauses shorter than 100 ms closed, then bursts shorter than 50 ms left out."""
    if not len(found):
        return found
    apart = found.start[1:] - found.stop[:-1] >= MERGE_S * rate_hz
    start = found.start[np.concatenate(([True], apart))]
    stop = found.stop[np.concatenate((apart, [True]))]
    long = stop - start >= SHORTEST_S * rate_hz
    return Stretches(start=start[long], stop=stop[long])


# ── edges ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class _Search:
    """Where one edge is looked for: samples [start, stop), read backwards for an offset, rising to `level`."""

    start: int
    stop: int
    backwards: bool
    level: float

    def part(self, signal: Array) -> Array:
        part = signal[self.start : self.stop]
        return part[::-1] if self.backwards else part

    def at(self, edge: int) -> int:
        return self.stop - edge if self.backwards else self.start + edge


def _by_likelihood(signal: ArrayLike, rate_hz: float, rest: Rest, *, rises_s: tuple[float, ...]) -> Stretches:
    """Edges looked for in bins of 1 ms, in which the mean square is taken: quick, and fine enough."""
    x = np.asarray(signal, dtype=np.float64)
    bin_samples = max(1, round(0.001 * rate_hz))
    bins = len(x) // bin_samples
    square = np.where(np.isfinite(x), x, 0.0)[: bins * bin_samples] ** 2 / rest.power
    if bin_samples > 1:
        square = square.reshape(bins, bin_samples).mean(axis=1)
    alarms = energy_alarm(x, rate_hz, rest)
    coarse = Stretches(start=alarms.start // bin_samples, stop=np.minimum(-(-alarms.stop // bin_samples), bins))
    binned_hz = rate_hz / bin_samples
    rises = tuple(round(rise_s * binned_hz) for rise_s in rises_s)
    searches = _searches(coarse, bins, binned_hz, square)
    edges = _likeliest_edges(square, searches, rises)
    found = _moved(coarse, searches, edges)
    return _merged(Stretches(start=found.start * bin_samples, stop=found.stop * bin_samples), rate_hz)


def _searches(alarms: Stretches, count: int, rate_hz: float, signal: Array) -> list[_Search | None]:
    """Where to look for each onset and offset, in turn: 150 ms each way, to the middle of the burst or of the pause.

    None where the signal's own end cuts the burst off.
    """
    reach = round(SEARCH_S * rate_hz)
    found: list[_Search | None] = []
    for i, (first, last) in enumerate(zip(alarms.start.tolist(), alarms.stop.tolist(), strict=True)):
        middle = (first + last) // 2
        level = float(np.mean(signal[first:last]))
        before = max(0 if i == 0 else (int(alarms.stop[i - 1]) + first) // 2, first - reach)
        after = min(count if i + 1 == len(alarms) else (int(alarms.start[i + 1]) + last) // 2, last + reach)
        inner_first, inner_last = min(first + reach, middle), max(last - reach, middle)
        enough = first > 0 and inner_first - before > 4, last < count and after - inner_last > 4
        found.append(_Search(start=before, stop=inner_first, backwards=False, level=level) if enough[0] else None)
        found.append(_Search(start=inner_last, stop=after, backwards=True, level=level) if enough[1] else None)
    return found


def _moved(alarms: Stretches, searches: list[_Search | None], edges: list[int]) -> Stretches:
    """The stretches with their edges where they were found."""
    ends = np.stack((alarms.start, alarms.stop), axis=1).ravel()
    for i, (search, edge) in enumerate(zip(searches, edges, strict=True)):
        if search is not None:
            ends[i] = search.at(edge)
    return Stretches(start=ends[::2], stop=np.maximum(ends[1::2], ends[::2] + 1))


def _likeliest_edges(square: Array, searches: list[_Search | None], rises: tuple[int, ...]) -> list[int]:
    """How far into each search the signal starts to rise: the median of the likelihood over time and steepness.

    Before τ the samples are Gaussian of variance 1; from τ on their amplitude rises straight over r samples to the
    burst's level. All τ and all r are held equally likely beforehand, so that an edge whose steepness is in doubt lies
    between what a step and a ramp would say.
    """
    edges = [0] * len(searches)
    groups: dict[tuple[int, int], list[int]] = {}
    for i, search in enumerate(searches):
        if search is not None:
            level_db = round(10.0 * np.log10(max(search.level, 1.26)))
            groups.setdefault((search.stop - search.start, level_db), []).append(i)
    for (count, level_db), members in groups.items():
        parts = np.stack([search.part(square) for i in members if (search := searches[i]) is not None])
        gain, cost = _profiles(count, rises, level_db)
        likelihood = 0.5 * (parts.astype(np.float32) @ gain - cost)
        weight = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
        share = np.cumsum(weight.reshape(len(members), len(rises), count).sum(axis=1), axis=1)
        for i, place in zip(members, np.argmax(share >= 0.5 * share[:, -1:], axis=1), strict=True):
            edges[i] = int(place)
    return edges


@lru_cache(maxsize=16)
def _profiles(count: int, rises: tuple[int, ...], level_db: int) -> tuple[Single, Single]:
    """What each sample adds to twice the log-likelihood over rest, by steepness and onset: shape (count, r · count)."""
    level = 10.0 ** (level_db / 10.0)
    after = np.arange(count)[:, None] - np.arange(count)[None, :]
    gains, costs = [], []
    for rise in rises:
        height = np.clip((after + 1.0) / (rise + 1.0), 0.0, 1.0)
        variance = 1.0 + (level - 1.0) * height**2
        gains.append(1.0 - 1.0 / variance)
        costs.append(np.log(variance).sum(axis=0))
    return np.concatenate(gains, axis=1).astype(np.float32), np.concatenate(costs).astype(np.float32)


def _laplacian_edges(energy: Array, searches: list[_Search | None]) -> list[int]:
    return [0 if search is None else _laplacian_edge(search.part(energy)) for search in searches]


def _laplacian_edge(energy: Array) -> int:
    """The split that makes two Laplacian levels likeliest; the scales are the mean absolute deviations of each part."""
    size = np.abs(energy)
    count = len(size)
    sums = np.cumsum(size)
    split = np.arange(2, count - 2)
    before, after = sums[split - 1] / split, (sums[-1] - sums[split - 1]) / (count - split)
    likelihood = -split * np.log(before + 1e-12) - (count - split) * np.log(after + 1e-12)
    return int(split[np.argmax(likelihood)]) if len(split) else 0


def _whitened(signal: Array, rest: Rest, order: int = 6) -> Array:
    """The signal through the prediction-error filter of its rest (Yule–Walker)."""
    from scipy.linalg import solve_toeplitz
    from scipy.signal import lfilter

    x = np.where(np.isfinite(signal), signal, 0.0)
    quiet = np.where(rest.samples(len(x)), x, 0.0)
    lags = np.array([float(np.dot(quiet[: len(quiet) - k], quiet[k:])) for k in range(order + 1)])
    if lags[0] <= 0.0:
        return x
    lags[0] *= 1.0 + 1e-6
    weights = solve_toeplitz(lags[:-1], lags[1:])
    return np.asarray(lfilter(np.concatenate(([1.0], -weights)), [1.0], x))

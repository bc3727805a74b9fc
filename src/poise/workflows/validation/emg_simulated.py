"""EMG onset and firing order on *simulated* bursts, whose onsets are known: no person was recorded.

The signals are those of `poise.testing.emg`: Gaussian noise of the spectrum of surface EMG, switched on by a step or a
straight ramp, over white rest noise, at 1000, 1500 and 2000 Hz. The onset of a ramp is its first moment, before anybody
could see it. Real muscles have motor units, crosstalk and moving skin; a figure here ranks methods and bounds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.signals.emg import clean_offline, rest_of
from poise.signals.emg_onset import DEFAULT, DETECTORS
from poise.signals.events import Stretches
from poise.testing.emg import SHAPES, Activity, SimulatedMuscle, random_bursts, signal
from poise.workflows.validation.scores import Matches, Score, match_events, pooled

Array = NDArray[np.float64]

SNRS_DB = (6.0, 12.0, 20.0)
RATES_HZ = (1000.0, 1500.0, 2000.0)
TRIALS, BURSTS = 20, 6
TOLERANCE_S = 0.1
PUBLISHED = "issue 3: F1 1/1/1, median error at most 25/10/3 ms; NeuroKit2 0.2.13's default: F1 0/0.10/1 (peers.md 4.5)"
MOST_ERROR_MS = {6.0: 25.0, 12.0: 10.0, 20.0: 3.0}
ORDER_TRIALS = 1000
ORDER_MUSCLES = 4
GAP_S = (0.05, 0.15)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Found:
    """Onsets and offsets of one detector, matched with the truth."""

    onsets: list[Matches] = field(default_factory=list)
    offsets: list[Matches] = field(default_factory=list)


class EmgSimulated:
    """Every detector on 120 bursts of each shape and loudness; the default on 1,000 trials of four muscles in turn."""

    name = "emg-simulated"
    beside = ("emg-single-biosppy", "emg-lowerlimb-knee-uci", "emg-gait-13muscles-santuz")
    """It has no folder of its own: it is run where one of these is."""

    def scores(self, folder: Path) -> Iterator[Score]:
        """Needs no file; `folder` is not looked into."""
        for shape, rise_s in SHAPES.items():
            for snr_db in SNRS_DB:
                for method, found in _all_detectors(rise_s, snr_db).items():
                    yield from _onset_scores(method, f"simulated, {shape}, {snr_db:.0f} dB", snr_db, found)
        yield from _order_scores()


def _all_detectors(rise_s: float, snr_db: float) -> dict[str, _Found]:
    results = {method: _Found() for method in DETECTORS}
    for trial in range(TRIALS):
        random = np.random.default_rng((int(snr_db), round(1000 * rise_s), trial))
        rate_hz = RATES_HZ[trial % len(RATES_HZ)]
        bursts, duration_s = random_bursts(BURSTS, random=random, rise_s=rise_s)
        muscle = SimulatedMuscle(bursts=bursts, snr_db=snr_db)
        raw = signal(muscle, duration_s=duration_s, rate_hz=rate_hz, random=random)
        for method, found in results.items():
            spans = _detected(raw, rate_hz, method)
            found.onsets.append(_matched(spans.start, rate_hz, [burst.onset_s for burst in bursts]))
            found.offsets.append(_matched(spans.stop, rate_hz, [burst.offset_s for burst in bursts]))
    return results


def _detected(raw: Array, rate_hz: float, method: str) -> Stretches:
    clean = clean_offline(raw, rate_hz)
    rest = rest_of(clean, rate_hz)
    if rest is None:
        nothing = np.empty(0, dtype=np.intp)
        return Stretches(start=nothing, stop=nothing)
    return DETECTORS[method](clean, rate_hz, rest)


def _matched(samples: NDArray[np.intp], rate_hz: float, truth_s: Sequence[float]) -> Matches:
    return match_events(samples / rate_hz, truth_s, TOLERANCE_S)


def _onset_scores(method: str, condition: str, snr_db: float, found: _Found) -> Iterator[Score]:
    for measure, matches in (("emg.onset", pooled(found.onsets)), ("emg.offset", pooled(found.offsets))):
        errors_ms = 1000.0 * np.asarray(matches.errors_s)
        wanted = len(errors_ms) + matches.missed
        bars = {"f1_100ms": 1.0, "median_abs_error_ms": MOST_ERROR_MS[snr_db]}
        for metric, value in _figures(matches.f1, errors_ms):
            count = wanted if metric == "f1_100ms" else len(errors_ms)
            yield _score(measure, method, metric, value, n=count, condition=condition, published=bars.get(metric))


def _figures(f1: float, errors_ms: Array) -> Iterator[tuple[str, float]]:
    yield "f1_100ms", f1
    if len(errors_ms):
        yield "median_abs_error_ms", float(np.median(np.abs(errors_ms)))
        yield "bias_ms", float(np.median(errors_ms))
        yield "p95_abs_error_ms", float(np.quantile(np.abs(errors_ms), 0.95))


def _order_scores() -> Iterator[Score]:
    """Single trials: every muscle fires once, in an order by chance, 50 to 150 ms after the one before."""
    right: dict[float, list[bool]] = {snr_db: [] for snr_db in SNRS_DB}
    rises = list(SHAPES.values())
    for trial in range(ORDER_TRIALS):
        snr_db = SNRS_DB[trial % len(SNRS_DB)]
        right[snr_db].append(_order_is_right(trial, snr_db, rises[trial // len(SNRS_DB) % len(rises)]))
    for snr_db, told in right.items():
        yield _order_score(told, f"simulated, {snr_db:.0f} dB")
    yield _order_score([each for told in right.values() for each in told], "simulated, all")


def _order_score(told: Sequence[bool], condition: str) -> Score:
    share = float(np.mean(told))
    return _score("emg.order", DEFAULT, "accuracy", share, n=len(told), condition=condition, published=0.98)


def _order_is_right(seed: int, snr_db: float, rise_s: float) -> bool:
    random = np.random.default_rng((7, seed))
    order = random.permutation(ORDER_MUSCLES)
    onsets_s = np.empty(ORDER_MUSCLES)
    onsets_s[order] = 1.2 + np.cumsum(random.uniform(*GAP_S, ORDER_MUSCLES))
    found = [_first_onset_s(onset_s, snr_db, rise_s, random) for onset_s in onsets_s]
    return bool(np.array_equal(np.argsort(found), np.argsort(onsets_s)))


def _first_onset_s(onset_s: float, snr_db: float, rise_s: float, random: np.random.Generator) -> float:
    rate_hz = RATES_HZ[0]
    burst = Activity(onset_s=onset_s, offset_s=onset_s + random.uniform(0.4, 1.0), rise_s=rise_s)
    raw = signal(SimulatedMuscle(bursts=(burst,), snr_db=snr_db), duration_s=3.5, rate_hz=rate_hz, random=random)
    spans = _detected(raw, rate_hz, DEFAULT)
    return float(spans.start[0] / rate_hz) if len(spans) else float("nan")


def _score(
    measure: str, method: str, metric: str, value: float, *, n: int, condition: str, published: float | None = None
) -> Score:
    to_beat = published if method == DEFAULT else None
    return Score(
        dataset=EmgSimulated.name, file="all", measure=measure, method=method, metric=metric, value=value, n=n,
        condition=condition, unit="ms" if metric.endswith("_ms") else "", published=to_beat,
        source=PUBLISHED if to_beat is not None else "",
    )  # fmt: skip


DATASET = EmgSimulated()

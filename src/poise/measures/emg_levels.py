"""How strongly muscles work: level, peak and rest of each, left against right, ratios between partners, fatigue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.measures.emg_channels import TIMING_SOURCE, Channel
from poise.measures.symmetry import asymmetry_by_larger
from poise.model import Definition, Measurement, Problem, Series
from poise.model.muscles import MUSCLES
from poise.signals.emg import centred_mean
from poise.signals.emg_spectrum import epochs, quadrant
from poise.signals.events import stretches

Array = NDArray[np.float64]
NAN = float("nan")
Better = Literal["higher", "lower", "neither"]

SHORTEST_WORK_S = 0.2
SERIES_HZ = 100.0
LONGEST_PAUSE_S = 0.3
HOLD_S = 3.0
MVC_WINDOW_S = 0.5
RATIOS = (
    ("vastus_medialis", "vastus_lateralis"),
    ("upper_trapezius", "lower_trapezius"),
    ("gluteus_medius", "tensor_fasciae_latae"),
)
"""Partners whose ratio is read, first over second."""

_PER_MUSCLE: tuple[tuple[str, str, str, str, str, Better, int], ...] = (
    (
        "onset", "s", "Onset, first burst",
        "first sample of the first burst; AGLR with step or ramp",
        "Staude et al. 2001", "neither", 3,
    ),
    (
        "offset", "s", "Offset, last burst",
        "last sample of the last burst",
        "Staude et al. 2001", "neither", 3,
    ),
    (
        "duration", "s", "Length of a burst",
        "mean over bursts, offset − onset",
        "measures.md 5.3", "neither", 2,
    ),
    (
        "burst_count", "count", "Bursts",
        "stretches of activity, pauses below 0.1 s closed",
        "measures.md 5.3", "neither", 0,
    ),
    (
        "amplitude", "µV", "Mean level while working",
        "mean of the 6-Hz envelope while any muscle of the recording works",
        "measures.md 5.1", "neither", 1,
    ),
    (
        "peak", "µV", "Peak level",
        "greatest value of the 6-Hz envelope",
        "measures.md 5.1", "neither", 1,
    ),
    (
        "sustained_peak", "µV", "Highest half second",
        "maximum of the 500-ms moving mean of the envelope",
        "measures.md 5.2", "neither", 1,
    ),
    (
        "rest_level", "µV", "Level at rest",
        "root mean square of the band-passed signal at rest",
        "measures.md 5.1", "lower", 1,
    ),
    (
        "snr", "dB", "Signal over rest",
        "mean power of the bursts less that of rest, over rest",
        "measures.md 5.1", "higher", 0,
    ),
    (
        "active_share", "%", "Time active",
        "share of the recording in bursts",
        "measures.md 5.3", "neither", 0,
    ),
    (
        "median_frequency", "Hz", "Median frequency",
        "halves the power of 0.5-s epochs, 20 to 450 Hz; mean over epochs",
        "De Luca 1984", "neither", 0,
    ),
    (
        "median_frequency_slope", "%/s", "Fall of the median frequency",
        "least squares over the epochs of the longest steady contraction (3 s or more), of its start",
        "De Luca 1984; Luttmann et al. 2000", "higher", 2,
    ),
)  # fmt: skip


def _defines() -> Iterator[Definition]:
    for muscle in MUSCLES:
        for name, unit, label, formula, source, better, decimals in _PER_MUSCLE:
            yield Definition(
                measure=f"emg.{name}.{muscle.name}", family=f"emg.{name}.<muscle>",
                unit=unit, label=f"{label}, {muscle.label}", formula=formula,
                source=source, better=better, decimals=decimals,
            )  # fmt: skip
        yield Definition(
            measure=f"emg.level_asymmetry.{muscle.name}", family="emg.level_asymmetry.<muscle>",
            unit="%", label=f"Level, left against right, {muscle.label}",
            formula="100 · (L − R) / max(L, R) of the root mean square above rest, while either works",
            source="measures.md 1.4, 5.6", sided=False, decimals=0,
        )  # fmt: skip
    for one, other in RATIOS:
        yield Definition(
            measure=f"emg.ratio.{one}_{other}", unit="1", formula="mean level of the first over that of the second",
            label=f"{one} over {other}".replace("_", " ").capitalize(), source="measures.md 5.6",
        )  # fmt: skip


DEFINES = tuple(_defines())


@dataclass(frozen=True, kw_only=True, eq=False)
class Work:
    """When any muscle of the recording works: stretches [start, stop) in samples, pauses below 0.3 s closed."""

    start: NDArray[np.intp]
    stop: NDArray[np.intp]

    @property
    def parts(self) -> list[slice]:
        """One slice a stretch."""
        return [slice(int(a), int(b)) for a, b in zip(self.start, self.stop, strict=True)]


def work_of(channels: Sequence[Channel]) -> Work:
    """The stretches in which at least one of them is active."""
    count, rate_hz = len(channels[0].time_s), channels[0].rate_hz
    mask = np.zeros(count, dtype=bool)
    for channel in channels:
        mask |= active(channel)
    found = stretches(mask)
    if len(found) > 1:
        apart = found.start[1:] - found.stop[:-1] >= LONGEST_PAUSE_S * rate_hz
        found_start = found.start[np.concatenate(([True], apart))]
        found_stop = found.stop[np.concatenate((apart, [True]))]
    else:
        found_start, found_stop = found.start, found.stop
    long = found_stop - found_start >= SHORTEST_WORK_S * rate_hz
    return Work(start=found_start[long], stop=found_stop[long])


def active(channel: Channel) -> NDArray[np.bool_]:
    """Shape (samples,): inside its bursts."""
    mask = np.zeros(len(channel.time_s), dtype=bool)
    for burst in channel.bursts:
        end_s = burst.offset_s if np.isfinite(burst.offset_s) else np.inf
        mask[slice(*np.searchsorted(channel.time_s, (burst.onset_s, end_s)))] = True
    return mask


def measured(channels: Sequence[Channel], work: Work, method: str, recording: str) -> Iterator[Measurement]:
    """Level, timing and spectrum of each muscle."""
    for channel in channels:
        values = (*_timing(channel), *_level(channel, work), *_frequency(channel))
        for name, value, unit, n, sd in values:
            if np.isfinite(value):
                yield measurement(
                    channel, f"emg.{name}.{channel.name}", value, unit, method=method, recording=recording, n=n, sd=sd
                )


def measurement(
    channel: Channel, measure: str, value: float, unit: str, *, method: str, recording: str, n: int = 1, sd: float = NAN
) -> Measurement:
    """A number of one muscle over the whole recording; a moment carries the detector's own error."""
    timed = measure.split(".")[1] in ("onset", "offset")
    return Measurement(
        measure=measure, value=float(value), unit=unit, side=channel.side, n=n, sd=sd, start_s=float(channel.time_s[0]),
        end_s=float(channel.time_s[-1]), valid_fraction=channel.valid_fraction, method=method, recording=recording,
        error=channel.timing_error_s if timed else NAN, error_source=TIMING_SOURCE if timed else "",
    )  # fmt: skip


Value = tuple[str, float, str, int, float]


def _timing(channel: Channel) -> Iterator[Value]:
    bursts = channel.bursts
    if not bursts:
        return
    whole = [b for b in bursts if np.isfinite(b.offset_s) and b.onset_s > channel.time_s[0]]
    if bursts[0].onset_s > channel.time_s[0]:
        yield "onset", bursts[0].onset_s, "s", 1, NAN
    if np.isfinite(bursts[-1].offset_s):
        yield "offset", bursts[-1].offset_s, "s", 1, NAN
    lengths = np.array([b.offset_s - b.onset_s for b in whole])
    if len(lengths):
        yield "duration", float(lengths.mean()), "s", len(lengths), _sd(lengths)
    yield "burst_count", float(len(bursts)), "count", len(bursts), NAN
    yield "active_share", 100.0 * float(active(channel).mean()), "%", len(bursts), NAN


def _level(channel: Channel, work: Work) -> Iterator[Value]:
    """Levels in the signal's own unit, or, where nobody knows it, in percent of the muscle's own peak."""
    envelope = channel.envelope
    if not np.isfinite(envelope).any() or channel.rest is None:
        return
    known = channel.unit == "µV"
    top = float(np.nanmax(envelope))
    factor, unit = (1.0, "µV") if known else (100.0 / top if top > 0.0 else NAN, "%")
    parts = [envelope[part] for part in work.parts]
    means = np.array([float(np.nanmean(part)) for part in parts if np.isfinite(part).any()]) * factor
    if len(means):
        yield "amplitude", float(means.mean()), unit, len(means), _sd(means)
    if known:
        yield "peak", top, unit, 1, NAN
        window = round(MVC_WINDOW_S * channel.rate_hz)
        held = centred_mean(np.nan_to_num(envelope), window)
        if len(held) > window:
            yield "sustained_peak", float(held[window // 2 : -window // 2].max()), unit, 1, NAN
        yield "rest_level", channel.rest.level, unit, 1, NAN
    yield "snr", channel.snr_db, "dB", len(channel.bursts), NAN


def _frequency(channel: Channel) -> Iterator[Value]:
    """Only from bursts of a second or more: shorter ones hold too few epochs to mean anything."""
    if channel.rate_hz < 800.0:
        return
    medians: list[Array] = []
    longest: tuple[float, float, int] | None = None
    for burst in channel.bursts:
        end_s = burst.offset_s if np.isfinite(burst.offset_s) else float(channel.time_s[-1])
        if end_s - burst.onset_s < 1.0:
            continue
        part = channel.clean[slice(*np.searchsorted(channel.time_s, (burst.onset_s, end_s)))]
        found = epochs(part, channel.rate_hz, start_s=burst.onset_s)
        medians.append(found.median_hz)
        if end_s - burst.onset_s >= HOLD_S and found.steady and (longest is None or end_s - burst.onset_s > longest[0]):
            longest = end_s - burst.onset_s, found.slope_percent_s(), len(found.time_s)
    every = np.concatenate(medians) if medians else np.empty(0)
    if len(every):
        yield "median_frequency", float(every.mean()), "Hz", len(every), _sd(every)
    if longest is not None:
        yield "median_frequency_slope", longest[1], "%/s", longest[2], NAN


def fatigue_doubts(channels: Sequence[Channel], where: str) -> Iterator[Problem]:
    """Contractions of 3 s or more in which the signal became slower and louder: what fatigue looks like."""
    for channel in channels:
        for burst in channel.bursts:
            end_s = burst.offset_s if np.isfinite(burst.offset_s) else float(channel.time_s[-1])
            if end_s - burst.onset_s < HOLD_S or channel.rate_hz < 800.0:
                continue
            part = channel.clean[slice(*np.searchsorted(channel.time_s, (burst.onset_s, end_s)))]
            found = epochs(part, channel.rate_hz)
            slower, louder = found.change_percent("median_hz"), found.change_percent("level")
            if found.steady and slower < -10.0 and louder > 10.0 and quadrant(slower, louder) == "fatigue":
                yield Problem(
                    what=f"From the first to the last third of a contraction of {end_s - burst.onset_s:.0f} s the "
                    f"median frequency fell by {-slower:.0f} % while the level rose by {louder:.0f} %: the muscle "
                    "tired.",
                    where=f"{where}, {channel.title}", do="Rest before the next set; compare levels before it only.",
                )  # fmt: skip
                break


def between_sides(channels: Sequence[Channel], method: str, recording: str) -> Iterator[Measurement]:
    """Left against right of each muscle that has both, over the time in which either works.

    The rest's power is taken off, so that a noisy electrode does not hide a difference.
    """
    for left in channels:
        right = next((c for c in channels if c.muscle == left.muscle and c.side == "right"), None)
        if left.side != "left" or right is None or left.unit != right.unit:
            continue
        work = work_of((left, right))
        pairs = [(_above_rest(left, part), _above_rest(right, part)) for part in work.parts]
        each = np.array([asymmetry_by_larger(one, other) for one, other in pairs])
        each = each[np.isfinite(each)]
        if len(each):
            yield Measurement(
                measure=f"emg.level_asymmetry.{left.name}", value=float(each.mean()), unit="%", side=None, n=len(each),
                sd=_sd(each), start_s=float(left.time_s[0]), end_s=float(left.time_s[-1]),
                valid_fraction=min(left.valid_fraction, right.valid_fraction), method=method, recording=recording,
            )  # fmt: skip


def _above_rest(channel: Channel, part: slice) -> float:
    """Root mean square of a stretch with the rest's power taken off; never quite 0, so that silence has a ratio."""
    if channel.rest is None:
        return NAN
    power = float(np.nanmean(channel.clean[part] ** 2))
    return float(np.sqrt(max(power - channel.rest.power, 1e-4 * channel.rest.power)))


def ratios(channels: Sequence[Channel], method: str, recording: str) -> Iterator[Measurement]:
    """First over second of muscles that share a job, on each side; raw levels, so only to be compared with itself."""
    for one, other in RATIOS:
        for first in channels:
            second = next((c for c in channels if c.muscle == other and c.side == first.side), None)
            if first.muscle != one or second is None or first.unit != second.unit:
                continue
            work = work_of((first, second))
            values = np.array([_above_rest(first, part) / _above_rest(second, part) for part in work.parts])
            if len(values):
                yield measurement(
                    first, f"emg.ratio.{one}_{other}", float(values.mean()), "1", method=method,
                    recording=recording, n=len(values), sd=_sd(values),
                )  # fmt: skip


def series(channels: Sequence[Channel]) -> Iterator[Series]:
    """The envelope of each muscle, 100 a second, for the raster."""
    for channel in channels:
        step = max(1, round(channel.rate_hz / SERIES_HZ))
        yield Series(
            series=f"emg.envelope.{channel.name}", side=channel.side, unit=channel.unit,
            rate_hz=channel.rate_hz / step, values=channel.envelope[::step], start_s=float(channel.time_s[0]),
        )  # fmt: skip


def _sd(values: Array) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else NAN

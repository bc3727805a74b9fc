"""The EMG channels of a recording made ready: named, cleaned, their rest and their bursts found, their faults told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from poise.errors import NothingToMeasure
from poise.model import Burst, Kind, Problem, Recording, Side, Step, Stream
from poise.model.muscles import Placed, named, slug, title
from poise.signals import emg, emg_checks
from poise.signals.emg import Rest
from poise.signals.emg_onset import DEFAULT, DETECTORS, SECOND
from poise.signals.events import Stretches
from poise.signals.filters import highpass_offline

Array = NDArray[np.float64]

LOWEST_RATE_HZ = 200.0
GOOD_RATE_HZ = 1000.0
APART_S = 0.03
"""Two detectors that differ by more than this leave an onset uncertain."""
LEAST_SNR_DB = 6.0
GOOD_SNR_DB = 10.0
SURE_SNR_DB = (3.0, 15.0)
CLIPPED, MUCH_CLIPPED = 0.001, 0.05
MOST_UV = 10_000.0
"""More than any surface electrode has picked up; a file that says more holds an amplifier's output."""
HUM = 0.2
SLOW = 0.5
LOUD_REST_UV = 10.0
TRUNK = (
    "erector_spinae", "multifidus", "rectus_abdominis", "external_oblique", "internal_oblique", "latissimus_dorsi",
    "trapezius", "upper_trapezius", "middle_trapezius", "lower_trapezius", "serratus_anterior", "pectoralis_major",
)  # fmt: skip
TRUNK_LOW_HZ = 30.0
TIMING_ERROR_S = ((18.0, 0.008), (14.0, 0.011), (9.0, 0.015), (0.0, 0.021))
"""From what signal-to-noise ratio on, dB: one standard error of an onset, s (simulated bursts, docs/muscles.md)."""
TIMING_SOURCE = "simulated bursts with rises of 0 to 100 ms (docs/muscles.md)"


@dataclass(frozen=True, kw_only=True, eq=False)
class Channel:
    """One muscle's signal.

    Attributes
    ----------
    clean
        Shape (samples,), band-passed, in `unit`; NaN where missing.
    unit
        ``µV`` where the file says a unit, else what it says (``count``, ``unknown``).
    rest
        None where no rest could be found.
    faulty
        What makes it useless (flat, a copy of another); empty where it is fit to be measured.
    """

    channel: str
    muscle: str
    side: Side | None
    time_s: Array
    clean: Array
    rate_hz: float
    unit: str
    rest: Rest | None
    bursts: tuple[Burst, ...] = ()
    faulty: str = ""
    hum: bool = False

    @property
    def name(self) -> str:
        """The muscle as part of a measure's name."""
        return slug(self.muscle)

    @property
    def title(self) -> str:
        """The muscle as a person reads it."""
        return f"{self.side} {title(self.muscle)}" if self.side else title(self.muscle)

    @cached_property
    def envelope(self) -> Array:
        """Linear envelope at 6 Hz, (samples,), in `unit`."""
        return emg.envelope_offline(self.clean, self.rate_hz)

    @cached_property
    def valid_fraction(self) -> float:
        """How much of the signal was there."""
        return float(np.mean(np.isfinite(self.clean))) if len(self.clean) else 0.0

    @cached_property
    def snr_db(self) -> float:
        """Mean power of its bursts over rest, dB; NaN without bursts."""
        powers = [10.0 ** (burst.snr_db / 10.0) for burst in self.bursts if np.isfinite(burst.snr_db)]
        return float(10.0 * np.log10(np.mean(powers))) if powers else float("nan")

    @property
    def timing_error_s(self) -> float:
        """One standard error of its onsets."""
        if not np.isfinite(self.snr_db):
            return float("nan")
        return next(error for least, error in TIMING_ERROR_S if self.snr_db >= least or least == 0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Channels:
    """All EMG of a recording, ready to measure, with what was done to it and what is doubtful about it."""

    channels: tuple[Channel, ...]
    problems: tuple[Problem, ...] = ()
    steps: tuple[Step, ...] = field(default=())

    @property
    def usable(self) -> tuple[Channel, ...]:
        """Those that can be measured."""
        return tuple(channel for channel in self.channels if not channel.faulty and channel.rest is not None)


def holds_emg(recording: Recording) -> bool:
    """Whether there is raw EMG of at least 200 samples a second."""
    stream = recording.streams.get(Kind.EMG)
    return stream is not None and stream.rate_hz >= LOWEST_RATE_HZ and stream.duration_s >= 1.0


def channels_of(recording: Recording, *, notch_hz: float | None = None, detector: str = DEFAULT) -> Channels:
    """Every EMG channel cleaned and searched for bursts.

    Parameters
    ----------
    notch_hz
        A mains notch for all channels; without one, only a channel whose rest is more than a fifth hum gets it.
    detector
        One of `poise.signals.emg_onset.DETECTORS`.

    Raises
    ------
    NothingToMeasure
        There is no EMG, or it is sampled too slowly to be raw.
    """
    if not holds_emg(recording):
        raise NothingToMeasure(
            f"'{recording.id}' holds no raw EMG that can be measured.",
            found=f"It holds {', '.join(recording.streams) or 'nothing'}.",
            do="Raw EMG of 1000 samples a second is needed, for a few seconds at least.",
        )
    stream = recording[Kind.EMG]
    problems = list(_of_the_whole(recording, stream))
    made: list[Channel] = []
    for i, placed in enumerate(_apart(named(stream.channels))):
        raw = stream.values[:, i, 0] * _factor(stream)
        copy = next((j for j in range(i) if np.array_equal(stream.values[:, j, 0], stream.values[:, i, 0])), None)
        faulty = _useless(raw, "" if copy is None else stream.channels[copy])
        channel = _channel(placed, raw, stream, faulty) if faulty else _cleaned(placed, raw, stream, notch_hz)
        channel = _searched(channel, detector)
        made.append(channel)
        problems += _faults(channel, raw, recording.id)
    return Channels(channels=tuple(made), problems=tuple(problems), steps=tuple(_steps(made, notch_hz)))


def _apart(placed: Sequence[Placed]) -> Iterator[Placed]:
    """Two electrodes on one muscle of one side keep their own names: no number is ever a mixture of both."""
    seen: set[tuple[str, Side | None]] = set()
    for each in placed:
        if (slug(each.muscle), each.side) in seen:
            yield replace(each, muscle=f"{each.muscle} {slug(each.channel)}", known=False)
        else:
            seen.add((slug(each.muscle), each.side))
            yield each


def _useless(raw: Array, copy_of: str) -> str:
    """What makes a channel unfit to be measured; empty where nothing does."""
    if emg_checks.is_flat(raw):
        return "flat"
    if copy_of:
        return f"a copy of {copy_of}"
    clipped = emg_checks.clipped_share(raw)
    return f"at the end of its range for {100 * clipped:.0f} % of the time" if clipped > MUCH_CLIPPED else ""


def _channel(placed: Placed, raw: Array, stream: Stream, faulty: str) -> Channel:
    return Channel(
        channel=placed.channel, muscle=placed.muscle, side=placed.side, time_s=stream.time_s, rate_hz=stream.rate_hz,
        clean=np.full(len(raw), np.nan), unit=stream.unit, rest=None, faulty=faulty,
    )  # fmt: skip


def _cleaned(placed: Placed, raw: Array, stream: Stream, notch_hz: float | None) -> Channel:
    """Band-passed; a trunk muscle from 30 Hz on, for the heart's sake; hum taken out where asked or needed."""
    rate_hz = stream.rate_hz
    clean = emg.clean_offline(raw, rate_hz)
    if placed.muscle in TRUNK:
        clean = highpass_offline(clean, rate_hz, TRUNK_LOW_HZ)
    hum = _hum(clean, rate_hz)
    at_hz = notch_hz or (hum[0] if hum is not None and hum[1] > HUM else None)
    if at_hz is not None:
        clean = emg.notch_offline(clean, rate_hz, at_hz)
    return replace(
        _channel(placed, raw, stream, ""), clean=clean, rest=emg.rest_of(clean, rate_hz), hum=at_hz is not None,
        unit=_unit(clean, stream),
    )  # fmt: skip


def _unit(clean: Array, stream: Stream) -> str:
    """µV where the file gives volts that a skin can have; behind an amplifier of unknown gain nobody knows."""
    if stream.unit != "V":
        return stream.unit
    return "µV" if float(np.nanquantile(np.abs(clean), 0.99)) < MOST_UV else "unknown"


def _searched(channel: Channel, detector: str) -> Channel:
    """The channel with its bursts."""
    if channel.rest is None:
        return channel
    found = DETECTORS[detector](channel.clean, channel.rate_hz, channel.rest)
    second = DETECTORS[SECOND](channel.clean, channel.rate_hz, channel.rest)
    return replace(channel, bursts=tuple(_bursts(channel, channel.rest, found, second)))


def _hum(clean: Array, rate_hz: float) -> tuple[float, float] | None:
    """The mains in the quietest part of the signal."""
    rest = emg.rest_of(clean, rate_hz)
    if rest is None:
        return None
    quiet = clean[rest.samples(len(clean))]
    return emg_checks.mains(quiet[np.isfinite(quiet)][: round(60 * rate_hz)], rate_hz) if len(quiet) > rate_hz else None


def _bursts(channel: Channel, rest: Rest, found: Stretches, second: Stretches) -> Iterator[Burst]:
    """Each stretch with its signal-to-noise ratio and how sure its onset is."""
    energy = np.concatenate(([0.0], np.cumsum(np.nan_to_num(channel.clean) ** 2)))
    last = len(channel.clean)
    for start, stop in zip(found.start.tolist(), found.stop.tolist(), strict=True):
        power = (energy[stop] - energy[start]) / (stop - start)
        ratio = max(power / rest.power - 1.0, 1e-3)
        snr_db = float(10.0 * np.log10(ratio))
        apart_s = float(np.min(np.abs(second.start - start))) / channel.rate_hz if len(second) else np.inf
        cut = start == 0
        yield Burst(
            muscle=channel.muscle, side=channel.side, onset_s=float(channel.time_s[start]),
            offset_s=float(channel.time_s[stop]) if stop < last else float("nan"), snr_db=snr_db,
            confidence=0.0 if cut else _confidence(snr_db, apart_s),
            uncertain=cut or apart_s > APART_S or snr_db < LEAST_SNR_DB,
        )  # fmt: skip


def _confidence(snr_db: float, apart_s: float) -> float:
    """From the signal-to-noise ratio, halved where two detectors are 60 ms apart or more."""
    low, high = SURE_SNR_DB
    clear = float(np.clip((snr_db - low) / (high - low), 0.05, 1.0))
    return round(clear * (1.0 - 0.5 * min(apart_s / (2.0 * APART_S), 1.0)), 3)


def _factor(stream: Stream) -> float:
    """To µV where the unit is known."""
    return 1e6 if stream.unit == "V" else 1.0


# ── what is said ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_the_whole(recording: Recording, stream: Stream) -> Iterator[Problem]:
    if stream.rate_hz < 0.98 * GOOD_RATE_HZ:
        yield Problem(
            what=f"EMG was sampled at {stream.rate_hz:.0f} Hz: what lies above {0.45 * stream.rate_hz:.0f} Hz is "
            "missing, and levels are lower than at 1000 Hz.",
            where=recording.id, do="Record at 1000 samples a second or more.",
        )  # fmt: skip
    unknown = [each.channel for each in named(stream.channels) if not each.known]
    if unknown and len(unknown) < len(stream.channels):
        yield Problem(
            what=f"Which muscle these channels lie on is not known: {', '.join(unknown)}.", where=recording.id,
            do="Name the channels after their muscles, such as 'left vastus medialis'.",
        )  # fmt: skip


def _faults(channel: Channel, raw: Array, where: str) -> Iterator[Problem]:
    """What a person should know of one channel before believing its numbers."""
    place = f"{where}, {channel.title}"
    if channel.faulty:
        yield Problem(
            what=f"The channel {channel.channel} is {channel.faulty}: nothing is measured from it.", where=place,
            do="Look at its electrode and its lead.",
        )  # fmt: skip
        return
    if channel.rest is None:
        yield Problem(what="The channel is too short or too broken to find its rest.", where=place)
        return
    if (clipped := emg_checks.clipped_share(raw)) > CLIPPED:
        yield Problem(
            what=f"The signal stands at the end of its range for {100 * clipped:.1f} % of the time: levels are too "
            "low.", where=place, do="Lower the gain.", side=channel.side,
        )  # fmt: skip
    if channel.hum:
        yield Problem(
            what="The mains were louder than a fifth of the resting signal; they were notched out, and some of the "
            "muscle with them.", where=place, do="Look at the reference electrode and nearby chargers.",
        )  # fmt: skip
    if emg_checks.slow_share(np.nan_to_num(raw, nan=float(np.nanmean(raw))), channel.rate_hz) > SLOW:
        yield Problem(
            what="More than half of the raw signal lies below 20 Hz, where cables and skin move; it was filtered away.",
            where=place, do="Tape the leads down and look whether movement shows in the signal.",
        )  # fmt: skip
    if channel.muscle in TRUNK and emg_checks.heart_rate_hz(channel.clean, channel.rate_hz, channel.rest):
        yield Problem(
            what="The heart beats in this channel: short bursts at rest may be its own.", where=place,
            do="Read levels in the movement only.",
        )  # fmt: skip
    if channel.unit == "µV" and channel.rest.level > LOUD_REST_UV:
        yield Problem(
            what=f"At rest the signal has {channel.rest.level:.0f} µV; a good one has less than {LOUD_REST_UV:.0f}, so "
            "that the muscle did not rest or the electrode is poor.", where=place,
            do="Let the muscle rest for some seconds.",
        )  # fmt: skip
    yield from _about_bursts(channel, place)


def _about_bursts(channel: Channel, place: str) -> Iterator[Problem]:
    if not channel.bursts:
        yield Problem(
            what="The muscle never rose clearly above its own rest: nothing is timed.", where=place,
            do="Record some seconds of rest before the movement, so that the two can be told apart.",
        )  # fmt: skip
    elif channel.snr_db < GOOD_SNR_DB:
        yield Problem(
            what=f"The muscle is only {channel.snr_db:.0f} dB above rest (10 are wanted): its timing is a rough one.",
            where=place, do="Prepare the skin and place the electrode on the belly of the muscle.",
        )  # fmt: skip


def _steps(channels: Sequence[Channel], notch_hz: float | None) -> Iterator[Step]:
    fit = [each for each in channels if not each.faulty]
    if not fit:
        return
    low_hz, high_hz = emg.band_of(fit[0].rate_hz)
    yield Step(what="EMG band-passed", settings={"low_hz": low_hz, "high_hz": high_hz, "order": 4, "zero_lag": True})
    if trunk := [each.channel for each in fit if each.muscle in TRUNK]:
        yield Step(what="EMG of the trunk high-passed", settings={"low_hz": TRUNK_LOW_HZ, "channels": ", ".join(trunk)})
    if hum := [each.channel for each in fit if each.hum]:
        why = "asked for" if notch_hz is not None else "hum above a fifth of the rest"
        yield Step(what="EMG notched at the mains", settings={"channels": ", ".join(hum), "why": why})
    yield Step(what="EMG envelope", settings={"rectified": True, "lowpass_hz": 6.0, "zero_lag": True})

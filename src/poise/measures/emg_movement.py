"""Muscles beside a recorded joint angle: who works on the way out, in the hold and on the way back, and how early.

The sign and the zero of a goniometer differ from file to file. What is read here needs neither, but for one thing: the
knee is straight where its angle is nearer to zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.emg_channels import Channel
from poise.measures.emg_levels import measurement
from poise.model import Definition, Kind, Measurement, Recording
from poise.model.muscles import MUSCLES
from poise.signals.filters import lowpass_offline

Array = NDArray[np.float64]
NAN = float("nan")

PHASES = (("out", "on the way out"), ("hold", "in the hold"), ("back", "on the way back"))
LEAVE, REACH = 0.25, 0.75
SMALLEST_RANGE_DEG = 20.0
SMOOTH_HZ = 6.0
MOVING = 0.05
SEARCH_S = 0.6


def _defines() -> Iterator[Definition]:
    for muscle in MUSCLES:
        for phase, words in PHASES:
            yield Definition(
                measure=f"emg.amplitude_{phase}.{muscle.name}", family=f"emg.amplitude_{phase}.<muscle>",
                unit="µV", label=f"Mean level {words}, {muscle.label}",
                formula="mean 6-Hz envelope of that part of each repetition of the recorded angle", decimals=1,
                source="measures.md 5.1",
            )  # fmt: skip
        yield Definition(
            measure=f"emg.movement_delay.{muscle.name}", family="emg.movement_delay.<muscle>",
            unit="s", label=f"Starts after the movement, {muscle.label}",
            formula="onset less the moment the angle leaves (5 % of peak speed), median; negative = before it",
            source="measures.md 5.4", decimals=3,
        )  # fmt: skip


DEFINES = tuple(_defines())


@dataclass(frozen=True, kw_only=True)
class Excursion:
    """One repetition of an angle, s: it leaves, arrives at the far side, leaves that again, and is back."""

    start_s: float
    reached_s: float
    left_s: float
    end_s: float

    def phase(self, name: str) -> tuple[float, float]:
        """Start and end of ``out``, ``hold`` or ``back``."""
        return {
            "out": (self.start_s, self.reached_s),
            "hold": (self.reached_s, self.left_s),
            "back": (self.left_s, self.end_s),
        }[name]


def angle_of(recording: Recording) -> tuple[str, Array, Array] | None:
    """Name, clock and values of the one joint angle that was recorded beside; None where there is none, or several."""
    stream = recording.streams.get(Kind.JOINT_ANGLES)
    if stream is None or len(stream.channels) != 1 or stream.values.shape[2] != 1:
        return None
    values = stream.values[:, 0, 0]
    return (stream.channels[0], stream.time_s, values) if np.isfinite(values).mean() > 0.5 else None


def bent_share(angle_deg: Array) -> Array:
    """How bent the joint is, 0 straight to 1 as bent as it gets in this recording; straight is the end nearer to 0°."""
    low, high = np.nanquantile(angle_deg, (0.02, 0.98))
    straight, bent = (low, high) if abs(low) <= abs(high) else (high, low)
    return np.asarray((angle_deg - straight) / (bent - straight)) if bent != straight else np.full(len(angle_deg), NAN)


def works_bent(channels: Sequence[Channel], time_s: Array, angle_deg: Array) -> float | None:
    """How bent the joint is while all muscles together work hardest (their loudest 15 %), 0 to 1.

    Which muscle is which does not enter: each is scaled to its own rest. A leg that is lifted against gravity works
    straight where it hangs bent at rest (sitting), and bent where it hangs straight (standing).
    """
    fit = [channel for channel in channels if channel.rest is not None]
    if not fit or np.ptp(angle_deg[np.isfinite(angle_deg)]) < SMALLEST_RANGE_DEG:
        return None
    loud = np.sum([channel.envelope / channel.rest.level for channel in fit if channel.rest is not None], axis=0)
    working = loud >= np.nanquantile(loud, 0.85)
    share = np.interp(fit[0].time_s, time_s, bent_share(angle_deg))
    return float(np.nanmedian(share[working]))


def excursions(time_s: Array, angle_deg: Array) -> tuple[Excursion, ...]:
    """Repetitions of an angle: from the side it starts and ends at, past 75 % of its range, and back.

    Nothing where the range is below 20 deg, or the angle never comes back.
    """
    rate_hz = (len(time_s) - 1) / (time_s[-1] - time_s[0])
    if not np.isfinite(angle_deg).all():
        angle_deg = np.interp(time_s, time_s[np.isfinite(angle_deg)], angle_deg[np.isfinite(angle_deg)])
    smooth = lowpass_offline(angle_deg, rate_hz, SMOOTH_HZ) if rate_hz > 4.0 * SMOOTH_HZ else angle_deg
    low, high = np.quantile(smooth, (0.02, 0.98))
    if high - low < SMALLEST_RANGE_DEG:
        return ()
    share = (smooth - low) / (high - low)
    edge = max(1, round(0.3 * rate_hz))
    if np.median(np.concatenate((share[:edge], share[-edge:]))) > 0.5:
        share = 1.0 - share
    return tuple(_excursions(time_s, share))


def _excursions(time_s: Array, share: Array) -> Iterator[Excursion]:
    speed = np.abs(np.gradient(share, time_s))
    far = share > REACH
    near = share < LEAVE
    starts = np.flatnonzero(far[1:] & ~far[:-1]) + 1
    last_end = 0
    for at in starts.tolist():
        if at < last_end:
            continue
        before, after = np.flatnonzero(near[last_end:at]), np.flatnonzero(near[at:])
        if not len(before) or not len(after):
            continue
        left, back = last_end + int(before[-1]), int(at) + int(after[0])
        inner = np.flatnonzero(far[at:back])
        peak = float(speed[left : at + 1].max())
        still = np.flatnonzero(speed[last_end:left] < MOVING * peak)
        first = last_end + int(still[-1]) if len(still) else left
        quiet = np.flatnonzero(speed[back:] < MOVING * float(speed[at + int(inner[-1]) : back + 1].max()))
        end = back + int(quiet[0]) if len(quiet) else len(share) - 1
        yield Excursion(
            start_s=float(time_s[first]), reached_s=float(time_s[at]), left_s=float(time_s[at + int(inner[-1])]),
            end_s=float(time_s[end]),
        )  # fmt: skip
        last_end = back


def measured(
    channels: Sequence[Channel], found: Sequence[Excursion], method: str, recording: str
) -> Iterator[Measurement]:
    """Level of each muscle by phase, and how long after the movement's start it began."""
    for channel in channels:
        known = channel.unit == "µV"
        top = float(np.nanmax(channel.envelope))
        factor, unit = (1.0, "µV") if known else (100.0 / top if top > 0.0 else NAN, "%")
        for phase, _ in PHASES:
            values = np.array([factor * _mean(channel, *each.phase(phase)) for each in found])
            values = values[np.isfinite(values)]
            if len(values):
                yield measurement(
                    channel, f"emg.amplitude_{phase}.{channel.name}", float(values.mean()), unit, method=method,
                    recording=recording, n=len(values), sd=_sd(values),
                )  # fmt: skip
        delays = np.array([_delay_s(channel, each.start_s) for each in found])
        delays = delays[np.isfinite(delays)]
        if len(delays):
            yield measurement(
                channel, f"emg.movement_delay.{channel.name}", float(np.median(delays)), "s", method=method,
                recording=recording, n=len(delays), sd=_sd(delays),
            )  # fmt: skip


def _mean(channel: Channel, start_s: float, end_s: float) -> float:
    part = channel.envelope[slice(*np.searchsorted(channel.time_s, (start_s, end_s)))]
    return float(np.nanmean(part)) if np.isfinite(part).any() else NAN


def _delay_s(channel: Channel, start_s: float) -> float:
    onsets = np.array([burst.onset_s for burst in channel.bursts if burst.onset_s > channel.time_s[0]])
    if not len(onsets):
        return NAN
    nearest = float(onsets[np.argmin(np.abs(onsets - start_s))] - start_s)
    return nearest if abs(nearest) <= SEARCH_S else NAN


def _sd(values: Array) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else NAN

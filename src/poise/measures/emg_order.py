"""Which muscle fires first: delays after a reference, ranks, their consistency, and how far from an order asked for.

"The" right order is weakly supported: the order of prone hip extension differs between healthy people, and vastus
medialis delays of 5 to 10 ms are smaller than the error of any detector. Read it against the person's own baseline.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.measures.emg_channels import TIMING_SOURCE, Channel
from poise.measures.emg_levels import measurement
from poise.model import Definition, Measurement
from poise.model.muscles import MUSCLES

Array = NDArray[np.float64]
NAN = float("nan")

BEFORE_S = 0.5
AFTER_S = 0.5
FEWEST_REPETITIONS = 5
SHARE_OF_REPETITIONS = 0.7
ERRORS = 2.0
LAGS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("vastus_medialis_after_vastus_lateralis", ("vastus_medialis",), ("vastus_lateralis",)),
    ("gluteus_maximus_after_hamstrings", ("gluteus_maximus",), ("biceps_femoris", "semitendinosus", "hamstrings")),
    ("trunk_after_deltoid", ("internal_oblique", "multifidus", "erector_spinae"), ("anterior_deltoid", "deltoid")),
)
"""Delays that clinics ask for by name: the first group's earliest muscle after the second's."""


def _defines() -> Iterator[Definition]:
    for muscle in MUSCLES:
        yield Definition(
            measure=f"emg.delay.{muscle.name}", family="emg.delay.<muscle>",
            unit="s", label=f"Starts after the prime mover, {muscle.label}",
            formula="onset less the onset of the reference of the same repetition, median over repetitions",
            source="measures.md 5.4", decimals=3,
        )  # fmt: skip
        yield Definition(
            measure=f"emg.order.{muscle.name}", family="emg.order.<muscle>",
            unit="rank", label=f"Place in the order, {muscle.label}",
            formula="mean rank of the onset within the repetition, 1 = first", source="measures.md 5.4", decimals=1,
        )  # fmt: skip
        yield Definition(
            measure=f"emg.delay_between_sides.{muscle.name}", family="emg.delay_between_sides.<muscle>",
            unit="s", label=f"Later on the left, {muscle.label}",
            formula="onset left less onset right of the same repetition, median over repetitions", sided=False,
            source="measures.md 5.6", decimals=3,
        )  # fmt: skip
    for name, _, _ in LAGS:
        yield Definition(
            measure=f"emg.lag.{name}", unit="s", label=name.replace("_", " ").capitalize(),
            formula="onset of the first less that of the second, median over repetitions", source="measures.md 5.4",
            decimals=3,
        )  # fmt: skip
    yield Definition(
        measure="emg.order_consistency", unit="1", label="How consistent the order is", sided=False, better="higher",
        formula="Kendall's W of the ranks over repetitions, ties shared", source="Kendall & Babington Smith 1939",
    )  # fmt: skip
    yield Definition(
        measure="emg.order_distance", unit="1", label="How far from the order asked for", sided=False, better="lower",
        formula="share of muscle pairs in the wrong order (Kendall τ distance), mean over repetitions",
        source="Kendall 1938; measures.md 5.4",
    )  # fmt: skip


DEFINES = tuple(_defines())


@dataclass(frozen=True, kw_only=True, eq=False)
class Onsets:
    """Onsets less the reference's, shape (repetitions, muscles); NaN where a muscle had none."""

    channels: tuple[Channel, ...]
    reference: str
    delay_s: Array

    @property
    def complete(self) -> Array:
        """The repetitions in which every muscle fired."""
        return np.asarray(self.delay_s[np.isfinite(self.delay_s).all(axis=1)])


def prime_mover(channels: Sequence[Channel]) -> Channel | None:
    """The muscle that stands out of its rest the most: what every other is timed against; None without bursts."""
    active = [channel for channel in channels if channel.bursts]
    return max(active, key=lambda channel: channel.snr_db, default=None)


def onsets_of(channels: Sequence[Channel], starts_s: ArrayLike, reference: str) -> Onsets:
    """The onset of each muscle nearest to each start, from half a second before to half a second after.

    Parameters
    ----------
    starts_s
        One moment a repetition: the onset of the prime mover, or of the movement. A muscle that was already on has no
        onset there.
    """
    moments = np.asarray(starts_s, dtype=np.float64)
    delays = np.full((len(moments), len(channels)), NAN)
    for j, channel in enumerate(channels):
        onsets = np.array([b.onset_s for b in channel.bursts if b.onset_s > channel.time_s[0]])
        if not len(onsets):
            continue
        for i, moment in enumerate(moments):
            nearest = onsets[np.argmin(np.abs(onsets - moment))] - moment
            if -BEFORE_S <= nearest <= AFTER_S:
                delays[i, j] = nearest
    return Onsets(channels=tuple(channels), reference=reference, delay_s=delays)


def ranks(delays_s: ArrayLike) -> Array:
    """Rank of each muscle in each repetition, 1 = first; equal moments share the mean of their ranks."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(np.asarray(delays_s, dtype=np.float64), axis=1))


def kendall_w(rank_table: ArrayLike) -> float:
    """Agreement of several rankings of the same things, 0 to 1; NaN below two rankings or two things.

    Parameters
    ----------
    rank_table
        Shape (rankings, things). Ties shared in the ranks are allowed for.

    References
    ----------
    .. [1] Kendall & Babington Smith 1939, Ann Math Stat 10:275.
    """
    table = np.asarray(rank_table, dtype=np.float64)
    if table.ndim != 2 or min(table.shape) < 2:
        return NAN
    m, n = table.shape
    sums = table.sum(axis=0)
    squares = float(((sums - sums.mean()) ** 2).sum())
    ties = 0.0
    for row in table:
        _, counts = np.unique(row, return_counts=True)
        ties += float((counts**3 - counts).sum())
    whole = m**2 * (n**3 - n) - m * ties
    return 12.0 * squares / whole if whole > 0.0 else NAN


def tau_distance(order: Sequence[str], asked: Sequence[str]) -> float:
    """Share of the pairs of things in both orders that stand the other way round, 0 to 1; NaN below one pair."""
    both = [each for each in order if each in asked]
    pairs = [(a, b) for i, a in enumerate(both) for b in both[i + 1 :]]
    wrong = sum(asked.index(a) > asked.index(b) for a, b in pairs)
    return wrong / len(pairs) if pairs else NAN


def faults(onsets: Onsets, asked: Sequence[str]) -> tuple[tuple[str, str, float], ...]:
    """Pairs that fire in the wrong order beyond doubt: (should be first, but comes after, median delay in s).

    Only where the first comes later than the second by more than twice the error of timing both, in 70 % or more of at
    least five repetitions.
    """
    place = {channel.muscle: j for j, channel in enumerate(onsets.channels)}
    held = [muscle for muscle in asked if muscle in place]
    found = []
    for i, first in enumerate(held):
        for second in held[i + 1 :]:
            late = onsets.delay_s[:, place[first]] - onsets.delay_s[:, place[second]]
            late = late[np.isfinite(late)]
            error = math.hypot(*(onsets.channels[place[m]].timing_error_s for m in (first, second)))
            enough = len(late) >= FEWEST_REPETITIONS
            if enough and float(np.mean(late > ERRORS * error)) >= SHARE_OF_REPETITIONS:
                found.append((first, second, float(np.median(late))))
    return tuple(found)


def measured(onsets: Onsets, method: str, recording: str, asked: Sequence[str] = ()) -> Iterator[Measurement]:
    """Delays and ranks of each muscle, the consistency of the order, and its distance from the one asked for."""
    complete = onsets.complete
    how = f"{method}, after {onsets.reference}"
    for j, channel in enumerate(onsets.channels):
        delays = onsets.delay_s[:, j]
        delays = delays[np.isfinite(delays)]
        if len(delays):
            made = measurement(
                channel, f"emg.delay.{channel.name}", float(np.median(delays)), "s", method=how,
                recording=recording, n=len(delays), sd=_sd(delays),
            )  # fmt: skip
            yield _with_error(made, channel.timing_error_s * 1.4 / np.sqrt(len(delays)))
    if len(complete) and complete.shape[1] > 1:
        table = ranks(complete)
        for j, channel in enumerate(onsets.channels):
            yield measurement(
                channel, f"emg.order.{channel.name}", float(table[:, j].mean()), "rank", method=how,
                recording=recording, n=len(table), sd=_sd(table[:, j]),
            )  # fmt: skip
        yield from _whole(onsets, table, how, recording, asked)
    yield from _lags(onsets, how, recording)
    yield from _between_sides(onsets, how, recording)


def _between_sides(onsets: Onsets, method: str, recording: str) -> Iterator[Measurement]:
    """Of muscles recorded on both sides in a movement of both: how much later the left one starts."""
    for j, left in enumerate(onsets.channels):
        for k, right in enumerate(onsets.channels):
            if (left.muscle, left.side, right.side) != (right.muscle, "left", "right"):
                continue
            late = onsets.delay_s[:, j] - onsets.delay_s[:, k]
            late = late[np.isfinite(late)]
            if len(late):
                made = measurement(
                    left, f"emg.delay_between_sides.{left.name}", float(np.median(late)), "s", method=method,
                    recording=recording, n=len(late), sd=_sd(late),
                )  # fmt: skip
                both = math.hypot(left.timing_error_s, right.timing_error_s) / math.sqrt(len(late))
                yield replace(_with_error(made, both), side=None)


def _whole(onsets: Onsets, table: Array, method: str, recording: str, asked: Sequence[str]) -> Iterator[Measurement]:
    first = onsets.channels[0]
    agreement = kendall_w(table)
    names = [channel.muscle for channel in onsets.channels]
    distances = [tau_distance([names[j] for j in np.argsort(row)], asked) for row in table] if asked else []
    for measure, value, sd in (
        ("emg.order_consistency", agreement, NAN),
        ("emg.order_distance", float(np.mean(distances)) if distances else NAN, NAN),
    ):
        if np.isfinite(value):
            yield Measurement(
                measure=measure, value=value, unit="1", side=None, n=len(table), sd=sd, start_s=float(first.time_s[0]),
                end_s=float(first.time_s[-1]), valid_fraction=first.valid_fraction, method=method, recording=recording,
            )  # fmt: skip


def _lags(onsets: Onsets, method: str, recording: str) -> Iterator[Measurement]:
    for side in dict.fromkeys(channel.side for channel in onsets.channels):
        place: Mapping[str, int] = {c.muscle: j for j, c in enumerate(onsets.channels) if c.side == side}
        for name, late, early in LAGS:
            one, other = _earliest(onsets, place, late), _earliest(onsets, place, early)
            if one is None or other is None:
                continue
            lag = one[1] - other[1]
            lag = lag[np.isfinite(lag)]
            if len(lag):
                made = measurement(
                    one[0],
                    f"emg.lag.{name}",
                    float(np.median(lag)),
                    "s",
                    method=method,
                    recording=recording,
                    n=len(lag),
                    sd=_sd(lag),
                )
                both = np.hypot(one[0].timing_error_s, other[0].timing_error_s)
                yield _with_error(made, float(both) / np.sqrt(len(lag)))


def _earliest(onsets: Onsets, place: Mapping[str, int], muscles: Sequence[str]) -> tuple[Channel, Array] | None:
    """The first of a group in each repetition."""
    held = [place[muscle] for muscle in muscles if muscle in place]
    if not held:
        return None
    group = onsets.delay_s[:, held]
    some = np.isfinite(group).any(axis=1)
    first = np.where(some, np.min(np.where(np.isfinite(group), group, np.inf), axis=1), NAN)
    return onsets.channels[held[0]], first


def _with_error(made: Measurement, error_s: float) -> Measurement:
    return replace(made, error=float(error_s), error_source=TIMING_SOURCE)


def _sd(values: Array) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else NAN

"""Co-contraction of opposing muscles, while either of them works, on one common scale.

Without a maximal contraction, each muscle scaled to its own peak would make a silent antagonist as loud as the muscle
that moves the joint; so all of a joint are given in percent of the joint's highest peak. Electrodes and skin still
differ from muscle to muscle: the number is for comparing a person with themself, electrodes left on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from poise.measures.emg_channels import Channel
from poise.measures.emg_levels import measurement, work_of
from poise.model import Definition, Measurement
from poise.model.muscles import OPPONENTS, opponents_among
from poise.signals.emg_cocontraction import falconer_winter, rudolph

Array = NDArray[np.float64]
PEAK_QUANTILE = 0.995


def _defines() -> Iterator[Definition]:
    for pair in OPPONENTS:
        joint = pair.joint
        yield Definition(
            measure=f"emg.agonist_share.{joint}", family="emg.agonist_share.<joint>",
            unit="%", label=f"Share of {joint} {pair.one_way}", decimals=0,
            formula="mean level of that group over that of it and its opponents, while either works",
            source="measures.md 5.6",
        )  # fmt: skip
        yield Definition(
            measure=f"emg.cocontraction.{joint}", family="emg.cocontraction.<joint>",
            unit="%", label=f"Co-contraction, {joint}", better="neither",
            formula="Falconer–Winter: 100 · 2 ∫ lower / ∫ (one + other), of envelopes in % of the joint's highest",
            source="Falconer & Winter 1985", decimals=0,
        )  # fmt: skip
        yield Definition(
            measure=f"emg.cocontraction_level.{joint}", family="emg.cocontraction_level.<joint>",
            unit="%", label=f"Level of co-contraction, {joint}",
            formula="Rudolph: mean of lower / higher · (lower + higher), of envelopes in % of the joint's highest",
            source="Rudolph et al. 2000", decimals=0,
        )  # fmt: skip


DEFINES = tuple(_defines())


def measured(channels: Sequence[Channel], method: str, recording: str) -> Iterator[Measurement]:
    """Both indices of every joint that has opposing muscles on one side, one value a stretch of work."""
    for side in dict.fromkeys(channel.side for channel in channels):
        same = {channel.muscle: channel for channel in channels if channel.side == side}
        for pair in opponents_among(same):
            groups = [[same[m] for m in group] for group in (pair.agonists, pair.antagonists)]
            yield from _of_joint(pair.joint, groups, f"{method}, % of the joint's highest peak", recording)


def _of_joint(joint: str, groups: list[list[Channel]], method: str, recording: str) -> Iterator[Measurement]:
    every = [channel for group in groups for channel in group]
    if not any(channel.bursts for channel in every):
        return
    top = max(_top(channel) for channel in every)
    if not top > 0.0 or len({channel.unit for channel in every}) > 1:
        return
    one, other = (100.0 / top * np.mean([_above_rest(channel) for channel in group], axis=0) for group in groups)
    work = work_of(every)
    shares = np.array([_share(one[part], other[part]) for part in work.parts])
    if len(shares := shares[np.isfinite(shares)]):
        sd = float(np.std(shares, ddof=1)) if len(shares) > 1 else float("nan")
        yield measurement(
            every[0], f"emg.agonist_share.{joint}", float(shares.mean()), "%", method=method, recording=recording,
            n=len(shares), sd=sd,
        )  # fmt: skip
    for name, index in (("cocontraction", falconer_winter), ("cocontraction_level", rudolph)):
        values = np.array([index(one[part], other[part]) for part in work.parts])
        values = values[np.isfinite(values)]
        if len(values):
            sd = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
            yield measurement(
                every[0],
                f"emg.{name}.{joint}",
                float(values.mean()),
                "%",
                method=method,
                recording=recording,
                n=len(values),
                sd=sd,
            )


def _share(one: Array, other: Array) -> float:
    """The first's part of both, %."""
    first, second = float(np.nanmean(one)), float(np.nanmean(other))
    return 100.0 * first / (first + second) if first + second > 0.0 else float("nan")


def _above_rest(channel: Channel) -> Array:
    """The envelope with the level at rest taken off.

    Without that, two muscles that both rest would share their noise and call it co-contraction.
    """
    quiet = channel.rest.level * np.sqrt(2.0 / np.pi) if channel.rest else 0.0
    return np.maximum(channel.envelope - quiet, 0.0)


def _top(channel: Channel) -> float:
    """Its 99.5th percentile."""
    above = _above_rest(channel)
    return float(np.nanquantile(above, PEAK_QUANTILE)) if np.isfinite(above).any() else 0.0

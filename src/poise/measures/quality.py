"""One quality from 0 to 100 that never hides its parts: each part between two anchors, capped by the worst.

A part scores 1 inside its band, widened by the measuring error: a deviation inside it costs nothing. Beyond, it falls
linearly to 0 at its limit. The whole is the weighted mean of the parts that could be measured, and never more than 20
points above the worst part, so that a severe fault cannot be averaged away. It falls, or stays, when a part gets worse.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from poise.model import Part

VERSION = "quality@1"
LEAST_COVERAGE = 0.60
"""With less of the weight measured there is no total (measures.md 3.9)."""
HEADROOM = 20.0
"""Points by which the total may stand above the worst part (measures.md 3.9)."""
SHARES: Mapping[str, float] = {"compensation": 0.40, "range": 0.25, "control": 0.20, "accuracy": 0.15}
"""Weights of the groups: safety and compensation, range, control (smoothness and tempo), symmetry and likeness to what
was shown (measures.md 3.9). The parts of a group share its weight."""
INF, NAN = float("inf"), float("nan")
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Anchors:
    """What a part is held against.

    Inside [low, high] all is well; at `worst_low` and `worst_high` nothing is left. An open side is infinite, and so is
    its limit. `source` says where they come from: the exercise, the person's own repetitions, a reference.
    """

    low: float
    high: float
    worst_low: float = -INF
    worst_high: float = INF
    source: str = ""

    def score(self, value: float, error: float = 0.0) -> float:
        """1 inside the band and the measuring error around it, 0 at the limit and beyond; NaN for a missing value."""
        if not math.isfinite(value):
            return NAN
        edge, limit = (self.low, self.worst_low) if value < self.low else (self.high, self.worst_high)
        away = abs(value - edge) if not self.low <= value <= self.high else 0.0
        if away <= error or not math.isfinite(limit):
            return 1.0
        # A limit inside the measuring error cannot be told from the band: nothing is left two errors away.
        room = max(abs(limit - edge) - error, error)
        return max(0.0, 1.0 - (away - error) / room) if room > 0.0 else 0.0

    def limit_for(self, value: float) -> float:
        """The limit on the side where the value lies; the nearer one for a value inside the band."""
        if value < self.low:
            return self.worst_low
        if value > self.high or not math.isfinite(self.worst_low):
            return self.worst_high
        if not math.isfinite(self.worst_high):
            return self.worst_low
        return self.worst_low if value - self.worst_low < self.worst_high - value else self.worst_high


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One part that a quality is to be made of, before it is scored; `group` is one of `SHARES`."""

    name: str
    label: str
    group: str
    value: float
    unit: str
    anchors: Anchors
    error: float = 0.0
    share: float = 1.0

    def scored(self, weight: float) -> Part:
        """The part with its score and its weight in the whole."""
        return Part(
            name=self.name, label=self.label, value=self.value, unit=self.unit,
            score=self.anchors.score(self.value, self.error), weight=weight,
            low=self.anchors.low, high=self.anchors.high, limit=self.anchors.limit_for(self.value),
            error=self.error, source=self.anchors.source,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A quality with what it is made of.

    `quality` is None where less than 60 % of the weight could be measured; `coverage` is that share, 0 to 1; `limiting`
    names the worst part, empty where every part is whole; `missing` names the parts that were asked for in vain.
    """

    quality: float | None
    parts: tuple[Part, ...]
    limiting: str
    coverage: float
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Four ways to make one number of parts, 0 to 100; `capped` is the one that is used."""

    weighted_mean: float
    weighted_geometric: float
    worst: float
    capped: float


def totals(scores: Sequence[float], weights: Sequence[float]) -> Totals:
    """Parts' scores (0 to 1) put together with their weights, which need not sum to 1; NaN without parts."""
    whole = math.fsum(weights)
    if not scores or not whole > 0.0:
        return Totals(weighted_mean=NAN, weighted_geometric=NAN, worst=NAN, capped=NAN)
    shares = [weight / whole for weight in weights]
    mean = 100.0 * math.fsum(share * score for share, score in zip(shares, scores, strict=True))
    worst = 100.0 * min(scores)
    geometric = 0.0
    if worst > 0.0:
        geometric = 100.0 * math.exp(math.fsum(s * math.log(q) for s, q in zip(shares, scores, strict=True)))
    return Totals(
        weighted_mean=mean, weighted_geometric=geometric, worst=worst, capped=min(mean, worst + HEADROOM)
    )  # fmt: skip


def judged_parts(asked: Iterable[Asked]) -> Judgement:
    """The quality of these parts; those without a value are left out, their weight taken by the rest, and named."""
    every = tuple(asked)
    weights = _weights(every)
    parts = tuple(each.scored(weight) for each, weight in zip(every, weights, strict=True))
    there = tuple(part for part in parts if math.isfinite(part.score))
    coverage = math.fsum(part.weight for part in there)
    missing = tuple(part.name for part in parts if not math.isfinite(part.score))
    worst = min(there, key=lambda part: part.score, default=None)
    limiting = worst.name if worst is not None and worst.score < 1.0 - ROUNDING else ""
    quality = None
    if there and coverage >= LEAST_COVERAGE - ROUNDING:
        quality = totals([part.score for part in there], [part.weight for part in there]).capped
    return Judgement(quality=quality, parts=there, limiting=limiting, coverage=min(coverage, 1.0), missing=missing)


def _weights(asked: Sequence[Asked]) -> list[float]:
    """Each part's share of the whole: its group's, shared within the group; groups not asked for give theirs away."""
    in_group: dict[str, float] = {}
    for each in asked:
        in_group[each.group] = in_group.get(each.group, 0.0) + each.share
    whole = math.fsum(SHARES[group] for group in in_group)
    return [SHARES[each.group] / whole * each.share / in_group[each.group] for each in asked]

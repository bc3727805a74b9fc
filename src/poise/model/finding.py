"""A Finding: a measurement beside its reference, able to explain itself; and the rules that make one, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from poise.model.measurement import Measurement
from poise.model.recording import Side

Evidence = Literal["verified", "memory", "design", "general-knowledge"]
Severity = Literal["minor", "major"]
Basis = Literal["norm", "threshold", "other side", "earlier"]
Direction = Literal["above", "below"]
Sides = Literal["each", "together", "difference"]
Source = Literal["markers", "coordinates", "camera", "imu", "force"]
NAN = float("nan")
INF = float("inf")
MDC95 = 1.959964 * 2**0.5
"""Times one standard error of measurement: the smallest change between two tests that is real at 95 %."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A fact from the literature that a measurement is judged by; data, never code.

    Either `low`/`high` (a band; one of them may be open) or `mean`/`sd` is given. `smallest_real_change` is the MDC95,
    `smallest_meaningful_change` the MCID; None where nobody has published one.

    `basis` says what stands on the other side: a norm, a fixed threshold, the person's other side or an earlier
    recording. `who` begins a sentence: "people walking at this speed". `n` is how many people stand behind it, `note`
    what a reader must know before believing it; `matched` is False where the age was not known and all are spanned.
    """

    measure: str
    population: str
    unit: str
    citation: str
    evidence: Evidence
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: float | None = None
    smallest_real_change: float | None = None
    smallest_meaningful_change: float | None = None
    basis: Basis = "norm"
    who: str = ""
    n: int | None = None
    note: str = ""
    matched: bool = True

    def band(self, sds: float = 2.0) -> tuple[float, float]:
        """Lowest and highest usual value: `low`/`high`, or else mean ± `sds` · sd; infinite where open."""
        if self.mean is not None and self.sd is not None and self.low is None and self.high is None:
            return self.mean - sds * self.sd, self.mean + sds * self.sd
        return -INF if self.low is None else self.low, INF if self.high is None else self.high


@dataclass(frozen=True, kw_only=True)
class MeasurementError:
    """One standard error of measurement of a measure with one kind of source, and who says so."""

    error: float
    unit: str
    evidence: Evidence
    citation: str
    published_mdc: float | None = None
    smallest_meaningful_change: float | None = None
    meaningful_citation: str = ""

    @property
    def smallest_real_change(self) -> float:
        """The published MDC95, or else 1.96 · √2 · SEM."""
        return self.published_mdc if self.published_mdc is not None else MDC95 * self.error


@dataclass(frozen=True, kw_only=True)
class Feature:
    """How a number is read from a curve over the cycle: its max, min, mean or range between two percents of it."""

    curve: str
    take: Literal["max", "min", "mean", "rom"]
    start_percent: int = 0
    end_percent: int = 100


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A fixed threshold from the literature, kept with its source whether it decides or not.

    `times_leg_length` makes it a share of leg length. `youngest_years` and `oldest_years` bound whom it is for.
    """

    value: float
    severity: Severity
    evidence: Evidence
    citation: str
    decides: bool = True
    inclusive: bool = False
    times_leg_length: bool = False
    youngest_years: float = 0.0
    oldest_years: float = INF


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One test of a rule: a measure, the direction that is off, and what decides where "off" begins.

    Attributes
    ----------
    sides
        Each side by itself, both together (their mean), or one against the other. In a difference the finding lies
        on the side whose value is lower ("below") or higher ("above").
    percent_of
        A difference told in percent of the mean of both sides (Robinson) or of the larger, not in the measure's unit.
    decide
        ``norm``: the matched norm, mean ± 2 SD, decides where there is one, else the fixed limits.
        ``wider``: of the norms and the fixed limits, the one farthest from usual decides. ``limits``: the fixed alone.
    major_beyond
        How far past the deciding limit a minor finding becomes a major one; NaN where it never does.
    fewest
        Fewest strides (or steps) that may be judged at all.
    error_of
        The measure whose error of measurement counts (that of a difference is not that of its sides).
    not_by
        Words in a method that measures something else under this name ("trunk to thigh"): not judged then.
    feature
        How the measure is read from a curve, so that the share of strides past the limit can be counted.
    says, usual, word
        Words of the sentence, with places such as {side}, {value}, {band}, {limit}, {who}; `word` is "less" or "more".
    """

    measure: str
    label: str
    unit: str
    decimals: int
    direction: Direction
    sides: Sides = "each"
    percent_of: Literal["", "mean", "larger"] = ""
    decide: Literal["norm", "wider", "limits"] = "norm"
    limits: tuple[Limit, ...] = ()
    major_beyond: float = NAN
    fewest: int = 1
    error_of: str = ""
    not_by: str = ""
    feature: Feature | None = None
    says: str = ""
    usual: str = ""
    word: str = ""

    @property
    def upward(self) -> bool:
        """Whether a larger judged value is farther off; a difference is judged by its size, whatever its direction."""
        return self.direction == "above" or self.sides == "difference"

    @property
    def told_in(self) -> str:
        """The unit of the judged value."""
        return "%" if self.percent_of else self.unit


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What makes a finding: conditions as data, with their words, sources and caveats.

    `supports_only` marks a measure too unsteady to decide alone: its confidence is capped. `not_on_treadmill` marks
    what the belt decides, `steady_only` what only a walk at a steady pace can show. `needs` says what must be seen, for
    the list of what was not.
    """

    finding: str
    name: str
    names: Mapping[str, str]
    clinical: str
    region: str
    tasks: frozenset[str]
    conditions: tuple[Condition, ...]
    meaning: str
    ask: str
    needs: str
    evidence: Evidence
    citations: tuple[str, ...]
    decided_by: str = ""
    causes: tuple[str, ...] = ()
    supports_only: bool = False
    not_on_treadmill: bool = False
    steady_only: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", dict(self.names))


@dataclass(frozen=True, kw_only=True)
class References:
    """Everything that the measurements of one recording are judged by, already matched to person, speed and source.

    `running` says that nobody walks at this speed: no rule of walking is judged then.
    """

    by_measure: Mapping[str, tuple[Reference, ...]] = field(default_factory=dict)
    errors: Mapping[str, MeasurementError] = field(default_factory=dict)
    treadmill: bool = False
    running: bool = False
    leg_length_m: float | None = None
    age_years: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_measure", dict(self.by_measure))
        object.__setattr__(self, "errors", dict(self.errors))


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is off, by how much, and how sure that is.

    Attributes
    ----------
    finding
        The id in the knowledge, such as ``f_stiff_knee_gait``.
    name
        In plain words, such as "Knee stays stiff when swinging the leg".
    sentence
        One plain sentence with the number, its reference and the doubt.
    deviation
        How far beyond the reference, in the measure's own unit (positive = beyond).
    error
        One standard error of measurement, in the same unit; the deviation is always larger.
    confidence
        0 to 1: how sure that the deviation is real, given measurement error, strides and missing data.
    because
        The measurements it rests on.
    reference
        The reference that decided.
    compared
        What else it was held against: thresholds that did not decide, the other side, an earlier recording.
    unseen
        What could not be seen and would have made it surer or ruled it out.
    """

    finding: str
    name: str
    sentence: str
    side: Side | None
    severity: Severity
    confidence: float
    deviation: float
    unit: str
    because: tuple[Measurement, ...]
    reference: Reference
    error: float = NAN
    smallest_real_change: float | None = None
    meaning: str = ""
    ask: str = ""
    compared: tuple[Reference, ...] = ()
    unseen: tuple[str, ...] = ()

"""A Finding: a measurement beside its reference, able to explain itself; and the rules that make one, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from poise.model.measurement import Measurement
from poise.model.recording import Side

Evidence = Literal["verified", "memory", "design", "general-knowledge"]
Severity = Literal["minor", "major"]
Basis = Literal["norm", "threshold", "other side", "earlier", "asked"]
Direction = Literal["above", "below"]
Sides = Literal["each", "together", "difference", "signed"]
Source = Literal["markers", "coordinates", "camera", "imu", "force", "emg"]
NAN = float("nan")
INF = float("inf")
MDC95 = 1.959964 * 2**0.5
"""Times one standard error of measurement: the smallest change between two tests that is real at 95 %."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A fact from the literature that a measurement is judged by; data, never code.

    Either `low`/`high` (a band; one of them may be open) or `mean`/`sd` is given. `smallest_real_change` is the MDC95,
    `smallest_meaningful_change` the MCID; None where nobody has published one.

    `basis` says what stands on the other side: a norm, a fixed threshold, the person's other side, an earlier
    recording or what the exercise asked for. `who` begins a sentence: "people walking at this speed". `n` is how many
    people stand behind it, `note` what a reader must know before believing it; `matched` is False where the age was not
    known and all are spanned.
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
    """One standard error of measurement of a measure with one kind of source, and who says so.

    `share` is the error as a share of the value, where it grows with it (sway); `error` is then 0.
    """

    error: float
    unit: str
    evidence: Evidence
    citation: str
    published_mdc: float | None = None
    smallest_meaningful_change: float | None = None
    meaningful_citation: str = ""
    share: float = 0.0

    @property
    def smallest_real_change(self) -> float:
        """The published MDC95, or else 1.96 · √2 · SEM; 0 where the error is a share of the value."""
        return self.published_mdc if self.published_mdc is not None else MDC95 * self.error

    def at(self, value: float) -> float:
        """The error of this value."""
        return max(self.error, self.share * abs(value))


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

    `times_leg_length` makes it a share of leg length. `youngest_years`, `oldest_years` and `sex` bound whom it is for.
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
    sex: str = ""

    @property
    def of_an_age(self) -> bool:
        """Whether it is meant for people of a certain age, not for adults or anybody."""
        return self.youngest_years > 18.0 or self.oldest_years < INF


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One test of a rule: a measure, the direction that is off, and what decides where "off" begins.

    Attributes
    ----------
    sides
        Each side by itself, both together (their mean), or one against the other. In a difference the finding lies
        on the side whose value is lower ("below") or higher ("above"). ``signed`` is a difference that was measured as
        one number, left − right: its size is judged, its sign tells the side.
    percent_of
        A difference told in percent of the mean of both sides (Robinson) or of the larger, not in the measure's unit.
    decide
        ``norm``: the matched norm, mean ± 2 SD, decides where there is one, else the fixed limits.
        ``wider``: of the norms and the fixed limits, the one farthest from usual decides. ``limits``: the fixed alone.
        ``earlier``: nothing but the person's own earlier recording.
    major_beyond
        How far past the deciding limit a minor finding becomes a major one; NaN where it never does.
    fewest, enough, share, counted
        Fewest strides (repetitions, trials: `counted`) that may be judged at all; how many are enough to be sure; and
        in what share of them, where there are that many, the deviation must exceed the error.
    when
        Conditions of the recording that it is meant for, such as ``eyes: open``; with others it is not judged.
    error_of
        The measure whose error of measurement counts (that of a difference is not that of its sides).
    not_by
        Words in a method that measures something else under this name ("trunk to thigh"): not judged then.
    feature
        How the measure is read from a curve, so that the share of strides past the limit can be counted.
    says, usual, word, than
        Words of the sentence, with places such as {side}, {value}, {band}, {limit}, {who}; `word` is "less" or "more",
        `than` what it is more than.
    """

    measure: str
    label: str
    unit: str
    decimals: int
    direction: Direction
    sides: Sides = "each"
    percent_of: Literal["", "mean", "larger"] = ""
    decide: Literal["norm", "wider", "limits", "earlier"] = "norm"
    limits: tuple[Limit, ...] = ()
    major_beyond: float = NAN
    fewest: int = 1
    enough: int = 5
    share: float = 0.6
    counted: str = "stride"
    when: Mapping[str, str] = field(default_factory=dict)
    error_of: str = ""
    not_by: str = ""
    feature: Feature | None = None
    says: str = ""
    usual: str = ""
    word: str = ""
    than: str = "usual"

    @property
    def upward(self) -> bool:
        """Whether a larger judged value is farther off; a difference is judged by its size, whatever its direction."""
        return self.direction == "above" or self.sides in {"difference", "signed"}

    @property
    def told_in(self) -> str:
        """The unit of the judged value."""
        return "%" if self.percent_of else self.unit


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What makes a finding: conditions as data, with their words, sources and caveats.

    `supports_only` marks a measure too unsteady to decide alone: its confidence is capped. `not_on_treadmill` marks
    what the belt decides, `steady_only` what only a walk at a steady pace can show. `needs` says what must be seen, for
    the list of what was not. `only_for` are conditions without which the rule is silent (``stance: tandem``),
    `signs_needed` how many of its conditions must hold together, `unlisted_in` the tasks whose recordings do not list
    it among what could not be judged, because few of them could show it.
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
    only_for: Mapping[str, str] = field(default_factory=dict)
    signs_needed: int = 1
    unlisted_in: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", dict(self.names))
        object.__setattr__(self, "only_for", dict(self.only_for))


@dataclass(frozen=True, kw_only=True)
class References:
    """Everything that the measurements of one recording are judged by, already matched to person, speed and source.

    `running` says that nobody walks at this speed: no rule of walking is judged then. `task` and `conditions` are those
    of the recording; `lacking` says, by measure, what would have to be known for a norm to fit.
    """

    by_measure: Mapping[str, tuple[Reference, ...]] = field(default_factory=dict)
    errors: Mapping[str, MeasurementError] = field(default_factory=dict)
    treadmill: bool = False
    running: bool = False
    leg_length_m: float | None = None
    age_years: float | None = None
    sex: str | None = None
    task: str = "walk"
    conditions: Mapping[str, str] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("by_measure", "errors", "conditions", "lacking"):
            object.__setattr__(self, name, dict(getattr(self, name)))


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

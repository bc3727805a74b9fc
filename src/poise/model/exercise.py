"""An Exercise: what a repetition of it is, what a good one reaches, and what must not happen meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Against = Literal["absolute", "rel", "pct_best"]
"""What a bound's number is meant against: as it stands, the difference from the calm start, or percent of the best."""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """One comparison of one reading: ``m_knee_flexion > 60``."""

    reading: str
    above: bool
    value: float
    inclusive: bool = False
    against: Against = "absolute"


@dataclass(frozen=True, kw_only=True)
class RepetitionState:
    """One posture that a repetition passes through: all bounds hold, for `dwell_s`."""

    name: str
    when: tuple[Bound, ...]
    dwell_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a good repetition reaches: `reading` within `tolerance` of `value`, read at state `at`."""

    reading: str
    value: float
    tolerance: float
    at: str = ""
    against: Against = "absolute"


@dataclass(frozen=True, kw_only=True)
class Check:
    """What must not happen in a repetition; `at` names the state at whose extreme it is read, else all through."""

    bound: Bound
    severity: Literal["info", "minor", "major", "stop"]
    cue: str = ""
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise as the measuring rooms need it; dose, hazards and education stay in the knowledge data.

    `tempo_s` is (working way, pause, way back) in seconds, None where none is asked for. `kind` is ``cycle`` where
    states are passed in order, ``hold`` where a posture is kept, ``timed`` or ``task`` where nothing is counted by us.
    Of an ``alternating`` exercise signed readings are read as how far to either side, unless it is `signed`.
    """

    id: str
    name: Mapping[str, str]
    kind: Literal["cycle", "hold", "timed", "task"]
    view: Literal["front", "back", "side", "none"]
    laterality: Literal["unilateral", "bilateral", "alternating", "none"]
    position: str = "standing"
    states: tuple[RepetitionState, ...] = ()
    target: Target | None = None
    checks: tuple[Check, ...] = ()
    tempo_s: tuple[float, float, float] | None = None
    hold_s: float = 0.0
    signed: bool = False
    coachable: Literal["full", "partial", "none"] = "full"
    defaults: Mapping[str, float] = field(default_factory=dict)

    @property
    def primary(self) -> str:
        """The reading that the repetition is about: the target's, else that of the first state's first bound."""
        if self.target is not None:
            return self.target.reading
        return self.states[0].when[0].reading if self.states and self.states[0].when else ""

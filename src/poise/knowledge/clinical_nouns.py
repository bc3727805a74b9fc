"""What the clinical files hold, as frozen values. Field names are those of the files; ids resolve (`clinical`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any


@dataclass(frozen=True)
class To:
    """What an id points at: the name of a part of `clinical.Library`."""

    part: str


@dataclass(frozen=True, kw_only=True)
class Words:
    """A text in English and, where somebody wrote it, in Spanish."""

    en: str
    es: str = ""

    def in_language(self, language: str) -> str:
        """The text in a language (``es``, ``es-mx``, ``en``); English where there is no other."""
        return self.es if language.startswith("es") and self.es else self.en

    def __str__(self) -> str:
        return self.en


@dataclass(frozen=True, kw_only=True)
class Named:
    """Something with an id and a name: a muscle, a movement, a goal, a piece of equipment, a hazard."""

    id: str
    name: Words


@dataclass(frozen=True, kw_only=True)
class Region(Named):
    """A region of the body; `parent` is the larger one it belongs to, empty for none."""

    parent: Annotated[str, To("regions")] = ""


@dataclass(frozen=True, kw_only=True)
class Muscle(Named):
    """A muscle and where it lies."""

    region: Annotated[str, To("regions")]


@dataclass(frozen=True, kw_only=True)
class Movement(Named):
    """A movement that is tested and trained."""


@dataclass(frozen=True, kw_only=True)
class Goal(Named):
    """A goal, with the movements it asks for."""

    movements: Annotated[tuple[str, ...], To("movements")] = ()


@dataclass(frozen=True, kw_only=True)
class Equipment(Named):
    """A piece of equipment; `home` says whether people have it at home."""

    home: bool = False


@dataclass(frozen=True, kw_only=True)
class Zone(Named):
    """A coarse zone of the body, for the safety veto."""

    regions: Annotated[tuple[str, ...], To("regions")]


@dataclass(frozen=True, kw_only=True)
class Phase(Named):
    """A phase of care: what it aims at and when it is over."""

    order: int
    aim: str
    exit_when: str


@dataclass(frozen=True, kw_only=True)
class Irritability:
    """How easily symptoms flare: ``low``, ``moderate``, ``high``, and how to tell."""

    id: str
    order: int
    rule: str


@dataclass(frozen=True, kw_only=True)
class Code:
    """A candidate ICD-10-CM code. `use`: primary, support or cause; `side`: left, right, both or none."""

    code: str
    desc: str
    use: str
    side: str


@dataclass(frozen=True, kw_only=True)
class PhasePrecautions:
    """What to mind in one phase, and which contraindications to ask about."""

    phase: Annotated[str, To("phases")]
    rules: tuple[str, ...]
    ci: Annotated[tuple[str, ...], To("contraindications")]


@dataclass(frozen=True, kw_only=True)
class Condition(Named):
    """A condition or population that is served."""

    icd10: tuple[Code, ...]
    impairments: tuple[str, ...]
    typical_findings: Annotated[tuple[str, ...], To("findings")]
    precautions: tuple[PhasePrecautions, ...]
    red_flags: Annotated[tuple[str, ...], To("red_flags")]
    tests: Annotated[tuple[str, ...], To("tests")]
    techniques: Mapping[str, Any]
    timeline: Mapping[str, Any]
    outcomes: Annotated[tuple[str, ...], To("outcomes")]
    goals: Annotated[tuple[str, ...], To("goals")]
    evidence: str
    sources: Annotated[tuple[str, ...], To("sources")] = ()


@dataclass(frozen=True, kw_only=True)
class TestNorm:
    """A reference value of a test; without a `source` it is a teaching value (`basis` convention)."""

    what: str
    value: str
    basis: str = "published"
    source: Annotated[str, To("sources")] = ""


@dataclass(frozen=True, kw_only=True)
class ClinicalTest(Named):
    """A test of the evaluation. `guard`: who must stand by; `kind`: screen, camera, sensor, performance, …"""

    order: int
    kind: str
    minutes: int
    measures: Annotated[tuple[str, ...], To("measures")]
    instructions: tuple[str, ...]
    scoring: str
    norms: tuple[TestNorm, ...]
    feeds: Annotated[tuple[str, ...], To("findings")]
    contraindications: Annotated[tuple[str, ...], To("contraindications")]
    equipment: Annotated[tuple[str, ...], To("equipment")]
    view: str
    guard: str
    stop: Annotated[tuple[str, ...], To("stop_rules")]
    evidence: str
    sources: Annotated[tuple[str, ...], To("sources")] = ()


@dataclass(frozen=True, kw_only=True)
class Detection:
    """One test of a finding's detection: a reading against a value, during some movements, with a severity."""

    measure: Annotated[str, To("measures")]
    op: str
    during: Annotated[tuple[str, ...], To("movements")]
    sev: str
    value: float | None = None
    value_by_age: tuple[Any, ...] = ()
    value_by_age_sex: tuple[Any, ...] = ()
    joint_motion: str = ""
    only_conditions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClinicalFinding(Named):
    """What a finding means. `evidence` is about the meaning, `basis` about the number; `asks`: check before belief."""

    clinical: str
    region: Annotated[str, To("regions")]
    detect: tuple[Detection, ...]
    rule: str
    basis: str
    meaning: str
    causes: tuple[str, ...]
    techniques: Annotated[tuple[str, ...], To("techniques")]
    drills: tuple[str, ...]
    cue: str
    asks: str
    evidence: str
    sources: Annotated[tuple[str, ...], To("sources")] = ()
    requires: tuple[Any, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Indications:
    """Which conditions and findings a technique is for."""

    conditions: Annotated[tuple[str, ...], To("conditions")]
    findings: Annotated[tuple[str, ...], To("findings")]


@dataclass(frozen=True, kw_only=True)
class Technique(Named):
    """A treatment technique that a plan may contain."""

    family: str
    zones: tuple[str, ...]
    goal: str
    indications: Indications
    contraindications: Annotated[tuple[str, ...], To("contraindications")]
    hazards: Annotated[tuple[str, ...], To("hazards")]
    phases: Annotated[tuple[str, ...], To("phases")]
    irritability_max: str
    delivery: tuple[str, ...]
    roles: tuple[str, ...]
    setup: str
    steps: tuple[str, ...]
    dose: Mapping[str, Any]
    progress: tuple[Any, ...]
    regress: tuple[Any, ...]
    stop: Annotated[tuple[str, ...], To("stop_rules")]
    equipment: Annotated[tuple[str, ...], To("equipment")]
    home: str
    camera: Mapping[str, Any]
    billing: Mapping[str, Any]
    why: Words
    evidence: str
    hazards_avoidable: Annotated[tuple[str, ...], To("hazards")] = ()
    sources: Annotated[tuple[str, ...], To("sources")] = ()


@dataclass(frozen=True, kw_only=True)
class TriggerPoint:
    """Where a tender spot of a muscle can ache (`main`, less constantly `also`). Never a diagnosis: see `rule_out`."""

    id: str
    muscle: Annotated[str, To("muscles")]
    main: Annotated[tuple[str, ...], To("regions")]
    also: Annotated[tuple[str, ...], To("regions")]
    symptoms: tuple[str, ...]
    mimics: tuple[str, ...]
    rule_out: Annotated[tuple[str, ...], To("red_flags")]
    technique: Annotated[str, To("techniques")]
    follow: Annotated[tuple[str, ...], To("techniques")]
    evidence: str
    caution: str = ""
    sources: Annotated[tuple[str, ...], To("sources")] = ()


@dataclass(frozen=True, kw_only=True)
class Action:
    """What a red flag asks for; `locks` says whether treatment waits for a clinician's decision."""

    id: str
    meaning: str
    name: Words
    tell: Words
    locks: bool


@dataclass(frozen=True, kw_only=True)
class RedFlag(Named):
    """A red flag: the question to ask, the signs to look for, what a yes asks for. `trigger`: raised by readings."""

    ask: Words
    action: Annotated[str, To("actions")]
    signs: tuple[str, ...]
    evidence: str
    note: str = ""
    trigger: tuple[Any, ...] = ()
    sources: Annotated[tuple[str, ...], To("sources")] = ()


@dataclass(frozen=True, kw_only=True)
class RangeLimit:
    """A numeric limit that a contraindication brings with it."""

    measure: Annotated[str, To("measures")]
    max: float | None = None
    min: float | None = None


@dataclass(frozen=True, kw_only=True)
class Contraindication(Named):
    """A contraindication or precaution. `window_weeks` [a, b): active from week a to b after surgery."""

    level: str
    forbids: Annotated[tuple[str, ...], To("hazards")]
    scope: str
    zones: tuple[str, ...]
    needs: str = ""
    note: str = ""
    window_weeks: tuple[float, ...] = ()
    limits: tuple[RangeLimit, ...] = ()
    forbids_in: tuple[str, ...] = ()
    home_needs: str = ""
    evidence: str = "general-knowledge"
    sources: Annotated[tuple[str, ...], To("sources")] = ()


@dataclass(frozen=True, kw_only=True)
class StopRule(Named):
    """A rule that stops or changes an exercise: `when` (any of, unless said otherwise), and what to do at once."""

    when: tuple[Any, ...]
    do: str
    evidence: str
    source_note: str = ""
    applies_if: str = ""
    sources: Annotated[tuple[str, ...], To("sources")] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome(Named):
    """A score of progress. `change`: the smallest change treated as real; `licence_check`: items not ours."""

    kind: str
    scale: tuple[float, ...]
    better: str
    change_basis: str
    licence_check: bool
    change: float | None = None
    note: str = ""
    sources: Annotated[tuple[str, ...], To("sources")] = ()


@dataclass(frozen=True, kw_only=True)
class ClinicalMeasure(Named):
    """A number that may be recorded: who may give it (`by`, best first), how, and how far off it can be (`err`)."""

    unit: str
    by: tuple[str, ...]
    views: tuple[str, ...]
    how: str
    err: float | None = None
    note: str = ""
    evidence: str = "general-knowledge"
    sources: Annotated[tuple[str, ...], To("sources")] = ()


@dataclass(frozen=True, kw_only=True)
class ClinicalSource:
    """Where a claim was read, and how closely."""

    id: str
    title: str
    url: str
    level: str
    seen: str
    url_inferred: bool = False

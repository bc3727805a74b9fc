"""A Finding: a measurement beside its reference, able to explain itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from poise.model.measurement import Measurement
from poise.model.recording import Side

Evidence = Literal["verified", "memory", "design", "general-knowledge"]
Severity = Literal["minor", "major"]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A fact from the literature that a measurement is judged by; data, never code.

    Either `low`/`high` (a band; one of them may be open) or `mean`/`sd` is given. `smallest_real_change` is the MDC95,
    `smallest_meaningful_change` the MCID; None where nobody has published one.
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
    confidence
        0 to 1: how sure that the deviation is real, given measurement error, strides and missing data.
    because
        The measurements it rests on.
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
    meaning: str = ""
    ask: str = ""
    unseen: tuple[str, ...] = ()

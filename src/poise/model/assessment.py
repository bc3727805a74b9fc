"""An Assessment: one recording with all that was measured in it and found by it."""

from __future__ import annotations

from dataclasses import dataclass

from poise.model.finding import Finding
from poise.model.gait import Walk
from poise.model.measurement import Curve, Measurement, Series
from poise.model.recording import Event, Problem, Recording


@dataclass(frozen=True, kw_only=True, eq=False)
class Assessment:
    """What `poise analyze` makes of one recording; the report and the JSON are written from it alone.

    `recording` is None where the file could not be used; then `problems` says why and nothing else is filled.
    `unseen` lists the findings that could not be judged, each with its reason.
    """

    source: str
    recording: Recording | None
    task: str = "unknown"
    events: tuple[Event, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    curves: tuple[Curve, ...] = ()
    series: tuple[Series, ...] = ()
    findings: tuple[Finding, ...] = ()
    unseen: tuple[str, ...] = ()
    walk: Walk | None = None
    problems: tuple[Problem, ...] = ()

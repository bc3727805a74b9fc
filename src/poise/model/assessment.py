"""An Assessment: one recording with all that was measured in it and found by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from poise.model.finding import Finding, Reference, Source
from poise.model.gait import Walk
from poise.model.measurement import Curve, Measurement, Series
from poise.model.muscle import Burst
from poise.model.person import Person
from poise.model.recognition import Recognition
from poise.model.recording import Event, Problem, Recording, Step
from poise.model.repetition import Repetition


@dataclass(frozen=True, kw_only=True)
class Band:
    """The norm of a curve, for the report: mean ± sd over 0 to 100 % of the cycle, and where it comes from."""

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    population: str
    citation: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Assessment:
    """What `poise analyze` makes of one recording; the report and the JSON are written from it alone.

    Attributes
    ----------
    source
        The file, as the user named it.
    id
        The recording's id; the file's name where it could not be used.
    usable
        False where the file could not be read; then `problems` says why and nothing else is filled.
    unseen
        Findings that could not be judged, each with its reason.
    judged
        Whether any rule could be held against it: without findings, False is no sign that all is well.
    references
        What each measure was judged by, by measure name; matched to the person and the speed.
    bands
        The same for curves, by curve name.
    labels
        What each measure is called, by measure name.
    recognition
        How sure it is that the recording is of `task`; None where the file could not be used.
    conditions
        What was held fixed or changed on purpose (`poise.model.conditions`).
    subject
        The code that recordings of one person share; empty where nobody said.
    source_kind
        What kind of sensor the numbers come from: it decides how far off they can be.
    repetitions, bursts
        Each repetition with its parts; each stretch of activity of each muscle.
    recording
        The cleaned recording with its signals; None where nobody asked to keep them.
    """

    source: str
    id: str
    usable: bool = True
    task: str = "unknown"
    recognition: Recognition | None = None
    conditions: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    person: Person = field(default_factory=Person)
    rates_hz: Mapping[str, float] = field(default_factory=dict)
    duration_s: float = 0.0
    history: tuple[Step, ...] = ()
    events: tuple[Event, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    curves: tuple[Curve, ...] = ()
    series: tuple[Series, ...] = ()
    findings: tuple[Finding, ...] = ()
    unseen: tuple[str, ...] = ()
    judged: bool = True
    references: Mapping[str, Reference] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    bands: Mapping[str, Band] = field(default_factory=dict)
    source_kind: Source = "markers"
    walk: Walk | None = None
    repetitions: tuple[Repetition, ...] = ()
    bursts: tuple[Burst, ...] = ()
    problems: tuple[Problem, ...] = ()
    recording: Recording | None = None

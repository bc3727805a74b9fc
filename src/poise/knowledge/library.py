"""The door of the knowledge room: load all of it, checked, and ask it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.resources.abc import Traversable

from poise.knowledge import norms as tables
from poise.knowledge.facts import Change, Facts, read_facts
from poise.knowledge.norms import Norms, Walker, read_norms
from poise.knowledge.reading import DATA, Faults
from poise.knowledge.rules import read_rules
from poise.knowledge.sources import Citation, read_sources
from poise.model.assessment import Band
from poise.model.finding import MeasurementError, Reference, References, Rule, Source
from poise.model.person import Person


@dataclass(frozen=True, kw_only=True, eq=False)
class Knowledge:
    """All of it: citations, facts of the measures, norms and rules."""

    sources: Mapping[str, Citation]
    facts: Mapping[str, Facts]
    norms: Norms
    rules: tuple[Rule, ...]


def load(folder: Traversable = DATA) -> Knowledge:
    """Read and check every knowledge file.

    Raises
    ------
    BadKnowledge
        With every fault at once, each with its file and line: an unknown id, unit or source, a number without a
        citation or an evidence tag, a record that is incomplete.
    """
    faults = Faults()
    sources = read_sources(folder, faults)
    facts = read_facts(folder, sources, faults)
    norms = read_norms(folder, sources, facts, faults)
    rules = read_rules(folder, sources, facts, faults)
    faults.tell()
    return Knowledge(sources=sources, facts=facts, norms=norms, rules=rules)


@cache
def knowledge() -> Knowledge:
    """The knowledge that comes with the package, loaded once."""
    return load()


def rules(task: str = "walk") -> tuple[Rule, ...]:
    """Every rule that a recording of this task can be judged by."""
    return tuple(rule for rule in knowledge().rules if task in rule.tasks)


def reference_id(measure: str) -> str:
    """The measure's id in the clinical reference (``m_knee_flex_swing``); empty where it has none."""
    facts = knowledge().facts.get(measure)
    return facts.reference_id if facts else ""


def references_for(
    measure: str, person: Person, speed: float | None = None, recorded_on: date | None = None
) -> tuple[Reference, ...]:
    """The norms of one measure that fit this person at this speed.

    Parameters
    ----------
    measure
        Poise's name, such as ``joint.knee.flexion.swing_max``.
    person
        Age, sex, leg length or height decide; what is not known makes the reference wider, and its note says so.
    speed
        Walking speed, m/s; None where it was not measured: then curves of all speeds are spanned.
    recorded_on
        The day of the recording, for an age told by birth year; today where not known.

    Returns
    -------
    references
        Empty where nobody has published one for such a person.

    Examples
    --------
    A slow walker is not a stiff-knee walker:

    >>> walker = Person(age_years=65, leg_length_m=0.85)
    >>> for speed in (1.25, 0.5):
    ...     (norm,) = references_for("joint.knee.flexion.swing_max", walker, speed)
    ...     print(f"{norm.who} at {speed} m/s: {norm.low:.0f} to {norm.high:.0f} deg")
    people walking at this speed at 1.25 m/s: 47 to 71 deg
    people walking at this speed at 0.5 m/s: 22 to 67 deg
    """
    facts = knowledge().facts.get(measure)
    return _matched(facts, _walker(person, speed, recorded_on)) if facts else ()


def references(
    measures: Iterable[str],
    person: Person,
    speed: float | None = None,
    *,
    source: Source = "markers",
    treadmill: bool = False,
    recorded_on: date | None = None,
) -> References:
    """Everything that the measurements of one recording are judged by, to be handed to `poise.findings.find`.

    Parameters
    ----------
    measures
        The measures that were taken.
    person, speed, recorded_on
        As in `references_for`.
    source
        What the recording was made with: its kind decides the errors of measurement.
    treadmill
        Whether the belt decided the speed.
    """
    who = _walker(person, speed, recorded_on)
    known = knowledge().facts
    by_measure = {name: _matched(known[name], who) for name in dict.fromkeys(measures) if name in known}
    errors = {name: facts.errors[source] for name, facts in known.items() if source in facts.errors}
    return References(
        by_measure={name: found for name, found in by_measure.items() if found}, errors=errors, treadmill=treadmill,
        running=who.runs, leg_length_m=person.leg_length_m, age_years=who.age_years,
    )  # fmt: skip


def norm_curves(person: Person, speed: float | None = None, recorded_on: date | None = None) -> dict[str, Band]:
    """Mean and SD over the cycle in 101 points, by curve name (``knee.flexion``), for bands and the profile score."""
    return tables.curves(knowledge().norms, _walker(person, speed, recorded_on))


def measurement_error(measure: str, source: Source) -> MeasurementError | None:
    """One standard error of a measure taken with this kind of source; None where nobody has published one."""
    facts = knowledge().facts.get(measure)
    return facts.errors.get(source) if facts else None


def changes_for(measure: str) -> tuple[Change, ...]:
    """Every published smallest real (mdc) and smallest meaningful (mcid) change of a measure, with its people."""
    facts = knowledge().facts.get(measure)
    return facts.changes if facts else ()


def _walker(person: Person, speed: float | None, recorded_on: date | None) -> Walker:
    day = recorded_on.date() if isinstance(recorded_on, datetime) else recorded_on
    return tables.walker(person, speed, person.age_on(day or date.today()))


def _matched(facts: Facts, who: Walker) -> tuple[Reference, ...]:
    used = {change.kind: change.value for change in facts.changes if change.used}
    return tuple(
        replace(found, smallest_real_change=used.get("mdc"), smallest_meaningful_change=used.get("mcid"))
        for found in tables.references(knowledge().norms, facts, who)
    )

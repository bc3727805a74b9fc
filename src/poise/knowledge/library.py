"""The door of the knowledge room: load all of it, checked, and ask it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.resources.abc import Traversable

from poise.knowledge import norms as tables
from poise.knowledge.condition_norms import ConditionRow, condition_reference, read_condition_rows
from poise.knowledge.facts import EACH, Change, Facts, read_facts
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
    by_condition: tuple[ConditionRow, ...] = ()


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
    by_condition = read_condition_rows(folder, sources, facts, faults)
    rules = read_rules(folder, sources, facts, faults)
    faults.tell()
    return Knowledge(sources=sources, facts=facts, norms=norms, rules=rules, by_condition=by_condition)


@cache
def knowledge() -> Knowledge:
    """The knowledge that comes with the package, loaded once."""
    return load()


def rules(task: str = "walk") -> tuple[Rule, ...]:
    """Every rule that a recording of this task can be judged by; ``comparison`` for what several recordings show."""
    return tuple(rule for rule in knowledge().rules if task in rule.tasks)


def facts_of(measure: str) -> Facts | None:
    """What is known of a measure; of ``emg.onset.soleus`` what is known of ``emg.onset.*``. None where nothing is."""
    known = knowledge().facts
    return known.get(measure) or known.get(measure.rpartition(".")[0] + EACH)


def reference_id(measure: str) -> str:
    """The measure's id in the clinical reference (``m_knee_flex_swing``); empty where it has none."""
    facts = facts_of(measure)
    return facts.reference_id if facts else ""


def references_for(
    measure: str,
    person: Person,
    speed: float | None = None,
    recorded_on: date | None = None,
    *,
    conditions: Mapping[str, str] | None = None,
    source: Source | None = None,
) -> tuple[Reference, ...]:
    """The norms of one measure that fit this person at this speed, in these conditions.

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
    conditions
        What was held fixed (`poise.model.conditions`): sway with open eyes is not judged by sway with closed eyes.
    source
        What it was measured with, where a norm is of one kind of device; None for any.

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
    facts = facts_of(measure)
    return _matched(facts, _walker(person, speed, recorded_on), conditions or {}, source)[0] if facts else ()


def references(
    measures: Iterable[str],
    person: Person,
    speed: float | None = None,
    *,
    source: Source = "markers",
    treadmill: bool = False,
    recorded_on: date | None = None,
    conditions: Mapping[str, str] | None = None,
    task: str = "walk",
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
    conditions, task
        What was held fixed while the person moved, and what the person did.
    """
    who = _walker(person, speed, recorded_on)
    held = dict(conditions or {})
    known = {name: facts for name in dict.fromkeys(measures) if (facts := facts_of(name)) is not None}
    matched = {name: _matched(facts, who, held, source) for name, facts in known.items()}
    every = {**knowledge().facts, **known}
    errors = {name: facts.errors[source] for name, facts in every.items() if source in facts.errors}
    fitting = {name: tuple(replace(each, measure=name) for each in found) for name, (found, _) in matched.items()}
    return References(
        by_measure={name: found for name, found in fitting.items() if found}, errors=errors, treadmill=treadmill,
        lacking={name: lacking for name, (_, lacking) in matched.items() if lacking},
        running=who.runs, leg_length_m=person.leg_length_m, age_years=who.age_years, sex=person.sex, task=task,
        conditions=held,
    )  # fmt: skip


def norm_curves(person: Person, speed: float | None = None, recorded_on: date | None = None) -> dict[str, Band]:
    """Mean and SD over the cycle in 101 points, by curve name (``knee.flexion``), for bands and the profile score."""
    return tables.curves(knowledge().norms, _walker(person, speed, recorded_on))


def measurement_error(measure: str, source: Source) -> MeasurementError | None:
    """One standard error of a measure taken with this kind of source; None where nobody has published one."""
    facts = facts_of(measure)
    return facts.errors.get(source) if facts else None


def changes_for(measure: str) -> tuple[Change, ...]:
    """Every published smallest real (mdc) and smallest meaningful (mcid) change of a measure, with its people."""
    facts = facts_of(measure)
    return facts.changes if facts else ()


def _walker(person: Person, speed: float | None, recorded_on: date | None) -> Walker:
    day = recorded_on.date() if isinstance(recorded_on, datetime) else recorded_on
    return tables.walker(person, speed, person.age_on(day or date.today()))


def _matched(
    facts: Facts, who: Walker, conditions: Mapping[str, str], source: Source | None
) -> tuple[tuple[Reference, ...], str]:
    """The norms that fit, and what would have to be known for one more to fit."""
    used = {change.kind: change.value for change in facts.changes if change.used}
    in_condition, lacking = condition_reference(knowledge().by_condition, facts, who.age_years, conditions, source)
    found = [*tables.references(knowledge().norms, facts, who), *([in_condition] if in_condition else [])]
    return tuple(
        replace(each, smallest_real_change=used.get("mdc"), smallest_meaningful_change=used.get("mcid"))
        for each in found
    ), lacking

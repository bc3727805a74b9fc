"""The exercises as data: what a repetition of each is, checked when it is loaded.

The file keeps everything the clinical reference says of an exercise (dose, hazards, equipment, …: `details`); the noun
`poise.model.Exercise` holds what the measuring rooms need.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources.abc import Traversable
from math import isnan
from types import MappingProxyType
from typing import Any, Literal, cast

from poise.errors import BadSetting
from poise.knowledge.reading import DATA, LINE, Entry, Faults, yaml_parts
from poise.model.exercise import Against, Bound, Check, Exercise, RepetitionState, Target

FILE = "exercises.yaml"
KINDS = ("cycle", "hold", "timed", "task")
VIEWS = ("front", "back", "side", "none")
LATERALITIES = ("unilateral", "bilateral", "alternating", "none")
OPERATORS = (">", ">=", "<", "<=")
AGAINST = ("absolute", "rel", "pct_best")
SEVERITIES = ("info", "minor", "major", "stop")
COACHABLE = ("full", "partial", "none")
UNTIMED = ("self", "slow", "beat", "hold")
"""Tempos that ask for no seconds: one's own pace, slowly, to a beat, held."""
TEMPO = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
CONTRACT_RELAX = re.compile(r"\d+-\d+")
"""Seconds of contraction and of stretch; the ways out and back are not timed."""
END = "end"
"""What a target or check may be read at besides a state of its exercise: when all is done."""
TASKS = {
    "squat": "x_squat", "sit_to_stand": "x_sit_to_stand", "single_leg": "x_single_leg_stance",
    "reach": "x_reach_target_table",
}  # fmt: skip
_FIELDS = (
    "id", "name", "technique", "position", "view", "laterality", "zones", "start", "rep", "tempo", "dose",
    "min_phase", "home", "coachable",
)  # fmt: skip
_MORE_FIELDS = (
    "also", "target", "checks", "easier", "harder", "equipment", "hazards", "contraindications", "note", "signed",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ReadingFact:
    """What is known of one live reading: its unit, who may give it and from where, and how far off it can be.

    `error` is the expected error of a camera's or handheld reading in `unit`; None where nobody stated one.
    """

    reading: str
    name: str
    unit: str
    by: tuple[str, ...]
    views: tuple[str, ...]
    error: float | None
    evidence: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercises:
    """All of the file: the exercises, the readings they use, and the full record of each exercise."""

    by_id: Mapping[str, Exercise]
    readings: Mapping[str, ReadingFact]
    records: Mapping[str, Mapping[str, Any]]


def exercise(id: str) -> Exercise:
    """One exercise by its id, such as ``x_squat``.

    Raises
    ------
    BadSetting
        There is none of this id; the message lists what there is.

    Examples
    --------
    >>> squat = exercise("x_squat")
    >>> squat.primary, squat.target.value, squat.tempo_s
    ('m_knee_flexion', 85.0, (2.0, 0.0, 2.0))
    """
    known = exercises()
    if id not in known:
        raise BadSetting(
            f"There is no exercise '{id}'.", found="Known are " + ", ".join(known) + ".", do="Choose one of these."
        )
    return known[id]


def exercises() -> Mapping[str, Exercise]:
    """Every exercise that comes with the package, by id."""
    return _loaded().by_id


def reading_facts() -> Mapping[str, ReadingFact]:
    """Every reading that an exercise uses, by id (``m_knee_flexion``)."""
    return _loaded().readings


def details(id: str) -> Mapping[str, Any]:
    """Everything the data says of an exercise, as written: dose, equipment, hazards, easier and harder ones."""
    exercise(id)
    return _loaded().records[id]


def exercise_of_task(task: str) -> Exercise | None:
    """The exercise that a task of `poise analyze` means (``squat`` → ``x_squat``); None where it means none.

    It says how the movement is counted and no more: nobody asked for a depth, a tempo or a trunk upright, so target,
    checks and tempo of the exercise are left out. Who was told to do it is judged by `exercise`.
    """
    return replace(exercise(TASKS[task]), target=None, checks=(), tempo_s=None) if task in TASKS else None


def load(folder: Traversable = DATA) -> Exercises:
    """Read and check the file.

    Raises
    ------
    BadKnowledge
        With every fault at once, each with its line: a reading, operator or state that is not known, a tempo that
        cannot be read, an easier or harder exercise that does not exist.
    """
    faults = Faults()
    parts = yaml_parts(folder, FILE, ("readings", "exercises"), faults)
    readings = {fact.reading: fact for fact in _readings(parts["readings"])}
    records: dict[str, Mapping[str, Any]] = {}
    found: dict[str, Exercise] = {}
    defaults = _defaults(folder)
    entries = parts["exercises"]
    for entry in entries:
        if not entry.knows_only(_FIELDS, _MORE_FIELDS):
            continue
        made = _exercise(entry, readings, defaults)
        if made.id in found:
            entry.fault(f"{made.id} stands here twice")
        found[made.id], records[made.id] = made, MappingProxyType(_plain(entry.values))
    for entry in entries:
        for name in ("easier", "harder"):
            if entry.values.get(name) and entry.text(name) not in found:
                entry.fault(f"{entry.text('id')}: {name} is '{entry.text(name)}', which is no exercise")
    faults.tell()
    return Exercises(by_id=MappingProxyType(found), readings=MappingProxyType(readings), records=records)


@cache
def _loaded() -> Exercises:
    return load()


def _defaults(folder: Traversable) -> dict[str, float]:
    import yaml

    try:
        held = yaml.load((folder / FILE).read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        meta = held["meta"]["rep_defaults"]
    except (yaml.YAMLError, KeyError, TypeError):
        return {}  # what is wrong with the file is told when its records are read
    return {name: float(value) for name, value in meta.items() if isinstance(value, int | float)}


def _readings(entries: Iterable[Entry]) -> Iterator[ReadingFact]:
    for entry in entries:
        if entry.knows_only(("id", "name", "unit", "by", "evidence"), ("views", "err")):
            error = entry.number("err")
            yield ReadingFact(
                reading=entry.text("id"), name=entry.text("name"), unit=entry.text("unit"),
                by=_words(entry, "by"), views=_words(entry, "views"), error=None if isnan(error) else error,
                evidence=entry.text("evidence"),
            )  # fmt: skip


def _exercise(entry: Entry, readings: Mapping[str, ReadingFact], defaults: Mapping[str, float]) -> Exercise:
    rep = entry.part("rep")
    rep.knows_only(("type",), ("states", "hold_s"))
    states = tuple(_state(part, readings) for part in rep.parts("states"))
    kind = rep.one_of("type", KINDS)
    places = {state.name for state in states} | {END} | ({"hold"} if kind == "hold" else set())
    if kind == "cycle" and len(states) < 2:
        entry.fault("a cycle passes at least two states")
    return Exercise(
        id=entry.text("id"), name=_plain(entry.values["name"]),
        kind=cast(Literal["cycle", "hold", "timed", "task"], kind),
        view=cast(Literal["front", "back", "side", "none"], entry.one_of("view", VIEWS)),
        laterality=cast(
            Literal["unilateral", "bilateral", "alternating", "none"], entry.one_of("laterality", LATERALITIES)
        ),
        position=entry.text("position"), states=states, target=_target(entry.part("target"), readings, places),
        checks=tuple(_check(part, readings, places) for part in entry.parts("checks")),
        tempo_s=_tempo(entry), hold_s=rep.number("hold_s", 0.0), signed=bool(entry.values.get("signed")),
        coachable=cast(Literal["full", "partial", "none"], entry.one_of("coachable", COACHABLE)), defaults=defaults,
    )  # fmt: skip


def _state(entry: Entry, readings: Mapping[str, ReadingFact]) -> RepetitionState:
    entry.knows_only(("name", "when"), ("dwell_s",))
    return RepetitionState(
        name=entry.text("name"),
        when=tuple(_bound(entry, each, readings) for each in entry.values.get("when") or ()),
        dwell_s=entry.number("dwell_s", 0.0),
    )


def _bound(entry: Entry, words: object, readings: Mapping[str, ReadingFact]) -> Bound:
    """``[reading, operator, number]``, with what the number is meant against as a fourth word."""
    if not isinstance(words, list) or len(words) not in (3, 4):
        entry.fault(f"a condition is [reading, operator, number] and perhaps a fourth word, not {words!r}")
        return Bound(reading="", above=True, value=float("nan"))
    values = {"measure": words[0], "op": words[1], "limit": words[2], "mode": words[3] if words[3:] else "absolute"}
    return _compared(Entry(file=entry.file, line=entry.line, values=values, faults=entry.faults), readings)


def _compared(entry: Entry, readings: Mapping[str, ReadingFact]) -> Bound:
    op = entry.one_of("op", OPERATORS)
    return Bound(
        reading=_reading(entry, readings), above=op.startswith(">"), value=entry.number("limit"),
        inclusive=op.endswith("="), against=cast(Against, entry.one_of("mode", AGAINST, "absolute")),
    )  # fmt: skip


def _reading(entry: Entry, readings: Mapping[str, ReadingFact]) -> str:
    name = entry.text("measure")
    if name not in readings:
        entry.fault(f"reading '{name}' is not among the readings of this file")
    return name


def _target(entry: Entry, readings: Mapping[str, ReadingFact], places: Iterable[str]) -> Target | None:
    if not entry.values:
        return None
    entry.knows_only(("measure", "value", "tol", "at"), ("mode", "personal"))
    _place(entry, places)
    return Target(
        reading=_reading(entry, readings), value=entry.number("value"), tolerance=entry.number("tol"),
        at=entry.text("at"), against=cast(Against, entry.one_of("mode", AGAINST, "absolute")),
    )  # fmt: skip


def _check(entry: Entry, readings: Mapping[str, ReadingFact], places: Iterable[str]) -> Check:
    entry.knows_only(("measure", "op", "limit", "sev", "cue"), ("at", "mode"))
    if entry.text("at"):
        _place(entry, places)
    severity = cast(Literal["info", "minor", "major", "stop"], entry.one_of("sev", SEVERITIES))
    return Check(bound=_compared(entry, readings), severity=severity, cue=entry.text("cue"), at=entry.text("at"))


def _place(entry: Entry, places: Iterable[str]) -> None:
    known = sorted(places)
    if entry.text("at") not in known:
        entry.fault(f"'at' names '{entry.text('at')}', which is no state of the exercise; known are {', '.join(known)}")


def _tempo(entry: Entry) -> tuple[float, float, float] | None:
    said = entry.text("tempo")
    if match := TEMPO.fullmatch(said):
        out_s, pause_s, back_s = (float(each) for each in match.groups())
        return out_s, pause_s, back_s
    if said not in UNTIMED and not CONTRACT_RELAX.fullmatch(said):
        entry.fault(f"tempo '{said}' is neither seconds like 2-1-3 or 6-20 nor one of {', '.join(UNTIMED)}")
    return None


def _words(entry: Entry, name: str) -> tuple[str, ...]:
    return tuple(str(each) for each in entry.values.get(name) or ())


def _plain(held: object) -> Any:
    """The same data without line numbers."""
    if isinstance(held, dict):
        return {name: _plain(value) for name, value in held.items() if name != LINE}
    return [_plain(each) for each in held] if isinstance(held, list) else held

"""The clinical knowledge: conditions, tests, findings, techniques, trigger points, safety, scores; all ids resolve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from importlib.resources.abc import Traversable
from types import MappingProxyType, UnionType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from poise.knowledge import clinical_nouns as nouns
from poise.knowledge.clinical_nouns import To, Words
from poise.knowledge.reading import DATA, LINE, Entry, Faults, yaml_entries, yaml_parts

FOLDER = DATA / "clinical"
EVIDENCE = ("verified", "general-knowledge")
T = TypeVar("T")
Table = Mapping[str, T]


@dataclass(frozen=True, kw_only=True, eq=False)
class Library:
    """All of it, by id; each table in the order of its file."""

    regions: Table[nouns.Region]
    zones: Table[nouns.Zone]
    muscles: Table[nouns.Muscle]
    movements: Table[nouns.Movement]
    goals: Table[nouns.Goal]
    equipment: Table[nouns.Equipment]
    hazards: Table[nouns.Named]
    phases: Table[nouns.Phase]
    irritability: Table[nouns.Irritability]
    conditions: Table[nouns.Condition]
    tests: Table[nouns.ClinicalTest]
    findings: Table[nouns.ClinicalFinding]
    techniques: Table[nouns.Technique]
    trigger_points: Table[nouns.TriggerPoint]
    actions: Table[nouns.Action]
    red_flags: Table[nouns.RedFlag]
    contraindications: Table[nouns.Contraindication]
    stop_rules: Table[nouns.StopRule]
    outcomes: Table[nouns.Outcome]
    measures: Table[nouns.ClinicalMeasure]
    sources: Table[nouns.ClinicalSource]
    always_ask: tuple[str, ...]
    every_visit: Words
    trigger_point_disclaimer: Words

    def red_flags_of(self, condition: str) -> tuple[nouns.RedFlag, ...]:
        """The questions to ask someone with this condition: its own, then those that are always asked; none twice."""
        own = self.conditions[condition].red_flags if condition in self.conditions else ()
        return tuple(self.red_flags[flag] for flag in dict.fromkeys((*own, *self.always_ask)))

    def precautions_of(self, condition: str) -> tuple[nouns.Contraindication, ...]:
        """The contraindications to ask someone with this condition about, over all phases; none twice."""
        known = self.conditions.get(condition)
        asked = (each for phase in known.precautions for each in phase.ci) if known else ()
        return tuple(self.contraindications[each] for each in dict.fromkeys(asked))

    def zone_of(self, region: str) -> str:
        """The zone a region lies in, by itself or by its parent; empty where none."""
        while region:
            found = next((zone.id for zone in self.zones.values() if region in zone.regions), "")
            if found:
                return found
            region = self.regions[region].parent if region in self.regions else ""
        return ""


FILES: dict[str, tuple[str, str, type[Any]]] = {
    "regions": ("vocabulary.yaml", "body_regions", nouns.Region),
    "zones": ("vocabulary.yaml", "zones", nouns.Zone),
    "muscles": ("vocabulary.yaml", "muscles", nouns.Muscle),
    "movements": ("vocabulary.yaml", "movements", nouns.Movement),
    "goals": ("vocabulary.yaml", "goals", nouns.Goal),
    "equipment": ("vocabulary.yaml", "equipment", nouns.Equipment),
    "hazards": ("vocabulary.yaml", "hazards", nouns.Named),
    "phases": ("vocabulary.yaml", "phases", nouns.Phase),
    "irritability": ("vocabulary.yaml", "irritability", nouns.Irritability),
    "conditions": ("conditions.yaml", "conditions", nouns.Condition),
    "tests": ("tests.yaml", "tests", nouns.ClinicalTest),
    "findings": ("clinical_findings.yaml", "findings", nouns.ClinicalFinding),
    "techniques": ("techniques.yaml", "techniques", nouns.Technique),
    "trigger_points": ("trigger_points.yaml", "trigger_points", nouns.TriggerPoint),
    "actions": ("safety.yaml", "actions", nouns.Action),
    "red_flags": ("safety.yaml", "red_flags", nouns.RedFlag),
    "contraindications": ("safety.yaml", "contraindications", nouns.Contraindication),
    "stop_rules": ("safety.yaml", "stop_rules", nouns.StopRule),
    "outcomes": ("outcomes.yaml", "outcomes", nouns.Outcome),
    "measures": ("readings.yaml", "measures", nouns.ClinicalMeasure),
    "sources": ("clinical_sources.yaml", "sources", nouns.ClinicalSource),
}
ALSO = {"safety.yaml": ("always_ask", "every_visit"), "trigger_points.yaml": ("disclaimer",)}


@cache
def library() -> Library:
    """The clinical knowledge that comes with the package, loaded once."""
    return load()


def load(folder: Traversable = FOLDER) -> Library:
    """Read and check every clinical file.

    Raises
    ------
    BadKnowledge
        With every fault at once, each with its file and line: an unknown field or id, a missing field, a value of
        another kind, an unknown evidence tag.
    """
    faults = Faults()
    spanish = {entry.text("id"): entry.text("es") for entry in yaml_entries(folder, "spanish.yaml", "names", faults)}
    files = _files(folder, faults)
    held = {part: _table(files[file][top], kind, spanish) for part, (file, top, kind) in FILES.items()}
    tables = {part: MappingProxyType({key: made for key, (made, _) in rows.items()}) for part, rows in held.items()}
    for rows in held.values():
        for made, entry in rows.values():
            _resolve(made, tables, entry)
    safety, points = files["safety.yaml"], files["trigger_points.yaml"]
    every_visit, disclaimer = _words(safety["every_visit"][0].values), _words(points["disclaimer"][0].values)
    flags = tuple(entry.text("flag") for entry in safety["always_ask"])
    faults.tell()
    said: dict[str, Any] = {"every_visit": every_visit, "trigger_point_disclaimer": disclaimer, "always_ask": flags}
    return Library(**tables, **said)  # type: ignore[arg-type]


def _files(folder: Traversable, faults: Faults) -> dict[str, dict[str, list[Entry]]]:
    """Every file, parsed once: file → part → records."""
    parts: dict[str, list[str]] = {name: list(more) for name, more in ALSO.items()}
    for file, top, _ in FILES.values():
        parts.setdefault(file, []).append(top)
    return {file: yaml_parts(folder, file, tops, faults) for file, tops in parts.items()}


def _table(entries: list[Entry], kind: type[Any], spanish: Mapping[str, str]) -> dict[str, tuple[Any, Entry]]:
    rows: dict[str, tuple[Any, Entry]] = {}
    for entry in entries:
        name = entry.values.get("name")
        if isinstance(name, dict) and not name.get("es") and (own := spanish.get(entry.text("id"))):
            name["es"] = own
        if entry.text("id") in rows:
            entry.fault(f"'{entry.text('id')}' is there twice")
        made = _made(kind, entry)
        if made is not None:
            rows[entry.text("id")] = (made, entry)
    return rows


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _made(kind: type[Any], entry: Entry) -> Any:
    """The value of one record; None, with its faults noted, where it cannot be made."""
    hints = _hints(kind)  # type: ignore[arg-type]  # mypy: a type[Any] is not taken for hashable
    required = [each.name for each in fields(kind) if each.default is MISSING]
    absent = [name for name in required if name not in entry.values]
    unknown = sorted(set(entry.values) - set(hints))
    for name in absent:
        entry.fault(f"'{name}' is missing")
    for name in unknown:
        entry.fault(f"'{name}' is not a field of this record")
    if entry.values.get("evidence", EVIDENCE[0]) not in EVIDENCE:
        entry.fault(f"the evidence tag is '{entry.values['evidence']}', not one of {', '.join(EVIDENCE)}")
    if absent or unknown:
        return None
    return kind(**{name: _value(hints[name], value, name, entry) for name, value in entry.values.items()})


def _value(hint: Any, value: Any, name: str, entry: Entry) -> Any:
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) is UnionType:
        return None if value is None else _value(get_args(hint)[0], value, name, entry)
    if hint is Words:
        return _words(value if isinstance(value, dict) else {"en": str(value)})
    if get_origin(hint) is tuple:
        return _list(get_args(hint)[0], value, name, entry)
    if get_origin(hint) is Mapping or hint is Any:
        return _plain(value)
    if is_dataclass(hint):
        return _made(hint, _inner(value, entry))  # type: ignore[arg-type]
    return _scalar(hint, value, name, entry)


def _list(item: Any, value: Any, name: str, entry: Entry) -> tuple[Any, ...]:
    held = value if isinstance(value, list) else [value]
    return tuple(each for each in (_value(item, one, name, entry) for one in held) if each is not None)


def _inner(value: Any, entry: Entry) -> Entry:
    held = dict(value) if isinstance(value, dict) else {}
    line = held.pop(LINE, entry.line)
    return Entry(file=entry.file, line=line, values=held, faults=entry.faults)


def _scalar(hint: Any, value: Any, name: str, entry: Entry) -> Any:
    if hint is float and isinstance(value, bool | int | float):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        entry.fault(f"'{name}' is {value!r}, not {hint.__name__}")
    return value


def _plain(value: Any) -> Any:
    """Nested data without the line numbers that the reader put in."""
    if isinstance(value, dict):
        return MappingProxyType({key: _plain(each) for key, each in value.items() if key != LINE})
    return tuple(_plain(each) for each in value) if isinstance(value, list) else value


def _words(values: Mapping[str, Any]) -> Words:
    return Words(en=str(values.get("en", "")), es=str(values.get("es", "")))


def _resolve(made: Any, tables: Mapping[str, Mapping[str, Any]], entry: Entry) -> None:
    """Note every id that points at nothing."""
    for part, key in _ids(made):
        if key and key not in tables[part]:
            entry.fault(f"'{key}' is not one of the {part}")


def _ids(made: Any) -> Iterator[tuple[str, str]]:
    for name, hint in _hints(type(made)).items():  # type: ignore[arg-type]
        value = getattr(made, name)
        target = next((each for each in getattr(hint, "__metadata__", ()) if isinstance(each, To)), None)
        if target:
            yield from ((target.part, key) for key in (value if isinstance(value, tuple) else (value,)))
        elif isinstance(value, tuple):
            for each in value:
                if is_dataclass(each):
                    yield from _ids(each)
        elif is_dataclass(value):
            yield from _ids(value)

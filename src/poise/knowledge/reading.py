"""Knowledge files read with their line numbers, so that every fault can be named where it stands, all at once."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from poise.errors import BadKnowledge

DATA = files("poise.knowledge") / "data"
LINE = "__line__"


@dataclass
class Faults:
    """What is wrong in the knowledge files; collected, then told together."""

    found: list[str] = field(default_factory=list)

    def add(self, file: str, line: int, what: str) -> None:
        """Note one fault."""
        self.found.append(f"{file}, line {line}: {what}")

    def tell(self) -> None:
        """Raise BadKnowledge with every fault, if there is one."""
        if self.found:
            number = f"{len(self.found)} fault" + ("s" if len(self.found) > 1 else "")
            raise BadKnowledge(
                f"The knowledge cannot be used: {number} in its files.",
                found="\n".join(self.found),
                do="Mend these lines; each number needs a known measure, a unit, an evidence tag and a known source.",
            )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One record of a knowledge file, where it stands, and where to tell its faults."""

    file: str
    line: int
    values: dict[str, Any]
    faults: Faults

    def fault(self, what: str) -> None:
        """Note what is wrong with this entry."""
        self.faults.add(self.file, self.line, what)

    def knows_only(self, required: Iterable[str], optional: Iterable[str] = ()) -> bool:
        """Whether all required fields are there and nothing unknown is; notes each fault."""
        required, allowed = set(required), {*required, *optional}
        missing = sorted(name for name in required if self.values.get(name) in (None, ""))
        unknown = sorted(set(self.values) - allowed)
        for name in missing:
            self.fault(f"'{name}' is missing")
        for name in unknown:
            self.fault(f"'{name}' is not a field of this record")
        return not missing and not unknown

    def one_of(self, name: str, allowed: Iterable[str], default: str | None = None) -> str:
        """A word out of a known set; notes a fault (and gives the first) where it is another."""
        choices = tuple(allowed)
        value = self.values.get(name, default)
        if value not in choices:
            self.fault(f"'{name}' is {value!r}, not one of {', '.join(choices)}")
            return choices[0]
        return str(value)

    def number(self, name: str, default: float = float("nan")) -> float:
        """A number; notes a fault where it is none."""
        value = self.values.get(name, default)
        if value in (None, ""):
            return default
        try:
            return float(value)
        except (TypeError, ValueError):
            self.fault(f"'{name}' is {value!r}, not a number")
            return default

    def text(self, name: str) -> str:
        """A text, empty where there is none."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def part(self, name: str) -> Entry:
        """A record inside this one; empty where there is none."""
        return self._within(self.values.get(name))

    def parts(self, name: str) -> list[Entry]:
        """The list of records inside this one."""
        held = self.values.get(name) or []
        return [self._within(item) for item in held] if isinstance(held, list) else []

    def _within(self, held: object) -> Entry:
        values = dict(held) if isinstance(held, dict) else {}
        line = values.pop(LINE, self.line)
        return Entry(file=self.file, line=line, values=values, faults=self.faults)


def yaml_entries(folder: Traversable, name: str, top: str, faults: Faults) -> list[Entry]:
    """The records under one key of a YAML file, each with the line it begins on."""
    return yaml_parts(folder, name, (top,), faults)[top]


def yaml_parts(folder: Traversable, name: str, tops: Iterable[str], faults: Faults) -> dict[str, list[Entry]]:
    """The records under several keys of a YAML file that is parsed once."""
    import yaml

    try:
        held = yaml.load((folder / name).read_text(encoding="utf-8"), _loader())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        faults.add(name, line, f"not YAML: {error.problem}")
        return {top: [] for top in tops}
    return {top: _records(held, name, top, faults) for top in tops}


def _records(held: object, name: str, top: str, faults: Faults) -> list[Entry]:
    records = held.get(top) if isinstance(held, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        faults.add(name, 1, f"no list of records under '{top}'")
        return []
    whole = Entry(file=name, line=1, values={top: records}, faults=faults)
    return whole.parts(top)


def table_entries(folder: Traversable, name: str, faults: Faults) -> Iterator[Entry]:
    """The rows of a CSV file with a header; lines that begin with # are comments."""
    numbered = enumerate((folder / name).read_text(encoding="utf-8").splitlines(), start=1)
    kept = [(line, text) for line, text in numbered if text.strip() and not text.startswith("#")]
    header = next(csv.reader([kept[0][1]]))
    for line, text in kept[1:]:
        cells = next(csv.reader([text]))
        if len(cells) != len(header):
            faults.add(name, line, f"{len(cells)} cells where the header has {len(header)}")
            continue
        yield Entry(file=name, line=line, values=dict(zip(header, cells, strict=True)), faults=faults)


def _loader() -> Any:
    """A safe YAML loader (the fast one where there is one) whose mappings know the line they begin on."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Lined(base):  # type: ignore[misc]
        """A mapping knows its line."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            """The mapping, with the line it begins on under its own key."""
            held: dict[Any, Any] = super().construct_mapping(node, deep=True)
            held[LINE] = node.start_mark.line + 1
            return held

        def lined(self, node: Any) -> dict[Any, Any]:
            """The same, as the loader calls it."""
            return self.construct_mapping(node)

    Lined.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, Lined.lined)
    return Lined

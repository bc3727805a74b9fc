"""Labels → the names of the body's points, by cited tables of marker sets; a map given by the user wins."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from poise.errors import BadMapping
from poise.model.body import NAMES
from poise.model.recording import Problem

SIDES = (("left", "l"), ("right", "r"))
FEWEST_LABELS = 4
"""Below this many recognised labels a shared prefix is looked for: the file may name its subject in every label."""


@dataclass(frozen=True, kw_only=True)
class MarkerSet:
    """One published naming: for each of our names the patterns to try, each a tuple of labels whose middle it is."""

    name: str
    citation: str
    patterns: tuple[tuple[str, tuple[str, ...]], ...]
    order: tuple[str, ...] = ()

    def known(self) -> frozenset[str]:
        """Every label the set uses, plain."""
        return frozenset(label for _, labels in self.patterns for label in labels)


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What the labels of a recording mean.

    Attributes
    ----------
    points
        For each of our names the ways to get it, best first: tuples of the file's own labels; their middle is the
        point.
    sets
        The marker sets that were recognised, the one with most labels first.
    unknown
        Labels that nothing recognised.
    people
        How many people the labels name, each by a prefix of their own; only one of them is in `points`.
    """

    points: Mapping[str, tuple[tuple[str, ...], ...]]
    sets: tuple[str, ...]
    unknown: tuple[str, ...]
    people: int = 1


def name_points(labels: Sequence[str], mapping: Mapping[str, str] | None = None) -> Naming:
    """What each label means; see `Naming`.

    Parameters
    ----------
    labels
        As the file has them: any case, separators, subject prefix.
    mapping
        The user's own: label → name of `poise.model.body`. It wins over every table.

    Raises
    ------
    BadMapping
        The map names a point of the body that does not exist, or a label that the recording does not hold.

    Notes
    -----
    The set that explains most labels is asked first, the others fill what it leaves: marker sets are often mixed. A
    label is used by one set only, because the same word means a skin marker in one and a joint centre in another.
    Where prefixes part the labels (``Ann:LHEE``, ``Bob:LHEE``), only those of the person with most known labels are
    used: a body made of two people is nobody's.
    """
    own, people = _one_person(labels)
    by_user = _checked(mapping or {}, (*(label for label in labels if label not in own), *own))
    spelled = _spelled([label for label in own if label not in by_user])
    points: dict[str, list[tuple[str, ...]]] = {name: [(label,)] for label, name in by_user.items()}
    taken: set[str] = set()
    used: list[str] = []
    for marker_set in _best_first(spelled):
        found = {label: spelled[label] for label in marker_set.known() & spelled.keys() if label not in taken}
        for name, wanted in marker_set.patterns:
            if all(label in found for label in wanted):
                points.setdefault(name, []).append(tuple(found[label] for label in wanted))
        if found:
            used.append(marker_set.name)
            taken |= found.keys()
    unknown = tuple(label for plain, label in spelled.items() if plain not in taken)
    named = {name: tuple(ways) for name, ways in points.items()}
    return Naming(points=named, sets=tuple(used), unknown=unknown, people=people)


def _one_person(labels: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The labels under the prefix that knows most of them, and how many prefixes know enough to be a person."""
    groups = _by_prefix(labels, ":")
    if len(groups) < 2 and _recognised(_first_of_each((plain(label), label) for label in labels)) < FEWEST_LABELS:
        groups = _by_prefix(labels, "_")
    known = {prefix: _recognised({plain(rest): rest for rest in group.values()}) for prefix, group in groups.items()}
    fullest = max(groups, key=lambda prefix: known[prefix], default="")
    if len(groups) < 2 or not known[fullest]:
        return tuple(labels), 1
    # Labels that mean nothing to us belong to nobody; the user's map may still name them.
    nobodys = [label for prefix, group in groups.items() if not known[prefix] for label in group]
    return (*groups[fullest], *nobodys), max(1, sum(count >= FEWEST_LABELS for count in known.values()))


def _by_prefix(labels: Sequence[str], mark: str) -> dict[str, dict[str, str]]:
    """Prefix → the labels that have it → what follows it."""
    groups: dict[str, dict[str, str]] = {}
    for label in labels:
        # A name may hold colons; after the first underscore there may be sides and joints.
        before, _, after = label.rpartition(mark) if mark == ":" or mark not in label else label.partition(mark)
        groups.setdefault(before, {})[label] = after
    return groups


def more_people(naming: Naming) -> tuple[Problem, ...]:
    """The doubt of a file that holds several people, without their names; none where it holds one."""
    if naming.people < 2:
        return ()
    told = Problem(
        what=f"The file holds {naming.people} people; only the one with most known labels was measured.",
        where="labels",
        do="Export each person into a file of their own.",
    )
    return (told,)


def plain(label: str) -> str:
    """A label without subject prefix, case, separators and the suffix ``_study``: ``Ann:R.ASIS_study`` → ``rasis``."""
    word = re.sub(r"[^0-9a-z]", "", label.rsplit(":", 1)[-1].lower())
    return word.removesuffix("study")


def stand_twice(labels: Sequence[str]) -> bool:
    """Whether known labels stand more than once: a reader tells such columns apart by a number, ``LHEE.12``."""
    stems = Counter(re.sub(r"\.\d+$", "", label) for label in labels)
    return _recognised({plain(stem): stem for stem, count in stems.items() if count > 1}) >= FEWEST_LABELS


def _checked(mapping: Mapping[str, str], labels: Sequence[str]) -> dict[str, str]:
    by_plain = {plain(label): label for label in labels}
    wrong = sorted({name for name in mapping.values() if name not in NAMES})
    absent = sorted(label for label in mapping if label not in labels and plain(label) not in by_plain)
    if wrong or absent:
        faults = [f"unknown points of the body: {', '.join(wrong)}"] if wrong else []
        faults += [f"labels that the recording does not hold: {', '.join(absent)}"] if absent else []
        raise BadMapping(
            f"The map of labels cannot be used; it has {' and '.join(faults)}.",
            found=f"The recording holds {', '.join(labels[:60]) or 'no labels'}.",
            do=f"Points are named as in: {', '.join(NAMES[:12])} … (docs/coordinates.md lists all).",
        )
    return {label if label in labels else by_plain[plain(label)]: name for label, name in mapping.items()}


def _spelled(labels: Sequence[str]) -> dict[str, str]:
    """Plain spelling → the file's own label; the first of two that read the same is kept."""
    simple = _first_of_each((plain(label), label) for label in labels)
    if _recognised(simple) >= FEWEST_LABELS:
        return simple
    numbered = dict(_by_index(labels))
    if numbered:
        return numbered
    prefix = _shared_prefix(list(simple))
    shorter = _first_of_each((spelled.removeprefix(prefix), label) for spelled, label in simple.items())
    return shorter if _recognised(shorter) > _recognised(simple) else simple


def _by_index(labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A file that only numbers its points has them in the order of a set with as many."""
    numbers = [int(found[1]) if (found := re.fullmatch(r"\D*(\d+)", label)) else None for label in labels]
    for marker_set in marker_sets():
        if marker_set.order and sorted(n for n in numbers if n is not None) == list(range(len(marker_set.order))):
            for number, label in zip(numbers, labels, strict=True):
                if number is not None:
                    yield plain(marker_set.order[number]), label


def _best_first(spelled: Mapping[str, str]) -> list[MarkerSet]:
    return sorted(marker_sets(), key=lambda one: -len(one.known() & spelled.keys()))


def _recognised(spelled: Mapping[str, str]) -> int:
    return max(len(one.known() & spelled.keys()) for one in marker_sets())


def _shared_prefix(words: Sequence[str]) -> str:
    first, last = min(words, default=""), max(words, default="")
    return first[: next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)]


def _first_of_each(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    first: dict[str, str] = {}
    for key, value in pairs:
        first.setdefault(key, value)
    return first


@cache
def marker_sets() -> tuple[MarkerSet, ...]:
    """Every marker set that Poise knows, from ``marker_sets.toml``, and its own names."""
    tables = tomllib.loads(files("poise.cleaning").joinpath("marker_sets.toml").read_text("utf-8"))["set"]
    own = MarkerSet(name="Poise", citation="poise.model.body", patterns=tuple((n, (plain(n),)) for n in NAMES))
    return (*(_from_table(table) for table in tables), own)


def _from_table(table: Mapping[str, object]) -> MarkerSet:
    return MarkerSet(
        name=str(table["name"]),
        citation=str(table["citation"]),
        patterns=tuple(_patterns(table)),
        order=tuple(str(word) for word in table.get("order", ())),  # type: ignore[attr-defined]
    )


def _patterns(table: Mapping[str, object]) -> Iterator[tuple[str, tuple[str, ...]]]:
    midline: Mapping[str, list[str]] = table.get("midline", {})  # type: ignore[assignment]
    paired: Mapping[str, list[str]] = table.get("paired", {})  # type: ignore[assignment]
    for name, ways in midline.items():
        yield from ((name, tuple(way.split("+"))) for way in ways)
    for name, ways in paired.items():
        for side, letter in SIDES:
            yield from ((f"{side}_{name}", tuple(way.format(side=side, s=letter).split("+"))) for way in ways)

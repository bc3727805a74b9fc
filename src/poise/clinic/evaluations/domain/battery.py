"""How the clinic does each test: which recordings it may have, how its numbers are typed, what part it stands for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import ClinicalTest, Words

Take = Literal["highest", "lowest", "mean", "only"]
Kind = Literal["number", "yes_no", "pair"]

PARTS = ("history", "neuro", "strength", "rom", "balance", "gait", "proprioception", "emg")
"""The parts of a complete evaluation; EMG is optional."""
OPTIONAL = frozenset({"emg"})
INSTRUMENTS = {
    "goniometer": "goniometer", "timer": "timer", "tape": "tape", "laser": "laser", "pressure_cuff": "pressure_cuff",
    "observation": "observation", "questionnaire": "questionnaire", "app_task": "app_task", "force": "dynamometer",
}  # fmt: skip
"""What a person reads a number off, by the name that the measures give their source."""
BY_HAND = frozenset(INSTRUMENTS) - {"force"}


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One recording that a test may have: its task, and what is held fixed or changed on purpose."""

    task: str
    conditions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Typing:
    """How a measure is typed. Beyond `plausible` a person is asked again; of the attempts, `take` counts.

    A ``pair`` is typed as a raw number of each side (`raw_unit`), and the measure is reckoned from both.
    """

    measure: str
    name: Words
    unit: str
    instruments: tuple[str, ...]
    kind: Kind = "number"
    both_sides: bool = False
    plausible: tuple[float, float] = (-1000.0, 100000.0)
    attempts: int = 1
    take: Take = "only"
    raw_unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Motion:
    """A motion of a joint, typed active and passive on both sides; `active` is its own measure, where there is one."""

    id: str
    joint: str
    region: str
    name: Words
    plausible: tuple[float, float]
    active: str = ""


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("poise.clinic.evaluations").joinpath("data", f"{name}.toml").read_text("utf-8"))


def part_of(test: str) -> str:
    """Which part of an evaluation the test belongs to."""
    return str(_data("tests").get(test, {}).get("part", ""))


def is_first(test: str) -> bool:
    """Whether the test belongs to every evaluation, before all others: the safety screen."""
    return bool(_data("tests").get(test, {}).get("first"))


def shots_of(test: str) -> tuple[Shot, ...]:
    """The recordings that the test may have; none where it is only typed or observed."""
    told = _data("tests").get(test, {}).get("recordings", ())
    return tuple(
        Shot(task=each["task"], conditions={name: str(value) for name, value in each.items() if name != "task"})
        for each in told
    )


def motions_of(test: str, region: str = "") -> tuple[Motion, ...]:
    """The joint motions of a range-of-motion test, those of the treated zone first; none for other tests."""
    if not _data("tests").get(test, {}).get("motions"):
        return ()
    zone = library().zone_of(region)
    made = tuple(_motion(each) for each in _data("motions")["motions"])
    return tuple(sorted(made, key=lambda each: library().zone_of(each.region) != zone)) if zone else made


def motion(motion_id: str) -> Motion | None:
    """A motion by its id."""
    return next((_motion(each) for each in _data("motions")["motions"] if each["id"] == motion_id), None)


def _motion(told: Mapping[str, Any]) -> Motion:
    low, high = told["plausible"]
    return Motion(
        id=told["id"], joint=told["joint"], region=told["region"], name=Words(en=told["en"], es=told["es"]),
        plausible=(float(low), float(high)), active=told.get("active", ""),
    )  # fmt: skip


def typings_of(test: ClinicalTest) -> tuple[Typing, ...]:
    """The test's measures that a person may type, in its order; joint motions stand by themselves."""
    of_motions = {each.active for each in motions_of(test.id)}
    return tuple(found for name in test.measures if name not in of_motions and (found := typing_of(name)) is not None)


def typing_of(measure: str) -> Typing | None:
    """How a measure is typed; None where it comes from a recording alone, or is reckoned from others."""
    told = _data("typed").get(measure)
    known = library().measures.get(measure)
    if told is None or known is None:
        return None
    low, high = told.get("plausible", (-1000, 100000))
    return Typing(
        measure=measure, name=known.name, unit=known.unit, kind=told.get("kind", "number"),
        instruments=tuple(INSTRUMENTS[each] for each in known.by if each in INSTRUMENTS),
        both_sides=told.get("sides") == "each" or told.get("kind") == "pair", plausible=(float(low), float(high)),
        attempts=told.get("attempts", 1), take=told.get("take", "only"), raw_unit=told.get("raw_unit", ""),
    )  # fmt: skip


def recorded_measures_of(test: ClinicalTest) -> tuple[str, ...]:
    """The test's measures that only a recording gives."""
    return tuple(name for name in test.measures if not set(library().measures[name].by) & BY_HAND)


@cache
def group_of(finding: str) -> str:
    """Pain, instability or weakness: what a finding is usually about; ``incidental`` where no list names it."""
    held = _data("groups")
    return next((name for name, ids in held.items() if name != "like" and finding in ids), "incidental")


def clinical_id(finding: str) -> str:
    """The clinical table's id for a finding, or for the one whose causes and techniques stand for it; else empty."""
    known = library().findings
    like = str(_data("groups")["like"].get(finding, ""))
    return finding if finding in known else like

"""When each muscle is usually on in walking: cited windows over the gait cycle, checked when they are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable

from poise.knowledge.facts import evidence_of
from poise.knowledge.reading import DATA, Entry, Faults, yaml_entries
from poise.knowledge.sources import Citation, read_sources
from poise.model.finding import Evidence
from poise.model.muscles import BY_NAME

Window = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class UsualTiming:
    """One muscle's windows, (on, off) in percent of the cycle, and how far they are to be trusted."""

    muscle: str
    windows: tuple[Window, ...]
    population: str
    evidence: Evidence
    citation: str


@cache
def usual_timing() -> Mapping[str, UsualTiming]:
    """All muscles that the knowledge has, by name.

    Raises
    ------
    BadKnowledge
        Something in the file is wrong; every fault is named.
    """
    faults = Faults()
    found = read_timing(DATA, read_sources(DATA, faults), faults)
    faults.tell()
    return found


def usual_windows() -> Mapping[str, tuple[Window, ...]]:
    """The windows alone, as `poise.measures.emg_gait` takes them."""
    return {muscle: timing.windows for muscle, timing in usual_timing().items()}


def read_timing(folder: Traversable, sources: Mapping[str, Citation], faults: Faults) -> dict[str, UsualTiming]:
    """emg_timing.yaml of a folder; faults are noted, not raised."""
    found: dict[str, UsualTiming] = {}
    for entry in yaml_entries(folder, "emg_timing.yaml", "windows", faults):
        if not entry.knows_only(("muscle", "starts", "ends", "population", "evidence", "source")):
            continue
        muscle = entry.text("muscle")
        if muscle not in BY_NAME or muscle in found:
            entry.fault(f"'{muscle}' is not a muscle, or stands here twice")
        evidence, citation = evidence_of(entry, sources)
        found[muscle] = UsualTiming(
            muscle=muscle, windows=_windows(entry), population=entry.text("population"), evidence=evidence,
            citation=citation,
        )  # fmt: skip
    return found


def _windows(entry: Entry) -> tuple[Window, ...]:
    on, off = (entry.values.get(name) or [] for name in ("starts", "ends"))
    try:
        windows = tuple((float(start), float(end)) for start, end in zip(on, off, strict=True))
    except (TypeError, ValueError):
        entry.fault("'starts' and 'ends' are lists of as many numbers each")
        return ()
    if any(not 0.0 <= start < end <= 100.0 for start, end in windows):
        entry.fault(f"windows {windows} do not lie within 0 to 100 percent, each on before off")
    return windows

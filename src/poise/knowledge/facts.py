"""What the knowledge knows of each measure: its words, how it is read from a curve, its error, what a change means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from poise.knowledge.reading import LINE, Entry, Faults, yaml_entries
from poise.knowledge.sources import Citation
from poise.model.finding import Evidence, Feature, MeasurementError, Source

EVIDENCE: tuple[Evidence, ...] = ("verified", "memory", "design", "general-knowledge")
UNITS = (
    "deg", "m", "m/s", "s", "%", "steps/min", "ratio", "1", "mm", "mm/s", "mm²", "mm²/s", "Hz", "count", "points",
    "deg/s", "m/s²", "m²/s⁵", "µV", "dB", "%/s", "ms",
)  # fmt: skip
SOURCES: tuple[Source, ...] = ("markers", "coordinates", "camera", "imu", "force", "emg")
ANY = "any"
EACH = ".*"
"""Ends the name of a measure that is taken of each muscle: ``emg.onset.*``."""
MEASURE_FILES = ("measures.yaml", "measures_part2.yaml")
TAKES = ("max", "min", "mean", "rom")


@dataclass(frozen=True, kw_only=True)
class Change:
    """How large a change of a measure must be: to be real (``mdc``) or to be noticed by people (``mcid``)."""

    measure: str
    kind: Literal["mdc", "mcid"]
    value: float
    unit: str
    population: str
    evidence: Evidence
    citation: str
    used: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One measure's facts. `judged_by_curves`: whether the speed-matched curves may be its norm.

    `counted` is what its n counts (stride, repetition, trial …), `enough` how many of them make it sure.
    """

    measure: str
    label: str
    unit: str
    decimals: int
    reference_id: str = ""
    feature: Feature | None = None
    judged_by_curves: bool = False
    counted: str = "stride"
    enough: int = 5
    errors: Mapping[str, MeasurementError] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


def read_facts(folder: object, sources: Mapping[str, Citation], faults: Faults) -> dict[str, Facts]:
    """All of measures.yaml and its neighbours, by measure; faults are noted, not raised."""
    found: dict[str, Facts] = {}
    entries = (each for name in MEASURE_FILES for each in yaml_entries(folder, name, "measures", faults))  # type: ignore[arg-type]
    for entry in entries:
        optional = ("reference_id", "feature", "norm", "errors", "changes", "counted", "enough")
        if not entry.knows_only(("measure", "label", "unit", "decimals"), optional):
            continue
        facts = _facts(entry, sources)
        if facts.measure in found:
            entry.fault(f"{facts.measure} stands here twice")
        found[facts.measure] = facts
    return found


def evidence_of(entry: Entry, sources: Mapping[str, Citation]) -> tuple[Evidence, str]:
    """The evidence tag and the citation of a number; a fault where either is missing, unknown or too weak."""
    source = sources.get(entry.text("source"))
    if source is None:
        entry.fault(f"source '{entry.text('source')}' is not in sources.yaml: no number without a citation")
    evidence = cast(Evidence, entry.one_of("evidence", EVIDENCE))
    if source is not None and evidence == "verified" and source.level in ("own", "listing"):
        entry.fault(f"tagged verified, but {source.id} is only '{source.level}'")
    return evidence, source.title if source else ""


def _facts(entry: Entry, sources: Mapping[str, Citation]) -> Facts:
    measure, unit = entry.text("measure"), entry.one_of("unit", UNITS)
    changes = tuple(_change(part, measure, unit, sources) for part in entry.parts("changes"))
    feature = _feature(entry.part("feature")) if entry.values.get("feature") else None
    if entry.values.get("norm") and feature is None:
        entry.fault("a norm from the curves needs a 'feature'")
    return Facts(
        measure=measure, label=entry.text("label"), unit=unit, decimals=int(entry.number("decimals", 0)),
        reference_id=entry.text("reference_id"), feature=feature, judged_by_curves=bool(entry.values.get("norm")),
        counted=entry.text("counted") or "stride", enough=int(entry.number("enough", 5)),
        errors=_errors(entry, unit, changes, sources), changes=changes,
    )  # fmt: skip


def _feature(entry: Entry) -> Feature:
    entry.knows_only(("curve", "take", "start", "end"))
    start, end = int(entry.number("start", 0)), int(entry.number("end", 100))
    if not 0 <= start <= end <= 100:
        entry.fault(f"percent of the cycle from {start} to {end}")
    take = cast(Literal["max", "min", "mean", "rom"], entry.one_of("take", TAKES))
    return Feature(curve=entry.text("curve"), take=take, start_percent=start, end_percent=end)


def _change(entry: Entry, measure: str, unit: str, sources: Mapping[str, Citation]) -> Change:
    entry.knows_only(("kind", "value", "population", "evidence", "source"), ("used",))
    evidence, citation = evidence_of(entry, sources)
    return Change(
        measure=measure, kind=cast(Literal["mdc", "mcid"], entry.one_of("kind", ("mdc", "mcid"))),
        value=entry.number("value"), unit=unit, population=entry.text("population"), evidence=evidence,
        citation=citation, used=bool(entry.values.get("used")),
    )  # fmt: skip


def _errors(
    entry: Entry, unit: str, changes: tuple[Change, ...], sources: Mapping[str, Citation]
) -> dict[str, MeasurementError]:
    used = {change.kind: change for change in changes if change.used}
    found: dict[str, MeasurementError] = {}
    for kind, held in (entry.values.get("errors") or {}).items():
        if kind == LINE:
            continue
        part = Entry(file=entry.file, line=held.get(LINE, entry.line), values=_plain(held), faults=entry.faults)
        part.knows_only(("value", "evidence", "source"), ("of_value",))
        if kind not in (*SOURCES, ANY):
            part.fault(f"'{kind}' is not a kind of source; known are {', '.join(SOURCES)}")
        evidence, citation = evidence_of(part, sources)
        value, relative = part.number("value"), bool(part.values.get("of_value"))
        found[kind] = MeasurementError(
            error=0.0 if relative else value, share=value if relative else 0.0, unit=unit, evidence=evidence,
            citation=citation,
            published_mdc=used["mdc"].value if "mdc" in used else None,
            smallest_meaningful_change=used["mcid"].value if "mcid" in used else None,
            meaningful_citation=used["mcid"].citation if "mcid" in used else "",
        )  # fmt: skip
    if ANY in found:
        everywhere = found.pop(ANY)
        found = {kind: found.get(kind, everywhere) for kind in SOURCES}
    # Other software's angles come from markers as a rule: where nobody knows an error of their own, that counts.
    if "markers" in found:
        found.setdefault("coordinates", found["markers"])
    return found


def _plain(held: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in held.items() if name != LINE}

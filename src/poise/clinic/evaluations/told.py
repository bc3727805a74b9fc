"""What the findings' page shows of each finding: the number, its picture, the norm, the doubt, what to check."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from poise.clinic.evaluations import bands, words
from poise.clinic.evaluations.domain import battery, typed_findings
from poise.clinic.evaluations.domain.analysis import pictures_of
from poise.clinic.evaluations.models import AnalysisFacts, Evaluation, FoundFinding
from poise.knowledge.clinical import library

GROUPS = ("pain", "instability", "weakness", "incidental")
SVG = re.compile(r"\A<svg[ >].*</svg>\Z", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Number:
    """One of the measurements that a finding rests on."""

    label: str
    side: str | Promise
    value: str
    how: str
    """By what it was typed in: ``Timer``; nothing where an analysis made it."""
    seen: str
    method: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """A finding as it is read."""

    row: FoundFinding
    name: str
    side: str | Promise
    severity: str | Promise
    sentence: str
    sureness: str
    percent: str
    numbers: tuple[Number, ...]
    band: SafeString | None
    usual: str
    figure: SafeString | None
    curve: SafeString | None
    population: str
    citation: str
    evidence: str | Promise
    basis: str | Promise
    smallest: str
    meaning: str
    ask: str
    unseen: tuple[str, ...]
    compared: tuple[str, ...]
    moment_s: float | None
    recording_id: object | None
    test: str
    said_before: str
    history: tuple[Any, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        """How its computed numbers were computed, each way once."""
        return tuple(dict.fromkeys(each.method for each in self.numbers if each.method))


@dataclass(frozen=True, kw_only=True)
class Group:
    """The findings of one symptom."""

    id: str
    name: str | Promise
    findings: tuple[Told, ...]


def groups(evaluation: Evaluation) -> list[Group]:
    """The evaluation's findings, by symptom; in a group the marked ones come first."""
    standing = evaluation.findings.select_related("test", "analysis__recording", "judged_by")
    rows = in_order(standing.prefetch_related("history__made_by"))
    pictures = _pictures(rows)
    told = [tell(row, pictures) for row in rows]
    return [
        Group(id=name, name=words.GROUPS[name], findings=found)
        for name in GROUPS
        if (found := tuple(each for each in told if _group_of(each.row) == name))
    ]


def in_order(findings: QuerySet[FoundFinding]) -> list[FoundFinding]:
    """Those of the findings that stand, in the order in which they are read."""
    gone = Q(analysis__recording__removed_at__isnull=False)
    rows = [row for row in findings.filter(withdrawn_at=None).exclude(gone) if _group_of(row) in GROUPS]
    return sorted(
        rows,
        key=lambda row: (GROUPS.index(_group_of(row)), row.severity != "major", -row.confidence, row.name, row.side),
    )


def _group_of(row: FoundFinding) -> str:
    return row.group or "incidental"


def _pictures(rows: Sequence[FoundFinding]) -> Mapping[object, Sequence[Mapping[str, str]]]:
    """The pictures of the analyses that the findings come from: one object an analysis."""
    ids = {row.analysis_id for row in rows if row.details.get("kind") == "recording"}
    return {each.analysis_id: pictures_of(each) for each in AnalysisFacts.objects.filter(analysis__in=ids)}


def tell(row: FoundFinding, pictures: Mapping[object, Sequence[Mapping[str, str]]]) -> Told:
    """One finding in words and pictures."""
    details, reference = row.details, row.reference
    number = details.get("picture")
    held = pictures.get(row.analysis_id, ())
    shown = held[number] if isinstance(number, int) and number < len(held) else {}
    band = band_of(row)
    known = library().findings.get(battery.clinical_id(row.finding))
    return Told(
        row=row, name=words.finding_name(row.finding, row.name), side=words.SIDES.get(row.side, row.side),
        severity=words.SEVERITIES.get(row.severity, row.severity), sentence=details.get("sentence", ""),
        sureness=words.sureness(row.confidence), percent=_percent(row.confidence),
        numbers=tuple(_number(each) for each in row.because), band=bands.picture(band) if band else None,
        usual=bands.said(band).partition("; ")[2] if band else "", figure=_svg(shown.get("figure")),
        curve=_svg(shown.get("curve")), population=str(reference.get("population") or ""),
        citation=str(reference.get("citation") or ""),
        evidence=words.EVIDENCE.get(str(reference.get("evidence")), str(reference.get("evidence") or "")),
        basis=words.BASIS.get(str(reference.get("basis")), str(reference.get("basis") or "")),
        smallest=_smallest(details), meaning=str(details.get("meaning") or (known.meaning if known else "")),
        ask=str(details.get("ask") or (known.asks if known else "")), unseen=tuple(row.unseen),
        compared=tuple(_compared(each) for each in details.get("compared", ()) if _is_bounded(each)),
        moment_s=details.get("moment_s"), recording_id=row.analysis.recording_id if row.analysis else None,
        test=words.test_name(row.test.test) if row.test else "", said_before=str(details.get("said_before", "")),
        history=tuple(sorted(row.history.all(), key=lambda each: each.made_at)),
    )  # fmt: skip


def band_of(row: FoundFinding) -> bands.Band | None:
    """The finding's number on its reference's axis; None where the units differ or no end is known."""
    first = row.because[0] if row.because else None
    low, high = limits_of(row.reference)
    if first is None or first.get("unit") != row.reference.get("unit") or (low is None and high is None):
        return None
    value = float(first["value"])
    if _inside(value, low, high) and not _inside(-value, low, high):
        value = -value  # left less right, judged by its size
    return bands.Band(
        value=value, unit=str(first["unit"]), low=low, high=high, error=row.details.get("error"), side=row.side
    )


def limits_of(reference: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The usual range: both ends, one, or mean ± 2 SD."""
    low, high, mean, sd = (reference.get(name) for name in ("low", "high", "mean", "sd"))
    if low is None and high is None and mean is not None and sd is not None:
        return mean - 2 * sd, mean + 2 * sd
    return low, high


def _inside(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


def _percent(confidence: float) -> str:
    return _("over 99 %%") % {} if confidence > 0.99 else f"{100 * confidence:.0f} %"


def _number(held: Mapping[str, Any]) -> Number:
    seen = held.get("valid_fraction")
    n = held.get("n")
    return Number(
        label=words.measure_label(str(held["measure"]), str(held.get("label", ""))),
        side=words.SIDES.get(str(held.get("side") or ""), ""),
        value=words.number(float(held["value"]), str(held["unit"])),
        how=str(words.INSTRUMENTS.get(str(held.get("instrument", "")), "")), method=str(held.get("method", "")),
        seen=", ".join(
            part
            for part in (
                f"n = {n}" if n else "",
                _("%(percent)s %% seen") % {"percent": round(100 * seen)} if seen is not None and seen < 0.995 else "",
            )
            if part
        ),
    )  # fmt: skip


def _smallest(details: Mapping[str, Any]) -> str:
    change = details.get("smallest_real_change")
    return words.number(float(change), str(details.get("unit", ""))) if change else ""


def _is_bounded(reference: Mapping[str, Any]) -> bool:
    return any(each is not None for each in limits_of(reference))


def _compared(reference: Mapping[str, Any]) -> str:
    low, high = limits_of(reference)
    unit = str(reference.get("unit", ""))
    ends = " – ".join(words.number(each, unit) for each in (low, high) if each is not None)
    return f"{reference.get('population')}: {ends} ({reference.get('citation')})"


def _svg(stored: str | None) -> SafeString | None:
    """A picture that our own analysis drew and stored; what is no single picture is not shown."""
    if not stored or not SVG.match(stored) or "<script" in stored or "<foreignObject" in stored:
        return None
    return mark_safe(stored)


@dataclass(frozen=True, kw_only=True)
class Within:
    """A number past a limit by no more than the error of measurement: told, but no finding."""

    name: str
    side: str | Promise
    value: str
    limit: str
    error: str


def within_error(evaluation: Evaluation) -> list[Within]:
    """What is past a limit, but within the error of measurement."""
    return [
        Within(
            name=words.in_language(each.finding.name), side=words.SIDES.get(each.value.side, ""),
            value=words.number(each.value.value, each.value.unit), limit=words.number(each.limit, each.value.unit),
            error=words.number(each.error or 0.0, each.value.unit),
        )
        for each in typed_findings.within_error(evaluation)
    ]  # fmt: skip


def unseen(evaluation: Evaluation) -> list[str]:
    """What the evaluation's recordings could not show, each once."""
    rows = AnalysisFacts.objects.filter(test__evaluation=evaluation, superseded_at=None,
                                        analysis__recording__removed_at=None)  # fmt: skip
    return list(dict.fromkeys(each for row in rows for each in row.unseen))[:60]

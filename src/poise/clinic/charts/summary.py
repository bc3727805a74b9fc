"""The patient's first page is made of sections. Each app adds its own when it is loaded, so that imports run downhill.

In your `AppConfig.ready`::

    from poise.clinic.charts import summary

    summary.add(summary.Section(
        name="findings", title=_("Findings"), action="finding.read", order=50,
        template="evaluations/summary_findings.html", load=latest_findings,
    ))
    summary.tell(summary.Source(
        name="evaluation", action="evaluation.read", at="started_at",
        rows=lambda patient: Evaluation.objects.filter(patient=patient), entry=told_of_evaluation,
    ))

A section is loaded and shown only where the person's role and team reach its action. `load` makes a bounded number of
queries whatever the chart holds; where it returns None nothing is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from poise.clinic.actor import Actor
from poise.clinic.people.models import Patient

Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the patient's page.

    `order` sorts: 10 safety and limits, 20 episode and goal, 30 where it hurts, 40 activities and scores, 50 findings,
    60 recordings, 70 files, 80 team. `wide` sections take the whole width. `template` stands inside a card below its
    title, with what `load` gave (by name, and all of it as `told`), the `patient`, and `may`: the actions within reach.
    """

    name: str
    title: Words
    action: str
    template: str
    load: Callable[[Actor, Patient], Mapping[str, object] | None]
    order: int = 50
    wide: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One happening of the timeline: what it was, in a few words, and where it is read."""

    at: datetime
    kind: Words
    title: Words
    url: str = ""
    note: Words = ""
    id: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Rows (with a UUID) that belong on the timeline; `at` names their field of time (a date counts from midnight)."""

    name: str
    action: str
    rows: Callable[[Patient], QuerySet[Any]]
    at: str
    entry: Callable[[Any], Entry]


SECTIONS: dict[str, Section] = {}
SOURCES: dict[str, Source] = {}


def add(section: Section) -> None:
    """Adds a section; one of the same name takes the place of the one before."""
    SECTIONS[section.name] = section


def tell(source: Source) -> None:
    """Adds what an app has to tell on the timeline."""
    SOURCES[source.name] = source


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A section with what it shows."""

    section: Section
    context: Mapping[str, object]


def loaded(by: Actor, patient: Patient, may: Callable[[str], bool]) -> list[Loaded]:
    """The sections that this person may see, each with its content, in their order."""
    shown = []
    for section in sorted(SECTIONS.values(), key=lambda each: (each.order, each.name)):
        content = section.load(by, patient) if may(section.action) else None
        if content is not None:
            shown.append(Loaded(section=section, context=content))
    return shown


def timeline(
    patient: Patient, may: Callable[[str], bool], *, before: str = "", limit: int = 25
) -> tuple[list[Entry], str]:
    """The newest happenings before a mark, and the mark of the next page (empty where this is the last).

    One query a source, each of at most `limit` + 1 rows, however much the chart holds.
    """
    mark = _read_mark(before)
    entries = [entry for source in SOURCES.values() if may(source.action)
               for entry in _newest(source, patient, mark, limit + 1)]  # fmt: skip
    entries.sort(key=_place, reverse=True)
    page = entries[:limit]
    return page, _write_mark(page[-1]) if len(entries) > limit else ""


Mark = tuple[datetime, str, str]


def _place(entry: Entry) -> Mark:
    return entry.at, entry.source, entry.id


def _newest(source: Source, patient: Patient, mark: Mark | None, limit: int) -> Iterable[Entry]:
    rows = source.rows(patient).order_by(f"-{source.at}", "-pk")
    if mark is not None:
        rows = rows.filter(_before(source, mark, has_time=_has_time(rows.model, source.at)))
    for row in rows[:limit]:
        yield replace(source.entry(row), at=_moment(getattr(row, source.at)), id=str(row.pk), source=source.name)


def _before(source: Source, mark: Mark, *, has_time: bool) -> Q:
    """Rows that stand below the mark, where happenings of one moment are told apart by source and id."""
    at, name, row_id = mark
    same_moment: object = at
    earlier = Q(**{f"{source.at}__lt": at})
    if not has_time:
        day = timezone.localtime(at).date()
        if at != _moment(day):
            return Q(**{f"{source.at}__lte": day})
        same_moment, earlier = day, Q(**{f"{source.at}__lt": day})
    if source.name > name:
        return earlier
    same = Q(**{source.at: same_moment})
    return earlier | (same & Q(pk__lt=row_id) if source.name == name else same)


def _has_time(model: type[Model], field: str) -> bool:
    return model._meta.get_field(field).get_internal_type() == "DateTimeField"


def _moment(when: date | datetime) -> datetime:
    return when if isinstance(when, datetime) else timezone.make_aware(datetime.combine(when, time.min))


def _write_mark(entry: Entry) -> str:
    return f"{entry.at.timestamp():.6f}~{entry.source}~{entry.id}"


def _read_mark(mark: str) -> Mark | None:
    try:
        seconds, name, row_id = mark.split("~")
        UUID(row_id)
        return datetime.fromtimestamp(float(seconds), tz=timezone.get_default_timezone()), name, row_id
    except (ValueError, OverflowError, OSError):
        return None

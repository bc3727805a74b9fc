"""The patient's first page is made of sections. Each app adds its own when it is loaded, so that imports run downhill.

In your `AppConfig.ready`::

    from poise.clinic.charts import summary

    summary.add(summary.Section(
        name="findings", title=_("Findings"), action="finding.read", order=50,
        template="evaluations/summary_findings.html", load=latest_findings,
    ))
    summary.tell(summary.Source(
        name="evaluation", action="evaluation.read", at="started_at", fields=("kind",),
        rows=lambda patient: Evaluation.objects.filter(patient=patient), entry=told_of_evaluation,
    ))

A section is loaded and shown only where the person's role and team reach its action. What it shows it asks for in
`asks`, by name: the rows of all sections and of the timeline come with one statement (`domain.together`), and `load`
makes of them what its template needs; where it returns None nothing is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from poise.clinic.actor import Actor
from poise.clinic.charts.domain.together import Asked, ask
from poise.clinic.people.models import Patient

Words = str | Promise
May = Callable[[str], bool]
Rows = Mapping[str, Sequence[Any]]
ON_FIRST_PAGE = 10


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the patient's page.

    `order` sorts: 10 safety and limits, 20 episode and goal, 30 where it hurts, 40 activities and scores, 50 findings,
    60 recordings, 70 files, 80 team. `wide` sections take the whole width. `template` stands inside a card below its
    title, with what `load` gave (by name, and all of it as `told`), the `patient`, and `may`: the actions within reach.
    `load` gets the rows of each of `asks`.
    """

    name: str
    title: Words
    action: str
    template: str
    load: Callable[[Actor, Patient, Rows], Mapping[str, object] | None]
    asks: Mapping[str, Asked] = field(default_factory=dict)
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
    """Rows (with a UUID) that belong on the timeline; `at` names their field of time (a date counts from midnight).

    `entry` may read the row's id, its time and its `fields`.
    """

    name: str
    action: str
    rows: Callable[[Patient], QuerySet[Any]]
    at: str
    entry: Callable[[Any], Entry]
    fields: tuple[str, ...] = ()


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


@dataclass(frozen=True, kw_only=True)
class FirstPage:
    """The sections that a person may see, and the newest happenings; `is_more` where the timeline goes on."""

    sections: Sequence[Loaded]
    entries: Sequence[Entry]
    is_more: bool


def first_page(by: Actor, patient: Patient, may: May) -> FirstPage:
    """The patient's page. What this person may not read is not asked for."""
    sections = [
        each for each in sorted(SECTIONS.values(), key=lambda each: (each.order, each.name)) if may(each.action)
    ]
    sources = _sources(may) if may("chart.read") else []
    asked: dict[tuple[str, str], Asked] = {
        (section.name, name): rows for section in sections for name, rows in section.asks.items()
        if not rows.action or may(rows.action)
    }  # fmt: skip
    asked |= {(TIMELINE, source.name): _newest(source, ON_FIRST_PAGE + 1) for source in sources}
    rows = ask(patient, asked)
    shown = []
    for section in sections:
        content = section.load(by, patient, {name: rows.get((section.name, name), []) for name in section.asks})
        if content is not None:
            shown.append(Loaded(section=section, context=content))
    entries, later = _page(sources, {source.name: rows[TIMELINE, source.name] for source in sources}, ON_FIRST_PAGE)
    return FirstPage(sections=shown, entries=entries, is_more=bool(later))


def timeline(patient: Patient, may: May, *, before: str = "", limit: int = 25) -> tuple[list[Entry], str]:
    """The newest happenings before a mark, and the mark of the next page (empty where this is the last).

    One statement: of each source at most `limit` + 1 rows, however much the chart holds.
    """
    mark, sources = _read_mark(before), _sources(may)
    asked = {
        source.name: _earlier(source, mark, limit + 1) if mark else _newest(source, limit + 1) for source in sources
    }
    return _page(sources, ask(patient, asked), limit)


Mark = tuple[datetime, str, str]
TIMELINE = "timeline"


def _sources(may: May) -> list[Source]:
    return [source for source in SOURCES.values() if may(source.action)]


@cache
def _newest(source: Source, limit: int) -> Asked:
    """Kept, so that it is put into SQL once."""
    return _of(source, limit, lambda rows: rows)


def _earlier(source: Source, mark: Mark, limit: int) -> Asked:
    def below(rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(_before(source, mark, has_time=_has_time(rows.model, source.at)))

    return _of(source, limit, below)


def _of(source: Source, limit: int, some: Callable[[QuerySet[Any]], QuerySet[Any]]) -> Asked:
    return Asked(
        rows=lambda patient: some(source.rows(patient)).order_by(f"-{source.at}", "-pk")[:limit],
        fields=(source.at, *source.fields),
    )


def _page(sources: Iterable[Source], rows: Rows, limit: int) -> tuple[list[Entry], str]:
    """The newest of all, told in words; and the mark of the last one, where there are more."""
    found = [(_moment(getattr(row, source.at)), source.name, str(row.pk), source, row)
             for source in sources for row in rows[source.name]]  # fmt: skip
    found.sort(key=lambda each: each[:3], reverse=True)
    entries = [
        replace(source.entry(row), at=at, id=row_id, source=name) for at, name, row_id, source, row in found[:limit]
    ]
    return entries, _write_mark(entries[-1]) if len(found) > limit else ""


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

"""What a row held before it was changed, in words: labels for fields, names for ids, days as people write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import DateField, Field, Model
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from poise.clinic.charts.domain.earlier import earlier_of
from poise.clinic.charts.domain.episodes import IRRITABILITY, named
from poise.clinic.charts.models import Earlier
from poise.clinic.people.models import Row
from poise.knowledge.clinical import library

MOST = 20
REASONS = {"intake": gettext_lazy("Intake form")}
"""What is kept in one word, as people read it."""


def told_before(row: Row) -> list[Earlier]:
    """The earlier states of a row, the newest first, each `values` by label and in words."""
    rows = list(earlier_of(row)[:MOST])
    for each in rows:
        each.because = str(REASONS.get(each.because, each.because))
        each.values = {_label(type(row), name): _words(type(row), name, value) for name, value in each.values.items()}
    return rows


def _label(model: type[Model], name: str) -> str:
    return str(capfirst(str(getattr(model._meta.get_field(name), "verbose_name", name))))


def _words(model: type[Model], name: str, value: object) -> str:
    field = model._meta.get_field(name)
    if value in (None, "", []):
        return "–"
    if isinstance(field, DateField) and isinstance(value, str):
        return date_format(date.fromisoformat(value[:10]), "SHORT_DATE_FORMAT")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    known = {"condition": library().conditions, "region": library().regions, "phase": library().phases}.get(name)
    if known is not None and value in known:
        return named(known, str(value))
    return _choice(field, value) if isinstance(field, Field) else str(value)


def _choice(field: Field[object, object], value: object) -> str:
    choices: Iterable[tuple[object, object]] = (
        IRRITABILITY.items() if field.name == "irritability" else field.flatchoices
    )
    return next((str(said) for key, said in choices if key == value), str(value))

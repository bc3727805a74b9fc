"""What many parts of a patient's page show, asked of the database together: one statement for them all.

Each part says which rows it wants and which of their fields (`Asked`); Django writes the SQL of each once a process,
and `ask` puts the patient in and joins the parts. Nothing about a person is kept: only the words of the question are.

A part's rows depend on the patient alone. What depends on the clock is asked with `Now()`, or sorted out afterwards:
a time of this process would be written into the question for good.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Field, JSONField, Model, QuerySet, UUIDField
from django.db.models.functions import JSONObject

from poise.clinic.people.models import Patient

Name = TypeVar("Name", bound=Hashable)
ANYBODY = UUID("7f0d0000-a5a5-4a5a-8a5a-5a5a00000fd7")
"""Stands in a question where the patient's id is put."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """Rows about a patient, in their order, and the fields of them that are shown (annotations of the rows too).

    Without `fields` all of them. `action` is what a person must be allowed besides the page, to be shown these rows.
    """

    rows: Callable[[Patient], QuerySet[Any]]
    fields: tuple[str, ...] = ()
    action: str = ""

    @cached_property
    def question(self) -> Question:
        """As the database understands it."""
        rows = self.rows(Patient(pk=ANYBODY))
        every = {each.attname: each for each in rows.model._meta.concrete_fields}
        names = {rows.model._meta.pk.attname, *self.fields} if self.fields else set(every)
        fields = {name: each for name, each in every.items() if name in names}
        extra = {name: each.output_field for name, each in rows.query.annotations.items() if name in names}
        told = rows.values_list(JSONObject(**{name: name for name in (*fields, *extra)}))
        words, values = told.query.sql_with_params()
        return Question(words=words, values=values, model=rows.model, fields=fields, extra=extra)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A part in SQL, whose rows are JSON: so that rows of many kinds can stand in one answer."""

    words: str
    values: tuple[object, ...]
    model: type[Model]
    fields: Mapping[str, Field[Any, Any]]
    extra: Mapping[str, Field[Any, Any]]

    def row(self, told: Mapping[str, Any]) -> Any:
        """A row of the model; a field that was not asked for is looked up when somebody reads it, as Django does."""
        read = [_read(field, told[name]) for name, field in self.fields.items()]
        row = self.model.from_db(connection.alias, tuple(self.fields), read)
        for name, field in self.extra.items():
            setattr(row, name, _read(field, told[name]))
        return row


def ask(patient: Patient, parts: Mapping[Name, Asked]) -> dict[Name, list[Any]]:
    """The rows of each part, in its own order. One statement; none where there are no parts."""
    answers: dict[Name, list[Any]] = {name: [] for name in parts}
    if not parts:
        return answers
    questions = [asked.question for asked in parts.values()]
    words = " UNION ALL ".join(
        f"SELECT {number} AS part, told.* FROM ({question.words}) AS told" for number, question in enumerate(questions)
    )
    anybody, this_one = (UUIDField().get_db_prep_value(pk, connection) for pk in (ANYBODY, patient.pk))
    values: list[Any] = [this_one if value == anybody else value for question in questions for value in question.values]
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        names = list(parts)
        for number, told in cursor.fetchall():
            answers[names[number]].append(questions[number].row(told if isinstance(told, dict) else json.loads(told)))
    return answers


def _read(field: Field[Any, Any], told: Any) -> Any:
    """A value of JSON as the field's own type. SQLite keeps JSON as text, and times in UTC without saying so."""
    if told is None:
        return None
    if isinstance(field, JSONField):
        return json.loads(told) if connection.vendor == "sqlite" else told
    value = field.to_python(told)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value

"""Two people edit the same thing: the second one's save is held back until that person has seen both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _

from poise.errors import PoiseError


class ChangedMeanwhile(PoiseError):
    """Someone saved this row after it was opened here. `mine` is unsaved, `theirs` stands in the database."""

    def __init__(self, mine: models.Model, theirs: models.Model, fields: Sequence[str]) -> None:
        self.mine, self.theirs, self.fields = mine, theirs, tuple(fields)
        super().__init__(
            _("This was changed by someone else meanwhile."),
            found=_("It stands at version %(version)s.") % {"version": getattr(theirs, "version", "?")},
            do=_("Look at both, and choose what shall stand."),
        )


def save_if_unchanged(row: models.Model, *, seen_version: int, fields: Sequence[str]) -> None:
    """Saves these fields of a row that stood at `seen_version` when its form was opened; its version grows by one.

    Raises
    ------
    ChangedMeanwhile
        Another version stands there; nothing was written.
    """
    model = type(row)
    values = {name: _value(row, name) for name in fields}
    where = {"pk": row.pk, "version": seen_version}
    if model._base_manager.filter(**where).update(version=F("version") + 1, **values):
        row.version = seen_version + 1  # type: ignore[attr-defined]
        return
    raise ChangedMeanwhile(row, model._base_manager.get(pk=row.pk), fields)


def _value(row: models.Model, name: str) -> Any:
    field = row._meta.get_field(name)
    assert isinstance(field, models.Field), name
    return field.pre_save(row, add=False)

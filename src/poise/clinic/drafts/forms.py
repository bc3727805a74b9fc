"""A form that keeps what is typed: two lines for a page. See `docs/clinic/design-system.md`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.db import transaction
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict

from poise.clinic.actor import Actor
from poise.clinic.drafts.domain import keeping

KEY, VERSION, OPENING, PAGE = "draft-key", "draft-version", "draft-opening", "draft-page"
CHOOSE = "choose-"
AnyForm = TypeVar("AnyForm", bound=forms.BaseForm)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a form knows of its draft.

    Attributes
    ----------
    key
        Names the form and what it is about.
    seen_version
        Of the row, when the form was first opened: to be handed to the saving verb.
    restored
        The draft that fills the form, if one does; `waiting` one that is there and was asked not to fill it.
    opening
        Names this opening of the form, so that a late autosave cannot bring back what was saved.
    """

    by: Actor
    key: str
    seen_version: int | None
    now_version: int | None
    opening: str
    restored: keeping.Kept | None = None
    waiting: keeping.Kept | None = None
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def is_old(self) -> bool:
        """Whether the row was changed after the draft's form was opened."""
        return self.restored is not None and self.seen_version != self.now_version


def opened(
    request: HttpRequest,
    form_class: type[AnyForm],
    name: str,
    about: UUID | str = "",
    *,
    version: int | None = None,
    **arguments: Any,
) -> AnyForm:
    """The form as it is to be shown, or as it was sent, with ``form.draft``.

    Parameters
    ----------
    name, about
        Which form, of what: ``"episode"`` and the episode's id; for a new thing the id of what it will belong to.
    version
        Of the row as it stands now; None for a new thing.
    arguments
        Further ones for the form's class: ``instance=…``, ``initial=…``, ``prefix=…``.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    key = f"{name}:{about}" if about else name
    if request.method == "POST":
        seen = _whole(request.POST.get(VERSION), version)
        form = form_class(_merged(request, form_class, arguments), request.FILES, **arguments)
        opening = request.POST.get(OPENING, "")[:32]
        _attach(
            form, Draft(by=by, key=key, seen_version=seen, now_version=version, opening=opening, arguments=arguments)
        )
        return form
    found = keeping.kept(by, key)
    new = Draft(
        by=by, key=key, seen_version=version, now_version=version, opening=secrets.token_hex(16), arguments=arguments
    )
    if found is None or request.GET.get("draft") == "no":
        form = form_class(**arguments)
        _attach(form, replace(new, waiting=found))
        return form
    form = form_class(as_data(found.fields), **arguments)
    form._errors = ErrorDict()  # type: ignore[attr-defined]  # unfinished typing is not yet wrong
    _attach(form, replace(new, seen_version=found.version, restored=found))
    return form


@contextmanager
def saving(form: forms.BaseForm) -> Iterator[None]:
    """One transaction for the verb and the end of the form's draft: both happen, or neither."""
    draft: Draft = form.draft  # type: ignore[attr-defined]
    with transaction.atomic():
        keeping.forget(draft.by, draft.key, opening=draft.opening)
        yield


def as_data(fields: keeping.Fields) -> QueryDict:
    """Kept fields as a form takes them."""
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    return data


def as_typed(bound: forms.BoundField) -> tuple[tuple[str, str], ...]:
    """What the field's inputs hold, as a browser would send it: pairs of name and value."""
    widget, value = bound.field.widget, bound.value()
    if isinstance(widget, forms.MultiWidget):
        parts = list(value if isinstance(value, list | tuple) else widget.decompress(value) or ())
        return tuple(
            (bound.html_name + suffix, _said(inner, part))
            for suffix, inner, part in zip(vars(widget)["widgets_names"], widget.widgets, parts, strict=False)
        )
    if isinstance(widget, forms.CheckboxInput):
        return ((bound.html_name, "on"),) if widget.check_test(value) else ()
    if getattr(widget, "allow_multiple_selected", False):
        return tuple((bound.html_name, str(getattr(each, "pk", each))) for each in value or ())
    return ((bound.html_name, _said(widget, value)),)


def _said(widget: forms.Widget, value: Any) -> str:
    said = widget.format_value(value)
    if isinstance(said, list | tuple):  # a select: a list of one
        said = said[0] if said else ""
    return "" if said is None else str(said).replace("\r\n", "\n")


def _merged(request: HttpRequest, form_class: type[forms.BaseForm], arguments: dict[str, Any]) -> QueryDict:
    """What was sent; where the page of a conflict was answered with “theirs”, what stands in the database now."""
    chosen = [
        name[len(CHOOSE) :] for name, value in request.POST.items() if name.startswith(CHOOSE) and value == "theirs"
    ]
    if not chosen:
        return request.POST
    standing, data = form_class(**arguments), request.POST.copy()
    for name in chosen:
        if name in standing.fields:
            _replace(data, standing[name])
    return data


def _replace(data: QueryDict, bound: forms.BoundField) -> None:
    for known in [known for known in data if known == bound.html_name or known.startswith(f"{bound.html_name}_")]:
        del data[known]
    for name, value in as_typed(bound):
        data.appendlist(name, value)


def seen_version(form: forms.BaseForm) -> int:
    """The version of the row that the form was opened with; 0, which no row has, where it is not known."""
    draft: Draft = form.draft  # type: ignore[attr-defined]
    return draft.seen_version or 0


def _attach(form: forms.BaseForm, draft: Draft) -> None:
    form.draft = draft  # type: ignore[attr-defined]


def _whole(said: str | None, otherwise: int | None) -> int | None:
    return int(said) if said and said.isdecimal() and len(said) < 10 else otherwise

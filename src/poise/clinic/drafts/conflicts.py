"""The page for the second of two people: both versions, field by field, and a choice for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from poise.clinic.drafts.domain.versions import ChangedMeanwhile
from poise.clinic.drafts.forms import CHOOSE, KEY, OPENING, PAGE, VERSION, Draft, as_typed


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field that the two versions do not agree on. `mine` is None where the field is not this person's to see."""

    name: str
    label: str
    mine: str
    theirs: str
    inputs: tuple[tuple[str, str], ...]


def conflict(request: HttpRequest, form: forms.BaseForm, changed: ChangedMeanwhile, **context: Any) -> HttpResponse:
    """Shows both. Its form goes to the same address again, with the choices and the version that stands now."""
    draft: Draft = form.draft  # type: ignore[attr-defined]
    theirs = type(form)(**{**draft.arguments, "initial": _initial(form, changed)})
    names = {"KEY": KEY, "VERSION": VERSION, "OPENING": OPENING, "PAGE": PAGE, "CHOOSE": CHOOSE}
    told = {
        "form": form, "draft": draft, "differences": _differences(form, theirs), "same": _same(form, theirs),
        "version": getattr(changed.theirs, "version", ""), **names, **context,
    }  # fmt: skip
    return render(request, "design/conflict.html", told, status=409)


def _initial(form: forms.BaseForm, changed: ChangedMeanwhile) -> dict[str, Any]:
    return {**form.initial, **model_to_dict(changed.theirs, fields=list(form.fields))}


def _differences(mine: forms.BaseForm, theirs: forms.BaseForm) -> list[Difference]:
    return [
        Difference(
            name=name, label=str(mine[name].label), mine=_words(mine, name), theirs=_words(theirs, name),
            inputs=as_typed(mine[name]),
        )
        for name in mine.fields
        if as_typed(mine[name]) != as_typed(theirs[name])
    ]  # fmt: skip


def _same(mine: forms.BaseForm, theirs: forms.BaseForm) -> list[tuple[str, str]]:
    return [pair for name in mine.fields if (typed := as_typed(mine[name])) == as_typed(theirs[name]) for pair in typed]


def _words(form: forms.BaseForm, name: str) -> str:
    """What a person reads: the names of choices, not their keys."""
    bound = form[name]
    values = [value for _, value in as_typed(bound)]
    choices = _flat(getattr(bound.field, "choices", ()))
    if isinstance(bound.field, forms.BooleanField):
        return "✓" if values else "–"
    return ", ".join(choices.get(value, value) for value in values if value) or "–"


def _flat(choices: Any) -> dict[str, str]:
    named: dict[str, str] = {}
    for key, label in choices:
        if isinstance(label, list | tuple):
            named.update({str(inner): str(words) for inner, words in label})
        else:
            named[str(key)] = str(label)
    return named

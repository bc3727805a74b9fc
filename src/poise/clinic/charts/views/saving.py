"""What every page that saves does alike: call the verb, tell what is wrong, show two people's edits side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse

from poise.clinic.charts.domain.patients import NumberTaken
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.domain.sight import sight_of
from poise.clinic.drafts.conflicts import conflict
from poise.clinic.drafts.domain.versions import ChangedMeanwhile
from poise.clinic.drafts.forms import saving
from poise.clinic.people.access import actor_of
from poise.clinic.people.models import Patient
from poise.clinic.rules import RULES

PARENT = "design/patient.html"


T = TypeVar("T")


def saved(request: HttpRequest, form: forms.BaseForm, verb: Callable[[], T], **context: Any) -> T | HttpResponse | None:
    """What the verb made; the page of a conflict; or None where the form is to be shown (again)."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        with saving(form):
            return verb()
    except Implausible as error:
        tell_faults(form, error)
    except NumberTaken as error:
        form.add_error("record_number", f"{error.problem} {error.do}")
    except ChangedMeanwhile as changed:
        return conflict(request, form, changed, **context)
    return None


def tell_faults(form: forms.BaseForm, error: Implausible) -> None:
    """Puts each fault beside its field; those of no field of this form stand above it."""
    for name, fault in error.faults.items():
        form.add_error(name if name in form.fields else None, str(fault))


def reach_of(request: HttpRequest, patient: Patient) -> frozenset[str]:
    """The actions that this person may do with this patient, for templates to show the right buttons."""
    may = sight_of(actor_of(request), patient)
    return frozenset(action for action in RULES if may(action))

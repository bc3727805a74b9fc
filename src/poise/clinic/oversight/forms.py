"""What the audit may be narrowed by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from poise.clinic.actor import Actor
from poise.clinic.oversight import words
from poise.clinic.oversight.domain import reading
from poise.clinic.people.models import Patient, User


class Day(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"


class WantedForm(forms.Form):
    """Sent by POST: who is looked for stands in no address and no log."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Person"), required=False, empty_label=_("Everyone"))
    patient = forms.CharField(label=_("Patient: record number"), required=False, max_length=40)
    action = forms.ChoiceField(label=_("What"), required=False)
    outcome = forms.ChoiceField(label=_("How it ended"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=Day)
    until = forms.DateField(label=_("Until"), required=False, widget=Day)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, by: Actor, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.by, self.found = by, None
        any_of = ("", _("Anything"))
        self.fields["person"].queryset = User.objects.filter(clinic=by.clinic_id).order_by("name")  # type: ignore[attr-defined]
        named = sorted(words.ACTIONS.items(), key=lambda each: str(each[1]))
        self.fields["action"].choices = [any_of, *named]  # type: ignore[attr-defined]
        self.fields["outcome"].choices = [any_of, *words.OUTCOMES.items()]  # type: ignore[attr-defined]

    found: Patient | None

    def clean_patient(self) -> str:
        """A patient of this clinic."""
        said = str(self.cleaned_data["patient"]).strip()
        if said:
            self.found = reading.patient_named(self.by, said)
            if self.found is None:
                raise forms.ValidationError(_("No patient of this clinic has this record number."))
        return said

    @property
    def wanted(self) -> reading.Wanted:
        """What is asked for."""
        told = self.cleaned_data
        return reading.Wanted(
            person=told["person"].pk if told["person"] else None, patient=self.found.pk if self.found else None,
            action=told["action"], outcome=told["outcome"], since=told["since"], until=told["until"],
        )  # fmt: skip

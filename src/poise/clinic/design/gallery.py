"""Made-up content for the gallery: one of everything."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator

from poise.clinic.design.banner import CAUTION, STOP, Alert, Fact


class Specimen(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Family name", help_text="As on the insurance card.")
    email = forms.EmailField(label="E-mail", required=False)
    born = forms.DateField(label="Date of birth", widget=forms.DateInput(attrs={"type": "date"}))
    side = forms.ChoiceField(
        label="Side", choices=[("left", "Left"), ("right", "Right"), ("both", "Both")], widget=forms.RadioSelect
    )
    region = forms.ChoiceField(label="Region", choices=[("", "Choose …"), ("knee", "Knee"), ("hip", "Hip")])
    limits = forms.MultipleChoiceField(
        label="Limits", choices=[("wb", "Partial weight bearing"), ("rom", "Limited range")], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    agrees = forms.BooleanField(label="The patient agrees to be filmed", required=False)
    words = forms.CharField(label="In the patient’s words", widget=forms.Textarea(attrs={"rows": 3}), required=False)


def specimen() -> dict[str, Any]:
    """What the gallery shows."""
    nobody = SimpleNamespace(
        pk=UUID(int=0), given_name="Ana", family_name="Rivera", preferred_name="Anita", birth_date=None,
        is_simulated=True, age=66,
    )  # fmt: skip
    return {
        "patient": nobody,
        "facts": [Fact(words="Total knee arthroplasty, right"), Fact(label="Phase", words="2 of 4")],
        "alerts": [
            Alert(kind=STOP, words="Red flag open: calf pain", address="#bars"),
            Alert(kind=CAUTION, words="Knee flexion up to 90°"),
        ],
        "form": Specimen({"email": "ana@", "side": "right"}),
        "ten": range(11),
        "page": Paginator(range(45), 20).page(2),
    }  # fmt: skip

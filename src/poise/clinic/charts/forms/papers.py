"""The patient's papers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from poise.clinic.charts.domain.papers import KINDS
from poise.clinic.charts.models import Episode
from poise.clinic.people.models import Patient


class FileForm(forms.Form):
    """A paper and what it is."""

    file = forms.FileField(
        label=_("File"),
        max_length=400,
        help_text=_("PDF, picture, plain text or office document without macros; up to 25 MB."),
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=lambda: list(KINDS.items()))
    episode = forms.ModelChoiceField(label=_("Episode"), queryset=Episode.objects.none(), required=False)

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        episode = self.fields["episode"]
        assert isinstance(episode, forms.ModelChoiceField)
        episode.queryset = Episode.objects.filter(patient=patient).order_by("-started_on")

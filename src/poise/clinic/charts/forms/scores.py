"""Scores of questionnaires and performance tests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from poise.clinic.charts.domain.scores import FORMS, score_of_sum
from poise.clinic.charts.forms.episodes import names
from poise.clinic.charts.forms.parts import DayField, code_choices, long_field, side_field, words_field
from poise.clinic.charts.models import Episode
from poise.clinic.people.models import Patient


class ScoreForm(forms.Form):
    """A score, or the sum of the answers of a paper form."""

    outcome = forms.ChoiceField(label=_("Questionnaire or test"), choices=lambda: code_choices(names("outcomes")))
    score = forms.FloatField(label=_("Score"), required=False)
    total = forms.FloatField(label=_("or: sum of the answers"), required=False,
                             help_text=_("NDI, ODI, QuickDASH, IKDC, KOOS JR, HOOS JR: worked out."))  # fmt: skip
    answered = forms.IntegerField(label=_("How many were answered"), required=False, min_value=0, max_value=50)
    taken_on = DayField(label=_("Date"), required=True)
    side = side_field()
    episode = forms.ModelChoiceField(label=_("Episode"), queryset=Episode.objects.none(), required=False)
    note = words_field(_("Note"))

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        episode = self.fields["episode"]
        assert isinstance(episode, forms.ModelChoiceField)
        episode.queryset = Episode.objects.filter(patient=patient).order_by("-started_on")

    def clean(self) -> dict[str, Any]:
        """The score of the sum, where a sum was typed."""
        told = super().clean() or {}
        total, outcome = told.pop("total", None), told.get("outcome", "")
        answered = told.pop("answered", None)
        if total is None:
            if told.get("score") is None:
                self.add_error("score", _("Type the score, or the sum of the answers."))
            return told
        answered = FORMS[outcome][0] if answered is None and outcome in FORMS else answered
        score = score_of_sum(outcome, total, answered or 0) if outcome in FORMS else None
        if score is None:
            self.add_error("total", _("No score can be worked out of this: too few answers, or a sum that cannot be."))
            return told
        return told | {"score": round(score, 2), "details": {"sum": total, "answered": answered}}


class CorrectForm(forms.Form):
    """A corrected score, with the reason."""

    score = forms.FloatField(label=_("Score"))
    taken_on = DayField(label=_("Date"), required=True)
    because = long_field(_("Why it is corrected"), required=True, rows=2)

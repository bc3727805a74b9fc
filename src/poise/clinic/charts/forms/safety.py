"""Red flags: the questions, who was told, the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from poise.clinic.charts.domain.safety import ANSWERS, DECISIONS, Question
from poise.clinic.charts.forms.parts import in_english, long_field, words_field
from poise.knowledge.clinical_nouns import Words


def _said(words: Words, language: str) -> str:
    """The question in one language, and below it in the other, as the reference words it."""
    other = {"en": "es", "es": "en"}.get(language, "en")
    first, second = words.in_language(language), words.in_language(other)
    return (
        first if second == first else format_html('{} <span class="said-too" lang="{}">{}</span>', first, other, second)
    )


class ScreenForm(forms.Form):
    """All red flags of an episode, each yes, no or not known."""

    def __init__(self, *args: Any, questions: list[Question], language: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            signs = " · ".join(filter(None, (question.flag.note, ", ".join(question.flag.signs))))
            self.fields[question.flag.id] = forms.ChoiceField(
                label=_said(question.flag.ask, language), choices=list(ANSWERS.items()), widget=forms.RadioSelect,
                help_text=format_html_join(
                    " · ", "{}", ((each,) for each in (question.help, in_english(signs)) if each)
                ),
            )  # fmt: skip


class VisitForm(forms.Form):
    """The short question of each visit."""

    anything_new = forms.ChoiceField(choices=[("no", _("No")), ("yes", _("Yes"))], widget=forms.RadioSelect)

    def __init__(self, *args: Any, question: Words, language: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["anything_new"].label = _said(question, language)


class ToldForm(forms.Form):
    """Who was told, and what was done."""

    told = words_field(
        _("Who was told"), most=200, required=True, help_text=_("For example: 911, Dr Lee by phone, the daughter.")
    )
    done = long_field(_("What was done"), rows=2)


class DecisionForm(forms.Form):
    """A licensed clinician's decision."""

    decision = forms.ChoiceField(label=_("Decision"), choices=lambda: list(DECISIONS.items()), widget=forms.RadioSelect)
    reason = long_field(_("Reason"), required=True, rows=3)

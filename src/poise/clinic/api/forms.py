"""Forms of tokens."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from poise.clinic.api.scopes import WORDS

LIVES = [(30, _("30 days")), (90, _("90 days")), (366, _("A year"))]


class TokenForm(forms.Form):
    """What a new token is for, and what it may do."""

    name = forms.CharField(
        label=_("What it is for"), max_length=100, help_text=_("For example: night export to the lab.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=list(WORDS.items()), widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may do yourself. Choose as little as it needs."),
    )  # fmt: skip
    days = forms.TypedChoiceField(label=_("How long it works"), choices=LIVES, coerce=int, initial=90)

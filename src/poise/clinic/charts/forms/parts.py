"""Fields that forms of the chart share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from poise.clinic.charts.domain import plausibility
from poise.clinic.people.models import Side


def in_english(words: str) -> str:
    """Words that the reference has in English only, marked so where the page speaks another language."""
    return (
        words
        if not words or (get_language() or "en").startswith("en")
        else format_html('<span lang="en">{}</span>', words)
    )


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        autocomplete = options.pop("autocomplete", "off")
        widget = forms.DateInput(attrs={"type": "date", "autocomplete": autocomplete}, format="%Y-%m-%d")
        super().__init__(widget=widget, **options)


class HeightField(forms.CharField):
    """A height in whatever unit it is said, kept in metres."""

    def clean(self, value: Any) -> float | None:
        """The height in metres."""
        words = super().clean(value)
        metres = plausibility.height_m(words) if words else None
        if words and metres is None:
            raise forms.ValidationError(_("Write a height with its unit: 172 cm, 1.72 m, 5'8\" or 68 in."))
        return metres

    def prepare_value(self, value: Any) -> Any:
        """Metres as centimetres."""
        return f"{value * 100:.1f}".removesuffix(".0") + " cm" if isinstance(value, float) else value


class MassField(forms.CharField):
    """A body mass in kg or lb, kept in kilograms."""

    def clean(self, value: Any) -> float | None:
        """The mass in kilograms."""
        words = super().clean(value)
        kilograms = plausibility.mass_kg(words) if words else None
        if words and kilograms is None:
            raise forms.ValidationError(_("Write a body mass with its unit: 70 kg or 154 lb."))
        return kilograms

    def prepare_value(self, value: Any) -> Any:
        """Kilograms, said."""
        return f"{value:.1f}".removesuffix(".0") + " kg" if isinstance(value, float) else value


def side_field(**options: Any) -> forms.ChoiceField:
    """Which side of the body."""
    return forms.ChoiceField(label=_("Side"), choices=Side.choices, initial=Side.NONE, **options)


def words_field(label: Any, *, most: int = 300, required: bool = False, **options: Any) -> forms.CharField:
    """One line of words."""
    return forms.CharField(label=label, max_length=most, required=required, **options)


def long_field(label: Any, *, required: bool = False, rows: int = 4, **options: Any) -> forms.CharField:
    """Many lines of words."""
    return forms.CharField(
        label=label, required=required, max_length=20_000, widget=forms.Textarea({"rows": rows}), **options
    )


def code_choices(items: Any, *, empty: Any = "") -> list[tuple[str, Any]]:
    """Choices of a select that begins with nothing chosen."""
    return [("", empty or "—"), *items]

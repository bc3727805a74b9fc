"""Episodes, limits, precautions, accidents: what a clinician writes down of a problem."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from poise.clinic.charts.domain import accidents, episodes
from poise.clinic.charts.domain.precautions import Answer, Standing
from poise.clinic.charts.domain.safety import ANSWERS
from poise.clinic.charts.forms.parts import DayField, code_choices, in_english, long_field, side_field, words_field
from poise.clinic.people.models import Side
from poise.knowledge.clinical import library


def names(part: str) -> list[tuple[str, str]]:
    """The ids and names of a part of the reference, by name in the reader's language."""
    rows = [(each.id, capfirst(episodes.said(each.name))) for each in getattr(library(), part).values()]
    return sorted(rows, key=lambda row: row[1].casefold())


class EpisodeForm(forms.Form):
    """The problem, its history and its surgery."""

    parts = "charts/episode_fields.html"

    condition = forms.ChoiceField(
        label=_("Condition"), required=False, choices=lambda: code_choices(names("conditions"))
    )
    title = words_field(_("Title"), most=200, help_text=_("Leave empty to use the condition’s name."))
    region = forms.ChoiceField(label=_("Body region"), required=False, choices=lambda: code_choices(names("regions")))
    side = side_field()
    phase = forms.ChoiceField(
        label=_("Phase"), required=False,
        choices=lambda: code_choices((key, episodes.named(library().phases, key)) for key in library().phases),
    )  # fmt: skip
    irritability = forms.ChoiceField(
        label=_("Irritability"), required=False, widget=forms.RadioSelect,
        choices=lambda: [("", _("Not judged yet")), *((key, f"{word}: {episodes.IRRITABILITY_RULES[key]}")
                                                       for key, word in episodes.IRRITABILITY.items())],
    )  # fmt: skip
    onset_on = DayField(label=_("Began on"))
    surgery_on = DayField(label=_("Surgery on"))
    surgery = words_field(_("Surgery"), most=200)
    surgeon = words_field(_("Surgeon"), most=200)
    referrer = words_field(_("Referred by"), most=200)
    goal = long_field(_("The patient’s goal, in their own words"), rows=2)
    history = long_field(_("History"), rows=6)
    started_on = DayField(label=_("Care began on"))


class CodesForm(forms.Form):
    """Diagnosis codes: candidates of the condition to choose from, and any other."""

    candidates = forms.MultipleChoiceField(label=_("Codes proposed for this condition"), required=False,
                                           widget=forms.CheckboxSelectMultiple)  # fmt: skip
    others = words_field(
        _("Other ICD-10 codes"), most=200, help_text=_("Separate several with commas, as in M54.2, R51.9.")
    )

    def __init__(self, *args: Any, condition: str = "", side: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        proposed = episodes.codes_of(condition, side)
        field = self.fields["candidates"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(each.code, format_html("{} · {}", each.code, in_english(each.desc))) for each in proposed]
        if not proposed:
            del self.fields["candidates"]

    @property
    def codes(self) -> list[str]:
        """The codes that were chosen and typed."""
        typed = self.cleaned_data.get("others", "").replace(";", ",").split(",")
        return [*self.cleaned_data.get("candidates", []), *typed]


class DischargeForm(forms.Form):
    """The end of an episode."""

    on = DayField(label=_("Care ended on"), required=True)
    because = forms.ChoiceField(label=_("Reason"), required=False, widget=forms.RadioSelect,
                                choices=lambda: [*episodes.END_REASONS.items(), ("", _("Another reason"))])  # fmt: skip
    words = words_field(_("Another reason, in words"), most=200)

    @property
    def reason(self) -> str:
        """The reason that was chosen, or the words."""
        return str(self.cleaned_data.get("because") or self.cleaned_data.get("words", ""))


class LimitForm(forms.Form):
    """A limit that was ordered."""

    measure = forms.ChoiceField(label=_("Motion or load"), required=False, choices=lambda: code_choices(_measures()))
    side = side_field()
    low = forms.FloatField(label=_("Not below"), required=False)
    high = forms.FloatField(label=_("Not above"), required=False)
    words = words_field(_("In words"), help_text=_("For example: no lifting above the shoulder."))
    until = DayField(label=_("Until"), help_text=_("Leave empty where it holds until it is lifted."))
    ordered_by = words_field(_("Ordered by"), most=200, required=True)
    ordered_on = DayField(label=_("Ordered on"), required=True)

    def clean(self) -> dict[str, Any]:
        """The unit comes from what is limited."""
        told = super().clean() or {}
        known = library().measures.get(told.get("measure", ""))
        return {**told, "unit": known.unit if known else ""}


def _measures() -> list[tuple[str, str]]:
    """What a surgeon limits: angles, weight on a leg, load."""
    rows = [(each.id, f"{episodes.said(each.name)} ({each.unit})") for each in library().measures.values()
            if each.unit in {"deg", "kg", "percent_bw", "N", "percent"}]  # fmt: skip
    return sorted(rows, key=lambda row: row[1].casefold())


class PrecautionsForm(forms.Form):
    """The questions of precautions: yes, no or not known, and a note each."""

    def __init__(self, *args: Any, standings: list[Standing], side: str = Side.NONE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [each.contraindication.id for each in standings]
        for each in standings:
            key, row = each.contraindication.id, each.precaution
            self.fields[key] = forms.ChoiceField(
                label=capfirst(episodes.said(each.contraindication.name)), required=False,
                choices=list(ANSWERS.items()),
                widget=forms.RadioSelect, initial=row.answer if row else None,
                help_text=in_english(
                    " · ".join(filter(None, (each.contraindication.needs, each.contraindication.note)))
                ),
            )  # fmt: skip
            self.fields[f"{key}-note"] = words_field(_("Note"), initial=row.note if row else "")
            if "recorded" in each.contraindication.zones:
                self.fields[f"{key}-zone"] = forms.ChoiceField(
                    label=_("Where"), required=False, choices=lambda: code_choices(names("zones")),
                    initial=row.zone if row else "",
                )  # fmt: skip
                self.fields[f"{key}-side"] = forms.ChoiceField(
                    label=_("Side"), choices=Side.choices, required=False, initial=row.side if row else side
                )

    @property
    def answers(self) -> dict[str, Answer]:
        """What was answered; what was left open stays unanswered."""
        told = self.cleaned_data
        return {
            key: Answer(answer=told[key], note=told.get(f"{key}-note", ""), zone=told.get(f"{key}-zone", ""),
                        side=told.get(f"{key}-side", "") or Side.NONE)
            for key in self.asked if told.get(key)
        }  # fmt: skip

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each question together."""
        return [[self[name] for name in self.fields if name == key or name.startswith(f"{key}-")] for key in self.asked]


class AccidentForm(forms.Form):
    """The accident, as an auto insurer asks for it."""

    happened_on = DayField(label=_("Date of the accident"), required=True)
    kind = words_field(_("Kind"), most=40, help_text=_("For example: auto, work, fall."))
    state = words_field(_("State"), most=2, help_text=_("Two letters, as in FL."))
    insurer = words_field(_("Insurer"), most=200)
    claim_number = words_field(_("Claim number"), most=60)
    adjuster = words_field(_("Adjuster"), most=200)
    attorney = words_field(_("Attorney"), most=200)
    first_care_on = DayField(label=_("First care on"))
    emergency_condition = forms.ChoiceField(label=_("Emergency medical condition certified"), required=False,
                                            choices=lambda: code_choices(accidents.EMERGENCY.items()))  # fmt: skip
    emergency_certified_by = words_field(_("Certified by"), most=200)
    certifier = forms.ChoiceField(label=_("Profession of who certified"), required=False,
                                  choices=lambda: code_choices(accidents.CERTIFIERS.items()),
                                  help_text=_("A chiropractor cannot certify it."))  # fmt: skip

    def clean_state(self) -> str:
        """Capitals."""
        return str(self.cleaned_data["state"]).upper()

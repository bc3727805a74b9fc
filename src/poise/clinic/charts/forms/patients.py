"""Who the patient is: the form of the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from poise.clinic.charts.domain import plausibility
from poise.clinic.charts.forms.parts import DayField, HeightField, MassField, long_field, words_field
from poise.clinic.people.models import LANGUAGES, Sex, User


class IdentityForm(forms.Form):
    """Who the patient is, and how to reach them."""

    parts = "charts/identity_fields.html"

    family_name = words_field(_("Family name"), most=100, required=True)
    given_name = words_field(_("Given name"), most=100, required=True)
    preferred_name = words_field(_("Wants to be called"), most=100)
    birth_date = DayField(label=_("Date of birth"), required=True)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN,
                            help_text=_("Some normal values differ by sex."))  # fmt: skip
    pronouns = words_field(_("Pronouns"), most=40)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="en")
    needs_interpreter = forms.BooleanField(label=_("Needs an interpreter"), required=False)
    phone = words_field(_("Phone"), most=40, widget=forms.TextInput({"type": "tel", "autocomplete": "off"}))
    email = words_field(_("E-mail"), most=254, widget=forms.TextInput({"type": "email", "autocomplete": "off"}))
    street = words_field(_("Street"), most=200)
    city = words_field(_("City"), most=100)
    region = words_field(_("State or region"), most=60)
    postal_code = words_field(_("Postal code"), most=20)
    emergency_contact = words_field(
        _("Emergency contact"), most=200, help_text=_("Name, and who they are to the patient.")
    )
    emergency_phone = words_field(_("Emergency phone"), most=40, widget=forms.TextInput({"type": "tel"}))
    height_m = HeightField(
        label=_("Height"), required=False, max_length=20, help_text=_("With its unit: 172 cm, 1.72 m, 5'8\".")
    )
    mass_kg = MassField(
        label=_("Body mass"), required=False, max_length=20, help_text=_("With its unit: 70 kg or 154 lb.")
    )
    record_number = words_field(
        _("Record number"), most=20, help_text=_("Leave empty to be given the next free number.")
    )
    unusual = forms.BooleanField(label=_("Height and body mass are right as typed"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self._is_asked_again():
            del self.fields["unusual"]

    def _is_asked_again(self) -> bool:
        """Whether what was sent is so unusual that it is to be confirmed."""
        if not self.is_bound:
            return False
        height, mass = self.data.get("height_m", ""), self.data.get("mass_kg", "")
        return plausibility.is_unusual(plausibility.height_m(height), plausibility.mass_kg(mass))

    def clean(self) -> dict[str, Any]:
        """Unusual together: perhaps one was typed in another unit."""
        told = super().clean() or {}
        if "unusual" in self.fields and not told.pop("unusual", False):
            fault = _(
                "Height and body mass hardly belong together. Was one typed in another unit? If not, confirm below."
            )
            self.add_error("mass_kg", fault)
        return told


class RegisterForm(IdentityForm):
    """A new patient."""

    lead = forms.ModelChoiceField(label=_("Clinician who leads the care"), queryset=User.objects.none(), required=False,
                                  empty_label=_("Not decided yet"))  # fmt: skip
    another_person = forms.BooleanField(label=_("This is another person: register anyway"), required=False)

    def __init__(self, *args: Any, people: QuerySet[User], alike: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead = self.fields["lead"]
        assert isinstance(lead, forms.ModelChoiceField)
        lead.queryset = people
        if not alike and not self.data.get("another_person"):
            del self.fields["another_person"]


class ReasonForm(forms.Form):
    """Something that is done with a reason."""

    because = long_field(_("Reason"), required=True, rows=3)

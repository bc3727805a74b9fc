"""What is typed about people: checked as words here, as facts in the verbs."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from poise.clinic.people.domain.glass import SHORTEST_REASON
from poise.clinic.people.models import LANGUAGES, ROLE_NAMES, Clinic, User
from poise.clinic.people.passwords import LONGEST
from poise.clinic.rules import STAFF, Role

STAFF_ROLES = [(role.value, name) for role, name in ROLE_NAMES.items() if role in STAFF]
FURTHER_ROLES = [(value, name) for value, name in STAFF_ROLES if value != Role.ADMINISTRATOR]
COMMON_ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "America/Mexico_City", "America/Bogota",
    "America/Lima", "America/Santiago", "America/Argentina/Buenos_Aires", "Europe/Madrid", "Europe/London",
)  # fmt: skip


def _zones() -> list[Any]:
    others = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
    return [(_("Common"), [(zone, zone) for zone in COMMON_ZONES]),
            (_("All"), [(zone, zone) for zone in others if zone not in COMMON_ZONES])]  # fmt: skip


class NewPasswordForm(forms.Form):
    """A password, typed twice (it may be pasted) and checked against the rules for passwords."""

    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Several words in a row are good and easy to remember."),
    )  # fmt: skip
    again = forms.CharField(
        label=_("Password, once more"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def whose(self) -> User:
        """Whose password it will be, as far as it is known: it must not be made of the name or the address."""
        told = self.cleaned_data
        return User(email=told.get("email", ""), name=told.get("person", told.get("name", "")))

    def clean(self) -> dict[str, Any]:
        """Both alike, and good."""
        told = super().clean() or {}
        password, again = told.get("password"), told.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two are not the same."))
        elif password:
            try:
                validate_password(password[: LONGEST + 1], self.whose())
            except forms.ValidationError as wrong:
                self.add_error("password", wrong)
        return told


class SetUpForm(NewPasswordForm):
    """The clinic and its first administrator."""

    name = forms.CharField(label=_("Name of the clinic"), max_length=200)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=lazy(_zones, list)(), initial="America/New_York")
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    person = forms.CharField(label=_("Your name"), max_length=200,
                             widget=forms.TextInput(attrs={"autocomplete": "name"}))  # fmt: skip
    credentials = forms.CharField(label=_("Licence and title"), max_length=100, required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"), help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )  # fmt: skip
    further_roles = forms.MultipleChoiceField(
        label=_("You will be the administrator. What else do you do here?"), choices=FURTHER_ROLES, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("An administrator alone sees no charts. Choose a clinical role if you treat patients."),
    )  # fmt: skip

    field_order = ("name", "time_zone", "language", "person", "credentials", "email", "further_roles", "password",
                   "again")  # fmt: skip


class AcceptForm(NewPasswordForm):
    """Taking up an invitation."""

    name = forms.CharField(label=_("Your name"), max_length=200,
                           widget=forms.TextInput(attrs={"autocomplete": "name"}))  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    field_order: tuple[str, ...] = ("name", "language", "password", "again")

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def whose(self) -> User:
        """With the address of the invitation."""
        return User(email=self.email, name=self.cleaned_data.get("name", ""))


class RenewForm(AcceptForm):
    """A new password for an account that is there."""

    field_order = ("password", "again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["name"], self.fields["language"]


class InviteStaffForm(forms.Form):
    """Who shall work here, as what."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), help_text=_("They sign in with it."))
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=STAFF_ROLES, widget=forms.CheckboxSelectMultiple)


class InvitePatientForm(forms.Form):
    """The address that a patient will sign in with."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("The patient signs in with it."))


class RolesForm(forms.Form):
    """What a person is in the clinic."""

    roles = forms.MultipleChoiceField(label=_("Roles"), choices=STAFF_ROLES, widget=forms.CheckboxSelectMultiple)


class OwnAccountForm(forms.ModelForm[User]):
    """What people change of their own account."""

    class Meta:
        model = User
        fields: ClassVar = ["name", "credentials", "language"]
        labels: ClassVar = {"language": _("Language"), "name": _("Name"), "credentials": _("Licence and title")}


class ClinicForm(forms.ModelForm[Clinic]):
    """The clinic."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=lazy(_zones, list)())
    idle_minutes = forms.IntegerField(
        label=_("Minutes until the screen locks"), min_value=1, max_value=30,
        help_text=_("From 1 to 30. What was typed is kept; a password, a code or a passkey opens the screen again."),
    )  # fmt: skip

    class Meta:
        model = Clinic
        fields: ClassVar = ["name", "time_zone", "language", "idle_minutes"]


class BreakGlassForm(forms.Form):
    """Why a chart is needed now."""

    reason = forms.CharField(
        label=_("Why do you need this chart now?"), min_length=SHORTEST_REASON, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Your name, the time and this reason are kept, and an administrator will read them."),
    )  # fmt: skip
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class AddMemberForm(forms.Form):
    """Who joins the care team."""

    user = forms.ModelChoiceField(label=_("Clinician"), queryset=User.objects.none())
    is_lead = forms.BooleanField(label=_("Leads the care"), required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class UnlockForm(forms.Form):
    """A factor for a locked screen: the password or a code; a passkey comes as `credential`."""

    password = forms.CharField(
        label=_("Password"), strip=False, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip
    code = forms.CharField(
        label=_("or a code from your app"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip
    credential = forms.CharField(required=False, widget=forms.HiddenInput)
    next = forms.CharField(required=False, widget=forms.HiddenInput)

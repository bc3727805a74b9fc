"""The questions of the intake: one small form a screen, in plain words. What is typed is kept as it was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from poise.clinic.charts.domain.intake import (
    ACCIDENTS,
    AFRAID,
    BEGAN,
    FALLS,
    HEALTH_BODY,
    HEALTH_DAILY,
    YES_NO,
    Answers,
    questions_of,
)
from poise.clinic.charts.models import Intake
from poise.knowledge.clinical_nouns import RedFlag

YES_NO_UNSURE = [("no", _("No")), ("yes", _("Yes")), ("unknown", _("I am not sure"))]
SCALE = [(str(number), str(number)) for number in range(11)]
FLAGS_A_SCREEN = 3
MOST_LETTERS = 4000


class StepForm(forms.Form):
    """One screen. Nothing is asked twice, and nothing must be answered but the safety questions."""

    use_required_attribute = False

    @classmethod
    def read(cls, post: QueryDict) -> dict[str, list[str]]:
        """What was typed, as it was typed, for this screen's questions only."""
        return {
            name: [value[:MOST_LETTERS] for value in post.getlist(name)] for name in cls.base_fields if name in post
        }

    @classmethod
    def filled(cls, answers: Mapping[str, Sequence[str]]) -> StepForm:
        """The screen with what was typed before."""
        if not answers:
            return cls()
        data = QueryDict(mutable=True)
        for name, values in answers.items():
            data.setlist(name, list(values))
        return cls(data)


def _words(label: Any, rows: int = 4, hint: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=MOST_LETTERS, widget=area, help_text=hint)


def _line(label: Any, hint: Any = "", **attributes: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=200, help_text=hint, widget=forms.TextInput(attrs=attributes)
    )


def _choice(label: Any, choices: Sequence[tuple[str, Any]], hint: Any = "", **attributes: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, help_text=hint, widget=forms.RadioSelect(attrs=attributes)
    )


def _ticks(label: Any, choices: Sequence[tuple[str, Any]], hint: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, help_text=hint, widget=forms.CheckboxSelectMultiple
    )


def _day(label: Any, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=False, help_text=hint, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class Who(StepForm):
    """Who fills in the form."""

    filled_by = _choice(
        _("Who fills in this form?"), [("self", _("I do, for myself")), ("helper", _("I help someone"))]
    )
    preferred_name = _line(_("What do you like to be called?"), autocomplete="nickname")
    phone = _line(_("Your phone, if it is new"), type="tel", autocomplete="tel")
    email = _line(_("Your e-mail, if it is new"), type="email", autocomplete="email")
    emergency_contact = _line(_("Who should we call if you need help?"), _("A name is enough."))
    emergency_phone = _line(_("Their phone"), type="tel")


class Problem(StepForm):
    """What brings them, in their own words."""

    words = _words(_("What brings you to us?"), 6, _("Say it in your own words. We keep them just as you write them."))


class Began(StepForm):
    """How and when it began."""

    how = _choice(_("How did it start?"), list(BEGAN.items()))
    on = _day(_("What day did it start?"), _("Leave it blank if you do not know."))
    about = _line(_("Or about when?"), _("Such as “last spring” or “six weeks ago”."))

    def clean_on(self) -> date | None:
        """A day in the past."""
        return _past(self.cleaned_data.get("on"))


class Accident(StepForm):
    """Whether it came from an accident or surgery."""

    was = _choice(_("Did it come from an accident?"), list(ACCIDENTS.items()))
    accident_on = _day(_("What day was it?"))
    accident_words = _words(_("What happened?"), 3)
    had_surgery = _choice(_("Did you have surgery for this?"), list(YES_NO.items()))
    surgery_on = _day(_("What day was the surgery?"))
    surgery = _line(_("What was done?"))
    surgeon = _line(_("Who did it?"))

    def clean_accident_on(self) -> date | None:
        """A day in the past."""
        return _past(self.cleaned_data.get("accident_on"))


class HealthBody(StepForm):
    """Illnesses and implants that change what is safe."""

    has = _ticks(_("Is one of these true for you?"), [*HEALTH_BODY.items(), ("none", _("None of these"))])


class HealthDaily(StepForm):
    """What else changes what is safe."""

    has = _ticks(_("And one of these?"), [*HEALTH_DAILY.items(), ("none", _("None of these"))])


class Medicines(StepForm):
    """Medicines, allergies, other illness."""

    medicines = _words(_("What medicines do you take?"), 4, _("Pills, drops, shots and herbs. A list is fine."))
    allergies = _words(_("What are you allergic to?"), 2)
    other = _words(_("Any other illness or past surgery?"), 3)


class Falls(StepForm):
    """Falls, fear of falling, help at home."""

    falls = _choice(_("How many times did you fall in the last year?"), list(FALLS.items()))
    afraid = _choice(_("Are you afraid that you may fall?"), list(AFRAID.items()))
    helper = _choice(_("Is there someone at home who can help you?"), list(YES_NO.items()))


class Pain(StepForm):
    """How bad the pain is, was, and what changes it."""

    hint: ClassVar[Any] = _("0 is no pain. 10 is the worst pain you can think of.")
    now = _choice(_("How bad is the pain now?"), SCALE, hint, **{"class": "scale"})
    worst = _choice(_("How bad was it at its worst this week?"), SCALE, **{"class": "scale"})
    day = _choice(_("How bad was it in the last 24 hours, most of the time?"), SCALE, **{"class": "scale"})
    worse = _line(_("What makes it worse?"))
    better = _line(_("What helps?"))


class Activities(StepForm):
    """What they want to do again; its fields are made in the view."""


for _number in range(1, 6):
    Activities.base_fields[f"activity_{_number}"] = _line(
        _("What is hard for you now?") if _number == 1 else _("One more, if you like"),
        _("Such as “carry the shopping” or “play with my grandchild”.") if _number == 1 else "",
    )
    Activities.base_fields[f"score_{_number}"] = _choice(
        _("How well can you do it?"),
        SCALE,
        _("0 is not at all. 10 is as well as before.") if _number == 1 else "",
        **{"class": "scale"},
    )


class Hope(StepForm):
    """What they hope for."""

    words = _words(_("What do you hope for?"), 5, _("What would you like to do again? Use your own words."))


class Consent(StepForm):
    """The clinic's own text, and an answer to it."""

    read_it = _ticks(_("Your answer"), [("yes", _("I have read this and I agree."))])
    name = _line(_("Your name"), autocomplete="name")


class SafetyForm(StepForm):
    """Up to three red-flag questions; the class is made for the flags of one screen."""

    flags: ClassVar[tuple[RedFlag, ...]] = ()

    @classmethod
    def asking(cls, flags: Sequence[RedFlag]) -> type[SafetyForm]:
        """The screen that asks these."""
        language = get_language() or "en"
        fields = {flag.id: _choice(flag.ask.in_language(language), YES_NO_UNSURE) for flag in flags}
        return type("AskedSafetyForm", (SafetyForm,), {**fields, "flags": tuple(flags)})


@dataclass(frozen=True, kw_only=True)
class Step:
    """A screen of the intake."""

    slug: str
    title: str | Promise
    intro: str | Promise = ""
    form: type[StepForm] | None = None
    flags: tuple[RedFlag, ...] = field(default=())

    def is_answered(self, answers: Answers) -> bool:
        """Whether anything was said here."""
        return any(any(value for value in values) for values in answers.get(self.slug, {}).values())


MAP = "map"


def steps_of(intake: Intake) -> list[Step]:
    """The screens of this intake, in their order; the safety questions are those of the episode's condition."""
    flags = questions_of(intake)
    asked = [flags[at : at + FLAGS_A_SCREEN] for at in range(0, len(flags), FLAGS_A_SCREEN)]
    safety = [
        Step(
            slug=f"safety-{number}",
            title=_("A few safety questions"),
            form=SafetyForm.asking(some),
            flags=tuple(some),
            intro=_("They help us to keep you safe. Tap one answer for each."),
        )
        for number, some in enumerate(asked, 1)
    ]
    return [
        Step(slug="who", title=_("About you"), form=Who, intro=_("Write only what is new. Leave the rest blank.")),
        Step(slug="problem", title=_("What brings you"), form=Problem),
        Step(slug="began", title=_("How it began"), form=Began),
        Step(slug="accident", title=_("Accident or surgery"), form=Accident),
        *safety,
        Step(slug="health-1", title=_("Your health"), form=HealthBody),
        Step(slug="health-2", title=_("Your health, part two"), form=HealthDaily),
        Step(slug="medicines", title=_("Your medicines"), form=Medicines),
        Step(slug="falls", title=_("Falls"), form=Falls),
        Step(slug="pain", title=_("Your pain"), form=Pain),
        Step(slug=MAP, title=_("Where it hurts"), intro=_("Tap the body where it hurts. Tap again to take it away.")),
        Step(
            slug="activities",
            title=_("What you want to do again"),
            form=Activities,
            intro=_("Name up to five things that are hard for you now."),
        ),
        Step(slug="hope", title=_("Your hope"), form=Hope),
        Step(slug="consent", title=_("Please read this"), form=Consent),
    ]


class BirthDate(forms.Form):
    """Asked of whom opens a link."""

    birth_date = forms.DateField(
        label=_("Your date of birth"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
        error_messages={
            "required": _("Please give your date of birth."),
            "invalid": _("Please write the date like this: 1960-03-28."),
        },
    )


def _past(day: date | None) -> date | None:
    if day and day > timezone.localdate():
        raise forms.ValidationError(_("This day is still to come. Please check it."))
    return day

"""The forms of the evaluation's pages."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from poise.clinic.evaluations import words
from poise.clinic.evaluations.domain import battery
from poise.clinic.evaluations.domain.evaluations import LONGEST_SYMPTOM, MOST_SYMPTOMS
from poise.clinic.evaluations.domain.typed import ACTIVE, PASSIVE, Entry
from poise.clinic.evaluations.models import PlannedTest
from poise.knowledge.clinical import library

PAIN = [("", "–"), *((str(k), str(k)) for k in range(11))]


class NumberField(forms.FloatField):
    """A number typed with a point or a comma, as people write it."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 6, "class": "number"})

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]  # the stubs take it for a whole number
        """The number; a comma counts as a point."""
        return super().to_python(value.strip().replace(",", ".").replace("−", "-") if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """None of its own: it is a text field, for a number field hides what is wrong with a number."""
        return {}


class SymptomsField(forms.CharField):
    """The patient's words, a symptom a line: what would be cut off is refused instead."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("What bothers the patient, in the patient's own words"), required=False,
            widget=forms.Textarea(attrs={"rows": 4}), help_text=gettext_lazy("One symptom on each line."),
        )  # fmt: skip

    def validate(self, value: str) -> None:
        """As many lines, and as long ones, as are kept."""
        super().validate(value)
        lines = [" ".join(line.split()) for line in value.splitlines() if line.strip()]
        if len(lines) > MOST_SYMPTOMS or any(len(line) > LONGEST_SYMPTOM for line in lines):
            raise forms.ValidationError(
                _("At most %(lines)s lines of %(letters)s letters each: please shorten, or divide.")
                % {"lines": MOST_SYMPTOMS, "letters": LONGEST_SYMPTOM}
            )


class StartForm(forms.Form):
    """How an evaluation begins: kind, condition or region, the patient's words."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of evaluation"), choices=list(words.KINDS.items()))
    condition = forms.ChoiceField(
        label=gettext_lazy("Condition"), required=False,
        help_text=gettext_lazy("The tests that are usual for it are proposed."),
    )  # fmt: skip
    region = forms.ChoiceField(
        label=gettext_lazy("Body region"), required=False,
        help_text=gettext_lazy("Instead of a condition, or to add the region's tests."),
    )  # fmt: skip
    symptoms = SymptomsField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = library()
        blank = [("", _("none"))]
        self.fields["condition"].choices = blank + _sorted(held.conditions)  # type: ignore[attr-defined]
        self.fields["region"].choices = blank + _sorted(held.regions)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Something must be chosen for tests to be proposed."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("condition") and not cleaned.get("region"):
            self.add_error("condition", _("Choose a condition or a body region."))
        return cleaned


def _sorted(named: Mapping[str, Any]) -> list[tuple[str, str]]:
    return sorted(
        ((key, words.in_language(each.name)) for key, each in named.items()), key=lambda pair: pair[1].lower()
    )


class WordsForm(forms.Form):
    """The patient's words and the note of an evaluation."""

    symptoms = SymptomsField()
    note = forms.CharField(
        label=gettext_lazy("Note on this evaluation"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)


class AddTestForm(ReasonForm):
    """A test to add, and why."""

    test = forms.ChoiceField(label=gettext_lazy("Test"))
    field_order = ("test", "reason")

    def __init__(self, *args: Any, without: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tests = [(key, words.in_language(each.name)) for key, each in library().tests.items() if key not in without]
        self.fields["test"].choices = tests  # type: ignore[attr-defined]


class OutcomeForm(forms.Form):
    """How a test ended where nothing was typed, or could not be done."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        choices=[
            ("done", gettext_lazy("Done")),
            ("not_able", gettext_lazy("Not able, or stopped")),
            ("skipped", gettext_lazy("Left out today")),
            ("proposed", gettext_lazy("Still to do")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why not, or why stopped"), required=False, max_length=300,
        help_text=gettext_lazy("Needed unless it was done. A test that was stopped is never a zero."),
    )  # fmt: skip
    pain = forms.ChoiceField(
        label=gettext_lazy("Pain during the test, 0 to 10"), choices=PAIN, required=False,
        help_text=gettext_lazy("From 6, or sharp pain: stop."),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        """Not able and left out need a reason."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("outcome") in {"not_able", "skipped"} and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why, in a few words."))
        return cleaned


class CorrectForm(ReasonForm):
    """A typed number put right."""

    attempts = forms.CharField(
        label=gettext_lazy("Right number"), help_text=gettext_lazy("Several attempts: with a space between.")
    )
    field_order = ("attempts", "reason")

    def clean_attempts(self) -> list[float]:
        """The numbers: finite ones, for `float` reads "nan" and "inf" too."""
        try:
            read = [float(each.replace(",", ".")) for each in self.cleaned_data["attempts"].split()]
        except ValueError:
            read = []
        if not read or not all(map(math.isfinite, read)):
            raise forms.ValidationError(_("Write numbers only."))
        return read


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The fields of one side: every attempt, and whose side."""

    side: str
    name: str
    fields: tuple[BoundField, ...]


@dataclass(frozen=True, kw_only=True)
class RowOfFields:
    """One measure as it is typed."""

    name: str
    unit: str
    take: str
    plausible: str
    cells: tuple[Cell, ...]
    instrument: BoundField | None
    said: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Spec:
    measure: str
    name: str
    unit: str
    sides: tuple[str, ...]
    attempts: int
    plausible: tuple[float, float]
    instruments: tuple[str, ...]
    take: str
    yes_no: bool = False
    is_other: bool = False


class TypedForm(forms.Form):
    """The numbers of a test, made from its measures. Empty fields are no zero: they were not measured."""

    sure = forms.BooleanField(label=gettext_lazy("I have checked these numbers: they are right"), required=False)

    def __init__(self, *args: Any, planned: PlannedTest, region: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        test = library().tests[planned.test]
        self.specs = [*(_of_typing(each) for each in battery.typings_of(test)), *_of_motions(planned.test, region)]
        self.doubts: list[str] = []
        for spec in self.specs:
            for side in spec.sides:
                for k in range(spec.attempts):
                    self.fields[_field(spec.measure, side, k)] = _made(spec, side, k)
            if len(spec.instruments) > 1:
                choices = [(each, words.INSTRUMENTS[each]) for each in spec.instruments]
                self.fields[f"how-{spec.measure}"] = forms.ChoiceField(
                    label=f"{spec.name}: {_('measured with')}", choices=choices, required=False
                )

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to type."""
        return bool(self.specs)

    def first_rows(self) -> list[RowOfFields]:
        """The fields that are wanted first: all, or of the motions those of the treated zone."""
        return list(self._rows(is_other=False))

    def other_rows(self) -> list[RowOfFields]:
        """The fields of other joints, which are folded."""
        return list(self._rows(is_other=True))

    def _rows(self, *, is_other: bool) -> Iterator[RowOfFields]:
        for spec in (each for each in self.specs if each.is_other == is_other):
            cells = tuple(
                Cell(
                    side=side, name=str(words.SIDES[side]),
                    fields=tuple(self[_field(spec.measure, side, k)] for k in range(spec.attempts)),
                )
                for side in spec.sides
            )  # fmt: skip
            how = f"how-{spec.measure}"
            low, high = spec.plausible
            yield RowOfFields(
                name=spec.name, unit=words.UNITS.get(spec.unit, spec.unit), take=str(words.TAKES.get(spec.take, "")),
                plausible="" if spec.yes_no else f"{low:g}–{high:g}", cells=cells,
                instrument=self[how] if how in self.fields else None,
                said=tuple(str(words.INSTRUMENTS[each]) for each in spec.instruments[:1]),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """What is beyond the plausible range is asked again; nothing typed at all is a fault."""
        cleaned: dict[str, Any] = super().clean() or {}
        for spec in self.specs:
            for name, value in self._typed(spec, cleaned):
                low, high = spec.plausible
                if not spec.yes_no and not low <= value <= high:
                    shown = {
                        "name": spec.name,
                        "value": words.number(value, spec.unit),
                        "low": f"{low:g}",
                        "high": f"{high:g}",
                    }
                    self.doubts.append(_("%(name)s is %(value)s; usual is %(low)s to %(high)s.") % shown)
                    if not cleaned.get("sure"):
                        self.add_error(name, _("Are you sure?"))
        if not self.errors and not any(self._typed(spec, cleaned) for spec in self.specs):
            self.add_error(None, _("No number was typed."))
        return cleaned

    def _typed(self, spec: _Spec, cleaned: Mapping[str, Any]) -> list[tuple[str, float]]:
        names = [_field(spec.measure, side, k) for side in spec.sides for k in range(spec.attempts)]
        return [(name, float(cleaned[name])) for name in names if cleaned.get(name) not in {None, ""}]

    def entries(self) -> list[Entry]:
        """What was typed, as the verb takes it."""
        return [entry for spec in self.specs for entry in self._entries(spec)]

    def _entries(self, spec: _Spec) -> Iterator[Entry]:
        instrument = self.cleaned_data.get(f"how-{spec.measure}") or next(iter(spec.instruments), "")
        for side in spec.sides:
            names = [_field(spec.measure, side, k) for k in range(spec.attempts)]
            given = [self.cleaned_data.get(name) for name in names]
            attempts = tuple(float(each) for each in given if each is not None and each != "")
            if attempts:
                yield Entry(measure=spec.measure, side=side, attempts=attempts, instrument=instrument)


def _field(measure: str, side: str, attempt: int) -> str:
    return f"{measure}-{side}-{attempt + 1}"


def _made(spec: _Spec, side: str, attempt: int) -> forms.Field:
    parts = [spec.name, str(words.SIDES[side])]
    if spec.attempts > 1:
        parts.append(_("attempt %(number)s") % {"number": attempt + 1})
    label = ", ".join(part for part in parts if part)
    if spec.yes_no:
        choices = [("", "–"), ("0", pgettext_lazy("answer", "No")), ("1", pgettext_lazy("answer", "Yes"))]
        return forms.ChoiceField(label=label, choices=choices, required=False)
    return NumberField(label=label, required=False)


def _of_typing(typing: battery.Typing) -> _Spec:
    return _Spec(
        measure=typing.measure, name=words.in_language(typing.name), unit=typing.raw_unit or typing.unit,
        sides=("left", "right") if typing.both_sides else ("none",), attempts=typing.attempts,
        plausible=typing.plausible, instruments=typing.instruments, take=typing.take, yes_no=typing.kind == "yes_no",
    )  # fmt: skip


def _of_motions(test: str, region: str) -> Iterator[_Spec]:
    zone = library().zone_of(region)
    for motion in battery.motions_of(test, region):
        is_other = bool(zone) and library().zone_of(motion.region) != zone
        for kind, said in ((ACTIVE, _("active")), (PASSIVE, _("passive"))):
            yield _Spec(
                measure=f"{kind}.{motion.id}", name=f"{words.in_language(motion.name)}, {said}", unit="deg",
                sides=("left", "right"), attempts=1, plausible=motion.plausible, instruments=("goniometer",),
                take="only", is_other=is_other,
            )  # fmt: skip


class JudgeForm(forms.Form):
    """A finding accepted or rejected, with the reason: a quick one, or in one's own words."""

    judgement = forms.ChoiceField(choices=[("accepted", "accepted"), ("rejected", "rejected")])
    quick = forms.ChoiceField(
        required=False, choices=[("", ""), *words.ACCEPT_REASONS.items(), *words.REJECT_REASONS.items()]
    )
    reason = forms.CharField(required=False, max_length=300)
    version = forms.IntegerField(min_value=1)

    def clean(self) -> dict[str, Any]:
        """One of both must be there."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("quick") and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", _("Choose a reason, or write one."))
        return cleaned

    @property
    def said(self) -> str:
        """The reason as it is kept: the quick one in words, then what was written."""
        quick = {**words.ACCEPT_REASONS, **words.REJECT_REASONS}.get(self.cleaned_data.get("quick", ""), "")
        return ". ".join(part for part in (str(quick), self.cleaned_data.get("reason", "").strip()) if part)


class ChainForm(forms.Form):
    """The arrows of one finding's chain."""

    symptom = forms.CharField(
        label=gettext_lazy("Symptom it explains, in the patient's words"), required=False, max_length=200
    )
    group = forms.ChoiceField(label=gettext_lazy("It is about"), choices=list(words.GROUPS.items()))
    driver = forms.CharField(label=gettext_lazy("What most likely drives it"), required=False, max_length=200)
    technique = forms.ChoiceField(label=gettext_lazy("Technique"), required=False)
    trigger_point = forms.ChoiceField(label=gettext_lazy("Soft tissue that goes with it (tender spot)"), required=False)
    reason = forms.CharField(label=gettext_lazy("Why you changed it"), required=False, max_length=300)

    def __init__(self, *args: Any, link: Any, symptoms: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggested_drivers, self.symptoms = link.drivers, symptoms
        blank = [("", _("none"))]
        first = [(each.id, words.in_language(each.name)) for each in link.techniques]
        rest = [
            (each.id, words.in_language(each.name))
            for each in library().techniques.values()
            if each not in link.techniques
        ]
        groups = [(_("For this finding"), first), (_("All others"), rest)] if first else rest
        self.fields["technique"].choices = blank + groups  # type: ignore[attr-defined]
        held = library()
        points = [
            (each.id, words.in_language(held.muscles[each.muscle].name))
            for each in (link.trigger_points or held.trigger_points.values())
        ]
        self.fields["trigger_point"].choices = blank + points  # type: ignore[attr-defined]

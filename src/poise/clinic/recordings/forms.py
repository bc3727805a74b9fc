"""What is asked along with a recording."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from poise.clinic.recordings.domain.uploads import PURPOSES

TASKS = (
    ("auto", _("Find out by itself")),
    ("walk", _("Walking")),
    ("stand", _("Standing still")),
    ("single_leg", _("Standing on one leg")),
    ("sit_to_stand", _("Standing up from a chair")),
    ("squat", _("Squat")),
    ("tug", _("Timed Up and Go")),
    ("reach", _("Reaching")),
    ("stairs", _("Stairs")),
    ("posture", _("Posture")),
    ("jps", _("Sense of joint position")),
    ("emg", _("Muscle activity")),
    ("exercise", _("Exercise")),
    ("muscle_length", _("Muscle length")),
)
CONDITIONS: dict[str, tuple[Any, tuple[tuple[str, Any], ...]]] = {
    "eyes": (_("Eyes"), (("open", _("Open")), ("closed", _("Closed")))),
    "surface": (
        _("Surface"),
        (
            ("firm", _("Firm")), ("foam", _("Foam")), ("disc", _("Disc")), ("wobble", _("Wobble board")),
            ("beam", _("Beam")),
        ),
    ),
    "stance": (
        _("Stance"),
        (
            ("two_feet", _("Two feet")), ("feet_together", _("Feet together")), ("semi_tandem", _("Semi-tandem")),
            ("tandem", _("Tandem")), ("left_leg", _("Left leg")), ("right_leg", _("Right leg")),
        ),
    ),
    "side": (_("Side tested"), (("left", _("Left")), ("right", _("Right")))),
    "attention": (_("Attention"), (("single", _("On the movement alone")), ("dual", _("With a second task")))),
}  # fmt: skip


class Conditions(forms.Form):
    """Task and conditions. All may be left open: then the science finds out what it can."""

    task = forms.ChoiceField(label=_("What was recorded"), choices=TASKS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, words) in CONDITIONS.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=[("", _("Not stated")), *words], required=False)

    @property
    def details(self) -> dict[str, Any]:
        """As `checked_details` takes them."""
        said = self.cleaned_data
        return {
            "task": said["task"] or "auto",
            "conditions": {name: said[name] for name in CONDITIONS if said[name]},
        }


class Sending(Conditions):
    """What comes with a file. `conditions` may come as JSON instead, from a page that knows them."""

    purpose = forms.ChoiceField(choices=[(each, each) for each in PURPOSES], required=False)
    about = forms.UUIDField(required=False)
    episode = forms.UUIDField(required=False)
    kind = forms.CharField(max_length=40, required=False)
    known = forms.JSONField(required=False)


class Announcement(Sending):
    """What a script says of a file before it sends it."""

    name = forms.CharField(max_length=1000)
    size = forms.IntegerField(min_value=0)
    sha256 = forms.RegexField(r"^[0-9a-fA-F]{64}$", required=False)


class Removal(forms.Form):
    """Why a recording is taken out of the chart."""

    reason = forms.CharField(label=_("Why it is removed"), min_length=3, max_length=300)

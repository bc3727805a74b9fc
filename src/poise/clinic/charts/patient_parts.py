"""What these pages add elsewhere: items of the chart's menu, parts of the patient's page, cards of the first page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from poise.clinic.actor import Actor
from poise.clinic.charts import summary
from poise.clinic.charts.domain import activities, own, pain_map
from poise.clinic.charts.domain.intake import OPEN
from poise.clinic.charts.domain.together import Asked
from poise.clinic.charts.models import Intake, PainMap
from poise.clinic.design import navigation
from poise.clinic.people import home
from poise.clinic.people.access import patients_within_reach
from poise.clinic.people.models import Patient
from poise.clinic.rules import CLINICIANS, Role

PATIENT = frozenset({Role.PATIENT})
STAFF_OF_INTAKE = frozenset({*CLINICIANS, Role.FRONT_DESK})


def register() -> None:
    """Called once, when Django starts."""
    _menu()
    _summary()
    for order, name, action, tells in (
        (10, "own-forms", "intake.fill", _forms),
        (20, "own-pain", "painmap.edit", _pain),
        (30, "own-activities", "activity.edit", _activities),
        (40, "own-team", "team.read", _team),
        (50, "own-record", "chart.read", _record),
    ):
        home.add(
            home.Card(
                name=name, action=action, template="charts/own/card.html", tells=tells, roles=PATIENT, order=order
            )
        )
    home.add(
        home.Card(
            name="intakes-waiting",
            action="intake.read",
            template="charts/intake/card.html",
            tells=_waiting,
            roles=CLINICIANS,
            order=20,
        )
    )


def _menu() -> None:
    items = (
        ("intakes", gettext_lazy("Intake"), "intake.send", 22, ("intake", "intake-"), STAFF_OF_INTAKE),
        ("pain-maps", gettext_lazy("Body map"), "painmap.read", 24, ("pain-",), CLINICIANS),
        ("activities", gettext_lazy("Activities"), "activity.edit", 26, ("activity-",), CLINICIANS),
    )
    for name, label, action, order, covers, roles in items:
        navigation.register(
            navigation.Item(
                name=name, label=label, action=action, place=navigation.PATIENT, order=order, covers=covers, roles=roles
            )
        )
    navigation.register(
        navigation.Item(
            name="intake-consent",
            label=gettext_lazy("Consent words"),
            action="clinic.edit",
            place=navigation.ADMINISTRATION,
            order=60,
        )
    )


def _summary() -> None:
    sections = (
        ("intake", gettext_lazy("Intake form"), "intake.read", 15, "charts/intake/section.html", _last_intake,
         {"intakes": Asked(rows=_intakes, fields=("state", "submitted_at", "made_at"))}),
        ("pain", gettext_lazy("Where it hurts"), "painmap.read", 30, "charts/pain/section.html", _last_map,
         pain_map.LAST),
        ("activities", gettext_lazy("Activities"), "activity.edit", 40, "charts/activity/section.html", _standing,
         activities.CURRENT),
    )  # fmt: skip
    for name, title, action, order, template, load, asks in sections:
        summary.add(summary.Section(name=name, title=title, action=action, template=template, load=load, asks=asks,
                                    order=order))  # fmt: skip
    summary.tell(
        summary.Source(
            name="pain_map",
            action="painmap.read",
            at="on",
            fields=("by_patient", "patient_id"),
            rows=lambda patient: PainMap.objects.filter(patient=patient),
            entry=_map_entry,
        )
    )
    summary.tell(
        summary.Source(
            name="intake",
            action="intake.read",
            at="submitted_at",
            fields=("state", "patient_id"),
            entry=_intake_entry,
            rows=lambda patient: Intake.objects.filter(patient=patient, submitted_at__isnull=False),
        )
    )


# ── the patient's page ───────────────────────────────────────────────────────────────────────────────────────────────


def _intakes(patient: Patient) -> QuerySet[Intake]:
    """The newest one that was not withdrawn."""
    return Intake.objects.filter(patient=patient).exclude(state=Intake.State.WITHDRAWN).order_by("-made_at")[:1]


def _last_intake(by: Actor, patient: Patient, rows: summary.Rows) -> Mapping[str, object] | None:
    waiting = [each for each in rows["intakes"] if each.state != Intake.State.CONFIRMED]
    return {"intake": waiting[0]} if waiting else None


def _last_map(by: Actor, patient: Patient, rows: summary.Rows) -> Mapping[str, object]:
    return {"map": next(iter(rows["maps"]), None), "marks": rows["marks"]}


def _standing(by: Actor, patient: Patient, rows: summary.Rows) -> Mapping[str, object]:
    return {"standing": activities.stand(rows["activities"], rows["ratings"])}


def _map_entry(drawn: PainMap) -> summary.Entry:
    who = _("Drawn by the patient") if drawn.by_patient else _("Drawn in the clinic")
    return summary.Entry(
        at=drawn.on, kind=_("Body map"), title=who, url=reverse("pain-map", args=(drawn.patient_id, drawn.pk))
    )


def _intake_entry(made: Intake) -> summary.Entry:
    assert made.submitted_at is not None
    return summary.Entry(
        at=made.submitted_at,
        kind=_("Intake form"),
        title=made.get_state_display(),
        url=reverse("intake", args=(made.patient_id, made.pk)),
    )


# ── home ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _card(
    by: Actor, name: str, title: str, words: str, verb: str, *, primary: bool = False
) -> Mapping[str, Any] | None:
    patient = own.own_patient(by)
    if patient is None:
        return None
    return {
        "title": title,
        "words": words,
        "verb": verb,
        "address": reverse(name, args=(patient.pk,)),
        "primary": primary,
    }


def _forms(by: Actor) -> Mapping[str, Any] | None:
    patient = own.own_patient(by)
    waits = patient is not None and patient.intakes.filter(state__in=OPEN).exists()
    words = _("A form waits for you. It takes about ten minutes.") if waits else _("You have no form to fill in now.")
    return _card(
        by, "own-forms", _("My forms"), words, _("Fill in the form") if waits else _("See my forms"), primary=waits
    )


def _pain(by: Actor) -> Mapping[str, Any] | None:
    return _card(
        by, "pain-map-new", _("Where does it hurt today?"), _("Show us on a drawing."), _("Show where it hurts")
    )


def _activities(by: Actor) -> Mapping[str, Any] | None:
    return _card(by, "activities", _("What I want to do again"), _("Tell us how well it goes today."), _("Rate it"))


def _team(by: Actor) -> Mapping[str, Any] | None:
    return _card(by, "own-team", _("My team"), _("Who takes care of you, and how to reach us."), _("See my team"))


def _record(by: Actor) -> Mapping[str, Any] | None:
    return _card(by, "own-record", _("My record"), _("What the clinic knows about you."), _("See my record"))


def _waiting(by: Actor) -> Mapping[str, Any] | None:
    """Forms of my patients that were handed in and not yet gone through."""
    handed = Intake.objects.filter(state=Intake.State.SUBMITTED, patient__in=patients_within_reach(by, "intake.read"))
    rows = list(handed.select_related("patient").order_by("submitted_at")[:8])
    return {"rows": rows} if rows else None

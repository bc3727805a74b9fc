"""``{% load design %}``: assets, navigation, the patient's banner, form fields, badges, bars. See design-system.md."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from poise.clinic.actor import Actor
from poise.clinic.design import banner, navigation
from poise.clinic.design.choices import DARK, LIGHT
from poise.clinic.design.choices import theme as chosen_theme

register = template.Library()
NOBODY = Actor(user_id=None, name="")


@register.simple_tag
def script(name: str) -> SafeString:
    """A page's own script, built from ``frontend/src/<name>.ts``; nothing where the scripts were not built."""
    path = f"design/build/{name}.js"
    if finders.find(path) is None:
        return SafeString("")
    return format_html('<script type="module" src="{}"></script>', static(path))


@register.simple_tag
def stylesheet(name: str) -> SafeString:
    """A page's own style sheet: ``{% stylesheet "charts/painmap.css" %}``, a static file of the app."""
    return format_html('<link rel="stylesheet" href="{}">', static(name))


@register.simple_tag(takes_context=True)
def style_sheets(context: dict[str, Any]) -> SafeString:
    """The design system's own, with the dark colours as the person chose, or as the screen says."""
    by_choice = {DARK: "screen", LIGHT: "not all"}
    dark = by_choice.get(chosen_theme(context.get("request")), "screen and (prefers-color-scheme: dark)")
    sheets = (("tokens", "all"), ("dark", dark), ("elements", "all"), ("layout", "all"), ("forms", "all"),
              ("parts", "all"), ("print", "print"))  # fmt: skip
    return format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}" media="{}">',
        ((static(f"design/{name}.css"), media) for name, media in sheets),
    )


@register.simple_tag(takes_context=True)
def theme(context: dict[str, Any]) -> str:
    """``auto``, ``light`` or ``dark``."""
    return chosen_theme(context.get("request"))


@register.simple_tag
def scripts_are_missing() -> bool:
    """Whether Poise was built without its scripts."""
    return finders.find("design/build/base.js") is None


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; decoration unless it has a label."""
    address = f"{static('design/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}" focusable="false"><use href="{}"/></svg>', label, address
        )
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', address)


@register.inclusion_tag("design/parts/navigation.html", takes_context=True)
def navigation_links(context: dict[str, Any], place: str) -> dict[str, Any]:
    """The items of a place that the person may open."""
    return {"links": navigation.links(_by(context), place, patient_id=_patient_id(context, place)), "place": place}


@register.inclusion_tag("design/parts/patient_banner.html", takes_context=True)
def patient_banner(context: dict[str, Any], patient: banner.Person) -> dict[str, Any]:
    """Who the page is about, and what must not be overlooked."""
    facts, alerts = banner.parts(_by(context), patient)
    age = banner.age_on(timezone.localdate(), patient.birth_date)
    return {"patient": patient, "age": age, "facts": facts, "alerts": alerts}


@register.inclusion_tag("design/parts/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """A form's field: label, hint, error, control. Options: `short` (a number), `hint`, `hide_label`."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", type(widget).__name__.lower())
    described = " ".join(
        part
        for part, is_there in (
            (f"{bound.auto_id}_hint", bool(bound.help_text)),
            (f"{bound.auto_id}_error", bool(bound.errors)),
        )
        if is_there
    )
    attributes = {"aria-describedby": described} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    control = bound.as_widget(attrs=attributes)
    return {"field": bound, "control": control, "kind": kind, "is_group": widget.use_fieldset, **options}


@register.inclusion_tag("design/parts/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """Every field of a form, in its order."""
    return {"form": form}


@register.inclusion_tag("design/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What must be put right, with a link to each field; nothing where all is well."""
    return {"form": form}


def _by(context: dict[str, Any]) -> Actor:
    by: Actor = getattr(context.get("request"), "actor", NOBODY)
    return by


def _patient_id(context: dict[str, Any], place: str) -> Any:
    patient = context.get("patient")
    return patient.pk if place == navigation.PATIENT and patient is not None else None

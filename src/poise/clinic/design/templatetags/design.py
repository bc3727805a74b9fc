"""``{% load design %}``: assets, navigation, the patient's banner, form fields, badges, bars. See design-system.md."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.forms import BaseForm, BoundField, CheckboxInput, RadioSelect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from poise.clinic.actor import Actor
from poise.clinic.design import banner, bars, navigation, numbers
from poise.clinic.design.choices import DARK, LIGHT
from poise.clinic.design.choices import theme as chosen_theme
from poise.clinic.rules import Role

register = template.Library()
NOBODY = Actor(user_id=None, name="")
ICONS = "design/icons.svg"


@register.simple_tag
def script(name: str) -> SafeString:
    """A page's own script, built from ``frontend/src/<name>.ts``; nothing where the scripts were not built."""
    path = f"design/build/{name}.js"
    if not _is_built(path):
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
    return _linked(tuple((static(f"design/{name}.css"), media) for name, media in sheets))


@lru_cache(maxsize=16)
def _linked(sheets: tuple[tuple[str, str], ...]) -> SafeString:
    return format_html_join("\n", '<link rel="stylesheet" href="{}" media="{}">', sheets)


@register.simple_tag(takes_context=True)
def theme(context: dict[str, Any]) -> str:
    """``auto``, ``light`` or ``dark``."""
    return chosen_theme(context.get("request"))


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Each language by the name that its speakers give it."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


@register.simple_tag
def scripts_are_missing() -> bool:
    """Whether Poise was built without its scripts."""
    return not _is_built("design/build/base.js")


def _is_built(path: str) -> bool:
    """Looked for once, as `storage` does, unless Poise is being developed on."""
    return _is_there(path) if settings.DEBUG else _was_there(path)


def _is_there(path: str) -> bool:
    return finders.find(path) is not None


_was_there = lru_cache(maxsize=256)(_is_there)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; decoration unless it has a label."""
    return _drawn(f"{static(ICONS)}#{name}", str(label))


@lru_cache(maxsize=1024)
def _drawn(address: str, label: str) -> SafeString:
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}" focusable="false"><use href="{}"/></svg>', label, address
        )
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', address)


@register.inclusion_tag("design/parts/demo_strip.html")
def demo_strip() -> dict[str, Any]:
    """In a demo, above every page: that it is one, and the way to its door."""
    return {"is_demo": settings.POISE.demo}


@register.simple_tag(takes_context=True)
def navigation_links(context: dict[str, Any], place: str) -> SafeString:
    """The items of a place that the person may open."""
    by, patient = _by(context), context.get("patient")
    if place == navigation.PATIENT and patient is not None:
        return _menu(navigation.links(by, place, patient_id=patient.pk))
    return _same_menu(by.roles, by.route, place, get_language() or "", static(ICONS))


def _menu(links: list[navigation.Link]) -> SafeString:
    return render_to_string("design/parts/navigation.html", {"links": links})


@lru_cache(maxsize=4096)
def _same_menu(roles: frozenset[Role], route: str, place: str, language: str, icons: str) -> SafeString:
    """A menu is the same for all people of these roles who read this language; nothing in it is about anyone."""
    return _menu(navigation.links(Actor(user_id=None, name="", roles=roles, route=route), place))


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
    hint = options.pop("hint", bound.help_text)
    is_check = isinstance(widget, CheckboxInput)
    described = " ".join(
        part
        for part, is_there in (
            (f"{bound.auto_id}_hint", bool(hint)),
            (f"{bound.auto_id}_error", bool(bound.errors)),
        )
        if is_there
    )
    attributes: dict[str, str | bool] = {"aria-describedby": described} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    control = bound.as_widget(attrs=attributes)
    return {
        "field": bound,
        "control": control,
        "hint": hint,
        "is_check": is_check,
        "is_group": widget.use_fieldset,
        "is_short_group": isinstance(widget, RadioSelect) and _are_short([str(each) for _key, each in widget.choices]),
        **options,
    }


def _are_short(answers: list[str]) -> bool:
    """Whether the answers stand beside each other in one line, even on a phone."""
    return len(answers) <= 4 and sum(map(len, answers)) <= 28


@register.inclusion_tag("design/parts/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """Every field of a form, in its order."""
    return {"form": form}


@register.inclusion_tag("design/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What must be put right, with a link to each field; nothing where all is well."""
    return {"form": form}


SEVERITIES = {
    "none": ("good", "check", gettext_lazy("None")),
    "mild": ("info", "info", gettext_lazy("Mild")),
    "moderate": ("caution", "caution", gettext_lazy("Moderate")),
    "severe": ("stop", "stop", gettext_lazy("Severe")),
}


@register.inclusion_tag("design/parts/badge.html")
def severity(name: str) -> dict[str, Any]:
    """How grave a finding is: colour, shape and word. Names: ``none``, ``mild``, ``moderate``, ``severe``."""
    kind, icon_name, words = SEVERITIES.get(name, ("plain", "question", name))
    return {"kind": kind, "icon_name": icon_name, "words": words}


@register.inclusion_tag("design/parts/badge.html")
def badge(kind: str, words: str, icon_name: str = "") -> dict[str, Any]:
    """A badge of a kind: ``good``, ``caution``, ``stop``, ``info``, ``plain``, ``simulated``."""
    return {"kind": kind, "icon_name": icon_name, "words": words}


@register.inclusion_tag("design/parts/sureness.html")
def confidence(share: float | None) -> dict[str, Any]:
    """How sure a finding is, 0 to 1: dots and a word."""
    if share is None:
        return {}
    dots, words = numbers.sureness(share)
    places = [(6 + 14 * place, place < dots) for place in range(3)]
    return {"places": places, "words": words, "percent": round(share * 100)}


@register.inclusion_tag("design/parts/norm_band.html")
def norm_band(value: float | None, low: float | None, high: float | None, **options: Any) -> dict[str, Any]:
    """A value on its reference band. Options: `unit`, `error` (half width), `scale`, `label`, `decimals`."""
    label, decimals = options.pop("label", ""), options.pop("decimals", None)
    drawn = bars.band(value, low, high, **options) if value is not None else None
    said = numbers.said(value, decimals=decimals)
    return {"band": drawn, "value": said, "unit": options.get("unit", ""), "label": label}


@register.inclusion_tag("design/parts/progress.html")
def progress(share: float | None, words: str = "") -> dict[str, Any]:
    """A bar, 0 to 1; None where nobody knows how long it will take."""
    return {"share": share, "percent": None if share is None else round(share * 100), "words": words}


@register.inclusion_tag("design/parts/pages.html")
def pages(page: Any, form: str = "") -> dict[str, Any]:
    """Earlier and later pages of a list; with `form`, buttons that send that form again (terms stay out of the URL)."""
    return {"page": page, "form": form}


@register.filter
def number(value: float | None, decimals: int | None = None) -> str:
    """A number as a person reads it; “–” for none."""
    return numbers.said(value, decimals=decimals)


def _by(context: dict[str, Any]) -> Actor:
    by: Actor = getattr(context.get("request"), "actor", NOBODY)
    return by

"""The browser's scripts: an exact lock without hosts, built where the package is, kept by browsers for a year."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.templatetags.static import static
from django.test import RequestFactory

from conftest import missing
from poise.clinic.design.templatetags import design as tags

ROOT = Path(__file__).resolve().parents[3]
STYLES = ROOT / "src" / "poise" / "clinic" / "design" / "static" / "design"


def test_the_lock_names_no_registry_and_every_package_has_its_hash() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text("utf-8"))
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert [name for name, facts in packages.items() if "resolved" in facts] == []
    assert [name for name, facts in packages.items() if not facts.get("integrity", "").startswith("sha512-")] == []


def test_versions_are_exact() -> None:
    facts = json.loads((ROOT / "frontend" / "package.json").read_text("utf-8"))
    asked = facts["dependencies"] | facts["devDependencies"]
    assert [name for name, version in asked.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_the_scripts_of_this_copy_are_built_with_their_licences() -> None:
    manifest = STYLES / "build" / "manifest.json"
    if not manifest.is_file():
        missing("the browser's scripts (python tools/frontend/assets.py)", always_in_ci=True)
    built = json.loads(manifest.read_text("utf-8"))["scripts"]
    assert "base" in built
    assert all((STYLES / "build" / f"{name}.js").is_file() for name in built)
    assert "htmx.org 2.0.10" in (STYLES / "build" / "LICENSES.txt").read_text("utf-8")


def test_an_address_changes_with_the_content() -> None:
    assert re.fullmatch(r"/static/design/tokens\.css\?v=[0-9a-f]{12}", static("design/tokens.css"))


def test_without_the_scripts_a_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    found = finders.find
    monkeypatch.setattr(finders, "find", lambda path, **more: None if "/build/" in path else found(path, **more))
    monkeypatch.setattr(tags, "_was_there", tags._is_there)  # it looks once a process
    page = Template('{% load design %}{% script "base" %}{% include "design/parts/messages.html" %}')
    shown = page.render(Context({"request": RequestFactory().get("/")}))
    assert "<script" not in shown
    assert "python tools/frontend/assets.py" in shown


def test_colours_stand_in_the_tokens_only() -> None:
    told = {
        path.name: re.findall(r"#[0-9a-fA-F]{3,8}\b", path.read_text("utf-8"))
        for path in STYLES.glob("*.css")
        if path.name not in {"tokens.css", "dark.css", "print.css"}
    }
    allowed: dict[str, Any] = {name: [each for each in found if each != "#000"] for name, found in told.items()}
    assert {name: found for name, found in allowed.items() if found} == {}


def test_dark_replaces_every_colour() -> None:
    def names(path: Path) -> set[str]:
        return set(re.findall(r"^\s*(--[a-z-]+): (?:#|rgb)", path.read_text("utf-8"), re.MULTILINE))

    assert names(STYLES / "tokens.css") - names(STYLES / "dark.css") == set()

"""Every sentence a person sees is there in Spanish too."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    pytest.importorskip("babel")
    path = Path(__file__).resolve().parents[3] / "tools" / "messages.py"
    spec = importlib.util.spec_from_file_location("poise_tools_messages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_nothing_is_left_in_english_unsure_or_said_in_two_ways(messages: ModuleType) -> None:
    assert messages.faults() == []


def test_sentences_are_found_in_python_and_in_templates(
    messages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "visits" / "templates").mkdir(parents=True)
    (tmp_path / "visits" / "apps.py").write_text("")
    (tmp_path / "visits" / "views.py").write_text('_("One (or two)")\nngettext("%(n)s visit", "%(n)s visits", n)\n')
    (tmp_path / "visits" / "templates" / "page.html").write_text(
        '{% load i18n %}<h1>{% translate \'It’s "today"\' %}</h1>{% icon "lock" _("Locked") %}'
        "{% blocktranslate trimmed count days=n %}\n  {{ days }} day\n{% plural %}\n  {{ days }} days\n{% endblocktranslate %}"
        '{% translate "May" context "month" %}'
    )
    monkeypatch.setattr(messages, "CLINIC", tmp_path)
    found = {(each.words, each.context) for each in messages.sentences("visits")}
    assert found == {
        ("One (or two)", None), (("%(n)s visit", "%(n)s visits"), None), ('It’s "today"', None), ("Locked", None),
        (("%(days)s day", "%(days)s days"), None), ("May", "month"),
    }  # fmt: skip


def test_a_missing_placeholder_is_a_fault(
    messages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "visits").mkdir()
    (tmp_path / "visits" / "apps.py").write_text("")
    (tmp_path / "visits" / "views.py").write_text('_("Kept at %(time)s")\n_("Save")\n')
    monkeypatch.setattr(messages, "CLINIC", tmp_path)
    messages.update("visits")
    path = messages.catalogue_of("visits")
    said = path.read_text("utf-8").replace(
        'msgid "Kept at %(time)s"\nmsgstr ""', 'msgid "Kept at %(time)s"\nmsgstr "Guardado"'
    )
    path.write_text(said, "utf-8")
    told = messages.faults()
    assert len(told) == 2
    assert "not translated: 'Save'" in told[1]
    assert messages.compile_all(tmp_path) == [path.with_suffix(".mo")]

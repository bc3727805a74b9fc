"""Everything public is documented: commands, measures, readers, and every public name in the package."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

from poise.plugins import discover
from poise.workflows.registry import all_measures, definitions

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(each for each in (ROOT / "src" / "poise").rglob("*.py") if each.parent.name != "migrations")
DJANGOS = {"Meta"}  # Django's own words inside a model or a form


def test_the_page_of_measures_is_what_the_registry_says() -> None:
    spec = importlib.util.spec_from_file_location("write_docs", ROOT / "tools" / "write_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "measures.md").read_text(encoding="utf-8") == module.measures_page(), "run: make docs"


def test_every_command_is_documented() -> None:
    from poise.cli.main import app

    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    missing = [
        command.callback.__name__
        for command in app.registered_commands
        if command.callback and f"poise {command.name or command.callback.__name__}" not in page
    ]
    assert missing == []


def test_every_reader_is_in_the_table_of_formats() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert [reader.name for reader in discover("readers", "READER") if f"`{reader.name}`" not in page] == []


def test_every_measure_says_its_unit_formula_and_source() -> None:
    assert [
        each.measure for each in definitions() if not (each.unit and each.label and each.formula and each.source)
    ] == []


def test_one_measure_means_the_same_whatever_method_gives_it() -> None:
    said: dict[str, set[str]] = {}
    for method in all_measures():
        for each in method.defines:
            said.setdefault(each.measure, set()).add(each.unit)
    assert {measure: units for measure, units in said.items() if len(units) > 1} == {}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_every_public_name_has_a_docstring(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    bare = [] if ast.get_docstring(tree) or not tree.body else ["the module"]
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_") or node.name in DJANGOS:
            continue
        if not ast.get_docstring(node) and not _is_nested_or_override(node, tree):
            bare.append(node.name)
    assert bare == []


def _is_nested_or_override(node: ast.AST, tree: ast.Module) -> bool:
    """What stands inside a function or a private class is nobody's front door."""
    hidden = (
        parent
        for parent in ast.walk(tree)
        if isinstance(parent, ast.FunctionDef) or (isinstance(parent, ast.ClassDef) and parent.name.startswith("_"))
    )
    return any(inner is node for parent in hidden if parent is not node for inner in ast.walk(parent))

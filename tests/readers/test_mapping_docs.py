"""The mappings shown in docs/mapping.md are valid, and its table knows every word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from poise.readers import mapping
from poise.readers.find import readers

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHOWN = re.findall(r"```toml\n(.*?)```", (DOCS / "mapping.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("shown", SHOWN)
def test_a_mapping_of_the_docs_can_be_used(tmp_path: Path, shown: str) -> None:
    (tmp_path / "shown.toml").write_text(shown, "utf-8")
    assert mapping.load(tmp_path / "shown.toml")


def test_every_word_of_a_users_mapping_is_documented() -> None:
    text = (DOCS / "mapping.md").read_text("utf-8")
    # These words are for the built-in layouts only.
    inside = {"name", "about", "recognise", "refuse", "do", "find", "problem", "assume_rate_hz", "units_row"}
    assert [word for word in sorted(mapping.WORDS - inside) if f"{word}" not in text] == []


def test_every_reader_has_its_line_in_the_table() -> None:
    text = (DOCS / "formats.md").read_text("utf-8").lower()
    for reader in readers():
        assert any(suffix in text for suffix in reader.suffixes), reader.name

"""What an installation is told from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from poise.clinic.configuration import from_environment
from poise.errors import BadSetting


@pytest.mark.parametrize("name", ["POISE_KEY_FILE", "POISE_EARLIER_KEY_FILES"])
def test_a_key_file_that_is_not_there_or_no_text_is_said_in_words(tmp_path: Path, name: str) -> None:
    (tmp_path / "no-text").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "nowhere", tmp_path, tmp_path / "no-text"):
        with pytest.raises(BadSetting, match="cannot be read"):
            from_environment({name: str(path)})


def test_a_key_file_is_read_and_its_end_of_line_is_none_of_the_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("ab" * 32 + "\n", "utf-8")
    assert from_environment({"POISE_KEY_FILE": str(tmp_path / "key")}).encryption_key == "ab" * 32

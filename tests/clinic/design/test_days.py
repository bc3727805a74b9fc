"""Days that cannot be read in two ways; pages without scripts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import formats, translation

from clinic import made


@pytest.mark.parametrize(
    ("language", "day", "number"), [("en", "Mar 4, 2026", "1,234.5"), ("es", "4 mar 2026", "1,234.5")]
)
def test_a_day_reads_in_one_way_only(language: str, day: str, number: str) -> None:
    with translation.override(language):
        said = formats.date_format(date(2026, 3, 4), "SHORT_DATE_FORMAT")
        assert (said, formats.number_format(1234.5, 1, force_grouping=True)) == (day, number)


def test_without_scripts_the_list_is_a_plain_select(client: Client, therapist: Any, ana: Any) -> None:
    page = made.sign_in(client, therapist).get(f"/patients/{ana.pk}/episodes/new/").content.decode()
    assert '<select name="condition"' in page

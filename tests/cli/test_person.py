"""--person: facts are checked before any work starts, and all faults are told at once."""

from __future__ import annotations

from datetime import date

import pytest

from poise.cli.person import parse_person
from poise.errors import BadSetting
from poise.model import Person


def test_facts_become_a_person() -> None:
    assert parse_person("birth_year=1950, sex=F,height_m=1.70,mass_kg=70,affected=left") == Person(
        birth_year=1950, sex="f", height_m=1.70, mass_kg=70.0, affected="left"
    )
    assert parse_person("") == Person()


def test_a_height_in_centimetres_is_not_taken_for_metres() -> None:
    with pytest.raises(BadSetting, match="height_m lies between"):
        parse_person("height_m=170")


def test_every_fault_is_named() -> None:
    with pytest.raises(BadSetting) as caught:
        parse_person("sex=x,mass_kg=heavy,shoe=42")
    for part in ("sex is one of f, m", "mass_kg is not a number", "'shoe' is not a fact"):
        assert part in str(caught.value)


def test_a_fact_told_twice_or_against_another_is_refused() -> None:
    with pytest.raises(BadSetting, match="birth_year is told twice"):
        parse_person("birth_year=1950,birth_year=1960")
    with pytest.raises(BadSetting, match="does not fit birth_year"):
        parse_person("birth_year=1950,age_years=5")
    this_year = date.today().year
    assert parse_person(f"birth_year={this_year - 60},age_years=59.4").age_years == 59.4

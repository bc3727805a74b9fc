"""The clinical files: whole, and every fault told with its line."""

from __future__ import annotations

import shutil
from importlib.resources import as_file
from pathlib import Path

import pytest

from poise.errors import BadKnowledge
from poise.knowledge.clinical import FOLDER, library, load


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    with as_file(FOLDER) as folder:
        return Path(shutil.copytree(folder, tmp_path / "clinical"))


def test_every_entry_of_the_reference_is_here() -> None:
    known = library()
    counted = (known.conditions, known.tests, known.findings, known.techniques, known.trigger_points, known.red_flags,
               known.contraindications, known.outcomes, known.measures, known.regions)  # fmt: skip
    assert [len(table) for table in counted] == [22, 35, 79, 62, 31, 27, 49, 44, 132, 56]


def test_someone_after_a_whiplash_is_asked_her_own_questions_and_those_always_asked_none_twice() -> None:
    asked = [flag.id for flag in library().red_flags_of("c_whiplash")]
    assert len(asked) == len(set(asked))
    assert set(library().always_ask) <= set(asked)
    assert "rf_neck_fracture" in asked


def test_a_person_without_a_condition_is_still_asked_what_is_always_asked() -> None:
    assert tuple(flag.id for flag in library().red_flags_of("")) == library().always_ask


def test_a_knee_cap_lies_in_the_zone_of_the_knee_by_its_parent() -> None:
    assert library().zone_of("br_knee_front") == "z_knee"
    assert library().zone_of("nowhere") == ""


def test_a_red_flag_says_in_two_languages_what_to_ask_and_what_to_do() -> None:
    for flag in library().red_flags.values():
        said = library().actions[flag.action].tell
        assert flag.ask.en
        assert flag.ask.es
        assert said.en
        assert said.es


def test_names_whose_commas_had_cut_them_short_in_the_reference_are_whole() -> None:
    assert library().contraindications["ci_tha_posterior"].name.en == (
        "hip replacement, posterior approach, with precautions ordered"
    )
    assert library().zones["z_shoulder_arm"].name.en == "shoulder, arm and hand"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "tests.yaml",
            "contraindications: [ci_upright_limit]",
            "contraindications: [ci_nowhere]",
            "'ci_nowhere' is not one of",
        ),
        ("tests.yaml", "minutes: 4", "minutes: four", "'minutes' is 'four', not int"),
        ("outcomes.yaml", "better: down", "bettr: down", "'bettr' is not a field"),
        ("conditions.yaml", "evidence: verified", "evidence: certain", "the evidence tag is 'certain'"),
        ("safety.yaml", "action: act_911", "action: act_999", "'act_999' is not one of the actions"),
    ],
)
def test_a_fault_is_told_with_its_file_and_line(copied: Path, file: str, old: str, new: str, told: str) -> None:
    text = (copied / file).read_text("utf-8")
    assert old in text
    (copied / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadKnowledge) as refused:
        load(copied)
    assert told in str(refused.value)
    assert f"{file}, line " in str(refused.value)


def test_spanish_names_are_taken_where_someone_wrote_them_and_english_elsewhere() -> None:
    knee = library().regions["br_knee"].name
    assert (knee.in_language("es-mx"), knee.in_language("en")) == ("rodilla", "knee")


def test_everything_that_has_a_name_has_one_in_spanish_too() -> None:
    known = library()
    named = (known.regions, known.zones, known.muscles, known.movements, known.goals, known.equipment, known.hazards, known.phases,
             known.conditions, known.tests, known.findings, known.techniques, known.red_flags, known.contraindications,
             known.stop_rules, known.outcomes, known.measures)  # fmt: skip
    assert [each.id for table in named for each in table.values() if not each.name.es] == []

"""Norms that depend on eyes and surface fit only those who stood so; what is not known is asked for."""

import pytest

from poise.errors import BadKnowledge
from poise.knowledge import load, references, references_for
from poise.knowledge.library import facts_of
from poise.model import Person

ADULT, ELDER = Person(age_years=30), Person(age_years=66)
VELOCITY = "balance.sway_velocity"


def norm(person=ADULT, source="force", **conditions):
    found = references_for(VELOCITY, person, conditions=conditions, source=source)
    return found[0] if found else None


def test_foam_and_closed_eyes_are_harder_and_so_is_age():
    firm, foam = norm(eyes="open", surface="firm"), norm(eyes="open", surface="foam")
    assert firm.high < foam.high < norm(eyes="closed", surface="foam").high
    assert norm(ELDER, eyes="open", surface="firm").high > firm.high
    assert "eyes open" in firm.population
    assert "on a firm surface" in firm.population


@pytest.mark.parametrize("conditions", [{}, {"eyes": "open"}, {"surface": "foam"}, {"eyes": "open", "surface": "beam"}])
def test_without_both_conditions_there_is_no_norm(conditions):
    assert norm(**conditions) is None


def test_what_would_have_to_be_known_is_asked_for_and_nothing_that_is_known():
    lacking = references([VELOCITY], ADULT, source="force", conditions={"eyes": "open"}, task="stand").lacking
    assert "stood on" in lacking[VELOCITY]
    assert "eyes were open" not in lacking[VELOCITY]
    assert not references([VELOCITY], ADULT, source="force", conditions={"eyes": "open", "surface": "beam"}).lacking


def test_an_unknown_age_spans_all_and_says_so():
    spanning = norm(Person(), eyes="open", surface="firm")
    assert spanning.high >= norm(ELDER, eyes="open", surface="firm").high
    assert not spanning.matched
    assert "Age not known" in spanning.note


def test_strata_of_fewer_than_ten_people_are_no_norm():
    assert norm(Person(age_years=88), eyes="open", surface="firm") is None


def test_what_is_known_of_each_muscle_is_known_of_this_one():
    assert facts_of("emg.level_asymmetry.soleus") is facts_of("emg.level_asymmetry.*")
    assert facts_of("emg.nonsense.soleus") is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (",closed,firm,", ",shut,firm,", "not one of open, closed"),
        ("balance.sway_velocity,mm/s", "balance.sway_velocity,m/s", "given in 'm/s'"),
        (",src_bds,", ",src_nobody,", "no number without a citation"),
        ("measure,unit", "measure,unit", ""),
    ],
)
def test_faults_of_the_table_are_named(tmp_path, old, new, told):
    import shutil
    from importlib.resources import as_file

    from poise.knowledge.reading import DATA

    with as_file(DATA) as data:
        folder = shutil.copytree(data, tmp_path / "data")
    table = folder / "by_condition.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    if not told:
        assert load(folder).by_condition
        return
    with pytest.raises(BadKnowledge, match=r"by_condition\.csv") as raised:
        load(folder)
    assert told in str(raised.value)

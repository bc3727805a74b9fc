"""The knowledge files are checked when they are loaded: every fault at once, with file and line."""

import re
import shutil
from importlib.resources import as_file

import pytest

from poise.errors import BadKnowledge
from poise.knowledge import knowledge, load, rules
from poise.knowledge.reading import DATA
from poise.measures.kinematics import DEFINES as ANGLES
from poise.measures.spatiotemporal import DEFINES as TIMES
from poise.workflows.registry import all_comparisons, all_measures
from poise.workflows.request import TASKS


@pytest.fixture
def folder(tmp_path):
    with as_file(DATA) as data:
        return shutil.copytree(data, tmp_path / "data")


def spoil(folder, name, old, new):
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_what_comes_with_the_package_is_sound():
    assert len(rules("walk")) >= 20
    assert load().sources.keys() == knowledge().sources.keys()


def test_every_measure_known_here_is_one_that_poise_measures_in_the_same_unit():
    methods = (*all_measures(), *all_comparisons())
    defined = {each.measure: each.unit for each in (*ANGLES, *TIMES, *(d for m in methods for d in m.defines))}
    for name, facts in knowledge().facts.items():
        stem = name.removesuffix("*")
        units = {unit for known, unit in defined.items() if known == name or (stem != name and known.startswith(stem))}
        assert units == {facts.unit}, name


def test_a_rule_is_for_tasks_that_are_known_and_its_tests_have_words():
    for rule in knowledge().rules:
        assert rule.tasks
        assert rule.unlisted_in <= rule.tasks
        assert rule.tasks <= {*TASKS, "comparison"}
        for condition in rule.conditions:
            assert condition.says
            assert condition.usual
            assert condition.word


def test_every_rule_says_what_decides_and_speaks_both_languages():
    for rule in knowledge().rules:
        assert rule.decided_by
        assert rule.meaning
        assert rule.ask
        assert rule.citations
        assert set(rule.names) == {"en", "es"}
        assert all(rule.names.values())


def test_no_word_sounds_like_a_diagnosis_or_a_billing_code():
    for rule in knowledge().rules:
        spoken = " ".join([rule.name, *(f"{c.says} {c.usual} {c.word}" for c in rule.conditions)]).lower()
        assert not re.search(r"diagnos|disease|syndrome|patholog|abnormal|cpt|9711\d|you have|suffer", spoken), rule


def test_every_source_is_cited_somewhere(folder):
    everything = "".join(
        path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name != "sources.yaml" and path.is_file()
    )
    # The bounds of the speed classes stand in norms.py, beside the code that uses them; symmetry in docs/findings.md.
    assert set(knowledge().sources) - {"src_schwartz_classes", "src_poise_symmetry"} == {
        name for name in knowledge().sources if re.search(rf"\b{name}\b", everything)
    }


def test_all_faults_are_told_at_once_with_file_and_line(folder):
    one = spoil(folder, "measures.yaml", "unit: deg", "unit: furlong")
    two = spoil(folder, "findings.yaml", "source: src_poise_findings", "source: src_nobody")
    three = spoil(folder, "by_age.csv", "gait.cadence,1,1", "gait.cadense,1,1")
    with pytest.raises(BadKnowledge) as told:
        load(folder)
    message = str(told.value)
    assert f"by_age.csv, line {three}: measure 'gait.cadense' is not in measures.yaml" in message
    assert "'unit' is 'furlong'" in message
    assert "src_nobody" in message
    assert re.search(rf"measures.yaml, line {one - 4}|measures.yaml, line {one}|measures.yaml, line {one - 3}", message)
    assert f"findings.yaml, line {two}" in message
    assert "3 faults" in message


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("findings.yaml", "measure: gait.speed", "measure: gait.sped", "'gait.sped' is not in measures.yaml"),
        ("findings.yaml", ", evidence: design, source: src_poise_findings}", "}", "'evidence' is missing"),
        ("findings.yaml", "direction: below", "direction: sideways", "'direction' is 'sideways'"),
        ("findings.yaml", "{value} when", "{nonsense} when", "which nothing fills"),
        ("findings.yaml", "- id: f_slow_gait", "- id: f_low_cadence", "stands here twice"),
        ("findings.yaml", "evidence: design", "evidence: verified", "tagged verified, but"),
        ("measures.yaml", "evidence: verified, source: src_mp_knee", "evidence: verified, source: x", "'x'"),
        ("measures.yaml", "{value: 5,", "{value: five,", "not a number"),
        ("measures.yaml", "    camera: {", "    telepathy: {", "not a kind of source"),
        ("measures.yaml", "start: 50, end: 100", "start: 50, end: 130", "percent of the cycle"),
        ("sources.yaml", "  level: primary\n", "  level: hearsay\n", "'level' is 'hearsay'"),
        ("sources.yaml", "sources:", "sauces:", "no list of records"),
        ("curves.csv", ",very_slow,", ",sluggish,", "'speed_class' is 'sluggish'"),
        ("by_speed.csv", ",src_wbds", "", "cells where the header has"),
        ("measures.yaml", "  errors:\n", "  errors: [\n", "not YAML"),
    ],
)
def test_each_kind_of_fault_is_found(folder, name, old, new, told):
    spoil(folder, name, old, new)
    with pytest.raises(BadKnowledge, match=name) as raised:
        load(folder)
    assert told in str(raised.value)


def test_without_the_curves_the_fixed_thresholds_remain(folder):
    lines = (folder / "curves.csv").read_text(encoding="utf-8").splitlines()
    (folder / "curves.csv").write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    without = load(folder)
    assert without.norms.curves == ()
    assert without.norms.by_age
    assert len(without.rules) == len(knowledge().rules)

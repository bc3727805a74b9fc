"""Findings of real recordings of other tasks: what was done on purpose is found, and healthy people are left alone."""

import pytest

import poise

pytestmark = pytest.mark.data
OPENCAP = "opencap-lab-tasks/Subject4"


def found(path, **settings):
    return {each.finding: each for one in poise.analyze(path, **settings) for each in one.findings}


def test_the_squats_done_on_one_leg_are_found_and_the_natural_ones_are_not(shared_data):
    asymmetric = found(shared_data / OPENCAP / "squatsAsym1_grf.mot")
    assert asymmetric["f_load_asym"].severity == "major"
    assert found(shared_data / OPENCAP / "squats1_grf.mot") == {}
    assert found(shared_data / OPENCAP / "STS1_grf.mot") == {}


def test_natural_squats_and_stands_of_a_healthy_adult_give_no_finding(shared_data):
    for name in ("squats1.trc", "STS1.trc"):
        assert found(shared_data / OPENCAP / name) == {}


@pytest.mark.parametrize("trial", ["PDS13OR1grf.txt.xz", "PDS13CR2grf.txt.xz"])
def test_a_healthy_adult_who_stands_still_gives_no_finding(shared_data, trial):
    assert found(shared_data / "balance-pds-dualplate" / trial) == {}


def test_of_five_people_only_the_one_with_diabetes_sways_more_than_usual(shared_data):
    trials = sorted((shared_data / "balance-bds" / "trials").glob("*.xz"))[::6]
    unsteady = {each.name[:8] for each in trials if "f_sway_high" in found(each)}
    assert unsteady <= {f"BDS{number:05d}" for number in range(157, 169)}
    assert unsteady

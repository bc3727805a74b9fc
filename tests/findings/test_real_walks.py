"""Labelled walks: the altered ones are told from the normal ones of the same person; healthy ones are left alone."""

import json

import pytest

pytestmark = pytest.mark.data


def findings(path):
    from poise.codecs.json import document
    from poise.workflows.assess import analyze

    (recording,) = json.loads(json.dumps(document(analyze(path, task="walk"))))["recordings"]
    assert recording["measurements"]
    return {(each["finding"], each["side"]): each for each in recording["findings"]}


def names(found):
    return {name for name, _ in found}


def test_crouch_gait_is_flagged_and_its_normal_twin_is_not(shared_data):
    folder = shared_data / "opensim-adult-walk" / "crouch_vs_normal"
    crouch, normal = (findings(folder / f"{kind}_gait.mot") for kind in ("crouch", "normal"))
    for side in ("left", "right"):
        knee = crouch["f_knee_bent_stance", side]
        assert knee["severity"] == "major"
        assert knee["deviation"] > 30
        assert f"joint.knee.flexion.stance_min@{side}" in knee["because"]
        assert "Only 1 stride" in knee["sentence"]
    assert normal == {}


def test_toe_in_and_trunk_sway_are_told_from_the_same_persons_normal_walk(shared_data):
    folder = shared_data / "opencap-lab-tasks" / "Subject4"
    normal, toe_in, sway = (findings(folder / f"walking{kind}.trc") for kind in ("1", "TI1", "TS1"))
    assert normal == {}
    assert ("f_toe_in", "left") in toe_in
    assert "f_trunk_sway" not in names(toe_in)
    assert {"f_trunk_sway", "f_trunk_lean_stance"} <= names(sway)
    assert "f_toe_in" not in names(sway)


def test_other_softwares_angles_tell_the_same_sway(shared_data):
    folder = shared_data / "opencap-lab-tasks" / "Subject4"
    for kind in ("manual_deg", "addbiomechanics_rad"):
        assert findings(folder / f"walking1_ik_{kind}.mot") == {}
        assert "f_trunk_sway" in names(findings(folder / f"walkingTS1_ik_{kind}.mot"))


@pytest.mark.parametrize(
    "walk",
    [
        "mcgill-children-gait-c3d/HC002D/Straight_HC002D06.c3d",
        "mcgill-children-gait-c3d/HC038A/Straight_HC038A11.c3d",
        "opensim-adult-walk/gait2354_subject01/subject01_walk1.trc",
        "opensim-adult-walk/rajagopal_subject/markers_walk.trc",
        "gait-landmarks-patients-gaitkit/example_healthy.json.gz",
        "gaitmap-foot-imu/imu_sample.csv",
    ],
)
def test_healthy_walks_are_not_covered_in_findings(shared_data, walk):
    assert findings(shared_data / walk) == {}

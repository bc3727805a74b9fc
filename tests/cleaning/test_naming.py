"""What the labels of every known marker set mean, however a laboratory spells them."""

from __future__ import annotations

import pytest

from poise.cleaning.naming import marker_sets, name_points, plain
from poise.errors import BadMapping
from poise.model.body import NAMES, mirrored

SPELLINGS = {
    "Plug-in-Gait": (["LASI", "RASI", "LKNE", "LHEE", "LTOE", "SACR"], "left_heel", "LHEE"),
    "with a subject": (["Ann:LASI", "Ann:RASI", "Ann:LKNE", "Ann:LHEE"], "left_heel", "Ann:LHEE"),
    "subject by underscore": (["P01_LASI", "P01_RASI", "P01_LKNE", "P01_LHEE"], "left_heel", "P01_LHEE"),
    "lower case": (["lasi", "rasi", "lkne", "lhee"], "left_heel", "lhee"),
    "OpenSim": (["R.ASIS", "L.ASIS", "V.Sacral", "L.Heel", "R.Heel", "R.Toe.Tip"], "left_heel", "L.Heel"),
    "OpenCap": (["r.ASIS_study", "L.ASIS_study", "r_knee_study", "L_calc_study"], "left_heel", "L_calc_study"),
    "BMClab": (["L.ASIS", "L.PSIS", "L.GTR", "L.Knee", "L.Ankle", "L.Heel", "L.MT1", "L.MT5"], "left_heel", "L.Heel"),
    "HBM": (["LASIS", "LPSIS", "LLEK", "LMEK", "LLM", "LMM", "LHEE", "LMT2"], "left_heel", "LHEE"),
    "ISB": (["L_IAS", "R_IAS", "L_FLE", "L_FAL", "L_FCC", "L_FM5"], "left_heel", "L_FCC"),
    "pose": (["left_hip", "left_knee", "left_ankle", "left_heel", "left_foot_index"], "left_heel", "left_heel"),
    "pose in capitals": (["LEFT_HIP", "LEFT_KNEE", "LEFT_ANKLE", "LEFT_HEEL"], "left_heel", "LEFT_HEEL"),
    "our own": (["left_heel", "left_knee_centre", "left_fifth_metatarsal", "left_asis"], "left_heel", "left_heel"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_a_heel_is_a_heel(spelling: str) -> None:
    labels, name, label = SPELLINGS[spelling]
    assert name_points(labels).points[name] == ((label,),)


def test_a_pose_models_knee_is_a_centre_and_a_markers_knee_is_on_the_skin() -> None:
    pose = name_points(["left_hip", "left_knee", "left_ankle", "nose"]).points
    skin = name_points(["L.ASIS", "L.GTR", "L.Knee", "L.Ankle"]).points
    openpose = name_points(["LHip", "LKnee", "LAnkle", "midHip", "LBigToe"]).points
    assert "left_knee_centre" in pose
    assert "left_knee" not in pose
    assert "left_knee" in skin
    assert "left_knee_centre" not in skin
    assert openpose["left_knee_centre"] == (("LKnee",),)


def test_thirty_three_numbers_are_pose_landmarks() -> None:
    for labels in ([str(i) for i in range(33)], [f"landmark_{i}" for i in range(33)]):
        assert name_points(labels).points["right_ankle_centre"] == ((labels[28],),)


def test_kinect_names_have_the_side_last() -> None:
    points = name_points(["SpineBase", "HipLeft", "KneeLeft", "AnkleLeft", "FootLeft"]).points
    assert points["left_knee_centre"] == (("KneeLeft",),)
    assert points["pelvis_centre"] == (("SpineBase",),)


def test_two_wrist_markers_make_one_wrist() -> None:
    assert name_points(["LWRA", "LWRB", "LASI", "RASI"]).points["left_wrist"][0] == ("LWRA", "LWRB")


def test_the_users_map_wins_over_every_table() -> None:
    named = name_points(["LASI", "RASI", "LKNE", "my foot"], {"my foot": "left_heel", "LKNE": "left_knee_centre"})
    assert named.points["left_heel"][0] == ("my foot",)
    assert named.points["left_knee_centre"][0] == ("LKNE",)
    assert "left_knee" not in named.points


def test_a_map_with_faults_names_all_of_them_at_once() -> None:
    with pytest.raises(BadMapping) as caught:
        name_points(["LASI"], {"LASI": "left_nonsense", "gone": "left_heel"})
    assert "left_nonsense" in str(caught.value)
    assert "gone" in str(caught.value)


FOUR = ("LASI", "RASI", "LKNE", "RHEE", "LTOE")


@pytest.mark.parametrize("lacking", ["LHEE", "LKNE", "LANK"])
def test_what_one_person_lacks_is_never_taken_from_another(lacking: str) -> None:
    whole = ["LASI", "RASI", "SACR", "LKNE", "RKNE", "LANK", "RANK", "LHEE", "RHEE", "LTOE", "RTOE"]
    ann, bob = [f"Ann:{label}" for label in whole], [f"Bob:{label}" for label in whole if label != lacking]
    for labels in (ann + bob, bob + ann, [label.replace("Ann:", "") for label in bob + ann]):
        named = name_points(labels)
        assert named.people == 2
        assert not any("Bob" in label for ways in named.points.values() for way in ways for label in way)
        assert {len(ways) for ways in named.points.values()} == {1}
    assert name_points(ann).people == 1
    mapped = name_points(ann + bob, {"Bob:LTOE": "nose"})
    assert mapped.points["nose"] == (("Bob:LTOE",),)


def test_subjects_by_underscore_are_people_too() -> None:
    labels = [f"{who}_{label}" for who in ("P01", "P02") for label in FOUR[: 5 if who == "P02" else 4]]
    named = name_points(labels)
    assert named.people == 2
    assert named.points["left_toe"] == (("P02_LTOE",),)
    sides = name_points([f"P01_{side}_{name}" for side in "LR" for name in ("IAS", "IPS", "FLE", "FAL", "FCC")])
    assert sides.people == 1
    assert {"left_heel", "right_heel"} <= sides.points.keys()
    assert all(label.startswith("P02_") for ways in named.points.values() for way in ways for label in way)


def test_a_few_known_labels_under_another_prefix_are_no_second_person_and_not_used() -> None:
    named = name_points([*(f"Ann:{label}" for label in FOUR), "stick:LHEE", "stick:1", "wand"])
    assert named.people == 1
    assert "left_heel" not in named.points
    assert set(named.unknown) == {"wand"}


def test_what_nobody_knows_is_listed_and_not_guessed() -> None:
    named = name_points(["LASI", "RASI", "LKNE", "RKNE", "wand 3"])
    assert named.unknown == ("wand 3",)
    assert name_points(["a", "b", "c"]).points == {}
    assert name_points([]).points == {}


@pytest.mark.parametrize("marker_set", marker_sets(), ids=lambda one: one.name)
def test_every_table_names_points_that_exist_on_both_sides_and_says_where_it_is_from(marker_set) -> None:  # type: ignore[no-untyped-def]
    names = {name for name, _ in marker_set.patterns}
    assert names <= set(NAMES)
    assert {mirrored(name) for name in names} == names
    assert marker_set.citation
    for _, labels in marker_set.patterns:
        assert all(label == plain(label) for label in labels)

"""What a channel's label means: muscles and sides, in the spellings that files have."""

from __future__ import annotations

import pytest

from poise.model.muscles import BY_NAME, MUSCLES, OPPONENTS, muscle_of, named, opponents_among, slug, title


@pytest.mark.parametrize(
    ("label", "muscle", "side"),
    [
        ("RF", "rectus_femoris", None),
        ("Recto Femoral", "rectus_femoris", None),
        ("EMG Semitendinoso", "semitendinosus", None),
        ("Vasto Medial", "vastus_medialis", None),
        ("L Rect", "rectus_femoris", "left"),
        ("R Hams", "hamstrings", "right"),
        ("L Tib Post", "tibialis_posterior", "left"),
        ("LTA", "tibialis_anterior", "left"),
        ("R_RF", "rectus_femoris", "right"),
        ("Voltage.LVL", "vastus_lateralis", "left"),
        ("GLUT MED R", "gluteus_medius", "right"),
        ("VastusLateralis_R", "vastus_lateralis", "right"),
        ("left erector spinae", "erector_spinae", "left"),
        ("UT_L", "upper_trapezius", "left"),
        ("Ch1: VMO", "vastus_medialis", None),
        ("gastrocnemius med", "gastrocnemius_medialis", None),
        ("LES", "erector_spinae", "left"),
    ],
)
def test_a_label_names_its_muscle_and_side(label, muscle, side):
    assert muscle_of(label) == (muscle, side)


@pytest.mark.parametrize("label", ["EMG", "1", "channel 3", "FX", "RT", "", "Spare"])
def test_a_label_that_names_none_is_not_guessed(label):
    assert muscle_of(label) is None


def test_codes_of_one_laboratory_are_believed_in_its_own_set_only():
    santuz = named(["ME", "MA", "FL", "RF", "VM", "VL", "ST", "BF", "TA", "PL", "GM", "GL", "SO"])
    assert [each.muscle for each in santuz][:3] == ["gluteus_medius", "gluteus_maximus", "tensor_fasciae_latae"]
    assert santuz[10].muscle == "gastrocnemius_medialis"
    assert not named(["ME", "RF"])[0].known
    assert named(["GMAX", "GM", "RF"])[1].muscle == "gluteus_medius"


def test_a_bare_biceps_among_leg_muscles_is_of_the_thigh():
    assert named(["L Biceps", "L Tib Ant", "L Soleus"])[0].muscle == "biceps_femoris"
    assert named(["L Biceps", "L Triceps"])[0].muscle == "biceps_brachii"


def test_an_unknown_channel_keeps_its_own_name():
    (placed,) = named(["My Sensor 7"])
    assert (placed.muscle, placed.known) == ("My Sensor 7", False)
    assert slug(placed.muscle) == "my_sensor_7"
    assert title("My Sensor 7") == "My Sensor 7"
    assert title("vastus_medialis") == "vastus medialis"


def test_every_name_is_found_by_itself_and_opponents_are_known_muscles():
    for muscle in MUSCLES:
        assert muscle_of(muscle.name) == (muscle.name, None), muscle.name
        assert muscle_of(f"left {muscle.label}") == (muscle.name, "left"), muscle.name
    for pair in OPPONENTS:
        assert {*pair.agonists, *pair.antagonists} <= set(BY_NAME)


def test_opponents_are_only_those_that_were_recorded():
    (knee,) = opponents_among(["vastus_medialis", "soleus", "semitendinosus"])
    assert (knee.joint, knee.agonists, knee.antagonists) == ("knee", ("vastus_medialis",), ("semitendinosus",))
    assert opponents_among(["vastus_medialis", "soleus"]) == ()

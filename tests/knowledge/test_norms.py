"""Norms are matched to age, sex and speed; what is not known makes them wider and is said."""

import numpy as np
import pytest

from poise.knowledge import changes_for, measurement_error, norm_curves, reference_id, references, references_for
from poise.knowledge.norms import CLASSES, non_dimensional_speed, speed_class
from poise.model import Person

WOMAN = Person(age_years=65, sex="f", leg_length_m=0.85)
CHILD = Person(age_years=9, sex="m", leg_length_m=0.70)
SWING, STANCE = "joint.knee.flexion.swing_max", "joint.knee.flexion.stance_min"


def only(found):
    (one,) = found
    return one


# measures.md 1.6: free < 47, slow < 42, very slow < 22 deg of knee bend in swing are off.
@pytest.mark.parametrize(("speed_m_s", "lowest_deg"), [(1.25, 47), (0.8, 42), (0.5, 22)])
def test_a_slow_walker_is_not_a_stiff_knee_walker(speed_m_s, lowest_deg):
    assert only(references_for(SWING, WOMAN, speed_m_s)).low == pytest.approx(lowest_deg, abs=0.6)


def test_the_speed_class_is_that_of_the_leg_and_a_bound_belongs_to_the_faster_class():
    assert non_dimensional_speed(1.0, 0.9) == pytest.approx(1.0 / np.sqrt(9.81 * 0.9))
    at_bound = 0.363 * np.sqrt(9.81 * 0.9)
    assert speed_class(at_bound * 1.0000001, 0.9) == "free"
    assert speed_class(at_bound * 0.9999, 0.9) == "slow"
    assert [speed_class(v, 0.9) for v in (0.3, 0.8, 1.2, 1.7, 2.2)] == list(CLASSES)
    assert speed_class(0.9, 0.55) != speed_class(0.9, 0.95)


def test_a_child_is_held_against_children_alone():
    reference = only(references_for(SWING, CHILD, 1.1))
    assert "adults" not in reference.population
    assert reference.mean is not None


def test_an_adult_at_free_speed_is_held_against_children_and_adults_together():
    adult, child = only(references_for(SWING, WOMAN, 1.25)), only(references_for(SWING, CHILD, 1.13))
    assert "adults" in adult.population
    assert adult.low <= child.low
    assert adult.high >= child.high


@pytest.mark.parametrize("measure", [SWING, STANCE, "gait.cadence", "gait.step_width", "gait.step_length"])
def test_whoever_is_not_known_gets_a_wider_reference_that_says_so(measure):
    known, unknown = references_for(measure, WOMAN, 1.1), references_for(measure, Person(), 1.1)
    assert min(each.low for each in unknown) <= min(each.low for each in known)
    assert max(each.high for each in unknown) >= max(each.high for each in known)
    assert "not known" in unknown[0].note


def test_nobody_is_taken_for_a_man_in_silence():
    spans = references_for("gait.cadence", Person(age_years=25), None)
    men, women = (references_for("gait.cadence", Person(age_years=25, sex=sex), None) for sex in "mf")
    assert only(spans).low == min(only(men).low, only(women).low)
    assert only(spans).high == max(only(men).high, only(women).high)
    assert only(spans).who.startswith("people")
    assert (only(men).who, only(women).who) == ("men aged 18 to 29", "women aged 18 to 29")


def test_cadence_is_also_held_against_people_walking_at_the_same_speed():
    slow, free = (references_for("gait.cadence", WOMAN, speed)[1] for speed in (0.67, 1.226))
    assert slow.mean == pytest.approx(93.5, abs=0.1)
    assert free.mean == pytest.approx(121.4, abs=0.1)
    assert slow.who == "adults walking at this speed"
    assert len(references_for("gait.cadence", WOMAN, 0.2)) == 1, "nothing is extrapolated"


@pytest.mark.parametrize("speed", [None, float("nan"), 0.0])
def test_a_speed_that_was_not_measured_spans_all_speeds(speed):
    reference = only(references_for(SWING, WOMAN, speed))
    assert reference.who == "people walking at any speed"
    for known in (0.3, 0.8, 1.2, 1.6, 2.0):
        assert reference.low <= only(references_for(SWING, WOMAN, known)).low


def test_the_curves_of_very_fast_walkers_are_not_those_of_runners():
    """Froude number 0.5 is where people begin to run: 2.04 m/s for a leg of 0.85 m."""
    long_leg, unknown = Person(age_years=30, leg_length_m=1.0), Person(age_years=30)
    assert norm_curves(WOMAN, 2.0)
    assert references_for(SWING, WOMAN, 2.0)
    for runner, speed in ((WOMAN, 2.1), (WOMAN, 3.5), (long_leg, 2.3), (unknown, 2.3)):
        assert norm_curves(runner, speed) == {}
        assert references_for(SWING, runner, speed) == ()
        assert references([SWING], runner, speed).running
    assert references_for(SWING, long_leg, 2.1), "a longer leg walks faster"
    assert not references([SWING], unknown, 2.1).running, "the leg may be a long one"


def test_norm_curves_have_101_points_and_follow_the_speed():
    slow, free = norm_curves(WOMAN, 0.5), norm_curves(WOMAN, 1.25)
    assert set(slow) >= {"knee.flexion", "hip.flexion", "ankle.dorsiflexion", "pelvis.obliquity", "foot.progression"}
    for band in (*slow.values(), *free.values()):
        assert len(band.mean) == len(band.sd) == 101
        assert min(band.sd) > 0
        assert band.citation
        assert band.population
    assert max(slow["knee.flexion"].mean) == pytest.approx(44.7, abs=0.1)
    assert 56 < max(free["knee.flexion"].mean) < 63


def test_a_mixture_of_two_laboratories_holds_their_difference():
    mixed, children = norm_curves(WOMAN, 1.25)["ankle.dorsiflexion"], norm_curves(CHILD, 1.13)["ankle.dorsiflexion"]
    assert mixed.sd[60] > children.sd[60]


def test_toddlers_have_no_curves():
    assert norm_curves(Person(age_years=2), 0.8) == {}


def test_every_reference_carries_its_source():
    for measure in (SWING, "gait.cadence", "gait.speed", "gait.step_width", "gait.stance_percent"):
        for reference in references_for(measure, WOMAN, 1.2):
            assert reference.citation
            assert reference.evidence == "verified"
            assert reference.low < reference.high


def test_errors_depend_on_what_the_recording_was_made_with():
    assert measurement_error(SWING, "camera").error > measurement_error(SWING, "markers").error
    assert measurement_error(SWING, "coordinates").citation
    assert measurement_error("gait.step_width", "imu") is None, "a foot sensor cannot see the width of a step"
    assert measurement_error(SWING, "markers").smallest_real_change == pytest.approx(1.96 * 2**0.5 * 5, rel=1e-3)


def test_changes_keep_every_published_value_with_its_people():
    speed = {(each.kind, each.value): each for each in changes_for("gait.speed")}
    assert speed["mcid", 0.16].population == "subacute stroke"
    assert speed["mdc", 0.05].evidence == "verified"
    assert speed["mcid", 0.1].evidence == "memory"
    assert only(changes_for("gait.profile_score")).value == 1.6


def test_names_map_to_the_clinical_reference():
    assert reference_id(SWING) == "m_knee_flex_swing"
    assert reference_id("gait.speed") == "m_gait_speed"
    assert reference_id("gait.nothing") == ""


def test_references_gathers_what_find_needs():
    gathered = references([SWING, "gait.unknown"], WOMAN, 1.2, source="camera", treadmill=True)
    assert set(gathered.by_measure) == {SWING}
    assert gathered.errors[SWING].error == 8
    assert gathered.treadmill
    assert gathered.age_years == 65

"""A finding is a deviation beyond its reference and beyond measuring error; all else is no finding, or unseen."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.made_walks import NAN, WALKER, curve, judged, measured, mirrored, usual
from poise.findings import anything_judged, find
from poise.knowledge import references, rules
from poise.model import Person, Problem

SWING, STANCE = "joint.knee.flexion.swing_max", "joint.knee.flexion.stance_min"
WORST = {
    SWING: 15, STANCE: 45, "joint.hip.flexion.stance_min": 40, "gait.thigh_extension": -20,
    "joint.pelvis.obliquity.single_support_max": 25, "joint.pelvis.obliquity.swing_max": 25,
    "joint.trunk.lean_side.single_support_max": 30, "gait.foot_progression": 35, "gait.foot_strike_angle": -25,
    "gait.toe_clearance_ratio": -0.02, "gait.circumduction_ratio": 0.4, "gait.heel_rise_percent": 5,
    "gait.arm_swing": 1, "gait.stance_time": 0.3, "gait.step_length": 0.2, "gait.step_width": 0.5,
    "gait.step_time_cv": 20, "gait.trunk_lean": 50, "gait.trunk_sway": 50, "gait.cadence": 50, "gait.speed": 0.3,
}  # fmt: skip


def test_a_usual_walk_has_no_findings_and_nothing_unseen():
    assert judged(*usual()) == ({}, ())


def test_the_sentence_gives_the_number_what_is_usual_the_difference_and_the_error():
    found, _ = judged(measured(SWING, 36, "left"), measured(SWING, 60, "right"), speed=1.25)
    finding = found["f_stiff_knee_gait", "left"]
    assert finding.sentence.startswith("The left knee bends 36° ") or "less than the other" in finding.sentence
    found, _ = judged(measured(SWING, 36, "left"), speed=1.25)
    assert found["f_stiff_knee_gait", "left"].sentence == (
        "The left knee bends 36° when the leg swings; people walking at this speed bend it 47° to 71°. "
        "That is 11° less than usual, more than measuring error (5°)."
    )


@pytest.mark.parametrize("measure", sorted(WORST))
def test_what_is_far_off_is_found_whichever_measure_it_is(measure):
    worse = [replace(each, value=float(WORST[measure])) if each.measure == measure else each for each in usual()]
    if measure in ("gait.stance_time", "gait.arm_swing"):
        worse = [
            replace(each, value=0.65) if (each.measure, each.side) == (measure, "right") else each for each in worse
        ]
    found, _ = judged(*worse)
    assert found
    assert all(measure in {one.measure for one in each.because} for each in found.values())


def test_mirrored_input_gives_the_mirrored_findings():
    off = [replace(each, value=float(WORST[each.measure])) if each.side == "left" else each for each in usual()]
    found, unseen = judged(*off)
    flipped, flipped_unseen = judged(*map(mirrored, off))
    other = {"left": "right", "right": "left", None: None}
    assert len(found) > 8
    assert {(name, other[side]) for name, side in found} == set(flipped)
    for (name, side), finding in found.items():
        twin = flipped[name, other[side]]
        assert (finding.severity, finding.confidence, finding.deviation) == (
            twin.severity, twin.confidence, twin.deviation,
        )  # fmt: skip
        assert swapped(finding.sentence) == twin.sentence
    assert len(unseen) == len(flipped_unseen)


def swapped(text):
    return re.sub(r"\b(left|right)\b", lambda side: {"left": "right", "right": "left"}[side[0]], text)


@given(
    error=st.floats(5.0, 20.0), margin=st.floats(0.0, 40.0), n=st.integers(1, 30), sd=st.floats(0.0, 10.0),
)  # fmt: skip
def test_a_deviation_inside_measurement_error_is_never_a_finding(error, margin, n, sd):
    low = references([SWING], WALKER, 1.2).by_measure[SWING][0].low
    found, _ = judged(measured(SWING, low - margin, "left", n=n, sd=sd, error=error))
    if margin <= error:
        assert found == {}
    for finding in found.values():
        assert finding.deviation > finding.error >= error
        assert 0.0 < finding.confidence <= 1.0


@given(first=st.floats(5.5, 45.0), more=st.floats(0.0, 20.0), n=st.integers(1, 20), sd=st.floats(0.1, 8.0))
def test_confidence_and_severity_never_fall_when_the_deviation_grows(first, more, n, sd):
    low = references([SWING], WALKER, 1.2).by_measure[SWING][0].low
    rank = {"minor": 0, "major": 1}
    seen = [judged(measured(SWING, low - margin, "left", n=n, sd=sd))[0] for margin in (first, first + more)]
    near, far = (found.get(("f_stiff_knee_gait", "left")) for found in seen)
    if near is not None:
        assert far is not None
        assert far.confidence >= near.confidence - 1e-12
        assert rank[far.severity] >= rank[near.severity]


def test_more_strides_less_error_and_nothing_missing_make_it_surer():
    def sure(**more):
        return judged(measured(SWING, 33, "left", **more))[0]["f_stiff_knee_gait", "left"].confidence

    assert sure(n=1) < sure(n=3) < sure(n=5) <= sure(n=20)
    assert sure(error=9.0) < sure(error=6.0)
    assert sure(valid_fraction=0.7) < sure(valid_fraction=1.0)


def test_the_share_of_strides_counts_where_there_are_five():
    stiff, free = np.full(101, 30.0), np.full(101, 62.0)
    mostly = curve("knee.flexion", "left", [stiff] * 6 + [free] * 2)
    hardly = curve("knee.flexion", "left", [stiff] * 2 + [free] * 6)
    value = measured(SWING, 38, "left", n=8, sd=14)
    assert judged(value, curves=(mostly,))[0]
    assert not judged(value, curves=(hardly,))[0]
    assert judged(value, curves=(mostly,))[0]["f_stiff_knee_gait", "left"].confidence <= 0.75


def test_one_stride_is_told_with_less_confidence_and_says_so():
    found, _ = judged(measured(STANCE, 60, "right", n=1))
    finding = found["f_knee_bent_stance", "right"]
    assert finding.severity == "major"
    assert finding.confidence < 0.5
    assert "Only 1 stride could be judged, so this is less sure." in finding.sentence
    assert "Only 1 stride could be judged, so this is less sure." in finding.unseen


def test_limits_are_exclusive_and_the_error_must_be_exceeded():
    # Thresholds of the reference are ">" and "<": at the limit, or exactly one error past it, nothing is off.
    def lean(value):
        return judged(measured("gait.trunk_lean", value, sd=0.0))[0]

    assert lean(10.0) == lean(14.0) == {}
    assert lean(14.01)


def test_an_inclusive_limit_counts_the_limit_itself_where_measuring_has_no_error():
    rule = next(each for each in rules() if each.finding == "f_forward_trunk_gait")
    condition = rule.conditions[0]
    matched = references(["gait.trunk_lean"], WALKER, 1.2)
    exact = replace(matched, errors={"gait.trunk_lean": replace(matched.errors["gait.trunk_lean"], error=0.0)})

    def lean(*, inclusive):
        limits = tuple(replace(limit, inclusive=inclusive) for limit in condition.limits)
        changed = replace(rule, conditions=(replace(condition, limits=limits),))
        return find([measured("gait.trunk_lean", 10.0, sd=0.0)], (), [changed], exact, WALKER)[0]

    assert lean(inclusive=True)
    assert not lean(inclusive=False)


def test_what_was_not_measured_is_unseen_with_the_reason():
    found, unseen = judged(measured("gait.speed", 1.2, unit="m/s", sd=0.05))
    assert found == {}
    assert len(unseen) == len(rules()) - 1
    assert any(each.startswith("Knee never gets fully straight") and "needs the body seen" in each for each in unseen)


def test_a_side_that_was_not_seen_is_told():
    _, unseen = judged(measured(STANCE, 6, "left"))
    assert "Knee snaps backward: the right side was not seen." in unseen


def test_what_is_mostly_missing_is_unseen():
    found, unseen = judged(measured(STANCE, 60, "left", valid_fraction=0.3))
    assert found == {}
    assert any("only 30 %" in each for each in unseen)


def test_a_number_that_is_none_never_becomes_a_finding():
    broken = measured(STANCE, 60, "left")
    object.__setattr__(broken, "value", NAN)
    found, unseen = judged(broken)
    assert found == {}
    assert any(each.startswith("Knee never gets fully straight") for each in unseen)


def test_a_number_in_another_unit_is_not_judged():
    found, unseen = judged(measured("gait.step_width", 30.0, unit="cm"))
    assert found == {}
    assert any(each.startswith("Walks with feet wide apart") for each in unseen)


def test_few_steps_cannot_show_irregular_steps():
    def uneven(n):
        return judged(*(measured("gait.step_time_cv", 15, side, n=n, unit="%") for side in ("left", "right")))

    assert uneven(9)[0] == {}
    assert any("18 steps were seen where 20 are needed" in each for each in uneven(9)[1])
    assert uneven(15)[0]["f_gait_variable", None].confidence <= 0.5, "variability supports, it never decides alone"


def test_the_belt_decides_the_speed_of_a_treadmill():
    slow = measured("gait.speed", 0.5, unit="m/s", sd=0.01)
    assert judged(slow, speed=0.5)[0]
    found, unseen = judged(slow, speed=0.5, treadmill=True)
    assert found == {}
    assert any(each.startswith("Slow walking: not judged on a treadmill") for each in unseen)


def test_a_walk_that_starts_and_stops_is_not_slow():
    stop_and_go = measured("gait.speed", 0.5, unit="m/s", sd=0.3)
    found, unseen = judged(stop_and_go, speed=0.5)
    assert found == {}
    assert any(each.startswith("Slow walking: not judged, because the pace changed") for each in unseen)
    assert judged(replace(stop_and_go, sd=0.1), speed=0.5)[0]


def test_a_source_without_a_known_error_cannot_judge():
    width = measured("gait.step_width", 0.5, "left", unit="m", sd=0.01)
    found, unseen = judged(width, source="imu")
    assert found == {}
    assert any("nobody has published the measuring error" in each for each in unseen)


def test_a_slow_walker_is_not_a_stiff_knee_walker():
    knees = [measured(SWING, 40, side) for side in ("left", "right")]
    assert judged(*knees, speed=0.5)[0] == {}
    assert set(judged(*knees, speed=1.3)[0]) == {("f_stiff_knee_gait", "left"), ("f_stiff_knee_gait", "right")}


def test_an_old_woman_is_not_slow_for_walking_like_others_of_her_age():
    pace = measured("gait.speed", 0.85, unit="m/s", sd=0.02)
    old, young = Person(age_years=87, sex="f"), Person(age_years=30, sex="f")
    assert judged(pace, person=old, speed=0.85)[0] == {}
    assert judged(pace, person=young, speed=0.85)[0]
    assert judged(pace, person=Person(), speed=0.85)[0]["f_slow_gait", None].reference.basis == "threshold"


def steps(left, right, *, n=8, sd=0.02):
    return [
        measured("gait.step_length", value, side, n=n, sd=sd, unit="m")
        for side, value in (("left", left), ("right", right))
    ]


def test_the_short_side_of_an_uneven_walk_is_named():
    found, _ = judged(*steps(0.50, 0.66))
    finding = found["f_step_asym", "left"]
    assert set(found) == {("f_step_asym", "left")}
    assert finding.deviation == pytest.approx(100 * 0.16 / 0.58 - 10)
    assert {one.side for one in finding.because} == {"left", "right"}


def test_a_difference_whose_interval_holds_zero_is_chance():
    assert judged(*steps(0.50, 0.66, n=4, sd=0.3))[0] == {}


def test_the_bootstrap_interval_decides_where_one_was_made():
    interval = measured("gait.step_length_asymmetry", -27.0, unit="%", low=-60.0, high=6.0)
    assert judged(*steps(0.50, 0.66), interval)[0] == {}
    assert judged(*steps(0.50, 0.66), replace(interval, high=-6.0))[0]


def test_too_few_strides_for_an_interval_are_told_with_less_confidence():
    finding = judged(*steps(0.45, 0.66, n=2))[0]["f_step_asym", "left"]
    assert finding.confidence < 0.7
    assert any("more than chance" in each for each in finding.unseen)


def test_the_other_side_and_the_thresholds_that_did_not_decide_go_along():
    found, _ = judged(measured(STANCE, 40, "left"), measured(STANCE, 8, "right"))
    finding = found["f_knee_bent_stance", "left"]
    assert finding.reference.basis == "norm"
    assert [each.high for each in finding.compared if each.basis == "threshold"] == [12, 20, 20, 30]
    assert [each.mean for each in finding.compared if each.basis == "other side"] == [8]


def test_a_worsening_since_the_earlier_recording_is_found_though_the_value_is_usual():
    now, then = measured(SWING, 50, "left"), measured(SWING, 66, "left", recording="walk00")
    finding = judged(now, earlier=[then])[0]["f_stiff_knee_gait", "left"]
    assert finding.reference.basis == "earlier"
    assert finding.severity == "minor"
    assert "50° now, 66° in the earlier recording" in finding.sentence
    assert judged(now, earlier=[replace(then, value=60.0)])[0] == {}, "two recordings differ so much by chance"
    assert judged(replace(now, value=66.0), earlier=[replace(then, value=50.0)])[0] == {}, "better is no finding"


def test_another_methods_earlier_value_is_not_compared():
    """1.18 m/s by markers and 1.40 m/s guessed from the trunk are no change of the person."""
    now = measured("gait.speed", 1.18, unit="m/s", sd=0.03, method="gait_markers/1", error=0.05)
    then = replace(now, value=1.75, method="gait_lumbar_imu/1", error=0.18, recording="walk00")
    found, unseen = judged(now, earlier=[then], person=Person(age_years=30))
    assert found == {}
    assert any("another method measured it then (gait_lumbar_imu; now gait_markers)" in each for each in unseen)
    newer = replace(then, method="gait_markers@2: heel and toe")
    found, unseen = judged(now, earlier=[newer], person=Person(age_years=30))
    assert not any("another method" in each for each in unseen), "a newer version is the same method"


@given(drop=st.floats(0.0, 1.0), now_error=st.floats(0.01, 0.3), then_error=st.floats(0.01, 0.3))
def test_a_change_must_exceed_what_both_recordings_err(drop, now_error, then_error):
    now = measured("gait.speed", 1.3, unit="m/s", sd=0.0, error=now_error)
    then = replace(now, value=1.3 + drop, error=then_error, recording="walk00")
    found, _ = judged(now, earlier=[then], person=Person(age_years=30, sex="m"))
    for finding in found.values():
        if finding.reference.basis == "earlier":
            assert drop > 1.96 * np.hypot(now_error, then_error)
            assert finding.confidence < 1.0 or drop > 4.0 * np.hypot(now_error, then_error)


def test_an_earlier_value_that_was_mostly_missing_is_not_compared():
    now, then = measured(SWING, 50, "left"), measured(SWING, 66, "left", recording="walk00", valid_fraction=0.3)
    assert judged(now, earlier=[then])[0] == {}


def test_a_leg_that_changes_its_length_is_never_sure():
    doubt = Problem(what="The left leg changes its length by more than a fifth from hip to knee.", side="left")
    legs = [measured(SWING, 20, side, n=20) for side in ("left", "right")]
    found, _ = judged(*legs, problems=[doubt])
    left, right = (found["f_stiff_knee_gait", side] for side in ("left", "right"))
    assert left.confidence <= 0.5 < right.confidence
    assert doubt.what in left.unseen
    assert doubt.what not in right.unseen


def test_no_rule_of_walking_is_judged_at_a_runners_speed():
    off = [replace(each, value=float(WORST[each.measure])) for each in usual() if each.measure != "gait.speed"]
    found, unseen = judged(*off, speed=3.2)
    assert found == {}
    assert len(unseen) == len(rules())
    assert all("nobody walks this fast" in each for each in unseen)


def test_a_thigh_told_against_the_trunk_is_not_held_against_the_pelvis():
    hip = measured("joint.hip.flexion.stance_min", 40, "left", method="gait-angles 1: trunk to thigh, sagittal")
    assert judged(hip)[0] == {}


def test_thresholds_of_leg_length_need_a_leg_length():
    short = steps(0.40, 0.40)
    reference = judged(*short, speed=None)[0]["f_short_step", None].reference
    assert (reference.basis, reference.low) == ("threshold", pytest.approx(0.6 * 0.85))
    found, _ = judged(*steps(0.20, 0.20), person=Person(), speed=None)
    assert found["f_short_step", None].reference.who == "people aged 5 to 89"


def test_findings_come_gravest_and_surest_first():
    off = [replace(each, value=float(WORST[each.measure])) for each in usual()]
    matched = references({each.measure for each in off}, WALKER, 1.2)
    found, _ = find(off, (), rules(), matched, WALKER)
    assert [each.severity for each in found] == sorted(each.severity for each in found)
    for grave in ("major", "minor"):
        sure = [each.confidence for each in found if each.severity == grave]
        assert sure == sorted(sure, reverse=True)


def test_every_sentence_reads_without_gaps_or_machine_words():
    off = [replace(each, value=float(WORST[each.measure])) for each in usual()]
    found, _ = judged(*off)
    assert len(found) > 15
    for finding in found.values():
        assert not re.search(r"nan|None|inf|_|\{|\}|  |-\d", finding.sentence), finding.sentence
        assert finding.sentence.count("measuring error") == 1
        assert not re.search(r"diagnos|disease|abnormal|patholog|CPT", finding.sentence, re.IGNORECASE)
        assert finding.reference.citation
        assert finding.meaning
        assert finding.ask


def test_the_page_of_findings_lists_every_rule_and_what_decides():
    page = (Path(__file__).resolve().parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")
    for rule in rules():
        measures = "; ".join(dict.fromkeys(f"`{each.measure}`" for each in rule.conditions))
        assert f"| `{rule.finding}` | {rule.name} | {measures} | {rule.decided_by} |" in page


NUMBERS = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, NAN, float("inf"), -1.0, 1e-12]))


@given(data=st.data())
def test_whatever_is_measured_no_finding_lies_within_its_error(data):
    odd = []
    for each in usual():
        value, sd = data.draw(NUMBERS), data.draw(NUMBERS)
        changed = replace(each, n=data.draw(st.integers(1, 40)), sd=sd, error=data.draw(NUMBERS))
        object.__setattr__(changed, "value", value)
        odd.append(changed)
    person = data.draw(st.sampled_from([WALKER, Person(), Person(age_years=6.5, height_m=1.2), Person(age_years=99)]))
    found, _ = judged(*odd, person=person, speed=data.draw(st.one_of(st.none(), NUMBERS)))
    for finding in found.values():
        assert finding.deviation >= finding.error >= 0
        assert 0.0 <= finding.confidence <= 1.0
        assert "nan" not in finding.sentence
        assert "inf" not in finding.sentence


def test_whether_anything_was_judged_is_known_where_nothing_was_found():
    walk = usual()
    norms = references([each.measure for each in walk], WALKER, 1.25)
    assert anything_judged(walk, (), rules("walk"), norms, WALKER)
    unknown = [replace(each, measure="volt.mean") for each in walk[:1]]
    assert not anything_judged(unknown, (), rules("walk"), references(["volt.mean"], WALKER, None), WALKER)
    # A fixed limit is a reference too, though no norm of anybody is there.
    timed = [replace(walk[0], measure="tug.time", value=8.0, side=None, unit="s", n=1, error=0.5)]
    held = references(["tug.time"], Person(age_years=70), None, task="tug")
    assert not held.by_measure
    assert anything_judged(timed, (), rules("tug"), held, Person(age_years=70))

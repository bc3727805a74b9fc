"""Findings of standing, repetitions, daily tasks, body sense, posture and muscles."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.made_tasks import ADULT, ELDER, FIRM_OPEN, judged, measured, repetition
from poise.knowledge import knowledge, references, references_for
from poise.model import Fault, Part, Person
from poise.model.finding import INF


def sway(value, **more):
    return judged("stand", measured("balance.sway_velocity", value, "mm/s"), source="force", **more)


# ── conditions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sway_is_held_against_people_of_that_age_in_that_condition():
    assert sway(30.0, conditions=FIRM_OPEN)[0]
    assert not sway(9.0, conditions=FIRM_OPEN)[0]
    assert not sway(30.0, conditions={"eyes": "closed", "surface": "foam"})[0]


def test_without_eyes_and_surface_sway_is_not_judged_and_it_says_what_to_tell():
    found, unseen = sway(80.0)
    assert not found
    (reason,) = [each for each in unseen if each.startswith("Sways more than usual")]
    assert "whether the eyes were open" in reason
    assert "--conditions" in reason


def test_sway_that_differs_by_no_more_than_one_standing_from_the_next_is_no_finding():
    (norm,) = references_for("balance.sway_velocity", ADULT, conditions=FIRM_OPEN, source="force")
    assert not sway(norm.high * 1.1, conditions=FIRM_OPEN)[0]
    assert sway(norm.high * 1.3, conditions=FIRM_OPEN)[0]


@given(st.floats(0.1, 200), st.floats(0.1, 200))
def test_more_sway_is_never_less_of_a_finding(one, other):
    low, high = sorted((one, other))
    found_low, found_high = sway(low, conditions=FIRM_OPEN)[0], sway(high, conditions=FIRM_OPEN)[0]
    assert not found_low or found_high


def test_norms_of_a_plate_are_not_for_a_camera():
    assert not references_for("balance.sway_velocity", ADULT, conditions=FIRM_OPEN, source="camera")


def test_heel_to_toe_is_asked_only_of_who_stood_heel_to_toe():
    short = measured("balance.stance_time", 6.0, "s")
    assert ("f_tandem_low", None) in judged("stand", short, conditions={"stance": "tandem"})[0]
    found, unseen = judged("stand", short, conditions={"stance": "two_feet"})
    assert ("f_tandem_low", None) not in found
    assert not [each for each in unseen if "heel-to-toe" in each]


def test_one_leg_with_closed_eyes_is_not_held_against_open_eyes():
    short = measured("balance.stance_time", 6.0, "s", "left", n=3)
    assert ("f_poor_single_leg", "left") in judged("single_leg", short, conditions={"eyes": "open"})[0]
    assert not judged("single_leg", short, conditions={"eyes": "closed"})[0]
    _, unseen = judged("single_leg", short)
    assert any("eyes=open" in each for each in unseen)


# ── age and sex ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("age", "seconds", "slow"), [(65, 13.0, True), (75, 13.0, False), (85, 15.5, False), (65, 12.0, False)]
)
def test_five_stands_are_held_against_the_age(age, seconds, slow):
    found, _ = judged("sit_to_stand", measured("sts.time_5", seconds, "s", n=5), person=Person(age_years=age))
    assert (("f_slow_sts", None) in found) is slow


def test_nobody_is_held_to_the_limit_of_an_age_that_nobody_told():
    slow = measured("tug.time", 25.0, "s")
    assert judged("tug", slow, person=ELDER)[0]
    found, unseen = judged("tug", slow, person=Person())
    assert not found
    assert any("the person's age" in each for each in unseen)
    assert not judged("tug", slow, person=Person(age_years=30))[0]


def test_stands_in_half_a_minute_depend_on_age_and_sex_and_the_mildest_limit_holds_where_the_sex_is_not_known():
    def few(count, sex):
        counted = measured("sts.count_30s", count, "count")
        return ("f_slow_sts", None) in judged("sit_to_stand", counted, person=Person(age_years=62, sex=sex))[0]

    assert few(11, "m")
    assert not few(11, "f")
    assert few(9, "f")
    assert not few(11, None)


def test_twelve_seconds_is_a_screen_and_no_verdict():
    found, _ = judged("tug", measured("tug.time", 14.2, "s"), person=ELDER)
    finding = found["f_slow_tug", None]
    assert finding.severity == "major"
    assert "a screen for the risk of falling, not a verdict" in finding.sentence


# ── sides ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.floats(-60, 60))
def test_a_load_is_on_the_side_with_less_and_the_mirror_image_on_the_other(percent):
    def sides(value):
        return {
            s for _, s in judged("squat", measured("squat.load_asymmetry", value, "%", n=5, sd=2.0), source="force")[0]
        }

    swapped = {"left": "right", "right": "left"}
    assert sides(percent) == {swapped[each] for each in sides(-percent)}
    if abs(percent) > 20:
        assert sides(percent) == {"right" if percent > 0 else "left"}
    if abs(percent) <= 13:
        assert sides(percent) == set()


def test_the_sentence_of_a_load_names_both_sides():
    found, _ = judged("squat", measured("squat.load_asymmetry", 24.0, "%", n=5, sd=2.0), source="force")
    assert found["f_load_asym", "right"].sentence.startswith(
        "The right leg carries 24 % less than the left one while squatting"
    )


# ── what the exercise asks for ────────────────────────────────────────────────────────────────────────────────────────


def test_a_range_short_of_the_target_is_told_against_what_the_exercise_asks_for():
    held = tuple(repetition(number=k, apex=60.0) for k in range(1, 7))
    found, _ = judged("exercise", measured("rep.rom", 55.0, "deg", n=6, sd=2.0), source="camera", repetitions=held)
    finding = found["f_rom_short", None]
    assert finding.reference.basis == "asked"
    assert "the exercise asks for 75° or more" in finding.sentence
    assert "20° less than asked" in finding.sentence


def test_a_target_that_the_person_nearly_reaches_is_no_finding():
    held = tuple(repetition(number=k, apex=76.0) for k in range(1, 7))
    assert not judged("exercise", measured("rep.rom", 71.0, "deg", n=6, sd=2.0), source="camera", repetitions=held)[0]


def test_a_target_below_the_start_is_one_of_the_way_down():
    held = tuple(repetition(number=k, start=120.0, apex=100.0, low=30.0) for k in range(1, 7))
    found, _ = judged("exercise", measured("rep.rom", 20.0, "deg", n=6, sd=2.0), source="camera", repetitions=held)
    assert "70° or more" in found["f_rom_short", None].sentence


def test_a_hurried_way_out_is_told_and_a_slow_one_is_not():
    def rushed(seconds):
        held = tuple(repetition(number=k, apex=90.0, time_out=seconds) for k in range(1, 7))
        return judged("exercise", measured("rep.time_out", seconds, "s", n=6, sd=0.05), repetitions=held)[0]

    assert ("f_tempo_fast", None) in rushed(0.6)
    assert not rushed(2.9)


def test_without_an_exercise_nothing_is_asked_and_nothing_is_listed():
    found, unseen = judged("exercise", measured("rep.time", 2.0, "s", n=6, sd=0.1))
    assert not found
    assert unseen == ()


# ── muscles ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_quiet_muscle_is_named_and_told_as_low_activity():
    found, _ = judged(
        "emg",
        measured("emg.level_asymmetry.vastus_medialis", -80.0, "%", n=6, sd=5.0),
        measured("emg.level_asymmetry.soleus", 10.0, "%", n=6, sd=5.0),
        source="emg",
    )
    (finding,) = found.values()
    assert finding.finding == "f_quiet_muscle"
    assert finding.side == "left"
    assert "vastus medialis" in finding.sentence
    assert finding.meaning.startswith("low activity")
    assert "inhibit" not in finding.sentence


def test_guarding_takes_two_signs():
    together = measured("emg.cocontraction.knee", 65.0, "%", "left", n=6, sd=3.0)
    choppy = measured("rep.sparc", -3.6, "1", "left", n=6, sd=0.1)
    loud = [measured(f"emg.rest_level.{name}", 25.0, "µV", "left") for name in ("soleus", "biceps_femoris")]
    assert not judged("emg", together, source="emg")[0]
    assert not judged("emg", *loud, source="emg", conditions={"contraction": "rest"})[0]
    (finding,) = judged("emg", together, choppy, source="emg")[0].values()
    assert finding.finding == "f_co_contraction"
    assert finding.confidence <= 0.5
    assert len(finding.because) == 2


def test_a_late_muscle_must_be_late_in_seven_of_ten_repetitions():
    def late(sd):
        lag = measured("emg.lag.gluteus_maximus_after_hamstrings", 0.25, "s", "left", n=8, sd=sd)
        return judged("emg", lag, source="emg")[0]

    assert late(0.02)
    assert not late(0.3)


# ── posture and body sense ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_posture_from_a_camera_is_judged_by_the_person_alone():
    now, before = (measured("posture.head_forward", value, "deg") for value in (48.0, 12.0))
    found, unseen = judged("posture", now, source="camera")
    assert not found
    assert any("only beside the same person's earlier recording" in each for each in unseen)
    (finding,) = judged("posture", now, source="camera", earlier=(before,))[0].values()
    assert finding.name.startswith("Changed since before")
    assert finding.reference.basis == "earlier"
    assert "usual" not in finding.sentence


def test_one_try_is_no_position_sense():
    one = measured("jps.absolute_error", 20.0, "deg", "left", n=1)
    assert not judged("jps", one)[0]
    assert judged("jps", measured("jps.absolute_error", 20.0, "deg", "left", n=6, sd=3.0))[0]


# ── laws for every rule ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rule", knowledge().rules, ids=lambda rule: rule.finding)
def test_every_sentence_reads_whole(rule):
    """A value far past every limit gives a sentence without empty places or words of the machine."""
    for condition in rule.conditions:
        if not condition.limits or rule.signs_needed > 1:
            continue
        name = condition.measure.replace(".*", ".soleus")
        far = [limit.value for limit in condition.limits if limit.decides]
        value = (max(far) + 500.0) if condition.upward else (min(far) - 500.0)
        sides = ("left", "right") if condition.sides in {"each", "difference"} else (None,)
        held = [measured(name, value if s != "right" else 0.5, condition.unit, s, n=20, sd=0.01) for s in sides]
        if condition.sides == "difference":
            low, high = (5.0, 900.0)
            held = [
                measured(name, v, condition.unit, s, n=20, sd=0.01) for s, v in zip(sides, (low, high), strict=True)
            ]
        task = sorted(rule.tasks)[0]
        age = next((limit.youngest_years + 1 for limit in condition.limits if limit.of_an_age), 40)
        for source in ("markers", "force", "camera", "imu"):
            found, _ = judged(
                task, *held, person=Person(age_years=age, sex="m", leg_length_m=0.9), source=source,
                conditions={**rule.only_for, **condition.when},
            )  # fmt: skip
            for (finding, _), each in found.items():
                if finding == rule.finding:
                    assert not set("{}") & set(each.sentence)
                    assert "nan" not in each.sentence.lower()
                    assert "  " not in each.sentence
                    assert "None" not in each.sentence


def test_errors_that_grow_with_the_value_are_told_by_the_value():
    matched = references(["balance.sway_velocity"], ADULT, source="force", conditions=FIRM_OPEN, task="stand")
    error = matched.errors["balance.sway_velocity"]
    assert error.at(20.0) == pytest.approx(2 * error.at(10.0))


# ── what the exercise checks itself ───────────────────────────────────────────────────────────────────────────────────


def leaning(number, value, *, broken=True, severity="minor"):
    """A repetition whose trunk leans by so much, where the exercise allows 15 degrees."""
    part = Part(
        name="m_trunk_lean_sag", label="trunk lean", value=value, unit="deg", score=0.5, weight=0.3, low=-INF, high=15.0,
        limit=25.0, error=5.0, source="the exercise's check",
    )  # fmt: skip
    fault = Fault(
        reading="m_trunk_lean_sag", label="trunk lean", value=value, limit=15.0, unit="deg", severity=severity
    )
    return repetition(number=number, apex=90.0, parts=(part,), faults=(fault,) if broken else ())


def checks(*repetitions):
    counted = measured("rep.count", len(repetitions), "count", n=len(repetitions))
    return [
        each
        for (name, _), each in judged("exercise", counted, repetitions=repetitions)[0].items()
        if name == "f_exercise_check"
    ]


def test_a_check_that_most_repetitions_break_is_a_finding_with_the_exercises_own_limit():
    (finding,) = checks(*(leaning(k, 30.0) for k in range(1, 7)))
    assert finding.sentence == (
        "Trunk lean: 30° on average, where the exercise allows at most 15°. That is 15° beyond, more than measuring error (5°)."
    )
    assert finding.reference.basis == "asked"


def test_a_check_broken_within_measuring_error_or_now_and_then_or_only_to_be_mentioned_is_none():
    assert not checks(*(leaning(k, 18.0) for k in range(1, 7)))
    assert not checks(leaning(1, 40.0), *(leaning(k, 10.0, broken=False) for k in range(2, 7)))
    assert not checks(*(leaning(k, 40.0, severity="info") for k in range(1, 7)))


def test_few_repetitions_must_all_break_it_and_are_less_sure():
    (finding,) = checks(leaning(1, 30.0), leaning(2, 31.0))
    assert finding.confidence < 0.65
    assert "Only 2 repetitions could be judged" in finding.sentence
    assert not checks(leaning(1, 40.0), leaning(2, 10.0, broken=False))


ODD = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, float("inf"), -1.0, 1e-12]))
PART2 = [rule for rule in knowledge().rules if rule.tasks != {"walk"}]


@given(data=st.data())
def test_whatever_is_measured_no_finding_lies_within_its_error(data):
    rule = data.draw(st.sampled_from(PART2))
    held = []
    for condition in rule.conditions:
        name = condition.measure.replace(".*", ".soleus")
        for side in ("left", "right", None):
            value = data.draw(ODD)
            one = measured(name, 1.0, condition.unit, side, n=data.draw(st.integers(1, 30)), sd=data.draw(ODD))
            object.__setattr__(one, "value", value)
            held.append(one)
    person = data.draw(st.sampled_from([ADULT, ELDER, Person()]))
    conditions = data.draw(st.sampled_from([{}, FIRM_OPEN, {**rule.only_for}, {"contraction": "rest"}]))
    source = data.draw(st.sampled_from(["markers", "camera", "imu", "force", "emg"]))
    found, _ = judged(sorted(rule.tasks)[0], *held, person=person, conditions=conditions, source=source)
    for each in found.values():
        assert each.deviation >= each.error >= 0
        assert 0.0 <= each.confidence <= 1.0
        assert "nan" not in each.sentence
        assert each.reference.citation


def test_the_page_of_findings_lists_every_rule_and_what_decides():
    page = (Path(__file__).resolve().parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")
    for rule in knowledge().rules:
        if "walk" not in rule.tasks:
            measures = "; ".join(dict.fromkeys(f"`{each.measure}`" for each in rule.conditions))
            tasks = ", ".join(sorted(rule.tasks))
            assert f"| `{rule.finding}` | {tasks} | {rule.name} | {measures} | {rule.decided_by} |" in page, (
                rule.finding
            )


def test_an_exercise_that_nobody_named_asked_nothing():
    held = tuple(leaning(k, 40.0) for k in range(1, 7))
    short = measured("rep.rom", 20.0, "deg", n=6, sd=1.0)
    assert not judged("exercise", short, repetitions=held, conditions={})[0]

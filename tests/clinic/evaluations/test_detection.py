"""Findings from typed numbers."""

from __future__ import annotations

from poise.clinic.evaluations.domain.detection import Detected, Person, Value, detect
from poise.knowledge.clinical import library


def found(*values: Value, age: float | None = 72.0, sex: str = "f") -> dict[str, Detected]:
    person = Person(age_years=age, sex=sex)
    return {each.finding.id: each for each in detect(library().tests.values(), values, person)}


def number(measure: str, value: float, side: str = "none", instrument: str = "timer") -> Value:
    return Value(measure=measure, side=side, value=value, unit="s", instrument=instrument)


def test_a_slow_up_and_go_is_a_finding() -> None:
    assert found(number("m_tug_time", 15.0))["f_slow_tug"].severity == "major"


def test_a_number_past_the_limit_by_no_more_than_the_error_is_told_but_is_no_finding() -> None:
    assert found(number("m_tug_time", 12.6))["f_slow_tug"].within_error


def test_a_usual_number_is_nothing_at_all() -> None:
    assert found(number("m_tug_time", 9.0)) == {}


def test_the_limit_is_that_of_the_age_and_none_where_the_age_is_not_known() -> None:
    assert "f_slow_sts" not in found(number("m_5xsts_time", 13.0), age=82.0)
    assert found(number("m_5xsts_time", 13.0), age=62.0)["f_slow_sts"].limit == 11.4
    assert "f_slow_sts" not in found(number("m_5xsts_time", 13.0), age=None)


def test_a_limit_by_age_and_sex_asks_for_both() -> None:
    stands = number("m_sts30_reps", 8.0)
    assert found(stands)["f_slow_sts"].limit == 10.0
    assert "f_slow_sts" not in found(stands, sex="")


def test_a_lag_of_the_knee_is_not_one_of_the_shoulder() -> None:
    shoulder = number("m_active_lag.shoulder_flexion", 14.0, "right", "goniometer")
    assert "f_extensor_lag" not in found(shoulder)
    assert "f_active_passive_gap" in found(shoulder)
    knee = found(number("m_active_lag.knee_extension", 14.0, "right", "goniometer"))
    assert knee["f_extensor_lag"].severity == "major"


def test_a_gate_that_was_not_measured_does_not_hold() -> None:
    foam = number("m_ctsib_c4", 6.0)
    assert "f_vestibular_pattern" not in found(foam)
    others = [number(f"m_ctsib_c{k}", 30.0) for k in (1, 2, 3)]
    assert "f_vestibular_pattern" in found(foam, *others)


def test_what_is_read_by_eye_is_less_sure_than_what_a_timer_says() -> None:
    seen = found(number("m_recovery_steps", 4.0, instrument="observation"))["f_slow_recovery"]
    assert seen.confidence == 0.7


def test_only_the_side_that_is_off_is_named() -> None:
    hits = detect(library().tests.values(), [number("m_sls_time", 3.0, "left"), number("m_sls_time", 28.0, "right")],
                  Person(age_years=72.0, sex="f"))  # fmt: skip
    assert [(each.finding.id, each.value.side) for each in hits] == [("f_poor_single_leg", "left")]

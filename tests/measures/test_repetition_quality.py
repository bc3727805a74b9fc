"""Every repetition of a set with its course, its compensations and its quality."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.errors import BadSetting
from poise.measures.repetition_definitions import DEFINITIONS
from poise.measures.repetition_kinematics import course_of, course_values
from poise.measures.repetition_quality import judged, own_reference
from poise.measures.repetition_set import together
from poise.model import Bound, Check, Exercise, Recording, Repetition, Target
from poise.testing.tasks import simulate_squats

SQUAT = Exercise(
    id="x_test", name={"en": "Squat"}, kind="cycle", view="side", laterality="bilateral",
    target=Target(reading="m_knee_flexion", value=85.0, tolerance=10.0, at="down"),
    checks=(
        Check(bound=Bound(reading="m_trunk_lean_front", above=True, value=8.0), severity="major"),
        Check(bound=Bound(reading="m_rep_time", above=False, value=1.5), severity="minor"),
    ),
    tempo_s=(1.2, 0.2, 1.1),
)  # fmt: skip


def repetitions(count: int, knee_deg: float = 85.0, side: str | None = None) -> list[Repetition]:
    return [
        Repetition(
            number=i + 1, side=side, start_s=1.0 + 3.3 * i, apex_s=2.3 + 3.3 * i, end_s=3.5 + 3.3 * i,  # type: ignore[arg-type]
            reading="m_knee_flexion", unit="deg", start=11.0, apex=knee_deg,
        )
        for i in range(count)
    ]  # fmt: skip


def recording(count: int = 5, **changes: Any) -> Recording:
    return simulate_squats(repetitions=count, rate_hz=60.0, **changes).posture.body()


def value(repetition: Repetition, name: str) -> float:
    return next(each for key, each, _ in repetition.values if key == name)


def test_vector_reps_cosine_is_told_phase_by_phase() -> None:
    time_s = np.arange(601) / 50.0
    angle = 45.0 * (1 - np.cos(2 * np.pi * time_s / 4.0))
    one = Repetition(
        number=1, side=None, start_s=4.0, apex_s=6.0, end_s=8.0, reading="m_knee_flexion", unit="deg", start=0.0, apex=90.0
    )  # fmt: skip
    course = course_of(time_s, angle, one)
    assert course is not None
    told = {name: number for name, number, _ in course_values(course)}
    assert told["peak_velocity"] == pytest.approx(70.68583471, rel=0.005)
    assert told["time_out"] == pytest.approx(2.0, abs=0.02)
    assert told["time_back"] == pytest.approx(2.0, abs=0.02)
    assert told["time_hold"] == 0.0
    assert told["mean_velocity"] == pytest.approx(45.0, rel=0.02)
    assert told["velocity_peaks"] == 1
    # Half a sine starts and stops with a jerk: a little rougher than the −1.41 of a minimum-jerk movement.
    assert told["sparc"] == pytest.approx(-1.56, abs=0.03)


def test_a_hold_is_parted_from_the_ways() -> None:
    found = judged(recording(1, bottom_s=1.0), None, [
        Repetition(number=1, side=None, start_s=1.0, apex_s=2.7, end_s=4.3, reading="m_knee_flexion", unit="deg",
                   start=11.0, apex=85.0),
    ])[0]  # fmt: skip
    assert value(found, "time_hold") == pytest.approx(1.0, abs=0.25)
    total = sum(value(found, name) for name in ("time_out", "time_hold", "time_back"))
    assert total == pytest.approx(3.3, abs=0.1)


def test_a_good_set_is_good_and_says_what_it_was_judged_by() -> None:
    found = judged(recording(), SQUAT, repetitions(5))
    assert [each.number for each in found] == [1, 2, 3, 4, 5]
    for each in found:
        assert each.quality is not None
        assert each.quality > 90.0, each.parts
        assert {part.source for part in each.parts} >= {"the exercise's target", "the exercise's check"}
        assert sum(part.weight for part in each.parts) == pytest.approx(1.0, abs=0.2)
        assert value(each, "path_ratio") == pytest.approx(1.0, abs=0.02)
        assert value(each, "rom_asymmetry") == pytest.approx(0.0, abs=1.0)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.0, 30.0), st.floats(0.0, 15.0))
def test_more_lean_never_scores_higher(lean: float, more: float) -> None:
    one, other = (judged(recording(1, lean_left_deg=-d), SQUAT, repetitions(1))[0].quality for d in (lean, lean + more))
    assert one is not None
    assert other is not None
    assert other <= one + 1e-6


def test_faults_limit_the_quality_and_are_named() -> None:
    leaning = judged(recording(1, lean_left_deg=-35.0), SQUAT, repetitions(1))[0]
    assert leaning.limiting == "m_trunk_lean_front"
    assert leaning.quality is not None
    assert leaning.quality <= 20.0 + 1e-6
    shallow = judged(recording(1, depth=0.1), SQUAT, repetitions(1, knee_deg=45.0))[0]
    assert shallow.limiting == "range"


def test_the_odd_one_is_unlike_the_others() -> None:
    found = judged(recording(4), None, [*repetitions(3), repetitions(4, knee_deg=84.0)[3]])
    assert all(value(each, "similarity") < 2.0 for each in found)
    assert all(value(each, "timing") < 2.0 for each in found)


def test_without_a_body_the_reading_itself_tells_the_course() -> None:
    time_s = np.arange(601) / 50.0
    angle = 45.0 * (1 - np.cos(2 * np.pi * time_s / 4.0))
    blind = Recording(id="imu", source="", streams={})
    one = Repetition(
        number=1, side=None, start_s=0.0, apex_s=2.0, end_s=4.0, reading="angle", unit="deg", start=0, apex=90
    )
    told = judged(blind, None, [one], primary=(time_s, angle))[0]
    assert value(told, "peak_velocity") == pytest.approx(70.7, rel=0.01)
    untold = judged(blind, None, [one])[0]
    assert untold.quality is None
    assert untold.values == ()


def test_what_is_hidden_gives_no_number() -> None:
    seen = recording(1)
    body = seen["body"]
    hidden = body.values.copy()
    hidden[:, [i for i, name in enumerate(body.channels) if "knee" in name]] = np.nan
    blind = seen.after(seen.history[0], body=type(body)(**{**body.__dict__, "values": hidden}))
    found = judged(blind, SQUAT, repetitions(1))[0]
    names = {name for name, _, _ in found.values}
    assert not names & {"sparc", "peak_velocity", "knee_inward", "rom_asymmetry"}
    assert all(np.isfinite(number) for _, number, _ in found.values)


def test_every_value_is_defined_with_its_unit() -> None:
    units = {each.measure: each.unit for each in DEFINITIONS}
    for each in judged(recording(), SQUAT, repetitions(5)):
        for name, _, unit in each.values:
            assert units[f"rep.{name}"] == unit, name


def test_a_set_tells_its_variation_from_five_on() -> None:
    five = {name: number for name, _, number, _, _ in together(repetitions(5))}
    assert five["rom_cv"] == pytest.approx(0.0, abs=1e-9)
    assert five["time_cv"] == pytest.approx(0.0, abs=1e-6)
    assert dict.fromkeys(name for name, *_ in together(repetitions(4))) == {}
    sides = [*repetitions(2, 90.0, "left"), *repetitions(2, 70.0, "right")]
    asymmetry = next(number for name, _, number, _, _ in together(sides) if name == "rom_asymmetry")
    assert asymmetry == pytest.approx(200 * (79 - 59) / (79 + 59))


def test_against_accepted_repetitions_the_odd_one_out_is_named() -> None:
    good = recording(4)
    reference = own_reference(good, repetitions(4))
    assert all(each.quality == pytest.approx(100.0, abs=1.0) for each in judged(
        good, SQUAT, repetitions(4), reference=reference
    ))  # fmt: skip
    leaning = judged(recording(1, lean_left_deg=25.0), SQUAT, repetitions(1), reference=reference)[0]
    assert leaning.quality is not None
    assert leaning.quality < 95.0
    assert any("trunk_side" in fault.reading for fault in leaning.faults)
    with pytest.raises(BadSetting):
        own_reference(good, repetitions(2))

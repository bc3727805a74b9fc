"""Repetitions of a whole recording: how many, when and how far, told or not told the exercise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.cleaning.prepare import prepare
from poise.knowledge.exercises import exercise, exercise_of_task
from poise.measures.repetition_frames import possible_offline
from poise.measures.repetition_load import load_asymmetries
from poise.measures.repetitions import MEASURE, compute_with
from poise.model import Frame, Kind, Measure, Recording, Stream
from poise.readers.find import read_file
from poise.testing.exercises import Exerciser, Repeated, exercised, mirrored, turned
from poise.testing.tasks import simulate_lying

SQUAT = exercise("x_squat")
THREE = Repeated(ranges_deg=(80.0, 70.0, 60.0), hold_s=0.4)


def values(measured):
    return {each.ref: each.value for each in measured.measurements}


def test_it_is_a_measure():
    assert isinstance(MEASURE, Measure)


@pytest.mark.parametrize("rate_hz", [15.0, 30.0, 100.0])
@pytest.mark.parametrize("told", [SQUAT, None])
def test_number_range_and_borders_of_a_simulated_set(rate_hz, told):
    found = compute_with(exercised(Exerciser(set=THREE, rate_hz=rate_hz)), told).repetitions
    assert len(found) == 3
    one_frame = 1.0 / rate_hz
    np.testing.assert_allclose([each.start_s for each in found], THREE.starts_s, atol=0.05 + one_frame)
    np.testing.assert_allclose([each.end_s for each in found], THREE.ends_s, atol=0.05 + one_frame)
    if told:
        np.testing.assert_allclose([each.range for each in found], THREE.ranges_deg, atol=1.5)
        assert [each.clean for each in found] == [True, False, False]


@given(noise_m=st.floats(0.0, 0.006), seed=st.integers(0, 1000))
@settings(max_examples=10)
def test_noise_moves_borders_by_less_than_a_tenth_of_a_second(noise_m, seed):
    """measures.md 3.1: boundary error at most 0.1 s; here noise of up to 6 mm on every point, as webcams have."""
    found = compute_with(exercised(Exerciser(set=THREE, rate_hz=30.0, noise_m=noise_m, seed=seed)), SQUAT).repetitions
    assert len(found) == 3
    np.testing.assert_allclose([each.start_s for each in found], THREE.starts_s, atol=0.2)
    assert np.median(np.abs(np.subtract([each.end_s for each in found], THREE.ends_s))) < 0.1


@given(degrees=st.floats(0.0, 360.0), scale=st.floats(0.6, 1.2))
@settings(max_examples=10)
def test_turned_laboratory_and_a_smaller_body_change_nothing(degrees, scale):
    here = compute_with(exercised(Exerciser(set=THREE)), SQUAT)
    there = compute_with(turned(exercised(Exerciser(set=THREE)), degrees, scale=scale), SQUAT)
    for one, other in zip(here.repetitions, there.repetitions, strict=True):
        assert (one.start_s, one.apex_s, one.end_s) == pytest.approx((other.start_s, other.apex_s, other.end_s))
        assert one.range == pytest.approx(other.range, abs=1e-6)


def test_in_a_mirror_the_left_arm_is_the_right_one():
    left = exercised(Exerciser(move="arm_left", set=Repeated(ranges_deg=(90.0,) * 3)))
    here, there = compute_with(left, None), compute_with(mirrored(left), None)
    assert {each.side for each in here.repetitions} == {"left"}
    assert {each.side for each in there.repetitions} == {"right"}
    assert [each.start_s for each in here.repetitions] == [each.start_s for each in there.repetitions]


def test_both_arms_together_are_one_movement():
    both = compute_with(exercised(Exerciser(move="arms", set=Repeated(ranges_deg=(90.0,) * 3))), None)
    assert [each.side for each in both.repetitions] == [None] * 3


def test_standing_still_is_none():
    still = exercised(Exerciser(set=Repeated(ranges_deg=(0.0,) * 3), noise_m=0.003))
    assert values(compute_with(still, SQUAT)) == {"rep.count": 0.0}
    free = compute_with(still, None)
    assert not free.measurements
    assert "Nothing moves" in free.problems[0].what


def test_squats_of_somebody_who_walks_off_are_none():
    walking = exercised(Exerciser(set=THREE, walks_m_s=0.8))
    assert not compute_with(walking, SQUAT).repetitions


@pytest.mark.parametrize("late_s", [0.0, 0.2, 0.4])
@pytest.mark.parametrize("early_s", [0.0, 0.3, 0.6])
def test_a_file_of_one_repetition_cut_a_bit_early_or_late_holds_one(late_s, early_s):
    one = Repeated(ranges_deg=(80.0,), rest_s=0.0)
    whole = exercised(Exerciser(set=one))
    body = whole[Kind.BODY].between(late_s, one.duration_s - early_s)
    cut = Recording(id="cut", source="cut", streams={Kind.BODY: body})
    for told in (SQUAT, None):
        assert len(compute_with(cut, told).repetitions) == 1


def test_half_a_repetition_is_one_that_is_not_complete_and_said_to_be():
    one = exercised(Exerciser(set=Repeated(ranges_deg=(80.0,), rest_s=0.0)))
    half = Recording(id="half", source="half", streams={Kind.BODY: one[Kind.BODY].between(1.0, 2.1)})
    measured = compute_with(half, None)
    assert [each.complete for each in measured.repetitions] == [False]
    assert "one way" in measured.problems[0].what


def test_a_partial_repetition_is_told_apart():
    measured = compute_with(exercised(Exerciser(set=Repeated(ranges_deg=(80.0, 80.0, 25.0, 80.0)))), SQUAT)
    assert values(measured)["rep.count"] == 3
    assert values(measured)["rep.partial_count"] == 1


def test_events_are_in_order_and_belong_to_their_repetitions():
    measured = compute_with(exercised(Exerciser(set=THREE)), SQUAT)
    assert [each.event for each in measured.events] == ["repetition_start", "repetition_apex", "repetition_end"] * 3
    times = [each.time_s for each in measured.events]
    assert times == sorted(times)


def test_everything_told_is_defined():
    defined = {each.measure: each.unit for each in MEASURE.defines}
    measured = compute_with(exercised(Exerciser(set=THREE)), SQUAT)
    for each in measured.measurements:
        assert each.measure in defined
        assert np.isfinite(each.value)
    assert {"rep.rom", "rep.time", "rep.quality"} <= set(values(measured))


def test_missing_in_nothing_out():
    empty = exercised(Exerciser(set=THREE))[Kind.BODY]
    gone = replace(empty, values=np.full_like(empty.values, np.nan))
    measured = compute_with(Recording(id="a", source="a", streams={Kind.BODY: gone}), SQUAT)
    assert not measured.measurements
    assert "cannot be seen" in measured.problems[0].what
    nothing = compute_with(Recording(id="a", source="a", streams={}), SQUAT)
    assert nothing.problems[0].do


def test_a_squat_seen_from_the_front_is_counted_by_the_fall_of_the_hips():
    body = exercised(Exerciser(set=THREE))[Kind.BODY]
    flat = replace(
        body, values=body.values * np.array([0.0, 1.0, 1.0]), frame=Frame(name="picture", up="+z", view="frontal")
    )
    measured = compute_with(Recording(id="front", source="front", streams={Kind.BODY: flat}), SQUAT)
    assert len(measured.repetitions) == 3
    assert {each.reading for each in measured.repetitions} == {"m_hip_drop"}
    assert "fall of the hips" in measured.problems[0].what


def test_a_worn_sensor_counts_by_how_far_it_turns():
    done = Repeated(ranges_deg=(60.0,) * 5, rest_deg=0.0)
    time_s = np.arange(round(done.duration_s * 50)) / 50
    angle = np.radians(done.angle_deg(time_s))
    turning = np.stack([np.gradient(angle, time_s), 0 * angle, 0 * angle], axis=1)
    gravity = 9.81 * np.stack([0 * angle, np.sin(angle), np.cos(angle)], axis=1)
    streams = {
        kind: Stream(
            kind=kind, channels=("shank",), time_s=time_s, values=of[:, None], unit=unit, frame=Frame(name="sensor")
        )
        for kind, of, unit in (
            (Kind.ANGULAR_VELOCITY, turning, "rad/s"), (Kind.ACCELERATION, gravity, "m/s²"),
        )
    }  # fmt: skip
    measured = compute_with(Recording(id="imu", source="imu", streams=streams), None)
    assert values(measured)["rep.count"] == 5
    assert values(measured)["rep.rom"] == pytest.approx(60.0, abs=2.0)


def test_load_of_each_repetition_where_the_plates_have_names():
    squats = exercised(Exerciser(set=THREE))
    time_s = squats[Kind.BODY].time_s
    newtons = np.zeros((len(time_s), 2, 3))
    newtons[:, 0, 2], newtons[:, 1, 2] = 200.0, 400.0
    force = Stream(
        kind=Kind.FORCE, channels=("left plate", "right plate"), time_s=time_s, values=newtons, unit="N",
        frame=Frame(name="laboratory", up="+z"),
    )  # fmt: skip
    joined = replace(squats, streams={**squats.streams, Kind.FORCE: force})
    measured = compute_with(joined, SQUAT)
    np.testing.assert_allclose(load_asymmetries(joined, measured.repetitions), -100 / 3, atol=0.5)
    assert values(measured)["rep.load_asymmetry"] == pytest.approx(-100 / 3, abs=0.5)
    assert np.isnan(load_asymmetries(squats, measured.repetitions)).all()


def test_vector_reps_cosine():
    """test-vectors.json reps.cosine, offline: times to one sample, speed to half a percent."""
    period = Repeated(ranges_deg=(90.0,) * 3, out_s=2.0, back_s=2.0, rest_s=0.0, rest_deg=0.0)
    measured = compute_with(exercised(Exerciser(set=period, rate_hz=50.0, trunk_per_knee=0.0)), SQUAT)
    found = measured.repetitions
    borders = [each.start_s for each in found] + [found[-1].end_s]
    np.testing.assert_allclose(borders, [0.0, 4.0, 8.0, 12.0], atol=0.0201)
    np.testing.assert_allclose([each.apex_s for each in found], [2.0, 6.0, 10.0], atol=0.021)
    np.testing.assert_allclose([each.range for each in found], 90.0, atol=0.5)
    assert values(measured)["rep.peak_velocity"] == pytest.approx(70.68583471, rel=0.005)


# ---------- either end of a movement; what was only recognised; what no limb can do ----------


STAND_UP = exercise("x_sit_to_stand")


def cut(recording, start_s, end_s):
    """The recording between two moments."""
    body = recording[Kind.BODY]
    kept = (body.time_s >= start_s) & (body.time_s <= end_s)
    part = replace(body, time_s=body.time_s[kept] - body.time_s[kept][0], values=body.values[kept])
    return replace(recording, streams={Kind.BODY: part})


def sat_down(count=4, **changes):
    """Somebody who stands, sits for a second and rises again, so many times, with a second of standing between."""
    pace = Repeated(ranges_deg=(90.0,) * count, out_s=1.2, hold_s=1.0, back_s=1.2, rest_s=1.0)
    return exercised(Exerciser(set=pace, rate_hz=50.0, trunk_per_knee=0.5, **changes))


@pytest.mark.parametrize(
    ("start_s", "end_s", "stands"),
    [
        (0.0, 99.0, 4), (0.0, 5.4, 1), (2.6, 99.0, 4), (2.6, 5.3, 1), (2.6, 14.8, 3), (2.6, 15.9, 3), (0.0, 14.8, 3),
        (0.4, 98.0, 4), (2.9, 17.3, 4),
    ],
)  # fmt: skip
def test_standing_up_is_counted_whether_it_begins_seated_or_standing(start_s, end_s, stands):
    assert len(compute_with(cut(sat_down(), start_s, end_s), STAND_UP).repetitions) == stands


@given(
    seed=st.integers(0, 1000),
    noise_m=st.sampled_from([0.0, 0.004, 0.008]),
    rate_hz=st.sampled_from([15.0, 30.0, 100.0]),
)
@settings(max_examples=10, deadline=None)
def test_one_sit_to_stand_a_file_is_one_at_any_rate_and_noise(seed, noise_m, rate_hz):
    pace = Repeated(ranges_deg=(85.0,), out_s=1.2, hold_s=0.3, back_s=1.2, rest_s=0.3)
    who = exercised(Exerciser(set=pace, rate_hz=rate_hz, trunk_per_knee=0.5, noise_m=noise_m, seed=seed))
    assert len(compute_with(who, STAND_UP).repetitions) == 1


def test_who_begins_standing_lowers_first_and_has_one_descent_time():
    slow_down = Repeated(ranges_deg=(90.0,) * 3, out_s=2.0, hold_s=1.0, back_s=0.7, rest_s=1.0)
    measured = compute_with(exercised(Exerciser(set=slow_down, trunk_per_knee=0.5)), STAND_UP)
    assert len(measured.repetitions) == 3
    for each in measured.repetitions:
        assert "m_descent_time" not in {fault.reading for fault in each.faults}
        part = next(part for part in each.parts if part.name == "m_descent_time")
        assert part.value == next(value for name, value, _ in each.values if name == "time_out")


def test_a_descent_that_is_too_fast_is_told_with_the_time_that_is_told():
    plump = Repeated(ranges_deg=(90.0,) * 3, out_s=0.7, hold_s=1.0, back_s=1.5, rest_s=1.0)
    for each in compute_with(exercised(Exerciser(set=plump, trunk_per_knee=0.5)), STAND_UP).repetitions:
        fault = next(fault for fault in each.faults if fault.reading == "m_descent_time")
        assert fault.value == next(value for name, value, _ in each.values if name == "time_out")


def test_what_was_only_recognised_is_not_judged_by_a_tempo_nobody_asked_for():
    quick = sat_down()
    supposed, told = compute_with(quick, exercise_of_task("sit_to_stand")), compute_with(quick, STAND_UP)
    assert len(supposed.repetitions) == len(told.repetitions) == 4
    assert all(each.clean is None and not each.faults for each in supposed.repetitions)
    asked = {part.name for each in supposed.repetitions for part in each.parts}
    assert not asked & {"time_out", "time_back", "m_descent_time"}
    assert all(each.quality > 90.0 for each in supposed.repetitions)
    assert {"time_out", "time_back"} <= {part.name for each in told.repetitions for part in each.parts}


def test_two_supposed_repetitions_have_parts_but_no_quality():
    assert all(each.quality is None for each in compute_with(sat_down(2), exercise_of_task("squat")).repetitions)


def test_who_lies_does_no_squat_and_nothing_is_divided_by_nothing():
    lying = prepare(simulate_lying())
    for asked in (SQUAT, STAND_UP):
        assert not compute_with(lying, asked).repetitions
    compute_with(lying, None)


def test_a_jump_that_no_limb_can_do_is_lost_and_no_movement():
    time_s = np.arange(100) / 30.0
    bent = 60.0 * np.sin(np.pi * time_s / time_s[-1]) ** 2
    lost = bent.copy()
    lost[20:24] += 90.0
    lost[70:75] -= 80.0
    found = possible_offline(time_s, lost, 600.0, 10.0)
    np.testing.assert_array_equal(np.isnan(found), lost != bent)
    np.testing.assert_array_equal(possible_offline(time_s, bent, 600.0), bent)


# ---------- real recordings ----------


@pytest.mark.data
@pytest.mark.parametrize(
    ("trial", "name"), [("squats1", "x_squat"), ("squatsAsym1", "x_squat"), ("STS1", "x_sit_to_stand")]
)
@pytest.mark.parametrize("ending", [".trc", "_ik_manual_deg.mot", "_ik_addbiomechanics_rad.mot"])
def test_five_of_each_in_the_laboratory(shared_data, trial, name, ending):
    recording = prepare(read_file(shared_data / "opencap-lab-tasks" / "Subject4" / f"{trial}{ending}")[0])
    assert len(compute_with(recording, exercise(name)).repetitions) == 5
    assert len(compute_with(recording, None).repetitions) == 5


@pytest.mark.data
def test_none_in_standing_and_walking(shared_data):
    for trial in ("static1", "walking1", "walkingTS1", "walkingTI1"):
        recording = prepare(read_file(shared_data / "opencap-lab-tasks" / "Subject4" / f"{trial}.trc")[0])
        assert not compute_with(recording, SQUAT).repetitions
        assert not compute_with(recording, None).repetitions


@pytest.mark.data
@pytest.mark.parametrize("sensor", ["kinect", "vicon"])
def test_one_sit_to_stand_and_one_squat_a_file_by_their_exercise(shared_data, sensor):
    folder = shared_data / "ui-prmd-rehab-exercises" / sensor
    for name, asked in (("m05", STAND_UP), ("m01", SQUAT)):
        for path in sorted(folder.glob(f"*/positions/{name}_s0[12]_e01.txt.gz")):
            assert len(compute_with(prepare(read_file(path)[0]), asked).repetitions) == 1, path.name

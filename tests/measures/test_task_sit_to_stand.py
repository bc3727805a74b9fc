"""Sit-to-stand from points, a back sensor and plates: simulated people whose moments are known, and what is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.cleaning.prepare import prepare
from poise.measures import task_sit_to_stand, task_sit_to_stand_force, task_sit_to_stand_imu
from poise.measures import task_sit_to_stand_values as values
from poise.measures.task_sit_to_stand_values import Conventions, StandUp
from poise.model import Kind, Measured, Recording
from poise.model.body import mirrored
from poise.signals.geometry import rotation_about
from poise.testing.imu_tasks import worn_on_back
from poise.testing.tasks import Simulated, plates_under, simulate_sit_to_stand, simulate_squats, simulate_tug

POINTS, BACK, PLATES = task_sit_to_stand.MEASURE, task_sit_to_stand_imu.MEASURE, task_sit_to_stand_force.MEASURE
WORN = [
    rotation_about(np.array(axis), angle)
    for axis, angle in (((1.0, 0, 0), 0.0), ((1.0, 2, 0), 1.1), ((0, 1.0, 3), 2.5), ((1.0, 1, 1), 4.0))
]


def told(found: Measured) -> dict[str, float]:
    return {each.ref: each.value for each in found.measurements}


def moments(found: Measured, event: str) -> np.ndarray:
    return np.array([each.time_s for each in found.events if each.event == event])


def off(found: Measured, person: Simulated, event: str, field: str) -> float:
    return float(np.abs(moments(found, event) - [getattr(each, field) for each in person.stands]).max())


@pytest.fixture(scope="module")
def person() -> Simulated:
    return simulate_sit_to_stand()


@pytest.fixture(scope="module")
def seated_spans(person: Simulated) -> list[tuple[float, float]]:
    return [(each.seat_off_s, each.seat_s) for each in person.stands]


def test_points_tell_every_moment_of_a_stand(person: Simulated) -> None:
    found = POINTS.compute(person.posture.body(noise_m=0.002))
    got = told(found)
    assert got["sts.count"] == 5
    assert got["sts.time_5"] == pytest.approx(person.stands[4].seat_s - person.stands[0].rise_s, abs=0.15)
    assert got["sts.rise_time"] == pytest.approx(1.1, abs=0.15)
    assert got["sts.trunk_flexion_peak"] == pytest.approx(38.0, abs=1.0)
    assert got["sts.arms_used"] == 0.0
    for event, field in (
        ("rise_start", "rise_s"),
        ("seat_off", "seat_off_s"),
        ("upright", "up_s"),
        ("sit_start", "sit_s"),
        ("seat_contact", "seat_s"),
    ):
        assert off(found, person, event, field) < 0.1


@pytest.mark.parametrize("worn", WORN)
def test_a_back_sensor_tells_them_whichever_way_round_it_is_worn(person: Simulated, worn: np.ndarray) -> None:
    found = BACK.compute(worn_on_back(person.posture, worn=worn))
    got = told(found)
    assert got["sts.count"] == 5
    assert got["sts.time_5"] == pytest.approx(person.stands[4].seat_s - person.stands[0].rise_s, abs=0.2)
    assert got["sts.rise_time"] == pytest.approx(1.1, abs=0.15)
    # The sensor sits 12 cm up the trunk, which straightens while it goes up.
    assert got["sts.rise_height"] == pytest.approx(0.36, abs=0.05)
    assert off(found, person, "rise_start", "rise_s") < 0.1


def test_plates_under_the_feet_tell_the_time_and_the_load(
    person: Simulated, seated_spans: list[tuple[float, float]]
) -> None:
    got = told(PLATES.compute(plates_under(person.posture, left_share=0.4, seat_off=seated_spans)))
    assert got["sts.count"] == 5
    assert got["sts.time_5"] == pytest.approx(person.stands[4].seat_s - person.stands[0].seat_off_s, abs=0.5)
    assert got["sts.load_asymmetry"] == pytest.approx(-20.0, abs=0.1)


def test_plates_that_nobody_named_give_no_side(person: Simulated, seated_spans: list[tuple[float, float]]) -> None:
    found = PLATES.compute(plates_under(person.posture, left_share=0.4, seat_off=seated_spans, named=False))
    assert told(found)["sts.load_difference"] == pytest.approx(20.0, abs=0.1)
    assert "sts.load_asymmetry" not in told(found)
    assert any("left foot" in each.what for each in found.problems)


def test_markers_beside_plates_say_whose_foot_it_is(person: Simulated, seated_spans: list[tuple[float, float]]) -> None:
    plates = plates_under(person.posture, left_share=0.4, seat_off=seated_spans, named=False)
    both = replace(plates, streams={**plates.streams, **person.posture.body().streams})
    assert told(POINTS.compute(both))["sts.load_asymmetry"] == pytest.approx(-20.0, abs=0.1)
    assert not PLATES.fits(both)


def test_hands_that_push_are_seen() -> None:
    pushing = simulate_sit_to_stand(arms="pushing")
    assert told(POINTS.compute(pushing.posture.body()))["sts.arms_used"] == 100.0


@pytest.mark.parametrize("heading_deg", [0.0, 70.0, 180.0, 261.0])
def test_turning_the_laboratory_changes_nothing(person: Simulated, heading_deg: float) -> None:
    straight, turned = (
        POINTS.compute(person.posture.body()),
        POINTS.compute(person.posture.body(heading_deg=heading_deg)),
    )
    assert told(turned) == pytest.approx(told(straight), abs=1e-6)


def in_mirror(recording: Recording) -> Recording:
    body = recording[Kind.BODY]
    flipped = replace(
        body, channels=tuple(map(mirrored, body.channels)), values=body.values * np.array([1.0, -1.0, 1.0])
    )
    return replace(recording, streams={Kind.BODY: flipped})


def test_a_mirror_changes_nothing(person: Simulated) -> None:
    recording = person.posture.body()
    assert told(POINTS.compute(in_mirror(recording))) == pytest.approx(told(POINTS.compute(recording)), abs=1e-9)


@given(
    height_m=st.floats(1.45, 2.0),
    rate_hz=st.sampled_from([30.0, 60.0, 120.0]),
    stands=st.integers(1, 7),
    rise_s=st.floats(0.8, 2.5),
)
@settings(max_examples=15)
def test_counts_and_times_hold_for_anybody_at_any_rate(
    height_m: float, rate_hz: float, stands: int, rise_s: float
) -> None:
    person = simulate_sit_to_stand(
        height_m=height_m, rate_hz=rate_hz, stands=stands, rise_s=rise_s, seat_m=0.26 * height_m
    )
    found = POINTS.compute(person.posture.body())
    assert told(found)["sts.count"] == stands
    assert off(found, person, "upright", "up_s") < 0.05 + 0.08 * rise_s
    assert off(found, person, "rise_start", "rise_s") < 0.1 + 0.08 * rise_s
    assert ("sts.time_5" in told(found)) == (stands >= 5)


def test_views_give_what_they_show_and_say_what_they_do_not(person: Simulated) -> None:
    side, front = (POINTS.compute(person.posture.pictured(view)) for view in ("sagittal", "frontal"))
    assert told(side)["sts.trunk_flexion_peak"] == pytest.approx(38.0, abs=1.0)
    assert told(front)["sts.count"] == 5
    assert not {"sts.trunk_flexion_peak", "sts.arms_used"} & set(told(front))
    assert any("from the front" in each.what for each in front.problems)


def test_what_is_missing_gives_no_number(person: Simulated) -> None:
    recording = person.posture.body()
    body = recording[Kind.BODY]
    hidden = replace(
        body,
        values=np.where(
            np.array(["ankle" in name or "heel" in name for name in body.channels])[:, None], np.nan, body.values
        ),
    )
    found = POINTS.compute(replace(recording, streams={Kind.BODY: hidden}))
    assert found.measurements == ()
    assert found.problems
    without = body.only([name for name in body.channels if "ankle" not in name])
    assert not POINTS.fits(replace(recording, streams={Kind.BODY: without}))


def test_a_gap_in_the_middle_costs_no_count(person: Simulated) -> None:
    recording = person.posture.body()
    body = recording[Kind.BODY]
    values_ = body.values.copy()
    values_[300:315] = np.nan
    assert (
        told(POINTS.compute(replace(recording, streams={Kind.BODY: replace(body, values=values_)})))["sts.count"] == 5
    )


@pytest.mark.parametrize("other", [simulate_squats, simulate_tug])
def test_five_stands_are_found_in_no_other_task(other: object) -> None:
    found = POINTS.compute(other().posture.body())  # type: ignore[operator]
    assert "sts.time_5" not in told(found)


def test_squats_are_no_stands() -> None:
    squats = simulate_squats()
    for found in (POINTS.compute(squats.posture.body()), PLATES.compute(plates_under(squats.posture))):
        assert found.measurements == ()
        assert found.problems


def test_a_recording_that_is_cut_before_the_fifth_seat_times_the_fifth_stand_only(person: Simulated) -> None:
    recording = person.posture.body()
    body = recording[Kind.BODY].between(0.0, person.stands[4].sit_s + 0.3)
    found = POINTS.compute(replace(recording, streams={Kind.BODY: body}))
    assert "sts.time_5" not in told(found)
    assert told(found)["sts.time_5_standing"] == pytest.approx(
        person.stands[4].up_s - person.stands[0].rise_s, abs=0.15
    )
    assert any("fifth" in each.what for each in found.problems)


def stand(start_s: float) -> StandUp:
    return StandUp(
        start_s=start_s,
        seat_off_s=start_s + 0.4,
        half_s=start_s + 0.7,
        up_s=start_s + 1.1,
        sit_s=start_s + 1.5,
        seat_s=start_s + 2.4,
    )


def test_more_than_half_up_when_time_is_over_counts() -> None:
    stands = [stand(1.0 + 2.9 * number) for number in range(12)]
    # The eleventh begins at 30.0 s and is half up at 30.7 s; time is over at 31.0 s.
    assert values.counted(stands, 31.0) == 11
    assert values.counted(stands, 30.5) == 10


def test_five_rises_in_an_afternoon_are_no_test() -> None:
    stands = [stand(60.0 * number) for number in range(5)]
    assert len(values.longest_run(stands, Conventions().longest_pause_s)) == 1
    hurried = [*stands[:2], *(stand(120.0 + 2.8 * number) for number in range(5))]
    assert len(values.longest_run(hurried, Conventions().longest_pause_s)) == 5


def test_thirty_seconds_are_counted_where_thirty_were_recorded() -> None:
    long = simulate_sit_to_stand(stands=11)
    assert told(POINTS.compute(long.posture.body()))["sts.count_30s"] == values.counted(
        [
            StandUp(start_s=s.rise_s, seat_off_s=s.seat_off_s, half_s=0.5 * (s.seat_off_s + s.up_s), up_s=s.up_s)
            for s in long.stands
        ],
        long.stands[0].rise_s + 30.0,
    )
    assert "sts.count_30s" not in told(POINTS.compute(simulate_sit_to_stand().posture.body()))


def test_a_walk_gives_no_stand() -> None:
    from poise.testing.walking import simulate_walk

    assert POINTS.compute(simulate_walk().body()).measurements == ()


@pytest.mark.data
def test_points_and_plates_of_one_recording_agree(shared_data: Path) -> None:
    from poise.workflows.assess import read

    for markers in sorted((shared_data / "opencap-lab-tasks").rglob("STS*.trc")):
        by_points = POINTS.compute(prepare(read(markers)[0]))
        by_plates = PLATES.compute(prepare(read(markers.with_name(f"{markers.stem}_grf.mot"))[0]))
        assert told(by_points)["sts.count"] == told(by_plates)["sts.count"] == 5
        assert told(by_points)["sts.time_5"] == pytest.approx(told(by_plates)["sts.time_5"], abs=0.3)
        assert moments(by_points, "seat_contact") == pytest.approx(moments(by_plates, "seat_contact"), abs=0.1)


@pytest.mark.data
def test_a_day_of_older_people_holds_no_five_stand_test(shared_data: Path) -> None:
    from poise.workflows.assess import read

    for file in sorted((shared_data / "mobgap-lumbar-imu").rglob("data.mat")):
        for recording in read(file):
            got = told(BACK.compute(recording))
            assert not {"sts.time_5", "sts.count_30s"} & set(got)
            if "Test5" in recording.id:
                assert got == {}


def test_the_repetition_tracker_counts_the_same_stands(person: Simulated) -> None:
    from poise.workflows.one_recording import assess_recording
    from poise.workflows.request import Request

    found = assess_recording(person.posture.body(), Request(task="sit_to_stand"))
    counts = {each.measure: each.value for each in found.measurements if each.measure in {"rep.count", "sts.count"}}
    assert counts == {"rep.count": 5.0, "sts.count": 5.0}


@given(cut_s=st.floats(0.0, 9.0))
@settings(max_examples=10)
def test_cut_anywhere_the_later_stands_stay_where_they_were(cut_s: float) -> None:
    recording = simulate_sit_to_stand().posture.body()
    whole = POINTS.compute(recording)
    part = POINTS.compute(replace(recording, streams={Kind.BODY: recording[Kind.BODY].between(cut_s, 1e9)}))
    later = [t for t in moments(whole, "upright") if t > cut_s + 2.6]
    assert moments(part, "upright")[-len(later) :] == pytest.approx(later, abs=0.03)


@given(noise_mm=st.floats(0.0, 6.0), seed=st.integers(0, 50))
@settings(max_examples=10)
def test_jitter_of_a_pose_network_costs_no_count(noise_mm: float, seed: int) -> None:
    person = simulate_sit_to_stand(rate_hz=30.0)
    found = POINTS.compute(person.posture.body(noise_m=noise_mm / 1000.0, seed=seed))
    assert told(found)["sts.count"] == 5
    assert told(found)["sts.time_5"] == pytest.approx(person.stands[4].seat_s - person.stands[0].rise_s, abs=0.3)


def test_a_rise_that_falls_back_is_said_and_not_counted() -> None:
    person = simulate_sit_to_stand(stands=6)
    third = person.stands[2]
    hips, shares = person.posture.hips_m.copy(), np.ones(len(person.posture.time_s))
    inside = (person.posture.time_s > third.rise_s) & (person.posture.time_s < third.seat_s + 0.3)
    shares[inside] = 0.55
    low = hips[0]
    halted = replace(person.posture, hips_m=low + shares[:, None] * (hips - low))
    found = POINTS.compute(halted.body())
    assert told(found)["sts.count"] == 5
    assert any("did not reach standing" in each.what for each in found.problems)

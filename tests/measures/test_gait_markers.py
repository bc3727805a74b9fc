"""Gait from markers: simulated walks with known events and lengths, and the laws that hold for any walk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from poise.cleaning.prepare import prepare
from poise.measures import gait_markers
from poise.measures.footfalls import Footfalls, walk_from
from poise.measures.gait_markers import Detector
from poise.measures.walker import Foot, Windows, placed_on_floor, walker
from poise.model import Event, Frame, Kind, Measured, Recording, Stream
from poise.model.body import mirrored
from poise.readers.find import read_file
from poise.testing.walking import SimulatedWalk, simulate_walk
from poise.workflows.validation.scores import Matches, match_events, pooled

Array = NDArray[np.float64]
MEASURE = gait_markers.MEASURE


def measured(recording: Recording) -> Measured:
    return MEASURE.compute(recording)


def times(events: tuple[Event, ...], event: str, side: str) -> list[float]:
    return [each.time_s for each in events if (each.event, each.side) == (event, side)]


def against_truth(found: Measured, truth: tuple[Event, ...], tolerance_s: float = 0.1) -> Matches:
    return pooled([
        match_events(times(found.events, event, side), times(truth, event, side), tolerance_s)
        for event in ("initial_contact", "toe_off") for side in ("left", "right")
    ])  # fmt: skip


def values(found: Measured) -> dict[str, float]:
    return {each.ref: each.value for each in found.measurements}


def body_of(recording: Recording, change: Mapping[str, Array] | None = None) -> Stream:
    stream = recording[Kind.BODY]
    kept = dict(zip(stream.channels, np.moveaxis(stream.values, 1, 0), strict=True)) | dict(change or {})
    return replace(stream, channels=tuple(kept), values=np.stack(list(kept.values()), axis=1))


def with_body(recording: Recording, stream: Stream) -> Recording:
    return replace(recording, streams={**recording.streams, Kind.BODY: stream})


def turned(recording: Recording, degrees: float) -> Recording:
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle), 0.0], [np.sin(angle), np.cos(angle), 0.0], [0.0, 0.0, 1.0]])
    stream = recording[Kind.BODY]
    return with_body(recording, replace(stream, values=stream.values @ matrix.T + np.array([3.0, -2.0, 0.4])))


# ── known answers ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_zeni_finds_the_extremes_of_known_curves() -> None:  # vector gait.zeni
    time_s = np.arange(551) / 100.0
    pelvis = np.stack([1.2 * time_s, 0 * time_s, 1.0 + 0 * time_s], axis=1)
    heel, toe = pelvis.copy(), pelvis.copy()
    heel[:, 0] += 0.30 * np.cos(2 * np.pi * time_s / 1.1) - 0.05
    toe[:, 0] += 0.30 * np.cos(2 * np.pi * time_s / 1.1 - 0.15 * 2 * np.pi) + 0.12
    foot = Foot(side="right", heel_m=heel, toe_m=toe, heel_point="right_heel", toe_point="right_toe")
    seen = placed_on_floor(time_s, 100.0, pelvis, {"right": foot}, Windows())
    ahead = (foot.heel_m - pelvis)[:, 0]
    behind = -(foot.toe_m - pelvis)[:, 0]
    detector = Detector()
    assert detector.candidates(ahead, seen.rate_hz).tolist() == [110, 220, 330, 440]
    assert detector.candidates(behind, seen.rate_hz).tolist() == pytest.approx([71, 181, 291, 401, 511], abs=1)


@pytest.mark.parametrize("changes", [
    {}, {"heading_deg": 137.0}, {"heading_deg": -90.0}, {"treadmill": True}, {"treadmill": True, "heading_deg": 90.0},
    {"stride_time_s": 1.6, "stride_length_m": 0.7, "stance_percent": 68.0}, {"height_m": 1.2, "stride_length_m": 0.95},
    {"stride_time_s": 0.95, "stride_length_m": 1.7}, {"rate_hz": 60.0}, {"rate_hz": 250.0}, {"crouch": 0.12},
])  # fmt: skip
def test_a_known_walk_is_found_again(changes: dict[str, float]) -> None:
    known = simulate_walk(**changes)
    found = measured(known.body())
    matches = against_truth(found, known.events)
    assert matches.extra == 0
    assert matches.recall > 0.95
    # The simulated foot has no impact, so the moment of contact is softer than in a person.
    assert np.median(np.abs(matches.errors_s)) < 0.04
    got, walking = values(found), known.walker
    assert got["gait.cadence"] == pytest.approx(walking.cadence_steps_min, rel=0.005)
    assert got["gait.speed"] == pytest.approx(walking.speed_m_s, rel=0.02)
    for side in ("left", "right"):
        assert got[f"gait.stride_length@{side}"] == pytest.approx(walking.stride_length_m, rel=0.02)
        assert got[f"gait.step_length@{side}"] == pytest.approx(0.5 * walking.stride_length_m, rel=0.03)
        assert got[f"gait.step_width@{side}"] == pytest.approx(walking.step_width_m, abs=0.02)
        assert got[f"gait.stance_percent@{side}"] == pytest.approx(walking.stance_percent, abs=4.0)


def test_a_longer_left_step_is_seen_on_the_left() -> None:
    found = values(measured(simulate_walk(longer_left_step_m=0.08).body()))
    assert found["gait.step_length@left"] - found["gait.step_length@right"] == pytest.approx(0.08, abs=0.01)
    assert found["gait.step_length_asymmetry"] > 5.0


def test_markers_as_a_laboratory_records_them() -> None:
    known = simulate_walk(heading_deg=30.0)
    found = measured(prepare(known.recording(noise_m=0.001)))
    matches = against_truth(found, known.events)
    assert matches.f1 > 0.97
    assert values(found)["gait.speed"] == pytest.approx(known.walker.speed_m_s, rel=0.02)


def test_a_turn_gives_right_events_and_no_strides() -> None:
    known = simulate_walk(turn_deg=180.0, duration_s=12.0)
    found = measured(known.body())
    assert against_truth(found, known.events).precision >= 0.95
    assert found.walk is not None
    assert found.walk.turning
    (bout,) = found.walk.turning
    assert not [s for s in found.walk.strides if bout.start_s + 0.6 < 0.5 * (s.start_s + s.end_s) < bout.end_s - 0.6]
    assert values(found)["gait.stride_length@left"] == pytest.approx(known.walker.stride_length_m, rel=0.03)
    assert any("turning" in problem.what for problem in found.problems)


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def walk() -> SimulatedWalk:
    return simulate_walk(longer_left_step_m=0.06, duration_s=9.0)


def test_the_laboratory_may_be_turned(walk: SimulatedWalk) -> None:
    here, there = values(measured(walk.body())), values(measured(turned(walk.body(), 73.0)))
    assert there == pytest.approx(here, rel=1e-6, abs=1e-6)


def test_mirroring_the_person_swaps_the_sides(walk: SimulatedWalk) -> None:
    recording = walk.body()
    stream = recording[Kind.BODY]
    flipped = replace(stream, channels=tuple(map(mirrored, stream.channels)), values=stream.values * [1.0, -1.0, 1.0])
    here, there = values(measured(recording)), values(measured(with_body(recording, flipped)))
    for ref, value in here.items():
        name, _, side = ref.partition("@")
        other = f"{name}@{ {'left': 'right', 'right': 'left'}[side] }" if side else name
        assert there[other] == pytest.approx(-value if name.endswith("asymmetry") else value, rel=1e-6, abs=1e-6)


def test_walking_the_other_way_changes_nothing(walk: SimulatedWalk) -> None:
    there = simulate_walk(longer_left_step_m=0.06, duration_s=9.0, heading_deg=180.0)
    assert values(measured(there.body())) == pytest.approx(values(measured(walk.body())), rel=1e-6, abs=1e-6)


def test_a_treadmill_gives_what_the_floor_gives(walk: SimulatedWalk) -> None:
    belt = measured(simulate_walk(longer_left_step_m=0.06, duration_s=9.0, treadmill=True).body())
    assert belt.walk is not None
    assert belt.walk.treadmill
    here, there = values(measured(walk.body())), values(belt)
    for name in (
        "gait.cadence",
        "gait.speed",
        "gait.step_length@left",
        "gait.step_length@right",
        "gait.step_width@left",
    ):
        assert there[name] == pytest.approx(here[name], rel=0.02)


def test_cutting_off_the_ends_keeps_the_events_between(walk: SimulatedWalk) -> None:
    recording = walk.body()
    part = with_body(recording, recording[Kind.BODY].between(1.37, 7.91))
    inside = [event for event in measured(recording).events if 1.6 < event.time_s < 7.6]
    found = [event for event in measured(part).events if 1.6 < event.time_s < 7.6]
    assert [(e.event, e.side) for e in found] == [(e.event, e.side) for e in inside]
    assert [e.time_s for e in found] == pytest.approx([e.time_s for e in inside], abs=0.005)


def test_a_person_twice_as_large_takes_twice_as_long_steps(walk: SimulatedWalk) -> None:
    recording = walk.body()
    stream = recording[Kind.BODY]
    here, there = (
        values(measured(recording)),
        values(measured(with_body(recording, replace(stream, values=1.3 * stream.values)))),
    )
    assert there["gait.stride_length@left"] == pytest.approx(1.3 * here["gait.stride_length@left"])
    assert there["gait.cadence"] == pytest.approx(here["gait.cadence"])


# ── what is missing, and who does not walk ───────────────────────────────────────────────────────────────────────────


def test_without_heel_and_toe_the_ankle_stands_in_and_says_so(walk: SimulatedWalk) -> None:
    recording = walk.body()
    kept = [
        n for n in recording[Kind.BODY].channels if not any(w in n for w in ("heel", "toe", "metatarsal", "hallux"))
    ]
    found = measured(with_body(recording, recording[Kind.BODY].only(kept)))
    assert any("ankle stands in" in problem.what for problem in found.problems)
    assert values(found)["gait.cadence"] == pytest.approx(walk.walker.cadence_steps_min, rel=0.01)
    assert against_truth(found, walk.events, 0.15).f1 > 0.9


def test_a_gap_in_a_heel_costs_its_strides_and_invents_none(walk: SimulatedWalk) -> None:
    recording = walk.body()
    heel = recording[Kind.BODY]["left_heel"].copy()
    heel[300:460] = np.nan
    found = measured(with_body(recording, body_of(recording, {"left_heel": heel})))
    assert against_truth(found, walk.events).extra == 0
    assert found.walk is not None
    assert not [s for s in found.walk.strides if s.side == "left" and s.start_s < 4.5 and s.end_s > 3.2]


def test_one_foot_alone_gives_its_own_strides(walk: SimulatedWalk) -> None:
    recording = walk.body()
    kept = [n for n in recording[Kind.BODY].channels if not n.startswith("right") or "asis" in n or "psis" in n]
    found = measured(with_body(recording, recording[Kind.BODY].only(kept)))
    got = values(found)
    assert got["gait.stride_time@left"] == pytest.approx(walk.walker.stride_time_s, rel=0.01)
    assert not [ref for ref in got if "@right" in ref or "double_support" in ref]
    assert any("right foot was not seen" in problem.what for problem in found.problems)


def test_standing_gives_no_gait(walk: SimulatedWalk) -> None:
    recording = walk.body()
    stream = recording[Kind.BODY]
    sway = 0.002 * np.random.default_rng(2).normal(size=stream.values.shape)
    still = replace(stream, values=np.broadcast_to(stream.values[200], stream.values.shape) + sway)
    assert_nobody_walks(measured(with_body(recording, still)))


def test_a_squat_is_no_walk(walk: SimulatedWalk) -> None:
    recording = walk.body()
    stream = recording[Kind.BODY]
    squat = np.broadcast_to(stream.values[200], stream.values.shape).copy()
    pelvis = [
        i for i, n in enumerate(stream.channels) if any(w in n for w in ("pelvis", "asis", "psis", "sacrum", "hip"))
    ]
    squat[:, pelvis, 2] -= 0.2 * (1 - np.cos(2 * np.pi * stream.time_s / 3.0))[:, None]
    squat[:, pelvis, 0] -= 0.1 * (1 - np.cos(2 * np.pi * stream.time_s / 3.0))[:, None]
    assert_nobody_walks(measured(with_body(recording, replace(stream, values=squat))))


def assert_nobody_walks(found: Measured) -> None:
    assert found.walk is None
    assert found.measurements == ()
    assert found.events == ()
    assert "Nobody walks" in found.problems[0].what


def test_nothing_seen_is_said(walk: SimulatedWalk) -> None:
    recording = walk.body()
    for stream in (
        recording[Kind.BODY].only(["head", "nose"]),
        replace(recording[Kind.BODY], values=np.full_like(recording[Kind.BODY].values, np.nan)),
        recording[Kind.BODY].between(0.0, 0.02),
    ):
        found = measured(with_body(recording, stream))
        assert found.measurements == ()
        assert found.problems


def test_running_gives_no_strides_of_walking() -> None:
    falls = Footfalls(
        contacts_s={"left": np.arange(0.0, 7.0, 0.7), "right": np.arange(0.35, 7.0, 0.7)},
        toe_offs_s={"left": np.arange(0.25, 7.0, 0.7), "right": np.arange(0.6, 7.0, 0.7)},
    )
    walk = walk_from(falls, method="known@1")
    assert walk.strides == ()
    assert walk.dropped == 18


def test_it_fits_bodies_from_markers_alone(walk: SimulatedWalk) -> None:
    assert MEASURE.fits(walk.body())
    assert not MEASURE.fits(walk.recording())
    assert not MEASURE.fits(prepare(walk.landmarks("left")))


def test_strides_out_of_order_are_dropped_and_counted(walk: SimulatedWalk) -> None:
    seen = walker(walk.body()[Kind.BODY])
    assert seen is not None
    falls = Detector().footfalls(seen)
    lost = replace(falls, toe_offs_s={**falls.toe_offs_s, "left": np.delete(falls.toe_offs_s["left"], 3)})
    whole, broken = (walk_from(each, method="x@1", seen=seen) for each in (falls, lost))
    assert whole.dropped == 0
    assert broken.dropped >= 1
    assert len(broken.strides) == len(whole.strides) - broken.dropped


def test_cost_grows_with_length_alone() -> None:
    from time import perf_counter

    short, long = (simulate_walk(duration_s=seconds).body() for seconds in (60.0, 480.0))
    measured(short)
    spent = []
    for recording in (short, long):
        start = perf_counter()
        measured(recording)
        spent.append(perf_counter() - start)
    assert spent[1] < 8 * 3 * spent[0]


# ── who does not walk as people are known to ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("changes", [{}, {"treadmill": True}, {"heading_deg": 110.0}])
def test_walking_backwards_is_said_and_not_measured(changes: dict[str, float]) -> None:
    found = measured(simulate_walk(backwards=True, **changes).body())
    assert found.measurements == ()
    assert found.events == ()
    assert found.walk is None
    assert "walks backwards" in found.problems[0].what


def test_the_pelvis_tells_backwards_where_no_foot_points_anywhere(walk: SimulatedWalk) -> None:
    recording = walk.body()
    stream = recording[Kind.BODY]
    kept = [n for n in stream.channels if not any(w in n for w in ("heel", "toe", "metatarsal", "hallux"))]
    there = with_body(recording, stream.only(kept))
    back = with_body(recording, replace(stream.only(kept), values=stream.only(kept).values[::-1]))
    assert values(measured(there))
    assert measured(back).measurements == ()


def test_forth_and_back_measures_the_way_forth(walk: SimulatedWalk) -> None:
    recording = walk.body()
    stream = recording[Kind.BODY]
    both = np.concatenate((stream.values, stream.values[::-1]))
    time_s = np.arange(len(both)) / stream.rate_hz
    found = measured(with_body(recording, replace(stream, values=both, time_s=time_s)))
    here, there = values(measured(recording)), values(found)
    assert found.walk is not None
    (back,) = found.walk.backwards
    assert back.end_s - back.start_s == pytest.approx(9.0, abs=0.5)
    assert not [stride for stride in found.walk.strides if stride.end_s > back.start_s]
    assert not [event for event in found.events if event.time_s > back.start_s]
    for name in ("gait.cadence", "gait.speed", "gait.step_width@left", "gait.stance_percent@right"):
        assert there[name] == pytest.approx(here[name], rel=0.01)
    assert any("walks backwards" in problem.what for problem in found.problems)


@pytest.mark.parametrize(("changes", "faster"), [
    ({"stride_time_s": 0.7, "stride_length_m": 2.1, "stance_percent": 47.0}, 1.0),
    ({}, 2.0), ({"stride_length_m": 0.10, "stride_time_s": 1.4}, 1.0), ({"stride_length_m": 0.9}, 3.0),
])  # fmt: skip
def test_what_nobody_walks_like_is_said_and_not_measured(changes: dict[str, float], faster: float) -> None:
    recording = simulate_walk(**changes).body()
    stream = recording[Kind.BODY]
    found = measured(with_body(recording, replace(stream, time_s=stream.time_s / faster)))
    assert found.measurements == ()
    assert any("nobody walks like that" in problem.what or "Nobody walks" in problem.what for problem in found.problems)


def test_a_few_very_short_strides_of_a_walk_are_kept() -> None:
    """Whose gait freezes does not stop being a walker: the limits below are asked of the whole walk."""
    falls = Footfalls(
        contacts_s={"left": np.arange(0.0, 9.0, 1.0), "right": np.arange(0.5, 9.0, 1.0)},
        toe_offs_s={"left": np.arange(0.6, 9.0, 1.0), "right": np.arange(0.1, 9.0, 1.0)},
    )
    time_s = np.arange(901) / 100.0
    place = np.stack([np.interp(time_s, [0.0, 3.0, 6.0, 9.0], [0.0, 3.0, 3.3, 6.3]), 0 * time_s, 0 * time_s], axis=1)
    feet = {
        side: Foot(side=side, heel_m=place, toe_m=place + np.array([0.2, 0.0, 0.0]), heel_point="heel", toe_point="toe")
        for side in falls.contacts_s
    }
    seen = placed_on_floor(time_s, 100.0, place + np.array([0.0, 0.0, 1.0]), feet, Windows())
    walk = walk_from(falls, method="known@1", seen=seen)
    assert min(stride.length_m for stride in walk.strides) < 0.15
    assert walk.implausible == ()


# ── belts, ankles, low rates, broken strides ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("share", [0.42, 1.5])
def test_a_belt_that_changes_its_speed_is_followed(share: float) -> None:
    known = simulate_walk(treadmill=True, duration_s=20.0, changes_at_s=9.0, changes_to=share)
    found = measured(known.body())
    assert found.walk is not None
    for stride in found.walk.strides:
        if stride.end_s < 9.0 - 3.5 or stride.start_s > 9.0 + 3.5:
            speed = known.walker.speed_m_s * (share if stride.start_s > 9.0 else 1.0)
            assert stride.length_m / stride.time_s == pytest.approx(speed, rel=0.02)
        assert not np.isfinite(stride.length_m) or stride.length_m == pytest.approx(1.3, rel=0.03)
    assert [stride for stride in found.walk.strides if np.isnan(stride.length_m)]
    assert any("belt changes its speed" in problem.what for problem in found.problems)
    assert against_truth(found, known.events).f1 > 0.97


def test_an_even_belt_is_left_alone() -> None:
    found = measured(simulate_walk(treadmill=True, duration_s=20.0).body())
    assert not any("belt" in problem.what for problem in found.problems)


def test_no_width_is_made_of_ankles(walk: SimulatedWalk) -> None:
    recording = walk.body()
    kept = [name for name in recording[Kind.BODY].channels if "heel" not in name]
    found = measured(with_body(recording, recording[Kind.BODY].only(kept)))
    assert not [ref for ref in values(found) if "width" in ref]
    assert "gait.step_length@left" in values(found)
    assert any("Step width is not given" in problem.what for problem in found.problems)


def test_feet_whose_labels_were_exchanged_give_no_negative_width(walk: SimulatedWalk) -> None:
    recording = walk.body()
    stream = recording[Kind.BODY]
    foot = ("heel", "toe", "ankle", "metatarsal", "hallux")
    names = [mirrored(name) if any(word in name for word in foot) else name for name in stream.channels]
    found = measured(with_body(recording, replace(stream, channels=tuple(names))))
    assert not [ref for ref in values(found) if "width" in ref]
    assert any("feet cross" in problem.what for problem in found.problems)


def test_a_low_rate_is_said_and_takes_what_it_cannot_show() -> None:
    high, low, lowest = (measured(simulate_walk(rate_hz=rate_hz).body()) for rate_hz in (60.0, 30.0, 12.0))
    parts = ("stance", "swing", "double_support")
    assert not any("Hz" in problem.what for problem in high.problems)
    assert any("At 30 Hz" in problem.what for problem in low.problems)
    assert any("not given" in problem.what and "12 Hz" in problem.what for problem in lowest.problems)
    for each in low.measurements:
        if each.measure in {f"gait.{part}_time" for part in parts}:
            assert each.error == pytest.approx(1.0 / 30.0)
    assert not [ref for ref in values(lowest) if any(part in ref for part in parts)]
    assert not [event for event in lowest.events if event.event == "toe_off"]
    assert values(lowest)["gait.cadence"] == pytest.approx(values(high)["gait.cadence"], rel=0.01)


@pytest.mark.parametrize("seed", range(8))
def test_a_step_counts_only_in_a_stride_that_counts(walk: SimulatedWalk, seed: int) -> None:
    seen = walker(walk.body()[Kind.BODY])
    assert seen is not None
    falls, random = Detector().footfalls(seen), np.random.default_rng(seed)

    def thinned(times_s: Mapping[str, Array]) -> dict[str, Array]:
        return {side: each[random.random(len(each)) > 0.2] for side, each in times_s.items()}

    found = walk_from(
        Footfalls(contacts_s=thinned(falls.contacts_s), toe_offs_s=thinned(falls.toe_offs_s)),  # type: ignore[arg-type]
        method="x@1",
        seen=seen,
    )
    assert found.dropped > 0
    for step in found.footsteps:
        begun_s = step.time_s - step.step_time_s
        inside = [s for s in found.strides if s.start_s - 1e-6 <= begun_s and step.time_s <= s.end_s + 1e-6]
        assert inside or np.isnan(step.step_time_s)
        assert step.step_time_s > 0 or np.isnan([step.step_length_m, step.step_width_m]).all()
        assert np.isnan(step.step_length_m) or step.step_length_m == pytest.approx(0.65, abs=0.05)
        assert np.isnan(step.step_width_m) or step.step_width_m == pytest.approx(0.10, abs=0.02)


@pytest.mark.parametrize("turn_deg", [60.0, 180.0, -180.0])
def test_no_width_is_measured_beside_a_turn(turn_deg: float) -> None:
    found = measured(simulate_walk(turn_deg=turn_deg, turn_after_m=6.0, duration_s=20.0).body())
    assert found.walk is not None
    widths = [step.step_width_m for step in found.walk.footsteps if np.isfinite(step.step_width_m)]
    assert len(widths) > 15
    assert widths == pytest.approx([0.10] * len(widths), abs=0.02)


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.data
@pytest.mark.parametrize(("folder", "least_f1"), [
    ("mcgill-children-gait-c3d", 1.0), ("fukuchi-treadmill-c3d", 1.0), ("gaitalytics-treadmill-c3d", 1.0),
    ("pd-overground-c3d", 0.97),
])  # fmt: skip
def test_real_walks_against_the_laboratory(shared_data: Path, folder: str, least_f1: float) -> None:
    from poise.workflows.validation._gait_events import c3d_trials, event_scores

    condition = {"pd": "parkinson", "fu": "treadmill", "ga": "treadmill"}.get(folder[:2], "straight")
    trials = list(c3d_trials(shared_data / folder, lambda file: "turn" if "turn" in file.lower() else condition))
    scores = {(s.measure, s.condition, s.metric): s.value for s in event_scores(folder, trials)
              if s.file == "all" and s.method == MEASURE.method}  # fmt: skip
    for event in ("initial_contact", "toe_off"):
        assert scores[event, condition, "f1_100ms"] >= least_f1
        if condition != "parkinson":
            assert scores[event, condition, "median_abs_error_ms"] <= 20.0
    if folder.startswith("mcgill"):
        assert scores["initial_contact", "turn", "precision_100ms"] >= 0.95


@pytest.mark.data
def test_a_standing_child_does_not_walk(shared_data: Path) -> None:
    for path in sorted((shared_data / "mcgill-children-gait-c3d").rglob("Static*.c3d")):
        assert measured(prepare(read_file(path, {})[0])).walk is None


def test_frames_are_not_needed_to_say_what_is_up() -> None:
    known = simulate_walk()
    tilted = known.recording(frame=Frame(name="laboratory", up="+z"))
    assert values(measured(prepare(tilted)))["gait.speed"] == pytest.approx(known.walker.speed_m_s, rel=0.02)

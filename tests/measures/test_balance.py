"""Balance measured: quiet standing told from all else, conditions never mixed, and what a sensor cannot see not told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from poise.cleaning.prepare import prepare
from poise.measures import balance_camera, balance_limits, balance_recovery, balance_stance, balance_trunk
from poise.measures.balance_conditions import compare
from poise.measures.balance_pressure import MEASURE, PressureSway
from poise.measures.balance_published import QUIJOUX, SANTOS_DUARTE
from poise.measures.sway_standing import Quiet
from poise.model import Event, Frame, Kind, Measured, Measurement, Recording, Stream
from poise.model.body import mirrored
from poise.readers.find import read_file
from poise.testing.sway import on_plate, trunk_acceleration, wandering, with_trunk_sensor

Array = NDArray[np.float64]
KNOWN = {"ml_axis": "y", "ap_axis": "x"}
USUAL = 14


def values(measured: Measured) -> dict[str, float]:
    return {each.ref: each.value for each in measured.measurements}


def standing(seconds: float = 40.0, *, sd_m: float = 0.004, seed: int = 0, **details: str) -> Recording:
    return on_plate(wandering(seconds, 100, sd=sd_m, seed=seed), 100.0, **details)


# ── quiet standing, and what is not ───────────────────────────────────────────────────────────────────────────────────


def test_quiet_standing_gives_the_fourteen_usual_measures() -> None:
    measured = MEASURE.compute(prepare(standing(**KNOWN)))
    assert len(measured.measurements) == USUAL
    assert values(measured)["balance.rms_ap"] == pytest.approx(4.0, rel=0.1)
    assert measured.problems == ()
    assert {each.start_s for each in measured.measurements} == {2.0}


def test_without_knowing_which_way_the_person_faced_only_what_has_no_direction_is_told() -> None:
    plain, known = (MEASURE.compute(prepare(standing(**words))) for words in ({}, KNOWN))
    told = values(plain)
    assert {name for name in values(known) if name not in told} == {
        "balance.rms_ml", "balance.rms_ap", "balance.range_ml", "balance.range_ap",
    }  # fmt: skip
    assert told == pytest.approx({name: values(known)[name] for name in told}, rel=1e-9)
    assert any("faced" in problem.what for problem in plain.problems)


def test_turning_the_plate_under_the_person_changes_nothing_but_the_names_of_the_axes() -> None:
    path = wandering(40, 100, sd=0.004) * [1.0, 2.0]
    one = MEASURE.compute(prepare(on_plate(path, 100.0, **KNOWN)))
    other = MEASURE.compute(prepare(on_plate(path[:, ::-1] * [1, -1], 100.0, ml_axis="x", ap_axis="y")))
    assert values(other) == pytest.approx(values(one), rel=1e-9)


def test_y_up_files_keep_their_axes() -> None:
    recording = standing(**KNOWN)
    turned = {
        kind: replace(stream, values=stream.values[:, :, [0, 2, 1]] * [1, 1, -1], frame=Frame(name="lab", up="+y"))
        for kind, stream in recording.streams.items()
    }
    file = replace(recording, streams=turned, details={"ap_axis": "x", "ml_axis": "z"})
    assert values(MEASURE.compute(prepare(file))) == pytest.approx(values(MEASURE.compute(recording)), rel=1e-6)


def vertical(recording: Recording) -> Array:
    return recording[Kind.FORCE].values[:, 0, 2].copy()


def jumping() -> Recording:
    force = np.full(4001, 700.0)
    for start in range(200, 4000, 300):
        force[start : start + 20] = 1800.0
        force[start + 20 : start + 60] = 0.0
        force[start + 60 : start + 80] = 2000.0
    return on_plate(wandering(40, 100, sd=0.004), 100.0, vertical_n=force, **KNOWN)


def stepping() -> Recording:
    path = wandering(40, 100, sd=0.004)
    path[:, 0] += 0.1 * np.sign(np.sin(2 * np.pi * np.arange(4001) / 100))
    return on_plate(path, 100.0, **KNOWN)


def empty() -> Recording:
    return on_plate(np.zeros((4001, 2)), 100.0, vertical_n=np.random.default_rng(0).normal(0, 3, 4001), **KNOWN)


def leaning() -> Recording:
    return on_plate(wandering(40, 100, sd=0.05), 100.0, **KNOWN)


@pytest.mark.parametrize("what", [jumping, stepping, empty, leaning])
def test_what_is_no_quiet_standing_gives_a_problem_and_no_number(what: object) -> None:
    measured = MEASURE.compute(prepare(what()))  # type: ignore[operator]
    assert measured.measurements == ()
    assert len(measured.problems) == 1


def test_stepping_off_leaves_the_quiet_part_with_its_bounds() -> None:
    force = np.full(6001, 700.0)
    force[:500] = 0.0
    force[5200:] = 0.0
    measured = MEASURE.compute(prepare(on_plate(wandering(60, 100, sd=0.004), 100.0, vertical_n=force, **KNOWN)))
    (start_s,), (end_s,) = ({getattr(m, name) for m in measured.measurements} for name in ("start_s", "end_s"))
    assert 7.0 < start_s < 8.5
    assert 50.0 < end_s < 52.0
    assert any("quiet standing" in problem.what for problem in measured.problems)


def test_filter_settling_and_ellipse_can_be_switched_and_are_said() -> None:
    plain = PressureSway(quiet=Quiet(cutoff_hz=None, settle_s=0.0), ellipse="f")
    measured = plain.compute(prepare(standing(**KNOWN)))
    assert {each.method for each in measured.measurements} == {
        "balance_pressure/1: no filter, first 0 s left out, prediction ellipse f"
    }
    assert values(measured)["balance.sway_area_95"] != pytest.approx(
        values(MEASURE.compute(prepare(standing(**KNOWN))))["balance.sway_area_95"], rel=1e-3
    )


def test_missing_in_is_nothing_out() -> None:
    recording = standing(**KNOWN)
    place = recording[Kind.CENTRE_OF_PRESSURE].values.copy()
    place[::30] = np.nan
    place[1000:1100] = np.nan
    holed = recording.after(
        recording.history[0] if recording.history else _step(), centre_of_pressure=replace(
            recording[Kind.CENTRE_OF_PRESSURE], values=place
        )
    )  # fmt: skip
    measured = MEASURE.compute(prepare(holed))
    assert measured.measurements[0].start_s > 11.0
    assert all(np.isfinite(each.value) for each in measured.measurements)
    assert measured.measurements[0].valid_fraction < 1.0


def _step() -> object:
    from poise.model import Step

    return Step(what="made")


def test_two_plates_make_one_pressure_and_a_share_of_the_weight() -> None:
    time_s = np.arange(4001) / 100
    share = 0.5 + 0.02 * np.sin(2 * np.pi * 0.3 * time_s) + 0.05
    force = np.zeros((4001, 2, 3))
    force[:, 0, 2], force[:, 1, 2] = 700 * share, 700 * (1 - share)
    place = np.zeros((4001, 2, 3))
    place[:, 0, 1], place[:, 1, 1] = 0.1, -0.1
    place[:, :, 0] = wandering(40, 100, sd=0.004)[:, :1]
    frame = Frame(name="laboratory", up="+z")
    streams = {
        kind: Stream(kind=kind, channels=("left", "right"), time_s=time_s, values=made, unit=unit, frame=frame)
        for kind, made, unit in ((Kind.FORCE, force, "N"), (Kind.CENTRE_OF_PRESSURE, place, "m"))
    }
    made = Recording(id="two plates", source="simulated", task="stand", streams=streams, details=KNOWN)
    told = values(MEASURE.compute(prepare(made)))
    assert told["balance.load_asymmetry"] == pytest.approx(10.0, abs=0.5)
    assert told["balance.rms_ml"] == pytest.approx(200 * 0.02 / np.sqrt(2), rel=0.02)


def test_published_ways_are_there_when_asked_for() -> None:
    recording = prepare(standing(seconds=60, **KNOWN))
    assert len(QUIJOUX.compute(recording).measurements) == 72
    assert set(values(SANTOS_DUARTE.compute(recording))) == {
        "balance.santos_duarte.area", "balance.santos_duarte.velocity", "balance.santos_duarte.mean_frequency",
    }  # fmt: skip
    assert QUIJOUX.compute(prepare(jumping())).measurements == ()


# ── conditions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def told(
    name: str, velocity: float, method: str = "a", **conditions: str
) -> tuple[str, dict[str, str], list[Measurement]]:
    made = Measurement(
        measure="balance.sway_velocity", value=velocity, unit="mm/s", side=None, n=1, sd=np.nan, start_s=2.0, end_s=60.0,
        valid_fraction=1.0, method=method, recording=name,
    )  # fmt: skip
    return name, conditions, [made]


def test_romberg_is_the_ratio_of_geometric_means() -> None:
    trials = [told("a", 8.0, eyes="open", surface="firm"), told("b", 12.5, eyes="open", surface="firm"),
              told("c", 16.0, eyes="closed", surface="firm"), told("d", 25.0, eyes="closed", surface="firm")]  # fmt: skip
    (comparison,) = compare(trials)
    (quotient,) = comparison.measurements
    assert (quotient.measure, quotient.value) == ("balance.romberg_quotient", pytest.approx(2.0))
    assert quotient.low < 2.0 < quotient.high
    assert comparison.problems == ()


def test_all_four_conditions_make_the_mctsib() -> None:
    trials = [
        told(f"{surface} {eyes} {trial}", velocity, surface=surface, eyes=eyes, trial=trial)
        for surface, eyes, velocity in (
            ("firm", "open", 8.0), ("firm", "closed", 10.0), ("foam", "open", 16.0), ("foam", "closed", 32.0),
        )
        for trial in "12"
    ]  # fmt: skip
    found = {each.name: {m.measure: m.value for m in each.measurements} for each in compare(trials)}
    assert found["mCTSIB"] == pytest.approx({
        "balance.visual_ratio": 2.0, "balance.vestibular_ratio": 4.0, "balance.somatosensory_ratio": 1.25,
        "balance.mctsib_composite": (8.0 * 10.0 * 16.0 * 32.0) ** 0.25,
    })  # fmt: skip
    assert found["Romberg, foam"]["balance.romberg_quotient"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    "other", [{"surface": "foam"}, {"surface": "firm", "stance": "tandem"}, {"surface": "firm", "method": "b"}]
)
def test_nothing_is_compared_across_surface_stance_or_device(other: dict[str, str]) -> None:
    first = told("a", 8.0, eyes="open", surface="firm", stance="two_feet")
    second = told("b", 16.0, eyes="closed", **{"stance": "two_feet", **other})
    (comparison,) = compare([first, second])
    assert comparison.measurements == ()
    assert len(comparison.problems) == 1


def test_one_trial_each_and_an_unknown_surface_are_said() -> None:
    (comparison,) = compare([told("a", 8.0, eyes="open"), told("b", 16.0, eyes="closed")])
    assert len(comparison.measurements) == 1
    assert len(comparison.problems) == 2
    assert compare([told("a", 8.0, eyes="open"), told("b", 9.0, eyes="open")]) == ()


# ── trunk ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wobble_deg", [0.0, 2.0])
def test_trunk_sway_is_what_it_was_made_with_however_the_sensor_leans(wobble_deg: float) -> None:
    truth = wandering(60, 100, sd=0.05, corner_hz=1.0) * [1.0, 2.0]
    recording = prepare(with_trunk_sensor(truth, 100.0, wobble_deg=wobble_deg))
    assert balance_trunk.MEASURE.fits(recording)
    found = values(balance_trunk.MEASURE.compute(recording))
    expected = balance_trunk.trunk_values(truth[200:], 100.0)
    for name in ("rms_ml", "rms_ap", "rms", "jerk", "path"):
        assert found[f"balance.imu_{name}"] == pytest.approx(expected[f"balance.imu_{name}"], rel=0.08)


def test_walking_is_not_trunk_sway() -> None:
    truth = wandering(60, 100, sd=2.0, corner_hz=3.0)
    recording = prepare(replace(with_trunk_sensor(truth, 100.0), task="unknown"))
    assert not balance_trunk.MEASURE.fits(recording)
    measured = balance_trunk.MEASURE.compute(recording)
    assert measured.measurements == ()
    assert len(measured.problems) == 1


# ── points of the body ────────────────────────────────────────────────────────────────────────────────────────────────


def body(
    hips_m: Array, rate_hz: float, *, noise_m: float = 0.0, lifted_m: Array | None = None, **conditions: str
) -> Recording:
    """Somebody who stands with the feet 20 cm apart; `lifted_m` raises the left foot."""
    n = len(hips_m)
    points = {
        "left_hip_centre": [0.0, 0.1, 0.9], "right_hip_centre": [0.0, -0.1, 0.9], "left_shoulder": [0.0, 0.2, 1.4],
        "right_shoulder": [0.0, -0.2, 1.4], "left_ankle": [0.0, 0.1, 0.08], "right_ankle": [0.0, -0.1, 0.08],
    }  # fmt: skip
    rng = np.random.default_rng(1)
    made = np.stack([np.broadcast_to(np.array(place), (n, 3)).copy() for place in points.values()], axis=1)
    made[:, :2, 1] += hips_m[:, :1]
    made[:, :2, 0] += hips_m[:, 1:]
    if lifted_m is not None:
        made[:, 4, 2] += lifted_m
    made += rng.normal(scale=max(noise_m, 1e-6), size=made.shape)
    stream = Stream(
        kind=Kind.BODY, channels=tuple(points), time_s=np.arange(n) / rate_hz, values=made, unit="m",
        frame=Frame(name="laboratory", up="+z"),
    )  # fmt: skip
    return Recording(
        id="simulated body", source="simulated", task="stand", streams={Kind.BODY: stream}, conditions=conditions
    )


def test_sway_of_the_hips_above_the_noise_is_told_with_its_noise() -> None:
    hips = wandering(40, 60, sd=0.015, corner_hz=0.5)
    found = values(balance_camera.MEASURE.compute(body(hips, 60.0, noise_m=0.002)))
    assert found["balance.camera_rms_ml"] == pytest.approx(15.0, rel=0.1)
    assert 0.0 < found["balance.noise_floor"] < 0.5 * found["balance.camera_velocity"]


def test_the_noise_floor_is_the_velocity_that_noise_alone_shows() -> None:
    recording = body(np.zeros((6001, 2)), 60.0, noise_m=0.005)
    measured = balance_camera.MEASURE.compute(recording)
    assert set(values(measured)) == {"balance.noise_floor"}
    shown = balance_camera._path(recording, "hips", slice(120, 6001), balance_camera.StillBody())
    assert shown is not None
    from poise.signals.sway import time_domain

    assert values(measured)["balance.noise_floor"] == pytest.approx(
        time_domain(shown.points_mm, 60.0).velocity, rel=0.15
    )
    assert len(measured.problems) == 1


def test_points_that_move_with_the_hips_show_no_sway() -> None:
    recording = body(wandering(40, 60, sd=0.02), 60.0)
    centred = replace(recording[Kind.BODY], frame=Frame(name="hip-centred", up="+z"))
    moved = recording.after(_step(), body=centred)  # type: ignore[arg-type]
    assert not balance_camera.MEASURE.fits(moved)
    assert balance_camera.MEASURE.compute(moved).measurements == ()


# ── time held ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def lifted(start_s: float, end_s: float) -> Array:
    t = np.arange(1801) / 60.0
    return np.where((t >= start_s) & (t < end_s), 0.15, 0.0)


def test_time_on_one_leg_is_named_for_the_standing_leg() -> None:
    recording = body(np.zeros((1801, 2)), 60.0, noise_m=0.003, lifted_m=lifted(3.0, 15.5), stance="right_leg")
    assert balance_stance.MEASURE.fits(recording)
    measured = balance_stance.MEASURE.compute(recording)
    assert values(measured) == {"balance.stance_time@right": pytest.approx(12.5, abs=0.05)}
    assert [(event.event, event.side) for event in measured.events] == [
        ("stance_start", "right"),
        ("foot_down", "right"),
    ]


def test_the_limit_ends_the_test_and_the_end_of_the_recording_is_only_a_least() -> None:
    recording = body(np.zeros((1801, 2)), 60.0, lifted_m=lifted(3.0, 99.0), stance="right_leg", limit_s="20")
    assert values(balance_stance.MEASURE.compute(recording)) == {"balance.stance_time@right": pytest.approx(20.0)}
    longer = replace(recording, conditions={"stance": "right_leg"})
    measured = balance_stance.MEASURE.compute(longer)
    assert values(measured) == {"balance.stance_time@right": pytest.approx(27.0, abs=0.05)}
    assert "the least" in measured.problems[0].what


def test_left_and_right_mirrored_stand_on_the_other_leg() -> None:
    one = body(np.zeros((1801, 2)), 60.0, lifted_m=lifted(3.0, 15.5))
    stream = one[Kind.BODY]
    swapped = tuple(mirrored(name) for name in stream.channels)
    other = replace(one, streams={Kind.BODY: replace(stream, channels=swapped, values=stream.values * [1, -1, 1])})
    assert values(balance_stance.MEASURE.compute(one)) == {"balance.stance_time@right": pytest.approx(12.5, abs=0.05)}
    assert values(balance_stance.MEASURE.compute(other)) == {"balance.stance_time@left": pytest.approx(12.5, abs=0.05)}


def test_a_foot_off_its_plate_is_a_stance() -> None:
    time_s = np.arange(3001) / 100
    up = (time_s >= 5.0) & (time_s < 18.0)
    force = np.zeros((3001, 2, 3))
    force[:, 0, 2], force[:, 1, 2] = np.where(up, 0.0, 350.0), np.where(up, 700.0, 350.0)
    place = np.where(force[:, :, 2:] > 20.0, np.array([[[0.0, 0.1, 0.0], [0.0, -0.1, 0.0]]]), np.nan)
    frame = Frame(name="laboratory", up="+z")
    streams: dict[str, Stream] = {
        kind: Stream(kind=kind, channels=("left", "right"), time_s=time_s, values=made, unit=unit, frame=frame)
        for kind, made, unit in ((Kind.FORCE, force, "N"), (Kind.CENTRE_OF_PRESSURE, place, "m"))
    }
    made = Recording(id="plates", source="simulated", task="single_leg", streams=streams)
    found = values(balance_stance.MEASURE.compute(prepare(made)))
    assert found == {"balance.stance_time@right": pytest.approx(13.0, abs=0.1)}


def test_a_timed_stance_on_a_plate_ends_with_the_step() -> None:
    path = wandering(40, 100, sd=0.004)
    path[2200:, 0] += 0.3
    recording = replace(on_plate(path, 100.0), conditions={"limit_s": "30", "surface": "foam", "eyes": "closed"})
    assert values(balance_stance.MEASURE.compute(prepare(recording))) == {
        "balance.stance_time": pytest.approx(22.0, abs=0.7)
    }
    held = replace(standing(seconds=40), conditions={"limit_s": "30"})
    assert values(balance_stance.MEASURE.compute(prepare(held))) == {"balance.stance_time": 30.0}


def test_who_only_stands_holds_no_stance() -> None:
    still = body(np.zeros((1801, 2)), 60.0)
    measured = balance_stance.MEASURE.compute(still)
    assert (measured.measurements, measured.problems) == ((), ())
    assert balance_stance.MEASURE.compute(prepare(standing())).problems == ()


def test_steps_are_no_stance() -> None:
    t = np.arange(1801) / 60.0
    recording = body(np.zeros((1801, 2)), 60.0, lifted_m=np.where(np.mod(t, 1.0) < 0.4, 0.12, 0.0), stance="right_leg")
    measured = balance_stance.MEASURE.compute(recording)
    assert measured.measurements == ()
    assert len(measured.problems) == 1


# ── leaning, and catching oneself ─────────────────────────────────────────────────────────────────────────────────────


def leans() -> tuple[Array, list[Event]]:
    """Eight leans of 60 mm, 8 s apart, each 0.5 s after its cue."""
    t = np.arange(7001) / 100
    path, cues = wandering(70, 100, sd=0.0005), []
    for i in range(8):
        begin = 4.0 + 8.0 * i
        out = np.clip((t - begin - 0.5) / 1.0, 0, 1) - np.clip((t - begin - 4.0) / 1.0, 0, 1)
        way = 0.06 * out * out * (3 - 2 * out)
        path += way[:, None] * [np.sin(i * np.pi / 4), np.cos(i * np.pi / 4)]
        cues.append(Event(event="cue", side=None, time_s=begin))
    return path, cues


def test_limits_of_stability_in_eight_directions() -> None:
    path, cues = leans()
    recording = replace(
        on_plate(path, 100.0, ml_axis="+x", ap_axis="+y"), events=tuple(cues),
        conditions={"movement": "limits_of_stability"},
    )  # fmt: skip
    assert balance_limits.MEASURE.fits(recording)
    assert not MEASURE.fits(recording)
    measured = balance_limits.MEASURE.compute(prepare(recording))
    found = values(measured)
    assert found["balance.limits_maximum"] == pytest.approx(60, abs=2)
    assert found["balance.limits_control"] > 85
    assert found["balance.limits_reaction_time"] == pytest.approx(0.5, abs=0.1)
    assert sum(name.startswith("balance.limits_maximum.") for name in found) == 8
    assert measured.problems == ()


def test_without_signs_leans_have_no_direction() -> None:
    path, _ = leans()
    recording = replace(on_plate(path, 100.0, **KNOWN), conditions={"movement": "limits_of_stability"})
    measured = balance_limits.MEASURE.compute(prepare(recording))
    assert not any("maximum." in name for name in values(measured))
    assert len(measured.problems) == 1


def test_recovery_after_a_nudge() -> None:
    t = np.arange(1501) / 100
    path = wandering(15, 100, sd=0.003)
    path[:, 1] += 0.08 * (0.5 - 0.5 * np.cos(2 * np.pi * np.clip((t - 6.0) / 0.9, 0, 1)))
    recording = replace(on_plate(path, 100.0, **KNOWN), conditions={"movement": "reactive"})
    measured = balance_recovery.MEASURE.compute(prepare(recording))
    assert values(measured) == {"balance.recovery_time": pytest.approx(0.9, abs=0.02)}
    quiet = replace(standing(seconds=20), conditions={"movement": "reactive"})
    assert all(np.isfinite(m.value) for m in balance_recovery.MEASURE.compute(prepare(quiet)).measurements)


# ── recorded ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.data
def test_data_sets_say_eyes_surface_and_their_code_for_the_person(shared_data: Path) -> None:
    (bds,) = read_file(shared_data / "balance-bds" / "trials" / "BDS00009.txt.xz")
    (pds,) = read_file(shared_data / "balance-pds-dualplate" / "PDS13CR1grf.txt.xz")
    (acuna,) = read_file(shared_data / "balance-acuna" / "eyesClosed.csv.xz")
    assert set(bds.conditions) == {"eyes", "surface"}
    assert bds.subject == "BDS 1"
    assert (pds.conditions, pds.subject) == ({"eyes": "closed", "surface": "firm", "trial": "1"}, "PDS13")
    assert (acuna.conditions, acuna.subject) == ({"eyes": "closed"}, "")


@pytest.mark.data
def test_a_jump_on_the_plate_is_no_standing(shared_data: Path) -> None:
    for suffix in ("c3d", "txt"):
        (jump,) = read_file(shared_data / "biomdp-kistler-isen" / f"kistler_CMJ_1plate.{suffix}")
        measured = MEASURE.compute(prepare(jump))
        assert measured.measurements == ()
        assert len(measured.problems) == 1


@pytest.mark.data
def test_one_leg_of_the_weight_is_shared_as_the_plates_say(shared_data: Path) -> None:
    (pds,) = read_file(shared_data / "balance-pds-dualplate" / "PDS13OR1grf.txt.xz")
    assert values(MEASURE.compute(prepare(pds)))["balance.load_asymmetry"] == pytest.approx(8.66, abs=0.3)


# ── recovery from other sensors ───────────────────────────────────────────────────────────────────────────────────────


def test_recovery_is_seen_by_a_sensor_on_the_back() -> None:
    truth, t = trunk_acceleration(15, 100, sd=0.05), np.arange(1501) / 100
    truth[:, 1] += 3.0 * np.sin(2 * np.pi * np.clip((t - 6.0) / 0.9, 0, 1))  # pushed forwards, and caught
    recording = replace(with_trunk_sensor(truth, 100.0), conditions={"movement": "reactive"})
    found = values(balance_recovery.MEASURE.compute(prepare(recording)))
    assert found == {"balance.recovery_time": pytest.approx(0.9, abs=0.02)}


def test_a_step_is_counted_where_the_feet_are_seen() -> None:
    hips = wandering(15, 60, sd=0.002)
    hips[:, 1] += 0.25 * np.clip((np.arange(901) / 60 - 6.0) / 0.6, 0, 1)
    recording = body(hips, 60.0, movement="reactive")
    stream = recording[Kind.BODY]
    made = stream.values.copy()
    made[:, stream.channels.index("left_ankle"), 0] += 0.3 * np.clip((np.arange(901) / 60 - 6.2) / 0.3, 0, 1)
    moved = replace(recording, streams={Kind.BODY: replace(stream, values=made)})
    assert values(balance_recovery.MEASURE.compute(moved))["balance.recovery_steps"] == 1.0


@pytest.mark.data
def test_a_map_says_the_axes_of_any_format(shared_data: Path) -> None:
    told_axes = {"ap_axis": "+y", "ml_axis": "+x"}
    (recording,) = read_file(shared_data / "biomdp-kistler-isen" / "kistler_COP.c3d", told_axes)
    found = values(MEASURE.compute(prepare(recording)))
    assert {"balance.rms_ml", "balance.rms_ap"} <= set(found)

"""Angles of a walk: a known movement is measured as it is, however the room lies; what was not seen gives no number."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poise.measures.angles_as_given import angles_as_given, knee_flexion_sign
from poise.measures.direction import direction_of_progression
from poise.measures.joint_angles import joint_angles
from poise.measures.kinematic_problems import knee_axis_error_deg
from poise.measures.kinematics import DEFINES, MEASURE, compute_with
from poise.measures.segment_axes import Seen, rigid_fit
from poise.measures.walk_from_angles import walk_from_events
from poise.model import Bout, Frame, Kind, Measured, Recording, Series, Stream, Walk
from poise.model.body import mirrored
from poise.signals import geometry
from poise.testing.walking import SimulatedWalk, simulate_walk

Points = Mapping[str, np.ndarray]


SHORT = simulate_walk(duration_s=3.0)


def recorded(walk: SimulatedWalk, points: Points | None = None, view: str = "3d") -> Recording:
    held = dict(points if points is not None else walk.points)
    body = Stream(
        kind=Kind.BODY,
        channels=tuple(held),
        time_s=walk.time_s,
        values=np.stack(list(held.values()), axis=1),
        unit="m",
        frame=Frame(name="laboratory", up="+z", view=view),
    )
    return Recording(id="made", source="made", streams={Kind.BODY: body}, events=walk.events)


def measured(walk: SimulatedWalk, points: Points | None = None, view: str = "3d") -> Measured:
    recording = recorded(walk, points, view)
    strides = walk_from_events(walk.events, method="simulated")
    assert strides is not None
    return compute_with(recording, replace(strides, treadmill=walk.walker.treadmill))


def series(found: Measured, name: str, side: str) -> np.ndarray:
    return next(each.values for each in found.series if (each.series, each.side) == (name, side))


def values(found: Measured) -> dict[str, float]:
    return {each.ref: each.value for each in found.measurements}


def with_points(walk: SimulatedWalk, change: Callable[[np.ndarray], np.ndarray]) -> dict[str, np.ndarray]:
    return {name: change(at) for name, at in walk.points.items()}


# ── a movement with a known answer ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_simulated_walk_has_the_angles_that_were_put_into_it(side: str) -> None:
    walk = simulate_walk()
    found = measured(walk)
    assert series(found, "knee.flexion", side) == pytest.approx(walk.angles_deg[f"knee.flexion.{side}"], abs=0.6)
    assert series(found, "thigh.inclination", side) == pytest.approx(walk.angles_deg[f"hip.flexion.{side}"], abs=0.5)
    assert series(found, "hip.flexion", side) == pytest.approx(walk.angles_deg[f"hip.flexion.{side}"], abs=0.6)
    ankle = walk.angles_deg[f"ankle.flexion.{side}"]
    assert series(found, "ankle.dorsiflexion", side) == pytest.approx(ankle, abs=1.5)


def test_toe_out_trunk_lean_and_sway_are_what_was_asked_for() -> None:
    found = values(measured(simulate_walk(toe_out_deg=12.0, trunk_lean_deg=8.0, trunk_sway_deg=6.0)))
    assert found["gait.foot_progression@left"] == pytest.approx(-12.0, abs=0.5)
    assert found["gait.foot_progression@right"] == pytest.approx(-12.0, abs=0.5)
    assert found["gait.trunk_lean"] == pytest.approx(8.0, abs=0.5)
    assert found["gait.trunk_sway"] == pytest.approx(12.0, abs=0.5)
    assert found["joint.trunk.lean_side.single_support_max@left"] == pytest.approx(6.0, abs=0.5)
    assert found["joint.trunk.lean_side.single_support_max@right"] == pytest.approx(6.0, abs=0.5)


def test_crouch_shows_in_the_knee_that_never_straightens() -> None:
    upright, crouched = (values(measured(simulate_walk(crouch=crouch))) for crouch in (0.0, 0.10))
    for side in ("left", "right"):
        name = f"joint.knee.flexion.stance_min@{side}"
        assert upright[name] < 15.0
        assert crouched[name] > upright[name] + 20.0


def test_every_number_is_defined_and_tells_its_unit() -> None:
    units = {each.measure: each.unit for each in DEFINES}
    found = measured(simulate_walk())
    assert len(found.measurements) > 80
    assert all(units[each.measure] == each.unit for each in found.measurements)
    assert len(units) == len(DEFINES)


def test_curves_have_101_points_and_count_their_strides() -> None:
    found = measured(simulate_walk())
    knee = next(each for each in found.curves if (each.curve, each.side) == ("knee.flexion", "left"))
    assert knee.mean.shape == (101,)
    assert knee.n >= 5
    assert np.nanmax(knee.sd) < 1.0


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("heading_deg", [90.0, 180.0, 215.0, -63.0])
def test_turning_the_laboratory_changes_nothing(heading_deg: float) -> None:
    here, there = measured(simulate_walk()), measured(simulate_walk(heading_deg=heading_deg))
    assert values(there) == pytest.approx(values(here), abs=1e-6)


def test_a_person_seen_in_a_mirror_has_left_and_right_exchanged() -> None:
    walk = simulate_walk(longer_left_step_m=0.08, toe_out_deg=9.0)
    flipped = {mirrored(name): at * np.array([1.0, -1.0, 1.0]) for name, at in walk.points.items()}
    events = tuple(replace(e, side="left" if e.side == "right" else "right") for e in walk.events)
    real, mirror = values(measured(walk)), values(measured(replace(walk, points=flipped, events=events)))
    for name, value in real.items():
        measure, _, side = name.partition("@")
        other = {"left": "@right", "right": "@left", "": ""}[side]
        assert mirror[measure + other] == pytest.approx(value, abs=1e-6), name


def test_a_taller_person_with_the_same_gait_has_the_same_angles() -> None:
    walk = simulate_walk()
    small, tall = values(measured(walk)), values(measured(walk, with_points(walk, lambda at: 1.3 * at)))
    angles = {name for name in small if name.startswith("joint.") or name.endswith("_ratio")}
    # The foot that stands is found by its phase, so no length decides an angle.
    assert {name: tall[name] for name in angles} == pytest.approx({name: small[name] for name in angles}, abs=1e-6)


def test_the_floor_or_a_treadmill_gives_the_same_angles() -> None:
    floor, belt = values(measured(simulate_walk())), values(measured(simulate_walk(treadmill=True)))
    angles = {name for name in floor if name.startswith("joint.")}
    # Overground the direction is that of the path, which sways; on the belt it is that of the body.
    assert {name: belt[name] for name in angles} == pytest.approx({name: floor[name] for name in angles}, abs=0.15)


def test_on_a_treadmill_the_feet_tell_the_direction_and_not_a_body_that_faces_aside() -> None:
    walk = simulate_walk(treadmill=True, heading_deg=40.0)
    aside = geometry.rotation_about(np.array([0.0, 0.0, 1.0]), np.deg2rad(8.0))
    pelvis = ("asis", "psis", "hip_centre", "shoulder", "shoulder_centre")
    points = {n: at @ aside.T if n.endswith(pelvis) else at for n, at in walk.points.items()}
    forward = direction_of_progression(points, 100.0, treadmill=True)
    assert forward[0] == pytest.approx([np.cos(np.deg2rad(40.0)), np.sin(np.deg2rad(40.0)), 0.0], abs=0.01)


def test_who_turns_round_while_the_hips_stay_in_place_has_the_angles_of_the_same_walk_over_the_floor() -> None:
    walk = simulate_walk(duration_s=12.0, turn_deg=180.0)
    hips = 0.5 * (walk.points["left_hip_centre"] + walk.points["right_hip_centre"])
    stayed = {name: at - hips * np.array([1.0, 1.0, 0.0]) for name, at in walk.points.items()}
    leaned, over_floor = (measured(walk, points) for points in (stayed, None))
    for name in ("joint.trunk.lean_side.max@left", "joint.pelvis.obliquity.rom@right", "joint.hip.flexion.max@left"):
        assert values(leaned)[name] == pytest.approx(values(over_floor)[name], abs=1.5)


def test_walking_a_curve_keeps_the_angles_of_the_legs() -> None:
    straight, bent = simulate_walk(), simulate_walk(turn_deg=90.0, turn_after_m=3.0, turn_radius_m=2.0)
    one, other = (series(measured(walk), "knee.flexion", "left") for walk in (straight, bent))
    assert np.nanmax(other) == pytest.approx(np.nanmax(one), abs=6.0)
    path = direction_of_progression(bent.points, 100.0)
    assert abs(path[-1] @ path[0]) < 0.3


def test_contacts_in_a_turn_do_not_count_for_the_margin_of_stability() -> None:
    def margins(walk: SimulatedWalk, strides: Walk) -> dict[str, float]:
        found = compute_with(recorded(walk), strides).measurements
        return {m.ref: m.value for m in found if m.measure.startswith("gait.margin")}

    walk = simulate_walk(duration_s=12.0, turn_deg=180.0)
    strides = walk_from_events(walk.events, method="simulated")
    assert strides is not None
    turn = Bout(start_s=4.0, end_s=8.0)
    outside = [step for step in strides.footsteps if not turn.start_s <= step.time_s < turn.end_s]
    straight = margins(walk, replace(strides, footsteps=tuple(outside)))
    assert margins(walk, replace(strides, turning=(turn,))) == straight
    assert margins(walk, strides) != pytest.approx(straight, abs=1e-3)


@pytest.mark.parametrize("left_out", [{"turning": (Bout(start_s=0.0, end_s=8.0),)}, {"dropped": 4}])
def test_a_walk_whose_strides_were_all_left_out_gets_none_made_up(left_out: dict[str, Any]) -> None:
    walk = simulate_walk()
    strides = walk_from_events(walk.events, method="simulated")
    assert strides is not None
    found = compute_with(recorded(walk), replace(strides, strides=(), **left_out))
    assert not [m for m in found.measurements if m.measure.startswith("joint.")]
    assert any("no whole stride" in problem.what for problem in found.problems)


def test_somebody_who_walks_backwards_still_faces_forwards() -> None:
    walk = simulate_walk()
    back = {name: at[::-1].copy() for name, at in walk.points.items()}
    forward = direction_of_progression(back, 100.0)
    assert forward[100] @ np.array([1.0, 0.0, 0.0]) > 0.9


# ── what was not seen ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hidden_knee_gives_no_number_for_its_strides() -> None:
    walk = simulate_walk()
    points = {name: at.copy() for name, at in walk.points.items()}
    for name in ("left_knee", "left_knee_centre", "left_knee_medial"):
        points[name][300:320] = np.nan
    found, whole = measured(walk, points), measured(walk)
    blind, seen = (
        next(m for m in each.measurements if m.ref == "joint.knee.flexion.max@left") for each in (found, whole)
    )
    assert blind.n == seen.n - 1
    assert blind.valid_fraction == pytest.approx((seen.n - 1) / seen.n)
    assert np.isnan(series(found, "knee.flexion", "left")[305])
    assert any("left out of an angle" in problem.what for problem in found.problems)


def test_without_the_knee_the_knee_is_missed_in_plain_words() -> None:
    walk = simulate_walk()
    found = measured(walk, {name: at for name, at in walk.points.items() if "knee" not in name})
    assert not [m for m in found.measurements if "knee" in m.measure or "hip" in m.measure]
    assert any("knee.flexion (left and right) is not given" in problem.what for problem in found.problems)


def test_one_marker_at_the_knee_gives_flexion_but_no_rotation() -> None:
    walk = simulate_walk()
    single = {n: at for n, at in walk.points.items() if not n.endswith(("_medial", "knee_centre", "ankle_centre"))}
    found = measured(walk, single)
    names = {each.series for each in found.series}
    assert "knee.flexion" in names
    assert not names & {"hip.rotation", "knee.adduction", "knee.rotation"}
    assert any("nothing tells how the thigh turns" in problem.what.replace("\n", " ") for problem in found.problems)


def test_a_side_view_gives_nothing_out_of_its_plane() -> None:
    walk = simulate_walk()
    flat = with_points(walk, lambda at: at * np.array([1.0, 0.0, 1.0]))
    found = measured(walk, flat, "sagittal")
    names = {each.series for each in found.series}
    assert {"hip.flexion", "knee.flexion", "ankle.dorsiflexion", "trunk.lean_forward"} <= names
    assert not names & {"hip.adduction", "pelvis.obliquity", "trunk.lean_side", "foot.progression", "hip.rotation"}
    assert series(found, "knee.flexion", "left") == pytest.approx(walk.angles_deg["knee.flexion.left"], abs=2.0)
    assert not [m for m in found.measurements if m.measure.startswith("gait.margin")]
    assert any("Seen from the side only" in problem.what for problem in found.problems)


def test_a_side_view_to_the_left_reads_as_one_to_the_right() -> None:
    walk = simulate_walk()
    right = with_points(walk, lambda at: at * np.array([1.0, 0.0, 1.0]))
    left = with_points(walk, lambda at: at * np.array([-1.0, 0.0, 1.0]))
    assert values(measured(walk, left, "sagittal")) == pytest.approx(
        values(measured(walk, right, "sagittal")), abs=1e-6
    )


def test_a_walk_there_and_back_seen_from_the_side_has_the_angles_of_the_way_there() -> None:
    walk = simulate_walk(duration_s=12.0)
    there = with_points(walk, lambda at: at * np.array([1.0, 0.0, 1.0]))
    half = len(walk.time_s) // 2

    def comes_back(at: np.ndarray) -> np.ndarray:
        mirrored = at * np.array([-1.0, 1.0, 1.0])
        return np.concatenate([at[:half], mirrored[half:]])

    back = {name: comes_back(at) for name, at in there.items()}
    one_way, both_ways = measured(walk, there, "sagittal"), measured(walk, back, "sagittal")
    angles = {ref: v for ref, v in values(one_way).items() if ref.startswith(("joint.", "gait.foot_strike"))}
    assert angles
    assert {ref: values(both_ways)[ref] for ref in angles} == pytest.approx(angles, abs=0.3)
    assert any("turned out of the side view" in problem.what for problem in both_ways.problems)
    assert not any("turned out of the side view" in problem.what for problem in one_way.problems)
    assert all(m.valid_fraction < 1.0 for m in both_ways.measurements if m.measure == "joint.knee.flexion.max")


def test_a_front_view_gives_leans_and_no_flexion() -> None:
    walk = simulate_walk(trunk_sway_deg=7.0)
    flat = with_points(walk, lambda at: at * np.array([0.0, 1.0, 1.0]))
    found = measured(walk, flat, "frontal")
    names = {each.series for each in found.series}
    assert {"trunk.lean_side", "pelvis.obliquity"} <= names
    assert not names & {"knee.flexion", "hip.flexion", "trunk.lean_forward", "foot.progression"}
    assert values(found)["gait.trunk_sway"] == pytest.approx(14.0, abs=0.5)


def test_hips_without_a_pelvis_say_that_the_back_counts_too() -> None:
    walk = simulate_walk()
    kept = {n: at for n, at in walk.points.items() if not n.endswith(("asis", "psis", "iliac_crest")) and n != "sacrum"}
    found = measured(walk, kept)
    hip = next(m for m in found.measurements if m.measure == "joint.hip.flexion.max")
    assert "trunk to thigh" in hip.method
    assert not [each for each in found.series if each.series == "pelvis.tilt"]
    assert any("the pelvis itself was not seen" in problem.what for problem in found.problems)


def test_a_person_who_stands_still_has_angles_but_no_gait() -> None:
    walk = simulate_walk()
    still = with_points(walk, lambda at: np.repeat(at[:1], len(at), axis=0))
    found = compute_with(replace(recorded(walk, still), events=()), None)
    assert found.series
    assert not found.measurements
    assert any("no whole stride" in problem.what for problem in found.problems)


def test_an_empty_body_gives_nothing_and_no_error() -> None:
    walk = simulate_walk(duration_s=2.0)
    found = measured(walk, {"left_heel": np.full((len(walk.time_s), 3), np.nan)})
    assert not found.measurements
    assert not found.curves


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_missing_nothing_is_raised_and_no_number_is_made_of_nothing(data: st.DataObject) -> None:
    walk = SHORT
    names = data.draw(st.lists(st.sampled_from(sorted(walk.points)), min_size=1, max_size=25, unique=True))
    view = data.draw(st.sampled_from(["3d", "sagittal", "frontal", "unknown"]))
    samples = data.draw(st.sampled_from([1, 2, 3, 12, 60, len(walk.time_s)]))
    seed, share = data.draw(st.integers(0, 999)), data.draw(st.sampled_from([0.0, 0.05, 0.6, 1.0]))
    rng = np.random.default_rng(seed)
    points = {}
    for name in names:
        at = walk.points[name][:samples].copy()
        at[rng.random(samples) < share] = np.nan
        points[name] = np.zeros_like(at) if rng.random() < 0.1 else at
    short = replace(walk, time_s=walk.time_s[:samples], points=points)
    norms = {name: (np.zeros(101), np.ones(101)) for name in ("hip.flexion", "knee.flexion", "ankle.dorsiflexion")}
    strides = walk_from_events(walk.events, method="simulated") if rng.random() < 0.7 else None
    found = compute_with(replace(recorded(short, points, view), events=()), strides, norms)
    assert all(np.isfinite(m.value) and m.n >= 1 and 0.0 < m.valid_fraction <= 1.0 for m in found.measurements)
    assert all(np.isfinite(c.mean).all() and c.mean.shape == (101,) for c in found.curves)
    assert all(p.what and p.do for p in found.problems)
    if share == 1.0:
        assert not found.measurements


def test_a_body_without_a_scale_gives_no_metres() -> None:
    walk = simulate_walk()
    recording = recorded(walk, with_points(walk, lambda at: at / 1.7))
    unscaled = replace(recording, streams={Kind.BODY: replace(recording[Kind.BODY], unit="body heights")})
    strides = walk_from_events(walk.events, method="simulated")
    found = compute_with(unscaled, strides)
    assert not [m for m in found.measurements if m.unit == "m"]
    assert values(found)["gait.toe_clearance_ratio@left"] == pytest.approx(
        values(measured(walk))["gait.toe_clearance_ratio@left"], abs=1e-6
    )


def test_points_told_from_the_hips_give_no_heights_and_no_paths() -> None:
    walk = simulate_walk()
    recording = recorded(walk, {n: at - walk.points["pelvis_centre"] for n, at in walk.points.items()})
    body = recording[Kind.BODY]
    centred = replace(recording, streams={Kind.BODY: replace(body, frame=Frame(name="hip-centred", up="+z"))})
    found = values(compute_with(centred, walk_from_events(walk.events, method="simulated")))
    assert found["joint.knee.flexion.swing_max@left"] == pytest.approx(
        values(measured(walk))["joint.knee.flexion.swing_max@left"], abs=1e-6
    )
    assert not [n for n in found if n.startswith(("gait.toe_clearance", "gait.circumduction", "gait.margin"))]


# ── maths of the pelvis and the knee's axis ──────────────────────────────────────────────────────────────────────────


def test_a_rigid_pelvis_is_found_again_under_moving_skin() -> None:
    rng = np.random.default_rng(4)
    shape = np.array([[0.1, 0.0, -0.12], [0.1, 0.0, 0.12], [-0.1, 0.02, -0.04], [-0.1, 0.02, 0.04]])
    true = geometry.rotation_from_cardan(rng.uniform(-30.0, 30.0, (500, 3)), "zxy")
    points = np.einsum("nij,mj->nmi", true, shape - shape.mean(axis=0)) + rng.normal(0.0, 0.006, (500, 4, 3))
    guess = true @ geometry.rotation_from_cardan(rng.normal(0.0, 4.0, (500, 3)), "zxy")
    left_over = geometry.cardan_angles(geometry.relative_rotation(true, rigid_fit(guess, points)), "zxy")
    first = geometry.cardan_angles(geometry.relative_rotation(true, guess), "zxy")
    assert np.sqrt(np.mean(left_over**2)) < 0.6 * np.sqrt(np.mean(first**2))


def test_an_exact_pelvis_stays_as_it_is_and_a_missing_point_gives_none() -> None:
    shape = np.array([[0.1, 0.0, -0.12], [0.1, 0.0, 0.12], [-0.1, 0.02, -0.04], [-0.1, 0.02, 0.04]])
    true = geometry.rotation_from_cardan(np.random.default_rng(5).uniform(-40.0, 40.0, (50, 3)), "zxy")
    points = np.einsum("nij,mj->nmi", true, shape - shape.mean(axis=0))
    points[7, 2] = np.nan
    fitted = rigid_fit(true, points)
    assert np.isnan(fitted[7]).all()
    assert np.delete(fitted, 7, axis=0) == pytest.approx(np.delete(true, 7, axis=0), abs=1e-9)


@pytest.mark.parametrize("turned_deg", [-18.0, 0.0, 12.0])
def test_a_turned_knee_axis_is_found_from_what_looks_like_bowing(turned_deg: float) -> None:
    flexion = 30.0 - 30.0 * np.cos(np.linspace(0.0, 12.0, 300))
    bowing = np.rad2deg(np.arcsin(np.sin(np.deg2rad(turned_deg)) * np.sin(np.deg2rad(flexion))))
    assert knee_axis_error_deg(flexion, bowing + 2.0) == pytest.approx(turned_deg, abs=1.0)


def test_a_turned_knee_axis_is_told() -> None:
    walk = simulate_walk()
    points = dict(walk.points)
    side = geometry.rotation_about(np.array([0.0, 0.0, 1.0]), np.deg2rad(25.0))
    outward = (points["left_knee"] - points["left_knee_centre"]) @ side.T
    points["left_knee"] = points["left_knee_centre"] + outward
    points["left_knee_medial"] = points["left_knee_centre"] - outward
    found = measured(walk, points)
    assert [p for p in found.problems if "left knee seems to bow" in p.what]
    assert not [p for p in found.problems if "right knee seems to bow" in p.what]


def test_joint_angles_are_the_same_one_frame_at_a_time() -> None:
    walk = simulate_walk(duration_s=2.0)
    points = {n: at for n, at in walk.points.items() if "psis" not in n}
    forward = np.tile([1.0, 0.0, 0.0], (len(walk.time_s), 1))
    whole = {(a.name, a.side): a.values for a in joint_angles(Seen(points=points, time_s=walk.time_s, forward=forward))}
    at = slice(77, 78)
    once = {n: v[at] for n, v in points.items()}
    for angle in joint_angles(Seen(points=once, time_s=walk.time_s[at], forward=forward[at])):
        assert angle.values == pytest.approx(whole[angle.name, angle.side][at], abs=1e-9)


# ── angles that other software computed ──────────────────────────────────────────────────────────────────────────────


def coordinates(walk: SimulatedWalk, *, knee_sign: float = 1.0, first: int = 0, last: int | None = None) -> Recording:
    """The simulated angles as a musculoskeletal model's file would hold them."""
    kept = slice(first, last)
    named = {}
    for side in ("left", "right"):
        named[f"hip_flexion_{side[0]}"] = walk.angles_deg[f"hip.flexion.{side}"][kept]
        named[f"knee_angle_{side[0]}"] = knee_sign * walk.angles_deg[f"knee.flexion.{side}"][kept]
        named[f"ankle_angle_{side[0]}"] = walk.angles_deg[f"ankle.flexion.{side}"][kept]
    named["pelvis_tilt"] = np.zeros(len(walk.time_s[kept]))
    table = np.stack(list(named.values()), axis=1)[..., None]
    stream = Stream(kind=Kind.COORDINATES, channels=tuple(named), time_s=walk.time_s[kept] - walk.time_s[kept][0],
                    values=table, unit="deg", frame=Frame(name="model"))  # fmt: skip
    return Recording(id="model", source="model.mot", streams={Kind.COORDINATES: stream})


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_either_sign_of_knee_flexion_is_understood(sign: float) -> None:
    walk = simulate_walk()
    recording = coordinates(walk, knee_sign=sign)
    assert MEASURE.fits(recording)
    found = MEASURE.compute(recording)
    assert series(found, "knee.flexion", "left") == pytest.approx(walk.angles_deg["knee.flexion.left"])
    assert ("positive" if sign > 0 else "negative") in next(
        m.method for m in found.measurements if m.measure == "joint.knee.flexion.max"
    )


def test_a_knee_sign_that_nothing_settles_is_left_open() -> None:
    assert knee_flexion_sign(np.array([[-4.0], [12.0]])) is None
    assert knee_flexion_sign(np.array([[-60.0], [55.0]])) is None
    assert knee_flexion_sign(np.full((5, 2), np.nan)) is None
    assert knee_flexion_sign(np.array([[-68.0], [-57.0]])) == -1.0
    walk = simulate_walk()
    slight = coordinates(walk)
    stream = slight[Kind.COORDINATES]
    dulled = slight.after(slight.history[0]) if slight.history else slight
    dulled = replace(dulled, streams={Kind.COORDINATES: replace(stream, values=0.1 * stream.values)})
    angles, problems = angles_as_given(dulled)
    assert not [angle for angle in angles if angle.name == "knee.flexion"]
    assert "positive or negative" in problems[0].what


def test_contacts_come_from_the_angles_within_a_twentieth_of_a_second() -> None:
    walk = simulate_walk()
    found = MEASURE.compute(coordinates(walk))
    assert found.walk is not None
    for side in ("left", "right"):
        true = walk.times("initial_contact", side)
        for stride in (each for each in found.walk.strides if each.side == side):
            assert np.abs(true - stride.start_s).min() < 0.05
    assert any("from the angles themselves" in problem.what for problem in found.problems)


def test_plug_in_gait_angles_without_markers_are_taken_as_given() -> None:
    walk = simulate_walk()
    zeros = np.zeros(len(walk.time_s))
    named = {}
    for side in ("left", "right"):
        for joint, label in (("hip", "HipAngles"), ("knee", "KneeAngles"), ("ankle", "AnkleAngles")):
            angle = walk.angles_deg[f"{joint}.flexion.{side}"]
            named[f"Anna:{side[0].upper()}{label}"] = np.stack([angle, 2.0 + zeros, -3.0 + zeros], axis=-1)
    named["Anna:LKneeAngles"][:5] = 0.0
    stream = Stream(kind=Kind.JOINT_ANGLES, channels=tuple(named), time_s=walk.time_s,
                    values=np.stack(list(named.values()), axis=1), unit="deg", frame=Frame(name="model"))  # fmt: skip
    recording = Recording(id="c3d", source="a.c3d", streams={Kind.JOINT_ANGLES: stream}, events=walk.events)
    assert MEASURE.fits(recording)
    found = MEASURE.compute(recording)
    assert found.walk is not None
    assert found.walk.method == "events in the file"
    assert np.isnan(series(found, "knee.flexion", "left")[:5]).all()
    assert series(found, "knee.flexion", "left")[5:] == pytest.approx(walk.angles_deg["knee.flexion.left"][5:])
    assert values(found)["joint.hip.adduction.max@right"] == pytest.approx(2.0)
    assert "as given by the file" in next(m.method for m in found.measurements)
    own = replace(recording, streams={**recording.streams, Kind.BODY: recorded(walk)[Kind.BODY]})
    assert not MEASURE.fits(own)
    assert "joint coordinate system" in next(
        m.method for m in compute_with(own, None).measurements if m.measure == "joint.knee.flexion.max"
    )


@pytest.mark.parametrize("first", [120, 150, 188])
def test_one_closed_cycle_gives_a_pattern_wherever_it_was_cut(first: int) -> None:
    walk = simulate_walk()
    whole = values(MEASURE.compute(coordinates(walk)))
    found = MEASURE.compute(coordinates(walk, first=first, last=first + 111))
    assert found.walk is None
    one = values(found)
    for name in ("joint.knee.flexion.swing_max@left", "joint.knee.flexion.stance_min@right"):
        assert one[name] == pytest.approx(whole[name], abs=2.0)
    assert {m.n for m in found.measurements} == {1}
    assert any("single cycle" in problem.what for problem in found.problems)


def test_a_foot_without_a_whole_stride_borrows_one_cycle_and_says_so() -> None:
    walk = simulate_walk(duration_s=1.6)
    found = measured(walk)
    assert len({m.side for m in found.measurements if m.measure == "joint.knee.flexion.max"}) == 2
    long = values(measured(simulate_walk()))
    for side in ("left", "right"):
        name = f"joint.knee.flexion.swing_max@{side}"
        assert values(found)[name] == pytest.approx(long[name], abs=2.0)
    assert any("between two like postures" in problem.what for problem in found.problems)


def test_knees_that_bend_together_are_no_walk() -> None:
    time_s = np.arange(300) / 100.0
    bend = 45.0 - 45.0 * np.cos(2 * np.pi * time_s / 3.0)
    named = {f"{joint}_{side}": bend for joint in ("hip_flexion", "knee_angle") for side in "lr"}
    stream = Stream(kind=Kind.COORDINATES, channels=tuple(named), time_s=time_s,
                    values=np.stack(list(named.values()), axis=1)[..., None], unit="deg", frame=Frame(name="m"))  # fmt: skip
    found = MEASURE.compute(Recording(id="squat", source="squat.mot", streams={Kind.COORDINATES: stream}))
    assert not [m for m in found.measurements if m.n > 1]


# ── the shared recordings ────────────────────────────────────────────────────────────────────────────────────────────


def analysed(path: Path) -> Measured:
    from poise.cleaning.prepare import prepare
    from poise.measures.gait_markers import MEASURE as MARKER_GAIT
    from poise.workflows.assess import read

    clean = prepare(read(path)[0])
    return compute_with(clean, MARKER_GAIT.compute(clean).walk if Kind.BODY in clean else None)


@pytest.mark.data
def test_labelled_crouch_shows_and_its_normal_twin_does_not(shared_data: Path) -> None:
    folder = shared_data / "opensim-adult-walk" / "crouch_vs_normal"
    crouch, normal = (values(analysed(folder / f"{name}_gait.mot")) for name in ("crouch", "normal"))
    for side in ("left", "right"):
        assert crouch[f"joint.knee.flexion.stance_min@{side}"] > 50.0
        assert normal[f"joint.knee.flexion.stance_min@{side}"] < 12.0


@pytest.mark.data
def test_trunk_sway_and_toes_in_are_told_from_the_normal_walk(shared_data: Path) -> None:
    folder = shared_data / "opencap-lab-tasks" / "Subject4"
    normal, sway, toes_in = (
        values(analysed(folder / f"{name}.trc")) for name in ("walking1", "walkingTS1", "walkingTI1")
    )
    assert sway["gait.trunk_sway"] > normal["gait.trunk_sway"] + 10.0
    assert toes_in["gait.foot_progression@left"] > normal["gait.foot_progression@left"] + 15.0
    assert toes_in["gait.foot_progression@right"] > normal["gait.foot_progression@right"] + 8.0
    assert normal["gait.foot_progression@right"] == pytest.approx(-9.0, abs=2.0)
    assert toes_in["gait.foot_progression@left"] == pytest.approx(17.0, abs=2.0)


@pytest.mark.data
def test_our_angles_are_those_of_plug_in_gait_with_its_joint_centres(shared_data: Path) -> None:
    from poise.workflows.validation.mcgill_children_gait_c3d import DATASET

    limits = {"knee.flexion": 5.0, "hip.flexion": 6.0, "ankle.dorsiflexion": 8.0, "pelvis.obliquity": 2.0,
              "foot.progression": 5.0}  # fmt: skip
    scores = [
        score
        for score in DATASET.scores(shared_data / DATASET.name)
        if score.file == "all" and score.condition == "straight" and score.measure in limits
    ]
    assert {score.measure for score in scores} == set(limits)
    for score in scores:
        if score.metric == "rmse":
            assert score.value <= limits[score.measure], score
        if score.metric == "r" and score.measure == "knee.flexion":
            assert score.value >= 0.99, score


def test_series_start_and_rate_follow_the_recording() -> None:
    walk = simulate_walk(rate_hz=60.0)
    knee: Series = next(each for each in measured(walk).series if each.series == "knee.flexion")
    assert knee.rate_hz == pytest.approx(60.0)
    assert knee.start_s == 0.0
    assert len(knee.values) == len(walk.time_s)

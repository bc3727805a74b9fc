"""Laws of cleaning: whatever axes, unit, direction or marker set a laboratory uses, the body is the same body."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from poise.cleaning.prepare import prepare
from poise.cleaning.settings import Settings
from poise.model import ForcePlate, Frame, Kind, Recording, Stream
from poise.signals import geometry
from poise.testing.walking import simulate_walk

WALK = simulate_walk(duration_s=4.0, heading_deg=25.0)
CLEAN = prepare(WALK.recording("medial"))
SIGNED_AXES = [
    np.eye(3)[list(order)] * np.array(signs)[:, None]
    for order in permutations(range(3))
    for signs in product((1.0, -1.0), repeat=3)
]
ROTATIONS = [m for m in SIGNED_AXES if np.linalg.det(m) > 0]
MIRRORS = [m for m in SIGNED_AXES if np.linalg.det(m) < 0]


def changed(recording: Recording, matrix: np.ndarray) -> Recording:
    stream = recording[Kind.MARKERS]
    return replace(recording, streams={Kind.MARKERS: replace(stream, values=stream.values @ matrix.T)})


def assert_same_body(found: Recording, wanted: Recording, tolerance_m: float = 1e-6) -> None:
    """Same points, same heights, same handedness; turned about the vertical at most."""
    a, b = found[Kind.BODY], wanted[Kind.BODY]
    assert a.channels == b.channels
    assert (a.unit, a.frame.up) == ("m", "+z")
    assert_allclose(a.values[..., 2], b.values[..., 2], atol=tolerance_m)
    flat_a, flat_b = ((s.values[..., :2] - s.values[0, 0, :2]).reshape(-1, 2) @ [1, 1j] for s in (a, b))
    turn = np.vdot(flat_b, flat_a)
    assert_allclose(flat_a, flat_b * turn / abs(turn), atol=tolerance_m)


@pytest.mark.parametrize("matrix", ROTATIONS, ids=str)
def test_any_axis_may_point_up(matrix: np.ndarray) -> None:
    assert_same_body(prepare(changed(WALK.recording("medial"), matrix)), CLEAN)


@pytest.mark.parametrize("matrix", MIRRORS[::4], ids=str)
def test_left_handed_axes_are_found_by_the_body_and_said(matrix: np.ndarray) -> None:
    found = prepare(changed(WALK.recording("medial"), matrix))
    assert_same_body(found, CLEAN)
    assert any("mirror" in problem.what for problem in found.problems)
    assert not any("mirror" in problem.what for problem in CLEAN.problems)


@pytest.mark.parametrize("factor", [1000.0, 100.0, 0.1, 0.001])
def test_a_mislabelled_unit_is_put_right_and_said(factor: float) -> None:
    found = prepare(changed(WALK.recording("medial"), factor * np.eye(3)))
    assert_same_body(found, CLEAN)
    assert any("size of a body" in problem.what for problem in found.problems)


def test_a_lab_that_hangs_askew_is_righted_to_a_few_degrees_and_said() -> None:
    askew = geometry.rotation_from_cardan([40.0, 30.0, 20.0], "xyz")
    found = prepare(changed(WALK.recording("medial"), askew))
    assert any("No axis" in problem.what for problem in found.problems)
    for name in ("c7", "left_heel", "pelvis_centre"):
        span = found["body"]["c7"] - found["body"]["pelvis_centre"]
        assert np.median(geometry.angle_between(span, geometry.Z_AXIS)) < 12.0, name
    knees = [
        geometry.flexion_angle(*(r["body"][f"left_{j}_centre"] for j in ("hip", "knee", "ankle")))
        for r in (found, CLEAN)
    ]
    assert_allclose(*knees, atol=1e-4)


@pytest.mark.parametrize("marker_set", ["plug-in-gait", "medial", "opencap"])
@pytest.mark.parametrize("treadmill", [False, True])
def test_knee_angles_are_the_true_ones_whatever_the_marker_set(marker_set: str, treadmill: bool) -> None:
    walk = simulate_walk(duration_s=4.0, heading_deg=-70.0, treadmill=treadmill)
    body = prepare(walk.recording(marker_set))["body"]
    for side in ("left", "right"):
        knee = geometry.flexion_angle(*(body[f"{side}_{joint}_centre"] for joint in ("hip", "knee", "ankle")))
        assert_allclose(knee, walk.angles_deg[f"knee.flexion.{side}"], atol=6.0)
        assert np.corrcoef(knee, walk.angles_deg[f"knee.flexion.{side}"])[0, 1] > 0.995


def test_points_are_where_they_were() -> None:
    for name in ("left_heel", "right_toe", "left_hip_centre", "right_knee_centre", "pelvis_centre"):
        # The simulated toe is not midway between the metatarsals, and its knee jerks where the leg is straight.
        tolerance = 0.02 if "toe" in name or "knee" in name else 0.006
        assert_allclose(CLEAN["body"][name][5:-5], WALK.points[name][5:-5], atol=tolerance)


def test_a_long_gap_stays_a_gap_and_a_short_one_is_closed() -> None:
    recording = WALK.recording("medial")
    values = recording["markers"].values.copy()
    knee = recording["markers"].channels.index("L.Knee.Medial")
    values[100:160, knee], values[200:210, knee] = np.nan, np.nan
    body = prepare(replace(recording, streams={"markers": replace(recording["markers"], values=values)}))["body"]
    for name in ("left_knee_medial", "left_knee_centre"):
        assert np.isnan(body[name][100:160]).all()
        assert np.isfinite(body[name][200:210]).all()
    others = [name for name in body.channels if name not in ("left_knee_medial", "left_knee_centre")]
    assert_allclose(body.only(others).values, CLEAN["body"].only(others).values, atol=1e-6)


def test_points_at_the_origin_are_missing() -> None:
    recording = WALK.recording("medial")
    values = recording["markers"].values.copy()
    values[:, recording["markers"].channels.index("C7")] = 0.0
    body = prepare(replace(recording, streams={"markers": replace(recording["markers"], values=values)}))["body"]
    assert "c7" not in body


def test_a_ghost_is_taken_out_and_said() -> None:
    recording = WALK.recording("medial")
    values = recording["markers"].values.copy()
    values[150:153, recording["markers"].channels.index("L.Heel")] += 0.8
    found = prepare(replace(recording, streams={"markers": replace(recording["markers"], values=values)}))
    assert_allclose(found["body"]["left_heel"], CLEAN["body"]["left_heel"], atol=0.01)
    assert any(step.what == "ghosts taken out" for step in found.history)


def test_forces_and_plates_turn_with_the_body() -> None:
    y_up = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
    recording = changed(WALK.recording("medial"), y_up)
    samples = len(WALK.time_s)
    force = Stream(
        kind=Kind.FORCE, channels=("plate 1",), time_s=WALK.time_s, unit="N", frame=Frame(name="laboratory"),
        values=np.tile([5.0, 600.0, 3.0], (samples, 1, 1)),
    )  # fmt: skip
    corners = np.array([[0.0, 0.0, 0.0], [0.6, 0.0, 0.0], [0.6, 0.0, 0.4], [0.0, 0.0, 0.4]])
    plate = ForcePlate(name="plate 1", corners_m=corners, type=2)
    recording = replace(recording, streams={**recording.streams, "force": force}, plates=(plate,))
    found = prepare(recording)
    assert_allclose(found["force"].values[0, 0], [5.0, -3.0, 600.0], atol=1e-9)
    assert_allclose(found.plates[0].corners_m[:, 2], 0.0, atol=1e-12)
    assert found["force"].frame.up == "+z"


def test_a_file_that_names_the_wrong_axis_is_outvoted_by_the_body_unless_a_plate_speaks_for_it() -> None:
    recording = WALK.recording("medial", frame=Frame(name="laboratory", up="+y"))
    found = prepare(recording)
    assert_same_body(found, CLEAN)
    assert any("The file says" in problem.what for problem in found.problems)
    corners = np.array([[0.0, 0.0, 0.0], [0.6, 0.0, 0.0], [0.6, 0.0, 0.4], [0.0, 0.0, 0.4]])
    with_plate = replace(recording, plates=(ForcePlate(name="1", corners_m=corners, type=2),))
    assert next(step for step in prepare(with_plate).history if step.what == "oriented").settings["up"] == "+y"
    asked = prepare(recording, settings=Settings(up="+y"))
    assert next(step for step in asked.history if step.what == "oriented").settings["up"] == "+y"


def test_forces_alone_say_what_is_up() -> None:
    samples = 500
    force = Stream(
        kind=Kind.FORCE, channels=("1",), time_s=np.arange(samples) / 100, unit="N", frame=Frame(name="laboratory"),
        values=np.tile([5.0, 600.0, 3.0], (samples, 1, 1)),
    )  # fmt: skip
    found = prepare(Recording(id="x", source="x", streams={"force": force}))
    assert_allclose(found["force"].values[0, 0], [5.0, -3.0, 600.0], atol=1e-9)


def test_the_users_names_are_taken() -> None:
    recording = WALK.recording("medial")
    labels = tuple(f"m{i}" for i in range(len(recording["markers"].channels)))
    hidden = replace(recording, streams={"markers": replace(recording["markers"], channels=labels)})
    assert "body" not in prepare(hidden)
    assert any("--map" in problem.do for problem in prepare(hidden).problems)
    names = {labels[recording["markers"].channels.index(known)]: ours for known, ours in
             {"L.Heel": "left_heel", "R.Heel": "right_heel", "L.ASIS": "left_asis", "R.ASIS": "right_asis"}.items()}  # fmt: skip
    assert {"left_heel", "right_asis"} <= set(prepare(hidden, names=names)["body"].channels)


def test_every_step_is_written_down_with_its_settings() -> None:
    told = [step.what for step in CLEAN.history]
    assert told == ["simulated", "named", "oriented", "gaps filled", "low-pass", "joint centres", "body"]
    fast = prepare(WALK.recording("medial"), settings=Settings(cutoff_hz=12.0))
    assert next(step for step in fast.history if step.what == "low-pass").settings["cutoff_hz"] == 12.0


def test_preparing_twice_is_preparing_once() -> None:
    assert prepare(CLEAN) is CLEAN or prepare(CLEAN).history == CLEAN.history


def test_nothing_in_nothing_out() -> None:
    empty = Recording(id="x", source="x", streams={})
    assert prepare(empty).streams == {}
    recording = WALK.recording("medial")
    blank = np.full_like(recording["markers"].values, np.nan)
    assert "body" not in prepare(replace(recording, streams={"markers": replace(recording["markers"], values=blank)}))


def test_an_uneven_clock_is_made_even() -> None:
    recording = WALK.recording("medial")
    jitter = np.random.default_rng(5).uniform(-0.002, 0.002, len(WALK.time_s))
    stream = replace(recording["markers"], time_s=WALK.time_s + jitter)
    found = prepare(replace(recording, streams={"markers": stream}))
    assert np.ptp(np.diff(found["body"].time_s)) < 1e-9
    assert found.history[1].what == "resampled"


def relabelled(recording: Recording, labels: list[str], values: np.ndarray) -> Recording:
    stream = replace(recording[Kind.MARKERS], channels=tuple(labels), values=values)
    return replace(recording, streams={Kind.MARKERS: stream})


def test_of_two_people_the_one_with_more_markers_is_measured_alone_and_it_is_said_without_a_name() -> None:
    walk = WALK.recording("medial")
    labels, values = list(walk[Kind.MARKERS].channels), walk[Kind.MARKERS].values
    both = relabelled(
        walk,
        [f"Bob:{label}" for label in labels[1:]] + [f"Ann:{label}" for label in labels],
        np.concatenate([values[:, 1:] + 2.0, values], axis=1),
    )
    found = prepare(both)
    assert_same_body(found, CLEAN)
    (told,) = [problem for problem in found.problems if "people" in problem.what]
    assert "2 people" in told.what
    assert not any(name in f"{told.what} {told.where} {told.do}" for name in ("Ann", "Bob"))
    assert not any("people" in problem.what for problem in CLEAN.problems)


def test_why_no_body_is_seen_is_told_as_it_is() -> None:
    walk = WALK.recording("medial")
    labels, values = list(walk[Kind.MARKERS].channels), walk[Kind.MARKERS].values
    empty = prepare(relabelled(walk, labels, np.full_like(values, np.nan)))
    doubled = [f"{label}.{i}" for i, label in enumerate(labels * 2, 1)]
    twice = prepare(relabelled(walk, doubled, np.concatenate([values, values + 2.0], axis=1)))
    strange = prepare(relabelled(walk, [f"q{i}x" for i, _ in enumerate(labels)], values))
    for found, words in ((empty, "was seen at any time"), (twice, "more than once"), (strange, "None of the labels")):
        assert Kind.BODY not in found
        assert any(words in problem.what for problem in found.problems)


@pytest.mark.parametrize("factor", [1.7e4, 5e-5])
def test_markers_of_an_impossible_size_are_no_body(factor: float) -> None:
    found = prepare(changed(WALK.recording("medial"), factor * np.eye(3)))
    assert Kind.BODY not in found
    assert any("impossible size" in problem.what for problem in found.problems)


def test_a_pose_in_a_scale_of_its_own_keeps_its_angles_and_loses_its_metres() -> None:
    walk = WALK.landmarks("world")
    stream = walk[Kind.LANDMARKS]
    found = prepare(replace(walk, streams={Kind.LANDMARKS: replace(stream, values=1.7e4 * stream.values)}))
    body = found[Kind.BODY]
    assert body.unit == "body_height"
    assert any("impossible size" in problem.what for problem in found.problems)
    leg = np.linalg.norm(body["left_hip_centre"] - body["left_knee_centre"], axis=-1)
    assert 0.2 < float(np.nanmedian(leg)) < 0.3

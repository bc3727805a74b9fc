"""Angles, frames and directions: one frame is the whole recording, missing in is missing out, any lab is every lab."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from poise.signals import geometry as g

RANDOM = np.random.default_rng(7)
RECORDING = RANDOM.normal(size=(4, 25, 3))
turns = st.lists(st.floats(-180, 180), min_size=3, max_size=3)

OF_POINTS: dict[str, Callable[..., np.ndarray]] = {
    "length": lambda a, b, c, d: g.length(a - b),
    "unit": lambda a, b, c, d: g.unit(a - b),
    "midpoint": lambda a, b, c, d: g.midpoint(a, b, c),
    "angle_between": lambda a, b, c, d: g.angle_between(a - b, c - d),
    "flexion_angle": lambda a, b, c, d: g.flexion_angle(a, b, c),
    "signed_flexion_angle": g.signed_flexion_angle,
    "signed_angle": lambda a, b, c, d: g.signed_angle(a, b, c),
    "on_plane": lambda a, b, c, d: g.on_plane(a, b),
    "inclination": lambda a, b, c, d: g.inclination(a, b),
    "rotation_between": lambda a, b, c, d: g.rotation_between(a, b),
    "segment_frame": lambda a, b, c, d: g.segment_frame(a, b),
    "grood_suntay": lambda a, b, c, d: g.grood_suntay(g.segment_frame(a, b), g.segment_frame(c, d, exact="right")),
}
INVARIANT = ("length", "angle_between", "flexion_angle", "signed_flexion_angle", "signed_angle", "grood_suntay")


@pytest.mark.parametrize("name", OF_POINTS)
def test_one_frame_is_the_whole_recording(name: str) -> None:
    whole = OF_POINTS[name](*RECORDING)
    for i in range(RECORDING.shape[1]):
        assert_array_equal(OF_POINTS[name](*RECORDING[:, i]), whole[i])


@pytest.mark.parametrize("name", OF_POINTS)
def test_missing_in_is_missing_out_and_nowhere_else(name: str) -> None:
    whole = OF_POINTS[name](*RECORDING)
    holed = RECORDING.copy()
    holed[:, 5] = np.nan
    result = OF_POINTS[name](*holed)
    assert np.isnan(result[5]).all()
    assert_array_equal(np.delete(result, 5, axis=0), np.delete(whole, 5, axis=0))


@pytest.mark.parametrize("name", INVARIANT)
@given(angles=turns)
def test_an_angle_does_not_know_how_the_lab_is_turned(name: str, angles: list[float]) -> None:
    lab = g.rotation_from_cardan(angles, "zxy")
    assert_allclose(OF_POINTS[name](*(RECORDING @ lab.T)), OF_POINTS[name](*RECORDING), atol=1e-6)


def test_flexion_of_a_straight_limb_is_zero_and_folds_over() -> None:
    hip, knee = [0.0, 0.0, 1.0], [0.0, 0.0, 0.5]
    assert g.flexion_angle(hip, knee, [0.0, 0.0, 0.1]) == pytest.approx(0.0, abs=1e-9)
    for ankle in ([0.1, 0.0, 0.1], [-0.1, 0.0, 0.1]):
        assert g.flexion_angle(hip, knee, ankle) == pytest.approx(np.degrees(np.arctan2(0.1, 0.4)))


def test_vector_kin_knee3pt() -> None:
    assert g.flexion_angle([0.0, 0.9, 0.1], [0.05, 0.5, 0.12], [-0.05, 0.1, 0.1]) == pytest.approx(21.88594414)


def test_vector_kin_grood() -> None:
    rotation = [
        [0.81784845, -0.56799443, 0.09222927],
        [0.53733967, 0.81118011, 0.23076592],
        [-0.20588831, -0.1391731, 0.96862834],
    ]
    assert_allclose(g.grood_suntay(np.eye(3), rotation), [35.0, -8.0, 12.0], atol=1e-6)
    assert_allclose(g.rotation_from_cardan([35.0, -8.0, 12.0], "zxy"), rotation, atol=1e-7)


@pytest.mark.parametrize("order", ["xyz", "xzy", "yxz", "yzx", "zxy", "zyx"])
@given(first=st.floats(-179, 179), middle=st.floats(-85, 85), last=st.floats(-179, 179))
def test_cardan_angles_undo_their_rotation(order: str, first: float, middle: float, last: float) -> None:
    angles = [first, middle, last]
    assert_allclose(g.cardan_angles(g.rotation_from_cardan(angles, order), order), angles, atol=1e-6)


def test_signs_of_the_joint_coordinate_system() -> None:
    """Right limb, x forward, y up, z right: the distal end forward, inward, turned inward are positive."""
    thigh = np.eye(3)
    forward = g.segment_frame([-0.1, 1.0, 0.0], [0.0, 0.0, 1.0])
    inward = g.segment_frame([0.0, 1.0, 0.1], [0.0, 0.0, 1.0])
    turned_in = g.segment_frame([0.0, 1.0, 0.0], [0.1, 0.0, 1.0])
    assert g.grood_suntay(thigh, forward)[0] > 5
    assert g.grood_suntay(thigh, inward)[1] > 5
    assert g.grood_suntay(thigh, turned_in)[2] > 5


def test_signed_flexion_tells_hyperextension() -> None:
    hip, knee, right = [0.0, 0.0, 1.0], [0.0, 0.0, 0.5], [0.0, -1.0, 0.0]
    behind, ahead = [-0.1, 0.0, 0.1], [0.1, 0.0, 0.1]
    assert g.signed_flexion_angle(hip, knee, ahead, right) == pytest.approx(np.degrees(np.arctan2(0.1, 0.4)))
    assert g.signed_flexion_angle(hip, knee, behind, right) == pytest.approx(-np.degrees(np.arctan2(0.1, 0.4)))


def test_inclination_leans_towards() -> None:
    assert g.inclination([0.1, 0.0, 1.0], [1.0, 0.0, 0.0]) == pytest.approx(np.degrees(np.arctan(0.1)))
    assert g.inclination([0.1, 0.0, 1.0], [-1.0, 0.0, 0.0]) == pytest.approx(-np.degrees(np.arctan(0.1)))
    assert g.inclination([0.1, 0.3, 1.0], [0.0, 1.0, 0.0]) == pytest.approx(np.degrees(np.arctan(0.3)))


@given(start=st.lists(st.floats(-5, 5), min_size=3, max_size=3), end=st.lists(st.floats(-5, 5), min_size=3, max_size=3))
def test_rotation_between_turns_one_into_the_other(start: list[float], end: list[float]) -> None:
    if min(np.linalg.norm(start), np.linalg.norm(end)) < 0.1:
        return
    rotation = g.rotation_between(start, end)
    assert_allclose(rotation @ g.unit(start), g.unit(end), atol=1e-7)
    assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-7)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


@pytest.mark.parametrize("axis", np.vstack([np.eye(3), -np.eye(3)]))
def test_rotation_to_the_opposite_is_a_half_turn(axis: np.ndarray) -> None:
    rotation = g.rotation_between(axis, -axis)
    assert_allclose(rotation @ axis, -axis, atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_a_frame_is_right_handed_and_keeps_its_exact_axis() -> None:
    for exact, column, given_axis in (("up", 1, RECORDING[0]), ("right", 2, RECORDING[1])):
        frame = g.segment_frame(RECORDING[0], RECORDING[1], exact=exact)
        assert_allclose(np.linalg.det(frame), 1.0)
        assert_allclose(frame[..., column], g.unit(given_axis))


def test_no_length_no_direction() -> None:
    assert np.isnan(g.unit([0.0, 0.0, 0.0])).all()
    assert np.isnan(g.angle_between([0.0, 0.0, 0.0], [1.0, 0.0, 0.0]))
    assert np.isnan(g.signed_angle([0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]))
    assert np.isnan(g.segment_frame([0.0, 0.0, 1.0], [0.0, 0.0, 2.0])).all()

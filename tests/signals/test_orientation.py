"""Quaternions are rotations, VQF is VQF, and a sensor may be worn any way round."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from poise.errors import BadSetting
from poise.signals import geometry
from poise.signals import orientation as o

turns = st.lists(st.floats(-180, 180), min_size=3, max_size=3)


@given(turns, turns)
def test_a_product_of_quaternions_is_a_product_of_rotations(a: list[float], b: list[float]) -> None:
    first, second = (geometry.rotation_from_cardan(angles, "xyz") for angles in (a, b))
    product = o.multiply(o.from_matrix(first), o.from_matrix(second))
    assert_allclose(o.as_matrix(product), first @ second, atol=1e-9)
    assert_allclose(o.rotate(product, [1.0, 2.0, 3.0]), first @ second @ [1.0, 2.0, 3.0], atol=1e-9)


@given(turns)
def test_a_matrix_and_its_quaternion_are_the_same_rotation(angles: list[float]) -> None:
    rotation = geometry.rotation_from_cardan(angles, "zxy")
    quaternion = o.from_matrix(rotation)
    assert_allclose(o.as_matrix(quaternion), rotation, atol=1e-9)
    assert o.angle_deg(quaternion, -quaternion) == pytest.approx(0.0, abs=1e-6)
    assert_allclose(o.multiply(quaternion, o.conjugate(quaternion)), o.IDENTITY, atol=1e-9)


def test_one_frame_is_the_whole_recording_and_missing_stays_missing() -> None:
    rotations = geometry.rotation_from_cardan(np.random.default_rng(1).uniform(-180, 180, (20, 3)), "zxy")
    rotations[7] = np.nan
    whole = o.from_matrix(rotations)
    assert np.isnan(whole[7]).all()
    for i in (0, 3, 19):
        assert_allclose(o.from_matrix(rotations[i]), whole[i])


def test_vector_vqf_static() -> None:
    still = np.tile([0.0, 4.905, 8.4957092111], (1000, 1))
    for estimate in (o.orientation, o.orientation_offline):
        found = estimate(np.zeros((1000, 3)), still, 100.0)
        assert_allclose(found.quaternion[-1], [0.9659256, 0.25881988, 0.0, 0.0], atol=1e-4)
        assert found.resting[-1]


def test_vector_vqf_yaw() -> None:
    gyr = np.zeros((200, 3))
    gyr[50:150, 2] = np.radians(90.0)
    found = o.orientation(gyr, np.tile([0.0, 0.0, 9.81], (200, 1)), 100.0)
    assert o.angle_deg(found.quaternion[0], found.quaternion[-1]) == pytest.approx(90.0, abs=0.05)


def test_vector_vqf_bias() -> None:
    gyr = np.tile(np.radians([1.0, -0.5, 0.3]), (2000, 1))
    found = o.orientation(gyr, np.tile([0.0, 0.0, 9.81], (2000, 1)), 100.0)
    assert_allclose(np.degrees(found.bias_rad_s[-1]), [0.99890042, -0.49944967, 0.29971974], atol=0.01)


def test_a_gap_gives_no_orientation_and_does_not_spoil_what_follows() -> None:
    gyr, acc = np.zeros((600, 3)), np.tile([0.0, 0.0, 9.81], (600, 1))
    acc[200:220] = np.nan
    found = o.orientation(gyr, acc, 100.0)
    assert np.isnan(found.quaternion[200:220]).all()
    assert np.isfinite(found.quaternion[220:]).all()


def test_a_rate_that_is_not_one_is_refused() -> None:
    with pytest.raises(BadSetting):
        o.orientation(np.zeros((5, 3)), np.ones((5, 3)), float("nan"))

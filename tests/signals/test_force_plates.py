"""Force plates: where a known push acts, whatever the plate's type, its place and its sign."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.signals.force_plates import (
    centre_of_pressure,
    plate_axes,
    to_surface,
    upward_axes,
    wrench_of_eight,
    wrench_of_position,
    wrench_of_six,
)

SQUARE = np.array([[0.3, 0.2, 0.0], [-0.3, 0.2, 0.0], [-0.3, -0.2, 0.0], [0.3, -0.2, 0.0]])[:, [1, 0, 2]]
"""Clockwise from above with z up: x of the plate along +y of the laboratory."""

pushes = st.tuples(
    st.floats(-200, 200), st.floats(-200, 200), st.floats(100, 2000), st.floats(-0.25, 0.25), st.floats(-0.15, 0.15)
)


def six_channels(push, free, height=0.04):
    """What a sensor `height` below the surface feels of a push at (x, y): z of the plate points down."""
    *force, x, y = push
    mx, my, mz = np.cross([x, y, -height], force)
    return np.array([*force, mx, my, mz + free])


def test_the_corners_of_the_standard_put_z_into_the_floor():
    centre, axes = plate_axes(SQUARE)
    assert np.allclose(centre, 0)
    assert np.allclose(axes[:, 2], [0, 0, -1])
    assert np.allclose(axes.T @ axes, np.eye(3))
    assert np.isclose(np.linalg.det(axes), 1)


def test_corners_without_an_area_have_no_axes():
    assert np.isnan(plate_axes(np.zeros((4, 3)))[1]).any()


@given(pushes, st.floats(-20, 20))
def test_a_push_is_found_where_it_acts(push, free):
    *_, x, y = push
    wrench = wrench_of_six(six_channels(push, free), [0, 0, -0.04])
    place, moment = centre_of_pressure(wrench)
    assert place == pytest.approx([x, y], abs=1e-9)
    assert moment == pytest.approx(free, abs=1e-6)


@given(pushes)
def test_action_and_reaction_act_at_the_same_place(push):
    channels = six_channels(push, 3.0)
    there, _ = centre_of_pressure(wrench_of_six(channels, [0, 0, -0.04]))
    back, _ = centre_of_pressure(wrench_of_six(-channels, [0, 0, -0.04]))
    assert there == pytest.approx(back, abs=1e-12)


def test_an_origin_written_the_other_way_round_is_the_same_origin():
    assert np.array_equal(to_surface([0.01, -0.02, 0.04]), to_surface([-0.01, 0.02, -0.04]))


@given(pushes)
def test_eight_channels_of_a_known_push(push):
    """The push shared among four legs at (±a, ±b), as statics shares it."""
    fx, fy, fz, x, y = push
    a, b, height = 0.12, 0.2, 0.05
    mx, my = y * fz + height * fy, -x * fz - height * fx  # about the plane of the sensors
    legs = fz / 4 + np.array([mx / b - my / a, mx / b + my / a, -mx / b + my / a, -mx / b - my / a]) / 4
    channels = np.array([fx / 2, fx / 2, fy / 2, fy / 2, *legs])
    wrench = wrench_of_eight(channels, [a, b, -height])
    place, _ = centre_of_pressure(wrench)
    assert wrench[:3] == pytest.approx([fx, fy, fz])
    assert place == pytest.approx([x, y], abs=1e-9)
    assert np.array_equal(wrench, wrench_of_eight(channels, [a, b, height]))


@given(pushes)
def test_type_1_gives_back_the_place_it_was_given(push):
    *force, x, y = push
    place, free = centre_of_pressure(wrench_of_position(np.array([*force, x, y, 4.0])))
    assert place == pytest.approx([x, y])
    assert free == pytest.approx(4.0, abs=1e-9)


def test_one_sample_or_a_whole_recording():
    many = np.array([six_channels((1.0, 2.0, 300.0 + i, 0.1, 0.05), 1.0) for i in range(5)])
    whole = wrench_of_six(many, [0, 0, -0.04])
    assert np.allclose(whole, [wrench_of_six(one, [0, 0, -0.04]) for one in many])


def test_an_unloaded_plate_has_no_centre_of_pressure():
    place, free = centre_of_pressure(np.array([[0.0, 0.0, 19.0, 1.0, 1.0, 1.0], [0.0, 0.0, 21.0, 1.0, 1.0, 1.0]]))
    assert np.isnan(place[0]).all()
    assert np.isnan(free[0])
    assert np.isfinite(place[1]).all()


def test_a_plate_listed_counter_clockwise_keeps_x_and_y_and_turns_z():
    axes = plate_axes(SQUARE[:, [1, 0, 2]])[1]
    turned, is_upside_down = upward_axes(axes, [0, 0, 1], points_down=True)
    assert is_upside_down
    assert np.allclose(turned[:, :2], axes[:, :2])
    assert np.allclose(turned[:, 2], [0, 0, -1])

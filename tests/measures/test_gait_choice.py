"""Whose walk is taken when several methods saw it."""

from __future__ import annotations

from itertools import permutations

import pytest

from poise.measures.gait_choice import ORDER, choose_walk
from poise.model.gait import Bout, Stride, Walk
from poise.model.measurement import Measured, method_name


def seen_by(method: str, strides: int = 10) -> Measured:
    return Measured(
        walk=Walk(
            bouts=(Bout(start_s=0.0, end_s=float(strides)),),
            footsteps=(),
            strides=tuple(Stride(side="left", start_s=float(i), end_s=i + 1.0) for i in range(strides)),
            method=method,
        )
    )


@pytest.mark.parametrize("spelling", ["{}@1", "{}/1", "{} 1", "{}: as read", "{}"])
def test_a_method_is_known_by_its_name_however_its_id_is_spelled(spelling: str) -> None:
    for name in ORDER:
        assert method_name(spelling.format(name)) == name
        assert method_name(spelling.format(name.replace("_", "-"))) == name


def test_the_more_direct_sensor_wins_whatever_the_spelling_and_order() -> None:
    for rivals in permutations(["gait_landmarks@1", "gait_lumbar_imu/1", "gait-foot-imu 1"]):
        chosen = choose_walk([seen_by(method) for method in rivals])
        assert chosen is not None
        assert chosen.walk is not None
        assert chosen.walk.method == "gait-foot-imu 1"


def test_more_strides_win_over_a_more_direct_sensor() -> None:
    chosen = choose_walk([seen_by("gait_force_plates@1", 2), seen_by("gait_lumbar_imu/1", 20)])
    assert chosen is not None
    assert chosen.walk is not None
    assert chosen.walk.method == "gait_lumbar_imu/1"

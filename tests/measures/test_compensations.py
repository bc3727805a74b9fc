"""Compensations of simulated squats: what was put there comes out, on either side, wherever the laboratory faces."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.measures.compensations import compensations, fppa_deg
from poise.measures.quality_signals import Posture, posture_of
from poise.testing.tasks import simulate_squats


def squat(heading_deg: float = 0.0, scale: float = 1.0, **changes: Any) -> Posture:
    """The first repetition of simulated squats."""
    made = simulate_squats(repetitions=1, **changes)
    recording = made.posture.body(heading_deg=heading_deg)
    larger = replace(recording["body"], values=scale * recording["body"].values)
    whole = posture_of(replace(recording, streams={"body": larger}))
    assert whole is not None
    return whole.between(1.0, 3.5)


def found(posture: Posture, side: str | None = None) -> dict[str, float]:
    return {each.name: each.value for each in compensations(posture, side)}  # type: ignore[arg-type]


def test_vector_fppa() -> None:
    right = [np.array(p) for p in ([0.5, 0.55], [0.48, 0.75], [0.52, 0.95])]
    assert fppa_deg(right[0], right[1], right[2], "right") == pytest.approx(-17.02052561, abs=1e-6)


def test_vector_fppa_left() -> None:
    left = [np.array(p) for p in ([0.5, 0.55], [0.53, 0.75], [0.52, 0.95])]
    assert fppa_deg(left[0], left[1], left[2], "left") == pytest.approx(-11.39317084, abs=1e-6)
    assert np.isnan(fppa_deg(left[0], left[0], left[2], "left"))


@pytest.mark.parametrize("heading_deg", [0.0, 77.0, 180.0])
def test_what_was_put_there_comes_out(heading_deg: float) -> None:
    plain = found(squat(heading_deg))
    assert plain["trunk_lean"] == pytest.approx(30.0, abs=0.5)
    for name in ("trunk_lean_side", "pelvic_drop", "weight_shift", "trunk_turn"):
        assert plain[name] == pytest.approx(0.0, abs=0.5), name
    assert found(squat(heading_deg, lean_left_deg=12.0))["trunk_lean_side"] == pytest.approx(-12.0, abs=2.0)
    assert found(squat(heading_deg, pelvis_left_up_deg=8.0))["pelvic_drop"] == pytest.approx(-8.0, abs=0.5)
    assert found(squat(heading_deg, shift_left_m=0.09))["weight_shift"] == pytest.approx(-100 * 0.09 / 0.83, abs=1.5)
    assert found(squat(heading_deg, heel_lift_deg=20.0))["heel_lift"] > 0.04
    assert plain["heel_lift"] == pytest.approx(0.0, abs=1e-6)
    inward = found(squat(heading_deg, knee_inward_m={"right": 0.06}))["knee_inward"]
    assert inward - plain["knee_inward"] == pytest.approx(2 * np.degrees(np.arcsin(0.06 / 0.42)), abs=3.0)


@settings(max_examples=15)
@given(lean=st.floats(-20, 20), drop=st.floats(-10, 10), shift=st.floats(-0.1, 0.1))
def test_a_mirror_changes_sides_and_signs_and_nothing_else(lean: float, drop: float, shift: float) -> None:
    made = squat(lean_left_deg=lean, pelvis_left_up_deg=drop, shift_left_m=shift)
    seen, mirrored = found(made, "left"), found(made.mirrored(), "right")
    assert seen == pytest.approx(mirrored, abs=1e-9)


@settings(max_examples=10)
@given(scale=st.floats(0.5, 1.3))
def test_a_taller_body_has_the_same_angles_and_shares(scale: float) -> None:
    usual, other = (found(squat(scale=s, lean_left_deg=9.0)) for s in (1.0, scale))
    for name in ("trunk_lean", "trunk_lean_side", "pelvic_drop", "shoulder_hike", "weight_shift", "knee_inward"):
        assert usual[name] == pytest.approx(other[name], abs=1e-6)


def test_what_was_not_seen_is_not_told() -> None:
    made = simulate_squats(repetitions=1)
    side, front = (posture_of(made.posture.pictured(view)) for view in ("sagittal", "frontal"))
    assert side is not None
    assert front is not None
    assert "trunk_lean_side" not in found(side)
    assert "pelvic_drop" not in found(side)
    assert "trunk_lean" not in found(front)
    assert "trunk_lean_side" in found(front)
    blind = squat()
    hidden = {key: values * np.nan for key, values in blind.signals.items()}
    assert found(Posture(time_s=blind.time_s, rate_hz=blind.rate_hz, signals=hidden)) == {}

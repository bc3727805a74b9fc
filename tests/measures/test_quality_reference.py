"""A repetition judged by accepted ones: as good as they are, or told what is off and by how much."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.errors import BadSetting
from poise.measures.quality_reference import Example, compare, judged_by_others, reference_of
from poise.measures.quality_signals import Posture, posture_of
from poise.testing.tasks import simulate_squats

RNG = np.random.default_rng(7)


def squat(seed: int = 0, heading_deg: float = 0.0, **changes: Any) -> Posture:
    made = simulate_squats(repetitions=1, rate_hz=50.0, **changes)
    whole = posture_of(made.posture.body(heading_deg=heading_deg, noise_m=0.001, seed=seed))
    assert whole is not None
    return whole.between(0.95, 3.55)


def accepted(number: int = 6) -> list[Posture]:
    return [squat(i, depth=0.35 + 0.01 * (i % 3), trunk_deg=28.0 + 2.0 * (i % 3)) for i in range(number)]


REFERENCE = reference_of(accepted(), source="six squats")


def quality(posture: Posture) -> float:
    found = compare(REFERENCE, posture).judgement.quality
    assert found is not None
    return found


def test_one_like_the_accepted_is_whole() -> None:
    found = compare(REFERENCE, squat(99))
    assert found.judgement.quality == pytest.approx(100.0, abs=0.5)
    assert found.judgement.limiting in {"", "course", "other_motion"}
    assert {part.name for part in found.judgement.parts} == {"range", "other_motion", "course"}
    assert not REFERENCE.one_sided


@pytest.mark.parametrize(
    ("fault", "part", "signal"),
    [
        ({"depth": 0.18}, "range", "knee_flexion"),
        ({"lean_left_deg": 25.0}, "other_motion", "trunk_side"),
        ({"pelvis_left_up_deg": 15.0}, "other_motion", "pelvis_drop"),
        ({"shift_left_m": 0.15}, "other_motion", "hips_aside"),
        ({"trunk_deg": 70.0}, "course", "trunk_forward"),
    ],
)
def test_a_fault_costs_and_is_named(fault: dict[str, float], part: str, signal: str) -> None:
    found = compare(REFERENCE, squat(3, **fault))
    assert found.judgement.quality is not None
    assert found.judgement.quality < 95.0
    named = [each.name for each in found.details if each.score < 1.0 and each.name.startswith(part)]
    assert any(signal in name for name in named), found.faults
    assert all(math.isfinite(each.value) and each.unit for each in found.faults)


@settings(max_examples=12, deadline=None)
@given(st.floats(0.05, 0.34), st.floats(0.0, 0.3))
def test_less_depth_is_never_better(depth: float, less: float) -> None:
    deeper, shallower = quality(squat(1, depth=depth)), quality(squat(1, depth=max(0.04, depth - less)))
    assert shallower <= deeper + 0.5


@settings(max_examples=12, deadline=None)
@given(st.floats(0.0, 30.0), st.floats(0.0, 20.0))
def test_more_lean_is_never_better(lean: float, more: float) -> None:
    assert quality(squat(1, lean_left_deg=lean + more)) <= quality(squat(1, lean_left_deg=lean)) + 0.5


@settings(max_examples=8, deadline=None)
@given(scale=st.floats(0.6, 1.3), heading=st.floats(-180, 180), slower=st.floats(1.0, 2.0))
def test_body_laboratory_and_pace_do_not_matter(scale: float, heading: float, slower: float) -> None:
    made = simulate_squats(repetitions=1, rate_hz=50.0, down_s=1.2 * slower, bottom_s=0.2 * slower, up_s=1.1 * slower)
    recording = made.posture.body(heading_deg=heading)
    larger = replace(recording["body"], values=scale * recording["body"].values)
    whole = posture_of(replace(recording, streams={"body": larger}))
    assert whole is not None
    assert quality(whole.between(1.0 - 0.05 * slower, 1.0 + 2.55 * slower)) > 99.0


def test_a_left_legged_movement_is_judged_in_the_mirror() -> None:
    right = [squat(i, standing="right", depth=0.2 + 0.01 * i) for i in range(4)]
    reference = reference_of(right, source="right legs")
    assert reference.one_sided
    as_is = compare(reference, squat(9, standing="right", depth=0.2))
    turned = compare(reference, squat(9, standing="left", depth=0.2))
    told = compare(reference, squat(9, standing="left", depth=0.2), side="left")
    assert turned.mirrored
    assert told.mirrored
    assert not as_is.mirrored
    assert turned.judgement.quality == pytest.approx(as_is.judgement.quality, abs=2.0)
    assert told.judgement.quality == turned.judgement.quality
    mixed = reference_of([*right[:2], *(each.mirrored() for each in right[2:])])
    assert compare(mixed, right[0]).judgement.quality == pytest.approx(
        compare(reference, right[0]).judgement.quality, abs=1e-6
    )


def test_smoothness_is_compared_with_the_persons_own_only() -> None:
    own = reference_of(accepted(), own=True)
    plain = squat(5)
    trembling = {
        key: values + 3.0 * np.sin(2 * np.pi * 6.0 * plain.time_s) * (key[0] == "knee_flexion")
        for key, values in plain.signals.items()
    }
    jerky = Posture(time_s=plain.time_s, rate_hz=plain.rate_hz, signals=trembling)
    scores = [
        next(part.score for part in compare(own, each).judgement.parts if part.name == "smoothness")
        for each in (plain, jerky)
    ]
    assert scores[0] == 1.0
    assert scores[1] < 0.9
    assert np.isnan(REFERENCE.sparc)


def test_missing_in_nothing_out() -> None:
    plain = squat(5)
    hidden = {key: values * np.nan for key, values in plain.signals.items()}
    blind = compare(REFERENCE, Posture(time_s=plain.time_s, rate_hz=plain.rate_hz, signals=hidden))
    assert blind.judgement.quality is None
    assert blind.judgement.parts == ()
    assert set(blind.judgement.missing) == {"range", "other_motion", "course"}
    empty = Posture(time_s=np.empty(0), rate_hz=50.0, signals={})
    assert compare(REFERENCE, empty).judgement.quality is None


def test_too_few_accepted_repetitions_are_refused() -> None:
    with pytest.raises(BadSetting, match="at least"):
        reference_of(accepted(2))


def test_nobody_is_judged_by_their_own_repetitions() -> None:
    people = [Example(person=f"p{i // 2}", posture=each, accepted=True) for i, each in enumerate(accepted(6))]
    odd = Example(person="odd", posture=squat(8, depth=0.15), accepted=True)
    judged = judged_by_others([*people, odd, odd, odd])
    assert all(each is not None for each in judged)
    assert judged[-1] is not None
    assert judged[-1].judgement.quality is not None
    # Its own three accepted copies would have made it whole.
    assert judged[-1].judgement.quality < 90.0
    assert judged_by_others([odd, odd, odd]) == (None, None, None)

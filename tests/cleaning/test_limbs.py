"""Limbs that a network exchanges for a moment: put back, and never for longer than anybody could know."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.cleaning.limbs import LIMBS, exchanged_limbs, start, step
from poise.cleaning.prepare import prepare
from poise.model.body import mirrored
from poise.testing.walking import simulate_walk

WALK = simulate_walk(duration_s=6.0, rate_hz=30.0)
HEIGHT_M = WALK.walker.height_m
TIME_S = np.arange(len(next(iter(WALK.points.values())))) / 30.0
SIDE_VIEW = {name: values[:, [0, 2]] for name, values in WALK.points.items()}
APART = np.abs(SIDE_VIEW["left_ankle_centre"][:, 0] - SIDE_VIEW["right_ankle_centre"][:, 0])


def legs_exchanged(frames: np.ndarray) -> dict[str, np.ndarray]:
    swapped = {f"{side}_{name}" for side in ("left", "right") for name in LIMBS["legs"]}
    return {
        name: np.where(frames[:, None] & (name in swapped), SIDE_VIEW.get(mirrored(name), values), values)
        for name, values in SIDE_VIEW.items()
    }


def found(points: dict[str, np.ndarray], limb: str = "legs") -> np.ndarray:
    return exchanged_limbs(points, limb, TIME_S, HEIGHT_M)


@pytest.mark.parametrize("limb", ["legs", "arms"])
@pytest.mark.parametrize("rate_hz", [15.0, 30.0, 60.0])
@pytest.mark.parametrize("speed", [0.6, 1.3])
def test_a_walk_that_was_seen_well_is_left_alone(limb: str, rate_hz: float, speed: float) -> None:
    walk = simulate_walk(duration_s=6.0, rate_hz=rate_hz, walker=replace(WALK.walker, stride_length_m=speed))
    points = {name: values[:, [0, 2]] for name, values in walk.points.items()}
    time_s = np.arange(len(points["left_heel"])) / rate_hz
    assert not exchanged_limbs(points, limb, time_s, HEIGHT_M).any()


@pytest.mark.parametrize("length", [1, 2, 4])
def test_legs_exchanged_for_a_moment_are_found(length: int) -> None:
    """Where the feet are well apart throughout: the longer the exchange, the further."""
    for first in range(35, len(TIME_S) - 10, 7):
        wrong = np.zeros(len(TIME_S), dtype=bool)
        wrong[first : first + length] = True
        if APART[first - 1 : first + length + 1].min() > 0.2 + 0.05 * length:
            assert (found(legs_exchanged(wrong)) == wrong).all(), first


def test_one_exchange_that_is_missed_does_not_turn_round_the_rest() -> None:
    """The leap in is hidden where the feet pass each other; the leap out is plain. The old rule counted leaps."""
    passing = int(np.argmin(APART[40:80])) + 40
    wrong = np.zeros(len(TIME_S), dtype=bool)
    wrong[passing : passing + 5] = True
    assert not found(legs_exchanged(wrong))[passing + 20 :].any()


@pytest.mark.parametrize("seconds", [1.0, 3.0])
def test_it_never_locks_on(seconds: float) -> None:
    end_s = 1.1 + seconds
    wrong = (TIME_S > 1.1) & (end_s > TIME_S)
    told = found(legs_exchanged(wrong))
    assert not told[end_s + 0.5 < TIME_S].any()
    assert not told[~wrong & (TIME_S < 1.1)].any()


def test_legs_alone_are_put_back_and_arms_stay() -> None:
    recording = WALK.landmarks("left")
    stream = recording["landmarks"]
    values = stream.values.copy()
    legs = [n for n in stream.channels if any(part in n for part in ("knee", "ankle", "heel", "toe", "foot"))]
    here, there = ([stream.channels.index(name) for name in names] for names in (legs, map(mirrored, legs)))
    frame = int(np.argmax(APART[60:90])) + 60
    values[frame, here] = stream.values[frame, there]
    clean = prepare(replace(recording, streams={"landmarks": replace(stream, values=values)}))
    told = {each.what: each.settings for each in clean.history}
    assert set(told["left and right put back"]) == {"legs"}
    np.testing.assert_allclose(clean["body"].values, prepare(recording)["body"].values, atol=1e-9)


@given(cuts=st.lists(st.integers(0, 180), max_size=5))
def test_cut_anywhere_it_says_the_same(cuts: list[int]) -> None:
    wrong = np.zeros(len(TIME_S), dtype=bool)
    wrong[[44, 45, 90, 130, 131]] = True
    points = legs_exchanged(wrong)
    names = [each for each in LIMBS["legs"] if f"left_{each}" in points]
    pairs = [
        [(tuple(points[f"left_{n}"][i]), tuple(points[f"right_{n}"][i])) for n in names] for i in range(len(TIME_S))
    ]
    state, told = start(), []
    for begin, end in pairwise([0, *sorted(cuts), len(TIME_S)]):
        state = replace(state)
        for i in range(begin, end):
            state, is_wrong = step(state, float(TIME_S[i]), pairs[i], HEIGHT_M)
            told.append(is_wrong)
    assert told == found(points).tolist()


def test_after_a_gap_nothing_is_held_against_what_was_before() -> None:
    points = legs_exchanged(TIME_S > 3.0)
    for values in points.values():
        values[(TIME_S > 2.7) & (TIME_S <= 3.0)] = np.nan
    assert not found(points).any()

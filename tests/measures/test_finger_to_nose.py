"""Finger to nose: ends, ways, shaking and times that were put in come out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poise.measures.finger_to_nose import MEASURE, compare
from poise.model import Frame, Kind, Measured, Recording, Stream

EYES_PX = 60.0
RATE_HZ = 60.0


def touching(
    ends: list[tuple[float, float]], *, period_s: float = 2.0, tremor: float = 0.0, tremor_hz: float = 5.0, bow: float = 0.0,
    noise_px: float = 0.0, rate_hz: float = RATE_HZ, scale: float = 1.0, mirror: bool = False, seed: int = 1,
) -> Recording:  # fmt: skip
    """A right index finger that goes from arm's length to each end (told from the nose, in eye distances) and back."""
    time_s = np.arange(round((len(ends) * period_s + 1.0) * rate_hz)) / rate_hz
    far = np.array([-8.0, 5.0])
    place = np.tile(far, (len(time_s), 1))
    for i, end in enumerate(ends):
        u = (time_s - 0.5 - i * period_s) / period_s
        inside = (u >= 0) & (u <= 1)
        there = np.clip(np.minimum(u, 1 - u) / 0.45, 0, 1)[inside]
        s = 10 * there**3 - 15 * there**4 + 6 * there**5
        across = np.array([5.0, 8.0]) / np.hypot(5.0, 8.0)
        place[inside] = far + s[:, None] * (np.array(end) - far) + bow * np.sin(np.pi * s)[:, None] * across
    place[:, 1] += tremor * np.sin(2 * np.pi * tremor_hz * time_s)
    unit = EYES_PX * scale
    nose = np.tile([640.0, 300.0], (len(time_s), 1))
    flip = np.array([-1.0 if mirror else 1.0, 1.0])
    eyes = [nose + unit * np.array([side * 0.5, -0.6]) for side in (1.0, -1.0)]
    side = "left" if mirror else "right"
    rng = np.random.default_rng(seed)
    values = np.stack([nose, *eyes, nose + unit * place * flip], axis=1)
    values = values + noise_px * rng.normal(size=values.shape)
    stream = Stream(
        kind=Kind.LANDMARKS, channels=("nose", "left_eye", "right_eye", f"{side}_index"), time_s=time_s, values=values, unit="px",
        frame=Frame(name="image", up="-y", view="unknown"), confidence=np.full(values.shape[:2], 0.9),
    )  # fmt: skip
    return Recording(id="finger", source="finger (simulated)", streams={Kind.LANDMARKS: stream})


ENDS = [(0.3, 0.0), (0.0, -0.4), (-0.3, 0.0), (0.0, 0.2), (0.3, 0.4), (0.0, 0.0)]


def values(found: Measured) -> dict[str, float]:
    return {m.measure.removeprefix("reach."): m.value for m in found.measurements}


def test_ends_and_times() -> None:
    told = values(MEASURE.compute(touching(ENDS)))
    assert told["endpoint_error"] == pytest.approx(np.mean([np.hypot(*end) for end in ENDS]), abs=0.05)
    assert told["cycle_time"] == pytest.approx(2.0, abs=0.02)
    assert told["cycle_time_cv"] < 1.0
    assert told["nose_path_ratio"] == pytest.approx(1.0, abs=0.03)
    assert told["tremor_power"] < 0.5


def test_too_far_and_too_short_have_a_sign() -> None:
    way = np.array([8.0, -5.0]) / np.hypot(8.0, 5.0)
    for beyond in (0.8, -0.8):
        told = values(MEASURE.compute(touching([tuple(beyond * way)] * 5)))
        assert told["overshoot"] == pytest.approx(beyond, abs=0.05)


def test_a_crooked_way_is_longer_and_less_smooth_ways_are_told() -> None:
    straight, crooked = (values(MEASURE.compute(touching(ENDS, bow=bow))) for bow in (0.0, 3.0))
    assert crooked["nose_path_ratio"] > straight["nose_path_ratio"] + 0.1
    shaking = values(MEASURE.compute(touching(ENDS, tremor=0.3)))
    assert shaking["nose_sparc"] < straight["nose_sparc"]
    assert shaking["tremor_power"] == pytest.approx(0.5 * (0.3 * 2 * np.pi * 5.0) ** 2, rel=0.25)


def test_size_and_mirror_change_nothing_but_the_side() -> None:
    one = MEASURE.compute(touching(ENDS))
    assert values(MEASURE.compute(touching(ENDS, scale=0.5))) == pytest.approx(values(one), abs=1e-6)
    other = MEASURE.compute(touching(ENDS, mirror=True))
    assert values(other) == pytest.approx(values(one), abs=1e-6)
    assert {m.side for m in one.measurements} == {"right"}
    assert {m.side for m in other.measurements} == {"left"}


def test_noise_of_landmarks() -> None:
    told = values(MEASURE.compute(touching(ENDS, noise_px=2.0)))
    assert told["endpoint_error"] == pytest.approx(np.mean([np.hypot(*end) for end in ENDS]), abs=0.1)
    assert next(m.n for m in MEASURE.compute(touching(ENDS, noise_px=2.0)).measurements) == len(ENDS)


def test_another_reach_is_no_touch() -> None:
    assert not MEASURE.compute(touching([(4.0, 6.0)] * 5)).measurements
    assert not MEASURE.compute(touching([(0.0, 0.0)])).measurements


def test_slow_film_unsure_hand_and_missing_points_give_no_number() -> None:
    slow = MEASURE.compute(touching(ENDS, rate_hz=15.0))
    assert not slow.measurements
    assert "15 pictures" in slow.problems[0].what
    made = touching(ENDS)
    stream = made[Kind.LANDMARKS]
    unsure = replace(stream, confidence=np.full_like(stream.confidence, 0.5))
    gone = replace(stream, values=np.full_like(stream.values, np.nan))
    for each in (unsure, gone):
        assert not MEASURE.compute(replace(made, streams={Kind.LANDMARKS: each})).measurements
    assert not MEASURE.fits(replace(made, streams={Kind.LANDMARKS: stream.only(("nose", "right_index"))}))


def test_eyes_closed_by_eyes_open() -> None:
    told = []
    for eyes, size in (("open", 0.5), ("closed", 1.5)):
        ends = [(size * a, size * b) for a, b in ENDS]
        told.append((eyes, {"eyes": eyes}, MEASURE.compute(touching(ends)).measurements))
    (found,) = compare(told)
    ratios = {m.measure: m.value for m in found.measurements}
    assert ratios["reach.eyes_closed_error_ratio"] == pytest.approx(3.0, abs=0.3)
    assert ratios["reach.eyes_closed_time_ratio"] == pytest.approx(1.0, abs=0.01)
    assert compare(told[:1]) == ()
    (refused,) = compare(
        [
            (name, {**conditions, "posture": name_}, m)
            for (name, conditions, m), name_ in zip(told, ("sitting", "standing"), strict=True)
        ]
    )
    assert not refused.measurements
    assert "posture" in refused.problems[0].what

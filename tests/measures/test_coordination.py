"""How two joints move together: phase, delay and order that were put in come out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poise.measures.coordination import MEASURE, of_series
from poise.measures.kinematics import compute_with
from poise.model import Frame, Kind, Measured, Recording, Series, Side, Stream
from poise.testing.walking import Walker, simulate_walk

RATE_HZ = 100.0
TIME_S = np.arange(1500) / RATE_HZ
NOBODY = Recording(id="joints", source="joints (simulated)", streams={})


def pair(
    shift_deg: float,
    *,
    period_s: float = 1.2,
    side: Side = "left",
    noise: float = 0.0,
    sizes: tuple[float, float] = (20.0, 30.0),
) -> tuple[Series, ...]:
    rng = np.random.default_rng(4)
    turn = 2 * np.pi * TIME_S / period_s
    hip = 10.0 + sizes[0] * np.cos(turn) + noise * rng.normal(size=len(turn))
    knee = 30.0 + sizes[1] * np.cos(turn - np.radians(shift_deg)) + noise * rng.normal(size=len(turn))
    return tuple(
        Series(series=name, side=side, unit="deg", rate_hz=RATE_HZ, values=v)
        for name, v in (("hip.flexion", hip), ("knee.flexion", knee))
    )


def values(found: Measured) -> dict[str, float]:
    return {m.measure.removeprefix("coordination.hip_knee."): m.value for m in found.measurements}


@pytest.mark.parametrize("shift", [-60.0, 0.0, 45.0, 120.0])
def test_phase_and_delay(shift: float) -> None:
    told = values(of_series(pair(shift), NOBODY))
    assert told["marp"] == pytest.approx(abs(shift), abs=3.0)
    assert told["delay"] == pytest.approx(shift / 360.0 * 1.2, abs=0.01)
    assert told["deviation_phase"] == pytest.approx(0.0, abs=1.0)


def test_in_phase_and_antiphase() -> None:
    alike, against = (
        values(of_series(pair(0.0, sizes=(30.0, 30.0)), NOBODY)),
        values(of_series(pair(180.0, sizes=(30.0, 30.0)), NOBODY)),
    )
    assert alike["in_phase"] > 95.0
    assert against["anti_phase"] > 95.0
    assert alike["loop_area"] < 10.0
    assert values(of_series(pair(90.0, sizes=(20.0, 30.0)), NOBODY))["loop_area"] == pytest.approx(
        np.pi * 600, rel=0.02
    )


def test_noise_raises_the_variability_not_the_phase() -> None:
    calm, noisy = values(of_series(pair(45.0, noise=0.2), NOBODY)), values(of_series(pair(45.0, noise=4.0), NOBODY))
    assert noisy["deviation_phase"] > calm["deviation_phase"]
    assert noisy["coupling_variability"] > calm["coupling_variability"]
    assert noisy["marp"] == pytest.approx(45.0, abs=6.0)


def test_both_sides_alike_and_units_of_time_do_not_matter() -> None:
    assert values(of_series(pair(45.0, side="right"), NOBODY)) == values(of_series(pair(45.0), NOBODY))
    slow = values(of_series(pair(45.0, period_s=2.4), NOBODY))
    assert slow["marp"] == pytest.approx(45.0, abs=4.0)


def test_few_cycles_or_little_movement_give_no_number() -> None:
    few = of_series([replace(each, values=each.values[:350]) for each in pair(45.0)], NOBODY)
    assert not few.measurements
    assert "Fewer than 4" in few.problems[0].what
    assert not of_series(pair(45.0, sizes=(2.0, 30.0)), NOBODY).measurements


def test_a_gap_costs_its_cycles_only_and_all_missing_everything() -> None:
    holed = [
        replace(each, values=np.where((TIME_S > 6.0) & (TIME_S < 6.5), np.nan, each.values)) for each in pair(45.0)
    ]
    assert values(of_series(holed, NOBODY))["marp"] == pytest.approx(45.0, abs=6.0)
    gone = [replace(each, values=np.full_like(each.values, np.nan)) for each in pair(45.0)]
    assert not of_series(gone, NOBODY).measurements


def test_angles_of_a_file() -> None:
    hip, knee = (each.values for each in pair(45.0))
    labels = ("LHipAngles", "LKneeAngles")
    angles = np.stack([np.stack([v, v * 0 + 1, v * 0 + 1], axis=-1) for v in (hip, knee)], axis=1)
    stream = Stream(
        kind=Kind.JOINT_ANGLES, channels=labels, time_s=TIME_S, values=angles, unit="deg", frame=Frame(name="joint")
    )
    recording = Recording(id="file", source="file", streams={Kind.JOINT_ANGLES: stream})
    assert MEASURE.fits(recording)
    assert values(MEASURE.compute(recording))["marp"] == pytest.approx(45.0, abs=3.0)


def test_a_simulated_walk_has_its_hip_ahead_of_its_knee() -> None:
    walk = simulate_walk(Walker(duration_s=10.0)).body()
    found = of_series(compute_with(walk, None).series, walk)
    sides = {m.side: m.value for m in found.measurements if m.measure == "coordination.hip_knee.marp"}
    assert set(sides) == {"left", "right"}
    assert sides["left"] == pytest.approx(sides["right"], abs=3.0)

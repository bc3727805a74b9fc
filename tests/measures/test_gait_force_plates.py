"""Gait from force plates: who pressed, when, and whether with one whole foot alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poise.measures import gait_force_plates
from poise.measures.gait_choice import choose_walk
from poise.measures.gait_force_plates import PlateDetector, inside_plate
from poise.measures.gait_markers import MEASURE as MARKERS
from poise.model import ForcePlate, Frame, Kind, Measured, Recording, Stream
from poise.testing.walking import SimulatedWalk, simulate_walk

MEASURE = gait_force_plates.MEASURE
RATE_HZ = 1000.0
LAB = Frame(name="laboratory", up="+z")
WEIGHT_N = 700.0


def plate(name: str, x_m: tuple[float, float], y_m: tuple[float, float]) -> ForcePlate:
    corners = [(x_m[0], y_m[0], 0.0), (x_m[1], y_m[0], 0.0), (x_m[1], y_m[1], 0.0), (x_m[0], y_m[1], 0.0)]
    return ForcePlate(name=name, corners_m=np.array(corners), type=2)


def pressed(
    known: SimulatedWalk, plates: list[ForcePlate], *, noise_n: float = 0.0, offset_n: float = 0.0
) -> Recording:
    """The forces that a simulated walk would leave on plates: each foot's whole weight where its heel is."""
    body = known.body()
    time_s = np.arange(round(known.walker.duration_s * RATE_HZ)) / RATE_HZ
    force = np.zeros((len(time_s), len(plates), 3))
    centre = np.full((len(time_s), len(plates), 3), np.nan)
    for side in ("left", "right"):
        heel, toe = known.points[f"{side}_heel"], known.points[f"{side}_toe"]
        for start in known.times("initial_contact", side):
            end = start + 0.01 * known.walker.stance_percent * known.walker.stride_time_s
            during = (time_s >= start) & (time_s < end)
            middle_s = start + 0.2 * known.walker.stride_time_s
            at = np.array([np.interp(middle_s, known.time_s, heel[:, axis]) for axis in range(3)])
            ball = np.array([np.interp(middle_s, known.time_s, toe[:, axis]) for axis in range(3)])
            for index, each in enumerate(plates):
                if inside_plate(0.5 * (at + ball), each, margin_m=0.0):
                    share = np.linspace(0.0, 1.0, int(during.sum()))[:, None]
                    force[during, index, 2] += WEIGHT_N * np.minimum(1.0, 20.0 * np.minimum(share, 1.0 - share))[:, 0]
                    centre[during, index] = at + share * (ball - at)
    force[..., 2] += offset_n + np.random.default_rng(4).normal(0.0, noise_n, force.shape[:2])
    names = tuple(each.name for each in plates)
    return replace(
        body,
        plates=tuple(plates),
        streams={
            **body.streams,
            Kind.FORCE: Stream(kind=Kind.FORCE, channels=names, time_s=time_s, values=force, unit="N", frame=LAB),
            Kind.CENTRE_OF_PRESSURE: Stream(
                kind=Kind.CENTRE_OF_PRESSURE, channels=names, time_s=time_s, values=centre, unit="m", frame=LAB
            ),
        },
    )


def without_markers(recording: Recording) -> Recording:
    return replace(recording, streams={kind: stream for kind, stream in recording.streams.items() if kind != Kind.BODY})


def made(walk: SimulatedWalk, event: str, side: str) -> list[float]:
    """The events of contacts that began within the recording: only these press a plate here."""
    first = walk.times("initial_contact", side)[0]  # type: ignore[arg-type]
    return [time_s for time_s in walk.times(event, side).tolist() if time_s >= first]  # type: ignore[arg-type]


def times(found: Measured, event: str, side: str) -> list[float]:
    return [each.time_s for each in found.events if (each.event, each.side) == (event, side)]


@pytest.fixture(scope="module")
def walk() -> SimulatedWalk:
    return simulate_walk(duration_s=7.0, step_width_m=0.16)


@pytest.fixture(scope="module")
def walkway(walk: SimulatedWalk) -> list[ForcePlate]:
    """A plate for every footfall: half as long as a stride, left and right of the way."""
    stride = walk.walker.stride_length_m
    first = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        at = [
            float(np.interp(t, walk.time_s, walk.points[f"{side}_heel"][:, 0]))
            for t in walk.times("initial_contact", side)
        ]
        first[side] = [
            plate(f"{side[0]}{n}", (x - 0.15 * stride, x + 0.35 * stride), (0.0, sign * 0.4)) for n, x in enumerate(at)
        ]
    return [*first["left"], *first["right"]]


def test_the_threshold_stands_20_newtons_above_the_unloaded_plate() -> None:
    force = np.full(4000, 12.0)
    force[1000:1700] = 12.0 + 600.0
    found = PlateDetector().contacts(force, 1000.0)
    assert (found.start.tolist(), found.stop.tolist()) == ([pytest.approx(1000, abs=6)], [pytest.approx(1700, abs=6)])


def test_a_plate_that_is_never_left_has_no_offset_to_subtract() -> None:
    assert PlateDetector().unloaded(np.full(2000, 310.0), 1000.0) == (0.0, 0.0)


def test_every_footfall_on_a_walkway_of_plates(walk: SimulatedWalk, walkway: list[ForcePlate]) -> None:
    found = MEASURE.compute(pressed(walk, walkway, noise_n=2.0, offset_n=8.0))
    for event in ("initial_contact", "toe_off"):
        for side in ("left", "right"):
            truth = made(walk, event, side)
            assert times(found, event, side) == pytest.approx(truth[: len(times(found, event, side))], abs=0.015)
            assert len(times(found, event, side)) >= len(truth) - 1
    values = {each.ref: each.value for each in found.measurements}
    assert values["gait.cadence"] == pytest.approx(walk.walker.cadence_steps_min, rel=0.01)
    assert values["gait.stance_percent@left"] == pytest.approx(walk.walker.stance_percent, abs=1.5)
    assert values["gait.stride_length@right"] == pytest.approx(walk.walker.stride_length_m, rel=0.02)


def test_plates_without_markers_still_give_times_and_sides(walk: SimulatedWalk, walkway: list[ForcePlate]) -> None:
    found = MEASURE.compute(without_markers(pressed(walk, walkway)))
    values = {each.ref: each.value for each in found.measurements}
    assert values["gait.stride_time@left"] == pytest.approx(walk.walker.stride_time_s, rel=0.01)
    assert not [ref for ref in values if "length" in ref or "width" in ref]
    assert times(found, "initial_contact", "left") == pytest.approx(walk.times("initial_contact", "left"), abs=0.015)
    assert any("Without markers" in problem.what for problem in found.problems)


def test_feet_parted_by_name_need_nothing_else(walk: SimulatedWalk, walkway: list[ForcePlate]) -> None:
    recording = without_markers(pressed(walk, walkway))
    force = recording[Kind.FORCE]
    sides = {name: "left" if name.startswith("l") else "right" for name in force.channels}
    parted = np.stack([sum(force[n] for n in force.channels if sides[n] == s) for s in ("left", "right")], axis=1)
    named = replace(
        recording, plates=(), streams={Kind.FORCE: replace(force, channels=("left", "right"), values=parted)}
    )
    found = MEASURE.compute(named)
    assert times(found, "toe_off", "right") == pytest.approx(made(walk, "toe_off", "right"), abs=0.015)


def test_two_feet_on_one_plate_are_not_used(walk: SimulatedWalk) -> None:
    found = MEASURE.compute(pressed(walk, [plate("long", (-3.0, 12.0), (-0.5, 0.5))]))
    assert found.measurements == ()
    assert found.walk is None
    assert "whole foot alone" in found.problems[0].what or "No foot lands" in found.problems[0].what


def test_a_foot_half_beside_the_plate_is_not_used(walk: SimulatedWalk, walkway: list[ForcePlate]) -> None:
    first = walkway[1]
    heel_x = float(np.interp(walk.times("initial_contact", "left")[1], walk.time_s, walk.points["left_heel"][:, 0]))
    short = replace(first, corners_m=np.array([
        (heel_x + 0.06, 0.0, 0.0), (heel_x + 0.6, 0.0, 0.0), (heel_x + 0.6, 0.4, 0.0), (heel_x + 0.06, 0.4, 0.0),
    ]))  # fmt: skip
    contacts = MEASURE.contacts(pressed(walk, [short, *walkway[4:]]))
    (half,) = [each for each in contacts if each.plate == short.name]
    assert half.from_side is None
    assert half.to_side == "left"


def test_the_laboratory_may_be_turned(walk: SimulatedWalk, walkway: list[ForcePlate]) -> None:
    angle = np.radians(50.0)
    matrix = np.array([[np.cos(angle), -np.sin(angle), 0.0], [np.sin(angle), np.cos(angle), 0.0], [0.0, 0.0, 1.0]])
    here = pressed(walk, walkway)
    there = replace(
        here,
        plates=tuple(replace(each, corners_m=each.corners_m @ matrix.T) for each in here.plates),
        streams={kind: replace(stream, values=stream.values @ matrix.T) for kind, stream in here.streams.items()},
    )
    for kept in (here, without_markers(here)):
        turned = there if Kind.BODY in kept else without_markers(there)
        assert MEASURE.compute(turned).events == MEASURE.compute(kept).events


def test_standing_and_rising_are_no_walk() -> None:
    time_s = np.arange(12000) / 1000.0
    both = np.zeros((12000, 2, 3))
    both[..., 2] = 300.0 + 20.0 * np.sin(time_s)[:, None]
    standing = Recording(id="s", source="s.mot", streams={
        Kind.FORCE: Stream(kind=Kind.FORCE, channels=("right", "left"), time_s=time_s, values=both, unit="N", frame=LAB)
    })  # fmt: skip
    rising = both.copy()
    rising[(time_s % 4.0) < 2.0, :, 2] = 0.0
    for values in (both, rising):
        stream = replace(standing[Kind.FORCE], values=values)
        found = MEASURE.compute(replace(standing, streams={Kind.FORCE: stream}))
        assert found.walk is None
        assert found.measurements == ()
        assert found.problems


def test_plates_that_saw_all_are_chosen_and_those_that_saw_a_step_are_not(
    walk: SimulatedWalk, walkway: list[ForcePlate]
) -> None:
    everything, one_step = pressed(walk, walkway), pressed(walk, walkway[1:2])
    chosen = choose_walk([MARKERS.compute(everything), MEASURE.compute(everything)])
    assert chosen is not None
    assert chosen.walk is not None
    assert chosen.walk.method in {MEASURE.method, MARKERS.method}
    fallback = choose_walk([MEASURE.compute(one_step), MARKERS.compute(one_step)])
    assert fallback is not None
    assert fallback.walk is not None
    assert fallback.walk.method == MARKERS.method
    assert choose_walk([Measured()]) is None


def test_walking_backwards_over_plates_is_said_and_not_measured(walkway: list[ForcePlate]) -> None:
    found = MEASURE.compute(pressed(simulate_walk(backwards=True, duration_s=9.0), walkway))
    assert found.measurements == ()
    assert any("walks backwards" in problem.what for problem in found.problems)

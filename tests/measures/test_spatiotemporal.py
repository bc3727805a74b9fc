"""Time and distance of walking from a walk whose events are known."""

from dataclasses import replace

import numpy as np
import pytest

from poise.measures import spatiotemporal
from poise.model import Bout, Footstep, Measurement, Recording, Side, Stride, Walk

NAN = float("nan")
RECORDING = Recording(id="w", source="w.c3d", streams={})


def right_strides() -> Walk:  # vector gait.temporal
    strikes, offs = (
        {"right": [0.0, 1.08, 2.18], "left": [0.54, 1.63]},
        {"right": [0.66, 1.74], "left": [0.11, 1.2, 2.29]},
    )
    strides = tuple(
        Stride(side="right", start_s=strikes["right"][i], opposite_toe_off_s=offs["left"][i],
               opposite_contact_s=strikes["left"][i], toe_off_s=offs["right"][i], end_s=strikes["right"][i + 1])
        for i in range(2)
    )  # fmt: skip
    steps = (
        Footstep(side="right", time_s=0.0), Footstep(side="left", time_s=0.54, step_time_s=0.54),
        Footstep(side="right", time_s=1.08, step_time_s=0.54), Footstep(side="left", time_s=1.63, step_time_s=0.55),
        Footstep(side="right", time_s=2.18, step_time_s=0.55),
    )  # fmt: skip
    return Walk(bouts=(Bout(start_s=0.0, end_s=2.18),), footsteps=steps, strides=strides, method="known@1")


def steady_walk(strides: int = 12, *, left_stance: float = 0.6, jitter: float = 0.0, lengths: float = 1.2) -> Walk:
    """A simulated walk: one stride a second, right half a second after left, step length half the stride."""
    random, made = np.random.default_rng(3), []
    contacts = {side: off + np.arange(strides + 1) + jitter * random.normal(size=strides + 1)
                for side, off in (("left", 0.0), ("right", 0.5))}  # fmt: skip
    stance = {"left": left_stance, "right": 0.6}
    sides: tuple[Side, Side] = ("left", "right")
    for side, other in (sides, sides[::-1]):
        for i in range(strides):
            after = contacts[other][contacts[other] > contacts[side][i]][:1]
            before = contacts[other][contacts[other] < contacts[side][i]][-1:]
            made.append(Stride(
                side=side, start_s=contacts[side][i], toe_off_s=contacts[side][i] + stance[side],
                opposite_toe_off_s=before[0] + stance[other] if len(before) else NAN,
                opposite_contact_s=after[0] if len(after) else NAN, end_s=contacts[side][i + 1], length_m=lengths,
            ))  # fmt: skip
    ordered = sorted((time, side) for side in sides for time in contacts[side])
    steps = [Footstep(side=side, time_s=time, step_time_s=time - ordered[i - 1][0] if i else NAN,
                      step_length_m=lengths / 2 if i else NAN, step_width_m=0.1 if i else NAN)
             for i, (time, side) in enumerate(ordered)]  # fmt: skip
    bout = Bout(start_s=0.0, end_s=ordered[-1][0])
    return Walk(bouts=(bout,), footsteps=tuple(steps), strides=tuple(made), method="known@1")


def named(walk: Walk) -> dict[str, Measurement]:
    return {measurement.ref: measurement for measurement in spatiotemporal.summarise(walk, RECORDING)[0]}


def test_temporal_measures_of_known_events() -> None:
    found = named(right_strides())
    assert found["gait.stride_time@right"].value == pytest.approx(1.09)
    assert found["gait.stride_time@right"].n == 2
    assert 100 * found["gait.stride_time@right"].sd / 1.09 == pytest.approx(1.29744364)
    assert found["gait.stance_time@right"].value == pytest.approx(0.66)
    assert found["gait.stance_percent@right"].value == pytest.approx((61.11111111 + 60.0) / 2)
    assert found["gait.swing_time@right"].value == pytest.approx(0.43)
    assert found["gait.step_time@left"].value == pytest.approx(0.545)
    assert found["gait.step_time@right"].value == pytest.approx(0.545)
    assert found["gait.double_support_time@right"].value == pytest.approx(0.23)
    assert found["gait.double_support_percent@right"].value == pytest.approx((21.2962963 + 20.90909091) / 2)
    assert found["gait.cadence"].value == pytest.approx(110.09174312)


def test_walk_ratio() -> None:  # vector gait.walkratio
    assert spatiotemporal.walk_ratio(0.66, 112.0) == pytest.approx(5.89285714)


def test_what_was_not_seen_gives_no_number() -> None:
    found = named(right_strides())
    assert not {"gait.speed", "gait.stride_length@right", "gait.step_length@left", "gait.step_width@left"} & set(found)
    assert not {ref for ref in found if ref.endswith("@left")} - {"gait.step_time@left"}


def test_distance_and_speed() -> None:
    found = named(steady_walk())
    assert found["gait.speed"].value == pytest.approx(1.2)
    assert found["gait.speed"].n == found["gait.cadence"].n == 12  # left and right strides share their time
    assert found["gait.step_width@left"].value == pytest.approx(0.1)
    assert found["gait.walk_ratio"].value == pytest.approx(5.0)
    assert found["gait.phase_coordination_index"].value == pytest.approx(0.0, abs=1e-9)
    assert (found["gait.speed"].start_s, found["gait.speed"].end_s) == (0.0, 12.5)


def test_variability_is_refused_under_ten_strides_and_flagged_under_thirty() -> None:
    few, some, many = (spatiotemporal.summarise(steady_walk(n), RECORDING) for n in (9, 12, 31))
    assert not [m for m in few[0] if m.measure == "gait.stride_time_cv"]
    assert any("not given under 10" in problem.what for problem in few[1])
    assert [m for m in some[0] if m.measure == "gait.stride_time_cv"]
    assert any("rests on few" in problem.what for problem in some[1])
    assert not many[1]


def test_a_faster_second_bout_is_not_unsteadiness() -> None:
    first = steady_walk(12)
    second = [replace(s, start_s=20 + 0.8 * s.start_s, end_s=20 + 0.8 * s.end_s, toe_off_s=NAN,
                      opposite_contact_s=NAN, opposite_toe_off_s=NAN) for s in first.strides]  # fmt: skip
    both = replace(first, strides=(*first.strides, *second), bouts=(*first.bouts, Bout(start_s=20.0, end_s=31.0)))
    assert named(both)["gait.stride_time_cv@left"].value == pytest.approx(0.0, abs=1e-6)


def test_a_longer_left_stance_shows_with_its_sign_and_swaps_with_the_sides() -> None:
    found = named(steady_walk(left_stance=0.66, jitter=0.005))
    swapped = named(_mirrored(steady_walk(left_stance=0.66, jitter=0.005)))
    asymmetry = found["gait.stance_time_asymmetry"]
    assert asymmetry.value == pytest.approx(100 * 0.06 / 0.63, abs=0.01)
    assert asymmetry.low > 0
    assert swapped["gait.stance_time_asymmetry"].value == pytest.approx(-asymmetry.value)
    assert swapped["gait.stance_time@right"].value == pytest.approx(found["gait.stance_time@left"].value)


def test_an_even_walk_claims_no_asymmetry() -> None:
    asymmetry = named(steady_walk(jitter=0.01))["gait.step_time_asymmetry"]
    assert asymmetry.low < 0 < asymmetry.high


def test_a_method_that_cannot_tell_the_feet_apart_gives_both_together() -> None:
    walk = steady_walk()
    blind = replace(walk, strides=tuple(replace(s, side=None) for s in walk.strides),
                    footsteps=tuple(replace(s, side=None) for s in walk.footsteps))  # fmt: skip
    found = named(blind)
    assert found["gait.stride_time"].n == 12  # of 24 that overlap
    assert not any("asymmetry" in ref or "@" in ref for ref in found)


def test_no_stride_is_said_and_not_measured() -> None:
    measurements, problems = spatiotemporal.summarise(
        Walk(bouts=(), footsteps=(), strides=(), method="known@1"), RECORDING
    )
    assert measurements == ()
    assert "No whole stride" in problems[0].what


def test_every_number_is_defined_once_and_says_how_it_was_made() -> None:
    names = [definition.measure for definition in spatiotemporal.DEFINES]
    assert len(names) == len(set(names))
    for measurement in named(steady_walk()).values():
        assert measurement.measure in names
        assert measurement.method == "known@1"
        assert measurement.n > 0


def test_events_are_given_once_each_in_order() -> None:
    events = spatiotemporal.events_of(right_strides())
    assert [event.time_s for event in events] == sorted(event.time_s for event in events)
    assert len(events) == len(set(events)) == 5 + 4


def _mirrored(walk: Walk) -> Walk:
    other: dict[Side | None, Side | None] = {"left": "right", "right": "left", None: None}
    return replace(walk, strides=tuple(replace(s, side=other[s.side]) for s in walk.strides),
                   footsteps=tuple(replace(s, side=other[s.side]) for s in walk.footsteps))  # fmt: skip

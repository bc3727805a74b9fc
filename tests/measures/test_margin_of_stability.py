"""Margin of stability: Hof's numbers, the same on a treadmill as on the floor, the same whichever way one walks."""

import numpy as np
import pytest

from poise.measures.direction import direction_of_progression
from poise.measures.margin_of_stability import (
    CentreOfMass,
    centre_of_mass,
    extrapolated_centre_of_mass,
    margins_at_contact,
)
from poise.measures.segment_axes import Seen
from poise.model import Footstep
from poise.testing.walking import SimulatedWalk, simulate_walk

MIDDLE_S = (2.0, 6.0)


def seen(walk: SimulatedWalk) -> Seen:
    forward = direction_of_progression(walk.points, walk.walker.rate_hz, treadmill=walk.walker.treadmill)
    return Seen(points=walk.points, time_s=walk.time_s, forward=forward)


def mean_margin(walk: SimulatedWalk) -> tuple[float, float]:
    contacts = [
        Footstep(side=e.side, time_s=e.time_s)
        for e in walk.events
        if e.event == "initial_contact" and MIDDLE_S[0] < e.time_s < MIDDLE_S[1]
    ]
    mass = centre_of_mass(walk.points)
    assert mass is not None
    belt = walk.walker.speed_m_s if walk.walker.treadmill else 0.0
    margins = margins_at_contact(seen(walk), mass, contacts, belt)
    assert len(margins) == len(contacts)
    return float(np.mean([m.ap_m for m in margins])), float(np.mean([m.ml_m for m in margins]))


def test_the_extrapolated_centre_of_mass() -> None:  # vector gait.mos
    ahead = extrapolated_centre_of_mass([0.42, 0.03], [1.15, 0.08], 0.95)
    assert ahead == pytest.approx([0.77786987, 0.0548953], abs=1e-6)
    assert np.array([0.8, 0.11]) - ahead == pytest.approx([0.02213013, 0.0551047], abs=1e-6)


def test_the_same_on_a_treadmill_as_on_the_floor() -> None:
    assert mean_margin(simulate_walk(treadmill=True)) == pytest.approx(mean_margin(simulate_walk()), abs=2e-3)


@pytest.mark.parametrize("heading_deg", [37.0, 90.0, 180.0, -120.0])
def test_the_direction_of_walking_does_not_matter(heading_deg: float) -> None:
    assert mean_margin(simulate_walk(heading_deg=heading_deg)) == pytest.approx(mean_margin(simulate_walk()), abs=1e-6)


def test_wider_steps_give_a_larger_margin_to_the_side() -> None:
    assert mean_margin(simulate_walk(step_width_m=0.20))[1] > mean_margin(simulate_walk(step_width_m=0.08))[1] + 0.02


def test_a_faster_body_lies_less_far_inside_the_foot() -> None:
    walk = simulate_walk()
    still = CentreOfMass(position=np.tile([0.0, 0.0, 0.9], (len(walk.time_s), 1)), model="a post")
    contact = [Footstep(side="left", time_s=walk.times("initial_contact", "left")[2])]
    (standing,) = margins_at_contact(seen(walk), still, contact)
    (moving,) = margins_at_contact(seen(walk), still, contact, 1.0)
    assert standing.ap_m - moving.ap_m == pytest.approx(
        1.0 / np.sqrt(9.81 / _pendulum(walk, contact[0].time_s)), abs=1e-6
    )


def _pendulum(walk: SimulatedWalk, time_s: float) -> float:
    at = int(np.argmin(np.abs(walk.time_s - time_s)))
    return float(np.linalg.norm(np.array([0.0, 0.0, 0.9]) - walk.points["left_ankle_centre"][at]))


def test_segments_and_pelvis_agree_to_a_few_centimetres_and_say_which_they_are() -> None:
    points = simulate_walk().points
    whole = centre_of_mass(points)
    pelvis = centre_of_mass({name: points[name] for name in ("left_asis", "right_asis")})
    assert whole is not None
    assert pelvis is not None
    assert "segments" in whole.model
    assert "pelvis" in pelvis.model
    assert np.abs(whole.position - pelvis.position)[:, :2].max() < 0.15


def test_without_any_point_of_the_trunk_there_is_no_centre_of_mass() -> None:
    points = simulate_walk().points
    assert centre_of_mass({"left_heel": points["left_heel"]}) is None


def test_a_foot_that_was_not_seen_has_no_margin() -> None:
    walk = simulate_walk()
    points = {name: values for name, values in walk.points.items() if not name.startswith("left_toe")}
    mass = centre_of_mass(walk.points)
    assert mass is not None
    blind = Seen(points=points, time_s=walk.time_s, forward=seen(walk).forward)
    contact = [Footstep(side="left", time_s=float(walk.times("initial_contact", "left")[2]))]
    assert margins_at_contact(blind, mass, contact) == []

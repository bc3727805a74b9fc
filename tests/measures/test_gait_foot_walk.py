"""From the swings of each foot to a walk: order, pauses, turns, what is dropped and what is merely not known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poise.measures.foot_steps import FootSteps
from poise.measures.foot_walk import walk_of
from poise.model import Side


def steps(side: Side, contacts_s: list[float], *, swing_s: float = 0.4, turned_deg: float = 0.0) -> FootSteps:
    contact_s = np.array(contacts_s)
    flat = np.zeros(len(contact_s))
    return FootSteps(
        side=side, toe_off_s=contact_s - swing_s, contact_s=contact_s, length_m=flat + 1.2, turned_deg=flat + turned_deg,
        strike_deg=flat, push_deg=flat, outward_m=flat, highest_m=flat, follows=np.ones(len(flat), dtype=bool), dropped=0,
    )  # fmt: skip


LEFT = steps("left", [1.0, 2.0, 3.0, 4.0])
RIGHT = steps("right", [1.5, 2.5, 3.5])


def test_strides_run_from_contact_to_contact_with_the_other_foot_between() -> None:
    walk = walk_of([LEFT, RIGHT], "test")
    first = walk.strides[0]
    assert (first.side, first.start_s, first.end_s) == ("left", 1.0, 2.0)
    assert first.opposite_toe_off_s == pytest.approx(1.1)
    assert first.opposite_contact_s == pytest.approx(1.5)
    assert first.toe_off_s == pytest.approx(1.6)
    assert len(walk.strides) == 5
    assert walk.dropped == 0


def test_steps_are_named_for_the_foot_that_lands() -> None:
    walk = walk_of([LEFT, RIGHT], "test")
    assert [(step.side, step.time_s) for step in walk.footsteps[:3]] == [("left", 1.0), ("right", 1.5), ("left", 2.0)]
    assert np.isnan(walk.footsteps[0].step_time_s)
    assert walk.footsteps[1].step_time_s == pytest.approx(0.5)


def test_a_pause_is_no_stride_and_parts_the_bouts() -> None:
    walk = walk_of([steps("left", [1.0, 2.0, 9.0, 10.0])], "test")
    assert [stride.start_s for stride in walk.strides] == [1.0, 9.0]
    assert [(bout.start_s, bout.end_s) for bout in walk.bouts] == [(1.0, 2.0), (9.0, 10.0)]
    assert walk.dropped == 0


def test_a_foot_that_lands_twice_too_soon_is_dropped_and_counted() -> None:
    walk = walk_of([steps("left", [1.0, 2.0, 2.3, 3.3], swing_s=0.2)], "test")
    assert [stride.start_s for stride in walk.strides] == [1.0, 2.3]
    assert walk.dropped == 1


def test_running_has_no_walking_order_and_is_dropped() -> None:
    walk = walk_of(
        [replace(LEFT, toe_off_s=LEFT.contact_s - 0.8), replace(RIGHT, toe_off_s=RIGHT.contact_s - 0.8)], "test"
    )
    assert walk.strides == ()
    assert walk.dropped == 5


def test_no_stride_spans_a_swing_that_could_not_be_read() -> None:
    broken = replace(LEFT, follows=np.array([True, True, False, True]), dropped=1)
    walk = walk_of([broken], "test")
    assert [stride.start_s for stride in walk.strides] == [1.0, 3.0]
    assert walk.dropped == 1


def test_a_missed_step_of_the_other_foot_is_not_known_rather_than_wrong() -> None:
    walk = walk_of([LEFT, steps("right", [1.5, 3.5])], "test")
    middle = next(stride for stride in walk.strides if stride.side == "left" and stride.start_s == 2.0)
    assert np.isnan(middle.opposite_contact_s)
    assert middle.toe_off_s == pytest.approx(2.6)


def test_turning_strides_are_set_apart() -> None:
    turned = replace(LEFT, turned_deg=np.array([0.0, 0.0, 60.0, 0.0]))
    walk = walk_of([turned, RIGHT], "test")
    assert [(bout.start_s, bout.end_s) for bout in walk.turning] == [(2.0, 3.0)]
    assert not any(stride.side == "left" and stride.start_s == 2.0 for stride in walk.strides)
    assert walk.dropped == 0


def test_no_steps_make_an_empty_walk() -> None:
    walk = walk_of([steps("left", [])], "test")
    assert walk.strides == walk.footsteps == walk.bouts == ()

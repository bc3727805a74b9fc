"""Live feedback from a muscle: live is batch wherever it is cut; thresholds, holds, artefacts and delay."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.measures.muscle_feedback import DELAY_S, MuscleFeedback, State
from poise.testing.emg import Activity, SimulatedMuscle, signal

RATE_HZ = 1000.0
EFFORTS = tuple(Activity(onset_s=8.0 + 10.0 * i, offset_s=13.0 + 10.0 * i, rise_s=0.1) for i in range(3))


def made(*, bursts=EFFORTS, duration_s: float = 40.0, snr_db: float = 20.0, seed: int = 0, rate_hz: float = RATE_HZ):
    muscle = SimulatedMuscle(bursts=tuple(bursts), snr_db=snr_db)
    random = np.random.default_rng(seed)
    return signal(muscle, duration_s=duration_s, rate_hz=rate_hz, random=random).tolist()


SIGNAL = made()
WORK = MuscleFeedback(rate_hz=RATE_HZ)
RELAX = MuscleFeedback(rate_hz=RATE_HZ, aim="relax")


def names(events) -> Counter[str]:
    return Counter(event.event for event in events)


@settings(max_examples=25)
@given(cuts=st.lists(st.integers(0, len(SIGNAL)), max_size=30), feedback=st.sampled_from([WORK, RELAX]))
def test_cut_anywhere_the_events_are_the_same(cuts, feedback):
    state, events = feedback.start(), []
    edges = [0, *sorted(cuts), len(SIGNAL)]
    for first, last in itertools.pairwise(edges):
        state, happened = feedback.step(state, SIGNAL[first:last])
        events += happened
    assert events == feedback.batch(SIGNAL)


def test_stored_and_resumed_it_goes_on_as_if_nothing_had_been():
    state, events = WORK.step(WORK.start(), SIGNAL[:17_777])
    stored = json.loads(json.dumps(state._asdict()))
    stored["powers"] = tuple(stored["powers"])
    stored["tries"] = tuple(tuple(each) for each in stored["tries"])
    _, later = WORK.step(State(**stored), SIGNAL[17_777:])
    assert events + later == WORK.batch(SIGNAL)


def test_every_effort_is_reached_held_and_let_go():
    events = WORK.batch(SIGNAL)
    assert names(events) == {"calibrated": 1, "reached": 3, "success": 3, "lost": 3}
    reached = [event.time_s for event in events if event.event == "reached"]
    assert reached == pytest.approx([effort.onset_s for effort in EFFORTS], abs=0.15)


def test_the_delay_is_as_stated():
    step = made(bursts=(Activity(onset_s=8.0, offset_s=20.0),), duration_s=20.0, snr_db=30.0)
    level = next(event for event in WORK.batch(step) if event.event == "reached")
    assert 0.0 < level.time_s - 8.0 <= 2.0 * DELAY_S


def test_rest_is_rewarded_where_relaxing_is_the_aim():
    events = RELAX.batch(made(bursts=(), duration_s=30.0))
    assert names(events)["success"] >= 5
    assert names(events)["miss"] == 0
    tense = made(bursts=(Activity(onset_s=8.0, offset_s=60.0),), duration_s=50.0)
    assert names(RELAX.batch(tense))["miss"] >= 3


def test_a_tremble_at_the_line_does_not_flicker():
    level = made(bursts=(Activity(onset_s=6.0, offset_s=40.0, level=0.17),), duration_s=40.0)
    assert names(WORK.batch(level))["reached"] <= 12


def test_a_moving_start_is_no_rest():
    events = WORK.batch(made(bursts=(Activity(onset_s=2.0, offset_s=4.0),), duration_s=20.0))
    assert names(events)["not_at_rest"] == 1
    assert names(events)["calibrated"] == 1


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e6])
def test_an_artefact_is_never_rewarded(bad):
    feedback = MuscleFeedback(rate_hz=RATE_HZ, limit=5000.0)
    broken = list(SIGNAL)
    for i in range(9_000, 39_000, 250):
        broken[i] = bad
    events = feedback.batch(broken)
    assert names(events)["success"] == 0
    assert names(events)["artefact"] == 1


def test_a_cable_that_is_pulled_is_an_artefact():
    broken = np.array(made(bursts=()))
    broken[20_000:20_060] += 4000.0 * np.sin(np.linspace(0, 20, 60))
    events = MuscleFeedback(rate_hz=RATE_HZ, reference=100.0).batch(broken.tolist())
    assert names(events) == {"calibrated": 1, "artefact": 1, "clear": 1}


def test_with_a_reference_the_first_threshold_is_a_share_of_it():
    event = MuscleFeedback(rate_hz=RATE_HZ, reference=103.0, share=0.5).batch(made())[0]
    assert event.event == "calibrated"
    assert event.threshold == pytest.approx(53.0, abs=1.0)


def test_the_threshold_follows_so_that_neither_all_nor_none_succeed():
    random = np.random.default_rng(3)
    levels = random.uniform(0.3, 1.0, 60)
    efforts = tuple(
        Activity(onset_s=7.0 + 6.0 * i, offset_s=11.0 + 6.0 * i, level=level) for i, level in enumerate(levels)
    )
    events = MuscleFeedback(rate_hz=RATE_HZ, hold_s=2.0).batch(made(bursts=efforts, duration_s=370.0))
    late = [event.event for event in events if event.time_s > 120.0 and event.event in ("success", "miss")]
    assert 0.4 <= late.count("success") / len(late) <= 0.9


def test_at_another_rate_it_behaves_alike():
    quick = MuscleFeedback(rate_hz=2000.0)
    assert names(quick.batch(made(rate_hz=2000.0))) == names(WORK.batch(SIGNAL))

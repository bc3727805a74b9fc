"""Any bytes: a recording or a refusal in words, never a traceback, never much memory, never long."""

from __future__ import annotations

import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poise.errors import UnreadableFile
from poise.readers.c3d import recording_of
from poise.testing.c3d import PROCESSORS, C3dTrial, encoded

NOWHERE = Path("hostile.c3d")
CORNERS = np.array([[900.0, 600, 0], [0, 600, 0], [0, 0, 0], [900, 0, 0]])
LONGEST_S = 1.0
MEMORY_PER_BYTE = 10
MEMORY_OF_ANY_FILE = 4_000_000
"""What even the smallest file may take: a few thousand parameters' names and places, however few bytes spell them."""


def ints(*values):
    return np.array(values, dtype=np.int16)


def sample(processor, *, integer):
    trial = C3dTrial.walk(frames=30, points=5, channels=8)
    plate = {
        ("FORCE_PLATFORM", "USED"): ints(1), ("FORCE_PLATFORM", "TYPE"): ints(2), ("FORCE_PLATFORM", "ZERO"): ints(1, 10),
        ("FORCE_PLATFORM", "CORNERS"): CORNERS.T[:, :, None], ("FORCE_PLATFORM", "ORIGIN"): np.array([[0.0], [0], [-40]]),
        ("FORCE_PLATFORM", "CHANNEL"): ints(1, 2, 3, 4, 5, 6)[:, None],
        ("EVENT", "USED"): ints(2), ("EVENT", "TIMES"): np.array([[0.0, 0.0], [0.1, 0.2]]), ("EVENT", "LABELS"): ("LHS", "RTO"),
        ("PROCESSING", "Bodymass"): np.array([60.0]), ("TRIAL", "ACTUAL_START_FIELD"): ints(1, 0), ("TRIAL", "ACTUAL_END_FIELD"): ints(30, 0),
    }  # fmt: skip
    return encoded(C3dTrial(points=trial.points, analog=trial.analog, parameters=plate), processor, integer=integer)


SAMPLES = [sample(processor, integer=integer) for processor in PROCESSORS for integer in (False, True)]
samples = st.sampled_from(SAMPLES)


def seconds(raw):
    """Processor time of one reading."""
    start = time.process_time()
    with suppress(UnreadableFile):
        recording_of(raw, NOWHERE)
    return time.process_time() - start


def survives(raw):
    """Read or refused, within the limits: seconds of this process first, then, since tracing is slow, its memory."""
    # A noisy machine may steal time once; what is slow by itself is slow every time.
    assert any(seconds(raw) < LONGEST_S for _ in range(3))
    tracemalloc.start()
    try:
        with suppress(UnreadableFile):
            recording_of(raw, NOWHERE)
        assert tracemalloc.get_traced_memory()[1] < MEMORY_PER_BYTE * len(raw) + MEMORY_OF_ANY_FILE
    finally:
        tracemalloc.stop()


def fuzz(examples):
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@fuzz(60)
@given(samples, st.floats(0, 1))
def test_cut_anywhere(raw, share):
    survives(raw[: int(share * len(raw))])


@fuzz(200)
@given(samples, st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=12))
def test_bytes_changed_anywhere(raw, changes):
    damaged = bytearray(raw)
    for at, value in changes:
        damaged[at % len(damaged)] = value
    survives(bytes(damaged))


@fuzz(200)
@given(samples, st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=40))
def test_bytes_changed_in_header_and_parameters(raw, changes):
    damaged = bytearray(raw)
    for at, value in changes:
        damaged[at % 2400] = value
    damaged[1] = 0x50
    survives(bytes(damaged))


@fuzz(100)
@given(
    samples,
    st.lists(st.tuples(st.sampled_from([2, 4, 6, 8, 10, 16, 18]), st.integers(0, 65535)), min_size=1, max_size=7),
)
def test_wrong_counts_in_the_header(raw, counts):
    damaged = bytearray(raw)
    for at, value in counts:
        damaged[at : at + 2] = value.to_bytes(2, "little")
    survives(bytes(damaged))


@fuzz(60)
@given(samples, st.sampled_from([12, 20]), st.binary(min_size=4, max_size=4))
def test_any_scale_and_any_rate(raw, at, number):
    survives(raw[:at] + number + raw[at + 4 :])


@fuzz(60)
@given(samples, st.binary(min_size=4, max_size=4))
def test_samples_of_nothing_but_one_number(raw, number):
    start = (int.from_bytes(raw[16:18], "big" if raw[515] == 86 else "little") - 1) * 512
    survives(raw[:start] + number * ((len(raw) - start) // 4))


@fuzz(100)
@given(st.binary(max_size=4000))
def test_noise_behind_a_true_key(noise):
    survives((b"\x02\x50" + noise).ljust(1024, b"\0"))


PARAMETER = b"\x01\x01A"


@pytest.mark.parametrize(
    "body",
    [
        b"\x01\x01A\x02\x00" * 100_000,
        b"\x01\xffA\x04\x00\x00" * 60_000,
        PARAMETER + b"\x05\x00\x04\x01\xff" * 1 + b"\x01\x01A" * 100_000,
        b"\x06\x01LABELS\x06\x00\xff\x02\xff\xff" * 20_000,
        bytes(range(256)) * 1500,
        b"\x7f" * 300_000,
        b"\xff" * 300_000,
    ],
)
def test_endless_parameters(body):
    header = bytearray(512)
    header[0:2] = b"\x02\x50"
    survives(bytes(header) + b"\x01\x50\x01\x54" + body)


@pytest.mark.parametrize("per_frame", [1, 10])
@pytest.mark.parametrize("points", [0, 1, 65535])
@pytest.mark.parametrize("channels", [1, 6, 60_000])
def test_the_largest_counts_that_fit_the_file(points, channels, per_frame):
    """A file of 2 MB whose header claims the most: integers, which grow most when they become real numbers."""
    raw = bytearray(encoded(C3dTrial.walk(frames=2, points=1, channels=1), integer=True))
    raw[2:6] = points.to_bytes(2, "little") + min(channels * per_frame, 65535).to_bytes(2, "little")
    raw[6:10] = b"\x01\x00\xff\xff"
    raw[18:20] = per_frame.to_bytes(2, "little")
    survives(bytes(raw) + bytes(range(250)) * 8000)


def test_plates_that_all_want_the_same_channels():
    raw = encoded(
        C3dTrial(
            points=np.empty((3000, 0, 3)), analog=np.full((3000, 6), 100.0),
            parameters={
                ("FORCE_PLATFORM", "USED"): ints(200), ("FORCE_PLATFORM", "TYPE"): ints(*[2] * 200),
                ("FORCE_PLATFORM", "CHANNEL"): np.tile(np.arange(1, 7), (200, 1)).T.astype(np.int16),
                ("FORCE_PLATFORM", "CORNERS"): np.tile(CORNERS.T[:, :, None], 200), ("FORCE_PLATFORM", "ORIGIN"): np.zeros((3, 200)) - 40,
            },
        ),
        integer=True,
    )  # fmt: skip
    survives(raw)
    assert len(recording_of(raw, NOWHERE).plates) == 1

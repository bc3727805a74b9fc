"""Whatever a reader hands over, cleaning answers with a recording, never with a traceback."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poise.cleaning.prepare import prepare
from poise.model import ForcePlate, Frame, Kind, Recording, Stream

LABELS = (
    "LASI", "RASI", "LPSI", "RPSI", "SACR", "LKNE", "LANK", "LHEE", "LTOE", "C7", "left_hip", "left_knee", "left_ankle",
    "right_hip", "left_shoulder", "right_shoulder", "left_heel", "R.Heel", "Ann:RKNE", "*17", "", "nose", "HipLeft",
)  # fmt: skip
KINDS = (Kind.MARKERS, Kind.LANDMARKS, Kind.MODEL_POINTS, Kind.FORCE, Kind.MOMENT, Kind.ACCELERATION, Kind.ANALOG)
numbers = st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e-9, 1e6, 1e300, float("nan"), float("inf"), -float("inf")])


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    kind = draw(st.sampled_from(KINDS))
    channels = tuple(draw(st.lists(st.sampled_from(LABELS), max_size=14, unique=True)))
    samples = draw(st.sampled_from([0, 1, 2, 3, 20, 150]))
    axes = draw(st.sampled_from([3, 3, 3, 2, 1]))
    seed = draw(st.integers(0, 99))
    values = np.random.default_rng(seed).normal(
        0.0, draw(st.sampled_from([0.0, 0.3, 500.0])), (samples, len(channels), axes)
    )
    holes = np.random.default_rng(seed + 1).random(values.shape) < draw(st.sampled_from([0.0, 0.2, 0.95, 1.0]))
    values[holes] = draw(numbers)
    clock = draw(st.sampled_from(["even", "uneven", "still", "back"]))
    time_s = np.arange(samples) / 50.0
    if clock == "uneven":
        time_s = time_s + np.random.default_rng(seed + 2).uniform(0.0, 0.015, samples)
    if clock in ("still", "back"):
        time_s = time_s * (0.0 if clock == "still" else -1.0)
    up = draw(st.sampled_from([None, "+y", "-z", "+z"]))
    return Stream(
        kind=kind, channels=channels, time_s=time_s, values=values, unit=draw(st.sampled_from(["m", "px", "1"])),
        frame=Frame(name="laboratory", up=up),
        confidence=draw(st.sampled_from([None, np.full((samples, len(channels)), 0.7)])),
    )  # fmt: skip


@given(st.lists(streams(), max_size=3), st.booleans())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_recording_is_answered(held: list[Stream], with_plate: bool) -> None:
    by_kind = {stream.kind.value: stream for stream in held}
    plates = (ForcePlate(name="1", corners_m=np.zeros((4, 3)), type=2),) if with_plate else ()
    given_ = Recording(id="x", source="x", streams=by_kind, plates=plates)
    found = prepare(given_)
    assert set(by_kind) <= set(found.streams)
    if "body" in found:
        assert not np.isinf(found["body"].values).any()

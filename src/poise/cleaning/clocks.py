"""Uneven clocks made even: filters and spectra need samples at equal distances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poise.errors import NothingToMeasure
from poise.model.recording import Kind, Problem, Recording, Step, Stream
from poise.signals.gaps import resample_offline

LARGEST_JITTER = 0.02
"""Of the sample interval; clocks better than this are even for every method here."""
LARGEST_EXPANSION = 20.0
ALWAYS_ALLOWED_VALUES = 20_000_000
"""A stream may grow to this many values; a long one by `LARGEST_EXPANSION`. A pause of years is no movement."""


def rising(recording: Recording) -> Recording:
    """The recording without the samples whose time is unknown or not later than all before, and a doubt about them.

    Readers make rising clocks; this keeps what other packages' readers give from stopping every method.
    """
    kept = {key: _later(stream.time_s) for key, stream in recording.streams.items()}
    wrong = {key: each for key, each in kept.items() if not each.all()}
    if not wrong:
        return recording
    streams = {key: _only(recording[key], each) for key, each in wrong.items()}
    step = Step(what="samples out of time taken out", settings={"streams": ", ".join(wrong)})
    return recording.after(step, problems=[_out_of_time(key, each) for key, each in wrong.items()], **streams)


def _later(time_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    known = np.isfinite(time_s)
    before = np.maximum.accumulate(np.append(-np.inf, np.where(known, time_s, -np.inf)))[:-1]
    return known & (time_s > before)


def _only(stream: Stream, kept: NDArray[np.bool_]) -> Stream:
    confidence = None if stream.confidence is None else stream.confidence[kept]
    return replace(stream, time_s=stream.time_s[kept], values=stream.values[kept], confidence=confidence)


def evened(recording: Recording) -> Recording:
    """The recording with every uneven stream resampled to its own median rate; even ones are not touched.

    Raises
    ------
    NothingToMeasure
        A pause is so long that an even clock through it would hold next to nothing but the pause.
    """
    result = recording
    for key, stream in recording.streams.items():
        if is_even(stream) or len(stream.time_s) < 3:
            continue
        if stream.kind is Kind.ORIENTATION:
            result = replace(result, problems=(*result.problems, _cannot(key)))
            continue
        rate_hz = _median_rate_hz(stream)
        if stream.duration_s * rate_hz / len(stream.time_s) * stream.values.size > _most_values(stream):
            raise _mostly_pause(key, stream)
        step = Step(what="resampled", settings={"stream": key, "rate_hz": rate_hz})
        streams = {key: _even(stream, rate_hz)}
        result = result.after(step, problems=(), **streams)
    return result


def _median_rate_hz(stream: Stream) -> float:
    """Rounded as people say it, but never to nothing: a sample in an hour is slow, and is not 0 Hz."""
    rate_hz = float(1.0 / np.median(np.diff(stream.time_s)))
    return float(np.round(rate_hz, 3)) if rate_hz >= 0.1 else rate_hz


def is_even(stream: Stream) -> bool:
    """Whether no interval differs from the median one by more than `LARGEST_JITTER`."""
    intervals = np.diff(stream.time_s)
    return not len(intervals) or bool(np.ptp(intervals) <= 2 * LARGEST_JITTER * np.median(intervals))


def _most_values(stream: Stream) -> float:
    return max(ALWAYS_ALLOWED_VALUES, LARGEST_EXPANSION * stream.values.size)


def _mostly_pause(key: str, stream: Stream) -> NothingToMeasure:
    pause_s, samples = float(np.max(np.diff(stream.time_s))), len(stream.time_s)
    return NothingToMeasure(
        f"The times of '{key}' cannot be right, or its samples are of several recordings.",
        found=f"{samples} samples are spread over {stream.duration_s:.3g} s; the longest pause is {pause_s:.3g} s.",
        do="Correct the times, or cut the file at the pause and give each part.",
    )


def _even(stream: Stream, rate_hz: float) -> Stream:
    time_s, values = resample_offline(stream.time_s, stream.values, rate_hz)
    confidence = None
    if stream.confidence is not None:
        confidence = resample_offline(stream.time_s, stream.confidence, rate_hz)[1]
    return replace(stream, time_s=time_s, values=values, confidence=confidence)


def _cannot(key: str) -> Problem:
    return Problem(
        what="The clock of this stream is uneven, and it was left as it is.",
        where=key,
        do="Times and rates from it may be wrong; export it again with an even clock.",
    )


def _out_of_time(key: str, kept: NDArray[np.bool_]) -> Problem:
    return Problem(
        what=f"The clock of this stream stands or runs back: {np.count_nonzero(~kept)} samples were left out.",
        where=key,
        do="Times and rates from it may be wrong; export it again with a clock that rises.",
    )

"""From an assessment to its replay: the body's points, the curves, what happened and what was found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poise.clinic.recordings.domain.moving_picture import Blocks
from poise.documents.stick_figure import BONES, PLACES, walking_direction
from poise.model import Assessment, Kind, Recording, Series, Stream

MOST_HZ = 60.0
GAP_S = 0.25
MOST_CURVES = 120
CURVE_STEPS = 8_000  # of a curve's range: finer than a screen has lines
FINEST_M = 0.0005  # half a millimetre: finer than any of our sensors, and it packs three times as well
Array = NDArray[np.float64]

_EXTRA_BONES = (("left_shoulder", "right_shoulder", "bone"), ("pelvis", "left_hip", "boneleft"),
                ("pelvis", "right_hip", "boneright"))  # fmt: skip


def bundle(recording: Recording | None, assessment: Assessment) -> bytes:
    """The replay of one recording; without points it has curves and events alone.

    Parameters
    ----------
    recording
        The cleaned recording with its signals (`Assessment.recording`); None where they were not kept.
    assessment
        What was made of it.
    """
    blocks = Blocks()
    body = recording[Kind.BODY] if recording is not None and Kind.BODY in recording else None
    head: dict[str, Any] = {
        "version": 1,
        "task": assessment.task,
        "duration_s": _rounded(assessment.duration_s, 4),
        "points": _points(body, blocks) if body is not None else None,
        "curves": list(_curves(recording, assessment, blocks)),
        "cycles": list(_cycles(assessment)),
        "events": [
            {"event": each.event, "side": each.side, "time_s": _rounded(each.time_s, 4)} for each in assessment.events
        ],
        "findings": list(_findings(assessment)),
        "repetitions": [
            {"number": each.number, "side": each.side, "start_s": _rounded(each.start_s, 3),
             "apex_s": _rounded(each.apex_s, 3), "end_s": _rounded(each.end_s, 3),
             "quality": _rounded(each.quality, 0) if each.quality is not None else None}
            for each in assessment.repetitions
        ],
        "bursts": [
            {"muscle": each.muscle, "side": each.side, "start_s": _rounded(each.onset_s, 3),
             "end_s": _rounded(each.offset_s, 3)}
            for each in assessment.bursts
        ],
    }  # fmt: skip
    return blocks.behind(head)


def _points(body: Stream, blocks: Blocks) -> dict[str, Any] | None:
    places = {place: _seen(body, names) for place, names in PLACES.items()}
    for middle, pair in (("neck", "shoulder"), ("pelvis", "hip")):
        between = (places[f"left_{pair}"] + places[f"right_{pair}"]) / 2
        places[middle] = np.where(np.isfinite(places[middle]), places[middle], between)
    kept = {place: values for place, values in places.items() if np.isfinite(values).any()}
    if len(kept) < 3:
        return None
    times, rate_hz = _even_times(body.time_s)
    table = _at(times, body.time_s, np.concatenate(list(kept.values()), axis=1))
    return {
        "names": list(kept), "start_s": _rounded(times[0], 4), "rate_hz": rate_hz, "view": body.frame.view,
        "forward": [_rounded(each, 4) for each in walking_direction(body)[:2]],
        "bones": _bones(kept), **blocks.add(table, finest=FINEST_M),
    }  # fmt: skip


def _bones(kept: Iterable[str]) -> list[list[Any]]:
    names = list(kept)
    has_toe_alone = [side for side in ("left", "right") if f"{side}_heel" not in names]
    drawn = []
    for start, end, style in (*BONES, *_EXTRA_BONES):
        if start not in names or end not in names:
            continue
        if start.endswith("ankle") and end.endswith("toe") and start.partition("_")[0] not in has_toe_alone:
            continue  # heel to toe is there already
        drawn.append([names.index(start), names.index(end), style.removeprefix("bone")])
    return drawn


def _seen(body: Stream, names: Iterable[str]) -> Array:
    """At each sample the first of several names that was seen, shape (samples, 3)."""
    found = np.full((len(body.time_s), 3), np.nan)
    for name in names:
        if name in body:
            found = np.where(np.isfinite(found), found, body[name])
    return found


def _even_times(time_s: Array) -> tuple[Array, float]:
    """An even clock over the samples, at their own rate but no faster than `MOST_HZ`."""
    length = float(time_s[-1] - time_s[0]) if len(time_s) > 1 else 0.0
    own = (len(time_s) - 1) / length if length > 0 else MOST_HZ
    rate_hz = own / max(1, math.ceil(own / MOST_HZ - 1e-6))
    return time_s[0] + np.arange(int(length * rate_hz + 1e-6) + 1) / rate_hz, round(rate_hz, 6)


def _at(times: Array, time_s: Array, values: Array) -> Array:
    """Values (samples, columns) at other times, on straight lines; NaN beside what is missing and across gaps."""
    if len(time_s) < 2:
        return np.repeat(values[:1], len(times), axis=0)
    after = np.clip(np.searchsorted(time_s, times, side="left"), 1, len(time_s) - 1)
    step = time_s[after] - time_s[after - 1]
    share = np.clip((times - time_s[after - 1]) / np.where(step > 0, step, 1.0), 0.0, 1.0)[:, None]
    before_value, after_value = values[after - 1], values[after]
    between = np.where(
        share <= 0.0,
        before_value,
        np.where(share >= 1.0, after_value, before_value * (1 - share) + after_value * share),
    )
    between[step > GAP_S] = np.nan
    return np.asarray(between)


def _curves(recording: Recording | None, assessment: Assessment, blocks: Blocks) -> Iterator[dict[str, Any]]:
    given = list(_given(recording, assessment))
    for name, side, unit, time_s, values in given[:MOST_CURVES]:
        if not np.isfinite(values).any() or not len(time_s):
            continue
        times, rate_hz = _even_times(time_s)
        finest = float(np.nanmax(values) - np.nanmin(values)) / CURVE_STEPS
        yield {
            "curve": name, "side": side, "unit": unit, "start_s": _rounded(times[0], 4), "rate_hz": rate_hz,
            **blocks.add(_at(times, time_s, values[:, None]), finest=finest),
        }  # fmt: skip


def _given(recording: Recording | None, assessment: Assessment) -> Iterator[tuple[str, str | None, str, Array, Array]]:
    """Every curve over time: name, side, unit, times, values. What was measured first, then what the sensors gave."""
    for series in _told_once(assessment.series):
        yield series.series, series.side, series.unit, _times(series), np.asarray(series.values, dtype=np.float64)
    if recording is None:
        return
    measured = {each.series.partition(".")[0] for each in assessment.series}
    for key, stream in recording.streams.items():
        kind = key.partition(".")[0]
        if kind == Kind.CENTRE_OF_PRESSURE and not any(
            each.series.startswith("balance.") for each in assessment.series
        ):
            yield from _axes(stream, "pressure", ("x", "y"))
        elif kind == Kind.FORCE:
            yield from _vertical(stream)
        elif kind == Kind.EMG and "emg" not in measured:
            yield from _envelopes(stream)
        elif kind in {Kind.ACCELERATION, Kind.ANGULAR_VELOCITY}:
            yield from _sizes(stream, kind)


def _told_once(series: Iterable[Series]) -> Iterator[Series]:
    """A midline angle that is the same on both sides comes once, of no side."""
    seen: dict[str, list[Series]] = {}
    for each in series:
        seen.setdefault(each.series, []).append(each)
    for first, *others in seen.values():
        if others and all(np.array_equal(first.values, each.values, equal_nan=True) for each in others):
            yield replace(first, side=None)
        else:
            yield from (first, *others)


def _times(series: Series) -> Array:
    return np.asarray(series.start_s + np.arange(len(series.values)) / float(series.rate_hz))


def _axes(stream: Stream, name: str, axes: Iterable[str]) -> Iterator[tuple[str, None, str, Array, Array]]:
    for channel in stream.channels:
        for index, axis in enumerate(axes):
            yield f"{name}.{axis}.{channel}", None, "mm", stream.time_s, 1000 * stream[channel][:, index]


def _vertical(stream: Stream) -> Iterator[tuple[str, None, str, Array, Array]]:
    axis = "xyz".index(stream.frame.up[-1]) if stream.frame.up else 2
    for channel in stream.channels:
        values = stream[channel]
        if np.nanmax(np.abs(values[:, axis]), initial=0.0) > 20.0:  # a plate that nobody stood on says nothing
            yield f"force.{channel}", None, "N", stream.time_s, values[:, axis]


def _envelopes(stream: Stream) -> Iterator[tuple[str, None, str, Array, Array]]:
    from poise.signals.emg import clean_offline, envelope_offline

    for channel in stream.channels:
        values = stream[channel][:, 0]
        try:
            shown = envelope_offline(clean_offline(values, stream.rate_hz), stream.rate_hz)
        except ValueError:  # too slow or too short to be cleaned: an envelope already
            shown = np.abs(values)
        yield f"emg.{channel}", None, stream.unit, stream.time_s, np.asarray(shown)


def _sizes(stream: Stream, kind: str) -> Iterator[tuple[str, None, str, Array, Array]]:
    factor, unit = (math.degrees(1.0), "deg/s") if kind == Kind.ANGULAR_VELOCITY else (1.0, stream.unit)
    for channel in stream.channels:
        yield f"{kind}.{channel}", None, unit, stream.time_s, factor * np.linalg.norm(stream[channel], axis=1)


def _cycles(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """Curves over the stride with their norm, where there is one; the page draws it over time, stride by stride."""
    for curve in assessment.curves:
        band = assessment.bands.get(curve.curve)
        yield {
            "curve": curve.curve, "side": curve.side, "unit": curve.unit, "n": curve.n,
            "mean": [_rounded(each, 2) for each in curve.mean], "sd": [_rounded(each, 2) for each in curve.sd],
            "band": band and {
                "mean": [_rounded(each, 2) for each in band.mean], "sd": [_rounded(each, 2) for each in band.sd],
                "population": band.population, "citation": band.citation,
            },
        }  # fmt: skip


def _findings(assessment: Assessment) -> Iterator[dict[str, Any]]:
    for each in assessment.findings:
        spans = [(one.start_s, one.end_s) for one in each.because if math.isfinite(one.start_s + one.end_s)]
        yield {
            "finding": each.finding, "name": each.name, "side": each.side, "severity": each.severity,
            "start_s": _rounded(min(span[0] for span in spans), 3) if spans else None,
            "end_s": _rounded(max(span[1] for span in spans), 3) if spans else None,
        }  # fmt: skip


def _rounded(value: float | None, digits: int) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)

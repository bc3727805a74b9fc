"""Treadmill EMG with a published pipeline's own result, and mean cycles of many people: envelopes and their timing.

Two things are asked. First, whether our filters and our cutting give what the published one gave (fourth-order
high-pass 50 Hz both ways, rectified, low-pass 20 Hz both ways, least and greatest to 0 and 1, stance and swing of each
stride to 100 points each). Second, whether our own curves of that walk peak where the same people's published mean
cycles do. It has no truth of onsets and no maximal contraction: neither timing of bursts nor level is validated.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.knowledge.emg_timing import usual_windows
from poise.measures.emg_gait import METHOD, compute_with
from poise.model import Kind, Recording, Stride
from poise.model.muscles import named
from poise.readers.find import read_file
from poise.signals.filters import highpass_offline, lowpass_offline, two_pass_cutoff_hz
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]

REFERENCE = "musclesyneRgies (Santuz 2022), FILT_EMG"
POINTS = 100
FIRST_KEPT = 1
HIGH_HZ, LOW_HZ, ORDER = 50.0, 20.0, 8
RAW = re.compile(r"(?P<trial>.+)_raw_emg\.csv(\.gz)?$")


class EmgGait13MusclesSantuz:
    """The folder ``emg-gait-13muscles-santuz``: every raw trial with its cycles and the published result beside it."""

    name = "emg-gait-13muscles-santuz"

    def scores(self, folder: Path) -> Iterator[Score]:
        """By trial, then pooled: the least correlation over muscles and strides, and how far peaks lie apart."""
        least: list[float] = []
        apart: list[float] = []
        for path in sorted(folder.rglob("*_raw_emg.csv*")):
            match = RAW.match(path.name)
            beside = {name: path.parent / f"{match['trial']}_{name}.csv" for name in FILES} if match else {}
            if match is None or not beside["cycles"].is_file():
                continue
            recording, cycles_s = _recording(path, beside["cycles"])
            if beside["filt_emg_reference"].is_file():
                r = _least_r(recording, cycles_s, _table(beside["filt_emg_reference"]))
                least.append(r)
                yield self._score(match["trial"], "emg.envelope", "r", r, n=1)
            usual = _agreements(recording, cycles_s)
            yield self._score(match["trial"], "emg.usual_agreement", "median", float(np.median(usual)), n=len(usual))
            if beside["mean_cycle"].is_file():
                far = _peaks_apart(recording, cycles_s, _table(beside["mean_cycle"]))
                apart += far
                yield self._score(
                    match["trial"], "emg.peak_percent", "median_abs_error", float(np.median(far)), n=len(far)
                )
        if least:
            yield self._score("all", "emg.envelope", "r", min(least), n=len(least))
        if apart:
            yield self._score("all", "emg.peak_percent", "median_abs_error", float(np.median(apart)), n=len(apart))

    def _score(self, file: str, measure: str, metric: str, value: float, *, n: int) -> Score:
        return Score(
            dataset=self.name, file=file, measure=measure, method=METHOD, metric=metric, value=value, n=n,
            condition="published pipeline" if metric == "r" else "our curves", unit="" if metric == "r" else "%",
            published=0.9998 if metric == "r" else None, source=REFERENCE if metric == "r" else "",
        )  # fmt: skip


FILES = ("cycles", "filt_emg_reference", "mean_cycle")


def published_envelope(raw: Array, rate_hz: float) -> Array:
    """The pipeline with its own settings, 0 to 1, shape of `raw` (samples,); its cut-offs are those of one pass."""
    one_pass = ORDER // 2
    high_hz = two_pass_cutoff_hz(HIGH_HZ, rate_hz, passes_order=one_pass, kind="low")
    low_hz = two_pass_cutoff_hz(LOW_HZ, rate_hz, passes_order=one_pass, kind="high")
    rectified = np.abs(highpass_offline(raw - raw.mean(), rate_hz, high_hz, order=ORDER))
    smooth = np.maximum(lowpass_offline(rectified, rate_hz, low_hz, order=ORDER), 0.0)
    return np.asarray((smooth - smooth.min()) / np.ptp(smooth))


def _recording(path: Path, cycles: Path) -> tuple[Recording, Array]:
    """The trial and its strides, (strides, 2): touchdown and lift-off, s from the first sample."""
    recording = read_file(path)[0]
    return recording, np.genfromtxt(cycles, delimiter=",", skip_header=1) - float(recording.details["first_time_s"])


def _table(path: Path) -> Mapping[str, Array]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    values = np.array(rows[1:], dtype=np.float64)
    return {name: values[:, i] for i, name in enumerate(rows[0])}


def _least_r(recording: Recording, cycles_s: Array, reference: Mapping[str, Array]) -> float:
    """Over every muscle and every stride of the reference: the least correlation with ours."""
    stream = recording[Kind.EMG]
    found: list[float] = []
    for name in stream.channels:
        ours = published_envelope(stream[name][:, 0], stream.rate_hz)
        for stride in range(len(reference[name]) // (2 * POINTS)):
            touchdown_s, lift_off_s = cycles_s[FIRST_KEPT + stride]
            next_s = cycles_s[FIRST_KEPT + stride + 1, 0]
            halves = [
                _to_points(ours, stream.time_s, start_s, end_s)
                for start_s, end_s in ((touchdown_s, lift_off_s), (lift_off_s, next_s))
            ]
            theirs = reference[name][2 * POINTS * stride : 2 * POINTS * (stride + 1)]
            found.append(float(np.corrcoef(np.concatenate(halves), theirs)[0, 1]))
    return min(found)


def _to_points(values: Array, time_s: Array, start_s: float, end_s: float) -> Array:
    """From the sample of the start to the one before the end, at 100 points."""
    first, last = np.searchsorted(time_s, (start_s - 5e-4, end_s - 5e-4))
    part = values[first:last]
    return np.interp(np.linspace(0.0, len(part) - 1.0, POINTS), np.arange(len(part)), part)


def _strides(cycles_s: Array) -> list[Stride]:
    return [
        Stride(side=None, start_s=float(start), end_s=float(end), toe_off_s=float(off))
        for (start, off), end in zip(cycles_s[:-1], cycles_s[1:, 0], strict=True)
    ]


def _agreements(recording: Recording, cycles_s: Array) -> list[float]:
    """Share of the cycle in which each muscle is on and off as the knowledge says is usual, %."""
    measured = compute_with(recording, _strides(cycles_s), usual_windows())
    return [each.value for each in measured.measurements if each.measure.startswith("emg.usual_agreement.")]


def _peaks_apart(recording: Recording, cycles_s: Array, mean_cycle: Mapping[str, Array]) -> list[float]:
    """How far the peak of each of our curves lies from that of the person's published mean cycle, % of the cycle."""
    strides = _strides(cycles_s)
    stance = 100.0 * float(np.mean([(s.toe_off_s - s.start_s) / s.time_s for s in strides]))
    curves = {curve.curve: curve for curve in compute_with(recording, strides).curves}
    apart = []
    for placed in named(recording[Kind.EMG].channels):
        curve = curves.get(f"emg.{placed.muscle}")
        if curve is None:
            continue
        point = int(np.argmax(mean_cycle[placed.channel]))
        theirs = stance * point / POINTS if point < POINTS else stance + (100.0 - stance) * (point - POINTS) / POINTS
        gap = abs(float(np.argmax(curve.mean)) - theirs)
        apart.append(min(gap, 100.0 - gap))
    return apart


DATASET = EmgGait13MusclesSantuz()

"""Muscles in walking: activity over the gait cycle, when each is on, and how that lies with what is usual."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.errors import NothingToMeasure
from poise.measures.curves import PERCENT, Grid
from poise.measures.emg_channels import Channel, channels_of, holds_emg
from poise.measures.emg_levels import active, measurement
from poise.model import SIDES, Curve, Definition, Measured, Measurement, Problem, Recording, Side, Stride, Walk
from poise.model.muscles import MUSCLES
from poise.signals.emg import envelope_offline
from poise.signals.events import stretches

Array = NDArray[np.float64]
Windows = Mapping[str, Sequence[tuple[float, float]]]
"""By muscle: when it is usually on, percent of the cycle."""

METHOD = "emg_gait/1"
ENVELOPE_HZ = 10.0
FEWEST_STRIDES, FEWEST_CONTACTS = 3, 2
"""A curve needs one stride, a statement of when a muscle is on needs three."""
SHORTEST_PERCENT = 5.0
STRIDE_S = (0.5, 2.5)


def _defines() -> Iterator[Definition]:
    for muscle in MUSCLES:
        for name, unit, label, formula in (
            ("on_percent", "%", "Switches on", "start of its longest phase of activity, percent of the cycle"),
            ("off_percent", "%", "Switches off", "end of its longest phase of activity, percent of the cycle"),
            ("peak_percent", "%", "Peak", "where the mean envelope is highest, percent of the cycle"),
            (
                "usual_agreement",
                "%",
                "On and off as usual",
                "share of the cycle that is on where usual, off where usual",
            ),
        ):
            yield Definition(
                measure=f"emg.{name}.{muscle.name}", family=f"emg.{name}.<muscle>",
                unit=unit, label=f"{label}, {muscle.label}", formula=formula,
                source="measures.md 5.4; emg_timing.yaml", decimals=0,
                better="higher" if name == "usual_agreement" else "neither",
            )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class EmgGait:
    """Activity over the cycle of each muscle, cut by the contacts that the file itself marks.

    Where a method of ours finds the steps, the workflow gives its walk to `compute_with`.

    Notes
    -----
    The envelope is in percent of the highest of its mean curve: it tells of timing, not of strength. A muscle is on
    where it is active in half of three strides or more; one that hardly rests is on all the time, and says little.
    """

    name: str = "emg_gait"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"walk", "emg"})
    defines: tuple[Definition, ...] = tuple(_defines())

    def fits(self, recording: Recording) -> bool:
        """Whether there is raw EMG, and initial contacts that the file marks."""
        contacts = sum(event.event == "initial_contact" for event in recording.events)
        return contacts >= FEWEST_CONTACTS and holds_emg(recording)

    def compute(self, recording: Recording) -> Measured:
        """By the file's own contacts."""
        return compute_with(recording, list(strides_marked(recording)))


def strides_marked(recording: Recording) -> Iterator[Stride]:
    """Strides from the contacts and toe-offs in the file; one of less than 0.5 s or more than 2.5 s is left out."""
    for side in SIDES:
        contacts = sorted(e.time_s for e in recording.events if e.event == "initial_contact" and e.side == side)
        offs = [e.time_s for e in recording.events if e.event == "toe_off" and e.side == side]
        for start_s, end_s in pairwise(contacts):
            if STRIDE_S[0] <= end_s - start_s <= STRIDE_S[1]:
                inside = [off for off in offs if start_s < off < end_s]
                toe_off_s = inside[0] if len(inside) == 1 else float("nan")
                yield Stride(side=side, start_s=start_s, end_s=end_s, toe_off_s=toe_off_s)


def compute_with(
    recording: Recording, walk: Walk | Sequence[Stride] | None, windows: Windows | None = None
) -> Measured:
    """Curves and timing of every muscle over the strides of its side.

    Parameters
    ----------
    walk
        A walk, or its strides. A muscle without a side is cut by the right strides, or by all where no side is known.
    windows
        When each muscle is usually on (`poise.knowledge.emg_timing`); without, nothing is said of the usual.
    """
    strides = walk.strides if isinstance(walk, Walk) else tuple(walk or ())
    try:
        channels = channels_of(recording)
    except NothingToMeasure as reason:
        what = f"{reason.problem} {reason.found}".strip()
        return Measured(problems=(Problem(what=what, where=recording.id, do=reason.do),))
    curves: list[Curve] = []
    numbers: list[Measurement] = []
    for channel in channels.usable:
        own = _strides_of(channel, strides)
        if own:
            made = _of_channel(channel, own, recording.id, (windows or {}).get(channel.muscle, ()))
            curves += made.curves
            numbers += made.measurements
    return Measured(curves=tuple(curves), measurements=tuple(numbers))


def _strides_of(channel: Channel, strides: Iterable[Stride]) -> list[Stride]:
    every = list(strides)
    side: Side | None = channel.side
    if side is None and any(stride.side is not None for stride in every):
        side = "right"
    return [stride for stride in every if stride.side == side]


def _of_channel(
    channel: Channel, strides: list[Stride], recording: str, usual: Sequence[tuple[float, float]]
) -> Measured:
    grid = Grid.of(channel.time_s, strides)
    cycles = grid.cut(envelope_offline(channel.clean, channel.rate_hz, cutoff_hz=ENVELOPE_HZ))
    if not len(cycles.values):
        return Measured()
    mean = cycles.values.mean(axis=0)
    top = float(mean.max())
    if not top > 0.0:
        return Measured()
    share_on = grid.cut(active(channel).astype(np.float64)).values.mean(axis=0)
    curve = Curve(
        curve=f"emg.{channel.name}", side=channel.side, unit="%", mean=100.0 * mean / top, method=METHOD,
        sd=100.0 * _sd(cycles.values) / top, cycles=100.0 * cycles.values / top,
    )  # fmt: skip
    enough = len(cycles.values) >= FEWEST_STRIDES
    values = _timing(curve.mean, share_on >= 0.5, usual) if enough else ()
    numbers = tuple(
        measurement(
            channel, f"emg.{name}.{channel.name}", value, "%", method=METHOD, recording=recording, n=len(cycles.values)
        )
        for name, value in values
    )
    return Measured(curves=(curve,), measurements=numbers)


def _sd(cycles: Array) -> Array:
    """Over the strides, (101,); NaN with one."""
    return np.asarray(cycles.std(axis=0, ddof=1)) if len(cycles) > 1 else np.full(cycles.shape[1], np.nan)


def _timing(mean: Array, on: NDArray[np.bool_], usual: Sequence[tuple[float, float]]) -> Iterator[tuple[str, float]]:
    yield "peak_percent", float(PERCENT[int(np.argmax(mean))])
    phase = _longest_phase(on)
    if phase is not None:
        yield "on_percent", phase[0]
        yield "off_percent", phase[1]
    if usual and on.any():
        yield "usual_agreement", agreement(on, usual)


def _longest_phase(on: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Start and end of the longest phase, percent; it may run over the end. None where it never changes."""
    if on.all() or not on.any():
        return None
    twice = stretches(np.concatenate((on[:-1], on[:-1])))
    length = twice.stop - twice.start
    inside = (twice.start > 0) & (twice.stop < 2 * (len(on) - 1))
    if not inside.any():
        return None
    at = int(np.flatnonzero(inside)[np.argmax(length[inside])])
    if length[at] < SHORTEST_PERCENT:
        return None
    return float(twice.start[at] % 100), float(twice.stop[at] % 100)


def agreement(on: NDArray[np.bool_], usual: Sequence[tuple[float, float]]) -> float:
    """Share of the cycle in which a muscle is on where it usually is and off where it usually is, %."""
    expected = np.zeros(len(PERCENT), dtype=bool)
    for start, end in usual:
        expected[np.searchsorted(PERCENT, start) : np.searchsorted(PERCENT, end, side="right")] = True
    return 100.0 * float(np.mean(expected == on))


MEASURE = EmgGait()

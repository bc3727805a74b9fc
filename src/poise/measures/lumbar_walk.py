"""From a lower-back signal to a Walk: axes, steps, bouts and speed, in pieces so that a day needs no more memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from poise.measures import lumbar_bouts
from poise.measures.lumbar_axes import (
    NO_HEADING,
    STEP_BAND_HZ,
    Axes,
    Heading,
    along_axes,
    heading_of,
    up_by_gyroscope,
    up_by_tilt,
)
from poise.measures.lumbar_bouts import BoutSettings
from poise.measures.lumbar_filters import lowpass
from poise.measures.lumbar_signal import Trunk
from poise.measures.lumbar_speed import push_of, stride_speeds
from poise.measures.lumbar_steps import NO_STEPS, Steps, StepSettings, find_steps
from poise.model.gait import NAN, Bout, Footstep, Stride
from poise.model.recording import Side

Array = NDArray[np.float64]
Span = tuple[float, float]

PIECE_S = 600.0
CONTEXT_S = 5.0
"""What a filter at 0.25 Hz needs to settle."""
EDGE_S = 0.2
"""A given bout's edge is known no better than a contact is: those this near outside still belong to it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of gait from the lower back."""

    steps: StepSettings = field(default_factory=StepSettings)
    bouts: BoutSettings = field(default_factory=BoutSettings)


@dataclass(frozen=True, kw_only=True, eq=False)
class WalkingBout:
    """One bout: its steps on the recording's clock, whole strides as pairs of contacts, and a speed for each.

    `axes` are those of the bout alone, its first sample at `start_s`. `slow_share` is the spread of vertical
    acceleration below the step band over that within it.
    """

    start_s: float
    end_s: float
    steps: Steps
    strides: list[tuple[int, int]]
    speed_m_s: Array
    rhythm: Array
    dropped: int
    slow_share: float
    axes: Axes
    yaw_rate_rad_s: Array | None


@dataclass(frozen=True, kw_only=True, eq=False)
class TrunkWalk:
    """All bouts of a recording; `sided` says whether forward was found, and with it left, right and speed."""

    bouts: tuple[WalkingBout, ...]
    sided: bool

    def span(self) -> Iterator[Bout]:
        """Each bout from its first contact to its last."""
        return (Bout(start_s=bout.start_s, end_s=bout.end_s) for bout in self.bouts)


def walk_found(trunk: Trunk, settings: Settings) -> TrunkWalk:
    """All walking of a recording, found by itself."""
    spans = list(_moving(trunk, settings))
    heading = _heading(trunk, spans)
    moving = lumbar_bouts.is_moving(trunk, settings.bouts)
    bouts: list[WalkingBout] = []
    for first, last in spans:
        steps = _joined(_steps_between(trunk, heading, span, settings) for span in _pieces(first, last))
        steps = steps.kept(moving[[trunk.sample(time_s) for time_s in steps.time_s]]) if len(steps) else steps
        for mine in lumbar_bouts.bouts_of(steps, settings.bouts):
            whole = _bout(trunk, heading, steps.kept(mine), settings)
            bouts.append(_cut_to(whole, _under_way(whole, settings.bouts), trunk.rate_hz))
    return TrunkWalk(bouts=tuple(bout for bout in bouts if _plausible(bout, settings.bouts)), sided=heading.sure)


def walk_given(trunk: Trunk, given: Sequence[Bout], settings: Settings) -> TrunkWalk:
    """The walking inside bouts that somebody else has found; none is refused, however short."""
    spans = [(bout.start_s, bout.end_s) for bout in given]
    heading = _heading(trunk, spans)
    found = [_steps_between(trunk, heading, (start_s - EDGE_S, end_s + EDGE_S), settings) for start_s, end_s in spans]
    bouts = tuple(_bout(trunk, heading, steps, settings) for steps in found if len(steps) > 1)
    return TrunkWalk(bouts=bouts, sided=heading.sure)


def _moving(trunk: Trunk, settings: Settings) -> Iterator[Span]:
    for run in trunk.whole_runs():
        yield from lumbar_bouts.moving_stretches(run, settings.bouts)


def _pieces(first_s: float, last_s: float) -> Iterator[Span]:
    while last_s - first_s > 1.5 * PIECE_S:
        yield first_s, first_s + PIECE_S
        first_s += PIECE_S
    yield first_s, last_s


def _heading(trunk: Trunk, spans: Iterable[Span]) -> Heading:
    """Forward from all stretches together: a sensor does not turn on the body between them."""
    heading = NO_HEADING
    for first_s, last_s in spans:
        for span in _pieces(first_s, last_s):
            wide = _with_context(trunk, span)
            part = slice(wide.sample(span[0]), wide.sample(span[1]) + 1)
            if part.stop - part.start > trunk.rate_hz:
                heading = heading + heading_of(_cut(wide, part), up_by_tilt(wide)[part])
    return heading


def _with_context(trunk: Trunk, span: Span) -> Trunk:
    """The sensor over a span and a little before and after it, as far as no gap lies between."""
    wide = trunk.between(span[0] - CONTEXT_S, span[1] + CONTEXT_S)
    gaps = np.flatnonzero(~np.isfinite(wide.acceleration).all(axis=1))
    if not len(gaps):
        return wide
    middle = wide.sample((span[0] + span[1]) / 2.0)
    first = int(gaps[gaps < middle].max(initial=-1)) + 1
    last = int(gaps[gaps >= middle].min(initial=len(wide)))
    return _cut(wide, slice(first, last))


def _cut(trunk: Trunk, part: slice) -> Trunk:
    turning = None if trunk.angular_velocity is None else trunk.angular_velocity[part]
    start_s = trunk.start_s + part.start / trunk.rate_hz
    return replace(trunk, start_s=start_s, acceleration=trunk.acceleration[part], angular_velocity=turning)


def _steps_between(trunk: Trunk, heading: Heading, span: Span, settings: Settings) -> Steps:
    """Steps whose contact lies in a span, on the recording's clock."""
    wide = _with_context(trunk, span)
    if len(wide) < trunk.rate_hz:
        return NO_STEPS
    axes = along_axes(wide, up_by_tilt(wide), heading.forward)
    found = find_steps(axes, wide.rate_hz, settings.steps)
    found = replace(found, time_s=found.time_s + wide.start_s)
    return found.kept((found.time_s >= span[0]) & (found.time_s <= span[1]))


def _joined(pieces: Iterable[Steps]) -> Steps:
    parts = list(pieces)
    return Steps(
        time_s=np.concatenate([part.time_s for part in parts]),
        left=np.concatenate([part.left for part in parts]),
        missed_before=np.concatenate([part.missed_before for part in parts]),
    )


def _bout(trunk: Trunk, heading: Heading, steps: Steps, settings: Settings) -> WalkingBout:
    rate_hz = trunk.rate_hz
    strides, dropped = lumbar_bouts.strides_of(steps, settings.bouts)
    first, stop = trunk.sample(float(steps.time_s[0])), trunk.sample(float(steps.time_s[-1])) + 1
    seen = _along(trunk, heading, first, stop)
    since_s = steps.time_s - (trunk.start_s + first / rate_hz)
    speed, rhythm = stride_speeds(seen.push, rate_hz, since_s, strides)
    return WalkingBout(
        start_s=float(steps.time_s[0]), end_s=float(steps.time_s[-1]), steps=steps, strides=strides, speed_m_s=speed,
        rhythm=rhythm, dropped=dropped, slow_share=float(seen.slow.std() / max(seen.push[:, 0].std(), 1e-9)),
        axes=seen.axes, yaw_rate_rad_s=seen.yaw,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class _Seen:
    """What the sensor tells of a bout; filtered with the signal around it, then cut to it.

    `push` is the step band of the sagittal acceleration, `slow` the vertical acceleration below it.
    """

    axes: Axes
    push: Array
    slow: Array
    yaw: Array | None


def _along(trunk: Trunk, heading: Heading, first: int, stop: int) -> _Seen:
    """The samples [first, stop) along the body's axes, up by gyroscope; piece by piece."""
    step = round(PIECE_S * trunk.rate_hz)
    pieces = [_piece(trunk, heading, begin, min(begin + step, stop)) for begin in range(first, stop, step)]
    vertical, forward, leftward, yaw, push_up, push_forward, slow = np.concatenate(pieces, axis=1)
    return _Seen(
        axes=Axes(vertical=vertical, forward=forward, leftward=leftward), slow=slow,
        push=np.column_stack((push_up, push_forward)), yaw=None if np.isnan(yaw).any() else yaw,
    )  # fmt: skip


def _piece(trunk: Trunk, heading: Heading, begin: int, end: int) -> Array:
    """One row a signal, one column a sample."""
    start_s = trunk.start_s + begin / trunk.rate_hz
    wide = _with_context(trunk, (start_s, trunk.start_s + (end - 1) / trunk.rate_hz))
    up = up_by_gyroscope(wide)
    turning = wide.angular_velocity
    yaw = np.full(len(wide), np.nan) if turning is None else np.einsum("ni,ni->n", turning, up)
    axes = along_axes(wide, up, heading.forward)
    push, slow = push_of(axes, wide.rate_hz), lowpass(axes.vertical, wide.rate_hz, STEP_BAND_HZ[0])
    part = slice(wide.sample(start_s), wide.sample(start_s) + end - begin)
    return np.stack((axes.vertical, axes.forward, axes.leftward, yaw, *push.T, slow))[:, part]


def _under_way(bout: WalkingBout, settings: BoutSettings) -> NDArray[np.bool_]:
    """Which steps of a bout lie between its start and its stop: shifting weight and closing the feet are no steps.

    Strides at either end that are slower than half the usual are left out, then one step more at each end; a bout of
    fewer than six strides is left as it is.
    """
    kept = np.ones(len(bout.steps), dtype=np.bool_)
    fast = np.flatnonzero(bout.speed_m_s >= settings.start_and_stop * np.nanmedian(bout.speed_m_s))
    if len(bout.strides) >= settings.fewest_strides + 2 and len(fast):
        kept[: bout.strides[fast[0]][0] + 1] = False
        kept[bout.strides[fast[-1]][1] :] = False
    return kept if kept.sum() >= settings.fewest_strides + 2 else np.ones_like(kept)


def _cut_to(bout: WalkingBout, kept: NDArray[np.bool_], rate_hz: float) -> WalkingBout:
    """The bout with these steps alone; what was measured of each stride stays as it was."""
    if kept.all():
        return bout
    steps, number = bout.steps.kept(kept), np.cumsum(kept) - 1
    mine = [i for i, (first, last) in enumerate(bout.strides) if kept[first] and kept[last]]
    start_s, end_s = float(steps.time_s[0]), float(steps.time_s[-1])
    part = slice(round((start_s - bout.start_s) * rate_hz), round((end_s - bout.start_s) * rate_hz) + 1)
    axes = bout.axes
    return replace(
        bout, start_s=start_s, end_s=end_s, steps=steps,
        strides=[(int(number[bout.strides[i][0]]), int(number[bout.strides[i][1]])) for i in mine],
        speed_m_s=bout.speed_m_s[mine], rhythm=bout.rhythm[mine],
        axes=Axes(vertical=axes.vertical[part], forward=axes.forward[part], leftward=axes.leftward[part]),
        yaw_rate_rad_s=None if bout.yaw_rate_rad_s is None else bout.yaw_rate_rad_s[part],
    )  # fmt: skip


def _plausible(bout: WalkingBout, settings: BoutSettings) -> bool:
    """Whether a bout is walking as Mobilise-D bounds it, goes up and down no slower than steps, and not only so."""
    known = bout.speed_m_s[np.isfinite(bout.speed_m_s)]
    if len(known) < settings.fewest_strides:
        return False
    level = float(np.hypot(bout.axes.forward.std(), bout.axes.leftward.std()))
    stepping = bout.slow_share <= settings.most_slow and level > settings.least_level * bout.axes.vertical.std()
    return stepping and settings.slowest_m_s <= float(known.mean()) <= settings.fastest_m_s


def footsteps_of(bout: WalkingBout, longest_step_s: float, *, sided: bool) -> Iterator[Footstep]:
    """Every contact with its step time, NaN after a pause or a step that was not seen."""
    steps = bout.steps
    for i, time_s in enumerate(steps.time_s):
        between_s = float(time_s - steps.time_s[i - 1]) if i else NAN
        whole = i > 0 and not steps.missed_before[i] and between_s <= longest_step_s
        yield Footstep(side=_side(steps, i, sided), time_s=float(time_s), step_time_s=between_s if whole else NAN)


def strides_of(bout: WalkingBout, *, sided: bool) -> Iterator[Stride]:
    """Every whole stride; with speed and length (speed × time) where it is sure which way is forward.

    The push that speed is read from is that of going forward: who marches on the spot is pushed up as hard.
    """
    times_s = bout.steps.time_s
    for (first, last), speed in zip(bout.strides, bout.speed_m_s, strict=True):
        start_s, end_s = float(times_s[first]), float(times_s[last])
        speed_m_s = float(speed) if sided else NAN
        yield Stride(
            side=_side(bout.steps, first, sided), start_s=start_s, opposite_contact_s=float(times_s[first + 1]),
            end_s=end_s, length_m=speed_m_s * (end_s - start_s), speed_m_s=speed_m_s,
        )  # fmt: skip


def _side(steps: Steps, i: int, sided: bool) -> Side | None:
    return steps.side(i) if sided else None

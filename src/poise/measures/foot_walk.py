"""From the swings of each foot to a Walk: whole strides in order, bouts, and turns set apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.foot_steps import FootSteps
from poise.model.gait import Bout, Footstep, Stride, Walk

Array = NDArray[np.float64]
NAN = float("nan")

# mobgap's official thresholds (measures.md 1.1.5): what is a stride or step of adults with and without disease.
STRIDE_TIME_S = (0.46, 3.0)
STEP_TIME_S = (0.14, 2.14)


@dataclass(frozen=True, kw_only=True)
class _Judged:
    stride: Stride
    turning: bool
    in_order: bool


def walk_of(feet: Sequence[FootSteps], method: str) -> Walk:
    """The walk that one or two feet made.

    A stride runs from one initial contact to the next of the same foot and takes the length of the swing that ends
    it. Strides whose foot turned more than 20 deg are set apart as turning. Strides longer than 3 s are pauses.
    Strides shorter than 0.46 s, and those whose events come in another order than contact, other foot off, other foot
    down, off, contact, are dropped and counted.
    """
    judged = [each for foot in feet for each in _strides(foot, _other(feet, foot))]
    kept = sorted(
        (each.stride for each in judged if each.in_order and not each.turning),
        key=lambda stride: (stride.start_s, stride.side or ""),
    )
    wrong = sum(not each.in_order and not each.turning for each in judged)
    return Walk(
        bouts=_merged((each.stride.start_s, each.stride.end_s) for each in judged),
        footsteps=_footsteps(feet),
        strides=tuple(kept),
        method=method,
        dropped=wrong + sum(foot.dropped for foot in feet),
        turning=_merged((each.stride.start_s, each.stride.end_s) for each in judged if each.turning),
    )


def _other(feet: Sequence[FootSteps], foot: FootSteps) -> FootSteps | None:
    return next((other for other in feet if other.side != foot.side), None)


def _strides(foot: FootSteps, other: FootSteps | None) -> list[_Judged]:
    starts_s, ends_s, offs_s = foot.contact_s[:-1], foot.contact_s[1:], foot.toe_off_s[1:]
    duration_s = ends_s - starts_s
    opposite_off_s = _only_one_in(other.toe_off_s if other else None, starts_s, ends_s)
    opposite_contact_s = _only_one_in(other.contact_s if other else None, starts_s, ends_s)
    in_order = (
        (duration_s >= STRIDE_TIME_S[0]) & (offs_s > starts_s)
        & _not_after(starts_s, opposite_off_s) & _not_after(opposite_off_s, opposite_contact_s)
        & _not_after(opposite_contact_s, offs_s)
    )  # fmt: skip
    turning = foot.is_turn[1:]
    return [
        _Judged(
            stride=Stride(
                side=foot.side, start_s=float(starts_s[i]), end_s=float(ends_s[i]), toe_off_s=float(offs_s[i]),
                opposite_toe_off_s=float(opposite_off_s[i]), opposite_contact_s=float(opposite_contact_s[i]),
                length_m=float(foot.length_m[i + 1]), speed_m_s=float(foot.length_m[i + 1] / duration_s[i]),
            ),
            turning=bool(turning[i]), in_order=bool(in_order[i]),
        )
        for i in np.flatnonzero((duration_s <= STRIDE_TIME_S[1]) & foot.follows[1:])
    ]  # fmt: skip


def _only_one_in(events_s: Array | None, starts_s: Array, ends_s: Array) -> Array:
    """The one event within each stride; NaN where there is none or more than one."""
    if events_s is None or len(events_s) == 0:
        return np.full(len(starts_s), NAN)
    first, last = np.searchsorted(events_s, starts_s), np.searchsorted(events_s, ends_s)
    return np.where(last - first == 1, events_s[np.minimum(first, len(events_s) - 1)], NAN)


def _not_after(earlier_s: Array, later_s: Array) -> NDArray[np.bool_]:
    """Whether the order holds; what was not seen is not held against it."""
    return np.asarray(~(earlier_s > later_s))


def _merged(stretches: Iterable[tuple[float, float]]) -> tuple[Bout, ...]:
    """Stretches that touch or overlap, joined."""
    joined: list[list[float]] = []
    for start_s, end_s in sorted(stretches):
        if joined and start_s <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end_s)
        else:
            joined.append([start_s, end_s])
    return tuple(Bout(start_s=start_s, end_s=end_s) for start_s, end_s in joined)


def _footsteps(feet: Sequence[FootSteps]) -> tuple[Footstep, ...]:
    landed = sorted(
        (float(time_s), foot.side, bool(turn))
        for foot in feet
        for time_s, turn in zip(foot.contact_s, foot.is_turn, strict=True)
    )
    before = [(NAN, None, False), *landed]
    return tuple(
        Footstep(side=side, time_s=time_s, step_time_s=_step_time_s(time_s - last_s, alternate=side != last))
        if not (turn or last_turn)
        else Footstep(side=side, time_s=time_s)
        for (last_s, last, last_turn), (time_s, side, turn) in zip(before, landed, strict=False)
    )


def _step_time_s(time_s: float, *, alternate: bool) -> float:
    return time_s if alternate and STEP_TIME_S[0] <= time_s <= STEP_TIME_S[1] else NAN

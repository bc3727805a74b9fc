"""A walk as columns: one value a stride or step of every measure of time and distance, computed for all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.model.gait import Walk
from poise.model.recording import Side

Array = NDArray[np.float64]
TOUCHING_S = 1e-3
"""Strides that overlap by less follow each other."""
_CODE: Mapping[Side | None, int] = {"left": 1, "right": 2, None: 0}


@dataclass(frozen=True, kw_only=True, eq=False)
class Values:
    """One value a stride or step, with when each began and ended; nothing that could not be measured."""

    values: Array
    start_s: Array
    end_s: Array

    def __len__(self) -> int:
        return len(self.values)

    @property
    def apart(self) -> int:
        """How many of them share no time: strides of left and right overlap and are not two looks at the person."""
        count, last_s = 0, -np.inf
        for end_s, start_s in sorted(zip(self.end_s.tolist(), self.start_s.tolist(), strict=True)):
            if start_s >= last_s - TOUCHING_S:
                count, last_s = count + 1, end_s
        return count


@dataclass(frozen=True, kw_only=True, eq=False)
class _Columns:
    """All strides, or all steps, of a walk: side, begin and end of each, and its values by name; NaN = not seen."""

    side: NDArray[np.int64]
    start_s: Array
    end_s: Array
    named: Mapping[str, Array]

    def values(self, name: str, side: Side | Literal["any"] | None) -> Values:
        column = self.named[name]
        kept = np.isfinite(column) if side == "any" else np.isfinite(column) & (self.side == _CODE[side])
        return Values(values=column[kept], start_s=self.start_s[kept], end_s=self.end_s[kept])


class WalkValues:
    """What the strides and steps of a walk measure.

    Of strides: ``stride_time``, ``stance_time``, ``swing_time``, ``double_support_time`` (both of the stride; known
    only if all four of their events are), ``stance_percent``, ``double_support_percent``, ``stride_length``, ``speed``
    (what the method says, or else length over time). Of steps: ``step_time``, ``step_length``, ``step_width``.
    """

    OF_STRIDES = (
        "stride_time", "stance_time", "swing_time", "double_support_time", "stance_percent", "double_support_percent",
        "stride_length",
    )  # fmt: skip
    OF_STEPS = ("step_time", "step_length", "step_width")

    def __init__(self, walk: Walk) -> None:
        self._strides, self._steps = _of_strides(walk), _of_steps(walk)

    def of(self, name: str, side: Side | Literal["any"] | None) -> Values:
        """The values of one side; of None: of strides whose side nobody knows; of ``any``: of all."""
        columns = self._steps if name in self.OF_STEPS else self._strides
        return columns.values(name, side)


def _of_strides(walk: Walk) -> _Columns:
    rows = [
        (s.start_s, s.opposite_toe_off_s, s.opposite_contact_s, s.toe_off_s, s.end_s, s.length_m, s.speed_m_s)
        for s in walk.strides
    ]
    table = np.asarray(rows, dtype=np.float64).reshape(-1, 7)
    start, other_off, other_on, off, end, length, speed = table.T
    stride, stance, double = end - start, off - start, (other_off - start) + (off - other_on)
    with np.errstate(invalid="ignore", divide="ignore"):
        named = {
            "stride_time": stride, "stance_time": stance, "swing_time": end - off, "double_support_time": double,
            "stance_percent": 100.0 * stance / stride, "double_support_percent": 100.0 * double / stride,
            "stride_length": length, "speed": np.where(np.isfinite(speed), speed, length / stride),
            "opposite_contact": other_on - start,
        }  # fmt: skip
    side = np.array([_CODE[s.side] for s in walk.strides], dtype=np.int64)
    return _Columns(side=side, start_s=start, end_s=end, named=named)


def _of_steps(walk: Walk) -> _Columns:
    rows = [(s.time_s, s.step_time_s, s.step_length_m, s.step_width_m) for s in walk.footsteps]
    table = np.asarray(rows, dtype=np.float64).reshape(-1, 4)
    landed, step_time, length, width = table.T
    return _Columns(
        side=np.array([_CODE[s.side] for s in walk.footsteps], dtype=np.int64),
        start_s=landed - np.nan_to_num(step_time), end_s=landed,
        named={"step_time": step_time, "step_length": length, "step_width": width},
    )  # fmt: skip

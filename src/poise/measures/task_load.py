"""The load under each foot, from plates or insoles: whose foot is whose, and how unevenly they carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.measures.segment_axes import joint_point
from poise.measures.task_values import Teller
from poise.model import SIDES, Kind, Measurement, Problem, Recording, Side
from poise.signals.filters import lowpass_offline

Array = NDArray[np.float64]
NAN = float("nan")

LOADED_SHARE = 0.05
"""A plate that never carries this share of the greatest force was not stood on."""
SMOOTH_HZ = 10.0
NEAREST_M = 0.35
"""A pressure further from both ankles than this is not under a foot."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Loads:
    """Vertical force of each foot, N, (samples,); `sided` says whether left and right are known or merely two feet."""

    time_s: Array
    rate_hz: float
    left: Array
    right: Array
    sided: bool

    @property
    def total(self) -> Array:
        """Both feet together, N."""
        return self.left + self.right

    def asymmetry(self, start_s: float, end_s: float) -> float:
        """100 · (left − right) / (left + right) of the mean forces in [start_s, end_s], %; NaN without load."""
        inside = (self.time_s >= start_s) & (self.time_s <= end_s)
        return _asymmetry(self.left[inside], self.right[inside])

    def told(
        self, prefix: str, spans_s: Sequence[tuple[float, float]], tell: Teller, *, whole: bool = False
    ) -> Iterator[Measurement]:
        """The asymmetry over these spans together, its spread between them; without a sign where no side is known.

        With `whole` the force between the spans counts too. Forces are added up before they are compared, so that a
        moment of little load does not count as much as one of great load.
        """
        each = [self.asymmetry(*span) for span in spans_s]
        span = (spans_s[0][0], spans_s[-1][1])
        value = self.asymmetry(*span) if whole else self._pooled(spans_s)
        if not np.isfinite(value):
            return
        if self.sided:
            yield from tell.of(f"{prefix}.load_asymmetry", each, span, value=value)
        else:
            yield from tell.of(f"{prefix}.load_difference", each, span, value=abs(value))

    def _pooled(self, spans_s: Sequence[tuple[float, float]]) -> float:
        inside = np.zeros(len(self.time_s), dtype=bool)
        for start_s, end_s in spans_s:
            inside |= (self.time_s >= start_s) & (self.time_s <= end_s)
        return _asymmetry(self.left[inside], self.right[inside])


def _asymmetry(left: Array, right: Array) -> float:
    known = np.isfinite(left) & np.isfinite(right)
    if not known.any() or not left[known].mean() + right[known].mean() > 0.0:
        return NAN
    a, b = float(left[known].mean()), float(right[known].mean())
    return 100.0 * (a - b) / (a + b)


def loads_of(recording: Recording) -> Loads | None:
    """The force under two feet; None where fewer than two plates were stood on, or both feet share one.

    Which plate is which foot is read from its name, else from where the pressure lies beside the ankles, else unknown.
    """
    if Kind.FORCE not in recording:
        return None
    force = recording[Kind.FORCE]
    if force.values.shape[2] != 3 or not force.rate_hz >= 20.0 or len(force.time_s) < 20:
        return None
    vertical = np.nan_to_num(force.values[:, :, 2], nan=0.0)
    vertical = vertical if np.median(vertical.sum(axis=1)) >= 0.0 else -vertical
    most = float(np.percentile(vertical.sum(axis=1), 95))
    used = [i for i in range(vertical.shape[1]) if np.percentile(vertical[:, i], 90) > LOADED_SHARE * most]
    if len(used) != 2 or most <= 0.0:
        return None
    forces = [lowpass_offline(vertical[:, i], force.rate_hz, min(SMOOTH_HZ, 0.4 * force.rate_hz)) for i in used]
    found = Loads(time_s=force.time_s, rate_hz=force.rate_hz, left=forces[0], right=forces[1], sided=True)
    sides = _sides(recording, [force.channels[i] for i in used])
    if sides == ("left", "right"):
        return found
    if sides == ("right", "left"):
        return replace(found, left=found.right, right=found.left)
    return replace(found, sided=False)


def _sides(recording: Recording, plates: list[str]) -> tuple[Side | None, ...]:
    told = tuple(next((side for side in SIDES if side in plate.lower()), None) for plate in plates)
    return told if None not in told else tuple(_side_by_pressure(recording, plate) for plate in plates)


def _side_by_pressure(recording: Recording, plate: str) -> Side | None:
    """The foot whose ankle is nearest to where this plate is pressed, over the recording."""
    if Kind.CENTRE_OF_PRESSURE not in recording or Kind.BODY not in recording:
        return None
    pressure, body = recording[Kind.CENTRE_OF_PRESSURE], recording[Kind.BODY]
    if plate not in pressure or body.unit != "m":
        return None
    points = {name: body[name] for name in body.channels}
    away: dict[Side, float] = {}
    for side in SIDES:
        ankle = joint_point(points, side, "ankle")
        if ankle is None:
            return None
        moved = [np.interp(pressure.time_s, body.time_s, ankle[:, axis]) for axis in range(2)]
        gap = np.hypot(*(pressure[plate][:, axis] - moved[axis] for axis in range(2)))
        known = gap[np.isfinite(gap)]
        away[side] = float(np.median(known)) if len(known) else NAN
    nearest = min(SIDES, key=lambda side: away[side])
    return nearest if away[nearest] < NEAREST_M and abs(away["left"] - away["right"]) > 0.03 else None


def whose_plates(where: str) -> Problem:
    """Two plates, and nobody knows which foot stood on which."""
    return Problem(
        what="Two plates carry the person, but nothing says which is under the left foot: "
        "the difference is given without its side.",
        where=where, do="Name the plates left and right with --map, or give the markers of the same trial.",
    )  # fmt: skip

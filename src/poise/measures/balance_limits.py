"""Limits of stability: how far, how straight and how fast somebody leans in eight directions, the feet in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.sway_axes import GroundAxes, ground_axes
from poise.measures.sway_standing import pressure_of
from poise.model.measurement import Definition, Measured, Measurement
from poise.model.recording import Kind, Problem, Recording
from poise.signals.filters import lowpass_offline
from poise.signals.sway_responses import DIRECTIONS, Lean, find_leans

Array = NDArray[np.float64]
NAN = float("nan")
METHOD = "balance_limits/1"
MOVEMENT = "limits_of_stability"
CUE = "cue"
SOURCE = "Clark et al. 1997, Arch Phys Med Rehabil 78(10):1078-1084 [m]; measures.md 2.3"


def _defined(name: str, unit: str, label: str, formula: str, decimals: int = 0) -> Definition:
    return Definition(
        measure=f"balance.limits_{name}", unit=unit, label=label, formula=formula, source=SOURCE,
        family="balance.limits_maximum.<direction>" if name.startswith("maximum.") else "",
        better="lower" if name == "reaction_time" else "higher", decimals=decimals, sided=False,
    )  # fmt: skip


DEFINES = (
    _defined("maximum", "mm", "Farthest lean", "largest distance from rest along the lean, mean of the directions"),
    _defined("endpoint", "mm", "First lean", "distance where the first movement stops, mean of the directions"),
    _defined("endpoint_percent", "%", "First lean against the farthest",
             "first against farthest lean of the same direction, the person's own; mean of the directions"),
    _defined("control", "%", "Directional control",
             "100 · (way towards − way across) / way towards, until the first stop; mean of the directions"),
    _defined("velocity", "mm/s", "Lean velocity", "from leaving rest until the first stop; mean of the directions"),
    _defined("reaction_time", "s", "Reaction time of leaning", "from the cue to leaving rest; mean of the cued leans",
             2),
    *(_defined(f"maximum.{each}", "mm", f"Farthest lean {each.replace('_', ' ')}", "largest distance from rest")
      for each in DIRECTIONS),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LimitsOfStability:
    """Leans of the centre of pressure out of rest and back.

    Asked for with the condition ``movement=limits_of_stability``. Rest is the median of the first `rest_s`; a lean is
    told from sway by reaching `least_mm`. Distances are the person's own and are not divided by a theoretical limit,
    which real performance does not follow. There is a learning effect over the first three trials: practise twice.
    Reaction time needs events called ``cue``. Validated on simulated leans only.
    """

    name: str = "balance_limits"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"stand"})
    cutoff_hz: float = 5.0
    rest_s: float = 2.0
    least_mm: float = 25.0
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether leaning was asked for and the centre of pressure is there."""
        return recording.conditions.get("movement") == MOVEMENT and Kind.CENTRE_OF_PRESSURE in recording

    def compute(self, recording: Recording) -> Measured:
        """The means over the directions, and the farthest lean of each where forward and right are known."""
        pressure = pressure_of(recording)
        axes = ground_axes(recording)
        if pressure is None or not np.isfinite(pressure.ground_m).all() or not pressure.rate_hz >= 25.0:
            return _nothing(recording, "The centre of pressure has gaps, or is recorded slower than 25 Hz.")
        path_mm = 1000.0 * lowpass_offline(axes.of(pressure.ground_m), pressure.rate_hz, self.cutoff_hz)
        path_mm = path_mm - np.median(path_mm[: round(self.rest_s * pressure.rate_hz)], axis=0)
        leans = find_leans(path_mm, pressure.rate_hz, least=self.least_mm)
        if not leans:
            return _nothing(recording, f"Nobody leans {self.least_mm:g} mm out of where the recording begins.")
        start_s, end_s = float(pressure.time_s[0]), float(pressure.time_s[-1])
        values = _values(leans) | _by_direction(leans, axes) | _reactions(leans, recording, start_s)
        return Measured(
            measurements=tuple(self._told(values, len(leans), (start_s, end_s), recording.id)),
            problems=tuple(_doubts(leans, axes, recording)),
        )

    def _told(
        self, values: Mapping[str, float], n: int, within_s: tuple[float, float], where: str
    ) -> Iterator[Measurement]:
        units = {each.measure: each.unit for each in self.defines}
        for name, value in values.items():
            if np.isfinite(value):
                yield Measurement(
                    measure=name, value=value, unit=units[name], side=None, n=n, sd=NAN, start_s=within_s[0],
                    end_s=within_s[1], valid_fraction=1.0, method=METHOD, recording=where,
                )  # fmt: skip


def _values(leans: Sequence[Lean]) -> dict[str, float]:
    """Of every direction its farthest lean and the first attempt at it; then the mean of the directions."""
    by: dict[str, list[Lean]] = {}
    for lean in leans:
        by.setdefault(lean.direction, []).append(lean)
    first = [each[0] for each in by.values()]
    farthest = [max(lean.maximum for lean in each) for each in by.values()]
    return {
        "balance.limits_maximum": float(np.mean(farthest)),
        "balance.limits_endpoint": float(np.mean([lean.endpoint for lean in first])),
        "balance.limits_endpoint_percent": float(
            np.mean([100.0 * lean.endpoint / most for lean, most in zip(first, farthest, strict=True)])
        ),
        "balance.limits_control": float(np.mean([lean.control_percent for lean in first])),
        "balance.limits_velocity": float(np.mean([lean.velocity for lean in first])),
    }


def _by_direction(leans: Sequence[Lean], axes: GroundAxes) -> dict[str, float]:
    if not (axes.known and axes.signed):
        return {}
    return {
        f"balance.limits_maximum.{direction}": max(lean.maximum for lean in leans if lean.direction == direction)
        for direction in dict.fromkeys(lean.direction for lean in leans)
    }


def _reactions(leans: Sequence[Lean], recording: Recording, start_s: float) -> dict[str, float]:
    """From each cue to the first lean that leaves rest before the next cue."""
    cues = sorted(event.time_s for event in recording.events if event.event == CUE)
    times = []
    for cue_s, next_s in zip(cues, [*cues[1:], float("inf")], strict=False):
        after = [start_s + lean.onset_s - cue_s for lean in leans if cue_s < start_s + lean.onset_s < next_s]
        times += after[:1]
    return {"balance.limits_reaction_time": float(np.mean(times))} if times else {}


def _doubts(leans: Sequence[Lean], axes: GroundAxes, recording: Recording) -> Iterator[Problem]:
    reached = {lean.direction for lean in leans}
    if not (axes.known and axes.signed):
        yield Problem(
            what="Nothing says which way is forward and which is right, so the leans are not told by direction.",
            where=recording.id, do='Say it with --map: ap_axis = "+x", ml_axis = "-y" (positive forwards, rightwards).',
        )  # fmt: skip
    elif len(reached) < len(DIRECTIONS):
        missing = ", ".join(each.replace("_", " ") for each in DIRECTIONS if each not in reached)
        yield Problem(
            what=f"No lean was seen {missing}: the means are of {len(reached)} directions.",
            where=recording.id, do="Compare only tests with the same directions.",
        )  # fmt: skip


def _nothing(recording: Recording, what: str) -> Measured:
    problem = Problem(
        what=f"No limits of stability are measured. {what}", where=recording.id,
        do="Begin with two seconds at rest, then lean out and back in each direction.",
    )  # fmt: skip
    return Measured(problems=(problem,))


MEASURE = LimitsOfStability()

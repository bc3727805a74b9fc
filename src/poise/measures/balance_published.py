"""Sway as other groups published it, where somebody asks for it: no part of a report, for its numbers are not ours.

    >>> from poise.measures.balance_published import QUIJOUX, SANTOS_DUARTE
    >>> QUIJOUX.way, SANTOS_DUARTE.way
    ('quijoux', 'santos_duarte')

Call ``QUIJOUX.compute(recording)`` with a prepared recording; the measures are called ``balance.quijoux.<name>`` and
``balance.santos_duarte.<name>``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.errors import BadSetting
from poise.measures.sway_axes import ground_axes
from poise.measures.sway_standing import pressure_of, standing_on_plates
from poise.model.measurement import Measured, Measurement
from poise.model.recording import Problem, Recording
from poise.signals.sway_published import quijoux, santos_duarte

Array = NDArray[np.float64]
NAN = float("nan")
UNITS = (
    (r"coefficient|dispersion|quotient|ratio|fractal|scaling", "1"),
    (r"zero_crossing", "count"),
    (r"direction", "deg"),
    (r"sway_area_per_second", "cm²/s"),
    (r"velocity", "cm/s"),
    (r"total_power|energy", "cm²/Hz"),
    (r"area|time_diffusion|critical_displacement", "cm²"),
    (r"frequency", "Hz"),
    (r"critical_time|mean_peak_Sway", "s"),
    (r"LFS", "1/cm"),
)
"""What a published name says of its unit, the first that fits; all others are lengths, cm."""


@dataclass(frozen=True, kw_only=True)
class PublishedSway:
    """The whole recording by another group's formulas and preprocessing, exactly as they published it.

    Nothing is left out at the start and nothing else is filtered; a recording without quiet standing, or one that does
    not say which way the person faced, gives a Problem.
    """

    way: Literal["quijoux", "santos_duarte"] = "quijoux"

    def compute(self, recording: Recording) -> Measured:
        """All published measures of a prepared recording, centimetres."""
        standing, pressure = standing_on_plates(recording), pressure_of(recording)
        if isinstance(standing, Problem) or pressure is None:
            return Measured(problems=(standing,) if isinstance(standing, Problem) else ())
        if not standing.axes.known:
            return Measured(problems=tuple(each for each in standing.problems if "faced" in each.what))
        points_cm = 100.0 * ground_axes(recording).of(pressure.ground_m)
        try:
            values = self._values(points_cm, pressure.rate_hz)
        except BadSetting as error:
            return Measured(problems=(Problem(what=error.problem, where=recording.id, do=error.do),))
        method = f"{self.way}/1: the whole recording, as published"
        return Measured(
            measurements=tuple(
                Measurement(
                    measure=f"balance.{self.way}.{name}", value=value, unit=unit_of(name), side=None, n=1, sd=NAN,
                    start_s=float(pressure.time_s[0]), end_s=float(pressure.time_s[-1]),
                    valid_fraction=float(np.isfinite(points_cm).all(axis=1).mean()), method=method,
                    recording=recording.id,
                )
                for name, value in values.items() if np.isfinite(value)
            ),
            problems=standing.problems,
        )  # fmt: skip

    def _values(self, points_cm: Array, rate_hz: float) -> dict[str, float]:
        if self.way == "quijoux":
            return quijoux(points_cm, rate_hz)
        told = santos_duarte(points_cm, rate_hz)
        return {"area": told.area, "velocity": told.velocity, "mean_frequency": told.mean_frequency_hz}


def unit_of(name: str) -> str:
    """The unit of a published measure by its name; lengths are in cm.

    >>> [unit_of(name) for name in ("rms_ML", "mean_velocity_AP", "critical_time_Diffusion_ML")]
    ['cm', 'cm/s', 's']
    """
    return next((unit for pattern, unit in UNITS if re.search(pattern, name)), "cm")


QUIJOUX = PublishedSway(way="quijoux")
SANTOS_DUARTE = PublishedSway(way="santos_duarte")

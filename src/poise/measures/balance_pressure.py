"""Balance from force plates: how the centre of pressure of a quietly standing person moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from poise.measures.sway_standing import Quiet, Standing, pressure_of, standing_on_plates
from poise.measures.task_load import loads_of
from poise.model.measurement import Definition, Measured, Measurement, Series
from poise.model.recording import Kind, Problem, Recording
from poise.signals.spectra import centroid_frequency_hz, edge_frequency_hz, frequency_dispersion, welch_offline
from poise.signals.sway import EllipseForm, prediction_ellipse, time_domain

Array = NDArray[np.float64]
NAN = float("nan")
METHOD = "balance_pressure/1"
PRIETO = "Prieto et al. 1996, IEEE Trans Biomed Eng 43(9):956-966"
SCHUBERT = "Schubert & Kirchner 2014, Gait Posture 39(1):518-522"
BAND_HZ = (0.15, 5.0)
STOOD_ON_S = 5.0
NOT_QUIET = frozenset({"limits_of_stability", "reactive"})
"""Movements (a recording's condition) that are measured by other methods, and are no quiet standing."""


def _defined(name: str, unit: str, label: str, formula: str, *, source: str = PRIETO, decimals: int = 1) -> Definition:
    return Definition(
        measure=f"balance.{name}", unit=unit, label=label, formula=formula, source=source,
        better="lower" if name.startswith(("sway", "rms", "range", "mean_distance")) else "neither",
        decimals=decimals, sided=name == "stance_time",
    )  # fmt: skip


OF_PATH = (
    _defined("sway_path", "mm", "Sway path", "length of the path of the centre of pressure"),
    _defined("sway_velocity", "mm/s", "Sway velocity", "sway path / duration, (n − 1) / rate"),
    _defined("sway_area_95", "mm²", "Sway area", "95 % prediction ellipse, π · 5.991 · √det of the sample covariance",
             source=SCHUBERT, decimals=0),
    _defined("mean_distance", "mm", "Mean distance", "mean distance from the mean point"),
    _defined("sway_area_rate", "mm²/s", "Sway area swept a second",
             "Σ |cross product of successive points about the mean| / 2T"),
    _defined("mean_frequency", "Hz", "Mean frequency of sway", "sway velocity / (2π · mean distance)", decimals=2),
    _defined("frequency_50", "Hz", "Median power frequency of sway",
             "frequency below which 50 % of the power of 0.15 to 5 Hz lies, both axes added; Welch, segments of half "
             "the length", decimals=2),
    _defined("frequency_95", "Hz", "95 % power frequency of sway", "as the median power frequency, with 95 %",
             decimals=2),
    _defined("centroid_frequency", "Hz", "Centroid frequency of sway", "√(μ₂ / μ₀) of the same spectrum", decimals=2),
    _defined("frequency_dispersion", "1", "Frequency dispersion of sway", "√(1 − μ₁² / (μ₀ μ₂)) of the same spectrum",
             decimals=2),
)  # fmt: skip
OF_AXES = (
    _defined("rms_ml", "mm", "Sideways sway", "root mean square of the sideways distance from the mean"),
    _defined("rms_ap", "mm", "Forward-backward sway", "root mean square of the forward distance from the mean"),
    _defined("range_ml", "mm", "Range of sideways sway", "largest less smallest sideways position"),
    _defined("range_ap", "mm", "Range of forward-backward sway", "largest less smallest forward position"),
)  # fmt: skip
LOAD = _defined(
    "load_asymmetry", "%", "Load on left against right while standing",
    "100 · (left − right) / (left + right) of the mean vertical forces", source="Poise, by measures.md 1.4",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PressureSway:
    """Sway of the centre of pressure of one or two plates under somebody who stands still.

    Forward and sideways measures are told only where the file, or markers of the feet, say which way the person faced.
    Fails where somebody else touches the plate, on plates that drift, and says nothing of the movement of the body
    above 0.5 Hz, where pressure and centre of mass part (Winter 1995) [m].
    """

    name: str = "balance_pressure"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"stand", "single_leg"})
    quiet: Quiet = field(default_factory=Quiet)
    ellipse: EllipseForm = "chi2"
    defines: tuple[Definition, ...] = (*OF_PATH, *OF_AXES, LOAD)

    @property
    def method(self) -> str:
        """The method's id with what was chosen: filter, settling and form of the ellipse."""
        return f"{METHOD}: {self.quiet}, prediction ellipse {self.ellipse}"

    def fits(self, recording: Recording) -> bool:
        """Whether a plate is pressed for at least five seconds on end, by somebody who was not asked to move."""
        if recording.conditions.get("movement") in NOT_QUIET or Kind.CENTRE_OF_PRESSURE not in recording:
            return False
        pressure = recording[Kind.CENTRE_OF_PRESSURE]
        pressed = np.isfinite(pressure.values[:, :, 0])
        longest = max((_longest_true(channel) for channel in pressed.T), default=0)
        return longest >= STOOD_ON_S * pressure.rate_hz

    def compute(self, recording: Recording) -> Measured:
        """All measures of the longest quiet standing; a Problem where there is none."""
        standing = standing_on_plates(recording, self.quiet)
        if isinstance(standing, Problem):
            return Measured(problems=(standing,))
        values = sway_values(standing.points_mm, standing.rate_hz, form=self.ellipse)
        if not standing.axes.known:
            values = {name: value for name, value in values.items() if name not in {each.measure for each in OF_AXES}}
        values |= _load(recording, standing)
        return Measured(
            measurements=tuple(self._told(values, standing, recording)),
            series=tuple(_series(standing)),
            problems=standing.problems,
        )

    def _told(self, values: Mapping[str, float], standing: Standing, recording: Recording) -> Iterator[Measurement]:
        units = {each.measure: each.unit for each in self.defines}
        for name, value in values.items():
            if np.isfinite(value):
                yield Measurement(
                    measure=name, value=value, unit=units[name], side=None, n=1, sd=NAN,
                    start_s=standing.start_s, end_s=standing.end_s, valid_fraction=standing.valid_fraction,
                    method=self.method, recording=recording.id,
                )  # fmt: skip


def sway_values(points_mm: Array, rate_hz: float, *, form: EllipseForm = "chi2") -> dict[str, float]:
    """The fourteen usual measures of a path, by name.

    Parameters
    ----------
    points_mm
        Shape (samples, 2): medio-lateral, antero-posterior, mm.
    rate_hz
        Hz; above 10 Hz for the spectral ones, which are NaN else.
    form
        Of the prediction ellipse.
    """
    told = time_domain(points_mm, rate_hz)
    values = {
        "balance.sway_path": told.path,
        "balance.sway_velocity": told.velocity,
        "balance.sway_area_95": prediction_ellipse(points_mm, form=form).area,
        "balance.rms_ml": told.rms_ml,
        "balance.rms_ap": told.rms_ap,
        "balance.range_ml": told.range_ml,
        "balance.range_ap": told.range_ap,
        "balance.mean_distance": told.mean_distance,
        "balance.mean_frequency": told.mean_frequency_hz,
        "balance.sway_area_rate": told.area_rate,
    }
    return values | _spectral(points_mm, rate_hz)


def _spectral(points_mm: Array, rate_hz: float) -> dict[str, float]:
    """Of the sum of both axes' spectra, which does not depend on how the axes lie."""
    spectrum = welch_offline(points_mm, rate_hz, len(points_mm) // 2).summed().between(*BAND_HZ)
    if rate_hz < 2.0 * BAND_HZ[1] or len(spectrum.power) < 3:
        return {}
    return {
        "balance.frequency_50": edge_frequency_hz(spectrum, 0.50),
        "balance.frequency_95": edge_frequency_hz(spectrum, 0.95),
        "balance.centroid_frequency": centroid_frequency_hz(spectrum),
        "balance.frequency_dispersion": frequency_dispersion(spectrum),
    }


def _load(recording: Recording, standing: Standing) -> dict[str, float]:
    """How the weight is shared where each foot has its plate and both are known by their side."""
    loads = loads_of(recording)
    if loads is None or not loads.sided or recording.conditions.get("stance", "two_feet") != "two_feet":
        return {}
    return {LOAD.measure: loads.asymmetry(standing.start_s, standing.end_s)}


def _series(standing: Standing) -> Iterator[Series]:
    """The path itself, about its mean: what a picture of the sway is drawn from."""
    centred = standing.points_mm - standing.points_mm.mean(axis=0)
    names = ("ml", "ap") if standing.axes.known else ("x", "y")
    for name, values in zip(names, centred.T, strict=True):
        yield Series(
            series=f"balance.pressure_{name}", side=None, unit="mm", rate_hz=standing.rate_hz, values=values,
            start_s=standing.start_s,
        )  # fmt: skip


def _longest_true(flags: NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0


__all__ = ["LOAD", "MEASURE", "OF_AXES", "OF_PATH", "PressureSway", "pressure_of", "sway_values"]

MEASURE = PressureSway()

"""Balance from one sensor on the lower back: how the trunk of a standing person accelerates over the floor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from poise.measures.lumbar_signal import worn_on_trunk
from poise.measures.sway_trunk import QuietTrunk, TrunkSway, quiet_fraction, standing_trunk
from poise.model.measurement import Definition, Measured, Measurement
from poise.model.recording import Problem, Recording
from poise.signals.filters import highpass_offline
from poise.signals.spectra import centroid_frequency_hz, edge_frequency_hz, frequency_dispersion, welch_offline
from poise.signals.sway import prediction_ellipse, sway_jerk, time_domain

Array = NDArray[np.float64]
NAN = float("nan")
METHOD = "balance_trunk/1"
MANCINI = "Mancini et al. 2012, J Neuroeng Rehabil 9:59"
BAND_HZ = (0.15, 3.5)
MOSTLY = 0.6
ENOUGH_S = 25.0


def _defined(name: str, unit: str, label: str, formula: str, decimals: int = 3) -> Definition:
    return Definition(
        measure=f"balance.imu_{name}", unit=unit, label=label, formula=formula, source=MANCINI, better="lower",
        decimals=decimals, sided=False,
    )  # fmt: skip


DEFINES = (
    _defined("jerk", "m²/s⁵", "Trunk sway, jerk", "½ ∫ (da_AP/dt)² + (da_ML/dt)² dt; grows with the duration"),
    _defined("rms", "m/s²", "Trunk sway, size", "root mean square of the horizontal acceleration, both axes"),
    _defined("rms_ap", "m/s²", "Trunk sway forwards", "root mean square of the forward acceleration"),
    _defined("rms_ml", "m/s²", "Trunk sway sideways", "root mean square of the sideways acceleration"),
    _defined("path", "m/s²", "Trunk sway, path", "length of the path of the horizontal acceleration"),
    _defined("velocity", "m/s", "Trunk sway, velocity",
             "mean size of the integrated acceleration, high-pass 0.1 Hz"),
    _defined("area_95", "m²/s⁴", "Trunk sway, area", "95 % prediction ellipse of the horizontal acceleration"),
    _defined("frequency_95", "Hz", "Trunk sway, 95 % power frequency",
             "below which 95 % of the power of 0.15 to 3.5 Hz lies; Welch, both axes added", 2),
    _defined("centroid_frequency", "Hz", "Trunk sway, centroid frequency", "√(μ₂ / μ₀) of the same spectrum", 2),
    _defined("frequency_dispersion", "1", "Trunk sway, frequency dispersion", "√(1 − μ₁² / (μ₀ μ₂))", 2),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TrunkBalance:
    """The ISway family of measures of one lower-back sensor.

    Orientation by VQF without magnetometer, both ways; gravity has no part in the floor; low-pass 3.5 Hz. Jerk grows
    with the duration and with the sensor's noise: compare equal ones. One sensor cannot tell standing from sitting
    still; say which with the task. Forward and sideways are told apart only where the file or the user says which axis
    of the sensor points forward (``ap_axis``). Not validated against another system here: no recording of standing
    with a lower-back sensor was at hand.
    """

    name: str = "balance_trunk"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"stand"})
    quiet: QuietTrunk = field(default_factory=QuietTrunk)
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether a lower-back sensor is mostly still: a walk with a pause in it is a walk."""
        if worn_on_trunk(recording) is None:
            return False
        return recording.task == "stand" or quiet_fraction(recording, self.quiet) >= MOSTLY

    def compute(self, recording: Recording) -> Measured:
        """All measures of the longest quiet stretch; a Problem where there is none."""
        sway = standing_trunk(recording, self.quiet)
        if isinstance(sway, Problem):
            return Measured(problems=(sway,))
        values = trunk_values(sway.horizontal, sway.rate_hz)
        if not sway.axes_known:
            values = {name: value for name, value in values.items() if not name.endswith(("_ap", "_ml"))}
        return Measured(
            measurements=tuple(self._told(values, sway, recording.id)), problems=tuple(_doubts(sway, recording.id))
        )

    def _told(self, values: Mapping[str, float], sway: TrunkSway, where: str) -> Iterator[Measurement]:
        units = {each.measure: each.unit for each in self.defines}
        how = "VQF 6D" if sway.from_gyroscope else "mean tilt"
        for name, value in values.items():
            if np.isfinite(value):
                yield Measurement(
                    measure=name, value=value, unit=units[name], side=None, n=1, sd=NAN, start_s=sway.start_s,
                    end_s=sway.end_s, valid_fraction=1.0,
                    method=f"{METHOD}: {how}, low-pass {self.quiet.cutoff_hz:g} Hz", recording=where,
                )  # fmt: skip


def trunk_values(horizontal: Array, rate_hz: float) -> dict[str, float]:
    """The measures of a horizontal acceleration, shape (samples, 2): medio-lateral, antero-posterior, m/s²."""
    told = time_domain(horizontal, rate_hz)
    spectrum = welch_offline(horizontal, rate_hz, len(horizontal) // 2).summed().between(*BAND_HZ)
    velocity = highpass_offline(np.cumsum(horizontal, axis=0) / rate_hz, rate_hz, 0.1)
    return {
        "balance.imu_jerk": sway_jerk(horizontal, rate_hz),
        "balance.imu_rms": told.rms,
        "balance.imu_rms_ap": told.rms_ap,
        "balance.imu_rms_ml": told.rms_ml,
        "balance.imu_path": told.path,
        "balance.imu_velocity": float(np.hypot(*velocity.T).mean()),
        "balance.imu_area_95": prediction_ellipse(horizontal).area,
        "balance.imu_frequency_95": edge_frequency_hz(spectrum, 0.95),
        "balance.imu_centroid_frequency": centroid_frequency_hz(spectrum),
        "balance.imu_frequency_dispersion": frequency_dispersion(spectrum),
    }


def _doubts(sway: TrunkSway, where: str) -> Iterator[Problem]:
    duration_s = sway.end_s - sway.start_s
    if duration_s < ENOUGH_S:
        yield Problem(
            what=f"Trunk sway is measured from {duration_s:.0f} s: jerk and path are smaller than those of 30 s.",
            where=where, do="Compare only with recordings of the same length.",
        )  # fmt: skip
    if sway.quiet_fraction < 0.95:
        yield Problem(
            what=f"Only {sway.start_s:.1f} to {sway.end_s:.1f} s is quiet standing; sway is measured there alone.",
            where=where, do="Nothing, if the rest was something else.",
        )  # fmt: skip
    if not sway.axes_known:
        yield Problem(
            what="Nothing says which axis of the sensor points forward: forward and sideways are not told apart.",
            where=where, do='Say it with --map: ap_axis = "z".',
        )  # fmt: skip


MEASURE = TrunkBalance()

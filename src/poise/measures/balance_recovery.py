"""Catching oneself after a nudge, a release or a tilt: how long until quiet again, and with how many steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from poise.errors import PoiseError
from poise.measures.lumbar_signal import trunk_of, worn_on_trunk
from poise.measures.sway_standing import pressure_of
from poise.model.measurement import Definition, Measured, Measurement
from poise.model.recording import SIDES, Event, Kind, Problem, Recording
from poise.signals.filters import lowpass_offline, present_runs
from poise.signals.sway_responses import Recovery, find_recovery

Array = NDArray[np.float64]
NAN = float("nan")
METHOD = "balance_recovery/1"
MOVEMENT = "reactive"
DISTURBANCE = "disturbance"
STEP_M, STEP_M_S = 0.05, 0.3
DEFINES = (
    Definition(
        measure="balance.recovery_time", unit="s", label="Time to be steady again",
        formula="from the disturbance until the motion is back at rest, and stays there for 1 s",
        source="Poise [design]; after Jacobs et al. 2006 (push and release) [m]", better="lower", decimals=2,
        sided=False,
    ),
    Definition(
        measure="balance.recovery_steps", unit="count", label="Steps until steady again",
        formula="times a foot is set down 5 cm or more from where it stood, from the disturbance until at rest",
        source="Jacobs et al. 2006, J Neurol 253:1404-1413 [m]", better="lower", decimals=0, sided=False,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ReactiveRecovery:
    """The first disturbance of a recording, from the pressure under the feet, the hips, or a lower-back sensor.

    Asked for with the condition ``movement=reactive``. Three seconds of rest before it are needed; motion is quiet when
    it is no faster than 1.2 times the fastest moment of that rest. Where the recording holds an event ``disturbance``
    the time runs from there. Steps are counted only where both feet are seen. Validated on simulated nudges only.
    """

    name: str = "balance_recovery"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"stand"})
    cutoff_hz: float = 10.0
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether a disturbance was announced, and something is there that shows it."""
        if recording.conditions.get("movement") != MOVEMENT:
            return False
        return Kind.CENTRE_OF_PRESSURE in recording or Kind.BODY in recording or worn_on_trunk(recording) is not None

    def compute(self, recording: Recording) -> Measured:
        """Recovery time and steps; a Problem where no disturbance stands out of three seconds of rest."""
        motion = _motion(recording, self.cutoff_hz)
        found = (
            None if motion is None else find_recovery(motion.size, motion.rate_hz, onset_s=_told_s(recording, motion))
        )
        if motion is None or found is None:
            return Measured(problems=(_nothing(recording, "no disturbance stands out of 3 s of rest"),))
        if not np.isfinite(found.recovered_s):
            return Measured(problems=(_nothing(recording, "the person is not steady for a second before it ends"),))
        onset_s, end_s = motion.start_s + found.onset_s, motion.start_s + found.recovered_s
        return Measured(
            measurements=tuple(_measurements(recording, motion, found, (onset_s, end_s))),
            events=(
                Event(event=DISTURBANCE, side=None, time_s=onset_s), Event(event="steady", side=None, time_s=end_s),
            ),
        )  # fmt: skip


class _Motion(NamedTuple):
    """A size of motion, shape (samples,), from its first sample; and what it was taken from."""

    size: Array
    rate_hz: float
    start_s: float
    of: str


def _motion(recording: Recording, cutoff_hz: float) -> _Motion | None:
    return _of_pressure(recording, cutoff_hz) or _of_trunk(recording, cutoff_hz) or _of_hips(recording)


def _of_pressure(recording: Recording, cutoff_hz: float) -> _Motion | None:
    pressure = pressure_of(recording)
    if pressure is None or not np.isfinite(pressure.ground_m).all() or not pressure.rate_hz > 2.5 * cutoff_hz:
        return None
    smooth = lowpass_offline(1000.0 * pressure.ground_m, pressure.rate_hz, cutoff_hz)
    return _Motion(_speed(smooth, pressure.rate_hz), pressure.rate_hz, float(pressure.time_s[0]), "pressure")


def _of_trunk(recording: Recording, cutoff_hz: float) -> _Motion | None:
    try:
        trunk = trunk_of(recording)
    except PoiseError:
        return None
    if not np.isfinite(trunk.acceleration).all() or not trunk.rate_hz > 2.5 * cutoff_hz:
        return None
    smooth = lowpass_offline(trunk.acceleration, trunk.rate_hz, cutoff_hz)
    # Off the reading at rest: what is felt then is gravity alone.
    away = smooth - np.median(smooth[: round(3.0 * trunk.rate_hz)], axis=0)
    return _Motion(np.linalg.norm(away, axis=1), trunk.rate_hz, trunk.start_s, "lower-back sensor")


def _of_hips(recording: Recording) -> _Motion | None:
    body = recording.streams.get(Kind.BODY)
    names = ("left_hip_centre", "right_hip_centre")
    if body is None or any(name not in body for name in names) or not body.rate_hz >= 25.0:
        return None
    hips = 0.5 * (body[names[0]] + body[names[1]])[:, :2]
    if not np.isfinite(hips).all():
        return None
    return _Motion(_speed(1000.0 * hips, body.rate_hz), body.rate_hz, float(body.time_s[0]), "hips")


def _speed(place: Array, rate_hz: float) -> Array:
    return np.asarray(np.hypot(*np.gradient(place, 1.0 / rate_hz, axis=0).T))


def _told_s(recording: Recording, motion: _Motion) -> float | None:
    """When the disturbance came by the recording's own events, from the first sample."""
    told = [event.time_s - motion.start_s for event in recording.events if event.event == DISTURBANCE]
    return min(told) if told else None


def _measurements(
    recording: Recording, motion: _Motion, found: Recovery, within_s: tuple[float, float]
) -> Iterator[Measurement]:
    values = {"balance.recovery_time": found.time_s}
    steps = _steps(recording, *within_s)
    if steps is not None:
        values["balance.recovery_steps"] = float(steps)
    for each in DEFINES:
        if each.measure in values:
            yield Measurement(
                measure=each.measure, value=values[each.measure], unit=each.unit, side=None, n=1, sd=NAN,
                start_s=within_s[0], end_s=within_s[1], valid_fraction=1.0, method=f"{METHOD}: {motion.of}",
                recording=recording.id,
            )  # fmt: skip


def _steps(recording: Recording, start_s: float, end_s: float) -> int | None:
    """How often a foot moved to another place; None where a foot was not seen throughout."""
    body = recording.streams.get(Kind.BODY)
    if body is None or body.unit != "m":
        return None
    part = body.between(start_s - 0.1, end_s + 0.1)
    counted = 0
    for side in SIDES:
        name = next((f"{side}_{each}" for each in ("ankle", "heel", "toe") if f"{side}_{each}" in part), None)
        if name is None or len(part.time_s) < 5 or not np.isfinite(part[name]).all():
            return None
        counted += _moves(part[name][:, :2], part.rate_hz)
    return counted


def _moves(place_m: Array, rate_hz: float) -> int:
    fast = _speed(place_m, rate_hz) > STEP_M_S
    runs = present_runs(np.where(fast, 0.0, np.nan))
    return sum(bool(np.hypot(*(place_m[run.stop - 1] - place_m[run.start])) >= STEP_M) for run in runs)


def _nothing(recording: Recording, why: str) -> Problem:
    return Problem(
        what=f"No recovery is measured: {why}.", where=recording.id,
        do="Record three seconds of standing before the disturbance and some seconds of standing after it.",
    )  # fmt: skip


MEASURE = ReactiveRecovery()

"""The part of a recording in which somebody stands quietly on one or two force plates, and the path of the pressure.

Sway says something only of quiet standing. What is quiet is told strictly: the plate carries a steady weight, the
centre of pressure stays where feet stand and does not dart. A jump, a step or an empty plate is not measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from poise.measures.sway_axes import GroundAxes, ground_axes
from poise.model.recording import Kind, Problem, Recording, Stream
from poise.signals.filters import lowpass_offline, present_runs
from poise.signals.force_plates import LEAST_FORCE_N
from poise.signals.gaps import fill_gaps_offline
from poise.signals.sway import prediction_ellipse, time_domain

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

NET = "centre_of_pressure.net"
ENOUGH_S = 25.0
"""Below, the numbers are told with a doubt: sway is slow, and its measures settle only after 20 to 30 s [1]_.

.. [1] Carpenter et al. 2001, J Neurol Neurosurg Psychiatry 71:336-341 [m].
"""


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """What counts as quiet standing, and how its path is cleaned.

    Attributes
    ----------
    cutoff_hz
        Of the zero-lag Butterworth low-pass (4th order) over the centre of pressure; None leaves it as it is.
    settle_s
        Left out at the start: stepping up and settling (measures.md 2.1 says 2 to 5 s).
    least_s
        Nothing is told of less quiet standing than this.
    steady
        The vertical force, below 5 Hz, stays within this part of the weight [design]: on firm
        ground people stay within 0.03, on foam with closed eyes within 0.08; a step or a squat goes beyond.
    reach_mm
        The centre of pressure stays within this of its median: no foot is longer than twice this.
    dart_mm_s
        It is never faster than this; where a foot is lifted it darts 0.2 m in a tenth of a second.
    largest_area_mm2, largest_velocity_mm_s
        More sway than this is no quiet standing [design]: the widest of the 1,870 + 582 published trials of BDS and
        PDS, on foam with closed eyes, has 12,684 mm² and 102 mm/s; half as much again is allowed, and more.
    """

    cutoff_hz: float | None = 10.0
    settle_s: float = 2.0
    least_s: float = 5.0
    steady: float = 0.15
    reach_mm: float = 150.0
    dart_mm_s: float = 1500.0
    largest_area_mm2: float = 20000.0
    largest_velocity_mm_s: float = 200.0
    margin_s: float = 0.5
    least_rate_hz: float = 25.0
    longest_gap_s: float = 0.1

    def __str__(self) -> str:
        cleaned = "no filter" if self.cutoff_hz is None else f"low-pass {self.cutoff_hz:g} Hz"
        return f"{cleaned}, first {self.settle_s:g} s left out"


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """The path of the centre of pressure while somebody stands quietly.

    `points_mm` has shape (samples, 2): medio-lateral and antero-posterior where `axes.known`, else two axes of the
    floor at right angles. `whole` is True where the recording holds nothing else (but the settling at its start).
    """

    points_mm: Array
    rate_hz: float
    start_s: float
    end_s: float
    axes: GroundAxes
    valid_fraction: float
    whole: bool
    problems: tuple[Problem, ...] = field(default_factory=tuple)

    @property
    def duration_s(self) -> float:
        """Of what is measured."""
        return self.end_s - self.start_s


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pressure:
    """Centre of pressure on the floor (m, laboratory) and the weight on it (N; None where no force was recorded)."""

    time_s: Array
    rate_hz: float
    ground_m: Array
    vertical_n: Array | None


def standing_on_plates(recording: Recording, quiet: Quiet | None = None) -> Standing | Problem:
    """The longest quiet standing of a prepared recording, or why there is none."""
    asked = quiet or Quiet()
    pressure = pressure_of(recording)
    if pressure is None:
        return _none(recording, "It holds no centre of pressure.", "Record force and centre of pressure.")
    if not pressure.rate_hz >= asked.least_rate_hz:
        return _none(
            recording,
            f"The plate was recorded at {pressure.rate_hz:.3g} Hz; sway needs {asked.least_rate_hz:g} Hz.",
            "Record at 50 Hz or faster.",
        )
    calm, why = _calm(pressure, asked)
    start, stop = _longest(calm)
    first = start + round(asked.settle_s * pressure.rate_hz)
    if (stop - first) / pressure.rate_hz < asked.least_s:
        return _none(recording, f"Nobody stands quietly for {asked.settle_s + asked.least_s:g} s in it: {why}.", _DO)
    return _cleaned(recording, pressure, slice(first, stop), start, asked)


_DO = "Let the person stand still on the plate, arms at the sides, for 30 s or longer."


def pressure_of(recording: Recording) -> _Pressure | None:
    """The net pressure of all plates: as the file gives it, else weighted by the vertical forces."""
    if Kind.CENTRE_OF_PRESSURE not in recording or not len(recording[Kind.CENTRE_OF_PRESSURE].time_s):
        return None
    places = recording[Kind.CENTRE_OF_PRESSURE]
    forces = recording.streams.get(Kind.FORCE)
    if forces is None or forces.values.shape[:2] != places.values.shape[:2] or forces.values.shape[2] != 3:
        alone = places.values[:, 0, :2] if len(places.channels) == 1 else None
        return None if alone is None else _Pressure(
            time_s=places.time_s, rate_hz=places.rate_hz, ground_m=alone, vertical_n=None
        )  # fmt: skip
    vertical = np.nan_to_num(forces.values[:, :, 2])
    total = vertical.sum(axis=1)
    if np.median(total) < 0.0:
        vertical, total = -vertical, -total
    return _Pressure(
        time_s=places.time_s, rate_hz=places.rate_hz, ground_m=_net(recording, places, vertical, total),
        vertical_n=total,
    )  # fmt: skip


def _net(recording: Recording, places: Stream, vertical: Array, total: Array) -> Array:
    given = recording.streams.get(NET)
    if given is not None and len(given.time_s) == len(places.time_s):
        return given.values[:, 0, :2]
    if len(places.channels) == 1:
        return places.values[:, 0, :2]
    pressed = np.where(vertical >= LEAST_FORCE_N, vertical, 0.0)
    moments = (np.nan_to_num(places.values[:, :, :2]) * pressed[:, :, None]).sum(axis=1)
    lost = (~np.isfinite(places.values[:, :, 0]) & (pressed > 0.0)).any(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        net = moments / pressed.sum(axis=1)[:, None]
    net[lost | (total < LEAST_FORCE_N)] = np.nan
    return np.asarray(net)


def _calm(pressure: _Pressure, asked: Quiet) -> tuple[Flags, str]:
    """Where the person stands quietly, sample by sample, and in words what is wrong elsewhere."""
    gap = round(asked.longest_gap_s * pressure.rate_hz)
    place_mm = 1000.0 * fill_gaps_offline(pressure.ground_m, gap)
    there: Flags = np.asarray(np.isfinite(place_mm).all(axis=1))
    wrong = {"the plate is not stood on": ~there}
    if pressure.vertical_n is not None:
        wrong |= _unsteady(pressure, there, asked)
    judged = there & ~np.any(list(wrong.values()), axis=0)
    if judged.any():
        smooth = lowpass_offline(place_mm, pressure.rate_hz, min(10.0, 0.4 * pressure.rate_hz))
        with np.errstate(invalid="ignore"):
            away = np.hypot(*(smooth - np.median(smooth[judged], axis=0)).T)
            speed = np.hypot(*np.gradient(smooth, 1.0 / pressure.rate_hz, axis=0).T) if len(smooth) > 1 else away
            wrong["the feet do not stay where they are"] = ~(away <= asked.reach_mm) & there
            wrong["the pressure darts as in a step"] = ~(speed <= asked.dart_mm_s) & there
    bad = np.any(list(wrong.values()), axis=0)
    worst = max(wrong, key=lambda name: int(wrong[name].sum()))
    return ~_widened(bad, round(asked.margin_s * pressure.rate_hz)), worst if bad.any() else "it is too short"


def _unsteady(pressure: _Pressure, there: Flags, asked: Quiet) -> dict[str, Flags]:
    vertical = pressure.vertical_n
    assert vertical is not None
    top = float(np.percentile(vertical, 90)) if len(vertical) else 0.0
    loaded = there & (vertical > max(100.0, 0.5 * top))
    if not loaded.any():
        return {"the plate is not stood on": ~there | (vertical <= 100.0)}
    weight = float(np.median(vertical[loaded]))
    smooth = lowpass_offline(vertical, pressure.rate_hz, min(5.0, 0.4 * pressure.rate_hz))
    return {
        "the plate is not stood on": ~loaded,
        "the weight on the plate is not steady, as in a jump or a step": loaded
        & (np.abs(smooth - weight) > asked.steady * weight),
    }


def _widened(bad: Flags, margin: int) -> Flags:
    """Also what lies within a margin of something wrong; the ends of the recording are not wrong."""
    if not bad.any() or margin < 1:
        return bad
    counts = np.concatenate([[0], np.cumsum(bad)])
    index = np.arange(len(bad))
    return np.asarray(counts[np.minimum(index + margin + 1, len(bad))] - counts[np.maximum(index - margin, 0)] > 0)


def _longest(calm: Flags) -> tuple[int, int]:
    runs = list(present_runs(np.where(calm, 0.0, np.nan)))
    if not runs:
        return 0, 0
    longest = max(runs, key=lambda run: (run.stop - run.start, -run.start))
    return longest.start, longest.stop


def _cleaned(
    recording: Recording, pressure: _Pressure, part: slice, from_sample: int, asked: Quiet
) -> Standing | Problem:
    """The path of the quiet part, low-passed with the settling still before it, at about 100 Hz."""
    whole = slice(from_sample, part.stop)
    raw_m = pressure.ground_m[whole]
    filled = fill_gaps_offline(raw_m, round(asked.longest_gap_s * pressure.rate_hz))
    if asked.cutoff_hz is not None:
        filled = lowpass_offline(filled, pressure.rate_hz, asked.cutoff_hz)
    every = max(1, int(pressure.rate_hz / 100.0 + 1e-6)) if asked.cutoff_hz is not None else 1
    axes = ground_axes(recording)
    points_mm = 1000.0 * axes.of(filled[part.start - from_sample :: every])
    standing = Standing(
        points_mm=points_mm,
        rate_hz=pressure.rate_hz / every,
        start_s=float(pressure.time_s[part.start]),
        end_s=float(pressure.time_s[part.start] + (len(points_mm) - 1) * every / pressure.rate_hz),
        axes=axes,
        valid_fraction=float(np.isfinite(raw_m[part.start - from_sample :]).all(axis=1).mean()),
        whole=from_sample == 0 and part.stop == len(pressure.time_s),
    )
    return _doubts(recording, standing, pressure, asked)


def _doubts(recording: Recording, standing: Standing, pressure: _Pressure, asked: Quiet) -> Standing | Problem:
    wide = prediction_ellipse(standing.points_mm).area
    fast = time_domain(standing.points_mm, standing.rate_hz).velocity
    if wide > asked.largest_area_mm2 or fast > asked.largest_velocity_mm_s:
        return _none(
            recording,
            f"The pressure moves over {wide:.0f} mm² at {fast:.0f} mm/s, more than in anybody's quiet standing.",
            "Was the person asked to lean, to shift weight or to step? Say so with --conditions movement=…",
        )
    if not wide > 0.0:
        return _none(recording, "The centre of pressure never moves: nobody stands on the plate.", _DO)
    total_s = float(pressure.time_s[-1] - pressure.time_s[0])
    return replace(standing, problems=tuple(_said(recording.id, standing, total_s)))


def _said(where: str, standing: Standing, total_s: float) -> Iterator[Problem]:
    """What a reader of the numbers must know of this standing."""
    if not standing.whole:
        yield Problem(
            what=f"Only {standing.start_s:.1f} to {standing.end_s:.1f} s of {total_s:.0f} s is quiet standing; sway is "
            "measured there alone.",
            where=where, do="Nothing, if the rest was stepping on or off the plate.",
        )  # fmt: skip
    if standing.duration_s < ENOUGH_S:
        yield Problem(
            what=f"Sway is measured from {standing.duration_s:.0f} s; under {ENOUGH_S:.0f} s it is less repeatable, "
            "and path, area and low frequencies come out smaller.",
            where=where, do="Compare only with recordings of the same length; better record 60 s.",
        )  # fmt: skip
    if not standing.axes.known:
        yield Problem(
            what="Nothing says which way the person faced on the plate: forward and sideways sway are not told apart.",
            where=where, do="Say it with --map (ap_axis, ml_axis), or record markers of the feet.",
        )  # fmt: skip


def _none(recording: Recording, what: str, do: str) -> Problem:
    return Problem(what=f"No sway is measured. {what}", where=recording.id, do=do)

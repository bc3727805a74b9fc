"""Sway from points of the body, a camera's or markers': how the hips move, and how much of that is noise."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from poise.measures.sway_axes import ground_axes
from poise.model.measurement import Definition, Measured, Measurement
from poise.model.recording import SIDES, Kind, Problem, Recording, Stream
from poise.signals.filters import lowpass_offline, present_runs, two_pass_cutoff_hz
from poise.signals.gaps import fill_gaps_offline
from poise.signals.spectra import welch_offline
from poise.signals.sway import prediction_ellipse, time_domain

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
NAN = float("nan")
METHOD = "balance_camera/1"
HEIGHT_M = 1.7
MOSTLY = 0.6
POINTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "hips": (("left_hip_centre", "right_hip_centre"), ("pelvis_centre",), ("left_asis", "right_asis"), ("sacrum",)),
    "head": (("head",), ("left_ear", "right_ear"), ("nose",), ("left_eye", "right_eye")),
}


def _defined(name: str, unit: str, label: str, formula: str, decimals: int = 1) -> Definition:
    return Definition(
        measure=f"balance.{name}", unit=unit, label=label, formula=formula, better="lower", decimals=decimals,
        source="Poise [design], measures.md 2.2", sided=False,
    )  # fmt: skip


DEFINES = (
    _defined("camera_velocity", "mm/s", "Sway velocity of the hips",
             "path of the middle of the hips / time, below 2 Hz"),
    _defined("camera_rms_ml", "mm", "Sideways sway of the hips", "root mean square about the mean, below 2 Hz"),
    _defined("camera_rms_ap", "mm", "Forward-backward sway of the hips",
             "root mean square about the mean, below 2 Hz"),
    _defined("camera_area_95", "mm²", "Sway area of the hips", "95 % prediction ellipse, below 2 Hz", 0),
    _defined("camera_head_velocity", "mm/s", "Sway velocity of the head", "path of the head / time, below 2 Hz"),
    _defined("noise_floor", "mm/s", "Noise of the sway velocity",
             "velocity that white noise of the level found at 2.5 to 4 Hz gives below 2 Hz"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class StillBody:
    """What counts as standing still to points of the body, and how they are cleaned.

    Attributes
    ----------
    cutoff_hz
        Of the zero-lag low-pass over the path: the body sways slower, pose networks jitter faster.
    noise_band_hz
        Where nobody sways: the power there is taken for noise, and for the same at lower frequencies.
    above_floor
        A number is told only where it is this many times the noise [design].
    foot_m, hips_m, drop_m
        At least one foot, and the hips sideways and upwards, stay within this of their median.
    """

    cutoff_hz: float = 2.0
    noise_band_hz: tuple[float, float] = (2.5, 4.0)
    above_floor: float = 2.0
    foot_m: float = 0.06
    hips_m: float = 0.20
    drop_m: float = 0.06
    settle_s: float = 2.0
    least_s: float = 10.0
    longest_gap_s: float = 0.2


@dataclass(frozen=True, kw_only=True)
class CameraSway:
    """Sway of the hips and the head, told only where it is twice the noise of the points.

    The noise is judged from the points' own jitter at 2.5 to 4 Hz, where a standing body hardly moves. Slow errors of a
    pose network (a hip that wanders with the light or the clothing) look like sway and are *not* seen by it, so that
    a small number just above the floor proves nothing: use it for tandem, one leg and foam, and compare a person with
    themselves. A view from the side tells forward sway only, one from the front sideways sway only.
    """

    name: str = "balance_camera"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"stand", "single_leg"})
    still: StillBody = field(default_factory=StillBody)
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether hips are seen long enough, in a frame that does not move with them, mostly where they are."""
        if Kind.BODY not in recording or recording[Kind.BODY].frame.name == "hip-centred":
            return False
        body = recording[Kind.BODY]
        asked = recording.task == "stand" and len(body.time_s) > 0
        long_enough = asked or body.duration_s >= self.still.settle_s + self.still.least_s
        return (
            long_enough and _point(body, "hips") is not None and bool(np.mean(_calm(recording, self.still)) >= MOSTLY)
        )

    def compute(self, recording: Recording) -> Measured:
        """What is above the noise; and the noise itself. A Problem where nobody stands still, or nothing stands out."""
        if Kind.BODY not in recording or recording[Kind.BODY].frame.name == "hip-centred":
            return _nothing(recording, "the points move with the hips, or there are none")
        body = recording[Kind.BODY]
        fast = body.rate_hz > 2.0 * self.still.noise_band_hz[1]
        part = _longest(_calm(recording, self.still), body.rate_hz, self.still) if fast else None
        if part is None:
            return _nothing(recording, f"nobody stands still for {self.still.settle_s + self.still.least_s:g} s")
        hips = _path(recording, "hips", part, self.still)
        if hips is None:
            return _nothing(recording, "the hips are not seen throughout")
        values = _values(hips, _path(recording, "head", part, self.still), self.still.above_floor)
        return Measured(
            measurements=tuple(self._told(values, recording, part)), problems=tuple(_doubts(values, hips, recording))
        )

    def _told(self, values: Mapping[str, float], recording: Recording, part: slice) -> Iterator[Measurement]:
        units = {each.measure: each.unit for each in self.defines}
        time_s = recording[Kind.BODY].time_s
        of = "landmarks" if any(s.kind is Kind.LANDMARKS for s in recording.streams.values()) else "markers"
        for name, value in values.items():
            if np.isfinite(value):
                yield Measurement(
                    measure=name, value=value, unit=units[name], side=None, n=1, sd=NAN,
                    start_s=float(time_s[part.start]), end_s=float(time_s[part.stop - 1]), valid_fraction=1.0,
                    method=f"{METHOD}: {of}, low-pass {self.still.cutoff_hz:g} Hz", recording=recording.id,
                )  # fmt: skip


class _Path(NamedTuple):
    """A point's way over the floor, mm, shape (samples, 2), low-passed; and the noise density of each axis, mm²/Hz."""

    points_mm: Array
    rate_hz: float
    seen: tuple[bool, bool]
    density: Array
    cutoff_hz: float

    @property
    def design_hz(self) -> float:
        """The cut-off a of one pass; ∫ 1 / (1 + (f/a)⁴)² df = 0.8330 a, and with f² before it, 0.27768 a³."""
        return two_pass_cutoff_hz(self.cutoff_hz, self.rate_hz, passes_order=2)

    @property
    def noise_rms(self) -> Array:
        """The RMS that white noise of this density has after the low-pass, by axis."""
        return np.asarray(np.sqrt(self.density * 0.8330 * self.design_hz))

    @property
    def noise_velocity(self) -> float:
        """The mean speed of that noise, of Rayleigh's distribution where both axes are seen."""
        variance = (2.0 * math.pi) ** 2 * 0.27768 * self.design_hz**3 * self.density
        if min(variance) <= 0.0:
            return float(math.sqrt(2.0 / math.pi * max(variance)))
        return float(math.sqrt(math.pi / 2.0 * variance.mean()))


def noise_density(points: Array, rate_hz: float, band_hz: tuple[float, float]) -> Array:
    """Power density of each column between two frequencies, shape (columns,): its mean over the bins."""
    spectrum = welch_offline(points, rate_hz, round(4.0 * rate_hz)).between(*band_hz)
    return np.asarray(np.mean(spectrum.power, axis=0))


def _point(body: Stream, name: str) -> Array | None:
    for ways in POINTS[name]:
        if all(each in body for each in ways):
            return np.asarray(np.mean([body[each] for each in ways], axis=0))
    return None


def _scale_m(recording: Recording) -> float:
    return 1.0 if recording[Kind.BODY].unit == "m" else recording.person.height_m or HEIGHT_M


def _calm(recording: Recording, still: StillBody) -> Flags:
    """Where the hips and at least one foot are where they mostly are."""
    body, scale = recording[Kind.BODY], _scale_m(recording)
    hips = _point(body, "hips")
    if hips is None or not len(body.time_s):
        return np.zeros(len(body.time_s), dtype=np.bool_)
    calm = _within(scale * hips[:, :2], still.hips_m) & _within(scale * hips[:, 2:], still.drop_m)
    feet = [body[f"{side}_ankle{end}"] for side in SIDES for end in ("", "_centre") if f"{side}_ankle{end}" in body]
    if feet:
        calm &= np.any([_within(scale * foot[:, :2], still.foot_m) for foot in feet], axis=0)
    return np.asarray(calm)


def _within(place_m: Array, far_m: float) -> Flags:
    if not np.isfinite(place_m).all(axis=1).any():
        return np.zeros(len(place_m), dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.linalg.norm(place_m - np.nanmedian(place_m, axis=0), axis=1) <= far_m)


def _longest(calm: Flags, rate_hz: float, still: StillBody) -> slice | None:
    runs = list(present_runs(np.where(calm, 0.0, np.nan)))
    if not runs:
        return None
    longest = max(runs, key=lambda run: run.stop - run.start)
    first = longest.start + round(still.settle_s * rate_hz)
    return slice(first, longest.stop) if (longest.stop - first) / rate_hz >= still.least_s else None


def _path(recording: Recording, name: str, part: slice, still: StillBody) -> _Path | None:
    body = recording[Kind.BODY]
    place = _point(body, name)
    if place is None:
        return None
    ground = fill_gaps_offline(place[part, :2], round(still.longest_gap_s * body.rate_hz))
    if not np.isfinite(ground).all():
        return None
    seen = (body.frame.view != "sagittal", body.frame.view != "frontal")
    # A picture's frame has x forwards and y sideways; what it did not see stays 0.
    flat = body.frame.view != "3d"
    ground = ground[:, ::-1] * np.array(seen) if flat else ground_axes(recording).of(ground)
    raw_mm = 1000.0 * _scale_m(recording) * (ground - ground.mean(axis=0))
    return _Path(
        points_mm=lowpass_offline(raw_mm, body.rate_hz, still.cutoff_hz), rate_hz=body.rate_hz, seen=seen,
        density=noise_density(raw_mm, body.rate_hz, still.noise_band_hz), cutoff_hz=still.cutoff_hz,
    )  # fmt: skip


def _values(hips: _Path, head: _Path | None, times: float) -> dict[str, float]:
    """The noise, and each number that is at least `times` it."""
    told = time_domain(hips.points_mm, hips.rate_hz)
    values = {"balance.noise_floor": hips.noise_velocity}
    if told.velocity >= times * hips.noise_velocity:
        values["balance.camera_velocity"] = told.velocity
    clear = []
    for i, (name, rms) in enumerate((("ml", told.rms_ml), ("ap", told.rms_ap))):
        clear.append(hips.seen[i] and rms >= times * float(hips.noise_rms[i]) and rms > 0.0)
        if clear[-1]:
            values[f"balance.camera_rms_{name}"] = rms
    if all(clear):
        values["balance.camera_area_95"] = prediction_ellipse(hips.points_mm).area
    if head is not None:
        velocity = time_domain(head.points_mm, head.rate_hz).velocity
        if velocity >= times * head.noise_velocity:
            values["balance.camera_head_velocity"] = velocity
    return values


def _doubts(values: Mapping[str, float], hips: _Path, recording: Recording) -> Iterator[Problem]:
    floor = hips.noise_velocity
    if "balance.camera_velocity" not in values:
        yield Problem(
            what=f"The hips move no faster than twice the noise of the points ({floor:.1f} mm/s): no sway is seen.",
            where=recording.id, do="Use a plate or a lower-back sensor for quiet standing.",
        )  # fmt: skip
    else:
        yield Problem(
            what=f"Sway of the hips is told with a noise of {floor:.1f} mm/s, judged from the points' jitter; slow "
            "errors of the points are not seen by it.",
            where=recording.id, do="Compare the person with themselves, same camera, same place.",
        )  # fmt: skip
    if recording[Kind.BODY].unit != "m" and not recording.person.height_m:
        yield Problem(
            what=f"The picture has no scale: a stature of {HEIGHT_M:.2f} m was taken.", where=recording.id,
            do="Say it with --person height_m=…",
        )  # fmt: skip


def _nothing(recording: Recording, why: str) -> Measured:
    problem = Problem(
        what=f"No sway is measured from the points of the body: {why}.", where=recording.id,
        do="Film the whole body from the front for 30 s, with the camera fixed.",
    )  # fmt: skip
    return Measured(problems=(problem,))


MEASURE = CameraSway()

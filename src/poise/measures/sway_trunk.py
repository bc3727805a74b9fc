"""The horizontal acceleration of the trunk while somebody stands quietly with a sensor on the lower back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.errors import PoiseError
from poise.measures.lumbar_signal import Trunk, trunk_of
from poise.model.recording import Kind, Problem, Recording
from poise.signals import orientation
from poise.signals.filters import lowpass_offline, present_runs
from poise.signals.geometry import AXES

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class QuietTrunk:
    """What counts as quiet standing to a lower-back sensor, and how its signal is cleaned.

    Attributes
    ----------
    cutoff_hz
        Of the zero-lag low-pass (4th order) over the horizontal acceleration (Mancini 2012 [m]).
    shake_m_s2, turn_deg_s
        Within a second the size of the acceleration varies less than this (its SD), and the sensor turns slower than
        this. In slow walking it varies by 0.8 m/s² and more; swaying on foam by less than 0.3 [design].
    largest_m_s2
        A larger horizontal acceleration (RMS) is no quiet standing, or the sensor slipped [design].
    settle_s, least_s
        Left out at the start of the standing, and the least that is measured.
    """

    cutoff_hz: float = 3.5
    shake_m_s2: float = 0.5
    turn_deg_s: float = 40.0
    largest_m_s2: float = 0.5
    settle_s: float = 2.0
    least_s: float = 10.0


@dataclass(frozen=True, kw_only=True, eq=False)
class TrunkSway:
    """Horizontal acceleration, m/s², mean taken off, shape (samples, 2).

    The columns are medio-lateral and antero-posterior where `axes_known`, else two axes of the floor at right angles.
    """

    horizontal: Array
    rate_hz: float
    start_s: float
    end_s: float
    axes_known: bool
    from_gyroscope: bool
    quiet_fraction: float


def quiet_fraction(recording: Recording, quiet: QuietTrunk) -> float:
    """The longest quiet stretch as a share of the recording; 0 where there is no usable sensor."""
    try:
        trunk = trunk_of(recording)
    except PoiseError:
        return 0.0
    return _longest(trunk, quiet)[1] / max(len(trunk), 1)


def standing_trunk(recording: Recording, quiet: QuietTrunk) -> TrunkSway | Problem:
    """The longest quiet stretch of a recording, or why there is none.

    Raises
    ------
    MissingSignal, NothingToMeasure
        There is no usable lower-back sensor.
    """
    trunk = trunk_of(recording)
    start, samples = _longest(trunk, quiet)
    first = start + round(quiet.settle_s * trunk.rate_hz)
    if (start + samples - first) / trunk.rate_hz < quiet.least_s:
        return Problem(
            what=f"No sway is measured from the trunk: nobody stands quietly for {quiet.settle_s + quiet.least_s:g} s "
            "in it (walking, turning and standing up are not sway).",
            where=recording.id, do="Let the person stand still for 30 s.",
        )  # fmt: skip
    part = trunk.between(trunk.start_s + start / trunk.rate_hz, trunk.start_s + (start + samples - 1) / trunk.rate_hz)
    level, known = _horizontal(part, recording)
    smooth = lowpass_offline(level, part.rate_hz, quiet.cutoff_hz)[first - start :]
    horizontal = smooth - smooth.mean(axis=0)
    size = float(np.sqrt((horizontal**2).sum(axis=1).mean()))
    if size > quiet.largest_m_s2:
        return Problem(
            what=f"No sway is measured from the trunk: it moves by {size:.2f} m/s², more than in quiet standing.",
            where=recording.id, do="Let the person stand still for 30 s, with the sensor fixed.",
        )  # fmt: skip
    return TrunkSway(
        horizontal=horizontal,
        rate_hz=part.rate_hz,
        start_s=trunk.start_s + first / trunk.rate_hz,
        end_s=part.start_s + (len(part) - 1) / part.rate_hz,
        axes_known=known,
        from_gyroscope=part.angular_velocity is not None,
        quiet_fraction=samples / len(trunk),
    )


def _longest(trunk: Trunk, quiet: QuietTrunk) -> tuple[int, int]:
    """First sample and length of the longest stretch that shakes and turns too little to be walking."""
    size = np.linalg.norm(trunk.acceleration, axis=1)
    window = max(3, round(trunk.rate_hz))
    if len(size) < window:
        return 0, 0
    calm = _moving_sd(size, window) < quiet.shake_m_s2
    if trunk.angular_velocity is not None:
        turning = np.degrees(np.linalg.norm(trunk.angular_velocity, axis=1))
        calm &= _moving_mean(turning, window) < quiet.turn_deg_s
    runs = list(present_runs(np.where(calm, 0.0, np.nan)))
    if not runs:
        return 0, 0
    longest = max(runs, key=lambda run: (run.stop - run.start, -run.start))
    return longest.start, longest.stop - longest.start


def _moving_mean(values: Array, window: int) -> Array:
    """Over a window centred on each sample, shorter at the ends; NaN where a value in it is missing."""
    half, n = window // 2, len(values)
    sums = np.concatenate([[0.0], np.cumsum(np.nan_to_num(values))])
    gone = np.concatenate([[0], np.cumsum(~np.isfinite(values))])
    low, high = np.maximum(np.arange(n) - half, 0), np.minimum(np.arange(n) + half + 1, n)
    mean = (sums[high] - sums[low]) / (high - low)
    return np.where(gone[high] - gone[low] == 0, mean, np.nan)


def _moving_sd(values: Array, window: int) -> Array:
    middle = np.nanmedian(values) if np.isfinite(values).any() else 0.0
    mean, square = _moving_mean(values - middle, window), _moving_mean((values - middle) ** 2, window)
    return np.asarray(np.sqrt(np.maximum(square - mean**2, 0.0)))


def _horizontal(trunk: Trunk, recording: Recording) -> tuple[Array, bool]:
    """Specific force in the floor: gravity has no part there. By orientation (VQF 6D), else by the mean tilt."""
    forward, known = _forward(recording)
    if trunk.angular_velocity is not None and np.isfinite(trunk.angular_velocity).all():
        turned = orientation.orientation_offline(trunk.angular_velocity, trunk.acceleration, trunk.rate_hz)
        earth = orientation.rotate(turned.quaternion, trunk.acceleration)[:, :2]
        ahead = orientation.rotate(turned.quaternion, np.broadcast_to(forward, (len(trunk), 3)))[:, :2]
    else:
        up = trunk.acceleration.mean(axis=0)
        up /= np.linalg.norm(up)
        side = np.cross(up, forward if abs(up @ forward) < 0.9 else AXES[int(np.argmin(np.abs(up)))])
        side /= np.linalg.norm(side)
        basis = np.stack([np.cross(side, up), side])  # forwards, leftwards
        earth, ahead = trunk.acceleration @ basis.T, np.broadcast_to([1.0, 0.0], (len(trunk), 2))
    heading = ahead.mean(axis=0)
    length = float(np.hypot(*heading))
    if length < 0.3:  # the axis that was called forward stands upright: nothing can be said of directions
        return earth, False
    ap = heading / length
    return np.stack([earth @ np.array([ap[1], -ap[0]]), earth @ ap], axis=1), known


def _forward(recording: Recording) -> tuple[Array, bool]:
    """The sensor's axis that points forward, by the file or the user (``ap_axis``), else any."""
    word = recording.details.get("ap_axis", "")
    if Kind.CENTRE_OF_PRESSURE in recording or word[-1:].lower() not in ("x", "y", "z"):
        return np.asarray(AXES[2]), False
    return np.asarray(AXES["xyz".index(word[-1].lower())]), True

"""What all readers of inertial sensors share: where a sensor is worn, which of its axes points up, its streams."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.model import Frame, Kind, Stream
from poise.signals.filters import lowpass_offline

Array = NDArray[np.float64]

# An axis within 45 degrees of the vertical is the one that points up or down.
LEAST_SHARE_OF_GRAVITY = np.cos(np.radians(45.0))
TURN_HZ = 1.0
# Seen over said: 1 in rad/s and 1/57 in deg/s; linear acceleration moves it, so each has a span and a gap between.
TURN_SHARES = {"rad/s": (0.2, 5.0), "deg/s": (0.2 / 57.3, 0.09)}
UNITS = {Kind.ACCELERATION: "m/s²", Kind.ANGULAR_VELOCITY: "rad/s", Kind.MAGNETIC_FIELD: "µT", Kind.ORIENTATION: "1"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Signal:
    """One quantity of one sensor: where it is worn, values of shape (samples, axes) in the kind's unit, its clock."""

    kind: Kind
    place: str
    time_s: Array
    values: Array
    unit: str = ""
    up: str | None = None


def place(name: str) -> str:
    """Where a sensor is worn, in Poise's words: LowerBack → lower_back, LeftFoot and L_FOOT → left_foot."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    words = re.sub(r"[\W_]+", "_", words).strip("_").lower()
    words = re.sub(r"_?(sensor|imu|sens)$", "", words) or words
    for short, long in (("l_", "left_"), ("r_", "right_")):
        if words.startswith(short):
            words = long + words.removeprefix(short)
    for side in ("left", "right"):
        if words.endswith("_" + side):
            words = f"{side}_{words.removesuffix('_' + side)}"
    return words


def up_axis(acceleration: Array) -> str | None:
    """The sensor's axis that points up on average (an accelerometer at rest reads +g upwards); None when none does."""
    if not np.isfinite(acceleration).any():
        return None
    mean = np.nanmean(acceleration[np.isfinite(acceleration).all(axis=1)], axis=0)
    length = float(np.linalg.norm(mean))
    axis = int(np.argmax(np.abs(mean)))
    if not length or abs(mean[axis]) < LEAST_SHARE_OF_GRAVITY * length:
        return None
    return ("+" if mean[axis] > 0 else "-") + "xyz"[axis]


def rate_unit(felt: Array, turning: Array, rate_hz: float) -> str | None:
    """The unit of a gyroscope, ``rad/s`` or ``deg/s``, by how far gravity turns in the sensor; None if not clear.

    Parameters
    ----------
    felt, turning
        Shape (samples, 3) of one sensor, the same axes: acceleration in any unit, angular rate in an unknown one.

    Notes
    -----
    Gravity turns in the sensor's axes by −ω × g. Below 1 Hz the accelerometer shows that turn; it is 57 times smaller
    than the rate says where degrees are taken for radians. It fails, and says so, where the sensor hardly turned away
    from the vertical, or was shaken more than turned.
    """
    known = np.isfinite(felt).all(axis=1) & np.isfinite(turning).all(axis=1)
    if not rate_hz > 4.0 * TURN_HZ or known.sum() < 4.0 * rate_hz:
        return None
    slow = lowpass_offline(felt[known], rate_hz, TURN_HZ)
    length = np.linalg.norm(slow, axis=1, keepdims=True)
    if not (length > 0.0).all():
        return None
    gravity = slow / length
    seen = lowpass_offline(np.gradient(gravity, axis=0) * rate_hz, rate_hz, TURN_HZ)
    said = lowpass_offline(-np.cross(turning[known], gravity), rate_hz, TURN_HZ)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = float(np.linalg.norm(seen) / np.linalg.norm(said))
    return next((unit for unit, (low, high) in TURN_SHARES.items() if low <= share <= high), None)


def streams(signals: Sequence[Signal]) -> dict[str, Stream]:
    """Signals of one kind and clock put together, a channel a sensor; another clock makes another stream."""
    groups: list[list[Signal]] = []
    for signal in signals:
        same = next((group for group in groups if _together(group[0], signal)), None)
        groups.append([signal]) if same is None else same.append(signal)
    made: dict[str, Stream] = {}
    for group in groups:
        made[_free_key(made, group[0].kind)] = Stream(
            kind=group[0].kind,
            channels=tuple(signal.place for signal in group),
            time_s=group[0].time_s,
            values=np.stack([signal.values for signal in group], axis=1),
            unit=group[0].unit or UNITS.get(group[0].kind, "unknown"),
            frame=_frame(group),
        )
    return made


def _together(one: Signal, other: Signal) -> bool:
    return (
        one.kind == other.kind
        and one.unit == other.unit
        and one.values.shape == other.values.shape
        and bool(np.array_equal(one.time_s, other.time_s))
    )


def _frame(group: Sequence[Signal]) -> Frame:
    ups = {signal.up for signal in group}
    if group[0].kind == Kind.ORIENTATION:
        return Frame(name="earth", up="+z")
    return Frame(name="sensor", up=ups.pop() if len(ups) == 1 else None)


def _free_key(taken: Mapping[str, Stream], kind: Kind) -> str:
    if kind not in taken:
        return kind
    return next(f"{kind}.{n}" for n in range(2, len(taken) + 3) if f"{kind}.{n}" not in taken)

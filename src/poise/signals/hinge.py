"""The angle of a hinge between two worn sensors, from their gyroscopes and accelerometers alone (no magnetometer).

Three steps: the hinge's axis in each sensor from how the two turn; the heading that one sensor has drifted away from
the other, from the axis being one and the same; the turn about the axis that is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.signals import geometry
from poise.signals.filters import lowpass_offline
from poise.signals.orientation import conjugate, multiply, orientation_offline, rotate

Array = NDArray[np.float64]
_Sensor = tuple[ArrayLike, ArrayLike]

SMOOTH_HZ = 6.0
"""Angular velocity is smoothed at this before the axis is looked for: soft tissue shakes faster than limbs turn."""
LEAST_TURNING_RAD_S, SLOWEST_TURNING_RAD_S = 0.5, 0.1
"""Samples in which both sensors turn slower than this say nothing of the axis; of a slow movement less is asked, down
to 6 deg/s, where noise begins. [design]"""
LEAST_EXCITED_S = 2.0
PULL = 0.05
"""How much turning across the axis counts for itself: where a movement in one plane leaves the axis open (as many axes
fit as well), the one that most turning is about is taken. [design]"""
HEADING_WINDOW_S = 5.0
_ROUNDS, _STARTS, _MOST_SAMPLES = 100, 12, 3000


@dataclass(frozen=True, kw_only=True, eq=False)
class Axis:
    """A hinge's axis in the axes of both sensors.

    Attributes
    ----------
    proximal, distal
        Unit vectors, shape (3,), in the same sense.
    misfit
        Root mean square of what a perfect hinge makes 0, over the root mean square turning; 0.05 is a machine's, 0.3 to
        0.4 a walking knee's under straps; above 0.5 the joint is no hinge, or a sensor slipped.
    excited_s
        For how long the sensors turned fast enough to say anything.
    turning_apart
        Share of the turning that is between the sensors: 0 for two sensors on one rigid body.
    """

    proximal: Array
    distal: Array
    misfit: float
    excited_s: float
    turning_apart: float


def hinge_axis_offline(
    proximal: tuple[ArrayLike, ArrayLike], distal: tuple[ArrayLike, ArrayLike], rate_hz: float
) -> Axis | None:
    """The axis about which two segments turn against each other, in the axes of each sensor.

    Parameters
    ----------
    proximal, distal
        Angular velocity (rad/s) and specific force (m/s²) of each sensor, shape (samples, 3), unfiltered, on one
        clock, sensor axes; NaN where missing.
    rate_hz
        Samples a second.

    Returns
    -------
    axis
        None where the sensors turned faster than 0.5 rad/s (0.1 where all is slow) for less than 2 s in all.

    Notes
    -----
    Over the four angles of both vectors, from several starts, by Gauss–Newton, the sum of two squares is made least:
    that of |ω₁ × j₁| − |ω₂ × j₂|, since both segments turn alike across the axis [1]_ [2]_, and that of
    g₁ · j₁ − g₂ · j₂, since bending the hinge does not change how far its axis leans [3]_ (g is the vertical by VQF, in
    sensor axes). The second carries a joint whose proximal segment hardly moves, where the first says nothing of j₁.
    Fails on a joint with two free axes (hip, shoulder); `misfit` shows it.

    References
    ----------
    .. [1] Seel, Schauer & Raisch 2012, IEEE CCA:45-49.
    .. [2] Seel, Raisch & Schauer 2014, Sensors 14:6891-6909.
    .. [3] Olsson, Kok, Seel & Halvorsen 2020, Sensors 20:3534.
    """
    gyrs, quaternions = _oriented((proximal, distal), rate_hz)
    return _axis(gyrs, quaternions, rate_hz)


def _oriented(sensors: tuple[_Sensor, _Sensor], rate_hz: float) -> tuple[tuple[Array, Array], list[Array]]:
    """Each sensor's angular velocity without its bias, and its orientation."""
    estimates = [orientation_offline(gyr, acc, rate_hz) for gyr, acc in sensors]
    first, second = (
        np.asarray(gyr, dtype=np.float64) - each.bias_rad_s for (gyr, _), each in zip(sensors, estimates, strict=True)
    )
    return (first, second), [each.quaternion for each in estimates]


def _axis(gyrs: tuple[Array, Array], quaternions: list[Array], rate_hz: float) -> Axis | None:
    cutoff = min(SMOOTH_HZ, 0.4 * rate_hz)
    turnings = [lowpass_offline(gyr, rate_hz, cutoff) for gyr in gyrs]
    uprights = [rotate(conjugate(each), np.broadcast_to(geometry.Z_AXIS, (len(each), 3))) for each in quaternions]
    with np.errstate(invalid="ignore"):
        speed = np.fmax(*(geometry.length(each) for each in turnings))
        known = np.isfinite(sum(each.sum(axis=1) for each in (*turnings, *uprights)))
    if not known.any():
        return None
    # A slow test turns at 10 to 30 deg/s throughout: then its faster half is what there is.
    fast = float(np.percentile(speed[known], 90))
    least = np.clip(0.5 * fast, SLOWEST_TURNING_RAD_S, LEAST_TURNING_RAD_S)
    used = known & (np.where(known, speed, 0.0) > least)
    if used.sum() < LEAST_EXCITED_S * rate_hz:
        return None
    size = float(np.sqrt(np.mean(speed[used] ** 2)))
    step = max(1, int(used.sum() // _MOST_SAMPLES))
    one, two = (each[used][::step] / size for each in turnings)
    seen = _Seen(turning=(one, two), upright=(uprights[0][used][::step], uprights[1][used][::step]))
    angles, _ = min((_fitted(seen, start) for start in _starts()), key=lambda fit: fit[1])
    cost = float(np.sum(_residual(seen, angles)[0][: 2 * len(one)] ** 2))
    j1, j2 = _unit_of(angles[:2]), _unit_of(angles[2:])
    apart = min(float(np.mean((one @ j1 - sign * (two @ j2)) ** 2)) for sign in (1.0, -1.0))
    return Axis(
        proximal=j1, distal=j2, misfit=float(np.sqrt(cost / len(one))), excited_s=float(used.sum() / rate_hz),
        turning_apart=float(np.sqrt(apart)),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class _Seen:
    """Turning (over its own RMS) and the vertical, each in both sensors, shape (samples, 3)."""

    turning: tuple[Array, Array]
    upright: tuple[Array, Array]


def _starts() -> list[Array]:
    """Starting angles spread over both half-spheres, the same every time."""
    rng = np.random.default_rng(20140416)
    vectors = geometry.unit(rng.normal(size=(_STARTS, 2, 3)))
    return [np.array([*_angles_of(a), *_angles_of(b)]) for a, b in vectors]


def _unit_of(angles: Array) -> Array:
    """The vector with this elevation and azimuth, rad."""
    up, round_ = angles
    return np.array([np.cos(up) * np.cos(round_), np.cos(up) * np.sin(round_), np.sin(up)])


def _angles_of(vector: Array) -> tuple[float, float]:
    return float(np.arcsin(np.clip(vector[2], -1.0, 1.0))), float(np.arctan2(vector[1], vector[0]))


def _slopes_of(angles: Array) -> Array:
    """How the unit vector changes with each angle, shape (3, 2)."""
    up, round_ = angles
    by_up = [-np.sin(up) * np.cos(round_), -np.sin(up) * np.sin(round_), np.cos(up)]
    by_round = [-np.cos(up) * np.sin(round_), np.cos(up) * np.cos(round_), 0.0]
    return np.array([by_up, by_round]).T


def _fitted(seen: _Seen, start: Array) -> tuple[Array, float]:
    """Angles of both vectors and the sum of squares, by damped Gauss–Newton."""
    angles, damping = start.copy(), 1e-3
    residual, slope = _residual(seen, angles)
    cost = float(residual @ residual)
    for _ in range(_ROUNDS):
        normal = slope.T @ slope
        damped = normal + damping * (np.diag(np.diag(normal)) + 1e-9 * np.eye(4))
        change = np.linalg.solve(damped, slope.T @ residual)
        new_residual, new_slope = _residual(seen, angles - change)
        new_cost = float(new_residual @ new_residual)
        if new_cost < cost:
            settled = cost - new_cost < 1e-9 * cost
            angles, residual, slope, cost, damping = angles - change, new_residual, new_slope, new_cost, damping / 3.0
            if settled:
                break
        else:
            damping *= 5.0
            if damping > 1e8:
                break
    return angles, cost


def _residual(seen: _Seen, angles: Array) -> tuple[Array, Array]:
    """What a perfect hinge makes 0, then a little of all turning across the axis, and the slopes with the angles."""
    (across_one, slope_one), (across_two, slope_two) = (
        _across(gyr, part) for gyr, part in zip(seen.turning, (angles[:2], angles[2:]), strict=True)
    )
    lean_one, lean_two = seen.upright[0] @ _unit_of(angles[:2]), seen.upright[1] @ _unit_of(angles[2:])
    leaning = np.concatenate([seen.upright[0] @ _slopes_of(angles[:2]), -seen.upright[1] @ _slopes_of(angles[2:])], 1)
    turning = np.concatenate([slope_one, -slope_two], axis=1)
    nothing = np.zeros_like(slope_one)
    pulls = [np.concatenate([slope_one, nothing], axis=1), np.concatenate([nothing, slope_two], axis=1)]
    residual = [across_one - across_two, lean_one - lean_two, PULL * across_one, PULL * across_two]
    return np.concatenate(residual), np.concatenate([turning, leaning, *(PULL * each for each in pulls)])


def _across(gyr: Array, angles: Array) -> tuple[Array, Array]:
    """Size of the turning across the axis, and its slopes with the two angles."""
    axis = _unit_of(angles)
    along = gyr @ axis
    size = np.sqrt(np.maximum(geometry.dot(gyr, gyr) - along**2, 1e-12))
    return size, -(along / size)[:, None] * (gyr @ _slopes_of(angles))


@dataclass(frozen=True, kw_only=True, eq=False)
class HingeAngle:
    """The angle of a hinge over time.

    Attributes
    ----------
    angle_deg
        Shape (samples,), turn of the distal segment about the axis; its zero is arbitrary (how the sensors sit) until
        a posture is called 0, and its sign follows the axis. NaN where a sensor was missing.
    axis
        What it was measured about; `distal` is in the same sense as `proximal`.
    heading_deg
        By how much the distal sensor's heading had to be turned, smoothed, unwrapped; NaN where it was not known.
    off_axis_deg
        RMS of the part of the joint's rotation that is not about the axis, about its mean: what is no hinge in it.
    """

    angle_deg: Array
    axis: Axis
    heading_deg: Array
    off_axis_deg: float


def hinge_angle_offline(
    proximal: tuple[ArrayLike, ArrayLike],
    distal: tuple[ArrayLike, ArrayLike],
    rate_hz: float,
    *,
    axis: Axis | None = None,
) -> HingeAngle | None:
    """The angle between two segments joined by a hinge.

    Parameters
    ----------
    proximal, distal
        Angular velocity (rad/s) and specific force (m/s²) of each sensor, shape (samples, 3), unfiltered, on one clock.
    rate_hz
        Samples a second; 100 and more are good.
    axis
        Known from another recording with the sensors worn the same; None finds it in this one.

    Returns
    -------
    angle
        None where no axis could be found.

    Notes
    -----
    Each sensor's inclination comes from VQF without magnetometer; its heading drifts. The axis, turned into the earth's
    axes by both sensors, must be one direction: the angle between its two horizontal shadows, averaged over 5 s with
    the shadow's length as weight, is the heading between them [1]_. Where the axis stands upright it has no shadow and
    the heading is held over. The angle is the twist about the axis of what remains [2]_.

    References
    ----------
    .. [1] Laidig, Schauer & Seel 2017, IEEE ICORR:971-976.
    .. [2] Lehmann, Laidig & Seel 2020, Proc IFAC 53(2):16016-16022.
    """
    gyrs, estimates = _oriented((proximal, distal), rate_hz)
    found = axis if axis is not None else _axis(gyrs, estimates, rate_hz)
    if found is None:
        return None
    tried = [_angle_about(estimates, found, sign, gyrs, rate_hz) for sign in (1.0, -1.0)]
    return min(tried, key=lambda each: each[1])[0]


def _angle_about(
    quaternions: list[Array], axis: Axis, sign: float, gyrs: tuple[Array, Array], rate_hz: float
) -> tuple[HingeAngle, float]:
    """The angle with the distal axis in one of its two senses, and how badly the turning then fits."""
    one, two = quaternions
    j1, j2 = axis.proximal, sign * axis.distal
    heading = _heading_between(rotate(one, np.broadcast_to(j1, (len(one), 3))),
                               rotate(two, np.broadcast_to(j2, (len(two), 3))), rate_hz)  # fmt: skip
    half = 0.5 * heading
    turned = multiply(np.stack([np.cos(half), 0 * half, 0 * half, np.sin(half)], axis=-1), two)
    joint = multiply(conjugate(one), turned)
    joint = multiply(joint, conjugate(_onto(j2, j1)))  # now a turn about j1 alone, where the joint is a hinge
    twist = _unwrapped(2.0 * np.arctan2(joint[:, 1:] @ j1, joint[:, 0]))
    leftover = _misfit((one, turned), (j1, j2), gyrs)
    swing = 2.0 * np.arcsin(np.clip(geometry.length(joint[:, 1:] - (joint[:, 1:] @ j1)[:, None] * j1), 0.0, 1.0))
    off = swing[np.isfinite(swing)]
    found = HingeAngle(
        angle_deg=np.degrees(twist), heading_deg=np.degrees(heading),
        axis=Axis(proximal=j1, distal=j2, misfit=axis.misfit, excited_s=axis.excited_s,
                  turning_apart=axis.turning_apart),
        off_axis_deg=float(np.degrees(np.sqrt(np.mean(off**2)))) if len(off) else float("nan"),
    )  # fmt: skip
    return found, leftover


def _heading_between(first: Array, second: Array, rate_hz: float) -> Array:
    """The turn about the vertical that lays the second axis onto the first, rad, smoothed over seconds, unwrapped."""
    across = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    along = first[:, 0] * second[:, 0] + first[:, 1] * second[:, 1]
    # The product of the two shadows' lengths is the weight: a short shadow has no direction worth believing.
    known = np.isfinite(across)
    window = max(1, round(HEADING_WINDOW_S * rate_hz))
    kernel = np.hanning(window + 2)[1:-1]
    sums = [np.convolve(np.where(known, part, 0.0), kernel, mode="same") for part in (along, -across)]
    if len(sums[0]) > len(across):
        start = (len(sums[0]) - len(across)) // 2
        sums = [part[start : start + len(across)] for part in sums]
    heading = np.unwrap(np.arctan2(sums[1], sums[0]))
    return np.where(known, heading, np.nan)


def _onto(start: Array, end: Array) -> Array:
    """The smallest turn of one direction into another, as a quaternion."""
    from poise.signals.orientation import from_matrix

    return from_matrix(geometry.rotation_between(start, end))


def _unwrapped(angle_rad: Array) -> Array:
    """Without jumps of a whole turn, over gaps too, within half a turn about its median."""
    known = np.isfinite(angle_rad)
    out = angle_rad.copy()
    if known.any():
        smooth = np.unwrap(angle_rad[known])
        out[known] = smooth - 2.0 * np.pi * np.round(np.median(smooth) / (2.0 * np.pi))
    return out


def _misfit(quaternions: tuple[Array, Array], axes: tuple[Array, Array], gyrs: tuple[Array, Array]) -> float:
    """How little this sense of the distal axis fits: turning that differs across the axis, and a lean that does."""
    turnings = [rotate(q, gyr) for q, gyr in zip(quaternions, gyrs, strict=True)]
    leaning = [rotate(q, np.broadcast_to(j, (len(q), 3))) for q, j in zip(quaternions, axes, strict=True)]
    size = np.sqrt(np.nanmean(geometry.dot(turnings[0], turnings[0]) + geometry.dot(turnings[1], turnings[1])))
    apart = geometry.length(geometry.on_plane(turnings[0] - turnings[1], leaning[0])) / size
    tilt = leaning[0][:, 2] - leaning[1][:, 2]
    both = (apart**2 + tilt**2)[np.isfinite(apart + tilt)]
    return float(np.mean(both)) if len(both) else float("inf")

"""Simulated standing with a known answer: a path of pressure, a trunk sensor, landmarks. Simulated, not recorded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import Frame, Kind, Recording, Stream

Array = NDArray[np.float64]
GRAVITY_M_S2 = 9.80665
LAB = Frame(name="laboratory", up="+z")


def wandering(seconds: float, rate_hz: float, *, sd: float, corner_hz: float = 0.4, seed: int = 0) -> Array:
    """A smooth random signal of two columns, each with exactly this SD and mean 0, mostly below `corner_hz`."""
    from scipy.signal import butter, sosfiltfilt

    noise = np.random.default_rng(seed).normal(size=(round(seconds * rate_hz) + 1, 2))
    smooth = sosfiltfilt(butter(2, corner_hz, fs=rate_hz, output="sos"), noise, axis=0)
    smooth = smooth - smooth.mean(axis=0)
    return np.asarray(sd * smooth / smooth.std(axis=0))


def trunk_acceleration(seconds: float, rate_hz: float, *, sd: float, seed: int = 0) -> Array:
    """The acceleration of a point that sways and stays where it is, m/s²: two columns of exactly this SD.

    A derivative of a wandering signal, since what stays in place has no lasting acceleration.
    """
    slope = np.gradient(wandering(seconds, rate_hz, sd=1.0, corner_hz=0.8, seed=seed), axis=0)
    slope = slope - slope.mean(axis=0)
    return np.asarray(sd * slope / slope.std(axis=0))


def on_plate(
    place_m: Array, rate_hz: float, *, weight_n: float = 700.0, vertical_n: Array | None = None, **details: str
) -> Recording:
    """A recording of one plate; `place_m` has shape (samples, 2) in the laboratory's x and y."""
    time_s = np.arange(len(place_m)) / rate_hz
    vertical = np.full(len(place_m), weight_n) if vertical_n is None else vertical_n
    force = np.stack([np.zeros_like(vertical), np.zeros_like(vertical), vertical], axis=1)[:, None]
    place = np.concatenate([place_m, np.zeros((len(place_m), 1))], axis=1)[:, None].copy()
    place[vertical < 20.0] = np.nan
    streams: dict[str, Stream] = {
        Kind.FORCE: _stream(Kind.FORCE, ("plate",), time_s, force, "N"),
        Kind.CENTRE_OF_PRESSURE: _stream(Kind.CENTRE_OF_PRESSURE, ("plate",), time_s, place, "m"),
    }
    return Recording(id="simulated standing", source="simulated", task="stand", streams=streams, details=details)


def with_trunk_sensor(
    horizontal_m_s2: Array, rate_hz: float, *, tilt_deg: float = 10.0, wobble_deg: float = 0.0, seed: int = 0
) -> Recording:
    """A lower-back sensor that leans forward by `tilt_deg` and wobbles; its z points forwards, its x up.

    Parameters
    ----------
    horizontal_m_s2
        Shape (samples, 2): the true acceleration to the right and forwards.
    """
    n = len(horizontal_m_s2)
    time_s = np.arange(n) / rate_hz
    lean = np.radians(tilt_deg) + np.radians(wobble_deg) * np.sin(2.0 * np.pi * 0.3 * time_s)
    turning = np.gradient(lean, 1.0 / rate_hz)
    ahead, right = horizontal_m_s2[:, 1], horizontal_m_s2[:, 0]
    up = GRAVITY_M_S2
    # Sensor axes: x up the back, y to the right, z forwards; leaning forward turns x towards forwards.
    acceleration = np.stack(
        [up * np.cos(lean) + ahead * np.sin(lean), right, ahead * np.cos(lean) - up * np.sin(lean)], axis=1
    )
    noise = np.random.default_rng(seed).normal(scale=1e-4, size=(n, 3))
    gyroscope = np.stack([np.zeros(n), -turning, np.zeros(n)], axis=1) + noise
    frame = Frame(name="sensor")
    streams: dict[str, Stream] = {
        Kind.ACCELERATION: Stream(
            kind=Kind.ACCELERATION, channels=("lower_back",), time_s=time_s, values=acceleration[:, None], unit="m/s²",
            frame=frame,
        ),
        Kind.ANGULAR_VELOCITY: Stream(
            kind=Kind.ANGULAR_VELOCITY, channels=("lower_back",), time_s=time_s, values=gyroscope[:, None],
            unit="rad/s", frame=frame,
        ),
    }  # fmt: skip
    return Recording(id="simulated trunk", source="simulated", task="stand", streams=streams, details={"ap_axis": "z"})


def _stream(kind: Kind, channels: tuple[str, ...], time_s: Array, values: Array, unit: str) -> Stream:
    return Stream(kind=kind, channels=channels, time_s=time_s, values=values, unit=unit, frame=LAB)

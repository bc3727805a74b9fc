"""BROAD's MATLAB layout: one 9-axis sensor with the orientation that cameras saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from poise.errors import UnknownFormat, UnreadableFile
from poise.model import Frame, Kind, Recording, Stream
from poise.readers import imu, matlab

SIGNALS = (
    ("imu_acc", Kind.ACCELERATION),
    ("imu_gyr", Kind.ANGULAR_VELOCITY),
    ("imu_mag", Kind.MAGNETIC_FIELD),
)


class Broad:
    """Variables `imu_acc` (m/s²), `imu_gyr` (rad/s), `imu_mag` (µT), `opt_quat` and `sampling_rate`.

    The cameras' orientation (w, x, y, z, sensor to east-north-up) is the stream ``orientation.reference``, their
    position ``model_points``; NaN where the cameras lost sight. The sensor sits on no body: its place is ``sensor``.
    """

    name = "BROAD MATLAB"
    suffixes = (".mat",)

    def sniff(self, path: Path, head: bytes) -> bool:
        """Any MATLAB file: what is in it shows only once it is unpacked."""
        return matlab.is_matlab(head)

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording."""
        variables = matlab.load(path)
        if "imu_acc" not in variables and "imu_gyr" not in variables:
            raise UnknownFormat(f"'{path.name}' holds no variables imu_acc and imu_gyr.")
        rate = variables.get("sampling_rate")
        rate_hz = float(rate) if isinstance(rate, np.ndarray) and rate.size == 1 else float("nan")
        if not 0 < rate_hz < 1e5:
            raise UnreadableFile(
                f"'{path.name}' has no usable sampling rate.", do="Add the variable sampling_rate (Hz) to the file."
            )
        signals = [
            imu.Signal(kind=kind, place="sensor", time_s=np.arange(len(values)) / rate_hz, values=values)
            for name, kind in SIGNALS
            if (values := _columns(variables.get(name), 3)) is not None
        ]
        about = variables.get("info")
        return (
            Recording(
                id=path.stem,
                source=str(path),
                streams=imu.streams(signals) | _reference(variables, rate_hz),
                details={
                    "format": "BROAD MATLAB",
                    "about": next((line for line in about.split("\n") if "Trial" in line), "")
                    if isinstance(about, str)
                    else "",
                },
            ),
        )


def _columns(value: Any, count: int) -> imu.Array | None:
    if not isinstance(value, np.ndarray) or value.ndim != 2 or value.shape[1] != count or value.dtype.kind not in "fiu":
        return None
    return np.asarray(value, dtype=np.float64)


def _reference(variables: Mapping[str, Any], rate_hz: float) -> dict[str, Stream]:
    made: dict[str, Stream] = {}
    earth = Frame(name="earth", up="+z")
    for name, count, key, kind, unit in (
        ("opt_quat", 4, "orientation.reference", Kind.ORIENTATION, "1"),
        ("opt_pos", 3, "model_points", Kind.MODEL_POINTS, "m"),
    ):
        values = _columns(variables.get(name), count)
        if values is not None:
            time_s = np.arange(len(values)) / rate_hz
            made[key] = Stream(
                kind=kind, channels=("sensor",), time_s=time_s, values=values[:, None], unit=unit, frame=earth
            )
    return made


READER = Broad()

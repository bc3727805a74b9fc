"""Small files in every format that is read, made by code with known contents (simulated), for tests.

Every maker returns the bytes of a file; `SAMPLES` lists one of each under the file name it should have.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MARKERS = ("R.Heel", "L.Heel", "R.ASIS", "L.ASIS")


def points_m(frames: int = 40, count: int = len(MARKERS), rate_hz: float = 100.0) -> Array:
    """Points that move forward at 1 m/s and swing, shape (frames, count, 3), m, y up."""
    time_s = np.arange(frames) / rate_hz
    each = np.arange(count)
    x = time_s[:, None] + 0.1 * each
    y = 0.5 + 0.2 * each + 0.05 * np.sin(2 * np.pi * time_s)[:, None]
    z = np.broadcast_to(0.1 * each - 0.2, x.shape)
    return np.stack([x, y, z], axis=2)


def _table(rows: Array, *, delimiter: str = "\t", digits: int = 6) -> str:
    cells = [["" if np.isnan(value) else f"{value:.{digits}f}" for value in row] for row in rows]
    return "\n".join(delimiter.join(row) for row in cells) + "\n"


def trc(
    points: Array | None = None, *, rate_hz: float = 100.0, unit: str = "mm", markers: Sequence[str] = MARKERS
) -> bytes:
    """A TRC file as OpenSim writes it; points in m, written in `unit`, NaN as empty cells."""
    points = points_m() if points is None else points
    scale = {"mm": 1000.0, "m": 1.0}[unit]
    frames = len(points)
    names = "\t\t\t".join(markers)
    axes = "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(markers) + 1))
    header = (
        "PathFileType\t4\t(X/Y/Z)\tmade.trc\n"
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n"
        f"{rate_hz:g}\t{rate_hz:g}\t{frames}\t{len(markers)}\t{unit}\t{rate_hz:g}\t1\t{frames}\n"
        f"Frame#\tTime\t{names}\t\t\n\t\t{axes}\n\n"
    )
    rows = np.column_stack([np.arange(frames) / rate_hz, scale * points.reshape(frames, -1)])
    lines = _table(rows, digits=5).splitlines()
    return (header + "".join(f"{i + 1}\t{line}\n" for i, line in enumerate(lines))).encode()


def mot(
    columns: Mapping[str, Array], *, in_degrees: bool | None = True, rate_hz: float = 100.0, title: str = "Coordinates"
) -> bytes:
    """A MOT or STO file with these columns; `in_degrees` None leaves the line out."""
    rows = len(next(iter(columns.values())))
    degrees = "" if in_degrees is None else f"inDegrees={'yes' if in_degrees else 'no'}\n"
    header = f"{title}\nversion=1\nnRows={rows}\nnColumns={len(columns) + 1}\n{degrees}endheader\n"
    table = np.column_stack([np.arange(rows) / rate_hz, *columns.values()])
    return (header + "\t".join(("time", *columns)) + "\n" + _table(table, digits=8)).encode()


def knee_deg(rows: int = 60, rate_hz: float = 100.0) -> Array:
    """A knee angle that goes from 0 to 60 deg and back once a second."""
    angle: Array = 30.0 - 30.0 * np.cos(2 * np.pi * np.arange(rows) / rate_hz)
    return angle


def mobilised_mat(samples: int = 300) -> bytes:
    """A Mobilise-D file: a lumbar sensor upright (x up, in g), turning at 90 deg/s about it, 100 Hz, two trials."""
    from scipy.io import savemat

    sensor = {
        "Acc": np.tile([1.0, 0.0, 0.0], (samples, 1)),
        "Gyr": np.tile([90.0, 0.0, 0.0], (samples, 1)),
        "Fs": {"Acc": 100.0, "Gyr": 100.0},
        "Timestamp": 1.6e9 + np.arange(samples) / 100.0,
    }
    bout = {
        "Start": 0.5,
        "End": 2.5,
        "InitialContact_Event": np.array([0.5, 1.0, np.nan, 2.0]),
        "InitialContact_LeftRight": np.array(["Left", "Right", "Left", "Right"], dtype=object),
        "FinalContact_Event": np.array([0.6, 1.1]),
        "FinalContact_LeftRight": np.array(["Right", "Left"], dtype=object),
        "Stride_InitialContacts": np.array([[0.5, 1.5], [1.0, 2.0]]),
        "Stride_Length": np.array([1.2, 1.3]),
        "Stride_Speed": np.array([1.2, 1.3]),
        "WalkingSpeed": 1.25,
        "AverageStrideLength": 1.25,
        "Cadence": 120.0,
    }
    trial = {
        "SU": {"LowerBack": sensor},
        "StartDateTime": "2020-12-10T13:57:44.733+01:00",
        "Standards": {"INDIP": {"MicroWB": bout}},
    }
    return _mat(savemat, {"data": {"TimeMeasure1": {"Test5": {"Trial1": trial, "Trial2": trial}}}})


def info_mat() -> bytes:
    """The file of facts that lies beside a Mobilise-D recording."""
    from scipy.io import savemat

    facts = {"Height": 170.0, "Weight": 70.0, "SensorHeight": 97.0}
    return _mat(savemat, {"infoForAlgo": {"TimeMeasure1": facts}})


def broad_mat(samples: int = 200) -> bytes:
    """A BROAD file: a sensor at rest, z up, 285.7 Hz, with its orientation."""
    from scipy.io import savemat

    return _mat(
        savemat,
        {
            "imu_acc": np.tile([0.0, 0.0, 9.81], (samples, 1)),
            "imu_gyr": np.zeros((samples, 3)),
            "imu_mag": np.tile([20.0, 0.0, -40.0], (samples, 1)),
            "opt_quat": np.tile([1.0, 0.0, 0.0, 0.0], (samples, 1)),
            "opt_pos": np.zeros((samples, 3)),
            "sampling_rate": 2000.0 / 7.0,
        },
    )


def _mat(save: Callable[..., None], variables: Mapping[str, object]) -> bytes:
    file = io.BytesIO()
    save(file, variables, do_compression=True)
    return file.getvalue()


def foot_imu_csv(samples: int = 200) -> bytes:
    """Two foot sensors at rest with two header rows, m/s² and deg/s, right foot turning at 180 deg/s about y."""
    axes = ("acc_x", "acc_y", "acc_z", "gyr_x", "gyr_y", "gyr_z")
    left, right = (0.0, 0.0, 9.81, 0.0, 0.0, 0.0), (0.0, 0.0, 9.81, 0.0, 180.0, 0.0)
    values = [value for pair in zip(left, right, strict=True) for value in pair]
    upper = "sensor," + ",".join(("left_sensor", "right_sensor") * 6)
    lower = "axis," + ",".join(axis for axis in axes for _ in range(2))
    row = ",".join(f"{value:g}" for value in values)
    return ("\n".join([upper, lower, *(f"{i},{row}" for i in range(samples))]) + "\n").encode()


def bds_txt(samples: int = 300) -> bytes:
    """Standing on a plate (BDS layout): 600 N, centre of pressure 1 cm forward and 2 cm aside, 100 Hz."""
    time_s = 0.01 * (1 + np.arange(samples))
    same = np.tile([0.0, 0.0, 600.0, 0.0, 0.0, 0.0, 1.0, 2.0], (samples, 1))
    head = "Time[s]\tFx[N]\tFy[N]\tFz[N]\tMx[Nm]\tMy[Nm]\tMz[Nm]\tCOPx[cm]\tCOPy[cm]\r\n"
    return (head + _table(np.column_stack([time_s, same])).replace("\n", "\r\n")).encode()


def landmarks_json(frames: int = 12, *, fps: float | None = 30.0) -> bytes:
    """33 points in px, 1280 × 720, that move to the right by 1 px a frame."""
    base = np.column_stack([400.0 + 5.0 * np.arange(33), 50.0 + 20.0 * np.arange(33), np.zeros(33)])
    listed = [
        {"landmarks": [{"x": x + i, "y": y, "z": z, "visibility": 0.9} for x, y, z in base.tolist()]}
        for i in range(frames)
    ]
    facts: dict[str, object] = {"frames": listed, "width": 1280, "height": 720}
    return json.dumps(facts if fps is None else {"fps": fps, **facts}).encode()


def landmarks_array(frames: int = 12) -> bytes:
    """The same points as a plain array without any rate."""
    base = np.column_stack([400.0 + 5.0 * np.arange(33), 50.0 + 20.0 * np.arange(33), np.zeros(33)])
    return json.dumps([(base + np.array([i, 0, 0])).tolist() for i in range(frames)]).encode()


def landmark_table(frames: int = 20, *, labelled: bool = True) -> bytes:
    """Six points as a table, with a label a line or with a time."""
    points = ("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle")
    head = ",".join(["label" if labelled else "time_s", *(f"{p}_{a}" for p in points for a in "xyzv")])
    cells = ",".join(f"{0.3 + 0.05 * i:.3f},{0.4 + 0.05 * i:.3f},0.01,0.9" for i in range(len(points)))
    rows = [f"{('up', 'down')[i % 2] if labelled else f'{i / 30:.4f}'},{cells}" for i in range(frames)]
    return ("\n".join([head, *rows]) + "\n").encode()


def kinect_txt(frames: int = 20) -> bytes:
    """A Kinect v2 skeleton of three joints over a full hour, 30 Hz."""
    joints = (("SpineBase", "Tracked"), ("KneeLeft", "Inferred"), ("FootLeft", "NotTracked"))
    lines = ["Version0.1"]
    for i in range(frames):
        ms = 59_800 + 33 * i
        minute, ms = (59, ms) if ms < 60_000 else (0, ms - 60_000)
        groups = (
            f"({name},{state},0.1,{0.9 - 0.4 * k},2.0,100.0,{100 + k}.0)" for k, (name, state) in enumerate(joints)
        )
        lines.append(f"{i},{minute},{ms}," + ",".join(groups))
    return ("\n".join(lines) + "\n").encode()


def xsens_txt(samples: int = 100, *, first_packet: int = 470, lost: Sequence[int] = ()) -> bytes:
    """An Xsens MT export: at rest, x up, turned by 90° about the vertical; some packets lost."""
    names = ["PacketCounter", "SampleTimeFine", "Acc_X", "Acc_Y", "Acc_Z"]
    names += [f"Mat[{row}][{column}]" for column in (1, 2, 3) for row in (1, 2, 3)]
    row = "\t\t9.81\t0.0\t0.0\t" + "\t".join(f"{value:.6f}" for value in (0, 1, 0, -1, 0, 0, 0, 0, 1))
    packets = [n for n in range(first_packet, first_packet + samples) if n not in lost]
    head = "// Start Time: Unknown\n// Update Rate: 100.0Hz\n// Firmware Version: 4.0.2\n"
    return (head + "\t".join(names) + "\n" + "".join(f"{n % 65536:05d}{row}\n" for n in packets)).encode()


def npz(samples: int = 200) -> bytes:
    """A numpy archive of an accelerometer in g with jittery time stamps of about 50 Hz."""
    file = io.BytesIO()
    jitter = 0.0005 * np.sin(np.arange(samples))
    np.savez(file, accel=np.tile([0.0, 1.0, 0.0], (samples, 1)), time=1.6e9 + np.arange(samples) / 50.0 + jitter)
    return file.getvalue()


def forces(rows: int = 100) -> dict[str, Array]:
    """Ground force columns as OpenSim names them: the right foot loaded in the first half, the left in the second."""
    loaded = np.where(np.arange(rows) < rows // 2, 700.0, 0.0)
    columns: dict[str, Array] = {}
    for foot, load in (("r", loaded), ("l", 700.0 - loaded)):
        nothing = np.zeros(rows)
        columns |= {f"ground_force_{foot}_v{a}": load if a == "y" else nothing for a in "xyz"}
        columns |= {f"ground_force_{foot}_p{a}": np.full(rows, 0.1 if a == "x" else 0.0) for a in "xyz"}
        columns |= {f"ground_torque_{foot}_{a}": nothing for a in "xyz"}
    return columns


def mat_with_false_count() -> bytes:
    """A MATLAB file whose cell array promises 2³⁰ elements and holds none."""
    name = b"data"
    body = struct.pack("<IIII", 6, 8, 1, 0) + struct.pack("<IIii", 5, 8, 1 << 15, 1 << 15)
    body += struct.pack("<HH4s", 1, len(name), name)
    head = b"MATLAB 5.0 MAT-file, made".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    return head + struct.pack("<II", 14, len(body)) + body


SAMPLES: Mapping[str, Callable[[], bytes]] = {
    "walk.trc": trc,
    "angles.mot": lambda: mot({"knee_angle_r": knee_deg(), "pelvis_tx": np.linspace(0, 1, 60)}),
    "forces.mot": lambda: mot(forces(), title="forces"),
    "data.mat": mobilised_mat,
    "broad.mat": broad_mat,
    "feet.csv": foot_imu_csv,
    "stand.txt": bds_txt,
    "pose.json": landmarks_json,
    "pose.csv": lambda: landmark_table(labelled=False),
    "stills.csv": landmark_table,
    "kinect.txt": kinect_txt,
    "MT_1_00B42268.txt": xsens_txt,
    "sensor.npz": npz,
}

"""Every file of the shared recordings reads, or is refused in a sentence; and what is read is what is in it."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from poise.errors import PoiseError
from poise.model import Kind
from poise.readers import matlab, mobilised
from poise.readers.find import is_recording_folder, read_file

pytestmark = pytest.mark.data

SUFFIXES = {
    ".c3d",
    ".trc",
    ".mot",
    ".sto",
    ".csv",
    ".tsv",
    ".mat",
    ".txt",
    ".json",
    ".npz",
    ".zip",
    ".gz",
    ".xz",
    ".xlsx",
    ".mp4",
    ".toml",
    ".md",
}
# What lies beside the recordings: facts, results of other software, lists, licences. Everything else has to read.
NO_RECORDINGS = (
    "LICENSE", "README", "SOURCE", "MANIFEST", "INDEX", "info", "test_list", "trials.json", "baseline_", "peer_",
    "synerg", "_mean_cycle", "_cycles", "_reference", "stride_", "orientation_sample", "position_sample", "H2A_stats",
    "sub", "BDSEMG", "gait_results", "manual_gait", "Calib", ".mp4",
)  # fmt: skip
# Films take ten seconds each to read: test_video.py reads these, and asks of them what is asked of all.
READ_ELSEWHERE = ("pose_squats.mp4", "demo.mp4")
# Recordings that tell no rate: refused until --map gives it.
ASK_FOR_A_RATE = ("pose_squats", "mocap_sample")


def outcome(path: Path) -> tuple[str, bool, str]:
    try:
        recordings = read_file(path)
    except PoiseError as error:
        return str(path), False, str(error)
    for recording in recordings:
        for stream in recording.streams.values():
            assert len(stream.time_s), path
            assert np.isfinite(stream.time_s).all(), path
            assert stream.time_s[0] == 0.0, path
        assert any(np.isfinite(stream.values).any() for stream in recording.streams.values()), path
    return str(path), True, f"{len(recordings)} recordings"


def is_recording(path: Path) -> bool:
    in_subject_zip = path.suffix == ".zip"
    return in_subject_zip or not any(word in path.name for word in NO_RECORDINGS)


@pytest.mark.slow
def test_every_file_reads_or_is_refused_in_a_sentence(shared_data: Path) -> None:
    paths = [p for p in sorted(shared_data.rglob("*")) if p.is_file() and (p.suffix in SUFFIXES or not p.suffix)]
    paths = [p for p in paths if p.name not in READ_ELSEWHERE]
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        outcomes = list(pool.map(outcome, paths, chunksize=16))
    counts = Counter(read for _, read, _ in outcomes)
    print(f"\n{counts[True]} files read, {counts[False]} refused")
    for path, read, told in outcomes:
        name = Path(path)
        if any(word in name.name for word in ASK_FOR_A_RATE) and name.suffix in (".json", ".csv"):
            assert not read
            assert "rate_hz" in told
        elif is_recording(name):
            assert read, f"{path}: {told}"
        if not read:
            print(f"  refused {name.relative_to(shared_data)}: {told.splitlines()[0]}")
            assert "Error" not in told, told
            assert 20 < len(told.splitlines()[0]) < 250, told


def test_our_matlab_parser_agrees_with_scipy(shared_data: Path) -> None:
    from scipy.io import loadmat

    for path in sorted((shared_data / "broad-imu-orientation").glob("*.mat")):
        ours, theirs = matlab.load(path), loadmat(path, squeeze_me=True)
        for name in ("imu_acc", "imu_gyr", "imu_mag", "opt_quat", "opt_pos", "movement", "sampling_rate"):
            np.testing.assert_array_equal(ours[name], theirs[name])
    path = shared_data / "mobgap-lumbar-imu" / "HA" / "001" / "data.mat"
    theirs = loadmat(path, squeeze_me=True, struct_as_record=False)["data"].TimeMeasure1.Test11.Trial1
    ours = matlab.load(path)["data"]["TimeMeasure1"]["Test11"]["Trial1"]
    np.testing.assert_array_equal(ours["SU"]["LowerBack"]["Acc"], theirs.SU.LowerBack.Acc)
    for mine, other in zip(ours["Standards"]["INDIP"]["MicroWB"], theirs.Standards.INDIP.MicroWB, strict=True):
        np.testing.assert_array_equal(mine["InitialContact_Event"], other.InitialContact_Event)
        assert mine["InitialContact_LeftRight"] == list(other.InitialContact_LeftRight)


def test_mobilised_reference_counts_are_those_of_its_source_page(shared_data: Path) -> None:
    """SOURCE.md: HA/001 Test11 has 59 contacts (one without a time) by cameras, 63 by INDIP, with 46 and 49 strides.

    One of the cameras' 46 has no duration.
    """
    walks = mobilised.read_reference(shared_data / "mobgap-lumbar-imu" / "HA" / "001" / "data.mat")
    counts = {
        walk.system: (sum(len(b.initial_contacts) for b in walk.bouts), sum(len(b.strides) for b in walk.bouts))
        for walk in walks
        if walk.recording.endswith("Test11/Trial1") and walk.level == "ContinuousWalkingPeriod"
    }
    assert counts == {"Stereophoto": (58, 45), "INDIP": (63, 49)}


def test_the_xsens_folder_is_one_recording_of_eight_sensors(shared_data: Path) -> None:
    folder = shared_data / "opensense-xsens-walk"
    assert is_recording_folder(folder)
    (recording,) = read_file(folder)
    acceleration = recording[Kind.ACCELERATION]
    assert len(acceleration.channels) == 8
    # At the standing start every sensor reads one gravity.
    standing = np.linalg.norm(np.nanmean(acceleration.between(0.5, 1.0).values, axis=0), axis=1)
    np.testing.assert_allclose(standing, 9.81, atol=0.4)
    turned = recording[Kind.ORIENTATION].values
    np.testing.assert_allclose(np.linalg.norm(turned[np.isfinite(turned).all(axis=2)], axis=1), 1.0)


def test_both_inverse_kinematics_of_one_squat_come_in_degrees(shared_data: Path) -> None:
    """SOURCE.md: knee range of motion 103 and 98 deg in the manual solution."""
    folder = shared_data / "opencap-lab-tasks" / "Subject4"
    (manual,), (other,) = (
        read_file(folder / "squats1_ik_manual_deg.mot"),
        read_file(folder / "squats1_ik_addbiomechanics_rad.mot"),
    )
    rom = np.ptp(manual[Kind.COORDINATES]["knee_angle_r"])
    assert rom == pytest.approx(103, abs=1)
    assert np.ptp(other[Kind.COORDINATES]["knee_angle_r"]) == pytest.approx(rom, abs=15)


def test_the_manufacturers_export_of_a_plate_weighs_the_same_as_its_source_page(shared_data: Path) -> None:
    (recording,) = read_file(shared_data / "biomdp-kistler-isen" / "kistler_COP.txt")
    assert recording[Kind.FORCE]["plate"][:, 2].mean() == pytest.approx(667.6, abs=5)
    assert recording[Kind.FORCE].rate_hz == pytest.approx(50.0)


def test_joint_angles_of_an_inertial_system_leave_out_its_derivatives(shared_data: Path) -> None:
    (recording,) = read_file(shared_data / "biomdp-kistler-isen" / "iSen_angles.csv")
    angles = recording[Kind.JOINT_ANGLES]
    assert set(recording.streams) == {Kind.JOINT_ANGLES}
    assert "Flexo-extensión rodilla derecha" in angles.channels
    assert angles.values.shape == (3639, 15, 1)

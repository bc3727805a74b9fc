"""What each format holds comes out in one unit, on one clock, under plain names; what is doubtful is told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from poise.cleaning.prepare import prepare
from poise.errors import BadMapping, PoiseError, UnknownFormat, UnreadableFile
from poise.model import Kind, Recording
from poise.readers import mapping, mobilised
from poise.readers.find import read_file
from poise.testing import files

TABLE = "time,acc_x,acc_y,acc_z\n" + "".join(f"{i / 100:.2f},0.0,0.0,9.81\n" for i in range(50))


def read(tmp_path: Path, name: str, raw: bytes | str, told: dict[str, object] | None = None) -> Recording:
    path = tmp_path / name
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return read_file(path, told)[0]


def said(recording: Recording) -> str:
    return " ".join(problem.what for problem in recording.problems)


# ── markers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_trc_in_metres_and_in_millimetres_is_the_same_walk(tmp_path: Path) -> None:
    one = read(tmp_path, "a.trc", files.trc(unit="mm"))[Kind.MARKERS]
    other = read(tmp_path, "b.trc", files.trc(unit="m"))[Kind.MARKERS]
    assert one.unit == other.unit == "m"
    assert one.channels == files.MARKERS
    np.testing.assert_allclose(one.values, files.points_m(), atol=1e-5)
    np.testing.assert_allclose(other.values, files.points_m(), atol=1e-5)
    assert one.rate_hz == pytest.approx(100.0)
    assert one.frame.up is None


def test_trc_gaps_are_missing_samples(tmp_path: Path) -> None:
    points = files.points_m()
    points[5:9, 1] = np.nan
    points[-3:, -1] = np.nan
    for word in (b"", b"NaN"):
        raw = files.trc(points)
        raw = raw if not word else raw.replace(b"\t\t\t\t", b"\tNaN\tNaN\tNaN\t")
        np.testing.assert_allclose(read(tmp_path, "gap.trc", raw)[Kind.MARKERS].values, points, atol=1e-5)


@pytest.mark.parametrize("name", ["walk.trc", "angles.mot"])
def test_a_number_cut_in_two_is_not_read(tmp_path: Path, name: str) -> None:
    whole = files.SAMPLES[name]()
    lines = whole.split(b"\n")
    cut = b"\n".join(lines[:-8]) + b"\n" + lines[-8][:-7]
    kind = Kind.MARKERS if name.endswith("trc") else Kind.COORDINATES
    recording = read(tmp_path, name, cut)
    assert "cut off" in said(recording)
    full = read(tmp_path, f"whole_{name}", whole)[kind].values
    np.testing.assert_array_equal(recording[kind].values, full[: len(recording[kind].values)])


def test_trc_lines_may_end_early_where_the_last_markers_are_missing(tmp_path: Path) -> None:
    points = files.points_m()
    points[4:8, 2:] = np.nan
    points[20:22] = np.nan
    raw = b"\n".join(line.rstrip(b"\t") for line in files.trc(points).split(b"\n"))
    np.testing.assert_allclose(read(tmp_path, "trim.trc", raw)[Kind.MARKERS].values, points, atol=1e-5)


def test_trc_header_may_be_padded_and_its_first_line_may_hold_anything(tmp_path: Path) -> None:
    raw = files.trc().replace(b"PathFileType\t4\t(X/Y/Z)\tmade.trc", b"PathFileType  4\t(X/Y/Z) C:\\a b\\c\\")
    raw = raw.replace(b"100\t100\t40\t4\tmm", b"  100.0\t\t  100.0\t\t    40\t\t     4\t\t mm")
    raw = raw.replace(b"\n", b"\r\n")
    np.testing.assert_allclose(read(tmp_path, "pad.trc", raw)[Kind.MARKERS].values, files.points_m(), atol=1e-5)


def test_trc_whose_times_and_rate_disagree_keeps_its_times_and_says_so(tmp_path: Path) -> None:
    recording = read(tmp_path, "rate.trc", files.trc().replace(b"\n100\t100\t", b"\n250\t250\t"))
    assert recording[Kind.MARKERS].rate_hz == pytest.approx(100.0)
    assert "250 Hz" in said(recording)


def test_times_rounded_to_the_millisecond_are_an_even_clock(tmp_path: Path) -> None:
    rows = "".join(f"{i / 60:.3f},0.0,0.0,9.81\n" for i in range(200))
    stream = read(tmp_path, "sixty.csv", TABLE.split("\n")[0] + "\n" + rows)[Kind.ACCELERATION]
    np.testing.assert_allclose(np.diff(stream.time_s), 1 / 60, atol=1e-12)


# ── OpenSim ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("in_degrees", "factor"), [(True, 1.0), (False, np.pi / 180), (None, 1.0)])
def test_coordinates_come_in_degrees_and_metres(tmp_path: Path, in_degrees: bool | None, factor: float) -> None:
    columns = {"knee_angle_r": factor * files.knee_deg(), "pelvis_tx": np.linspace(0, 1, 60)}
    recording = read(tmp_path, "ik.mot", files.mot(columns, in_degrees=in_degrees))
    np.testing.assert_allclose(recording[Kind.COORDINATES]["knee_angle_r"][:, 0], files.knee_deg(), atol=1e-4)
    assert recording["coordinates.translation"].unit == "m"
    assert recording["coordinates.translation"]["pelvis_tx"][-1, 0] == pytest.approx(1.0)
    assert ("taken for degrees" in said(recording)) == (in_degrees is None)


def test_coordinates_of_opensim_4_lose_their_path(tmp_path: Path) -> None:
    columns = {"/jointset/walker_knee_r/knee_angle_r/value": np.radians(files.knee_deg())}
    recording = read(tmp_path, "states.sto", files.mot(columns, in_degrees=False))
    assert recording[Kind.COORDINATES].channels == ("knee_angle_r",)


@pytest.mark.parametrize(
    ("force", "channel"),
    [
        ("ground_force_r_v", "right"),
        ("R_ground_force_v", "right"),
        ("ground_force_v", "ground_force"),
        ("1_ground_force_v", "1_ground_force"),
        ("ground_force1_v", "ground_force1"),
        ("left_ground_force_v", "left"),
    ],
)
def test_ground_forces_are_found_under_all_their_names(tmp_path: Path, force: str, channel: str) -> None:
    old = files.forces()
    kept = {
        name.replace("ground_force_r_v", force).replace("ground_force_r_p", force[:-1] + "p"): values
        for name, values in old.items()
        if name.startswith("ground_force_r")
    }
    recording = read(tmp_path, "grf.mot", files.mot(kept, title="forces"))
    assert recording[Kind.FORCE].channels == (channel,)
    assert recording[Kind.FORCE].frame.up == "+y"
    assert recording[Kind.FORCE].values[0, 0, 1] == pytest.approx(700.0)


def test_an_unloaded_plate_has_no_centre_of_pressure(tmp_path: Path) -> None:
    pressure = read(tmp_path, "grf.mot", files.mot(files.forces(), title="forces"))[Kind.CENTRE_OF_PRESSURE]
    assert pressure["right"][10, 0] == pytest.approx(0.1)
    assert np.isnan(pressure["right"][60:]).all()
    assert np.isfinite(pressure["left"][60:]).all()


def test_row_counts_in_the_header_are_not_believed(tmp_path: Path) -> None:
    raw = files.mot({"knee_angle_r": files.knee_deg()}).replace(b"nRows=60", b"nRows=9999999")
    assert len(read(tmp_path, "ik.mot", raw)[Kind.COORDINATES].time_s) == 60


# ── sensors ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_mobilised_trials_come_in_si_units_with_the_person(tmp_path: Path) -> None:
    (tmp_path / "data.mat").write_bytes(files.mobilised_mat())
    (tmp_path / "infoForAlgo.mat").write_bytes(files.info_mat())
    one, two = read_file(tmp_path / "data.mat")
    assert (one.id, two.id) == ("data/TimeMeasure1/Test5/Trial1", "data/TimeMeasure1/Test5/Trial2")
    np.testing.assert_allclose(one[Kind.ACCELERATION]["lower_back"][0], [9.80665, 0, 0])
    np.testing.assert_allclose(one[Kind.ANGULAR_VELOCITY]["lower_back"][0], [np.pi / 2, 0, 0])
    assert one[Kind.ACCELERATION].frame.up == "+x"
    assert (one.person.height_m, one.person.mass_kg) == (pytest.approx(1.7), 70.0)
    assert one.person.lumbar_sensor_height_m == pytest.approx(0.97)
    with pytest.raises(UnknownFormat, match="facts about the person"):
        read_file(tmp_path / "infoForAlgo.mat")


def test_mobilised_reference_is_read_apart_without_missing_contacts(tmp_path: Path) -> None:
    (tmp_path / "data.mat").write_bytes(files.mobilised_mat())
    walk = mobilised.read_reference(tmp_path / "data.mat")[0]
    assert (walk.recording, walk.system, walk.level) == ("data/TimeMeasure1/Test5/Trial1", "INDIP", "MicroWB")
    (bout,) = walk.bouts
    assert [(e.side, e.time_s) for e in bout.initial_contacts] == [("left", 0.5), ("right", 1.0), ("right", 2.0)]
    assert [(s.side, s.start_s, s.end_s, s.length_m) for s in bout.strides] == [
        ("left", 0.5, 1.5, 1.2),
        ("right", 1.0, 2.0, 1.3),
    ]
    assert bout.cadence_steps_min == 120.0


def test_foot_sensors_are_named_by_their_feet_and_the_supposed_rate_is_told(tmp_path: Path) -> None:
    recording = read(tmp_path, "feet.csv", files.foot_imu_csv())
    assert recording[Kind.ACCELERATION].channels == ("left_foot", "right_foot")
    assert recording[Kind.ANGULAR_VELOCITY]["right_foot"][0, 1] == pytest.approx(np.pi)
    assert recording[Kind.ACCELERATION].rate_hz == pytest.approx(204.8)
    assert recording[Kind.ACCELERATION].frame.up == "+z"
    assert "204.8 Hz" in said(recording)
    told = read(tmp_path, "feet.csv", files.foot_imu_csv(), {"rate_hz": 100})
    assert told[Kind.ACCELERATION].rate_hz == pytest.approx(100.0)
    assert "supposed" not in said(told)


def test_unix_times_with_jitter_are_kept_as_they_are(tmp_path: Path) -> None:
    stream = read(tmp_path, "sensor.npz", files.npz())[Kind.ACCELERATION]
    assert stream.time_s[0] == 0.0
    assert np.diff(stream.time_s).std() > 1e-4
    np.testing.assert_allclose(stream.values[0, 0], [0, 9.80665, 0])


# ── text tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "written",
    [
        TABLE,
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("\n", "\r"),
        TABLE.replace(",", "\t"),
        TABLE.replace(",", " ; "),
        TABLE.replace(",", ";").replace(".", ","),
        TABLE.replace(",", "\t").replace(".", ","),
        "\ufeff" + TABLE,
        "# Größe: 1,80 m\n" + TABLE,
        TABLE.replace("time,", '"time",').replace(",9.81", ',"9.81"'),
        TABLE.rstrip("\n"),
        TABLE.replace("9.81\n", "9.81,\n"),
    ],
    ids=[
        "plain",
        "windows",
        "old mac",
        "tab",
        "semicolon",
        "comma ;",
        "comma tab",
        "mark",
        "comment",
        "quotes",
        "end",
        "trailing",
    ],
)
def test_one_table_however_it_is_written(tmp_path: Path, written: str) -> None:
    for encoding in ("utf-8", "utf-16", "cp1252"):
        if encoding == "cp1252" and "\ufeff" in written:
            continue
        stream = read(tmp_path, "table.csv", written.encode(encoding))[Kind.ACCELERATION]
        np.testing.assert_allclose(stream.values, np.tile([0.0, 0.0, 9.81], (50, 1, 1)))
        assert stream.rate_hz == pytest.approx(100.0)


@pytest.mark.parametrize("word", ["", "NaN", "nan", "NA", "null", "-", "1.#QNAN", "#N/A", "oops"])
def test_a_missing_value_is_missing_whatever_it_is_called(tmp_path: Path, word: str) -> None:
    lines = TABLE.split("\n")
    lines[11] = lines[11].replace("9.81", word)
    stream = read(tmp_path, "table.csv", "\n".join(lines))[Kind.ACCELERATION]
    assert np.isnan(stream.values[10, 0, 2])
    assert np.isfinite(np.delete(stream.values, 10, axis=0)).all()


def test_lines_left_out_twice_or_moved_are_told(tmp_path: Path) -> None:
    lines = TABLE.strip().split("\n")
    left_out = read(tmp_path, "a.csv", "\n".join(lines[:20] + lines[23:]))
    assert len(left_out[Kind.ACCELERATION].time_s) == 50
    assert np.isnan(left_out[Kind.ACCELERATION].values[19:22]).all()
    assert "3 of 50 samples are left out" in said(left_out)
    twice = read(tmp_path, "b.csv", "\n".join(lines[:20] + lines[19:]))
    assert len(twice[Kind.ACCELERATION].time_s) == 50
    assert "same time" in said(twice)
    moved = read(tmp_path, "c.csv", "\n".join([*lines[:20], lines[21], lines[20], *lines[22:]]))
    assert len(moved[Kind.ACCELERATION].time_s) == 50
    assert "run backwards" in said(moved)


def test_a_broken_line_keeps_the_others_in_their_place(tmp_path: Path) -> None:
    raw = files.xsens_txt().split(b"\n")
    raw[30] = raw[30][:10]
    recording = read(tmp_path, "MT_1_AAA.txt", b"\n".join(raw))
    assert recording[Kind.ACCELERATION].duration_s == pytest.approx(0.99)
    assert "too few cells" in said(recording)


def test_numbers_that_count_samples_are_no_times(tmp_path: Path) -> None:
    counted = "time,acc_x,acc_y,acc_z\n" + "".join(f"{i},0.0,0.0,9.81\n" for i in range(50))
    with pytest.raises(UnknownFormat, match="without a time in seconds"):
        read(tmp_path, "counted.csv", counted)
    assert read(tmp_path, "counted.csv", counted, {"rate_hz": 50})[Kind.ACCELERATION].rate_hz == pytest.approx(50.0)


def test_units_in_the_header_are_used(tmp_path: Path) -> None:
    rows = "".join(f"{10 * i};1;0;0;90;0;0\n" for i in range(50))
    raw = "time [ms];acc_x [g];acc_y [g];acc_z [g];gyr_x (deg/s);gyr_y (deg/s);gyr_z (deg/s)\n" + rows
    recording = read(tmp_path, "units.csv", raw)
    assert recording[Kind.ACCELERATION].values[0, 0, 0] == pytest.approx(9.80665)
    assert recording[Kind.ANGULAR_VELOCITY].values[0, 0, 0] == pytest.approx(np.pi / 2)
    assert recording[Kind.ACCELERATION].rate_hz == pytest.approx(100.0)
    assert not recording.problems


def test_standing_on_a_plate_comes_in_metres_with_its_axes_told(tmp_path: Path) -> None:
    recording = read(tmp_path, "stand.txt", files.bds_txt())
    np.testing.assert_allclose(recording[Kind.CENTRE_OF_PRESSURE]["plate"][0], [0.01, 0.02, 0.0])
    assert recording[Kind.FORCE]["plate"][0, 2] == pytest.approx(600.0)
    assert (recording.details["ap_axis"], recording.details["ml_axis"]) == ("x", "y")


def test_a_mapping_says_what_the_columns_are(tmp_path: Path) -> None:
    (tmp_path / "lab.toml").write_text(
        """
        rate_hz = 200
        delimiter = ";"
        decimal = ","
        header_row = 0
        up = "+y"
        [[signal]]
        kind = "force"
        unit = "kN"
        channels.left = [2, 3, 4]
        [[signal]]
        kind = "emg"
        unit = "mV"
        channels.soleus = 5
        [landmarks]
        KNIE_L = "left_knee"
        [person]
        height_m = 1.8
        """
    )
    told = mapping.load(tmp_path / "lab.toml")
    recording = read(tmp_path, "odd.dat", "1;0,0;0,7;0,1;250\n" * 20, dict(told))
    np.testing.assert_allclose(recording[Kind.FORCE]["left"][0], [0, 700, 100])
    assert recording[Kind.FORCE].frame.up == "+y"
    assert recording[Kind.EMG]["soleus"][0, 0] == pytest.approx(0.25)
    assert recording[Kind.EMG].rate_hz == pytest.approx(200.0)
    assert recording.person.height_m == 1.8
    assert mapping.landmarks(told) == {"KNIE_L": "left_knee"}


def test_all_faults_of_a_mapping_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        'rate_hz = -1\ncolour = "red"\n[[signal]]\nkind = "smell"\n[[signal]]\nkind = "emg"\nunit = "furlong"\n'
    )
    with pytest.raises(BadMapping) as refused:
        mapping.load(tmp_path / "bad.toml")
    for word in ("rate_hz", "colour", "smell", "furlong", "names no columns"):
        assert word in str(refused.value)
    with pytest.raises(BadMapping, match="cannot be opened"):
        mapping.load(tmp_path / "none.toml")
    (tmp_path / "no.toml").write_text("= =")
    with pytest.raises(BadMapping, match="not valid TOML"):
        mapping.load(tmp_path / "no.toml")


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    told = {"signal": [{"kind": "emg", "unit": "V", "channels": {"soleus": "SOL"}}]}
    with pytest.raises(BadMapping, match="SOL"):
        read(tmp_path, "table.csv", TABLE, told)


def test_results_are_refused_as_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match="list of foot contacts"):
        read(tmp_path, "events.csv", "s_id,foot,start,end,ic,tc\n0,left,494,709,657,586\n")
    with pytest.raises(UnknownFormat, match="one line a person"):
        read(tmp_path, "people.csv", "Subject,AgeGroup,Age,Height\n1,Young,25,1.7\n")


# ── landmarks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_landmarks_of_the_picture_stay_in_pixels_with_y_down(tmp_path: Path) -> None:
    stream = read(tmp_path, "pose.json", files.landmarks_json())[Kind.LANDMARKS]
    assert (stream.unit, stream.frame.up, stream.frame.view) == ("px", "-y", "unknown")
    assert stream.channels[23] == "left_hip"
    assert stream.rate_hz == pytest.approx(30.0)
    np.testing.assert_allclose(stream["nose"][:, 0], 400.0 + np.arange(12))
    assert stream.confidence is not None
    assert stream.confidence[0, 0] == pytest.approx(0.9)


def test_landmarks_without_a_rate_ask_for_it(tmp_path: Path) -> None:
    for name, raw in (("a.json", files.landmarks_array()), ("b.json", files.landmarks_json(fps=None))):
        with pytest.raises(UnreadableFile, match="rate_hz"):
            read(tmp_path, name, raw)
        assert read(tmp_path, name, raw, {"rate_hz": 10})[Kind.LANDMARKS].rate_hz == pytest.approx(10.0)


def test_shares_of_the_picture_become_pixels_once_its_size_is_known(tmp_path: Path) -> None:
    raw = files.landmark_table(labelled=False)
    unknown = read(tmp_path, "pose.csv", raw)
    assert unknown[Kind.LANDMARKS].unit == "1"
    assert "its size is not known" in said(unknown)
    assert len(prepare(unknown).problems) == len(unknown.problems)
    known = read(tmp_path, "pose.csv", raw, {"width_px": 1000, "height_px": 500})
    assert known[Kind.LANDMARKS].unit == "px"
    np.testing.assert_allclose(known[Kind.LANDMARKS]["left_hip"][0, :2], [300.0, 200.0])


def test_a_person_who_leaves_the_picture_is_no_person_in_metres(tmp_path: Path) -> None:
    points = [{"x": -1.2 + 0.1 * i, "y": 0.5, "z": 0.0, "visibility": 1.0} for i in range(1, 34)]
    told = {"fps": 30, "frames": [{"landmarks": points}] * 12}
    guessed = read(tmp_path, "pose.json", json.dumps(told))
    assert guessed[Kind.LANDMARKS].unit == "m"
    assert "by their size they were taken as metres" in said(guessed)
    known = read(tmp_path, "pose.json", json.dumps({**told, "width": 1000, "height": 500}))
    assert known[Kind.LANDMARKS].unit == "px"
    assert "taken as metres" not in said(known)
    np.testing.assert_allclose(known[Kind.LANDMARKS].values[0, 0, :2], [-1100.0, 250.0])


@pytest.mark.parametrize("key", ["landmarks", "people"])
def test_several_people_in_a_frame_are_told(tmp_path: Path, key: str) -> None:
    def body(start: float) -> object:
        if key == "people":
            return {"pose_keypoints_2d": [value for i in range(1, 26) for value in (start * i, 7.0, 0.8)]}
        return [[start * i, 7.0, 0.0] for i in range(1, 34)]

    alone, together = {key: [body(10.0)]}, {key: [body(10.0), body(12.0)]}
    both = read(tmp_path, "pose.json", json.dumps([alone, together, together]), {"rate_hz": 25})
    assert "Up to 2 people are in one frame (2 of 3" in said(both)
    np.testing.assert_allclose(both[Kind.LANDMARKS].values[:, 0, 0], 10.0)
    assert "people" not in said(read(tmp_path, "pose.json", json.dumps([alone, {}, alone]), {"rate_hz": 25}))


def test_single_pictures_have_no_time(tmp_path: Path) -> None:
    recording = read(tmp_path, "stills.csv", files.landmark_table())
    assert np.isnan(recording[Kind.LANDMARKS].rate_hz)
    assert recording.duration_s == 0.0
    assert "Not a time series" in said(recording)
    assert recording.details["labels"] == "0 = down, 1 = up"
    np.testing.assert_array_equal(recording["analog.label"].values[:4, 0, 0], [1, 0, 1, 0])


@pytest.mark.parametrize(
    "frame",
    [
        {"poseLandmarks": [{"x": 10.0 * i, "y": 7.0, "z": 0.0, "visibility": 1.0} for i in range(1, 34)]},
        {"keypoints": [{"name": f"p{i}", "x": 10.0 * i, "y": 7.0, "score": 0.5} for i in range(1, 18)]},
        {"people": [{"pose_keypoints_2d": [value for i in range(1, 26) for value in (10.0 * i, 7.0, 0.8)]}]},
        {"landmarks": [[[10.0 * i, 7.0, 0.0] for i in range(1, 34)]]},
    ],
    ids=["mediapipe", "movenet", "openpose", "several persons"],
)
def test_the_shapes_in_which_pose_models_write(tmp_path: Path, frame: dict[str, object]) -> None:
    recording = read(tmp_path, "pose.json", json.dumps([frame, {}, frame]), {"rate_hz": 25})
    stream = recording[Kind.LANDMARKS]
    np.testing.assert_allclose(stream.values[0, 0, :2], [10.0, 7.0])
    assert np.isnan(stream.values[1]).all()


def test_kinect_counts_through_the_full_hour_and_keeps_its_doubt(tmp_path: Path) -> None:
    stream = read(tmp_path, "kinect.txt", files.kinect_txt())[Kind.LANDMARKS]
    assert stream.channels == ("SpineBase", "KneeLeft", "FootLeft")
    assert stream.duration_s == pytest.approx(19 * 0.033)
    assert stream.confidence is not None
    np.testing.assert_allclose(stream.confidence[0], [1.0, 0.5, 0.0])
    np.testing.assert_allclose(stream["KneeLeft"][0], [0.1, 0.5, 2.0])


def test_json_of_something_else_is_refused_as_such(tmp_path: Path) -> None:
    for raw in (
        "{}",
        "[]",
        "3",
        '{"SD_Output": {}}',
        '{"frames": [1, 2]}',
        "[[1, 2], [3, 4]]",
        '{"frames": [{"landmarks": []}]}',
    ):
        with pytest.raises(PoiseError):
            read(tmp_path, "other.json", raw)

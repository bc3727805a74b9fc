"""C3D files whose content is known: every encoding, every vendor's habit that we met or read of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poise.errors import UnreadableFile
from poise.model import Kind
from poise.readers.c3d import READER, recording_of
from poise.testing.c3d import PROCESSORS, C3dTrial, encoded, written

NOWHERE = Path("made.c3d")
CORNERS = np.array([[0.0, 600, 0], [0, 0, 0], [900, 0, 0], [900, 600, 0]])[[3, 2, 1, 0]]
"""mm, clockwise seen from above with z up: corner 1 at (900, 600)."""


def read(trial, processor="intel", *, integer=False):
    return recording_of(encoded(trial, processor, integer=integer), NOWHERE)


def ints(*values):
    return np.array(values, dtype=np.int16)


def with_parameters(trial, **groups):
    given = {(group, name): value for group, names in groups.items() for name, value in names.items()}
    return replace(trial, parameters={**trial.parameters, **given})


@pytest.fixture
def walk():
    return C3dTrial.walk()


class TestNumbers:
    @pytest.mark.parametrize("processor", PROCESSORS)
    @pytest.mark.parametrize("integer", [False, True])
    def test_the_same_trial_in_six_encodings_reads_the_same(self, walk, processor, integer):
        points = walk.points.copy()
        points[3:5, 1] = np.nan
        recording = read(replace(walk, points=points), processor, integer=integer)
        tolerance = np.nanmax(points) / 32000 / 1000 if integer else 1e-6
        assert np.allclose(recording[Kind.MARKERS].values, points / 1000, atol=tolerance, equal_nan=True)
        assert np.allclose(recording[Kind.ANALOG].values[..., 0], walk.analog, atol=4 / 32000 if integer else 1e-6)

    @pytest.mark.parametrize(
        ("unit", "per_metre"), [("mm", 1000), ("cm", 100), ("m", 1), ("MM", 1000), ("in", 39.37007874)]
    )
    def test_the_unit_of_length_does_not_matter(self, walk, unit, per_metre):
        recording = read(replace(walk, points=walk.points / 1000 * per_metre, unit=unit))
        assert np.allclose(recording[Kind.MARKERS].values, walk.points / 1000, atol=1e-6)
        assert not recording.problems

    def test_a_file_without_a_unit_says_that_millimetres_are_a_guess(self, walk):
        recording = read(replace(walk, parameters={("POINT", "UNITS"): None}))
        assert np.allclose(recording[Kind.MARKERS].values, walk.points / 1000, atol=1e-6)
        assert "millimetres are assumed" in recording.problems[0].what

    def test_scale_offset_and_general_scale_make_real_values(self, walk):
        trial = with_parameters(
            walk, ANALOG={"OFFSET": ints(1, 2, 3), "SCALE": np.array([2.0, 3.0, 4.0]), "GEN_SCALE": np.array([0.5])}
        )
        expected = (walk.analog.astype(np.float32) - [1, 2, 3]) * [1.0, 1.5, 2.0]
        assert np.allclose(read(trial)[Kind.ANALOG].values[..., 0], expected)

    def test_unsigned_counts(self):
        counts = np.array([[0.0], [32768.0], [65535.0], [40000.0]])
        trial = C3dTrial(points=np.empty((4, 0, 3)), analog=counts)
        trial = with_parameters(
            trial, ANALOG={"FORMAT": "UNSIGNED", "OFFSET": ints(-32768), "SCALE": np.array([0.001])}
        )
        raw = bytearray(encoded(trial, integer=True))
        raw[-512:-504] = counts.astype("<u2").tobytes()
        assert np.allclose(
            recording_of(bytes(raw), NOWHERE)[Kind.ANALOG].values[:, 0, 0], (counts[:, 0] - 32768) / 1000
        )

    def test_signed_counts_around_a_zero_of_minus_32768_do_not_jump(self):
        smooth = 200.0 * np.sin(np.arange(40) / 5)
        trial = C3dTrial(points=np.empty((40, 0, 3)), analog=np.zeros((40, 1)))
        trial = with_parameters(trial, ANALOG={"FORMAT": "SIGNED", "OFFSET": ints(-32768), "SCALE": np.array([1.0])})
        raw = bytearray(encoded(trial, integer=True))
        raw[-512:-432] = (np.rint(smooth) + 32768).astype("<u2").tobytes()
        assert np.allclose(recording_of(bytes(raw), NOWHERE)[Kind.ANALOG].values[:, 0, 0], np.rint(smooth))

    def test_a_negative_residual_or_three_zeros_are_a_missing_marker(self, walk):
        points = walk.points.copy()
        points[0, 0] = np.nan
        points[1, 0] = 0.0
        points[2, 0] = [0.0, 1.0, 0.0]
        values = read(replace(walk, points=points))[Kind.MARKERS].values[:, 0]
        assert np.isnan(values[:2]).all()
        assert np.allclose(values[2], [0, 0.001, 0])

    def test_infinite_samples_are_missing(self, walk):
        analog = walk.analog.copy()
        analog[5, 1] = np.inf
        assert np.isnan(read(replace(walk, analog=analog))[Kind.ANALOG].values[5, 1, 0])


class TestCounts:
    def test_more_points_than_one_parameter_can_name(self):
        trial = C3dTrial.walk(points=600, frames=4)
        assert read(trial)[Kind.MARKERS].channels == tuple(f"P{i + 1}" for i in range(600))

    def test_more_analogue_channels_than_one_parameter_can_scale(self):
        trial = C3dTrial.walk(points=1, channels=300, frames=6)
        trial = with_parameters(
            trial, ANALOG={"SCALE": np.full(255, 2.0), "SCALE2": np.full(45, 3.0), "OFFSET2": ints(*[0] * 45)}
        )
        values = read(trial)[Kind.ANALOG].values[..., 0]
        assert np.allclose(values, trial.analog * np.r_[np.full(255, 2), np.full(45, 3)], atol=1e-5)

    def test_more_frames_than_sixteen_bits_can_count(self):
        trial = C3dTrial.walk(frames=70_000, points=1, channels=0, samples_per_frame=1)
        told = {("POINT", "LONG_FRAMES"): np.array([70_000.0])}
        for parameters in (
            told,
            {("TRIAL", "ACTUAL_START_FIELD"): ints(1, 0), ("TRIAL", "ACTUAL_END_FIELD"): ints(70_000 - 65536, 1)},
            {},
        ):
            recording = read(replace(trial, parameters=parameters))
            assert len(recording[Kind.MARKERS].time_s) == 70_000
            assert not recording.problems

    def test_no_points_and_a_point_rate_of_zero(self):
        trial = C3dTrial(points=np.empty((80, 0, 3)), analog=np.arange(80.0)[:, None], rate_hz=0.0)
        recording = read(with_parameters(trial, ANALOG={"RATE": np.array([1000.0])}))
        assert Kind.MARKERS not in recording
        assert recording[Kind.ANALOG].rate_hz == pytest.approx(1000)

    def test_no_analogue_channels(self):
        recording = read(C3dTrial.walk(channels=0))
        assert set(recording.streams) == {Kind.MARKERS}

    def test_header_and_parameters_that_disagree_are_settled_by_the_size(self, walk):
        for wrong in (replace(walk, header={2: 9}), with_parameters(walk, POINT={"USED": ints(9)})):
            assert np.allclose(read(wrong)[Kind.MARKERS].values, walk.points / 1000, atol=1e-6)

    def test_fewer_labels_than_points_and_labels_given_twice(self, walk):
        recording = read(replace(walk, labels=("HEEL", "HEEL", "TOE")))
        assert recording[Kind.MARKERS].channels == ("HEEL", "HEEL#2", "TOE", "point 4", "point 5", "point 6")

    def test_a_cut_file_gives_its_whole_frames_and_says_so(self, walk):
        whole = encoded(walk)
        recording = recording_of(whole[:-1500], NOWHERE)
        kept = len(recording[Kind.MARKERS].time_s)
        assert 30 < kept < 50
        assert np.allclose(recording[Kind.MARKERS].values, walk.points[:kept] / 1000, atol=1e-6)
        assert recording.problems[0].what == f"The file is cut off: {kept} of its 50 frames are there."

    def test_a_file_cut_before_its_first_frame_is_refused_in_words(self, walk):
        for length in (0, 1, 100, 511, 512, 600, 1024):
            with pytest.raises(UnreadableFile, match=r"cut off|empty|not a C3D") as refusal:
                recording_of(encoded(walk)[:length], NOWHERE)
            assert refusal.value.do

    def test_a_file_of_another_kind_is_refused(self):
        with pytest.raises(UnreadableFile, match="not a C3D file"):
            recording_of(b"Frame#\tTime\n" * 100, NOWHERE)

    def test_locked_and_repeated_parameters(self, walk):
        raw = bytearray(encoded(walk))
        at = raw.index(b"LABELS") - 2
        raw[at] = 256 - raw[at]
        assert recording_of(bytes(raw), NOWHERE)[Kind.MARKERS].channels[0] == "P1"

    def test_parameters_that_start_later_than_the_second_block(self, walk):
        raw = encoded(walk)
        moved = bytearray(raw[:512] + bytes(1024) + raw[512:])
        moved[0] = 4
        moved[16:18] = (int.from_bytes(moved[16:18], "little") + 2).to_bytes(2, "little")
        assert np.allclose(recording_of(bytes(moved), NOWHERE)[Kind.MARKERS].values, walk.points / 1000, atol=1e-6)


class TestSorting:
    LABELS = ("LHEE", "LKneeAngles", "LKneeMoment", "LKneePower", "LGroundReactionForce", "V_L.Hip_JC")

    def test_angles_are_never_scaled_as_lengths(self, walk):
        recording = read(replace(walk, labels=self.LABELS))
        assert np.allclose(recording[Kind.JOINT_ANGLES]["LKneeAngles"], walk.points[:, 1], atol=1e-3)
        assert recording[Kind.JOINT_ANGLES].unit == "deg"
        assert np.allclose(recording[Kind.JOINT_MOMENTS]["LKneeMoment"], walk.points[:, 2] / 1000, atol=1e-6)
        assert recording[Kind.JOINT_POWERS].channels == ("LKneePower",)
        assert recording["force.2"].channels == ("LGroundReactionForce",)
        assert recording[Kind.MODEL_POINTS].channels == ("V_L.Hip_JC",)
        assert recording[Kind.MARKERS].channels == ("LHEE",)

    def test_the_files_own_groups_go_before_names(self, walk):
        trial = replace(walk, labels=("A", "B", "C", "D", "E", "F"))
        recording = read(
            with_parameters(
                trial,
                POINT={"ANGLES": ("B", "C"), "ANGLE_UNITS": "rad", "TYPE_GROUPS": ("HINTS", "HINT"), "HINTS": ("D",)},
            )
        )
        assert np.allclose(recording[Kind.JOINT_ANGLES].values, np.rad2deg(walk.points[:, 1:3]), atol=1e-2)
        assert recording["analog.points"].channels == ("D",)
        assert recording[Kind.MARKERS].channels == ("A", "E", "F")

    def test_loads_divided_by_body_mass_say_so(self, walk):
        points = walk.points.copy()
        points[:, 4] = [0.1, 1.0, 9.8]
        recording = read(replace(walk, points=points, labels=self.LABELS))
        assert recording["force.2"].unit == "N/kg"
        assert recording[Kind.JOINT_MOMENTS].unit == "N·m/kg"
        assert recording[Kind.JOINT_ANGLES].unit == "deg"

    def test_segment_axes_are_modelled_points_only_as_a_set_of_four(self, walk):
        recording = read(replace(walk, labels=("LTIO", "LTIA", "LTIL", "LTIP", "RTIO", "LTOE")))
        assert recording[Kind.MODEL_POINTS].channels == ("LTIO", "LTIA", "LTIL", "LTIP")

    def test_the_subjects_name_is_nowhere_in_the_recording(self, walk):
        trial = replace(walk, labels=tuple(f"Jane Doe:P{i}" for i in range(6)))
        recording = read(with_parameters(trial, SUBJECTS={"NAMES": ("Jane Doe",), "USED": ints(1)}))
        assert recording[Kind.MARKERS].channels == ("P0", "P1", "P2", "P3", "P4", "P5")
        assert "Jane" not in repr(recording)

    def test_two_subjects_are_kept_apart_by_number(self, walk):
        recording = read(replace(walk, labels=("Ann:HEE", "Ann:TOE", "Bob:HEE", "Bob:TOE", "HEAD", "C7")))
        assert recording[Kind.MARKERS].channels == ("HEE", "TOE", "2:HEE", "2:TOE", "HEAD", "C7")

    @pytest.mark.parametrize(
        ("screen", "up"), [("+Z", "+z"), ("+Y", "+y"), ("-Y", "-y"), ("Z", "+z"), ("", None), ("UP", None)]
    )
    def test_the_vertical_is_a_hint_only_where_it_is_stated(self, walk, screen, up):
        assert read(with_parameters(walk, POINT={"Y_SCREEN": screen}))[Kind.MARKERS].frame.up == up

    def test_muscles_are_told_from_other_channels(self, walk):
        trial = replace(walk, analog_labels=("Voltage.L Tib Ant", "Goniometer", "EMG1"), analog_units=("mV", "V", "uV"))
        recording = read(trial)
        assert recording[Kind.EMG].channels == ("L Tib Ant",)
        assert recording[Kind.EMG].unit == "V"
        assert np.allclose(recording[Kind.EMG].values[:, 0, 0], walk.analog[:, 0] * 1e-3, atol=1e-9)
        assert recording["emg.2"].channels == ("EMG1",)
        assert recording[Kind.ANALOG].channels == ("Goniometer",)

    def test_body_measures_in_any_length_unit(self, walk):
        for height in (1.72, 172.0, 1720.0):
            trial = with_parameters(
                walk,
                PROCESSING={
                    "Bodymass": np.array([60.5]),
                    "Height": np.array([height]),
                    "LLegLength": np.array([900.0]),
                    "RLegLength": np.array([910.0]),
                },
            )
            person = read(trial).person
            assert (person.mass_kg, person.height_m, person.leg_length_m) == pytest.approx(
                (60.5, 1.72, 0.905), abs=1e-6
            )

    def test_absurd_body_measures_are_not_facts(self, walk):
        person = read(with_parameters(walk, PROCESSING={"Bodymass": np.array([0.0]), "Height": np.array([9e9])})).person
        assert person.mass_kg is None
        assert person.height_m is None


def events_parameters(times_s, **more):
    times = np.stack([np.zeros(len(times_s)), np.array(times_s)])
    return {"EVENT": {"USED": ints(len(times_s)), "TIMES": times, **more}}


class TestEvents:
    HABITS = (
        {"LABELS": ("Foot Strike", "Foot Off"), "CONTEXTS": ("Left", "Right")},
        {"LABELS": ("LHS", "RTO")},
        {"LABELS": ("", ""), "CONTEXTS": ("LHS", "RTO")},
        {"LABELS": ("Left Heel Strike", "R_TOE_OFF")},
        {"LABELS": ("", ""), "CONTEXTS": ("Left", "Right"), "ICON_IDS": ints(1, 2)},
        {"LABELS": ("LON", "ROFF")},
        {"LABELS": ("initial contact", "toe-off"), "CONTEXTS": ("L", "R")},
    )

    @pytest.mark.parametrize("habit", HABITS)
    def test_every_vendors_habit_means_the_same(self, walk, habit):
        recording = read(with_parameters(walk, **events_parameters([0.1, 0.3], **habit)))
        found = [(event.event, event.side, round(event.time_s, 6)) for event in recording.events]
        assert found == [("initial_contact", "left", 0.1), ("toe_off", "right", 0.3)]

    def test_times_on_the_trials_clock_are_counted_from_the_first_sample(self, walk):
        trial = with_parameters(replace(walk, first_frame=101), **events_parameters([1.1, 1.3], LABELS=("LHS", "LTO")))
        assert [event.time_s for event in read(trial).events] == pytest.approx([0.1, 0.3], abs=1e-6)

    def test_times_that_already_count_from_the_first_sample_are_noticed(self, walk):
        trial = with_parameters(replace(walk, first_frame=101), **events_parameters([0.1, 0.3], LABELS=("LHS", "LTO")))
        recording = read(trial)
        assert [event.time_s for event in recording.events] == pytest.approx([0.1, 0.3], abs=1e-6)
        assert "counted from the file's first frame" in recording.problems[0].what

    def test_the_belts_own_marks_are_not_second_contacts(self, walk):
        trial = with_parameters(walk, **events_parameters([0.1, 0.1, 0.3], LABELS=("LHS", "LON", "RON")))
        found = [(event.event, event.side) for event in read(trial).events]
        assert found == [("initial_contact", "left"), ("on", "left"), ("initial_contact", "right")]

    def test_what_nobody_knows_keeps_its_name(self, walk):
        trial = with_parameters(walk, **events_parameters([0.2], LABELS=("Start Turn",), CONTEXTS=("General",)))
        assert [(event.event, event.side) for event in read(trial).events] == [("start turn", None)]

    def test_an_icon_that_is_no_number_is_no_icon(self, walk):
        icons = np.array([np.nan, np.inf, 2.0], dtype=np.float32)
        trial = with_parameters(walk, **events_parameters([0.1, 0.2, 0.3], ICON_IDS=icons))
        assert [event.event for event in read(trial).events] == ["event", "event", "toe_off"]

    def test_events_outside_the_stretch_are_left_out_and_counted(self, walk):
        recording = read(with_parameters(walk, **events_parameters([0.1, 7.0], LABELS=("LHS", "LHS"))))
        assert len(recording.events) == 1
        assert recording.problems[0].what.startswith("1 events lie outside")

    def test_more_events_than_one_parameter_can_hold(self):
        times = np.linspace(0, 9, 300)
        pairs = np.stack([np.zeros(300), times])
        trial = with_parameters(
            C3dTrial.walk(frames=1000),
            EVENT={
                "USED": ints(300),
                "TIMES": pairs[:, :255],
                "TIMES2": pairs[:, 255:],
                "LABELS": ("LHS",) * 255,
                "LABELS2": ("RTO",) * 45,
            },
        )
        events = read(trial).events
        assert [event.event for event in events] == ["initial_contact"] * 255 + ["toe_off"] * 45

    def test_events_of_the_header(self, walk):
        raw = bytearray(encoded(walk))
        raw[298:302] = (12345).to_bytes(2, "little") + (2).to_bytes(2, "little")
        raw[304:312] = np.array([0.1, 0.3], "<f4").tobytes()
        raw[396:404] = b"LHS RTO "
        found = [(event.event, event.side) for event in recording_of(bytes(raw), NOWHERE).events]
        assert found == [("initial_contact", "left"), ("toe_off", "right")]


PUSH = {"fx": 30.0, "fy": -50.0, "fz": 700.0, "x": 0.1, "y": -0.05, "free": 2.0}
HEIGHT_MM = 40.0


def plate_trial(kind, *, sign=1.0, unit="mm", turned=None, screen="+Z"):
    """A plate that is pushed at x = 0.1, y = −0.05 of its own axes (z down) in the second half of the trial."""
    length = {"mm": 1000.0, "m": 1.0}[unit]
    force = np.array([PUSH["fx"], PUSH["fy"], PUSH["fz"]])
    about_sensor = np.cross([PUSH["x"], PUSH["y"], -HEIGHT_MM / 1000], force)
    about_sensor[2] += PUSH["free"]
    if kind == 3:
        a, b = 0.12, 0.2
        mx, my = about_sensor[:2]
        legs = force[2] / 4 + np.array([mx / b - my / a, mx / b + my / a, -mx / b + my / a, -mx / b - my / a]) / 4
        ratio = about_sensor[2] / (2 * (a + b))
        row = np.array([force[0] / 2 - ratio, force[0] / 2 + ratio, force[1] / 2 + ratio, force[1] / 2 - ratio, *legs])
        origin = np.array([a, b, -HEIGHT_MM / 1000]) * length
    elif kind == 1:
        row = np.array([*force, PUSH["x"] * length, PUSH["y"] * length, PUSH["free"] * length])
        row[3:5] *= sign
        origin = np.array([0, 0, -HEIGHT_MM / 1000 * length])
    else:
        row, origin = np.array([*force, *about_sensor * length]), np.array([0, 0, -HEIGHT_MM / 1000 * length])
    more = {}
    if kind == 4:
        calibration = np.diag([2.0, 2.0, 4.0, 5.0, 5.0, 5.0])
        calibration[0, 1] = 0.3
        row = np.linalg.solve(calibration, row)
        more["CAL_MATRIX"] = calibration[:, :, None]
    corners = CORNERS / 1000 * length if turned is None else CORNERS / 1000 * length @ turned.T
    analog = np.zeros((200, len(row) + 1))
    analog[100:, :-1] = sign * row
    points = C3dTrial.walk().points / 1000 * length
    return with_parameters(
        C3dTrial(points=points if turned is None else points @ turned.T, analog=analog, unit=unit, analog_units=("",) * (len(row) + 1)),
        POINT={"Y_SCREEN": screen},
        FORCE_PLATFORM={
            "USED": ints(1), "TYPE": ints(kind), "ZERO": ints(1, 0), "CORNERS": corners.T[:, :, None],
            "ORIGIN": origin[:, None], "CHANNEL": np.arange(1, len(row) + 1, dtype=np.int16)[:, None], **more,
        },
    )  # fmt: skip


class TestForcePlates:
    # The plate's x runs from corner 2 to corner 1: here along +y of the laboratory; its y along +x; its z into the floor.
    FORCE_ON_PERSON = (50.0, -30.0, 700.0)
    PLACE = (0.45 - 0.05, 0.3 + 0.1, 0.0)

    @pytest.mark.parametrize("kind", [1, 2, 3, 4])
    @pytest.mark.parametrize("sign", [1.0, -1.0])
    @pytest.mark.parametrize("unit", ["mm", "m"])
    def test_a_known_push_in_the_laboratory(self, kind, sign, unit):
        recording = read(plate_trial(kind, sign=sign, unit=unit))
        assert recording[Kind.FORCE].values[150, 0] == pytest.approx(self.FORCE_ON_PERSON, abs=1e-3)
        assert recording[Kind.CENTRE_OF_PRESSURE].values[150, 0] == pytest.approx(self.PLACE, abs=1e-6)
        assert recording[Kind.MOMENT].values[150, 0] == pytest.approx((0, 0, 2.0), abs=1e-3)
        assert np.isnan(recording[Kind.CENTRE_OF_PRESSURE].values[:100]).all()
        assert recording[Kind.ANALOG].channels == (f"A{9 if kind == 3 else 7}",)
        assert np.allclose(recording.plates[0].corners_m, CORNERS / 1000, atol=1e-6)

    def test_turning_the_laboratory_turns_the_answer(self):
        turned = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # z up becomes y up
        plain, other = read(plate_trial(2)), read(plate_trial(2, turned=turned, screen="+Y"))
        for kind in (Kind.FORCE, Kind.CENTRE_OF_PRESSURE, Kind.MOMENT, Kind.MARKERS):
            assert np.allclose(other[kind].values, plain[kind].values @ turned.T, atol=1e-5, equal_nan=True)

    def test_without_a_stated_vertical_the_markers_tell_which_way_is_up(self):
        recording = read(with_parameters(plate_trial(2), POINT={"Y_SCREEN": ""}))
        assert recording[Kind.FORCE].values[150, 0, 2] == pytest.approx(700, abs=1e-3)

    def test_a_baseline_is_taken_off_only_if_the_plate_was_empty(self):
        empty = plate_trial(2)
        offset = replace(with_parameters(empty, FORCE_PLATFORM={"ZERO": ints(1, 20)}), analog=empty.analog + 5.0)
        assert read(offset)[Kind.FORCE].values[150, 0] == pytest.approx(self.FORCE_ON_PERSON, abs=1e-3)
        standing = with_parameters(empty, FORCE_PLATFORM={"ZERO": ints(30, 40)})
        assert read(standing)[Kind.FORCE].values[150, 0] == pytest.approx(self.FORCE_ON_PERSON, abs=1e-3)

    def test_other_types_and_broken_plates_are_named_and_their_channels_kept(self):
        for change, reason in (
            ({"TYPE": ints(5)}, "type 5"),
            ({"CHANNEL": np.array([[1, 2, 3, 4, 5, 99]], dtype=np.int16).T}, "names channel 99"),
            ({"CHANNEL": None}, "no channels"),
            ({"CORNERS": np.zeros((3, 4, 1))}, "span no plate"),
            ({"ORIGIN": None}, "origin"),
        ):
            recording = read(with_parameters(plate_trial(2), FORCE_PLATFORM=change))
            assert Kind.FORCE not in recording
            assert len(recording[Kind.ANALOG].channels) == 7
            assert reason in recording.problems[0].what

    def test_a_plate_that_pulls_has_no_centre_of_pressure(self):
        trial = plate_trial(2)
        analog = trial.analog.copy()
        analog[:50] = -0.1 * analog[150]
        assert np.isnan(read(replace(trial, analog=analog))[Kind.CENTRE_OF_PRESSURE].values[:50]).all()


class TestPlugin:
    def test_it_knows_its_files_by_key_and_by_name(self, walk, tmp_path):
        raw = encoded(walk)
        assert READER.sniff(Path("walk.C3D"), raw[:4096])
        assert READER.sniff(Path("walk.bin"), raw[:4096])
        assert not READER.sniff(Path("report.pdf"), b"%PDF-1.7\n" + bytes(4000))
        assert not READER.sniff(Path("empty"), b"")

    def test_one_recording_a_file(self, walk, tmp_path):
        (recording,) = READER.read(written(walk, tmp_path / "walk.C3D"), {})
        assert recording.id == "walk"
        assert recording.details["format"] == "C3D, intel, real"

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(UnreadableFile, match="cannot be opened"):
            READER.read(tmp_path / "none.c3d", {})

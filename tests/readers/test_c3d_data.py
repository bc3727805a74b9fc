"""The laboratories' own files: beside two other readers, and against what bodies on plates must do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poise.model import Kind
from poise.readers._c3d_analog import Channels
from poise.readers._c3d_layout import open_trial
from poise.readers.c3d import READER

pytestmark = pytest.mark.data

FOLDERS = (
    "biomdp-kistler-isen", "fukuchi-treadmill-c3d", "gaitalytics-treadmill-c3d", "mcgill-children-gait-c3d", "pd-overground-c3d",
)  # fmt: skip


def files(shared_data, folder):
    return sorted(path for path in (shared_data / folder).rglob("*") if path.suffix.lower() == ".c3d")


def read(path):
    (recording,) = READER.read(path, {})
    return recording


def raw_points_and_analogs(path):
    """Points in the file's own unit with NaN where missing, and analogs, by our decoder."""
    trial = open_trial(path.read_bytes(), path.name)
    plan = trial.layout
    points = trial.words[:, : 4 * plan.points].reshape(plan.frames, plan.points, 4)
    xyz = points[..., :3].astype(float) * (plan.scale if plan.is_integer else 1.0)
    xyz[points[..., 3] < 0] = np.nan
    return xyz, Channels(trial=trial).values(range(plan.channels))


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_same_numbers_as_ezc3d(shared_data, folder):
    ezc3d = pytest.importorskip("ezc3d")
    for path in files(shared_data, folder):
        xyz, analog = raw_points_and_analogs(path)
        theirs = ezc3d.c3d(str(path))["data"]
        expected = theirs["points"][:3].transpose(2, 1, 0)
        assert expected.shape == xyz.shape or not expected.size
        if expected.size:
            both = np.isfinite(expected) & np.isfinite(xyz)
            assert both.mean() > 0.3
            assert np.allclose(xyz[both], expected[both], rtol=1e-6, atol=1e-6)
            assert np.array_equal(np.isnan(xyz), np.isnan(expected))
        assert np.allclose(analog, theirs["analogs"][0].T, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_same_numbers_as_c3d(shared_data, folder):
    c3d = pytest.importorskip("c3d")
    for path in files(shared_data, folder):
        xyz, analog = raw_points_and_analogs(path)
        with path.open("rb") as handle:
            try:
                frames = list(c3d.Reader(handle).read_frames())
            except Exception as refusal:  # the peer is strict; what it does not read it cannot judge
                pytest.skip(f"c3d does not read {path.name}: {refusal}")
        assert len(frames) == len(xyz) or not xyz.size
        for i in range(0, len(xyz), 97):
            points, samples = frames[i][1], frames[i][2]
            here = np.isfinite(xyz[i])
            assert np.allclose(points[:, :3][here], xyz[i][here], rtol=1e-6, atol=1e-6)
            per_frame = samples.shape[1]
            assert np.allclose(samples.T, analog[i * per_frame : (i + 1) * per_frame], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_name_or_code_of_a_person_is_copied(shared_data, folder):
    for path in files(shared_data, folder):
        trial = open_trial(path.read_bytes(), path.name)
        told = repr(read(path).details) + repr([s.channels for s in read(path).streams.values()])
        assert not [name for name in trial.parameters.texts("SUBJECTS", "NAMES") if name and name in told]


def vertical(recording):
    force = recording[Kind.FORCE]
    return force.values[..., "xyz".index((force.frame.up or "+z")[1])]


@pytest.mark.parametrize("folder", ["mcgill-children-gait-c3d", "gaitalytics-treadmill-c3d"])
def test_plates_carry_the_persons_weight(shared_data, folder):
    """Standing still, or over a whole walk on a treadmill, the mean vertical force is the body's weight."""
    tried = 0
    for path in files(shared_data, folder):
        recording = read(path)
        total = vertical(recording).sum(axis=1)
        if recording.person.mass_kg and total.min() > 100:
            tried += 1
            assert total.mean() / 9.81 == pytest.approx(recording.person.mass_kg, rel=0.05)
    assert tried


@pytest.mark.parametrize("folder", FOLDERS)
def test_force_acts_on_the_plate_that_feels_it(shared_data, folder):
    """Where a plate carries 100 N, the centre of pressure lies within its corners."""
    for path in files(shared_data, folder):
        recording = read(path)
        place = recording[Kind.CENTRE_OF_PRESSURE].values
        for i, plate in enumerate(recording.plates):
            loaded = vertical(recording)[:, i] > 200
            if loaded.sum() < 50:
                continue
            low, high = plate.corners_m.min(axis=0) - 0.02, plate.corners_m.max(axis=0) + 0.02
            inside = ((place[loaded, i] >= low) & (place[loaded, i] <= high)).all(axis=1)
            assert inside.mean() > 0.99, f"{path.name} {plate.name}"


@pytest.mark.parametrize("folder", FOLDERS[1:])
def test_force_acts_under_a_foot(shared_data, folder):
    """The centre of pressure of a plate that carries half a body lies under the markers of a foot."""
    for path in files(shared_data, folder):
        recording = read(path)
        markers, place = recording[Kind.MARKERS], recording[Kind.CENTRE_OF_PRESSURE]
        feet = [feet_of(markers, side) for side in "LR"]
        every = round(place.rate_hz / markers.rate_hz)
        up = "xyz".index(place.frame.up[1])
        for i in range(len(recording.plates)):
            under, load = place.values[::every, i][: len(markers.time_s)], vertical(recording)[::every, i]
            away = [np.linalg.norm(np.delete(under - foot, up, axis=1), axis=1) for foot in feet]
            nearest = np.fmin(*away)[load[: len(under)] > 250]
            if len(nearest) > 20 and "Static" not in path.name:  # standing, both feet share one plate
                assert np.nanmedian(nearest) < 0.1, f"{path.name} plate {i + 1}"


def feet_of(markers, side):
    wanted = {f"{side}.HEEL", f"{side}.MT1", f"{side}.MT5", f"{side}HEE", f"{side}TOE", f"{side}MT2", f"{side}MT5"}
    return np.mean([markers[name] for name in markers.channels if name.upper() in wanted], axis=0)


@pytest.mark.parametrize("folder", ["mcgill-children-gait-c3d", "gaitalytics-treadmill-c3d"])
def test_the_plates_agree_with_the_forces_the_laboratorys_model_used(shared_data, folder):
    """Plug-in Gait's own ground reactions (N/kg, in the model's axes): the same size as our force on that plate."""
    tried = 0
    for path in files(shared_data, folder):
        recording = read(path)
        if "force.2" not in recording or not recording.person.mass_kg or "Static" in path.name:
            continue
        modelled, force = recording["force.2"], recording[Kind.FORCE]
        assert modelled.unit == "N/kg"
        every = round(force.rate_hz / modelled.rate_hz)
        ours = np.linalg.norm(force.values[::every], axis=-1)[: len(modelled.time_s)]
        for name in (name for name in modelled.channels if name.endswith("GroundReactionForce")):
            theirs = np.linalg.norm(modelled[name], axis=1) * recording.person.mass_kg
            used = theirs > 100
            gap = np.abs(ours - theirs[:, None]).min(axis=1)[used]
            if used.sum() > 20:
                tried += 1
                assert np.nanmedian(gap) < 0.02 * 9.81 * recording.person.mass_kg, f"{path.name} {name}"
    assert tried


def test_contacts_of_the_files_own_events_fall_on_the_plates_onsets(shared_data):
    """The clock: event times count from the trial's first frame, so they are shifted by first_frame − 1 frames."""
    gaps = []
    for path in files(shared_data, "mcgill-children-gait-c3d"):
        recording = read(path)
        force = recording[Kind.FORCE]
        contacts = np.array([event.time_s for event in recording.events if event.event == "initial_contact"])
        for load in vertical(recording).T:
            onsets = force.time_s[1:][(load[1:] > 20) & (load[:-1] <= 20)]
            gaps += [np.abs(contacts - onset).min() for onset in onsets if len(contacts)]
    assert len(gaps) >= 8
    assert np.median(gaps) < 0.010


def test_events_of_each_vendor(shared_data):
    def count(path, event, side):
        return sum(1 for found in read(path).events if (found.event, found.side) == (event, side))

    cortex = shared_data / "fukuchi-treadmill-c3d" / "fukuchi_WBDS19walkT01.c3d"
    assert [
        count(cortex, *key)
        for key in (
            ("initial_contact", "left"),
            ("initial_contact", "right"),
            ("toe_off", "left"),
            ("toe_off", "right"),
        )
    ] == [14, 16, 16, 15]
    nexus = shared_data / "gaitalytics-treadmill-c3d" / "treadmill_events.c3d"
    assert [
        count(nexus, *key)
        for key in (
            ("initial_contact", "left"),
            ("initial_contact", "right"),
            ("toe_off", "left"),
            ("toe_off", "right"),
        )
    ] == [11, 11, 11, 10]
    contexts_only = shared_data / "pd-overground-c3d" / "figshare_pd_SUB01_off_walk_12b.c3d"
    assert count(contexts_only, "initial_contact", "right") == 6


def test_quiet_standing_sways_like_a_person(shared_data):
    """The force on a body and the place it acts move against each other: an upside-down sign would turn that round."""
    from scipy.signal import butter, sosfiltfilt

    recording = read(Path(shared_data / "biomdp-kistler-isen" / "kistler_COP.c3d"))
    sections = butter(2, 0.5, "high", fs=1000, output="sos")
    for axis in (0, 1):
        force, place = (
            sosfiltfilt(sections, recording[kind].values[:, 0, axis]) for kind in (Kind.FORCE, Kind.CENTRE_OF_PRESSURE)
        )
        assert np.corrcoef(force, place)[0, 1] < -0.3

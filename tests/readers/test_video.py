"""Video files: the networks' sums, the person chosen and followed, and what is said where there is nobody."""

from __future__ import annotations

import math
import socket
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from conftest import missing
from poise.errors import BadMapping, NotInstalled, UnreadableFile
from poise.model import Recording
from poise.readers import _video_film, _video_nets, _video_weights, video
from poise.readers._video_follow import Track, apart, by_prominence, each_once, tracks
from poise.readers._video_nets import Detection, Picture, Roi, anchors, cut_out, detect, refined
from poise.readers._video_person import follow
from poise.readers.find import read_file
from poise.readers.progress import listening
from readers.video_made import meadow, write_film


@pytest.fixture(scope="module")
def networks() -> None:
    if find_spec("av") is None or find_spec("ai_edge_litert") is None:
        missing("poise[video]", always_in_ci=True)
    if not (_video_weights.FOLDER / _video_weights.DETECTOR).is_file():
        missing("weights of the pose networks (python tools/pose/weights.py)", always_in_ci=True)


# ── the networks' sums ──────────────────────────────────────────────────────────────────────────────────────────────


def test_anchors_stand_at_the_middle_of_every_cell() -> None:
    found = anchors()
    assert found.shape == (2254, 2)
    assert_allclose(found[:2], 0.5 / 28)
    assert_allclose(found[2], [1.5 / 28, 0.5 / 28], rtol=1e-6)
    assert_allclose(found[2 * 28 * 28], 0.5 / 14)
    assert_allclose(found[-6:], 6.5 / 7)


def raw_detection(anchor: int, hip: tuple[float, float], rim: tuple[float, float]) -> np.ndarray:
    """What the detector says of a person: offsets from an anchor's middle, px of its 224."""
    middle = anchors()[anchor] * 224
    box = [hip[0] - middle[0], hip[1] - middle[1], 60.0, 60.0]
    return np.array([*box, *(hip - middle), *(rim - middle), 0, 0, 0, 0], dtype=np.float32)


def fake_detector(*found: tuple[int, tuple[float, float], tuple[float, float], float]):
    raw, scores = np.zeros((1, 2254, 12), np.float32), np.full((1, 2254, 1), -9.0, np.float32)
    for anchor, hip, rim, score in found:
        raw[0, anchor], scores[0, anchor] = raw_detection(anchor, hip, rim), math.log(score / (1 - score))
    return lambda square: (raw, scores)


NOTHING = np.zeros((224, 224, 3), np.float32)


def test_a_detection_becomes_a_square_around_the_body() -> None:
    net = fake_detector((400, (100.0, 120.0), (100.0, 60.0), 0.9))
    (one,) = detect(net, NOTHING, 448.0, (10.0, 20.0))
    assert one.score == pytest.approx(0.9, abs=1e-4)
    assert (one.roi.x, one.roi.y) == pytest.approx((210.0, 260.0), abs=1e-3)
    assert one.roi.side == pytest.approx(2 * 1.25 * 120.0, rel=1e-5)
    assert one.roi.angle_rad == pytest.approx(0.0, abs=1e-6)


def test_who_lies_with_the_head_to_the_right_is_turned_by_a_quarter() -> None:
    (one,) = detect(fake_detector((400, (100.0, 120.0), (160.0, 120.0), 0.9)), NOTHING, 224.0)
    assert one.roi.angle_rad == pytest.approx(math.pi / 2, abs=1e-6)


def test_one_person_is_seen_once_two_twice_and_a_shadow_never() -> None:
    net = fake_detector(
        (400, (60.0, 120.0), (60.0, 60.0), 0.9), (402, (62.0, 122.0), (62.0, 60.0), 0.6),
        (900, (170.0, 120.0), (170.0, 60.0), 0.8), (1200, (110.0, 40.0), (110.0, 10.0), 0.4),
    )  # fmt: skip
    found = detect(net, NOTHING, 224.0)
    assert [round(each.score, 2) for each in found] == [0.9, 0.8]
    assert found[0].roi.x == pytest.approx((0.9 * 60 + 0.6 * 62) / 1.5, abs=1e-3)  # weighed, not the best alone


def packed(rgb: np.ndarray) -> np.ndarray:
    four = np.concatenate([rgb, np.full((*rgb.shape[:2], 1), 255, np.uint8)], axis=2)
    return np.ascontiguousarray(four).view("<u4")[..., 0]


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_square_is_cut_out_of_the_upright_picture(quarters: int) -> None:
    rgb = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    upright = np.rot90(rgb, quarters)
    picture = Picture.of(packed(rgb), quarters)
    assert (picture.high, picture.wide) == upright.shape[:2]
    cut = cut_out(picture, Roi(x=20.0, y=18.0, side=16.0), 16)
    assert_allclose(cut * 255, upright[10:26, 12:28], atol=1e-3)


def test_a_turned_square_is_bilinear_and_goes_on_beyond_the_edge() -> None:
    ramp = np.zeros((64, 64, 3), np.uint8)
    ramp[..., 0], ramp[..., 1], ramp[..., 2] = np.arange(64)[None] * 4, np.arange(64)[:, None] * 4, 77
    cut = cut_out(Picture.of(packed(ramp)), Roi(x=32.0, y=32.0, side=20.0, angle_rad=math.pi / 6), 20) * 255
    along = np.arange(20) + 0.5 - 10
    x = 32 + math.cos(math.pi / 6) * along[None] - math.sin(math.pi / 6) * along[:, None] - 0.5
    y = 32 + math.sin(math.pi / 6) * along[None] + math.cos(math.pi / 6) * along[:, None] - 0.5
    assert_allclose(cut[..., 0], 4 * x, atol=2.1)
    assert_allclose(cut[..., 1], 4 * y, atol=2.1)
    assert_allclose(cut[..., 2], 77, atol=1.1)
    beyond = cut_out(Picture.of(packed(ramp)), Roi(x=0.0, y=32.0, side=20.0), 20) * 255
    assert_allclose(beyond[:, :10, 0], 0.0, atol=1e-3)


def test_a_point_is_drawn_to_the_warm_part_of_its_map() -> None:
    heat = np.full((64, 64, 2), -20.0, np.float32)
    heat[30, 41, 0] = 20.0
    places = np.array([[40 / 64, 31 / 64], [0.25, 0.25]], np.float32)
    better = refined(places, heat)
    assert_allclose(better[0], [41 / 64, 30 / 64], atol=1e-5)
    assert_array_equal(better[1], places[1])  # nowhere warm: it stays


# ── who is the person ───────────────────────────────────────────────────────────────────────────────────────────────


def seen(x: float, y: float = 500.0, side: float = 600.0, score: float = 0.9) -> Detection:
    return Detection(score=score, roi=Roi(x=x, y=y, side=side))


def looks(*people_x: list[float | None], y: float = 500.0) -> list[tuple[int, float, list[Detection]]]:
    """Looks at six pictures a second, everybody's place in each; None where the detector missed them."""
    return [
        (5 * i, i / 6, [seen(x, y) for x in places if x is not None])
        for i, places in enumerate(zip(*people_x, strict=True))
    ]


def test_the_same_person_in_two_tiles_or_in_a_group_counts_once() -> None:
    found = each_once([seen(500.0), seen(520.0, score=0.8), seen(600.0, side=1200.0, score=0.7), seen(1200.0)])
    assert sorted(each.roi.x for each in found) == [500.0, 1200.0]


def test_two_who_pass_each_other_keep_their_names() -> None:
    there = [float(x) for x in np.linspace(200, 1400, 25)]
    found = tracks(looks(there, there[::-1]))
    assert len(found) == 2
    for track in found:
        steps = np.diff([each.roi.x for each in track.sightings])
        assert (np.sign(steps) == np.sign(steps[0])).all()


def test_one_who_was_missed_for_a_moment_is_the_same_and_a_leap_is_somebody_else() -> None:
    there: list[float | None] = [*np.linspace(200, 800, 13)]
    there[5:8] = [None, None, None]
    assert len(tracks(looks(there))) == 1
    assert len(tracks(looks([*[300.0] * 8, *[900.0] * 8]))) == 2


@pytest.mark.parametrize("who", ["larger", "longer", "nearer", "central"])
def test_the_person_of_the_film_is_large_long_in_view_near_and_central(who: str) -> None:
    size = (1600, 1000)
    plain = [(i, i / 6, seen(400.0, 450.0)) for i in range(20)]
    other = {
        "larger": [(i, t, seen(1200.0, 450.0, 800.0)) for i, t, _ in plain],
        "longer": [(i, i / 6, seen(1200.0, 450.0)) for i in range(40)],
        "nearer": [(i, t, seen(1200.0, 750.0)) for i, t, _ in plain],
        "central": [(i, t, seen(800.0, 450.0)) for i, t, _ in plain],
    }[who]
    together: dict[int, list[Detection]] = {}
    for i, _, one in (*plain, *other):
        together.setdefault(i, []).append(one)
    people = by_prominence(tracks([(i, i / 6, found) for i, found in sorted(together.items())]), size)
    assert len(people) == 2
    assert people[0].first.roi.x != 400.0


def test_one_who_is_alone_and_comes_back_is_one_person() -> None:
    there: list[float | None] = [*[300.0] * 8, *[None] * 12, *[900.0] * 8]
    assert len(by_prominence(tracks(looks(there)), (1600, 1000))) == 1


class FakeFrame:
    """A picture in which the landmark network would see a person wherever it looks."""

    def __init__(self, index: int) -> None:
        self.index, self.time_s = index, index / 30

    def picture(self) -> Picture:
        return Picture(flat=np.zeros(1, np.uint32), wide=1600, high=1000, step_x=0, step_y=0)


def lured(to_x: float):
    """A network whose points drift to somebody who stands at `to_x`, a twentieth of the way in each picture."""

    def net(square: np.ndarray) -> list[np.ndarray]:
        where = net.at
        points = np.zeros((39, 5), np.float32)
        aim = (to_x - where.x) / where.side * 0.05 + 0.5
        points[:, :2] = np.array([aim, 0.5]) * 256
        points[34, 1] = 256 * (0.5 - 0.4)
        cold = np.full((1, 64, 64, 39), -20.0, np.float32)
        return [points.reshape(1, -1), np.ones((1, 1), np.float32), cold, cold, np.zeros((1, 117), np.float32)]

    return net


def test_the_points_never_go_over_to_another_person(monkeypatch: pytest.MonkeyPatch) -> None:
    person, other = tracks(looks([600.0] * 19, [900.0] * 19))
    net = lured(900.0)
    cut = _video_nets.cut_out
    monkeypatch.setattr(_video_nets, "cut_out", lambda p, roi, side: (setattr(net, "at", roi), cut(p, roi, side))[1])
    made = follow(map(FakeFrame, range(90)), person, [person, other], net, 5)
    for pose in made.poses:
        assert pose is None or abs(pose.next_roi.x - 600.0) < abs(pose.next_roi.x - 900.0)
    assert len(made.seen) > 60


def test_where_the_person_is_not_in_view_there_are_no_points() -> None:
    person = Track(sightings=tracks(looks([600.0] * 10))[0].sightings)
    other = Track(sightings=tracks(looks([None] * 4 + [1300.0] * 15))[0].sightings)
    net = lured(600.0)
    net.at = person.first.roi
    made = follow(map(FakeFrame, range(90)), person, [person, other], net, 5)
    assert made.seen == list(range(48))
    assert apart(person.first.roi, made.poses[20].next_roi) < 0.3


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def empty_film(tmp_path: Path, networks: None) -> Path:
    return write_film(tmp_path / "meadow.mp4", meadow(12), [33 * i for i in range(12)])


def test_a_film_of_nobody_gives_no_landmarks_and_says_so(empty_film: Path) -> None:
    (recording,) = read_file(empty_film)
    assert not recording.streams
    assert "No person" in recording.problems[0].what
    assert "160 × 120" in recording.problems[0].what
    assert recording.problems[0].do


def test_nothing_is_asked_of_a_network_of_computers(empty_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    assert read_file(empty_film)


def test_how_far_the_reading_is_can_be_listened_to(empty_film: Path) -> None:
    told: list[tuple[str, float]] = []
    with listening(lambda name, share: told.append((name, share))):
        read_file(empty_film)
    read_file(empty_film)
    shares = [share for _, share in told]
    assert told[0][0] == "meadow.mp4"
    assert shares == sorted(shares)
    assert len(told) == 3  # three looks at twelve pictures, nobody to follow; and nobody listened the second time


def test_a_telephone_held_upright_is_read_upright(tmp_path: Path, networks: None) -> None:
    path = write_film(tmp_path / "upright.mp4", meadow(4), [0, 33, 66, 99], turned=True)
    frame = next(iter(_video_film.film(path).frames()))
    assert frame.size_px == (120, 160)
    picture = frame.picture()
    # The red quarter, upper left in the file, is upper right when the picture is turned clockwise.
    red = [
        [int(picture.flat[picture.start + x * picture.step_x + y * picture.step_y] & 0xFF) for x in (20, 100)]
        for y in (20, 140)
    ]
    assert np.array(red).argmax() == 1
    whole = next(frame.tiles())
    assert whole.corner_px == pytest.approx((-20.0, 0.0), abs=1.0)
    assert whole.square[60, 140, 0] > 150 > whole.square[60, 80, 0]


def test_a_picture_is_the_same_every_time(tmp_path: Path, networks: None) -> None:
    """Whatever its width: several threads of the converter once wrote over each other's rows."""
    path = write_film(tmp_path / "wide.mp4", meadow(1, 250, 328), [0])
    frames = [next(iter(_video_film.film(path).frames())).picture().flat for _ in range(40)]
    assert all((each == frames[0]).all() for each in frames)


def test_each_picture_has_its_own_time(tmp_path: Path, networks: None) -> None:
    times_ms = [0, 20, 60, 70, 170, 200]
    path = write_film(tmp_path / "uneven.mp4", meadow(6), times_ms)
    assert_allclose([f.time_s - 0.0 for f in _video_film.film(path).frames()], np.array(times_ms) / 1000, atol=2e-3)


def test_a_film_that_is_cut_off_gives_what_it_has_or_says_that_it_cannot(empty_film: Path) -> None:
    empty_film.write_bytes(empty_film.read_bytes()[:400])
    with pytest.raises(UnreadableFile, match="video"):
        read_file(empty_film)


def test_without_the_extra_or_the_weights_it_says_what_to_do(
    empty_film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setattr(_video_weights, "FOLDER", tmp_path)
        _video_weights.weights.cache_clear()
        with pytest.raises(NotInstalled, match=r"weights.*missing(.|\n)*tools/pose/weights.py"):
            read_file(empty_film)
        (tmp_path / _video_weights.DETECTOR).write_bytes(b"something else")
        with pytest.raises(NotInstalled, match="not the right ones"):
            read_file(empty_film)
    _video_weights.weights.cache_clear()
    monkeypatch.setattr(video, "find_spec", lambda _: None)
    with pytest.raises(NotInstalled, match=r"poise\[video\]"):
        read_file(empty_film)


@pytest.mark.parametrize("told", [{"follow": 0}, {"follow": "two"}, {"pose_model": "huge"}])
def test_a_mapping_that_means_nothing_is_refused(empty_film: Path, told: dict[str, object]) -> None:
    with pytest.raises(BadMapping, match=r"pose model|person"):
        read_file(empty_film, told)


# ── real films ──────────────────────────────────────────────────────────────────────────────────────────────────────


def has_sound_times(recording: Recording) -> bool:
    """Whether every stream has times, all of them known, from 0 on: asked of all files in test_readers_data.py."""
    times = [stream.time_s for stream in recording.streams.values()]
    return all(len(time_s) and np.isfinite(time_s).all() and time_s[0] == 0.0 for time_s in times)


@pytest.mark.data
def test_the_squatting_woman_is_seen_in_every_picture(shared_data: Path, networks: None) -> None:
    (recording,) = read_file(shared_data / "blazepose-squat-video" / "pose_squats.mp4")
    assert has_sound_times(recording)
    image, world = recording["landmarks"], recording["landmarks.world"]
    assert (image.unit, world.unit, image.frame.name, world.frame.name) == ("px", "m", "image", "camera")
    assert image.rate_hz == pytest.approx(5.0)
    assert np.isfinite(image.values).all()
    assert np.isfinite(world.values).all()
    assert not recording.problems
    (theirs,) = read_file(shared_data / "blazepose-squat-video" / "pose_squats.full.json", {"rate_hz": 5})
    apart_px = np.linalg.norm(image.values[..., :2] - theirs["landmarks"].values[..., :2], axis=2)
    assert np.median(apart_px) < 10.0  # of a body about 900 px high


@pytest.mark.data
@pytest.mark.slow
def test_the_walking_woman_is_followed_and_the_man_is_not(shared_data: Path, networks: None) -> None:
    (recording,) = read_file(shared_data / "sports2d-walk-video" / "demo.mp4")
    assert has_sound_times(recording)
    hips = recording["landmarks"]["left_hip"]
    seen_in = np.flatnonzero(np.isfinite(hips[:, 0]))
    assert abs(seen_in[0] - 42) <= 6
    assert abs(seen_in[-1] - 197) <= 6
    assert len(seen_in) >= 0.98 * (seen_in[-1] - seen_in[0] + 1)
    steps = np.diff(hips[seen_in, 0])
    assert hips[seen_in, 1].min() > 994 / 2  # the man stands on a ledge, above the middle of the picture
    assert np.abs(steps).max() < 60.0
    assert any("2 people" in problem.what and "follow = 2" in problem.do for problem in recording.problems)

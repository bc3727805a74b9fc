"""Finding the reader of a file: packed or not, well named or not, one recording or many."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import numpy as np
import pytest

from poise.errors import PoiseError, UnknownFormat, UnreadableFile
from poise.model import Kind, Reader
from poise.readers import unpack
from poise.readers.find import is_recording_folder, read_file, readers
from poise.testing import files


def test_every_reader_keeps_the_contract() -> None:
    assert len({reader.name for reader in readers()}) == len(readers())
    for reader in readers():
        assert isinstance(reader, Reader)
        assert all(suffix.startswith(".") for suffix in reader.suffixes)


@pytest.mark.parametrize("name", files.SAMPLES)
def test_every_sample_reads_under_its_own_name_and_as_itself(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(files.SAMPLES[name]())
    recordings = read_file(path)
    assert all(recording.source == str(path) for recording in recordings)
    assert recordings[0].id.split("/")[0] == path.stem
    assert recordings[0].history[0].what == "read"


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress), (".bz2", bz2.compress)])
def test_a_packed_file_reads_like_the_plain_one(tmp_path: Path, suffix: str, pack: object) -> None:
    plain, packed = tmp_path / "walk.trc", tmp_path / f"walk.trc{suffix}"
    plain.write_bytes(files.trc())
    packed.write_bytes(pack(files.trc()))  # type: ignore[operator]
    (one,), (other,) = read_file(plain), read_file(packed)
    assert one.id == other.id == "walk"
    assert other.source == str(packed)
    np.testing.assert_array_equal(one[Kind.MARKERS].values, other[Kind.MARKERS].values)


def test_a_packed_file_is_known_by_its_bytes_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "export"
    path.write_bytes(gzip.compress(files.trc()))
    assert Kind.MARKERS in read_file(path)[0]


def test_an_archive_gives_the_recordings_of_all_its_members(tmp_path: Path) -> None:
    path = tmp_path / "visit.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("day1/walk.trc", files.trc())
        archive.writestr("day1/stand.txt", files.bds_txt())
        archive.writestr("README.txt", "Nothing to see")
        archive.writestr("day2/walk.trc", files.trc()[:200])
    recordings = read_file(path)
    assert [recording.id for recording in recordings] == ["day1/walk", "day1/stand"]
    assert recordings[0].source == f"{path}/day1/walk.trc"
    assert any("day2/walk.trc" in problem.where for problem in recordings[0].problems)


def test_a_member_of_an_archive_finds_its_neighbour(tmp_path: Path) -> None:
    path = tmp_path / "subject.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.mat", files.mobilised_mat())
        archive.writestr("infoForAlgo.mat", files.info_mat())
    assert read_file(path)[0].person.height_m == pytest.approx(1.7)
    assert read_file(path)[0].id == "data/TimeMeasure1/Test5/Trial1"


def test_members_stay_in_their_room(tmp_path: Path) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../outside.trc", files.trc())
        archive.writestr("/etc/inside.trc", files.trc())
    room = tmp_path / "room"
    told = list(unpack.members(path, room))
    assert [name for name, _ in told] == ["outside.trc", "etc/inside.trc"]
    for _, file in told:
        assert room in file.resolve().parents


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("clip.mp4", b"\0\0\0\x20ftypisom" + b"\0" * 100, "video"),
        ("sheet.xlsx", b"PK\x03\x04" + b"\0" * 100, "CSV"),
        ("letter.pdf", b"%PDF-1.4 ...", "PDF"),
        ("new.mat", b"\x89HDF\r\n\x1a\n" + b"\0" * 100, "-v7"),
        ("notes.txt", b"The patient walked well today.\n", "text that starts with"),
        ("settings.toml", b'[demo]\nname = "x"\n', "settings"),
        ("noise.c3d", bytes(range(256)) * 4, ""),
    ],
)
def test_what_is_no_recording_is_told_for_what_it_is(tmp_path: Path, name: str, raw: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    with pytest.raises(PoiseError) as refused:
        read_file(path)
    assert words in str(refused.value)
    assert refused.value.do


def test_no_file_an_empty_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="There is no file"):
        read_file(tmp_path / "walk.trc")
    (tmp_path / "empty.trc").touch()
    with pytest.raises(UnreadableFile, match="is empty"):
        read_file(tmp_path / "empty.trc")
    with pytest.raises(UnknownFormat, match="is a folder"):
        read_file(tmp_path)


def test_a_folder_of_sensors_is_one_recording_on_one_clock(tmp_path: Path) -> None:
    (tmp_path / "MT_1_AAA.txt").write_bytes(files.xsens_txt(100, first_packet=470))
    assert not is_recording_folder(tmp_path)
    (tmp_path / "MT_1_BBB.txt").write_bytes(files.xsens_txt(100, first_packet=480, lost=(500, 501)))
    assert is_recording_folder(tmp_path)
    (recording,) = read_file(tmp_path, {"sensors": {"AAA": "pelvis"}})
    acceleration = recording[Kind.ACCELERATION]
    assert acceleration.channels == ("pelvis", "BBB")
    assert len(acceleration.time_s) == 110
    assert np.isnan(acceleration["BBB"][:10]).all()
    assert np.isnan(acceleration["BBB"][30:32]).all()
    assert np.isfinite(acceleration["BBB"][32:]).all()
    assert any("2 packets" in problem.what for problem in recording.problems)


def test_a_packet_counter_that_starts_again_is_one_clock(tmp_path: Path) -> None:
    path = tmp_path / "MT_1_AAA.txt"
    path.write_bytes(files.xsens_txt(100, first_packet=65500))
    (recording,) = read_file(path)
    assert recording[Kind.ACCELERATION].duration_s == pytest.approx(0.99)
    np.testing.assert_allclose(recording[Kind.ORIENTATION].values[0, 0], [2**-0.5, 0, 0, 2**-0.5], atol=1e-6)

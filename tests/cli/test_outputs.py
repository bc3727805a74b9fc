"""Where results go: nothing read is written over, what cannot be written is said first, JSON is UTF-8 everywhere."""

from __future__ import annotations

import json
import os
from pathlib import Path
from zipfile import ZipFile

import pytest

from cli.ran import in_its_own, in_this_process
from poise.cli.outputs import check_writable, replacing
from poise.errors import BadSetting
from poise.model import Kind
from poise.testing.c3d import C3dTrial, written
from poise.testing.walking import simulate_walk


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    markers = simulate_walk(duration_s=6.0).recording("plug-in-gait")[Kind.MARKERS]
    trial = C3dTrial(points=1000 * markers.values, analog=markers.values[:, :0, 0], labels=markers.channels)
    file = tmp_path_factory.mktemp("walk") / "gäng.c3d"
    written(trial, file)
    return file


def refused(outputs: list[Path], inputs: list[Path]) -> str:
    with pytest.raises(BadSetting) as caught:
        check_writable(outputs, inputs)
    return str(caught.value)


def test_a_recording_is_never_written_over(walk: Path, tmp_path: Path) -> None:
    before = walk.read_bytes()
    done = in_this_process("analyze", walk, "--json", walk.parent / ".." / walk.parent.name / walk.name)
    assert (done.returncode, walk.read_bytes()) == (2, before)
    link = tmp_path / "link.json"
    link.symlink_to(walk)
    assert "files to read" in refused([link], [walk])
    assert "files to read" in refused([walk], [walk.parent])
    check_writable([walk.parent / "new.json"], [walk.parent])


def test_two_outputs_of_one_name_are_refused_but_not_two_into_nothing(tmp_path: Path) -> None:
    assert "two outputs" in refused([tmp_path / "a", tmp_path / "b" / ".." / "a"], [])  # the folder b need not be
    check_writable([Path("/dev/null"), Path("/dev/null")], [])


@pytest.mark.parametrize("where", ["/proc/x.html", "/no/such/folder/x.html", "/tmp"])
def test_what_cannot_be_written_is_said_before_the_work(where: str) -> None:
    assert f"Cannot write '{where}'" in refused([Path(where)], [])


def test_a_full_disk_is_told_in_words(walk: Path) -> None:
    done = in_this_process("analyze", walk, "--json", "/dev/full")
    assert done.returncode == 2
    assert b"Cannot write '/dev/full'" in done.stderr
    assert b"Traceback" not in done.stderr


def break_off(target: Path) -> None:
    with replacing(target) as file:
        file.write_text("half")
        raise OSError("the disk is gone")


def test_an_output_is_whole_or_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "r.json"
    target.write_text("old")
    with pytest.raises(BadSetting):
        break_off(target)
    assert target.read_text() == "old"
    with replacing(target) as file:
        file.write_text("new")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("r.json", "new")]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_json_is_utf8_and_text_is_printed_in_whatever_the_terminal_speaks(walk: Path, encoding: str) -> None:
    asked = in_this_process("analyze", walk, "--json", "-", encoding=encoding)
    assert Path(json.loads(asked.stdout.decode("utf-8"))["recordings"][0]["file"]) == walk
    assert walk.name in in_this_process("inspect", walk, "--json", encoding=encoding).stdout.decode("utf-8")
    shown = in_this_process("analyze", walk, encoding=encoding)
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert shown.stdout.decode(encoding)


def test_what_a_terminal_speaks_is_told_by_the_environment(walk: Path) -> None:
    asked = in_its_own("inspect", walk, "--json", PYTHONIOENCODING="ascii")
    assert Path(json.loads(asked.stdout.decode("utf-8"))["files"][0]["file"]) == walk
    shown = in_its_own("analyze", walk, PYTHONIOENCODING="cp1252")
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert walk.stem in shown.stdout.decode("cp1252")


def test_a_name_that_is_no_utf8_is_replaced_wherever_it_is_written(walk: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/w\xff.c3d"))
    try:
        odd.write_bytes(walk.read_bytes())
    except OSError:
        pytest.skip("no such names here")
    outputs = {kind: tmp_path / f"o.{kind}" for kind in ("html", "json", "csv")}
    done = in_this_process("analyze", odd, *(word for kind, path in outputs.items() for word in (f"--{kind}", path)))
    assert (done.returncode, done.stderr) == (0, b"")
    for path in outputs.values():
        assert "w?" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["analyze", "inspect"])
def test_a_pipe_is_refused_and_not_waited_for(command: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.trc")
    done = in_this_process(command, tmp_path / "pipe.trc")
    assert done.returncode == 1
    assert b"pipe or a" in done.stdout


def test_what_was_not_done_is_not_measured_though_it_is_asked_for(walk: Path) -> None:
    (recording,) = json.loads(in_this_process("analyze", walk, "--task", "jps", "--json", "-").stdout)["recordings"]
    assert (recording["task"], recording["task_confidence"]) == ("jps", 1.0)
    assert not recording["measurements"]
    assert recording["problems"]


def test_an_earlier_recording_of_which_nothing_was_measured_is_said(walk: Path, tmp_path: Path) -> None:
    still = simulate_walk(duration_s=6.0).recording("plug-in-gait")[Kind.MARKERS]
    points = 1000 * still.values[:1].repeat(300, axis=0)
    nobody = tuple(f"U{number}" for number in range(len(still.channels)))
    written(C3dTrial(points=points, analog=points[:, :0, 0], labels=nobody), tmp_path / "still.c3d")
    done = in_this_process("analyze", walk, "--earlier", tmp_path / "still.c3d", "--json", "-")
    problems = json.loads(done.stdout)["recordings"][0]["problems"]
    assert any("Nothing was measured in the earlier recording" in each["what"] for each in problems)


def test_which_of_several_earlier_recordings_is_compared_with_is_said(walk: Path, tmp_path: Path) -> None:
    with ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.write(walk, "first.c3d")
        archive.write(walk, "second.c3d")
    done = in_this_process("analyze", walk, "--earlier", tmp_path / "two.zip", "--json", "-")
    assert done.returncode == 0
    assert "holds 2 recordings; what is compared with is 'first'" in " ".join(done.stderr.decode().split())


def test_validate_tells_a_bad_file_and_an_empty_folder_and_goes_on(tmp_path: Path) -> None:
    for name in ("fukuchi-treadmill-c3d", "mobgap-lumbar-imu"):
        (tmp_path / name).mkdir()
    (tmp_path / "fukuchi-treadmill-c3d" / "a.c3d").write_text("junk")
    done = in_this_process("validate", tmp_path, "--json", "-")
    assert done.returncode == 1
    assert not [
        s for s in json.loads(done.stdout) if not ("simulated" in s["dataset"] or "simulated" in s["condition"])
    ]
    for said in (b"fukuchi-treadmill-c3d", b"a.c3d", b"mobgap-lumbar-imu: no figures"):
        assert said in done.stderr


def test_a_cluster_that_does_not_answer_is_said_within_seconds(walk: Path) -> None:
    pytest.importorskip("distributed")
    done = in_its_own("analyze", walk, "--cluster", "127.0.0.1:9")  # whose threads and logs outlive the command
    assert done.returncode == 2
    assert b"cannot be reached" in done.stderr
    assert b"Traceback" not in done.stderr

"""The commands as a person runs them: exit status, pure JSON, words instead of tracebacks, the order of results kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from cli.ran import in_its_own, in_this_process
from poise.cli import measures
from poise.model import Kind
from poise.testing.c3d import C3dTrial, written
from poise.testing.walking import simulate_walk
from poise.workflows.registry import families


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three simulated walks, one file that is none of what its name says, and a note."""
    room = tmp_path_factory.mktemp("walks")
    for name, changes in {"a": {}, "b": {"trunk_sway_deg": 12.0}, "c": {"heading_deg": 90.0}}.items():
        markers = simulate_walk(duration_s=6.0, **changes).recording("plug-in-gait")[Kind.MARKERS]
        trial = C3dTrial(points=1000 * markers.values, analog=markers.values[:, :0, 0], labels=markers.channels)
        written(trial, room / f"{name}.c3d")
    (room / "broken.c3d").write_bytes(b"no")
    (room / "notes.md").write_text("# Not a recording", encoding="utf-8")
    return room


def test_standard_output_is_json_and_nothing_else(folder: Path) -> None:
    done = in_its_own("analyze", folder / "a.c3d", "--json", "-")  # whatever writes to it, in whichever language
    recordings = json.loads(done.stdout)["recordings"]
    assert done.returncode == 0
    assert recordings[0]["task"] == "walk"
    assert {"gait.cadence", "gait.speed", "joint.knee.flexion.rom"} <= {
        each["measure"] for each in recordings[0]["measurements"]
    }


def test_one_bad_file_is_named_and_the_others_are_still_analysed_in_order(folder: Path) -> None:
    done = in_this_process("analyze", folder, "--json", "-")
    recordings = json.loads(done.stdout)["recordings"]
    assert done.returncode == 1
    assert [Path(each["file"]).name for each in recordings] == ["a.c3d", "b.c3d", "broken.c3d", "c.c3d"]
    assert [bool(each["measurements"]) for each in recordings] == [True, True, False, True]
    assert recordings[2]["problems"][0]["what"]


def test_two_workers_give_what_one_gives(folder: Path) -> None:
    one = in_this_process("analyze", folder, "--json", "-", "--workers", "1")
    two = in_its_own("analyze", folder, "--json", "-", "--workers", "2")
    assert two.stdout == one.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("analyze",),
        ("analyze", "x.c3d", "--task", "dance"),
        ("analyze", "x.c3d", "--person", "height_m=170"),
        ("analyze", "x.c3d", "--map", "nowhere.toml"),
        ("analyze", "x.c3d", "--html", "/no/such/folder/r.html"),
        ("analyze", "x.c3d", "--workers", "0"),
        ("validate", "/no/such/folder"),
        ("frobnicate",),
    ],
)
def test_wrong_usage_is_exit_status_2_with_words(words: tuple[str, ...]) -> None:
    done = in_this_process(*words)
    assert done.returncode == 2
    assert done.said.strip()
    assert "Traceback" not in done.said


def test_a_file_that_is_not_there_and_an_empty_folder_are_said(tmp_path: Path) -> None:
    missing, empty = in_this_process("analyze", tmp_path / "none.c3d"), in_this_process("analyze", tmp_path)
    assert (missing.returncode, empty.returncode) == (1, 1)
    assert "no file" in missing.shown
    assert "No recording was found" in empty.said


def test_reports_and_tables_are_written_beside_each_other(folder: Path, tmp_path: Path) -> None:
    done = in_this_process(
        "analyze",
        folder / "b.c3d",
        "--html",
        tmp_path / "r.html",
        "--csv",
        tmp_path / "m.csv",
        "--json",
        tmp_path / "o.json",
    )
    assert done.returncode == 0
    assert "Trunk sways" in done.shown
    assert {each.name for each in tmp_path.iterdir()} == {"r.html", "m.csv", "o.json"}


def test_an_earlier_recording_of_the_same_person_is_compared_with(folder: Path) -> None:
    done = in_this_process("analyze", folder / "b.c3d", "--earlier", folder / "a.c3d", "--json", "-")
    assert done.returncode == 0
    sways = [each for each in json.loads(done.stdout)["recordings"][0]["findings"] if each["finding"] == "f_trunk_sway"]
    assert any(
        reference["basis"] == "earlier" for each in sways for reference in [each["reference"], *each["compared"]]
    )


def test_inspect_says_what_a_file_holds_and_help_lists_the_commands(folder: Path) -> None:
    shown = json.loads(in_this_process("inspect", folder / "a.c3d", "--json").stdout)["files"][0]
    assert [each["stream"] for each in shown["streams"]] == ["markers"]
    helped = in_this_process("--help").shown
    assert all(command in helped for command in ("analyze", "inspect", "measures", "validate"))


def test_measures_are_a_line_each_where_there_is_no_wide_terminal() -> None:
    lines = in_this_process("measures").shown.splitlines()
    assert any(line.startswith("gait.speed  m/s  ") for line in lines)
    assert all(len(line.split("  ")) == 3 for line in lines)


def _narrow() -> Console:
    return Console(force_terminal=True, width=60, soft_wrap=True, highlight=False, no_color=True)


def test_a_narrow_terminal_breaks_between_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(measures, "console", _narrow)
    assert measures.run(as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    words = {word for each in families() for word in f"{each.measure} {each.unit} {each.label}".split()}
    assert all(len(line) <= 60 for line in lines)
    assert {word for line in lines for word in line.split()} == words

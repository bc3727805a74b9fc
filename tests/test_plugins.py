"""Plug-ins of other packages: used when they are whole; when they are not, said, and nobody else pays for it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import poise
from cli.ran import Done, in_its_own, in_this_process
from poise import plugins
from poise.errors import BadSetting
from poise.workflows import one_recording, registry

PACKAGE = """
import os, signal
import numpy as np
from poise.model import Definition, Frame, Kind, Measured, Measurement, Recording, Stream

class Voltage:
    name, suffixes = "voltage", (".volt",)
    def sniff(self, path, head):
        return head.startswith(b"VOLT")
    def read(self, path, mapping):
        if path.read_bytes() == b"VOLT deadly":
            os.kill(os.getpid(), signal.SIGKILL)
        time_s = np.arange(100) / 100
        values = np.ones((100, 1, 1))
        stream = Stream(kind=Kind.ANALOG, channels=("a",), time_s=time_s, values=values, unit="V", frame=Frame(name="x"))
        return [Recording(id=path.stem, source=str(path), streams={Kind.ANALOG: stream})]

class Frightened(Voltage):
    name = "frightened"
    def sniff(self, path, head):
        raise RuntimeError("a file!")

class Mean:
    name, version, tasks = "mean", "1", frozenset({"walk", "stand"})
    defines = (Definition(measure="volt.mean", unit="V", label="Mean", formula="mean", source="test", sided=False),)
    def fits(self, recording):
        return Kind.ANALOG in recording
    def compute(self, recording):
        return Measured(measurements=(Measurement(
            measure="volt.mean", value=float(recording[Kind.ANALOG].values.mean()), unit="V", side=None, n=1,
            sd=float("nan"), start_s=0.0, end_s=1.0, valid_fraction=1.0, method="mean@1", recording=recording.id),))

class Divides(Mean):
    name = "divides"
    def compute(self, recording):
        return 1 / 0

voltage, frightened, mean, divides = Voltage(), Frightened(), Mean(), Divides()
"""
ENTRIES = """[poise.readers]
voltage = volt_poise:voltage
{readers}
[poise.measures]
mean = volt_poise:mean
{measures}
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that another package is installed in, whole and well, and that this process finds packages in."""
    room = tmp_path / "site"
    (room / "volt_poise-1.0.dist-info").mkdir(parents=True)
    (room / "volt_poise-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: volt-poise\nVersion: 1.0\n"
    )
    (room / "volt_poise.py").write_text(PACKAGE)
    install(room)
    monkeypatch.syspath_prepend(room)
    forget_plugins()
    yield room
    forget_plugins()


def forget_plugins() -> None:
    """As in a process that was just started: what there is to discover is looked for again."""
    for kept in (plugins.discover, plugins._said, registry.measures_of_walking, registry.labels):
        kept.cache_clear()
    sys.modules.pop("volt_poise", None)


def install(site: Path, *, readers: str = "", measures: str = "") -> None:
    entries = site / "volt_poise-1.0.dist-info" / "entry_points.txt"
    entries.write_text(ENTRIES.format(readers=readers, measures=measures))


def here(*words: str | Path) -> tuple[list[dict], str]:
    """The recordings of the JSON, and what was said beside it."""
    return _told(in_this_process("analyze", *words, "--json", "-"))


def in_a_process(site: Path, *words: str | Path) -> tuple[list[dict], str]:
    """The same, run as a user would who has installed that package."""
    return _told(in_its_own("analyze", *words, "--json", "-", PYTHONPATH=str(site)))


def _told(done: Done) -> tuple[list[dict], str]:
    return json.loads(done.stdout)["recordings"], done.said


@pytest.fixture
def volts(tmp_path: Path) -> Path:
    file = tmp_path / "a.volt"
    file.write_bytes(b"VOLT")
    return file


def test_a_reader_and_a_measure_of_another_package_are_used_and_not_everything_measured_is_a_walk(
    site: Path, volts: Path
) -> None:
    (recording,), said = in_a_process(site, volts)
    assert [(each["measure"], each["value"]) for each in recording["measurements"]] == [("volt.mean", 1.0)]
    assert recording["task"] == "unknown"
    assert said == ""
    assert here(volts, "--task", "stand")[0][0]["task"] == "stand"


def test_a_method_that_fails_costs_its_own_numbers_only(site: Path, volts: Path) -> None:
    install(site, measures="divides = volt_poise:divides")
    (recording,), _ = here(volts)
    assert [each["measure"] for each in recording["measurements"]] == ["volt.mean"]
    assert any("'divides'" in each["what"] and "ZeroDivisionError" in each["what"] for each in recording["problems"])


def test_what_cannot_be_loaded_or_keeps_no_contract_or_fails_at_first_sight_is_said_once_and_left_out(
    site: Path, volts: Path
) -> None:
    install(
        site,
        readers="a_frightened = volt_poise:frightened\nno_reader = volt_poise:mean",
        measures="gone = volt_poise:nothing\nnowhere = no_such_package:x",
    )
    recordings, said = here(volts, volts.parent)
    assert [len(each["measurements"]) for each in recordings] == [1]
    for broken in ("'frightened'", "'no_reader'", "'gone'", "'nowhere'"):
        assert said.count(broken) == 1
    assert "Traceback" not in said


def test_a_file_that_kills_its_process_is_unusable_and_all_others_are_there_in_order(
    site: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for index in range(8):
        (folder / f"{index}.volt").write_bytes(b"VOLT deadly" if index == 2 else b"VOLT")
    recordings, said = in_a_process(site, folder, "--workers", "2")
    assert [Path(each["file"]).stem for each in recordings] == list("01234567")
    assert [len(each["measurements"]) for each in recordings] == [1, 1, 0, 1, 1, 1, 1, 1]
    assert "was killed" in recordings[2]["problems"][0]["what"]
    assert "Traceback" not in said


def test_with_debugging_a_fault_is_raised_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = SimpleNamespace(id="r")
    assert one_recording._guarded(recording, "m", lambda: 1 / 0).problems  # type: ignore[arg-type, return-value]
    monkeypatch.setenv("POISE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        one_recording._guarded(recording, "m", lambda: 1 / 0)  # type: ignore[arg-type, return-value]


def test_a_task_that_there_is_not_is_refused_before_anything_is_read() -> None:
    with pytest.raises(BadSetting, match="nonsense"):
        poise.analyze("nowhere.trc", task="nonsense")

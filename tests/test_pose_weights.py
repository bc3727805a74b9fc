"""The build's part in video: weights of an exact version, every byte checked, the package whole without them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import missing
from poise.readers import _video_weights

TOOLS = Path(__file__).resolve().parents[1] / "tools" / "pose"
BUILD = TOOLS.parent / "build"


def load(name: str, folder: Path = TOOLS) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"poise_tools_{name}", folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WEIGHTS = load("weights")


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A small package in place of npm's, with the hashes to match."""
    made = {name: name.encode() * 50 for name in WEIGHTS.SOURCES}
    monkeypatch.setattr(WEIGHTS, "SHA256", {name: hashlib.sha256(each).hexdigest() for name, each in made.items()})
    return made


def unpacked(package: dict[str, bytes]) -> Any:
    """An npm that puts the package where ``npm ci`` would, and counts how often it is asked."""

    def npm(room: Path) -> None:
        npm.asked += 1
        assert {each.name for each in room.iterdir()} == set(WEIGHTS.LISTED)
        folder = room / "node_modules" / WEIGHTS.PACKAGE
        folder.mkdir(parents=True)
        for name, content in package.items():
            (folder / WEIGHTS.SOURCES[name]).write_bytes(content)

    npm.asked = 0
    return npm


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_the_lock_is_exact_and_names_no_host() -> None:
    lock = json.loads((TOOLS / "package-lock.json").read_text("utf-8"))
    (wanted,) = [each for name, each in lock["packages"].items() if name]
    version = json.loads((TOOLS / "package.json").read_text("utf-8"))["dependencies"][WEIGHTS.PACKAGE]
    assert wanted["version"] == version == "0.5.1675469404"
    assert wanted["integrity"].startswith("sha512-DFZsNWTsSphRIZppnUCu")
    for name in WEIGHTS.LISTED:
        text = (TOOLS / name).read_text("utf-8")
        assert "http" not in text
        assert '"resolved"' not in text
    assert {"omit-lockfile-registry-resolved=true", "ignore-scripts=true"} <= set(
        (TOOLS / ".npmrc").read_text("utf-8").split()
    )


def test_the_build_and_the_reader_expect_the_same_bytes() -> None:
    assert {f"{name}.tflite": sha256 for name, sha256 in WEIGHTS.SHA256.items()} == _video_weights.SHA256


def test_built_twice_is_the_same_and_built_already_is_left_alone(tmp_path: Path, package: dict[str, bytes]) -> None:
    npm = unpacked(package)
    WEIGHTS.build(tmp_path / "one", npm=npm)
    WEIGHTS.build(tmp_path / "two", npm=npm)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert set(contents(tmp_path / "one")) == {
        "pose_detector.tflite", "pose_landmark_lite.tflite", "pose_landmark_full.tflite", "manifest.json", "NOTICE.txt",
    }  # fmt: skip
    WEIGHTS.build(tmp_path / "one", npm=npm)
    assert npm.asked == 2
    (tmp_path / "one" / "pose_detector.tflite").write_bytes(b"cut off")
    WEIGHTS.build(tmp_path / "one", npm=npm)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_largest_network_comes_on_wish_and_stays(tmp_path: Path, package: dict[str, bytes]) -> None:
    npm = unpacked(package)
    WEIGHTS.build(tmp_path / "built", heavy=True, npm=npm)
    WEIGHTS.build(tmp_path / "built", npm=npm)
    assert npm.asked == 1
    assert (tmp_path / "built" / "pose_landmark_heavy.tflite").is_file()


def test_another_byte_is_never_taken(tmp_path: Path, package: dict[str, bytes]) -> None:
    tampered = package | {"pose_landmark_full": b"something else"}
    with pytest.raises(WEIGHTS.WrongBytes, match="pose_landmark_full"):
        WEIGHTS.build(tmp_path / "built", npm=unpacked(tampered))
    assert not (tmp_path / "built").exists()


class Said:
    """What the build's terminal shows."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def display_warning(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of the part that builds the weights, on a machine whose npm reaches nothing."""
    monkeypatch.setenv("POISE_ASSETS", "none")
    shutil.copytree(TOOLS, tmp_path / "tools" / "pose", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(TOOLS.parent / "messages.py", tmp_path / "tools" / "messages.py")
    source = (tmp_path / "tools" / "pose" / "weights.py").read_text("utf-8")
    unreachable = source.replace("        done = _npm(command, room)\n", '        raise OSError("no network")\n')
    assert unreachable != source
    (tmp_path / "tools" / "pose" / "weights.py").write_text(unreachable, "utf-8")
    return tmp_path


def initialized(clone: Path, said: Said, target: str = "wheel") -> None:
    pytest.importorskip("hatchling")
    hook = object.__new__(load("hatch_hook", BUILD).PoiseHook)
    for name, value in {"root": str(clone), "target_name": target, "app": said}.items():
        hook.__dict__[f"_BuildHookInterface__{name}"] = value
    hook.initialize("standard", {})


def test_without_a_network_the_rest_installs_and_the_build_says_what_is_missing(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POISE_WEIGHTS", raising=False)
    said = Said()
    initialized(clone, said)
    assert "WITHOUT" in said.warnings[0]
    assert "no network" in said.warnings[0]
    assert "python tools/pose/weights.py" in said.warnings[0]


@pytest.mark.parametrize("wish", ["required", "heavy"])
def test_a_release_without_them_is_none(clone: Path, monkeypatch: pytest.MonkeyPatch, wish: str) -> None:
    monkeypatch.setenv("POISE_WEIGHTS", wish)
    with pytest.raises(Exception, match="npm could not be run"):
        initialized(clone, Said())


@pytest.mark.parametrize(("wish", "target"), [("none", "wheel"), ("auto", "sdist")])
def test_where_nobody_wants_them_nothing_is_fetched(
    clone: Path, monkeypatch: pytest.MonkeyPatch, wish: str, target: str
) -> None:
    monkeypatch.setenv("POISE_WEIGHTS", wish)
    said = Said()
    initialized(clone, said, target)
    assert not said.warnings
    assert not (clone / "src").exists()


def test_the_weights_of_this_copy_are_the_right_ones() -> None:
    if not (_video_weights.FOLDER / "manifest.json").is_file():
        missing("weights of the pose networks (python tools/pose/weights.py)", always_in_ci=True)
    files = json.loads((_video_weights.FOLDER / "manifest.json").read_text("utf-8"))["files"]
    assert set(files) >= {f"{name}.tflite" for name in WEIGHTS.ALWAYS}
    for name in files:
        _video_weights.weights.cache_clear()
        assert _video_weights.weights(name).is_file()

"""Other software beside ours: kept apart, pinned, scored by our own code on our own trials."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from poise.measures.footfalls import Footfalls
from poise.model import SIDES
from poise.workflows.validate import known_datasets, read_peers
from poise.workflows.validation.mobgap_lumbar_imu import LEVEL
from poise.workflows.validation.scores import Score

PEERS = Path(__file__).resolve().parents[1] / "validation" / "peers"
NAMES = ("gaitkit", "gaitmap", "mobgap")


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"peer_{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def environment() -> ModuleType:
    return loaded(PEERS / "environment.py")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, environment: ModuleType) -> ModuleType:
    monkeypatch.setitem(sys.modules, "environment", environment)
    return loaded(PEERS / "run.py")


def test_every_peer_has_all_its_parts(run: ModuleType) -> None:
    assert run.known() == sorted(NAMES)
    for name in NAMES:
        held = {path.name for path in (PEERS / name).iterdir()}
        assert {"requirements.txt", "inside.py", "score.py", "scores.json"} <= held


@pytest.mark.parametrize("name", NAMES)
def test_what_is_installed_is_pinned_by_name_and_names_no_host(name: str) -> None:
    wanted = (PEERS / name / "requirements.txt").read_text(encoding="utf-8").split()
    assert wanted[0].split("==")[0].split("[")[0] == name
    assert all(re.fullmatch(r"[A-Za-z0-9_.\-]+(\[[a-z,]+\])?==[0-9][0-9a-z.]*", each) for each in wanted)


@pytest.mark.parametrize("name", NAMES)
def test_what_runs_in_the_peers_environment_knows_nothing_of_poise(name: str) -> None:
    tree = ast.parse((PEERS / name / "inside.py").read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert not [each for each in imported if each.split(".")[0] == "poise"]


def test_mobgap_is_given_the_bouts_that_ours_are_given() -> None:
    assert f".{LEVEL}" in (PEERS / "mobgap" / "inside.py").read_text(encoding="utf-8").replace('"', ".")


def test_gaitkit_may_not_install_packages_by_itself() -> None:
    text = (PEERS / "gaitkit" / "inside.py").read_text(encoding="utf-8")
    assert 0 < text.index('os.environ["GAITKIT_AUTO_INSTALL_DEPS"] = "0"') < text.index("import gaitkit")


@pytest.mark.parametrize("name", NAMES)
def test_kept_scores_are_pooled_ones_of_data_folders_that_we_are_scored_on(name: str) -> None:
    scores = list(read_peers([PEERS / name / "scores.json"]))
    assert scores
    assert {score.file for score in scores} == {"all"}
    assert {score.dataset for score in scores} <= {dataset.name for dataset in known_datasets()}
    assert all(score.method.startswith(name) and score.published is None for score in scores)


def test_scores_are_written_as_they_are_read(run: ModuleType, tmp_path: Path) -> None:
    both = [
        Score(dataset="d", file="all", measure="toe_off", method="peer", metric="f1_50ms", value=0.5, n=3),
        Score(dataset="d", file="all", measure="toe_off", method="peer", metric="precision", value=float("nan"), n=3),
    ]
    path = tmp_path / "scores.json"
    path.write_text(run.as_lines(both), encoding="utf-8")
    one, none = read_peers([path])
    assert one == both[0]
    assert none.value != none.value
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2 + len(both)


def test_an_environment_is_made_once_and_again_when_its_pins_change(
    environment: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def make(place: Path, **_: object) -> None:
        place.mkdir(parents=True, exist_ok=True)
        made.append(place.name)

    class Installed:
        returncode = 0

    monkeypatch.setattr(environment, "HERE", tmp_path)
    monkeypatch.setattr(environment, "ENVIRONMENTS", tmp_path / ".envs")
    monkeypatch.setattr(environment.venv, "create", make)
    monkeypatch.setattr(environment.subprocess, "run", lambda *_, **__: Installed())
    pins = tmp_path / "peer" / "requirements.txt"
    pins.parent.mkdir()
    pins.write_text("peer==1\n", encoding="utf-8")
    assert not environment.is_made("peer")
    environment.interpreter("peer")
    environment.interpreter("peer")
    assert made == ["peer"]
    pins.write_text("peer==2\n", encoding="utf-8")
    environment.interpreter("peer")
    assert made == ["peer", "peer"]


def test_an_installation_that_fails_leaves_no_environment_that_looks_made(
    environment: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failed:
        returncode = 1

    monkeypatch.setattr(environment, "HERE", tmp_path)
    monkeypatch.setattr(environment, "ENVIRONMENTS", tmp_path / ".envs")
    monkeypatch.setattr(environment.venv, "create", lambda place, **_: place.mkdir(parents=True))
    monkeypatch.setattr(environment.subprocess, "run", lambda *_, **__: Failed())
    (tmp_path / "peer").mkdir()
    (tmp_path / "peer" / "requirements.txt").write_text("peer==1\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="peer could not be installed"):
        environment.interpreter("peer")
    assert not environment.is_made("peer")


@pytest.mark.data
def test_a_peer_that_finds_just_the_labels_scores_one(shared_data: Path) -> None:
    """And one that raises on a walk has missed it; one that raises on all is not in the table."""
    score = loaded(PEERS / "gaitkit" / "score.py")
    name = "pd-overground-c3d"
    trials = [trial for trial in score.TRIALS[name](shared_data / name) if not trial.reference_name]
    files = list(dict.fromkeys(trial.file for trial in trials))
    references = {trial.file: trial.reference for trial in trials if trial.complete}
    perfect = {file: {"helped": {"methods": {"perfect": as_found(references[file])}}} for file in files}
    failing = {"error": "ValueError: no"}
    for file in files:
        perfect[file]["helped"]["methods"]["failing"] = failing
    for position, file in enumerate(files):
        perfect[file]["helped"]["methods"]["half"] = as_found(references[file]) if position else failing
    found = json.loads(json.dumps({"datasets": {name: perfect}}))
    pooled = {
        (each.method, each.measure): each.value
        for each in score.scores(found, shared_data)
        if each.file == "all" and each.metric == "f1_50ms" and each.measure in ("initial_contact", "toe_off")
    }
    assert pooled["gaitkit 1.5.0 perfect", "initial_contact"] == 1.0
    assert pooled["gaitkit 1.5.0 perfect", "toe_off"] == 1.0
    assert 0.0 < pooled["gaitkit 1.5.0 half", "initial_contact"] < 1.0
    assert not [key for key in pooled if "failing" in key[0]]


def as_found(falls: Footfalls) -> dict[str, dict[str, list[float]]]:
    moments = {"initial_contact": falls.contacts_s, "toe_off": falls.toe_offs_s}
    return {event: {side: times[side].tolist() for side in SIDES} for event, times in moments.items()}

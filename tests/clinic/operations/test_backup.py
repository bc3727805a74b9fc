"""Backup and restore: hot, whole, proved; and nothing readable where a key is set."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic.operations import running
from clinic.operations.running import KEY, NAME, OTHER_KEY, poise

Make = Callable[..., Path]

WRITER = """
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "poise.clinic.settings"
import django
django.setup()
from poise.clinic.actor import system
from poise.clinic.audit.domain import chain
print("writing", flush=True)
while True:
    chain.record(system("test"), "patient.find")
    time.sleep(0.002)
"""


def backup(data: Path, to: Path, *more: object, **told: str) -> Path:
    ended = poise("backup", to, "--data", data, *more, **told)
    assert ended.returncode == 0, ended.stderr
    return sorted(to.glob("poise-*"))[-1]


def readable(folder: Path) -> list[str]:
    """The files in which the patients' name can be read."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and NAME.encode() in path.read_bytes()]


@pytest.mark.parametrize("key", ["", KEY], ids=["plain", "encrypted"])
def test_what_is_restored_is_what_was_saved(installation: Make, tmp_path: Path, key: str) -> None:
    told = {"POISE_KEY": key} if key else {}
    saved = backup(installation(key), tmp_path / "kept", **told)
    restored = poise("restore", saved, "--data", tmp_path / "new", **told)
    assert restored.returncode == 0, restored.stderr
    manifest = json.loads((saved / "manifest.json").read_text())
    assert (manifest["objects"], manifest["rows"]["people_patient"], manifest["audit_number"]) == (20, 20, 20)
    assert f"{sum(manifest['rows'].values())} rows, 20 objects, audit row 20." in restored.stdout
    found = json.loads(poise("doctor", "--all", "--json", "--data", tmp_path / "new", **told).stdout)
    assert [each["about"] for each in found if each["verdict"] == "bad"] == []
    again = json.loads((backup(tmp_path / "new", tmp_path / "again", **told) / "manifest.json").read_text())
    assert [again[what] for what in ("rows", "audit_seal", "objects", "object_bytes")] == [
        manifest[what] for what in ("rows", "audit_seal", "objects", "object_bytes")
    ]


def test_with_a_key_no_name_can_be_read_in_data_or_backup(installation: Make, tmp_path: Path) -> None:
    data = installation(KEY)
    backup(data, tmp_path / "kept", POISE_KEY=KEY)
    assert readable(tmp_path) == []
    assert not list(tmp_path.rglob("kept/**/secrets.json"))
    assert readable(installation(name="plain"))  # the search does find it where it is


def test_a_backup_does_not_hold_up_who_writes_and_is_of_one_moment(installation: Make, tmp_path: Path) -> None:
    data = installation(KEY)
    told = running.environment(POISE_DATA=str(data), POISE_KEY=KEY)
    with subprocess.Popen([sys.executable, "-c", WRITER], env=told, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.3)
        saved = backup(data, tmp_path / "kept", POISE_KEY=KEY)
        assert writer.poll() is None
        writer.kill()
    manifest = json.loads((saved / "manifest.json").read_text())
    assert manifest["rows"]["audit_event"] == manifest["audit_number"] > 20
    assert poise("restore", saved, "--data", tmp_path / "new", POISE_KEY=KEY).returncode == 0
    assert poise("audit", "verify", "--data", tmp_path / "new", POISE_KEY=KEY).returncode == 0


def test_damage_is_found_and_named_before_anything_is_restored(installation: Make, tmp_path: Path) -> None:
    saved = backup(installation(), tmp_path / "kept")
    victim = next((saved / "objects").glob("*/*/*"))
    victim.write_bytes(b"x" + victim.read_bytes()[1:])
    (saved / "installation.json").unlink()
    told = poise("restore", saved, "--data", tmp_path / "new")
    assert told.returncode == 2
    assert f"{victim.name} was changed" in told.stderr
    assert "installation.json is missing" in told.stderr
    assert not (tmp_path / "new").exists()


def test_a_manifest_that_was_rewritten_is_found(installation: Make, tmp_path: Path) -> None:
    saved = backup(installation(), tmp_path / "kept")
    manifest = json.loads((saved / "manifest.json").read_text())
    (saved / "manifest.json").write_text(json.dumps({**manifest, "audit_number": 19}))
    assert "The backup's manifest was changed" in poise("restore", saved, "--data", tmp_path / "new").stderr


def test_a_restore_overwrites_nothing(installation: Make, tmp_path: Path) -> None:
    data = installation()
    saved = backup(data, tmp_path / "kept")
    before = (data / "poise.sqlite3").read_bytes()
    assert "a restore never overwrites" in poise("restore", saved, "--data", data).stderr
    assert (data / "poise.sqlite3").read_bytes() == before


@pytest.mark.parametrize("key", ["", OTHER_KEY], ids=["no key", "another key"])
def test_an_encrypted_backup_needs_its_key(installation: Make, tmp_path: Path, key: str) -> None:
    saved = backup(installation(KEY), tmp_path / "kept", POISE_KEY=KEY)
    told = poise("restore", saved, "--data", tmp_path / "new", **({"POISE_KEY": key} if key else {}))
    assert told.returncode == 2
    assert "key" in told.stderr.splitlines()[-2]
    assert not (tmp_path / "new").exists()


def test_only_the_newest_are_kept_and_they_share_what_did_not_change(installation: Make, tmp_path: Path) -> None:
    data, kept = installation(), tmp_path / "kept"
    first = backup(data, kept)
    second = backup(data, kept)
    shared = next((second / "objects").glob("*/*/*"))
    assert shared.stat().st_ino == (first / shared.relative_to(second)).stat().st_ino
    third = backup(data, kept, "--keep", 2)
    assert sorted(path.name for path in kept.iterdir()) == sorted([second.name, third.name])
    assert poise("restore", third, "--data", tmp_path / "new").returncode == 0


def test_a_broken_chain_is_told_and_no_backup_takes_a_sound_ones_place(installation: Make, tmp_path: Path) -> None:
    data = installation()
    backup(data, tmp_path / "kept")
    with sqlite3.connect(data / "poise.sqlite3") as database:
        database.execute("DELETE FROM audit_event WHERE number = 7")
    told = poise("backup", tmp_path / "kept", "--data", data, "--keep", 1)
    assert told.returncode == 2
    assert "The audit's chain is broken" in told.stderr
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_a_file_that_rows_name_and_nobody_has_is_told(installation: Make, tmp_path: Path) -> None:
    data = installation()
    next((data / "objects").glob("*/*/*")).unlink()
    told = poise("backup", tmp_path / "kept", "--data", data)
    assert told.returncode == 1
    assert "1 are missing" in told.stdout


def test_a_full_disk_leaves_no_half_backup(installation: Make, tmp_path: Path) -> None:
    script = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); " \
             "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); from poise.cli.main import main; main()"  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", script, "backup", str(tmp_path / "kept"), "--data", str(installation())],
        env=running.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode != 0
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_plain_clinic_is_encrypted_and_its_key_changed(installation: Make, tmp_path: Path) -> None:
    data, keys = installation(), (tmp_path / "first.key", tmp_path / "second.key")
    for path, key in zip(keys, (KEY, OTHER_KEY), strict=True):
        path.write_text(f"{key}\n")
    first = poise("encrypt", "--key-file", keys[0], "--data", data)
    assert first.returncode == 0, first.stderr
    assert readable(data) == []
    second = poise("encrypt", "--key-file", keys[1], "--old-key-file", keys[0], "--data", data)
    assert second.returncode == 0, second.stderr
    told = {"POISE_KEY_FILE": str(keys[1])}
    found = json.loads(poise("doctor", "--all", "--json", "--data", data, **told).stdout)
    assert [each["found"] for each in found if each["about"] == "objects"] == [
        "20 of 20 read, none missing or changed."
    ]
    assert [each["about"] for each in found if each["verdict"] == "bad"] == []
    assert len([path for path in (data / "objects").rglob("*") if path.is_file()]) == 20
    assert poise("doctor", "--data", data, POISE_KEY_FILE=str(keys[0])).returncode == 1


def test_the_doctor_says_what_is_wrong_and_what_to_do(installation: Make) -> None:
    data = installation()
    (data / "secrets.json").chmod(0o644)
    first, second, *_ = sorted((data / "objects").glob("*/*/*"))
    first.unlink()
    second.write_bytes(b"another")
    ended = poise("doctor", "--all", "--data", data)
    assert ended.returncode == 1
    assert f"chmod 600 {data / 'secrets.json'}" in ended.stdout
    assert f"{first.name} is missing" in ended.stdout
    assert f"{second.name} was changed" in ended.stdout
    assert os.stat(data).st_mode & 0o777 == 0o700

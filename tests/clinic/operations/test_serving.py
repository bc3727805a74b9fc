"""`poise serve`: one command, and a clear sentence for everything that keeps it from serving."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import socket
import sqlite3
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic.operations import running
from clinic.operations.running import KEY, OTHER_KEY, alive, poise, served
from poise.clinic.operations.domain import addresses
from poise.errors import BadSetting

Make = Callable[..., Path]


def refused(*arguments: object, **more: str) -> str:
    """What `serve` says when it does not serve: words, no traceback."""
    ended = poise("serve", *arguments, **more)
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_it_serves_restarts_what_dies_and_stops_all_when_asked(installation: Make) -> None:
    with served(installation(), "--workers", 2) as server:
        children = server.children()
        assert len(children) == 3  # two for pages, one for jobs
        os.kill(children[0], signal.SIGKILL)
        until = time.monotonic() + 20
        while time.monotonic() < until and set(server.children()) <= set(children):
            assert server.get("/health")[0] == 200  # the other one answers meanwhile
            time.sleep(0.1)
        assert len(set(server.children()) - {children[0]}) == 3
        assert server.get("/ready")[0] == 200
        assert server.get("/metrics")[1].count("poise_request_seconds_count{") >= 2
        children = server.children()
    assert server.process.returncode == 0
    assert not [child for child in children if alive(child)]


def test_when_the_server_itself_is_killed_nothing_of_it_stays_and_it_starts_again(installation: Make) -> None:
    data = installation(KEY)
    with served(data, POISE_KEY=KEY) as server:
        children = server.children()
        server.process.kill()
        server.process.wait()
        until = time.monotonic() + 10
        while time.monotonic() < until and any(map(alive, children)):
            time.sleep(0.1)
        assert not [child for child in children if alive(child)]
    with served(data, "--jobs", 0, POISE_KEY=KEY) as server:
        assert server.get("/ready")[0] == 200


def test_what_it_makes_is_its_owners_alone(installation: Make) -> None:
    data = installation()
    with served(data, "--jobs", 0) as server:
        server.get("/ready")
        assert [str(path) for path in (data, *data.rglob("*")) if path.stat().st_mode & 0o077 and path.is_file()] == []


def test_a_second_server_on_the_same_folder_is_refused(installation: Make) -> None:
    data = installation()
    with served(data, "--jobs", 0):
        assert "is in use by another Poise" in refused("--data", data, "--port", running.free_port())


def test_plain_http_on_a_network_is_refused(tmp_path: Path) -> None:
    told = refused("--data", tmp_path / "data", "--host", "0.0.0.0")
    assert told.startswith("Poise does not serve patients' data over plain http on 0.0.0.0")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "clinic-pc.local", "127.0.0.1.example.org"])
def test_a_network_asks_for_tls_or_a_proxy_or_a_word_that_it_is_ones_own(host: str) -> None:
    said = {"encrypted": False, "behind_proxy": False, "insecure_lan": False}
    with pytest.raises(BadSetting, match="over plain http"):
        addresses.check_safe(host, **said)
    for each in said:
        addresses.check_safe(host, **(said | {each: True}))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "localhost", "::1", "[::1]"])
def test_this_machine_alone_asks_for_nothing(host: str) -> None:
    addresses.check_safe(host, encrypted=False, behind_proxy=False, insecure_lan=False)


def test_plain_http_on_ones_own_network_says_what_it_is_and_keeps_a_session(installation: Make) -> None:
    with served(installation(), "--host", "0.0.0.0", "--insecure-lan", "--workers", 1, "--jobs", 0) as server:
        name = addresses.names_of("0.0.0.0")[0]
        assert f"Poise is at http://{name}:{server.port} " in server.told.read_text()
        assert "whoever else is on this network can read what is sent" in server.told.read_text()
        there = f"http://{name}:{server.port}/account/sign-in/"
        kept = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(kept), urllib.request.ProxyHandler({}))
        with browser.open(there, timeout=10) as answer:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.read().decode())
            assert "Strict-Transport-Security" not in answer.headers
        assert {cookie.name: (cookie.secure, cookie.has_nonstandard_attr("HttpOnly")) for cookie in kept} == {
            "poise-csrf": (False, True)
        }
        assert token
        typed = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "login": "a@example.org", "password": "x"})
        sent = urllib.request.Request(there, typed.encode(), {"Origin": f"http://{name}:{server.port}"})
        with browser.open(sent, timeout=10) as answer:  # 403 if the cookie had not come back
            assert (answer.status, answer.url) == (200, there)
        assert server.get("/account/sign-in/", Host="elsewhere.example")[0] == 400


def test_a_taken_port_is_named(installation: Make) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} on 127.0.0.1 is taken" in refused("--data", installation(), "--port", port)


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("mine")
    assert "is no data folder of Poise" in refused("--data", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_a_folder_that_cannot_be_made_is_named() -> None:
    assert "The data folder /proc/poise cannot be used." in refused("--data", "/proc/poise")


def test_a_certificate_that_is_none_is_told_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("no certificate")
    told = refused("--data", tmp_path / "data", "--tls-cert", tmp_path / "cert.pem", "--tls-key", tmp_path / "cert.pem")
    assert "cannot be used" in told


def test_real_data_are_never_opened_as_a_demo_nor_a_demo_as_real(installation: Make, tmp_path: Path) -> None:
    data = installation()
    assert "holds a real clinic" in poise("demo", "--data", data).stderr
    assert "is not a demo of Poise; it is left as it is" in poise("demo", "--reset", "--data", data).stderr
    (data / "installation.json").write_text(json.dumps({"kind": "demo"}))
    assert "holds a demo clinic" in refused("--data", data)


@pytest.mark.parametrize(
    ("made_with", "opened_with"),
    [(KEY, OTHER_KEY), (KEY, ""), ("", KEY)],
    ids=["another key", "no key", "key too many"],
)
def test_a_wrong_key_is_told(installation: Make, made_with: str, opened_with: str) -> None:
    told = refused("--data", installation(made_with), **({"POISE_KEY": opened_with} if opened_with else {}))
    assert "does not open with this key" in told


def test_a_database_of_a_newer_version_is_left_alone(installation: Make) -> None:
    data = installation()
    with sqlite3.connect(data / "poise.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '9999_later', '2030-01-01')"
        )
    assert "made by a newer version of Poise" in refused("--data", data)


def test_before_an_update_a_copy_is_put_aside(installation: Make) -> None:
    data = installation(KEY)
    assert poise("manage", "migrate", "jobs", "zero", POISE_DATA=str(data), POISE_KEY=KEY).returncode == 0
    told = poise("prepare", "--data", data, POISE_KEY=KEY)
    assert told.returncode == 0, told.stderr
    (copy,) = (data / "before-updates").iterdir()
    assert running.NAME.encode() not in copy.read_bytes()
    assert copy.stat().st_mode & 0o077 == 0


def test_help_does_not_wait_for_django() -> None:
    ended = running.subprocess.run(
        [*running.command("--help")[:1], "-X", "importtime", *running.command("--help")[1:]],
        env=running.environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {line.split("|")[-1].strip() for line in ended.stderr.splitlines()}
    assert not {"django", "uvicorn", "numpy", "sqlcipher3", "cryptography"} & loaded


def test_a_key_is_made_and_never_the_same() -> None:
    first, second = (poise("key").stdout.strip() for _ in range(2))
    assert len(first) == len(second) == 64
    assert first != second
    assert int(first, 16) >= 0

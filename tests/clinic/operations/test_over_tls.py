"""A new clinic with a certificate, as a browser and as an ill-mannered program meet it."""

from __future__ import annotations

import contextlib
import http.cookiejar
import re
import shutil
import socket
import ssl
import subprocess
import urllib.request
from pathlib import Path

import pytest

from clinic.operations.running import Served, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl"),
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning"),  # old ones are what it tries
]
TO = b"Host: localhost\r\n"
FORM = b"POST /account/sign-in/ HTTP/1.1\r\n" + TO
NEVER_ENDING = {
    "a head that stops": b"GET /health HT",
    "a body that never comes": FORM + b"Content-Length: 1000000\r\n\r\nlogin=",
}
REFUSED = {
    "a line without end": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + TO + b"\r\n",
    "a heading without end": b"GET /health HTTP/1.1\r\n" + TO + b"X-Long: " + b"a" * 200_000 + b"\r\n\r\n",
    "less than nothing": FORM + b"Content-Length: -5\r\n\r\nlogin=",
    "two lengths": FORM + b"Content-Length: 6\r\nContent-Length: 60\r\n\r\nlogin=",
    "a length and parts": FORM + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n",
    "another clinic's name": b"GET /health HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
}  # fmt: skip


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """As docs/clinic/running.md has it, in one step."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


def test_a_new_clinic_is_begun_over_tls_and_bad_manners_hold_nobody_up(
    certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    cert, key = certificate
    trust = ssl.create_default_context(cafile=str(cert))
    told = ("--tls-cert", cert, "--tls-key", key, "--host", "0.0.0.0", "--workers", 1, "--jobs", 0)
    with served(tmp_path / "new", *told, trust=trust, within_s=280) as server:  # its database is made first
        the_printed_link_opens_the_first_page(server)
        old_tls_and_plain_http_are_not_answered(server, cert)
        bad_manners_hold_nobody_up(server)


def the_printed_link_opens_the_first_page(server: Served) -> None:
    (link,) = re.findall(r"https://\S+?(/\S+)$", server.told.read_text().split("with this link")[1], re.MULTILINE)
    kept = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(kept), urllib.request.HTTPSHandler(context=server.trust)
    )
    with browser.open(f"{server.address}{link}", timeout=10) as answer:
        assert (answer.status, answer.url) == (200, f"{server.address}/entrance/")  # without the secret
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert sorted(cookie.name for cookie in kept) == ["__Host-poise", "__Host-poise-csrf"]
    for cookie in kept:
        assert (cookie.secure, cookie.path, cookie.domain_specified) == (True, "/", False)
        assert (cookie.has_nonstandard_attr("HttpOnly"), cookie.get_nonstandard_attr("SameSite")) == (True, "Lax")
    assert server.get(link[:-4] + "xyz/")[0] == 410
    assert server.get("/account/sign-in/")[0] == 503  # every other page waits for the clinic to be made


def old_tls_and_plain_http_are_not_answered(server: Served, cert: Path) -> None:
    old = ssl.create_default_context(cafile=str(cert))
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with _connected(server) as raw, pytest.raises((ssl.SSLError, OSError)):
        old.wrap_socket(raw, server_hostname="localhost")
    with _connected(server) as raw:
        raw.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP/1.1" not in raw.recv(4096)


def bad_manners_hold_nobody_up(server: Served) -> None:
    held = [_sent(server, beginning) for beginning in NEVER_ENDING.values()]
    assert [server.get("/health")[0] for _ in range(5)] == [200] * 5
    for manner, request in REFUSED.items():
        with _sent(server, request) as refused:
            assert _statuses(refused) in ([], [b"400"]), manner  # [] where it is hung up on
    assert server.get("/health")[0] == 200
    for each in held:
        each.close()
    assert "Traceback" not in server.told.read_text()


def _connected(server: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def _sent(server: Served, request: bytes) -> ssl.SSLSocket:
    assert server.trust
    wrapped = server.trust.wrap_socket(_connected(server), server_hostname="localhost")
    with contextlib.suppress(OSError):  # closed in the middle: that is an answer too
        wrapped.sendall(request)
    return wrapped


def _statuses(answered: ssl.SSLSocket) -> list[bytes]:
    """Of all that is answered until the other side hangs up, or says no more."""
    answered.settimeout(2)
    told = b""
    with contextlib.suppress(OSError):
        while piece := answered.recv(65536):
            told += piece
    return re.findall(rb"HTTP/1\.1 (\d+)", told)

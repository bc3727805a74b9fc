"""Where a server can be reached, and whether it is safe to be reached there."""

from __future__ import annotations

import ipaddress
import socket
import time
from pathlib import Path

from poise.errors import BadSetting, PoiseError

PATIENCE_S = 3.0  # a server that was just stopped may hold its port a moment longer


class AddressTaken(PoiseError):
    """Another program listens there."""


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_safe(host: str, *, encrypted: bool, behind_proxy: bool, insecure_lan: bool) -> None:
    """Refuses to send patients' data over a network in the clear.

    Raises
    ------
    BadSetting
        Plain http, reachable from other machines, and nobody has said that this is wanted.
    """
    if encrypted or behind_proxy or insecure_lan or is_loopback(host):
        return
    raise BadSetting(
        f"Poise does not serve patients' data over plain http on {host}: anyone on that network could read it.",
        found="Passwords, charts and recordings would travel readable.",
        do="Give --tls-cert and --tls-key (docs/clinic/running.md shows how to make them), put a proxy with HTTPS in "
        "front (POISE_TRUSTED_PROXY=yes), or say --insecure-lan if the network is yours alone.",
    )


def check_certificate(certificate: Path | None, key: Path | None) -> None:
    """Loads the certificate now, so that what is wrong is said before anything starts.

    Raises
    ------
    BadSetting
        One without the other, or they cannot be used.
    """
    if (certificate is None) != (key is None):
        raise BadSetting("--tls-cert and --tls-key go together.", do="Give both files.")
    if certificate is None or key is None:
        return
    import ssl

    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key, password=lambda: "")
    except (OSError, ssl.SSLError) as error:
        raise BadSetting(
            f"The certificate {certificate} with the key {key} cannot be used.",
            found=f"{error}.",
            do="Both are PEM files that belong together, the key without a pass phrase.",
        ) from error


def listen(host: str, port: int) -> socket.socket:
    """The listening socket, opened before anything else is started, so that a taken port is told at once.

    Raises
    ------
    AddressTaken
        Another program listens there.
    BadSetting
        There is no such address here, or the port may not be used.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return _bound(host, port)
        except OSError as error:
            if time.monotonic() > until or not _may_pass(error):
                raise _told(host, port, error) from error
            time.sleep(0.25)


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(512)
        opened.set_inheritable(True)
    except OSError:
        opened.close()
        raise
    return opened


def _may_pass(error: OSError) -> bool:
    import errno

    return error.errno == errno.EADDRINUSE


def _told(host: str, port: int, error: OSError) -> PoiseError:
    if _may_pass(error):
        return AddressTaken(
            f"Port {port} on {host} is taken by another program.",
            do=f"Stop that program, or choose another port: --port {port + 1 if port < 65535 else 8000}",
        )
    return BadSetting(
        f"Poise cannot listen on {host}, port {port}.",
        found=f"The system says: {error.strerror or error}.",
        do="Use --host 127.0.0.1 for this machine only, 0.0.0.0 for the network, and a port above 1023.",
    )


def names_of(host: str) -> tuple[str, ...]:
    """The names under which this machine is reached when it listens there; what ALLOWED_HOSTS must know."""
    if is_loopback(host):
        return ()
    if host not in {"0.0.0.0", "::", "[::]"}:
        return (host,)
    own = socket.gethostname()
    return tuple(dict.fromkeys(name for name in (_outward(), own, f"{own.split('.')[0]}.local") if name))


def _outward() -> str:
    """The machine's own address on its network; connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return ""

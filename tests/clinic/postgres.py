"""A PostgreSQL server of our own, for as long as the tests run: in a temporary folder, on a socket nobody else sees.

``python tests/clinic/postgres.py COMMAND …`` runs a command with ``DATABASE_URL`` set to such a server.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# Nothing here need survive a crash, so nothing waits for the disk.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "listen_addresses": "''",
            "max_connections": "100", "shared_buffers": "64MB", "log_min_messages": "error", "timezone": "UTC"}  # fmt: skip
FOLDERS = ("/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql/bin")


class NoServer(Exception):
    """There is no PostgreSQL here, or it does not start."""


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs; the newest, where there are several."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: float(each.parent.name), reverse=True)
    folders = os.pathsep.join([*map(str, debian), *FOLDERS])
    found = shutil.which(name, path=folders) or shutil.which(name)
    if found is None:
        raise NoServer(f"no PostgreSQL ({name}); tools/get-postgres gets one")
    return found


@contextlib.contextmanager
def private_server(**settings: str) -> Iterator[str]:
    """A running server; gives its address, a ``postgres://…`` of an empty database."""
    with tempfile.TemporaryDirectory(prefix="poise-pg-", dir="/tmp") as made:
        folder = Path(made)
        user = _not_root(folder)
        _run(user, program("initdb"), "-D", f"{folder}/data", "-U", "poise", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")  # fmt: skip
        options = [f"-c{name}={value.strip(chr(39))}" for name, value in (SETTINGS | settings).items()]
        running = subprocess.Popen(
            [*user, program("postgres"), "-D", f"{folder}/data", f"-cunix_socket_directories={folder}", *options],
            stdout=subprocess.DEVNULL, stderr=(folder / "log").open("w"), start_new_session=True,
        )  # fmt: skip
        try:
            _wait(folder, running)
            yield f"postgres://poise@/postgres?host={folder}"
        finally:
            _stop(folder, running)


def restart(address: str, how: str = "fast", *, away_s: float = 0.0) -> None:
    """Stops the server of this address and starts it again; ``immediate`` is as after a crash."""
    folder = Path(address.partition("host=")[2])
    data, user, control = folder / "data", _not_root(folder), [program("pg_ctl"), "-w", "-s", "-D", f"{folder}/data"]
    options = (data / "postmaster.opts").read_text().split(maxsplit=1)[1].replace('"', "").strip()
    _run(user, *control, "stop", "-m", how)
    time.sleep(away_s)
    _run(user, *control, "start", "-o", options, "-l", f"{data}/restarted.log")


def _not_root(folder: Path) -> list[str]:
    """PostgreSQL does not run as root: it gets an account with no rights, and the folder."""
    if os.getuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            os.chown(folder, account.pw_uid, account.pw_gid)
            folder.chmod(0o755)  # our own tests reach the socket
            return [shutil.which("setpriv") or "setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]  # fmt: skip
    raise NoServer("no account to run PostgreSQL as")


def _run(user: list[str], *command: str) -> None:
    ended = subprocess.run([*user, *command], capture_output=True, text=True, check=False, cwd="/")
    if ended.returncode:
        raise NoServer(f"{Path(command[0]).name}: {ended.stderr.strip().splitlines()[-1]}")


def _wait(folder: Path, running: subprocess.Popen[bytes]) -> None:
    import psycopg

    address, said = f"postgres://poise@/postgres?host={folder}", ""
    for _ in range(200):
        if running.poll() is not None:
            break
        try:
            psycopg.connect(address, connect_timeout=1).close()
        except psycopg.OperationalError as error:
            said = str(error)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(0.05)
        else:
            return
    raise NoServer(f"PostgreSQL does not start: {(folder / 'log').read_text().strip() or said}")


def _stop(folder: Path, running: subprocess.Popen[bytes]) -> None:
    """By the postmaster's own number: what we hold is the account's wrapper, which has become it."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        os.kill(int((folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    try:
        running.wait(10)
        for _ in range(100):  # after a `restart` it is no longer our own child
            if not (folder / "data" / "postmaster.pid").exists():
                break
            time.sleep(0.1)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def main(command: list[str]) -> int:
    try:
        with private_server() as address:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}, check=False).returncode
    except NoServer as error:
        print(error, file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The two ways a test runs a command: in the test's own process, which costs nothing, and in one of its own.

A process takes three seconds to start and proves something only where it is itself what is tested: what its environment
says it speaks, that nothing else writes to its standard output, workers it starts, how it dies.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from poise.cli.main import main

RUN = "from poise.cli.main import main; main()"


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command leaves behind."""

    returncode: int
    stdout: bytes
    stderr: bytes

    @property
    def shown(self) -> str:
        """Standard output as text."""
        return self.stdout.decode("utf-8")

    @property
    def said(self) -> str:
        """Standard error as text."""
        return self.stderr.decode("utf-8")


def in_this_process(*words: str | Path, encoding: str = "utf-8") -> Done:
    """Run it here, from the command line's words to the exit status; what ought to be a traceback fails the test.

    `encoding` is what standard output and error speak, as strictly as a terminal does.
    """
    out, error = _stream(encoding, "strict"), _stream(encoding, "backslashreplace")
    command_line = ["poise", *map(os.fspath, words)]
    with mock.patch.object(sys, "argv", command_line), redirect_stdout(out), redirect_stderr(error), _warnings_shown():
        try:
            main()
        except SystemExit as end:
            status = end.code
        else:
            status = 0
    assert isinstance(status, int), f"it ended with {status!r}"
    return Done(returncode=status, stdout=_bytes_of(out), stderr=_bytes_of(error))


def in_its_own(*words: str | Path, **environment: str) -> Done:
    """Run it as a user would, in a process of its own, with these changes of its environment."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(os.fspath, words)],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
        timeout=100,
    )
    return Done(returncode=done.returncode, stdout=done.stdout, stderr=done.stderr)


def _stream(encoding: str, errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors)


def _bytes_of(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    held = stream.buffer
    assert isinstance(held, io.BytesIO)
    return held.getvalue()


@contextmanager
def _warnings_shown() -> Iterator[None]:
    """A warning lands on standard error, as it does in a process; pytest would keep it for its summary."""
    with warnings.catch_warnings(record=True) as given:
        yield
    for each in given:
        if not issubclass(each.category, DeprecationWarning | PendingDeprecationWarning):  # a process shows no others'
            sys.stderr.write(warnings.formatwarning(each.message, each.category, each.filename, each.lineno))

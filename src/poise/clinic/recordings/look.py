"""Looks at one file, as its own process: ``python -m poise.clinic.recordings.look FILE NAME``; prints JSON.

What was sent may be a bomb, or may make a reader fall: here it can neither take the server's memory nor its time.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

MOST_MEMORY_BYTES = 3 * 1024**3
MOST_WRITTEN_BYTES = 4 * 1024**3
LONGEST_NAME, LONGEST_SENTENCE = 100, 600


def main(path: str, name: str) -> int:
    """Prints ``{"recordings": […]}``, or ``{"refused": sentence}`` where it is no recording."""
    _limit()
    from poise.errors import PoiseError

    try:
        told: dict[str, Any] = {"recordings": _facts(Path(path))}
    except PoiseError as error:
        told = {"refused": _sentence(error).replace(Path(path).name, name)}
    except MemoryError:
        told = {"unsure": "memory"}
    json.dump(told, sys.stdout)
    return 0


def _sentence(error: Any) -> str:
    from poise.readers.text import sayable

    return sayable(" ".join(part for part in (error.problem, error.found) if part))[:LONGEST_SENTENCE]


def _facts(path: Path) -> list[dict[str, Any]]:
    from poise.workflows.assess import read

    return [_described(each) for each in read(path)[:50]]


def _described(recording: Any) -> dict[str, Any]:
    return {
        "recording": recording.id[:LONGEST_NAME],
        "task": recording.task,
        "started_at": recording.started_at.isoformat() if recording.started_at else None,
        "duration_s": round(recording.duration_s, 3),
        "details": {name[:LONGEST_NAME]: words[:LONGEST_SENTENCE] for name, words in recording.details.items()},
        "streams": [_stream(name, stream) for name, stream in recording.streams.items()],
        "events": len(recording.events),
        "problems": [{"what": each.what, "do": each.do} for each in recording.problems],
    }


def _stream(name: str, stream: Any) -> dict[str, Any]:
    import numpy as np

    missing = float(np.mean(~np.isfinite(stream.values))) if stream.values.size else 1.0
    return {
        "stream": name,
        "channels": [each[:LONGEST_NAME] for each in stream.channels[:200]],
        "samples": len(stream.time_s),
        "rate_hz": round(stream.rate_hz, 3) if stream.rate_hz == stream.rate_hz else None,
        "unit": stream.unit,
        "missing_fraction": round(missing, 4),
    }


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on this system
        return
    for what, most in ((resource.RLIMIT_DATA, MOST_MEMORY_BYTES), (resource.RLIMIT_FSIZE, MOST_WRITTEN_BYTES),
                       (resource.RLIMIT_CORE, 0)):  # fmt: skip
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))

"""`poise inspect`: what a file holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.markup import escape
from rich.table import Table

from poise.cli.outputs import to_standard_output
from poise.cli.reading import reading_shown
from poise.cli.show import console
from poise.errors import PoiseError, UnknownFormat
from poise.model import Recording, Stream
from poise.readers.mapping import load
from poise.workflows.assess import read
from poise.workflows.files import sources


def run(files: Sequence[str], *, mapping: Path | None, as_json: bool) -> int:
    """Print it; exit status 1 where a file could not be read."""
    told = load(mapping) if mapping else {}
    shown: list[dict[str, Any]] = []
    failed = False
    given = sources(files)
    for source in given:
        try:
            with reading_shown(alone=len(given) < 2):
                recordings = read(source.path, mapping=told)
        except (PoiseError, OSError) as error:
            if isinstance(error, UnknownFormat) and not source.named:
                continue
            failed = True
            shown.append({"file": str(source.path), "problem": str(error)})
            continue
        shown.extend(describe(recording) | {"file": str(source.path)} for recording in recordings)
    if as_json:
        from poise.codecs.json import dumps

        to_standard_output(dumps({"files": shown}) + "\n")
    else:
        for each in shown:
            _show(each)
    return int(failed)


def describe(recording: Recording) -> dict[str, Any]:
    """The facts of a recording, plain: what `poise inspect` prints."""
    return {
        "recording": recording.id,
        "task": recording.task,
        "started_at": recording.started_at.isoformat() if recording.started_at else None,
        "duration_s": round(recording.duration_s, 3),
        "person": {name: value for name, value in vars_of(recording.person).items() if value is not None},
        "details": dict(recording.details),
        "streams": [_stream(name, stream) for name, stream in recording.streams.items()],
        "force_plates": [{"name": plate.name, "type": plate.type} for plate in recording.plates],
        "events": [{"event": e.event, "side": e.side, "time_s": round(e.time_s, 4)} for e in recording.events],
        "problems": [{"what": p.what, "where": p.where, "do": p.do} for p in recording.problems],
    }


def vars_of(noun: object) -> Mapping[str, Any]:
    """The fields of a frozen noun by name."""
    return {name: getattr(noun, name) for name in noun.__dataclass_fields__}  # type: ignore[attr-defined]


def _stream(name: str, stream: Stream) -> dict[str, Any]:
    missing = float(np.mean(~np.isfinite(stream.values))) if stream.values.size else 1.0
    return {
        "stream": name,
        "channels": list(stream.channels),
        "samples": len(stream.time_s),
        "axes": stream.values.shape[2],
        "rate_hz": round(stream.rate_hz, 3) if stream.rate_hz == stream.rate_hz else None,
        "duration_s": round(stream.duration_s, 3),
        "unit": stream.unit,
        "frame": stream.frame.name,
        "up": stream.frame.up,
        "view": stream.frame.view,
        "missing_fraction": round(missing, 4),
    }


def _show(facts: dict[str, Any]) -> None:
    out = console()
    out.print()
    out.print(f"[bold]{escape(str(facts['file']))}[/]")
    if "problem" in facts:
        out.print(f"[red]{escape(facts['problem'])}[/]")
        return
    about = [f"recording {facts['recording']}", f"{facts['duration_s']:g} s", f"task {facts['task']}"]
    about += [f"{name} {value}" for name, value in facts["details"].items()]
    about += [f"{name} {value}" for name, value in facts["person"].items()]
    out.print("[dim]" + escape(" · ".join(about)) + "[/]")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("stream", "channels", "rate", "samples", "unit", "up", "missing"):
        table.add_column(column, justify="right" if column in {"rate", "samples", "missing"} else "left")
    for stream in facts["streams"]:
        names = stream["channels"]
        listed = ", ".join(names[:6]) + (f" … ({len(names)})" if len(names) > 6 else "")
        table.add_row(
            stream["stream"], escape(listed), f"{stream['rate_hz'] or 0:g} Hz", str(stream["samples"]), stream["unit"],
            stream["up"] or "?", f"{stream['missing_fraction']:.1%}",
        )  # fmt: skip
    out.print(table)
    if facts["events"]:
        counts: dict[str, int] = {}
        for event in facts["events"]:
            name = " ".join(filter(None, (event["side"], event["event"])))
            counts[name] = counts.get(name, 0) + 1
        out.print("events: " + ", ".join(f"{name} ×{count}" for name, count in counts.items()))
    for problem in facts["problems"]:
        out.print(f"[yellow]![/] {escape(problem['what'])} [dim]{escape(problem['do'])}[/]")

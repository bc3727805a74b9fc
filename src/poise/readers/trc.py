"""TRC: marker trajectories of Motion Analysis and OpenSim."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from poise.errors import UnreadableFile
from poise.model import Frame, Kind, Problem, Recording, Stream
from poise.readers import clock, text

METRES = {"m": 1.0, "meters": 1.0, "metres": 1.0, "mm": 0.001, "cm": 0.01, "dm": 0.1, "in": 0.0254, "ft": 0.3048}
HEADER_LINES = 12


class Trc:
    """Points in the laboratory, one row a frame: frame number, time, then x, y, z of each marker.

    The first line may hold anything after its keyword; header cells may be padded with blanks and doubled tabs. The
    axes are the file's own: which one points up is not said in a TRC file (OpenSim writes y), so `Frame.up` is None.
    """

    name = "TRC"
    suffixes = (".trc",)

    def sniff(self, path: Path, head: bytes) -> bool:
        """By its first keyword, or its suffix with a TRC's second line."""
        return head[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"PathFileType") or (
            path.suffix.lower() == ".trc" and b"DataRate" in head and b"NumMarkers" in head
        )

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording with a `markers` stream in metres; empty cells and NaN are missing samples."""
        raw = text.read_bytes(path)
        lines = text.head_lines(raw, HEADER_LINES)
        facts, names_line = _facts(lines, path.name)
        names = _marker_names(lines[names_line])
        first = _first_data_line(lines, names_line)
        if not names or first is None:
            raise _damaged(path.name, f"{len(names)} marker names, {'no' if first is None else 'some'} rows of data.")
        rows, columns = text.after_lines(raw, first), 2 + 3 * len(names)
        table = text.numbers(rows, columns, delimiter="\t", where=path.name, ends_trimmed=True)
        table = text.without_cut_row(table, raw, _number(facts.get("numframes")), path.name)
        ticks = clock.from_times(table.values[:, 1], where=path.name, declared_hz=_number(facts.get("datarate")))
        points, doubts = _points(table.values, facts, path.name)
        stream = Stream(
            kind=Kind.MARKERS,
            channels=names,
            time_s=ticks.time_s,
            values=ticks.samples(points),
            unit="m",
            frame=Frame(name="laboratory"),
        )
        promised = _number(facts.get("nummarkers"))
        return (
            Recording(
                id=path.stem,
                source=str(path),
                streams={Kind.MARKERS: stream},
                problems=(*table.problems, *ticks.problems, *doubts, *_count_doubt(promised, len(names), path.name)),
                details={
                    "format": "TRC",
                    "unit in the file": facts.get("units", ""),
                    "first_time_s": f"{ticks.first_s:g}",
                },
            ),
        )


def _facts(lines: list[str], where: str) -> tuple[dict[str, str], int]:
    """The header's facts by lower-case keyword, and the number of the line that names the markers."""
    for i, line in enumerate(lines[:-2]):
        keys = line.split()
        if "DataRate" in keys and "NumMarkers" in keys:
            facts = dict(zip((key.lower() for key in keys), lines[i + 1].split(), strict=False))
            for j in range(i + 2, len(lines)):
                if lines[j].lstrip().lower().startswith("frame"):
                    return facts, j
    raise _damaged(where, "The lines with DataRate, NumMarkers and Frame# are not all there.")


def _marker_names(line: str) -> tuple[str, ...]:
    """Marker names; a name may hold blanks, so cells are parted by tabs unless the file has none."""
    cells = line.split("\t") if "\t" in line else line.split()
    found = [cell.strip() for cell in cells[2:] if cell.strip()]
    seen = Counter(found)
    return tuple(name if seen[name] == 1 else f"{name}.{i}" for i, name in enumerate(found))


def _first_data_line(lines: list[str], names_line: int) -> int | None:
    for i in range(names_line + 1, len(lines)):
        if re.match(r"\s*\d+[\t ,]+[-+.\d]", lines[i]):
            return i
    return None


def _points(table: text.Array, facts: Mapping[str, str], where: str) -> tuple[text.Array, tuple[Problem, ...]]:
    """Points in metres, shape (rows, markers, 3)."""
    points = table[:, 2:].reshape(len(table), -1, 3)
    unit = facts.get("units", "").lower()
    if unit in METRES:
        return points * METRES[unit], ()
    # A person is 0.5 to 2.5 m tall, and 500 to 2500 mm.
    spread = float(np.nanpercentile(np.abs(points), 95)) if np.isfinite(points).any() else 0.0
    guess = "mm" if spread > 20.0 else "m"
    what = f"The file does not say its unit (found {unit!r}); it was taken for {guess} by the size of its numbers."
    return points * METRES[guess], (Problem(what=what, where=where, do="Check the distances, or correct the header."),)


def _count_doubt(promised: float | None, found: int, where: str) -> tuple[Problem, ...]:
    if promised is None or promised == found:
        return ()
    what = f"The header promises {promised:g} markers, but names {found}; those named were read."
    return (Problem(what=what, where=where, do="Check the markers with: poise inspect"),)


def _number(word: str | None) -> float | None:
    try:
        return float((word or "").replace(",", "."))
    except ValueError:
        return None


def _damaged(where: str, found: str) -> UnreadableFile:
    return UnreadableFile(
        f"'{where}' is called a TRC file, but its header is not one.", found=found, do="Export the trial again as TRC."
    )


READER = Trc()

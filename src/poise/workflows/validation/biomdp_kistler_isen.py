"""A Kistler plate: force and centre of pressure from the raw channels of a C3D, against the maker's own export.

Each C3D (type 3, eight channels as 16-bit counts) has beside it the BioWare export of the same trial. Two questions are
kept apart:

- *formulas*: our formulas on the export's own eight channels against its own results. Only the height of the surface
  above the sensors is not in the export; it is solved from the export's moments. What remains is rounding.
- *reading*: our forces from the C3D against the export. The C3D holds whole counts and whole offsets, so each channel
  may be off by about a count (0.04 N sideways, 0.16 N upwards); its ORIGIN holds another height than BioWare used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.errors import PoiseError
from poise.model import Kind, Recording
from poise.readers.c3d import READER
from poise.signals.force_plates import LEAST_FORCE_N, centre_of_pressure, plate_axes, wrench_of_eight
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]

NAME = "biomdp-kistler-isen"
CHANNELS = ("Fx12", "Fx34", "Fy14", "Fy23", "Fz1", "Fz2", "Fz3", "Fz4")
EZC3D = "ezc3d 1.7.2 on the same file, as the folder's SOURCE.md tells"
PUBLISHED = {"force.vertical": 0.7, "centre_of_pressure.x": 5.0, "centre_of_pressure.y": 5.0}


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """One quantity twice, sample by sample."""

    measure: str
    unit: str
    ours: Array
    theirs: Array


@dataclass(frozen=True, kw_only=True)
class _Kistler:
    """The folder with the two Kistler trials."""

    name: str = NAME

    def scores(self, folder: Path) -> Iterator[Score]:
        """Errors of every trial that has its export beside it, then of all together."""
        told: list[tuple[str, _Compared]] = []
        for path in sorted(folder.glob("*.c3d")):
            export_path = path.with_suffix(".txt")
            if not export_path.is_file():
                continue
            try:
                (recording,) = READER.read(path, {})
                export = _export(export_path)
            except (PoiseError, ValueError, KeyError):
                continue  # another file of that name: nothing to compare
            if Kind.FORCE not in recording or len(recording.plates) != 1:
                continue
            compared = [("reading", one) for one in _read(recording, export)]
            compared += [("formulas", one) for one in _formulas(recording, export)]
            told += compared
            yield from (score for how, one in compared for score in _scores(path.name, how, one))
        yield from _pooled(told)


DATASET = _Kistler()


def _export(path: Path) -> dict[str, Array]:
    """The columns of a BioWare text by name; the time is called ``time``."""
    lines = [line.rstrip("\r\n").split("\t") for line in path.read_text(encoding="latin-1").splitlines()]
    start = next(i for i, cells in enumerate(lines) if cells[0].strip() == "abs time")
    rows = [[float(cell) for cell in cells] for cells in lines[start + 2 :] if len(cells) == len(lines[start])]
    columns = dict(zip((cell.strip() for cell in lines[start]), np.array(rows).T, strict=True))
    return {"time": columns["abs time"], **columns}


def _read(recording: Recording, export: dict[str, Array]) -> Iterator[_Compared]:
    """The C3D's forces in the plate's own axes, as the export gives them: what the foot does, z into the floor."""
    centre, axes = plate_axes(recording.plates[0].corners_m)
    force = recording[Kind.FORCE]
    sample = np.rint((export["time"] - export["time"][0]) * force.rate_hz).astype(int)
    there = sample < len(force.time_s)
    on_person = force.values[sample[there], 0]
    place = (recording[Kind.CENTRE_OF_PRESSURE].values[sample[there], 0] - centre) * 1e3
    free = recording[Kind.MOMENT].values[sample[there], 0]
    theirs = {name: values[there] for name, values in export.items()}
    loaded = np.isfinite(place[:, 0]) & (theirs["Fz"] >= LEAST_FORCE_N)
    upward = np.abs(on_person @ axes[:, 2]) * np.sign(theirs["Fz"])
    yield _Compared(measure="force.x", unit="N", ours=-on_person @ axes[:, 0], theirs=theirs["Fx"])
    yield _Compared(measure="force.y", unit="N", ours=-on_person @ axes[:, 1], theirs=theirs["Fy"])
    yield _Compared(measure="force.vertical", unit="N", ours=upward, theirs=theirs["Fz"])
    for i, name in enumerate("xy"):
        ours, export_mm = place[loaded] @ axes[:, i], 1e3 * theirs[f"A{name}"][loaded]
        yield _Compared(measure=f"centre_of_pressure.{name}", unit="mm", ours=ours, theirs=export_mm)
    moment = np.abs(free @ axes[:, 2])[loaded]
    yield _Compared(measure="free_moment.size", unit="N·m", ours=moment, theirs=np.abs(theirs["Tz"][loaded]))


def _formulas(recording: Recording, export: dict[str, Array]) -> Iterator[_Compared]:
    """The export's channels through our formulas."""
    channels = np.stack([export[name] for name in CHANNELS], axis=-1)
    a, b = _half_distances(channels, export)
    height = _height(channels, export, (a, b))
    wrench = wrench_of_eight(channels, [a, b, height])
    place, free = centre_of_pressure(wrench)
    loaded = export["Fz"] >= LEAST_FORCE_N
    for i, name in enumerate(("Fx", "Fy", "Fz")):
        yield _Compared(measure=f"force.{name[1:]}", unit="N", ours=wrench[:, i], theirs=export[name])
    for i, name in enumerate(("Ax", "Ay")):
        ours, theirs = 1e3 * place[loaded, i], 1e3 * export[name][loaded]
        yield _Compared(measure=f"centre_of_pressure.{name[1:]}", unit="mm", ours=ours, theirs=theirs)
    yield _Compared(measure="free_moment", unit="N·m", ours=free[loaded], theirs=export["Tz"][loaded])


def _half_distances(channels: Array, export: dict[str, Array]) -> tuple[float, float]:
    """Distances a and b of the plate from Mz = b (Fx34 − Fx12) + a (Fy14 − Fy23)."""
    sideways = np.stack([channels[:, 2] - channels[:, 3], channels[:, 1] - channels[:, 0]], axis=-1)
    (a, b), *_ = np.linalg.lstsq(sideways, export["Mz"], rcond=None)
    return float(a), float(b)


def _height(channels: Array, export: dict[str, Array], halves: tuple[float, float]) -> float:
    """How far BioWare took the surface to lie above the sensors, from where it put the loaded force."""
    flat = wrench_of_eight(channels, [*halves, 0.0])
    loaded = export["Fz"] >= LEAST_FORCE_N
    lever = np.concatenate([flat[loaded, 1], -flat[loaded, 0]])
    gap = np.concatenate(
        [
            flat[loaded, 3] - export["Ay"][loaded] * flat[loaded, 2],
            flat[loaded, 4] + export["Ax"][loaded] * flat[loaded, 2],
        ]
    )
    return abs(float(lever @ gap / (lever @ lever)))


def _scores(file: str, how: str, compared: _Compared) -> Iterator[Score]:
    error = compared.ours - compared.theirs
    error = error[np.isfinite(error)]
    if not len(error):
        return
    figures = {
        "max_abs_error": np.abs(error).max(),
        "mean_abs_error": np.abs(error).mean(),
        "bias": error.mean(),
        "sd_of_error": error.std(ddof=1) if len(error) > 1 else np.nan,
    }
    for metric, value in figures.items():
        published = PUBLISHED.get(compared.measure) if how == "reading" and metric == "max_abs_error" else None
        yield Score(
            dataset=NAME,
            file=file,
            measure=compared.measure,
            method=f"kistler_eight_channels/{how}",
            metric=metric,
            value=float(value),
            n=len(error),
            condition="all loaded samples" if "force." not in compared.measure else "all samples",
            unit=compared.unit,
            published=published,
            source=EZC3D if published is not None else "",
        )


def _pooled(told: list[tuple[str, _Compared]]) -> Iterator[Score]:
    """The same figures over the samples of all trials."""
    for how, measure in dict.fromkeys((how, one.measure) for how, one in told):
        same = [one for other, one in told if (other, one.measure) == (how, measure)]
        whole = _Compared(
            measure=measure,
            unit=same[0].unit,
            ours=np.concatenate([one.ours for one in same]),
            theirs=np.concatenate([one.theirs for one in same]),
        )
        yield from _scores("all", how, whole)

"""The points of a C3D file, sorted by what they are: markers, angles, moments, powers, forces, modelled points.

A C3D point is three numbers under a label, and vendors store joint angles and powers that way too. The file's own
groups (POINT:ANGLES, FORCES, …, TYPE_GROUPS) say which are which; where it has none, the names that Plug-in Gait gave
its outputs decide, since most laboratories kept them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import pi

import numpy as np
from numpy.typing import NDArray

from poise.model import Frame, Kind, Problem, Stream
from poise.readers._c3d_analog import as_slice, unique
from poise.readers._c3d_layout import Trial
from poise.readers._c3d_space import Space

Array = NDArray[np.float64]

METRES = {
    "mm": 1e-3, "millimeters": 1e-3, "millimetres": 1e-3, "millimeter": 1e-3, "cm": 1e-2, "centimeters": 1e-2,
    "centimetres": 1e-2, "dm": 0.1, "m": 1.0, "meter": 1.0, "meters": 1.0, "metre": 1.0, "metres": 1.0,
    "in": 0.0254, "inch": 0.0254, "inches": 0.0254, "ft": 0.3048, "feet": 0.3048, "foot": 0.3048,
}  # fmt: skip
DEGREES = {
    "deg": 1.0,
    "degree": 1.0,
    "degrees": 1.0,
    "°": 1.0,
    "rad": 180.0 / pi,
    "radian": 180 / pi,
    "radians": 180 / pi,
}
SCREEN_AXES = frozenset(f"{sign}{axis}" for sign in "+-" for axis in "xyz")
GROUPED = {
    "ANGLES": Kind.JOINT_ANGLES,
    "FORCES": Kind.FORCE,
    "MOMENTS": Kind.JOINT_MOMENTS,
    "POWERS": Kind.JOINT_POWERS,
    "MODELED_MARKERS": Kind.MODEL_POINTS,
    "SCALARS": Kind.ANALOG,
    "REACTIONS": Kind.ANALOG,
}
NAMED = (
    (re.compile(r"(angles?|progress)$", re.IGNORECASE), Kind.JOINT_ANGLES),
    (re.compile(r"[a-z]moments?$", re.IGNORECASE), Kind.JOINT_MOMENTS),
    (re.compile(r"[a-z]powers?$", re.IGNORECASE), Kind.JOINT_POWERS),
    (re.compile(r"([a-z]force|grf)$", re.IGNORECASE), Kind.FORCE),
    (
        re.compile(r"^v_|_jc(_|$)|[hkaswe]jc$|^centreofmass|^centerofmass|^com$|^cofm$", re.IGNORECASE),
        Kind.MODEL_POINTS,
    ),
)
MOST_N_PER_KG = 60.0
MOST_RUNS = 8
KEYS = {Kind.FORCE: "force.2", Kind.ANALOG: "analog.points"}
ZERO_MEANS_MISSING = frozenset({Kind.MARKERS, Kind.MODEL_POINTS, Kind.JOINT_ANGLES})


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What a stored number is multiplied by, and the unit that comes out."""

    factor: float
    unit: str


def point_labels(trial: Trial) -> tuple[str, ...]:
    """One label a point, none twice, without the subject's name in front; unnamed points are numbered."""
    wanted = trial.layout.points
    given = trial.parameters.all_texts("POINT", "LABELS", wanted)
    given += [""] * (wanted - len(given))
    return unique([label or f"point {i}" for i, label in enumerate(_without_subjects(given), 1)])


def up_axis(trial: Trial) -> str | None:
    """The axis that the file says runs up the screen (POINT:Y_SCREEN); None where it does not say."""
    stated = trial.parameters.text("POINT", "Y_SCREEN").lower().replace(" ", "")
    stated = stated if stated.startswith(("+", "-")) else f"+{stated}"
    return stated if stated in SCREEN_AXES else None


def metres_per_unit(trial: Trial) -> tuple[float, tuple[Problem, ...]]:
    """The length unit of the points in metres; millimetres, with a problem, where the file does not say."""
    stated = trial.parameters.text("POINT", "UNITS")
    known = METRES.get(stated.lower().rstrip("."))
    if known is not None:
        return known, ()
    if not trial.layout.points and not stated:
        return METRES["mm"], ()
    doubt = f"its length unit is '{stated}'" if stated else "it does not say its length unit"
    return METRES["mm"], (
        Problem(
            what=f"Lengths may be wrong: {doubt}, so millimetres are assumed, as most files have.",
            where="POINT:UNITS",
            do="Compare a known length, such as the pelvis width, with: poise inspect",
        ),
    )


def sorted_streams(trial: Trial, space: Space, metres: float, frame: Frame) -> dict[str, Stream]:
    """The points as streams by kind; forces of a model under ``force.2``, since ``force`` is what plates measured."""
    plan = trial.layout
    if not plan.points:
        return {}
    labels = point_labels(trial)
    time_s = np.arange(plan.frames) / plan.rate_hz
    no_point, no_marker = _unmeasured(trial)
    streams = {}
    for kind, index in _by_kind(trial, labels).items():
        scale = _scale_of(trial, kind, metres)
        values = space.array(plan.frames, len(index), 3)
        _fill(values, trial, index, scale.factor * _step(trial))
        _clear(values, (no_marker if kind in ZERO_MEANS_MISSING else no_point)[:, as_slice(index)])
        own = frame if kind in (Kind.MARKERS, Kind.MODEL_POINTS, Kind.FORCE) else Frame(name=f"{kind} of the file")
        streams[KEYS.get(kind, str(kind))] = Stream(
            kind=kind,
            channels=tuple(labels[i] for i in index),
            time_s=time_s,
            values=values,
            unit=scale.unit,
            frame=own,
        )
    return _per_kilogram(streams) if "force.2" in streams else streams


def _per_kilogram(streams: dict[str, Stream]) -> dict[str, Stream]:
    """Plug-in Gait divides forces, moments and powers by body mass and still writes N, N·mm and W: put that right.

    A ground reaction that never exceeds 60 is not in newtons: the lightest walker's is several times that.
    """
    forces = streams["force.2"]
    reactions = [i for i, name in enumerate(forces.channels) if name.lower().endswith("groundreactionforce")]
    largest = np.nanmax(np.abs(forces.values[:, reactions]), initial=0.0)
    if not 0.0 < largest < MOST_N_PER_KG:
        return streams
    loads = (Kind.FORCE, Kind.JOINT_MOMENTS, Kind.JOINT_POWERS)
    return {
        key: replace(stream, unit=f"{stream.unit}/kg") if stream.kind in loads and "/" not in stream.unit else stream
        for key, stream in streams.items()
    }


def _step(trial: Trial) -> float:
    return trial.layout.scale if trial.layout.is_integer else 1.0


def _fill(values: Array, trial: Trial, index: list[int], factor: float) -> None:
    """Real values of some points, shape (frames, points, 3)."""
    for at, chosen in _runs(trial.points, index):
        for axis in range(3):  # axis by axis, since numpy's innermost loop would else be three long
            values[:, at, axis] = chosen[..., axis]
    if factor != 1.0:
        values *= factor
    if trial.may_be_infinite[: 4 * trial.layout.points].reshape(-1, 4)[index, :3].any():
        values[np.isinf(values)] = np.nan


def _unmeasured(trial: Trial) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where a point is missing, and where a marker is; both shape (frames, points).

    A negative residual marks a missing point. So do three exact zeros of a marker: only an unmeasured one has them.
    """
    points = trial.points
    missing = points[..., 3] < 0
    zero = points[..., 0] == 0
    some = np.flatnonzero(zero.any(axis=0))
    if len(some):
        zero[:, some] &= (points[:, some, 1] == 0) & (points[:, some, 2] == 0)
    return missing, np.logical_or(zero, missing, out=zero)


def _clear(values: Array, missing: NDArray[np.bool_]) -> None:
    """No number where a point is missing."""
    if missing.any():
        for axis in range(3):
            np.copyto(values[..., axis], np.nan, where=missing)


def _runs(
    points: NDArray[np.float32] | NDArray[np.int16], index: list[int]
) -> Iterator[tuple[slice, NDArray[np.float32] | NDArray[np.int16]]]:
    """The points asked for and where they go: neighbours as views; scattered ones, past a few runs, as one copy."""
    breaks = [i for i in range(1, len(index)) if index[i] != index[i - 1] + 1]
    if len(breaks) > MOST_RUNS:
        yield slice(None), points[:, index]
        return
    for start, stop in pairwise([0, *breaks, len(index)]):
        yield slice(start, stop), points[:, index[start] : index[stop - 1] + 1]


def _by_kind(trial: Trial, labels: Sequence[str]) -> dict[Kind, list[int]]:
    grouped = _grouped(trial)
    segments = _segment_points(labels)
    kinds: dict[Kind, list[int]] = {}
    for i, label in enumerate(labels):
        kind = grouped.get(label) or (Kind.MODEL_POINTS if label in segments else _named(label))
        kinds.setdefault(kind, []).append(i)
    return kinds


def _grouped(trial: Trial) -> dict[str, Kind]:
    """The kind of every label that a group of the file's own lists."""
    own_types = trial.parameters.texts("POINT", "TYPE_GROUPS")[::2]
    lists = {**GROUPED, **{group.upper(): GROUPED.get(group.upper(), Kind.ANALOG) for group in own_types}}
    return {
        label: kind
        for group, kind in lists.items()
        for label in _without_subjects(trial.parameters.all_texts("POINT", group, trial.layout.points))
    }


@lru_cache(maxsize=4096)  # the trials of a laboratory share their labels
def _named(label: str) -> Kind:
    if label.startswith("point "):
        return Kind.MARKERS  # our own name for one without; there may be tens of thousands
    return next((kind for pattern, kind in NAMED if pattern.search(label)), Kind.MARKERS)


def _segment_points(labels: Iterable[str]) -> frozenset[str]:
    """Origin and axes of modelled segments: four labels that differ in their last letter, O, A, L and P."""
    held = frozenset(labels)
    stems = [label[:-1] for label in held if len(label) == 4 and label.endswith("O")]
    whole = [stem for stem in stems if all(stem + letter in held for letter in "ALP")]
    return frozenset(stem + letter for stem in whole for letter in "OALP")


def _without_subjects(labels: Sequence[str]) -> list[str]:
    """Labels without ``Subject:`` in front, which may be a name; further subjects of a file are numbered from 2."""
    numbers: dict[str, int] = {}
    told = []
    for label in labels:
        subject, colon, point = label.rpartition(":")
        number = numbers.setdefault(subject, len(numbers) + 1) if colon and subject else 1
        told.append(point if number == 1 else f"{number}:{point}")
    return told


def _scale_of(trial: Trial, kind: Kind, metres: float) -> Scale:
    parameters = trial.parameters
    if kind in (Kind.MARKERS, Kind.MODEL_POINTS):
        return Scale(factor=metres, unit="m")
    if kind is Kind.JOINT_ANGLES:
        return Scale(factor=DEGREES.get(parameters.text("POINT", "ANGLE_UNITS").lower(), 1.0), unit="deg")
    if kind is Kind.JOINT_MOMENTS:
        return moment_scale(parameters.text("POINT", "MOMENT_UNITS") or "Nmm")
    if kind is Kind.JOINT_POWERS:
        return Scale(factor=1.0, unit=parameters.text("POINT", "POWER_UNITS") or "W")
    if kind is Kind.FORCE:
        return Scale(factor=1.0, unit=parameters.text("POINT", "FORCE_UNITS") or "N")
    return Scale(factor=1.0, unit=parameters.text("POINT", "SCALAR_UNITS") or "1")


def moment_scale(unit: str) -> Scale:
    """N·mm, N·cm and N·m, however written, to N·m; any other unit is kept."""
    written = re.sub(r"[\s.·*]", "", unit).lower()
    factor = {"nmm": 1e-3, "ncm": 1e-2, "nm": 1.0, "knmm": 1.0}.get(written)
    return Scale(factor=1.0, unit=unit) if factor is None else Scale(factor=factor, unit="N·m")

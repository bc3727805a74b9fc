"""The story of cleaning: name the points, find up, check units, mend, filter, place joint centres, keep the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poise.cleaning import clocks, orient
from poise.cleaning.joint_centres import with_joint_centres
from poise.cleaning.landmarks import body_from_landmarks
from poise.cleaning.mend import mended
from poise.cleaning.naming import Naming, name_points
from poise.cleaning.scale import in_metres
from poise.cleaning.settings import Settings
from poise.model.body import NAMES
from poise.model.recording import Kind, Problem, Recording, Step, Stream
from poise.signals import geometry

Array = NDArray[np.float64]
Points = dict[str, Array]

FEWEST_POINTS = 2


def prepare(
    recording: Recording, *, names: Mapping[str, str] | None = None, settings: Settings | None = None
) -> Recording:
    """The recording with a BODY stream where its markers or landmarks allow one, in a right-handed frame, z up, metres.

    Parameters
    ----------
    recording
        As a reader made it. Every stream stays; those in laboratory axes are turned to z up as well.
    names
        The user's own labels → names of `poise.model.body`; they win over the tables of known marker sets.
    settings
        How to clean; the defaults are those of measures.md 0.2.

    Returns
    -------
    prepared
        With one `Step` for everything that was done. What is in doubt, or why there is no BODY stream, is a `Problem`.

    Raises
    ------
    BadMapping
        `names` holds a point that does not exist or a label that is not there.
    """
    chosen = settings or Settings()
    even = clocks.evened(recording)
    if Kind.BODY in even:
        return even
    if Kind.MARKERS in even or (Kind.MODEL_POINTS in even and Kind.LANDMARKS not in even):
        return _from_markers(even, names, chosen)
    if Kind.LANDMARKS in even:
        return body_from_landmarks(even, names, chosen)
    return _oriented(even, {}, chosen)[0]


def _from_markers(recording: Recording, names: Mapping[str, str] | None, settings: Settings) -> Recording:
    points, naming = _named(recording, names, settings)
    if len(points) < FEWEST_POINTS:
        return _oriented(replace(recording, problems=(*recording.problems, _nothing_known(naming))), {}, settings)[0]
    named = recording.after(Step(what="named", settings={"sets": ", ".join(naming.sets) or "user's map"}))
    scaled, points = in_metres(named, points)
    oriented, points = _oriented(scaled, points, settings)
    clock = oriented[_point_streams(oriented)[0]]
    clean, points = mended(oriented, points, clock.rate_hz, settings)
    placed, points = with_joint_centres(clean, points, settings)
    return placed.after(Step(what="body", settings={"points": len(points)}), body=body_stream(points, clock))


def body_stream(points: Points, clock: Stream) -> Stream:
    """Named points as a stream, in the order of `poise.model.body`."""
    held = tuple(name for name in NAMES if name in points and np.isfinite(points[name]).any())
    values = np.stack([points[name] for name in held], axis=1) if held else np.zeros((len(clock.time_s), 0, 3))
    return Stream(kind=Kind.BODY, channels=held, time_s=clock.time_s, values=values, unit="m", frame=orient.LAB)


def _point_streams(recording: Recording) -> list[str]:
    return [kind for kind in (Kind.MARKERS, Kind.MODEL_POINTS) if kind in recording]


def _named(recording: Recording, names: Mapping[str, str] | None, settings: Settings) -> tuple[Points, Naming]:
    """Named points of markers and, where wanted, of other software's model; the markers' own win."""
    source: dict[str, Array] = {}
    kinds = _point_streams(recording)
    if not settings.use_model_points and Kind.MARKERS in kinds:
        kinds = [Kind.MARKERS]
    samples = len(recording[kinds[0]].time_s)
    for kind in kinds:
        stream = recording[kind]
        if len(stream.time_s) == samples and stream.values.shape[2] == 3:
            for label in stream.channels:
                if label not in source and np.isfinite(stream[label]).any():
                    source[label] = stream[label]
    naming = name_points(tuple(source), names)
    points = {name: _middle(source, ways) for name, ways in naming.points.items()}
    if not settings.use_model_points:
        points = {name: values for name, values in points.items() if not name.endswith("_centre")}
    return points, naming


def _middle(source: Mapping[str, Array], ways: tuple[tuple[str, ...], ...]) -> Array:
    """The first way to get the point; a later way fills only where all earlier ones are missing throughout."""
    return geometry.midpoint(*(source[label] for label in ways[0]))


def _oriented(recording: Recording, points: Points, settings: Settings) -> tuple[Recording, Points]:
    """Every laboratory stream, the plates and the points in the body frame; unchanged where nothing says what is up."""
    said_up = settings.up or _said_up(recording)
    found = orient.find_orientation(points, recording, said_up)
    if found is None:
        return recording, points
    step = Step(what="oriented", settings={"up": found.up, "found_by": found.found_by, "mirrored": found.mirrored})
    turned = recording.after(step, problems=found.problems, **orient.apply(recording, found))
    turned = replace(turned, plates=orient.turned_plates(recording, found))
    return turned, {name: values @ found.matrix.T for name, values in points.items()}


def _said_up(recording: Recording) -> str | None:
    """What the file says is up, of any stream in laboratory axes."""
    kinds = (*orient.VECTORS, *orient.AXIAL)
    return next((s.frame.up for s in recording.streams.values() if s.kind in kinds and s.frame.up is not None), None)


def _nothing_known(naming: Naming) -> Problem:
    listed = ", ".join(naming.unknown[:40]) + (" …" if len(naming.unknown) > 40 else "")
    return Problem(
        what="None of the labels is one that Poise knows, so the body cannot be seen.",
        where=listed or "no points",
        do="Say what they mean with --map; `poise inspect` lists all labels.",
    )

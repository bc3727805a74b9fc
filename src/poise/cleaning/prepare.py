"""The story of cleaning: name the points, find up, check units, mend, filter, place joint centres, keep the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poise.cleaning import clocks, orient
from poise.cleaning.joint_centres import with_joint_centres, with_lengths_checked
from poise.cleaning.kinect_chain import with_chained_joints
from poise.cleaning.landmarks import BODY_HEIGHT, body_from_picture, is_picture, stature
from poise.cleaning.left_right import sides_guarded
from poise.cleaning.mend import finite, mended, mended_landmarks
from poise.cleaning.naming import Naming, more_people, name_points, stand_twice
from poise.cleaning.scale import in_metres
from poise.cleaning.settings import Settings
from poise.model.body import NAMES
from poise.model.recording import Frame, Kind, Problem, Recording, Step, Stream
from poise.signals import geometry

Array = NDArray[np.float64]
Points = dict[str, Array]

FEWEST_POINTS = 2
HIP_CENTRED = Frame(name="hip-centred", up="+z")
"""Points that move with the hips: angles can be measured, but not travel; speed only as on a treadmill, by the feet."""


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
    even = clocks.evened(finite(clocks.rising(with_chained_joints(recording))))
    if Kind.BODY in even:
        return even
    if Kind.MARKERS in even:
        return _from_points(even, (Kind.MARKERS, Kind.MODEL_POINTS), names, chosen)
    if any(stream.kind is Kind.LANDMARKS for stream in even.streams.values()):
        return _from_landmarks(even, names, chosen)
    if Kind.MODEL_POINTS in even:
        return _from_points(even, (Kind.MODEL_POINTS,), names, chosen)
    return _oriented(even, {}, chosen)[0]


def _from_landmarks(recording: Recording, names: Mapping[str, str] | None, settings: Settings) -> Recording:
    """A picture from the side or front where there is one, else points in space; angles are truest in that order."""
    keys = [key for key, stream in recording.streams.items() if stream.kind is Kind.LANDMARKS]
    pictures = [key for key in keys if is_picture(recording[key])]
    spaces = [key for key in keys if key not in pictures and recording[key].values.shape[2] == 3]
    seen = body_from_picture(recording, recording[pictures[0]], names, settings) if pictures else recording
    if Kind.BODY in seen and (seen[Kind.BODY].frame.view != "unknown" or not spaces):
        return seen
    return _from_points(recording, (spaces[0],), names, settings) if spaces else seen


def _from_points(
    recording: Recording, keys: Sequence[str], names: Mapping[str, str] | None, settings: Settings
) -> Recording:
    """Points in space: those of the first stream, and of the others on the same clock what it lacks."""
    held = [key for key in keys if key in recording]
    clock = recording[held[0]]
    points, naming = _named(recording, held, names, settings)
    if len(points) < FEWEST_POINTS:
        labels = tuple(dict.fromkeys(label for key in held for label in recording[key].channels))
        seen = any(_present(recording[key], settings) for key in held)
        return _oriented(_with(recording, _nothing_known(naming, labels, seen=seen)), {}, settings)[0]
    step = Step(what="named", settings={"sets": ", ".join(naming.sets) or "user's map"})
    named = recording.after(step, problems=more_people(naming))
    if clock.kind is Kind.LANDMARKS and (clock.frame.name, clock.frame.up) == ("camera", "-y"):
        named, points = sides_guarded(named, points, clock.time_s, depth_too=True)
    scaled, points, is_metres = in_metres(named, points)
    height_m = _height_m(recording, points)
    if not is_metres:
        # Joint centres are placed in millimetres from markers; a pose model gives them, whatever its scale.
        height = stature(points) if clock.kind is Kind.LANDMARKS else float("nan")
        if not height > 0.0:
            return _oriented(scaled, {}, settings)[0]
        points, height_m = {name: values / height for name, values in points.items()}, 1.0
    camera_up = clock.frame.up if clock.kind is Kind.LANDMARKS else None
    oriented, points = _oriented(scaled, points, settings, camera_up)
    centred = _centred(clock, points)
    if clock.kind is Kind.LANDMARKS:
        clean, points = mended_landmarks(oriented, points, clock.rate_hz, height_m, settings)
    else:
        clean, points = mended(oriented, points, clock.rate_hz, settings)
    placed, points = with_joint_centres(_with(clean, *centred), points)
    placed = with_lengths_checked(placed, points)
    frame = HIP_CENTRED if centred else replace(orient.LAB, name=clock.frame.name)
    body = body_stream(points, clock, frame, unit="m" if is_metres else BODY_HEIGHT)
    return placed.after(Step(what="body", settings={"points": len(points)}), body=body)


def _centred(clock: Stream, points: Points) -> list[Problem]:
    """A doubt where the hips never leave the origin, as in a pose model's world landmarks: travel is not known."""
    hips = [points[name] for name in ("left_hip_centre", "right_hip_centre") if name in points]
    if clock.kind is not Kind.LANDMARKS or len(hips) < 2:
        return []
    away = geometry.length(geometry.midpoint(*hips))
    return [_hip_centred()] if np.isfinite(away).any() and float(np.nanmax(away)) < 0.02 else []


def _height_m(recording: Recording, points: Points) -> float:
    height_m = recording.person.height_m or stature(points)
    return height_m if np.isfinite(height_m) else 1.7


def _with(recording: Recording, *problems: Problem) -> Recording:
    return replace(recording, problems=(*recording.problems, *problems)) if problems else recording


def body_stream(points: Points, clock: Stream, frame: Frame = orient.LAB, *, unit: str = "m") -> Stream:
    """Named points as a stream, in the order of `poise.model.body`."""
    held = tuple(name for name in NAMES if name in points and np.isfinite(points[name]).any())
    # Each point by itself in memory: measures take points one by one, and recordings may last hours.
    together = np.stack([points[name] for name in held]) if held else np.zeros((0, len(clock.time_s), 3))
    values = together.transpose(1, 0, 2)
    return Stream(kind=Kind.BODY, channels=held, time_s=clock.time_s, values=values, unit=unit, frame=frame)


def _named(
    recording: Recording, keys: Sequence[str], names: Mapping[str, str] | None, settings: Settings
) -> tuple[Points, Naming]:
    """Named points of markers and, where wanted, of other software's model; the markers' own win."""
    source: dict[str, Array] = {}
    for key in keys if settings.use_model_points else keys[:1]:
        stream = recording[key]
        if len(stream.time_s) == len(recording[keys[0]].time_s) and stream.values.shape[2] == 3:
            for label, values in _present(stream, settings).items():
                source.setdefault(label, values)
    naming = name_points(tuple(source), names)
    points = {name: _middle(source, ways) for name, ways in naming.points.items()}
    if not settings.use_model_points and recording[keys[0]].kind is Kind.MARKERS:
        points = {name: values for name, values in points.items() if not name.endswith("_centre")}
    return points, naming


def _middle(source: Mapping[str, Array], ways: tuple[tuple[str, ...], ...]) -> Array:
    """The first way to get the point; a later way fills only where all earlier ones are missing throughout."""
    return geometry.midpoint(*(source[label] for label in ways[0]))


def _present(stream: Stream, settings: Settings) -> dict[str, Array]:
    """The channels that hold anything. Exactly 0, 0, 0 is how many programs write a missing point."""
    missing = geometry.all_axes(stream.values == 0.0)
    if stream.confidence is not None:
        missing |= ~(stream.confidence >= settings.least_confidence)
    values = np.where(missing[:, :, None], np.nan, stream.values) if missing.any() else stream.values
    seen = np.flatnonzero(geometry.all_axes(np.isfinite(values)).any(axis=0))
    # A point by itself in memory: everything that follows goes through it many times.
    return {stream.channels[i]: np.ascontiguousarray(values[:, i]) for i in seen}


def _oriented(
    recording: Recording, points: Points, settings: Settings, camera_up: str | None = None
) -> tuple[Recording, Points]:
    """Every laboratory stream, the plates and the points in the body frame; unchanged where nothing says what is up."""
    by_user = settings.up or camera_up
    found = orient.find_orientation(points, recording, by_user or _said_up(recording), by_user=by_user is not None)
    if found is None:
        return recording, points
    step = Step(what="oriented", settings={"up": found.up, "found_by": found.found_by, "mirrored": found.mirrored})
    turned = recording.after(step, problems=found.problems, **orient.apply(recording, found))
    turned = replace(turned, plates=orient.turned_plates(recording, found))
    return turned, {name: orient.rotated(values, found.matrix) for name, values in points.items()}


def _said_up(recording: Recording) -> str | None:
    """What the file says is up, of any stream in laboratory axes."""
    kinds = (*orient.VECTORS, *orient.AXIAL)
    return next((s.frame.up for s in recording.streams.values() if s.kind in kinds and s.frame.up is not None), None)


def _nothing_known(naming: Naming, labels: Sequence[str], *, seen: bool) -> Problem:
    listed = ", ".join(naming.unknown[:40]) + (" …" if len(naming.unknown) > 40 else "")
    if labels and not seen:
        return Problem(
            what=f"None of the {len(labels)} points was seen at any time, so the body cannot be seen.",
            where="points",
            do="Every value is missing; export the recording again, with its points.",
        )
    if stand_twice(labels):
        return Problem(
            what="The same labels stand more than once in the file, so nobody can tell which point is which.",
            where=listed,
            do="If they are two people, export each into a file of their own; else give every point its own label.",
        )
    return Problem(
        what="None of the labels is one that Poise knows, so the body cannot be seen."
        if not naming.points
        else "Only one of the labels is one that Poise knows, so the body cannot be seen.",
        where=listed or "no points",
        do="Say what they mean with --map; `poise inspect` lists all labels.",
    )


def _hip_centred() -> Problem:
    return Problem(
        what="The points are centred on the hips: travel is not seen, and the scale is the model's own.",
        where="landmarks",
        do="Angles and times are measured; distrust lengths and speed; film from the side with a known height.",
    )

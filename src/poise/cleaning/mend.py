"""Points without ghosts, exchanged sides, gaps and shaking: what was not recorded stays missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.cleaning.limbs import CARRIED, LIMBS, exchanged_limbs
from poise.cleaning.settings import Settings
from poise.model.body import mirrored
from poise.model.recording import SIDES, Problem, Recording, Step
from poise.signals import geometry
from poise.signals.filters import hampel, lowpass_offline
from poise.signals.gaps import fill_gaps_offline
from poise.signals.rigid import fill_rigid_offline

Array = NDArray[np.float64]
Points = dict[str, Array]

FOOT = ("heel", "toe", "hallux", "first_metatarsal", "fifth_metatarsal", "ankle", "ankle_medial", "ankle_centre")
RIGID = (
    ("left_asis", "right_asis", "left_psis", "right_psis", "sacrum", "left_iliac_crest", "right_iliac_crest"),
    ("c7", "t10", "sternum", "xiphoid"),
    *(
        tuple(f"{side}_{n}" for n in ("heel", "ankle", "ankle_medial", "first_metatarsal", "fifth_metatarsal", "toe"))
        for side in SIDES
    ),
)
"""Points of one segment each; the toes are left out, they bend."""
FASTEST_M_S = 15.0
"""No marker on a walking, squatting or jumping person is faster; a sprinter's foot reaches about 20 m/s [design]."""
FASTEST_BODY_HEIGHTS_S = 6.0
"""0.2 body heights a frame at 30 frames a second, measures.md 7.6."""
SHORTEST_STAY_S = 0.2
SLOWEST_VIDEO_HZ = 15.0
ENOUGH_SEEN = 0.8
LARGEST = 1e9


def mended(
    recording: Recording, points: Mapping[str, Array], rate_hz: float, settings: Settings
) -> tuple[Recording, Points]:
    """Markers: ghosts out, gaps filled (from rigid neighbours, then along time), low-pass; each step written down."""
    result, kept = _without_jumps(recording, dict(points), rate_hz, FASTEST_M_S)
    result, kept = _filled_by_neighbours(result, kept)
    return _smoothed(_told_of_unseen(result, kept), kept, rate_hz, settings)


def mended_landmarks(
    recording: Recording, points: Mapping[str, Array], rate_hz: float, height: float, settings: Settings
) -> tuple[Recording, Points]:
    """Landmarks: exchanged sides put back, jumps out, Hampel, gaps filled, low-pass; `height` in the points' unit."""
    result, kept = _sides_put_back(recording, dict(points), rate_hz, height)
    result, kept = _without_jumps(result, kept, rate_hz, FASTEST_BODY_HEIGHTS_S * height)
    half_window = round(0.125 * rate_hz) if np.isfinite(rate_hz) else 0
    if half_window >= 2:
        kept = {name: hampel(values, half_window) for name, values in kept.items()}
        result = result.after(Step(what="Hampel", settings={"window_s": 0.25, "limit_mads": 3.0}))
    return _smoothed(_told_of_unseen(result, kept), kept, rate_hz, settings)


def finite(recording: Recording) -> Recording:
    """The recording with every impossible number (infinite, or past 1e9) missing, and a doubt about them."""
    wild = {key: s for key, s in recording.streams.items() if (s.values > LARGEST).any() or (s.values < -LARGEST).any()}
    if not wild:
        return recording
    streams = {
        key: replace(s, values=np.where(np.abs(s.values) <= LARGEST, s.values, np.nan)) for key, s in wild.items()
    }
    step = Step(what="impossible numbers taken out", settings={"streams": ", ".join(wild)})
    return recording.after(step, problems=[_impossible(tuple(wild))], **streams)


def without_jumps(values: Array, rate_hz: float, fastest: float) -> Array:
    """A point with its ghosts taken out.

    Parameters
    ----------
    values
        Shape (samples, axes); NaN where missing.
    rate_hz, fastest
        Hz, and the highest speed that is believed, unit of `values` a second.

    Returns
    -------
    cleaned
        A stay between two impossible jumps that lasts less than 0.2 s is a ghost: NaN. Longer stays are kept, for then
        nobody can say which of them is the point.
    """
    seen = np.flatnonzero(geometry.all_axes(np.isfinite(values)))
    if len(seen) < 3 or not np.isfinite(rate_hz):
        return values
    here = values if len(seen) == len(values) else values[seen]
    speed = geometry.length(np.diff(here, axis=0)) * rate_hz / np.diff(seen)
    if not (speed > fastest).any():
        return values
    cleaned = values.copy()
    edges = np.concatenate([[0], np.flatnonzero(speed > fastest) + 1, [len(seen)]])
    for start, stop in pairwise(edges):
        is_ghost = len(edges) > 2 and (seen[stop - 1] - seen[start]) / rate_hz < SHORTEST_STAY_S
        if is_ghost:
            cleaned[seen[start:stop]] = np.nan
    return cleaned


def _sides_put_back(recording: Recording, points: Points, rate_hz: float, height: float) -> tuple[Recording, Points]:
    """Legs and arms that were exchanged for a moment, each by themselves."""
    if not rate_hz >= SLOWEST_VIDEO_HZ:
        return recording, points
    time_s = np.arange(len(next(iter(points.values())))) / rate_hz
    wrong = {limb: exchanged_limbs(points, limb, time_s, height) for limb in LIMBS}
    back = dict(points)
    for limb, samples in wrong.items():
        sides = [f"{side}_{name}" for name in (*LIMBS[limb], *CARRIED[limb]) for side in SIDES]
        back |= {
            name: np.where(samples[:, None], points[mirrored(name)], points[name])
            for name in sides
            if samples.any() and name in points and mirrored(name) in points
        }
    shares = {limb: float(samples.mean()) for limb, samples in wrong.items() if samples.any()}
    if not shares:
        return recording, points
    doubt = [_often_exchanged(shares["legs"])] if shares.get("legs", 0.0) > 0.1 else []
    settings = {limb: round(share, 3) for limb, share in shares.items()}
    return recording.after(Step(what="left and right put back", settings=settings), problems=doubt), back


def _without_jumps(recording: Recording, points: Points, rate_hz: float, fastest: float) -> tuple[Recording, Points]:
    kept = {name: without_jumps(values, rate_hz, fastest) for name, values in points.items()}
    ghosts = {name: int(np.isfinite(points[name][:, 0]).sum() - np.isfinite(kept[name][:, 0]).sum()) for name in kept}
    found = {name: count for name, count in ghosts.items() if count}
    if not found:
        return recording, kept
    step = Step(what="ghosts taken out", settings={"fastest": round(fastest, 1), "samples": sum(found.values())})
    return recording.after(step), kept


def _filled_by_neighbours(recording: Recording, points: Points) -> tuple[Recording, Points]:
    """Hidden points of pelvis, trunk and feet from the others of their segment, however long they were hidden."""
    kept = dict(points)
    for group in RIGID:
        names = [name for name in group if name in kept]
        if len(names) > 3 and not all(np.isfinite(kept[name]).all() for name in names):
            filled = fill_rigid_offline(np.stack([kept[name] for name in names], axis=1))
            kept |= {name: filled[:, i] for i, name in enumerate(names)}
    gained = {name: int(np.isfinite(kept[name]).sum() - np.isfinite(points[name]).sum()) // 3 for name in kept}
    told = {name: count for name, count in gained.items() if count}
    return (recording.after(Step(what="seen through neighbours", settings=told)) if told else recording), kept


def _smoothed(recording: Recording, points: Points, rate_hz: float, settings: Settings) -> tuple[Recording, Points]:
    filled = {name: _filled(name, values, rate_hz, settings) for name, values in points.items()}
    gaps = {"longest_s": settings.longest_gap_s, "longest_foot_s": settings.longest_gap_foot_s}
    cutoff_hz = settings.cutoff_for(recording.task)
    result = recording.after(Step(what="gaps filled", settings=gaps))
    if not np.isfinite(rate_hz) or rate_hz <= 2.2 * cutoff_hz:
        return result.after(Step(what="not filtered", settings={"rate_hz": round(rate_hz, 3)})), filled
    step = Step(what="low-pass", settings={"cutoff_hz": cutoff_hz, "order": 4, "zero_lag": True})
    return result.after(step), _low_passed(filled, rate_hz, cutoff_hz)


def _low_passed(points: Points, rate_hz: float, cutoff_hz: float) -> Points:
    """Whole points several at once, those with gaps one by one: the same numbers, in less time."""
    whole = [name for name, values in points.items() if np.isfinite(values).all()]
    smooth = {name: lowpass_offline(points[name], rate_hz, cutoff_hz) for name in points.keys() - whole}
    at_once = max(1, 500_000 // max(1, 3 * len(next(iter(points.values())))))
    for start in range(0, len(whole), at_once):
        names = whole[start : start + at_once]
        together = np.concatenate([points[name] for name in names], axis=1)
        parts = np.split(lowpass_offline(together, rate_hz, cutoff_hz), len(names), axis=1)
        smooth |= dict(zip(names, parts, strict=True))
    return {name: smooth[name] for name in points}


def _filled(name: str, values: Array, rate_hz: float, settings: Settings) -> Array:
    is_foot = name.split("_", 1)[-1] in FOOT
    longest_s = settings.longest_gap_foot_s if is_foot else settings.longest_gap_s
    return fill_gaps_offline(values, round(longest_s * rate_hz) if np.isfinite(rate_hz) else 0)


def _told_of_unseen(recording: Recording, points: Points) -> Recording:
    seen = {name: float(geometry.all_axes(np.isfinite(values)).mean()) for name, values in points.items()}
    often_missing = {name: share for name, share in seen.items() if share < ENOUGH_SEEN}
    if not often_missing:
        return recording
    listed = ", ".join(
        f"{name} {100 * share:.0f} %" for name, share in sorted(often_missing.items(), key=lambda s: s[1])[:12]
    )
    doubt = Problem(
        what=f"{len(often_missing)} of {len(seen)} points are missing in over a fifth of the recording.",
        where=listed,
        do="What needs them is measured only where they were seen.",
    )
    return replace(recording, problems=(*recording.problems, doubt))


def _impossible(streams: tuple[str, ...]) -> Problem:
    return Problem(
        what="Some numbers are infinite or impossibly large; they count as missing.",
        where=", ".join(streams),
        do="Look at how the file was exported.",
    )


def _often_exchanged(share: float) -> Problem:
    return Problem(
        what=f"Left and right legs were exchanged in {100 * share:.0f} % of the frames and put back.",
        where="landmarks of the legs",
        do="Side-by-side numbers from this recording are in doubt; film again with the person larger in the picture.",
    )

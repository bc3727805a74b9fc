"""Finger to nose: how near the fingertip comes, how straight and smooth the way is, and how much the hand shakes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.model import SIDES, Comparison, Definition, Kind, Measured, Measurement, Problem, Recording, Side, Stream
from poise.model.conditions import differing
from poise.model.contracts import Compare, Seen
from poise.signals import geometry
from poise.signals.events import peaks
from poise.signals.filters import bandpass_offline, lowpass_offline
from poise.signals.paths import straightness
from poise.signals.smoothness import spectral_arc_length

Array = NDArray[np.float64]
NAN = float("nan")

FINGERTIPS = ("index", "hand")
LEAST_CONFIDENCE = 0.6
LEAST_RATE_HZ = 29.0
CUTOFF_HZ = 8.0
TREMOR_HZ = (3.0, 12.0)
FAR, NEAR = 3.0, 2.5
"""In distances between the eyes: a cycle starts further out than `FAR`; one that never comes nearer than `NEAR` to the
nose is no touch of the nose but another reach. [design]"""
FEWEST_TOUCHES = 2
ENOUGH_TOUCHES = 5
RESTING = 0.1
SHORTEST_CYCLE_S = 0.5

_SECTION = "measures.md 4.3"
DEFINES = (
    Definition(
        measure="reach.endpoint_error", unit="1", label="Finger to nose, distance at the end", better="lower",
        formula="distance from the nose at which the fingertip rests / distance between the eyes, averaged; under "
        "0.5 in health [design]", source=_SECTION,
    ),
    Definition(
        measure="reach.endpoint_scatter", unit="1", label="Finger to nose, scatter of the ends", better="lower",
        formula="root mean square distance of the ends from their mean / distance between the eyes", source=_SECTION,
    ),
    Definition(
        measure="reach.overshoot", unit="1", label="Finger to nose, too far (+) or too short (−)",
        formula="end beyond the nose along the way to it / distance between the eyes, averaged (dysmetria)",
        source=_SECTION,
    ),
    Definition(
        measure="reach.nose_path_ratio", unit="1", label="Finger to nose, length of the way over straight",
        better="lower", formula="path length / straight distance of each way to the nose, averaged", source=_SECTION,
    ),
    Definition(
        measure="reach.nose_sparc", unit="1", label="Finger to nose, smoothness (SPARC)", better="higher",
        formula="spectral arc length of the speed of each way to the nose, averaged",
        source=f"{_SECTION}; Balasubramanian et al. 2015",
    ),
    Definition(
        measure="reach.tremor_power", unit="1/s²", label="Finger to nose, shaking of the hand 3 to 12 Hz",
        better="lower", decimals=3,
        formula="mean square of the fingertip's velocity between 3 and 12 Hz, in distances between the eyes",
        source=_SECTION,
    ),
    Definition(
        measure="reach.cycle_time", unit="s", label="Finger to nose, time from touch to touch",
        formula="mean time between two touches", source=_SECTION,
    ),
    Definition(
        measure="reach.cycle_time_cv", unit="%", label="Finger to nose, variability of time", better="lower",
        formula="100 · SD / mean of the times between touches; three or more", source=_SECTION, decimals=0,
    ),
)  # fmt: skip
RATIOS = {
    "reach.endpoint_error": "reach.eyes_closed_error_ratio",
    "reach.cycle_time": "reach.eyes_closed_time_ratio",
    "reach.tremor_power": "reach.eyes_closed_tremor_ratio",
}
COMPARED = tuple(
    Definition(
        measure=ratio, unit="1", label=f"{first.label}: eyes closed by open", formula="eyes closed / eyes open",
        source=_SECTION, better="lower",
    )
    for first in DEFINES
    if (ratio := RATIOS.get(first.measure))
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Hand:
    """One fingertip told from the nose, in distances between the eyes, shape (samples, axes); NaN where unsure."""

    side: Side
    place: Array
    time_s: Array
    rate_hz: float
    flat: bool


@dataclass(frozen=True, kw_only=True)
class FingerToNose:
    """Touches of the nose by each hand that makes them: from the picture's or the space's fingertip, nose and eyes.

    A touch is where the fingertip rests near the nose; the way to it starts at the furthest point before. Everything is
    told in distances between the eyes, so that no scale is needed.

    Notes
    -----
    In a picture depth is not seen: a finger before the nose counts as on it. The hand landmark's own noise is the
    floor: under 0.6 confidence a sample is not used, and under 30 Hz nothing is given. Tremor of a camera's own is in
    the tremor power: compare with the other hand, or with eyes open.
    """

    name: str = "finger_to_nose"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"reach", "jps"})
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether nose, both eyes and a fingertip were seen."""
        return _source(recording) is not None

    def compute(self, recording: Recording) -> Measured:
        """All values of each hand that touched the nose twice or more."""
        where = recording.source or recording.id
        stream = _source(recording)
        if stream is None:
            return Measured()
        if not stream.rate_hz >= LEAST_RATE_HZ:
            touched = _is_film(stream) and any(len(touches_of(hand)) >= FEWEST_TOUCHES for hand in _hands(stream))
            return Measured(problems=(_too_slow(stream.rate_hz, where),) if touched else ())
        measurements: list[Measurement] = []
        few: list[Problem] = []
        for hand in _hands(stream):
            touches = touches_of(hand)
            if len(touches) >= FEWEST_TOUCHES:
                measurements += _measurements(hand, touches, recording, f"{self.name}@{self.version}")
                few += _few(hand, touches, where)
        doubts = (_depth(where),) if measurements and stream.kind is Kind.LANDMARKS else ()
        return Measured(measurements=tuple(measurements), problems=(*doubts, *few))


@dataclass(frozen=True, kw_only=True, eq=False)
class Touch:
    """One way to the nose: samples [start, stop] of it, when it was there, s, and where it came to rest."""

    start: int
    stop: int
    at_s: float
    end: Array


def touches_of(hand: Hand) -> tuple[Touch, ...]:
    """Every way to the nose with its end; none where the hand does something else.

    The end is where the fingertip rests near the nose, not where it comes nearest: who goes too far passes the nose.
    """
    smooth = _smooth(hand)
    away = geometry.length(smooth)
    known = away[np.isfinite(away)]
    if len(known) < hand.rate_hz or np.percentile(known, 95) < FAR or known.min() > NEAR:
        return ()
    prominence = 0.4 * float(np.percentile(known, 98) - np.percentile(known, 2))
    apart = max(1, round(SHORTEST_CYCLE_S * hand.rate_hz))
    nearest = [int(i) for i in peaks(-away, prominence=prominence, apart=apart) if away[i] < NEAR]
    speed = geometry.length(np.gradient(smooth, 1.0 / hand.rate_hz, axis=0))
    found: list[Touch] = []
    for before, at in pairwise([0, *nearest]):
        if not np.isfinite(away[before : at + 1]).all():
            continue
        resting = _resting(away, speed, before, at)
        start = _leaves(away, before + int(np.argmax(away[before : at + 1])), at)
        if away[start] > FAR and len(resting):
            found.append(Touch(start=start, stop=int(resting[0]), at_s=float(np.mean(hand.time_s[resting])),
                               end=np.median(smooth[resting], axis=0)))  # fmt: skip
    return tuple(found)


def _smooth(hand: Hand) -> Array:
    return lowpass_offline(hand.place, hand.rate_hz, min(CUTOFF_HZ, 0.4 * hand.rate_hz))


def _resting(away: Array, speed: Array, before: int, at: int) -> NDArray[np.intp]:
    """Samples near the nose, about the nearest, at which the hand is slower than a tenth of its fastest."""
    first, last = at, at
    while first > before and away[first - 1] < NEAR:
        first -= 1
    while last + 1 < len(away) and away[last + 1] < NEAR:
        last += 1
    zone = np.arange(first, last + 1)
    slow = zone[speed[zone] <= RESTING * np.max(speed[before : at + 1])]
    return slow if len(slow) else zone[[int(np.argmin(speed[zone]))]]


def _leaves(away: Array, top: int, end: int) -> int:
    """The last sample at which the hand is still within 5 % of the furthest: where the way to the nose begins."""
    far = np.flatnonzero(away[top:end] >= away[end] + 0.95 * (away[top] - away[end]))
    return top + int(far[-1]) if len(far) else top


def _is_film(stream: Stream) -> bool:
    return len(stream.time_s) > 1 and bool(stream.time_s[-1] > stream.time_s[0])


def _source(recording: Recording) -> Stream | None:
    """The picture's landmarks where they are pixels, else points in space."""
    eyes = ("nose", "left_eye", "right_eye")
    held = [each for each in recording.streams.values() if each.kind in (Kind.LANDMARKS, Kind.BODY)]
    for stream in sorted(held, key=lambda each: each.kind is Kind.BODY):
        square = stream.unit == "px" or (stream.unit in ("m", "body_height") and stream.frame.view == "3d")
        tips = any(f"{side}_{tip}" in stream for side in SIDES for tip in FINGERTIPS)
        if square and tips and all(name in stream for name in eyes):
            return stream
    return None


def _hands(stream: Stream) -> Iterator[Hand]:
    flat = stream.unit == "px"
    axes = 2 if flat else 3
    eyes = geometry.length(_sure(stream, "left_eye", axes) - _sure(stream, "right_eye", axes))
    known = eyes[np.isfinite(eyes)]
    if not len(known) or not np.percentile(known, 90) > 0.0:
        return
    # A head that turns brings the eyes together in the picture: their widest is their distance.
    unit = float(np.percentile(known, 90))
    for side in SIDES:
        tip = next((f"{side}_{name}" for name in FINGERTIPS if f"{side}_{name}" in stream), None)
        if tip is not None:
            place = (_sure(stream, tip, axes) - _sure(stream, "nose", axes)) / unit
            yield Hand(side=side, place=place, time_s=stream.time_s, rate_hz=stream.rate_hz, flat=flat)


def _sure(stream: Stream, name: str, axes: int) -> Array:
    values = stream[name][:, :axes]
    if stream.confidence is None:
        return values
    sure = stream.confidence[:, stream.channels.index(name)] >= LEAST_CONFIDENCE
    return np.where(sure[:, None], values, NAN)


def _measurements(hand: Hand, touches: Sequence[Touch], recording: Recording, method: str) -> Iterator[Measurement]:
    inside = np.isfinite(hand.place[touches[0].start : touches[-1].stop + 1]).all(axis=1)
    for measure, unit, values in _values(hand, touches):
        known = values[np.isfinite(values)]
        if len(known):
            yield Measurement(
                measure=measure, value=float(known.mean()), unit=unit, side=hand.side,
                n=len(known) if len(known) > 1 else len(touches),
                sd=float(known.std(ddof=1)) if len(known) > 1 else NAN, start_s=float(hand.time_s[touches[0].start]),
                end_s=float(hand.time_s[touches[-1].stop]), valid_fraction=float(inside.mean()),
                recording=recording.id, method=f"{method}: fingertip from the nose, "
                + ("picture" if hand.flat else "space"),
            )  # fmt: skip


def _values(hand: Hand, touches: Sequence[Touch]) -> Iterator[tuple[str, str, Array]]:
    smooth = _smooth(hand)
    speed = geometry.length(np.gradient(smooth, 1.0 / hand.rate_hz, axis=0))
    ends = np.array([each.end for each in touches])
    ways = [smooth[each.start : each.stop + 1] for each in touches]
    speeds = [speed[each.start : each.stop + 1] for each in touches]
    towards = geometry.unit(np.array([-way[0] for way in ways]))
    scatter = np.sqrt(np.sum(ends.var(axis=0, ddof=1))) if len(ends) > 1 else NAN
    times = np.array([
        b.at_s - a.at_s for a, b in pairwise(touches) if np.isfinite(smooth[a.stop : b.stop + 1]).all()
    ])  # fmt: skip
    yield "reach.endpoint_error", "1", geometry.length(ends)
    yield "reach.endpoint_scatter", "1", np.array([scatter])
    yield "reach.overshoot", "1", geometry.dot(ends, towards)
    yield "reach.nose_path_ratio", "1", np.array([straightness(way).path_ratio for way in ways])
    yield "reach.nose_sparc", "1", np.array([spectral_arc_length(each, hand.rate_hz) for each in speeds])
    yield "reach.tremor_power", "1/s²", np.array([_tremor(hand, touches)])
    yield "reach.cycle_time", "s", times
    cv = 100.0 * float(times.std(ddof=1) / times.mean()) if len(times) > 2 else NAN
    yield "reach.cycle_time_cv", "%", np.array([cv])


def _tremor(hand: Hand, touches: Sequence[Touch]) -> float:
    low, high = TREMOR_HZ
    if hand.rate_hz < 2.0 * high + 2.0:
        return NAN
    # Half a second about each touch: the hand is slow there, and the reach itself is under 3 Hz.
    velocity = np.gradient(hand.place, 1.0 / hand.rate_hz, axis=0)
    power = np.sum(bandpass_offline(velocity, hand.rate_hz, low, high) ** 2, axis=1)
    parts = np.concatenate([power[np.abs(hand.time_s - each.at_s) <= 0.5] for each in touches])
    parts = parts[np.isfinite(parts)]
    return float(parts.mean()) if len(parts) else NAN


def compare(recordings: Sequence[Seen]) -> tuple[Comparison, ...]:
    """Eyes closed by eyes open, hand by hand; none where anything else that is known differs."""
    told = [each for each in recordings if any(m.measure in RATIOS for m in each[2])]
    opened, closed = ([each for each in told if each[1].get("eyes") == eyes] for eyes in ("open", "closed"))
    if not opened or not closed:
        return ()
    names = tuple(each[0] for each in (*opened, *closed))
    clash = sorted({name for a in opened for b in closed for name in differing(a[1], b[1])} - {"eyes"})
    if clash:
        return (Comparison(name="finger to nose, eyes", of=names, varied="eyes", problems=(_differ(names, clash),)),)
    made = tuple(_ratios(_mean_of(opened), _mean_of(closed), names))
    return (Comparison(name="finger to nose, eyes", of=names, varied="eyes", measurements=made),) if made else ()


_Means = Mapping[tuple[str, Side | None], tuple[float, Measurement]]


def _mean_of(told: Sequence[Seen]) -> _Means:
    held: dict[tuple[str, Side | None], list[Measurement]] = {}
    for _, _, measurements in told:
        for each in measurements:
            if each.measure in RATIOS:
                held.setdefault((each.measure, each.side), []).append(each)
    return {key: (float(np.mean([m.value for m in group])), group[0]) for key, group in held.items()}


def _ratios(opened: _Means, closed: _Means, names: tuple[str, ...]) -> Iterator[Measurement]:
    for key, (value, first) in closed.items():
        if key in opened and opened[key][0] > 0.0:
            yield Measurement(
                measure=RATIOS[key[0]], value=value / opened[key][0], unit="1", side=key[1],
                n=min(first.n, opened[key][1].n), sd=NAN, start_s=0.0, end_s=0.0,
                valid_fraction=min(first.valid_fraction, opened[key][1].valid_fraction),
                method="finger_to_nose: eyes closed / eyes open", recording=", ".join(names),
            )  # fmt: skip


def _differ(names: Sequence[str], clash: Sequence[str]) -> Problem:
    return Problem(
        what=f"Eyes open and closed were recorded with different {', '.join(clash)}: no ratio can be told.",
        where=", ".join(names), do="Repeat the one as the other was done.",
    )  # fmt: skip


def _few(hand: Hand, touches: Sequence[Touch], where: str) -> Iterator[Problem]:
    if len(touches) < ENOUGH_TOUCHES:
        yield Problem(
            what=f"{hand.side} hand: {len(touches)} touches of the {ENOUGH_TOUCHES} that stable values need.",
            where=where, do="Let the person touch the nose five times or more.",
        )  # fmt: skip


def _depth(where: str) -> Problem:
    return Problem(
        what="A camera does not see depth: a finger before the nose counts as on it, and its own noise at the hand is "
        "in the shaking.",
        where=where, do="Compare hands, or eyes open and closed, in the same view.",
    )  # fmt: skip


def _too_slow(rate_hz: float, where: str) -> Problem:
    return Problem(
        what=f"At {rate_hz:.0f} pictures a second the way of a finger is not followed.", where=where,
        do="Film at 30 a second or more.",
    )  # fmt: skip


MEASURE = FingerToNose()
COMPARE = Compare(name="finger_to_nose", defines=COMPARED, compare=compare)

"""Y-reach: how far the free foot goes in three directions about a standing one, by leg length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.segment_axes import present
from poise.measures.task_body import Doer, doer_of, has_legs, oblique
from poise.measures.task_cycles import Way, ways
from poise.measures.task_reach import steady_ahead
from poise.measures.task_values import Error, Teller, defined, not_seen, units_of
from poise.model import SIDES, Comparison, Definition, Event, Measured, Measurement, Problem, Recording, Side
from poise.model.contracts import Compare
from poise.signals import geometry

Array = NDArray[np.float64]
NAN = float("nan")

DIRECTIONS = ("anterior", "posteromedial", "posterolateral")
_PLISKY = "Plisky et al. 2006, 2021; measures.md 2.4"
DEFINES: tuple[Definition, ...] = (
    *(
        each
        for name, label in zip(DIRECTIONS, ("Forward", "Backward and inward", "Backward and outward"), strict=True)
        for each in (
            defined(f"ybalance.{name}", "m", f"{label} reach on this leg",
                    "furthest of the free toe from the standing toe, best of the tries", _PLISKY, sided=True,
                    better="higher", decimals=3),
            defined(f"ybalance.{name}_percent", "%", f"{label} reach on this leg by leg length",
                    "100 · reach / leg length", _PLISKY, sided=True, better="higher", decimals=1),
        )
    ),
    defined("ybalance.composite", "%", "Y-reach composite", "100 · (anterior + posteromedial + posterolateral) / "
            "(3 · leg length)", _PLISKY, sided=True, better="higher", decimals=1),
    defined("ybalance.anterior_difference", "m", "Forward reach, left minus right", "difference of the best reaches",
            _PLISKY, decimals=3),
)  # fmt: skip
_SHAFFER = "Shaffer et al. 2013: SEM 2.0 to 3.5 cm of the mean of three [v: measures.md 2.4]"
ERRORS = {
    **{f"ybalance.{name}": Error(error=0.035, source=_SHAFFER) for name in DIRECTIONS},
    **{f"ybalance.{name}_percent": Error(error=4.0, source=_SHAFFER) for name in DIRECTIONS},
    "ybalance.composite": Error(error=4.0, source=_SHAFFER),
}
ANTERIOR_DEG, BACK_DEG = 45.0, 80.0


@dataclass(frozen=True, kw_only=True)
class YReached:
    """The numbers of one leg: each reach by leg length and their composite, percent."""

    anterior_percent: float
    posteromedial_percent: float
    posterolateral_percent: float
    composite_percent: float


def y_reach(anterior: float, posteromedial: float, posterolateral: float, leg_length: float) -> YReached:
    """Reaches by leg length, from distances as numbers (a tape's or ours), all in one unit.

    Raises
    ------
    ValueError
        A distance is negative or the leg has no length.

    Examples
    --------
    >>> round(y_reach(62.0, 98.0, 95.0, 90.0).composite_percent, 3)
    94.444
    """
    reaches = (anterior, posteromedial, posterolateral)
    if not leg_length > 0.0 or min(reaches) < 0.0:
        raise ValueError(f"reaches of {reaches} by a leg of {leg_length}: lengths cannot be negative or zero")
    shares = [100.0 * each / leg_length for each in reaches]
    return YReached(
        anterior_percent=shares[0], posteromedial_percent=shares[1], posterolateral_percent=shares[2],
        composite_percent=sum(shares) / 3.0,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Try:
    """One reach of the free foot: samples, direction and distance."""

    start: int
    far: int
    direction: str
    reach: float


@dataclass(frozen=True, kw_only=True)
class YReach:
    """Reaches of one foot about the other, which keeps its place.

    The direction is told from the way of the free toe against the front of the pelvis: within 45 deg ahead it is
    anterior, more than 80 deg away posterior, medial towards the standing leg's inner side. The distance is from toe to
    toe over the floor, as on the line of the kit. A name of ours: the licensed test is done on its own kit.

    Fails where the free foot takes weight (which nobody sees without a plate), and in pictures: it needs three
    dimensions on a floor, or a sagittal view for the anterior reach alone.
    """

    name: str = "task_y_reach"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"single_leg", "reach"})
    defines: tuple[Definition, ...] = DEFINES
    least_reach: float = 0.25
    most_moved_foot: float = 0.08

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there is a body with hips and both feet."""
        return has_legs(recording)

    def compute(self, recording: Recording) -> Measured:
        """Best reach of each direction and standing leg; nothing but a problem where no foot reaches."""
        where = recording.source or recording.id
        doer = doer_of(recording)
        if doer is None or doer.view == "frontal":
            return Measured(problems=(oblique(recording) or _nobody(where),))
        tell = Teller(recording=recording.id, method=self.method, units=units_of(DEFINES), errors=ERRORS)
        found: list[Measurement] = []
        events: list[Event] = []
        for side in SIDES:
            tries = self.tries(doer, side, recording.conditions.get("direction", ""))
            found += _told(doer, side, tries, tell)
            events += _events(doer, side, tries)
        if not events:
            # Squats and reaches of the hand are of the same tasks: silent, unless a Y-reach was told.
            told = recording.conditions.get("direction", "") in DIRECTIONS
            return Measured(problems=(_nobody(doer.where),) if told else ())
        events.sort(key=lambda each: each.time_s)
        problems = tuple(_doubts(doer, found))
        return Measured(events=tuple(events), measurements=(*found, *_difference(found, tell)), problems=problems)

    def tries(self, doer: Doer, standing: Side, told: str = "") -> list[_Try]:
        """Reaches of the other foot while this one stands, in order."""
        free: Side = "right" if standing == "left" else "left"
        toes = {side: toe_of(doer, side) for side in SIDES}
        away = geometry.horizontal(toes[free] - toes[standing])
        first = away[: max(1, round(0.5 * doer.rate_hz))]
        first = first[np.isfinite(first).all(axis=-1)]
        if not len(first) or not doer.leg_m > 0.0:
            return []
        home = np.median(first, axis=0)
        gone = geometry.length(away - home)
        # Three quarters of this, the upper threshold, is the least reach: directions differ in how far they go.
        found = ways(gone, least=0.0, low=0.0, high=self.least_reach * doer.leg_m / 0.75)
        made = []
        for number, way in enumerate(found):
            back = found[number + 1] if number + 1 < len(found) else None
            if way.up and back is not None and self._stays(doer, standing, way, back):
                distance = geometry.length(away)
                far = way.start + int(np.nanargmax(distance[way.start : back.end + 1]))
                direction = told if told in DIRECTIONS else _direction(doer, standing, away[far])
                made.append(_Try(start=way.start, far=far, direction=direction, reach=float(distance[far])))
        return [each for each in made if each.direction]

    def _stays(self, doer: Doer, standing: Side, way: Way, back: Way) -> bool:
        """Whether the standing foot keeps its place and the free one moves more than it."""
        ankle = doer.smooth(doer.joint(standing, "ankle"))[way.start : back.end + 1, :2]
        known = ankle[np.isfinite(ankle).all(axis=-1)]
        return bool(len(known)) and bool(geometry.length(known - known[0]).max() <= self.most_moved_foot * doer.leg_m)


def toe_of(doer: Doer, side: Side) -> Array:
    """The toe, (samples, 3); the ankle where no toe was seen."""
    for name in ("hallux", "toe"):
        if present(doer.points, f"{side}_{name}"):
            return doer.smooth(doer.points[f"{side}_{name}"])
    return doer.smooth(doer.joint(side, "ankle"))


def leg_length_m(doer: Doer, side: Side) -> tuple[float, bool]:
    """From ASIS to medial malleolus while both are furthest apart (standing), m; else thigh and shank, and False."""
    names = (f"{side}_asis", f"{side}_ankle_medial")
    if present(doer.points, *names):
        whole = geometry.length(doer.points[names[0]] - doer.points[names[1]])
        return float(np.nanpercentile(whole, 95)), True
    return doer.leg_m, False


def _direction(doer: Doer, standing: Side, away: Array) -> str:
    if doer.view == "sagittal":
        return "anterior" if float(away @ steady_ahead(doer)) > 0.0 else ""
    ahead = steady_ahead(doer)
    inner = np.cross(np.array([0.0, 0.0, 1.0]), ahead) * (-1.0 if standing == "left" else 1.0)
    angle = float(np.degrees(np.arctan2(away @ inner, away @ ahead)))
    if abs(angle) <= ANTERIOR_DEG:
        return "anterior"
    if abs(angle) >= BACK_DEG:
        return "posteromedial" if angle > 0.0 else "posterolateral"
    return ""


def _told(doer: Doer, side: Side, tries: Sequence[_Try], tell: Teller) -> Iterator[Measurement]:
    if not doer.to_scale and not doer.leg_m > 0.0:
        return
    leg, _ = leg_length_m(doer, side)
    best: dict[str, float] = {}
    spans: dict[str, tuple[float, float]] = {}
    for name in DIRECTIONS:
        own = [each for each in tries if each.direction == name]
        if own:
            best[name] = max(each.reach for each in own)
            spans[name] = (float(doer.time_s[own[0].start]), float(doer.time_s[own[-1].far]))
            reaches = [each.reach for each in own]
            if doer.to_scale:
                yield from tell.of(f"ybalance.{name}", reaches, spans[name], side=side, value=best[name])
            shares = [100.0 * each / leg for each in reaches]
            yield from tell.of(f"ybalance.{name}_percent", shares, spans[name], side=side, value=max(shares))
    if len(best) == len(DIRECTIONS):
        anterior, inward, outward = (best[name] for name in DIRECTIONS)
        whole = y_reach(anterior, inward, outward, leg)
        span = (min(start for start, _ in spans.values()), max(end for _, end in spans.values()))
        yield from tell.of("ybalance.composite", whole.composite_percent, span, side=side)


def _difference(found: Sequence[Measurement], tell: Teller) -> Iterator[Measurement]:
    best = {each.side: each for each in found if each.measure == "ybalance.anterior"}
    if len(best) == 2:
        left, right = best["left"], best["right"]
        span = (min(left.start_s, right.start_s), max(left.end_s, right.end_s))
        yield from tell.of("ybalance.anterior_difference", left.value - right.value, span)


def _events(doer: Doer, side: Side, tries: Sequence[_Try]) -> Iterator[Event]:
    for each in tries:
        yield Event(event="reach_start", side=side, time_s=float(doer.time_s[each.start]))
        yield Event(event=f"reach_{each.direction}", side=side, time_s=float(doer.time_s[each.far]))


def _doubts(doer: Doer, found: Sequence[Measurement]) -> Iterator[Problem]:
    if not doer.to_scale:
        yield not_seen(
            "Reaches are given by leg length only: the points have no metres.", doer.where,
            "Give the person's height with --person height_m=…",
        )  # fmt: skip
    if not leg_length_m(doer, "left")[1]:
        yield not_seen(
            "Leg length is thigh and shank, hip centre to ankle: the test's own (pelvis bone to inner ankle) is some "
            "8 % longer, so that every percent here is higher by that.",
            doer.where, "Compare with this method's own numbers, or measure the leg with a tape.",
        )  # fmt: skip
    if not any(each.measure == "ybalance.composite" for each in found):
        yield not_seen(
            "Not all three directions were reached on one leg: there is no composite.", doer.where,
            "Record all three, or compare the recordings of the directions with each other.",
        )  # fmt: skip


def _nobody(where: str) -> Problem:
    return not_seen(
        "No foot reaches out and comes back while the other keeps its place: this is no Y-reach.", where,
        "Record it in three dimensions with both feet in view, beginning with the feet together.",
    )  # fmt: skip


# ── several recordings ────────────────────────────────────────────────────────────────────────────────────────────────

Told = tuple[str, Mapping[str, str], Sequence[Measurement]]
METHOD = "task_y_reach_across/1"


def compare(recordings: Sequence[Told]) -> tuple[Comparison, ...]:
    """Composite of each leg, and the legs against each other, where the reaches stand in several recordings.

    Parameters
    ----------
    recordings
        Of each its id, its conditions and its measurements; those without a Y-reach are passed over.

    Returns
    -------
    comparisons
        At most one. The best reach of each direction and leg counts, whichever recording it is in; what one recording
        shows by itself is not said again.
    """
    best: dict[tuple[str, Side], tuple[str, Measurement]] = {}
    for name, _, measurements in recordings:
        for each in measurements:
            key = (each.measure, each.side)
            if each.side is not None and each.measure.startswith("ybalance.") and each.measure != "ybalance.composite":
                held = best.get((each.measure, each.side))
                if held is None or each.value > held[1].value:
                    best[key[0], each.side] = (name, each)
    of = tuple(dict.fromkeys(name for name, _ in best.values()))
    if len(of) < 2:
        return ()
    found = [*_composites(best), *_between(best)]
    return (Comparison(name="y_reach", of=of, varied="direction, side", measurements=tuple(found)),) if found else ()


def _composites(best: Mapping[tuple[str, Side], tuple[str, Measurement]]) -> Iterator[Measurement]:
    for side in SIDES:
        shares = [best.get((f"ybalance.{name}_percent", side)) for name in DIRECTIONS]
        known = [each for each in shares if each is not None]
        if len(known) == len(DIRECTIONS) and len({name for name, _ in known}) > 1:
            value = sum(each.value for _, each in known) / 3.0
            yield _across("ybalance.composite", value, "%", side, [each for _, each in known])


def _between(best: Mapping[tuple[str, Side], tuple[str, Measurement]]) -> Iterator[Measurement]:
    left, right = (best.get(("ybalance.anterior", side)) for side in SIDES)
    if left is not None and right is not None and left[0] != right[0]:
        both = [left[1], right[1]]
        yield _across("ybalance.anterior_difference", left[1].value - right[1].value, "m", None, both)


def _across(measure: str, value: float, unit: str, side: Side | None, of: Sequence[Measurement]) -> Measurement:
    error = ERRORS.get(measure, Error(error=NAN, source=""))
    return Measurement(
        measure=measure, value=value, unit=unit, side=side, n=sum(each.n for each in of), sd=NAN, start_s=0.0,
        end_s=sum(each.end_s - each.start_s for each in of), valid_fraction=min(each.valid_fraction for each in of),
        method=METHOD, recording=", ".join(dict.fromkeys(each.recording for each in of)), error=error.error,
        error_source=error.source,
    )  # fmt: skip


MEASURE = YReach()
COMPARE = Compare(
    name="y_reach", compare=compare,
    defines=tuple(each for each in DEFINES if each.measure in {"ybalance.composite", "ybalance.anterior_difference"}),
)  # fmt: skip

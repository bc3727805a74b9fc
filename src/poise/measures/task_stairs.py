"""Stairs: when the feet land on the steps, and how far the head looks down, from the body's points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.measures.task_body import Doer, doer_of, has_legs, oblique
from poise.measures.task_features import head_down_deg
from poise.measures.task_values import BY_CAMERA, Error, Teller, defined, not_seen, units_of
from poise.model import SIDES, Definition, Event, Measured, Measurement, Problem, Recording, Side
from poise.signals import geometry
from poise.signals.events import stretches

Array = NDArray[np.float64]
NAN = float("nan")

HEAD_DOWN_DEG = 25.0
"""Nobody has published a limit; the finding that reads it says so [design]."""
_STAIRS = "capabilities of the reference; our own rules [design]"
DEFINES: tuple[Definition, ...] = (
    defined("stairs.steps", "count", "Steps taken", "feet that land on another step than they left", _STAIRS,
            decimals=0),
    defined("stairs.step_time", "s", "Time from step to step", "between landings of alternate feet, mean", _STAIRS),
    defined("stairs.step_time_cv", "%", "Variation of step time", "100 · SD / mean", _STAIRS, better="lower",
            decimals=1),
    defined("stairs.step_height", "m", "Height of a step", "rise or fall of a foot by steps taken, mean", _STAIRS),
    defined("stairs.head_pitch", "deg", "How far the head looks down",
            "line ear–nose (or a head sensor) below level, mean over the stairs", _STAIRS, better="lower", decimals=0),
    defined("stairs.head_down_share", "%", "Share of time looking down",
            f"share of the time on the stairs with the head more than {HEAD_DOWN_DEG:g} deg down", _STAIRS,
            better="lower", decimals=0),
)  # fmt: skip
ERRORS = {"stairs.head_pitch": Error(error=8.0, source=BY_CAMERA.replace("reading", "reading of m_neck_flexion"))}


@dataclass(frozen=True, kw_only=True)
class _Landing:
    side: Side
    time_s: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Stairs:
    """Landings on a stair: a foot swings and comes to rest higher (or lower) than it left by at least `least_step`.

    At least `fewest` landings one way up or down make stairs; between the first and the last of them the head is
    watched. The line ear–nose of a level gaze points some degrees down in most people: the limit allows for that.

    Fails on a treadmill of steps, and in points about the hips, which do not show that anybody climbs. From the front
    the head's pitch is not seen.
    """

    name: str = "task_stairs"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"stairs"})
    defines: tuple[Definition, ...] = DEFINES
    least_step: float = 0.10
    fewest: int = 3
    swings_above: float = 0.45
    shortest_swing_s: float = 0.15

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there is a body with hips and feet."""
        return has_legs(recording)

    def compute(self, recording: Recording) -> Measured:
        """Steps and head pitch on the stairs; a problem where nobody climbs."""
        where = recording.source or recording.id
        doer = doer_of(recording)
        landings = [] if doer is None or not doer.on_floor else self.landings(doer)
        if doer is None or len(landings) < self.fewest:
            return Measured(problems=(oblique(recording) or _no_stairs(where),))
        tell = Teller(recording=recording.id, method=self.method, units=units_of(DEFINES), errors=ERRORS)
        head = head_down_deg(doer)
        span = (landings[0].time_s, landings[-1].time_s)
        inside = (doer.time_s >= span[0]) & (doer.time_s <= span[1])
        found = [*_steps(doer, landings, span, tell), *head_values(head[inside], span, tell)]
        unseen = () if np.isfinite(head[inside]).any() else (_no_head(doer.where),)
        events = tuple(Event(event="stair_landing", side=each.side, time_s=each.time_s) for each in landings)
        return Measured(events=events, measurements=tuple(found), problems=unseen)

    def landings(self, doer: Doer) -> list[_Landing]:
        """The longest run of landings one way, up or down, in order of time."""
        found = sorted((each for side in SIDES for each in self._of(doer, side)), key=lambda each: each.time_s)
        runs: list[list[_Landing]] = []
        for each in found:
            if runs and np.sign(runs[-1][-1].height) == np.sign(each.height):
                runs[-1].append(each)
            else:
                runs.append([each])
        return max(runs, key=len, default=[])

    def _of(self, doer: Doer, side: Side) -> Iterator[_Landing]:
        ankle = doer.smooth(doer.joint(side, "ankle"))
        speed = np.nan_to_num(geometry.length(doer.speed(ankle)) / doer.leg_m)
        swings = stretches(speed > self.swings_above)
        for start, stop in zip(swings.start.tolist(), swings.stop.tolist(), strict=True):
            height = float(ankle[min(stop, len(ankle) - 1), 2] - ankle[start, 2])
            long = stop - start >= self.shortest_swing_s * doer.rate_hz
            if long and stop < len(ankle) and abs(height) >= self.least_step * doer.leg_m:
                yield _Landing(side=side, time_s=float(doer.time_s[stop]), height=height)


def _steps(doer: Doer, landings: Sequence[_Landing], span: tuple[float, float], tell: Teller) -> Iterator[Measurement]:
    yield from tell.of("stairs.steps", float(len(landings)), span)
    pairs = [(a, b) for a, b in pairwise(landings) if a.side != b.side]
    times = np.array([b.time_s - a.time_s for a, b in pairs])
    yield from tell.of("stairs.step_time", times.tolist(), span)
    if len(times) > 2:
        yield from tell.of("stairs.step_time_cv", 100.0 * float(times.std(ddof=1) / times.mean()), span)
    if doer.to_scale and pairs:
        # Step over step a foot rises by two steps at a time, foot by foot by one.
        over = len(pairs) / max(1, len(landings) - 1)
        treads = 2.0 if over > 0.7 else 1.0
        inner = landings[1:-1] if len(landings) > 2 else landings
        yield from tell.of("stairs.step_height", [abs(each.height) / treads for each in inner], span)


def head_values(head_deg: Array, span: tuple[float, float], tell: Teller) -> Iterator[Measurement]:
    """Mean pitch and share of time looking down, where the head was seen half of the time."""
    known = head_deg[np.isfinite(head_deg)]
    if len(known) < 0.5 * len(head_deg) or not len(known):
        return
    yield from tell.of("stairs.head_pitch", float(known.mean()), span)
    yield from tell.of("stairs.head_down_share", 100.0 * float(np.mean(known > HEAD_DOWN_DEG)), span)


def _no_stairs(where: str) -> Problem:
    return not_seen(
        "Nobody climbs stairs here: no feet land in turn on steps that go up or down, or travel is not seen.", where,
        "Record at least three steps from the side, the feet in view and the camera standing still.",
    )  # fmt: skip


def _no_head(where: str) -> Problem:
    return not_seen(
        "The head's pitch was not seen: it needs ear and nose from the side or in three dimensions.", where,
        "Film from the side, or wear a sensor on the head.",
    )  # fmt: skip


MEASURE = Stairs()

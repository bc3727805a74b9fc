"""Joint position sense: how near a person comes to a position felt before, with the eyes closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.position_sense_angles import CAMERA_TOLD_DEG, HEAD, Turned, tested, turned
from poise.measures.position_sense_errors import Errors, errors
from poise.measures.position_sense_holds import Hold, held_at, holds, positions
from poise.model import Definition, Event, Kind, Measured, Measurement, Problem, Recording, Side

Array = NDArray[np.float64]
NAN = float("nan")

TARGET_EVENTS = ("target", "target_hold", "shown")
ANSWER_EVENTS = ("reproduction", "reproduction_hold", "response", "answer")
ENOUGH_TRIALS = 5
SAME_TARGET_DEG = 5.0
LEAST_MOVE_DEG = 5.0

_SOURCE = "measures.md 4.1; Schmidt & Lee 2011, Motor Control and Learning"
DEFINES = (
    Definition(
        measure="jps.absolute_error", unit="deg", label="Position sense, size of the error", decimals=1, better="lower",
        formula="mean over trials of |angle found − angle shown|", source=_SOURCE,
    ),
    Definition(
        measure="jps.constant_error", unit="deg", label="Position sense, bias", decimals=1,
        formula="mean over trials of angle found − angle shown; positive where it went too far into flexion",
        source=_SOURCE,
    ),
    Definition(
        measure="jps.variable_error", unit="deg", label="Position sense, scatter", decimals=1, better="lower",
        formula="population standard deviation of the errors over trials; needs two", source=_SOURCE,
    ),
    Definition(
        measure="jps.rms_error", unit="deg", label="Position sense, root mean square error", decimals=1,
        formula="√(constant error² + variable error²)", source=_SOURCE, better="lower",
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One answer to one target, deg; `at_s` is the middle of the answer's hold."""

    target_deg: float
    answer_deg: float
    at_s: float


@dataclass(frozen=True, kw_only=True)
class PositionSense:
    """Position sense from holds of a joint: shown, back, found again; or against a target that was told.

    Without ``target_deg`` in the conditions the positions taken up come in pairs, shown and found. With it a single one
    is an answer, two are a pair, and more are pairs where every other one is clearly nearer to the target. Events
    ``target`` and ``reproduction`` in the file win over all that. The angle is that of the conditions' ``movement`` and
    ``side``, else the one that moves furthest.

    Notes
    -----
    A camera's own bias cancels only between two holds in the same view; against a told angle it stays in the absolute
    and constant error. Movements under 5 deg are not seen. Errors under 2 to 4 deg are within what repeated tests
    differ by (measures.md 4.1, from memory).
    """

    name: str = "position_sense"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"jps"})
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether it holds points, angles or sensors from which an angle could come."""
        angles = (Kind.BODY, Kind.COORDINATES, Kind.JOINT_ANGLES, Kind.ORIENTATION)
        raw = Kind.ANGULAR_VELOCITY in recording and Kind.ACCELERATION in recording
        return raw or any(kind in recording for kind in angles)

    def compute(self, recording: Recording) -> Measured:
        """Errors over all trials, and for each target where there are several; events at the holds."""
        where = recording.source or recording.id
        if recording.conditions.get("movement", "").lower().startswith(("head", "neck", "cervical")):
            return Measured()  # the head's own test measures that: `cervical_error`
        angles = turned(recording)
        if not angles and any(HEAD.search(each) for stream in recording.streams.values() for each in stream.channels):
            return Measured()
        angle = tested(recording, angles)
        if angle is None or angle.moves_deg < LEAST_MOVE_DEG:
            return Measured(problems=(_nothing_moves(where),))
        found, problems = _trials(recording, angle, where)
        if not found:
            return Measured(problems=problems)
        told = "target_deg" in recording.conditions and found[0].target_deg == _told(recording)
        method = f"{self.name}@{self.version}: {angle.name}, " + (
            "against the told angle" if told else "shown and found"
        )
        made = tuple(_measurements(recording, angle, found, method, told=told))
        return Measured(
            measurements=made, events=tuple(_events(angle.side, found)),
            problems=(*problems, *_doubts(angle, found, where, told=told)),
        )  # fmt: skip


def _told(recording: Recording) -> float:
    try:
        return float(recording.conditions.get("target_deg", "nan"))
    except ValueError:
        return NAN


def _trials(recording: Recording, angle: Turned, where: str) -> tuple[tuple[Trial, ...], tuple[Problem, ...]]:
    start_s = float(angle.time_s[0])
    marked = _marked(recording, angle)
    if marked:
        return marked, ()
    kept = positions(
        angle.angle_deg, angle.rate_hz, holds(angle.angle_deg, angle.rate_hz, start_s=start_s), start_s=start_s
    )
    told = _told(recording)
    if not kept:
        return (), (_no_holds(where),)
    if not np.isfinite(told):
        return _in_pairs(kept, where)
    rest = holds(angle.angle_deg, angle.rate_hz, start_s=start_s)[0].angle_deg if not angle.absolute else 0.0
    if len(kept) == 1 or not _shown_too(kept, told + rest):
        return tuple(_answer(each, told, rest) for each in kept), _taken_as_answers(kept, where)
    found, problems = _in_pairs(kept, where)
    return found, (*problems, _taken_as_pairs(where))


def _shown_too(kept: Sequence[Hold], told: float) -> bool:
    """Whether every other position is the target being shown: two are a pair; of more the first of each are nearer."""
    if len(kept) == 2 or len(kept) % 2:
        return len(kept) == 2
    off = np.array([abs(abs(each.angle_deg) - abs(told)) for each in kept])
    return bool(off[::2].max() <= SAME_TARGET_DEG and off[::2].mean() < 0.67 * off[1::2].mean())


def _answer(hold: Hold, told: float, rest: float) -> Trial:
    return Trial(target_deg=told, answer_deg=hold.angle_deg - rest, at_s=0.5 * (hold.start_s + hold.end_s))


def _in_pairs(kept: Sequence[Hold], where: str) -> tuple[tuple[Trial, ...], tuple[Problem, ...]]:
    pairs = zip(kept[::2], kept[1::2], strict=False)
    found = tuple(
        Trial(target_deg=shown.angle_deg, answer_deg=answer.angle_deg, at_s=0.5 * (answer.start_s + answer.end_s))
        for shown, answer in pairs
    )
    return found, (_odd_one(where),) if len(kept) % 2 else ()


def _marked(recording: Recording, angle: Turned) -> tuple[Trial, ...]:
    """Trials that events in the file mark: each answer against the last target before it."""
    told, target, found = _told(recording), NAN, []
    for event in sorted(recording.events, key=lambda each: each.time_s):
        if event.event in TARGET_EVENTS:
            target = held_at(angle.angle_deg, angle.time_s, event.time_s)
        elif event.event in ANSWER_EVENTS:
            against = target if np.isfinite(target) else told
            answer = held_at(angle.angle_deg, angle.time_s, event.time_s)
            if np.isfinite(against + answer):
                found.append(Trial(target_deg=against, answer_deg=answer, at_s=event.time_s))
    return tuple(found)


def _measurements(
    recording: Recording, angle: Turned, found: Sequence[Trial], method: str, *, told: bool
) -> Iterator[Measurement]:
    error_deg = CAMERA_TOLD_DEG if told and angle.camera else angle.error_deg
    groups = by_target(found)
    yield from _values(recording, angle, found, (method, "", error_deg))
    for target_deg, trials in groups if len(groups) > 1 else ():
        yield from _values(recording, angle, trials, (method, f".target_{target_deg:.0f}", error_deg))


def by_target(found: Sequence[Trial]) -> list[tuple[float, list[Trial]]]:
    """Trials by target: those within 5 deg of the group's first are one target; its mean angle comes with it."""
    groups: list[list[Trial]] = []
    for trial in sorted(found, key=lambda each: each.target_deg):
        if groups and trial.target_deg - groups[-1][0].target_deg <= SAME_TARGET_DEG:
            groups[-1].append(trial)
        else:
            groups.append([trial])
    return [(float(np.mean([each.target_deg for each in group])), group) for group in groups]


def _values(
    recording: Recording, angle: Turned, found: Sequence[Trial], how: tuple[str, str, float]
) -> Iterator[Measurement]:
    method, suffix, error_deg = how
    made = errors([each.answer_deg for each in found], [each.target_deg for each in found])
    one_sd = np.array([each.answer_deg - each.target_deg for each in found])
    sd = {
        "absolute": float(np.abs(one_sd).std(ddof=1)) if made.n > 1 else NAN,
        "constant": float(one_sd.std(ddof=1)) if made.n > 1 else NAN,
    }
    for name, value in named(made):
        yield Measurement(
            measure=f"jps.{name}_error{suffix}", value=value, unit="deg", side=angle.side, n=made.n,
            sd=sd.get(name, NAN), start_s=found[0].at_s, end_s=found[-1].at_s,
            valid_fraction=float(np.isfinite(angle.angle_deg).mean()), method=method, recording=recording.id,
            error=error_deg / np.sqrt(made.n), error_source=f"{angle.error_source}; divided by √n",
        )  # fmt: skip


def named(made: Errors) -> Iterator[tuple[str, float]]:
    """Each kind of error with its value; those of scatter only where there are two trials."""
    if made.n:
        yield "absolute", made.absolute
        yield "constant", made.constant
    if made.n > 1:
        yield "variable", made.variable
        yield "rms", made.rms


def _events(side: Side | None, found: Sequence[Trial]) -> Iterator[Event]:
    for trial in found:
        yield Event(event="reproduction_hold", side=side, time_s=trial.at_s)


def _doubts(angle: Turned, found: Sequence[Trial], where: str, *, told: bool) -> Iterator[Problem]:
    if angle.camera:
        yield Problem(
            what="A camera saw this test. "
            + ("Its own bias (3 to 7°) stays in the size and the bias of the error; the scatter is free of it."
               if told else "Its own bias cancels between shown and found only if neither camera nor person moved."),
            where=where,
            do="Use it for change in the same view, with the camera on a stand, square to the side; or wear a sensor.",
        )  # fmt: skip
    if not angle.absolute and told:
        yield Problem(
            what="A single sensor has no zero of its own: the told angle was counted from where the test began.",
            where=where, do="Begin with the joint straight; or wear a second sensor on the other segment.",
        )  # fmt: skip
    if len(found) < ENOUGH_TRIALS:
        yield Problem(
            what=f"{len(found)} trial{'s' if len(found) != 1 else ''} of the {ENOUGH_TRIALS} a target that a stable "
            "value needs.",
            where=where, do="Repeat the test, or give the other trials' recordings together.",
        )  # fmt: skip


def _nothing_moves(where: str) -> Problem:
    return Problem(
        what="No angle moves by 5° or more, so there is no position to find again.", where=where,
        do="Check which joint was seen: --conditions movement=knee_flexion,side=left.",
    )  # fmt: skip


def _no_holds(where: str) -> Problem:
    return Problem(
        what="No position was held still for a second away from the start.", where=where,
        do="Start from rest; hold the position shown and the position found for 3 to 5 seconds each.",
    )  # fmt: skip


def _odd_one(where: str) -> Problem:
    return Problem(
        what="An odd number of positions was held: the last has no partner and was left out.", where=where,
        do="If every hold is an answer to one angle, tell it: --conditions target_deg=30.",
    )  # fmt: skip


def _taken_as_pairs(where: str) -> Problem:
    return Problem(
        what="The positions were taken in pairs, shown and found, because every other one lies at the told target; "
        "errors are against the position shown.",
        where=where, do="Mark the moments as events 'target' and 'reproduction' where that is wrong.",
    )  # fmt: skip


def _taken_as_answers(kept: Sequence[Hold], where: str) -> tuple[Problem, ...]:
    if len(kept) < 2:
        return ()
    told = Problem(
        what=f"All {len(kept)} positions held were taken as answers to the told target.", where=where,
        do="Mark the moments as events 'target' and 'reproduction' where that is wrong.",
    )  # fmt: skip
    return (told,)


MEASURE = PositionSense()

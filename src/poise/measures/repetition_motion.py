"""From an exercise's definition to what the tracker needs: what is counted, which way it works, what is checked.

The definition's numbers say what a *clean* repetition is. What *counts* is decided by the person's own range and by the
smallest excursion that can be a movement at all, so that little or faulty repetitions are counted too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from math import isnan
from typing import Any, Literal

from poise.measures.readings import READINGS, Reading, Start
from poise.measures.readings_points import NAN
from poise.model import SIDES, Repetition, Side
from poise.model.exercise import Bound, Check, Exercise, RepetitionState, Target

Laterality = Literal["unilateral", "bilateral", "alternating", "none"]
When = Literal["all", "out", "back", "apex", "end"]
"""When a check is read: all through, on the way out, on the way back, at the far point, back at the start."""
_OTHER_END: Mapping[When, When] = {"all": "all", "out": "back", "back": "out", "apex": "end", "end": "apex"}
DELAY_S = 0.1
"""Delay of the live filter (two equal first-order low-passes of half of it each): times are given without it."""
SHORTEST_S, LONGEST_S = 0.5, 15.0
"""measures.md 3.1."""
OF_REPETITION = frozenset({"m_rep_time", "m_descent_time", "m_hold_time"})
"""Checks of what only a whole repetition has."""
FEET_MOVE = frozenset({"m_stance_width", "m_step_length", "m_less", "m_recovery_steps"})


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One check as the tracker reads it: the worst of `keys` must not pass `limit`."""

    keys: tuple[str, ...]
    reading: str
    label: str
    unit: str
    above: bool
    inclusive: bool
    limit: float
    severity: str
    cue: str
    when: When
    start: Start
    relative: bool
    size_only: bool
    sign: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a good repetition reaches: `value` but for `tolerance` at the far point; within it back at the start."""

    keys: tuple[str, ...]
    reading: str
    when: When
    sign: float
    value: float
    tolerance: float
    relative: bool
    start: Start


@dataclass(frozen=True, kw_only=True)
class Limb:
    """Whose movement is counted: the keys whose mean is followed, and the sign that makes the way out positive.

    `split` readings are those of the whole body whose sign is the side: only what lies to this side counts. `checks`
    and `aim` are read on the same side.
    """

    side: Side | None
    keys: tuple[str, ...]
    sign: float
    split: bool = False
    checks: tuple[Watched, ...] = ()
    aim: Aim | None = None

    @cached_property
    def reads_far_point(self) -> bool:
        """Whether a check is read at the far point."""
        return any(check.when == "apex" for check in self.checks)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that the tracker needs to know beforehand; plain values, so that it is stored with the state.

    Attributes
    ----------
    reading, unit, start
        What is counted, in what unit, and how it is meant against the calm start.
    least
        Smaller excursions are not repetitions, whatever the person's range.
    far
        The definition's level of the far posture, for the time held there; NaN where there is none.
    halfway
        Between the definition's near and far level: whoever stands still beyond it is not at the start; NaN without.
    best
        The person's own best range where one is on record; NaN without.
    together
        Both sides must move, else it is not this exercise.
    travel
        How far the feet may have come between start and end, by the height of the hips; more is walking.
    gate_s
        How long the person must be calm before anything is counted; 0 where the recording begins in the movement.
    lowering_out
        Whether the way out is the one down: the squat's, not that of standing up.
    rests_far
        Whether one may stay in the far posture, as in standing up from a seat: who stands there at the end has done it.
    """

    exercise: str
    reading: str
    unit: str
    limbs: tuple[Limb, ...]
    least: float
    start: Start = ""
    far: float = NAN
    halfway: float = NAN
    best: float = NAN
    together: bool = False
    travel: float = 0.25
    gate_s: float = 0.5
    shortest_s: float = SHORTEST_S
    longest_s: float = LONGEST_S
    delay_s: float = DELAY_S
    lowering_out: bool = True
    rests_far: bool = False
    wanted: tuple[str, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_plain(cls, held: Mapping[str, Any]) -> Plan:
        """The plan that `to_plain` wrote."""
        values = {each.name: held[each.name] for each in fields(cls)}
        values["limbs"] = tuple(map(limb_from_plain, held["limbs"]))
        values["wanted"] = tuple(held["wanted"])
        return cls(**values)


def limb_from_plain(held: Mapping[str, Any]) -> Limb:
    """The limb that `dataclasses.asdict` made plain."""
    checks = tuple(Watched(**{**each, "keys": tuple(each["keys"])}) for each in held["checks"])
    aim = held["aim"] and Aim(**{**held["aim"], "keys": tuple(held["aim"]["keys"])})
    return Limb(**{**held, "keys": tuple(held["keys"]), "checks": checks, "aim": aim})


@dataclass(frozen=True, kw_only=True)
class Motion:
    """What a cycle goes through: `reading` from the `near` level to the `far` one, upward where `sign` is 1.

    `near` or `far` is NaN where the definition gives no number for it; `at` is the far state's name, `back` that of the
    last state.
    """

    reading: str
    sign: float
    near: float
    far: float
    at: str
    back: str
    relative: bool = False


def motion_of(exercise: Exercise, best: Mapping[str, float] | None = None) -> Motion | None:
    """What is counted in an exercise: the reading that its states ask to be on one side, then on the other.

    None for exercises that have no cycle of states.
    """
    if exercise.kind != "cycle" or len(exercise.states) < 2:
        return None
    first, second, last = exercise.states[0], exercise.states[1], exercise.states[-1]
    if len(exercise.states) == 2 and _opposed(first, second):
        first, second = second, first  # out and caught again: the start is not named
    for far in second.when:
        for near in first.when:
            if near.reading == far.reading and near.above != far.above:
                return _motion(near, far, second.name, last.name, best or {})
    far = second.when[0]
    same = next((bound for bound in first.when if bound.reading == far.reading), None)
    return _motion(same, far, second.name, last.name, best or {})


def _opposed(one: RepetitionState, other: RepetitionState) -> bool:
    return any(a.reading == b.reading and a.above != b.above for a in one.when for b in other.when)


def _motion(near: Bound | None, far: Bound, at: str, back: str, best: Mapping[str, float]) -> Motion:
    known = near if near is not None and near.above != far.above else None
    return Motion(
        reading=far.reading, sign=1.0 if far.above else -1.0, near=_level(known, best), far=_level(far, best), at=at,
        back=back, relative=far.against == "rel",
    )  # fmt: skip


def _level(bound: Bound | None, best: Mapping[str, float]) -> float:
    if bound is None:
        return NAN
    return bound.value if bound.against != "pct_best" else bound.value / 100.0 * best.get(bound.reading, NAN)


def plan_of(
    exercise: Exercise,
    *,
    side: Side | None = None,
    best: Mapping[str, float] | None = None,
    gate_s: float = 0.5,
    reading: str = "",
) -> Plan | None:
    """The plan of an exercise; None where it has no cycle or nothing that points can show.

    Parameters
    ----------
    side
        The side that works; without, both sides of a one-sided exercise are followed.
    best
        The person's own best comfortable value, by reading.
    gate_s
        As in `Plan`.
    reading
        Count this reading instead, where the exercise's own cannot be seen from here (``m_hip_drop``).
    """
    motion = motion_of(exercise, best)
    if motion is None or (reading or motion.reading) not in READINGS:
        return None
    if reading and reading != motion.reading:
        motion = Motion(reading=reading, sign=1.0, near=NAN, far=NAN, at=motion.at, back=motion.back)
    fact = READINGS[motion.reading]
    laterality = exercise.laterality if side is None else "unilateral"
    limbs = tuple(
        replace(limb, checks=_checks(exercise, motion, limb.side), aim=_aim(exercise.target, motion, limb.side))
        for limb in _limbs(motion, laterality, SIDES if side is None else (side,), signed=exercise.signed)
    )
    hold_s = max((state.dwell_s for state in exercise.states), default=0.0)
    read = [exercise.primary, motion.reading, *(check.bound.reading for check in exercise.checks)]
    return Plan(
        exercise=exercise.id, reading=motion.reading, unit=fact.unit, limbs=limbs, start=fact.start,
        least=_least(fact, motion), far=NAN if motion.relative else motion.far,
        halfway=NAN if motion.relative or fact.start else 0.5 * (motion.near + motion.far),
        together=laterality == "bilateral" and fact.sided, travel=_travel(exercise, motion), gate_s=gate_s,
        longest_s=LONGEST_S + hold_s + exercise.hold_s,
        lowering_out=_lowers_first(exercise), rests_far=_stands_up(exercise),
        wanted=tuple(name for name in dict.fromkeys(read) if name in READINGS),
    )  # fmt: skip


def _lowers_first(exercise: Exercise) -> bool:
    return exercise.position not in ("sitting", "supine", "hook_lying", "prone", "side_lying")


def _stands_up(exercise: Exercise) -> bool:
    """Whether the far posture of somebody who sits is to stand: knees and hips straight."""
    far = {bound.reading for state in exercise.states[1:2] for bound in state.when if not bound.above}
    return exercise.position == "sitting" and {"m_knee_flexion", "m_hip_flexion"} <= far


def from_other_end(plan: Plan) -> Plan:
    """The same movement of who begins it in its far posture: a sit-to-stand that begins standing.

    Its far point is the exercise's start: what was read on the way out is read on the way back, and the target back at
    the end. How long the far posture was held is not told.
    """
    limbs = tuple(
        replace(
            limb, sign=-limb.sign, aim=limb.aim and replace(limb.aim, when=_OTHER_END[limb.aim.when]),
            checks=tuple(
                check if check.reading in OF_REPETITION else replace(check, when=_OTHER_END[check.when])
                for check in limb.checks if check.reading != "m_hold_time"
            ),
        )
        for limb in plan.limbs
    )  # fmt: skip
    return replace(plan, limbs=limbs, far=NAN, lowering_out=not plan.lowering_out, rests_far=False)


def from_far_end(exercise: Exercise, repetition: Repetition) -> bool:
    """Whether this repetition began in the exercise's far posture."""
    motion = motion_of(exercise)
    if motion is None or motion.reading != repetition.reading or READINGS[motion.reading].start:
        return False
    return (repetition.apex - repetition.start) * motion.sign < 0.0


def ways_of(exercise: Exercise, repetition: Repetition) -> tuple[str, str]:
    """The measured times (`time_out`, `time_back`) of the exercise's own way out and back, in this order."""
    return ("time_back", "time_out") if from_far_end(exercise, repetition) else ("time_out", "time_back")


def lowering_of(exercise: Exercise, repetition: Repetition) -> str:
    """Which of the measured times is that of the way down."""
    out, back = ways_of(exercise, repetition)
    return out if _lowers_first(exercise) else back


def _least(fact: Reading, motion: Motion) -> float:
    """The reading's own least; less where the exercise is a smaller movement than that, but never lost in shaking."""
    span = abs(motion.far - motion.near)
    return max(0.4 * fact.least, min(fact.least, 0.5 * span)) if not isnan(span) else fact.least


def plan_for(reading: str, *, sign: float = 1.0, side: Side | None = None, gate_s: float = 0.0, **more: Any) -> Plan:
    """A plan for one reading alone, where no exercise is known; `more` are fields of `Plan`."""
    fact = READINGS[reading]
    keys = _keys(reading, SIDES if side is None else (side,))
    plan = Plan(
        exercise="", reading=reading, unit=fact.unit, limbs=(Limb(side=side, keys=keys, sign=sign),),
        least=fact.least, start=fact.start, gate_s=gate_s, wanted=(reading,),
    )  # fmt: skip
    return replace(plan, **more)


def _limbs(motion: Motion, laterality: Laterality, sides: Iterable[Side], *, signed: bool) -> tuple[Limb, ...]:
    fact, sign = READINGS[motion.reading], motion.sign
    if fact.sided and laterality != "bilateral":
        return tuple(Limb(side=side, keys=_keys(fact.id, (side,)), sign=sign) for side in sides)
    if fact.signed and laterality == "alternating" and not signed:
        turns = {"left": -sign, "right": sign}
        return tuple(Limb(side=side, keys=(fact.id,), sign=turns[side], split=True) for side in SIDES)
    return (Limb(side=None, keys=_keys(fact.id, SIDES), sign=sign),)


def _keys(reading: str, sides: Iterable[Side]) -> tuple[str, ...]:
    return tuple(f"{reading}.{side}" for side in sides) if READINGS[reading].sided else (reading,)


def _travel(exercise: Exercise, motion: Motion) -> float:
    target = exercise.target.reading if exercise.target else ""
    if motion.reading in FEET_MOVE or target in FEET_MOVE or exercise.position == "walking":
        return float("inf")
    return 0.8 if exercise.position == "single_leg_stance" else 0.25


def _checks(exercise: Exercise, motion: Motion, side: Side | None) -> tuple[Watched, ...]:
    return tuple(watched_of(check, exercise, motion, side) for check in exercise.checks)


def watched_of(check: Check, exercise: Exercise, motion: Motion, side: Side | None) -> Watched:
    """A check of an exercise as the trackers read it on this side."""
    bound, fact = check.bound, READINGS.get(check.bound.reading)
    name = bound.reading
    either_way = fact is not None and fact.signed and not (side and exercise.laterality == "unilateral")
    return Watched(
        keys=_keys(name, (side,) if side else SIDES) if fact else (name,), reading=name,
        label=fact.label if fact else name.removeprefix("m_").replace("_", " "),
        unit=fact.unit if fact else "s" if name in OF_REPETITION else "", above=bound.above,
        inclusive=bound.inclusive, limit=bound.value, severity=check.severity, cue=check.cue,
        when=_when(check, motion), start=fact.start if fact else "", relative=bound.against == "rel",
        size_only=either_way and not exercise.signed,
        sign=-1.0 if fact is not None and fact.signed and side == "left" and not either_way else 1.0,
    )  # fmt: skip


def _when(check: Check, motion: Motion) -> When:
    if check.bound.reading in OF_REPETITION:
        return "end"
    if check.bound.reading == "m_sts_trunk_peak":
        return "out"
    return "all" if not check.at or not motion.at else "apex" if check.at == motion.at else "end"


def _aim(target: Target | None, motion: Motion, side: Side | None) -> Aim | None:
    if target is None or target.reading not in READINGS or target.against == "pct_best":
        return None
    if target.at not in (motion.at, motion.back):
        return None
    keys = _keys(target.reading, (side,) if side else SIDES)
    sign = motion.sign if target.reading == motion.reading else (1.0 if target.value >= 0 else -1.0)
    return Aim(
        keys=keys, reading=target.reading, when="apex" if target.at == motion.at else "end", sign=sign,
        value=target.value, tolerance=target.tolerance, relative=target.against == "rel",
        start=READINGS[target.reading].start,
    )  # fmt: skip

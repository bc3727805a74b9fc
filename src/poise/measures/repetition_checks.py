"""What must not happen in a repetition and what it should reach, read live: at its state, of the side that works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isnan
from typing import NamedTuple

from poise.measures.readings import from_start
from poise.measures.readings_points import NAN
from poise.measures.repetition_motion import Aim, Limb, Watched
from poise.model import Fault

BEYOND_S = 0.1
"""How long a limit must be passed before it is a fault: one bad frame is none [design]."""

Numbers = Mapping[str, float]


class Watch(NamedTuple):
    """What the checks of one limb have seen in this repetition: the worst value of each, how long its limit has been
    passed now, whether it was told; and the aim's value at the far point.
    """

    worst: tuple[float, ...] = ()
    beyond_s: tuple[float, ...] = ()
    told: tuple[bool, ...] = ()
    aim: float = NAN


def fresh(limb: Limb) -> Watch:
    """Nothing seen yet."""
    count = len(limb.checks)
    return Watch(worst=(NAN,) * count, beyond_s=(0.0,) * count, told=(False,) * count)


def watched(
    limb: Limb, watch: Watch, calm: Numbers, readings: Numbers, *, dt: float, out: bool
) -> tuple[Watch, tuple[Fault, ...]]:
    """One frame within a repetition: the checks that are read all through (or on this way), and new faults."""
    way = "out" if out else "back"
    worst, beyond_s, told = list(watch.worst), list(watch.beyond_s), list(watch.told)
    faults: tuple[Fault, ...] = ()
    for i, check in enumerate(limb.checks):
        if check.when not in ("all", way):
            continue
        value = value_of(check, calm, readings)
        if isnan(value):
            continue
        if check.above:
            if not value <= worst[i]:
                worst[i] = value
        elif not value >= worst[i]:
            worst[i] = value
        if (value <= check.limit if check.above else value >= check.limit) and not beyond(check, value):
            beyond_s[i] = 0.0
            continue
        beyond_s[i] += dt
        if not told[i] and beyond_s[i] >= BEYOND_S:
            told[i] = True
            faults += (fault(check, value),)
    return Watch(tuple(worst), tuple(beyond_s), tuple(told), watch.aim), faults


def at_far_point(limb: Limb, watch: Watch, calm: Numbers, readings: Numbers) -> Watch:
    """A new far point: what is read there is read anew."""
    if limb.aim is not None and limb.aim.when == "apex":
        watch = watch._replace(aim=aimed(limb.aim, calm, readings))
    if limb.reads_far_point:
        worst = tuple(
            value_of(check, calm, readings) if check.when == "apex" else kept
            for check, kept in zip(limb.checks, watch.worst, strict=True)
        )
        watch = watch._replace(worst=worst)
    return watch


def far_point_faults(limb: Limb, watch: Watch) -> tuple[Watch, tuple[Fault, ...]]:
    """The faults of the far point, once it is known to be one."""
    if not limb.reads_far_point:
        return watch, ()
    new = [
        check.when == "apex" and not told and beyond(check, worst)
        for check, worst, told in zip(limb.checks, watch.worst, watch.told, strict=True)
    ]
    told = tuple(a or b for a, b in zip(watch.told, new, strict=True))
    faults = (fault(check, worst) for check, worst, is_new in zip(limb.checks, watch.worst, new, strict=True) if is_new)
    return watch._replace(told=told), tuple(faults)


def faults_so_far(limb: Limb, watch: Watch) -> tuple[Fault, ...]:
    """All faults of the repetition up to now, each with its worst value."""
    return tuple(
        fault(check, worst)
        for check, worst, told in zip(limb.checks, watch.worst, watch.told, strict=True)
        if told and beyond(check, worst)
    )


def late_faults(limb: Limb, times: Numbers, calm: Numbers, readings: Numbers) -> tuple[Fault, ...]:
    """What only a whole repetition shows: its times (`times`, by reading), and what is read back at the start."""
    found = []
    for check in limb.checks:
        if check.when == "end":
            value = times.get(check.reading, NAN)
            value = value_of(check, calm, readings) if isnan(value) else value
            if beyond(check, value):
                found.append(fault(check, value))
    return tuple(found)


def reached(limb: Limb, watch: Watch, calm: Numbers, readings: Numbers) -> bool | None:
    """Whether the repetition reached its target; None where there is none, or it was not seen."""
    aim = limb.aim
    if aim is None:
        return None
    value = watch.aim if aim.when == "apex" else aimed(aim, calm, readings)
    if isnan(value):
        return None
    if aim.when == "apex":
        return aim.sign * value >= aim.sign * aim.value - aim.tolerance
    return abs(value - aim.value) <= aim.tolerance


def value_of(check: Watched, calm: Numbers, readings: Numbers) -> float:
    """The check's reading of this frame: of two sides the worse one; NaN where neither was seen."""
    keys = check.keys
    value = _one(check, keys[0], calm, readings)
    if len(keys) == 2:
        second = _one(check, keys[1], calm, readings)
        if isnan(value) or (second > value if check.above else second < value):
            return second
    return value


def _one(check: Watched, key: str, calm: Numbers, readings: Numbers) -> float:
    value = readings.get(key, NAN)
    if check.start:
        value = from_start(check.start, value, calm.get(key, NAN))
    elif check.relative:
        value -= calm.get(key, NAN)
    return abs(value) if check.size_only else value * check.sign


def aimed(aim: Aim, calm: Numbers, readings: Numbers) -> float:
    """The aim's reading of this frame; of two sides the mean."""
    values = []
    for key in aim.keys:
        value = from_start(aim.start, readings.get(key, NAN), calm.get(key, NAN))
        values.append(value - calm.get(key, NAN) if aim.relative and not aim.start else value)
    return mean(values)


def beyond(check: Watched, value: float) -> bool:
    """Whether a value passes the check's limit; NaN never does."""
    if check.inclusive and value == check.limit:
        return True
    return value > check.limit if check.above else value < check.limit


def fault(check: Watched, value: float) -> Fault:
    """The check, broken."""
    return Fault(
        reading=check.reading, label=check.label, value=value, limit=check.limit, unit=check.unit,
        severity=check.severity, cue=check.cue,
    )  # fmt: skip


def mean(values: Iterable[float]) -> float:
    """The mean of what was seen; NaN where nothing was."""
    seen = [value for value in values if not isnan(value)]
    return sum(seen) / len(seen) if seen else NAN

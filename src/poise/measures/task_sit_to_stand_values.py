"""What every way of seeing a sit-to-stand gives, from the moments of its stands; which moments the tests count by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from poise.measures.task_values import Teller, defined
from poise.model import Definition, Event, Measurement, Problem

NAN = float("nan")
Stop = Literal["seat", "standing"]

FIVE = 5
CLINIC = "measures.md 2.4 (Bohannon 2006 for the norms)"

DEFINES: tuple[Definition, ...] = (
    defined("sts.count", "count", "Full stands", "rises from the seat that reach standing", CLINIC,
            better="higher", decimals=0),
    defined("sts.time_5", "s", "Five times sit-to-stand",
            "from the first movement of the trunk to the fifth contact with the seat", CLINIC, better="lower"),
    defined("sts.time_5_standing", "s", "Five times sit-to-stand, to the fifth stand",
            "from the first movement of the trunk to standing upright the fifth time", CLINIC, better="lower"),
    defined("sts.count_30s", "count", "Stands in 30 s",
            "full stands within 30 s of the first movement; more than half up at the end counts",
            "Rikli & Jones 1999; measures.md 2.4", better="higher", decimals=0),
    defined("sts.rise_time", "s", "Time to rise", "from the first movement of the trunk to upright, mean of the stands",
            CLINIC, better="lower"),
    defined("sts.seat_off_time", "s", "Time until the seat is left",
            "from the first movement of the trunk to the hips leaving the seat, mean", CLINIC),
    defined("sts.sit_time", "s", "Time to sit down", "from the hips beginning to fall to the seat, mean", CLINIC),
    defined("sts.trunk_flexion_peak", "deg", "Greatest trunk lean while rising",
            "greatest forward lean of the trunk from the vertical while rising, mean",
            "reference measures.yaml m_sts_trunk_peak", decimals=0),
    defined("sts.rise_velocity_peak", "m/s", "Peak speed upward", "greatest upward speed of the hips (or back), mean",
            CLINIC, better="higher"),
    defined("sts.rise_height", "m", "Height of the rise", "how far the hips (or back) go up, mean", CLINIC),
    defined("sts.arms_used", "%", "Rises with the hands",
            "share of rises in which a hand stays on thigh, seat or armrest until the seat is left",
            "reference measures.yaml m_sts_arms; our rule [design]", better="lower", decimals=0),
    defined("sts.load_asymmetry", "%", "Load left against right while rising",
            "100 · (left − right) / (left + right) of the mean vertical force from seat-off to upright",
            "measures.md 1.4, 3.6; reference m_wb_asym", decimals=1),
    defined("sts.load_difference", "%", "Difference of load between the feet while rising",
            "the same without its sign, where nobody knows which plate was under which foot",
            "measures.md 1.4, 3.6", better="lower", decimals=1),
    defined("sts.force_peak", "%", "Peak force while rising", "greatest vertical force by body weight, mean",
            "Etnyre & Thomas 2007, Phys Ther 87(12):1651", decimals=0),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class StandUp:
    """One stand, s on the file's clock; NaN for a moment that was not seen or is cut off.

    `sit_s` is when the hips begin to fall, `seat_s` when they touch the seat. `half_s` is when more than half of the
    height is reached. `values` are its numbers by measure name.
    """

    start_s: float
    seat_off_s: float
    half_s: float
    up_s: float
    sit_s: float = NAN
    seat_s: float = NAN
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """When the tests stop: `stop` is seat contact or standing, `limit_s` the length of the counting test.

    `limit_slack_s` is how much of it the recording may lack: nobody stops a recording on the sample, and the first
    movement comes after the word "go". `longest_pause_s` between being seated and the next rise ends a test: who rises
    five times in an afternoon has done none [design].
    """

    stop: Stop = "seat"
    limit_s: float = 30.0
    limit_slack_s: float = 1.5
    least_busy_share: float = 0.7
    longest_pause_s: float = 5.0


def tests_of(stands: Sequence[StandUp], end_s: float, tell: Teller, chosen: Conventions) -> Iterator[Measurement]:
    """The count and the times of the standard tests, as far as the recording holds them."""
    yield from tell.of("sts.count", float(len(stands)), (stands[0].start_s, stands[-1].up_s))
    stands = longest_run(stands, chosen.longest_pause_s)
    first = stands[0].start_s
    if len(stands) >= FIVE:
        fifth = stands[FIVE - 1]
        yield from tell.of("sts.time_5", fifth.seat_s - first, (first, _known(fifth.seat_s, fifth.up_s)))
        yield from tell.of("sts.time_5_standing", fifth.up_s - first, (first, fifth.up_s))
    limit = first + chosen.limit_s
    busy = stands[-1].up_s - first >= chosen.least_busy_share * chosen.limit_s
    if end_s >= limit - chosen.limit_slack_s and busy:
        yield from tell.of("sts.count_30s", float(counted(stands, limit)), (first, limit))


def longest_run(stands: Sequence[StandUp], longest_pause_s: float) -> list[StandUp]:
    """The most stands that follow each other without a pause; the first of two equally long ones."""
    runs: list[list[StandUp]] = [[stands[0]]]
    for before, after in pairwise(stands):
        if after.start_s - _known(before.seat_s, before.up_s) <= longest_pause_s:
            runs[-1].append(after)
        else:
            runs.append([after])
    return max(runs, key=len)


def counted(stands: Sequence[StandUp], limit_s: float) -> int:
    """Stands within the limit; one that is more than half up when time is over counts."""
    return sum(each.half_s <= limit_s for each in stands)


def cycles_of(stands: Sequence[StandUp], tell: Teller) -> Iterator[Measurement]:
    """Times and numbers of the stands, as means over them."""
    span = (_known(stands[0].start_s, stands[0].half_s), _known(stands[-1].seat_s, stands[-1].up_s))
    yield from tell.of("sts.rise_time", [each.up_s - each.start_s for each in stands], span)
    yield from tell.of("sts.seat_off_time", [each.seat_off_s - each.start_s for each in stands], span)
    yield from tell.of("sts.sit_time", [each.seat_s - each.sit_s for each in stands], span)
    names = dict.fromkeys(name for each in stands for name in each.values)
    for name in names:
        yield from tell.of(name, [each.values.get(name, NAN) for each in stands], span)


def events_of(stands: Sequence[StandUp]) -> tuple[Event, ...]:
    """The moments of every stand as events."""
    named = (("rise_start", "start_s"), ("seat_off", "seat_off_s"), ("upright", "up_s"), ("sit_start", "sit_s"),
             ("seat_contact", "seat_s"))  # fmt: skip
    return tuple(
        Event(event=event, side=None, time_s=getattr(each, field))
        for each in stands
        for event, field in named
        if np.isfinite(getattr(each, field))
    )


def doubts_of(
    stands: Sequence[StandUp], partial: int, where: str, longest_pause_s: float = Conventions.longest_pause_s
) -> Iterator[Problem]:
    """What a person should know before the numbers are used."""
    if partial:
        yield Problem(
            what=f"{partial} {'rise' if partial == 1 else 'rises'} did not reach standing and are not counted.",
            where=where, do="Look at these; the tests count full stands only.",
        )  # fmt: skip
    stands = longest_run(stands, longest_pause_s)
    if len(stands) < FIVE:
        yield Problem(
            what=f"Only {len(stands)} full {'stand' if len(stands) == 1 else 'stands'} in a row: "
            "the time of five is not given.",
            where=where, do="Record five stands from sitting to sitting.",
        )  # fmt: skip
    elif not np.isfinite(stands[FIVE - 1].seat_s):
        yield Problem(
            what="The recording ends before the fifth sitting down: its time is given to the fifth stand only.",
            where=where, do="Record until the person sits again.",
        )  # fmt: skip


def _known(time_s: float, otherwise: float) -> float:
    return time_s if np.isfinite(time_s) else otherwise

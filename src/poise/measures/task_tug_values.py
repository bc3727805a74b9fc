"""What every way of seeing a timed up-and-go gives, from the moments of its phases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from poise.measures.task_values import Teller, defined
from poise.model import Definition, Event, Measurement

NAN = float("nan")
_PHASES = "measures.md 2.4; El-Gohary et al. 2014 for the turns"

DEFINES: tuple[Definition, ...] = (
    defined("tug.time", "s", "Timed up and go", "from the first movement of the trunk to sitting upright again",
            "Podsiadlo & Richardson 1991; measures.md 2.4", better="lower"),
    defined("tug.stand_time", "s", "Time to stand up", "from the first movement of the trunk to upright", _PHASES,
            better="lower"),
    defined("tug.walk_out_time", "s", "Time to walk out", "from upright to the first turn", _PHASES, better="lower"),
    defined("tug.turn_time", "s", "Time of the first turn", "from its beginning to its end, yaw over 5 deg/s", _PHASES,
            better="lower"),
    defined("tug.walk_back_time", "s", "Time to walk back", "from the end of the first turn to the second", _PHASES,
            better="lower"),
    defined("tug.turn_to_sit_time", "s", "Time to turn and sit down",
            "from the beginning of the second turn to being seated", _PHASES, better="lower"),
    defined("tug.sit_time", "s", "Time to sit down", "from the hips (or back) beginning to fall to being seated",
            _PHASES, better="lower"),
    defined("tug.turn_angle", "deg", "Size of the first turn", "turn about the vertical over it", _PHASES, decimals=0),
    defined("tug.turn_velocity_peak", "deg/s", "Peak speed of the first turn", "greatest turning speed", _PHASES,
            better="higher", decimals=0),
    defined("tug.second_turn_velocity_peak", "deg/s", "Peak speed of the second turn", "greatest turning speed",
            _PHASES, better="higher", decimals=0),
    defined("tug.turn_steps", "count", "Steps in the first turn", "feet that land within it",
            "reference measures.yaml m_turn_steps", better="lower", decimals=0),
    defined("tug.stand_velocity_peak", "m/s", "Peak speed upward", "greatest upward speed of the hips (or back)",
            _PHASES, better="higher"),
    defined("tug.trunk_flexion_peak", "deg", "Greatest trunk lean while rising",
            "greatest forward lean while rising", _PHASES, decimals=0),
)  # fmt: skip

SMALLEST_TURN_DEG, LARGEST_TURN_DEG = 120.0, 260.0
"""Round a mark somebody turns by 150 to 210 deg (measures.md 2.4); soft belts miss some 30 more [design]."""
LONGEST_S = 180.0


@dataclass(frozen=True, kw_only=True)
class UpAndGo:
    """The phases of one timed up-and-go, s on the file's clock, and its numbers; NaN for what was not seen.

    `seat_s` is when the hips stop falling, `end_s` when the trunk is upright again: the end of the test.
    """

    start_s: float
    upright_s: float
    sit_s: float
    seat_s: float
    end_s: float
    turn_s: tuple[float, float] = (NAN, NAN)
    second_turn_s: tuple[float, float] = (NAN, NAN)
    turn_deg: float = NAN
    turn_deg_s: float = NAN
    second_turn_deg_s: float = NAN
    turn_steps: float = NAN
    rise_m_s: float = NAN
    trunk_deg: float = NAN


def measurements_of(tug: UpAndGo, tell: Teller) -> Iterator[Measurement]:
    """Every phase that was seen."""
    begin, end = tug.start_s, tug.end_s
    turn, second = tug.turn_s, tug.second_turn_s
    for measure, value, span in (
        ("tug.time", end - begin, (begin, end)),
        ("tug.stand_time", tug.upright_s - begin, (begin, tug.upright_s)),
        ("tug.walk_out_time", turn[0] - tug.upright_s, (tug.upright_s, turn[0])),
        ("tug.turn_time", turn[1] - turn[0], turn),
        ("tug.walk_back_time", second[0] - turn[1], (turn[1], second[0])),
        ("tug.turn_to_sit_time", end - second[0], (second[0], end)),
        ("tug.sit_time", end - tug.sit_s, (tug.sit_s, end)),
        ("tug.turn_angle", tug.turn_deg, turn),
        ("tug.turn_velocity_peak", tug.turn_deg_s, turn),
        ("tug.second_turn_velocity_peak", tug.second_turn_deg_s, second),
        ("tug.turn_steps", tug.turn_steps, turn),
        ("tug.stand_velocity_peak", tug.rise_m_s, (begin, tug.upright_s)),
        ("tug.trunk_flexion_peak", tug.trunk_deg, (begin, tug.upright_s)),
    ):
        if np.isfinite(value) and not (measure.endswith("_time") and value < 0.0):
            yield from tell.of(measure, float(value), span)


def events_of(tug: UpAndGo) -> tuple[Event, ...]:
    """The moments of the phases as events."""
    moments = (
        ("rise_start", tug.start_s), ("upright", tug.upright_s), ("turn_start", tug.turn_s[0]),
        ("turn_end", tug.turn_s[1]), ("turn_start", tug.second_turn_s[0]), ("turn_end", tug.second_turn_s[1]),
        ("sit_start", tug.sit_s), ("seat_contact", tug.seat_s), ("seated", tug.end_s),
    )  # fmt: skip
    return tuple(Event(event=name, side=None, time_s=time_s) for name, time_s in moments if np.isfinite(time_s))

"""A Walk: the footsteps and strides that every gait method, whatever its sensor, hands on to the same formulas."""

from __future__ import annotations

from dataclasses import dataclass

from poise.model.recording import Side

NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Footstep:
    """One foot landing. The step is named for the foot that lands; NaN where the method cannot see it."""

    side: Side | None
    time_s: float
    step_time_s: float = NAN
    step_length_m: float = NAN
    step_width_m: float = NAN


@dataclass(frozen=True, kw_only=True)
class Stride:
    """From one initial contact of a foot to its next, with what happens between, in this order."""

    side: Side | None
    start_s: float
    opposite_toe_off_s: float = NAN
    opposite_contact_s: float = NAN
    toe_off_s: float = NAN
    end_s: float
    length_m: float = NAN
    speed_m_s: float = NAN

    @property
    def time_s(self) -> float:
        """Stride time."""
        return self.end_s - self.start_s


@dataclass(frozen=True, kw_only=True)
class Bout:
    """A stretch of walking, [start_s, end_s)."""

    start_s: float
    end_s: float


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What a gait method saw, in order of time: bouts, footsteps and whole strides; turns and broken strides left out.

    Attributes
    ----------
    dropped
        How many strides were dropped because their events were out of order or implausible.
    turning
        Stretches cut out because the person turned.
    backwards
        Stretches left out because the person went backwards: what is known of walking is known of walking forwards.
    implausible
        Strides (counted in `dropped` too) left out because nobody walks so fast, so slowly, so far or so quickly.
    method
        Id and version of the method that found the events.
    treadmill
        Whether the floor moved under the person.
    valid_fraction
        How much of the needed signal was there during the bouts, 0 to 1.
    """

    bouts: tuple[Bout, ...]
    footsteps: tuple[Footstep, ...]
    strides: tuple[Stride, ...]
    method: str
    dropped: int = 0
    turning: tuple[Bout, ...] = ()
    backwards: tuple[Bout, ...] = ()
    implausible: tuple[Bout, ...] = ()
    treadmill: bool = False
    valid_fraction: float = 1.0

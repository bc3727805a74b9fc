"""A Repetition, judged: when it was, what was measured in it, and a quality that never hides its parts."""

from __future__ import annotations

from dataclasses import dataclass

from poise.model.recording import Side


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a repetition's quality.

    `value` is what was measured, in its own `unit`; `score` is 1 inside [low, high] (widened by `error`, the measuring
    error, which costs nothing) and falls linearly to 0 at `limit`. `weight` is its share of the whole before missing
    parts are left out. `source` says where the anchors come from.
    """

    name: str
    label: str
    value: float
    unit: str
    score: float
    weight: float
    low: float
    high: float
    limit: float
    error: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One check of the exercise that did not hold: what, how far, and the cue that answers it."""

    reading: str
    label: str
    value: float
    limit: float
    unit: str
    severity: str
    cue: str = ""


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """One repetition.

    Attributes
    ----------
    number
        1, 2, … in order of time, of its side.
    side
        The working side; None where both work together.
    start_s, apex_s, end_s
        Leaving the start, the far point, back again; on the file's own clock. `apex_s` lies between the others.
    complete
        False where the way back was cut off by the end of the recording; it is counted where the far point was reached.
    clean
        It reached the target and no check of severity ``major`` or ``stop`` was broken. None where nothing was asked.
    start, apex, range
        Of the primary reading, in `unit`.
    quality
        0 to 100; None where less than 60 % of the parts' weight could be measured.
    parts, limiting
        What the quality is made of, and the name of the part that limits it.
    values
        Everything else measured in it, by measure name without ``rep.``: (value, unit).
    valid_fraction
        How much of the needed signal was there.
    """

    number: int
    side: Side | None
    start_s: float
    apex_s: float
    end_s: float
    reading: str
    unit: str
    start: float
    apex: float
    complete: bool = True
    clean: bool | None = None
    quality: float | None = None
    parts: tuple[Part, ...] = ()
    limiting: str = ""
    faults: tuple[Fault, ...] = ()
    values: tuple[tuple[str, float, str], ...] = ()
    valid_fraction: float = 1.0

    @property
    def range(self) -> float:
        """How far it went, in `unit`, always positive."""
        return abs(self.apex - self.start)

    @property
    def duration_s(self) -> float:
        """From leaving the start to being back."""
        return self.end_s - self.start_s

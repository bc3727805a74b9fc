"""A file's times made into a clock: from zero, rising, even where the samples were even, gaps as missing samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.errors import UnreadableFile
from poise.model import Problem

Array = NDArray[np.float64]

# A time is taken for its place on an even clock when it is no further off than this share of a sample interval, or
# than the rounding of the file's times (often to the millisecond) explains.
EVEN = 0.02
MOST_ROUNDING = 0.45
MOST_TWICE = 0.2
WRONG_RATE = 0.005
SAME_RATE = 2e-5
MOST_OUT_OF_ORDER = 0.02
LONGEST_EXPANSION = 2.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Clock:
    """When the samples were taken.

    `time_s` starts at 0; `first_s` is what the file calls that moment. `rows` says which row of the file each sample
    is, −1 for a sample that the file leaves out.
    """

    time_s: Array
    rows: NDArray[np.intp]
    first_s: float = 0.0
    problems: tuple[Problem, ...] = ()

    def samples(self, values: Array) -> Array:
        """The file's rows as samples on this clock, NaN where a row is missing."""
        if len(self.rows) == len(values) and (len(values) == 0 or bool((self.rows == np.arange(len(values))).all())):
            return values
        taken = values[np.maximum(self.rows, 0)]
        taken[self.rows < 0] = np.nan
        return taken


def from_rate(samples: int, rate_hz: float) -> Clock:
    """The clock of a file that gives a rate and no times."""
    return Clock(time_s=np.arange(samples) / rate_hz, rows=np.arange(samples))


def from_times(times_s: Array, *, where: str, declared_hz: float | None = None) -> Clock:
    """The clock of a file that gives each row's time.

    Parameters
    ----------
    times_s
        Shape (rows,), seconds, as the file gives them; NaN where it gives none.
    where
        The file's name, for messages.
    declared_hz
        The rate that the file's header promises, if it does; used only where the times agree with it.

    Raises
    ------
    UnreadableFile
        Too few times, or times that run backwards all over the file.
    """
    rows, problems = _in_order(times_s, where)
    ordered = times_s[rows]
    first_s = float(ordered[0])
    since_s = ordered - first_s
    if len(since_s) < 3:
        return Clock(time_s=since_s, rows=rows, first_s=first_s, problems=problems)
    rounding_s = _rounding_s(ordered)
    rate_hz, doubt = _rate(since_s, rounding_s, declared_hz, where)
    place = np.rint(since_s * rate_hz)
    off = float(np.max(np.abs(since_s * rate_hz - place)))
    even = off <= _allowed(rounding_s, rate_hz) and float(np.min(np.diff(place))) >= 1.0
    samples = int(place[-1]) + 1
    if not even or samples > LONGEST_EXPANSION * len(rows) + 10:
        problems = (*problems, *doubt, *_uneven(since_s, where))
        return Clock(time_s=since_s, rows=rows, first_s=first_s, problems=problems)
    left_out = samples - len(rows)
    if left_out:
        what = f"{left_out} of {samples} samples are left out in the file; they count as missing."
        problems = (*problems, Problem(what=what, where=where, do="Look for lost packets or a paused recording."))
        full = np.full(samples, -1, dtype=np.intp)
        full[place.astype(np.intp)] = rows
        rows = full
    return Clock(time_s=np.arange(samples) / rate_hz, rows=rows, first_s=first_s, problems=(*problems, *doubt))


def _in_order(times_s: Array, where: str) -> tuple[NDArray[np.intp], tuple[Problem, ...]]:
    """Rows with a time, rising; what had to be left out or moved."""
    rows = np.flatnonzero(np.isfinite(times_s))
    if len(rows) == 0:
        raise UnreadableFile(f"'{where}' has no times that can be read.", do="Export it again with its time column.")
    problems: list[Problem] = []
    if missing := len(times_s) - len(rows):
        what = f"{missing} lines have no time and were left out."
        problems.append(Problem(what=what, where=where, do="Look at the file near those lines."))
    back = int((np.diff(times_s[rows]) < 0).sum())
    if back > max(1, MOST_OUT_OF_ORDER * len(rows)):
        raise UnreadableFile(
            f"'{where}' cannot be put on a clock: its times run backwards in {back} places.",
            do="Several recordings may be joined in it, or another column is the time: say which with --map.",
        )
    if back:
        rows = rows[np.argsort(times_s[rows], kind="stable")]
        what = f"Times run backwards in {back} places; the samples were put in order of time."
        problems.append(Problem(what=what, where=where, do="Check that the file is one recording."))
    new = np.concatenate(([True], np.diff(times_s[rows]) > 0))
    if (twice := int((~new).sum())) > MOST_TWICE * len(rows) + 1:
        raise UnreadableFile(
            f"'{where}' cannot be put on a clock: {twice} of its {len(rows)} samples carry the same time as another.",
            do="If its times are too coarse, give its rate with --map (rate_hz = 100), which then counts the samples.",
        )
    if twice:
        rows = rows[new]
        what = f"{twice} samples carry the same time as another; the first of each was kept."
        problems.append(Problem(what=what, where=where, do="Check how the file was exported."))
    return rows, tuple(problems)


def _rate(
    since_s: Array, rounding_s: float, declared_hz: float | None, where: str
) -> tuple[float, tuple[Problem, ...]]:
    """The rate that fits the times: the declared one, a round one near the measured one, or the measured one."""
    steps_s = np.diff(since_s)
    typical_s = float(np.median(steps_s))
    # The mean of steps like the typical one is free of the rounding of each, and of gaps.
    usual = (steps_s > 0.5 * typical_s) & (steps_s < 1.5 * typical_s)
    measured_hz = 1.0 / float(np.mean(steps_s[usual]))
    declared = [declared_hz] if declared_hz is not None and 0 < declared_hz < np.inf else []
    doubt: tuple[Problem, ...] = ()
    if declared and abs(declared[0] - measured_hz) > WRONG_RATE * measured_hz:
        what = f"The header says {declared[0]:g} Hz, but the times say {measured_hz:.4g} Hz; the times were used."
        doubt = (Problem(what=what, where=where, do="Check the rate in the software that made the file."),)
    tenth_hz = float(np.round(measured_hz, 1))
    near = [tenth_hz] if abs(tenth_hz - measured_hz) < SAME_RATE * measured_hz else []
    for rate_hz in (*declared, float(np.rint(measured_hz)), *near):
        if rate_hz > 0 and _fits(since_s, rounding_s, rate_hz):
            return rate_hz, doubt
    return measured_hz, doubt


def _fits(since_s: Array, rounding_s: float, rate_hz: float) -> bool:
    place = since_s * rate_hz
    whole = np.rint(place)
    off = float(np.max(np.abs(place - whole)))
    return off <= _allowed(rounding_s, rate_hz) and float(np.median(np.diff(whole))) == 1.0


def _rounding_s(times_s: Array) -> float:
    """What the file's times are rounded to: 0.001 for times in whole milliseconds; 0 where they are not rounded."""
    for digits in range(7):
        scaled = times_s * 10.0**digits
        if float(np.max(np.abs(scaled - np.rint(scaled)))) < 1e-3:
            return float(10.0**-digits)
    return 0.0


def _allowed(rounding_s: float, rate_hz: float) -> float:
    # Both the first time and the other are rounded, each by up to half a unit.
    return min(MOST_ROUNDING, max(EVEN, 1.05 * rounding_s * rate_hz))


def _uneven(since_s: Array, where: str) -> tuple[Problem, ...]:
    steps_s = np.diff(since_s)
    longest_s, typical_s = float(np.max(steps_s)), float(np.median(steps_s))
    if longest_s <= 1.5 * typical_s:
        return ()
    what = (
        f"The samples are not evenly spaced: most follow after {typical_s * 1e3:.3g} ms, one after {longest_s:.3g} s."
    )
    return (Problem(what=what, where=where, do="Look for lost packets or a paused recording."),)

"""One score before and one after: is the change more than measuring alone shows, and do people notice as much?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a change says (measures.md §10.2). "Not detected" is never "no improvement"."""

    BETTER = "better"  # more than error, and as much as people notice
    MEASURABLY_BETTER = "measurably_better"  # more than error; less than people notice, or that is not known
    PERHAPS_BETTER = "perhaps_better"  # as much as people notice, but within error
    NOT_DETECTED = "not_detected"
    WORSE = "worse"  # by more than error
    CANNOT_SAY = "cannot_say"  # no error is known


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change, positive where better, with the limits within which it may truly lie (95 %); NaN where not known."""

    improvement: float
    low: float
    high: float
    verdict: Verdict

    @property
    def is_real(self) -> bool:
        """More than measuring alone shows, to either side."""
        return self.verdict in {Verdict.BETTER, Verdict.MEASURABLY_BETTER, Verdict.WORSE}


def change(
    before: float, after: float, *, higher_is_better: bool, beyond_error: float | None, noticed: float | None = None
) -> Change:
    """The change from `before` to `after`.

    Parameters
    ----------
    beyond_error
        The smallest change that is more than error at 95 % (MDC95), in the score's unit; None where it is not known.
    noticed
        The smallest change that people notice (MCID); None where it is not known.

    Notes
    -----
    MDC95 = 1.96·√2·SEM, so the 95 % limits of a difference of two single tests are the difference ± MDC95. A value
    published at 90 % makes them a little too narrow. A first test chosen because it was bad tends to improve by itself.
    """
    improvement = after - before if higher_is_better else before - after
    if beyond_error is None or not math.isfinite(improvement):
        return Change(improvement=improvement, low=math.nan, high=math.nan, verdict=Verdict.CANNOT_SAY)
    verdict = _verdict(improvement, beyond_error, noticed)
    return Change(
        improvement=improvement, low=improvement - beyond_error, high=improvement + beyond_error, verdict=verdict
    )


def _verdict(improvement: float, beyond_error: float, noticed: float | None) -> Verdict:
    if improvement <= -beyond_error:
        return Verdict.WORSE
    if improvement >= beyond_error:
        return Verdict.BETTER if noticed is not None and improvement >= noticed else Verdict.MEASURABLY_BETTER
    if noticed is not None and improvement >= noticed:
        return Verdict.PERHAPS_BETTER
    return Verdict.NOT_DETECTED

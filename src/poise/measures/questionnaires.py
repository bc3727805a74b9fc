"""Scores of questionnaires from the sums that a form gives. No item's wording is kept here: most are licensed.

Each score is None where too many answers are missing; a missing answer is never taken for a zero.
"""

from __future__ import annotations

KOOS_JR = (
    100.0, 91.975, 84.600, 79.914, 76.332, 73.342, 70.704, 68.284, 65.994, 63.776, 61.583, 59.381, 57.140, 54.840,
    52.465, 50.012, 47.487, 44.905, 42.281, 39.625, 36.931, 34.174, 31.307, 28.251, 24.875, 20.941, 15.939, 8.291, 0.0,
)  # fmt: skip
HOOS_JR = (
    100.0, 92.340, 85.257, 80.550, 76.776, 73.472, 70.426, 67.516, 64.664, 61.815, 58.930, 55.985, 52.965, 49.858,
    46.652, 43.335, 39.902, 36.363, 32.735, 29.009, 25.103, 20.805, 15.633, 8.104, 0.0,
)  # fmt: skip
"""Raw sum → interval score, 100 is best (Lyman et al. 2016, Clin Orthop Relat Res 474:1461 and 1472; the tables as in
public scoring code, measures.md §8)."""


def dash(total: float, answered: int, *, items: int = 30) -> float | None:
    """DASH (30 items, at most 3 missing) or QuickDASH (11 items, at most 1): (mean − 1)·25, 0 is best.

    `total` is the sum of the answers, 1 to 5 each.
    """
    most_missing = 3 if items == 30 else 1
    if items - answered > most_missing or not 1.0 <= total / answered <= 5.0:
        return None
    return (total / answered - 1.0) * 25.0


def disability_index(total: float, answered: int) -> float | None:
    """Neck or Oswestry disability index in percent: 100·sum / (5·answered); 10 sections of 0 to 5, 2 may be missing."""
    if not 8 <= answered <= 10 or not 0.0 <= total <= 5.0 * answered:
        return None
    return 100.0 * total / (5.0 * answered)


def ikdc(total: float, most: float) -> float | None:
    """IKDC subjective knee score: 100·sum / the largest possible sum of what was answered (87 when complete)."""
    return 100.0 * total / most if 0.0 < most <= 87.0 and 0.0 <= total <= most else None


def koos_jr(raw: int) -> float | None:
    """KOOS JR interval score of a raw sum of 0 to 28, all items answered."""
    return KOOS_JR[raw] if 0 <= raw < len(KOOS_JR) else None


def hoos_jr(raw: int) -> float | None:
    """HOOS JR interval score of a raw sum of 0 to 24, all items answered."""
    return HOOS_JR[raw] if 0 <= raw < len(HOOS_JR) else None

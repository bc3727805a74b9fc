"""A Score: one error figure, of one method, against one reference; and what a data folder's module must offer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, kw_only=True)
class Score:
    """One error figure.

    `file` is the recording inside the folder, or ``all`` for figures pooled over it. `condition` parts what must not be
    pooled (``straight``, ``turn``, ``treadmill``, ``parkinson``). `published` is the figure to beat and `source` who
    published it.
    """

    dataset: str
    file: str
    measure: str
    method: str
    metric: str
    value: float
    n: int
    condition: str = ""
    unit: str = ""
    published: float | None = None
    source: str = ""


class Dataset(Protocol):
    """The module of one data folder calls an object of this kind ``DATASET``."""

    name: str
    """The folder's name."""

    def scores(self, folder: Path) -> Iterator[Score]:
        """All figures of the folder, file by file, then pooled. Reads nothing outside `folder`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Which detected events belong to which reference events."""

    errors_s: tuple[float, ...]
    missed: int
    extra: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; NaN where there was nothing to find and nothing found."""
        found = len(self.errors_s)
        total = 2 * found + self.missed + self.extra
        return 2 * found / total if total else float("nan")

    @property
    def precision(self) -> float:
        """Share of detected events that are right; NaN where nothing was detected."""
        detected = len(self.errors_s) + self.extra
        return len(self.errors_s) / detected if detected else float("nan")

    @property
    def recall(self) -> float:
        """Share of reference events that were found; NaN where there were none."""
        wanted = len(self.errors_s) + self.missed
        return len(self.errors_s) / wanted if wanted else float("nan")


def match_events(detected_s: ArrayLike, reference_s: ArrayLike, tolerance_s: float) -> Matches:
    """One-to-one matching of events by time, the closest pairs first.

    `errors_s` are detected − reference, in order of reference time.
    """
    found, wanted = np.sort(np.asarray(detected_s, float)), np.sort(np.asarray(reference_s, float))
    pairs = sorted(
        (abs(f - w), j, i)
        for j, w in enumerate(wanted)
        for i, f in enumerate(found)
        if abs(f - w) <= tolerance_s + 1e-9
    )
    taken_found: set[int] = set()
    error_of: dict[int, float] = {}
    for _, j, i in pairs:
        if j not in error_of and i not in taken_found:
            error_of[j] = float(found[i] - wanted[j])
            taken_found.add(i)
    errors = tuple(error_of[j] for j in sorted(error_of))
    return Matches(errors_s=errors, missed=len(wanted) - len(errors), extra=len(found) - len(errors))


def pooled(matches: Sequence[Matches]) -> Matches:
    """The matches of several recordings counted together."""
    return Matches(
        errors_s=tuple(error for match in matches for error in match.errors_s),
        missed=sum(match.missed for match in matches),
        extra=sum(match.extra for match in matches),
    )

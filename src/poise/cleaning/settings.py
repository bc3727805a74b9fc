"""How to clean: every choice in one value, with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

CUTOFF_HZ: Mapping[str, float] = MappingProxyType({"jump": 15.0, "run": 12.0, "reach": 10.0})
"""Movements that are too fast for the 6 Hz that suits walking; Butterworth, zero lag [m, measures.md 0.2]."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of cleaning; defaults from measures.md 0.2 and 7.6.

    Attributes
    ----------
    cutoff_hz
        Of the low-pass over points; None takes 6 Hz, or what `CUTOFF_HZ` says for the task.
    longest_gap_s
        Longer gaps stay open.
    longest_gap_foot_s
        The same for the points of the feet, from which events are made.
    least_confidence
        Landmarks below it are taken as not seen.
    use_model_points
        Whether joint centres that other software put into the file are used, as points of a model or among the markers;
        without, our own are computed.
    up
        What the user says is up in the source's axes; None reads or finds it.
    """

    cutoff_hz: float | None = None
    longest_gap_s: float = 0.2
    longest_gap_foot_s: float = 0.1
    least_confidence: float = 0.5
    use_model_points: bool = True
    up: str | None = None
    by_task: Mapping[str, float] = field(default_factory=lambda: CUTOFF_HZ)

    def cutoff_for(self, task: str) -> float:
        """The cut-off for a task, Hz."""
        return self.cutoff_hz if self.cutoff_hz is not None else self.by_task.get(task, 6.0)

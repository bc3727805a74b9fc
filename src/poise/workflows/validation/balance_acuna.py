"""Quiet standing on another laboratory's plate at 1,000 Hz: no results were published; the Romberg quotient is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poise.workflows.validation import _sway
from poise.workflows.validation.scores import Score

NAME = "balance-acuna"


@dataclass(frozen=True, kw_only=True)
class _Acuna:
    """The folder ``balance-acuna``: a table of time and pressure with open and one with closed eyes."""

    name: str = NAME

    def scores(self, folder: Path) -> Iterator[Score]:
        """What is recognised, the sway of each condition and their ratio; and that nothing was published to hold to."""
        told = list(_sway.trials(folder, "eyes*.csv*"))
        yield from _sway.recognised(NAME, told)
        yield from _sway.conditions(NAME, told)
        yield from _sway.ratios(NAME, told)
        yield _sway.not_validated(NAME, "balance.sway_velocity", "its author published no results")


DATASET = _Acuna()

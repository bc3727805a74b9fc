"""Numbers of a task's cycles as measurements, with what is known of their error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from poise.model import Definition, Kind, Measurement, Problem, Recording, Side

Array = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Error:
    """One standard error of a measure, in its unit, and where that is known from."""

    error: float
    source: str


SIMULATED = "largest bias on simulated people, poise validate: daily-tasks-simulated [simulated]"
BETWEEN_SESSIONS = "marker angles between sessions, 2 to 5 deg: McGinley 2009 [measures.md 1.6]"
BY_CAMERA = "reference measures.yaml, expected error of a camera reading [design]"


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Makes measurements of one recording by one method; `errors` is by measure name."""

    recording: str
    method: str
    units: Mapping[str, str]
    errors: Mapping[str, Error] = field(default_factory=dict)
    valid_fraction: float = 1.0

    def of(
        self,
        measure: str,
        values: float | Iterable[float],
        span_s: tuple[float, float],
        *,
        side: Side | None = None,
        value: float | None = None,
    ) -> Iterator[Measurement]:
        """The mean of the values that are known, one measurement; nothing where none is.

        A `value` that is not their mean (a share of sums, say) wins over it.
        """
        given = [values] if isinstance(values, float | int) else list(values)
        known = np.array([each for each in given if np.isfinite(each)], dtype=np.float64)
        if not len(known):
            return
        error = self.errors.get(measure, Error(error=NAN, source=""))
        yield Measurement(
            measure=measure, value=float(known.mean()) if value is None else value,
            unit=self.units[measure], side=side, n=len(known),
            sd=float(known.std(ddof=1)) if len(known) > 1 else NAN, start_s=float(span_s[0]), end_s=float(span_s[1]),
            valid_fraction=min(1.0, self.valid_fraction), method=self.method, recording=self.recording,
            error=error.error, error_source=error.source,
        )  # fmt: skip


def units_of(defines: Sequence[Definition]) -> dict[str, str]:
    """Unit by measure name."""
    return {each.measure: each.unit for each in defines}


def defined(measure: str, unit: str, label: str, formula: str, source: str, **more: object) -> Definition:
    """A definition in one line."""
    settings = {"sided": False, **more}
    return Definition(measure=measure, unit=unit, label=label, formula=formula, source=source, **settings)  # type: ignore[arg-type]


def by_camera(recording: Recording) -> bool:
    """Whether the body was made from the landmarks of a pose model."""
    return any(stream.kind is Kind.LANDMARKS for stream in recording.streams.values())


def not_seen(what: str, where: str, do: str) -> Problem:
    """What could not be measured, where, and what to do."""
    return Problem(what=what, where=where, do=do)

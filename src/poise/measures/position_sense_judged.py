"""Position sense from judgements that were typed: against targets, or, without any, scatter, drift and sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.position_sense import DEFINES as IN_DEGREES
from poise.measures.position_sense import named
from poise.measures.position_sense_errors import errors, judgements
from poise.model import SIDES, Definition, Measured, Measurement, Problem, Recording, Side, Stream

Array = NDArray[np.float64]
NAN = float("nan")

FILED = "judgements"
ENOUGH = 5
TO_CM = {"cm": 1.0, "mm": 0.1, "m": 100.0}
SIDED = ("ipsilateral", "contralateral")

_SOURCE = "measures.md 4.1; Rana, Butler, Gandevia & Héroux 2020, Exp Brain Res 238:1759"
_LENGTHS = (
    Definition(
        measure="judgement.absolute_error", unit="cm", label="Judged position, size of the error", decimals=1,
        formula="mean over trials of |response − target|", source=_SOURCE, better="lower", sided=False,
    ),
    Definition(
        measure="judgement.constant_error", unit="cm", label="Judged position, bias", decimals=1,
        formula="mean over trials of response − target", source=_SOURCE, sided=False,
    ),
    Definition(
        measure="judgement.variable_error", unit="cm", label="Judged position, scatter", decimals=2, better="lower",
        formula="population standard deviation of the judgements (of the errors, where there is a target)",
        source=_SOURCE, sided=False,
    ),
    Definition(
        measure="judgement.rms_error", unit="cm", label="Judged position, root mean square error", decimals=1,
        formula="√(constant error² + variable error²)", source=_SOURCE, better="lower", sided=False,
    ),
    Definition(
        measure="judgement.mean", unit="cm", label="Judged position, mean", decimals=1, sided=False,
        formula="mean of the judgements", source=_SOURCE,
    ),
    Definition(
        measure="judgement.drift", unit="cm", label="Judged position, drift within the series", decimals=1, sided=False,
        formula="mean of the second half − mean of the first", source=_SOURCE,
    ),
    Definition(
        measure="judgement.side_bias", unit="cm", label="Judged position, bias between sides", decimals=1, sided=False,
        formula="mean on the own side + mean on the other side (told negative): 0 where both are judged equally far",
        source=_SOURCE,
    ),
)  # fmt: skip
DEFINES = (*_LENGTHS, *IN_DEGREES)


@dataclass(frozen=True, kw_only=True)
class JudgedPositions:
    """Errors of typed judgements.

    Notes
    -----
    Without a target there is no absolute and no constant error: only how much the judgements scatter, whether they
    drift, and whether the two sides are judged alike. Judgements on a chart come in steps (3 cm in the published
    experiment), so that a scatter below the step may be 0.
    """

    name: str = "judged_positions"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"jps"})
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether it holds typed judgements."""
        return FILED in recording

    def compute(self, recording: Recording) -> Measured:
        """Errors against the targets, or what needs none."""
        stream = recording[FILED]
        where = recording.source or recording.id
        if {"target", "response"} <= set(stream.channels):
            return _against_targets(recording, stream, where)
        return _without_targets(recording, stream, where)


def _against_targets(recording: Recording, stream: Stream, where: str) -> Measured:
    made = errors(stream["response"][:, 0], stream["target"][:, 0])
    if not made.n:
        return Measured(problems=(_nothing(where),))
    degrees = stream.unit == "deg"
    factor = 1.0 if degrees else TO_CM.get(stream.unit, NAN)
    side: Side | None = next((each for each in SIDES if recording.conditions.get("side") == each), None)
    found = tuple(
        _measurement(recording, f"{'jps' if degrees else 'judgement'}.{name}_error", factor * value, made.n,
                     unit="deg" if degrees else "cm", side=side)
        for name, value in named(made) if np.isfinite(factor)
    )  # fmt: skip
    return Measured(measurements=found, problems=tuple(_few(made.n, where)))


def _without_targets(recording: Recording, stream: Stream, where: str) -> Measured:
    factor = TO_CM.get(stream.unit, NAN)
    found: list[Measurement] = []
    series = {name: factor * stream[name][:, 0] for name in stream.channels}
    for name, values in series.items():
        told = judgements(values[: _last(values)])
        for measure, value in (("mean", told.mean), ("variable_error", told.variable), ("drift", told.drift)):
            if np.isfinite(value):
                found.append(_measurement(recording, f"judgement.{measure}.{name}", value, told.n, unit="cm"))
    found += _between_sides(recording, series)
    if not found:
        return Measured(problems=(_nothing(where),))
    return Measured(measurements=tuple(found), problems=(_no_target(where),))


def _between_sides(recording: Recording, series: dict[str, Array]) -> Iterator[Measurement]:
    """The bias of each pair of series that differ only in the side."""
    own, other = SIDED
    for name, values in series.items():
        partner = name.replace(own, other)
        if own in name and partner in series:
            both = [each[np.isfinite(each)] for each in (values, series[partner])]
            if all(len(each) for each in both):
                suffix = name.replace(own, "").replace("__", "_").strip("_")
                yield _measurement(
                    recording, f"judgement.side_bias.{suffix}", float(both[0].mean() + both[1].mean()),
                    min(map(len, both)), unit="cm",
                )  # fmt: skip


def _measurement(
    recording: Recording, measure: str, value: float, n: int, *, unit: str, side: Side | None = None
) -> Measurement:
    stream = recording[FILED]
    return Measurement(
        measure=measure, value=value, unit=unit, side=side, n=n, sd=NAN, start_s=float(stream.time_s[0]),
        end_s=float(stream.time_s[-1]), valid_fraction=float(np.isfinite(stream.values).mean()),
        method=f"{MEASURE.name}@{MEASURE.version}: as typed", recording=recording.id,
    )  # fmt: skip


def _last(values: Array) -> int:
    """How many trials the series has: what follows its last number is padding."""
    known = np.flatnonzero(np.isfinite(values))
    return int(known[-1]) + 1 if len(known) else 0


def _few(n: int, where: str) -> Iterator[Problem]:
    if n < ENOUGH:
        yield Problem(
            what=f"{n} trial{'s' if n != 1 else ''} of the {ENOUGH} a target that a stable value needs.", where=where,
            do="Repeat the test.",
        )  # fmt: skip


def _no_target(where: str) -> Problem:
    return Problem(
        what="The true position is not in the file: there is no absolute and no constant error, only scatter, drift "
        "and the difference between sides.",
        where=where, do="Write the target beside every judgement where it is known.",
    )  # fmt: skip


def _nothing(where: str) -> Problem:
    return Problem(
        what="No trial has a number for both what was asked and what was answered.", where=where,
        do="Write one row a trial: target, response.",
    )  # fmt: skip


MEASURE = JudgedPositions()

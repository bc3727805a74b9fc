"""Judged finger spacing and hand position (Rana et al. 2020): statistics of repeated judgements of real people.

Nobody wrote down where the hand truly was, so nothing here is an accuracy. Three questions:

- *identities*: does root mean square² = constant² + variable² hold on every real series (against any target), and are
  series taken together the same as one long series;
- *values*: scatter, drift over the wait and bias between sides, so that a change of the code is seen;
- *reading*: is every judgement of the text there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.errors import PoiseError
from poise.measures.position_sense_errors import errors, pooled
from poise.measures.position_sense_judged import MEASURE
from poise.model import Measurement, Recording
from poise.readers.find import read_file
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]

NAME = "proprioception-hand-ebr"
METHOD = f"{MEASURE.name}@{MEASURE.version}"
LEFT_OUT = "sub15"
"""The authors leave this person out of their results; pooled figures here do too."""
PER_BLOCK = 10


@dataclass(frozen=True, kw_only=True)
class ProprioceptionHandEbr:
    """Identities and values over all people of the folder; each person alone has too few judgements for a figure."""

    name: str = NAME

    def scores(self, folder: Path) -> Iterator[Score]:
        """Identities of every person, then values over all but the one the authors left out."""
        people: dict[str, Recording] = {}
        for path in sorted(folder.glob("sub*_data.txt")):
            try:
                (people[path.stem.removesuffix("_data")],) = read_file(path)
            except PoiseError:
                continue
        worst: list[float] = []
        for name, recording in people.items():
            gap = _identity_gap(recording)
            worst.append(gap)
            yield _score(f"{name}_data.txt", "position_sense.identity", "max_abs_error", gap, n=_count(recording))
        if not people:
            return
        wanted = sum(PER_BLOCK * len(each["judgements"].channels) for each in people.values())
        read = sum(map(_count, people.values()))
        yield _score("all", "position_sense.identity", "max_abs_error", max(worst), n=read)
        yield _score("all", "position_sense.judgements_read", "recall", read / wanted, n=wanted, unit="")
        yield from _values([each for name, each in people.items() if name != LEFT_OUT])


def _count(recording: Recording) -> int:
    return int(np.isfinite(recording["judgements"].values).sum())


def _identity_gap(recording: Recording) -> float:
    """The largest gap in RMS² = CE² + VE², and between series taken together and one series, any target."""
    stream = recording["judgements"]
    series = [stream[name][:, 0] for name in stream.channels]
    target = float(np.nanmean(np.concatenate(series)))
    made = [errors(each, target) for each in series]
    gaps = [
        abs(each.rms**2 - float(np.nanmean((values - target) ** 2)))
        for each, values in zip(made, series, strict=True)
        if each.n
    ]
    whole, parts = errors(np.concatenate(series), target), pooled(made)
    gaps += [abs(getattr(whole, name) - getattr(parts, name)) for name in ("absolute", "constant", "variable")]
    return max(gaps)


def _values(people: Sequence[Recording]) -> Iterator[Score]:
    measured = [MEASURE.compute(each).measurements for each in people]
    for name in dict.fromkeys(m.measure for each in measured for m in each):
        yield from _over_people(name, [m for each in measured for m in each if m.measure == name])


def _over_people(name: str, found: Sequence[Measurement]) -> Iterator[Score]:
    values = np.array([each.value for each in found])
    condition = name.split(".")[2].replace("_", " ")
    measure = ".".join(name.split(".")[:2])
    for metric, value in (("mean", values.mean()), ("sd", values.std(ddof=1) if len(values) > 1 else np.nan)):
        yield _score("all", measure, metric, float(value), n=len(values), condition=condition)


def _score(
    file: str, measure: str, metric: str, value: float, *, n: int, condition: str = "", unit: str = "cm"
) -> Score:
    return Score(
        dataset=NAME, file=file, measure=measure, method=METHOD, metric=metric, value=value, n=n, condition=condition,
        unit=unit,
    )  # fmt: skip


DATASET = ProprioceptionHandEbr()

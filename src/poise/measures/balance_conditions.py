"""Balance compared over conditions: eyes open and closed (Romberg), and firm and foam besides (modified CTSIB).

Sway is compared only within one way of measuring: same sensor, same method, same stance. Ratios are of geometric means,
that is differences of mean logarithms: a ratio of two single noisy numbers leans upwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from poise.model.comparison import Comparison
from poise.model.conditions import KNOWN
from poise.model.contracts import Compare
from poise.model.measurement import Definition, Measurement
from poise.model.recording import Problem

Told = tuple[str, Mapping[str, str], Sequence[Measurement]]
NAN = float("nan")
METHOD = "balance_conditions/1"
EYES = ("open", "closed")
SURFACES = ("firm", "foam")
CHANGED = ("eyes", "surface", "trial")
"""Conditions that these comparisons change on purpose; all others must agree where they are known."""
ENOUGH_TRIALS = 2
ALIKE_S = 1.5
"""Recordings whose measured times differ by more than this factor are compared with a doubt."""
BASES: Mapping[str, str] = {"balance.sway_velocity": "", "balance.imu_rms": "imu_"}
"""What is compared, and what stands before the names of its ratios."""


def _ratio(name: str, label: str, over: str, prefix: str = "") -> Definition:
    of = "horizontal acceleration (RMS)" if prefix else "sway velocity"
    return Definition(
        measure=f"balance.{prefix}{name}", unit="1", label=label,
        formula=f"{over}, geometric means of the trials' {of}",
        source="Romberg quotient; sensory ratios after the SOT, measures.md 2.1.2", sided=False,
    )  # fmt: skip


DEFINES = (
    *(
        each
        for prefix in BASES.values()
        for each in (
            _ratio("romberg_quotient", "Romberg quotient", "eyes closed / eyes open", prefix),
            _ratio("visual_ratio", "Sway on foam against firm ground", "foam, eyes open / firm, eyes open", prefix),
            _ratio("vestibular_ratio", "Sway on foam with closed eyes", "foam, eyes closed / firm, eyes open", prefix),
            _ratio(
                "somatosensory_ratio", "Sway with closed eyes on firm ground", "firm, eyes closed / firm, eyes open",
                prefix,
            ),
        )
    ),
    Definition(
        measure="balance.mctsib_composite", unit="mm/s", label="Sway over the four conditions of the mCTSIB",
        formula="geometric mean of the four conditions' sway velocities", source="measures.md 2.1.2 [design]",
        better="lower", decimals=1, sided=False,
    ),
    Definition(
        measure="balance.mctsib_time", unit="s", label="Time held over the four conditions of the mCTSIB",
        formula="mean of the four conditions' mean times held", source="Shumway-Cook & Horak 1986; measures.md 2.1.2",
        better="higher", decimals=1, sided=False,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Trial:
    recording: str
    conditions: Mapping[str, str]
    measurement: Measurement

    @property
    def duration_s(self) -> float:
        return self.measurement.end_s - self.measurement.start_s

    @property
    def device(self) -> str:
        return self.measurement.method


def compare(recordings: Sequence[Told]) -> tuple[Comparison, ...]:
    """Romberg quotients of each surface, and the ratios and composites of the mCTSIB, where the recordings allow them.

    Parameters
    ----------
    recordings
        Of each its id, its conditions and its measurements; recordings that do not say whether the eyes were open are
        passed over.

    Returns
    -------
    comparisons
        A pair that differs in more than was asked for (surface, stance, sensor, filter) gives a problem, no number.
    """
    found: list[Comparison] = []
    for measure, prefix in BASES.items():
        trials = list(_trials(recordings, measure))
        found += _rombergs(trials, prefix)
        found += _mctsib(trials, prefix)
    found += _times(list(_trials(recordings, "balance.stance_time")))
    return tuple(found)


def _trials(recordings: Sequence[Told], measure: str) -> Iterator[_Trial]:
    for name, conditions, measurements in recordings:
        own = [each for each in measurements if each.measure == measure]
        if conditions.get("eyes") in EYES and own:
            yield _Trial(recording=name, conditions=conditions, measurement=own[0])


# ── Romberg ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _rombergs(trials: Sequence[_Trial], prefix: str) -> Iterator[Comparison]:
    """One quotient a surface; where open and closed eyes stand on different surfaces only, the problem says so."""
    made = 0
    for surface in sorted({trial.conditions.get("surface", "") for trial in trials}):
        same = [trial for trial in trials if trial.conditions.get("surface", "") == surface]
        if {trial.conditions["eyes"] for trial in same} == set(EYES):
            made += 1
            yield _romberg(same, surface, prefix)
    if not made and {trial.conditions["eyes"] for trial in trials} == set(EYES):
        yield Comparison(
            name="Romberg", of=_names(trials), varied="eyes",
            problems=(_clash(trials, ["surface"], "with open and with closed eyes"),),
        )  # fmt: skip


def _romberg(trials: Sequence[_Trial], surface: str, prefix: str) -> Comparison:
    name = f"Romberg, {surface}" if surface else "Romberg"
    if clash := _clashing(trials):
        return Comparison(
            name=name, of=_names(trials), varied="eyes", problems=(_clash(trials, clash, "with open and closed eyes"),)
        )
    closed, opened = (_with(trials, eyes=eyes) for eyes in ("closed", "open"))
    problems = list(_doubts(trials, (closed, opened)))
    if not surface:
        problems.append(_unknown_surface(trials))
    quotient = _ratio_of(f"balance.{prefix}romberg_quotient", closed, opened)
    return Comparison(
        name=name, of=_names(trials), varied="eyes", measurements=(quotient,) if quotient else (),
        problems=tuple(problems),
    )  # fmt: skip


# ── mCTSIB ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _mctsib(trials: Sequence[_Trial], prefix: str) -> Iterator[Comparison]:
    cells = _cells(trials)
    if cells is None:
        return
    every = [trial for cell in cells.values() for trial in cell]
    if clash := _clashing(every):
        problem = _clash(every, clash, "over the four conditions")
        yield Comparison(name="mCTSIB", of=_names(every), varied="eyes, surface", problems=(problem,))
        return
    base = cells["firm", "open"]
    ratios = [
        _ratio_of(f"balance.{prefix}{name}", cells[cell], base)
        for name, cell in (
            ("visual_ratio", ("foam", "open")),
            ("vestibular_ratio", ("foam", "closed")),
            ("somatosensory_ratio", ("firm", "closed")),
        )
    ]
    whole = None if prefix else _composite(cells)
    yield Comparison(
        name="mCTSIB", of=_names(every), varied="eyes, surface",
        measurements=tuple(each for each in (*ratios, whole) if each),
        problems=tuple(_doubts(every, tuple(cells.values()))),
    )  # fmt: skip


def _cells(trials: Sequence[_Trial]) -> dict[tuple[str, str], list[_Trial]] | None:
    cells = {(surface, eyes): _with(trials, surface=surface, eyes=eyes) for surface in SURFACES for eyes in EYES}
    return cells if all(cells.values()) else None


def _composite(cells: Mapping[tuple[str, str], Sequence[_Trial]]) -> Measurement | None:
    logs = [_log_mean(cell) for cell in cells.values()]
    every = [trial for cell in cells.values() for trial in cell]
    return _told("balance.mctsib_composite", math.exp(sum(logs) / 4.0), "mm/s", every, n=min(map(len, cells.values())))


def _times(trials: Sequence[_Trial]) -> Iterator[Comparison]:
    """The mean time held over the four conditions: a time may be compared across sensors that agree on a step."""
    cells = _cells(trials)
    if cells is None:
        return
    every = [trial for cell in cells.values() for trial in cell]
    means = [sum(trial.measurement.value for trial in cell) / len(cell) for cell in cells.values()]
    found = _told("balance.mctsib_time", sum(means) / 4.0, "s", every, n=min(map(len, cells.values())))
    yield Comparison(
        name="mCTSIB, time held", of=_names(every), varied="eyes, surface", measurements=(found,) if found else ()
    )


# ── what both share ───────────────────────────────────────────────────────────────────────────────────────────────────


def _with(trials: Sequence[_Trial], **conditions: str) -> list[_Trial]:
    return [trial for trial in trials if all(trial.conditions.get(name) == value for name, value in conditions.items())]


def _log_mean(trials: Sequence[_Trial]) -> float:
    values = [trial.measurement.value for trial in trials]
    return sum(map(math.log, values)) / len(values) if min(values) > 0.0 else NAN


def _ratio_of(measure: str, top: Sequence[_Trial], bottom: Sequence[_Trial]) -> Measurement | None:
    """The ratio of geometric means with its 95 % interval, where both sides have two trials or more."""
    log = _log_mean(top) - _log_mean(bottom)
    low, high = _interval(log, top, bottom)
    return _told(measure, math.exp(log), "1", [*top, *bottom], n=min(len(top), len(bottom)), within=(low, high))


def _interval(log: float, top: Sequence[_Trial], bottom: Sequence[_Trial]) -> tuple[float, float]:
    if min(len(top), len(bottom)) < ENOUGH_TRIALS or not math.isfinite(log):
        return NAN, NAN
    from scipy.stats import t

    logs = [np.log([trial.measurement.value for trial in side]) for side in (top, bottom)]
    freedom = len(top) + len(bottom) - 2
    pooled = sum(float(np.sum((side - side.mean()) ** 2)) for side in logs) / freedom
    wide = float(t.ppf(0.975, freedom)) * math.sqrt(pooled * (1 / len(top) + 1 / len(bottom)))
    return math.exp(log - wide), math.exp(log + wide)


def _told(
    measure: str, value: float, unit: str, trials: Sequence[_Trial], *, n: int, within: tuple[float, float] = (NAN, NAN)
) -> Measurement | None:
    if not math.isfinite(value):
        return None
    return Measurement(
        measure=measure, value=value, unit=unit, side=None, n=n, sd=NAN, start_s=0.0,
        end_s=max(trial.measurement.end_s for trial in trials),
        valid_fraction=min(trial.measurement.valid_fraction for trial in trials),
        method=f"{METHOD} of {trials[0].device}", recording=" + ".join(_names(trials)), low=within[0], high=within[1],
    )  # fmt: skip


def _names(trials: Sequence[_Trial]) -> tuple[str, ...]:
    return tuple(trial.recording for trial in trials)


def _clashing(trials: Sequence[_Trial]) -> list[str]:
    """What differs, or is said of some and not of others, though it should be the same."""
    held = [name for name in KNOWN if name not in CHANGED]
    clash = [name for name in held if len({trial.conditions.get(name) for trial in trials}) > 1]
    return clash + (["way of measuring"] if len({trial.device for trial in trials}) > 1 else [])


def _clash(trials: Sequence[_Trial], names: Sequence[str], how: str) -> Problem:
    return Problem(
        what=f"The recordings {how} differ in {', '.join(names)} too, so their sway is not compared.",
        where=", ".join(_names(trials)),
        do="Compare recordings that differ in nothing else, or say with --conditions what was the same.",
    )


def _unknown_surface(trials: Sequence[_Trial]) -> Problem:
    return Problem(
        what="Nobody said on which surface the person stood; it was taken to be the same with open and closed eyes.",
        where=", ".join(_names(trials)), do="Say it with --conditions surface=firm.",
    )  # fmt: skip


def _doubts(trials: Sequence[_Trial], groups: Sequence[Sequence[_Trial]]) -> Iterator[Problem]:
    if min(len(group) for group in groups) < ENOUGH_TRIALS:
        yield Problem(
            what="A condition was recorded once only: one standing differs from the next by about 15 %, so that a "
            "ratio of two is uncertain by 20 %.",
            where=", ".join(_names(trials)), do="Record every condition twice or three times.",
        )  # fmt: skip
    durations = [trial.duration_s for trial in trials]
    if max(durations) > ALIKE_S * min(durations):
        yield Problem(
            what=f"The recordings are of different length, {min(durations):.0f} to {max(durations):.0f} s.",
            where=", ".join(_names(trials)), do="Record every condition for the same time.",
        )  # fmt: skip


COMPARE = Compare(name="balance_conditions", defines=DEFINES, compare=compare)

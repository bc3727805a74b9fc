"""Muscles compared over recordings of one person: in percent of a maximal or reference contraction, and side by side.

A level means something only beside another of the same electrode. So the recordings must be of one session with the
electrodes left on; the file cannot tell, and whoever asks for the comparison says so by asking.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from poise.measures.symmetry import asymmetry_by_larger
from poise.model.comparison import Comparison
from poise.model.conditions import differing
from poise.model.contracts import Compare
from poise.model.measurement import Definition, Measurement
from poise.model.muscles import MUSCLES
from poise.model.recording import Problem

Told = tuple[str, Mapping[str, str], Sequence[Measurement]]
METHOD = "muscle_comparison/1"
NAN = float("nan")

NORMALISED = {"maximal": ("mvc", "a maximal contraction"), "reference": ("reference", "the reference contraction")}
TOP, LEVEL, REST = "emg.sustained_peak.", "emg.amplitude.", "emg.rest_level."
ABOVE_MAXIMAL = 100.0
RAISED = 2.0


def _defines() -> Iterator[Definition]:
    for muscle in MUSCLES:
        for word, what in NORMALISED.values():
            yield Definition(
                measure=f"emg.amplitude_of_{word}.{muscle.name}", family=f"emg.amplitude_of_{word}.<muscle>",
                unit="%", label=f"Level, {muscle.label}, of {what}",
                formula=f"100 · mean level while working / highest half second of {what}, the same envelope",
                source="measures.md 5.2", decimals=0,
            )  # fmt: skip
        yield Definition(
            measure=f"emg.rest_raised.{muscle.name}", family="emg.rest_raised.<muscle>",
            unit="1", label=f"Level between efforts, {muscle.label}",
            formula="level at rest within the task over that of the recording at rest", source="measures.md 5.7",
            better="lower",
        )  # fmt: skip
        yield Definition(
            measure=f"emg.side_deficit.{muscle.name}", family="emg.side_deficit.<muscle>",
            unit="%", label=f"Left against right in turn, {muscle.label}",
            formula="100 · (L − R) / max(L, R) of the mean level of the two recordings", decimals=0, sided=False,
            source="measures.md 5.6",
        )  # fmt: skip
        yield Definition(
            measure=f"emg.side_delay.{muscle.name}", family="emg.side_delay.<muscle>",
            unit="s", label=f"Starts later on the left, {muscle.label}",
            formula="median delay after the prime mover (or the movement), left less right", decimals=3, sided=False,
            source="measures.md 5.6",
        )  # fmt: skip


DEFINES = tuple(_defines())


def compare(recordings: Sequence[Told]) -> tuple[Comparison, ...]:
    """Percent of maximal and reference contractions, rest raised in the task, and sides tested one after the other.

    Parameters
    ----------
    recordings
        Of each its id, its conditions and its measurements. ``contraction`` says what a recording is for; without it,
        it is a task. ``side`` says which side was tested in turn.

    Returns
    -------
    comparisons
        Only of recordings that were measured by one method in µV; others give a problem and no number.
    """
    found: list[Comparison] = []
    for contraction in NORMALISED:
        found += _normalised(recordings, contraction)
    found += _rests(recordings)
    found += _sides(recordings)
    return tuple(found)


def _of(recordings: Sequence[Told], contraction: str) -> list[Told]:
    return [each for each in recordings if each[1].get("contraction", "task") == contraction]


def _picked(told: Told, stem: str) -> dict[tuple[str, str | None], Measurement]:
    return {(m.measure.removeprefix(stem), m.side): m for m in told[2] if m.measure.startswith(stem)}


def _normalised(recordings: Sequence[Told], contraction: str) -> Iterator[Comparison]:
    """Each task in percent of the best contraction of its muscle."""
    best: dict[tuple[str, str | None], tuple[str, Measurement]] = {}
    for told in _of(recordings, contraction):
        for key, top in _picked(told, TOP).items():
            if top.unit == "µV" and (key not in best or top.value > best[key][1].value):
                best[key] = told[0], top
    word, what = NORMALISED[contraction]
    for told in _of(recordings, "task") if best else ():
        pairs = [(key, level, *best[key]) for key, level in _picked(told, LEVEL).items() if key in best]
        if not pairs:
            continue
        good = [pair for pair in pairs if _alike(pair[1], pair[3])]
        numbers = tuple(_share(word, key, level, top) for key, level, _, top in good)
        names = tuple(dict.fromkeys((told[0], *(name for _, _, name, _ in pairs))))
        yield Comparison(
            name=f"Muscles in percent of {what}", of=names, varied="contraction", measurements=numbers,
            problems=(*_unlike(pairs, good, names), *_above(numbers, contraction, names)),
        )  # fmt: skip


def _share(word: str, key: tuple[str, str | None], level: Measurement, top: Measurement) -> Measurement:
    return replace(
        level, measure=f"emg.amplitude_of_{word}.{key[0]}", value=100.0 * level.value / top.value, unit="%",
        sd=100.0 * level.sd / top.value, method=f"{METHOD}, % of {word}, of {level.method}", error=NAN, error_source="",
        low=NAN, high=NAN,
    )  # fmt: skip


def _alike(one: Measurement, other: Measurement) -> bool:
    """Measured the same way, in µV: anything else is not comparable."""
    return one.unit == other.unit == "µV" and one.method == other.method and other.value > 0.0


def _unlike(pairs: Sequence[object], good: Sequence[object], names: Sequence[str]) -> Iterator[Problem]:
    if len(good) < len(pairs):
        yield Problem(
            what="Levels that were measured in different ways or have no known unit are not compared.",
            where=", ".join(names), do="Measure all with one version and one setting, from files that say µV.",
        )  # fmt: skip


def _above(numbers: Sequence[Measurement], contraction: str, names: Sequence[str]) -> Iterator[Problem]:
    if contraction == "maximal" and any(each.value > ABOVE_MAXIMAL for each in numbers):
        yield Problem(
            what="A muscle worked harder in the task than in the maximal contraction: that was not maximal.",
            where=", ".join(names), do="Repeat the maximal contraction, or compare with a reference contraction.",
        )  # fmt: skip


def _rests(recordings: Sequence[Told]) -> Iterator[Comparison]:
    """How much louder the muscle is between its efforts than in a recording in which it only rested."""
    quiet = {key: (told[0], m) for told in _of(recordings, "rest") for key, m in _picked(told, REST).items()}
    for told in _of(recordings, "task") if quiet else ():
        pairs = [(key, m, *quiet[key]) for key, m in _picked(told, REST).items() if key in quiet]
        good = [pair for pair in pairs if _alike(pair[1], pair[3])]
        numbers = tuple(_raised(key[0], level, rest) for key, level, _, rest in good)
        names = tuple(dict.fromkeys((told[0], *(name for _, _, name, _ in pairs))))
        if pairs:
            yield Comparison(
                name="Muscles between efforts against rest", of=names, varied="contraction", measurements=numbers,
                problems=(*_unlike(pairs, good, names), *_held(numbers, names)),
            )  # fmt: skip


def _raised(muscle: str, level: Measurement, rest: Measurement) -> Measurement:
    value, method = level.value / rest.value, f"{METHOD}, {level.method}"
    return replace(level, measure=f"emg.rest_raised.{muscle}", value=value, unit="1", method=method)


def _held(numbers: Sequence[Measurement], names: Sequence[str]) -> Iterator[Problem]:
    held = [each.measure.rsplit(".", 1)[1].replace("_", " ") for each in numbers if each.value > RAISED]
    if held:
        yield Problem(
            what=f"Between efforts these muscles stay more than twice as active as at rest: {', '.join(held)}.",
            where=", ".join(names), do="Practise letting go between efforts, with the feedback of the muscle.",
        )  # fmt: skip


def _sides(recordings: Sequence[Told]) -> Iterator[Comparison]:
    """The same task of the left and of the right side, one after the other."""
    tasks = _of(recordings, "task")
    for left in (each for each in tasks if each[1].get("side") == "left"):
        for right in (each for each in tasks if each[1].get("side") == "right"):
            apart = [name for name in differing(left[1], right[1]) if name != "side"]
            if not apart:
                yield from _two_sides(left, right)


def _two_sides(left: Told, right: Told) -> Iterator[Comparison]:
    numbers: list[Measurement] = []
    for stem, made in ((LEVEL, "side_deficit"), ("emg.delay.", "side_delay"), ("emg.movement_delay.", "side_delay")):
        ones, others = _by_muscle(left, stem, "left"), _by_muscle(right, stem, "right")
        for muscle in [name for name in ones if name in others]:
            one, other = ones[muscle], others[muscle]
            if (
                one.unit != other.unit
                or _plain(one.method) != _plain(other.method)
                or (stem == LEVEL and one.unit != "µV")
            ):
                continue
            value = asymmetry_by_larger(one.value, other.value) if stem == LEVEL else one.value - other.value
            name = f"emg.{made}.{muscle}"
            if math.isfinite(value) and all(each.measure != name for each in numbers):
                numbers.append(_between(name, value, "%" if stem == LEVEL else "s", one, other))
    if numbers:
        yield Comparison(
            name="Muscles of the left and the right side", of=(left[0], right[0]), varied="side",
            measurements=tuple(numbers),
        )  # fmt: skip


def _plain(method: str) -> str:
    """A method without the side of the muscle that it timed against."""
    return method.replace("left ", "").replace("right ", "")


def _by_muscle(told: Told, stem: str, side: str) -> dict[str, Measurement]:
    """Of the tested side; a channel without a side is of the side that was tested."""
    return {muscle: m for (muscle, of_side), m in _picked(told, stem).items() if of_side in (side, None)}


def _between(measure: str, value: float, unit: str, one: Measurement, other: Measurement) -> Measurement:
    return replace(
        one, measure=measure, value=value, unit=unit, side=None, n=min(one.n, other.n), sd=NAN,
        error=(one.error**2 + other.error**2) ** 0.5, method=f"{METHOD}, {one.method}",
        valid_fraction=min(one.valid_fraction, other.valid_fraction),
    )  # fmt: skip


COMPARE = Compare(name="muscle_comparison", defines=DEFINES, compare=compare)

"""The plain sentence of a finding: the number, what is usual, how far apart they are, and the error of measuring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from poise.findings.subjects import OTHER, Subject
from poise.model.finding import Condition, Reference
from poise.model.recording import Side

_UNITS = {
    "deg": "°", "%": " %", "m": " cm", "s": " s", "m/s": " m/s", "steps/min": " steps a minute", "ratio": " %",
    "1": " times", "count": "", "deg/s": "° a second", "mm²": " mm²", "points": " points", "mm/s": " mm/s",
}  # fmt: skip
_SCALE = {"m": 100.0, "ratio": 100.0}
_PLURALS = {"repetition": "repetitions", "try": "tries"}


@dataclass(frozen=True, kw_only=True)
class Words:
    """Numbers of one condition as people read them: lengths in cm, degrees with their sign, steps a minute."""

    unit: str
    decimals: int

    def number(self, value: float) -> str:
        """Without the unit."""
        text = f"{value * _SCALE.get(self.unit, 1.0):.{self.decimals}f}"
        return text.replace("-", "−") if float(text) else text.removeprefix("-")

    def quantity(self, value: float) -> str:
        """With the unit."""
        return self.number(value) + _UNITS.get(self.unit, f" {self.unit}")

    def band(self, low: float, high: float) -> str:
        """``47° to 71°``, ``12° or less``, ``90 steps a minute or more``."""
        if np.isfinite(low) and np.isfinite(high):
            first = self.quantity(low) if self.unit == "deg" else self.number(low)
            return f"{first} to {self.quantity(high)}"
        return f"{self.quantity(high)} or less" if np.isfinite(high) else f"{self.quantity(low)} or more"


def sentence(condition: Condition, subject: Subject, limit: float, reference: Reference, error: float) -> str:
    """What was measured, what is usual, and the difference beside the error: one thing a patient can read."""
    deviation = abs(subject.value - limit)
    words = _words(condition, subject, limit, deviation, error)
    places = _places(condition, subject, limit, reference, words)
    usual = condition.usual if reference.who or "{who}" not in condition.usual else "usual is {band}"
    told = f"{condition.says.format(**places)}; {usual.format(**places)}."
    than = "asked" if reference.basis == "asked" else condition.than
    beyond = f"That is {words.quantity(deviation)} {condition.word} than {than}, "
    return " ".join(f"{told} {beyond}more than measuring error ({words.quantity(error)}).".split(" ")).replace(
        "  ", " "
    )


def sentence_of_change(
    condition: Condition, subject: Subject, earlier: float, smallest_real: float, *, usual_is_known: bool = True
) -> str:
    """What was measured now and before, and whether that can be chance; no fault is named, since none was shown."""
    change = abs(subject.value - earlier)
    words = _words(condition, subject, earlier, change, smallest_real)
    what = f"{condition.label[:1].upper()}{condition.label[1:]}{f', {subject.side}' if subject.side else ''}"
    way = "higher" if subject.value > earlier else "lower"
    return (
        f"{what}: {words.quantity(subject.value)} now, {words.quantity(earlier)} in the earlier recording. "
        f"That is {words.quantity(change)} {way}, more than two recordings differ by measuring error "
        f"({words.quantity(smallest_real)}). "
        + ("It is not beyond what is usual." if usual_is_known else "It is judged by the person alone, not by others.")
    )


def few(n: int, counted: str = "stride") -> str:
    """The warning that few strides (repetitions, recordings) stand behind a finding."""
    return f"Only {n} {several(n, counted)} could be judged, so this is less sure."


def several(n: int, counted: str) -> str:
    """``stride`` or ``strides``."""
    return counted if n == 1 else _PLURALS.get(counted, f"{counted}s")


def side_word(side: Side | None) -> str:
    """``left``, ``right`` or nothing."""
    return side or ""


def _words(condition: Condition, subject: Subject, limit: float, deviation: float, error: float) -> Words:
    """As few decimals as let the reader check the sum, and see that the deviation exceeds the error."""
    unit = condition.told_in
    decimals = 0 if unit == "m" or condition.percent_of else condition.decimals
    scale = _SCALE.get(unit, 1.0)
    for more in (0, 1):
        value, at, apart, doubt = (round(x * scale, decimals + more) for x in (subject.value, limit, deviation, error))
        adds_up = abs(abs(value - at) - apart) < 0.5 * 10.0 ** -(decimals + more)
        if adds_up and apart > doubt:
            return Words(unit=unit, decimals=decimals + more)
    return Words(unit=unit, decimals=decimals + 1)


def _places(
    condition: Condition, subject: Subject, limit: float, reference: Reference | None, words: Words
) -> dict[str, str]:
    low, high = reference.band() if reference is not None else (-np.inf, np.inf)
    sides = Words(unit=condition.unit, decimals=condition.decimals if condition.unit != "m" else 0)
    where = "behind" if subject.value >= 0 else "in front of"
    return {
        "side": side_word(subject.side),
        "value": words.quantity(subject.value),
        "size": words.quantity(abs(subject.value)),
        "limit": words.quantity(limit),
        "limit_size": words.quantity(abs(limit)),
        "band": words.band(low, high) if np.isfinite(low) or np.isfinite(high) else "",
        "who": reference.who if reference is not None else "",
        "opposite": OTHER[subject.side] if subject.side else "",
        "muscle": condition.label.rpartition(", ")[2],
        "this": sides.quantity(subject.this),
        "other": sides.quantity(subject.other),
        "behind": f"{words.quantity(abs(subject.value))} {where}",
    }

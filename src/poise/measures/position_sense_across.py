"""Position sense over several recordings of one person: one trial each, taken together; and the two sides beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from poise.measures.position_sense import named
from poise.measures.position_sense_errors import Errors, pooled
from poise.model import SIDES, Compare, Comparison, Definition, Measurement, Problem, Side
from poise.model.conditions import differing
from poise.model.contracts import Seen

NAN = float("nan")
MAY_DIFFER = {"target_deg", "trial", "side"}

DEFINES = (
    Definition(
        measure="jps.side_bias", unit="deg", label="Position sense, bias of left − right", decimals=1, sided=False,
        formula="constant error of the left side − that of the right", source="measures.md 4.1",
    ),
)  # fmt: skip


def compare(recordings: Sequence[Seen]) -> tuple[Comparison, ...]:
    """Trials of several recordings taken together, exactly as if they had been one.

    Parameters
    ----------
    recordings
        Of each its id, its conditions and its measurements; those without position sense are passed over.

    Returns
    -------
    comparisons
        One where two or more recordings hold trials; none otherwise. Recordings whose other conditions differ (eyes,
        movement, posture …) are not taken together: the problem says which.
    """
    told = [each for each in recordings if any(m.measure == "jps.constant_error" for m in each[2])]
    if len(told) < 2:
        return ()
    clash = sorted({name for one in told[1:] for name in differing(told[0][1], one[1])} - MAY_DIFFER)
    names = tuple(each[0] for each in told)
    if clash:
        return (Comparison(name="position sense", of=names, varied="trial", problems=(_clash(names, clash),)),)
    made = [m for side in (*SIDES, None) for m in _of_side(told, side)]
    return (Comparison(name="position sense", of=names, varied="trial", measurements=(*made, *_side_bias(made))),)


def _of_side(told: Sequence[Seen], side: Side | None) -> Iterator[Measurement]:
    held = [found for each in told if (found := _errors(each[2], side)) is not None]
    if not held:
        return
    whole = pooled(made for made, _ in held)
    for name, value in named(whole):
        # Each trial's own error was divided by the root of its recording's trials; so is the whole's.
        first = held[0][1]
        single = first.error * first.n**0.5
        yield Measurement(
            measure=f"jps.{name}_error", value=value, unit="deg", side=side, n=whole.n, sd=NAN, start_s=0.0, end_s=0.0,
            valid_fraction=min(m.valid_fraction for _, m in held),
            method=f"{first.method}; trials of {len(held)} recordings", recording=", ".join(each[0] for each in told),
            error=single / whole.n**0.5, error_source=first.error_source,
        )  # fmt: skip


def _errors(measurements: Sequence[Measurement], side: Side | None) -> tuple[Errors, Measurement] | None:
    own = {m.measure: m for m in measurements if m.side == side}
    constant, absolute = own.get("jps.constant_error"), own.get("jps.absolute_error")
    if constant is None or absolute is None:
        return None
    scatter = own["jps.variable_error"].value if "jps.variable_error" in own else 0.0
    made = Errors(absolute=absolute.value, constant=constant.value, variable=scatter, n=constant.n)
    return made, constant


def _side_bias(made: Sequence[Measurement]) -> Iterator[Measurement]:
    bias = {m.side: m for m in made if m.measure == "jps.constant_error"}
    if not {"left", "right"} <= bias.keys():
        return
    left, right = bias["left"], bias["right"]
    yield Measurement(
        measure="jps.side_bias", value=left.value - right.value, unit="deg", side=None, n=min(left.n, right.n), sd=NAN,
        start_s=0.0, end_s=0.0, valid_fraction=min(left.valid_fraction, right.valid_fraction),
        method="constant error, left − right", recording=left.recording,
        error=(left.error**2 + right.error**2) ** 0.5, error_source=left.error_source,
    )  # fmt: skip


def _clash(names: Sequence[str], clash: Sequence[str]) -> Problem:
    return Problem(
        what=f"The trials were not taken together: they differ in {', '.join(clash)}.", where=", ".join(names),
        do="Give only recordings of one test; each was measured by itself.",
    )  # fmt: skip


COMPARE = Compare(name="position_sense_across", defines=DEFINES, compare=compare)

"""Time and distance of walking: the same formulas for every Walk, whatever sensor saw it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from poise.measures.symmetry import FEWEST_FOR_INTERVAL, asymmetry, phase_coordination_index
from poise.measures.walk_values import Values, WalkValues
from poise.model.gait import Bout, Walk
from poise.model.measurement import Definition, Measurement
from poise.model.recording import SIDES, Event, Problem, Recording, Side

Array = NDArray[np.float64]
NAN = float("nan")
BOTH: tuple[Side | None, ...] = ("left", "right", None)

FEWEST_STRIDES_FOR_CV = 10
STEADY_STRIDES_FOR_CV = 30
SLOWEST_FOR_WALK_RATIO_M_S = 1.0

_BASICS = (
    Definition(
        measure="gait.cadence", unit="steps/min", label="Cadence", decimals=0, sided=False,
        formula="120 / mean stride time; 60 / mean step time (two or more) where no whole stride was seen",
        source="measures.md 1.2; Perry & Burnfield 2010",
    ),
    Definition(
        measure="gait.speed", unit="m/s", label="Walking speed", sided=False, better="higher",
        formula="mean over strides of stride length / stride time", source="measures.md 1.2",
    ),
    Definition(
        measure="gait.stride_time", unit="s", label="Stride time",
        formula="initial contact to the next initial contact of the same foot", source="measures.md 1.2",
    ),
    Definition(
        measure="gait.step_time", unit="s", label="Step time",
        formula="initial contact of the other foot to initial contact of this one; named for the foot that lands",
        source="measures.md 1.2",
    ),
    Definition(
        measure="gait.stance_time", unit="s", label="Stance time",
        formula="initial contact to toe-off of the same foot", source="measures.md 1.2",
    ),
    Definition(
        measure="gait.swing_time", unit="s", label="Swing time",
        formula="toe-off to the next initial contact of the same foot", source="measures.md 1.2",
    ),
    Definition(
        measure="gait.double_support_time", unit="s", label="Double support time",
        formula="initial (contact to toe-off of the other foot) + terminal (contact of the other foot to toe-off)",
        source="measures.md 1.2",
    ),
    Definition(
        measure="gait.stance_percent", unit="%", label="Stance phase", decimals=1,
        formula="100 × stance time / stride time, stride by stride", source="measures.md 1.2",
    ),
    Definition(
        measure="gait.double_support_percent", unit="%", label="Double support", decimals=1,
        formula="100 × double support time / stride time, stride by stride", source="measures.md 1.2",
    ),
    Definition(
        measure="gait.stride_length", unit="m", label="Stride length",
        formula="horizontal distance between successive contacts of the same foot (on a treadmill, belt travel added)",
        source="measures.md 1.2; Huxham et al. 2006, Gait Posture 23:159",
    ),
    Definition(
        measure="gait.step_length", unit="m", label="Step length",
        formula="this foot ahead of the other at its contact, along the other foot's stride vector",
        source="measures.md 1.2; Huxham et al. 2006, Gait Posture 23:159",
    ),
    Definition(
        measure="gait.step_width", unit="m", label="Step width",
        formula="distance of this foot from the stride vector of the other foot", source="Huxham et al. 2006",
    ),
)  # fmt: skip

# What an _asymmetry and a _cv are made of. Variability: measures.md 1.3; asymmetry: measures.md 1.4.
_ASYMMETRIC = ("step_time", "stance_time", "swing_time", "step_length")
_VARIABLE = ("stride_time", "step_time", "stance_time", "swing_time", "stride_length", "step_length", "step_width")
_LABEL = {definition.measure.removeprefix("gait."): definition.label for definition in _BASICS}

_ASYMMETRIES = tuple(
    Definition(
        measure=f"gait.{name}_asymmetry", unit="%", label=f"{_LABEL[name]}, left against right",
        formula="Robinson: 100 × (L − R) / (½ (L + R)) of the means; positive = left larger; interval by bootstrap",
        decimals=1, sided=False,
        source="measures.md 1.4; Robinson et al. 1987; Hesterberg 2015",
    )
    for name in _ASYMMETRIC
)  # fmt: skip
_VARIABILITIES = tuple(
    Definition(
        measure=f"gait.{name}_cv", unit="%", label=f"{_LABEL[name]}, variability", decimals=1,
        better="neither" if name == "step_width" else "lower",
        formula="100 × SD within bouts / mean; refused under 10 strides, flagged under 30", source="measures.md 1.3",
    )
    for name in _VARIABLE
)  # fmt: skip
_DERIVED = (
    Definition(
        measure="gait.walk_ratio", unit="mm/(steps/min)", label="Walk ratio", sided=False,
        formula="mean step length / cadence; not given below 1.0 m/s, where it is no longer constant",
        source="measures.md 1.7; Murakami 2017; Bogen 2018",
    ),
    Definition(
        measure="gait.phase_coordination_index", unit="%", label="Phase coordination index", sided=False,
        better="lower", decimals=1, formula="CV(φ) + 100 × mean|φ − 180°| / 180°; needs 10 cycles",
        source="Plotnik et al. 2007, Exp Brain Res 181:561",
    ),
)  # fmt: skip

DEFINES: tuple[Definition, ...] = (*_BASICS, *_ASYMMETRIES, *_VARIABILITIES, *_DERIVED)
_DEFINED = {definition.measure: definition for definition in DEFINES}


@dataclass(frozen=True, kw_only=True)
class MethodError:
    """One standard error of measurement that a method is known to have for a measure, and who found it."""

    error: float
    source: str


@dataclass(frozen=True, kw_only=True, eq=False)
class _Summary:
    """The walk being summarised: what every measurement of it shares."""

    walk: Walk
    values: WalkValues
    recording: str
    errors: Mapping[str, MethodError] = field(default_factory=dict)

    def measurement(
        self, name: str, side: Side | None, value: float, behind: Values, *, sd: float | None = None, **doubt: object
    ) -> Measurement:
        known = self.errors.get(name)
        if known is not None and "error" not in doubt:
            doubt |= {"error": known.error, "error_source": known.source}
        return Measurement(
            measure=name, unit=_DEFINED[name].unit, side=side, value=float(value), n=behind.apart,
            sd=_sd(behind.values) if sd is None else sd,
            start_s=float(behind.start_s.min()), end_s=float(behind.end_s.max()),
            valid_fraction=self.walk.valid_fraction, method=self.walk.method, recording=self.recording,
            **doubt,  # type: ignore[arg-type]
        )  # fmt: skip


def summarise(
    walk: Walk, recording: Recording, *, errors: Mapping[str, MethodError] | None = None
) -> tuple[tuple[Measurement, ...], tuple[Problem, ...]]:
    """Every measure of time and distance that a walk allows.

    Parameters
    ----------
    walk
        Footsteps and strides; what a method could not see is NaN there and leaves no trace here.
    recording
        Where it was seen; only its id and name are used.
    errors
        By measure: what the method's own error of measurement is, where somebody has found one.

    Returns
    -------
    measurements
        Left, right, and side None for what belongs to both feet, or where the method cannot tell the feet apart.
    problems
        What was asked for and could not be given, in plain words.
    """
    where = recording.source or recording.id
    summary = _Summary(walk=walk, values=WalkValues(walk), recording=recording.id, errors=errors or {})
    measurements = tuple(
        chain(_rhythm(summary), _basics(summary), _asymmetries(summary), _variabilities(summary), _derived(summary))
    )
    return measurements, tuple(_problems(summary, where))


def events_of(walk: Walk) -> tuple[Event, ...]:
    """The events of a walk in order of time: every footstep's contact and every toe-off its strides know.

    A stride tells two toe-offs, its own and the other foot's; each is given once.
    """
    found: set[tuple[float, str, Side | None]] = {
        (step.time_s, "initial_contact", step.side) for step in walk.footsteps
    }
    other: dict[Side | None, Side | None] = {"left": "right", "right": "left", None: None}
    for stride in walk.strides:
        found |= {(time_s, "initial_contact", stride.side) for time_s in (stride.start_s, stride.end_s)}
        found.add((stride.toe_off_s, "toe_off", stride.side))
        found.add((stride.opposite_toe_off_s, "toe_off", other[stride.side]))
        found.add((stride.opposite_contact_s, "initial_contact", other[stride.side]))
    ordered = sorted(
        (item for item in found if np.isfinite(item[0])), key=lambda item: (item[0], item[1], item[2] or "")
    )
    return tuple(Event(event=name, side=side, time_s=time_s) for time_s, name, side in ordered)


def _rhythm(summary: _Summary) -> Iterator[Measurement]:
    strides, steps = (summary.values.of(name, "any") for name in ("stride_time", "step_time"))
    if len(strides):
        per_stride = 120.0 / strides.values
        yield summary.measurement("gait.cadence", None, 120.0 / strides.values.mean(), strides, sd=_sd(per_stride))
    elif len(steps) > 1:
        yield summary.measurement("gait.cadence", None, 60.0 / steps.values.mean(), steps, sd=_sd(60.0 / steps.values))
    speeds = summary.values.of("speed", "any")
    if len(speeds):
        yield summary.measurement("gait.speed", None, speeds.values.mean(), speeds)


def _basics(summary: _Summary) -> Iterator[Measurement]:
    for name in (*WalkValues.OF_STRIDES, *WalkValues.OF_STEPS):
        for side in BOTH:
            behind = summary.values.of(name, side)
            if len(behind):
                yield summary.measurement(f"gait.{name}", side, behind.values.mean(), behind)


def _asymmetries(summary: _Summary) -> Iterator[Measurement]:
    for name in _ASYMMETRIC:
        left, right = (summary.values.of(name, side) for side in SIDES)
        if min(len(left), len(right)) < FEWEST_FOR_INTERVAL:
            continue
        found = asymmetry(left.values, right.values)
        if np.isfinite(found.percent):
            fewer = min(left, right, key=len)
            yield summary.measurement(
                f"gait.{name}_asymmetry", None, found.percent, fewer, sd=NAN, low=found.low, high=found.high,
                error=found.error, error_source="bootstrap over strides (measures.md 1.4)",
            )  # fmt: skip


def _variabilities(summary: _Summary) -> Iterator[Measurement]:
    for name in _VARIABLE:
        for side in BOTH:
            behind = summary.values.of(name, side)
            percent = variation_percent(behind, summary.walk.bouts)
            if np.isfinite(percent):
                yield summary.measurement(f"gait.{name}_cv", side, percent, behind, sd=NAN)


def variation_percent(values: Values, bouts: tuple[Bout, ...]) -> float:
    """Coefficient of variation, %, of the spread within bouts; NaN under ten values.

    A person who walks one pass faster than the next is not unsteady for that, so each bout is taken about its own
    mean; with one bout this is the plain 100 · SD / mean.
    """
    if len(values) < FEWEST_STRIDES_FOR_CV or not values.values.mean() > 0:
        return NAN
    bout = np.searchsorted([bout.start_s for bout in bouts], values.end_s, side="left")
    _, bout = np.unique(bout, return_inverse=True)
    count = np.bincount(bout)
    deviation = values.values - (np.bincount(bout, values.values) / count)[bout]
    freedom = len(values) - len(count)
    return float(100.0 * np.sqrt(np.sum(deviation**2) / freedom) / values.values.mean()) if freedom > 0 else NAN


def _derived(summary: _Summary) -> Iterator[Measurement]:
    lengths, strides, speeds = (summary.values.of(name, "any") for name in ("step_length", "stride_time", "speed"))
    if len(lengths) and len(speeds) and speeds.values.mean() >= SLOWEST_FOR_WALK_RATIO_M_S:
        value = walk_ratio(float(lengths.values.mean()), 120.0 / float(strides.values.mean()))
        yield summary.measurement("gait.walk_ratio", None, value, lengths, sd=NAN)
    percent, behind = _phase_coordination(summary.values)
    if np.isfinite(percent):
        yield summary.measurement("gait.phase_coordination_index", None, percent, behind, sd=NAN)


def walk_ratio(step_length_m: float, cadence_steps_min: float) -> float:
    """Step length over cadence, mm per step/min."""
    return 1000.0 * step_length_m / cadence_steps_min


def _phase_coordination(values: WalkValues) -> tuple[float, Values]:
    left, right = (values.of("swing_time", side) for side in SIDES)
    if min(len(left), len(right)) < FEWEST_STRIDES_FOR_CV:
        return NAN, left
    longer: Side = "left" if left.values.mean() >= right.values.mean() else "right"
    landed = values.of("opposite_contact", longer)
    if len(landed) < FEWEST_STRIDES_FOR_CV:
        return NAN, landed
    # Each cycle is set end to end with the next, so that the gaps between bouts do not count as cycles.
    starts_s = np.concatenate(([0.0], np.cumsum(landed.end_s - landed.start_s)))
    return phase_coordination_index(starts_s, starts_s[:-1] + landed.values), landed


def backwards_problem(walk: Walk, where: str) -> Problem | None:
    """That somebody walked backwards; None where nobody did."""
    if not walk.backwards:
        return None
    seconds = sum(bout.end_s - bout.start_s for bout in walk.backwards)
    return Problem(
        what=f"The person walks backwards for {seconds:.1f} s: that is left out, since all that is known of walking "
        "is known of walking forwards.",
        where=where, do="Record a walk forwards; if it was one, check which markers are heel and toe, and the clock.",
    )  # fmt: skip


def _implausible_problem(walk: Walk, where: str) -> Problem:
    return Problem(
        what=f"{len(walk.implausible)} strides were left out because nobody walks like that: faster than 2.2 m/s or "
        "173 steps/min, or in strides longer than 2.2 m; or all along slower than 0.08 m/s or 40 steps/min, or in "
        "strides shorter than 0.15 m.",
        where=where, do="Check the sampling rate and the unit of length; running and stepping in place are not judged.",
    )  # fmt: skip


def _problems(summary: _Summary, where: str) -> Iterator[Problem]:
    walk = summary.walk
    turned_round = backwards_problem(walk, where)
    if turned_round is not None:
        yield turned_round
    if walk.implausible:
        yield _implausible_problem(walk, where)
    broken = walk.dropped - len(walk.implausible)
    if walk.implausible and not walk.strides:
        return
    if not walk.strides:
        yield Problem(
            what="No whole stride was seen, so most measures of walking cannot be given.",
            where=where, do="Record at least two contacts of the same foot in a row, better ten strides.",
        )  # fmt: skip
        return
    if broken > 0:
        yield Problem(
            what=f"{broken} of {walk.dropped + len(walk.strides)} strides were left out: "
            "their events were out of order or too unlike walking.",
            where=where, do="Look at the events on the signal; a trip, a turn or a lost marker does this.",
        )  # fmt: skip
    yield from _variability_problems(summary.values, where)
    speeds = summary.values.of("speed", "any").values
    if len(speeds) and speeds.mean() < SLOWEST_FOR_WALK_RATIO_M_S:
        yield Problem(
            what=f"The walk ratio is not given at {speeds.mean():.2f} m/s: below 1.0 m/s it cannot be interpreted.",
            where=where, do="Nothing to do for a slow walker; otherwise record a walk at a brisker pace.",
        )  # fmt: skip


def _variability_problems(values: WalkValues, where: str) -> Iterator[Problem]:
    counts = {side: len(values.of("stride_time", side)) for side in BOTH}
    listed = ", ".join(f"{count} {side or 'strides of either foot'}" for side, count in counts.items() if count)
    fewest = min(count for count in counts.values() if count)
    if fewest < FEWEST_STRIDES_FOR_CV:
        yield Problem(
            what=f"Variability from stride to stride is not given under 10 strides a side (seen: {listed}).",
            where=where, do="Record a longer walk: 30 strides a side or more make it steady.",
        )  # fmt: skip
    elif fewest < STEADY_STRIDES_FOR_CV:
        yield Problem(
            what=f"Variability from stride to stride rests on few strides ({listed}); it is steady from about 30.",
            where=where, do="Read the variability with care, or record a longer walk.",
        )  # fmt: skip


def _sd(values: Array) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else NAN

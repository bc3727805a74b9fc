"""Norms of walking matched to age, sex and speed: bands for numbers, curves for the cycle.

"A slow walker is not a stiff-knee walker": curves are chosen by the non-dimensional speed, speed / √(g · leg length).
What is not known of the person makes the reference wider, and it says so; nobody is taken for an adult man in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

from poise.knowledge.facts import Facts
from poise.knowledge.reading import Entry, Faults, table_entries
from poise.knowledge.sources import Citation
from poise.model.assessment import Band
from poise.model.finding import Feature, Reference
from poise.model.person import Person
from poise.signals import GRAVITY_M_S2

Array = NDArray[np.float64]

CLASSES = ("very_slow", "slow", "free", "fast", "very_fast")
CLASS_BOUNDS = (0.227, 0.363, 0.500, 0.636)
"""Non-dimensional speed where one class ends and the next begins (src_schwartz_classes; from memory)."""
FASTEST_WALK = 0.5**0.5
"""Non-dimensional speed above which people run: Froude number 0.5, at which they change over whatever the gravity
(Kram, Domingo & Ferris 1997, J Exp Biol 200:821). The class very_fast ends here."""
ADULT_YEARS = 18.0
YOUNGEST_IN_CURVES_YEARS = 4.0
SDS = 2.0
PERCENT = np.arange(0.0, 101.0, 2.0)
# Leg length where nobody measured it: a share of body height that spans the usual regressions, or what people have.
LEG_OF_HEIGHT = (0.50, 0.54)
ADULT_LEG_M = (0.75, 1.00)
ANY_LEG_M = (0.50, 1.00)
PEOPLE = {
    "children": "typically developing children and adolescents, 4 to 17 years, barefoot",
    "adults": "healthy adults on a treadmill at 1.26 m/s",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class CurveRow:
    """One curve of one population in one speed class: mean and SD at every second percent, shape (51,)."""

    people: str
    speed_class: str
    curve: str
    n: int
    mean: Array
    sd: Array
    citation: str


@dataclass(frozen=True, kw_only=True)
class NumberRow:
    """Mean and SD of one number, for an age span, a sex, a speed or a speed class; NaN speed where for any."""

    measure: str
    mean: float
    sd: float
    n: int | None
    citation: str
    youngest_years: float = 0.0
    oldest_years: float = 200.0
    sex: str = "both"
    speed_m_s: float = float("nan")
    speed_sd_m_s: float = 0.0
    speed_class: str = ""
    of_leg_length: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Norms:
    """Every table of norms."""

    curves: tuple[CurveRow, ...]
    by_age: tuple[NumberRow, ...]
    by_speed: tuple[NumberRow, ...]
    by_class: tuple[NumberRow, ...]


@dataclass(frozen=True, kw_only=True)
class Walker:
    """What decides which norms fit: age, sex, speed and the leg lengths that are possible; None where not known."""

    age_years: float | None
    sex: str | None
    speed_m_s: float | None
    leg_m: tuple[float, float]
    leg_is_known: bool

    @property
    def may_be_adult(self) -> bool:
        """Whether adults' norms may be used."""
        return self.age_years is None or self.age_years >= ADULT_YEARS

    @property
    def runs(self) -> bool:
        """Whether even the longest leg that is possible would be too short to walk at this speed."""
        return self.speed_m_s is not None and non_dimensional_speed(self.speed_m_s, self.leg_m[1]) > FASTEST_WALK

    @property
    def classes(self) -> tuple[str, ...]:
        """Every speed class that is possible; all of them where the speed is not known, none where nobody walks so."""
        if self.speed_m_s is None:
            return CLASSES
        if self.runs:
            return ()
        slowest, fastest = (speed_class(self.speed_m_s, leg) for leg in (self.leg_m[1], self.leg_m[0]))
        return CLASSES[CLASSES.index(slowest) : CLASSES.index(fastest) + 1]


def non_dimensional_speed(speed_m_s: float, leg_length_m: float) -> float:
    """Speed / √(g · leg length), the root of the Froude number: walkers of any size with the same value move alike."""
    return speed_m_s / float(np.sqrt(GRAVITY_M_S2 * leg_length_m))


def speed_class(speed_m_s: float, leg_length_m: float) -> str:
    """``very_slow`` to ``very_fast``, up to `FASTEST_WALK`; a speed on a bound belongs to the faster class."""
    return CLASSES[int(np.searchsorted(CLASS_BOUNDS, non_dimensional_speed(speed_m_s, leg_length_m), side="right"))]


def walker(person: Person, speed_m_s: float | None, age_years: float | None) -> Walker:
    """The person as the norms see them."""
    speed = None if speed_m_s is None or not np.isfinite(speed_m_s) or speed_m_s <= 0 else float(speed_m_s)
    return Walker(
        age_years=age_years, sex=person.sex, speed_m_s=speed, leg_m=_leg_m(person, age_years),
        leg_is_known=person.leg_length_m is not None,
    )  # fmt: skip


def _leg_m(person: Person, age_years: float | None) -> tuple[float, float]:
    if person.leg_length_m is not None and person.leg_length_m > 0:
        return person.leg_length_m, person.leg_length_m
    if person.height_m is not None and person.height_m > 0:
        return LEG_OF_HEIGHT[0] * person.height_m, LEG_OF_HEIGHT[1] * person.height_m
    return ADULT_LEG_M if age_years is not None and age_years >= ADULT_YEARS else ANY_LEG_M


def references(norms: Norms, facts: Facts, who: Walker) -> tuple[Reference, ...]:
    """Every norm of one measure that fits this walker; empty where none does."""
    found = [_from_curves(norms, facts, who), _by_age(norms, facts, who)]
    found += [_by_speed(norms, facts, who), _by_class(norms, facts, who)]
    return tuple(reference for reference in found if reference is not None)


def curves(norms: Norms, who: Walker) -> dict[str, Band]:
    """Norm curves over 0 to 100 % in 101 points, by curve name.

    Where more than one table fits, the band is their mixture, each with the same weight: the difference between
    laboratories then lies inside the band and does not look like a person's fault.
    """
    fitting = _fitting(norms.curves, who)
    return {name: _mixture([row for row in fitting if row.curve == name]) for name in {row.curve for row in fitting}}


def _fitting(rows: Iterable[CurveRow], who: Walker) -> list[CurveRow]:
    if who.age_years is not None and who.age_years < YOUNGEST_IN_CURVES_YEARS:
        return []
    return [row for row in rows if row.speed_class in who.classes and (row.people == "children" or who.may_be_adult)]


def _mixture(rows: Sequence[CurveRow]) -> Band:
    means, sds = np.array([row.mean for row in rows]), np.array([row.sd for row in rows])
    mean, sd = means.mean(axis=0), np.sqrt((sds**2).mean(axis=0) + means.var(axis=0))
    every = np.arange(101.0)
    return Band(
        mean=tuple(np.interp(every, PERCENT, mean).tolist()), sd=tuple(np.interp(every, PERCENT, sd).tolist()),
        population=_population(rows), citation=_citations(rows),
    )  # fmt: skip


def _population(rows: Sequence[CurveRow]) -> str:
    told = []
    for people in sorted({row.people for row in rows}, reverse=True):
        of_these = [row for row in rows if row.people == people]
        classes = [name.replace("_", " ") for name in CLASSES if name in {row.speed_class for row in of_these}]
        pace = f", {' or '.join(classes) if len(classes) < 3 else classes[0] + ' to ' + classes[-1]} speed"
        count = f"n {min(row.n for row in of_these)}"
        told.append(f"{PEOPLE[people]}{pace if people == 'children' else ''} ({count})")
    return "; ".join(told)


def _citations(rows: Iterable[CurveRow | NumberRow]) -> str:
    return "; ".join(dict.fromkeys(row.citation for row in rows))


def _from_curves(norms: Norms, facts: Facts, who: Walker) -> Reference | None:
    if not facts.judged_by_curves or facts.feature is None:
        return None
    rows = [row for row in _fitting(norms.curves, who) if row.curve == facts.feature.curve]
    if not rows:
        return None
    read = [_read(row, facts.feature) for row in rows]
    low, high = min(mean - SDS * sd for mean, sd in read), max(mean + SDS * sd for mean, sd in read)
    mean, sd = read[0] if len(read) == 1 else (None, None)
    return Reference(
        measure=facts.measure, unit=facts.unit, low=low, high=high, mean=mean, sd=sd, n=min(row.n for row in rows),
        population=_population(rows), citation=_citations(rows), evidence="verified", note=_note(rows, who),
        who="people walking at this speed" if who.speed_m_s is not None else "people walking at any speed",
    )  # fmt: skip


def _read(row: CurveRow, feature: Feature) -> tuple[float, float]:
    """The feature of the mean curve, and the SD at that point (their mean over the span of a mean)."""
    inside = (feature.start_percent <= PERCENT) & (feature.end_percent >= PERCENT)
    mean, sd = row.mean[inside], row.sd[inside]
    if feature.take == "mean":
        return float(mean.mean()), float(sd.mean())
    at = int(mean.argmax() if feature.take == "max" else mean.argmin())
    return float(mean[at]), float(sd[at])


def _note(rows: Sequence[CurveRow], who: Walker) -> str:
    notes = []
    if who.age_years is None:
        notes.append("Age not known: the reference spans children and adults where both were measured.")
    elif who.age_years >= ADULT_YEARS and all(row.people == "children" for row in rows):
        notes.append("Children's curves: the only ones by speed; adults differ by a few degrees.")
    if who.speed_m_s is None:
        notes.append("Speed not known: the reference spans all speeds.")
    elif not who.leg_is_known and len(who.classes) > 1:
        notes.append("Leg length not known: the reference spans every speed class it could be.")
    return " ".join(notes)


def _by_age(norms: Norms, facts: Facts, who: Walker) -> Reference | None:
    rows = [row for row in norms.by_age if row.measure == facts.measure and _same_people(row, who)]
    if not rows:
        return None
    lacking = [word for word, known in (("age", who.age_years), ("sex", who.sex)) if known is None]
    note = (
        f"{' and '.join(lacking).capitalize()} not known: the reference spans everybody it could be." if lacking else ""
    )
    found = _union(rows, facts, who=_called(rows, who), note=note)
    return replace(found, matched=who.age_years is not None)


def _same_people(row: NumberRow, who: Walker) -> bool:
    # An age of 69.6 years is "69": the tables count completed years. Infants' tables are not for the unknown.
    right_age = row.youngest_years >= 5 if who.age_years is None else (
        row.youngest_years <= np.floor(who.age_years) <= row.oldest_years
    )  # fmt: skip
    return bool(right_age) and (row.sex == "both" or who.sex is None or row.sex == who.sex)


def _called(rows: Sequence[NumberRow], who: Walker) -> str:
    young, old = min(row.youngest_years for row in rows), max(row.oldest_years for row in rows)
    one_sex = young >= ADULT_YEARS and all(row.sex == who.sex for row in rows)
    grown = {"f": "women", "m": "men"}.get(who.sex or "", "people") if one_sex else "people"
    return f"{grown} aged {young:.0f}" if young == old else f"{grown} aged {young:.0f} to {old:.0f}"


def _by_speed(norms: Norms, facts: Facts, who: Walker) -> Reference | None:
    if who.speed_m_s is None or not who.may_be_adult:
        return None
    rows = [row for row in norms.by_speed if row.measure == facts.measure]
    sets = {(row.youngest_years, row.oldest_years) for row in rows}
    if who.age_years is not None and rows:
        nearest = min(sets, key=lambda span: _years_outside(span, who.age_years or 0.0))
        sets = {nearest}
    at = [_at_speed([row for row in rows if (row.youngest_years, row.oldest_years) == span], who) for span in sets]
    found = [row for row in at if row is not None]
    return _union(found, facts, who="adults walking at this speed") if found else None


def _years_outside(span: tuple[float, float], age_years: float) -> float:
    return max(span[0] - age_years, age_years - span[1], 0.0)


def _at_speed(rows: Sequence[NumberRow], who: Walker) -> NumberRow | None:
    """The row between two measured speeds; None farther outside them than the people of the last row spread."""
    ordered = sorted(rows, key=lambda row: row.speed_m_s)
    speeds = [row.speed_m_s for row in ordered]
    speed, slack = who.speed_m_s, (ordered[0].speed_sd_m_s, ordered[-1].speed_sd_m_s)
    if speed is None or not speeds[0] - slack[0] <= speed <= speeds[-1] + slack[1]:
        return None
    mean, sd = (float(np.interp(speed, speeds, [getattr(row, name) for row in ordered])) for name in ("mean", "sd"))
    first = ordered[0]
    return NumberRow(
        measure=first.measure, mean=mean, sd=sd, n=first.n, citation=first.citation,
        youngest_years=first.youngest_years, oldest_years=first.oldest_years, speed_m_s=speed,
    )  # fmt: skip


def _by_class(norms: Norms, facts: Facts, who: Walker) -> Reference | None:
    if who.speed_m_s is None or (who.age_years is not None and who.age_years < YOUNGEST_IN_CURVES_YEARS):
        return None
    rows = [row for row in norms.by_class if row.measure == facts.measure and row.speed_class in who.classes]
    lengths = {row.of_leg_length for row in rows}
    if not rows or (lengths == {True} and not who.leg_is_known):
        return None
    scale = who.leg_m[0] if lengths == {True} else 1.0
    found = _union(rows, facts, who="people walking at this speed", scale=scale)
    return replace(found, population=PEOPLE["children"])


def _union(rows: Sequence[NumberRow], facts: Facts, *, who: str, note: str = "", scale: float = 1.0) -> Reference:
    low = min(row.mean - SDS * row.sd for row in rows) * scale
    high = max(row.mean + SDS * row.sd for row in rows) * scale
    one = rows[0] if len(rows) == 1 else None
    counts = [row.n for row in rows if row.n is not None]
    return Reference(
        measure=facts.measure, unit=facts.unit, low=max(low, 0.0), high=high,
        mean=one.mean * scale if one else None, sd=one.sd * scale if one else None, n=min(counts) if counts else None,
        population=f"healthy {who}", citation=_citations(rows), evidence="verified", who=who, note=note,
    )  # fmt: skip


def read_norms(
    folder: Traversable, sources: Mapping[str, Citation], facts: Mapping[str, Facts], faults: Faults
) -> Norms:
    """All tables of norms; faults are noted, not raised."""

    def numbers(name: str) -> tuple[NumberRow, ...]:
        return tuple(_number_row(entry, sources, facts) for entry in table_entries(folder, name, faults))

    return Norms(
        curves=_curve_rows(table_entries(folder, "curves.csv", faults), sources),
        by_age=numbers("by_age.csv"), by_speed=numbers("by_speed.csv"), by_class=numbers("by_speed_class.csv"),
    )  # fmt: skip


def _number_row(entry: Entry, sources: Mapping[str, Citation], facts: Mapping[str, Facts]) -> NumberRow:
    measure, unit = entry.text("measure"), entry.text("unit")
    if measure not in facts:
        entry.fault(f"measure '{measure}' is not in measures.yaml")
    elif unit not in ("", "leg_length", facts[measure].unit):
        entry.fault(f"{measure} is given in '{unit}', not in {facts[measure].unit}")
    if entry.text("speed_class"):
        entry.one_of("speed_class", CLASSES)
    if not entry.number("sd") > 0:
        entry.fault("'sd' must be above 0")
    count = entry.text("n")
    return NumberRow(
        measure=measure, mean=entry.number("mean"), sd=entry.number("sd"), n=int(count) if count else None,
        citation=_title(entry, sources), youngest_years=entry.number("youngest_years", 0.0),
        oldest_years=entry.number("oldest_years", 200.0), sex=entry.one_of("sex", ("both", "f", "m"), "both"),
        speed_m_s=entry.number("speed_m_s"), speed_sd_m_s=entry.number("speed_sd_m_s", 0.0),
        speed_class=entry.text("speed_class"), of_leg_length=unit == "leg_length",
    )  # fmt: skip


def _curve_rows(entries: Iterable[Entry], sources: Mapping[str, Citation]) -> tuple[CurveRow, ...]:
    """Pairs of lines, mean and then SD, as one row each."""
    rows, waiting = [], {}
    for entry in entries:
        key = tuple(entry.text(name) for name in ("source", "people", "speed_class", "curve"))
        entry.one_of("people", PEOPLE)
        entry.one_of("speed_class", CLASSES)
        values = np.array([entry.number(f"p{percent:.0f}") for percent in PERCENT])
        if not np.isfinite(values).all():
            entry.fault("a point of the curve is missing")
        if entry.text("stat") == "mean":
            waiting[key] = values
        elif key not in waiting:
            entry.fault("an SD without its mean before it")
        else:
            rows.append(CurveRow(
                people=key[1], speed_class=key[2], curve=key[3], n=int(entry.number("n", 0)), mean=waiting.pop(key),
                sd=values, citation=_title(entry, sources),
            ))  # fmt: skip
    return tuple(rows)


def _title(entry: Entry, sources: Mapping[str, Citation]) -> str:
    source = sources.get(entry.text("source"))
    if source is None:
        entry.fault(f"source '{entry.text('source')}' is not in sources.yaml: no number without a citation")
    return source.title if source else ""

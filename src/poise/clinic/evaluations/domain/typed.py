"""Typed numbers: read off a tape, a timer, a goniometer, written down, corrected; and the findings they raise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.drafts.domain.versions import save_if_unchanged
from poise.clinic.evaluations.domain import battery
from poise.clinic.evaluations.domain.evaluations import hold_open
from poise.clinic.evaluations.domain.faults import AlreadyCorrected, NeedsReason, NotTyped
from poise.clinic.evaluations.domain.typed_findings import refresh
from poise.clinic.evaluations.models import Evaluation, Measurement, PlannedTest
from poise.knowledge.clinical import library

ACTIVE, PASSIVE = "active", "passive"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What was typed for one measure and side: every attempt, and what it was read off.

    `measure` may name a motion (``active.knee_flexion``, ``passive.knee_flexion``) or a raw number of a pair
    (``m_lsi_strength``, side left).
    """

    measure: str
    side: str
    attempts: tuple[float, ...]
    instrument: str = ""


def reckoned(typing: battery.Typing | None, attempts: Sequence[float]) -> float:
    """The attempt that counts, or their mean.

    >>> reckoned(None, [4.0])
    4.0
    """
    take = typing.take if typing else "highest"
    if take == "mean":
        return math.fsum(attempts) / len(attempts)
    if take == "lowest":
        return min(attempts)
    return max(attempts) if take == "highest" else attempts[-1]


def record(by: Actor, planned: PlannedTest, entries: Iterable[Entry], *, seen_version: int) -> list[Measurement]:
    """Writes typed numbers down, reckons what follows from them, and looks for findings; the test is done then.

    A number of the same measure and side that stands already is not overwritten: the new one takes its place, and the
    old one says so.

    Raises
    ------
    NotTyped, Closed, Blocked, ChangedMeanwhile
        Nothing was written.
    """
    with transaction.atomic():
        hold_open(planned.evaluation)
        planned.state, planned.reason = PlannedTest.State.DONE, ""
        save_if_unchanged(planned, seen_version=seen_version, fields=["state", "reason"])
        rows = [row for entry in entries if entry.attempts for row in _rows(by, planned, entry)]
        _replace(rows, planned, because=_("typed anew"))
        derived = _derived(by, planned)
        _replace(derived, planned, because=_("reckoned anew"))
        refresh(by, planned.evaluation)
        chain.record(by, "evaluation.measure", patient_id=planned.evaluation.patient_id, what="test",
                     what_id=planned.pk, detail={"measures": sorted({row.measure for row in rows})})  # fmt: skip
    return rows


def correct(by: Actor, wrong: Measurement, *, attempts: Sequence[float], reason: str) -> Measurement:
    """Puts a typed number right: the wrong one stays, marked, with the reason; another takes its place.

    Raises
    ------
    NeedsReason, AlreadyCorrected, Closed, Blocked
        Nothing was written.
    """
    planned = wrong.test
    assert planned is not None, "only typed numbers are corrected, and they are of a test"
    if not reason.strip():
        raise NeedsReason(_("Say what was wrong."))
    with transaction.atomic():
        hold_open(planned.evaluation)
        if not Measurement.objects.filter(pk=wrong.pk, corrected_at=None).exists():
            raise AlreadyCorrected(_("A colleague has put this number right meanwhile."), do=_("Look at it again."))
        right = Measurement(
            patient_id=wrong.patient_id, evaluation_id=wrong.evaluation_id, test=planned, measure=wrong.measure,
            side=wrong.side, value=reckoned(battery.typing_of(wrong.measure), attempts), unit=wrong.unit,
            n=len(attempts), method=wrong.method, instrument=wrong.instrument, taken_at=wrong.taken_at,
            typed_by_id=by.user_id, label=wrong.label, error=wrong.error, attempts=list(attempts),
        )  # fmt: skip
        _replace([right], planned, because=reason[:300])
        _replace(_derived(by, planned), planned, because=_("reckoned anew"))
        refresh(by, planned.evaluation)
        chain.record(by, "evaluation.measure", patient_id=planned.evaluation.patient_id, what="measurement",
                     what_id=right.pk, detail={"corrected": wrong.measure})  # fmt: skip
    return right


def standing(evaluation: Evaluation) -> list[Measurement]:
    """The typed numbers of an evaluation that count."""
    return list(evaluation.measurements.filter(analysis=None, corrected_at=None).order_by("measure", "side"))


def _replace(rows: Sequence[Measurement], planned: PlannedTest, *, because: str) -> None:
    """Saves rows in place of those of the same measure and side; a number that is the same again is left alone."""
    for row in rows:
        same = Measurement.objects.filter(
            test=planned, measure=row.measure, side=row.side, analysis=None, corrected_at=None
        )
        if any(each.value == row.value and each.attempts == row.attempts for each in same):
            continue
        same.update(corrected_at=timezone.now(), corrected_because=because)
        row.save(force_insert=True)


def _rows(by: Actor, planned: PlannedTest, entry: Entry) -> list[Measurement]:
    kind, _dot, motion_id = entry.measure.partition(".")
    motion = battery.motion(motion_id)
    if motion is not None:
        measure = "m_passive_rom" if kind == PASSIVE else (motion.active or "m_active_rom")
        name = measure if motion.active and kind == ACTIVE else f"{measure}.{motion.id}"
        return [_row(by, planned, entry, measure=name, unit="deg", label=f"{motion.name.en}, {kind}", typing=None)]
    typing = battery.typing_of(entry.measure)
    if typing is None:
        raise NotTyped(_("This is no number that is typed."), found=entry.measure[:80])
    raw = typing.kind == "pair"
    return [
        _row(
            by, planned, entry, measure=f"{typing.measure}.raw" if raw else typing.measure,
            unit=typing.raw_unit if raw else typing.unit, label=typing.name.en, typing=typing,
        )
    ]  # fmt: skip


def _row(
    by: Actor, planned: PlannedTest, entry: Entry, *, measure: str, unit: str, label: str, typing: battery.Typing | None
) -> Measurement:
    known = library().measures.get(measure)
    return Measurement(
        patient_id=planned.evaluation.patient_id, evaluation=planned.evaluation, test=planned, measure=measure,
        side="" if entry.side == "none" else entry.side, value=reckoned(typing, entry.attempts), unit=unit,
        n=len(entry.attempts), method="typed", instrument=entry.instrument, taken_at=timezone.now(),
        typed_by_id=by.user_id, label=label, error=known.err if known else None, attempts=list(entry.attempts),
    )  # fmt: skip


def _derived(by: Actor, planned: PlannedTest) -> list[Measurement]:
    """What follows from a test's typed numbers: the deficit and the lag of motions, symmetry of pairs and times."""
    held = {
        (row.measure, row.side): row
        for row in planned.measurements.filter(analysis=None, corrected_at=None).exclude(method="reckoned")
    }
    affected = planned.evaluation.episode.side
    made = [*_of_motions(held, affected), *_of_pairs(held, affected)]
    return [
        Measurement(
            patient_id=planned.evaluation.patient_id, evaluation=planned.evaluation, test=planned, measure=measure,
            side=side, value=round(value, 3), unit=unit, method="reckoned", instrument=source.instrument,
            taken_at=source.taken_at, typed_by_id=by.user_id, label=label,
            error=_error(measure),
        )
        for measure, side, value, unit, label, source in made
    ]  # fmt: skip


def _error(measure: str) -> float | None:
    known = library().measures.get(measure.partition(".")[0])
    return known.err if known else None


Derived = tuple[str, str, float, str, str, Measurement]


def _of_motions(held: Mapping[tuple[str, str], Measurement], affected: str) -> list[Derived]:
    made: list[Derived] = []
    for motion in battery.motions_of("test_rom"):
        active = {s: held.get((motion.active or f"m_active_rom.{motion.id}", s)) for s in ("left", "right")}
        passive = {s: held.get((f"m_passive_rom.{motion.id}", s)) for s in ("left", "right")}
        for side in ("left", "right"):
            able, given = active[side], passive[side]
            if able and given:
                label = f"{motion.name.en}, passive − active"
                made.append((f"m_active_lag.{motion.id}", side, given.value - able.value, "deg", label, given))
        other = {"left": "right", "right": "left"}.get(affected)
        sound, weak = active.get(other or ""), active.get(affected)
        if sound and weak:
            label = f"{motion.name.en}, less than the other side"
            made.append((f"m_rom_deficit.{motion.id}", affected, sound.value - weak.value, "deg", label, weak))
    return made


def _of_pairs(held: Mapping[tuple[str, str], Measurement], affected: str) -> list[Derived]:
    """Limb symmetry (affected over sound) and the asymmetry of standing on one leg; none without an affected side."""
    other = {"left": "right", "right": "left"}.get(affected)
    if other is None:
        return []
    made: list[Derived] = []
    for raw, measure in (("m_lsi_strength.raw", "m_lsi_strength"), ("m_lsi_hop.raw", "m_lsi_hop")):
        weak, sound = held.get((raw, affected)), held.get((raw, other))
        if weak and sound and sound.value > 0:
            name = library().measures[measure].name.en
            made.append((measure, affected, 100 * weak.value / sound.value, "pct", name, weak))
    weak, sound = held.get(("m_sls_time", affected)), held.get(("m_sls_time", other))
    if weak and sound and sound.value > 0:
        share = 100 * (sound.value - weak.value) / sound.value
        made.append(("m_sls_asym", affected, share, "pct", library().measures["m_sls_asym"].name.en, weak))
    return made

"""A Comparison: what only several recordings of one person can show."""

from __future__ import annotations

from dataclasses import dataclass

from poise.model.finding import Finding
from poise.model.measurement import Measurement
from poise.model.recording import Problem


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Numbers made from several recordings of one run: a Romberg quotient, a dual-task cost, a firing order.

    `of` names the recordings by id; `name` says what was compared, `varied` the condition that was changed on purpose
    (``eyes``). What differed without being asked for is a problem, or there is no number. `subject` is the code of the
    person, empty where the file gives none.
    """

    name: str
    of: tuple[str, ...]
    varied: str
    measurements: tuple[Measurement, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    subject: str = ""

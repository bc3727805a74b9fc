"""Findings of a recording: every rule held against what was measured, and a list of what could not be judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from poise.findings.asked import asked
from poise.findings.concrete import concrete, not_for, silent
from poise.findings.confidence import CAP_OF_SUPPORT, confidence, share_past
from poise.findings.faults import faults_found
from poise.findings.limits import Boundary, boundary
from poise.findings.sentences import few, sentence, sentence_of_change, several
from poise.findings.sets import within_one_set
from poise.findings.subjects import OTHER, Subject, stride_values, subjects
from poise.model.finding import MDC95, Condition, Finding, Reference, References, Rule, Severity
from poise.model.measurement import Curve, Measurement, method_name
from poise.model.person import Person
from poise.model.recording import SIDES, Problem, Side
from poise.model.repetition import Repetition

LEAST_VALID = 0.5
"""Less of the signal than this is no view of the movement (design); between this and all, confidence is lowered."""

STEADY_PACE = 0.25
"""Largest spread of stride speed, as a share of its mean, that norms of steady walking are for (design; steady walkers
spread by about a tenth)."""
ROUNDING = 1e-9
"""Two numbers nearer than this are the same: no finding hangs on the last bit."""


def find(
    measurements: Sequence[Measurement],
    curves: Sequence[Curve],
    rules: Sequence[Rule],
    references: References,
    person: Person,
    *,
    earlier: Sequence[Measurement] | None = None,
    problems: Sequence[Problem] = (),
    repetitions: Sequence[Repetition] = (),
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """What is off in a recording, and what could not be judged.

    Parameters
    ----------
    measurements, curves
        What was measured.
    rules, references
        What it is judged by, from `poise.knowledge`: ``rules(task)`` and ``references(measures, person, speed, ...)``.
    person
        Leg length, where a threshold is a share of it.
    earlier
        The same person's earlier measurements; None where there are none. What another method measured then is not
        compared: two methods differ by more than either repeats itself.
    problems
        The doubts of the recording; one that names a side caps the confidence of its findings at one half.
    repetitions
        The repetitions with the parts of their quality: what the exercise asked for is what they are judged by, where
        somebody named the exercise (condition ``exercise``).

    Returns
    -------
    findings
        Major ones first, then the surest. Each is a suggestion that a clinician accepts or rejects, not a diagnosis.
    unseen
        One sentence for each rule that could not be judged, with the reason.

    Notes
    -----
    A deviation within one standard error of measurement is not a finding. With five strides or more it must exceed
    the error in 60 % of them; with fewer it is told with less confidence. A side difference must leave zero outside
    its 95 % interval where three strides a side allow one. What is missing or not finite is unseen, never a finding.
    It fails where the reference does not fit the person (children's curves for adults: see each reference's note) and
    where a systematic error of the method is larger than its stated error of measurement.
    """
    # An exercise that was only supposed, since the movement looks like it, asked nothing of anybody.
    practised = tuple(repetitions) if "exercise" in references.conditions else ()
    judged, several_sets = within_one_set(measurements, repetitions)
    judge = _Judge(
        measurements=judged, curves=tuple(curves), references=asked(references, measurements, practised),
        leg_length_m=references.leg_length_m or person.leg_length_m, earlier=tuple(earlier or ()),
        doubted={each.side: each.what for each in problems if each.side is not None},
    )  # fmt: skip
    findings, unseen = [], [*judge.not_compared(rules), *several_sets]
    for rule in rules:
        found, reason = judge.rule(rule)
        findings += found
        unseen += [f"{rule.name}: {reason}"] if reason else []
    findings += faults_found(practised, judge.measurements)
    order = {"major": 0, "minor": 1}
    findings.sort(key=lambda each: (order[each.severity], -each.confidence))
    return tuple(findings), tuple(unseen)


def anything_judged(
    measurements: Sequence[Measurement],
    curves: Sequence[Curve],
    rules: Sequence[Rule],
    references: References,
    person: Person,
    *,
    earlier: Sequence[Measurement] | None = None,
    repetitions: Sequence[Repetition] = (),
) -> bool:
    """Whether any number was held against a limit: where none was, no finding tells nothing. Arguments as of `find`."""
    practised = tuple(repetitions) if "exercise" in references.conditions else ()
    judge = _Judge(
        measurements=within_one_set(measurements, repetitions)[0], curves=tuple(curves),
        references=asked(references, measurements, practised),
        leg_length_m=references.leg_length_m or person.leg_length_m, earlier=tuple(earlier or ()),
    )  # fmt: skip
    return any(each.clean is not None for each in practised) or any(judge.tests(rule) for rule in rules)


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    """One condition's answer for one side: a finding, or None; `reason` where it could not be judged at all."""

    side: Side | None
    finding: Finding | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Judge:
    """One recording before its rules."""

    measurements: tuple[Measurement, ...]
    curves: tuple[Curve, ...]
    references: References
    leg_length_m: float | None
    earlier: tuple[Measurement, ...]
    doubted: Mapping[Side, str] = field(default_factory=dict)

    def rule(self, rule: Rule) -> tuple[list[Finding], str]:
        """The findings of one rule, and why (or on which side) it could not be judged."""
        if silent(rule, self.references.conditions):
            return [], ""
        if reason := self._left_out(rule):
            return [], reason
        # A sign is a test of the rule, however many muscles show it.
        by_sign = [self._verdicts(rule, condition) for condition in rule.conditions]
        if rule.signs_needed > 1:
            return self._several_signs(rule, by_sign)
        rule = replace(rule, conditions=self._asked_here(rule.conditions))
        verdicts = [verdict for each in by_sign for verdict in each]
        found = [self._one_of_side(verdicts, side) for side in (*SIDES, None)]
        return [each for each in found if each is not None], self._reason(rule, verdicts)

    def tests(self, rule: Rule) -> bool:
        """Whether the rule could be held against enough of the recording, whatever came of it."""
        if silent(rule, self.references.conditions) or self._left_out(rule):
            return False
        by_sign = [self._verdicts(rule, condition) for condition in rule.conditions]
        return sum(any(not verdict.reason for verdict in each) for each in by_sign) >= max(1, rule.signs_needed)

    def _left_out(self, rule: Rule) -> str:
        """Why a rule is not for this recording at all; empty where it is."""
        if self.references.running and rule.tasks == {"walk"}:
            return "not judged: nobody walks this fast, and the rule is one of walking."
        if rule.not_on_treadmill and self.references.treadmill:
            return "not judged on a treadmill, where the belt decides."
        return self._unsteady() if rule.steady_only else ""

    def _asked_here(self, conditions: Sequence[Condition]) -> tuple[Condition, ...]:
        return tuple(concrete(conditions, self.measurements, self.references.conditions))

    def _verdicts(self, rule: Rule, condition: Condition) -> list[_Verdict]:
        return [verdict for each in self._asked_here((condition,)) for verdict in self._condition(rule, each)]

    def _several_signs(self, rule: Rule, by_sign: Sequence[Sequence[_Verdict]]) -> tuple[list[Finding], str]:
        """One finding where enough signs point the same way; each alone would be no sign of it."""
        could = sum(any(not verdict.reason for verdict in verdicts) for verdicts in by_sign)
        if could < rule.signs_needed:
            few_words = f"it takes {rule.signs_needed} signs together, and {could or 'none'} of them could be judged"
            return [], "" if self._unlisted(rule) else f"{few_words} (needs {rule.needs})."
        held = [each for verdicts in by_sign if (each := self._one_of_side(verdicts, None, any_side=True)) is not None]
        if len(held) < rule.signs_needed:
            return [], ""
        weakest = min(each.confidence for each in held)
        because = tuple(dict.fromkeys(one for each in held for one in each.because))
        told = " ".join(each.sentence for each in held)
        return [replace(held[0], sentence=told, because=because, confidence=weakest)], ""

    def _unlisted(self, rule: Rule) -> bool:
        return self.references.task in rule.unlisted_in

    def _reason(self, rule: Rule, verdicts: Sequence[_Verdict]) -> str:
        """Why a rule went unjudged; nothing where none of its tests is for this recording, or few could show it."""
        return "" if not rule.conditions or self._unlisted(rule) else _reason(rule, verdicts)

    def _unsteady(self) -> str:
        """Why the pace was not steady; empty where it was, or where speed was not measured stride by stride."""
        speed = next((each for each in self.measurements if each.measure == "gait.speed" and each.side is None), None)
        if speed is None or not speed.value > 0 or not speed.sd > STEADY_PACE * speed.value:
            return ""
        pace = f"{speed.value:.2f} ± {speed.sd:.2f} m/s"
        return f"not judged, because the pace changed within the recording ({pace}); it takes a steady, straight walk."

    def _one_of_side(
        self, verdicts: Sequence[_Verdict], side: Side | None, *, any_side: bool = False
    ) -> Finding | None:
        """The gravest and surest finding of a side; what the other conditions found goes along as its evidence."""
        found = [each.finding for each in verdicts if (any_side or each.side == side) and each.finding is not None]
        if not found:
            return None
        best = max(
            found, key=lambda each: (each.severity == "major", each.reference.basis != "earlier", each.confidence)
        )
        because = dict.fromkeys((*best.because, *(one for each in found for one in each.because)))
        return replace(best, because=tuple(because))

    def _condition(self, rule: Rule, condition: Condition) -> Iterator[_Verdict]:
        limit = boundary(condition, self.references, self.leg_length_m)
        for subject in subjects(condition, self.measurements):
            reason = self._cannot(condition, subject, limit)
            if condition.decide == "earlier" and not reason:
                yield _Verdict(side=subject.side, finding=self._against_earlier(rule, condition, subject))
            elif reason or limit is None:
                yield _Verdict(side=subject.side, reason=reason)
            else:
                finding = self._against_limit(rule, condition, subject, limit) or self._against_earlier(
                    rule, condition, subject
                )
                yield _Verdict(side=subject.side, finding=finding)

    def _cannot(self, condition: Condition, subject: Subject, limit: Boundary | None) -> str:
        """Why this value cannot be judged; empty where it can."""
        if reason := not_for(condition, self.references.conditions):
            return reason
        if condition.decide == "earlier":
            if self._before(condition, subject) is None:
                return "it is judged only beside the same person's earlier recording, and there is none (--earlier)."
        elif limit is None:
            return self._no_reference(condition)
        if not np.isfinite(self._error(condition, subject)):
            return f"nobody has published the measuring error of the {condition.label} for this kind of recording."
        if subject.n < condition.fewest:
            counted = "step" if condition.counted == "stride" else condition.counted
            return f"{subject.n} {several(subject.n, counted)} were seen where {condition.fewest} are needed."
        if subject.valid_fraction < LEAST_VALID:
            return f"only {100 * subject.valid_fraction:.0f} % of the {condition.label} was there."
        return ""

    def _no_reference(self, condition: Condition) -> str:
        lacking = self.references.lacking.get(condition.measure)
        if not lacking and self.references.age_years is None and any(each.of_an_age for each in condition.limits):
            lacking = "the person's age (--person birth_year=1950)"
        if lacking:
            return f"it depends on {lacking}, and nobody said."
        if condition.limits and all(each.of_an_age for each in condition.limits):
            return "its limits are for people of another age."
        return f"no reference for {_with_article(condition.label)} fits this person or recording."

    def _error(self, condition: Condition, subject: Subject) -> float:
        """One standard error: what the method states or what is published for its kind, whichever is larger."""
        published = self.references.errors.get(condition.error_of or condition.measure)
        known = [subject.own_error, published.at(subject.value) if published else float("nan")]
        return max((error for error in known if np.isfinite(error)), default=float("nan"))

    def _against_limit(self, rule: Rule, condition: Condition, subject: Subject, limit: Boundary) -> Finding | None:
        error = self._error(condition, subject)
        upward = condition.upward
        deviation = (subject.value - limit.value) * (1.0 if upward else -1.0)
        on_it = limit.inclusive and deviation == 0.0 == error
        if not (deviation > error + ROUNDING or on_it) or subject.differs is False:
            return None
        single = (
            stride_values(condition.feature, subject.side, self.curves) if condition.sides == "each" else np.empty(0)
        )
        share = share_past((single - limit.value) * (1.0 if upward else -1.0), deviation, error, subject.sd)
        if subject.n >= condition.enough and share < condition.share:
            return None
        sure = confidence(
            deviation, error, subject.random_error, n=subject.n, share=share, valid_fraction=subject.valid_fraction,
            supports_only=rule.supports_only, enough=condition.enough,
        )  # fmt: skip
        told = sentence(condition, subject, limit.value, limit.reference, error)
        return self._finding(
            rule, condition, subject, told, deviation=deviation, error=error, confidence=sure,
            severity="major" if deviation >= condition.major_beyond else "minor",
            reference=limit.reference, others=limit.others,
        )  # fmt: skip

    def _against_earlier(self, rule: Rule, condition: Condition, subject: Subject) -> Finding | None:
        """A change for the worse, beyond what two recordings differ by chance, though the value itself is usual."""
        before = self._before(condition, subject)
        if before is None:
            return None
        change = (subject.value - before.value) * (1.0 if condition.direction == "above" else -1.0)
        both = (
            self._error(condition, subject),
            self._error(condition, before),
            subject.random_error,
            before.random_error,
        )
        # One recording's share, so that MDC95 × it is 1.96 × the error of the difference of the two.
        error = float(np.linalg.norm(both) / np.sqrt(2.0))
        published = self.references.errors.get(condition.measure)
        real = max(MDC95 * error, published.smallest_real_change if published else 0.0)
        if not change > real:
            return None
        sure = confidence(
            change, float(np.sqrt(2.0)) * error, 0.0, n=min(subject.n, before.n), share=1.0,
            valid_fraction=min(subject.valid_fraction, before.valid_fraction), supports_only=rule.supports_only,
            enough=condition.enough,
        )  # fmt: skip
        changed = self._finding(
            rule, condition, subject,
            sentence_of_change(
                condition, subject, before.value, real, usual_is_known=condition.decide != "earlier"
            ),
            deviation=change, error=error, confidence=sure, severity="minor",
            reference=_earlier_reference(condition, before), others=(),
        )  # fmt: skip
        # The rule's own name and advice speak of a fault; here is none, only a change towards one.
        return replace(changed, name=f"Changed since before: {condition.label}", meaning="", ask="")

    def _before(self, condition: Condition, subject: Subject) -> Subject | None:
        if condition.sides in {"difference", "signed"}:
            return None
        held = subjects(condition, self.earlier)
        before = next((each for each in held if each.side == subject.side), None)
        if before is None or _methods(before) != _methods(subject):
            return None
        return before if before.valid_fraction >= LEAST_VALID and before.n >= condition.fewest else None

    def not_compared(self, rules: Sequence[Rule]) -> Iterator[str]:
        """One sentence for each pair of methods whose values now and then are left uncompared."""
        labels: dict[tuple[str, str], dict[str, None]] = {}
        for condition in (
            each for rule in rules for each in rule.conditions if each.sides not in {"difference", "signed"}
        ):
            now, then = subjects(condition, self.measurements), subjects(condition, self.earlier)
            for subject, before in ((a, b) for a in now for b in then if a.side == b.side):
                if _methods(before) != _methods(subject):
                    pair = " and ".join(sorted(_methods(before))), " and ".join(sorted(_methods(subject)))
                    labels.setdefault(pair, {})[condition.label] = None
        for (by_then, by_now), what in labels.items():
            yield (
                f"Change since the earlier recording: {', '.join(what)} not compared, because another method measured "
                f"it then ({by_then}; now {by_now})."
            )

    def _finding(
        self, rule: Rule, condition: Condition, subject: Subject, told: str, *, deviation: float, error: float,
        confidence: float, severity: Severity, reference: Reference, others: tuple[Reference, ...],
    ) -> Finding:  # fmt: skip
        doubts = list(self._doubts(condition, subject, reference))
        if self._doubted(subject):
            confidence = min(confidence, CAP_OF_SUPPORT)
        if subject.n < condition.enough:
            told = f"{told} {few(subject.n, condition.counted)}"
        published = self.references.errors.get(condition.error_of or condition.measure)
        real = max(MDC95 * error, published.smallest_real_change if published else 0.0)
        return Finding(
            finding=rule.finding, name=rule.name, sentence=told, side=subject.side, severity=severity,
            confidence=confidence, deviation=deviation, unit=condition.told_in,
            because=subject.because, reference=replace(reference, smallest_real_change=real), error=error,
            smallest_real_change=real, meaning=rule.meaning, ask=rule.ask,
            compared=(*others, *self._beside(condition, subject)), unseen=tuple(doubts),
        )  # fmt: skip

    def _beside(self, condition: Condition, subject: Subject) -> Iterator[Reference]:
        """The other side and the earlier recording, whatever decided."""
        if condition.sides == "each" and subject.side is not None:
            for other in subjects(condition, self.measurements):
                if other.side == OTHER[subject.side]:
                    yield _own_reference(condition, other, "other side", f"the same person's {other.side} side")
        before = self._before(condition, subject)
        if before is not None:
            yield _earlier_reference(condition, before)

    def _doubts(self, condition: Condition, subject: Subject, reference: Reference) -> Iterator[str]:
        if subject.n < condition.enough:
            yield few(subject.n, condition.counted)
        if condition.sides == "difference" and subject.differs is None:
            yield f"Too few {several(2, condition.counted)} a side to tell whether the difference is more than chance."
        if subject.valid_fraction < 1.0:
            missing = 100 * (1 - subject.valid_fraction)
            yield f"{missing:.0f} % of the {several(2, condition.counted)} or signal was missing."
        if condition.sides == "each" and subject.side is not None:
            others = [each.side for each in subjects(condition, self.measurements)]
            if OTHER[subject.side] not in others:
                yield f"The {OTHER[subject.side]} side was not seen."
        yield from self._doubted(subject)
        if reference.note:
            yield reference.note

    def _doubted(self, subject: Subject) -> list[str]:
        """The recording's doubts about the sides that this value rests on."""
        sides = {each.side for each in subject.because}
        return [what for side, what in self.doubted.items() if side in sides]


def _reason(rule: Rule, verdicts: Sequence[_Verdict]) -> str:
    """Why a rule, or one side of it, went unjudged; empty where all of it was judged."""
    if not verdicts:
        labels = " or ".join(dict.fromkeys(_with_article(condition.label) for condition in rule.conditions))
        return f"{labels} was not measured (needs {rule.needs})."
    judged = {verdict.side for verdict in verdicts if not verdict.reason}
    if not judged:
        return next(verdict.reason for verdict in verdicts)
    # One number for both sides, or of one against the other, needs no second.
    if len(judged & set(SIDES)) == 1 and all(
        condition.sides in {"each", "difference"} for condition in rule.conditions
    ):
        missing = next(side for side in SIDES if side not in judged)
        return next((v.reason for v in verdicts if v.side == missing and v.reason), f"the {missing} side was not seen.")
    return ""


def _methods(subject: Subject) -> frozenset[str]:
    """The methods behind a value, without their versions."""
    return frozenset(method_name(each.method) for each in subject.because)


def _with_article(label: str) -> str:
    """``the step length``, but ``how far the thigh trails behind``."""
    return label if label.startswith(("how ", "when ", "where ")) else f"the {label}"


def _earlier_reference(condition: Condition, before: Subject) -> Reference:
    return _own_reference(condition, before, "earlier", "the same person, earlier recording")


def _own_reference(condition: Condition, subject: Subject, basis: str, population: str) -> Reference:
    recording = subject.because[0].recording
    return Reference(
        measure=condition.measure, population=population, unit=condition.unit, citation=f"recording {recording}",
        evidence="verified", mean=subject.value, sd=subject.sd if np.isfinite(subject.sd) else None, n=1,
        basis="earlier" if basis == "earlier" else "other side",
    )  # fmt: skip

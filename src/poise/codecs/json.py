"""Assessments → the JSON of `poise analyze` (schema 1), the contract that scripts and checks rely on."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from poise.model import (
    Assessment,
    Burst,
    Comparison,
    Curve,
    Finding,
    Measurement,
    Problem,
    Reference,
    Repetition,
    Series,
)  # fmt: skip

SCHEMA = 1


def document(
    assessments: Iterable[Assessment], comparisons: Iterable[Comparison] = (), *, with_series: bool = False
) -> dict[str, Any]:
    """The whole document: ``{"schema": 1, "recordings": [...], "comparisons": [...]}``, recordings in order."""
    return {
        "schema": SCHEMA,
        "recordings": [recording(each, with_series=with_series) for each in assessments],
        "comparisons": [_comparison(each) for each in comparisons],
    }


def dumps(content: object, *, indent: int | None = 2) -> str:
    """Strict JSON, always UTF-8: what is not a number is null; a byte of a file name that is no letter is ``?``."""
    text = json.dumps(content, indent=indent, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace").decode("utf-8")


def recording(assessment: Assessment, *, with_series: bool = False) -> dict[str, Any]:
    """One recording's object. Series only where they were asked for: they are long."""
    recognition = assessment.recognition
    shown = {
        "file": assessment.source,
        "recording": assessment.id,
        "subject": assessment.subject or None,
        "task": assessment.task,
        "task_confidence": _number(recognition.confidence, 3) if recognition else None,
        "task_because": recognition.because if recognition else None,
        "exercise": (recognition.exercise or None) if recognition else None,
        "conditions": dict(assessment.conditions),
        "rate_hz": {name: _number(rate, 4) for name, rate in assessment.rates_hz.items()},
        "duration_s": _number(assessment.duration_s, 4),
        "history": [{"step": step.what, "settings": _plain(step.settings)} for step in assessment.history],
        "events": [
            {"event": event.event, "side": event.side, "time_s": _number(event.time_s, 4)}
            for event in assessment.events
        ],
        "measurements": [_measurement(each) for each in assessment.measurements],
        "repetitions": [_repetition(each) for each in assessment.repetitions],
        "bursts": [_burst(each) for each in assessment.bursts],
        "curves": [_curve(each) for each in assessment.curves],
        "findings": [_finding(each) for each in assessment.findings],
        "unseen": list(assessment.unseen),
        "problems": [_problem(each) for each in assessment.problems],
    }
    if with_series:
        shown["series"] = [_series(each) for each in assessment.series]
    return shown


def _measurement(measured: Measurement) -> dict[str, Any]:
    return {
        "measure": measured.measure,
        "side": measured.side,
        "value": _number(measured.value),
        "unit": measured.unit,
        "n": measured.n,
        "sd": _number(measured.sd),
        "start_s": _number(measured.start_s, 4),
        "end_s": _number(measured.end_s, 4),
        "valid_fraction": _number(measured.valid_fraction, 4),
        "method": measured.method,
        "error": _number(measured.error),
        "error_source": measured.error_source or None,
        "low": _number(measured.low),
        "high": _number(measured.high),
    }


def _repetition(repetition: Repetition) -> dict[str, Any]:
    fields = {name: _plain(getattr(repetition, name)) for name in repetition.__dataclass_fields__}
    return fields | {
        "range": _number(repetition.range),
        "parts": [_fields(each) for each in repetition.parts],
        "faults": [_fields(each) for each in repetition.faults],
        "values": {name: {"value": _number(value), "unit": unit} for name, value, unit in repetition.values},
    }


def _burst(burst: Burst) -> dict[str, Any]:
    return _fields(burst)


def _fields(noun: Any) -> dict[str, Any]:
    return {name: _plain(getattr(noun, name)) for name in noun.__dataclass_fields__}


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "comparison": comparison.name,
        "subject": comparison.subject or None,
        "of": list(comparison.of),
        "varied": comparison.varied,
        "measurements": [_measurement(each) for each in comparison.measurements],
        "findings": [_finding(each) for each in comparison.findings],
        "problems": [_problem(each) for each in comparison.problems],
    }


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "curve": curve.curve,
        "side": curve.side,
        "unit": curve.unit,
        "n": curve.n,
        "cycle_percent": list(range(len(curve.mean))),
        "mean": _numbers(curve.mean),
        "sd": _numbers(curve.sd),
        "method": curve.method,
    }


def _series(series: Series) -> dict[str, Any]:
    return {
        "series": series.series,
        "side": series.side,
        "unit": series.unit,
        "rate_hz": _number(series.rate_hz),
        "start_s": _number(series.start_s),
        "values": _numbers(series.values),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "finding": finding.finding,
        "name": finding.name,
        "side": finding.side,
        "severity": finding.severity,
        "confidence": _number(finding.confidence, 3),
        "sentence": finding.sentence,
        "deviation": _number(finding.deviation),
        "error": _number(finding.error),
        "smallest_real_change": _number(_given(finding.smallest_real_change)),
        "unit": finding.unit,
        "because": [measured.ref for measured in finding.because],
        "reference": _reference(finding.reference),
        "compared": [_reference(each) for each in finding.compared],
        "meaning": finding.meaning,
        "ask": finding.ask,
        "unseen": list(finding.unseen),
    }


def _reference(reference: Reference) -> dict[str, Any]:
    return _fields(reference)


def _problem(problem: Problem) -> dict[str, str]:
    return {"what": problem.what, "where": problem.where, "do": problem.do}


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(value) for value in np.asarray(values, dtype=float).tolist()]


def _given(value: float | None) -> float:
    return math.nan if value is None else value


def _number(value: float, decimals: int = 6) -> float | None:
    return round(float(value), decimals) if math.isfinite(value) else None


def _plain(value: object) -> Any:
    """A value of any noun as JSON knows it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float | np.floating):
        return _number(float(value))
    if isinstance(value, np.integer):
        return int(value)
    return str(value)

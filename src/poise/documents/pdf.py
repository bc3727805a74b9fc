"""The report as PDF, set by Typst: tagged (PDF/UA), the same content and pictures as the HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from poise.documents import evidence, summary
from poise.documents.charts import standalone
from poise.documents.comparisons import compared
from poise.documents.markup import Markup
from poise.documents.problems import told, unseen_told
from poise.documents.report import SECTIONS
from poise.documents.section import Section, as_data
from poise.documents.tables import measure_rows, spread_note
from poise.documents.words import certainty
from poise.errors import BadSetting
from poise.model import Assessment, Comparison, Finding


def write_pdf(assessments: Sequence[Assessment], path: Path, comparisons: Sequence[Comparison] = ()) -> None:
    """One PDF with a report for each recording, in order, and what they show together.

    Raises
    ------
    BadSetting
        Typst is not installed.
    """
    try:
        import typst
    except ImportError as missing:
        raise BadSetting(
            "A PDF needs a package that is not installed.", do="Install it with: pip install 'poise[pdf]'."
        ) from missing
    template = files("poise.documents").joinpath("report.typ").read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        root = Path(folder)
        content = {
            "version": version("poise"),
            "compared": _compared(comparisons, assessments, root),
            "recordings": [_content(each, root, k) for k, each in enumerate(assessments)],
        }
        (root / "content.json").write_text(json.dumps(content), encoding="utf-8")
        (root / "report.typ").write_text(template, encoding="utf-8")
        typst.compile(str(root / "report.typ"), output=str(path), root=str(root), pdf_standards=["ua-1"])


def _saved(pictures: Sequence[tuple[str, Markup]], root: Path, name: str) -> list[dict[str, str]]:
    """The pictures as files beside the template, each with its text alternative."""
    shown = []
    for index, (alternative, picture) in enumerate(pictures):
        file = f"{name}-{index}.svg"
        (root / file).write_text(standalone(picture), encoding="utf-8")
        shown.append({"file": file, "alt": alternative})
    return shown


def _section(section: Section, root: Path, name: str) -> dict[str, Any]:
    pictures = [(each.alternative, each.drawing) for each in section.pictures]
    return as_data(section, _saved(pictures, root, name))


def _compared(comparisons: Sequence[Comparison], assessments: Sequence[Assessment], root: Path) -> list[dict[str, Any]]:
    return [
        {
            **_section(section, root, f"compared{index}"),
            "problems": [{"what": each.what, "do": each.do} for each in comparison.problems],
            "findings": [
                _finding(
                    each, assessments[0], _saved(summary.pictures(each, assessments[0]), root, f"compared{index}f{k}")
                )
                for k, each in enumerate(comparison.findings)
            ],
        }
        for index, (comparison, section) in enumerate(compared(comparisons, assessments))
    ]


def _content(assessment: Assessment, root: Path, number: int) -> dict[str, Any]:
    """Everything the template needs, as data; pictures as files beside it."""

    def saved(pictures: Sequence[tuple[str, Markup]], kind: str) -> list[dict[str, str]]:
        return _saved(pictures, root, f"{number}-{kind}")

    sections = [found for make in SECTIONS if (found := make(assessment)) is not None]
    rows, methods = measure_rows(assessment)
    return {
        "id": assessment.id,
        "about": summary.about(assessment),
        "circumstances": summary.circumstances(assessment),
        "sections": [_section(each, root, f"{number}-section{k}") for k, each in enumerate(sections)],
        "lead": summary.lead(assessment),
        "in_short": [{"name": name, "sentence": sentence} for name, sentence in summary.in_short(assessment)],
        "usable": assessment.usable,
        "tiles": [{"label": name, "value": value, "usual": usual} for name, value, usual in summary.tiles(assessment)],
        "findings": [
            _finding(each, assessment, saved(summary.pictures(each, assessment), f"finding{index}"))
            for index, each in enumerate(assessment.findings)
        ],
        "figures": saved(evidence.figure_pictures(assessment), "figure"),
        "curves": saved(evidence.curve_pictures(assessment), "curve"),
        "curve_notes": evidence.curve_notes(assessment),
        "sides": saved(evidence.side_pictures(assessment), "sides"),
        "events": saved(evidence.event_pictures(assessment), "events"),
        "spread_note": spread_note(assessment),
        "measures": [
            [row.label, row.left, row.right, row.both, row.unit, row.n, row.usual, row.error, row.method]
            for row in rows
        ],
        "methods": [f"{letter}: {method}" for letter, method in methods],
        "problems": [
            {"what": each.sentence, "do": each.do}
            for each in told(assessment.problems, of=(assessment.id, assessment.source))
        ],
        "unseen": unseen_told(assessment.unseen),
        "steps": [str(step) for step in assessment.history],
    }


def _finding(finding: Finding, assessment: Assessment, pictures: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "name": summary.named(finding),
        "severity": finding.severity,
        "sureness": f"{summary.sureness(finding.confidence)} ({certainty(finding.confidence)})",
        "sentence": finding.sentence,
        "meaning": finding.meaning,
        "ask": finding.ask,
        "evidence": [{"term": term, "text": text} for term, text in summary.evidence(finding, assessment)],
        "pictures": pictures,
    }

"""The report: one self-contained HTML file that a patient can read and a therapist can check; no network, no script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from poise.documents import comparisons as across
from poise.documents.evidence import curves, events, figures, sides
from poise.documents.markup import Markup, tag
from poise.documents.muscles import muscles
from poise.documents.phases import phases
from poise.documents.posture import posture
from poise.documents.repetitions import repetitions
from poise.documents.section import Section, written
from poise.documents.summary import finding_cards, findings, summary
from poise.documents.sway import sway
from poise.documents.tables import details, doubts, measures
from poise.model import Assessment, Comparison

SECTIONS: tuple[Callable[[Assessment], Section | None], ...] = (phases, repetitions, sway, muscles, posture)
"""What a recording of another task than walking shows in pictures, in this order, where it was measured."""


def write_html(assessments: Sequence[Assessment], path: Path, comparisons: Sequence[Comparison] = ()) -> None:
    """One file with a report for each recording, in order, and what they show together."""
    path.write_text(render_html(assessments, comparisons), encoding="utf-8", errors="replace")


def render_html(assessments: Sequence[Assessment], comparisons: Sequence[Comparison] = ()) -> str:
    """The page as text."""
    title = assessments[0].id if len(assessments) == 1 else f"{len(assessments)} recordings"
    style = files("poise.documents").joinpath("report.css").read_text(encoding="utf-8")
    page = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            # Nothing may be fetched and nothing may run: the file is safe to open and to send.
            tag("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
            tag("title", f"Movement report: {title}"),
            tag("style", Markup(style)),
        ),
        tag(
            "body",
            tag(
                "main",
                _contents(assessments, comparisons),
                _compared(comparisons, assessments),
                [_article(each, _anchor(index)) for index, each in enumerate(assessments, 1)],
                _footer(),
            ),
        ),
        lang="en",
    )
    return f"<!doctype html>\n{page}\n"


def _policy(style: str) -> str:
    digest = b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'"


def _compared(comparisons: Sequence[Comparison], assessments: Sequence[Assessment]) -> Markup | None:
    found = [each for comparison in comparisons for each in comparison.findings]
    return across.page(comparisons, assessments, finding_cards(found, assessments[0]) if found else None)


def _contents(assessments: Sequence[Assessment], comparisons: Sequence[Comparison]) -> Markup | None:
    if len(assessments) < 2:
        return None
    entries = [tag("li", tag("a", "Compared with each other", href="#compared"))] if comparisons else []
    entries += [
        tag("li", tag("a", each.id, href=f"#{_anchor(index)}"), f": {_in_short(each)}")
        for index, each in enumerate(assessments, 1)
    ]
    return tag("nav", tag("h1", "Movement reports"), tag("ol", entries), aria_label="Recordings")


def _anchor(index: int) -> str:
    return f"recording-{index}"


def _in_short(assessment: Assessment) -> str:
    if not assessment.usable:
        return "could not be used"
    if not assessment.measurements:
        return "nothing could be measured"
    if not assessment.findings and not assessment.judged:
        return "not judged"
    count = len(assessment.findings)
    return "nothing found" if not count else f"{count} finding{'s' if count > 1 else ''}"


def _article(assessment: Assessment, anchor: str) -> Markup:
    if not assessment.usable:
        return tag("article", summary(assessment), id=anchor)
    shown = [
        summary(assessment),
        findings(assessment),
        *(written(section(assessment)) for section in SECTIONS),
        *(part(assessment) for part in (figures, curves, sides, events, measures, doubts, details)),
    ]
    return tag("article", shown, id=anchor)


def _footer() -> Markup:
    return tag(
        "footer",
        tag(
            "p",
            "Poise supports a clinician's judgement and does not replace it. "
            "Each finding is a suggestion to accept or reject; none of them is a diagnosis.",
        ),
        tag("p", f"Made by Poise {version('poise')}."),
    )

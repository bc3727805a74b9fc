"""The report: one self-contained HTML file that a patient can read and a therapist can check; no network, no script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from poise.documents.evidence import curves, events, figures, sides
from poise.documents.markup import Markup, tag
from poise.documents.summary import findings, summary
from poise.documents.tables import details, doubts, measures
from poise.model import Assessment


def write_html(assessments: Sequence[Assessment], path: Path) -> None:
    """One file with a report for each recording, in order."""
    path.write_text(render_html(assessments), encoding="utf-8", errors="replace")


def render_html(assessments: Sequence[Assessment]) -> str:
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
                _contents(assessments),
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


def _contents(assessments: Sequence[Assessment]) -> Markup | None:
    if len(assessments) < 2:
        return None
    entries = [
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
    count = len(assessment.findings)
    return "nothing found" if not count else f"{count} finding{'s' if count > 1 else ''}"


def _article(assessment: Assessment, anchor: str) -> Markup:
    if not assessment.usable:
        return tag("article", summary(assessment), id=anchor)
    sections = (summary, findings, figures, curves, sides, events, measures, doubts, details)
    return tag("article", [section(assessment) for section in sections], id=anchor)


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

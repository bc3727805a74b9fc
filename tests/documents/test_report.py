"""The report: what a patient reads first, what a therapist can check, and nothing that reaches out of the file."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from poise.documents.markup import Markup, join, tag
from poise.documents.report import render_html, write_html
from poise.model import Assessment, Problem


class _Balanced(HTMLParser):
    """Fails where a tag is closed that was not the last one opened."""

    void = frozenset({"meta", "br", "hr", "img", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_text_is_escaped_and_markup_is_not() -> None:
    assert join("a<b", tag("i", "x & y", title='"q"'), None, ["1", Markup("<br>")]) == (
        'a&lt;b<i title="&quot;q&quot;">x &amp; y</i>1<br>'
    )


def test_every_tag_of_a_report_is_closed_in_order(assessment: Assessment) -> None:
    parser = _Balanced()
    parser.feed(render_html([assessment, assessment]))
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids)) == 2


def test_a_report_reaches_for_nothing_outside_itself(assessment: Assessment) -> None:
    page = render_html([assessment])
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    assert not re.search(r"https?://|src=|url\(|<script|@import|javascript:", page)


def test_the_finding_comes_first_with_its_number_reference_and_doubt(assessment: Assessment) -> None:
    page = render_html([assessment])
    assert (
        page.index("One thing stands out")
        < page.index("What stands out, and how sure that is")
        < page.index("All measures")
    )
    for shown in (
        "The left knee bends 38°",
        "quite sure (82 %)",
        "healthy adults &lt;20–60&gt;",
        "Somebody &amp; Co 2020",
        "[design]",
    ):
        assert shown in page


def test_what_a_file_says_cannot_become_markup(assessment: Assessment) -> None:
    hostile = replace(assessment, id="<script>alert(1)</script>", source="<b>x</b>")
    assert "<script>" not in render_html([hostile])


def test_no_finding_is_not_sold_as_health(assessment: Assessment) -> None:
    assert "not a clean bill of health" in render_html([replace(assessment, findings=())])


def test_where_nothing_could_be_judged_nothing_is_said_to_be_within_limits(assessment: Assessment) -> None:
    unjudged = replace(assessment, findings=(), judged=False)
    page = render_html([unjudged, unjudged])
    assert "Nothing here could be held against a reference." in page
    assert ": not judged" in page
    assert "No rule found" not in page
    assert "nothing found" not in page


def test_the_table_says_that_repetitions_are_told_by_their_median(assessment: Assessment) -> None:
    first, *others = assessment.measurements
    repeated = replace(assessment, measurements=(replace(first, measure="rep.rom"), *others))
    assert "median ± SD" not in render_html([assessment])
    assert "median ± SD" in render_html([repeated])


def test_a_recording_with_nothing_measured_says_so_and_shows_no_chart(assessment: Assessment) -> None:
    empty = Assessment(source="x.c3d", id="x", duration_s=2.0, problems=(Problem(what="No walking was found."),))
    page = render_html([empty])
    assert "Nothing could be measured" in page
    assert "No walking was found." in page
    assert "<svg" not in page


def test_a_file_that_could_not_be_used_says_why_and_nothing_else() -> None:
    broken = Assessment(
        source="x.c3d", id="x", usable=False, problems=(Problem(what="It ends in the middle.", do="Export it again."),)
    )
    page = render_html([broken])
    assert "It ends in the middle." in page
    assert "All measures" not in page


def test_a_missing_number_is_drawn_as_a_gap_and_never_as_nan(assessment: Assessment) -> None:
    page = render_html([assessment])
    assert "nan" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S).lower().replace("nano", "")


def test_the_report_is_written_as_one_file(assessment: Assessment, tmp_path: Path) -> None:
    write_html([assessment], tmp_path / "report.html")
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_the_pdf_is_tagged_and_holds_the_sentence(assessment: Assessment, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="poise[pdf] is not installed")
    from poise.documents.pdf import write_pdf

    write_pdf([assessment], tmp_path / "report.pdf")
    content = (tmp_path / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert b"/StructTreeRoot" in content or b"pdfuaid" in content

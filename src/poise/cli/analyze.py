"""`poise analyze`: assess the files, write what was asked for, show the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from poise.cli.conditions import parse_conditions
from poise.cli.outputs import check_writable, replacing, to_standard_output
from poise.cli.person import parse_person
from poise.cli.reading import reading_shown
from poise.cli.show import console, progress, show_assessment, show_comparison, show_in_short
from poise.errors import BadSetting
from poise.model import Assessment, Comparison
from poise.readers.mapping import load
from poise.workflows.assess import assess_all, assess_file
from poise.workflows.compare import compare_all, could_be_compared
from poise.workflows.files import Source, sources
from poise.workflows.request import Request


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Where the results go; None where they do not. `json` may be ``-`` for standard output."""

    json: str | None = None
    html: Path | None = None
    pdf: Path | None = None
    csv: Path | None = None
    parquet: Path | None = None
    series: bool = False

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that will be written."""
        json = Path(self.json) if self.json not in {None, "-"} else None
        return tuple(path for path in (json, self.html, self.pdf, self.csv, self.parquet) if path is not None)

    @property
    def pictures(self) -> bool:
        """Whether any of them shows the signals themselves."""
        return self.html is not None or self.pdf is not None


def run(
    files: Sequence[str],
    *,
    task: str,
    person: str,
    conditions: str,
    mapping: Path | None,
    outputs: Outputs,
    earlier: Path | None,
    same_person: bool,
    workers: int,
    cluster: str | None,
) -> int:
    """Do it; returns the exit status: 0 all read, 1 at least one file could not be used."""
    given = sources(files)
    check_writable(outputs.paths, [*(each.path for each in given), *filter(None, (mapping, earlier))])
    request = Request(
        task=task,
        person=parse_person(person),
        conditions=parse_conditions(conditions),
        mapping=load(mapping) if mapping else {},
        keep_signals=outputs.pictures,
    )
    if earlier is not None:
        request = replace(request, earlier=_earlier(earlier, request))
    assessments = _assess(given, request, workers, cluster)
    if not assessments:
        console(error=True).print(
            "No recording was found in what was named. See which formats are read: docs/formats.md."
        )
    comparisons = compare_all(assessments, same_person=same_person)
    _write(assessments, comparisons, outputs)
    if outputs.json != "-":
        _show(assessments, comparisons, outputs.paths)
        if same_person and not comparisons:
            console(error=True).print(
                "Nothing was compared: no two of these differ in just one condition that is known."
            )
        elif not same_person and could_be_compared(assessments):
            console(error=True).print("If these are recordings of one person, --same-person compares them.")
    return int(not assessments or any(not each.usable for each in assessments))


def _earlier(path: Path, request: Request) -> Assessment:
    found = assess_file(Source(path=path, named=True), request)
    usable = [each for each in found if each.usable]
    if not usable:
        raise BadSetting(f"The earlier recording '{path}' cannot be used.", found=found[0].problems[0].what)
    chosen = next((each for each in usable if each.measurements), usable[0])
    if len(found) > 1:
        console(error=True).print(
            f"'{path}' holds {len(found)} recordings; what is compared with is '{chosen.id}'.", markup=False
        )
    return chosen


def _assess(given: Sequence[Source], request: Request, workers: int, cluster: str | None) -> list[Assessment]:
    assessments: list[Assessment] = []
    passed_over = 0
    with progress(len(given), "Measuring") as advance, reading_shown(alone=len(given) < 2):
        for found in assess_all(given, request, workers=workers, cluster=cluster):
            assessments.extend(found)
            passed_over += not found
            advance()
    assessments = list(_told_apart(assessments))
    if passed_over:
        console(error=True).print(f"{passed_over} of {len(given)} files in the folder are no recordings; left out.")
    return assessments


def _told_apart(assessments: Sequence[Assessment]) -> Iterator[Assessment]:
    """Recordings of one name called by those of their folders too in which they differ."""
    alike: dict[str, set[tuple[str, ...]]] = {}
    for each in assessments:
        alike.setdefault(each.id, set()).add(_folders(each))
    for each in assessments:
        others = alike[each.id]
        own = [part for i, part in enumerate(_folders(each)) if len({other[i : i + 1] for other in others}) > 1]
        yield replace(each, id="/".join((*own, each.id))) if own else each


def _folders(assessment: Assessment) -> tuple[str, ...]:
    return Path(assessment.source).absolute().parent.parts


def _write(assessments: list[Assessment], comparisons: Sequence[Comparison], outputs: Outputs) -> None:
    if outputs.json is not None:
        from poise.codecs.json import document, dumps

        text = dumps(document(assessments, comparisons, with_series=outputs.series)) + "\n"
        if outputs.json == "-":
            to_standard_output(text)
        else:
            with replacing(Path(outputs.json)) as file:
                file.write_text(text, encoding="utf-8")
    if outputs.csv is not None:
        from poise.codecs.tables import write_csv

        with replacing(outputs.csv) as file:
            write_csv(assessments, file)
    if outputs.parquet is not None:
        from poise.codecs.tables import write_parquet

        with replacing(outputs.parquet) as file:
            write_parquet(assessments, file)
    if outputs.html is not None:
        from poise.documents.report import write_html

        with replacing(outputs.html) as file:
            write_html(assessments, file, comparisons)
    if outputs.pdf is not None:
        from poise.documents.pdf import write_pdf

        with replacing(outputs.pdf) as file:
            write_pdf(assessments, file, comparisons)


def _show(assessments: list[Assessment], comparisons: Sequence[Comparison], written: Iterable[Path]) -> None:
    shown = 20
    for assessment in islice(assessments, shown):
        show_assessment(assessment)
    out = console()
    for assessment in assessments[shown:]:
        show_in_short(assessment)
    if len(assessments) > shown:
        unusable = sum(not each.usable for each in assessments)
        out.print(f"\n{len(assessments)} recordings; {unusable} of them could not be used.")
    for comparison in comparisons:
        show_comparison(comparison)
    for path in written:
        out.print(f"Written: {path}", markup=False)

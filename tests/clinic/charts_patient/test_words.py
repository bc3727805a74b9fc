"""What patients read: grade 6 at most, and all of it in Spanish."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from poise.clinic.charts import models

CHARTS = Path(models.__file__).parent
SPOKEN = ["templates/charts/own", "templates/charts/intake/enter.html", "templates/charts/intake/step.html",
          "templates/charts/intake/stop.html", "templates/charts/intake/review.html", "templates/charts/intake/pause.html",
          "templates/charts/intake/done.html", "templates/charts/intake/closed.html", "templates/charts/pain/parts/drawing.html",
          "templates/charts/pain/parts/row.html", "templates/charts/pain/new.html", "intake_forms.py"]  # fmt: skip
TEMPLATE = re.compile(
    r"""\{% translate ["'](.+?)["'](?: context .+?)? %\}|\{% blocktranslate[^%]*%\}(.+?)\{% (?:end|plural)""", re.S
)
PYTHON = re.compile(r"""\b_\(\s*["'](.+?)["']\s*\)""", re.S)
HARDEST = 6.0


def syllables(word: str) -> int:
    """As they are counted for reading grades: groups of vowels, a silent e left out."""
    said = re.sub(r"(?<=[a-z]{2})e$|(?<=[^td])ed$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", said)))


def grade(text: str) -> float:
    """Flesch–Kincaid grade of a text (Kincaid et al. 1975)."""
    sentences = max(1, len(re.findall(r"[.!?:]+(?=\s|$)", text)))
    words = re.findall(r"[A-Za-z’']+", text)
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def spoken() -> dict[str, list[str]]:
    """Every sentence of the patient's pages, by file."""
    files = [
        file
        for name in SPOKEN
        for file in ([CHARTS / name] if (CHARTS / name).is_file() else sorted((CHARTS / name).glob("*.html")))
    ]
    found = {}
    for file in files:
        pattern = PYTHON if file.suffix == ".py" else TEMPLATE
        said = [
            "".join(match) if isinstance(match, tuple) else match for match in pattern.findall(file.read_text("utf-8"))
        ]
        found[file.name] = [re.sub(r"\{\{.*?\}\}", "Monday", each) for each in said]
    return found


def test_the_measure_itself_knows_easy_from_hard() -> None:
    assert grade("The cat sat on the mat.") < 1
    assert grade("Contraindications necessitate multidisciplinary deliberation.") > 15


@pytest.mark.parametrize("file", sorted(spoken()))
def test_a_page_reads_at_grade_six_at_most(file: str) -> None:
    text = " ".join(each if each.rstrip()[-1:] in ".!?" else f"{each}." for each in spoken()[file])
    if text:
        assert grade(text) <= HARDEST


def test_no_long_sentence_is_harder_than_grade_eight() -> None:
    hard = {
        each: round(grade(each), 1)
        for said in spoken().values()
        for each in said
        if len(each.split()) >= 8 and grade(each) > 8
    }
    assert hard == {}


def test_all_of_it_is_there_in_spanish() -> None:
    with (CHARTS / "locale/es/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="es")
    told = {}
    for message in catalogue:
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        told[re.sub(r"%\(\w+\)s", "Monday", key)] = message.string
    missing = {each for said in spoken().values() for each in said if not any(told.get(each) or [""])}
    assert missing == set()


def test_tender_spot_is_the_patients_word() -> None:
    every = " ".join(each for said in spoken().values() for each in said).lower()
    assert "trigger" not in every
    assert "diagnosis" not in every

"""The words of the clinic in Spanish: finds every sentence, keeps each app's catalogue, says what is not translated.

    python tools/messages.py [app ...]      update locale/es/LC_MESSAGES/django.po of these apps, or of all
    python tools/messages.py --check        say what is missing, unsure or said in two ways; exit status 1 then
    python tools/messages.py --compile      write the .mo files (the package's build does it too)

Needs Babel; and Django to read templates. No xgettext.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

CLINIC = Path(__file__).resolve().parents[1] / "src" / "poise" / "clinic"
LANGUAGE = "es"
KEEPER = "design"  # whose catalogue holds the sentences of the modules beside the apps
KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "words": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
IN_TEMPLATES = re.compile(r"""\b(?:np|n|p)?gettext\(|(?<!\w)_\(""")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")
STARTED = datetime(2026, 11, 22, tzinfo=UTC)  # one date for all, so that a catalogue changes only with its sentences
HEADER = "# The clinic's words in Spanish: Latin American, neutral, “usted”.\n# Kept by tools/messages.py.\n"


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence of the sources: what `gettext` is asked for."""

    words: str | tuple[str, ...]
    context: str | None
    path: str
    comments: tuple[str, ...] = ()


def apps() -> list[str]:
    """Every app of the clinic."""
    return sorted(path.parent.name for path in CLINIC.glob("*/apps.py"))


def catalogue_of(app: str) -> Path:
    """Where the app's Spanish stands."""
    return CLINIC / app / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def sentences(app: str) -> Iterator[Sentence]:
    """Every sentence of an app, from its Python and its templates."""
    folder = CLINIC / app
    modules = [path for path in folder.rglob("*.py") if "migrations" not in path.parts]
    if app == KEEPER:
        modules += CLINIC.glob("*.py")
    for path in sorted(modules):
        yield from _found(path, path.read_text("utf-8"))
    for path in sorted(path for path in (folder / "templates").rglob("*") if path.suffix in {".html", ".txt"}):
        yield from _found(path, _calls_of_template(path))


def _found(path: Path, source: str) -> Iterator[Sentence]:
    where = path.relative_to(CLINIC).as_posix()
    for _line, words, comments, context in extract(
        "python", io.BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=["Translators:"], strip_comment_tags=True
    ):
        if words:
            yield Sentence(words=words, context=context, path=where, comments=tuple(comments))


def _calls_of_template(path: Path) -> str:
    """The calls of gettext that Django makes of a template, one a line, as Python can be read."""
    from django.utils.translation.template import templatize

    made = str(templatize(path.read_text("utf-8"), origin=str(path)))
    starts = [found.start() for found in IN_TEMPLATES.finditer(made)]
    return "\n".join(_call(made, start) for start in starts) + "\n"


def _call(made: str, start: int) -> str:
    """From the name of a call to its closing parenthesis, heeding quotes."""
    depth, quote, at = 0, "", made.index("(", start)
    while at < len(made):
        letter = made[at]
        if quote:
            if letter == "\\":
                at += 1
            elif made.startswith(quote, at):
                at += len(quote) - 1
                quote = ""
        elif letter in "\"'":
            quote = letter * 3 if made.startswith(letter * 3, at) else letter
            at += len(quote) - 1
        else:
            depth += (letter == "(") - (letter == ")")
            if depth == 0:
                return made[start : at + 1]
        at += 1
    raise SystemExit(f"This call does not end: {made[start : start + 60]}")


def update(app: str) -> Catalog:
    """The app's catalogue with exactly its present sentences, what was translated kept; written where it changed."""
    wanted = _fresh()
    for each in sentences(app):
        wanted.add(each.words, context=each.context, locations=[(each.path, 0)], user_comments=each.comments)
    path = catalogue_of(app)
    held = _read(path)
    others = [_read(catalogue_of(each)) for each in apps() if each != app]
    for message in wanted:
        for catalogue in (held, *others):  # what another app says already is said alike here
            _take_over(message, catalogue.get(message.id, message.context) if message.id else None)
    if path.exists() or len(wanted):
        written = _written(wanted)
        if not path.exists() or path.read_bytes() != written:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written)
    return wanted


def _take_over(message: Message, held: Message | None) -> None:
    if held is None or _is_whole(message) or not _is_whole(held):
        return
    if isinstance(held.id, str) == isinstance(message.id, str):
        message.string = held.string
        message.flags |= held.flags & {"fuzzy"}


def _fresh() -> Catalog:
    return Catalog(
        locale=LANGUAGE, project="Poise", version="1", header_comment=HEADER.rstrip(), creation_date=STARTED,
        revision_date=STARTED, last_translator="Poise", language_team="Poise", msgid_bugs_address="-", fuzzy=False,
        charset="utf-8",
    )  # fmt: skip


def _read(path: Path) -> Catalog:
    if not path.exists():
        return _fresh()
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def _written(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return out.getvalue()


def faults() -> list[str]:
    """What a reader of Spanish would stumble over; empty where all is well."""
    told: list[str] = []
    said: dict[tuple[object, object], tuple[str, object]] = {}
    for app in apps():
        held = _read(catalogue_of(app))
        for each in sentences(app):
            found = held.get(each.words, each.context)
            if found is None or not _is_whole(found):
                told.append(f"{app}: not translated: {each.words!r} ({each.path})")
                continue
            told += _unsound(app, found, held)
            first = said.setdefault((found.id, found.context), (app, found.string))
            if first[1] != found.string:
                told.append(f"{app}: {found.id!r} is said otherwise in {first[0]}: {first[1]!r}, {found.string!r}")
    return sorted(set(told))


def _is_whole(message: Message) -> bool:
    strings: Iterable[str] = message.string if isinstance(message.string, tuple | list) else [message.string]
    strings = list(strings)
    return bool(strings) and all(strings)


def _unsound(app: str, message: Message, catalogue: Catalog) -> list[str]:
    told = [f"{app}: unsure (fuzzy): {message.id!r}"] if message.fuzzy else []
    told += [f"{app}: {message.id!r}: {error}" for error in message.check(catalogue)]
    asked, given = _placeholders(message.id), _placeholders(message.string)
    return told + ([f"{app}: {message.id!r}: other placeholders: {message.string!r}"] if asked != given else [])


def _placeholders(words: Any) -> set[str]:
    """Of both forms together: “one visit” may leave the number out."""
    return set(PLACEHOLDER.findall(words if isinstance(words, str) else " ".join(words)))


def compile_all(clinic: Path = CLINIC) -> list[Path]:
    """Every .po as the .mo beside it, which is what Django reads."""
    made = []
    for path in sorted(clinic.glob(f"*/locale/{LANGUAGE}/LC_MESSAGES/django.po")):
        out = io.BytesIO()
        write_mo(out, _read(path))
        target = path.with_suffix(".mo")
        if not target.exists() or target.read_bytes() != out.getvalue():
            target.write_bytes(out.getvalue())
        made.append(target)
    return made


def main() -> int:
    """Update, check or compile."""
    parser = argparse.ArgumentParser(description="The clinic's words in Spanish.")
    parser.add_argument("apps", nargs="*", metavar="app", help="only these apps")
    parser.add_argument("--check", action="store_true", help="only say what is wrong")
    parser.add_argument("--compile", action="store_true", help="only write the .mo files")
    told = parser.parse_args()
    if told.compile:
        print(f"{len(compile_all())} catalogues compiled.")
        return 0
    if not told.check:
        for app in told.apps or apps():
            catalogue = update(app)
            missing = sum(not _is_whole(message) for message in catalogue if message.id)
            print(f"{app}: {len(catalogue)} sentences, {missing} not translated")
        compile_all()
    found = [fault for fault in faults() if not told.apps or fault.split(":")[0] in told.apps]
    if told.check and found:
        print("\n".join(found))
    return 1 if found and told.check else 0


if __name__ == "__main__":
    sys.exit(main())

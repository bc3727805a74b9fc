"""Whether the chain is whole: every row is read in order and sealed again; the first one that does not fit is named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain as chain_of
from itertools import pairwise
from pathlib import Path

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import heads
from poise.clinic.audit.domain.chain import DONE, FAILED, SEALED, NotRecorded, record, seal_of
from poise.clinic.audit.domain.heads import BadHead, KeptHead
from poise.clinic.audit.models import Event, Head

PAGE = 2000  # rows in memory at a time
Values = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """The first row that is not what it was: `kind` in a word, `sentence` for a person."""

    number: int
    kind: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a reading of the chain found."""

    rows: int
    last: int
    fault: Fault | None
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return self.fault is None


def verify(
    outside: list[KeptHead], *, progress: Callable[[int], None] | None = None, head_needed: bool = True
) -> Verdict:
    """Reads the whole chain, from the first row to the last, in bounded memory.

    Parameters
    ----------
    outside
        Ends of the chain kept outside the table: each must be found in it again.
    progress
        Told how many rows have been read, once a page.
    head_needed
        Whether a chain with rows, but with no end kept outside, is a fault (rows cut off its end would not be missed).
    """
    began, key = time.monotonic(), heads.audit_key()
    end = Head.objects.filter(pk=1).first() or Head(number=0, seal="")
    fault = _bad_head(outside, key) or (_no_head(end) if head_needed and not outside else None)
    trusted = {head.number: head for head in outside if head.signed(key) == head}
    walk = _Walk(key, trusted, end)
    if fault is None or fault.kind != "key":
        fault = walk.through(progress) or fault
    return Verdict(
        rows=walk.rows, last=walk.number, fault=fault, seconds=round(time.monotonic() - began, 3)
    )  # fmt: skip


def kept_outside(folder: Path) -> list[KeptHead]:
    """The ends of the chain kept in the data folder.

    Raises
    ------
    BadHead
        One of the files is no head.
    """
    return [heads.read(path) for path in heads.kept(folder)]


def remember(by: Actor, verdict: Verdict) -> None:
    """Writes down that the chain was verified, and what was found. A database that takes no row is not asked twice."""
    with suppress(NotRecorded):
        record(by, "audit.verify", outcome=DONE if verdict.sound else FAILED, detail={
            "rows": verdict.rows, "fault": verdict.fault.kind if verdict.fault else None,
            "row": verdict.fault.number if verdict.fault else None})  # fmt: skip


class _Walk:
    """One reading: what was expected next, and what the ends kept outside still wait for."""

    def __init__(self, key: bytes, outside: dict[int, KeptHead], end: Head) -> None:
        self.key, self.outside, self.end = key, outside, end
        self.number, self.before, self.rows = 0, "", 0

    def through(self, progress: Callable[[int], None] | None) -> Fault | None:
        for row, following in _each_with_next():
            fault = self._wrong(row, following)
            if fault is not None:
                return fault
            self.number, self.before = int(str(row[0])), str(row[-1])
            self.rows += 1
            if progress is not None and self.rows % PAGE == 0:
                progress(self.rows)
        return self._cut_off()

    def _wrong(self, row: Values, following: Values | None) -> Fault | None:
        number, seal, expected = int(str(row[0])), str(row[-1]), self.number + 1
        if number > expected:
            return _gone(expected, number - 1)
        if number < expected:
            return Fault(number=number, kind="inserted", sentence=f"Row {number} was put in: rows begin at 1.")
        if seal_of(row[:-1], self.before, self.key) != seal:
            return self._unfit(row, following)
        head = self.outside.get(number)
        if head is not None and head.seal != seal:
            return Fault(
                number=number,
                kind="edited",
                sentence=f"Row {number} is not the one whose seal was kept outside on {head.at[:10]}: the rows up to "
                "it were written anew by someone who has the key.",
            )
        if number == self.end.number and self.end.seal != seal:
            return Fault(number=number, kind="head", sentence=f"The head in the table does not fit row {number}.")
        return None

    def _unfit(self, row: Values, following: Values | None) -> Fault:
        """A row whose seal does not fit. What was done to it shows in the row after it, for the likely ways."""
        number, own = self.number + 1, str(row[-1])
        kind, sentence = "edited", f"Row {number} was changed, moved or put in: its seal does not fit."
        if following is None:
            pass
        elif self._fits(following, number + 1, own):
            kind, sentence = "edited", f"Row {number} was changed after it was written."
        elif self._fits(row, number + 1, str(following[-1])):
            kind, sentence = "reordered", f"Rows {number} and {number + 1} changed places."
        elif self._fits(following, number, self.before):
            kind, sentence = "inserted", f"Row {number} was put in: the row after it stood there."
        elif self._fits(following, number + 2, own):
            kind, sentence = "deleted", f"Row {number} was taken out, and the rows after it renumbered."
        return Fault(number=number, kind=kind, sentence=sentence)

    def _fits(self, row: Values, number: int, before: str) -> bool:
        return seal_of((number, *row[1:-1]), before, self.key) == str(row[-1])

    def _cut_off(self) -> Fault | None:
        furthest = max([self.end.number, *self.outside])
        if furthest <= self.number:
            return None
        where = "the head in the table" if furthest == self.end.number else "the end kept outside the table"
        return Fault(
            number=self.number + 1,
            kind="truncated",
            sentence=f"Rows {self.number + 1} to {furthest} are missing at the end: {where} stands at row {furthest}.",
        )


def _each_with_next() -> Iterator[tuple[Values, Values | None]]:
    """Every row with the one after it, so that what was done to a bad row can be told from its neighbour."""
    return pairwise(chain_of(_rows(), [None]))  # type: ignore[list-item]


def _rows() -> Iterator[Values]:
    """All rows in order of their numbers, a page at a time: no long transaction, little in memory."""
    rows = Event.objects.order_by("number").values_list(*SEALED, "seal")
    page: list[Values] = list(rows[:PAGE])
    while page:
        yield from page
        page = list(rows.filter(number__gt=page[-1][0])[:PAGE])


def _gone(first: int, last: int) -> Fault:
    which = f"Row {first} is" if first == last else f"Rows {first} to {last} are"
    return Fault(number=first, kind="deleted", sentence=f"{which} missing.")


def _no_head(end: Head) -> Fault | None:
    if end.number == 0:
        return None
    return Fault(
        number=end.number + 1,
        kind="no head",
        sentence="No end of the chain is kept outside the table, so rows cut off its end would not be missed. "
        "Give a copy with --head FILE, or accept it with --without-head.",
    )


def _bad_head(outside: list[KeptHead], key: bytes) -> Fault | None:
    for head in outside:
        if head.key != heads.fingerprint(key):
            return Fault(
                number=1,
                kind="key",
                sentence=f"The audit key is not the one that sealed this chain (the head of {head.at[:10]} says so). "
                "Put back the secrets.json of this installation.",
            )
        if head.signed(key) != head:
            return Fault(number=head.number, kind="head", sentence=f"The head kept on {head.at[:10]} was changed.")
    return None


__all__ = ["BadHead", "Fault", "Verdict", "kept_outside", "remember", "verify"]

"""Doubts as they are told: each with what it is about, and what many channels share only once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from poise.documents.words import muscle_words
from poise.model import Problem

MOST_NAMED = 14
_NEEDS = re.compile(r"\(needs ([^()]+)\)\.$")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, kw_only=True)
class Told:
    """One doubt in words; `where` names the muscle, channel or side, and is empty where it is the whole recording."""

    where: str
    what: str
    do: str

    @property
    def sentence(self) -> str:
        """The doubt behind what it is about."""
        return f"{self.where}: {self.what}" if self.where else self.what


def told(problems: Sequence[Problem], *, of: Sequence[str]) -> list[Told]:
    """The doubts in their order, those that differ only in their channel and their figures together.

    Parameters
    ----------
    of
        Names of the recording and its file, which need no telling.
    """
    alike: dict[tuple[str, str], list[Problem]] = {}
    for each in problems:
        alike.setdefault((_NUMBER.sub("#", each.what), each.do), []).append(each)
    return [_together(held, of) for held in alike.values()]


def unseen_told(unseen: Sequence[str]) -> list[str]:
    """What could not be judged, a line for each reason: what it takes, then all that went unjudged without it."""
    by_reason: dict[str, list[str]] = {}
    for each in unseen:
        by_reason.setdefault(_reason(each), []).append(each)
    return [
        held[0] if len(held) == 1 else f"{reason}: {'; '.join(each.partition(': ')[0] for each in held)}."
        for reason, held in by_reason.items()
    ]


def _reason(sentence: str) -> str:
    """What it takes, where the sentence says so, else why it was not judged, without a full stop."""
    if takes := _NEEDS.search(sentence):
        return f"It takes {takes.group(1)}"
    why = sentence.partition(": ")[2].rstrip(".")
    return f"{why[:1].upper()}{why[1:]}"


def _together(held: Sequence[Problem], of: Sequence[str]) -> Told:
    places = list(dict.fromkeys(filter(None, (_place(each.where, of) for each in held))))
    where = ", ".join(places[:MOST_NAMED])
    if len(places) > MOST_NAMED:
        where += f" and {len(places) - MOST_NAMED} more"
    if len({each.what for each in held}) > 1:
        where += f" (figures: {places[0]})" if places else ""
    return Told(where=where, what=held[0].what, do=held[0].do)


def _place(where: str, of: Sequence[str]) -> str:
    """What is left of a place without the recording's own name: ``soleus left``."""
    for name in of:
        # A file within an archive is the recording too: test.txt of s1/e1/u2/test.
        if where == name or where.rpartition(".")[0] == name.rpartition("/")[2]:
            return ""
        where = where.removeprefix(f"{name}, ")
    return muscle_words(where) if "_" in where and " " not in where and "/" not in where else where

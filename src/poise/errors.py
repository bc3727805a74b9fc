"""Every error that Poise raises on purpose.

Each one tells a person the problem, what was found and what to do, and lists all faults at once. One class a kind of
mistake, so that a caller can catch just what it can mend.
"""

from __future__ import annotations

from collections.abc import Iterable


class PoiseError(Exception):
    """A problem told in three parts: what went wrong, what was found, what to do about it.

    Parameters
    ----------
    problem
        One sentence that names the thing that could not be done.
    found
        What was there instead; empty where there is nothing to say.
    do
        What the reader of the message can do next.
    """

    def __init__(self, problem: str, *, found: str = "", do: str = "") -> None:
        self.problem = problem
        self.found = found
        self.do = do
        super().__init__("\n".join(part for part in (problem, found, do) if part))


class UnreadableFile(PoiseError):
    """The file is damaged, empty, cut off, or not what its name says."""


class UnknownFormat(PoiseError):
    """No reader knows this kind of file."""


class NotInstalled(PoiseError):
    """An optional part of Poise, or a file that its build puts beside it, is not there."""


class MissingSignal(PoiseError):
    """The recording does not hold a signal, marker or fact that was asked for."""

    @classmethod
    def of(cls, wanted: Iterable[str], *, what_for: str, held: Iterable[str], do: str) -> MissingSignal:
        """Name what is missing for a purpose, beside what the recording does hold."""
        missing, present = ", ".join(wanted), ", ".join(held)
        return cls(
            f"Cannot measure {what_for}: {missing} missing.",
            found=f"The recording holds {present or 'nothing'}.",
            do=do,
        )


class BadMapping(PoiseError):
    """The mapping file given with --map says something that cannot be used."""


class BadSetting(PoiseError):
    """A setting has a value outside what its method allows."""


class BadKnowledge(PoiseError):
    """A knowledge file has an unknown id, a missing unit or citation, or contradicts itself."""


class NothingToMeasure(PoiseError):
    """The recording can be read, but holds too little of what a measure needs."""

"""What a recording was taken to be, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """The task of a recording and why it is thought to be that.

    `confidence` is 1 where somebody said so (the user or the file), else 0 to 1; `because` is one sentence that a
    person can check; `instead` is the next best guess, empty where there was none. `exercise` is an exercise's id
    where one was told or recognised.
    """

    task: str
    confidence: float
    because: str
    exercise: str = ""
    instead: str = ""

"""What a plug-in must offer. `poise.testing` checks these for any plug-in, ours or another package's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from poise.model.comparison import Comparison
from poise.model.measurement import Definition, Measured, Measurement
from poise.model.recording import Recording


@runtime_checkable
class Reader(Protocol):
    """One file format → recordings. A module of `poise.readers` that holds one calls it ``READER``."""

    name: str
    suffixes: tuple[str, ...]

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the file is of this format, judged by its name and its first 4096 bytes (unpacked)."""
        ...

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """All recordings in the file; `mapping` is the user's --map, empty without one.

        Raises
        ------
        UnreadableFile
            The file is damaged, cut off or not what it seems.
        """
        ...


@runtime_checkable
class Measure(Protocol):
    """One method of measuring. A module of `poise.measures` that holds one calls it ``MEASURE``.

    Settings are its dataclass fields; parameters, data and results never mix.
    """

    name: str
    version: str
    tasks: frozenset[str]
    defines: tuple[Definition, ...]

    def fits(self, recording: Recording) -> bool:
        """Whether the recording holds what the method needs; cheap, no computing."""
        ...

    def compute(self, recording: Recording) -> Measured:
        """Measure; what cannot be measured comes back as problems, never as numbers."""
        ...


Seen = tuple[str, Mapping[str, str], Sequence[Measurement]]
"""One recording as a comparison sees it: its id, its conditions (`poise.model.conditions`), what was measured."""


@dataclass(frozen=True, kw_only=True)
class Compare:
    """What only several recordings of one person show; a module of `poise.measures` calls its own ``COMPARE``.

    `compare` gets every recording of the person and gives the comparisons that they allow; what differs without being
    asked for is a problem of the comparison, and then there is no number.
    """

    name: str
    defines: tuple[Definition, ...]
    compare: Callable[[Sequence[Seen]], Sequence[Comparison]]

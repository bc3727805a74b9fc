"""The kinds of job there are: each app adds its own when Django starts (`AppConfig.ready`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from poise.errors import BadSetting

if TYPE_CHECKING:
    from poise.clinic.jobs.domain.work import Work

Handler = Callable[["Work"], "Mapping[str, object] | None"]
MINUTE_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of job.

    Attributes
    ----------
    name
        What stands in the table: ``analysis``.
    label
        What a person reads: "Analysis of a recording".
    handler
        Where the function is that does it: ``"poise.clinic.evaluations.domain.analysis:analyse"``. A name, so that the
        web server need not load what only workers need.
    time_limit_s, memory_limit_bytes
        Past these the job is stopped and fails, with a sentence that says so.
    """

    name: str
    label: str | Promise
    handler: str
    time_limit_s: float = 60 * MINUTE_S
    memory_limit_bytes: int = 6 * 1024**3

    def load(self) -> Handler:
        """The function itself."""
        module, _, function = self.handler.partition(":")
        found: Handler = getattr(import_module(module), function)
        return found


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Makes a kind known; saying the same twice is nothing."""
    if _KINDS.setdefault(kind.name, kind) != kind:
        raise BadSetting(f"There are two kinds of job called '{kind.name}'.")


def kind_of(name: str) -> Kind:
    """The kind of this name.

    Raises
    ------
    BadSetting
        Nobody has made it known.
    """
    try:
        return _KINDS[name]
    except KeyError:
        raise BadSetting(f"There is no kind of job called '{name}'.", found=f"There are {sorted(_KINDS)}.") from None

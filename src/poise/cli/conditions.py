"""``eyes=closed,surface=foam`` → the conditions of a recording."""

from __future__ import annotations

from collections.abc import Mapping

from poise.errors import BadSetting
from poise.workflows.request import checked


def parse_conditions(said: str) -> Mapping[str, str]:
    """The conditions told on the command line.

    Raises
    ------
    BadSetting
        A condition that is unknown, told twice, or has a value it cannot have; an exercise that there is not.
    """
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in said.split(","))):
        name, _, value = (each.strip().lower() for each in part.partition("="))
        if name in found:
            raise BadSetting(f"--conditions tell {name} twice.", found=f"They said '{said}'.", do="Say it once.")
        found[name] = value
    return checked(found)

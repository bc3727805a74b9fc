"""``eyes=closed,surface=foam`` → the conditions of a recording."""

from __future__ import annotations

from collections.abc import Mapping

from poise.errors import BadSetting
from poise.model.conditions import KNOWN, faults


def parse_conditions(said: str) -> Mapping[str, str]:
    """The conditions told on the command line; all faults at once.

    Raises
    ------
    BadSetting
        A condition that is unknown, told twice, or has a value it cannot have.
    """
    found: dict[str, str] = {}
    wrong: list[str] = []
    for part in filter(None, (each.strip() for each in said.split(","))):
        name, _, value = (each.strip().lower() for each in part.partition("="))
        if name in found:
            wrong.append(f"{name} is told twice")
        found[name] = value
    wrong += faults(found)
    if wrong:
        raise BadSetting(
            "--conditions cannot be used: " + "; ".join(wrong) + ".",
            found=f"They said '{said}'.",
            do=f"Write them like eyes=closed,surface=foam; the names are {', '.join(KNOWN)}.",
        )
    return found

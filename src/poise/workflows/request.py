"""What is asked of a run: the same for every file of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from poise.errors import BadSetting
from poise.knowledge.exercises import exercises
from poise.model import Assessment, Person
from poise.model.conditions import KNOWN, faults

TASKS = (
    "walk", "stand", "sit_to_stand", "squat", "single_leg", "reach", "posture", "jps", "emg", "tug",
    "exercise", "stairs", "muscle_length", "auto",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of every file of one run.

    `person` and `conditions` (`poise.model.conditions`) add to, and win over, what the file says; `mapping` is the
    user's --map; `earlier` is the same person's earlier assessment to compare with; `keep_signals` keeps the recording
    for the report's pictures.

    Raises
    ------
    BadSetting
        The task is none of `TASKS`.
    """

    task: str = "auto"
    person: Person = field(default_factory=Person)
    conditions: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, object] = field(default_factory=dict)
    earlier: Assessment | None = None
    keep_signals: bool = True

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise BadSetting(f"The task '{self.task}' is not known.", do=f"Choose one of {', '.join(TASKS)}.")


def checked(conditions: Mapping[str, str]) -> Mapping[str, str]:
    """The conditions, all faults told at once.

    Raises
    ------
    BadSetting
        A condition that is unknown or has a value it cannot have, an exercise that there is not.
    """
    wrong = list(faults(conditions))
    if (named := conditions.get("exercise")) and named not in exercises():
        alike = get_close_matches(named.removeprefix("x_"), [each.removeprefix("x_") for each in exercises()], n=3)
        meant = f"; did you mean {' or '.join(f'x_{each}' for each in alike)}?" if alike else ""
        wrong.append(f"there is no exercise '{named}'{meant}")
    if wrong:
        raise BadSetting(
            "The conditions cannot be used: " + "; ".join(wrong) + ".",
            found=f"They said {', '.join(f'{name}={value}' for name, value in conditions.items())}.",
            do=f"Write them like eyes=closed,surface=foam,exercise=x_squat; the names are {', '.join(KNOWN)}.",
        )
    return conditions

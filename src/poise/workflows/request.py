"""What is asked of a run: the same for every file of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from poise.errors import BadSetting
from poise.model import Assessment, Person

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

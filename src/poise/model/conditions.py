"""The conditions of a recording: what was held fixed or changed on purpose while the person moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

WORDS: Mapping[str, tuple[str, ...]] = {
    "eyes": ("open", "closed"),
    "surface": ("firm", "foam", "disc", "wobble", "beam"),
    "stance": ("two_feet", "feet_together", "semi_tandem", "tandem", "left_leg", "right_leg"),
    "side": ("left", "right"),
    "attention": ("single", "dual"),
    "facing": ("camera", "away", "left", "right"),
    "posture": ("standing", "sitting", "lying"),
    "arms": ("free", "crossed", "used"),
    "contraction": ("task", "rest", "maximal", "reference"),
}
"""Conditions that are one of a few words. `side` is the side that was tested, `attention` is dual while the person
does a second task, `facing` is where the person faced throughout, as the camera saw it (``left`` of the picture),
`contraction` says what an EMG recording is for."""
NUMBERS = ("target_deg", "distance_m", "chair_height_m", "step_height_m", "limit_s", "trial")
"""Conditions that are numbers: the angle to find again, the distance of a target or a walk, …, the trial's number."""
FREE = ("exercise", "direction", "movement")
"""Conditions that are names: an exercise's id (``x_squat``), a direction of reach or lean, a movement."""
KNOWN = (*WORDS, *NUMBERS, *FREE)


def faults(conditions: Mapping[str, str]) -> Iterator[str]:
    """What cannot be understood in them, one sentence part each; nothing where all is well."""
    for name, value in conditions.items():
        if name not in KNOWN:
            yield f"'{name}' is not a condition it knows"
        elif name in WORDS and value not in WORDS[name]:
            yield f"{name} is one of {', '.join(WORDS[name])}"
        elif name in NUMBERS and not _is_number(value):
            yield f"{name} is a number"


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, ...]:
    """The conditions that are known on both sides and are not the same, such as ``surface``; ``trial`` may differ."""
    return tuple(name for name in one if name in other and name != "trial" and one[name] != other[name])


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True

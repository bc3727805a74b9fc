"""When several methods saw one walk: whose strides the rest of the work builds on."""

from __future__ import annotations

from collections.abc import Iterable

from poise.model.gait import Walk
from poise.model.measurement import Measured, method_name

ORDER = (
    "gait_force_plates", "gait_markers", "gait_foot_imu", "gait_lumbar_imu", "gait_landmarks",
)  # fmt: skip
"""How directly each method sees a foot meet the floor, most direct first."""


def choose_walk(measured: Iterable[Measured]) -> Measured | None:
    """The result to take events, strides and their measures from; None where nobody saw a walk.

    The most direct method wins among those that have most strides. Force plates are the reference, but overground
    they see only the steps that land on them; then the markers, which see all, give every event, so that one walk is
    never a mixture of two methods' biases.
    """
    walks = [(each, each.walk) for each in measured if each.walk is not None]
    if not walks:
        return None
    most = max(_seen(walk) for _, walk in walks)
    complete = [(each, walk) for each, walk in walks if _seen(walk) >= most]
    return min(complete, key=lambda found: _rank(found[1]))[0]


def _seen(walk: Walk) -> int:
    # Strides count; where nobody has one, footsteps do.
    return 1000 * len(walk.strides) if walk.strides else len(walk.footsteps)


def _rank(walk: Walk) -> int:
    name = method_name(walk.method)
    return ORDER.index(name) if name in ORDER else len(ORDER)

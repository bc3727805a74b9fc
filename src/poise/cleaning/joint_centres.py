"""Where the joints turn: given, between two epicondyles, or by published regression."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from poise.cleaning.settings import Settings
from poise.model.recording import SIDES, Recording
from poise.signals import geometry

Array = NDArray[np.float64]


def with_joint_centres(
    recording: Recording, points: Mapping[str, Array], settings: Settings
) -> tuple[Recording, dict[str, Array]]:
    """The points and the joint centres that can be placed from them."""
    placed = dict(points)
    for side in SIDES:
        for joint in ("knee", "ankle", "elbow"):
            outer, inner = placed.get(f"{side}_{joint}"), placed.get(f"{side}_{joint}_medial")
            if f"{side}_{joint}_centre" not in placed and outer is not None and inner is not None:
                placed[f"{side}_{joint}_centre"] = geometry.midpoint(outer, inner)
        first, fifth = placed.get(f"{side}_first_metatarsal"), placed.get(f"{side}_fifth_metatarsal")
        if f"{side}_toe" not in placed and first is not None and fifth is not None:
            placed[f"{side}_toe"] = geometry.midpoint(first, fifth)
    _middles(placed)
    return recording, placed


def _middles(placed: dict[str, Array]) -> None:
    for name, pairs in {
        "pelvis_centre": ("hip_centre", "asis", "greater_trochanter", "psis"),
        "shoulders_centre": ("shoulder_centre", "shoulder"),
    }.items():
        for pair in pairs:
            left, right = placed.get(f"left_{pair}"), placed.get(f"right_{pair}")
            if name not in placed and left is not None and right is not None:
                placed[name] = geometry.midpoint(left, right)

"""The names of the body's points, as all of Poise uses them.

A name with a side starts with it: ``left_heel``. A name without ``_centre`` is where a skin marker sits (``left_knee``
is the lateral femoral epicondyle, ``left_ankle`` the lateral malleolus); a name with ``_centre`` is the joint's
centre, whether a marker set's model, a pose network or our own regression put it there.
"""

from __future__ import annotations

MIDLINE = (
    "head", "nose", "c7", "t10", "sternum", "xiphoid", "sacrum", "pelvis_centre", "shoulders_centre",
)  # fmt: skip
PAIRED = (
    "eye", "ear", "shoulder", "elbow", "elbow_medial", "wrist", "hand",
    "asis", "psis", "iliac_crest", "greater_trochanter",
    "thigh", "knee", "knee_medial", "shank", "ankle", "ankle_medial", "heel", "toe",
    "first_metatarsal", "fifth_metatarsal", "hallux",
    "hip_centre", "knee_centre", "ankle_centre", "shoulder_centre", "elbow_centre", "wrist_centre",
)  # fmt: skip
NAMES = (*MIDLINE, *(f"{side}_{name}" for side in ("left", "right") for name in PAIRED))


def mirrored(name: str) -> str:
    """The same point on the other side of the body; a midline point is its own mirror."""
    if name.startswith("left_"):
        return "right_" + name.removeprefix("left_")
    if name.startswith("right_"):
        return "left_" + name.removeprefix("right_")
    return name

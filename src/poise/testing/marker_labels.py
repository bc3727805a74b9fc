"""The labels under which a simulated body is recorded: laboratory marker sets and a pose model."""

from __future__ import annotations

from collections.abc import Mapping

from poise.model.recording import SIDES


def _paired(patterns: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """``"{S}ASI" → asis`` for both sides."""
    return {
        pattern.format(S=side[0].upper(), s=side[0], side=side): (f"{side}_{name}",)
        for side in SIDES
        for pattern, name in patterns.items()
    }


LABELS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "plug-in-gait": {
        "C7": ("c7",), "T10": ("t10",), "CLAV": ("sternum",), "STRN": ("xiphoid",),
        "LFHD": ("head",), "RFHD": ("head",), "LBHD": ("head",), "RBHD": ("head",),
    } | _paired({
        "{S}ASI": "asis", "{S}PSI": "psis", "{S}THI": "thigh", "{S}KNE": "knee", "{S}TIB": "shank", "{S}ANK": "ankle",
        "{S}HEE": "heel", "{S}TOE": "toe", "{S}SHO": "shoulder", "{S}ELB": "elbow", "{S}WRA": "wrist",
        "{S}WRB": "wrist",         "{S}FIN": "hand",
    }),
    "medial": {"C7": ("c7",), "CLAV": ("sternum",)} | _paired({
        "{S}.ASIS": "asis", "{S}.PSIS": "psis", "{S}.GTR": "greater_trochanter", "{S}.Knee": "knee",
        "{S}.Knee.Medial": "knee_medial", "{S}.Ankle": "ankle", "{S}.Ankle.Medial": "ankle_medial",
        "{S}.Heel": "heel", "{S}.MT1": "first_metatarsal", "{S}.MT5": "fifth_metatarsal", "{S}SHO": "shoulder",
    }),
    "opencap": {"C7_study": ("c7",)} | _paired({
        "{s}.ASIS_study": "asis", "{s}.PSIS_study": "psis", "{s}_knee_study": "knee", "{s}_mknee_study": "knee_medial",
        "{s}_ankle_study": "ankle", "{s}_mankle_study": "ankle_medial", "{s}_calc_study": "heel",
        "{s}_toe_study": "toe", "{s}_5meta_study": "fifth_metatarsal", "{s}_shoulder_study": "shoulder",
    }),
    "feet-and-pelvis": {"V.Sacral": ("sacrum",)} | _paired({"{S}.ASIS": "asis", "{S}.Heel": "heel", "{S}.Toe": "toe"}),
}  # fmt: skip
"""Label → the points whose middle it is."""


def _pose() -> dict[str, str]:
    face = {"nose": "nose", "mouth_left": "nose", "mouth_right": "nose"}
    for side in SIDES:
        face |= {f"{side}_eye_inner": f"{side}_eye", f"{side}_eye": f"{side}_eye", f"{side}_eye_outer": f"{side}_eye"}
        face |= {f"{side}_ear": f"{side}_ear"}
    limbs = {
        f"{side}_{label}": f"{side}_{name}"
        for label, name in {
            "shoulder": "shoulder_centre", "elbow": "elbow_centre", "wrist": "wrist_centre", "pinky": "hand",
            "index": "hand", "thumb": "hand", "hip": "hip_centre", "knee": "knee_centre", "ankle": "ankle_centre",
            "heel": "heel", "foot_index": "hallux",
        }.items()
        for side in SIDES
    }  # fmt: skip
    return face | limbs


POSE_ORDER: Mapping[str, str] = _pose()
"""Pose landmark → the point of the body where it sits."""

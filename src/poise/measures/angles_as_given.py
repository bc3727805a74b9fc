"""Joint angles that other software computed, under our names and signs: OpenSim coordinates, Plug-in-Gait angles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from poise.measures.joint_angles import Angle
from poise.model import SIDES, Kind, Problem, Recording, Side, Stream

Array = NDArray[np.float64]

AS_GIVEN = "as given by the file"
MODEL_ZERO = f"{AS_GIVEN}, zero as in its model"

# OpenSim's legs are mirrored by the model itself; its pelvis and trunk turn about the room's axes.
_OPENSIM_LEG = {
    "hip_flexion": "hip.flexion", "hip_adduction": "hip.adduction", "hip_rotation": "hip.rotation",
    "ankle_angle": "ankle.dorsiflexion", "arm_flex": "shoulder.flexion", "elbow_flex": "elbow.flexion",
    "elbow_flexion": "elbow.flexion",
}  # fmt: skip
_KNEE_LABELS = ("knee_angle", "knee_flexion")
CLEARLY_BENT_DEG = 20.0
"""No knee bends backwards this far in walking: whichever way goes beyond is flexion."""

# Plug-in-Gait: which axis of which output is which of our angles; its signs are ours, on both sides.
_PLUG_IN_GAIT = {
    "HipAngles": ("hip.flexion", "hip.adduction", "hip.rotation"),
    "KneeAngles": ("knee.flexion", "knee.adduction", "knee.rotation"),
    "AnkleAngles": ("ankle.dorsiflexion", "", ""),
    "PelvisAngles": ("pelvis.tilt", "pelvis.obliquity", "pelvis.rotation"),
    "FootProgressAngles": ("", "", "foot.progression"),
    "ThoraxAngles": ("thorax.tilt", "thorax.obliquity", "thorax.rotation"),
}
_PLUG_IN_LABEL = re.compile(r"^(?:.*[:_ ])?(?P<side>[LR])(?P<joint>[A-Z][A-Za-z]+Angles)$")


def angles_as_given(recording: Recording) -> tuple[tuple[Angle, ...], tuple[Problem, ...]]:
    """The angles that the file itself holds, NaN where it has none.

    Returns
    -------
    angles, problems
        Problems say which sign could not be settled. Zeros at the ends of a channel, where Plug-in-Gait had no
        markers, are missing values.
    """
    where = recording.source or recording.id
    if Kind.COORDINATES in recording:
        return _from_opensim(recording[Kind.COORDINATES], where)
    if Kind.JOINT_ANGLES in recording:
        return tuple(_from_plug_in_gait(recording[Kind.JOINT_ANGLES])), ()
    return (), ()


def knee_flexion_sign(knees: Array) -> float | None:
    """+1 where flexion is positive, −1 where it is negative, None where the data do not settle it.

    Parameters
    ----------
    knees
        Shape (samples, n), degrees, of one model: a knee bends one way, far, and hardly the other way.

    Notes
    -----
    OpenSim's models differ: gait2392 and its kin count flexion negative, Rajagopal's and Lai's positive.
    """
    known = knees[np.isfinite(knees)]
    if not len(known):
        return None
    most, least = float(known.max()), float(known.min())
    if max(most, -least) < CLEARLY_BENT_DEG or min(most, -least) > CLEARLY_BENT_DEG:
        return None
    return 1.0 if most > -least else -1.0


def _from_opensim(stream: Stream, where: str) -> tuple[tuple[Angle, ...], tuple[Problem, ...]]:
    held = {_plain(label): stream[label][:, 0] for label in stream.channels}
    legs = [
        Angle(name=name, side=side, values=held[f"{label}_{side[0]}"], method=MODEL_ZERO)
        for label, name in _OPENSIM_LEG.items()
        for side in SIDES
        if f"{label}_{side[0]}" in held
    ]
    knees, problems = _opensim_knees(held, where)
    found = (*legs, *knees, *_opensim_pelvis(held), *_opensim_trunk(held), *_thighs(held))
    return found, (*problems, _model_zero(where)) if found else problems


def _model_zero(where: str) -> Problem:
    return Problem(
        what="These angles are told against the neutral posture of the model that made them: pelvis, hip, trunk and "
        "ankle can be 5 to 10° off those from markers, with the same shape and range.",
        where=where,
        do="Compare with angles of the same model, or give the markers; ranges and the knee are hardly touched.",
    )


def _plain(label: str) -> str:
    """``/jointset/hip_r/hip_flexion_r/value`` → ``hip_flexion_r``."""
    parts = [part for part in label.split("/") if part and part != "value"]
    return parts[-1].lower() if parts else label.lower()


def _opensim_knees(held: Mapping[str, Array], where: str) -> tuple[list[Angle], tuple[Problem, ...]]:
    found = {
        side: held[f"{label}_{side[0]}"] for label in _KNEE_LABELS for side in SIDES if f"{label}_{side[0]}" in held
    }
    if not found:
        return [], ()
    sign = knee_flexion_sign(np.stack(list(found.values()), axis=-1))
    if sign is None:
        doubt = Problem(
            what="The knee angles are left out: nothing in them says whether flexion is positive or negative.",
            where=where,
            do="Say which model made them; a walk in which a knee bends beyond 20° settles it.",
        )
        return [], (doubt,)
    method = f"{MODEL_ZERO}, flexion {'positive' if sign > 0 else 'negative'} there (a knee bends one way)"
    return [
        Angle(name="knee.flexion", side=side, values=sign * knee, method=method) for side, knee in found.items()
    ], ()


def _opensim_pelvis(held: Mapping[str, Array]) -> Iterator[Angle]:
    for side in SIDES:
        out = _outward(side)
        for label, name, sign in (
            ("pelvis_tilt", "pelvis.tilt", -1.0),
            ("pelvis_list", "pelvis.obliquity", -out),
            ("pelvis_rotation", "pelvis.rotation", out),
        ):
            if label in held and not (name == "pelvis.rotation" and _turns(held[label])):
                yield Angle(name=name, side=side, values=sign * held[label], method=f"{MODEL_ZERO}, against the room")


def _turns(rotation: Array) -> bool:
    """Whether the pelvis is told against a room in which the person does not walk along x."""
    known = rotation[np.isfinite(rotation)]
    return bool(len(known) and abs(known.mean()) > 20.0)


def _opensim_trunk(held: Mapping[str, Array]) -> Iterator[Angle]:
    method = f"{MODEL_ZERO}, pelvis and lumbar angle added"
    for side in SIDES:
        if {"lumbar_extension", "pelvis_tilt"} <= held.keys():
            lean = -(held["lumbar_extension"] + held["pelvis_tilt"])
            yield Angle(name="trunk.lean_forward", side=side, values=lean, method=method)
        if {"lumbar_bending", "pelvis_list"} <= held.keys():
            aside = held["lumbar_bending"] + held["pelvis_list"]
            yield Angle(name="trunk.lean_side", side=side, values=_outward(side) * aside, method=method)


def _thighs(held: Mapping[str, Array]) -> Iterator[Angle]:
    for side in SIDES:
        label = f"hip_flexion_{side[0]}"
        if label in held and "pelvis_tilt" in held:
            values = held[label] + held["pelvis_tilt"]
            yield Angle(
                name="thigh.inclination", side=side, values=values, method=f"{MODEL_ZERO}, pelvis and hip added"
            )


def _from_plug_in_gait(stream: Stream) -> Iterator[Angle]:
    for label in stream.channels:
        match = _PLUG_IN_LABEL.match(label)
        names = _PLUG_IN_GAIT.get(match["joint"]) if match else None
        if match is None or names is None or stream.values.shape[2] < 3:
            continue
        side: Side = "left" if match["side"] == "L" else "right"
        values = np.where((stream[label] == 0.0).all(axis=-1, keepdims=True), np.nan, stream[label])
        for axis, name in enumerate(names):
            if name and np.isfinite(values[:, axis]).any():
                yield Angle(name=name, side=side, values=values[:, axis], method=f"{AS_GIVEN} ({label})")


def _outward(side: Side) -> float:
    return 1.0 if side == "right" else -1.0

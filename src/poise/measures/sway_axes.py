"""Which way is forward on the floor under a standing person: as the file says, else as the feet point, else unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import Kind, Recording
from poise.signals import geometry

Array = NDArray[np.float64]
CLEAR = 0.7
"""Cosine within which a direction counts as lying in the floor."""


@dataclass(frozen=True, kw_only=True, eq=False)
class GroundAxes:
    """Medio-lateral and antero-posterior as unit vectors in the floor, shape (2,) each, of the body frame.

    `known` is False where nothing says which is which: then only what does not depend on direction may be told.
    `signed` is True where rightwards and forwards are positive, and not only the lines are known.
    """

    ml: Array
    ap: Array
    known: bool
    signed: bool
    how: str

    def of(self, ground: Array) -> Array:
        """Points of the floor, shape (..., 2), as medio-lateral and antero-posterior."""
        return np.stack([ground @ self.ml, ground @ self.ap], axis=-1)


UNKNOWN = GroundAxes(
    ml=np.array([1.0, 0.0]), ap=np.array([0.0, 1.0]), known=False, signed=False, how="nothing says which way is forward"
)


def ground_axes(recording: Recording) -> GroundAxes:
    """The axes of the floor under the person of a prepared recording."""
    return _from_body(recording) or _from_details(recording) or UNKNOWN


def _from_details(recording: Recording) -> GroundAxes | None:
    """What the file says, ``ap_axis`` and ``ml_axis`` in its own axes, turned as the recording was.

    An axis with a sign (``+x``) says that forwards (rightwards for the other) is positive.
    """
    words = [recording.details.get(name, "") for name in ("ml_axis", "ap_axis")]
    if any(word[-1:].lower() not in ("x", "y", "z") for word in words):
        return None
    turn = _turned_by(recording)
    ml, ap = (turn @ _axis(word) for word in words)
    if np.hypot(*ml[:2]) < CLEAR or np.hypot(*ap[:2]) < CLEAR:
        return None
    signed = all(word[0] in "+-" for word in words)
    return GroundAxes(ml=ml[:2], ap=ap[:2], known=True, signed=signed, how="what the file says")


def _axis(word: str) -> Array:
    unit = geometry.AXES["xyz".index(word[-1].lower())]
    return -np.asarray(unit) if word[0] == "-" else np.asarray(unit)


def _turned_by(recording: Recording) -> Array:
    """The turn that cleaning gave the recording, from its own history; nothing where it was not turned."""
    settings: Mapping[str, object] = next(
        (step.settings for step in reversed(recording.history) if step.what == "oriented"), {}
    )
    up = str(settings.get("up", "+z"))
    direction = _axis(up) if up[-1:].lower() in ("x", "y", "z") else np.array([float(part) for part in up.split()])
    turn = geometry.rotation_between(direction, geometry.Z_AXIS)
    return np.diag([1.0, -1.0, 1.0]) @ turn if settings.get("mirrored") else turn


def _from_body(recording: Recording) -> GroundAxes | None:
    """Across from the left ankle (or hip) to the right; forward is square to it, to the side of the toes."""
    if Kind.BODY not in recording or recording[Kind.BODY].frame.view != "3d":
        return None
    body = recording[Kind.BODY]
    for left, right in (("left_ankle", "right_ankle"), ("left_hip_centre", "right_hip_centre")):
        if left not in body or right not in body:
            continue
        across = _middle(body[right] - body[left])
        length = float(np.hypot(*across))
        if length > 0.03:
            ml = across / length
            return GroundAxes(
                ml=ml, ap=np.array([-ml[1], ml[0]]), known=True, signed=True, how="the line through both ankles"
            )
    return None


def _middle(vectors: Array) -> Array:
    seen = vectors[np.isfinite(vectors).all(axis=1)]
    return np.asarray(np.median(seen[:, :2], axis=0)) if len(seen) else np.zeros(2)

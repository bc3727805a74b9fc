"""Live readings: what an exercise is counted and judged by, from one frame of body points; the same live and in batch.

A reading is named as in the clinical reference (``m_knee_flexion``); that of one side has the side behind it
(``m_knee_flexion.left``). What a reading means against the calm start (a heel's *rise*, the hips' *fall*) is found by
`from_start`, because one frame does not know the start: the tracker remembers it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.errors import MissingSignal
from poise.measures import readings_formulas as formulas
from poise.measures.readings_points import NAN, Body, Point, View, bodies_of, facing_of, rightward
from poise.model import SIDES, Kind, Recording, Side

Array = NDArray[np.float64]
Formula = Callable[[Body, Side, Point], float]
Start = Literal["", "change", "turn", "share", "fall"]
"""How a reading is meant against the calm start: not at all, the difference (of headings the shorter way round), the
share of it, the share lost of it."""
SAGITTAL: frozenset[View] = frozenset({"sagittal", "3d"})
FRONTAL: frozenset[View] = frozenset({"frontal", "3d"})
SPACE: frozenset[View] = frozenset({"3d"})
ANY: frozenset[View] = frozenset({"sagittal", "frontal", "3d", "unknown"})
SEEN: frozenset[View] = frozenset({"sagittal", "frontal", "3d"})
VERIFIED, GENERAL = "verified", "general-knowledge"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One live reading: from where it can be seen, how it is computed, how far off it can be.

    `sided` readings exist once a side. `signed` ones are the same line of the body seen from either side, with the
    other sign. `error` is the expected error of a camera's reading in `unit` (`clinical/measures.yaml`), `least` the
    smallest excursion that is taken for a movement at all: sway, breath and a camera's shaking stay below it [design].
    """

    id: str
    label: str
    unit: str
    views: frozenset[View]
    formula: Formula
    error: float
    least: float
    sided: bool = False
    signed: bool = False
    start: Start = ""
    evidence: str = GENERAL


def _table(*readings: Reading) -> Mapping[str, Reading]:
    return MappingProxyType({each.id: each for each in readings})


READINGS = _table(
    Reading(id="m_knee_flexion", label="knee flexion", unit="deg", views=SAGITTAL, formula=formulas.knee_flexion,
            error=7, least=12, sided=True, evidence=VERIFIED),
    Reading(id="m_hip_flexion", label="hip flexion", unit="deg", views=SAGITTAL, formula=formulas.hip_flexion,
            error=14, least=12, sided=True, evidence=VERIFIED),
    Reading(id="m_bridge_hip_ext", label="hip line in a bridge", unit="deg", views=SAGITTAL,
            formula=formulas.hip_flexion, error=10, least=10, sided=True),
    Reading(id="m_ankle_df", label="ankle dorsiflexion", unit="deg", views=SAGITTAL,
            formula=formulas.ankle_dorsiflexion, error=20, least=8, sided=True, evidence=VERIFIED),
    Reading(id="m_trunk_lean_sag", label="trunk lean forward", unit="deg", views=SAGITTAL,
            formula=formulas.trunk_lean_sagittal, error=5, least=10),
    Reading(id="m_sts_trunk_peak", label="peak trunk lean", unit="deg", views=SAGITTAL,
            formula=formulas.trunk_lean_sagittal, error=5, least=10),
    Reading(id="m_trunk_horizontal", label="trunk off level", unit="deg", views=SAGITTAL,
            formula=formulas.trunk_from_horizontal, error=5, least=10, start="change"),
    Reading(id="m_trunk_length_ratio", label="trunk length ratio", unit="ratio", views=SAGITTAL,
            formula=formulas.trunk_length, error=0.03, least=0.03, start="share"),
    Reading(id="m_shoulder_flexion", label="arm elevation", unit="deg", views=SAGITTAL,
            formula=formulas.arm_elevation, error=10, least=15, sided=True),
    Reading(id="m_shoulder_abduction", label="arm elevation sideways", unit="deg", views=FRONTAL,
            formula=formulas.arm_elevation, error=10, least=15, sided=True),
    Reading(id="m_elbow_flexion", label="elbow flexion", unit="deg", views=SAGITTAL,
            formula=formulas.elbow_flexion, error=10, least=15, sided=True),
    Reading(id="m_ear_shoulder_angle", label="head forward angle", unit="deg", views=SAGITTAL,
            formula=formulas.ear_shoulder_angle, error=5, least=4),
    Reading(id="m_neck_flexion", label="neck flexion", unit="deg", views=SAGITTAL,
            formula=formulas.neck_flexion, error=8, least=6, start="change"),
    Reading(id="m_heel_rise", label="heel lift", unit="ratio", views=SAGITTAL, formula=formulas.heel_height,
            error=0.08, least=0.12, sided=True, start="change"),
    Reading(id="m_toe_rise", label="forefoot lift", unit="ratio", views=SAGITTAL, formula=formulas.toe_height,
            error=0.08, least=0.12, sided=True, start="change"),
    Reading(id="m_ap_hip_shift", label="forward weight shift", unit="ratio", views=SAGITTAL,
            formula=formulas.hip_ahead_of_feet, error=0.05, least=0.08, start="change"),
    Reading(id="m_plumb_ear_ankle", label="ear forward of ankle", unit="ratio", views=SAGITTAL,
            formula=formulas.ear_ahead_of_ankle, error=0.02, least=0.03),
    Reading(id="m_fppa", label="knee inward (projection)", unit="deg", views=FRONTAL, formula=formulas.knee_inward,
            error=4, least=8, sided=True, evidence=VERIFIED),
    Reading(id="m_knee_sep_ratio", label="knee separation", unit="ratio", views=FRONTAL,
            formula=formulas.knee_separation, error=0.06, least=0.15),
    Reading(id="m_pelvic_obliquity", label="pelvic drop", unit="deg", views=FRONTAL,
            formula=formulas.pelvis_tilt_frontal, error=3, least=6, signed=True, start="change"),
    Reading(id="m_trunk_lean_front", label="trunk lean sideways", unit="deg", views=FRONTAL,
            formula=formulas.trunk_lean_frontal, error=3, least=8, signed=True),
    Reading(id="m_shoulder_tilt", label="shoulder height difference", unit="deg", views=FRONTAL,
            formula=formulas.shoulder_tilt, error=2, least=6, signed=True),
    Reading(id="m_lat_hip_shift", label="sideways hip shift", unit="ratio", views=FRONTAL,
            formula=formulas.hip_beside_feet, error=0.05, least=0.1, signed=True),
    Reading(id="m_hip_abduction", label="hip abduction", unit="deg", views=FRONTAL, formula=formulas.hip_abduction,
            error=5, least=8, sided=True, start="change"),
    Reading(id="m_hip_drop", label="hip drop", unit="ratio", views=ANY, formula=formulas.hip_height, error=0.03,
            least=0.04, start="fall"),
    Reading(id="m_knee_lift", label="knee lift", unit="ratio", views=ANY, formula=formulas.knee_below_hip,
            error=0.06, least=0.12, sided=True, start="fall"),
    Reading(id="m_foot_clearance", label="lifted foot", unit="ratio", views=ANY, formula=formulas.foot_clearance,
            error=0.03, least=0.06, sided=True),
    Reading(id="m_stance_width", label="stance width", unit="ratio", views=FRONTAL, formula=formulas.stance_width,
            error=0.1, least=0.4),
    Reading(id="m_ear_shoulder_gap", label="ear-to-shoulder gap", unit="ratio", views=SEEN,
            formula=formulas.ear_above_shoulder, error=0.06, least=0.06, sided=True, start="share"),
    Reading(id="m_elbow_side_gap", label="elbow from the side", unit="ratio", views=FRONTAL,
            formula=formulas.elbow_from_side, error=0.06, least=0.15, sided=True),
    Reading(id="m_forearm_out", label="forearm swing outward", unit="deg", views=SPACE,
            formula=formulas.forearm_outward, error=12, least=15, sided=True),
    Reading(id="m_forearm_raised", label="forearm from hanging", unit="deg", views=SEEN,
            formula=formulas.forearm_raised, error=12, least=15, sided=True),
    Reading(id="m_wrist_opp_hip", label="wrist to opposite hip", unit="ratio", views=FRONTAL,
            formula=formulas.wrist_to_other_hip, error=0.1, least=0.3, sided=True),
    Reading(id="m_wrist_opp_ear", label="wrist to opposite ear", unit="ratio", views=FRONTAL,
            formula=formulas.wrist_to_other_ear, error=0.1, least=0.3, sided=True),
    Reading(id="m_trunk_yaw", label="trunk turn", unit="deg", views=SPACE, formula=formulas.trunk_heading,
            error=10, least=12, signed=True, start="turn"),
    Reading(id="m_neck_rotation", label="head turn", unit="deg", views=FRONTAL, formula=formulas.head_turn,
            error=10, least=12, signed=True, start="change"),
)  # fmt: skip
"""Every reading that points give. Others (pain, touches, sway, cadence) come from elsewhere, under their own names."""
ERROR_SOURCE = "expected error of a camera's reading, clinical/measures.yaml"


@dataclass(frozen=True, kw_only=True)
class Eye:
    """What is read of each frame: the readings by key, and from where the body is seen.

    `facing` is 1 where the person faces to the picture's right in a view from the side, −1 to its left, NaN where that
    is not known; then readings whose sign needs it are NaN.
    """

    view: View
    facing: float
    wanted: tuple[tuple[str, Formula, Side], ...]

    def read(self, body: Body) -> dict[str, float]:
        """The readings of one frame, by key (``m_knee_flexion.left``); NaN where a point is missing."""
        right = rightward(body, self.view, self.facing)
        return {key: formula(body, side, right) for key, formula, side in self.wanted}


def eye(names: Iterable[str], view: View, *, facing: float = NAN, sides: Iterable[Side] = SIDES) -> Eye:
    """What to read: all of `names` that this view can show, of these sides; others are left out, never guessed."""
    chosen = tuple(sides)
    wanted: list[tuple[str, Formula, Side]] = []
    for name in dict.fromkeys(names):
        reading = READINGS.get(name)
        if reading is None or view not in reading.views:
            continue
        if reading.sided:
            wanted += [(f"{name}.{side}", reading.formula, side) for side in chosen]
        else:
            wanted.append((name, reading.formula, "right"))  # signed ones are turned by who knows the side
    return Eye(view=view, facing=facing, wanted=tuple(wanted))


def from_start(start: Start, value: float, calm: float) -> float:
    """A reading as it is meant against the calm start; NaN where the start is not known and is needed."""
    if not start:
        return value
    if start == "change":
        return value - calm
    if start == "turn":
        return (value - calm + 180.0) % 360.0 - 180.0
    share = value / calm if abs(calm) > 1e-9 else NAN
    return share if start == "share" else 1.0 - share


def readings_of(
    recording: Recording, names: Iterable[str], side: Side | None = None
) -> tuple[NDArray[np.float64], dict[str, Array]]:
    """The readings of a whole recording: `Eye.read` over every frame of its BODY stream.

    Parameters
    ----------
    recording
        With a BODY stream, as `poise.cleaning.prepare` makes it.
    names
        Ids of `READINGS`.
    side
        Only this side of sided readings; both without.

    Returns
    -------
    time_s, readings
        Times, shape (samples,), and by key an array of that shape in the reading's own unit, before `from_start`; NaN
        where a point is missing. What the view cannot show is not there at all.

    Raises
    ------
    MissingSignal
        The recording has no BODY stream.
    """
    if Kind.BODY not in recording:
        raise MissingSignal.of(
            ["points of the body"], what_for="live readings", held=recording.streams,
            do="Say what the points mean with --map, or film the whole body.",
        )  # fmt: skip
    stream = recording[Kind.BODY]
    bodies = list(bodies_of(stream))
    view = stream.frame.view
    facing = facing_of(bodies) if view == "sagittal" else NAN
    seen = eye(names, view, facing=facing, sides=SIDES if side is None else (side,))
    rows = [list(seen.read(body).values()) for body in bodies]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(seen.wanted))
    return stream.time_s, {key: table[:, i] for i, (key, _, _) in enumerate(seen.wanted)}

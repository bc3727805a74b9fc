"""What every measure of the angles of a walk is: the table behind the docs, and the error that comes with each."""

from __future__ import annotations

from poise.measures import gait_profile
from poise.measures.phases_of_gait import LABELS, PHASE_MEASURES
from poise.model import Definition, Kind, Recording

_CAMERA = "clinical/measures.yaml"
_FOOT_PATH = (
    Definition(
        measure="gait.foot_strike_angle", unit="deg", label="Foot to floor at contact, toes up positive", decimals=1,
        formula="slope of the heel-toe line at contact − its slope while the foot stands",
        source=f"{_CAMERA} m_foot_strike_angle",
    ),
    Definition(
        measure="gait.toe_clearance", unit="m", label="Toe clearance in mid-swing", decimals=3,
        formula="lowest toe in the middle half of swing − its lowest height in stance",
        source=f"{_CAMERA} m_toe_clearance; Begg et al. 2007, Gait Posture 25:191",
    ),
    Definition(
        measure="gait.toe_clearance_ratio", unit="ratio", label="Toe clearance in mid-swing, of leg length", decimals=3,
        formula="toe clearance / leg length", source=f"{_CAMERA} m_toe_clearance",
    ),
    Definition(
        measure="gait.heel_rise_percent", unit="%", label="When the heel leaves the floor", decimals=0,
        formula="last percent before toe-off with the heel under 1.2 % of leg length above where it stood",
        source=f"{_CAMERA} m_push_off",
    ),
    Definition(
        measure="gait.circumduction", unit="m", label="Sideways arc of the swinging foot", decimals=3,
        formula="largest outward distance of the ankle from the line toe-off to contact",
        source=f"measures.md 1.6; {_CAMERA} m_circumduction",
    ),
    Definition(
        measure="gait.circumduction_ratio", unit="ratio", label="Sideways arc of the swinging foot, of leg length",
        formula="circumduction / leg length", source=f"{_CAMERA} m_circumduction", decimals=3,
    ),
)  # fmt: skip
_PROFILE = (
    Definition(
        measure="gait.profile_score", unit="deg", label="Gait Profile Score", decimals=1, better="lower",
        formula="root mean square of nine variable scores a side, of fifteen for both",
        source="Baker et al. 2009, Gait Posture 30:265",
    ),
    Definition(
        measure="gait.sagittal_profile_score", unit="deg", label="Profile score of hip, knee and ankle from the side",
        formula="root mean square of three variable scores a side; not the Gait Profile Score", decimals=1,
        source="measures.md 1.5", better="lower",
    ),
    *(
        Definition(
            measure=f"gait.gvs.{name}", family="gait.gvs.<angle>", unit="deg",
            label=f"Variable score: {LABELS[name].lower()}", decimals=1,
            formula="root mean square difference of the mean curve from the reference curve",
            source="Baker et al. 2009, Gait Posture 30:265", better="lower",
        )
        for name in gait_profile.VARIABLES
    ),
)  # fmt: skip
_STABILITY = (
    Definition(
        measure="gait.margin_of_stability_ml", unit="m", label="Margin of stability, to the side, at contact",
        formula="outer edge of the landing foot − extrapolated centre of mass; inside is positive", decimals=3,
        source="Hof et al. 2005, J Biomech 38:1",
    ),
    Definition(
        measure="gait.margin_of_stability_ap", unit="m", label="Margin of stability, to the front, at contact",
        formula="toe of the landing foot − extrapolated centre of mass; inside is positive", decimals=3,
        source="Hof et al. 2005, J Biomech 38:1",
    ),
)  # fmt: skip
_ASYMMETRY = (
    Definition(
        measure="gait.arm_swing_asymmetry", unit="%", label="Arm swing, left against right", decimals=0, sided=False,
        formula="100 × |L − R| / the larger", source=f"{_CAMERA} m_arm_swing_asym", better="lower",
    ),
)  # fmt: skip

DEFINES: tuple[Definition, ...] = (
    *(measure.definition for measure in PHASE_MEASURES), *_FOOT_PATH, *_PROFILE, *_STABILITY, *_ASYMMETRY,
)  # fmt: skip
DEFINED = {definition.measure: definition for definition in DEFINES}

# One standard error of measurement, deg, by how the angle was made; the middle of the published range.
_ERROR_MARKERS = "McGinley 2009: most angles 2 to 5 deg between sessions, rotations the worst (measures.md 1.6)"
_ERROR_LANDMARKS = "clinical/measures.yaml: error of camera landmarks"
_MARKER_ERROR_DEG = {"hip.rotation": 5.0, "knee.rotation": 5.0, "knee.adduction": 5.0}
_LANDMARK_ERROR_DEG = {
    "knee.flexion": 7.0, "hip.flexion": 14.0, "ankle.dorsiflexion": 20.0, "trunk.lean_forward": 5.0,
    "trunk.lean_side": 3.0, "pelvis.obliquity": 3.0, "thigh.inclination": 8.0, "foot.pitch": 8.0, "arm.swing": 6.0,
}  # fmt: skip


def error_of(recording: Recording, angle: str) -> tuple[float, str]:
    """One standard error of measurement of an angle in this kind of recording, deg, and who says so; NaN if nobody."""
    if not angle:
        return float("nan"), ""
    if Kind.LANDMARKS in recording:
        return _LANDMARK_ERROR_DEG.get(angle, float("nan")), _ERROR_LANDMARKS if angle in _LANDMARK_ERROR_DEG else ""
    return _MARKER_ERROR_DEG.get(angle, 3.0), _ERROR_MARKERS

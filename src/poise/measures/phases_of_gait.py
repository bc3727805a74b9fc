"""Numbers that findings and reports need from joint-angle curves, each over its own phase of the cycle: one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.curves import Cycles, Phases, average, highest, in_window, lowest, span
from poise.model import Definition

Array = NDArray[np.float64]
Limit = float | Array
Window = Callable[[Phases], tuple[Limit, Limit]]
Statistic = Callable[[Array, NDArray[np.bool_]], Array]

CLINICAL = "clinical/measures.yaml"


def cycle(at: Phases) -> tuple[Limit, Limit]:
    """The whole cycle."""
    return 0.0, 100.0


def contact(at: Phases) -> tuple[Limit, Limit]:
    """The first moment."""
    return 0.0, 0.0


def loading(at: Phases) -> tuple[Limit, Limit]:
    """While the leg takes the load and the knee gives: the first quarter."""
    return 0.0, 25.0


def mid_late_stance(at: Phases) -> tuple[Limit, Limit]:
    """30 to 50 %: the leg stands under and behind the body."""
    return 30.0, 50.0


def late_stance(at: Phases) -> tuple[Limit, Limit]:
    """From 30 % to toe-off."""
    return 30.0, at.toe_off


def stance(at: Phases) -> tuple[Limit, Limit]:
    """Contact to toe-off."""
    return 0.0, at.toe_off


def swing(at: Phases) -> tuple[Limit, Limit]:
    """Toe-off to contact."""
    return at.toe_off, 100.0


def single_support(at: Phases) -> tuple[Limit, Limit]:
    """While the other foot is in the air."""
    return at.opposite_toe_off, at.opposite_contact


def push_off(at: Phases) -> tuple[Limit, Limit]:
    """40 to 75 %: around toe-off, whose own moment differs between people."""
    return 40.0, 75.0


def late_swing(at: Phases) -> tuple[Limit, Limit]:
    """75 to 95 %: when the foot must be held up."""
    return 75.0, 95.0


def lowest_negated(rows: Array, window: NDArray[np.bool_]) -> Array:
    """How far the other way: extension where flexion is counted."""
    return -lowest(rows, window)


@dataclass(frozen=True, kw_only=True)
class PhaseMeasure:
    """One number a stride: a statistic of one curve over one window. Unsided ones use the side with more strides."""

    definition: Definition
    curve: str
    window: Window
    statistic: Statistic

    def per_stride(self, cycles: Cycles) -> Array:
        """Shape (n,); NaN where the stride's phases are not known."""
        start, end = self.window(cycles.phases)
        window = np.broadcast_to(in_window(start, end), cycles.values.shape)
        return self.statistic(cycles.values, window)


LABELS = {
    "hip.flexion": "Hip flexion", "hip.adduction": "Hip adduction", "hip.rotation": "Hip rotation, inward",
    "knee.flexion": "Knee flexion", "knee.adduction": "Knee adduction", "knee.rotation": "Knee rotation, inward",
    "ankle.dorsiflexion": "Ankle dorsiflexion", "pelvis.tilt": "Pelvis tilt, forward",
    "pelvis.obliquity": "Pelvis obliquity, own side up", "pelvis.rotation": "Pelvis rotation, own side forward",
    "thorax.tilt": "Thorax tilt, forward", "thorax.obliquity": "Thorax obliquity, own side up",
    "thorax.rotation": "Thorax rotation, own side forward", "trunk.lean_forward": "Trunk lean, forward",
    "trunk.lean_side": "Trunk lean, towards the own side", "trunk.rotation": "Trunk rotation, own side forward",
    "shoulder.flexion": "Shoulder flexion", "shoulder.abduction": "Shoulder abduction",
    "elbow.flexion": "Elbow flexion",
    "foot.progression": "Foot progression, toes in",
}  # fmt: skip
"""The curves that get range, maximum and minimum over the cycle, and what to call them."""

_ANGLE_SOURCE = "Grood & Suntay 1983; Wu et al. 2002; Wu et al. 2005; measures.md 7.2"
_STATISTICS: tuple[tuple[str, str, str, Statistic], ...] = (
    ("rom", "range over the cycle", "maximum − minimum of each stride, mean over strides", span),
    ("max", "largest over the cycle", "maximum of each stride, mean over strides", highest),
    ("min", "smallest over the cycle", "minimum of each stride, mean over strides", lowest),
)
_OVER_CYCLE = tuple(
    PhaseMeasure(
        definition=Definition(
            measure=f"joint.{name}.{short}", family=f"joint.<angle>.{short}", unit="deg", label=f"{label}: {words}",
            formula=formula,
            source=_ANGLE_SOURCE, decimals=1,
        ),
        curve=name, window=cycle, statistic=statistic,
    )
    for name, label in LABELS.items()
    for short, words, formula, statistic in _STATISTICS
)  # fmt: skip


def _phase(
    curve: str, window: Window, statistic: Statistic, *, measure: str, label: str, formula: str, source: str,
    sided: bool = True,
) -> PhaseMeasure:  # fmt: skip
    definition = Definition(
        measure=measure, unit="deg", label=label, formula=f"{formula}; mean over strides", source=source, decimals=1,
        sided=sided,
    )  # fmt: skip
    return PhaseMeasure(definition=definition, curve=curve, window=window, statistic=statistic)


_BY_PHASE = (
    _phase("hip.flexion", late_stance, lowest, measure="joint.hip.flexion.stance_min",
           label="Hip flexion: smallest late in stance",
           formula="minimum from 30 % to toe-off; negative = extension",
           source="measures.md 1.5"),
    _phase("hip.adduction", single_support, highest, measure="joint.hip.adduction.stance_max",
           label="Hip adduction: largest on one leg",
           formula="maximum in single support",
           source="measures.md 1.5"),
    _phase("knee.flexion", contact, average, measure="joint.knee.flexion.contact",
           label="Knee flexion at contact",
           formula="value at 0 %",
           source="measures.md 1.5"),
    _phase("knee.flexion", loading, highest, measure="joint.knee.flexion.loading_max",
           label="Knee flexion: largest while taking the load",
           formula="maximum 0–25 %",
           source="measures.md 1.5"),
    _phase("knee.flexion", mid_late_stance, lowest, measure="joint.knee.flexion.stance_min",
           label="Knee flexion: smallest in mid and late stance",
           formula="minimum 30–50 %; negative = bends backwards",
           source=f"{CLINICAL} m_knee_ext_stance; measures.md 1.6 (crouch)"),
    _phase("knee.flexion", swing, highest, measure="joint.knee.flexion.swing_max",
           label="Knee flexion: largest in swing",
           formula="maximum from toe-off to contact",
           source=f"{CLINICAL} m_knee_flex_swing; measures.md 1.6"),
    _phase("ankle.dorsiflexion", contact, average, measure="joint.ankle.dorsiflexion.contact",
           label="Ankle dorsiflexion at contact",
           formula="value at 0 %",
           source="measures.md 1.5"),
    _phase("ankle.dorsiflexion", stance, highest, measure="joint.ankle.dorsiflexion.stance_max",
           label="Ankle dorsiflexion: largest in stance",
           formula="maximum in stance",
           source="measures.md 1.5"),
    _phase("ankle.dorsiflexion", push_off, lowest, measure="joint.ankle.dorsiflexion.push_off_min",
           label="Ankle: most plantarflexed at push-off",
           formula="minimum 40–75 %; negative = plantarflexion",
           source="measures.md 1.6"),
    _phase("ankle.dorsiflexion", late_swing, average, measure="joint.ankle.dorsiflexion.swing_mean",
           label="Ankle dorsiflexion late in swing",
           formula="mean 75–95 %",
           source="measures.md 1.6 (foot drop)"),
    _phase("pelvis.obliquity", single_support, highest, measure="joint.pelvis.obliquity.single_support_max",
           label="Pelvis: drop of the lifted side",
           formula="largest own-side-up obliquity in single support (the other side hangs)",
           source=f"{CLINICAL} m_pelvic_obliquity"),
    _phase("pelvis.obliquity", swing, highest, measure="joint.pelvis.obliquity.swing_max",
           label="Pelvis: lift of the swinging side",
           formula="largest own-side-up obliquity in swing",
           source=f"{CLINICAL} m_hip_hike_swing"),
    _phase("trunk.lean_side", single_support, highest, measure="joint.trunk.lean_side.single_support_max",
           label="Trunk: lean over the standing leg",
           formula="largest lean towards the standing leg in single support",
           source=f"{CLINICAL} m_trunk_lean_front"),
    _phase("thigh.inclination", late_stance, lowest_negated, measure="gait.thigh_extension",
           label="Thigh behind the hip at push-off",
           formula="thigh from vertical, largest backwards from 30 % to toe-off",
           source=f"{CLINICAL} m_hip_ext_stance"),
    _phase("foot.progression", single_support, average, measure="gait.foot_progression",
           label="Foot progression, toes in positive",
           formula="mean in single support of the heel-toe line against the direction of walking",
           source="measures.md 1.2"),
    _phase("arm.swing", cycle, span, measure="gait.arm_swing",
           label="Arm swing",
           formula="range over the cycle of the line shoulder-wrist from vertical",
           source=f"{CLINICAL} m_arm_swing"),
    _phase("trunk.lean_forward", cycle, average, measure="gait.trunk_lean",
           label="Trunk lean, forward, walking",
           formula="mean over the cycle of the line hips-shoulders",
           source=f"{CLINICAL} m_gait_trunk_lean", sided=False),
    _phase("trunk.lean_side", cycle, span, measure="gait.trunk_sway",
           label="Trunk sway, side to side",
           formula="range over the cycle of the side lean of the trunk",
           source="measures.md 1.6 (trunk lean)", sided=False),
)  # fmt: skip

PHASE_MEASURES: tuple[PhaseMeasure, ...] = (*_OVER_CYCLE, *_BY_PHASE)
PHASE_MEASURES_OF = {
    name: tuple(measure for measure in PHASE_MEASURES if measure.curve == name)
    for name in dict.fromkeys(measure.curve for measure in PHASE_MEASURES)
}
"""By curve."""

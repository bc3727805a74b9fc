"""What every ``rep.<name>`` of one repetition, and of a set of them, is."""

from __future__ import annotations

from collections.abc import Mapping

from poise.model import Definition

Words = tuple[str, str, str, str]

_SMOOTH = "Balasubramanian et al. 2015, J NeuroEng Rehabil 12:112"
_WORDS: Mapping[str, Words] = {
    "time_out": (
        "s",
        "Time on the way out",
        "from leaving the start to the stop at the far point",
        "measures.md 3.2",
    ),
    "time_hold": (
        "s",
        "Time at the far point",
        "slower than 5 % of the peak speed, 0.2 s at least",
        "measures.md 3.2 [design]",
    ),
    "time_back": (
        "s",
        "Time on the way back",
        "from the far point's stop to the end",
        "measures.md 3.2",
    ),
    "hold_time": (
        "s",
        "Time a posture was held",
        "time inside the exercise's band, touches of at most 0.5 s left out",
        "measures.md 3.1 [design]",
    ),
    "hold_drift": (
        "deg/s",
        "Drift while holding",
        "least-squares slope of the held reading over the hold",
        "measures.md 3.1 [design]",
    ),
    "hold_sd": (
        "deg",
        "Unsteadiness while holding",
        "sample SD of the held reading over the hold",
        "measures.md 3.1 [design]",
    ),
    "hold_touches": (
        "count",
        "Touches while holding",
        "times the band was left for 0.1 s to 0.5 s, beyond the measuring error",
        "measures.md 3.1 [design]",
    ),
    "peak_velocity": (
        "deg/s",
        "Peak velocity",
        "largest speed of the primary angle, low-passed as the body is",
        "measures.md 3.2",
    ),
    "mean_velocity": (
        "deg/s",
        "Mean velocity on the way out",
        "mean speed of the primary angle on the way out",
        "measures.md 3.2",
    ),
    "time_to_peak": (
        "%",
        "Time to peak velocity",
        "share of the way out until its peak speed",
        "measures.md 3.2",
    ),
    "velocity_peaks": (
        "count",
        "Velocity peaks on the way out",
        "peaks that rise by 5 % of the largest, 150 ms apart",
        "Alt Murphy et al. 2011",
    ),
    "sparc": (
        "1",
        "Smoothness (SPARC)",
        "spectral arc length of the speed on the way out, cut at 2 % of its peak; up to 10 Hz",
        _SMOOTH,
    ),
    "ldlj": (
        "1",
        "Smoothness (log dimensionless jerk)",
        "−ln of the dimensionless jerk of the speed on the way out",
        _SMOOTH,
    ),
    "path_ratio": (
        "1",
        "Path ratio",
        "length over chord of the hand's (arms) or the hips' (legs) way out",
        "measures.md 3.8",
    ),
    "similarity": (
        "deg",
        "Unlikeness to the best repetition",
        "DTW of joint angles in 51 points, band 10 %, per step and angle",
        "Sakoe & Chiba 1978",
    ),
    "timing": (
        "%",
        "Timing unlike the best repetition",
        "mean distance of the warping path from the diagonal",
        "measures.md 3.4",
    ),
    "rom_asymmetry": (
        "%",
        "Range, left against right",
        "100 (left − right) / mean",
        "Robinson et al. 1987",
    ),
    "opposite_limb": (
        "%",
        "Motion of the other limb",
        "range of the other side's primary angle over the working side's",
        "measures.md 3.6 [design]",
    ),
    "trunk_lean": (
        "deg",
        "Trunk lean forward",
        "largest deviation of hips-shoulders from its start",
        "measures.md 3.6",
    ),
    "trunk_lean_side": (
        "deg",
        "Trunk lean sideways",
        "largest deviation of hips-shoulders from its start; + to the working side",
        "measures.md 3.6",
    ),
    "trunk_turn": (
        "deg",
        "Trunk turn",
        "largest turn of the shoulders from their start; + to the working side",
        "measures.md 3.6",
    ),
    "trunk_shift": (
        "m",
        "Trunk shift forward",
        "largest shift of the shoulders' middle from its start",
        "measures.md 3.6",
    ),
    "knee_inward": (
        "deg",
        "Knee inward",
        "largest inward deviation of the knee from the line hip-ankle, as an angle",
        "measures.md 3.6",
    ),
    "pelvic_drop": (
        "deg",
        "Pelvis off level",
        "largest deviation of the hips' line from its start; + the right (in work of the left the left) side up",
        "measures.md 3.6",
    ),
    "shoulder_hike": (
        "%",
        "Shoulder hike",
        "largest rise of the shoulder above the hips, of trunk length",
        "measures.md 3.6",
    ),
    "weight_shift": (
        "%",
        "Weight shift",
        "largest sideways shift of the hips over the feet, of leg length; + to the working side",
        "measures.md 3.6",
    ),
    "heel_lift": (
        "m",
        "Heel lift",
        "largest rise of the heel above the toe from its start",
        "measures.md 3.6",
    ),
    "quality": (
        "points",
        "Quality",
        "weighted mean of the parts, at most 20 above the worst",
        "measures.md 3.9",
    ),
    "quality_coverage": (
        "%",
        "Quality: how much could be judged",
        "weight of the parts that were measured",
        "measures.md 3.9",
    ),
    "rom_cv": (
        "%",
        "Variation of range",
        "100 SD / mean over at least five repetitions",
        "measures.md 3.5",
    ),
    "time_cv": (
        "%",
        "Variation of time",
        "100 SD / mean over at least five repetitions",
        "measures.md 3.5",
    ),
}
_LOWER = frozenset((
    "velocity_peaks", "hold_sd", "hold_touches", "path_ratio",
    "similarity", "timing", "opposite_limb", "trunk_lean", "trunk_lean_side",
    "trunk_turn", "trunk_shift", "knee_inward", "pelvic_drop", "shoulder_hike", "weight_shift", "heel_lift", "rom_cv",
    "time_cv",
))  # fmt: skip
_HIGHER = {"hold_time", "sparc", "ldlj", "quality", "quality_coverage"}
_DECIMALS = {"s": 2, "deg": 1, "%": 1, "m": 3, "deg/s": 0, "points": 0, "count": 0, "1": 2}

DEFINITIONS: tuple[Definition, ...] = tuple(
    Definition(
        measure=f"rep.{name}",
        unit=unit,
        label=label,
        formula=formula,
        source=source,
        better="lower" if name in _LOWER else "higher" if name in _HIGHER else "neither",
        decimals=_DECIMALS[unit],
        sided=name != "rom_asymmetry",
    )
    for name, (unit, label, formula, source) in _WORDS.items()
)
"""Every ``rep.<name>`` that `poise.measures.repetition_quality` puts into `Repetition.values`, and those over a set."""

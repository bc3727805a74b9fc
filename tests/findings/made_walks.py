"""A person walks past: measurements made by hand, with known answers."""

from dataclasses import replace

import numpy as np

from poise.findings import find
from poise.knowledge import references, rules
from poise.model import Curve, Measurement, Person

NAN = float("nan")
WALKER = Person(age_years=65, sex="f", leg_length_m=0.85)


def measured(measure, value, side=None, *, n=8, sd=1.0, unit="deg", **more):
    known = {
        "start_s": 0.0, "end_s": 10.0, "valid_fraction": 1.0, "method": "by hand 1", "recording": "walk01", **more,
    }  # fmt: skip
    return Measurement(measure=measure, value=value, side=side, n=n, sd=sd if n > 1 else NAN, unit=unit, **known)


def curve(name, side, cycles):
    cycles = np.asarray(cycles, dtype=float)
    spread = cycles.std(axis=0, ddof=1) if len(cycles) > 1 else np.full(101, NAN)
    return Curve(curve=name, side=side, unit="deg", mean=cycles.mean(axis=0), sd=spread, cycles=cycles, method="hand")


def judged(*measurements, curves=(), person=WALKER, speed=1.2, earlier=None, problems=(), **more):
    """Findings by id and side, and what was unseen."""
    matched = references({each.measure for each in measurements}, person, speed, **more)
    found, unseen = find(measurements, curves, rules(), matched, person, earlier=earlier, problems=problems)
    return {(each.finding, each.side): each for each in found}, unseen


def mirrored(measurement):
    return replace(measurement, side={"left": "right", "right": "left", None: None}[measurement.side])


def usual():
    """A walk in which everything is usual for the woman above at 1.2 m/s."""
    sided = {
        "joint.knee.flexion.swing_max": (60, "deg"), "joint.knee.flexion.stance_min": (6, "deg"),
        "joint.hip.flexion.stance_min": (-6, "deg"), "gait.thigh_extension": (18, "deg"),
        "joint.pelvis.obliquity.single_support_max": (4, "deg"), "joint.pelvis.obliquity.swing_max": (1, "deg"),
        "joint.trunk.lean_side.single_support_max": (2, "deg"), "gait.foot_progression": (-7, "deg"),
        "gait.foot_strike_angle": (20, "deg"), "gait.toe_clearance_ratio": (0.02, "ratio"),
        "gait.circumduction_ratio": (0.03, "ratio"), "gait.heel_rise_percent": (36, "%"), "gait.arm_swing": (35, "deg"),
        "gait.stance_time": (0.65, "s"), "gait.step_length": (0.62, "m"), "gait.step_width": (0.09, "m"),
        "gait.step_time_cv": (2.5, "%"),
    }  # fmt: skip
    alone = {
        "gait.trunk_lean": (3, "deg"), "gait.trunk_sway": (4, "deg"), "gait.cadence": (114, "steps/min"),
        "gait.speed": (1.2, "m/s"),
    }  # fmt: skip
    spread = 0.02
    return [
        *(
            measured(name, value, side, unit=unit, sd=abs(value) * spread, n=12)
            for name, (value, unit) in sided.items()
            for side in ("left", "right")
        ),
        *(measured(name, value, unit=unit, sd=abs(value) * spread, n=12) for name, (value, unit) in alone.items()),
    ]

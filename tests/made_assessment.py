"""A made assessment with everything in it that a report can show."""

from __future__ import annotations

import numpy as np
import pytest

from poise.model import (
    Assessment,
    Band,
    Bout,
    Curve,
    Event,
    Finding,
    Footstep,
    Frame,
    Kind,
    Measurement,
    Person,
    Problem,
    Recording,
    Reference,
    Step,
    Stream,
    Stride,
    Walk,
)

TIME_S = np.arange(0, 4, 0.01)


def measured(measure: str, value: float, unit: str, side: str | None = None, sd: float = 0.02) -> Measurement:
    return Measurement(
        measure=measure, value=value, unit=unit, side=side, n=6, sd=sd, start_s=0.2, end_s=3.8, valid_fraction=1.0,
        method="simulated 1", recording="limping walk", error=0.01, error_source="made up for the test",
    )  # fmt: skip


@pytest.fixture
def reference() -> Reference:
    return Reference(
        measure="joint.knee.flexion.swing_max", population="healthy adults <20–60>", unit="deg", citation="Somebody & Co 2020",
        evidence="design", low=47.0, high=71.0,
    )  # fmt: skip


@pytest.fixture
def finding(reference: Reference) -> Finding:
    return Finding(
        finding="f_stiff_knee_gait", name="Knee stays stiff when swinging the leg", side="left", severity="minor",
        sentence="The left knee bends 38° when the leg swings; people bend it 47° to 71°.", confidence=0.82, deviation=9.0,
        unit="deg", because=(measured("joint.knee.flexion.swing_max", 38.0, "deg", "left", 1.5),), reference=reference,
        error=3.0, smallest_real_change=8.3, meaning="the knee is held straight", ask="look for pain & <guarding>",
        unseen=("push-off",),
    )  # fmt: skip


@pytest.fixture
def assessment(finding: Finding) -> Assessment:
    percent = np.linspace(0, 100, 101)
    knee = 20 + 25 * np.exp(-(((percent - 72) / 11) ** 2))
    curve = Curve(
        curve="knee.flexion",
        side="left",
        unit="deg",
        mean=knee,
        sd=np.full(101, 2.0),
        cycles=knee[None],
        method="simulated 1",
    )
    right = Curve(
        curve="knee.flexion",
        side="right",
        unit="deg",
        mean=knee + 12,
        sd=np.full(101, np.nan),
        cycles=knee[None],
        method="simulated 1",
    )
    return Assessment(
        source="limping walk.c3d",
        id="limping walk",
        task="walk",
        person=Person(age_years=45, sex="f", height_m=1.66),
        rates_hz={"body": 100.0},
        duration_s=4.0,
        history=(Step(what="read", settings={"format": "C3D"}), Step(what="low-pass", settings={"cutoff_hz": 6})),
        events=(Event(event="initial_contact", side="left", time_s=0.5), Event(event="toe_off", side="right", time_s=0.6)),
        measurements=(
            measured("gait.speed", 0.91, "m/s"),
            measured("gait.cadence", 98.0, "steps/min"),
            measured("gait.step_length", 0.55, "m", "left"),
            measured("gait.step_length", 0.48, "m", "right"),
            measured("gait.stance_percent", 58.0, "%", "left"),
            measured("gait.stance_percent", 66.0, "%", "right"),
            measured("joint.knee.flexion.swing_max", 38.0, "deg", "left", 1.5),
            measured("joint.knee.flexion.swing_max", 57.0, "deg", "right", float("nan")),
        ),
        curves=(curve, right),
        findings=(finding,),
        unseen=("Hip drops on the lifted side: the pelvis was not seen from the front.",),
        references={"gait.speed": Reference(measure="gait.speed", population="women of 40 to 49", unit="m/s", citation="Norms 2011", evidence="verified", mean=1.39, sd=0.16)},
        bands={"knee.flexion": Band(mean=tuple(knee + 14), sd=(5.0,) * 101, population="healthy adults", citation="Curves 2018")},
        walk=Walk(
            bouts=(Bout(start_s=0.2, end_s=3.8),),
            footsteps=(Footstep(side="left", time_s=0.5),),
            strides=(Stride(side="left", start_s=0.5, opposite_contact_s=1.0, toe_off_s=1.2, end_s=1.6),),
            method="simulated 1",
        ),
        labels={"joint.knee.flexion.swing_max": "Largest bend of the knee in swing"},
        problems=(Problem(what="Two strides were dropped: their events were out of order.", do="Look at the steps below."),),
        recording=standing_figure(),
    )  # fmt: skip


def standing_figure() -> Recording:
    """A body that glides forward with swinging heels: enough to draw."""
    heights = {
        "head": (0, 0, 1.6), "left_shoulder": (0, 0.18, 1.38), "right_shoulder": (0, -0.18, 1.38),
        "left_elbow": (0, 0.22, 1.1), "right_elbow": (0, -0.22, 1.1), "left_wrist": (0.05, 0.22, 0.88),
        "right_wrist": (0.05, -0.22, 0.88), "left_hip_centre": (0, 0.09, 0.9), "right_hip_centre": (0, -0.09, 0.9),
        "left_knee_centre": (0.1, 0.09, 0.48), "right_knee_centre": (-0.05, -0.09, 0.48),
        "left_ankle_centre": (0.15, 0.09, 0.08), "right_ankle_centre": (-0.2, -0.09, 0.1),
        "left_heel": (0.12, 0.09, 0.03), "right_heel": (-0.25, -0.09, 0.1), "left_toe": (0.32, 0.09, 0.02),
        "right_toe": (-0.06, -0.09, 0.02), "pelvis_centre": (0, 0, 0.95),
    }  # fmt: skip
    values = (
        np.array(list(heights.values()), dtype=float)[None]
        + np.stack([TIME_S * 0.9, 0 * TIME_S, 0 * TIME_S], 1)[:, None]
    )
    values[:, list(heights).index("left_heel"), 2] += 0.05 * (1 + np.sin(2 * np.pi * TIME_S / 1.1))
    body = Stream(
        kind=Kind.BODY,
        channels=tuple(heights),
        time_s=TIME_S,
        values=values,
        unit="m",
        frame=Frame(name="lab", up="+z"),
    )
    return Recording(id="limping walk", source="limping walk.c3d", streams={"body": body})

"""Made assessments of other tasks than walking, each with everything in it that a report can show."""

from __future__ import annotations

import numpy as np

from made_assessment import standing_figure
from poise.model import (
    Assessment,
    Burst,
    Comparison,
    Fault,
    Measurement,
    Part,
    Problem,
    Recognition,
    Repetition,
    Series,
)

NAN = float("nan")


def measured(measure: str, value: float, unit: str, side: str | None = None, **more: object) -> Measurement:
    known = {
        "n": 1, "sd": NAN, "start_s": 0.0, "end_s": 4.0, "valid_fraction": 1.0, "method": "simulated 1",
        "recording": "made", **more,
    }  # fmt: skip
    return Measurement(measure=measure, value=value, unit=unit, side=side, **known)  # type: ignore[arg-type]


def standing(eyes: str = "open", velocity: float = 9.0) -> Assessment:
    """Twenty seconds of sway along an ellipse, twice as far forward as sideways."""
    time_s = np.arange(0, 20, 0.02)
    ways = {"ml": 4 * np.sin(2 * np.pi * 0.3 * time_s), "ap": 8 * np.cos(2 * np.pi * 0.3 * time_s)}
    return Assessment(
        source=f"{eyes}.txt", id=f"eyes {eyes}", task="stand", conditions={"eyes": eyes, "surface": "foam"},
        duration_s=20.0, recognition=Recognition(task="stand", confidence=1.0, because="It was asked for."),
        measurements=(measured("balance.sway_velocity", velocity, "mm/s"), measured("balance.sway_area_95", 310, "mm²")),
        series=tuple(
            Series(series=f"balance.pressure_{name}", side=None, unit="mm", rate_hz=50.0, values=values)
            for name, values in ways.items()
        ),
    )  # fmt: skip


def romberg() -> Comparison:
    return Comparison(
        name="Romberg, foam", of=("eyes open", "eyes closed"), varied="eyes",
        measurements=(measured("balance.romberg_quotient", 2.2, "1"),),
        problems=(Problem(what="The recordings differ in length.", do="Record them alike."),),
    )  # fmt: skip


def muscles() -> Assessment:
    """Three muscles that fire one after the other, the last one uncertain."""
    bursts = tuple(
        Burst(muscle=muscle, side=side, onset_s=1.0 + after, offset_s=1.6 + after, snr_db=15.0, confidence=0.9,
              uncertain=muscle == "soleus")
        for muscle, side, after in (("vastus_medialis", "left", 0.0), ("biceps_femoris", "left", 0.08), ("soleus", "right", 0.15))
    )  # fmt: skip
    envelope = np.maximum(np.sin(np.arange(0, 4, 0.01)), 0)
    return Assessment(
        source="emg.csv", id="emg", task="emg", duration_s=4.0,
        recognition=Recognition(task="emg", confidence=0.8, because="it holds muscle signals alone", instead="exercise"),
        measurements=(measured("emg.burst_count.vastus_medialis", 1, "count", "left"),), bursts=bursts,
        series=tuple(
            Series(series=f"emg.envelope.{each.muscle}", side=each.side, unit="µV", rate_hz=100.0, values=envelope)
            for each in bursts
        ),
    )  # fmt: skip


def repetition(number: int = 1, **more: object) -> Repetition:
    parts = tuple(
        Part(name=name, label=name, value=value, unit=unit, score=score, weight=weight, low=0.0, high=1.0, limit=2.0,
             error=0.1, source="made up")
        for name, value, unit, score, weight in (
            ("range", 70.0, "deg", 1.0, 0.5), ("trunk lean", 22.0, "deg", 0.3, 0.3), ("tempo", 1.2, "s", 0.7, 0.2),
        )
    )  # fmt: skip
    known = {
        "number": number, "side": "left", "start_s": 4.0 * number, "apex_s": 4.0 * number + 1.5,
        "end_s": 4.0 * number + 3.0, "reading": "m_knee_flexion", "unit": "deg", "start": 5.0, "apex": 75.0,
        "quality": 50.0, "parts": parts, "limiting": "trunk lean", "clean": False,
        "faults": (Fault(reading="m_trunk_lean", label="trunk leans <forward>", value=22.0, limit=15.0, unit="deg", severity="major"),),
        **more,
    }  # fmt: skip
    return Repetition(**known)  # type: ignore[arg-type]


def exercise() -> Assessment:
    """Three repetitions: one whole, one clean without a quality, one cut off; a gap in the angle."""
    time_s = np.arange(0, 18, 0.05)
    angle = 40 - 35 * np.cos(2 * np.pi * (time_s - 4) / 4)
    angle[40:60] = np.nan
    return Assessment(
        source="squats.trc", id="squats", task="exercise", duration_s=18.0,
        measurements=(measured("rep.count", 3, "count"), measured("rep.quality", 50, "points", n=3)),
        repetitions=(
            repetition(1), repetition(2, quality=None, parts=(), clean=True, faults=(), limiting=""),
            repetition(3, complete=False, valid_fraction=0.8, clean=None),
        ),
        series=(Series(series="rep.knee_flexion", side="left", unit="deg", rate_hz=20.0, values=angle),),
    )  # fmt: skip


def posture() -> Assessment:
    return Assessment(
        source="posture.json", id="posture", task="posture", duration_s=4.0, recording=standing_figure(),
        measurements=(
            measured("posture.head_forward", 18.0, "deg"), measured("posture.trunk_lean", 4.0, "deg"),
            measured("posture.shoulder_level", 1.5, "deg"), measured("posture.knee_inward", 3.0, "deg", "left"),
        ),
    )  # fmt: skip


def tug() -> Assessment:
    times = {"time": 11.2, "stand_time": 1.3, "walk_out_time": 3.0, "turn_time": 1.6, "walk_back_time": 3.0}
    return Assessment(
        source="tug.csv", id="tug", task="tug", duration_s=15.0,
        measurements=tuple(measured(f"tug.{name}", value, "s") for name, value in times.items()),
    )  # fmt: skip


EVERY = (standing, muscles, exercise, posture, tug)

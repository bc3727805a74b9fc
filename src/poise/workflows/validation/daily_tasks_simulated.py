"""Daily tasks of *simulated* people, whose moments, counts, angles and distances are known: no person was recorded.

Movements are smooth (least jerk) and free of soft tissue; noise of 2 mm is put on points, of 0.05 m/s² and 0.3 deg/s
on sensors that are worn any way round. A figure here shows that the formulas say what they mean, and bounds what real
people can be measured with from below.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from poise.measures import (
    task_muscle_length,
    task_reach,
    task_single_leg,
    task_sit_to_stand,
    task_sit_to_stand_force,
    task_sit_to_stand_imu,
    task_squat,
    task_stairs,
    task_tug,
    task_tug_imu,
    task_y_reach,
)
from poise.model import SIDES, Measured, Recording
from poise.signals.geometry import rotation_about
from poise.testing.imu_tasks import worn_on_back
from poise.testing.tasks import (
    Simulated,
    plates_under,
    simulate_functional_reach,
    simulate_lying,
    simulate_sit_to_stand,
    simulate_squats,
    simulate_stairs,
    simulate_tug,
    simulate_y_reach,
)
from poise.workflows.validation._daily_tasks import Figure, pooled_scores, values_of
from poise.workflows.validation.scores import Score

PEOPLE = 12
NOISE_M = 0.002
EVENTS = {
    "rise_start": "rise_s", "seat_off": "seat_off_s", "upright": "up_s", "sit_start": "sit_s", "seat_contact": "seat_s",
}  # fmt: skip
PHASES = {
    "tug.time": ("rise", "end"), "tug.stand_time": ("rise", "walk_out"), "tug.walk_out_time": ("walk_out", "turn"),
    "tug.turn_time": ("turn", "walk_back"), "tug.walk_back_time": ("walk_back", "second_turn"),
    "tug.turn_to_sit_time": ("second_turn", "end"),
}  # fmt: skip


_NOBODY = "not validated: no recordings of real people with a reference"
NOT_VALIDATED: Mapping[str, tuple[str, str]] = {
    "tug.time": (task_tug_imu.MEASURE.method, _NOBODY),
    "tug.turn_steps": (task_tug.MEASURE.method, _NOBODY),
    "sts.time_5": (
        task_sit_to_stand_imu.MEASURE.method,
        "not validated: two recordings of daily activities show plausible rises, without truth",
    ),
    "sts.arms_used": (task_sit_to_stand.MEASURE.method, _NOBODY),
    "squat.heel_lift": (task_squat.MEASURE.method, _NOBODY),
    "single_leg.fppa": (task_single_leg.MEASURE.method, _NOBODY),
    "reach.distance": (task_reach.MEASURE.method, _NOBODY),
    "ybalance.composite": (task_y_reach.MEASURE.method, _NOBODY),
    "stairs.head_pitch": (task_stairs.MEASURE.method, _NOBODY),
    "length.straight_leg_raise": (task_muscle_length.MEASURE.method, _NOBODY),
    "length.thomas": (task_muscle_length.MEASURE.method, _NOBODY),
}


class DailyTasksSimulated:
    """Twelve people of each task, of all sizes, paces and headings."""

    name = "daily-tasks-simulated"
    beside = ("opencap-lab-tasks", "mobgap-lumbar-imu")
    """It has no folder of its own: it is run where one of these is."""

    def scores(self, folder: Path) -> Iterator[Score]:
        """Needs no file; `folder` is not looked into."""
        found = [*_sit_to_stands(), *_up_and_gos(), *_others()]
        yield from pooled_scores(self.name, found)
        for measure, (method, why) in NOT_VALIDATED.items():
            yield Score(
                dataset=self.name, file="all", measure=measure, method=method, metric="not_validated", value=math.nan,
                n=0, condition=why,
            )  # fmt: skip


def _random(task: int, person: int) -> np.random.Generator:
    return np.random.default_rng((task, person))


def _figure(measure: str, method: str, error: float, unit: str) -> Figure:
    return Figure(file="simulated", measure=measure, method=method, error=error, unit=unit, condition="simulated")


def _worn(random: np.random.Generator) -> np.ndarray:
    return np.asarray(rotation_about(random.normal(size=3), random.uniform(0.0, np.pi)))


def _sit_to_stands() -> Iterator[Figure]:
    points, back, plates = task_sit_to_stand.MEASURE, task_sit_to_stand_imu.MEASURE, task_sit_to_stand_force.MEASURE
    for number in range(PEOPLE):
        random = _random(1, number)
        person = simulate_sit_to_stand(
            height_m=random.uniform(1.5, 1.95), rise_s=random.uniform(0.8, 2.2), sit_s=random.uniform(0.9, 2.2),
            upright_s=random.uniform(0.1, 1.0), seated_s=random.uniform(0.1, 1.0), trunk_deg=random.uniform(25.0, 50.0),
        )  # fmt: skip
        body = person.posture.body(noise_m=NOISE_M, heading_deg=random.uniform(0.0, 360.0), seed=number)
        sensor = worn_on_back(person.posture, worn=_worn(random), seed=number)
        spans = [(each.seat_off_s, each.seat_s) for each in person.stands]
        forces = plates_under(person.posture, left_share=random.uniform(0.35, 0.65), seat_off=spans)
        for method, recording in ((points, body), (back, sensor), (plates, forces)):
            yield from _stand_errors(person, method.compute(recording), method.method)


def _stand_errors(person: Simulated, found: Measured, method: str) -> Iterator[Figure]:
    told = values_of(found)
    yield _figure("sts.count", method, told.get("sts.count", 0.0) - len(person.stands), "count")
    if "sts.time_5" in told:
        truth = person.stands[4].seat_s - person.stands[0].rise_s
        yield _figure("sts.time_5", method, told["sts.time_5"] - truth, "s")
    for event, field in EVENTS.items():
        times = [each.time_s for each in found.events if each.event == event]
        if len(times) == len(person.stands) and "force" not in method:
            errors = [time_s - getattr(each, field) for time_s, each in zip(times, person.stands, strict=True)]
            yield from (_figure(f"sts.{event}", method, error, "s") for error in errors)
    if "sts.trunk_flexion_peak" in told and "imu" not in method:
        error = told["sts.trunk_flexion_peak"] - person.values["trunk_deg"]
        yield _figure("sts.trunk_flexion_peak", method, error, "deg")


def _up_and_gos() -> Iterator[Figure]:
    points, back = task_tug.MEASURE, task_tug_imu.MEASURE
    for number in range(PEOPLE):
        random = _random(2, number)
        person = simulate_tug(
            height_m=random.uniform(1.5, 1.95), rise_s=random.uniform(0.9, 2.2), speed_m_s=random.uniform(0.5, 1.4),
            turn_s=random.uniform(1.3, 3.5), second_turn_s=random.uniform(1.3, 3.0), sit_s=random.uniform(1.1, 2.4),
            left=bool(random.integers(2)),
        )  # fmt: skip
        at = person.moments_s
        body = person.posture.body(noise_m=NOISE_M, heading_deg=random.uniform(0.0, 360.0), seed=number)
        sensor = worn_on_back(
            person.posture, worn=_worn(random), step_s=0.55, walking=((at["walk_out"], at["sit"]),), seed=number
        )
        for method, recording in ((points, body), (back, sensor)):
            told = values_of(method.compute(recording))
            yield _figure("tug.found", method.method, float("tug.time" in told) - 1.0, "count")
            for measure, (start, end) in PHASES.items():
                if measure in told:
                    yield _figure(measure, method.method, told[measure] - (at[end] - at[start]), "s")
            if "tug.turn_steps" in told:
                error = told["tug.turn_steps"] - person.values["turn_steps"]
                yield _figure("tug.turn_steps", method.method, error, "count")


def _others() -> Iterator[Figure]:
    for number in range(PEOPLE):
        random = _random(3, number)
        side = SIDES[number % 2]
        height_m, heading = random.uniform(1.5, 1.95), random.uniform(0.0, 360.0)
        depth = random.uniform(0.15, 0.5)
        squat = simulate_squats(depth=depth, height_m=height_m).posture.body(noise_m=NOISE_M, heading_deg=heading)
        yield from _against(task_squat.MEASURE, squat, {"squat.count": (5.0, "count"), "squat.depth": (depth, "1")})
        drop, inward = random.uniform(-6.0, 10.0), random.uniform(0.0, 0.05)
        way = 1.0 if side == "left" else -1.0
        one = simulate_squats(
            standing=side, depth=0.2, knee_inward_m={side: inward}, pelvis_left_up_deg=way * drop, height_m=height_m
        )
        yield from _against(
            task_single_leg.MEASURE, one.posture.body(noise_m=NOISE_M, heading_deg=heading),
            {f"single_leg.pelvic_drop@{side}": (drop, "deg"), f"single_leg.knee_medial@{side}": (inward, "m")},
        )  # fmt: skip
        reach = simulate_functional_reach(distance_m=random.uniform(0.1, 0.32), height_m=height_m, side=side)
        truth: Mapping[str, tuple[float, str]] = {f"reach.distance@{side}": (reach.values["distance"], "m")}
        yield from _against(task_reach.MEASURE, reach.posture.body(noise_m=NOISE_M, heading_deg=heading), truth)
        star = simulate_y_reach(standing=side, height_m=height_m)
        truth = {f"ybalance.{name}@{side}": (value, "m") for name, value in star.values.items()}
        yield from _against(task_y_reach.MEASURE, star.posture.body(noise_m=NOISE_M, heading_deg=heading), truth)
        gaze = random.uniform(0.0, 45.0)
        stair = simulate_stairs(gaze_down_deg=gaze, step_s=random.uniform(0.5, 1.0), up=bool(number % 3))
        truth = {
            "stairs.head_pitch": (gaze, "deg"),
            "stairs.steps": (8.0, "count"),
            "stairs.step_time": (stair.values["step_s"], "s"),
        }
        yield from _against(task_stairs.MEASURE, stair.posture.body(noise_m=NOISE_M, heading_deg=heading), truth)
        thigh = random.uniform(40.0, 100.0)
        truth = {f"length.straight_leg_raise@{side}": (thigh, "deg")}
        yield from _against(task_muscle_length.MEASURE, simulate_lying(side=side, thigh_deg=thigh), truth)


def _against(method: object, recording: Recording, truth: Mapping[str, tuple[float, str]]) -> Iterator[Figure]:
    told = values_of(method.compute(recording))  # type: ignore[attr-defined]
    for ref, (value, unit) in truth.items():
        yield _figure(ref.split("@")[0], method.method, told.get(ref, np.nan) - value, unit)  # type: ignore[attr-defined]


DATASET = DailyTasksSimulated()

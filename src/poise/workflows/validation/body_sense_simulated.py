"""Body sense, posture and a hinge of two sensors on *simulated* people, whose truth is known: nobody was recorded.

What a simulation cannot show is not shown here: how a pose network errs on clothes and light, how skin moves on bone,
how people move when they grope for a position. The figures are floors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.cleaning.prepare import prepare
from poise.measures import position_sense, posture, reaction_time
from poise.measures.position_sense_errors import errors
from poise.model import Event, Frame, Kind, Measured, Recording, Stream
from poise.signals.hinge import hinge_angle_offline
from poise.testing.imu_joints import WORN, Hinge, simulated_hinge
from poise.testing.position_sense import PositionTest, as_angles, as_landmarks, as_sensor
from poise.testing.posture import Stander
from poise.testing.posture import as_landmarks as picture
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]

NAME = "body-sense-simulated"
SEED = 20261122
HINGES = {
    "perfect sensors": Hinge(duration_s=30.0),
    "as worn": replace(WORN, duration_s=30.0),
    "as worn, turning round": replace(WORN, duration_s=30.0, turn_deg_s=20.0),
    "as worn, thigh nearly still": replace(WORN, duration_s=30.0, swing_deg=5.0),
    "as worn, fast": replace(WORN, duration_s=30.0, period_s=1.0),
    "twice the skin and off-axis motion": replace(WORN, duration_s=30.0, skin_deg=4.0, off_axis_deg=6.0),
}
EXPECTED = "perfect sensors", "as worn", "as worn, turning round", "as worn, thigh nearly still", "as worn, fast"
TESTS = 20


@dataclass(frozen=True, kw_only=True)
class BodySenseSimulated:
    """Errors against what was put in; comes with the folders that it stands beside."""

    name: str = NAME
    beside: tuple[str, ...] = ("proprioception-hand-ebr", "exercise-mediapipe-ec")

    def scores(self, folder: Path) -> Iterator[Score]:
        """Hinge, position sense, posture, reaction; `folder` is not looked at."""
        del folder
        yield from _hinges()
        yield from _position_sense()
        yield from _posture()
        yield from _reaction()


def _hinges() -> Iterator[Score]:
    rms = {}
    for condition, how in HINGES.items():
        made = simulated_hinge(how)
        found = hinge_angle_offline((made.gyr[0], made.acc[0]), (made.gyr[1], made.acc[1]), how.rate_hz)
        if found is None:
            continue
        angle = found.angle_deg - np.median(found.angle_deg[: round(how.rate_hz)])
        angle = angle if angle.max() >= -angle.min() else -angle
        rms[condition] = float(np.sqrt(np.mean((angle - made.flexion_deg) ** 2)))
        yield _score("joint.hinge_angle", "imu_joint", "rmse", rms[condition], len(angle), condition)
    worst = max(rms[each] for each in EXPECTED)
    yield _score("joint.hinge_angle", "imu_joint", "rmse", worst, len(EXPECTED), "worst of the expected")


def _position_sense() -> Iterator[Score]:
    rng = np.random.default_rng(SEED)
    ways: dict[str, Callable[[PositionTest], Recording]] = {
        "angles with 0.5° of noise": lambda test: as_angles(replace(test, noise_deg=0.5)), "one sensor": as_sensor,
        "camera, 1° of noise": lambda test: prepare(as_landmarks(replace(test, noise_deg=1.0, rate_hz=30.0))),
    }  # fmt: skip
    for condition, make in ways.items():
        gaps: dict[str, list[float]] = {"absolute": [], "constant": [], "variable": []}
        lost = 0
        for _ in range(TESTS if condition != "one sensor" else TESTS // 2):
            target, answers = rng.uniform(25.0, 65.0), rng.normal(1.0, 3.0, size=5)
            test = PositionTest(positions_deg=tuple(each for a in answers for each in (target, target + a)))
            found = {m.measure: m for m in position_sense.MEASURE.compute(make(test)).measurements}
            true = errors(answers, 0.0)
            if "jps.constant_error" not in found or found["jps.constant_error"].n != len(answers):
                lost += 1
                continue
            for kind, held in gaps.items():
                held.append(found[f"jps.{kind}_error"].value - getattr(true, kind))
        for kind, held in gaps.items():
            yield _score(f"jps.{kind}_error", "position_sense", "max_abs_error", float(np.abs(held).max()), len(held),
                         condition)  # fmt: skip
        n = len(gaps["absolute"]) + lost
        yield _score("jps.trials", "position_sense", "accuracy", 1.0 - lost / n, n, condition, unit="")


def _posture() -> Iterator[Score]:
    rng = np.random.default_rng(SEED)
    gaps: dict[str, list[float]] = {"posture.head_forward": [], "posture.trunk_lean": []}
    levels: dict[str, list[float]] = {"posture.shoulder_level": [], "posture.pelvis_level": []}
    for i in range(2 * TESTS):
        who = Stander(
            head_forward=rng.uniform(0.0, 45.0), trunk_lean=rng.uniform(-10.0, 20.0), sway_deg=0.4, noise_px=2.0,
            shoulder_level=rng.uniform(-8.0, 8.0), pelvis_level=rng.uniform(-5.0, 5.0), seed=i, duration_s=6.0,
            size_px=(1920.0, 1080.0), height_px=850.0,
        )  # fmt: skip
        side = replace(
            who, seen_from_deg=180.0 * (i % 2) + rng.uniform(-8.0, 8.0), shoulder_level=0.0, pelvis_level=0.0
        )
        _gaps(gaps, posture.MEASURE.compute(picture(side, shares=bool(i % 3))), side)
        front = replace(who, seen_from_deg=90.0 + 180.0 * (i % 2) + rng.uniform(-10.0, 10.0))
        _gaps(levels, posture.MEASURE.compute(picture(front)), front)
    for measure, held in {**gaps, **levels}.items():
        condition = "turned up to 8° out of the side view" if measure in gaps else "turned up to 10°"
        yield _score(measure, "posture", "max_abs_error", float(np.abs(held).max()), len(held), condition)
        yield _score(measure, "posture", "mean_abs_error", float(np.abs(held).mean()), len(held), condition)


def _gaps(gaps: dict[str, list[float]], found: Measured, who: Stander) -> None:
    told = {m.measure: m.value for m in found.measurements}
    for measure, held in gaps.items():
        held.append(told.get(measure, float("nan")) - float(getattr(who, measure.removeprefix("posture."))))


def _reaction() -> Iterator[Score]:
    for rate_hz, noise in ((30.0, 1.0), (60.0, 1.0), (200.0, 1.0)):
        rng = np.random.default_rng(SEED)
        gaps: list[float] = []
        medians: list[float] = []
        for _ in range(TESTS):
            delays = rng.uniform(0.18, 0.45, size=6)
            found = reaction_time.MEASURE.compute(_answers(delays, rate_hz, noise, rng))
            onsets = np.array([event.time_s for event in found.events])
            true = _STIMULI + delays
            gaps += [float(np.abs(onsets - each).min()) if len(onsets) else float("nan") for each in true]
            told = {m.measure: m.value for m in found.measurements}
            medians.append(told.get("reaction.time", float("nan")) - float(np.median(delays)))
        condition = f"{rate_hz:.0f} Hz, reaches of 0.5 s, noise 1/400"
        for metric, values in (("median_abs_error_ms", np.median(gaps)), ("max_abs_error_ms", np.max(gaps))):
            yield _score(
                "reaction.onset", "reaction_time", metric, 1e3 * float(values), len(gaps), condition, unit="ms"
            )
        yield _score("reaction.time", "reaction_time", "max_abs_error_ms", 1e3 * float(np.abs(medians).max()),
                     len(medians), condition, unit="ms")  # fmt: skip


_STIMULI = np.array([1.5, 6.4, 11.2, 16.9, 21.6, 27.0])


def _answers(delays: Array, rate_hz: float, noise: float, rng: np.random.Generator) -> Recording:
    """A hand that reaches 400 px with least jerk after each stimulus, and comes back."""
    time_s = np.arange(round(31.0 * rate_hz)) / rate_hz
    place = np.zeros_like(time_s)
    for start in _STIMULI + delays:
        for at, sign in ((start, 1.0), (start + 1.3, -1.0)):
            u = np.clip((time_s - at) / 0.5, 0.0, 1.0)
            place += sign * 400.0 * (10 * u**3 - 15 * u**4 + 6 * u**5)
    hand = np.stack([300.0 + place, 0 * place + 200.0], axis=-1) + noise * rng.normal(size=(len(place), 2))
    stream = Stream(
        kind=Kind.LANDMARKS, channels=("right_wrist",), time_s=time_s, values=hand[:, None], unit="px",
        frame=Frame(name="image", up="-y", view="unknown"),
    )  # fmt: skip
    events = tuple(Event(event="stimulus", side=None, time_s=float(at)) for at in _STIMULI)
    return Recording(id="reaction", source="simulated", streams={Kind.LANDMARKS.value: stream}, events=events)


def _score(  # noqa: PLR0917 -- one row of a table
    measure: str, method: str, metric: str, value: float, n: int, condition: str, *, unit: str = "deg"
) -> Score:
    return Score(
        dataset=NAME, file="all", measure=measure, method=method, metric=metric, value=value, n=n,
        condition=f"simulated, {condition}", unit=unit,
    )  # fmt: skip


DATASET = BodySenseSimulated()

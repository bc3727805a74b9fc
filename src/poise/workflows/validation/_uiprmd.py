"""The layout of the two UI-PRMD folders: sensor/label/positions/mMM_sSS_eEE, one repetition a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poise.cleaning.prepare import prepare
from poise.measures.quality_reference import ANGLES, Example, lopsided, working_side
from poise.measures.quality_signals import posture_of
from poise.model import Recording, Side
from poise.readers.find import read_file
from poise.workflows.validation._repetition_quality import Held, Labelled, count_scores, quality_scores
from poise.workflows.validation.scores import Score

NAME = re.compile(r"(m\d+)_(s\d+)_(e\d+)")
EXERCISES = {"m01": "x_squat", "m03": "x_forward_lunge", "m05": "x_sit_to_stand"}
"""Movements that are an exercise of ours."""
SENSORS = ("kinect", "vicon")
TRIALS = 0.5
"""A side works alone where its limbs move so much more; then its angle is compared between the sensors."""


@dataclass(frozen=True, kw_only=True, eq=False)
class File:
    """One repetition as one sensor saw it."""

    file: str
    sensor: str
    recording: Recording
    labelled: Labelled

    @property
    def key(self) -> tuple[str, bool, str]:
        """What the same repetition is called in the other sensor's folder."""
        return self.labelled.group, self.labelled.example.accepted, Path(self.file).name.split(".")[0]


def files_of(folder: Path, named: str = "*") -> Iterator[File]:
    """Every repetition whose body can be seen; `named` keeps those whose file is called so."""
    for path in sorted(folder.glob(f"*/*/positions/{named}.txt.gz")):
        found, sensor, label = NAME.match(path.name), path.parts[-4], path.parts[-3]
        if found is None or sensor not in SENSORS:
            continue
        recording = prepare(read_file(path)[0])
        posture = posture_of(recording)
        if posture is None:
            continue
        example = Example(person=found[2], posture=posture, accepted=label == "correct")
        file = str(path.relative_to(folder))
        labelled = Labelled(file=file, group=found[1], example=example)
        yield File(file=file, sensor=sensor, recording=recording, labelled=labelled)


@dataclass(frozen=True, kw_only=True)
class UiPrmd:
    """One folder of the layout.

    The camera's repetitions are judged by other people's correct ones before the camera. In the laboratory too few
    people were recorded for that, so theirs are judged by other people's correct ones of both sensors.

    Not validated here: a clinician's score (there is none), real patients (healthy people acted), boundaries inside a
    file (each file is one repetition), the second of the two instruments' clocks (they are not synchronised).
    """

    name: str

    def scores(self, folder: Path) -> Iterator[Score]:
        """AUC of the quality and of plain baselines, counts, and the camera's ranges against the laboratory's."""
        files = list(files_of(folder))
        by_sensor = {sensor: [each.labelled for each in files if each.sensor == sensor] for sensor in SENSORS}
        if by_sensor["kinect"]:
            yield from quality_scores(self.name, by_sensor["kinect"], condition="kinect")
        if by_sensor["vicon"]:
            shown = by_sensor["kinect"]
            yield from quality_scores(self.name, by_sensor["vicon"], condition="vicon", shown=shown)
        yield from count_scores(self.name, map(_held, files))
        yield from _ranges(self.name, files)


def _held(one: File) -> Held:
    return Held(
        file=one.file, condition=one.sensor, recording=one.recording, accepted=one.labelled.example.accepted,
        exercise=EXERCISES.get(one.labelled.group, ""),
    )  # fmt: skip


def _ranges(dataset: str, files: Sequence[File]) -> Iterator[Score]:
    """The main angle's range of the same repetition, camera less laboratory: the cuts may differ by some frames."""
    lab = {each.key: each for each in files if each.sensor == "vicon"}
    errors: dict[str, list[float]] = {}
    for each in files:
        if each.sensor == "kinect" and each.key in lab:
            name, error = _range_error(each, lab[each.key])
            errors.setdefault(name, []).append(error)
            yield Score(
                dataset=dataset, file=each.file, measure="rep.rom", method="kinect against vicon", metric="error",
                value=error, n=1, condition=name, unit="deg",
            )  # fmt: skip
    every = {**errors, "all": [error for own in errors.values() for error in own]}
    for name, own in every.items():
        known = np.asarray([error for error in own if np.isfinite(error)])
        if len(known):
            told = {
                "mae": float(np.mean(np.abs(known))), "bias": float(np.mean(known)),
                "median_abs_error": float(np.median(np.abs(known))),
            }  # fmt: skip
            for metric, value in told.items():
                yield Score(
                    dataset=dataset, file="all", measure="rep.rom", method="kinect against vicon", metric=metric,
                    value=value, n=len(known), condition=name, unit="deg",
                )  # fmt: skip


def _range_error(camera: File, lab: File) -> tuple[str, float]:
    """The laboratory's largest limb angle, and how much larger or smaller its range is to the camera."""
    truth, seen = (each.labelled.example.posture for each in (lab, camera))
    side: Side | None = working_side(truth) if abs(lopsided(truth)) > TRIALS else None
    spans = {
        key: float(np.ptp(values[np.isfinite(values)]))
        for key, values in truth.signals.items()
        if key[0] in ANGLES and key in seen.signals and side in {None, key[1]} and np.isfinite(values).any()
    }
    if not spans:
        return "", float("nan")
    key = max(spans, key=lambda each: spans[each])
    own = seen.signals[key]
    known = own[np.isfinite(own)]
    return key[0], float(np.ptp(known)) - spans[key] if len(known) else float("nan")

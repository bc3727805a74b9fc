"""IntelliRehabDS: nine gestures of patients before a Kinect v2, each repetition labelled by an expert."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poise.cleaning.prepare import prepare
from poise.measures.quality_reference import Example
from poise.measures.quality_signals import posture_of
from poise.model import Recording, Side
from poise.readers.find import read_file
from poise.workflows.validation._repetition_quality import Held, Labelled, count_scores, quality_scores
from poise.workflows.validation.scores import Score

NAME = re.compile(r"(\d+)_(\d+)_(\d+)_(\d+)_([123])_(\w+)$")
GESTURES: dict[int, tuple[str, Side | None]] = {
    0: ("elbow flexion", "left"), 1: ("elbow flexion", "right"),
    2: ("shoulder flexion", "left"), 3: ("shoulder flexion", "right"),
    4: ("shoulder abduction", "left"), 5: ("shoulder abduction", "right"), 6: ("forward elevation", None),
    7: ("side tap", "left"), 8: ("side tap", "right"),
}  # fmt: skip
"""Gesture → movement and working side: both sides of a movement are one movement, mirrored."""
CORRECT, INCORRECT = "1", "2"


@dataclass(frozen=True, kw_only=True, eq=False)
class Gesture:
    """One repetition of one person, as its file's name tells it."""

    file: str
    recording: Recording
    labelled: Labelled | None


class ExerciseIrds:
    """Every ``subject_NNN.zip``; label 3 (poorly executed) is neither correct nor incorrect and is only counted.

    Few people: with two of them a reference is **one** other person's correct repetitions, who may sit where the other
    stands. Not validated here: how far off angles are (nothing else measured them), boundaries inside a file.
    """

    name = "exercise-irds"

    def scores(self, folder: Path) -> Iterator[Score]:
        """AUC of the quality beside plain baselines, and repetitions counted in files of one each."""
        gestures = [each for path in sorted(folder.glob("subject_*.zip")) for each in _gestures(path)]
        judged = [each.labelled for each in gestures if each.labelled is not None]
        if judged:
            yield from quality_scores(self.name, judged, condition="kinect")
        yield from count_scores(self.name, map(_held, gestures))


def _held(one: Gesture) -> Held:
    accepted = None if one.labelled is None else one.labelled.example.accepted
    return Held(file=one.file, condition="kinect", recording=one.recording, accepted=accepted)


def _gestures(path: Path) -> Iterator[Gesture]:
    for read in read_file(path):
        found = NAME.search(read.id)
        if found is None:
            continue
        person, _, gesture, _, label, _ = found.groups()
        recording = prepare(read)
        file = f"{path.name}/{found.group(0)}"
        labelled = None
        posture = posture_of(recording)
        if posture is not None and label in (CORRECT, INCORRECT) and int(gesture) in GESTURES:
            movement, side = GESTURES[int(gesture)]
            example = Example(person=person, posture=posture, accepted=label == CORRECT, side=side)
            labelled = Labelled(file=file, group=movement, example=example)
        yield Gesture(file=file, recording=recording, labelled=labelled)


DATASET = ExerciseIrds()

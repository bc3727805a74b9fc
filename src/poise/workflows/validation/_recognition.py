"""How often the task of a recording is recognised from the movement alone, where it is known what was done.

What a data set's file names or tables say of the task is hidden from the recogniser here; in use it is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from poise.errors import PoiseError
from poise.workflows.assess import read
from poise.workflows.files import sources
from poise.workflows.one_recording import recognised
from poise.workflows.validation.scores import Score

METHOD = "recognise@1"
Known = tuple[tuple[str, frozenset[str]], ...]

_MOVEMENTS: Known = tuple(
    (rf"(positions).*m{number:02d}_", frozenset(tasks))
    for number, tasks in {
        1: {"squat"}, 2: {"exercise", "single_leg"}, 3: {"exercise"}, 4: {"exercise"}, 5: {"sit_to_stand"},
        6: {"exercise", "single_leg"}, 7: {"reach"}, 8: {"reach"}, 9: {"reach"}, 10: {"reach"},
    }.items()
)  # fmt: skip
_WALK: Known = ((r"(Static)", frozenset({"stand", "posture"})), (r"", frozenset({"walk"})))
DONE: Mapping[str, Known] = {
    "balance-acuna": ((r"", frozenset({"stand"})),),
    "balance-bds": ((r"", frozenset({"stand"})),),
    "balance-pds-dualplate": ((r"", frozenset({"stand"})),),
    "biomdp-kistler-isen": ((r"kistler_COP", frozenset({"stand"})), (r"CMJ", frozenset({"unknown"}))),
    "blazepose-squat-video": ((r"", frozenset({"squat"})),),
    "broad-imu-orientation": ((r"", frozenset({"unknown"})),),
    "emg-gait-13muscles-santuz": ((r"raw_emg", frozenset({"emg"})),),
    "emg-lowerlimb-knee-uci": ((r"", frozenset({"emg"})),),
    "emg-single-biosppy": ((r"", frozenset({"emg"})),),
    "exercise-irds": (
        (r"\d+_\d+_[0-6]_\d+_\d_\w+$", frozenset({"reach"})), (r"\d+_\d+_[78]_\d+_\d_\w+$", frozenset({"exercise"})),
    ),
    "exercise-mediapipe-ec": ((r"", frozenset({"posture"})),),
    "exercise-uiprmd-more": _MOVEMENTS,
    "fukuchi-treadmill-c3d": _WALK,
    "gait-landmarks-patients-gaitkit": _WALK,
    "gaitalytics-treadmill-c3d": _WALK,
    "gaitmap-foot-imu": _WALK,
    "mcgill-children-gait-c3d": _WALK,
    "mediapipe-exercise-landmarks": ((r"", frozenset({"posture"})),),
    "mlkit-fitness-poses": ((r"", frozenset({"posture"})),),
    "mobgap-lumbar-imu": _WALK,
    "opencap-lab-tasks": (
        (r"squats", frozenset({"squat"})), (r"STS", frozenset({"sit_to_stand"})), (r"walking", frozenset({"walk"})),
        (r"static", frozenset({"stand", "posture"})),
    ),
    "opensense-xsens-walk": _WALK,
    "opensim-adult-walk": (
        (r"id_walk", frozenset({"unknown"})), (r"electromyography", frozenset({"emg"})), (r"", frozenset({"walk"})),
    ),
    "pd-overground-c3d": _WALK,
    "proprioception-hand-ebr": ((r"", frozenset({"jps", "unknown"})),),
    "skdh-lumbar-accel": _WALK,
    "sports2d-walk-video": _WALK,
    "ui-prmd-rehab-exercises": _MOVEMENTS,
}  # fmt: skip
"""Of each folder: a pattern over the file's path and the recording's id, and the tasks that are right. A recording
that no pattern names is not counted: angles without points of UI-PRMD, one exercise unit worn nobody knows where,
the iSen file of several movements."""


def recognition_scores(folder: Path) -> Iterator[Score]:
    """One score a recording (1 where the task is right), then the share of the folder."""
    known = DONE.get(folder.name, ())
    right: list[float] = []
    for source in sources([str(folder)]) if known else ():
        try:
            recordings = read(source.path)
        except (PoiseError, OSError):
            continue
        for recording in recordings:
            told = f"{source.path.relative_to(folder) if source.path != folder else ''}|{recording.id}"
            tasks = next((tasks for pattern, tasks in known if re.search(pattern, told)), None)
            if tasks is None:
                continue
            found = recognised(replace(recording, conditions={}))
            right.append(float(found.task in tasks))
            yield _score(folder, told, right[-1], 1)
    if right:
        yield _score(folder, "all", sum(right) / len(right), len(right))


def _score(folder: Path, file: str, value: float, n: int) -> Score:
    return Score(dataset=folder.name, file=file, measure="task", method=METHOD, metric="told_rightly", value=value, n=n)

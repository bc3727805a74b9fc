"""Adults walking, with OpenSim's inverse kinematics; and one labelled crouch gait beside a normal one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from poise.cleaning.prepare import prepare
from poise.measures.gait_markers import MEASURE as MARKER_GAIT
from poise.measures.kinematics import METHOD, compute_with
from poise.model import Kind, Recording
from poise.workflows.assess import read
from poise.workflows.validation import _joint_angles as angles
from poise.workflows.validation._gait_events import event_scores, joined_trials
from poise.workflows.validation.scores import Score

CROUCH_FROM_DEG = 20.0
"""Knee flexion that is never undercut in mid and late stance (measures.md 1.6)."""


@dataclass(frozen=True, kw_only=True)
class OpensimAdultWalk:
    """Each folder's markers against each of its files of angles, on the files' own clocks.

    Angles told against a model's neutral posture differ by that posture; read them with the offset removed. OpenSim
    fits one rigid pelvis to all markers where we follow the ASIS line, which the skin moves by 2 to 3°.
    """

    name: str = "opensim-adult-walk"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Angles against inverse kinematics, events against force plates, then what the labelled walks give."""
        found = []
        for markers in sorted(folder.rglob("*.trc")):
            for reference in _angle_files(markers.parent):
                found += list(_pairs(markers, reference, folder))
        yield from angles.scores(self.name, found)
        yield from event_scores(self.name, list(joined_trials(_with_forces(folder))))
        told = [
            score
            for path in sorted((folder / "crouch_vs_normal").glob("*.mot"))
            for score in _labelled(self.name, path, str(path.relative_to(folder)))
        ]
        yield from told
        rightly = [score.value for score in told if score.metric == "told_rightly"]
        if rightly:
            yield replace(
                told[-1], file="all", measure="crouch", condition="straight", value=sum(rightly) / len(rightly),
                n=len(rightly),
            )  # fmt: skip


def _angle_files(folder: Path) -> Iterator[Path]:
    for path in sorted([*folder.glob("*.mot"), *folder.glob("*.sto")]):
        if any(Kind.COORDINATES in recording for recording in read(path)):
            yield path


def _with_forces(folder: Path) -> Iterator[tuple[str, Path, Path]]:
    for markers in sorted(folder.rglob("*.trc")):
        for forces in sorted(markers.parent.glob("*.mot")):
            if any(Kind.FORCE in recording for recording in read(forces)):
                yield str(markers.relative_to(folder)), markers, forces


def _pairs(markers: Path, reference: Path, folder: Path) -> Iterator[angles.Pair]:
    clean = prepare(read(markers)[0])
    if Kind.BODY not in clean:
        return
    given = on_clock_of(read(reference)[0], clean)
    walk = MARKER_GAIT.compute(clean).walk
    file = f"{markers.relative_to(folder)} against {reference.name}"
    yield from angles.pairs(clean, walk, given, file=file, condition="straight")


def on_clock_of(reference: Recording, recording: Recording) -> angles.Reference:
    """The angles of one file on the clock of another of the same trial, which may begin at another time."""
    given = angles.reference_in(reference, Kind.COORDINATES)
    shift_s = _first_s(reference) - _first_s(recording)
    return angles.Reference(time_s=given.time_s + shift_s, angles=given.angles)


def _first_s(recording: Recording) -> float:
    return float(recording.details.get("first_time_s", 0.0))


def _labelled(dataset: str, path: Path, file: str) -> Iterator[Score]:
    """Knee flexion in stance, and whether it says crouch as the file's name does."""
    label = "crouch" if "crouch" in path.stem.lower() else "normal"
    for found in compute_with(read(path)[0], None).measurements:
        if found.measure == "joint.knee.flexion.stance_min":
            says = "crouch" if found.value > CROUCH_FROM_DEG else "normal"
            measure = f"{found.measure}@{found.side}"
            yield Score(dataset=dataset, file=file, measure=measure, method=METHOD, metric="value",
                        value=found.value, n=found.n, condition=label, unit="deg")  # fmt: skip
            yield Score(dataset=dataset, file=file, measure=measure, method=METHOD, metric="told_rightly",
                        value=float(says == label), n=1, condition=label)  # fmt: skip


DATASET = OpensimAdultWalk()

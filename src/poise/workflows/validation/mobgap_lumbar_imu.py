"""Mobilise-D laboratory excerpt: one lower-back IMU against the INDIP multi-sensor reference.

Walking bouts are INDIP's continuous walking periods, turns and short breaks included; motion capture saw too few of
them. Contacts are matched one to one within 0.2 s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from poise.errors import PoiseError
from poise.measures.gait_lumbar_imu import MEASURE, METHOD, walk_within
from poise.model import Bout, Recording, Stride, Walk
from poise.readers.mobilised import READER, ReferenceBout, read_reference
from poise.workflows.validation._daily_tasks import without_a_test
from poise.workflows.validation._lumbar_gait import FOUND, GIVEN, Contact, Trial, scores
from poise.workflows.validation.scores import Score

SYSTEM, LEVEL = "INDIP", "ContinuousWalkingPeriod"


class MobgapLumbarImu:
    """The folder ``mobgap-lumbar-imu``: any subjects in ``<cohort>/<subject>/data.mat``."""

    name = "mobgap-lumbar-imu"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Contacts, sides, speed, stride length and cadence, with bouts given and with bouts found."""
        trials = [trial for recording, bouts in recordings(folder) for trial in _trials(folder, recording, bouts)]
        yield from scores(self.name, METHOD, trials)
        daily = [(file_of(folder, recording), recording) for recording, _ in recordings(folder)]
        yield from without_a_test(self.name, daily)


def recordings(folder: Path) -> Iterator[tuple[Recording, Sequence[ReferenceBout]]]:
    """Every trial with the bouts that the reference saw in it, none where it saw none."""
    for path in sorted(folder.rglob("data.mat")):
        bouts = {
            walk.recording: walk.bouts for walk in read_reference(path) if walk.system == SYSTEM and walk.level == LEVEL
        }
        for recording in READER.read(path, {}):
            yield recording, bouts.get(recording.id, ())


def file_of(folder: Path, recording: Recording) -> str:
    """How a trial is called in the table: ``HA/001/Test5/Trial1``."""
    subject = Path(recording.source).resolve().parent.relative_to(folder.resolve())
    return "/".join((str(subject), *recording.id.split("/")[-2:]))


def _trials(folder: Path, recording: Recording, bouts: Sequence[ReferenceBout]) -> Iterator[Trial]:
    file = file_of(folder, recording)
    try:
        given = walk_within(recording, [Bout(start_s=bout.start_s, end_s=bout.end_s) for bout in bouts])
        found = MEASURE.compute(recording).walk
    except PoiseError:
        # A trial that cannot be measured finds nothing, which counts against us.
        given, found = None, None
    spans = [Bout(start_s=bout.start_s, end_s=bout.end_s) for bout in bouts]
    for condition, walk, mine in ((GIVEN, given, spans), (FOUND, found, found.bouts if found else ())):
        yield Trial(
            file=file, condition=condition, reference=bouts, contacts=_contacts(walk), values=_values(walk, mine)
        )


def _contacts(walk: Walk | None) -> list[Contact]:
    return [Contact(time_s=step.time_s, side=step.side) for step in walk.footsteps] if walk else []


def _values(walk: Walk | None, bouts: Sequence[Bout]) -> dict[str, list[float]]:
    """One mean a bout, over the strides in it."""
    values: dict[str, list[float]] = {"gait.speed": [], "gait.stride_length": [], "gait.cadence": []}
    for bout in bouts if walk else ():
        strides = _inside(walk.strides if walk else (), bout)
        if strides:
            values["gait.speed"].append(float(np.nanmean([stride.speed_m_s for stride in strides])))
            values["gait.stride_length"].append(float(np.nanmean([stride.length_m for stride in strides])))
            # As INDIP does: the mean over strides of 120 / stride time.
            values["gait.cadence"].append(float(np.mean([120.0 / stride.time_s for stride in strides])))
    return values


def _inside(strides: Sequence[Stride], bout: Bout) -> list[Stride]:
    edge_s = 0.25
    return [each for each in strides if bout.start_s - edge_s <= each.start_s and each.end_s <= bout.end_s + edge_s]


DATASET = MobgapLumbarImu()

"""Children walking straight and turning: Plug-in-Gait angles and the laboratory's events in the same C3D files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poise.cleaning.prepare import prepare
from poise.cleaning.settings import Settings
from poise.measures.gait_markers import MEASURE as MARKER_GAIT
from poise.measures.kinematics import METHOD
from poise.model import Kind, Recording
from poise.workflows.assess import read
from poise.workflows.validation import _joint_angles as angles
from poise.workflows.validation._gait_events import Published, c3d_trials, event_scores
from poise.workflows.validation.scores import Score

AGAINST_THE_ROOM = frozenset({"pelvis", "thorax", "foot"})
"""What Plug-in-Gait tells against the room's axes, which in a turn are not the direction of walking."""


MARKERS_ONLY = f"{METHOD}, markers only"
_CENTRES, _SKIN = "three joint centres, best trial (SOURCE.md)", "ASIS, knee and ankle markers, best trial (SOURCE.md)"
ANGLES_TO_BEAT: angles.Published = {
    (METHOD, "knee.flexion", "rmse"): (0.2, _CENTRES),
    (METHOD, "knee.flexion", "r"): (1.0, _CENTRES),
    (MARKERS_ONLY, "knee.flexion", "rmse"): (5.0, _SKIN),
    (MARKERS_ONLY, "knee.flexion", "r"): (0.98, _SKIN),
}
PUBLISHED: Published = {
    ("initial_contact", "straight", "median_abs_error_ms"): (20.0, "plain Zeni, best of these trials (SOURCE.md)"),
}


@dataclass(frozen=True, kw_only=True)
class McgillChildren:
    """Our angles with the file's own joint centres, and again from its skin markers alone."""

    name: str = "mcgill-children-gait-c3d"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Angles against Plug-in-Gait, events against the laboratory's; a static trial has none to compare."""
        found = []
        for path in sorted(folder.rglob("*.c3d")):
            for recording in read(path):
                if _is_walk(recording):
                    found += list(_pairs(recording, str(path.relative_to(folder))))
        yield from angles.scores(self.name, found, ANGLES_TO_BEAT)
        yield from event_scores(self.name, list(c3d_trials(folder, condition_of)), PUBLISHED)


def condition_of(file: str) -> str:
    """Which kind of walk a file holds, by its name."""
    return "turn" if "turn" in Path(file).stem.lower() else "straight"


def _is_walk(recording: Recording) -> bool:
    return Kind.JOINT_ANGLES in recording and any(event.event == "initial_contact" for event in recording.events)


def _pairs(recording: Recording, file: str) -> Iterator[angles.Pair]:
    condition = condition_of(file)
    reference = angles.reference_in(recording, Kind.JOINT_ANGLES)
    for method, settings in ((METHOD, Settings()), (MARKERS_ONLY, Settings(use_model_points=False))):
        clean = prepare(recording, settings=settings)
        if Kind.BODY not in clean:
            continue
        walk = MARKER_GAIT.compute(clean).walk
        for pair in angles.pairs(clean, walk, reference, file=file, condition=condition, method=method):
            if condition == "straight" or pair.measure.split(".")[0] not in AGAINST_THE_ROOM:
                yield pair


DATASET = McgillChildren()

"""An adult on a split-belt treadmill: Plug-in-Gait-like angles, forces and events in the same C3D file."""

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

MARKERS_ONLY = f"{METHOD}, markers only"
_CENTRES, _SKIN = "three joint centres, right side (SOURCE.md)", "ASIS, knee and ankle markers (SOURCE.md)"
ANGLES_TO_BEAT: angles.Published = {
    (METHOD, "knee.flexion", "rmse"): (2.1, _CENTRES),
    (MARKERS_ONLY, "knee.flexion", "rmse"): (7.0, _SKIN),
    (MARKERS_ONLY, "knee.flexion", "rmse_offset_removed"): (2.5, _SKIN),
}
PUBLISHED: Published = {
    ("initial_contact", "treadmill", "f1_100ms"): (0.95, "plain Zeni (SOURCE.md)"),
    ("initial_contact", "treadmill", "median_abs_error_ms"): (30.0, "plain Zeni (SOURCE.md)"),
}


@dataclass(frozen=True, kw_only=True)
class GaitalyticsTreadmill:
    """Our angles with the file's own joint centres, and again from its skin markers alone.

    Rotations about the thigh and knee adduction differ most: the file's model takes the knee's axis from a thigh
    marker, ours from the two markers across the knee; its knee adduction follows flexion (r −0.9), ours does not.
    """

    name: str = "gaitalytics-treadmill-c3d"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Angles and events against those in the file."""
        found = []
        for path in sorted(folder.rglob("*.c3d")):
            for recording in read(path):
                if Kind.JOINT_ANGLES in recording:
                    found += list(_pairs(recording, str(path.relative_to(folder))))
        yield from angles.scores(self.name, found, ANGLES_TO_BEAT)
        yield from event_scores(self.name, list(c3d_trials(folder, lambda _: "treadmill")), PUBLISHED)


def _pairs(recording: Recording, file: str) -> Iterator[angles.Pair]:
    reference = angles.reference_in(recording, Kind.JOINT_ANGLES)
    for method, settings in ((METHOD, Settings()), (MARKERS_ONLY, Settings(use_model_points=False))):
        clean = prepare(recording, settings=settings)
        if Kind.BODY in clean:
            walk = MARKER_GAIT.compute(clean).walk
            yield from angles.pairs(clean, walk, reference, file=file, condition="treadmill", method=method)


DATASET = GaitalyticsTreadmill()

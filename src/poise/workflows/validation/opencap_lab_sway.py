"""Movements on two plates that are no quiet standing, refused; and five seconds of standing, hips beside pressure.

The hips sway a little less than the pressure under the feet, which steers them: their ratio is a check of scale, no
truth. Five seconds are too short to be measured in earnest; the settling is kept here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poise.measures.balance_camera import METHOD as CAMERA
from poise.measures.balance_camera import CameraSway, StillBody
from poise.measures.balance_pressure import METHOD, PressureSway
from poise.measures.sway_standing import Quiet, Standing, standing_on_plates
from poise.model import Kind
from poise.workflows.validation import _sway
from poise.workflows.validation._sway import Trial
from poise.workflows.validation.scores import Score

NAME = "opencap-lab-tasks"
SHORT = Quiet(settle_s=0.0, least_s=4.0)
SHORT_STILL = StillBody(settle_s=0.0, least_s=4.0)


@dataclass(frozen=True, kw_only=True)
class _OpencapSway:
    """Force files and the static markers of the folder ``opencap-lab-tasks``."""

    name: str = NAME

    def scores(self, folder: Path) -> Iterator[Score]:
        """The share of movements refused, then hips against pressure of every static trial that has both."""
        told = [trial for trial in _sway.trials(folder, "*_grf.mot") if Kind.CENTRE_OF_PRESSURE in trial.recording]
        moved = [trial for trial in told if "static" not in trial.file]
        if moved:
            refused = sum(not trial.measured.measurements for trial in moved) / len(moved)
            yield Score(
                dataset=NAME, file="all", measure="balance.quiet_standing", method=METHOD, metric="told_rightly",
                value=refused, n=len(moved), condition="walks, squats and rises, refused",
            )  # fmt: skip
        markers = {trial.recording.id: trial for trial in _sway.trials(folder, "static*.trc")}
        for trial in told:
            yield from _hips_beside(trial, markers.get(trial.recording.id.removesuffix("_grf")))


def _hips_beside(plates: Trial, markers: Trial | None) -> Iterator[Score]:
    standing = standing_on_plates(plates.recording, SHORT) if markers else None
    if markers is None or not isinstance(standing, Standing):
        return
    hips = CameraSway(still=SHORT_STILL).compute(markers.recording)
    size_mm = math.hypot(*(_sway.value(hips, f"balance.camera_rms_{axis}") for axis in ("ml", "ap")))
    away = standing.points_mm - standing.points_mm.mean(axis=0)
    pressure_mm = float(np.sqrt((away**2).sum(axis=1).mean()))
    velocity = _sway.value(PressureSway(quiet=SHORT).compute(plates.recording), "balance.sway_velocity")
    figures = (
        ("balance.camera_rms", "hips_over_pressure", size_mm / pressure_mm, ""),
        ("balance.camera_velocity", "hips_over_pressure", _sway.value(hips, "balance.camera_velocity") / velocity, ""),
        ("balance.noise_floor", "value", _sway.value(hips, "balance.noise_floor"), "mm/s"),
    )
    for measure, metric, value, unit in figures:
        yield Score(
            dataset=NAME, file=markers.file, measure=measure, method=CAMERA, metric=metric, value=value, n=1,
            condition="markers, 5 s of standing", unit=unit,
        )  # fmt: skip


DATASET = _OpencapSway()

"""Points without ghosts, gaps and shaking: what was not recorded stays missing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from poise.cleaning.settings import Settings
from poise.model.recording import Recording, Step
from poise.signals.filters import lowpass_offline
from poise.signals.gaps import fill_gaps_offline

Array = NDArray[np.float64]

FOOT = ("heel", "toe", "hallux", "first_metatarsal", "fifth_metatarsal", "ankle", "ankle_medial", "ankle_centre")


def mended(
    recording: Recording, points: Mapping[str, Array], rate_hz: float, settings: Settings
) -> tuple[Recording, dict[str, Array]]:
    """Short gaps filled and every point low-passed, each step written down."""
    filled = {name: _filled(name, values, rate_hz, settings) for name, values in points.items()}
    gaps = {"longest_s": settings.longest_gap_s, "longest_foot_s": settings.longest_gap_foot_s}
    cutoff_hz = settings.cutoff_for(recording.task)
    result = recording.after(Step(what="gaps filled", settings=gaps))
    if not np.isfinite(rate_hz) or rate_hz <= 2.2 * cutoff_hz:
        return result.after(Step(what="not filtered", settings={"rate_hz": rate_hz})), filled
    step = Step(what="low-pass", settings={"cutoff_hz": cutoff_hz, "order": 4, "zero_lag": True})
    smooth = {name: lowpass_offline(values, rate_hz, cutoff_hz) for name, values in filled.items()}
    return result.after(step), smooth


def _filled(name: str, values: Array, rate_hz: float, settings: Settings) -> Array:
    is_foot = name.split("_", 1)[-1] in FOOT
    longest_s = settings.longest_gap_foot_s if is_foot else settings.longest_gap_s
    return fill_gaps_offline(values, round(longest_s * rate_hz) if np.isfinite(rate_hz) else 0)

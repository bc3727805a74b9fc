"""gaitmap's strides scored as ours are: the same walks, the same motion capture, the same matching."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from poise.measures.foot_steps import FootSteps
from poise.model import SIDES, Side
from poise.workflows.validation.gaitmap_foot_imu import DATASET, scores_of
from poise.workflows.validation.scores import Score

NAME = "gaitmap 2.6.0: Barth DTW, Rampp events, stride-level trajectory"


def arguments(data: Path) -> tuple[Path, ...]:
    """The folder that `inside.py` is given."""
    return tuple(path for path in [data / DATASET.name] if path.is_dir())


def scores(found: Mapping[str, Any], data: Path) -> Iterator[Score]:
    """Every figure that we have of ourselves."""
    folder = data / DATASET.name
    steps = {folder / file: {side: _steps(side, feet[side]) for side in SIDES} for file, feet in found["walks"].items()}
    yield from scores_of(steps, NAME)


def _steps(side: Side, found: Mapping[str, Sequence[float | None]]) -> FootSteps:
    """gaitmap's strides as steps: a contact that only opens a stride has no toe-off and no length."""
    contact_s, before_s, toe_off_s, length_m = (
        np.array(found[name], dtype=np.float64) for name in ("ic", "pre_ic", "tc", "stride_length_m")
    )
    opening_s = np.setdiff1d(np.round(before_s, 6), np.round(contact_s, 6))
    unknown = np.full(len(opening_s), np.nan)
    contacts_s = np.concatenate((contact_s, opening_s))
    order = np.argsort(contacts_s)
    nothing = np.full(len(order), np.nan)
    return FootSteps(
        side=side, contact_s=contacts_s[order], toe_off_s=np.concatenate((toe_off_s, unknown))[order],
        length_m=np.concatenate((length_m, unknown))[order], turned_deg=nothing, strike_deg=nothing, push_deg=nothing,
        outward_m=nothing, highest_m=nothing, follows=np.ones(len(order), dtype=bool), dropped=0,
    )  # fmt: skip

"""A Burst: one stretch of activity of one muscle."""

from __future__ import annotations

from dataclasses import dataclass

from poise.model.recording import Side


@dataclass(frozen=True, kw_only=True)
class Burst:
    """One muscle switched on and off once.

    `muscle` is a name of `poise.model.muscles` where the channel is known, else the channel's own; `offset_s` is NaN
    where the recording ends in it. `snr_db` is its power over rest; `confidence` 0 to 1; `uncertain` where two
    detectors differ by more than 30 ms.
    """

    muscle: str
    side: Side | None
    onset_s: float
    offset_s: float
    snr_db: float
    confidence: float
    uncertain: bool = False

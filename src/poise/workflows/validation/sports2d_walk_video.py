"""A woman who walks through a film in which a man does somersaults: followed, and her steps timed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poise.cleaning.prepare import prepare
from poise.measures.gait_landmarks import MEASURE
from poise.model import Recording
from poise.workflows.validation._video_landmarks import read_video
from poise.workflows.validation.scores import Score, match_events

FILM_HZ = 30.0
CONTACTS = (62, 80, 99, 118, 136, 154, 172, 190)
IN_VIEW = (42, 197)
CADENCE = 98.0
BY_EYE = "read by eye from every third frame, ±3 frames (SOURCE.md)"
READ_WITHIN = 3
"""How surely the frames were read."""
LEDGE_SHARE = 0.5
"""The man stands on a ledge, hips above the middle of the picture; the woman on the ground."""


@dataclass(frozen=True, kw_only=True)
class WalkVideo:
    """What was read by eye in ``demo.mp4``; other films in the folder have no reference and are left out."""

    name: str = "sports2d-walk-video"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Who was followed, when her feet met the ground, her cadence."""
        for path in sorted(folder.glob("demo.mp4")):
            video = read_video(path)
            for file in (path.name, "all") if video is not None else ():
                assert video is not None
                yield from self._followed(file, video)
                yield from self._walked(file, video)

    def _followed(self, file: str, video: Recording) -> Iterator[Score]:
        method = f"video, {video.details['pose_model']}"
        frames = int(video.details["pictures"])
        seen = np.zeros(frames, dtype=bool)
        high = np.zeros(frames, dtype=bool)
        if "landmarks" in video:
            hips_px = video["landmarks"]["left_hip"][:, 1]
            seen = np.isfinite(hips_px)
            high = seen & (hips_px < LEDGE_SHARE * float(video.details["height_px"]))
        index = np.arange(frames)
        hers = (index >= IN_VIEW[0]) & (index <= IN_VIEW[1])
        later = index > IN_VIEW[1] + READ_WITHIN
        earlier = index < IN_VIEW[0] - READ_WITHIN
        figures = {
            "person.followed": ("recall", float((seen & ~high)[hers].mean()), int(hers.sum())),
            "person.taken_for_another": ("frames", float((high | (seen & later)).sum()), frames),
            "person.seen_behind_the_tree": ("frames", float((seen & ~high & earlier).sum()), int(earlier.sum())),
        }
        for measure, (metric, value, n) in figures.items():
            yield Score(
                dataset=self.name, file=file, measure=measure, method=method, metric=metric, value=value, n=n,
                source=BY_EYE,
            )  # fmt: skip

    def _walked(self, file: str, video: Recording) -> Iterator[Score]:
        clean = prepare(video)
        found = MEASURE.compute(clean) if MEASURE.fits(clean) else None
        contacts_s = [each.time_s for each in found.events if each.event == "initial_contact"] if found else []
        truth_s = np.array(CONTACTS) / FILM_HZ
        inside = [time for time in contacts_s if truth_s[0] - 0.3 <= time <= truth_s[-1] + 0.3]
        matches = match_events(inside, truth_s, READ_WITHIN / FILM_HZ)
        cadence = (
            next((each.value for each in found.measurements if each.measure == "gait.cadence"), np.nan)
            if found
            else np.nan
        )
        method = f"{MEASURE.method} on video"
        figures = (
            ("initial_contact", "f1_100ms", matches.f1, len(truth_s), ""),
            ("initial_contact", "outside_reference", float(len(contacts_s) - len(inside)), len(contacts_s), ""),
            ("initial_contact", "median_signed_error_ms", float(1e3 * np.median(matches.errors_s or [np.nan])),
             len(matches.errors_s), "ms"),
            ("initial_contact", "max_abs_error_ms", float(1e3 * np.max(np.abs(matches.errors_s or [np.nan]))),
             len(matches.errors_s), "ms"),
            ("gait.cadence", "error", float(cadence - CADENCE), 1, "steps/min"),
        )  # fmt: skip
        for measure, metric, value, n, unit in figures:
            yield Score(
                dataset=self.name, file=file, measure=measure, method=method, metric=metric, value=value, n=n,
                unit=unit, source=BY_EYE,
            )  # fmt: skip


DATASET = WalkVideo()

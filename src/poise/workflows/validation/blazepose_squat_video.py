"""Three squats before a camera: our landmarks beside those that upstream's own test keeps for the film."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poise.workflows.assess import read
from poise.workflows.validation._repetition_counts import film_counts
from poise.workflows.validation._video_landmarks import Beside, Published, landmark_scores, read_video
from poise.workflows.validation.scores import Score

FILM_HZ = 5.0
UPSTREAM = "what upstream's test allows a port of the same network (SOURCE.md)"
PUBLISHED: Published = {
    ("landmarks.image", "median_abs_error"): (31.0, UPSTREAM),
    ("landmarks.world", "median_abs_error"): (0.24, UPSTREAM),
}


@dataclass(frozen=True, kw_only=True)
class SquatVideo:
    """The film and the two landmark files beside it."""

    name: str = "blazepose-squat-video"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Our landmarks from the film against the files; nothing of that without `poise[video]`."""
        yield from film_counts(self.name, folder)
        yield from self._video(folder)

    def _video(self, folder: Path) -> Iterator[Score]:
        for path in sorted(folder.glob("*.mp4")):
            image, world = (folder / f"{path.stem}{each}.full.json" for each in ("", "_3d"))
            video = read_video(path)
            if video is None or not (image.is_file() and world.is_file()):
                continue
            image_px, world_m = (read(each, mapping={"rate_hz": FILM_HZ})[0] for each in (image, world))
            both = Beside(video=video, image_px=image_px, world_m=world_m)
            for file in (path.name, "all"):
                yield from landmark_scores(self.name, file, both, PUBLISHED)


DATASET = SquatVideo()

"""All error figures of a data folder, and those of peers beside them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from poise.errors import BadSetting
from poise.plugins import discover
from poise.workflows.validation._promises import Judged, judge
from poise.workflows.validation._recognition import recognition_scores
from poise.workflows.validation._tables import by_dataset, markdown, said, said_bar, said_reached
from poise.workflows.validation.scores import Dataset, Score

__all__ = [
    "Judged", "as_json", "by_dataset", "datasets_in", "judge", "known_datasets", "markdown", "read_peers",
    "recognition_scores", "said", "said_bar", "said_reached",
]  # fmt: skip


def known_datasets() -> tuple[Dataset, ...]:
    """Every data folder whose layout is known."""
    return discover("workflows.validation", "DATASET")


def datasets_in(folder: Path) -> tuple[tuple[Dataset, Path], ...]:
    """The known data folders in `folder`, or `folder` itself where it is one; nothing outside it is looked at.

    A dataset of simulated signals has no folder; it comes with the folders that it says it stands ``beside``.
    """
    if not folder.is_dir():
        raise BadSetting(f"'{folder}' is not a folder.", do="Name a data folder, or a folder that holds some.")
    here = [(dataset, folder) for dataset in known_datasets() if folder.resolve().name == dataset.name]
    below = [(dataset, folder / dataset.name) for dataset in known_datasets() if (folder / dataset.name).is_dir()]
    if not (found := tuple(here or below)):
        raise BadSetting(
            f"'{folder}' holds no data folder that is known.",
            do="Known: " + ", ".join(dataset.name for dataset in known_datasets()) + ".",
        )
    names = {dataset.name for dataset, _ in found}
    made_up = [each for each in known_datasets() if names & set(getattr(each, "beside", ())) and each.name not in names]
    return (*found, *((each, folder) for each in made_up))


def as_json(scores: Iterable[Score]) -> list[dict[str, Any]]:
    """The figures as plain objects; a figure that could not be computed has value null."""
    return [asdict(score) | {"value": score.value if math.isfinite(score.value) else None} for score in scores]


def read_peers(paths: Iterable[Path]) -> Iterator[Score]:
    """Figures of other software, as `validation/peers/` writes them: the same objects."""
    for path in paths:
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
            for row in rows:
                yield Score(**{**row, "value": math.nan if row["value"] is None else row["value"]})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BadSetting(f"'{path}' holds no figures of a peer.", found=str(error)) from error

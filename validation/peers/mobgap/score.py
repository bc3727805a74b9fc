"""mobgap's contacts and values scored as ours are: the same trials, the same INDIP reference, the same matching.

Its three detectors get the reference bouts three times: cut exactly (as `reference/peers.md` scored them), with 0.2 s
and with 1 s of signal on either side; its pipeline finds bouts by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from poise.model import Recording
from poise.workflows.validation._lumbar_gait import FOUND, GIVEN, Contact, Trial
from poise.workflows.validation._lumbar_gait import scores as scores_of
from poise.workflows.validation.mobgap_lumbar_imu import SYSTEM, MobgapLumbarImu, file_of, recordings
from poise.workflows.validation.scores import Score

NAME = "mobgap 1.2.0"
DATASET = MobgapLumbarImu.name


def arguments(data: Path) -> tuple[object, ...]:
    """The folder, the reference system and what `inside.py` is to do."""
    folder = data / DATASET
    return (folder, SYSTEM, "all") if folder.is_dir() else ()


def scores(found: Sequence[Mapping[str, Any]], data: Path) -> Iterator[Score]:
    """Every detector with bouts given, and the pipeline, as the same kind of figures as ours."""
    folder = data / DATASET
    raw = {each["file"]: each for each in found}
    known = [
        (raw[_raw_name(folder, recording)], file_of(folder, recording), bouts)
        for recording, bouts in recordings(folder)
    ]
    for detector in found[0]["detectors"]:
        trials = [
            Trial(file=file, condition=GIVEN, reference=bouts, contacts=_contacts(each["detectors"][detector]))
            for each, file, bouts in known
        ]
        yield from scores_of(DATASET, f"{NAME} {detector}", trials)
    trials = [
        Trial(
            file=file, condition=FOUND, reference=bouts, contacts=_contacts(each["pipeline"]["contacts_s"]),
            values={f"gait.{name}": each["pipeline"][name] for name in ("speed", "stride_length", "cadence")},
        )
        for each, file, bouts in known
    ]  # fmt: skip
    yield from scores_of(DATASET, f"{NAME} pipeline", trials)


def _raw_name(folder: Path, recording: Recording) -> str:
    subject = Path(recording.source).resolve().parent.relative_to(folder.resolve())
    return "/".join((str(subject), *recording.id.split("/")[1:]))


def _contacts(times_s: Sequence[float]) -> list[Contact]:
    return [Contact(time_s=time_s) for time_s in times_s]

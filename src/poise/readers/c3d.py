"""C3D: the file of motion-capture laboratories, from any maker and any year, as one Recording.

Read with numpy alone: Intel, DEC and SGI numbers, integer and real, with more labels, frames and parameters than the
header admits. The samples are never copied but where they become values of a stream, so reading costs about what the
arrays cost. Whatever the bytes, nothing is allocated that the file's own size does not warrant.

References
----------
.. [1] Motion Lab Systems 2008, The C3D File Format: User Guide (c3d.org).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poise.errors import UnreadableFile
from poise.model import ForcePlate, Frame, Kind, Problem, Recording, Step, Stream
from poise.readers._c3d_analog import VOLTS, Channels
from poise.readers._c3d_events import events_of
from poise.readers._c3d_layout import Trial, open_trial
from poise.readers._c3d_parameters import BLOCK, KEY, Encoding
from poise.readers._c3d_person import person_of
from poise.readers._c3d_plates import Laboratory, plates_of
from poise.readers._c3d_points import metres_per_unit, sorted_streams, up_axis
from poise.readers._c3d_space import Space

MOST_UNITS = 8
MAKER = ("COMPANY", "SOFTWARE", "VERSION_LABEL")


@dataclass(frozen=True, kw_only=True)
class C3dReader:
    """Points by what they are, analogue channels, muscles, force plates, events and the person's measures."""

    name: str = "c3d"
    suffixes: tuple[str, ...] = (".c3d",)

    def sniff(self, path: Path, head: bytes) -> bool:
        """By its name, or by the key byte with parameters where the first byte says that they are."""
        if path.suffix.lower() in self.suffixes:
            return True
        processor = (max(head[0], 2) - 1) * BLOCK + 3 if len(head) > BLOCK else len(head)
        return head[1:2] == bytes([KEY]) and processor < len(head) and Encoding.of(head[processor]) is not None

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """The one recording in the file.

        Raises
        ------
        UnreadableFile
            Not a C3D file, cut off before its first frame, or without samples.
        """
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise UnreadableFile(f"'{path.name}' cannot be opened.", found=str(error.strerror or error)) from error
        return (recording_of(raw, path),)


READER = C3dReader()


def recording_of(raw: bytes, path: Path) -> Recording:
    """The recording that the bytes of a C3D file hold; see `C3dReader.read`."""
    with np.errstate(all="ignore"):  # damaged numbers become NaN and problems, not warnings
        trial = open_trial(raw, path.name)
        _refuse_without_clock(trial, path.name)
        return _recording(trial, path)


def _recording(trial: Trial, path: Path) -> Recording:
    metres, unit_problems = metres_per_unit(trial)
    frame = Frame(name="laboratory", up=up_axis(trial))
    space = Space(_numbers(trial))
    streams = sorted_streams(trial, space, metres, frame)
    laboratory = Laboratory(metres=metres, frame=frame, markers=streams.get(Kind.MARKERS), space=space)
    analog, plates, plate_problems = _analog_streams(trial, laboratory)
    events, event_problems = events_of(trial)
    return Recording(
        id=path.stem,
        source=str(path),
        streams={**streams, **analog},
        person=person_of(trial.parameters),
        events=events,
        plates=plates,
        history=(Step(what="read", settings={"format": "c3d", "first_frame": trial.layout.first_frame}),),
        problems=(*trial.problems, *unit_problems, *plate_problems, *event_problems),
        details=_details(trial),
    )


def _numbers(trial: Trial) -> int:
    """How many numbers the streams will hold: three a point, one a channel, and nine where six make a plate."""
    plan = trial.layout
    plates = int(min(max(trial.parameters.number("FORCE_PLATFORM", "USED") or 0, 0), plan.channels // 6))
    return plan.frames * (3 * plan.points + plan.samples_per_frame * (plan.channels + 3 * plates))


def _refuse_without_clock(trial: Trial, name: str) -> None:
    plan = trial.layout
    if not np.isfinite(plan.rate_hz if plan.points else plan.analog_rate_hz):
        raise UnreadableFile(
            f"'{name}' does not say how fast it was recorded.",
            found=f"Its frame rate is {trial.header.rate_hz:g} Hz in the header and missing in its parameters.",
            do="Export the trial again from the software that recorded it.",
        )


def _analog_streams(
    trial: Trial, laboratory: Laboratory
) -> tuple[dict[str, Stream], tuple[ForcePlate, ...], tuple[Problem, ...]]:
    """Force plates, then muscles, then what is left of the analogue channels, a stream for each unit."""
    plan = trial.layout
    if not plan.channels:
        return {}, (), ()
    channels = Channels(trial=trial)
    time_s = np.arange(plan.frames * plan.samples_per_frame) / plan.analog_rate_hz
    measured = plates_of(trial, channels, laboratory, time_s)
    streams = dict(measured.streams)
    muscles, others = channels.kinds()
    for kind, wanted in ((Kind.EMG, muscles), (Kind.ANALOG, others)):
        groups = _by_unit(channels, [i for i in wanted if i not in measured.channels])
        for number, (unit, index) in enumerate(groups.items(), 1):
            factor = VOLTS.get(unit.lower(), 1.0) if kind is Kind.EMG else 1.0
            values = laboratory.space.array(len(time_s), len(index), 1)
            channels.fill(values[:, :, 0], index)
            streams[str(kind) if number == 1 else f"{kind}.{number}"] = Stream(
                kind=kind,
                channels=tuple(channels.labels[i] for i in index),
                time_s=time_s,
                values=values if factor == 1.0 else np.multiply(values, factor, out=values),
                unit="V" if kind is Kind.EMG and unit.lower() in VOLTS else unit or "1",
                frame=Frame(name="channel"),
            )
    return streams, measured.plates, measured.problems


def _by_unit(channels: Channels, index: Sequence[int]) -> dict[str, list[int]]:
    """The channels by their unit; past a handful of units, the rest under ``mixed``."""
    groups: dict[str, list[int]] = {}
    for i in index:
        unit = channels.units[i]
        groups.setdefault(unit if unit in groups or len(groups) < MOST_UNITS else "mixed", []).append(i)
    return groups


def _details(trial: Trial) -> dict[str, str]:
    """What the file says of itself; never who was recorded."""
    plan, parameters = trial.layout, trial.parameters
    maker = (parameters.text("MANUFACTURER", name) for name in MAKER)
    told = {
        "format": f"C3D, {parameters.encoding.name}, {'integer' if plan.is_integer else 'real'}",
        "made_by": " ".join(dict.fromkeys(filter(None, maker))),
        "frames": f"{plan.frames} from frame {plan.first_frame}",
        "points": f"{plan.points} at {plan.rate_hz:g} Hz" if plan.points else "none",
        "analog": f"{plan.channels} at {plan.analog_rate_hz:g} Hz" if plan.channels else "none",
        "length_unit": parameters.text("POINT", "UNITS"),
    }
    return {name: value for name, value in told.items() if value}

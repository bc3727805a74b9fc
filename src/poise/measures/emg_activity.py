"""Muscles by surface EMG: when each works, how strongly, in what order, and against which other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from poise.errors import NothingToMeasure
from poise.measures import emg_levels, emg_movement, emg_order, emg_pairs
from poise.measures.emg_channels import Channel, Channels, channels_of, holds_emg
from poise.model import Definition, Measured, Measurement, Problem, Recording
from poise.signals.emg_onset import DEFAULT

METHOD = "emg_activity/1"


@dataclass(frozen=True, kw_only=True)
class EmgActivity:
    """Bursts, levels, order, co-contraction, symmetry and spectrum of every muscle recorded.

    Nothing needs to be known of the movement: a repetition is a burst of the muscle that stands out the most. Levels
    are in µV, or in % of the muscle's own peak where the file says no unit; they mean something within one recording,
    or within one session with the electrodes left on.

    Notes
    -----
    Fails where a muscle never rests, where a neighbour's crosstalk is louder than the muscle, and where the electrode
    slides. In walking the order of bursts means little; read the curve over the cycle (`emg_gait`).
    """

    name: str = "emg_activity"
    version: str = "1"
    tasks: frozenset[str] = frozenset(
        {"emg", "walk", "stand", "sit_to_stand", "squat", "single_leg", "reach", "exercise", "stairs", "posture"}
    )
    defines: tuple[Definition, ...] = (
        *emg_levels.DEFINES, *emg_order.DEFINES, *emg_pairs.DEFINES, *emg_movement.DEFINES,
    )  # fmt: skip
    detector: str = DEFAULT
    notch_hz: float | None = None

    def fits(self, recording: Recording) -> bool:
        """Whether there is raw EMG."""
        return holds_emg(recording)

    def compute(self, recording: Recording) -> Measured:
        """All of it; a channel that cannot be used is a problem."""
        return self.compute_with(recording)

    def compute_with(self, recording: Recording, asked_order: Sequence[str] = ()) -> Measured:
        """The same, with the order in which muscles are asked to fire, first to last."""
        try:
            channels = channels_of(recording, notch_hz=self.notch_hz, detector=self.detector)
        except NothingToMeasure as reason:
            what = f"{reason.problem} {reason.found}".strip()
            return Measured(problems=(Problem(what=what, where=recording.id, do=reason.do),))
        return self._measured(recording, channels, asked_order)

    def _measured(self, recording: Recording, channels: Channels, asked_order: Sequence[str]) -> Measured:
        usable, method = channels.usable, f"{METHOD}: {self.detector}"
        if not usable:
            return Measured(problems=channels.problems)
        work = emg_levels.work_of(usable)
        measurements = chain(
            emg_levels.measured(usable, work, method, recording.id),
            emg_levels.between_sides(usable, method, recording.id),
            emg_levels.ratios(usable, method, recording.id),
            emg_pairs.measured(usable, method, recording.id),
            _order(usable, method, recording, asked_order),
            _movement(usable, method, recording),
        )
        return Measured(
            measurements=tuple(measurements),
            series=tuple(emg_levels.series(usable)),
            bursts=tuple(sorted(chain.from_iterable(c.bursts for c in usable), key=lambda b: b.onset_s)),
            problems=(*channels.problems, *emg_levels.fatigue_doubts(usable, recording.id)),
        )


def _order(
    channels: Sequence[Channel], method: str, recording: Recording, asked: Sequence[str]
) -> Iterator[Measurement]:
    """Delays and ranks against the prime mover; nothing for a walk, where bursts come round and round."""
    prime = emg_order.prime_mover(channels)
    timed = [channel for channel in channels if channel.bursts]
    if prime is None or len(timed) < 2 or _walks(recording):
        return
    starts_s = np.array([burst.onset_s for burst in prime.bursts if burst.onset_s > prime.time_s[0]])
    if len(starts_s):
        yield from emg_order.measured(emg_order.onsets_of(timed, starts_s, prime.title), method, recording.id, asked)


def _movement(channels: Sequence[Channel], method: str, recording: Recording) -> Iterator[Measurement]:
    """Levels by phase where a goniometer was recorded beside."""
    angle = emg_movement.angle_of(recording)
    if angle is None or _walks(recording):
        return
    name, time_s, values = angle
    found = emg_movement.excursions(time_s, values)
    yield from emg_movement.measured(channels, found, f"{method}, phases of {name}", recording.id)


def _walks(recording: Recording) -> bool:
    return recording.task == "walk" or any(event.event == "initial_contact" for event in recording.events)


MEASURE = EmgActivity()

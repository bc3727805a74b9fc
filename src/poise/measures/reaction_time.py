"""Reaction time: from a stimulus whose moment is known to the start of the movement that answers it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.model import Definition, Event, Kind, Measured, Measurement, Problem, Recording, Stream
from poise.signals import geometry
from poise.signals.filters import lowpass_offline

Array = NDArray[np.float64]
NAN = float("nan")

STIMULI = ("stimulus", "go", "cue")
_STIMULUS = re.compile(r"stim|buzz|(?:^|[^a-z])cue(?:[^a-z]|$)", re.IGNORECASE)
_TRIGGER = re.compile(r"trig", re.IGNORECASE)
LEAST_IRREGULAR = 0.05
"""A trigger whose jumps come as evenly as this (CV) is a clock, and one that jumps once starts a machine. [design]"""
MOVERS = ("left_wrist", "right_wrist", "left_index", "right_index", "left_hand", "right_hand", "left_wrist_centre",
          "right_wrist_centre", "left_ankle", "right_ankle", "left_ankle_centre", "right_ankle_centre", "left_toe",
          "right_toe", "nose", "head")  # fmt: skip
CUTOFF_HZ = 12.0
BASELINE_S = 0.5
SOONEST_S = 0.1
"""An answer sooner than this was not caused by the stimulus: it is a false start (as in sprinting: 0.1 s)."""
LATEST_S = 2.0
LOW_SHARE = 0.05
"""Share of the first peak from which the rise of the speed is read."""
ABOVE_NOISE = 5.0
ENOUGH_TRIALS = 5

_SOURCE = "capabilities.md 29; onset from the bell of speed as Botzer & Karniel 2009, Front Neurosci 3:61"
DEFINES = (
    Definition(
        measure="reaction.time", unit="s", label="Reaction time", decimals=3, better="lower", sided=False,
        formula="median over valid answers of movement onset − stimulus", source=_SOURCE,
    ),
    Definition(
        measure="reaction.time_to_peak", unit="s", label="From onset to the highest speed", decimals=3, sided=False,
        formula="median over valid answers", source=_SOURCE,
    ),
    Definition(
        measure="reaction.false_starts", unit="count", label="False starts", decimals=0, better="lower", sided=False,
        formula="answers that begin before the stimulus or within 0.1 s of it", source=_SOURCE,
    ),
    Definition(
        measure="reaction.missed", unit="count", label="Stimuli without an answer", decimals=0, better="lower",
        formula="no movement within 2 s of the stimulus", source=_SOURCE, sided=False,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What followed one stimulus: onset and time of the highest speed, s; NaN where nothing moved.

    `at_rest` is False where the person was moving all along before the stimulus: then it has no answer.
    """

    stimulus_s: float
    onset_s: float
    peak_s: float
    at_rest: bool = True

    @property
    def reaction_s(self) -> float:
        """Onset − stimulus."""
        return self.onset_s - self.stimulus_s

    @property
    def false_start(self) -> bool:
        """Whether the movement began too soon to be an answer."""
        return self.reaction_s < SOONEST_S


@dataclass(frozen=True, kw_only=True)
class ReactionTime:
    """Reaction time where the file marks the stimulus: by an event, or by an analog channel that jumps.

    What moves is the point or sensor that answers fastest: its speed, its angular velocity, or how far its specific
    force is from rest.

    Notes
    -----
    The onset is where the bell of speed leaves 0: of a movement with least jerk √speed is a parabola, so one is laid
    through its rise, from 5 % of the first peak on, and carried back; a threshold would come 10 to 40 ms late. Answers
    of under 0.1 s are false starts and are not averaged. Simple reactions take 0.2 to 0.3 s in young adults (memory). A
    camera of 30 Hz tells an onset within about one frame; a slow answer (a second and more) within two.
    """

    name: str = "reaction_time"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"reach", "jps", "exercise", "stand", "single_leg", "squat", "sit_to_stand"})
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether a stimulus is marked and something that moves was recorded."""
        return bool(_has_stimulus(recording)) and _mover_kind(recording) is not None

    def compute(self, recording: Recording) -> Measured:
        """Reaction times, false starts and misses; events at the onsets."""
        where = recording.source or recording.id
        stimuli = stimuli_s(recording)
        if not stimuli and not any(_STIMULUS.search(channel) for _, channel in _triggers(recording)):
            return Measured()  # a trigger that starts a machine or keeps its time is no stimulus
        speeds = _speeds(recording)
        if not stimuli or not speeds:
            return Measured(problems=(_no_stimulus(where),) if not stimuli else (_nothing_moves(where),))
        time_s, rate_hz = speeds[0][1], speeds[0][2]
        answers = _answered(stimuli, speeds)
        seen = [each for each in answers if np.isfinite(each.onset_s)]
        events = tuple(Event(event="movement_onset", side=None, time_s=each.onset_s) for each in seen)
        made = tuple(_measurements(answers, recording, time_s, rate_hz, f"{self.name}@{self.version}"))
        return Measured(measurements=made, events=events, problems=tuple(_doubts(answers, rate_hz, where)))


def stimuli_s(recording: Recording) -> tuple[float, ...]:
    """When a stimulus was given: by the file's events, else by jumps of a channel named for it."""
    marked = tuple(each.time_s for each in recording.events if each.event in STIMULI)
    if marked:
        return tuple(sorted(marked))
    for stream, channel in _triggers(recording):
        found = jumps_s(stream[channel][:, 0], stream.time_s)
        if found and (_STIMULUS.search(channel) or _is_irregular(found)):
            return found
    return ()


def _is_irregular(jumps: Sequence[float]) -> bool:
    steps = np.diff(jumps)
    return len(steps) > 1 and bool(steps.std() > LEAST_IRREGULAR * steps.mean())


def jumps_s(values: Array, time_s: Array) -> tuple[float, ...]:
    """When a trigger leaves its resting level: crossings of half way to its extreme, one per 0.5 s.

    The resting level is the median, so that a trigger may rise or fall; empty where it never clearly jumps.
    """
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return ()
    rest = float(np.median(known))
    away = np.abs(np.where(np.isfinite(values), values, rest) - rest)
    noise = float(np.percentile(away, 90))
    top = float(away.max())
    if not top > max(4.0 * noise, 1e-9):
        # A level that is high half of the time has no rest: its rises are the stimuli.
        low, high = np.percentile(known, [2, 98])
        away, top = np.where(np.isfinite(values), values, low) - low, float(high - low)
        if not top > 0.0 or np.mean((away > 0.25 * top) & (away < 0.75 * top)) > 0.05:
            return ()
    on = away > 0.5 * top
    starts = np.flatnonzero(on[1:] & ~on[:-1]) + 1
    kept: list[float] = []
    for start in starts:
        if not kept or time_s[start] - kept[-1] > 0.5:
            kept.append(float(time_s[start]))
    return tuple(kept)


def onset(speed: Array, time_s: Array, stimulus_s: float, *, until_s: float) -> Answer:
    """The first movement after (or about) a stimulus.

    Parameters
    ----------
    speed
        Shape (samples,), at least 0 but for noise, any unit; low-pass filtered.
    time_s
        Shape (samples,).
    stimulus_s, until_s
        The stimulus, and when to stop looking: the next stimulus, or two seconds on.

    Notes
    -----
    Rest is the half second before the stimulus. What exceeds its median by five of its (robust) standard deviations
    and a tenth of the window's highest speed is movement.
    """
    before = (time_s >= stimulus_s - BASELINE_S) & (time_s < stimulus_s) & np.isfinite(speed)
    window = (time_s >= stimulus_s - BASELINE_S) & (time_s < until_s) & np.isfinite(speed)
    nothing = Answer(stimulus_s=stimulus_s, onset_s=NAN, peak_s=NAN)
    if before.sum() < 3 or window.sum() < 8:
        return nothing
    # The calmer half of the time before is rest, even where the person starts too soon.
    calm = np.sort(speed[before])[: max(3, int(0.7 * before.sum()))]
    rest, noise = float(np.median(calm)), 1.4826 * float(np.median(np.abs(calm - np.median(calm))))
    above = np.clip(speed[window] - rest, 0.0, None)
    times = time_s[window]
    highest = float(above.max())
    if rest > 0.2 * float(np.nanmax(speed)):
        return Answer(stimulus_s=stimulus_s, onset_s=NAN, peak_s=NAN, at_rest=False)
    if not highest > max(2.0 * ABOVE_NOISE * noise, 1e-12):
        return nothing
    moving = above > max(ABOVE_NOISE * noise, 0.1 * highest)
    first = int(np.argmax(moving))
    if first == 0:
        return Answer(stimulus_s=stimulus_s, onset_s=NAN, peak_s=NAN, at_rest=False)
    top = first
    while top + 1 < len(above) and (above[top + 1] >= above[top] or above[top] < 0.5 * highest):
        top += 1
    return Answer(stimulus_s=stimulus_s, onset_s=_start_of_rise(above, times, first, top), peak_s=float(times[top]))


def _start_of_rise(above: Array, times: Array, first: int, top: int) -> float:
    """Where the parabola through √speed, from 5 % to its peak, leaves 0."""
    low = LOW_SHARE * above[top]
    start = first
    while start > 0 and low < above[start - 1] < above[start]:
        start -= 1
    rise, at = np.sqrt(above[start : top + 1]), times[start : top + 1] - times[start]
    step = float(times[1] - times[0])
    if len(rise) < 3:
        return float(times[start] - step)
    bend, slope, offset = np.polyfit(at, rise, 2)
    inside = slope**2 - 4.0 * bend * offset
    if not (bend < 0.0 and slope > 0.0 and inside > 0.0):
        slope, offset = np.polyfit(at[: max(2, len(at) // 2)], rise[: max(2, len(at) // 2)], 1)
        back = -offset / slope if slope > 0.0 else 0.0
    else:
        back = 2.0 * offset / (-slope - np.sqrt(inside))
    # Never further back than the rise itself lasted: a slow creep is no bell.
    return float(times[start] + np.clip(back, -max(at[-1], 2.0 * step), 0.5 * at[-1]))


def _has_stimulus(recording: Recording) -> bool:
    return any(each.event in STIMULI for each in recording.events) or any(True for _ in _triggers(recording))


def _triggers(recording: Recording) -> Iterator[tuple[Stream, str]]:
    for stream in recording.streams.values():
        if stream.kind is Kind.ANALOG:
            for channel in stream.channels:
                if _STIMULUS.search(channel) or _TRIGGER.search(channel):
                    yield stream, channel


def _mover_kind(recording: Recording) -> str | None:
    held = (Kind.ANGULAR_VELOCITY, Kind.ACCELERATION, Kind.BODY, Kind.MARKERS)
    found = next((kind for kind in held if kind in recording), None)
    if found is not None:
        return str(found)
    return next((name for name, each in recording.streams.items() if each.kind is Kind.LANDMARKS), None)


def _speeds(recording: Recording) -> list[tuple[str, Array, float, Array]]:
    """Name, clock, rate and speed of everything that could answer."""
    kind = _mover_kind(recording)
    if kind is None:
        return []
    stream = recording[kind]
    rate_hz = stream.rate_hz
    if not rate_hz >= 15.0:
        return []
    cutoff = min(CUTOFF_HZ, 0.4 * rate_hz)
    channels = [each for each in stream.channels if each in MOVERS] or list(stream.channels)
    made = []
    for channel in channels:
        values = lowpass_offline(stream[channel], rate_hz, cutoff)
        if not np.isfinite(values).any():
            continue
        if kind in (Kind.ANGULAR_VELOCITY, Kind.ACCELERATION):
            speed = geometry.length(values - np.nanmedian(values, axis=0))
        else:
            flat = values[:, :2] if stream.unit == "px" else values
            speed = geometry.length(np.gradient(flat, 1.0 / rate_hz, axis=0))
        made.append((channel, stream.time_s, rate_hz, speed))
    return made


def _answered(stimuli: Sequence[float], speeds: Sequence[tuple[str, Array, float, Array]]) -> tuple[Answer, ...]:
    """The answer to each stimulus, by the mover that is fastest over all of them."""

    def reach(speed: Array, time_s: Array) -> float:
        after = [speed[(time_s >= at) & (time_s < at + LATEST_S)] for at in stimuli]
        return sum(float(np.nanmax(each)) for each in after if np.isfinite(each).any())

    _, time_s, _, speed = max(speeds, key=lambda each: reach(each[3], each[1]))
    ends = [*stimuli[1:], float("inf")]
    return tuple(
        onset(speed, time_s, at, until_s=min(at + LATEST_S, end)) for at, end in zip(stimuli, ends, strict=True)
    )


def _measurements(
    answers: Sequence[Answer], recording: Recording, time_s: Array, rate_hz: float, method: str
) -> Iterator[Measurement]:
    valid = [each for each in answers if np.isfinite(each.onset_s) and not each.false_start]
    error_s = max(1.0 / rate_hz, 0.01) / np.sqrt(max(1, len(valid)))
    span = (float(time_s[0]), float(time_s[-1]))
    made: list[tuple[str, str, list[float], float]] = [
        ("time", "s", [each.reaction_s for each in valid], error_s),
        ("time_to_peak", "s", [each.peak_s - each.onset_s for each in valid], error_s),
    ]
    for name, unit, values, error in made:
        if values:
            yield Measurement(
                measure=f"reaction.{name}", value=float(np.median(values)), unit=unit, side=None, n=len(values),
                sd=float(np.std(values, ddof=1)) if len(values) > 1 else NAN, start_s=span[0], end_s=span[1],
                valid_fraction=len(values) / len(answers), method=method, recording=recording.id, error=error,
                error_source="one sample or 10 ms, the larger, by the root of the answers (simulated, [design])",
            )  # fmt: skip
    counts = {
        "false_starts": sum(each.false_start for each in answers if np.isfinite(each.onset_s)),
        "missed": sum(each.at_rest and not np.isfinite(each.onset_s) for each in answers),
    }
    for name, count in counts.items():
        yield Measurement(
            measure=f"reaction.{name}", value=float(count), unit="count", side=None, n=len(answers), sd=NAN,
            start_s=span[0], end_s=span[1], valid_fraction=1.0, method=method, recording=recording.id,
        )  # fmt: skip


def _doubts(answers: Sequence[Answer], rate_hz: float, where: str) -> Iterator[Problem]:
    valid = sum(np.isfinite(each.onset_s) and not each.false_start for each in answers)
    if valid < ENOUGH_TRIALS:
        yield Problem(
            what=f"{valid} valid answer{'s' if valid != 1 else ''} to {len(answers)} stimuli; a stable reaction time "
            f"needs {ENOUGH_TRIALS} or more, after practice.",
            where=where, do="Give more stimuli, at times that cannot be guessed.",
        )  # fmt: skip
    if moving := sum(not each.at_rest for each in answers):
        yield Problem(
            what=f"At {moving} of {len(answers)} stimuli the person was still moving; they were not judged.",
            where=where, do="Wait until the person rests before the next stimulus.",
        )  # fmt: skip
    if rate_hz < 50.0:
        yield Problem(
            what=f"At {rate_hz:.0f} samples a second an onset is known to about {1000.0 / rate_hz:.0f} ms.",
            where=where, do="Use a faster camera or a sensor to see changes under 30 ms.",
        )  # fmt: skip


def _no_stimulus(where: str) -> Problem:
    return Problem(
        what="The channel named for the stimulus never clearly jumps, so no reaction can be timed.", where=where,
        do="Mark each stimulus as an event named 'stimulus', or check the trigger's cable.",
    )  # fmt: skip


def _nothing_moves(where: str) -> Problem:
    return Problem(
        what="Nothing that moves was recorded often enough to time a reaction.", where=where,
        do="Record a hand or foot, or a sensor on it, 30 times a second or more.",
    )  # fmt: skip


MEASURE = ReactionTime()

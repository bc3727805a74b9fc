"""Gait from one inertial sensor on the lower back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from poise.errors import NothingToMeasure
from poise.measures import lumbar_regularity, lumbar_turns, spatiotemporal
from poise.measures.foot_signal import recorded_sides
from poise.measures.lumbar_bouts import BoutSettings
from poise.measures.lumbar_signal import Trunk, trunk_of, worn_on_trunk
from poise.measures.lumbar_steps import StepSettings
from poise.measures.lumbar_walk import Settings, TrunkWalk, footsteps_of, strides_of, walk_found, walk_given
from poise.model.gait import Bout, Walk
from poise.model.measurement import Definition, Measured, Measurement
from poise.model.recording import Problem, Recording

Array = NDArray[np.float64]

METHOD = "gait_lumbar_imu/1"
SPEED_SPREAD = 0.16
"""Standard deviation of the speed factor from person to person, share of the speed (docs/decisions)."""

_TRUNK = (
    Definition(
        measure="gait.step_regularity", unit="1", label="Regularity from step to step", sided=False, better="higher",
        formula="autocorrelation of vertical trunk acceleration at the step time, mean over bouts",
        source="Moe-Nilssen & Helbostad 2004, J Biomech 37:121",
    ),
    Definition(
        measure="gait.stride_regularity", unit="1", label="Regularity from stride to stride", sided=False,
        better="higher", formula="the same at the stride time", source="Moe-Nilssen & Helbostad 2004",
    ),
    Definition(
        measure="gait.harmonic_ratio_vertical", unit="1", label="Harmonic ratio, up and down", sided=False,
        better="higher", formula="even over odd harmonics (first 20) of the stride, mean over strides",
        source="Menz et al. 2003, J Gerontol A 58:M446",
    ),
    Definition(
        measure="gait.harmonic_ratio_forward", unit="1", label="Harmonic ratio, forward", sided=False, better="higher",
        formula="even over odd harmonics (first 20) of the stride, mean over strides", source="Menz et al. 2003",
    ),
    Definition(
        measure="gait.harmonic_ratio_sideways", unit="1", label="Harmonic ratio, sideways", sided=False,
        better="higher", formula="odd over even harmonics (first 20) of the stride", source="Menz et al. 2003",
    ),
    Definition(
        measure="turn.angle", unit="deg", label="Size of the turns in walking", sided=False, decimals=0,
        formula="yaw rate above 5 deg/s that reaches 15 deg/s, 0.5 to 10 s, at least 45 deg; mean of the sizes",
        source="El-Gohary et al. 2014, Sensors 14:356; measures.md 1.1.5",
    ),
    Definition(
        measure="turn.duration", unit="s", label="Duration of the turns in walking", sided=False,
        formula="mean duration of the turns counted for turn.angle", source="El-Gohary et al. 2014",
    ),
    Definition(
        measure="turn.peak_velocity", unit="deg/s", label="Peak turning speed", sided=False, decimals=0,
        formula="mean of the greatest yaw rate of each turn", source="El-Gohary et al. 2014",
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LumbarImuGait:
    """Gait from the lower back: bouts, initial contacts with side, stride time, walking speed, regularity, turns.

    The sensor may be worn any way round, and a gyroscope is not needed (without one, turns are not given). Walking is
    found by itself; `walk_within` measures bouts that are given.

    Notes
    -----
    Stance, double support, step length and step width are not given: final contacts from the trunk have no published
    method that is better than a guess, and a trunk does not know where the feet are. Speed is an estimate (see
    `lumbar_speed`). Turns are part of a bout, as in Mobilise-D. Not made for running, stairs, walking backwards, or a
    frame that is pushed.
    """

    name: str = "gait_lumbar_imu"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"walk", "tug"})
    defines: tuple[Definition, ...] = (*spatiotemporal.DEFINES, *_TRUNK)
    steps: StepSettings = field(default_factory=StepSettings)
    bouts: BoutSettings = field(default_factory=BoutSettings)

    def fits(self, recording: Recording) -> bool:
        """Whether there is an accelerometer on the lower back, and no sensors on the feet that see walking better."""
        return worn_on_trunk(recording) is not None and not recorded_sides(recording)

    def compute(self, recording: Recording) -> Measured:
        """Bouts, events, strides and their measures; a signal that cannot be used is a problem, not an error."""
        where = recording.source or recording.id
        try:
            trunk = trunk_of(recording)
        except NothingToMeasure as reason:
            what = f"{reason.problem} {reason.found}".strip()
            return Measured(problems=(Problem(what=what, where=where, do=reason.do),))
        found = walk_found(trunk, Settings(steps=self.steps, bouts=self.bouts))
        return _measured(recording, trunk, found, self.steps.longest_step_s)


def walk_within(recording: Recording, bouts: Sequence[Bout], *, steps: StepSettings | None = None) -> Walk:
    """The walk inside bouts that are given, whatever their length.

    Raises
    ------
    MissingSignal, NothingToMeasure
        When there is no usable sensor on the lower back.
    """
    settings = Settings(steps=steps or StepSettings())
    trunk = trunk_of(recording)
    return _walk(trunk, walk_given(trunk, bouts, settings), settings.steps.longest_step_s)


def _measured(recording: Recording, trunk: Trunk, found: TrunkWalk, longest_step_s: float) -> Measured:
    where = recording.source or recording.id
    if not found.bouts:
        return Measured(problems=(_no_walking(where),))
    walk = _walk(trunk, found, longest_step_s)
    measurements, doubts = spatiotemporal.summarise(walk, recording, errors=_errors(walk))
    return Measured(
        events=spatiotemporal.events_of(walk),
        measurements=(*measurements, *_trunk_measurements(found, walk, trunk, recording.id)),
        problems=(*doubts, *_unseen(found, trunk, where)),
        walk=walk,
    )


def _walk(trunk: Trunk, found: TrunkWalk, longest_step_s: float) -> Walk:
    bouts = found.bouts
    return Walk(
        bouts=tuple(found.span()),
        footsteps=tuple(chain.from_iterable(footsteps_of(bout, longest_step_s, sided=found.sided) for bout in bouts)),
        strides=tuple(chain.from_iterable(strides_of(bout, sided=found.sided) for bout in bouts)),
        method=METHOD,
        dropped=sum(bout.dropped for bout in bouts),
        valid_fraction=_valid_fraction(trunk, found),
    )


def _valid_fraction(trunk: Trunk, found: TrunkWalk) -> float:
    inside = [trunk.between(bout.start_s, bout.end_s).acceleration for bout in found.bouts]
    return float(np.isfinite(np.concatenate(inside)).all(axis=1).mean()) if inside else 1.0


def _errors(walk: Walk) -> dict[str, spatiotemporal.MethodError]:
    """What is known of the method's error: speed and length share one factor that differs from person to person."""
    source = "spread of the speed factor over nine marker walks (docs/decisions/0004-lumbar-gait.md)"
    speeds = [stride.speed_m_s for stride in walk.strides if np.isfinite(stride.speed_m_s)]
    lengths = [stride.length_m for stride in walk.strides if np.isfinite(stride.length_m)]
    return {
        measure: spatiotemporal.MethodError(error=SPEED_SPREAD * float(np.mean(values)), source=source)
        for measure, values in (("gait.speed", speeds), ("gait.stride_length", lengths))
        if values
    }


def _trunk_measurements(found: TrunkWalk, walk: Walk, trunk: Trunk, recording: str) -> Iterator[Measurement]:
    """How even and smooth the trunk moves, and how the person turns."""
    values: dict[str, list[float]] = {definition.measure: [] for definition in _TRUNK}
    for bout in found.bouts:
        step_s = float(np.median(np.diff(bout.steps.time_s)))
        alike = lumbar_regularity.regularity(bout.axes.vertical, trunk.rate_hz, step_s)
        values["gait.step_regularity"].append(alike[0])
        values["gait.stride_regularity"].append(alike[1])
        borders = [
            (round((bout.steps.time_s[a] - bout.start_s) * trunk.rate_hz),
             round((bout.steps.time_s[b] - bout.start_s) * trunk.rate_hz))
            for a, b in bout.strides
        ]  # fmt: skip
        for name, signal in (("vertical", bout.axes.vertical), ("forward", bout.axes.forward)):
            values[f"gait.harmonic_ratio_{name}"].append(lumbar_regularity.harmonic_ratio(signal, borders))
        values["gait.harmonic_ratio_sideways"].append(
            lumbar_regularity.harmonic_ratio(bout.axes.leftward, borders, sideways=True)
        )
        for turn in _turns(bout.yaw_rate_rad_s, trunk.rate_hz):
            values["turn.angle"].append(abs(turn.angle_deg))
            values["turn.duration"].append(turn.end_s - turn.start_s)
            values["turn.peak_velocity"].append(turn.peak_deg_s)
    for definition in _TRUNK:
        known = np.array([value for value in values[definition.measure] if np.isfinite(value)])
        if len(known):
            yield Measurement(
                measure=definition.measure, value=float(known.mean()), unit=definition.unit, side=None, n=len(known),
                sd=float(known.std(ddof=1)) if len(known) > 1 else float("nan"), start_s=walk.bouts[0].start_s,
                end_s=walk.bouts[-1].end_s, valid_fraction=walk.valid_fraction, method=METHOD, recording=recording,
            )  # fmt: skip


def _turns(yaw_rate_rad_s: Array | None, rate_hz: float) -> Iterator[lumbar_turns.Turn]:
    if yaw_rate_rad_s is not None and np.isfinite(yaw_rate_rad_s).all():
        yield from lumbar_turns.find_turns(yaw_rate_rad_s, rate_hz)


def _no_walking(where: str) -> Problem:
    return Problem(
        what="No walking was found: no four strides in a row with a rhythm.", where=where,
        do="Record at least five metres of walking, or give the bouts.",
    )  # fmt: skip


def _unseen(found: TrunkWalk, trunk: Trunk, where: str) -> Iterator[Problem]:
    yield Problem(
        what="Stance, double support, step length and step width are not given: a sensor on the trunk cannot see them.",
        where=where, do="Use foot sensors, markers or a camera where these matter.",
    )  # fmt: skip
    if found.sided:
        yield Problem(
            what="Walking speed and stride length are estimates: for one person they may be 10 to 20 % off throughout.",
            where=where, do="Compare a person with themselves; time a known distance where the value itself matters.",
        )  # fmt: skip
    else:
        yield Problem(
            what="Left and right could not be told apart, and walking speed and stride length are not given: which "
            "way is forward, or whether there was any, does not show in this movement.",
            where=where, do="Record ten metres straight ahead at the person's own pace.",
        )  # fmt: skip
    if trunk.angular_velocity is None:
        yield Problem(
            what="Turns are not given: there is no gyroscope.", where=where, do="Record angular velocity too.",
        )  # fmt: skip


MEASURE = LumbarImuGait()

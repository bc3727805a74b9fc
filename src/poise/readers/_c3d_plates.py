"""The force plates of a C3D file: channels → force on the person, centre of pressure and free moment in the laboratory.

Baselines: FORCE_PLATFORM:ZERO names frames that were recorded before the trial, when the plate should have been empty.
Their mean is taken off each channel only if the plate *was* empty then (less than 20 N); a person who already stands
there would be weighed away. Without such frames nothing is taken off: later steps may, and say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from poise.model import ForcePlate, Frame, Kind, Problem, Stream
from poise.readers._c3d_analog import Channels
from poise.readers._c3d_layout import Trial
from poise.readers._c3d_points import moment_scale
from poise.readers._c3d_space import Space
from poise.signals.force_plates import (
    LEAST_FORCE_N,
    centre_of_pressure,
    plate_axes,
    upward_axes,
    wrench_of_eight,
    wrench_of_position,
    wrench_of_six,
)

Array = NDArray[np.float64]

CHANNELS_OF_TYPE = {1: 6, 2: 6, 3: 8, 4: 6}
MOST_PLATES = 32
MOST_ZERO_FRAMES = 1000
SAMPLES_AT_ONCE = 8192  # so that what lies between costs little memory, however long the trial
BYTES_BETWEEN = 300  # about what lies between for one sample of one plate: no more of it than the file has bytes
FEWEST_AT_ONCE = 256
DO_CHECK = "Check the plate's settings in the software that recorded it, and export the trial again."


@dataclass(frozen=True, kw_only=True)
class _Plate:
    """One plate as the file describes it; `channels` counts from 0, `axes` are columns as the corners have them."""

    plate: ForcePlate
    centre: Array
    axes: Array
    channels: tuple[int, ...]
    origin_m: Array
    calibration: Array | None
    units: Array

    @property
    def name(self) -> str:
        return self.plate.name


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """A plate in the laboratory: the centre of its surface, its axes as columns, and the way up."""

    plate: _Plate
    centre: Array
    axes: Array
    up: Array
    is_upside_down: bool


@dataclass(frozen=True, kw_only=True)
class Plates:
    """What was measured on the plates, and which channels that took."""

    streams: dict[str, Stream]
    plates: tuple[ForcePlate, ...]
    channels: frozenset[int]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class Laboratory:
    """What placing a plate needs of its surroundings: the length unit, the axes, and where markers were."""

    metres: float
    frame: Frame
    markers: Stream | None
    space: Space


def plates_of(trial: Trial, channels: Channels, laboratory: Laboratory, time_s: Array) -> Plates:
    """All plates of the file that can be used; the others become problems, their channels stay analogue ones.

    Streams have one channel a plate. `force` is in N; `centre_of_pressure` in m, NaN below 20 N; `moment` is the free
    moment about it in N·m.
    """
    problems: list[Problem] = []
    described = list(_described(trial, channels, laboratory.metres, problems))
    if not described:
        return Plates(streams={}, plates=(), channels=frozenset(), problems=tuple(problems))
    samples = trial.layout.frames * trial.layout.samples_per_frame
    force, position, moment = (laboratory.space.array(samples, len(described), 3) for _ in range(3))
    placed = [_placed(plate, laboratory) for plate in described]
    problems += [_counter_clockwise(one.plate) for one in placed if one.is_upside_down]
    _measure(trial, channels, placed, (force, position, moment))
    names = tuple(plate.name for plate in described)
    stream = partial(Stream, channels=names, time_s=time_s, frame=laboratory.frame)
    return Plates(
        streams={
            Kind.FORCE: stream(kind=Kind.FORCE, values=force, unit="N"),
            Kind.CENTRE_OF_PRESSURE: stream(kind=Kind.CENTRE_OF_PRESSURE, values=position, unit="m"),
            Kind.MOMENT: stream(kind=Kind.MOMENT, values=moment, unit="N·m"),
        },
        plates=tuple(plate.plate for plate in described),
        channels=frozenset(channel for plate in described for channel in plate.channels),
        problems=tuple(problems),
    )


def _described(trial: Trial, channels: Channels, metres: float, problems: list[Problem]) -> Iterator[_Plate]:
    parameters = trial.parameters
    types = parameters.all_numbers("FORCE_PLATFORM", "TYPE", MOST_PLATES)
    stated = parameters.number("FORCE_PLATFORM", "USED", unsigned=True)
    used = min(len(types) if stated is None else int(stated), MOST_PLATES)
    origins = _rows(parameters.numbers("FORCE_PLATFORM", "ORIGIN"), (3,), used)
    corners = _rows(parameters.numbers("FORCE_PLATFORM", "CORNERS"), (4, 3), used)
    width = (parameters.shape("FORCE_PLATFORM", "CHANNEL") or (1,))[0]
    listed = _rows(parameters.numbers("FORCE_PLATFORM", "CHANNEL", unsigned=True), (max(width, 1),), used)
    matrices = _calibrations(trial, used)
    taken: set[int] = set()
    for i in range(used):
        name = f"plate {i + 1}"
        kind = int(types[i]) if i < len(types) and np.isfinite(types[i]) else 0
        wanted = listed[i][: CHANNELS_OF_TYPE.get(kind, 0)]
        centre, axes = plate_axes(corners[i] * metres)
        fault = (
            _type_fault(kind)
            or _channel_fault(wanted, kind, trial.layout.channels, taken)
            or _place_fault(corners[i] * metres, axes, origins[i])
            or ("its calibration matrix is missing" if kind == 4 and not np.isfinite(matrices[i]).all() else "")
        )
        if fault:
            problems.append(Problem(what=f"Force plate {i + 1} is not used: {fault}.", where=name, do=DO_CHECK))
            continue
        index = tuple(int(channel) - 1 for channel in wanted)
        taken |= set(index)
        yield _Plate(
            plate=ForcePlate(name=name, corners_m=corners[i] * metres, type=kind),
            centre=centre,
            axes=axes,
            channels=index,
            origin_m=origins[i] * metres,
            calibration=matrices[i] if kind == 4 else None,
            units=_units(kind, [channels.units[c] for c in index], metres),
        )


def _rows(flat: Array, shape: tuple[int, ...], count: int) -> Array:
    """The first `count` plates' values, NaN where the file has too few."""
    size = int(np.prod(shape))
    rows = np.full((count, size), np.nan)
    whole = min(len(flat) // size, count)
    rows[:whole] = flat[: whole * size].reshape(whole, size)
    return rows.reshape(count, *shape)


def _calibrations(trial: Trial, count: int) -> Array:
    """Calibration matrices, shape (plates, 6, 6), a row an output; stored by column unless MATRIX_STORE says not."""
    parameters = trial.parameters
    shape = parameters.shape("FORCE_PLATFORM", "CAL_MATRIX")
    side = shape[0] if len(shape) > 1 and shape[0] == shape[1] and shape[0] >= 6 else 6
    stored = _rows(parameters.numbers("FORCE_PLATFORM", "CAL_MATRIX"), (side, side), count)[:, :6, :6]
    by_row = parameters.text("FORCE_PLATFORM", "MATRIX_STORE").upper() == "BYROW"
    return stored if by_row else stored.transpose(0, 2, 1)


def _type_fault(kind: int) -> str:
    if kind in CHANNELS_OF_TYPE:
        return ""
    return f"plates of type {kind} are not supported, only 1, 2, 3 and 4"


def _channel_fault(wanted: Array, kind: int, channels: int, taken: set[int]) -> str:
    if len(wanted) < CHANNELS_OF_TYPE[kind] or not np.isfinite(wanted).all() or (wanted < 1).any():
        return f"the file names no channels for it, and type {kind} needs {CHANNELS_OF_TYPE[kind]}"
    if (wanted > channels).any():
        return f"it names channel {int(wanted.max())}, and the file has {channels}"
    index = {int(channel) - 1 for channel in wanted}
    if len(index) < len(wanted) or index & taken:
        return "it shares channels with another plate, or names one twice"
    return ""


def _place_fault(corners_m: Array, axes: Array, origin: Array) -> str:
    if not np.isfinite(corners_m).all() or not np.isfinite(origin).all():
        return "its corners or its origin are missing"
    if not np.isfinite(axes).all() or np.abs(corners_m).max() > 1e4:
        return "its corners span no plate"
    return ""


def _units(kind: int, units: Sequence[str], metres: float) -> Array:
    """Factors that turn its channels (after calibration) into N, N·m and m.

    A moment without a unit counts in N times the points' length unit, as the standard has it.
    """
    if kind == 3:
        return np.ones(8)
    if kind == 1:
        return np.array([1.0, 1.0, 1.0, metres, metres, _moment_factor(units[5], metres)])
    if kind == 4 and not _is_moment(units[3:]):
        return np.array([1.0, 1.0, 1.0, metres, metres, metres])
    # A calibration that takes counts of N·mm still gives moments in the length unit of the points.
    factors = [metres if kind == 4 else _moment_factor(unit, metres) for unit in units[3:]]
    return np.array([1.0, 1.0, 1.0, *factors])


def _is_moment(units: Sequence[str]) -> bool:
    return all(moment_scale(unit).unit == "N·m" for unit in units)


def _moment_factor(unit: str, metres: float) -> float:
    scale = moment_scale(unit)
    return scale.factor if scale.unit == "N·m" else metres


def _placed(plate: _Plate, laboratory: Laboratory) -> _Placed:
    up = _up(plate.centre, plate.axes[:, 2], laboratory)
    turned, is_upside_down = upward_axes(plate.axes, up, points_down=plate.plate.type == 3)
    return _Placed(plate=plate, centre=plate.centre, axes=turned, up=up, is_upside_down=is_upside_down)


def _up(centre: Array, normal: Array, laboratory: Laboratory) -> Array:
    """Which way is up at a plate: as the file says, else the side where the markers are, else the positive axis."""
    if stated := laboratory.frame.up:
        up = np.zeros(3)
        up["xyz".index(stated[1])] = -1.0 if stated[0] == "-" else 1.0
        if abs(up @ normal) > 0.7:
            return up
    side = _side_of_markers(centre, normal, laboratory.markers) or np.sign(normal[np.abs(normal).argmax()])
    return np.asarray(normal * side)


def _side_of_markers(centre: Array, normal: Array, markers: Stream | None) -> float:
    if markers is None:
        return 0.0
    some = markers.values[:: max(len(markers.time_s) // 20, 1)].reshape(-1, 3)
    heights = (some - centre) @ normal
    present = heights[np.isfinite(heights)]
    return float(np.sign(np.median(present))) if len(present) else 0.0


def _counter_clockwise(plate: _Plate) -> Problem:
    return Problem(
        what="Its corners are listed counter-clockwise, against the standard; a horizontal axis may be mirrored.",
        where=plate.name,
        do="Compare a step on a known side of the plate with its centre of pressure.",
    )


def _measure(trial: Trial, channels: Channels, placed: Sequence[_Placed], out: tuple[Array, Array, Array]) -> None:
    """Fill force, centre of pressure and free moment, a stretch at a time: little memory beyond `out`.

    The channels of all plates are scaled together, since they mostly are neighbours in the file.
    """
    per_frame = trial.layout.samples_per_frame
    at_once = min(SAMPLES_AT_ONCE, 2 * SAMPLES_AT_ONCE // len(placed), len(trial.raw) // BYTES_BETWEEN)
    frames_at_once = max(max(at_once, FEWEST_AT_ONCE) // per_frame, 1)
    loads_of = [_loads_of(trial, channels, one) for one in placed]
    index = [channel for one in placed for channel in one.plate.channels]
    ends = list(accumulate(len(one.plate.channels) for one in placed))
    vertical = np.empty((len(placed), len(out[0])))
    for first in range(0, trial.layout.frames, frames_at_once):
        signals = channels.values(index, slice(first, first + frames_at_once))
        part = slice(first * per_frame, first * per_frame + len(signals))
        for i, (start, stop) in enumerate(pairwise([0, *ends])):
            loads = loads_of[i](signals[:, start:stop])
            vertical[i, part] = loads[9]
            _tell(loads, placed[i], tuple(values[part, i] for values in out))
    for i, upward in enumerate(vertical):
        _point_up(upward, tuple(values[:, i] for values in out))


def _tell(loads: Array, placed: _Placed, out: tuple[Array, ...]) -> None:
    """Force, centre of pressure and free moment of one plate in the laboratory from its loads, shape (10, samples)."""
    force, position, moment = out
    place, free = centre_of_pressure(loads[:6].T)
    where = placed.axes[:, :2] @ place.T + placed.centre[:, None]
    for axis in range(3):  # axis by axis, since numpy's innermost loop would else be three long
        force[:, axis] = loads[6 + axis]
        position[:, axis] = where[axis]
        np.multiply(free, placed.axes[axis, 2], out=moment[:, axis])


def _point_up(vertical: Array, out: tuple[Array, ...]) -> None:
    """Turn what a plate measured so that it pushes the person up; where it seems to pull, nothing acts anywhere."""
    force, position, moment = out
    if vertical[np.abs(vertical) >= LEAST_FORCE_N].sum() < 0:
        for values in (vertical, *force.T, *moment.T):
            np.negative(values, out=values)
    pulled = vertical <= -LEAST_FORCE_N
    if pulled.any():
        position[pulled] = np.nan
        moment[pulled] = np.nan


def _loads_of(trial: Trial, channels: Channels, placed: _Placed) -> Callable[[Array], Array]:
    """The function from a plate's channels, shape (samples, channels), to its loads, shape (10, samples).

    These are the wrench in the plate's axes (6), the force in the laboratory (3) and its upward part (1), each in one
    stretch for the sums that follow. But for type 1 they are linear in the channels, so that they are worked out once,
    on unit channels, and then one matrix product.
    """
    plate = placed.plate
    baseline = _baseline(trial, channels, plate)

    def loads(signals: Array) -> Array:
        wrench = _wrench(plate, signals).T
        force = placed.axes @ wrench[:3]
        return np.concatenate([wrench, force, placed.up[None] @ force])

    if plate.plate.type == 1:
        return lambda signals: loads(signals - baseline)
    matrix = loads(np.eye(len(plate.channels)))
    if not baseline.any():
        return lambda signals: matrix @ signals.T
    constant = matrix @ baseline[:, None]
    return lambda signals: matrix @ signals.T - constant


def _wrench(plate: _Plate, channels: Array) -> Array:
    if plate.plate.type == 3:
        return wrench_of_eight(channels, plate.origin_m)
    six = channels if plate.calibration is None else channels @ plate.calibration.T
    if plate.plate.type == 1:
        return wrench_of_position(six * plate.units)
    return wrench_of_six(six * plate.units, plate.origin_m)


def _baseline(trial: Trial, channels: Channels, plate: _Plate) -> Array:
    """Mean of each channel over the frames that FORCE_PLATFORM:ZERO names, if the plate was empty then; else zeros."""
    nothing = np.zeros(len(plate.channels))
    zero = trial.parameters.numbers("FORCE_PLATFORM", "ZERO", unsigned=True)
    if len(zero) < 2 or not np.isfinite(zero[:2]).all() or not 1 <= zero[0] <= zero[1]:
        return nothing
    first, last = int(zero[0]) - 1, int(zero[1])
    frames = slice(first, min(last, first + MOST_ZERO_FRAMES, trial.layout.frames))
    early = channels.values(plate.channels, frames)
    if not len(early):
        return nothing
    mean: Array = early.mean(axis=0)
    is_empty = np.abs(_wrench(plate, early)[:, 2]).max() < LEAST_FORCE_N
    return mean if is_empty else nothing

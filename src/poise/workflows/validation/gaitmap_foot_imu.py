"""gaitmap's example walk: two foot sensors, with contacts and foot paths from motion capture."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.measures.foot_signal import foot_of
from poise.measures.foot_steps import TURNING_DEG, FootSteps, find_steps
from poise.measures.gait_foot_imu import MEASURE
from poise.model import SIDES, Side
from poise.readers.find import read_file
from poise.workflows.validation.scores import Matches, Score, match_events, pooled

Array = NDArray[np.float64]

RATE_HZ = 204.8
CAMERA_RATE_HZ = 100.0
TOLERANCES_S = (0.05, 0.1, 0.25)
EVENTS = {"initial_contact": "contact_s", "toe_off": "toe_off_s"}
GAITMAP = "gaitmap 2.6.0 on its own example (peers.md 4.2)"
PUBLISHED = {
    ("initial_contact", "f1_100ms"): 0.954,
    ("initial_contact", "bias_ms"): 50.5,
    ("toe_off", "f1_100ms"): 0.954,
    ("toe_off", "bias_ms"): 14.4,
    ("gait.stride_length", "mae"): 0.038,
    ("gait.stride_length", "bias"): -0.021,
    ("gait.stride_time", "mae"): 0.0095,
    ("gait.speed", "mae"): 0.035,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class ReferenceStride:
    """One stride as motion capture saw it: contacts on the sensor's clock, from rest to rest.

    `path_m` has shape (frames, 3) and `heel_to_toe_m` (frames, 3), both from `start_s` on at 100 Hz.
    """

    start_s: float
    end_s: float
    before_s: float
    toe_off_s: float
    contact_s: float
    path_m: Array = field(default_factory=lambda: np.empty((0, 3)))
    heel_to_toe_m: Array = field(default_factory=lambda: np.empty((0, 3)))

    @property
    def length_m(self) -> float:
        """Horizontal distance; NaN where the cameras did not see both ends."""
        if len(self.path_m) < 2:
            return float("nan")
        return float(np.hypot(*(self.path_m[-1] - self.path_m[0])[:2]))

    @property
    def condition(self) -> str:
        """Whether the foot's heading changed by more than 20 deg."""
        if len(self.heel_to_toe_m) < 2:
            return "straight"
        first, last = (float(np.degrees(np.arctan2(foot[1], foot[0]))) for foot in self.heel_to_toe_m[[0, -1]])
        return "turn" if abs((last - first + 180.0) % 360.0 - 180.0) > TURNING_DEG else "straight"

    @property
    def strike_deg(self) -> float:
        """Foot pitch at contact against the stride's start, toes up positive; NaN where it was not seen."""
        frame = round((self.contact_s - self.start_s) * CAMERA_RATE_HZ)
        if not 0 <= frame < len(self.heel_to_toe_m):
            return float("nan")
        start, contact = (
            float(np.degrees(np.arctan2(foot[2], np.hypot(*foot[:2])))) for foot in self.heel_to_toe_m[[0, frame]]
        )
        return contact - start


class GaitmapFootImu:
    """Contacts, stride time and length against the references that lie beside each recording.

    A walk is two files or more: ``imu_<name>.csv``, ``stride_events_<name>.csv`` and, where there are,
    ``position_<name>.csv`` (how far each stride went) and ``mocap_<name>.csv`` (how the foot's markers were held; the
    file of orientations is not used, its axes differ from stride to stride). Events are compared from 0.1 s before
    the first reference contact of a foot to 0.1 s after its last: outside it the reference says nothing.
    """

    name = "gaitmap-foot-imu"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Each walk, then all together."""
        yield from scores_of({path: _our_steps(path) for path in walks_in(folder)}, MEASURE.method)


def walks_in(folder: Path) -> tuple[Path, ...]:
    """The sensor files of a folder that have a reference beside them."""
    return tuple(path for path in sorted(folder.rglob("imu_*.csv")) if _beside(path, "stride_events").is_file())


def scores_of(steps: Mapping[Path, Mapping[Side, FootSteps]], method: str) -> Iterator[Score]:
    """The figures of any method that finds steps, file by file and pooled; a peer's as well as ours."""
    compared = [_compared(path, found) for path, found in steps.items()]
    for walk in compared:
        yield from _scores(walk.file, [walk], method)
    if compared:
        yield from _scores("all", compared, method)


def _our_steps(path: Path) -> dict[Side, FootSteps]:
    (recording,) = read_file(path)
    return {side: find_steps(foot_of(recording, side)) for side in SIDES}


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pair:
    """One reference stride beside ours: every value a difference ours − theirs, or NaN."""

    condition: str
    time_s: float
    length_m: float
    speed_m_s: float
    strike_deg: float


@dataclass(frozen=True, kw_only=True, eq=False)
class _Compared:
    file: str
    events: dict[tuple[str, str, float], list[Matches]]
    pairs: list[_Pair]
    strides: int


def _compared(path: Path, found: Mapping[Side, FootSteps]) -> _Compared:
    reference = read_reference(path)
    events: dict[tuple[str, str, float], list[Matches]] = {}
    pairs: list[_Pair] = []
    for side in SIDES:
        if not reference[side]:
            continue
        steps = found[side]
        for event in EVENTS:
            for condition in ("", "straight", "turn"):
                for tolerance_s in TOLERANCES_S:
                    both = _in_condition(*_both(steps, reference[side], event), reference[side], condition)
                    match = match_events(*both, tolerance_s)
                    events.setdefault((event, condition, tolerance_s), []).append(match)
        pairs += [_pair(stride, steps) for stride in reference[side]]
    return _Compared(file=path.name, events=events, pairs=pairs, strides=sum(len(side) for side in reference.values()))


def read_reference(imu: Path) -> dict[Side, list[ReferenceStride]]:
    """The reference strides of each foot, in order of time."""
    paths, feet = _paths(imu), _heel_to_toe(imu)
    strides: dict[Side, list[ReferenceStride]] = {"left": [], "right": []}
    with _beside(imu, "stride_events").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            side: Side = "left" if row["foot"].startswith("left") else "right"
            times_s = {name: float(row[key]) / RATE_HZ for name, key in _COLUMNS.items()}
            first, last = (round(times_s[name] * CAMERA_RATE_HZ) for name in ("start_s", "end_s"))
            stride = ReferenceStride(
                **times_s,
                path_m=paths.get((side, row["s_id"]), np.empty((0, 3))),
                heel_to_toe_m=feet[side][first : last + 1],
            )
            strides[side].append(stride)
    return {side: sorted(found, key=lambda stride: stride.start_s) for side, found in strides.items()}


_COLUMNS = {"start_s": "start", "end_s": "end", "before_s": "pre_ic", "toe_off_s": "tc", "contact_s": "ic"}


def _beside(imu: Path, kind: str) -> Path:
    return imu.with_name(imu.name.replace("imu_", f"{kind}_", 1))


def _rows(path: Path) -> list[list[str]]:
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def _paths(imu: Path) -> dict[tuple[Side, str], Array]:
    rows: dict[tuple[Side, str], list[list[float]]] = {}
    for row in _rows(_beside(imu, "position"))[1:]:
        side: Side = "left" if row[0].startswith("left") else "right"
        rows.setdefault((side, row[1]), []).append([float(value or "nan") for value in row[3:]])
    return {key: np.array(values) for key, values in rows.items()}


def _heel_to_toe(imu: Path) -> dict[Side, Array]:
    """From heel marker to toe marker, each foot, shape (frames, 3), mm; without frames where there are no markers."""
    rows = _rows(_beside(imu, "mocap"))
    if len(rows) < 3:
        return {side: np.empty((0, 3)) for side in SIDES}
    values = np.array([[float(value or "nan") for value in row[1:]] for row in rows[2:]])
    marker = np.array(rows[0][1:])
    toe_minus_heel: dict[Side, Array] = {
        side: values[:, marker == f"{side[0].upper()}_TOE"] - values[:, marker == f"{side[0].upper()}_FCC"]
        for side in SIDES
    }
    return toe_minus_heel


def _both(steps: FootSteps, strides: Sequence[ReferenceStride], event: str) -> tuple[Array, Array]:
    """Our events and theirs, ours only where the reference looked."""
    reference_s = _reference_events(strides, event)
    detected_s: Array = getattr(steps, EVENTS[event])
    detected_s = detected_s[np.isfinite(detected_s)]
    looked = (detected_s >= reference_s[0] - 0.1) & (detected_s <= reference_s[-1] + 0.1)
    return detected_s[looked], reference_s


def _in_condition(
    detected_s: Array, reference_s: Array, strides: Sequence[ReferenceStride], condition: str
) -> tuple[Array, Array]:
    if not condition:
        return detected_s, reference_s
    kept_detected, kept_reference = (
        _conditions(times_s, strides) == condition for times_s in (detected_s, reference_s)
    )
    return detected_s[kept_detected], reference_s[kept_reference]


def _reference_events(strides: Sequence[ReferenceStride], event: str) -> Array:
    if event == "toe_off":
        return np.unique([stride.toe_off_s for stride in strides])
    return np.unique([time_s for stride in strides for time_s in (stride.before_s, stride.contact_s)])


def _conditions(events_s: Array, strides: Sequence[ReferenceStride]) -> NDArray[np.str_]:
    """In which kind of stride each event lies; straight outside all of them."""
    turns = [(stride.start_s, stride.end_s) for stride in strides if stride.condition == "turn"]
    inside = [any(start_s <= time_s < end_s for start_s, end_s in turns) for time_s in events_s]
    return np.where(np.array(inside, dtype=bool), "turn", "straight")


def _pair(stride: ReferenceStride, steps: FootSteps) -> _Pair:
    nan = float("nan")
    at = _nearest(steps.contact_s, stride.contact_s)
    before = _nearest(steps.contact_s, stride.before_s)
    split = np.any((steps.contact_s > stride.before_s + 0.1) & (steps.contact_s < stride.contact_s - 0.1))
    if at is None or split:
        # Not found; or two swings of ours in one stride of theirs, which are not the same stride.
        return _Pair(condition=stride.condition, time_s=nan, length_m=nan, speed_m_s=nan, strike_deg=nan)
    duration_s = stride.contact_s - stride.before_s
    time_s = float(steps.contact_s[at] - steps.contact_s[at - 1]) if before == at - 1 else nan
    return _Pair(
        condition=stride.condition,
        time_s=time_s - duration_s,
        length_m=float(steps.length_m[at]) - stride.length_m,
        speed_m_s=float(steps.length_m[at]) / time_s - stride.length_m / duration_s,
        strike_deg=float(steps.strike_deg[at]) - stride.strike_deg,
    )


def _nearest(events_s: Array, time_s: float) -> int | None:
    if len(events_s) == 0:
        return None
    nearest = int(np.argmin(np.abs(events_s - time_s)))
    return nearest if abs(events_s[nearest] - time_s) <= 0.1 else None


@dataclass(frozen=True, kw_only=True)
class _Where:
    """What a figure is about: one file or ``all``, one condition or every one."""

    file: str
    method: str
    condition: str = ""

    def score(self, measure: str, metric: str, value: float, *, n: int, unit: str = "") -> Score:
        published = None if self.condition else PUBLISHED.get((measure, metric))
        return Score(
            dataset=GaitmapFootImu.name, file=self.file, condition=self.condition, measure=measure, metric=metric,
            method=self.method, value=value, n=n, unit=unit,
            published=published, source="" if published is None else GAITMAP,
        )  # fmt: skip


def _scores(file: str, walks: Sequence[_Compared], method: str) -> Iterator[Score]:
    for event, condition, tolerance_s in walks[0].events:
        match = pooled([one for walk in walks for one in walk.events[event, condition, tolerance_s]])
        yield from _event_scores(_Where(file=file, method=method, condition=condition), event, tolerance_s, match)
    pairs = [pair for walk in walks for pair in walk.pairs]
    for condition in ("", "straight", "turn"):
        kept = [pair for pair in pairs if condition in ("", pair.condition)]
        yield from _stride_scores(_Where(file=file, method=method, condition=condition), kept)


def _event_scores(where: _Where, event: str, tolerance_s: float, match: Matches) -> Iterator[Score]:
    label, n = f"{1000 * tolerance_s:.0f}ms", len(match.errors_s) + match.missed
    yield where.score(event, f"f1_{label}", match.f1, n=n)
    yield where.score(event, f"precision_{label}", match.precision, n=n)
    errors_ms = 1000.0 * np.array(match.errors_s)
    if tolerance_s != 0.1 or len(errors_ms) == 0:
        return
    figures = {
        "bias_ms": np.mean(errors_ms), "median_signed_error_ms": np.median(errors_ms),
        "mean_abs_error_ms": np.mean(np.abs(errors_ms)), "median_abs_error_ms": np.median(np.abs(errors_ms)),
    }  # fmt: skip
    if len(errors_ms) > 1:
        figures["sd_ms"] = np.std(errors_ms, ddof=1)
    for metric, value in figures.items():
        yield where.score(event, metric, float(value), n=len(errors_ms), unit="ms")


def _stride_scores(where: _Where, pairs: Sequence[_Pair]) -> Iterator[Score]:
    for measure, name, unit in (
        ("gait.stride_time", "time_s", "s"),
        ("gait.stride_length", "length_m", "m"),
        ("gait.speed", "speed_m_s", "m/s"),
        ("gait.foot_strike_angle", "strike_deg", "deg"),
    ):
        errors = np.array([getattr(pair, name) for pair in pairs])
        errors = errors[np.isfinite(errors)]
        if len(errors):
            yield where.score(measure, "mae", float(np.mean(np.abs(errors))), n=len(errors), unit=unit)
            yield where.score(measure, "bias", float(np.mean(errors)), n=len(errors), unit=unit)
        if len(errors) > 1:
            yield where.score(measure, "sd", float(np.std(errors, ddof=1)), n=len(errors), unit=unit)


DATASET = GaitmapFootImu()

"""What issue after issue promised of accuracy, as data; and whether the scores of a run keep it.

No figure of ours or of a peer stands here: only which scores a promise is about, and its bar.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from poise.workflows.validation.scores import Score

MARKERS = r"gait_(markers|landmarks).*"
ANGLES = r"gait-angles \d+"
FORMULAS, READING = r".*/formulas", r".*/reading"
EVENTS = ("initial_contact", "toe_off")
ON_PLATES = tuple(f"{event}_against_plates" for event in EVENTS)
LUMBAR, FOOT, BROAD = ("mobgap-lumbar-imu",), ("gaitmap-foot-imu",), ("broad-imu-orientation",)
EMG_SIMULATED = ("emg-simulated",)
KISTLER, OPENCAP = ("biomdp-kistler-isen",), ("opencap-lab-tasks",)
STANDING = ("balance-bds", "balance-pds-dualplate")
WALK_VIDEO = ("sports2d-walk-video",)
PLUG_IN_GAIT = ("mcgill-children-gait-c3d", "gaitalytics-treadmill-c3d")
HIGHER_IS_BETTER = ("f1", "precision", "recall", "accuracy", "told_rightly", "auc")
F1_METRICS = ("f1_100ms", "f1_200ms")


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One line of what must be reached, and the pooled scores it is about; the worst of them counts.

    The bar is one of: a lowest value, a highest size, how far above the best peer of the same run, or (`published`)
    each score's own published figure. `method` is a pattern for ours, `passed_over` one for peers that do not count.
    """

    what: str
    figure: str
    measures: tuple[str, ...]
    metric: str
    datasets: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    method: str = r".*"
    passed_over: str = r"$^"
    at_least: float | None = None
    at_most: float | None = None
    above_peer: float | None = None
    published: bool = False

    def concerns(self, score: Score) -> bool:
        """Whether a score of ours is one of those that the promise is about."""
        return (
            score.file == "all"
            and score.measure in self.measures
            and score.metric == self.metric
            and (not self.datasets or score.dataset in self.datasets)
            and (not self.conditions or score.condition in self.conditions)
            and re.fullmatch(self.method, score.method) is not None
            and (score.published is not None or not self.published)
        )


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What the best peer reached, at worst, on as many of the figures as it has; and ours, at worst, on those."""

    method: str
    value: float
    of: int
    ours: float


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A promise with what was measured; without scores, nothing is known of it."""

    promise: Promise
    worst: Score | None
    figures: int
    peer: Beside | None

    @property
    def bar(self) -> float | None:
        """The value to reach; None where it hangs on a peer that was not run."""
        promise = self.promise
        if promise.published:
            return self.worst.published if self.worst else None
        if promise.above_peer is not None:
            return self.peer.value + promise.above_peer if self.peer else None
        return promise.at_least if promise.at_least is not None else promise.at_most

    @property
    def reached(self) -> bool | None:
        """None where there is nothing to judge, or nothing to judge it by."""
        if self.worst is None or self.bar is None:
            return None
        return _margin(self.worst, self.bar, rounded=self.promise.published) >= 0.0


def judge(scores: Sequence[Score], peers: Sequence[Score]) -> tuple[Judged, ...]:
    """Every promise, in order."""
    return tuple(_judged(promise, scores, peers) for promise in PROMISES)


def less_is_better(metric: str) -> bool:
    """Errors are better small; agreement and shares of what was found are better large."""
    return metric != "r" and not metric.startswith(HIGHER_IS_BETTER)


def same_figure(peer: Score, score: Score) -> bool:
    """Whether a peer's score is about the same thing, of the same recordings, pooled."""
    what = (score.dataset, "all", score.measure, score.metric, score.condition)
    return (peer.dataset, peer.file, peer.measure, peer.metric, peer.condition) == what


def best_peer(figures: Sequence[Score], peers: Sequence[Score]) -> str | None:
    """The peer's method that is best on these figures: by what it finds, then by how far off that is.

    Ranked by how many of the figures it has, then by its lowest F1 on the same measures, so that a method that finds
    one event in three, and that one exactly, does not come first.
    """
    methods = dict.fromkeys(peer.method for figure in figures for peer in peers if same_figure(peer, figure))
    ranked = sorted(methods, key=lambda method: _rank(method, figures, peers))
    return ranked[0] if ranked else None


def _rank(method: str, figures: Sequence[Score], peers: Sequence[Score]) -> tuple[float, float, float]:
    own = [peer for peer in peers if peer.method == method]
    same = [peer for figure in figures for peer in own if same_figure(peer, figure) and math.isfinite(peer.value)]
    places = {(each.dataset, each.measure, each.condition) for each in figures}
    found = [
        peer.value
        for peer in own
        if (peer.dataset, peer.measure, peer.condition) in places
        and peer.metric in F1_METRICS
        and math.isfinite(peer.value)
    ]
    return -float(len(same)), -round(min(found, default=0.0), 3), -min(map(_goodness, same), default=-math.inf)


def _goodness(score: Score) -> float:
    return -abs(score.value) if less_is_better(score.metric) else score.value


def _margin(score: Score, bar: float, *, rounded: bool = False) -> float:
    """How far on the right side of its bar a score is; a figure that is no number is on the wrong side.

    `rounded` to as many decimals as the bar was published with: 0.202 is no worse than a published 0.2.
    """
    if not math.isfinite(score.value):
        return -math.inf
    value = round(score.value, len(f"{bar:g}".partition(".")[2])) if rounded else score.value
    return abs(bar) - abs(value) if less_is_better(score.metric) else value - bar


def _judged(promise: Promise, scores: Sequence[Score], peers: Sequence[Score]) -> Judged:
    figures = [score for score in scores if promise.concerns(score)]
    counted = [peer for peer in peers if not re.search(promise.passed_over, peer.method)]
    worst = min(figures, key=lambda score: _worst_first(promise, score), default=None)
    return Judged(promise=promise, worst=worst, figures=len(figures), peer=_beside(figures, counted))


def _worst_first(promise: Promise, score: Score) -> float:
    if not math.isfinite(score.value):
        return -math.inf
    return _margin(score, score.published or 0.0, rounded=True) if promise.published else _goodness(score)


def _beside(figures: Sequence[Score], peers: Sequence[Score]) -> Beside | None:
    method = best_peer(figures, peers)
    pairs = [
        (peer, figure)
        for figure in figures
        for peer in peers
        if peer.method == method and same_figure(peer, figure) and math.isfinite(peer.value)
    ]
    if method is None or not pairs:
        return None
    theirs, ours = (min(column, key=_goodness).value for column in zip(*pairs, strict=True))
    return Beside(method=method, value=theirs, of=len(pairs), ours=ours)


def _events(what: str, condition: str, *, f1: float, error_ms: float | None = None) -> tuple[Promise, ...]:
    found = Promise(
        what=what, figure="F1 within 0.1 s", measures=EVENTS, metric="f1_100ms", conditions=(condition,),
        method=MARKERS, at_least=f1,
    )  # fmt: skip
    if error_ms is None:
        return (found,)
    timed = Promise(
        what=what, figure="median error, ms", measures=EVENTS, metric="median_abs_error_ms",
        conditions=(condition,), method=MARKERS, at_most=error_ms,
    )  # fmt: skip
    return found, timed


def _lumbar_values(what: str, condition: str) -> tuple[Promise, ...]:
    return tuple(
        Promise(
            what=what,
            figure=figure,
            measures=(measure,),
            metric="mae",
            datasets=LUMBAR,
            conditions=(condition,),
            at_most=bar,
        )
        for measure, figure, bar in (
            ("gait.speed", "speed, mean error a trial, m/s", 0.06),
            ("gait.stride_length", "stride length, mean error a trial, m", 0.07),
            ("gait.cadence", "cadence, mean error a trial, steps/min", 2.0),
        )
    )


GIVEN, FOUND = ("bouts given",), ("bouts found",)
LUMBAR_GIVEN, LUMBAR_FOUND = "Lower-back sensor, bouts given", "Lower-back sensor, bouts found"
FOOT_SENSORS = "Foot sensors, turns included"
CONTACT = ("initial_contact",)


def _emg_onset(what: str, shape: str, snr_db: int, error_ms: float) -> tuple[Promise, ...]:
    conditions = (f"simulated, {shape}, {snr_db} dB",)
    return (
        Promise(
            what=what, figure=f"{shape}, {snr_db} dB: F1 within 0.1 s", measures=("emg.onset",), metric="f1_100ms",
            datasets=EMG_SIMULATED, conditions=conditions, method="variance_rise", at_least=1.0,
        ),
        Promise(
            what=what, figure=f"{shape}, {snr_db} dB: median error, ms", measures=("emg.onset",),
            metric="median_abs_error_ms", datasets=EMG_SIMULATED, conditions=conditions, method="variance_rise",
            at_most=error_ms,
        ),
    )  # fmt: skip


_DAILY_TASKS: tuple[Promise, ...] = (
    Promise(
        what="Sit-to-stands and squats, points and plates", figure="largest error of their count",
        measures=("sts.count", "squat.count"), metric="max_abs_error", datasets=OPENCAP, at_most=0.0,
    ),
    Promise(
        what="Load asymmetry of squats", figure="largest error against the plates' means, %",
        measures=("squat.load_difference",), metric="max_abs_error", datasets=OPENCAP, at_most=3.0,
    ),
    Promise(
        what="Uneven squats told from even ones", figure="trials told rightly", measures=("squat.uneven_load",),
        metric="told_rightly", datasets=OPENCAP, at_least=1.0,
    ),
    Promise(
        what="No test of standing up or walking where none was done", figure="recordings without such a number",
        measures=("sts.time_5", "sts.count_30s", "tug.time"), metric="told_rightly", datasets=LUMBAR, at_least=1.0,
    ),
)  # fmt: skip
_EMG: tuple[Promise, ...] = (
    *(
        promise
        for shape in ("step", "ramp 50 ms", "ramp 100 ms")
        for snr_db, error_ms in ((6, 25.0), (12, 10.0), (20, 3.0))
        for promise in _emg_onset("EMG onset, simulated bursts", shape, snr_db, error_ms)
    ),
    Promise(
        what="Firing order, simulated", figure="share of 1,000 trials of four muscles in the right order",
        measures=("emg.order",), metric="accuracy", datasets=EMG_SIMULATED, conditions=("simulated, all",),
        at_least=0.98,
    ),
    Promise(
        what="Expected muscles stronger", figure="people and tasks told rightly, of 22", measures=("emg.dominance",),
        metric="told_rightly", datasets=("emg-lowerlimb-knee-uci",), at_least=21 / 22,
    ),
    Promise(
        what="EMG envelope against a published pipeline", figure="correlation, least of muscles and strides",
        measures=("emg.envelope",), metric="r", datasets=("emg-gait-13muscles-santuz",), at_least=0.999,
    ),
)  # fmt: skip

_REPETITIONS: tuple[Promise, ...] = (
    *(
        Promise(
            what="Correct against incorrect repetitions, people left out", metric="auc_above_best_plain",
            figure=f"{seen_by}: AUC of the quality less that of the best plain baseline (range alone, DTW alone)",
            measures=("rep.quality",), conditions=(f"{seen_by}, all",), at_least=0.001,
        )
        for seen_by in ("kinect", "vicon")
    ),
    Promise(
        what="Repetitions counted", figure="share of recordings with the right number", measures=("rep.count",),
        metric="accuracy", at_least=1.0,
    ),
    Promise(
        what="Load left against right in squats, against the plates", figure="largest error, %",
        measures=("rep.load_asymmetry",), metric="max_abs_error", datasets=OPENCAP, at_most=3.0,
    ),
    Promise(
        what="A repetition that the recording cuts off is told", figure="share told rightly",
        measures=("rep.complete",), metric="told_rightly", at_least=1.0,
    ),
    Promise(
        what="Too fast and low amplitude told apart, worn sensor", figure="AUC, the lower of both",
        measures=("rep.time", "rep.rom"), metric="auc", datasets=("exercise-imu-pt-uci",), at_least=0.95,
    ),
)  # fmt: skip

BODY_SENSE = ("body-sense-simulated",)
_BODY_SENSE = (
    Promise(
        what="Orientation, trial by trial",
        figure="worst above the published error, %",
        measures=("orientation",),
        metric="above_published",
        datasets=BROAD,
        at_most=5.0,
    ),
    Promise(
        what="Knee between two worn sensors",
        figure="RMS from the maker's orientations, deg",
        measures=("joint.knee.flexion",),
        metric="rmse",
        datasets=("opensense-xsens-walk",),
        conditions=("against the maker's orientations",),
        published=True,
    ),
    Promise(
        what="Hinge between two sensors, simulated as worn",
        figure="RMSE, deg",
        measures=("joint.hinge_angle",),
        metric="rmse",
        datasets=BODY_SENSE,
        conditions=("simulated, worst of the expected",),
        at_most=2.0,
    ),
    Promise(
        what="Position sense, simulated",
        figure="largest error of its three errors, deg",
        metric="max_abs_error",
        measures=("jps.absolute_error", "jps.constant_error", "jps.variable_error"),
        datasets=BODY_SENSE,
        at_most=1.0,
    ),
    Promise(
        what="Position sense, identities on real judgements",
        figure="largest gap, cm",
        measures=("position_sense.identity",),
        metric="max_abs_error",
        at_most=1e-9,
    ),
    Promise(
        what="Head and trunk from the side, simulated",
        figure="largest error, deg",
        metric="max_abs_error",
        measures=("posture.head_forward", "posture.trunk_lean"),
        datasets=BODY_SENSE,
        at_most=2.0,
    ),
    Promise(
        what="Reaction time, simulated",
        figure="largest error of an onset, ms (or one frame)",
        measures=("reaction.onset",),
        metric="max_abs_error_ms",
        datasets=BODY_SENSE,
        at_most=20.0,
    ),
)
PROMISES: tuple[Promise, ...] = (
    *_events("Marker events, straight walks", "straight", f1=1.0, error_ms=20.0),
    *_events("Marker events, treadmill", "treadmill", f1=1.0, error_ms=20.0),
    Promise(
        what="Marker events against plates", figure="F1 within 0.1 s", measures=ON_PLATES, metric="f1_100ms",
        conditions=("straight", "treadmill"), method=MARKERS, at_least=1.0,
    ),
    Promise(
        what="Marker events against plates", figure="median error, ms", measures=ON_PLATES,
        metric="median_abs_error_ms", conditions=("straight", "treadmill"), method=MARKERS, at_most=20.0,
    ),
    *_events("Marker events, Parkinson", "parkinson", f1=0.97),
    Promise(
        what="Marker events, turns", figure="precision within 0.1 s", measures=EVENTS, metric="precision_100ms",
        conditions=("turn",), method=MARKERS, at_least=0.95,
    ),
    Promise(
        what=LUMBAR_GIVEN, figure="contacts, F1 within 0.2 s; the peer's bouts cut as given", measures=CONTACT,
        metric="f1_200ms", datasets=LUMBAR, conditions=GIVEN, above_peer=0.05, passed_over="margin",
    ),
    Promise(
        what=LUMBAR_GIVEN, figure="the same; the peer shown up to 1 s around each bout", measures=CONTACT,
        metric="f1_200ms", datasets=LUMBAR, conditions=GIVEN, above_peer=0.05,
    ),
    Promise(
        what=LUMBAR_GIVEN, figure="contacts, mean error, ms", measures=CONTACT, metric="mean_abs_error_ms",
        datasets=LUMBAR, conditions=GIVEN, at_most=50.0,
    ),
    Promise(
        what=LUMBAR_GIVEN, figure="contacts, bias, ms", measures=CONTACT, metric="bias_ms", datasets=LUMBAR,
        conditions=GIVEN, at_most=15.0,
    ),
    *_lumbar_values(LUMBAR_GIVEN, "bouts given"),
    Promise(
        what=LUMBAR_FOUND, figure="contacts, F1 within 0.2 s", measures=CONTACT, metric="f1_200ms", datasets=LUMBAR,
        conditions=FOUND, above_peer=0.0,
    ),
    *_lumbar_values(LUMBAR_FOUND, "bouts found"),
    Promise(
        what=FOOT_SENSORS, figure="F1 within 0.1 s", measures=EVENTS, metric="f1_100ms", datasets=FOOT,
        conditions=("",), at_least=0.97,
    ),
    Promise(
        what=FOOT_SENSORS, figure="bias, ms", measures=EVENTS, metric="bias_ms", datasets=FOOT, conditions=("",),
        at_most=10.0,
    ),
    Promise(
        what=FOOT_SENSORS, figure="stride time, mean error, s", measures=("gait.stride_time",), metric="mae",
        datasets=FOOT, conditions=("",), at_most=0.010,
    ),
    Promise(
        what=FOOT_SENSORS, figure="stride length, mean error, m", measures=("gait.stride_length",), metric="mae",
        datasets=FOOT, conditions=("",), at_most=0.03,
    ),
    Promise(
        what="Knee flexion from joint centres", figure="RMSE against Plug-in-Gait, deg", measures=("knee.flexion",),
        metric="rmse", datasets=PLUG_IN_GAIT, method=ANGLES, published=True,
    ),
    Promise(
        what="Knee flexion from skin markers", figure="RMSE against Plug-in-Gait, deg", measures=("knee.flexion",),
        metric="rmse", datasets=PLUG_IN_GAIT, method=ANGLES + ", markers only", published=True,
    ),
    Promise(
        what="Knee and ankle, hip adduction", figure="RMSE against model angles, deg", metric="rmse",
        measures=("knee.flexion", "ankle.dorsiflexion", "hip.adduction"), datasets=OPENCAP, published=True,
    ),
    Promise(
        what="Hip flexion and pelvic tilt", figure="RMSE against model angles, deg", metric="rmse",
        measures=("hip.flexion", "pelvis.tilt"), datasets=OPENCAP, published=True,
    ),
    Promise(
        what="Crouch told from a normal walk", figure="share told rightly", measures=("crouch",),
        metric="told_rightly", at_least=1.0,
    ),
    Promise(
        what="Force plate, our formulas", figure="largest force error, N (rounding of five figures)",
        measures=("force.x", "force.y", "force.z"), metric="max_abs_error", datasets=KISTLER, method=FORMULAS,
        at_most=2.5e-6,
    ),
    Promise(
        what="Force plate, our formulas", figure="largest centre-of-pressure error, mm (rounding)",
        measures=("centre_of_pressure.x", "centre_of_pressure.y"), metric="max_abs_error", datasets=KISTLER,
        method=FORMULAS, at_most=0.001,
    ),
    Promise(
        what="Force plate, read from C3D", figure="largest vertical force error, N", measures=("force.vertical",),
        metric="max_abs_error", datasets=KISTLER, method=READING, published=True,
    ),
    Promise(
        what="Force plate, read from C3D", figure="largest centre-of-pressure error, mm",
        measures=("centre_of_pressure.x", "centre_of_pressure.y"), metric="max_abs_error", datasets=KISTLER,
        method=READING, published=True,
    ),
    Promise(
        what="Sway, published results", figure="largest relative error of area, velocity and frequency",
        measures=("balance.sway_area_95", "balance.sway_velocity", "balance.mean_power_frequency"),
        metric="largest_relative_error", datasets=STANDING,
        conditions=("authors' own results",), at_most=1e-6,
    ),
    Promise(
        what="Sway, 72 published descriptors", figure="largest relative error", measures=("balance.descriptors",),
        metric="largest_relative_error", datasets=STANDING, at_most=1e-6,
    ),
    Promise(
        what="Sway, foam with closed eyes above firm with open", figure="of the people who have both",
        measures=("balance.sway_velocity",), metric="told_rightly", datasets=STANDING, at_least=1.0,
    ),
    Promise(
        what="Recovery after a simulated nudge", figure="largest error, s", measures=("balance.recovery_time",),
        metric="largest_abs_error", conditions=("simulated",), at_most=0.020,
    ),
    Promise(
        what="Quiet standing told from all else on a plate", figure="recordings told rightly",
        measures=("balance.quiet_standing",),
        metric="told_rightly", at_least=1.0,
    ),
    Promise(
        what="Video, the walking person followed", figure="share of her frames", measures=("person.followed",),
        metric="recall", datasets=WALK_VIDEO, at_least=0.98,
    ),
    Promise(
        what="Video, nobody else taken for the person", figure="frames", measures=("person.taken_for_another",),
        metric="frames", datasets=WALK_VIDEO, at_most=0.0,
    ),
    Promise(
        what="Video, contacts read by eye", figure="F1 within three frames", measures=("initial_contact",),
        metric="f1_100ms", datasets=WALK_VIDEO, at_least=1.0,
    ),
    Promise(
        what="Video, cadence", figure="error against the eye, steps/min", measures=("gait.cadence",), metric="error",
        datasets=WALK_VIDEO, at_most=3.0,
    ),
    Promise(
        what="Left and right of a pose network, 0 to 59 % exchanged", figure="wrong and scored, % of frames",
        measures=("sides",), metric="wrong_share_percent", conditions=("simulated, front",), at_most=1.0,
    ),
    Promise(
        what="Video, landmarks beside upstream's files", figure="median distance, px and m",
        measures=("landmarks.image", "landmarks.world"), metric="median_abs_error", published=True,
    ),
    Promise(
        what="Orientation, live", figure="total RMSE, deg", measures=("orientation.total",), metric="rmse",
        datasets=BROAD, method="vqf_9D", published=True,
    ),
    Promise(
        what="Orientation, offline", figure="total RMSE, deg", measures=("orientation.total",), metric="rmse",
        datasets=BROAD, method="vqf_offline_9D", published=True,
    ),
    Promise(
        what="Task recognised from the movement alone, names hidden", figure="share of recordings, the worst folder",
        measures=("task",), metric="told_rightly", at_least=1.0,
    ),
    *_EMG,
    *_REPETITIONS,
    *_DAILY_TASKS,
    *_BODY_SENSE,
)  # fmt: skip

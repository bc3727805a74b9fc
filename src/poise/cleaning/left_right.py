"""Left and right of a pose network, watched over: put back where it is sure, not scored where it is not.

A pose network sometimes takes a person who faces it for one who faces away; then all that is left is called right. In
hard frontal clips that was 8 to 59 % of the frames (browser-pose.md 7). A tracker: what it says of a frame hangs on the
frames before it alone, so that a live picture is judged as a file is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from poise.model.body import mirrored
from poise.model.recording import Problem, Recording, Step

Array = NDArray[np.float64]
Place = tuple[float, float]

SHOULDERS_BY_TRUNK = 0.80
"""Distance of the shoulder centres by trunk length, seen from the front, as in `poise.cleaning.landmarks`."""
FACING = {"camera": 1, "away": -1}
TOLD_WORTH = 0.01
TRUNK_FORGOTTEN_S, LARGEST_VOTE_S = 20.0, 0.25
TURNED_FAR_DEG, CONTRADICTS_BY_TRUNK = 45.0, 0.1
"""Turned out of a side view by more, hips and ears cannot lie the other way round by a tenth of the trunk [design]."""
MOST_DOUBTFUL, MOST_RARER = 0.5, 0.25
"""With more of a recording in doubt, or more of it in the rarer of the two orders, none of it is scored: its calm
stretches may be the exchanged ones [design]."""


class Verdict(StrEnum):
    """What is held of the sides in one frame."""

    KEPT = "kept"
    EXCHANGED = "exchanged"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, kw_only=True)
class Guard:
    """When sides are held to be exchanged; all of them our own choices [design], tried on simulated exchanges.

    Attributes
    ----------
    clear_deg
        Turned out of the side view by less, a person shows no order of the sides that could be trusted.
    most_turned_deg_s
        Nobody turns the trunk faster; an order that changes faster is the network's doing. A pirouette reaches about
        700 deg/s, a fast pivot in walking 300.
    memory_s
        How long votes on the side count, by exponential forgetting.
    least_for_s
        So long the other order must have been seen before an exchange is sure.
    most_against
        With a larger share of votes against it, nobody knows which of the two orders is right.
    longest_run_s
        An exchange that lasts longer is no longer sure: perhaps what came before it was wrong.
    """

    clear_deg: float = 20.0
    most_turned_deg_s: float = 400.0
    memory_s: float = 10.0
    least_for_s: float = 1.0
    most_against: float = 0.25
    longest_run_s: float = 0.5


USUAL = Guard()


@dataclass(frozen=True, kw_only=True)
class State:
    """What the guard remembers of the frames before; can be stored and resumed.

    `facing` is 1 to the camera, −1 away from it, 0 not known yet; `declared` says that a person said so. `votes_for`
    and `votes_against` it are seconds, fading. `clear_*` is the last frame that showed an order clearly; `run_s` is for
    how long it has been the other one. `first_s` and `other_s` are how long each of the two orders was seen since the
    start, turns accounted for; which of them is right they do not say.
    """

    facing: int = 0
    declared: bool = False
    votes_for: float = 0.0
    votes_against: float = 0.0
    run_s: float = 0.0
    trunk: float = 0.0
    time_s: float = math.nan
    clear_yaw_deg: float = 0.0
    clear_time_s: float = math.nan
    verdict: Verdict = Verdict.KEPT
    first_s: float = 0.0
    other_s: float = 0.0
    is_first: bool = True

    @property
    def rarer_share(self) -> float:
        """The share of the rarer of the two orders in all that was seen; 0 where the facing was declared."""
        seen_s = self.first_s + self.other_s
        return 0.0 if self.declared or not seen_s else min(self.first_s, self.other_s) / seen_s


@dataclass(frozen=True, kw_only=True)
class Trunk:
    """The four corners of a trunk in a picture: x to its right, any unit; None or NaN where not seen.

    `ears` are x alone, left then right; they are used where both were seen.
    """

    left_shoulder: Place
    right_shoulder: Place
    left_hip: Place
    right_hip: Place
    ears: Place = (math.nan, math.nan)


def start(facing: str | None = None) -> State:
    """Before the first frame; `facing` is what a person said of the whole recording: ``camera`` or ``away``."""
    declared = FACING.get(facing or "", 0)
    return State(facing=declared, declared=declared != 0)


def step(state: State, time_s: float, trunk: Trunk, guard: Guard | None = None) -> tuple[State, Verdict]:
    """One frame: the new state, and what is held of its sides.

    Seen from the front, the left shoulder lies to the right in the picture. Where a person declared the facing, that
    decides. Else the order of most of the last seconds is held to be right, an order that changes as slowly as a person
    can turn is a turn, and one that changes faster is an exchange: sure while it is short and rare, in doubt otherwise.
    Shoulders against hips, or against ears, are in doubt. A trunk seen from the side tells nothing, and keeps its sides
    unless the frames just before were exchanged.

    Fails, without a declared facing, where more than half of the frames are exchanged in runs that are long and far
    apart, or from the first frame to the last: nothing shows that then.
    """
    guard = guard or USUAL
    elapsed_s = time_s - state.time_s if time_s > state.time_s else 0.0
    seen = _yaw_deg(state.trunk * (1.0 - min(elapsed_s / TRUNK_FORGOTTEN_S, 1.0)), trunk)
    if seen is None:
        return replace(state, time_s=time_s), state.verdict
    length, yaw_deg, contradicts = seen
    if abs(yaw_deg) < guard.clear_deg:
        recent = time_s - state.clear_time_s <= guard.longest_run_s
        verdict = Verdict.DOUBTFUL if recent and state.verdict is not Verdict.KEPT else Verdict.KEPT
        return replace(state, time_s=time_s, trunk=length), verdict
    votes = _votes(state, yaw_deg, time_s, elapsed_s, guard)
    verdict = Verdict.DOUBTFUL if contradicts else _verdict(votes, yaw_deg, guard, declared=state.declared)
    told = State(
        facing=votes.facing, declared=state.declared, votes_for=votes.with_it, votes_against=votes.against,
        run_s=votes.run_s, trunk=length, time_s=time_s, clear_yaw_deg=yaw_deg, clear_time_s=time_s, verdict=verdict,
        first_s=votes.first_s, other_s=votes.other_s, is_first=votes.is_first,
    )  # fmt: skip
    return told, verdict


class _Votes(NamedTuple):
    facing: int
    with_it: float
    against: float
    run_s: float
    first_s: float
    other_s: float
    is_first: bool


def _yaw_deg(trunk_before: float, trunk: Trunk) -> tuple[float, float, bool] | None:
    """Trunk length, how far the trunk is turned out of the side view (left shoulder right of it: +), contradictions."""
    ls, lsy = trunk.left_shoulder
    rs, rsy = trunk.right_shoulder
    lh, lhy = trunk.left_hip
    rh, rhy = trunk.right_hip
    now = math.hypot(ls + rs - lh - rh, lsy + rsy - lhy - rhy) / 2
    wide = ls - rs
    if not (now > 0.0 and math.isfinite(wide)):
        return None
    # A trunk that is bent towards the camera looks short: how long it was is remembered for a while.
    length = max(now, trunk_before)
    share = wide / (SHOULDERS_BY_TRUNK * length)
    yaw_deg = math.degrees(math.asin(max(-1.0, min(1.0, share))))
    if abs(yaw_deg) <= TURNED_FAR_DEG:
        return length, yaw_deg, False
    least = -CONTRADICTS_BY_TRUNK * length
    against = (
        (lh - rh < least or trunk.ears[0] - trunk.ears[1] < least)
        if wide > 0.0
        else (rh - lh < least or trunk.ears[1] - trunk.ears[0] < least)
    )
    return length, yaw_deg, against


def _votes(state: State, yaw_deg: float, time_s: float, elapsed_s: float, guard: Guard) -> _Votes:
    """The votes with this frame's; where more are against the facing than for it, it is the other one.

    An order that changed as slowly as a person turns takes the facing with it, unless that was declared.
    """
    side = 1 if yaw_deg > 0.0 else -1
    facing = state.facing or side
    changed_deg = abs(yaw_deg - state.clear_yaw_deg)
    fastest_deg = guard.most_turned_deg_s * (time_s - state.clear_time_s)
    if not state.declared and yaw_deg * state.clear_yaw_deg < 0.0 and changed_deg <= fastest_deg:
        facing = -facing
    fading, vote = math.exp(-elapsed_s / guard.memory_s), min(elapsed_s, LARGEST_VOTE_S)
    with_it, against = state.votes_for * fading, state.votes_against * fading
    first_s, other_s, is_first, run_s = state.first_s, state.other_s, state.is_first, 0.0
    if side == facing:
        with_it += vote
    else:
        against += vote
        run_s = state.run_s + elapsed_s
    if is_first == (side == facing):
        first_s += vote
    else:
        other_s += vote
    if against > with_it and not state.declared:
        return _Votes(-facing, against, with_it, 0.0, first_s, other_s, not is_first)
    return _Votes(facing, with_it, against, run_s, first_s, other_s, is_first)


def _verdict(votes: _Votes, yaw_deg: float, guard: Guard, *, declared: bool) -> Verdict:
    agrees = yaw_deg * votes.facing > 0.0
    if declared:
        return Verdict.KEPT if agrees else Verdict.EXCHANGED
    if votes.against > guard.most_against * (votes.with_it + votes.against):
        return Verdict.DOUBTFUL
    if agrees:
        return Verdict.KEPT
    sure = votes.with_it >= guard.least_for_s and votes.run_s <= guard.longest_run_s
    return Verdict.EXCHANGED if sure else Verdict.DOUBTFUL


def judged(
    time_s: Iterable[float], trunks: Iterable[Trunk], facing: str | None = None, guard: Guard | None = None
) -> tuple[State, list[Verdict]]:
    """The fold of `step` over a recording: the last state, and the verdict of every frame."""
    state, told, chosen = start(facing), [], guard or USUAL
    for now, trunk in zip(time_s, trunks, strict=True):
        state, verdict = step(state, now, trunk, chosen)
        told.append(verdict)
    return state, told


TRUNK = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


def sides_guarded(
    recording: Recording, points: Mapping[str, Array], time_s: Array, *, depth_too: bool = False
) -> tuple[Recording, dict[str, Array]]:
    """Points of a picture (or of a camera's space) with exchanged sides put back and doubtful frames missing.

    Parameters
    ----------
    points
        By our names, shape (samples, axes), x to the right of the picture.
    time_s
        Shape (samples,).
    depth_too
        The points have a depth, and a network that takes a front for a back has that wrong as well: what was exchanged
        is then missing, not put back.

    Returns
    -------
    recording, points
        The step and the doubt written down; unchanged where the trunk is not among the points, or nothing was found.
        ``facing`` of the recording's conditions is the declared facing.
    """
    corners = _corners(points)
    if corners is None or len(time_s) < 2 or not time_s[-1] > time_s[0]:
        return recording, dict(points)
    end, each = judged(time_s.tolist(), corners, recording.conditions.get("facing"))
    told = np.array(each)
    exchanged, doubtful = told == Verdict.EXCHANGED, told == Verdict.DOUBTFUL
    if not (exchanged.any() or doubtful.any()):
        return recording, dict(points)
    if doubtful.mean() > MOST_DOUBTFUL or end.rarer_share > MOST_RARER:
        exchanged, doubtful = np.zeros_like(exchanged), np.ones_like(doubtful)
    missing = doubtful | exchanged if depth_too else doubtful
    kept = {name: np.where(missing[:, None], np.nan, _put_back(name, points, exchanged)) for name in points}
    shares = {"exchanged": float(exchanged.mean()), "doubtful": float(doubtful.mean())}
    settings = {name: round(share, 4) for name, share in shares.items()}
    doubt = [_told(shares, depth_too=depth_too)] if sum(shares.values()) >= TOLD_WORTH else []
    return recording.after(Step(what="left and right guarded", settings=settings), problems=doubt), kept


def _put_back(name: str, points: Mapping[str, Array], exchanged: NDArray[np.bool_]) -> Array:
    other = points.get(mirrored(name))
    return points[name] if other is None else np.where(exchanged[:, None], other, points[name])


def _corners(points: Mapping[str, Array]) -> list[Trunk] | None:
    """The trunk frame by frame, as plain numbers; None where it is not among the points."""
    found = [points.get(f"{name}_centre", points.get(name)) for name in TRUNK]
    if any(each is None for each in found):
        return None
    corners = [each[:, :2].tolist() for each in found if each is not None]
    ears = [points[name][:, 0].tolist() for name in ("left_ear", "right_ear") if name in points]
    pairs = list(zip(*ears, strict=True)) if len(ears) == 2 else [(math.nan, math.nan)] * len(corners[0])
    return [
        Trunk(left_shoulder=ls, right_shoulder=rs, left_hip=lh, right_hip=rh, ears=pair)
        for ls, rs, lh, rh, pair in zip(*corners, pairs, strict=True)
    ]


def _told(shares: Mapping[str, float], *, depth_too: bool) -> Problem:
    exchanged, doubtful = (100 * shares[name] for name in ("exchanged", "doubtful"))
    back = "left out, for their depth is wrong too" if depth_too else "put back"
    parts = [f"were exchanged in {exchanged:.0f} % of the frames and {back}"] if exchanged >= 0.5 else []
    parts += [f"stay doubtful in {doubtful:.0f} %, which are not scored"] if doubtful >= 0.5 else []
    return Problem(
        what=f"The pose network mixes up left and right: they {' and '.join(parts)}.",
        where="landmarks",
        do="Film with light on the face. If the person faced the camera all the time: --conditions facing=camera.",
    )

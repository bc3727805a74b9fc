"""The events a C3D file marks, whichever of the vendors' habits it follows, by Poise's names and on its own clock.

The name stands in EVENT:LABELS (``Foot Strike``, ``LHS``), or only in CONTEXTS (``RHS``), or only as an icon; the side
in CONTEXTS (``Left``), or in front of the name. Times count from the first frame of the *trial*, of which the file may
hold a later part [1]_; some programs count from the first frame of the file. Which one a file does is decided by
where its events fall: inside the stretch it holds on the trial's clock, or, when more of them do, on its own.

References
----------
.. [1] Motion Lab Systems 2008, The C3D File Format: User Guide, "EVENT group" and "Header events".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest
from math import isfinite
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from poise.model import Event, Problem, Side
from poise.readers._c3d_layout import Trial

MOST_EVENTS = 20_000
HEADER_EVENTS = 18
HEADER_KEY = 12345
CONTACT = frozenset({
    "foot strike", "footstrike", "heel strike", "heelstrike", "initial contact", "foot contact", "heel contact",
    "foot on", "strike", "hs", "fs", "ic", "fc", "hc",
})  # fmt: skip
OFF = frozenset({"foot off", "footoff", "toe off", "toeoff", "terminal contact", "final contact", "to", "fo", "tc"})
PLATE = {"on": "initial_contact", "off": "toe_off"}
ICONS: dict[float, str] = {1: "initial_contact", 2: "toe_off"}
SIDE_WORD = re.compile(r"^(left|right|l|r)(?:[\s_.:-]+|(?=(?:hs|fs|ic|fc|hc|to|fo|tc|on|off)$))", re.IGNORECASE)
SIDES_BY_WORD: dict[str, Side] = {"left": "left", "l": "left", "right": "right", "r": "right"}


class _Mark(NamedTuple):
    """One event as the file has it: name, side, and seconds on the file's clock or the trial's."""

    name: str
    side: Side | None
    time_s: float


def events_of(trial: Trial) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """All events inside the recording, in order of time, and what is doubtful about them.

    A contact that two habits report comes back once: of ``LHS`` and the belt's own ``LON`` the first is kept as initial
    contact and the second under its plain name, ``on``.
    """
    marks = list(_marks(trial)) or list(_header_marks(trial))
    if not marks or not np.isfinite(trial.layout.rate_hz):
        return (), ()
    marks, problems = _on_own_clock(trial, marks)
    inside = sorted(set(_plates_named(marks)), key=lambda mark: (mark.time_s, mark.name, mark.side or ""))
    return tuple(Event(event=mark.name, side=mark.side, time_s=mark.time_s) for mark in inside), problems


def _marks(trial: Trial) -> Iterator[_Mark]:
    parameters = trial.parameters
    times_s = _times_s(trial).tolist()
    contexts, labels = (parameters.all_texts("EVENT", name, len(times_s)) for name in ("CONTEXTS", "LABELS"))
    icons = parameters.all_numbers("EVENT", "ICON_IDS", len(times_s)).tolist()
    told = zip_longest(times_s, contexts, labels, icons)  # no list is longer than that of the times
    for time_s, context, label, icon in told:
        if isfinite(time_s):
            name, side = _meaning(context or "", label or "", ICONS.get(icon or 0.0))
            yield _Mark(name=name, side=side, time_s=time_s)


def _times_s(trial: Trial) -> NDArray[np.float64]:
    """Minutes and seconds of every event, added up; only as many as EVENT:USED admits."""
    parameters = trial.parameters
    stated = parameters.number("EVENT", "USED", unsigned=True)
    used = MOST_EVENTS if stated is None else int(min(max(stated, 0), MOST_EVENTS))
    flat = parameters.all_numbers("EVENT", "TIMES", 2 * used)
    if parameters.shape("EVENT", "TIMES")[:1] != (2,):
        return flat[:used]  # seconds alone
    pairs = flat[: len(flat) // 2 * 2].reshape(-1, 2)
    return 60.0 * pairs[:, 0] + pairs[:, 1]


def _header_marks(trial: Trial) -> Iterator[_Mark]:
    """Up to 18 events of four letters each in the header; those switched off are left out."""
    encoding, raw = trial.parameters.encoding, trial.raw
    words = encoding.int16(raw, 256, 0, unsigned=True)
    if words[149] != HEADER_KEY:
        return
    times_s = encoding.float32(raw, HEADER_EVENTS, 304).tolist()
    for i in range(min(int(words[150]), HEADER_EVENTS)):
        label = raw[396 + 4 * i : 400 + 4 * i].decode("latin-1").strip(" \0")
        if isfinite(times_s[i]) and label.isprintable():
            name, side = _meaning("", label, None)
            yield _Mark(name=name, side=side, time_s=float(times_s[i]))


@lru_cache(maxsize=256)
def _meaning(context: str, label: str, icon: str | None) -> tuple[str, Side | None]:
    """Our name for an event, or its own in lower case, and its side."""
    side = SIDES_BY_WORD.get(context.lower())
    told = label or (context if side is None else "")
    found = SIDE_WORD.match(told)
    if found:
        side = side or SIDES_BY_WORD[found[1].lower()]
        told = told[found.end() :] or told
    plain = re.sub(r"[\s_-]+", " ", told).strip().lower()
    name = "initial_contact" if plain in CONTACT else "toe_off" if plain in OFF else None
    return name or (icon if not plain else None) or plain or "event", side


def _plates_named(marks: list[_Mark]) -> Iterator[_Mark]:
    """``on`` and ``off`` stand for contact and foot-off only where nothing else names these for that side."""
    told = {(mark.name, mark.side) for mark in marks}
    for mark in marks:
        meaning = PLATE.get(mark.name)
        if meaning and mark.side and (meaning, mark.side) not in told:
            yield _Mark(name=meaning, side=mark.side, time_s=mark.time_s)
        else:
            yield mark


def _on_own_clock(trial: Trial, marks: list[_Mark]) -> tuple[list[_Mark], tuple[Problem, ...]]:
    plan = trial.layout
    duration_s, frame_s = (plan.frames - 1) / plan.rate_hz, 1.0 / plan.rate_hz
    start_s = (plan.first_frame - 1) / plan.rate_hz
    times_s = np.array([mark.time_s for mark in marks])

    def inside(shift_s: float) -> NDArray[np.bool_]:
        own_s = times_s - shift_s
        return (own_s >= -frame_s) & (own_s <= duration_s + frame_s)

    is_relative = int(inside(0.0).sum()) > int(inside(start_s).sum())
    shift_s = 0.0 if is_relative else start_s
    kept = inside(shift_s)
    own_s = (times_s - shift_s).clip(0.0, duration_s).tolist()
    own = [
        _Mark(name=mark.name, side=mark.side, time_s=time_s)
        for mark, time_s, is_inside in zip(marks, own_s, kept.tolist(), strict=True)
        if is_inside
    ]
    return own, tuple(_doubts(is_relative, len(marks) - len(own)))


def _doubts(is_relative: bool, outside: int) -> Iterator[Problem]:
    if is_relative:
        yield Problem(
            what="Event times are taken as counted from the file's first frame: on the trial's clock they miss it.",
            where="EVENT:TIMES",
            do="Check one event against the movement.",
        )
    if outside:
        yield Problem(
            what=f"{outside} events lie outside the recorded stretch and are left out.",
            where="EVENT:TIMES",
            do="Export the whole trial if you need them.",
        )

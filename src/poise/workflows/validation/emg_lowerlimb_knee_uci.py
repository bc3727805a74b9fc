"""Thigh EMG with a goniometer, 22 men: do the muscles that must move the knee come out as the stronger ones?

There are no onset labels, so no timing is validated here. What physiology asks for is: a leg stretched against gravity
while sitting is lifted by RF and VM, a leg bent up while standing by BF and ST. Which of the two a file holds is told
twice: by its name (``sen``, ``pie``), and by its goniometer: whether the knee is straight or bent while the muscles,
each scaled to its own rest, work hardest together. The two disagree for one man (A2: both of his files); his knee
starts and ends bent in the file that is called standing. Both figures are printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from poise.errors import PoiseError
from poise.measures import emg_pairs
from poise.measures.emg_activity import METHOD
from poise.measures.emg_channels import channels_of
from poise.measures.emg_movement import angle_of, works_bent
from poise.readers.find import read_file
from poise.workflows.validation.scores import Score

NAMED = re.compile(r"(?P<person>\d+[AN])(?P<task>sen|pie|mar)\.txt(\.xz)?$")
STRAIGHT, BENT = "sen", "pie"
SHARE = "emg.agonist_share.knee"


@dataclass(frozen=True, kw_only=True)
class _File:
    """One recording: which task its name and its goniometer say, and the share of the knee extensors, %."""

    person: str
    file: str
    named: str
    by_angle: str
    extensor_share: float
    repetitions: int

    def right(self, task: str) -> bool:
        """Whether the group that the task needs is the stronger one."""
        return self.extensor_share > 50.0 if task == STRAIGHT else self.extensor_share < 50.0


class EmgLowerlimbKneeUci:
    """The folder ``emg-lowerlimb-knee-uci``: every seated extension and standing flexion in it."""

    name = "emg-lowerlimb-knee-uci"

    def scores(self, folder: Path) -> Iterator[Score]:
        """By file, then pooled: by the goniometer's task, by the file's name, and by whole people."""
        files = list(_files(folder))
        for each in files:
            yield self._score(each.file, SHARE, "value", each.extensor_share, each.repetitions)
            yield self._score(each.file, "emg.dominance", "told_rightly", each.right(each.by_angle), 1)
        if not files:
            return
        by_angle = [each.right(each.by_angle) for each in files]
        by_name = [each.right(each.named) for each in files]
        agree = [each.by_angle == each.named for each in files]
        people = {each.person for each in files}
        whole = [all(each.right(each.named) for each in files if each.person == person) for person in people]
        for told, metric, condition in (
            (by_angle, "told_rightly", "task by goniometer"),
            (by_name, "told_rightly_by_name", "task by file name"),
            (whole, "people_told_rightly", "both tasks of a person, by file name"),
            (agree, "accuracy_of_names", "file name against goniometer"),
        ):
            yield replace(
                self._score("all", "emg.dominance", metric, float(np.mean(told)), len(told)), condition=condition
            )

    def _score(self, file: str, measure: str, metric: str, value: float, n: int) -> Score:
        return Score(
            dataset=self.name, file=file, measure=measure, method=METHOD, metric=metric, value=float(value), n=n,
            unit="%" if metric == "value" else "",
        )  # fmt: skip


def _files(folder: Path) -> Iterator[_File]:
    for path in sorted(folder.rglob("*.txt*")):
        match = NAMED.search(path.name)
        if match is None or match["task"] == "mar":
            continue
        try:
            recording = read_file(path)[0]
            channels = channels_of(recording).usable
        except PoiseError:
            continue
        angle = angle_of(recording)
        bent = None if angle is None else works_bent(channels, angle[1], angle[2])
        shares = [m for m in emg_pairs.measured(channels, METHOD, path.name) if m.measure == SHARE]
        if bent is None or not shares:
            continue
        yield _File(
            person=match["person"], file=str(path.relative_to(folder)), named=match["task"],
            by_angle=BENT if bent > 0.5 else STRAIGHT, extensor_share=shares[0].value, repetitions=shares[0].n,
        )  # fmt: skip


DATASET = EmgLowerlimbKneeUci()

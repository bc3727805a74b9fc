"""Quiet standing on a plate, eyes and surface varied: the authors' results, and the 72 descriptors of another group.

Two published ways of computing are reproduced; our own default (low-pass, settling left out) has no truth to be held
against, only the order that is known: more sway on foam with closed eyes than on firm ground with open eyes. What no
folder holds is simulated after it, and said to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poise.measures.balance_pressure import METHOD
from poise.signals.sway_published import quijoux
from poise.workflows.validation import _sway, _sway_simulated
from poise.workflows.validation._sway import Trial
from poise.workflows.validation.scores import Score

NAME = "balance-bds"
DESCRIPTORS = "quijoux/1"


@dataclass(frozen=True, kw_only=True)
class _Bds:
    """The folder ``balance-bds``: ``trials/*.txt*`` and the two tables beside it."""

    name: str = NAME

    def scores(self, folder: Path) -> Iterator[Score]:
        """Errors of every trial against both tables, pooled; then the order and the ratios of the conditions."""
        told = list(_sway.trials(folder, "BDS*.txt*", "BDSinfoCOP"))
        authors = [score for trial in told for score in _sway.published(NAME, trial)]
        peers = _sway.rows(folder, "peer_descriptors_quijoux")
        descriptors = [score for trial in told for score in _descriptors(trial, peers.get(trial.recording.id, {}))]
        yield from (*authors, *descriptors)
        yield from _sway.pooled(authors)
        yield from _sway.pooled(descriptors)
        yield from _sway.recognised(NAME, told)
        yield from _sway.conditions(NAME, told)
        yield from _order(told)
        yield from _sway.ratios(NAME, told)
        yield from _sway_simulated.scores(NAME)
        yield _sway.not_validated(NAME, "balance.frequency_50", "our own spectrum: no published values of its kind")


def _descriptors(trial: Trial, row: dict[str, str]) -> Iterator[Score]:
    """The largest relative difference over the 72 descriptors; the table has eight figures."""
    if not row:
        return
    ours = quijoux(*trial.path_cm())
    errors = [abs(ours[name] - float(text)) / abs(float(text)) for name, text in row.items() if name != "Trial"]
    yield Score(
        dataset=NAME, file=trial.file, measure="balance.descriptors", method=DESCRIPTORS, metric="relative_error",
        value=max(errors), n=len(errors), condition="72 of Quijoux et al., their code",
    )  # fmt: skip


def _order(told: Sequence[Trial]) -> Iterator[Score]:
    """Of the people who have both: how many sway faster on foam with closed eyes than on firm ground with open ones."""
    rightly: list[bool] = []
    for person in sorted({trial.recording.subject for trial in told}):
        easy, hard = (_velocities(told, person, *each) for each in (("open", "firm"), ("closed", "foam")))
        if easy and hard:
            rightly.append(bool(np.nanmean(hard) > np.nanmean(easy)))
    if rightly:
        yield Score(
            dataset=NAME, file="all", measure="balance.sway_velocity", method=METHOD, metric="told_rightly",
            value=sum(rightly) / len(rightly), n=len(rightly), condition="foam eyes closed above firm eyes open",
        )  # fmt: skip


def _velocities(told: Sequence[Trial], person: str, eyes: str, surface: str) -> list[float]:
    wanted = {"eyes": eyes, "surface": surface}
    return [
        _sway.value(trial.measured, "balance.sway_velocity")
        for trial in told
        if trial.recording.subject == person
        and all(trial.recording.conditions.get(name) == word for name, word in wanted.items())
    ]


DATASET = _Bds()

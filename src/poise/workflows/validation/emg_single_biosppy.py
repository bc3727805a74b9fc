"""One channel with rest and bursts and no truth: how far our onsets agree with what other software found in it.

The other programs disagree with each other by several times in number, and nobody marked the signal by hand. A figure
here tells whether ours lies within their range; it tells nothing of accuracy.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from poise.measures.emg_activity import METHOD
from poise.measures.emg_channels import channels_of
from poise.model import Kind
from poise.readers.find import read_file
from poise.workflows.validation.scores import Score, match_events

TOLERANCE_S = 0.25


class EmgSingleBiosppy:
    """The folder ``emg-single-biosppy``: every ``emg_*.txt`` beside ``peer_onsets.csv``."""

    name = "emg-single-biosppy"

    def scores(self, folder: Path) -> Iterator[Score]:
        """How many bursts we find, and how many of each peer's onsets lie within 250 ms of one of ours."""
        for path in sorted(folder.rglob("emg_*.txt*")):
            recording = read_file(path)[0]
            found = [burst.onset_s for channel in channels_of(recording).usable for burst in channel.bursts]
            yield self._score(path.name, "bursts_found", float(len(found)), len(found), "")
            peers = path.parent / "peer_onsets.csv"
            if not peers.is_file():
                continue
            for method, samples in _onsets(peers).items():
                times_s = np.array(samples) / recording[Kind.EMG].rate_hz
                matches = match_events(found, times_s, TOLERANCE_S)
                yield self._score(path.name, "recall_250ms", matches.recall, len(times_s), f"beside {method}")

    def _score(self, file: str, metric: str, value: float, n: int, condition: str) -> Score:
        return Score(
            dataset=self.name, file="all" if metric == "bursts_found" else file, measure="emg.onset", method=METHOD,
            metric=metric, value=value, n=n, condition=condition or "no truth",
        )  # fmt: skip


def _onsets(path: Path) -> dict[str, list[float]]:
    """Samples by method; BioSPPy's list holds onsets and offsets in turn, of which the first of each pair counts."""
    found: dict[str, list[float]] = defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            method = row["method"]
            if not method.endswith("offset"):
                found[method].append(float(row["sample"]))
    return {method: samples[::2] if method == "biosppy.find_onsets" else samples for method, samples in found.items()}


DATASET = EmgSingleBiosppy()

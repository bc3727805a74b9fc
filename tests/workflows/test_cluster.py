"""A cluster gives what one process gives, in the same order."""

from __future__ import annotations

from pathlib import Path

import pytest

from poise.codecs.json import document
from poise.model import Kind
from poise.testing.c3d import C3dTrial, written
from poise.testing.walking import simulate_walk
from poise.workflows.assess import assess_all
from poise.workflows.files import sources
from poise.workflows.request import Request


@pytest.mark.slow
def test_two_workers_of_a_cluster_give_what_one_process_gives(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    markers = simulate_walk(duration_s=6.0).recording("plug-in-gait")[Kind.MARKERS]
    for name in "abc":
        trial = C3dTrial(points=1000 * markers.values, analog=markers.values[:, :0, 0], labels=markers.channels)
        written(trial, tmp_path / f"{name}.c3d")
    (tmp_path / "b2.c3d").write_bytes(b"no")
    given, request = sources([str(tmp_path)]), Request(keep_signals=False)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        shared = [each for found in assess_all(given, request, cluster=cluster.scheduler_address) for each in found]
    alone = [each for found in assess_all(given, request) for each in found]
    assert document(shared) == document(alone)
    assert [each.usable for each in shared] == [True, True, False, True]

"""A small made assessment to write down."""

from __future__ import annotations

import math

import numpy as np
import pytest

from poise.model import Assessment, Curve, Event, Measurement, Problem, Series


def measured(value: float, sd: float = math.nan) -> Measurement:
    return Measurement(
        measure="gait.speed", value=value, unit="m/s", side=None, n=4, sd=sd, start_s=0.0, end_s=3.0, valid_fraction=0.97,
        method="markers 1", recording="walk",
    )  # fmt: skip


@pytest.fixture
def one() -> Assessment:
    mean = np.linspace(0, 60, 101)
    return Assessment(
        source="walk.c3d",
        id="walk",
        task="walk",
        rates_hz={"markers": 100.0, "odd": math.nan},
        duration_s=3.0,
        events=(Event(event="initial_contact", side="left", time_s=0.51),),
        measurements=(measured(1.2),),
        curves=(
            Curve(
                curve="knee.flexion",
                side="left",
                unit="deg",
                mean=mean,
                sd=mean * math.nan,
                cycles=mean[None],
                method="m",
            ),
        ),
        series=(
            Series(series="knee.flexion", side="left", unit="deg", rate_hz=100.0, values=np.array([1.0, math.nan])),
        ),
        problems=(Problem(what="short", where="walk", do="walk further"),),
    )

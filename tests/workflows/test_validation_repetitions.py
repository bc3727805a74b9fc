"""The repetitions of the shared data: read, counted, and judged without the judged person's own."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from poise.measures.quality_reference import METHOD, Example
from poise.measures.quality_signals import Posture, posture_of
from poise.testing.tasks import simulate_squats
from poise.workflows.validation._repetition_quality import PLAIN, Held, Labelled, auc, count_scores, quality_scores
from poise.workflows.validation._uiprmd import files_of
from poise.workflows.validation.scores import Score


def squat(seed: int, **changes: float) -> Posture:
    made = simulate_squats(repetitions=1, rate_hz=50.0, **changes)  # type: ignore[arg-type]
    whole = posture_of(made.posture.body(noise_m=0.002, seed=seed))
    assert whole is not None
    return whole.between(0.9, 3.6)


def labelled() -> list[Labelled]:
    """Four people who squat well twice, and badly once."""
    made = []
    for person in range(4):
        for number in range(3):
            good = number < 2
            posture = squat(10 * person + number, depth=0.33 + 0.01 * person, lean_left_deg=0.0 if good else 20.0)
            example = Example(person=f"p{person}", posture=posture, accepted=good)
            made.append(Labelled(file=f"{person}{number}", group="squat", example=example))
    return made


def by_method(scores: list[Score], condition: str) -> dict[str, float]:
    return {each.method: each.value for each in scores if each.metric == "auc" and each.condition == condition}


def test_the_area_under_the_curve() -> None:
    assert auc([3, 4], [1, 2]) == 1.0
    assert auc([1, 2], [3, 4]) == 0.0
    assert auc([1], [1]) == 0.5
    assert math.isnan(auc([], [1]))
    assert auc([2, math.nan], [1]) == 1.0


def test_people_are_judged_by_others_and_beside_the_baselines() -> None:
    scores = list(quality_scores("made", labelled(), condition="simulated"))
    found = by_method(scores, "simulated, squat")
    assert set(found) == {METHOD, *PLAIN}
    assert found[METHOD] == 1.0
    above = next(each.value for each in scores if each.metric == "auc_above_best_plain")
    assert above == pytest.approx(found[METHOD] - max(found[name] for name in PLAIN))


def test_labels_of_a_person_never_reach_their_own_judgement() -> None:
    ours = labelled()
    turned = [
        Labelled(
            file=each.file, group=each.group,
            example=Example(
                person=each.example.person, posture=each.example.posture,
                accepted=each.example.accepted != (each.example.person == "p0"),
            ),
        )
        for each in ours
    ]  # fmt: skip
    own = [each for each in ours if each.example.person == "p0"]
    others = [each for each in ours if each.example.person != "p0"]
    flipped = [each for each in turned if each.example.person == "p0"]
    there, back = (
        by_method(list(quality_scores("made", each, condition="c", shown=others)), "c, all") for each in (own, flipped)
    )
    assert there[METHOD] == pytest.approx(1.0 - back[METHOD])


def test_with_too_few_other_people_there_is_no_figure() -> None:
    alone = [each for each in labelled() if each.example.person == "p0"]
    assert np.isnan([each.value for each in quality_scores("made", alone, condition="c")]).all()


def test_a_miscount_is_told() -> None:
    body = simulate_squats(repetitions=3).posture.body()
    scores = list(count_scores("made", [Held(file="one", condition="c", recording=body)]))
    assert [each.value for each in scores] == [2.0, 0.0]


@pytest.mark.data
def test_every_repetition_of_ui_prmd_gives_a_body_and_its_label(shared_data: Path) -> None:
    folder = shared_data / "exercise-uiprmd-more"
    some = list(files_of(folder, "*s01_e01"))
    assert {each.sensor for each in some} == {"kinect", "vicon"}
    assert {each.labelled.example.accepted for each in some} == {True, False}
    assert len(some) == 16
    assert len({each.file for each in some}) == len(some)

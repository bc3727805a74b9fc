"""The cost of a second task: same walk with and without; whatever else differs is refused."""

from __future__ import annotations

import pytest

from poise.measures.dual_task import compare, cost_percent
from poise.model import Measurement

UNITS = {"gait.speed": "m/s", "gait.stride_time_cv": "%", "tug.time": "s", "balance.sway_velocity": "mm/s"}


def recording(
    name: str, attention: str, error: float = 0.02, /, *, more: dict[str, str] | None = None, **values: float
):  # type: ignore[no-untyped-def]
    measured = tuple(
        Measurement(
            measure=(m := each.replace("__", ".")), value=value, unit=UNITS[m], side=None, n=20, sd=0.1, start_s=0.0, end_s=20.0,
            valid_fraction=1.0, method="simulated 1", recording=name, error=error, error_source="made up",
        )
        for each, value in values.items()
    )  # fmt: skip
    return name, {"attention": attention, **(more or {})}, measured


def costs(found) -> dict[str, float]:  # type: ignore[no-untyped-def]
    return {m.measure: m.value for each in found for m in each.measurements}


def test_slower_and_less_steady_is_a_cost() -> None:
    single = recording("a", "single", gait__speed=1.2, gait__stride_time_cv=2.0)
    dual = recording("b", "dual", gait__speed=0.9, gait__stride_time_cv=3.0)
    (found,) = compare([single, dual])
    told = costs([found])
    assert told["dual_task.cost.speed"] == pytest.approx(25.0)
    assert told["dual_task.cost.stride_time_cv"] == pytest.approx(50.0)
    assert told["dual_task.cost"] == pytest.approx(25.0)
    assert found.varied == "attention"
    assert found.of == ("a", "b")


def test_better_with_the_second_task_is_negative_and_the_order_of_files_is_nothing() -> None:
    dual, single = recording("b", "dual", tug__time=9.0), recording("a", "single", tug__time=10.0)
    assert costs(compare([dual, single]))["dual_task.cost"] == pytest.approx(-10.0)


def test_trials_are_averaged_and_their_errors_carried_over() -> None:
    told = [recording(f"s{i}", "single", gait__speed=1.0 + 0.1 * i) for i in range(3)]
    told += [recording(f"d{i}", "dual", gait__speed=0.88) for i in range(2)]
    (found,) = compare(told)
    cost = found.measurements[0]
    assert cost.value == pytest.approx(20.0)
    assert cost.error == pytest.approx(100 / 1.1 * ((0.02**2 / 2) + (0.8 * 0.02) ** 2 / 3) ** 0.5)
    assert not found.problems


def test_what_else_differs_is_refused() -> None:
    single = recording("a", "single", gait__speed=1.2, more={"surface": "firm"})
    dual = recording("b", "dual", gait__speed=0.9, more={"surface": "foam"})
    (found,) = compare([single, dual])
    assert not found.measurements
    assert "surface" in found.problems[0].what


def test_standing_is_not_set_against_walking() -> None:
    assert (
        compare([recording("a", "single", gait__speed=1.2), recording("b", "dual", balance__sway_velocity=9.0)]) == ()
    )


def test_two_tasks_of_one_run_each_have_their_cost() -> None:
    told = compare([recording("a", "single", gait__speed=1.0), recording("b", "dual", gait__speed=0.9),
                    recording("c", "single", balance__sway_velocity=10.0), recording("d", "dual", balance__sway_velocity=12.0)])  # fmt: skip
    assert {each.of for each in told} == {("a", "b"), ("c", "d")}
    assert costs(told)["dual_task.cost.sway_velocity"] == pytest.approx(20.0)


def test_without_both_kinds_there_is_nothing_to_tell() -> None:
    assert compare([recording("a", "single", gait__speed=1.2)]) == ()
    assert compare([("a", {}, ()), recording("b", "dual", gait__speed=1.2)]) == ()


def test_an_unknown_error_stays_unknown() -> None:
    found = compare([recording("a", "single", float("nan"), gait__speed=1.2), recording("b", "dual", gait__speed=0.9)])
    assert found[0].measurements[0].error != found[0].measurements[0].error


def test_no_cost_of_nothing() -> None:
    assert cost_percent(0.0, 1.0, larger_is_better=True) != cost_percent(0.0, 1.0, larger_is_better=True)

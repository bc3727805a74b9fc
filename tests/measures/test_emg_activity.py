"""Muscles measured in simulated recordings: order, sides, quiet muscles, opposing muscles, doubts told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poise.measures import emg_order
from poise.measures.emg_activity import MEASURE
from poise.measures.emg_channels import channels_of
from poise.measures.emg_gait import MEASURE as GAIT
from poise.measures.emg_gait import agreement, compute_with
from poise.measures.emg_movement import excursions
from poise.measures.muscle_comparison import compare
from poise.model import Event, Frame, Kind, Stream, Stride
from poise.testing.emg import Activity, SimulatedMuscle, Trial, record


def bursts(*, delay_s: float = 0.0, level: float = 1.0, count: int = 6, length_s: float = 1.0) -> tuple[Activity, ...]:
    return tuple(
        Activity(onset_s=2.0 + 3.0 * i + delay_s, offset_s=2.0 + 3.0 * i + delay_s + length_s, level=level)
        for i in range(count)
    )


def muscle(name: str, *, snr_db: float = 26.0, **kind) -> SimulatedMuscle:
    return SimulatedMuscle(name=name, bursts=bursts(**kind), snr_db=snr_db)


def trial(*muscles: SimulatedMuscle, duration_s: float = 21.0, seed: int = 0, **kind):
    return record(Trial(muscles=muscles, duration_s=duration_s, **kind), seed=seed)


def values(measured) -> dict[str, float]:
    return {m.ref: m.value for m in measured.measurements}


class TestSides:
    def test_a_known_imbalance_of_20_percent_is_reported(self):
        recording = trial(muscle("left vastus lateralis"), muscle("right vastus lateralis", level=0.8))
        assert values(MEASURE.compute(recording))["emg.level_asymmetry.vastus_lateralis"] == pytest.approx(
            20.0, abs=2.0
        )

    def test_mirrored_the_imbalance_changes_its_sign(self):
        recording = trial(muscle("left vastus lateralis", level=0.8), muscle("right vastus lateralis"))
        assert values(MEASURE.compute(recording))["emg.level_asymmetry.vastus_lateralis"] == pytest.approx(
            -20.0, abs=2.0
        )

    def test_a_quiet_muscle_shows_its_deficit_and_its_delay(self):
        quiet = muscle("right vastus medialis", level=0.5, delay_s=0.06)
        found = values(MEASURE.compute(trial(muscle("left vastus medialis"), quiet)))
        assert found["emg.level_asymmetry.vastus_medialis"] == pytest.approx(50.0, abs=5.0)
        assert found["emg.delay_between_sides.vastus_medialis"] == pytest.approx(-0.06, abs=0.015)

    def test_noisier_electrodes_do_not_hide_a_difference(self):
        noisy = replace(muscle("right vastus lateralis", snr_db=14.0), noise_uv=12.0)
        found = values(MEASURE.compute(trial(muscle("left vastus lateralis"), noisy)))
        assert found["emg.level_asymmetry.vastus_lateralis"] == pytest.approx(0.0, abs=6.0)


class TestOrder:
    def test_order_delays_and_agreement(self):
        recording = trial(
            muscle("right gluteus maximus", delay_s=0.12, snr_db=22.0),
            muscle("right biceps femoris"),
            muscle("right erector spinae", delay_s=0.06, snr_db=20.0),
        )
        measured = MEASURE.compute(recording)
        found = values(measured)
        assert [found[f"emg.order.{m}@right"] for m in ("biceps_femoris", "erector_spinae", "gluteus_maximus")] == [
            1,
            2,
            3,
        ]
        assert found["emg.delay.gluteus_maximus@right"] == pytest.approx(0.12, abs=0.015)
        assert found["emg.lag.gluteus_maximus_after_hamstrings@right"] == pytest.approx(0.12, abs=0.015)
        assert found["emg.order_consistency"] == 1.0
        told = next(m for m in measured.measurements if m.measure == "emg.delay.gluteus_maximus")
        assert told.n == 6
        assert "after right biceps femoris" in told.method

    def test_an_order_that_is_asked_for_is_compared(self):
        recording = trial(muscle("soleus"), muscle("tibialis anterior", delay_s=0.2, snr_db=20.0))
        names = ("tibialis_anterior", "soleus")
        assert values(MEASURE.compute_with(recording, names))["emg.order_distance"] == 1.0
        assert values(MEASURE.compute_with(recording, names[::-1]))["emg.order_distance"] == 0.0

    def test_a_fault_needs_five_repetitions_and_more_than_twice_the_error(self):
        def faults(delay_s: float, count: int):
            late = SimulatedMuscle(name="soleus", bursts=bursts(delay_s=delay_s, count=count), snr_db=26.0)
            recording = trial(late, muscle("tibialis anterior", count=count))
            channels = channels_of(recording).usable
            starts = [b.onset_s for b in channels[1].bursts]
            return emg_order.faults(emg_order.onsets_of(channels, starts, ""), ("soleus", "tibialis_anterior"))

        assert [pair[:2] for pair in faults(0.08, 6)] == [("soleus", "tibialis_anterior")]
        assert faults(0.005, 6) == ()
        assert faults(0.08, 4) == ()

    def test_kendall(self):
        assert emg_order.kendall_w([[1, 2, 3], [1, 2, 3]]) == 1.0
        assert emg_order.kendall_w([[1, 2, 3], [3, 2, 1]]) == 0.0
        assert np.isnan(emg_order.kendall_w([[1, 2, 3]]))
        assert emg_order.tau_distance("abc", "cba") == 1.0
        assert emg_order.tau_distance("abc", "acb") == pytest.approx(1 / 3)

    def test_a_walk_has_no_order_of_bursts(self):
        recording = replace(trial(muscle("soleus"), muscle("tibialis anterior", delay_s=0.2)), task="walk")
        assert not any("order" in m.measure for m in MEASURE.compute(recording).measurements)


class TestOpposing:
    def test_alternating_muscles_share_little_and_together_much(self):
        together = trial(muscle("rectus femoris"), muscle("biceps femoris"))
        in_turn = trial(muscle("rectus femoris"), muscle("biceps femoris", delay_s=1.2))
        assert values(MEASURE.compute(together))["emg.cocontraction.knee"] > 75.0
        assert values(MEASURE.compute(in_turn))["emg.cocontraction.knee"] < 10.0

    def test_a_silent_antagonist_is_not_made_loud(self):
        found = values(MEASURE.compute(trial(muscle("rectus femoris"), SimulatedMuscle(name="biceps femoris"))))
        assert found["emg.cocontraction.knee"] < 5.0
        assert found["emg.agonist_share.knee"] > 95.0

    def test_the_scale_of_the_file_does_not_matter(self):
        recording = trial(muscle("rectus femoris"), muscle("biceps femoris", level=0.5))
        stream = recording[Kind.EMG]
        volts = replace(stream, values=1e-6 * stream.values, unit="V")
        found = [values(MEASURE.compute(replace(recording, streams={Kind.EMG: s}))) for s in (stream, volts)]
        assert found[0]["emg.amplitude.rectus_femoris"] == pytest.approx(found[1]["emg.amplitude.rectus_femoris"])
        assert found[0]["emg.cocontraction.knee"] == pytest.approx(found[1]["emg.cocontraction.knee"])


class TestDoubts:
    def test_bursts_know_how_sure_they_are(self):
        clear = MEASURE.compute(trial(muscle("soleus", snr_db=26.0))).bursts
        poor = MEASURE.compute(trial(muscle("soleus", snr_db=5.0))).bursts
        assert min(b.confidence for b in clear) > 0.7 > max(b.confidence for b in poor)
        assert not any(b.uncertain for b in clear)
        assert all(b.uncertain for b in poor)

    def test_without_a_unit_levels_are_in_percent_of_the_peak(self):
        recording = trial(muscle("soleus"))
        counts = replace(recording[Kind.EMG], unit="count")
        measured = MEASURE.compute(replace(recording, streams={Kind.EMG: counts}))
        assert {m.unit for m in measured.measurements if m.measure.startswith("emg.amplitude.")} == {"%"}
        assert not any(m.measure.startswith(("emg.rest_level", "emg.peak")) for m in measured.measurements)

    def test_a_flat_and_a_copied_channel_give_no_number(self):
        recording = trial(muscle("soleus"), muscle("tibialis anterior"), muscle("rectus femoris"))
        stream = recording[Kind.EMG]
        broken = stream.values.copy()
        broken[:, 1] = 5.0
        broken[:, 2] = broken[:, 0]
        measured = MEASURE.compute(replace(recording, streams={Kind.EMG: replace(stream, values=broken)}))
        assert {m.measure.rsplit(".", 1)[-1] for m in measured.measurements} == {"soleus"}
        assert sum("nothing is measured" in p.what for p in measured.problems) == 2

    def test_rest_alone_is_told_and_not_timed(self):
        measured = MEASURE.compute(trial(SimulatedMuscle(name="soleus")))
        assert not measured.bursts
        assert not any("onset" in m.measure for m in measured.measurements)
        assert any("never rose" in p.what for p in measured.problems)

    def test_no_emg_no_number(self):
        recording = replace(trial(muscle("soleus")), streams={})
        assert not MEASURE.fits(recording)
        measured = MEASURE.compute(recording)
        assert not measured.measurements
        assert measured.problems

    def test_every_measure_is_defined(self):
        recording = trial(
            muscle("left vastus medialis"), muscle("left vastus lateralis"), muscle("left biceps femoris")
        )
        defined = {each.measure for each in (*MEASURE.defines, *GAIT.defines)}
        assert {m.measure for m in MEASURE.compute(recording).measurements} <= defined


class TestBesideAnAngle:
    def test_levels_by_phase_and_how_early_a_muscle_starts(self):
        recording = trial(muscle("rectus femoris", length_s=1.4), duration_s=21.0)
        time_s = np.arange(1050) / 50.0
        angle = np.zeros(1050)
        for start in 2.05 + 3.0 * np.arange(6):
            angle += 80.0 * (np.clip((time_s - start) / 0.4, 0, 1) - np.clip((time_s - start - 1.0) / 0.4, 0, 1))
        stream = Stream(
            kind=Kind.JOINT_ANGLES, channels=("FX",), time_s=time_s, values=angle[:, None, None], unit="deg",
            frame=Frame(name="joint"),
        )  # fmt: skip
        beside = replace(recording, streams={**recording.streams, Kind.JOINT_ANGLES: stream})
        found = values(MEASURE.compute(beside))
        assert found["emg.movement_delay.rectus_femoris"] == pytest.approx(-0.05, abs=0.05)
        assert found["emg.amplitude_hold.rectus_femoris"] > found["emg.amplitude_back.rectus_femoris"]
        assert len(excursions(time_s, angle)) == len(excursions(time_s, 300.0 - angle)) == 6
        assert excursions(time_s, np.random.default_rng(0).normal(0, 0.5, 1050)) == ()


class TestGait:
    def strides(self, side="right"):
        return [Stride(side=side, start_s=1.0 + i, end_s=2.0 + i) for i in range(15)]

    def walking(self, name="right soleus"):
        steps = tuple(Activity(onset_s=1.1 + i, offset_s=1.5 + i) for i in range(15))
        return trial(SimulatedMuscle(name=name, bursts=steps, snr_db=20.0), duration_s=17.0)

    def test_the_curve_and_the_timing_over_the_cycle(self):
        measured = compute_with(self.walking(), self.strides(), {"soleus": ((10.0, 50.0),)})
        (curve,) = measured.curves
        assert (curve.curve, curve.side, curve.unit, curve.n) == ("emg.soleus", "right", "%", 15)
        assert curve.mean.max() == pytest.approx(100.0)
        found = values(measured)
        assert found["emg.on_percent.soleus@right"] == pytest.approx(10.0, abs=3.0)
        assert found["emg.off_percent.soleus@right"] == pytest.approx(50.0, abs=3.0)
        assert found["emg.usual_agreement.soleus@right"] > 95.0

    def test_muscles_of_the_other_side_are_not_cut_by_these_strides(self):
        assert not compute_with(self.walking("left soleus"), self.strides()).curves

    def test_contacts_that_the_file_marks_are_used(self):
        recording = self.walking()
        assert not GAIT.fits(recording)
        contacts = tuple(Event(event="initial_contact", side="right", time_s=1.0 + i) for i in range(16))
        marked = replace(recording, events=contacts)
        assert GAIT.fits(marked)
        assert GAIT.compute(marked).curves[0].n == 15

    def test_agreement_counts_both_being_on_and_being_off(self):
        on = np.zeros(101, dtype=bool)
        on[10:51] = True
        assert agreement(on, [(10.0, 50.0)]) == 100.0
        assert agreement(~on, [(10.0, 50.0)]) == 0.0


class TestComparisons:
    def test_percent_of_a_maximal_contraction(self):
        task = MEASURE.compute(trial(muscle("left soleus", level=0.25))).measurements
        maximal = MEASURE.compute(trial(muscle("left soleus", length_s=1.5), seed=1)).measurements
        (found,) = compare([("task", {}, task), ("max", {"contraction": "maximal"}, maximal)])
        (value,) = found.measurements
        assert value.measure == "emg.amplitude_of_mvc.soleus"
        assert value.value == pytest.approx(25.0, abs=5.0)
        assert not found.problems

    def test_levels_without_a_unit_or_of_another_method_are_refused(self):
        task = MEASURE.compute(trial(muscle("left soleus"))).measurements
        maximal = MEASURE.compute(trial(muscle("left soleus"), seed=1)).measurements
        other = [replace(m, method="another/1") for m in task]
        (found,) = compare([("task", {}, other), ("max", {"contraction": "maximal"}, maximal)])
        assert not found.measurements
        assert any("not compared" in p.what for p in found.problems)

    def test_a_task_above_the_maximum_is_told(self):
        task = MEASURE.compute(trial(muscle("left soleus", level=2.0))).measurements
        maximal = MEASURE.compute(trial(muscle("left soleus"), seed=1)).measurements
        (found,) = compare([("task", {}, task), ("max", {"contraction": "maximal"}, maximal)])
        assert any("not maximal" in p.what for p in found.problems)

    def test_sides_tested_in_turn(self):
        left = MEASURE.compute(trial(muscle("soleus"), muscle("tibialis anterior", delay_s=0.2, snr_db=20.0)))
        right = MEASURE.compute(
            trial(muscle("soleus", level=0.5), muscle("tibialis anterior", delay_s=0.26, snr_db=20.0))
        )
        (found,) = compare([("l", {"side": "left"}, left.measurements), ("r", {"side": "right"}, right.measurements)])
        told = {m.measure: m.value for m in found.measurements}
        assert told["emg.side_deficit.soleus"] == pytest.approx(48.0, abs=5.0)

    def test_a_muscle_that_does_not_let_go_between_efforts_is_told(self):
        tense = replace(muscle("soleus", snr_db=20.0), noise_uv=9.0)
        task = MEASURE.compute(trial(tense)).measurements
        rest = MEASURE.compute(trial(SimulatedMuscle(name="soleus", noise_uv=3.0), seed=2)).measurements
        (found,) = compare([("task", {}, task), ("rest", {"contraction": "rest"}, rest)])
        assert found.measurements[0].value == pytest.approx(3.0, rel=0.1)
        assert any("twice as active" in p.what for p in found.problems)

"""EMG as plain signals: published vectors, laws of cleaning and onset, bursts whose onsets are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.errors import BadSetting
from poise.signals import emg, emg_checks
from poise.signals.emg_cocontraction import falconer_winter, falconer_winter_sum, rudolph, rudolph_sum, wasted
from poise.signals.emg_onset import DEFAULT, DETECTORS, first_exceeding_window
from poise.signals.emg_spectrum import epochs, median_frequency_hz, quadrant
from poise.signals.spectra import mean_frequency_hz, periodogram_offline
from poise.testing.emg import SHAPES, Activity, SimulatedMuscle, random_bursts, signal

RATE_HZ = 1000.0
BURST = Activity(onset_s=2.0, offset_s=3.0)


def made(*, snr_db: float = 20.0, rate_hz: float = RATE_HZ, seed: int = 0, bursts=(BURST,), **kind) -> np.ndarray:
    muscle = SimulatedMuscle(bursts=tuple(bursts), snr_db=snr_db, **kind)
    return signal(muscle, duration_s=6.0, rate_hz=rate_hz, random=np.random.default_rng(seed))


def found(raw: np.ndarray, rate_hz: float = RATE_HZ, method: str = DEFAULT) -> list[tuple[float, float]]:
    clean = emg.clean_offline(raw, rate_hz)
    rest = emg.rest_of(clean, rate_hz)
    assert rest is not None
    spans = DETECTORS[method](clean, rate_hz, rest)
    return [(a / rate_hz, b / rate_hz) for a, b in zip(spans.start, spans.stop, strict=True)]


class TestVectors:
    def test_emg_tkeo(self):
        n = np.arange(1000)
        energy = emg.tkeo(2.0 * np.sin(2 * np.pi * 50 * n / 1000))
        assert energy == pytest.approx(0.38196601, abs=1e-8)

    def test_emg_onset_step(self):
        n = np.arange(1000)
        x = 0.2 * np.where(n % 2 == 1, 1.0, -1.0) * np.where(n >= 500, 20.0, 1.0)
        rest = np.abs(x[:300])
        threshold = rest.mean() + 3 * rest.std()
        assert threshold == pytest.approx(0.2)
        assert first_exceeding_window(np.abs(x), 25, threshold) == (476, 500)

    def test_emg_cci(self):
        agonist, antagonist = [10, 20, 40, 60, 40, 20], [30, 20, 10, 30, 50, 40]
        assert rudolph(agonist, antagonist) == pytest.approx(35.47222222)
        assert rudolph_sum(agonist, antagonist) == pytest.approx(212.83333333)
        assert falconer_winter_sum(agonist, antagonist) == pytest.approx(70.27027027)
        assert falconer_winter(agonist, antagonist) == pytest.approx(71.875)
        assert wasted(agonist, antagonist) == pytest.approx(21.66666667)

    def test_emg_medfreq(self):
        t = np.arange(2000) / 1000
        spectrum = periodogram_offline(np.sin(2 * np.pi * 60 * t) + 2 * np.sin(2 * np.pi * 140 * t), 1000)
        assert mean_frequency_hz(spectrum) == pytest.approx(124.0, abs=0.5)
        assert median_frequency_hz(spectrum) == pytest.approx(140.0, abs=0.5)


class TestCleaning:
    def test_an_offset_and_a_slow_drift_are_no_activity(self):
        drift = 500.0 + 300.0 * np.sin(2 * np.pi * 0.5 * np.arange(6000) / 1000)
        inner = slice(500, -500)
        assert np.allclose(
            emg.clean_offline(made() + drift, RATE_HZ)[inner], emg.clean_offline(made(), RATE_HZ)[inner], atol=1.0
        )

    def test_an_envelope_is_never_negative(self):
        assert emg.envelope_offline(emg.clean_offline(made(), RATE_HZ), RATE_HZ).min() >= 0.0

    def test_missing_samples_stay_missing_and_harm_no_other(self):
        raw = made()
        raw[3500:3600] = np.nan
        clean = emg.clean_offline(raw, RATE_HZ)
        assert np.isnan(clean[3500:3600]).all()
        assert np.isfinite(clean[:3500]).all()
        assert found(raw)[0][0] == pytest.approx(2.0, abs=0.03)

    def test_a_signal_too_slow_to_be_raw_is_refused(self):
        with pytest.raises(BadSetting, match="200 samples"):
            emg.clean_offline(np.zeros(100), 100.0)

    def test_hum_is_seen_and_notched(self):
        raw = made(mains_uv=20.0)
        mains = emg_checks.mains(raw[:1900], RATE_HZ)
        assert mains is not None
        assert mains[0] == 50.0
        assert mains[1] > 0.5
        notched = emg.notch_offline(emg.clean_offline(raw, RATE_HZ), RATE_HZ, 50.0)
        assert emg_checks.mains(notched[300:1900], RATE_HZ) is None
        assert emg_checks.mains(made()[:1900], RATE_HZ) is None

    def test_clipping_flat_and_moving_cables_are_told(self):
        raw = made(snr_db=30.0)
        assert emg_checks.clipped_share(np.clip(raw, -50, 50)) > 0.01 > emg_checks.clipped_share(raw)
        assert emg_checks.is_flat(np.full(5000, 3.0))
        assert not emg_checks.is_flat(raw)
        sway = 400.0 * np.sin(2 * np.pi * 3.0 * np.arange(6000) / 1000)
        assert emg_checks.slow_share(raw + sway, RATE_HZ) > 0.5 > emg_checks.slow_share(raw, RATE_HZ)

    def test_a_heart_in_a_trunk_muscle_is_heard(self):
        random = np.random.default_rng(1)
        quiet = signal(SimulatedMuscle(), duration_s=30.0, rate_hz=RATE_HZ, random=random)
        beats = quiet.copy()
        for beat in np.arange(0.5, 29.5, 0.85):
            at = round(beat * 1000)
            beats[at : at + 40] += 40.0 * np.hanning(40) * np.sin(np.linspace(0, 6 * np.pi, 40))
        for raw, expected in ((beats, 1 / 0.85), (quiet, None)):
            clean = emg.clean_offline(raw, RATE_HZ)
            rest = emg.rest_of(clean, RATE_HZ)
            heard = emg_checks.heart_rate_hz(clean, RATE_HZ, rest)
            assert heard == (None if expected is None else pytest.approx(expected, rel=0.05))


class TestRest:
    @pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
    def test_rest_is_found_however_long_the_muscle_works(self, share):
        length = 20.0 * share / 4
        bursts = tuple(Activity(onset_s=1 + 5 * i, offset_s=1 + 5 * i + length) for i in range(4))
        muscle = SimulatedMuscle(bursts=bursts, noise_uv=4.0)
        raw = signal(muscle, duration_s=21.0, rate_hz=RATE_HZ, random=np.random.default_rng(0))
        rest = emg.rest_of(emg.clean_offline(raw, RATE_HZ), RATE_HZ)
        assert rest is not None
        assert rest.level == pytest.approx(4.0, rel=0.1)

    def test_a_lead_that_fell_off_is_not_taken_for_rest(self):
        raw = made(noise_uv=4.0)
        raw[4000:] = 0.0
        rest = emg.rest_of(emg.clean_offline(raw, RATE_HZ)[:6000], RATE_HZ)
        assert rest is not None
        assert rest.level == pytest.approx(4.0, rel=0.2)

    def test_too_little_signal_has_no_rest(self):
        assert emg.rest_of(np.zeros(100), RATE_HZ) is None
        assert emg.rest_of(np.full(5000, np.nan), RATE_HZ) is None


class TestOnset:
    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize(("snr_db", "error_s"), [(6.0, 0.025), (12.0, 0.010), (20.0, 0.004)])
    def test_every_burst_is_found_in_time(self, shape, snr_db, error_s):
        errors = []
        for seed in range(6):
            random = np.random.default_rng((seed, int(snr_db)))
            rate_hz = (1000.0, 2000.0)[seed % 2]
            bursts, duration_s = random_bursts(6, random=random, rise_s=SHAPES[shape])
            muscle = SimulatedMuscle(bursts=bursts, snr_db=snr_db)
            spans = found(signal(muscle, duration_s=duration_s, rate_hz=rate_hz, random=random), rate_hz)
            assert len(spans) == len(bursts)
            errors += [abs(span[0] - burst.onset_s) for span, burst in zip(spans, bursts, strict=True)]
        assert max(errors) < 0.1
        assert np.median(errors) <= error_s

    def test_rest_alone_has_no_onset(self):
        for seed in range(5):
            assert found(made(bursts=(), seed=seed)) == []

    @pytest.mark.parametrize("method", DETECTORS)
    def test_every_detector_finds_a_loud_burst(self, method):
        ((onset_s, offset_s),) = found(made(snr_db=26.0), method=method)
        assert onset_s == pytest.approx(2.0, abs=0.06)
        assert offset_s == pytest.approx(3.0, abs=0.06)

    def test_the_unit_does_not_matter(self):
        raw = made()
        assert found(raw) == found(1e-6 * raw) == found(-raw)

    def test_played_backwards_offsets_become_onsets(self):
        raw = made()
        ((onset_s, offset_s),) = found(raw)
        ((back_on_s, back_off_s),) = found(raw[::-1])
        assert back_on_s == pytest.approx(6.0 - offset_s, abs=0.003)
        assert back_off_s == pytest.approx(6.0 - onset_s, abs=0.003)

    @settings(max_examples=15)
    @given(st.floats(0.0, 1.5))
    def test_a_later_burst_has_a_later_onset(self, by_s):
        by_s = round(by_s, 3)
        ((onset_s, _),) = found(made(bursts=(Activity(onset_s=2.0 + by_s, offset_s=3.0 + by_s),)))
        assert onset_s == pytest.approx(2.0 + by_s, abs=0.03)


class TestFatigue:
    def test_a_spectrum_that_slows_has_a_falling_median(self):
        random = np.random.default_rng(0)
        parts = []
        for second in range(8):
            quick, slow = (
                signal(
                    SimulatedMuscle(bursts=(Activity(onset_s=0, offset_s=1),)),
                    duration_s=1.0,
                    rate_hz=rate,
                    random=random,
                )
                for rate in (1000.0, 1000.0)
            )
            stretch = np.interp(np.arange(1000) * (1 - 0.04 * second), np.arange(1000), quick)
            parts.append(stretch * (1 + 0.05 * second) + 0.0 * slow)
        told = epochs(np.concatenate(parts), RATE_HZ)
        assert told.slope_percent_s() < -2.0
        assert quadrant(told.change_percent("median_hz"), told.change_percent("level")) == "fatigue"

    def test_the_four_quadrants(self):
        assert [quadrant(*each) for each in ((-20, 20), (20, 20), (-20, -20), (20, -20), (1, 2))] == [
            "fatigue", "force_up", "force_down", "recovery", "steady",
        ]  # fmt: skip


class TestCocontraction:
    def test_same_is_whole_and_alternating_is_nothing(self):
        wave = np.array([1.0, 5.0, 3.0])
        assert falconer_winter(wave, wave) == pytest.approx(100.0)
        assert falconer_winter(3 * wave, 3 * wave) == pytest.approx(100.0)
        assert falconer_winter([1, 0, 1], [0, 0, 0]) == 0.0 == rudolph([1, 0, 1], [0, 0, 0])

    def test_silence_shares_nothing_and_has_no_percent(self):
        assert np.isnan(falconer_winter([0, 0], [0, 0]))
        assert rudolph([0, 0], [0, 0]) == 0.0

    def test_order_of_the_muscles_does_not_matter(self):
        one, other = np.random.default_rng(0).random((2, 50))
        assert falconer_winter(one, other) == falconer_winter(other, one)
        assert rudolph(one, other) == rudolph(other, one)

"""When muscles are usually on: each window cited, known, within the cycle."""

from __future__ import annotations

from poise.knowledge.emg_timing import read_timing, usual_timing, usual_windows
from poise.knowledge.reading import Faults
from poise.model.muscles import BY_NAME


def test_every_window_has_a_muscle_a_source_and_an_order():
    for muscle, timing in usual_timing().items():
        assert muscle in BY_NAME
        assert timing.citation
        assert timing.evidence == "general-knowledge"
        assert all(0.0 <= on < off <= 100.0 for on, off in timing.windows)


def test_the_calf_works_in_stance_and_the_shin_in_swing():
    windows = usual_windows()
    assert windows["soleus"] == ((7.0, 51.0),)
    assert windows["tibialis_anterior"] == ((0.0, 13.0), (56.0, 100.0))


def test_what_is_wrong_is_named_with_its_line(tmp_path):
    (tmp_path / "emg_timing.yaml").write_text(
        "windows:\n- {muscle: elbow, starts: [5], ends: [4], population: x, evidence: verified, source: nobody}\n"
    )
    faults = Faults()
    read_timing(tmp_path, {}, faults)
    assert all("line 2" in fault for fault in faults.found)
    assert len(faults.found) == 3

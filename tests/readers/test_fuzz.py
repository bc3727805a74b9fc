"""Whatever bytes a file holds, a reader gives recordings or an error that a person understands, soon and in little memory."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poise.errors import PoiseError
from poise.model import Recording
from poise.readers.find import read_file, readers
from poise.testing import files

CONSTANT_BYTES = 48_000_000
LONGEST_S = 1.0
FUZZ = settings(
    max_examples=int(os.environ.get("POISE_FUZZ", "12")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WHOLE = {name: make() for name, make in files.SAMPLES.items()}


def attempt(path: Path, raw: bytes) -> tuple[Recording, ...] | PoiseError:
    path.write_bytes(raw)
    try:
        return read_file(path)
    except PoiseError as error:
        return error


def timed(path: Path, raw: bytes) -> tuple[tuple[Recording, ...] | PoiseError, float]:
    """The outcome, and the processor time it took."""
    start = time.process_time()
    return attempt(path, raw), time.process_time() - start


def bounded(path: Path, raw: bytes) -> tuple[Recording, ...] | PoiseError:
    """Read under the limits of time and memory, each taken by itself: tracing memory slows Python many times."""
    outcome, spent_s = timed(path, raw)
    for _ in range(2):  # a noisy machine may steal time once; what is slow by itself is slow every time
        if spent_s > LONGEST_S:
            spent_s = min(spent_s, timed(path, raw)[1])
    assert spent_s <= LONGEST_S, f"{spent_s:.1f} s for {len(raw)} bytes"
    tracemalloc.start()
    try:
        attempt(path, raw)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= 10 * len(raw) + CONSTANT_BYTES, f"{peak / 1e6:.0f} MB for {len(raw)} bytes"
    return outcome


def whole(outcome: tuple[Recording, ...] | PoiseError) -> None:
    if isinstance(outcome, PoiseError):
        assert outcome.problem
        assert "Traceback" not in str(outcome)
        return
    assert outcome
    for recording in outcome:
        assert recording.streams
        for stream in recording.streams.values():
            assert stream.values.shape[:2] == (len(stream.time_s), len(stream.channels))
            assert not (stream.time_s[1:] < stream.time_s[:-1]).any()


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    readers()


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_reads(tmp_path: Path, name: str) -> None:
    outcome = attempt(tmp_path / name, WHOLE[name])
    assert isinstance(outcome, tuple), outcome


@pytest.mark.parametrize("name", WHOLE)
@FUZZ
@given(data=st.data())
def test_a_file_cut_off_anywhere(tmp_path: Path, name: str, data: st.DataObject) -> None:
    raw = WHOLE[name]
    whole(bounded(tmp_path / name, raw[: data.draw(st.integers(0, len(raw) - 1))]))


@pytest.mark.parametrize("name", WHOLE)
@FUZZ
@given(data=st.data())
def test_a_file_with_flipped_bytes(tmp_path: Path, name: str, data: st.DataObject) -> None:
    raw = bytearray(WHOLE[name])
    header = st.integers(0, min(len(raw), 2000) - 1)
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.one_of(header, st.integers(0, len(raw) - 1)))
        raw[at] = data.draw(st.integers(0, 255))
    whole(bounded(tmp_path / name, bytes(raw)))


@pytest.mark.parametrize("name", WHOLE)
@FUZZ
@given(data=st.data())
def test_a_file_with_odd_words_in_it(tmp_path: Path, name: str, data: st.DataObject) -> None:
    raw = WHOLE[name]
    odd = [
        b"NaN",
        b"-1",
        b"1e999",
        b"9" * 400,
        b"",
        b"\n",
        b"\t",
        b",",
        b"\0",
        b"\xff\xfe",
        b"inf",
        b"\xe9",
        b"{",
        b"[[[[",
        b"\r",
    ]
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.one_of(st.integers(0, min(len(raw), 600)), st.integers(0, len(raw))))
        taken = data.draw(st.integers(0, 40))
        raw = raw[:at] + data.draw(st.sampled_from(odd)) + raw[at + taken :]
    whole(bounded(tmp_path / name, raw))


@pytest.mark.parametrize(
    "suffix", sorted({Path(name).suffix for name in WHOLE} | {".c3d", ".gz", ".xz", ".zip", ".sto", ""})
)
@FUZZ
@given(raw=st.binary(max_size=3000))
def test_any_bytes_under_any_name(tmp_path: Path, suffix: str, raw: bytes) -> None:
    whole(bounded(tmp_path / f"file{suffix}", raw))


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".zip"])
@FUZZ
@given(data=st.data())
def test_a_damaged_package(tmp_path: Path, suffix: str, data: st.DataObject) -> None:
    inner = WHOLE["walk.trc"]
    if suffix == ".zip":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("deep/walk.trc", inner)
        raw = bytearray(file.getvalue())
    else:
        raw = bytearray(gzip.compress(inner) if suffix == ".gz" else lzma.compress(inner))
    for _ in range(data.draw(st.integers(0, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    whole(bounded(tmp_path / f"walk.trc{suffix}", bytes(raw[: data.draw(st.integers(1, len(raw)))])))


HOSTILE = {
    "brackets.json": b"[" * 200_000,
    "pairs.json": b"[" + b"[]," * 300_000 + b"[]]",
    "empty_objects.json": b"[" + b"{}," * 300_000 + b"{}]",
    "wide.csv": b"time," + b"a_x," * 200_000 + b"\n" + b"1," * 200_000 + b"\n",
    "ragged.csv": b"time,acc_x,acc_y,acc_z\n" + b"0," * 2000 + b"\n" + b"1\n" * 300_000,
    "narrow_and_wide.mot": b"x\nnRows=1\nendheader\ntime\t"
    + b"\t".join(b"c%d" % i for i in range(5000))
    + b"\n"
    + b"1\t\n" * 20_000,
    "one_line.txt": b"1 " * 500_000,
    "no_newline.trc": b"PathFileType\t4\t" + b"x" * 500_000,
    "names.trc": b"PathFileType\nDataRate NumMarkers\n100 1\nFrame#\tTime\t" + b"A\t" * 20_000 + b"\n\n1\t0.1\t2\n" * 3,
    "utf16.csv": "time,acc_x,acc_y,acc_z\n0,1,2,3\n1,2,3,4\n".encode("utf-16"),
    "half_utf16.csv": b"\xff\xfet\0i\0m\0e\0,\0\xd8",
    "false_count.mat": files.mat_with_false_count(),
    "header_only.mat": WHOLE["data.mat"][:128],
    "header_only.txt": WHOLE["stand.txt"].split(b"\n")[0],
    "numbers.json": b"[" + b"9" * 5000 + b"]",
    "times.csv": b"time,acc_x,acc_y,acc_z\n0,0,0,1\n1e300,0,0,1\n2e300,0,0,1\n",
    "same_times.csv": b"time,acc_x,acc_y,acc_z\n" + b"5,0,0,1\n" * 1000,
    "far_times.csv": b"time,acc_x,acc_y,acc_z\n0,0,0,1\n0.01,0,0,1\n0.02,0,0,1\n1e9,0,0,1\n",
    "packets.txt": b"// Update Rate: 100.0Hz\nPacketCounter\tAcc_X\tAcc_Y\tAcc_Z\n1\t1\t1\t1\n9000000000000000\t1\t1\t1\n",
    "endless_rate.txt": b"// Update Rate: 1e400Hz\nPacketCounter\tAcc_X\tAcc_Y\tAcc_Z\n1\t1\t1\t1\n",
    "only_nan.csv": b"time,acc_x,acc_y,acc_z\n" + b"NaN,NaN,NaN,NaN\n" * 50,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file(tmp_path: Path, name: str) -> None:
    whole(bounded(tmp_path / name, HOSTILE[name]))


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".zip"])
def test_a_bomb_is_refused(tmp_path: Path, suffix: str) -> None:
    """300 MB of nothing, packed; neither memory nor time follow."""
    if suffix == ".zip":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("walk.trc", b"0" * 300_000_000)
        raw = file.getvalue()
    else:
        raw = gzip.compress(b"0" * 300_000_000, 1) if suffix == ".gz" else lzma.compress(b"0" * 300_000_000, preset=0)
    outcome = bounded(tmp_path / f"walk.trc{suffix}", raw)
    assert isinstance(outcome, PoiseError)
    assert "MB" in outcome.problem

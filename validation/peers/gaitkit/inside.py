"""Runs inside gaitkit's own environment: its detectors on C3D walks and on its own landmark files, events as JSON.

Started by `../run.py`; knows nothing of Poise.

    python inside.py FOLDER ...        every walk below each folder

Every walk is given in more than one way. *Plain* is what a user does first: `gaitkit.detect(path)`. *Helped* is what
the package offers without touching its code: its own extractor for the data set where it ships one, else its loader
with the marker set that the file holds in truth. *Named* is its loader with a map of marker names written by us, for
the two folders whose names it does not know.
"""

from __future__ import annotations

import os

# gaitkit installs packages by itself when one is missing; here it may not.
os.environ["GAITKIT_AUTO_INSTALL_DEPS"] = "0"

import gzip
import json
import logging
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import gaitkit
from gaitkit.extractors.figshare_pd_extractor import FigsharePDExtractor
from gaitkit.extractors.fukuchi_extractor import FukuchiExtractor

# All that gaitkit lists but DeepEvent, which fetches its weights from the network.
METHODS = (
    "bike", "zeni", "oconnor", "hreljac", "mickelborough", "ghoussayni", "vancanneyt", "dgei", "intellevent",
)  # fmt: skip
TRIED = {"helped": METHODS, "named": ("bike", "zeni"), "plain": ("bike", "zeni")}
SIDES = ("left", "right")


def own_extractor(extractor: type) -> Callable[[Path], object]:
    return lambda path: extractor(str(path.parent)).extract_file(path)


def plug_in_gait(path: Path) -> object:
    """Its loader, told that the names are Plug-in-Gait's: it takes medial malleoli (LMM) for another lab's set."""
    return gaitkit.load_c3d(str(path), marker_set="pig")


def named(path: Path) -> object:
    """Its loader, told which of this laboratory's markers is which."""
    return gaitkit.load_c3d(str(path), marker_map=MARKERS)


MARKERS = {
    f"{side}_{name}": f"{side[0].upper()}.{label}"
    for side in SIDES
    for name, label in {"heel": "Heel", "toe": "MT1", "ankle": "Ankle", "knee": "Knee", "hip": "GTR"}.items()
} | {"sacrum": ("L.PSIS", "R.PSIS")}
NAMED = ("pd-overground-c3d", "fukuchi-treadmill-c3d")
HELPED: dict[str, Callable[[Path], object]] = {
    "pd-overground-c3d": own_extractor(FigsharePDExtractor),
    "fukuchi-treadmill-c3d": own_extractor(FukuchiExtractor),
    "mcgill-children-gait-c3d": plug_in_gait,
    "gaitalytics-treadmill-c3d": plug_in_gait,
}


def inputs(folder: Path, path: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    if path.suffix != ".c3d":
        yield "helped", lambda: json.loads(gzip.decompress(path.read_bytes()))
        return
    yield "plain", lambda: gaitkit.load_c3d(str(path))
    yield "helped", lambda: HELPED[folder.name](path)
    if folder.name in NAMED:
        yield "named", lambda: named(path)


def walks(folder: Path) -> list[Path]:
    return sorted([*folder.rglob("*.c3d"), *folder.rglob("*.json.gz")])


def measured(folder: Path, path: Path) -> dict[str, object]:
    """What each detector makes of one walk, given in each way."""
    found: dict[str, object] = {}
    for name, load in inputs(folder, path):
        started = time.process_time()
        try:
            data = load()
        except Exception as error:
            found[name] = {"error": f"{type(error).__name__}: {error}"}
            continue
        loading_s = time.process_time() - started
        found[name] = {"loading_s": loading_s, "methods": {method: detected(data, method) for method in TRIED[name]}}
    return found


def detected(data: object, method: str) -> dict[str, object]:
    started = time.process_time()
    try:
        result = gaitkit.detect(data, method=method, auto_install_deps=False)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    seconds = time.process_time() - started
    return {
        "seconds": seconds, "signal_s": result.n_frames / result.fps,
        "initial_contact": {side: [event["time"] for event in result.hs(side)] for side in SIDES},
        "toe_off": {side: [event["time"] for event in result.to(side)] for side in SIDES},
    }  # fmt: skip


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    folders = [Path(each) for each in sys.argv[1:]]
    found = {
        folder.name: {str(path.relative_to(folder)): measured(folder, path) for path in walks(folder)}
        for folder in folders
    }
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"datasets": found, "peak_mb": peak_mb}))


if __name__ == "__main__":
    main()

"""Writes the files of a simulated visit into a folder, to try `poise analyze` on. Nobody was recorded."""

from __future__ import annotations

import sys
from pathlib import Path

from poise.testing.visit import write_visit

if __name__ == "__main__":
    for made in write_visit(Path(sys.argv[1] if len(sys.argv) > 1 else "visit")):
        print(f"Written: {made}")

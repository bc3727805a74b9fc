"""The build's part: a wheel (an editable one too) gets the weights of the pose networks put beside the package.

POISE_WEIGHTS says what to do: nothing or ``auto`` tries, and goes on without them, saying so, where npm's registry
cannot be reached; ``required`` fails then (releases and CI); ``none`` leaves them out; ``heavy`` adds the largest
network and is required too. Wrong bytes always fail.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WITHOUT = """Poise is built WITHOUT the weights of its pose networks: video files cannot be read; all else works.
{why}
To add them: connect to a network (behind a proxy, set npm up for it) and install again, or run
    python tools/pose/weights.py"""


class WeightsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the weights, or say why not."""
        wish = os.environ.get("POISE_WEIGHTS", "auto")
        if self.target_name != "wheel" or wish == "none":
            return
        weights = _weights(Path(self.root))
        try:
            weights.build(heavy=wish == "heavy")
        except weights.Unreachable as error:
            if wish in {"required", "heavy"}:
                raise
            self.app.display_warning(WITHOUT.format(why=error))


def _weights(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("poise_weights", root / "tools" / "pose" / "weights.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

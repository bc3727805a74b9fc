"""The build's part: a wheel (an editable one too) gets what is made, not written, put beside the package.

- the weights of the pose networks (``POISE_WEIGHTS``), from npm;
- the browser's scripts (``POISE_ASSETS``), from npm, bundled;
- the words in Spanish, compiled: always, from what stands in the repository.

The two settings say what to do: nothing or ``auto`` tries, and goes on without them, saying so, where npm's registry
cannot be reached; ``required`` fails then (releases and CI); ``none`` leaves them out; ``POISE_WEIGHTS=heavy`` adds the
largest network and is required too. Wrong bytes and scripts that do not build always fail.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WITHOUT_WEIGHTS = """\
Poise is built WITHOUT the weights of its pose networks: video files cannot be read; all else works.
{why}
To add them: connect to a network (behind a proxy, set npm up for it) and install again, or run
    python tools/pose/weights.py"""
WITHOUT_ASSETS = """\
Poise is built WITHOUT the browser's scripts: the clinic's forms work; drafts, replay and uploads do not.
{why}
To add them: connect to a network (behind a proxy, set npm up for it) and install again, or run
    python tools/frontend/assets.py"""


class PoiseHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what can be built, or say why not."""
        if self.target_name != "wheel":
            return
        tools = Path(self.root) / "tools"
        self._weights(tools / "pose" / "weights.py", os.environ.get("POISE_WEIGHTS", "auto"))
        self._assets(tools / "frontend" / "assets.py", os.environ.get("POISE_ASSETS", "auto"))
        _module(tools / "messages.py").compile_all()

    def _weights(self, tool: Path, wish: str) -> None:
        if wish == "none":
            return
        weights = _module(tool)
        try:
            weights.build(heavy=wish == "heavy")
        except weights.Unreachable as error:
            if wish in {"required", "heavy"}:
                raise
            self.app.display_warning(WITHOUT_WEIGHTS.format(why=error))

    def _assets(self, tool: Path, wish: str) -> None:
        if wish == "none":
            return
        assets = _module(tool)
        try:
            assets.build()
        except assets.Unreachable as error:
            if wish == "required":
                raise
            self.app.display_warning(WITHOUT_ASSETS.format(why=error))


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"poise_build_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module

"""Poise: open, self-hosted neuromuscular re-education.

>>> import poise
>>> callable(poise.analyze)
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from poise.model import Person
    from poise.workflows.assess import analyze, read
    from poise.workflows.compare import compare_all

__version__ = "0.1.0"
__all__ = ["Person", "__version__", "analyze", "compare_all", "read"]
_PLACES = {
    "analyze": "poise.workflows.assess", "read": "poise.workflows.assess", "compare_all": "poise.workflows.compare",
    "Person": "poise.model",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    # Loaded when first asked for, so that `import poise` costs next to nothing.
    if name in _PLACES:
        from importlib import import_module

        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'poise' has no attribute {name!r}")

"""Poise: open, self-hosted neuromuscular re-education.

>>> import poise
>>> callable(poise.analyze)
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from poise.workflows.assess import analyze, read

__version__ = "0.1.0"
__all__ = ["__version__", "analyze", "read"]


def __getattr__(name: str) -> Any:
    # Loaded when first asked for, so that `import poise` costs next to nothing.
    if name in {"analyze", "read"}:
        from poise.workflows import assess

        return getattr(assess, name)
    raise AttributeError(f"module 'poise' has no attribute {name!r}")

"""Measurement + Reference → Finding; and what could not be judged."""

from poise.findings.find import anything_judged, find

__all__ = ["anything_judged", "find"]

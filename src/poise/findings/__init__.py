"""Measurement + Reference → Finding; and what could not be judged."""

from poise.findings.find import find

__all__ = ["find"]

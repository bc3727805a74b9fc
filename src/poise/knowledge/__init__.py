"""Cited data, checked when it is loaded: norms, rules of findings, errors of measurement.

Pure functions over data files; every number keeps its evidence tag and its citation. The files are `data/`, and
`data/README.md` says how each was made.
"""

from poise.knowledge.library import (
    Knowledge,
    changes_for,
    knowledge,
    load,
    measurement_error,
    norm_curves,
    reference_id,
    references,
    references_for,
    rules,
)

__all__ = [
    "Knowledge", "changes_for", "knowledge", "load", "measurement_error", "norm_curves", "reference_id", "references",
    "references_for", "rules",
]  # fmt: skip

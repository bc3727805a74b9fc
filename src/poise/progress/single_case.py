"""Did a person's series change between two phases? Non-overlap statistics of single-case design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, kw_only=True)
class NonOverlap:
    """How a phase B lies over a phase A of m and n values.

    `nap` is the share of A–B pairs in which B is better (ties count half), `tau` = 2·nap − 1, `tau_u` takes a trend
    within A off. `s_ab` and `s_aa` are the sums of signs behind them. `tau_u` can leave [−1, 1].
    """

    nap: float
    tau: float
    tau_u: float
    s_ab: int
    s_aa: int


def non_overlap(baseline: ArrayLike, treatment: ArrayLike, *, higher_is_better: bool = True) -> NonOverlap:
    """NAP, Tau and Tau-U of two phases; what is missing in a phase is left out.

    Raises
    ------
    ValueError
        A phase without a value.

    Notes
    -----
    Parker & Vannest 2009, 2011; values as in the R package SingleCaseES. Fewer than five points a phase say little.
    """
    a, b = _present(baseline, higher_is_better), _present(treatment, higher_is_better)
    if not len(a) or not len(b):
        raise ValueError("non_overlap: each phase needs a value")
    s_ab = int(np.sign(b[None, :] - a[:, None]).sum())
    s_aa = int(np.triu(np.sign(a[None, :] - a[:, None]), 1).sum())
    pairs = len(a) * len(b)
    tau = s_ab / pairs
    return NonOverlap(nap=(tau + 1.0) / 2.0, tau=tau, tau_u=(s_ab - s_aa) / pairs, s_ab=s_ab, s_aa=s_aa)


def _present(values: ArrayLike, higher_is_better: bool) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.asarray(values, float).ravel()
    kept = found[np.isfinite(found)]
    return kept if higher_is_better else -kept

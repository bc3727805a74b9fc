"""One stretch of memory for all samples of a recording.

Reading a file costs about what its memory costs: a fresh page is slower to get than to fill. One large array is given
its pages in large pieces and is given back whole, where a dozen of middling ones fetch each page by itself; on a trial
of 4 MB that halves the time. A stream that outlives its recording keeps the others' memory with it; copy its values to
let go of them.
"""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray


class Space:
    """Room for `count` numbers, handed out in order; what no longer fits gets an array of its own."""

    def __init__(self, count: int) -> None:
        self._whole = np.empty(count)
        self._used = 0

    def array(self, *shape: int) -> NDArray[np.float64]:
        """An array of this shape, its content arbitrary."""
        start, self._used = self._used, self._used + prod(shape)
        if self._used > len(self._whole):
            self._used = start
            return np.empty(shape)
        return self._whole[start : self._used].reshape(shape)

"""Large memory-mapped arrays, whose rows are read as a source yields them."""

from collections.abc import Iterator
from numbers import Real
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils import check_consistent_length

from .validation import X_CHECKS

# Training on a mapped array where it is takes ROW_BYTES of memory a row for labels, weights and the
# order of the rows. Beyond MEMORY_BYTES it is read as a source, in blocks of BLOCK_BYTES.
ROW_BYTES, MEMORY_BYTES, BLOCK_BYTES = 60, 2**30, 2**24


def exceeds_memory(X: Any) -> bool:
    """Whether X is a mapped array, on which training where it is would take too much memory."""
    if not isinstance(X, np.memmap) or X.ndim != 2 or X.dtype.kind not in "biuf":
        return False
    is_read_in_place = X.dtype in X_CHECKS["dtype"] and X.flags.c_contiguous
    copied = 0 if is_read_in_place else X.size * 8
    return bool(len(X) * ROW_BYTES + copied > MEMORY_BYTES)


class MappedBlocks:
    """The blocks of a mapped array, with their labels and weights."""

    def __init__(self, X: Any, y: Any, sample_weight: Any) -> None:
        one_weight = isinstance(sample_weight, Real)
        check_consistent_length(X, y, None if one_weight else sample_weight)
        self.X, self.y = X, y if sparse.issparse(y) else np.asarray(y)
        self.weights = (
            sample_weight if one_weight or sample_weight is None else np.asarray(sample_weight)
        )
        self.n_rows = max(BLOCK_BYTES // (8 * X.shape[1]), 1)

    def __call__(self) -> Iterator[tuple[Any, Any, Any]]:
        """Yield X, y and weights, block by block."""
        for start in range(0, len(self.X), self.n_rows):
            rows = slice(start, start + self.n_rows)
            weights = self.weights
            yield self.X[rows], self.y[rows], weights[rows] if np.ndim(weights) else weights

    def name(self, number: int) -> str:
        """Return what messages call a block."""
        start = number * self.n_rows
        return f"rows {start} to {min(start + self.n_rows, len(self.X)) - 1} of X"

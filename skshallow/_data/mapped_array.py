"""Large memory-mapped arrays, whose rows are read as a source yields them."""

import mmap
from collections.abc import Iterator
from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d

from .validation import X_CHECKS, converted_y

# Training on a mapped array where it is takes ROW_BYTES of memory a row for labels, weights and the
# order of the rows. Beyond MEMORY_BYTES it is read as a source, in blocks of BLOCK_BYTES.
ROW_BYTES, MEMORY_BYTES, BLOCK_BYTES = 60, 2**30, 2**24


def is_large_mapped_array(X: Any) -> bool:
    """Whether X is a mapped array, on which training where it is would take too much memory."""
    if not _is_mapped(X) or X.ndim != 2 or X.dtype.kind not in "biuf":
        return False
    is_float = X.dtype in X_CHECKS["dtype"]
    copied = 0 if is_float and X.flags.c_contiguous else X.size * (X.itemsize if is_float else 8)
    return bool(len(X) * ROW_BYTES + copied > MEMORY_BYTES)


def _is_mapped(X: Any) -> bool:
    """Whether it is a np.memmap whose data are in a file: its copies have the same type."""
    base: Any = X if isinstance(X, np.memmap) else None
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, mmap.mmap)


class MappedBlocks:
    """The blocks of a mapped array, with their labels and weights."""

    def __init__(self, X: Any, y: Any, sample_weight: Any) -> None:
        y = converted_y(y, "y")
        one_weight = sample_weight is None or isinstance(sample_weight, Real)
        check_consistent_length(X, y, None if one_weight else sample_weight)
        self.X = X
        self.y = column_or_1d(y, warn=True) if y.shape[1:] == (1,) else y
        self.weights = sample_weight if one_weight else np.asarray(sample_weight)
        self.n_rows = max(BLOCK_BYTES // (8 * max(X.shape[1], 1)), 1)

    def __call__(self) -> Iterator[tuple[Any, Any, Any]]:
        """Yield X, y and weights, block by block."""
        for start in range(0, len(self.X), self.n_rows):
            rows = slice(start, start + self.n_rows)
            weights = self.weights
            weights = weights[rows] if isinstance(weights, np.ndarray) else weights
            yield self.X[rows], self.y[rows], weights

    def block_name(self, number: int) -> str:
        """Return what messages call a block."""
        start = number * self.n_rows
        return f"rows {start} to {min(start + self.n_rows, len(self.X)) - 1}"

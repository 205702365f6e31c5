"""Keys by which equal rows are found."""

from typing import Any

import numpy as np
from scipy import sparse

from .._typing import Array

BLOCK_ROWS = 1024


def row_keys(X: Any, rows: Array, seed: int = 0) -> Array:
    """Return a 64-bit key for each of those rows of X; equal rows, sparse or dense, share it.

    Two of a million distinct rows share a key with a probability of about 1e-7.
    """
    factors = np.random.default_rng(seed).integers(2**64, size=X.shape[1], dtype=np.uint64)
    keys = np.empty(len(rows), np.uint64)
    for start in range(0, len(rows), BLOCK_ROWS):
        block = X[rows[start : start + BLOCK_ROWS]]
        if sparse.issparse(block):
            bits = sparse.csr_array(
                (_mix_bits(block.data), block.indices, block.indptr), shape=block.shape
            )
        else:
            bits = _mix_bits(block)
        keys[start : start + BLOCK_ROWS] = bits @ factors
    return keys


def _mix_bits(values: Array) -> Array:
    """Mix the bits of float64 values so that each low bit depends on all bits; 0 stays 0."""
    bits = (values.astype(np.float64) + 0.0).view(np.uint64)  # -0.0 + 0.0 is 0.0
    bits ^= bits >> np.uint64(32)
    bits *= np.uint64(0x9E3779B97F4A7C15)
    bits ^= bits >> np.uint64(29)
    return bits

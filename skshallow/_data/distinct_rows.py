"""Distinct rows: equal ones merged.

A row of weight 2 is that row twice. For this to hold to the last bit in every solver, in
mini-batches and in the validation split, equal rows are merged and their weights added, rows of
weight 0 are dropped, and the order of the rows depends on their contents alone. So a row that is
repeated a few times is never on both sides of a validation split, and shuffling the training data
changes nothing. Only if there are more than MAX_EPOCH_ROWS, they keep the order of X, which is read
faster.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from .._array_api.matrix import DeviceMatrix
from .._typing import Array
from .encoding import EncodedTable
from .labels import Targets
from .rows import BLOCK_ROWS, MAX_EPOCH_ROWS, Rows


def distinct_rows(X: Any, targets: Targets, weights: Array, columns: Array | None = None) -> Rows:
    """Return the rows with a positive weight, equal ones merged.

    Their order depends on their contents alone, or is that of X if they are many. ``columns`` are
    the numbers of the columns of X, if some were left out because they have no entry.
    """
    rows = drop_zero_weights(X, targets, weights)
    source = X.table if isinstance(X, EncodedTable) else X
    keys = row_keys(source, rows.index, columns=columns) + target_keys(rows)
    if len(keys) > MAX_EPOCH_ROWS and _all_differ(keys):
        return replace(rows, keys=keys)
    distinct, first, group = np.unique(keys, return_index=True, return_inverse=True)
    weights = rows.weights[first]
    if len(distinct) < len(keys):
        # In the order of the weights: the last bit of a sum depends on the order of its terms.
        order = np.argsort(rows.weights, kind="stable")
        weights = np.bincount(group[order], rows.weights[order])
    if len(distinct) > MAX_EPOCH_ROWS:
        order = np.argsort(first)
        distinct, first, weights = distinct[order], first[order], weights[order]
    return replace(rows, weights=weights, index=rows.index[first], keys=distinct)


def drop_zero_weights(X: Any, targets: Targets, weights: Array) -> Rows:
    """Return the rows of X with a positive weight."""
    index = np.flatnonzero(weights)
    return Rows(X, targets, index, weights if len(index) == len(weights) else weights[index])


def target_keys(rows: Rows) -> Array:
    """Return the part of the key of each row that stands for its target; the rest is that of x."""
    table = rows.targets.table
    return row_keys(table, np.arange(len(table)), seed=1)[rows.codes]


def _all_differ(keys: Array) -> bool:
    ordered = np.sort(keys)
    return bool((ordered[1:] != ordered[:-1]).all())


def row_keys(X: Any, rows: Array, seed: int = 0, columns: Array | None = None) -> Array:
    """Return a 64-bit key for each of those rows of X; equal rows, sparse or dense, share it.

    Two of a million distinct rows share a key with a probability of about 1e-7.
    """
    columns = np.arange(X.shape[1]) if columns is None else columns
    random = np.random.default_rng(seed)
    factors = random.integers(2**64, size=columns[-1] + 1, dtype=np.uint64)[columns]
    if isinstance(X, DeviceMatrix):
        return X.row_keys(rows, factors)
    keys = np.empty(len(rows), np.uint64)
    work = None
    for start in range(0, len(rows), BLOCK_ROWS):
        block = X[rows[start : start + BLOCK_ROWS]]
        if sparse.issparse(block):
            bits = _mix_bits(block.data, *np.empty((2, block.nnz)))
            bits = sparse.csr_array((bits, block.indices, block.indptr), shape=block.shape)
        else:
            if work is None:
                # The same memory for all blocks: to get new one takes longer than to fill it.
                work = np.empty((2, *block.shape))
            bits = _mix_bits(block, *work[:, : len(block)])
        keys[start : start + BLOCK_ROWS] = bits @ factors
    return keys


def _mix_bits(values: Array, floats: Array, work: Array) -> Array:
    """Mix the bits of float64 values so that each low bit depends on all bits; 0 stays 0.

    ``floats`` and ``work`` are float64 arrays of the shape of the values. Both are overwritten; the
    result is a view of ``floats``.
    """
    np.add(values, 0.0, out=floats)  # -0.0 + 0.0 is 0.0
    bits, shifted = floats.view(np.uint64), work.view(np.uint64)
    bits ^= np.right_shift(bits, np.uint64(32), out=shifted)
    bits *= np.uint64(0x9E3779B97F4A7C15)
    bits ^= np.right_shift(bits, np.uint64(29), out=shifted)
    return bits

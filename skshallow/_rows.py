"""The training rows: which there are, how much each weighs, and reading them block by block.

A row of weight 2 is that row twice. So that this holds to the last bit in every solver, in
mini-batches and in the validation split, equal rows are one row with the sum of their weights, a
row of weight 0 is no row, and the rows stand in an order that depends on their contents alone.
Hence a repeated row never stands on both sides of a validation split, and shuffling the training
data changes nothing.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from ._scaling import Moments, Scaling, weighted_moments
from ._typing import Array, Block

KEY_BLOCK_ROWS = 1024


class Targets(NamedTuple):
    """What the network learns: row i of X has the target ``table[codes[i]]``.

    ``table`` (c, k) holds the different targets that occur: 0 and 1 for two classes, the unit
    vectors for more, sets of labels for multilabel.
    """

    table: Array
    codes: Array


class Rows:
    """Some rows of X with their targets and weights, read block by block, never copied whole.

    Parameters
    ----------
    X : ndarray or CSR of shape (m, n)
    targets : Targets of all m rows
    index : ndarray of shape (r,), the rows of X meant
    weights : ndarray of shape (r,), their weights, float64 and positive
    scaling : Scaling or None, applied to each block as it is read
    """

    def __init__(
        self,
        X: Any,
        targets: Targets,
        index: Array,
        weights: Array,
        scaling: Scaling | None = None,
    ) -> None:
        self.X = X
        self.targets = targets
        self.index = index
        self.weights = weights
        self.total_weight = float(weights.sum())  # once: every mini-batch asks for it
        self.scaling = scaling

    def __len__(self) -> int:
        return len(self.index)

    @property
    def codes(self) -> Array:
        """The targets of these rows, as rows of the table."""
        return self.targets.codes[self.index]

    def subset(self, positions: Array) -> "Rows":
        """The rows at those positions."""
        return Rows(
            self.X, self.targets, self.index[positions], self.weights[positions], self.scaling
        )

    def reweighted(self, weights: Array) -> "Rows":
        """The same rows with other weights."""
        return Rows(self.X, self.targets, self.index, weights, self.scaling)

    def scaled(self, scaling: Scaling | None) -> "Rows":
        """The same rows, read through that scaling."""
        return Rows(self.X, self.targets, self.index, self.weights, scaling)

    def distinct(self) -> "Rows":
        """The same rows, equal ones merged, in an order that depends on their contents alone."""
        keys = _row_keys(self.X, self.index)
        table = self.targets.table
        keys += _row_keys(table, np.arange(len(table)), seed=1)[self.codes]
        _, first, group = np.unique(keys, return_index=True, return_inverse=True)
        weights = np.bincount(group, self.weights)
        return Rows(self.X, self.targets, self.index[first], weights, self.scaling)

    def moments(self, max_rows: int) -> Moments:
        """Weighted mean and variance of the columns."""
        blocks = (
            (self.X[self.index[start : start + max_rows]], self.weights[start : start + max_rows])
            for start in range(0, len(self), max_rows)
        )
        return weighted_moments(blocks, self.X.shape[1])

    def blocks(self, max_rows: int, dtype: Any, batch: Array | None = None) -> Iterator[Block]:
        """X, Y and w of the rows at the positions ``batch`` (default: of all), block by block.

        The weights are those of a mean over the batch: relative to the mean weight of all rows,
        and divided by the number of rows in the batch. A sum over the batch is thus an unbiased
        estimate of the weighted mean over all rows, also where a batch weighs little or nothing.
        """
        index, weights = self.index, self.weights
        if batch is not None:
            index, weights = index[batch], weights[batch]
        weights = (weights * (len(self) / self.total_weight / len(index))).astype(dtype)
        for start in range(0, len(index), max_rows):
            rows = index[start : start + max_rows]
            X = self.X[rows].astype(dtype, copy=False)
            if self.scaling is not None:
                X = self.scaling(X)
            Y = self.targets.table[self.targets.codes[rows]].astype(dtype, copy=False)
            yield X, Y, weights[start : start + max_rows]


def _row_keys(X: Any, rows: Array, seed: int = 0) -> Array:
    """A 64-bit key for each of those rows, the same for equal rows, sparse or dense.

    Two of a million different rows share a key with a probability of about 1e-7.
    """
    factors = np.random.default_rng(seed).integers(2**64, size=X.shape[1], dtype=np.uint64)
    keys = np.empty(len(rows), np.uint64)
    for start in range(0, len(rows), KEY_BLOCK_ROWS):
        block = X[rows[start : start + KEY_BLOCK_ROWS]]
        if sparse.issparse(block):
            bits = sparse.csr_array(
                (_scrambled(block.data), block.indices, block.indptr), shape=block.shape
            )
        else:
            bits = _scrambled(block)
        keys[start : start + KEY_BLOCK_ROWS] = bits @ factors
    return keys


def _scrambled(values: Array) -> Array:
    """The bits of float64 values, mixed so that each of the lower ones depends on all; 0 for 0."""
    bits = (values.astype(np.float64) + 0.0).view(np.uint64)  # -0.0 + 0.0 is 0.0
    bits ^= bits >> np.uint64(32)
    bits *= np.uint64(0x9E3779B97F4A7C15)
    bits ^= bits >> np.uint64(29)
    return bits

"""The training rows: which there are, how much each weighs, and reading them block by block.

A row of weight 2 is that row twice. So that this holds to the last bit in every solver, in
mini-batches and in the validation split, equal rows are one row with the sum of their weights, a
row of weight 0 is no row, and the rows stand in an order that depends on their contents alone.
Hence a repeated row never stands on both sides of a validation split, and shuffling the training
data changes nothing.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise, starmap
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
    held_out_by : ndarray of shape (r,) or None
        The member of a committee that holds the row out, to be judged by it: its weight is 0 for
        that member. -1 where all train on it.
    n_members : int, how many members hold rows out
    """

    def __init__(
        self,
        X: Any,
        targets: Targets,
        index: Array,
        weights: Array,
        scaling: Scaling | None = None,
        held_out_by: Array | None = None,
        n_members: int = 1,
    ) -> None:
        self.X = X
        self.targets = targets
        self.index = index
        self.weights = weights
        self.scaling = scaling
        self.held_out_by = held_out_by
        self.n_members = n_members
        # Once: every mini-batch asks for them.
        self.total_weight = float(weights.sum())
        self.training_weights = np.array([self.total_weight])  # of each member, or of all alike
        if held_out_by is not None:
            held_out = np.bincount(held_out_by + 1, weights, minlength=n_members + 1)[1:]
            self.training_weights = self.total_weight - held_out

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
        """The same rows with other weights; those of weight 0 are left out."""
        positions = np.flatnonzero(weights)
        return Rows(self.X, self.targets, self.index[positions], weights[positions], self.scaling)

    def scaled(self, scaling: Scaling | None) -> "Rows":
        """The same rows, read through that scaling."""
        return Rows(
            self.X,
            self.targets,
            self.index,
            self.weights,
            scaling,
            self.held_out_by,
            self.n_members,
        )

    def held_out(self, by: Array, n_members: int) -> "Rows":
        """The same rows, some of them held out by members of a committee."""
        return Rows(self.X, self.targets, self.index, self.weights, self.scaling, by, n_members)

    @cached_property
    def held_out_parts(self) -> list["Rows"]:
        """The rows that each member holds out."""
        return [self.subset(np.flatnonzero(self.held_out_by == j)) for j in range(self.n_members)]

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

    def blocks(self, max_rows: int, dtype: Any) -> Iterator[Block]:
        """X, Y and w of all rows, block by block, with weights that make a sum a weighted mean."""
        return self._blocks(self._as_they_stand, slice(0, len(self)), max_rows, dtype)

    def batches(
        self, order: Array, bounds: list[int], max_rows: int, dtype: Any
    ) -> Iterator[Iterator[Block]]:
        """The rows in that order, in batches from each bound to the next, in blocks.

        The weights are those of a mean over the batch: relative to the mean weight of all rows
        that a member trains on, and divided by the number of rows in the batch. A sum over the
        batch is thus an unbiased estimate of the weighted mean over all these rows, also where a
        batch weighs little or nothing.
        """
        arranged = self._arranged(order)
        for batch in starmap(slice, pairwise(bounds)):
            yield self._blocks(arranged, batch, max_rows, dtype)

    def _arranged(self, order: Array) -> tuple[Array, Array, Array]:
        """Index, codes and relative weights w (e, r) of the rows in that order."""
        index = self.index[order]
        w = self.weights[order] * (len(self) / self.training_weights[:, np.newaxis])
        if self.held_out_by is not None:
            w *= self.held_out_by[order] != np.arange(self.n_members)[:, np.newaxis]
        return index, self.targets.codes[index], w

    @cached_property
    def _as_they_stand(self) -> tuple[Array, Array, Array]:
        return self._arranged(np.arange(len(self)))

    def _blocks(
        self, arranged: tuple[Array, Array, Array], batch: slice, max_rows: int, dtype: Any
    ) -> Iterator[Block]:
        index, codes, w = arranged
        table = self.targets.table.astype(dtype, copy=False)
        n_rows = batch.stop - batch.start
        for start in range(batch.start, batch.stop, max_rows):
            rows = slice(start, min(start + max_rows, batch.stop))
            X = self.X[index[rows]].astype(dtype, copy=False)
            if self.scaling is not None:
                X = self.scaling(X)
            yield X, table[codes[rows]], (w[:, rows] / n_rows).astype(dtype, copy=False)


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

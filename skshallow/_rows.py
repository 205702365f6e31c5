"""The training rows: which there are, how much each weighs, and reading them block by block.

A row of weight 2 is that row twice. So that this holds to the last bit in every solver, in
mini-batches and in the validation split, equal rows are one row with the sum of their weights, a
row of weight 0 is no row, and the rows stand in an order that depends on their contents alone.
Hence a repeated row never stands on both sides of a validation split, and shuffling the training
data changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, starmap
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from ._scaling import Moments, Scaling, weighted_moments
from ._typing import Array, Block

BLOCK_ROWS = 1024

# Rows that take no more than this are standardised once, not in every epoch.
READ_ONCE_BYTES = 2**23


class Targets(NamedTuple):
    """What the network learns: row i of X has the target ``table[codes[i]]``.

    ``table`` (c, k) holds the different targets that occur: 0 and 1 for two classes, the unit
    vectors for more, sets of labels for multilabel.
    """

    table: Array
    codes: Array


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of X with their targets and weights, read block by block; many are never copied."""

    X: Any  # ndarray or CSR (m, n)
    targets: Targets  # of all m rows
    index: Array  # (r,), the rows of X meant
    weights: Array  # (r,), their weights, float64 and positive
    # How blocks are read: standardised, and in that dtype; None leaves them as they are.
    scaling: Scaling | None = None
    dtype: Any = None
    # (r,), the member of a committee of n_members that holds the row out, to be judged by it: its
    # weight is 0 for that member. -1 where all train on it, None where all train on all.
    held_out_by: Array | None = None
    n_members: int = 1

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def total_weight(self) -> float:
        """Σw."""
        return float(self.weights.sum())

    @property
    def mean_target(self) -> Array:
        """Weighted mean of the targets, (k,): the shares of the classes or labels."""
        table = self.targets.table
        return np.bincount(self.codes, self.weights, len(table)) @ table / self.total_weight

    @cached_property
    def training_weights(self) -> Array:
        """Σw of the rows that each member trains on; one value where all train on the same."""
        if self.held_out_by is None:
            return np.array([self.total_weight])
        members = range(self.n_members)
        return np.array([self.weights[self.held_out_by != j].sum() for j in members])

    @cached_property
    def mean_squared_length(self) -> float:
        """Weighted mean of ‖x‖², x as it is read: the number of columns if standardised."""
        if self.scaling is not None:
            return self.X.shape[1]
        total = 0.0
        for X, w in self._as_they_came(BLOCK_ROWS):
            squares = X.multiply(X) if sparse.issparse(X) else X * X
            total += float(w @ np.asarray(squares.sum(axis=1)).ravel())
        return total / self.total_weight

    @property
    def arrays(self) -> list[Array]:
        """All that makes these rows what they are, but for how they are read."""
        X = self.X
        parts = [X.data, X.indices, X.indptr] if sparse.issparse(X) else [X]
        return [*parts, *self.targets, self.index, self.weights]

    @property
    def codes(self) -> Array:
        """The targets of these rows, as rows of the table."""
        return self.targets.codes[self.index]

    def subset(self, positions: Array) -> "Rows":
        """The rows at those positions, held out by nobody."""
        return replace(
            self,
            index=self.index[positions],
            weights=self.weights[positions],
            held_out_by=None,
            n_members=1,
        )

    def reweighted(self, weights: Array) -> "Rows":
        """The same rows with other weights; those of weight 0 are left out."""
        return replace(self, weights=weights).subset(np.flatnonzero(weights))

    def distinct(self) -> "Rows":
        """The same rows, equal ones merged, in an order that depends on their contents alone."""
        keys = _row_keys(self.X, self.index)
        table = self.targets.table
        keys += _row_keys(table, np.arange(len(table)), seed=1)[self.codes]
        _, first, group = np.unique(keys, return_index=True, return_inverse=True)
        return replace(self, weights=np.bincount(group, self.weights), index=self.index[first])

    def moments(self, max_rows: int) -> Moments:
        """Weighted mean and variance of the columns."""
        return weighted_moments(self._as_they_came(max_rows), self.X.shape[1])

    def _as_they_came(self, max_rows: int) -> Iterator[tuple[Any, Array]]:
        """X and the weights, block by block, neither scaled."""
        for start in range(0, len(self), max_rows):
            rows = slice(start, start + max_rows)
            yield _rows_of(self.X, self.index[rows]), self.weights[rows]

    def blocks(self, max_rows: int) -> Iterator[Block]:
        """X, Y and w of all rows, block by block, with weights that make a sum a weighted mean."""
        return self._as_they_stand.blocks(slice(0, len(self)), max_rows)

    def batches(self, order: Array, bounds: list[int], max_rows: int) -> Iterator[Iterator[Block]]:
        """The rows in that order, in batches from each bound to the next, in blocks.

        The weights are those of a mean over the batch: relative to the mean weight of all rows
        that a member trains on, and divided by the number of rows in the batch. A sum over the
        batch is thus an unbiased estimate of the weighted mean over all these rows, also where a
        batch weighs little or nothing.
        """
        arranged = self._arranged(order, bounds)
        for batch in starmap(slice, pairwise(bounds)):
            yield arranged.blocks(batch, max_rows)

    def held_out_blocks(self, max_rows: int) -> Iterator[Block]:
        """The rows that each member holds out, for all members at once, block by block.

        A block has an X (r, n) for each member, Y (e, r, k) and w (e, r), with weights that make a
        sum over all blocks a weighted mean.
        """
        source = self._source
        position, w = self._held_out
        table = self.targets.table.astype(w.dtype, copy=False)
        for start in range(0, position.shape[1], max_rows):
            part = position[:, start : start + max_rows]
            rows = source.index[part]
            X = [_read(source.X, index, source.scaling, w.dtype) for index in rows]
            Y = table.take(source.targets.codes[rows], axis=0)
            yield X, Y, w[:, start : start + max_rows]

    @cached_property
    def _held_out(self) -> tuple[Array, Array]:
        """Positions and weights (e, r) of the rows held out, filled up with weights of 0."""
        members = [np.flatnonzero(self.held_out_by == j) for j in range(self.n_members)]
        shape = (self.n_members, max(map(len, members)))
        position, w = np.zeros(shape, np.intp), np.zeros(shape)
        for j, held_out in enumerate(members):
            position[j, : len(held_out)] = held_out
            w[j, : len(held_out)] = self.weights[held_out]
        return position, (w / w.sum()).astype(self._read_dtype)

    @cached_property
    def _as_they_stand(self) -> "_Arranged":
        return self._arranged(slice(None), [0, len(self)])

    @property
    def _source(self) -> "Rows":
        """The same rows, as they are read already where they are few."""
        return self if self._read_once is None else self._read_once

    @cached_property
    def _read_once(self) -> "Rows | None":  # not self, which would then never be let go of
        dtype = self._read_dtype
        as_read = self.scaling is None and self.X.dtype == dtype
        n_bytes = len(self) * self.X.shape[1] * dtype.itemsize
        if as_read or sparse.issparse(self.X) or n_bytes > READ_ONCE_BYTES:
            return None
        return replace(
            self,
            X=_read(self.X, self.index, self.scaling, dtype),
            targets=Targets(self.targets.table, self.codes),
            index=np.arange(len(self)),
            scaling=None,
        )

    @property
    def _read_dtype(self) -> Any:
        return self.X.dtype if self.dtype is None else np.dtype(self.dtype)

    def _arranged(self, order: Array | slice, bounds: list[int]) -> "_Arranged":
        """The rows in that order, with w (e, r) divided by the sizes of batches between bounds."""
        source = self._source
        row, dtype = source.index[order], self._read_dtype
        w = np.empty((len(self.training_weights), len(row)), dtype)
        relative = len(self) / self.training_weights[:, np.newaxis]
        np.multiply(self.weights[order], relative, out=w, casting="same_kind")
        sizes = np.diff(bounds)
        w /= np.repeat(sizes, sizes)
        if self.held_out_by is not None:
            w *= self.held_out_by[order] != np.arange(self.n_members)[:, np.newaxis]
        table = self.targets.table.astype(dtype, copy=False)
        return _Arranged(source.X, row, table, source.targets.codes[row], w, source.scaling)


class _Arranged(NamedTuple):
    """Rows in some order, from which blocks are gathered."""

    X: Any
    row: Array
    table: Array
    codes: Array
    w: Array  # in the dtype of the blocks
    scaling: Scaling | None

    def blocks(self, batch: slice, max_rows: int) -> Iterator[Block]:
        """X, Y and w of the rows of a batch, block by block."""
        for start in range(batch.start, batch.stop, max_rows):
            rows = slice(start, min(start + max_rows, batch.stop))
            X = _read(self.X, self.row[rows], self.scaling, self.w.dtype)
            yield X, self.table.take(self.codes[rows], axis=0), self.w[:, rows]


def _read(X: Any, index: Array, scaling: Scaling | None, dtype: Any) -> Any:
    """Those rows of X, standardised, in that dtype."""
    block = _rows_of(X, index)
    if scaling is not None:
        block = scaling(block)  # in X's own dtype: a narrower one could cost digits
    return block.astype(dtype, copy=False)


def _rows_of(X: Any, index: Array) -> Any:
    """Those rows of X."""
    return X[index] if sparse.issparse(X) else X.take(index, axis=0)  # the faster one


def _row_keys(X: Any, rows: Array, seed: int = 0) -> Array:
    """A 64-bit key for each of those rows, the same for equal rows, sparse or dense.

    Two of a million different rows share a key with a probability of about 1e-7.
    """
    factors = np.random.default_rng(seed).integers(2**64, size=X.shape[1], dtype=np.uint64)
    keys = np.empty(len(rows), np.uint64)
    for start in range(0, len(rows), BLOCK_ROWS):
        block = X[rows[start : start + BLOCK_ROWS]]
        if sparse.issparse(block):
            bits = sparse.csr_array(
                (_scrambled(block.data), block.indices, block.indptr), shape=block.shape
            )
        else:
            bits = _scrambled(block)
        keys[start : start + BLOCK_ROWS] = bits @ factors
    return keys


def _scrambled(values: Array) -> Array:
    """The bits of float64 values, mixed so that each of the lower ones depends on all; 0 for 0."""
    bits = (values.astype(np.float64) + 0.0).view(np.uint64)  # -0.0 + 0.0 is 0.0
    bits ^= bits >> np.uint64(32)
    bits *= np.uint64(0x9E3779B97F4A7C15)
    bits ^= bits >> np.uint64(29)
    return bits

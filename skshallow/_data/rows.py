"""Distinct weighted rows, read block by block.

A row of weight 2 is that row twice. For this to hold to the last bit in every solver, in
mini-batches and in the validation split, equal rows are merged and their weights added, rows of
weight 0 are dropped, and the order of the rows depends on their contents alone. So a repeated row
is never on both sides of a validation split, and shuffling the training data changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from .._typing import Array, Block
from .labels import Targets
from .scaling import Scaling

BLOCK_ROWS = 1024

# A smaller Σw has no reciprocal that is far from overflow.
SMALLEST_WEIGHT = 1e-290

# If the standardised rows take at most this many bytes, they are kept; else every epoch makes them.
STANDARDIZED_COPY_BYTES = 2**23


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of X with their targets and weights, read block by block without copying X."""

    X: Any  # ndarray or CSR (m, n)
    targets: Targets  # of all m rows
    index: Array  # (r,), positions in X
    weights: Array  # (r,), float64 and positive
    # Blocks are standardised by `scaling` and converted to `dtype`; None leaves them as they are.
    scaling: Scaling | None = None
    dtype: Any = None
    # (r,), the ensemble member that holds the row out, for which its weight is 0; -1 for none.
    # None: all members train on all rows.
    validation_member: Array | None = None
    n_members: int = 1
    keys: Array | None = None  # (r,), 64 bits that stand for the contents of each row

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def total_weight(self) -> float:
        """Σw, which can be infinite."""
        with np.errstate(over="ignore"):
            return float(self.weights.sum())

    @property
    def mean_target(self) -> Array:
        """Weighted mean of the targets (k,): the shares of the classes or labels."""
        table = self.targets.table
        return np.bincount(self.codes, self.weights, len(table)) @ table / self.total_weight

    @cached_property
    def training_weights(self) -> Array:
        """Σw of the rows that each member trains on; one number if all train on the same rows."""
        if self.validation_member is None:
            return np.array([self.total_weight])
        members = range(self.n_members)
        return np.array([self.weights[self.validation_member != j].sum() for j in members])

    @cached_property
    def mean_squared_length(self) -> float:
        """Weighted mean of ‖x‖² of the rows as read: the number of columns if standardised."""
        if self.scaling is not None:
            return self.X.shape[1]
        total = 0.0
        for X, w in self.raw_blocks(BLOCK_ROWS):
            squares = X.multiply(X) if sparse.issparse(X) else X * X
            total += float(w @ np.asarray(squares.sum(axis=1)).ravel())
        return total / self.total_weight

    @property
    def content(self) -> list[Array]:
        """The arrays that define these rows, however they are read."""
        X = self.X
        parts = [X.data, X.indices, X.indptr] if sparse.issparse(X) else [X]
        return [*parts, *self.targets, self.index, self.weights]

    @property
    def codes(self) -> Array:
        """Position of each row's target in the table of targets."""
        return self.targets.codes[self.index]

    @property
    def own_targets(self) -> Targets:
        """The targets of these rows alone."""
        return Targets(self.targets.table, self.codes)

    def reweighted(self, weights: Array) -> "Rows":
        """Return the rows with other weights, without those of weight 0."""
        kept = np.flatnonzero(weights)
        keys = None if self.keys is None else self.keys[kept]
        return replace(self, index=self.index[kept], weights=weights[kept], keys=keys)

    def blocks(self, max_rows: int) -> Iterator[Block]:
        """Yield X, Y and w of all rows, block by block; a sum over w is a weighted mean."""
        return self._in_stored_order.blocks(slice(0, len(self)), max_rows)

    def batches(
        self, n_batches: int, random_state: np.random.RandomState, max_rows: int
    ) -> Iterator[tuple[int, Iterator[Block]]]:
        """Yield mini-batches in random order: their number of rows and their blocks.

        Batches differ in size by one row at most: a last batch of a few rows would count as much
        as a full one. The weights are relative to the mean weight of the rows that a member trains
        on, and divided by the size of the batch. So a sum over a batch is an unbiased estimate of
        the weighted mean over all these rows, even if the batch has little weight.
        """
        n_rows = len(self)
        bounds = np.arange(n_batches + 1) * n_rows // n_batches
        sizes = bounds[1:] - bounds[:-1]
        rows = self._in_order(random_state.permutation(n_rows), sizes)
        for start, size in zip(bounds.tolist(), sizes.tolist(), strict=False):
            yield size, rows.blocks(slice(start, start + size), max_rows)

    def validation_blocks(self, max_rows: int) -> Iterator[Block]:
        """Yield the rows that the members hold out, for all members at once, block by block.

        A block has one X (r, n) for each member, Y (e, r, k) and w (e, r). A sum over w of all
        blocks is a weighted mean.
        """
        source = self._source
        position, w = self._validation_rows
        table = self.targets.table.astype(w.dtype, copy=False)
        for start in range(0, position.shape[1], max_rows):
            part = position[:, start : start + max_rows]
            rows = source.index[part]
            X = [_load(source.X, index, source.scaling, w.dtype) for index in rows]
            Y = table.take(source.targets.codes[rows], axis=0)
            yield X, Y, w[:, start : start + max_rows]

    @cached_property
    def _validation_rows(self) -> tuple[Array, Array]:
        """Positions and weights (e, r) of the members' validation rows, padded with weight 0."""
        members = [np.flatnonzero(self.validation_member == j) for j in range(self.n_members)]
        shape = (self.n_members, max(map(len, members)))
        position, w = np.zeros(shape, np.intp), np.zeros(shape)
        for j, held_out in enumerate(members):
            position[j, : len(held_out)] = held_out
            w[j, : len(held_out)] = self.weights[held_out]
        return position, (w / w.sum()).astype(self._block_dtype)

    def raw_blocks(self, max_rows: int) -> Iterator[tuple[Any, Array]]:
        """Yield X and the weights block by block, neither of them scaled."""
        for start in range(0, len(self), max_rows):
            rows = slice(start, start + max_rows)
            yield _take(self.X, self.index[rows]), self.weights[rows]

    @cached_property
    def _in_stored_order(self) -> "_OrderedRows":
        return self._in_order(slice(None), np.array([len(self)]))

    @property
    def _source(self) -> "Rows":
        """The standardised copy if there is one, else the rows themselves."""
        return self._standardized_copy or self

    @cached_property
    def _standardized_copy(self) -> "Rows | None":
        # Not self if there is no copy: a reference to itself would keep X alive.
        dtype = self._block_dtype
        as_read = self.scaling is None and self.X.dtype == dtype
        n_bytes = len(self) * self.X.shape[1] * dtype.itemsize
        if as_read or sparse.issparse(self.X) or n_bytes > STANDARDIZED_COPY_BYTES:
            return None
        return replace(
            self,
            X=_load(self.X, self.index, self.scaling, dtype),
            targets=self.own_targets,
            index=np.arange(len(self)),
            scaling=None,
        )

    @property
    def _block_dtype(self) -> Any:
        return self.X.dtype if self.dtype is None else np.dtype(self.dtype)

    def _in_order(self, order: Array | slice, sizes: Array) -> "_OrderedRows":
        """Return the rows in that order, with w (e, r) divided by the sizes of the batches."""
        source = self._source
        row, dtype = source.index[order], self._block_dtype
        w = np.zeros((len(self.training_weights), len(row)), dtype)
        trains_on: Any = True
        if self.validation_member is not None:
            members = np.arange(self.n_members)[:, np.newaxis]
            trains_on = self.validation_member[order] != members
        relative = len(self) / np.maximum(self.training_weights, SMALLEST_WEIGHT)[:, np.newaxis]
        np.multiply(self.weights[order], relative, out=w, where=trains_on, casting="same_kind")
        w /= np.repeat(sizes.astype(dtype), sizes)
        table = self.targets.table.astype(dtype, copy=False)
        return _OrderedRows(source.X, row, table, source.targets.codes[row], w, source.scaling)


class _OrderedRows(NamedTuple):
    """Rows in a given order, gathered block by block."""

    X: Any
    row: Array
    table: Array
    codes: Array
    w: Array  # in the dtype of the blocks
    scaling: Scaling | None

    def blocks(self, batch: slice, max_rows: int) -> Iterator[Block]:
        """Yield X, Y and w of the rows of a batch, block by block."""
        for start in range(batch.start, batch.stop, max_rows):
            rows = slice(start, min(start + max_rows, batch.stop))
            X = _load(self.X, self.row[rows], self.scaling, self.w.dtype)
            yield X, self.table.take(self.codes[rows], axis=0), self.w[:, rows]


def distinct_rows(X: Any, targets: Targets, weights: Array) -> Rows:
    """Return the rows with a positive weight, equal ones merged.

    Their order depends on their contents alone.
    """
    rows = drop_zero_weights(X, targets, weights)
    keys = _row_keys(X, rows.index)
    table = targets.table
    keys += _row_keys(table, np.arange(len(table)), seed=1)[rows.codes]
    distinct, first, group = np.unique(keys, return_index=True, return_inverse=True)
    weights = rows.weights[first]
    if len(distinct) < len(keys):
        # In the order of the weights: the last bit of a sum depends on the order of its terms.
        order = np.argsort(rows.weights, kind="stable")
        weights = np.bincount(group[order], rows.weights[order])
    return replace(rows, weights=weights, index=rows.index[first], keys=distinct)


def drop_zero_weights(X: Any, targets: Targets, weights: Array) -> Rows:
    """Return the rows of X with a positive weight."""
    index = np.flatnonzero(weights)
    return Rows(X, targets, index, weights[index])


def _load(X: Any, index: Array, scaling: Scaling | None, dtype: Any) -> Any:
    """Return those rows of X, standardised, in that dtype."""
    block = _take(X, index)
    if scaling is not None:
        block = scaling(block)  # in the dtype of X: a narrower one could lose digits
    return block.astype(dtype, copy=False)


def _take(X: Any, index: Array) -> Any:
    """Return those rows of X. For dense X, take is faster than indexing."""
    return X[index] if sparse.issparse(X) else X.take(index, axis=0)


def _row_keys(X: Any, rows: Array, seed: int = 0) -> Array:
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

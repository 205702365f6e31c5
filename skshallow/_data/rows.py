"""Distinct weighted rows, read block by block.

A row of weight 2 is that row twice. For this to hold to the last bit in every solver, in
mini-batches and in the validation split, equal rows are merged and their weights added, rows of
weight 0 are dropped, and the order of the rows depends on their contents alone. So a repeated row
is never on both sides of a validation split, and shuffling the training data changes nothing. Only
if there are more than MAX_EPOCH_ROWS, they keep the order of X, which is read faster.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from .._typing import Array, Block
from .labels import Targets
from .scaling import Scaling

BLOCK_ROWS = 1024

# A smaller Σw has no reciprocal that is far from overflow.
SMALLEST_WEIGHT = 1e-290

# An epoch of mini-batches is a pass over all rows, or a part of a pass with at most so many rows.
MAX_EPOCH_ROWS = 2**18

# Mini-batches are taken from a chunk of standardised rows. If all rows fit into one chunk, it is
# kept. Else each chunk consists of random runs of consecutive rows, for a cold file is read four
# times as fast in runs as row by row.
CHUNK_BYTES, ROW_OVERHEAD = 2**23, 40
RUN_BYTES, RUN_ROWS = 2**14, 128


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
        """Weighted mean of ‖x‖² of the rows as read."""
        if self.scaling is not None:
            return self.scaling.squared_length
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
        if self._kept is not None:
            yield from self._in_stored_order.blocks(slice(0, len(self)), max_rows)
            return
        step = max(CHUNK_BYTES // self._row_bytes // max_rows, 1) * max_rows
        for start in range(0, len(self), step):
            positions = np.arange(start, min(start + step, len(self)))
            chunk = self._in_order(positions, slice(None), np.array([len(self)]))
            yield from chunk.blocks(slice(0, len(positions)), max_rows)
            del chunk  # before the next one is read

    def epochs(self, max_rows: int, random_state: np.random.RandomState) -> Iterator[Array]:
        """Yield the positions of the rows of one epoch after another, without end.

        The runs of a pass are in random order. If there are more than ``max_rows`` rows, a pass
        consists of several epochs of about the same size.
        """
        run, n_epochs = len(self), math.ceil(len(self) / max_rows)
        if self._kept is None or n_epochs > 1:
            run = min(run, RUN_ROWS, max(RUN_BYTES // self._row_bytes, 1))
        n_runs = math.ceil(len(self) / run)
        while True:
            for runs in np.array_split(random_state.permutation(n_runs), n_epochs):
                positions = np.add.outer(runs * run, np.arange(run)).ravel()
                yield positions[positions < len(self)]

    def batches(
        self, epoch: Array, n_batches: int, random_state: np.random.RandomState, max_rows: int
    ) -> Iterator[tuple[int, Iterator[Block]]]:
        """Yield the rows of an epoch in random mini-batches: their number of rows and their blocks.

        Batches differ in size by one row at most: a last batch of a few rows would count as much
        as a full one. The weights are relative to the mean weight of the rows that a member trains
        on, and divided by the size of the batch. So a sum over a batch is an unbiased estimate of
        the weighted mean over all these rows, even if the batch has little weight.
        """
        bounds = np.arange(n_batches + 1) * len(epoch) // n_batches
        per_chunk = n_batches
        if self._kept is None:
            per_chunk = max(CHUNK_BYTES // (self._row_bytes * int(np.diff(bounds).max())), 1)
        for first in range(0, n_batches, per_chunk):
            ends = bounds[first : first + per_chunk + 1]
            positions = np.sort(epoch[ends[0] : ends[-1]])  # X is read in one direction
            order = random_state.permutation(len(positions))
            chunk = self._in_order(positions, order, np.diff(ends))
            for start, stop in pairwise((ends - ends[0]).tolist()):
                yield stop - start, chunk.blocks(slice(start, stop), max_rows)
            del chunk  # before the next one is read

    def validation_blocks(self, max_rows: int) -> Iterator[Block]:
        """Yield the rows that the members hold out, for all members at once, block by block.

        A block has one X (r, n) for each member, Y (e, r, k) and w (e, r). A sum over w of all
        blocks is a weighted mean.
        """
        chunk = self._validation_chunk
        for start in range(0, chunk.row.shape[1], max_rows):
            rows = slice(start, start + max_rows)
            X = [_load(chunk.X, row[rows], chunk.scaling, chunk.w.dtype) for row in chunk.row]
            yield X, chunk.table.take(chunk.codes[:, rows], axis=0), chunk.w[:, rows]

    @cached_property
    def _validation_chunk(self) -> "_OrderedRows":
        """The members' validation rows, with rows, codes and w (e, r) padded with weight 0."""
        assert self.validation_member is not None
        held_out = np.flatnonzero(self.validation_member >= 0)
        member = self.validation_member[held_out]
        members = [np.flatnonzero(member == j) for j in range(self.n_members)]
        X, row, scaling = self._read(held_out)
        position = np.zeros((self.n_members, max(map(len, members))), np.intp)
        w = np.zeros(position.shape)
        for j, own in enumerate(members):
            position[j, : len(own)] = own
            w[j, : len(own)] = self.weights[held_out[own]]
        dtype, table = self._block_dtype, self.targets.table
        return _OrderedRows(
            X,
            row[position],
            table.astype(dtype, copy=False),
            self.codes[held_out[position]],
            (w / w.sum()).astype(dtype),
            scaling,
        )

    def raw_blocks(self, max_rows: int) -> Iterator[tuple[Any, Array]]:
        """Yield X and the weights block by block, neither of them scaled."""
        for start in range(0, len(self), max_rows):
            rows = slice(start, start + max_rows)
            yield _take(self.X, self.index[rows]), self.weights[rows]

    @cached_property
    def _in_stored_order(self) -> "_OrderedRows":
        return self._in_order(np.arange(len(self)), slice(None), np.array([len(self)]))

    @cached_property
    def _kept(self) -> Any:
        """The standardised rows, if they fit into one chunk."""
        if self._row_bytes * len(self) > CHUNK_BYTES:
            return None
        return _load(self.X, self.index, self.scaling, self._block_dtype)

    def _read(self, positions: Array) -> tuple[Any, Array, Scaling | None]:
        """Return an X, where in it those rows are, and the scaling that it still needs.

        If they fit into a chunk, they are read and standardised at once.
        """
        if self._kept is not None:
            return self._kept, positions, None
        index = self.index[positions]
        if self._row_bytes * len(index) > CHUNK_BYTES:
            return self.X, index, self.scaling
        X = _load(self.X, index, self.scaling, self._block_dtype)
        return X, np.arange(len(index)), None

    @property
    def _block_dtype(self) -> Any:
        return self.X.dtype if self.dtype is None else np.dtype(self.dtype)

    @cached_property
    def _row_bytes(self) -> int:
        """Bytes of a row in a chunk, with its position, weights and code; of a mean sparse row."""
        n_entries, size = self.X.shape[1], self._block_dtype.itemsize
        if sparse.issparse(self.X):
            n_entries, size = self.X.nnz // self.X.shape[0] + 1, size + self.X.indices.itemsize
        return n_entries * size + ROW_OVERHEAD

    def _in_order(self, positions: Array, order: Array | slice, sizes: Array) -> "_OrderedRows":
        """Return those rows in that order, with w (e, r) divided by the sizes of the batches."""
        X, row, scaling = self._read(positions)
        positions, dtype = positions[order], self._block_dtype
        w = np.zeros((len(self.training_weights), len(positions)), dtype)
        trains_on: Any = True
        if self.validation_member is not None:
            members = np.arange(self.n_members)[:, np.newaxis]
            trains_on = self.validation_member[positions] != members
        relative = len(self) / np.maximum(self.training_weights, SMALLEST_WEIGHT)[:, np.newaxis]
        weights = self.weights[positions]
        np.multiply(weights, relative, out=w, where=trains_on, casting="same_kind")
        w /= np.repeat(sizes.astype(dtype), sizes) if len(sizes) > 1 else sizes.astype(dtype)
        table = self.targets.table.astype(dtype, copy=False)
        codes = self.targets.codes[self.index[positions]]
        return _OrderedRows(X, row[order], table, codes, w, scaling)


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

    Their order depends on their contents alone, or is that of X if they are many.
    """
    rows = drop_zero_weights(X, targets, weights)
    keys = _row_keys(X, rows.index)
    table = targets.table
    keys += _row_keys(table, np.arange(len(table)), seed=1)[rows.codes]
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


def _all_differ(keys: Array) -> bool:
    ordered = np.sort(keys)
    return bool((ordered[1:] != ordered[:-1]).all())


def _load(X: Any, index: Array, scaling: Scaling | None, dtype: Any) -> Any:
    """Return those rows of X, standardised, in that dtype."""
    if len(index) > BLOCK_ROWS and isinstance(X, np.ndarray) and scaling is not None:
        rows = np.empty((len(index), X.shape[1]), dtype)  # without a second array of this size
        for start in range(0, len(index), BLOCK_ROWS):
            part = slice(start, start + BLOCK_ROWS)
            rows[part] = _load(X, index[part], scaling, dtype)
        return rows
    block = _take(X, index)
    if scaling is not None:
        block = scaling(block)  # in the dtype of X: a narrower one could lose digits
    return block.astype(dtype, copy=False)


def _take(X: Any, index: Array) -> Any:
    """Return those rows of X. For dense X, take is faster than indexing."""
    return X.take(index, axis=0) if isinstance(X, np.ndarray) else X[index]


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

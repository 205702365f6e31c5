"""Weighted rows, read block by block: all of them, or in mini-batches."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from .._array_api.matrix import DeviceMatrix
from .._typing import Array, Block
from .encoding import EncodedTable
from .labels import Targets
from .moments import Moments, median
from .scaling import Scaling

BLOCK_ROWS = 1024
# A value that has more than half of the weight is the median of so many rows, nearly always.
MODE_ROWS = 255

# A smaller Σw has no reciprocal that is far from overflow.
SMALLEST_WEIGHT = 1e-290

# An epoch of mini-batches is a pass over all rows, or a part of a pass with at most so many rows.
MAX_EPOCH_ROWS = 2**18

# Mini-batches are taken from a chunk of standardised rows. If all rows fit into one chunk, it is
# kept. Else each chunk consists of random runs of consecutive rows, since a file is read faster in
# runs than row by row.
CHUNK_BYTES, ROW_OVERHEAD = 2**23, 40
RUN_BYTES, RUN_ROWS = 2**14, 128

# A row with a larger weight than this part of a mini-batch has, 1 / PARTS_OF_BATCH, is divided.
PARTS_OF_BATCH = 8


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of X with their targets and weights, read block by block without copying X."""

    X: Any  # ndarray, CSR or DeviceMatrix (m, n)
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
    # (e,), 1 / the mean weight of the rows that each member trains on, if these are a part of them.
    weight_factors: Array | None = None

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def total_weight(self) -> float:
        """Σw, which can be infinite."""
        with np.errstate(over="ignore"):
            return float(self.weights.sum())

    @cached_property
    def effective_number(self) -> float:
        """(Σw)² / Σw² [1]_: the number of rows if all have the same weight, else less.

        References
        ----------
        .. [1] Kish, "Survey sampling", 1965.
        """
        relative = self.weights / self.weights.max()
        return float(relative.sum() ** 2 / (relative @ relative))

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

    @property
    def weight_range(self) -> tuple[float, float]:
        """The smallest and the largest weight."""
        return float(self.weights.min()), float(self.weights.max())

    @property
    def has_held_out_rows(self) -> bool:
        """Whether members hold rows out."""
        return self.validation_member is not None

    @property
    def held_out_weight(self) -> float:
        """Σw of the rows that a member holds out."""
        assert self.validation_member is not None
        return float(self.weights[self.validation_member >= 0].sum())

    @cached_property
    def mean_squared_length(self) -> float:
        """Weighted mean of ‖x‖² of the rows as read."""
        if self.scaling is not None:
            return self.scaling.squared_length
        return self.total_squared_length / self.total_weight

    @property
    def total_squared_length(self) -> float:
        """Σ w ‖x‖² of the rows as they are stored."""
        total = 0.0
        for X, w in self.raw_blocks(BLOCK_ROWS):
            total += float(w @ _squared_lengths(X))
        return total

    @property
    def content(self) -> list[Array]:
        """The arrays that define these rows, however they are read."""
        X = self.X
        parts = [X.data, X.indices, X.indptr] if sparse.issparse(X) else [X]
        if isinstance(X, DeviceMatrix):
            parts = [X.content]
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
        return self.at(kept, weights[kept])

    def read_as(self, dtype: Any, moments: Moments | None) -> "Rows":
        """Return the rows in that dtype and, given the moments of the columns, standardised."""
        scaling = None if moments is None else Scaling(moments, self.X.dtype)
        return replace(self, scaling=scaling, dtype=dtype, keys=None)

    def in_memory(self) -> "Rows":
        """Return the rows with a dense X of their own, as they are read."""
        X = _load(self.X, self.index, self.scaling, self._block_dtype)
        index = np.arange(len(self))
        return replace(self, X=X, targets=self.own_targets, index=index, scaling=None)

    def in_light_parts(self, batch_size: int) -> "Rows":
        """Return the rows with each of a large weight as several parts of a smaller one.

        A heavy row in one of many batches would throw the weights of the network. Chance puts its
        parts into different batches.
        """
        n_rows = len(self)
        largest = max(batch_size / PARTS_OF_BATCH, 2) * self.total_weight / n_rows
        n_batches = math.ceil(n_rows / batch_size)
        parts = np.clip(np.ceil(self.weights / largest), 1, n_batches).astype(np.intp)
        heavy = np.flatnonzero(parts > 1)
        if not len(heavy):
            return self
        # At equal distances in the order of the rows, the parts are in different runs.
        row = np.repeat(heavy, parts[heavy])
        part = np.arange(len(row)) - np.repeat(np.cumsum(parts[heavy]) - parts[heavy], parts[heavy])
        place = (row + part * (n_rows / parts[row])) % n_rows
        light = np.flatnonzero(parts == 1)
        order = np.argsort(np.concatenate([light, place]), kind="stable")
        positions = np.concatenate([light, row])[order]
        return self.at(positions, self.weights[positions] / parts[positions])

    def at(self, positions: Array, weights: Array) -> "Rows":
        """Return the rows at those positions with those weights."""
        keys, member = (
            None if values is None else values[positions]
            for values in (self.keys, self.validation_member)
        )
        index = self.index[positions]
        return replace(self, index=index, weights=weights, keys=keys, validation_member=member)

    def blocks(self, max_rows: int) -> Iterator[Block]:
        """Yield X, Y and w of all rows, block by block; a sum over w is a weighted mean."""
        if self._kept is not None:
            yield from self._in_stored_order.blocks(slice(0, len(self)), max_rows)
            return
        step = max(CHUNK_BYTES // self._row_bytes // max_rows, 1) * max_rows
        for start in range(0, len(self), step):
            positions = np.arange(start, min(start + step, len(self)))
            chunk = self.in_order(positions, slice(None), np.array([len(self)]))
            yield from chunk.blocks(slice(0, len(positions)), max_rows)
            del chunk  # before the next one is read

    def epochs(self, max_rows: int, random_state: np.random.RandomState) -> Iterator[Array]:
        """Yield the positions of the rows of one epoch after another, without end.

        The runs of a pass are in random order. If there are more than ``max_rows`` rows, a pass
        consists of several epochs of about the same size, each with many runs.
        """
        run, n_epochs = len(self), math.ceil(len(self) / max_rows)
        if self._kept is None or n_epochs > 1:
            run = max(min(RUN_ROWS, RUN_BYTES // self._row_bytes, max_rows // RUN_ROWS), 1)
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
        largest = -(-len(epoch) // n_batches)
        per_chunk = n_batches
        if self._kept is None:
            per_chunk = max(CHUNK_BYTES // (self._row_bytes * largest), 1)
        return random_batches(self, epoch, n_batches, per_chunk, random_state, max_rows)

    def validation_blocks(self, max_rows: int) -> Iterator[Block]:
        """Yield the rows that the members hold out, for all members at once, block by block.

        A block has one X (r, n) for each member, Y (e, r, k) and w (e, r). A sum over w of all
        blocks is a weighted mean.
        """
        chunk = self._validation_chunk
        n_rows = chunk.row.shape[1]
        for start in range(0, n_rows, max_rows):
            rows = slice(start, min(start + max_rows, n_rows))
            X = [
                _load(chunk.X, chunk.row[j, rows], chunk.scaling, chunk.table.dtype)
                for j in range(self.n_members)
            ]
            yield X, _take(chunk.table, chunk.codes[:, rows]), chunk.w[:, rows]

    @cached_property
    def _validation_chunk(self) -> "OrderedRows":
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
        codes = self.targets.codes[self.index[held_out[position]]]
        return _ordered_rows(
            *(X, row[position], table.astype(dtype, copy=False), codes),
            *((w / w.sum()).astype(dtype), scaling),
        )

    def raw_blocks(self, max_rows: int) -> Iterator[tuple[Any, Array]]:
        """Yield X and the weights block by block, neither of them scaled."""
        for start in range(0, len(self), max_rows):
            rows = slice(start, start + max_rows)
            yield _take(self.X, self.index[rows]), self.weights[rows]

    def modes(self) -> Array:
        """Return the value of each column that may have more than half of the weight.

        In a table with bins no column has such a value, but NaN: 0 and 1 are the ends of a range.
        """
        if isinstance(self.X, EncodedTable) and self.X.encoding.has_bins:
            return np.full(self.X.shape[1], np.nan)
        # Rows at equal distances in the sum of the weights.
        ends = np.cumsum(self.weights / self.weights.max())
        positions = np.searchsorted(ends, (np.arange(MODE_ROWS) + 0.5) / MODE_ROWS * ends[-1])
        return median(_take(self.X, self.index[positions]))

    @cached_property
    def _in_stored_order(self) -> "OrderedRows":
        return self.in_order(np.arange(len(self)), slice(None), np.array([len(self)]))

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
            # Of these rows: X may have others, of weight 0 or equal ones.
            n_entries = int(np.diff(self.X.indptr)[self.index].mean()) + 1
            size += self.X.indices.itemsize
        return n_entries * size + ROW_OVERHEAD

    def in_order(self, positions: Array, order: Array | slice, sizes: Array) -> "OrderedRows":
        """Return those rows in that order, with w (e, r) divided by the sizes of the batches."""
        X, row, scaling = self._read(positions)
        positions, dtype = positions[order], self._block_dtype
        factors = relative_to_mean(self) if self.weight_factors is None else self.weight_factors
        w = np.zeros((len(factors), len(positions)), dtype)
        trains_on: Any = True
        if self.validation_member is not None:
            members = np.arange(self.n_members)[:, np.newaxis]
            trains_on = self.validation_member[positions] != members
        weights = self.weights[positions]
        np.multiply(weights, factors[:, np.newaxis], out=w, where=trains_on, casting="same_kind")
        w /= np.repeat(sizes.astype(dtype), sizes) if len(sizes) > 1 else sizes.astype(dtype)
        table = self.targets.table.astype(dtype, copy=False)
        codes = self.targets.codes[self.index[positions]]
        return _ordered_rows(X, row[order], table, codes, w, scaling)


class OrderedRows(NamedTuple):
    """Rows in a given order, gathered block by block.

    If X is on a device, so are the other arrays.
    """

    X: Any
    row: Array
    table: Any  # in the dtype of the blocks, as w
    codes: Array
    w: Array
    scaling: Scaling | None

    def blocks(self, batch: slice, max_rows: int) -> Iterator[Block]:
        """Yield X, Y and w of the rows of a batch, block by block."""
        for start in range(batch.start, batch.stop, max_rows):
            rows = slice(start, min(start + max_rows, batch.stop))
            X = _load(self.X, self.row[rows], self.scaling, self.table.dtype)
            yield X, _take(self.table, self.codes[rows]), self.w[:, rows]


def random_batches(
    rows: Any,
    epoch: Array,
    n_batches: int,
    per_chunk: int,
    random_state: np.random.RandomState,
    max_rows: int,
) -> Iterator[tuple[int, Iterator[Block]]]:
    """Yield the rows of an epoch in random mini-batches, of which so many are read at once."""
    bounds = np.arange(n_batches + 1) * len(epoch) // n_batches
    for first in range(0, n_batches, per_chunk):
        ends = bounds[first : first + per_chunk + 1]
        positions = np.sort(epoch[ends[0] : ends[-1]])  # X is read in one direction
        order = random_state.permutation(len(positions))
        chunk = rows.in_order(positions, order, np.diff(ends))
        for start, stop in pairwise((ends - ends[0]).tolist()):
            yield stop - start, chunk.blocks(slice(start, stop), max_rows)
        del chunk  # before the next one is read


def relative_to_mean(rows: Any) -> Array:
    """Return the factor of the weights that each member trains with: 1 / their mean."""
    return len(rows) / np.maximum(rows.training_weights, SMALLEST_WEIGHT)


def _ordered_rows(
    X: Any, row: Array, table: Array, codes: Array, w: Array, scaling: Scaling | None
) -> OrderedRows:
    if isinstance(X, DeviceMatrix):
        row, table, codes, w = X.beside(row, table, codes, w)
    return OrderedRows(X, row, table, codes, w, scaling)


def _load(X: Any, index: Array, scaling: Scaling | None, dtype: Any) -> Any:
    """Return those rows of X, standardised, in that dtype."""
    on_host = not isinstance(X, DeviceMatrix)
    if on_host and not sparse.issparse(X) and scaling is not None and len(index) > BLOCK_ROWS:
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


def _squared_lengths(X: Any) -> Array:
    """Return ‖x‖² of each row."""
    if isinstance(X, DeviceMatrix):
        return X.squared_lengths()
    squares = X.multiply(X) if sparse.issparse(X) else X * X
    return np.asarray(squares.sum(axis=1)).ravel()

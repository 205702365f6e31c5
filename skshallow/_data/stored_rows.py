"""Weighted rows of a file, read in random runs. No array has an entry for each row."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from .._typing import Array, Block
from .moments import Moments
from .row_file import RowFile
from .rows import (
    CHUNK_BYTES,
    MAX_EPOCH_ROWS,
    PARTS_OF_BATCH,
    OrderedRows,
    Rows,
    random_batches,
    relative_to_mean,
)
from .scaling import Scaling
from .survey import Totals
from .weighted_file import WeightedFile

__all__ = ["MAX_EPOCH_ROWS", "AnyRows", "HeldOut", "StoredRows"]

# Mini-batches are taken from a chunk of rows in memory, which consists of runs of rows from all
# parts of the file. A run is random itself, since rows are shuffled before they are written.
STORED_CHUNK_BYTES, STORED_RUN_BYTES = 2**26, 2**16
MIN_RUNS, MAX_RUNS = 128, 2**22  # of an epoch, of a pass


class HeldOut(NamedTuple):
    """The rows that members hold out."""

    rows: Rows
    positions: Array  # in the file, ascending; those of all parts of a heavy row
    member: Array


@dataclass(frozen=True, eq=False)
class StoredRows:
    """Rows of a file, which solvers read as they read :class:`Rows`."""

    source: WeightedFile
    totals: Totals
    held_out: HeldOut | None = None
    n_members: int = 1
    scaling: Scaling | None = None
    dtype: Any = None

    def __len__(self) -> int:
        return self.source.n_rows

    @property
    def X(self) -> RowFile:
        """The file."""
        return self.source.file

    @property
    def total_weight(self) -> float:
        """Σw."""
        return self.totals.total_weight

    @property
    def weight_range(self) -> tuple[float, float]:
        """The smallest and the largest weight."""
        return self.totals.smallest_weight, self.totals.largest_weight

    @property
    def effective_number(self) -> float:
        """(Σw)² / Σw²: the number of rows if all have the same weight, else less."""
        totals = self.totals
        return (totals.total_weight / totals.unit) ** 2 / totals.square

    @property
    def mean_target(self) -> Array:
        """Weighted mean of the targets (k,): the shares of the classes or labels."""
        return self.totals.target / self.totals.total_weight

    @cached_property
    def training_weights(self) -> Array:
        """Σw of the rows that each member trains on; one number if all train on the same rows."""
        if self.held_out is None:
            return np.array([self.total_weight])
        rows = self.held_out.rows
        assert rows.validation_member is not None
        held_out = np.bincount(rows.validation_member, rows.weights, self.n_members)
        return self.total_weight - held_out

    @property
    def has_held_out_rows(self) -> bool:
        """Whether members hold rows out."""
        return self.held_out is not None

    @property
    def held_out_weight(self) -> float:
        """Σw of the rows that a member holds out."""
        assert self.held_out is not None
        return self.held_out.rows.total_weight

    @cached_property
    def mean_squared_length(self) -> float:
        """Weighted mean of ‖x‖² of the rows as read."""
        if self.scaling is not None:
            return self.scaling.squared_length
        chunks = map(self.source.load, self.source.chunks(CHUNK_BYTES))
        return sum(rows.total_squared_length for rows in chunks) / self.total_weight

    @property
    def content(self) -> list[Array]:
        """Arrays that stand for the contents of these rows."""
        return [self.totals.fingerprint]

    def read_as(self, dtype: Any, moments: Moments | None) -> "StoredRows":
        """Return the rows in that dtype and, given the moments of the columns, standardised."""
        scaling = None if moments is None else Scaling(moments, self.X.dtype)
        held_out = self.held_out
        if held_out is not None:
            rows = replace(held_out.rows, scaling=scaling, dtype=dtype)
            held_out = held_out._replace(rows=rows)
        return replace(self, scaling=scaling, dtype=dtype, held_out=held_out)

    def in_light_parts(self, batch_size: int) -> "StoredRows":
        """Return the rows with each of a large weight as several parts of a smaller one.

        As :meth:`Rows.in_light_parts`. The further parts are written to the end of the file.
        """
        source, n_rows, random = self.source, len(self), np.random.default_rng(0)
        largest = max(batch_size / PARTS_OF_BATCH, 2) * self.total_weight / n_rows
        if self.totals.largest_weight <= largest:
            return self
        light = replace(source, largest_weight=largest, max_parts=math.ceil(n_rows / batch_size))
        held_out = self.held_out
        for positions in source.chunks(STORED_CHUNK_BYTES):
            records = source.file.read(positions)
            n_parts = light.parts_of(source.weights_of(records))
            further = np.repeat(np.arange(len(records)), n_parts - 1)
            first = source.file.n_rows
            order = source.file.append_shuffled(records, further, random)
            if held_out is not None:
                member = self._members(positions)[order]
                parts = np.flatnonzero(member >= 0)
                held_out = held_out._replace(
                    positions=np.concatenate([held_out.positions, first + parts]),
                    member=np.concatenate([held_out.member, member[parts]]),
                )
        return replace(self, source=replace(light, n_rows=source.file.n_rows), held_out=held_out)

    def blocks(self, max_rows: int) -> Iterator[Block]:
        """Yield X, Y and w of all rows, block by block; a sum over w is a weighted mean."""
        for positions in self.source.chunks(max(CHUNK_BYTES, max_rows * self._row_bytes)):
            chunk = self.in_order(positions, slice(None), np.array([len(self)]))
            yield from chunk.blocks(slice(0, len(positions)), max_rows)
            del chunk  # before the next one is read

    def epochs(self, max_rows: int, random_state: np.random.RandomState) -> Iterator[Array]:
        """Yield the positions of the rows of one epoch after another, without end.

        If there are more than ``max_rows`` rows, a pass consists of several epochs of about the
        same size. Each of them has one run from every part of the file, so that it is like all
        rows even if the source is sorted.
        """
        n_epochs = math.ceil(len(self) / max_rows)
        run = min(STORED_RUN_BYTES // self._row_bytes, max_rows // MIN_RUNS)
        run = max(run, math.ceil(len(self) / MAX_RUNS), 1)
        n_parts = math.ceil(len(self) / run / n_epochs)
        while True:
            order = random_state.random_sample((n_parts, n_epochs)).argsort(axis=1)
            for runs in (order + n_epochs * np.arange(n_parts)[:, np.newaxis]).T:
                positions = np.add.outer(random_state.permutation(runs) * run, np.arange(run))
                positions = positions.ravel()
                yield positions[positions < len(self)]

    def batches(
        self, epoch: Array, n_batches: int, random_state: np.random.RandomState, max_rows: int
    ) -> Iterator[tuple[int, Iterator[Block]]]:
        """Yield the rows of an epoch in random mini-batches: their number of rows and their blocks.

        As :meth:`Rows.batches`. A batch is in memory as a whole.
        """
        largest = -(-len(epoch) // n_batches)
        per_chunk = max(STORED_CHUNK_BYTES // (self._row_bytes * largest), 1)
        return random_batches(self, epoch, n_batches, per_chunk, random_state, max_rows)

    def validation_blocks(self, max_rows: int) -> Iterator[Block]:
        """Yield the rows that the members hold out, as :meth:`Rows.validation_blocks`."""
        assert self.held_out is not None
        return self.held_out.rows.validation_blocks(max_rows)

    def in_order(self, positions: Array, order: Array | slice, sizes: Array) -> OrderedRows:
        """Return those rows in that order, with w (e, r) divided by the sizes of the batches."""
        rows = self.source.load(positions, self.scaling, self.dtype)
        rows = replace(
            rows,
            validation_member=None if self.held_out is None else self._members(positions),
            n_members=self.n_members,
            weight_factors=relative_to_mean(self),
        )
        return rows.in_order(np.arange(len(rows)), order, sizes)

    def _members(self, positions: Array) -> Array:
        """Return which member holds each row out, -1 for none."""
        assert self.held_out is not None
        _, held_out, member = self.held_out
        near = slice(*np.searchsorted(held_out, [positions[0], positions[-1] + 1]))
        place = np.searchsorted(positions, held_out[near])
        found = positions[np.minimum(place, len(positions) - 1)] == held_out[near]
        members = np.full(len(positions), -1, member.dtype)
        members[place[found]] = member[near][found]
        return members

    @property
    def _row_bytes(self) -> int:
        return int(self.X.record.itemsize)


AnyRows: TypeAlias = Rows | StoredRows

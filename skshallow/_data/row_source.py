"""Sources of rows: blocks of rows, one after the other, that together may exceed the memory.

One pass over the blocks checks them and writes the rows to a temporary file, which the solvers read
in random runs. So a source needs no number of rows and no order, and is decoded only once. What
fits into the buffer is not written: it is trained on as arrays are.
"""

import copy
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator

from .._array_api.place import place_of
from .._typing import Array
from .labels import check_labels, check_no_missing_label
from .row_file import RowFile, record_of
from .validation import Samples, check_validation_samples, check_weights, errors_about, validated

# Rows are shuffled within a buffer of this size before they are written: a run of the file then has
# random rows of a part of the source.
BUFFER_BYTES = 2**27


class StoredSamples(NamedTuple):
    """Checked rows of a source, in a file."""

    X: RowFile
    y: Array  # the label of each number in the file; for multilabel any row of targets
    weights: Array  # Σw of the rows that have each label
    total_weight: float
    largest_weight: float
    feature_names: Array | None
    columns: Array | None = None  # no column is left out
    place: None = None  # they are not on a device


def check_source(
    estimator: BaseEstimator,
    source: Any,
    y: Any,
    sample_weight: Any,
    validation: Any,
    *,
    reset: bool,
    files: ExitStack,
    block_name: Callable[[int], str] = "block {} of the source".format,
) -> tuple[Samples | StoredSamples, Samples | None]:
    """Check the blocks of a source, and ``validation`` as for arrays.

    ``files`` closes the file of the rows. ``block_name(number)`` is what messages call a block.
    """
    if y is not None or sample_weight is not None:
        raise ValueError(
            "X is a source of rows: leave y and sample_weight out, and yield blocks (X, y) or "
            "(X, y, sample_weight)."
        )
    checked = copy.copy(estimator)  # validate_data sets attributes
    store, validation_samples = None, None
    for number, block in enumerate(_blocks(source)):
        with errors_about(block_name(number)):
            rows = _checked_block(checked, block, reset=reset and store is None)
            if rows is not None and store is not None:
                store.check(rows)
        if rows is None:
            continue
        if store is None:
            store = _RowStore(rows, files)
            validation_samples = check_validation_samples(checked, None, validation)
        store.add(rows)
        del rows  # before the next block is made
    if store is None:
        raise ValueError(
            "The source of rows yielded no row: a generator does so after it has been read once. "
            "Pass the function that makes it."
        )
    return store.samples(getattr(checked, "feature_names_in_", None)), validation_samples


def _blocks(source: Any) -> Iterable[Any]:
    blocks = source() if callable(source) else source
    if not isinstance(blocks, Iterable):
        raise TypeError(
            f"The source of rows returned {type(blocks).__name__}: return an iterable of blocks "
            "(X, y) or (X, y, sample_weight)."
        )
    return blocks


def _checked_block(estimator: BaseEstimator, block: Any, *, reset: bool) -> Samples | None:
    """Return the samples of a block; None if it has no row."""
    if not (isinstance(block, tuple) and len(block) in (2, 3)):
        kind = f"tuple of {len(block)}" if isinstance(block, tuple) else type(block).__name__
        raise TypeError(f"a block must be a tuple (X, y) or (X, y, sample_weight), not a {kind}.")
    X, y, sample_weight = (*block, None)[:3]
    if place_of(X) is not None:
        raise TypeError("X is on a device: yield NumPy arrays.")
    n_rows = X.shape[0] if getattr(X, "shape", ()) else len(X)
    if n_rows == 0 and (y is None or len(y) == 0):
        return None
    check_no_missing_label(y)
    X, y = validated(estimator, X, y, reset=reset, multi_output=True, accept_sparse=False)
    return Samples(X, check_labels(y), check_weights(sample_weight, X))


class _RowStore:
    """Rows on their way from blocks to a file; if they are few, they stay in the buffer.

    Parameters
    ----------
    first : Samples
        The first block.
    files : ExitStack
    """

    def __init__(self, first: Samples, files: ExitStack) -> None:
        n_labels = first.y.shape[1] if first.y.ndim == 2 else None
        self.record = record_of(first.X.shape[1], first.X.dtype, n_labels)
        self.buffer = np.empty(max(BUFFER_BYTES // self.record.itemsize, 1), self.record)
        self.n_buffered = 0
        self.file: RowFile | None = None
        self.files = files
        self.labels = first.y[:0]
        self.numbers: dict[Any, int] = {}  # of the labels
        self.weights = np.zeros(n_labels or 0)
        self.total_weight = self.largest_weight = 0.0
        self.random = np.random.default_rng(0)

    def check(self, rows: Samples) -> None:
        """Raise ValueError if a block does not fit to the first one."""
        dtype, shape = self.record["X"].base, self.labels.shape
        if not np.can_cast(rows.X.dtype, dtype):
            raise ValueError(
                f"X has the dtype {rows.X.dtype}, but in the first block {dtype}: yield blocks of "
                "one dtype."
            )
        if rows.y.shape[1:] != shape[1:]:
            columns = f"{shape[1]} columns" if len(shape) == 2 else "one column"
            raise ValueError(
                f"y has the shape {rows.y.shape}, but the first block has {columns} of labels."
            )
        if (rows.y.dtype.kind in "OSU") != (self.labels.dtype.kind in "OSU"):
            raise ValueError(
                f"y has labels of the dtype {rows.y.dtype}, but in the first block of "
                f"{self.labels.dtype}: labels are all numbers or all strings."
            )

    def add(self, rows: Samples) -> None:
        """Add the rows of a checked block."""
        y = self._numbered(rows.y)
        with np.errstate(over="ignore"):  # the check of the total weight follows
            if y.ndim == 2:
                self.weights = self.weights + rows.weights @ y
            else:
                weights = np.bincount(y, rows.weights, len(self.numbers))
                weights[: len(self.weights)] += self.weights
                self.weights = weights
            self.total_weight += float(rows.weights.sum())
        self.largest_weight = max(self.largest_weight, float(rows.weights.max()))
        start = 0
        while start < len(y):
            if self.n_buffered == len(self.buffer):
                self._flush()
            taken = slice(start, start + len(self.buffer) - self.n_buffered)
            free = self.buffer[self.n_buffered :][: len(y[taken])]
            free["X"], free["y"], free["w"] = rows.X[taken], y[taken], rows.weights[taken]
            self.n_buffered += len(free)
            start = taken.stop

    def _numbered(self, y: Array) -> Array:
        """Return the numbers of labels, in the order in which they occur first."""
        if y.ndim == 2:
            return y
        distinct, index = np.unique(y, return_inverse=True)
        labels = distinct.tolist()
        new = [i for i, label in enumerate(labels) if label not in self.numbers]
        self.labels = np.concatenate([self.labels, distinct[new]])
        self.numbers |= {labels[i]: len(self.numbers) + j for j, i in enumerate(new)}
        return np.array([self.numbers[label] for label in labels])[index]

    def _flush(self) -> None:
        """Write the rows of a positive weight in the buffer in random order."""
        if self.file is None:
            self.file = RowFile(self.record, self.files)
        buffered = np.flatnonzero(self.buffer["w"][: self.n_buffered])
        self.file.append_shuffled(self.buffer, buffered, self.random)
        self.n_buffered = 0

    def samples(self, feature_names: Array | None) -> Samples | StoredSamples:
        """Return all rows."""
        if self.file is None:
            records = self.buffer[: self.n_buffered]
            y = self.labels[records["y"]] if self.labels.ndim == 1 else records["y"].astype(int)
            X = np.ascontiguousarray(records["X"])
            return Samples(X, y, np.ascontiguousarray(records["w"]), feature_names)
        self._flush()
        y = self.labels if self.labels.ndim == 1 else np.zeros((1, len(self.weights)), int)
        totals = self.weights, self.total_weight, self.largest_weight
        return StoredSamples(self.file, y, *totals, feature_names)

"""Tasks from checked rows to weighted rows, of which some are held out, and to their moments."""

from typing import Any

import numpy as np

from .._data.class_weight import class_totals, row_factors
from .._data.distinct_rows import distinct_rows, drop_zero_weights
from .._data.labels import LabelEncoding
from .._data.moments import Moments, weighted_moments
from .._data.rows import BLOCK_ROWS, Rows
from .._data.validation import Samples
from .._data.validation_split import split_validation
from .._typing import Array


def weigh(
    samples: Samples, labels: LabelEncoding, dtype: Any, factor: float, *, merge: bool
) -> Rows:
    """Return the rows of positive weight, multiplied by a factor; equal ones merged if wanted."""
    X, targets = samples.X.astype(dtype, copy=False), labels.encode(samples.y)
    read = distinct_rows if merge else drop_zero_weights
    return read(X, targets, samples.weights * factor)


def count_classes(rows: Rows, labels: LabelEncoding) -> Array:
    """Return Σw of each class."""
    return class_totals(rows.own_targets, rows.weights, labels)


def weigh_classes(rows: Rows, factors: Array | None) -> Rows:
    """Multiply the weights by the factors of the classes."""
    if factors is None:
        return rows
    return rows.reweighted(rows.weights * row_factors(rows.own_targets, factors))


def hold_out(rows: Rows, labels: LabelEncoding, settings: Any, seed: int) -> Rows:
    """Return the rows with the member that holds each of them out."""
    if not len(rows):
        return rows
    return split_validation(rows, labels, settings, None, np.random.RandomState(seed))[0]


def modes(rows: Rows) -> Array | None:
    """Return the modes of the columns; None without rows."""
    return rows.modes() if len(rows) else None


def moments(rows: Rows, mode: Array) -> Moments | None:
    """Return the moments of the columns; None without rows."""
    return weighted_moments(rows.raw_blocks(BLOCK_ROWS), mode) if len(rows) else None

"""From checked samples to distinct, weighted rows."""

import sys
from typing import NamedTuple

import numpy as np

from .._settings import Settings
from .._typing import Array
from .class_weight import class_factors, class_totals, row_factors
from .distinct_rows import distinct_rows, drop_zero_weights
from .labels import LabelEncoding
from .rows import SMALLEST_WEIGHT, Rows
from .validation import Samples

# With room for the rounding of weights in float16 that sum to 1.
WEIGHT_OF_ONE_ROW = 1.001


class WeightedRows(NamedTuple):
    """Rows with the weights of samples and classes."""

    rows: Rows
    validation_rows: Rows | None  # those that the user passed
    class_totals: Array  # of all calls


def weighted_rows(
    samples: Samples,
    validation: Samples | None,
    labels: LabelEncoding,
    settings: Settings,
    previous_totals: Array | None,
    *,
    stream: bool,
) -> WeightedRows:
    """Samples -> distinct rows -> class weights.

    ``previous_totals`` are the class totals of earlier calls of partial_fit.
    """
    rows = distinct_rows(samples.X, labels.encode(samples.y), samples.weights, samples.columns)
    if not stream and 0 < rows.total_weight <= WEIGHT_OF_ONE_ROW:
        # Of the distinct rows, so that a share is worth as much as two of half its size.
        rows = rows.reweighted(shares_as_weights(rows.weights))
    may_be_empty = previous_totals is not None
    if len(rows) or not may_be_empty:
        check_total_weight(rows.total_weight, "in sample_weight")
    totals = class_totals(rows.own_targets, rows.weights, labels)
    if previous_totals is not None:
        with np.errstate(over="ignore"):
            totals += previous_totals
            check_total_weight(totals.sum(), "of all calls")
    factors = class_factors(settings.class_weight, labels.classes, totals)
    rows = _weighted(rows, factors)
    if len(rows) or not may_be_empty:
        check_total_weight(rows.total_weight, "that class_weight leaves")
    validation_rows = None
    if validation is not None:
        validation_rows = weighted_validation_rows(validation, labels, factors)
    return WeightedRows(rows, validation_rows, totals)


def weighted_validation_rows(
    validation: Samples, labels: LabelEncoding, factors: Array | None
) -> Rows:
    """Return the rows of X_val, weighted by their class as the training rows are."""
    targets = labels.encode(validation.y, "y_val")
    rows = drop_zero_weights(validation.X, targets, validation.weights)
    check_total_weight(rows.total_weight, "in sample_weight_val")
    rows = _weighted(rows, factors)
    check_total_weight(rows.total_weight, "that class_weight leaves of X_val")
    return rows


def _weighted(rows: Rows, factors: Array | None) -> Rows:
    """Multiply the weights by the factors of the classes; drop rows whose weight becomes 0."""
    if factors is None:
        return rows
    with np.errstate(over="ignore"):  # the check of the total weight follows
        return rows.reweighted(rows.weights * row_factors(rows.own_targets, factors))


def shares_as_weights(weights: Array) -> Array:
    """Give weights that sum to at most 1 a mean of 1.

    No data weigh less than one row: such weights are shares, as those of AdaBoostClassifier are.
    """
    with np.errstate(over="ignore"):
        total = weights.sum()
    return (
        weights / total * np.count_nonzero(weights) if 0 < total <= WEIGHT_OF_ONE_ROW else weights
    )


def check_class_weight(totals: Array, factors: Array | None) -> None:
    """Raise ValueError if class weights leave no weight of these totals, or too much."""
    if factors is not None:
        with np.errstate(over="ignore"):
            check_total_weight(float((totals * factors).sum()), "that class_weight leaves")


def check_total_weight(total: float, which: str) -> None:
    """Raise ValueError if the sum of the weights is 0, too small or too large."""
    if total == 0:
        raise ValueError(f"All weights {which} are zero: give at least one row a positive weight.")
    if not SMALLEST_WEIGHT <= total <= sys.float_info.max:
        raise ValueError(
            f"The weights {which} sum to {total:.3g}, but the sum must be finite and at least "
            f"{SMALLEST_WEIGHT:g}: divide sample_weight by its mean."
        )

"""From checked samples to distinct, weighted, standardised rows."""

import sys
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from .._settings import Settings
from .._typing import Array
from .class_weight import class_factors, class_totals, row_factors
from .distinct_rows import distinct_rows, drop_zero_weights
from .labels import LabelEncoding
from .moments import Moments, weighted_moments
from .rows import SMALLEST_WEIGHT, Rows
from .scaling import Scaling
from .validation import Samples
from .validation_split import ValidationSplit, split_validation

# With room for the rounding of weights in float16 that sum to 1.
WEIGHT_OF_ONE_ROW = 1.001

NO_MOMENTS = Moments(0.0, *np.empty((4, 0)))


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """The rows of one fit, and the statistics of all rows seen."""

    rows: Rows
    validation_rows: Rows | None  # those that the user passed
    labels: LabelEncoding
    class_totals: Array
    feature_names: Array | None
    moments: Moments = NO_MOMENTS
    split: ValidationSplit | None = None
    warning: str | None = None  # about the validation split

    @property
    def content(self) -> list[Array]:
        """The arrays that define the rows."""
        return self.rows.content + (self.validation_rows.content if self.validation_rows else [])


class History(NamedTuple):
    """What earlier fits, or calls of partial_fit, leave to this one."""

    class_totals: Array | None = None  # of all calls
    moments: Moments | None = None  # of all calls
    split: ValidationSplit | None = None


def load_training_set(
    samples: Samples,
    validation: Samples | None,
    labels: LabelEncoding,
    settings: Settings,
    history: History,
    *,
    stream: bool,
    random_state: np.random.RandomState,
    max_rows: int,
    dtype: Any,
) -> TrainingSet:
    """Samples -> distinct rows -> class weights -> validation split -> moments -> scaling.

    The rows are read in blocks of ``max_rows`` and in ``dtype``. After earlier calls, a call of
    partial_fit may have no row with a positive weight; then the training set has no rows.
    """
    data = _weighted_rows(samples, validation, labels, settings, history, stream=stream)
    if not len(data.rows):
        return data
    if settings.early_stopping and validation is None:
        data = _held_out(data, settings, history.split, random_state)
    return _standardized(data, settings, history.moments, max_rows, dtype)


def _weighted_rows(
    samples: Samples,
    validation: Samples | None,
    labels: LabelEncoding,
    settings: Settings,
    history: History,
    *,
    stream: bool,
) -> TrainingSet:
    """Samples -> distinct rows -> class weights."""
    rows = distinct_rows(samples.X, labels.encode(samples.y), samples.weights)
    if not stream:
        rows = _shares_as_weights(rows)
    may_be_empty = history.class_totals is not None
    if len(rows) or not may_be_empty:
        _check_total_weight(rows.total_weight, "in sample_weight")
    totals = class_totals(rows.own_targets, rows.weights, labels)
    if history.class_totals is not None:
        with np.errstate(over="ignore"):
            totals += history.class_totals
            _check_total_weight(totals.sum(), "of all calls")
    factors = class_factors(settings.class_weight, labels.classes, totals)
    rows = _weighted(rows, factors)
    if len(rows) or not may_be_empty:
        _check_total_weight(rows.total_weight, "that class_weight leaves")
    validation_rows = None
    if validation is not None:
        validation_rows = _validation_rows(validation, labels, factors)
    return TrainingSet(rows, validation_rows, labels, totals, samples.feature_names)


def _held_out(
    data: TrainingSet,
    settings: Settings,
    previous: ValidationSplit | None,
    random_state: np.random.RandomState,
) -> TrainingSet:
    """Weighted rows -> rows of which each member holds out some."""
    rows, n_classes = data.rows, len(data.labels.classes)
    classes = rows.codes
    if data.labels.multilabel:
        classes, n_classes = np.zeros_like(classes), 1
    rows, split, warning = split_validation(
        rows, classes, n_classes, settings, previous, random_state
    )
    return replace(data, rows=rows, split=split, warning=warning)


def _standardized(
    data: TrainingSet, settings: Settings, seen: Moments | None, max_rows: int, dtype: Any
) -> TrainingSet:
    """Weighted rows -> rows that are read standardised and in ``dtype``."""
    rows, validation_rows, scaling = data.rows, data.validation_rows, None
    moments = data.moments._replace(weight=rows.total_weight)
    if settings.standardize:
        moments = weighted_moments(rows.raw_blocks(max_rows), None if seen is None else seen.mode)
    if seen is not None:
        moments = seen.merge(moments)
        _check_total_weight(moments.weight, "of all calls")
    if settings.standardize:
        scaling = Scaling(moments, rows.X.dtype)
    rows = replace(rows, scaling=scaling, dtype=dtype, keys=None)
    if validation_rows is not None:
        validation_rows = replace(validation_rows, scaling=scaling, dtype=dtype)
    return replace(data, rows=rows, validation_rows=validation_rows, moments=moments)


def _validation_rows(validation: Samples, labels: LabelEncoding, factors: Array | None) -> Rows:
    """Return the rows of X_val, weighted by their class as the training rows are."""
    targets = labels.encode(validation.y, "y_val")
    rows = drop_zero_weights(validation.X, targets, validation.weights)
    _check_total_weight(rows.total_weight, "in sample_weight_val")
    rows = _weighted(rows, factors)
    _check_total_weight(rows.total_weight, "that class_weight leaves of X_val")
    return rows


def _weighted(rows: Rows, factors: Array | None) -> Rows:
    """Multiply the weights by the factors of the classes; drop rows whose weight becomes 0."""
    if factors is None:
        return rows
    with np.errstate(over="ignore"):  # the check of the total weight follows
        return rows.reweighted(rows.weights * row_factors(rows.own_targets, factors))


def _shares_as_weights(rows: Rows) -> Rows:
    """Give weights that sum to at most 1 a mean of 1.

    No data weigh less than one row: such weights are shares, as those of AdaBoostClassifier are.
    The mean is that of the distinct rows, so that a share is worth as much as two of half its size.
    """
    if 0 < rows.total_weight <= WEIGHT_OF_ONE_ROW:
        return rows.reweighted(rows.weights / rows.total_weight * len(rows))
    return rows


def _check_total_weight(total: float, which: str) -> None:
    """Raise ValueError if the sum of the weights is 0, too small or too large."""
    if total == 0:
        raise ValueError(f"All weights {which} are zero: give at least one row a positive weight.")
    if not SMALLEST_WEIGHT <= total <= sys.float_info.max:
        raise ValueError(
            f"The weights {which} sum to {total:.3g}, but the sum must be finite and at least "
            f"{SMALLEST_WEIGHT:g}: divide sample_weight by its mean."
        )

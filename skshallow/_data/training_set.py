"""From checked samples to distinct, weighted, standardised rows."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .._settings import Settings
from .._typing import Array
from .class_weight import class_factors, class_totals, row_factors
from .labels import LabelEncoding
from .rows import Rows, distinct_rows, drop_zero_weights
from .scaling import Moments, Scaling, weighted_moments
from .validation import Samples
from .validation_split import split_validation

NO_MOMENTS = Moments(0.0, np.empty(0), np.empty(0))


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """The rows of one fit, and the statistics of all rows seen."""

    rows: Rows
    validation_rows: Rows | None  # those that the user passed
    labels: LabelEncoding
    class_totals: Array
    feature_names: Array | None
    moments: Moments = NO_MOMENTS
    warning: str | None = None  # about the validation split

    @property
    def content(self) -> list[Array]:
        """The arrays that define the rows."""
        return self.rows.content + (self.validation_rows.content if self.validation_rows else [])


def load_training_set(
    samples: Samples,
    validation: Samples | None,
    labels: LabelEncoding,
    class_weight: Any,
    seen_totals: Array | None,
) -> TrainingSet:
    """Samples -> distinct rows -> class weights.

    ``seen_totals`` are the class totals of earlier calls of partial_fit. After them, a call may
    have no row with a positive weight; then the training set has no rows.
    """
    rows = distinct_rows(samples.X, labels.encode(samples.y), samples.weights)
    totals = class_totals(rows.own_targets, rows.weights, labels)
    if seen_totals is None:
        _check_total_weight(rows, "in sample_weight")
    else:
        totals += seen_totals
    factors = class_factors(class_weight, labels.classes, totals)
    rows = _weighted(rows, factors)
    if seen_totals is None:
        _check_total_weight(rows, "that class_weight leaves")
    validation_rows = None
    if validation is not None:
        validation_rows = _validation_rows(validation, labels, factors)
    return TrainingSet(rows, validation_rows, labels, totals, samples.feature_names)


def standardized(
    data: TrainingSet,
    settings: Settings,
    random_state: np.random.RandomState,
    max_rows: int,
    dtype: Any,
    seen_moments: Moments | None,
) -> TrainingSet:
    """Weighted rows -> validation split -> rows that are read standardised and in ``dtype``.

    ``seen_moments`` are those of earlier calls of partial_fit.
    """
    rows, validation_rows, warning = data.rows, data.validation_rows, None
    if settings.early_stopping and validation_rows is None:
        n_members, fraction = settings.n_estimators, settings.validation_fraction
        classes = np.zeros(len(rows), np.int64) if data.labels.multilabel else rows.codes
        validation_member, warning = split_validation(
            classes, rows.weights, n_members, fraction, random_state
        )
        if validation_member is not None:
            rows = replace(rows, validation_member=validation_member, n_members=n_members)

    moments, scaling = data.moments._replace(weight=rows.total_weight), None
    if settings.standardize:
        moments = weighted_moments(rows.raw_blocks(max_rows), rows.X.shape[1])
    if seen_moments is not None:
        moments = seen_moments.merge(moments)
    if settings.standardize:
        scaling = Scaling(moments, rows.X.dtype)
    rows = replace(rows, scaling=scaling, dtype=dtype)
    if validation_rows is not None:
        validation_rows = replace(validation_rows, scaling=scaling, dtype=dtype)
    return replace(
        data, rows=rows, validation_rows=validation_rows, moments=moments, warning=warning
    )


def _validation_rows(validation: Samples, labels: LabelEncoding, factors: Array | None) -> Rows:
    """Return the rows of X_val, weighted by their class as the training rows are."""
    targets = labels.encode(validation.y, "y_val")
    rows = drop_zero_weights(validation.X, targets, validation.weights)
    _check_total_weight(rows, "in sample_weight_val")
    rows = _weighted(rows, factors)
    _check_total_weight(rows, "that class_weight leaves of X_val")
    return rows


def _weighted(rows: Rows, factors: Array | None) -> Rows:
    """Multiply the weights by the factors of the classes; drop rows whose weight becomes 0."""
    if factors is None:
        return rows
    return rows.reweighted(rows.weights * row_factors(rows.own_targets, factors))


def _check_total_weight(rows: Rows, which: str) -> None:
    """Raise ValueError if no row has a positive weight."""
    if not len(rows):
        raise ValueError(f"All weights {which} are zero: give at least one row a positive weight.")

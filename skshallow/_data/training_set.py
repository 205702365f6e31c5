"""From checked samples to distinct, weighted, standardised rows."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from .._settings import Settings
from .._typing import Array
from .class_weight import apply_class_weight, multiply_weights
from .labels import LabelEncoding
from .rows import Rows, check_total_weight, drop_zero_weights
from .scaling import Moments, Scaling
from .validation import Samples
from .validation_split import split_validation


class TrainingSet(NamedTuple):
    """The rows of one fit, and the statistics of all rows seen."""

    rows: Rows
    validation_rows: Rows | None  # those that the user passed
    labels: LabelEncoding
    class_totals: Array
    moments: Moments
    feature_names: Array | None
    warning: str | None  # about the validation split

    @property
    def content(self) -> list[Array]:
        """The arrays that define the rows."""
        return self.rows.content + (self.validation_rows.content if self.validation_rows else [])


def load_training_set(
    samples: Samples,
    validation: Samples | None,
    labels: LabelEncoding,
    settings: Settings,
    random_state: np.random.RandomState,
    max_rows: int,
    dtype: Any,
    seen: tuple[Array, Moments] | None,
) -> TrainingSet:
    """Samples -> distinct rows -> class weights -> validation split -> standardised rows.

    ``seen`` are the class totals and moments of earlier calls of partial_fit. After them, a call
    may have no row with a positive weight; then the training set has no rows.
    """
    rows = drop_zero_weights(samples.X, labels.encode(samples.y), samples.weights).distinct()
    if seen is None:
        check_total_weight(rows, "in sample_weight")
    seen_totals, seen_moments = seen or (None, None)
    rows, totals, factors = apply_class_weight(rows, labels, settings.class_weight, seen_totals)
    if seen is None:
        check_total_weight(rows, "that class_weight leaves")
    validation_rows = warning = None
    if validation is not None:
        validation_rows = _validation_rows(validation, labels, factors)
    elif settings.early_stopping:
        n_members, fraction = settings.n_estimators, settings.validation_fraction
        stratify = not labels.multilabel
        rows, warning = split_validation(rows, n_members, fraction, random_state, stratify=stratify)

    moments, scaling = Moments(rows.total_weight, np.empty(0), np.empty(0)), None
    if settings.standardize:
        moments = rows.moments(max_rows)
    if seen_moments is not None and len(rows):
        moments = seen_moments.merge(moments)
    if settings.standardize:
        scaling = Scaling(moments, rows.X.dtype)
    rows = replace(rows, scaling=scaling, dtype=dtype)
    if validation_rows is not None:
        validation_rows = replace(validation_rows, scaling=scaling, dtype=dtype)
    names = samples.feature_names
    return TrainingSet(rows, validation_rows, labels, totals, moments, names, warning)


def _validation_rows(validation: Samples, labels: LabelEncoding, factors: Array | None) -> Rows:
    """Return the rows of X_val, weighted by their class as the training rows are."""
    targets = labels.encode(validation.y, "y_val")
    rows = drop_zero_weights(validation.X, targets, validation.weights)
    check_total_weight(rows, "in sample_weight_val")
    rows = multiply_weights(rows, factors)
    check_total_weight(rows, "that class_weight leaves of X_val")
    return rows

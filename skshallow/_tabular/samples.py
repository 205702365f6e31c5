"""Checks of X, y and weights for tables."""

import copy
from typing import Any

from sklearn.utils import check_consistent_length

from .._data.validation import Samples, check_weights, check_y, errors_about, has_validation
from .columns import check_table

__all__ = ["check_table", "check_table_samples"]


def check_table_samples(
    estimator: Any, X: Any, y: Any, sample_weight: Any, validation: tuple[Any, Any, Any]
) -> tuple[Samples, Samples | None]:
    """Check the rows to train on and ``validation``, the user's (X_val, y_val, sample_weight_val).

    X is still a data frame or an array of any values.
    """
    checked = copy.copy(estimator)  # checks set attributes
    X = check_table(checked, X, y, reset=True)
    samples = _samples(X, y, sample_weight, ("X", "y", "sample_weight"))
    names = getattr(checked, "feature_names_in_", None)
    samples = samples._replace(feature_names=names)
    if not has_validation(*validation):
        return samples, None
    X_val, y_val, sample_weight_val = validation
    with errors_about("X_val"):
        X_val = check_table(checked, X_val, reset=False)
    return samples, _samples(
        X_val, y_val, sample_weight_val, ("X_val", "y_val", "sample_weight_val")
    )


def _samples(X: Any, y: Any, weights: Any, names: tuple[str, str, str]) -> Samples:
    y = check_y(y, names[1])
    check_consistent_length(X, y)
    return Samples(X, y, check_weights(weights, X, names[2], names[0]))

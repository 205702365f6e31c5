"""Checks of X, y and weights for tables."""

import copy
from typing import Any

from sklearn.utils import check_array, check_consistent_length

from .._data.labels import check_labels, check_no_missing_label
from .._data.validation import Samples, check_weights
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
    if all(part is None for part in validation):
        return samples, None
    X_val, y_val, sample_weight_val = validation
    if X_val is None:
        raise ValueError("y_val and sample_weight_val describe X_val: pass X_val too.")
    if y_val is None:
        raise ValueError("X_val came without y_val: pass both.")
    X_val = check_table(checked, X_val, reset=False)
    return samples, _samples(
        X_val, y_val, sample_weight_val, ("X_val", "y_val", "sample_weight_val")
    )


def _samples(X: Any, y: Any, weights: Any, names: tuple[str, str, str]) -> Samples:
    check_no_missing_label(y, names[1])
    y = check_array(y, accept_sparse="csr", ensure_2d=False, dtype=None, input_name=names[1])
    check_consistent_length(X, y)
    return Samples(X, check_labels(y, names[1]), check_weights(weights, X, names[2], names[0]))

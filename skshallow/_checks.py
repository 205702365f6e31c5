"""Input checks: what comes in is turned into rows of data, or refused with a sentence."""

import math
from numbers import Real
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import check_non_negative, validate_data

from ._labels import check_labels, encode
from ._rows import Rows, Targets
from ._typing import Array

X_CHECKS: dict[str, Any] = {"accept_sparse": "csr", "dtype": (np.float64, np.float32)}


def check_training_data(
    estimator: BaseEstimator, X: Any, y: Any, sample_weight: Any, *, reset: bool
) -> tuple[Any, Array, Array]:
    """X (CSR, or C-ordered so that rows can be gathered), labels, and weights of shape (m,)."""
    X, y = validate_data(estimator, X, y, reset=reset, multi_output=True, order="C", **X_CHECKS)
    return _without_duplicates(X), check_labels(y), check_weights(sample_weight, X)


def check_prediction_data(estimator: BaseEstimator, X: Any) -> Any:
    """X to predict, as :func:`validate_data` has it."""
    if (
        type(X) is np.ndarray
        and X.dtype in X_CHECKS["dtype"]
        and X.ndim == 2
        and X.shape[0]
        and X.shape[1] == estimator.n_features_in_
        and not hasattr(estimator, "feature_names_in_")
    ):
        # The same checks in a fraction of the time, which is most of what one row takes.
        with np.errstate(over="ignore", invalid="ignore"):
            finite = math.isfinite(X.sum())
        if finite:
            return X
    return validate_data(estimator, X, reset=False, **X_CHECKS)


def _without_duplicates(X: Any) -> Any:
    """X, in CSR with one entry for each place: moments and row keys read the entries singly."""
    if sparse.issparse(X) and not X.has_canonical_format:
        X = X.copy()  # the caller's own stays as it is
        X.sum_duplicates()
    return X


def check_weights(
    sample_weight: Any, X: Any, name: str = "sample_weight", X_name: str = "X"
) -> Array:
    """A non-negative float64 for each row of X, 1 by default; a number is for all rows."""
    if sample_weight is None:
        sample_weight = 1
    if isinstance(sample_weight, Real):
        sample_weight = np.full(X.shape[0], sample_weight, np.float64)
    weights = check_array(sample_weight, ensure_2d=False, dtype=np.float64, input_name=name)
    if weights.shape != (X.shape[0],):
        raise ValueError(
            f"{name} has the shape {weights.shape}, but {X_name} has {X.shape[0]} rows: pass one "
            "dimension with one weight for each row."
        )
    check_non_negative(weights, f"{name}: a row cannot weigh less than nothing")
    with np.errstate(over="ignore"):
        if not np.isfinite(weights.sum()):
            raise ValueError(f"The sum of {name} overflows: divide all weights by their mean.")
    return weights


def check_validation_data(
    estimator: BaseEstimator,
    X_val: Any,
    y_val: Any,
    sample_weight_val: Any,
    classes: Array,
    multilabel: bool,
) -> Rows:
    """The caller's own validation rows, which have to look like the training data."""
    if y_val is None:
        raise ValueError("X_val came without y_val: pass both.")
    try:
        X_val = validate_data(estimator, X_val, reset=False, order="C", **X_CHECKS)
    except ValueError as error:
        raise ValueError(f"X_val cannot serve as validation data: {error}") from error
    X_val = _without_duplicates(X_val)
    y_val = check_labels(
        check_array(y_val, accept_sparse="csr", ensure_2d=False, dtype=None, input_name="y_val"),
        "y_val",
    )
    if len(y_val) != X_val.shape[0]:
        raise ValueError(
            f"X_val has {X_val.shape[0]} rows, but y_val has {len(y_val)}: pass one label for "
            "each row."
        )
    weights = check_weights(sample_weight_val, X_val, "sample_weight_val", "X_val")
    targets = encode(y_val, classes, multilabel=multilabel, name="y_val")
    rows = rows_that_count(X_val, targets, weights)
    refuse_weightless(rows, "in sample_weight_val")
    return rows


def rows_that_count(X: Any, targets: Targets, weights: Array) -> Rows:
    """The rows of X with a weight above zero."""
    index = np.flatnonzero(weights)
    return Rows(X, targets, index, weights[index])


def refuse_weightless(rows: Rows, which: str) -> None:
    """There is nothing to learn, or to judge by, from no rows."""
    if not len(rows):
        raise ValueError(f"All weights {which} are zero: give at least one row one above zero.")

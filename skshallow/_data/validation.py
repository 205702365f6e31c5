"""Checks of X, y and weights. Invalid input raises ValueError and says what to do."""

import copy
import math
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import check_non_negative, validate_data

from .._array_api.matrix import DeviceMatrix
from .._array_api.place import Place, check_same_place, dispatched_to_host, place_of
from .._typing import Array
from .labels import check_labels, check_no_missing_label

NO_VALIDATION = (None, None, None)  # X_val, y_val and sample_weight_val

X_CHECKS: dict[str, Any] = {"accept_sparse": "csr", "dtype": (np.float64, np.float32)}


class Samples(NamedTuple):
    """Checked input."""

    # (m, n), C-ordered, or CSR with at most one entry for each place, or a DeviceMatrix
    X: Any
    y: Array  # (m,), or (m, n_labels) for multilabel
    weights: Array  # (m,), float64
    feature_names: Array | None = None
    columns: Array | None = None  # the numbers of the columns of X, if some were left out

    @property
    def place(self) -> Place | None:
        """Where X is; None for NumPy."""
        return self.X.place if isinstance(self.X, DeviceMatrix) else None


def check_samples(
    estimator: BaseEstimator, X: Any, y: Any, sample_weight: Any, validation: Any, *, reset: bool
) -> tuple[Samples, Samples | None]:
    """Check the rows to train on and ``validation``, the user's (X_val, y_val, sample_weight_val).

    With ``reset``, X may have any columns; else they must be those of the fitted estimator.
    """
    checked = copy.copy(estimator)  # validate_data sets attributes
    if not reset:
        check_same_place(X, estimator, "fit")
    y, sample_weight = dispatched_to_host(y), dispatched_to_host(sample_weight)
    check_no_missing_label(y)
    X, y = validated(checked, X, y, reset=reset, multi_output=True, order="C")
    names = getattr(checked, "feature_names_in_", None)
    samples = Samples(_sum_duplicates(X), check_labels(y), check_weights(sample_weight, X), names)
    return samples, check_validation_samples(checked, samples.place, validation)


@contextmanager
def errors_about(name: str) -> Iterator[None]:
    """Begin the messages of errors with the name of the argument that they are about."""
    try:
        yield
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"In {name}: {error}") from error


def has_validation(X_val: Any, y_val: Any, sample_weight_val: Any) -> bool:
    """Whether the user passed validation rows; raise ValueError if a part of them is missing."""
    if X_val is None and (y_val is not None or sample_weight_val is not None):
        raise ValueError("y_val and sample_weight_val describe X_val: pass X_val too.")
    if X_val is not None and y_val is None:
        raise ValueError("X_val came without y_val: pass both.")
    return X_val is not None


def check_y(y: Any, name: str) -> Array:
    """Return y as an array of labels, or as a multilabel indicator matrix of 0 and 1."""
    return check_labels(converted_y(y, name), name)


def converted_y(y: Any, name: str) -> Any:
    """Return y as an array or CSR matrix; raise ValueError if a label is missing."""
    check_no_missing_label(y, name)
    return check_array(y, accept_sparse="csr", ensure_2d=False, dtype=None, input_name=name)


def check_validation_samples(
    estimator: BaseEstimator, place: Place | None, validation: Any
) -> Samples | None:
    """Check validation rows, which must have the columns and the place of the training rows."""
    if not has_validation(*validation):
        return None
    X_val, y_val, sample_weight_val = validation
    if place_of(X_val) != place:
        raise ValueError(
            "X_val has another array namespace or is on another device than X: move it to those "
            "of X."
        )
    y_val, sample_weight_val = dispatched_to_host(y_val), dispatched_to_host(sample_weight_val)
    with errors_about("X_val"):
        X_val = validated(estimator, X_val, reset=False, order="C")
    y_val = check_y(y_val, "y_val")
    if len(y_val) != X_val.shape[0]:
        raise ValueError(
            f"X_val has {X_val.shape[0]} rows, but y_val has {len(y_val)}: pass one label for "
            "each row."
        )
    weights = check_weights(sample_weight_val, X_val, "sample_weight_val", "X_val")
    return Samples(_sum_duplicates(X_val), y_val, weights)


def check_weights(
    sample_weight: Any, X: Any, name: str = "sample_weight", X_name: str = "X"
) -> Array:
    """Return a non-negative float64 for each row of X: 1 by default; a number is for all rows."""
    if sample_weight is None:
        sample_weight = 1
    try:
        if isinstance(sample_weight, Real):
            sample_weight = np.full(X.shape[0], sample_weight, np.float64)
        with np.errstate(over="ignore"):
            weights = check_array(sample_weight, ensure_2d=False, dtype=np.float64, input_name=name)
    except OverflowError as error:
        raise ValueError(f"{name} has a weight that is larger than any float64.") from error
    if weights.shape != (X.shape[0],):
        raise ValueError(
            f"{name} has the shape {weights.shape}, but {X_name} has {X.shape[0]} rows: pass one "
            "dimension with one weight for each row."
        )
    check_non_negative(weights, f"{name}: a weight is at least 0")
    return weights


def check_prediction_data(estimator: BaseEstimator, X: Any, method: str) -> Any:
    """Check X for that method of prediction."""
    check_same_place(X, estimator, method)
    return validated(estimator, X, reset=False)


def is_row_source(X: Any) -> bool:
    """Whether X yields blocks of rows: a function that returns an iterable, or an iterator."""
    return callable(X) or isinstance(X, Iterator)


def validated(estimator: BaseEstimator, X: Any, *y: Any, **checks: Any) -> Any:
    """Return scikit-learn's ``validate_data`` of X, or of X and y; an X on a device wrapped."""
    if is_row_source(X):
        raise TypeError(
            "Only fit takes a source of rows, as its first argument: pass an array, or one block "
            "after the other."
        )
    place = place_of(X)
    checks = (X_CHECKS if place is None else {"dtype": place.float_dtypes()}) | checks
    try:
        # Conversions to float64, and the sum in the test for finite numbers, may overflow.
        with np.errstate(over="ignore", invalid="ignore"):
            checked = validate_data(estimator, X, *y, **checks)
    except OverflowError as error:
        raise ValueError("X has a number that is larger than any float64.") from error
    if place is None:
        return checked
    return (DeviceMatrix(checked[0], place), *checked[1:]) if y else DeviceMatrix(checked, place)


def is_valid_array(X: Any, n_features: int, feature_names: Array | None) -> bool:
    """Whether X is an array that :func:`check_prediction_data` would return as it is.

    For one row, this takes a tenth of the time of :func:`check_prediction_data`.
    """
    plain = (
        type(X) is np.ndarray
        and X.dtype in X_CHECKS["dtype"]
        and X.ndim == 2
        and X.shape[0]
        and X.shape[1] == n_features
        and feature_names is None
    )
    return plain and math.isfinite(X.sum())


def _sum_duplicates(X: Any) -> Any:
    """Return X; a CSR matrix with one entry for each place, as moments and row keys need it."""
    if sparse.issparse(X) and not X.has_canonical_format:
        X = X.copy()  # do not change the caller's matrix
        X.sum_duplicates()
    return X

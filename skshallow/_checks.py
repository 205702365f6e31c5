"""Input checks: what comes in is turned into rows of data, or refused with a sentence."""

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import check_non_negative, validate_data

from ._activations import ACTIVATIONS
from ._labels import check_labels, encode
from ._rows import Rows, Targets
from ._typing import Array

# The attributes that a prediction needs.
FITTED = (
    *("coefs_", "intercepts_", "_activation", "out_activation_"),
    *("classes_", "n_features_in_", "n_outputs_"),
)

# Fewer different rows than this, that stand for so many times as many, are not held out.
FEW_ROWS = 100
OFTEN_REPEATED = 5

X_CHECKS: dict[str, Any] = {"accept_sparse": "csr", "dtype": (np.float64, np.float32)}


@contextmanager
def nothing_lost(estimator: BaseEstimator) -> Iterator[None]:
    """Put the estimator's attributes back as they were if what is inside fails."""
    before = vars(estimator).copy()
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


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


def check_state(state: Any) -> None:
    """Refuse the attributes of an estimator that is neither unfitted nor ready to predict."""
    flaw = _flaw(state)
    if flaw is not None:
        raise ValueError(
            f"This is not an intact ShallowNetClassifier: {flaw}. Load it from an intact file, or "
            "fit it again."
        )


def _flaw(state: Any) -> str | None:
    if not isinstance(state, dict):
        return f"its state is no dict but {type(state)}"
    missing = [name for name in FITTED if name not in state]
    if len(missing) == len(FITTED):  # unfitted
        return None
    if missing:
        return f"it has no {' and no '.join(missing)}"

    coefs, intercepts, activation, out_activation, classes, n_features, n_outputs = (
        state[name] for name in FITTED
    )
    match coefs, intercepts:
        case [np.ndarray() as W1, np.ndarray() as W2], [np.ndarray() as b1, np.ndarray() as b2]:
            layers = (W1, b1, W2, b2)
        case _:
            return "coefs_ and intercepts_ are not two arrays each"
    shapes = [part.shape for part in layers]
    if shapes != [(n_features, b1.size), (b1.size,), (b1.size, n_outputs), (n_outputs,)]:
        return (
            f"W1, b1, W2 and b2 have the shapes {shapes}, which are not those of a network with "
            f"n_features_in_={n_features} and n_outputs_={n_outputs}"
        )
    if not all(part.dtype.kind == "f" and np.isfinite(part).all() for part in layers):
        return "coefs_ and intercepts_ are not all finite numbers"

    match activation:
        case str(name), Real() as slope if (
            name in (*ACTIVATIONS, "leaky_relu") and 0 <= float(slope) <= 1
        ):
            pass
        case _:
            return f"its activation is {activation!r}, which this version does not know"
    match out_activation, classes:
        case "sigmoid", np.ndarray(shape=(n_classes,)) if n_classes == max(n_outputs, 2):
            pass
        case "softmax", np.ndarray(shape=(n_classes,)) if n_classes == n_outputs > 2:
            pass
        case _:
            return (
                f"out_activation_={out_activation!r} with n_outputs_={n_outputs} does not fit "
                f"classes_={classes!r}"
            )
    return None


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


def hold_out(
    rows: Rows,
    n_members: int,
    validation_fraction: float,
    random_state: np.random.RandomState,
    *,
    stratify: bool,
) -> Rows:
    """The rows, a share of them held out by each member of a committee; X is not copied.

    No row is held out by two members. Each class gives of its rows evenly, and none its only one:
    who has not seen a class cannot be judged by it. Where a few different rows stand for many,
    each is indispensable, and none is held out.
    """
    if len(rows) < FEW_ROWS and rows.total_weight >= OFTEN_REPEATED * len(rows):
        return rows
    to_share = np.arange(len(rows))
    if stratify:
        _, classes, counts = np.unique(rows.codes, return_inverse=True, return_counts=True)
        lone = counts[classes] == 1
        if (rows.weights[lone] <= 1).any():
            warnings.warn(
                "The validation split for early_stopping cannot hold every class, as one has only "
                "1 row: training keeps it. Pass X_val and y_val to be judged by every class.",
                stacklevel=5,
            )
        to_share = np.flatnonzero(~lone)
    if not len(to_share):
        return rows
    n_held_out = min(n_members * math.ceil(validation_fraction * len(to_share)), len(to_share))
    if n_members == 1 and n_held_out == len(rows):
        raise ValueError(
            f"validation_fraction={validation_fraction} of {n_held_out} different rows leaves "
            "none to train on: lower validation_fraction, or pass X_val."
        )
    order = to_share[random_state.permutation(len(to_share))]
    if stratify:
        order = order[np.argsort(classes[order], kind="stable")]
    held_out_by = np.full(len(rows), -1, np.int32)
    held_out_by[order[np.arange(n_held_out) * len(to_share) // n_held_out]] = (
        np.arange(n_held_out) % n_members
    )
    return replace(rows, held_out_by=held_out_by, n_members=n_members)

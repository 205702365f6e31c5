"""Checks of X, y, weights and validation data."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from skshallow import ShallowNetClassifier
from tests.helpers import SOLVERS, assert_same_state, ignore_convergence, state_of

# The first two classes.
X, y = (part[:100] for part in load_iris(return_X_y=True))
NAN = np.where(np.arange(100)[:, np.newaxis] == 3, np.nan, X)
INF = np.where(np.arange(100)[:, np.newaxis] == 3, np.inf, X)
ONES = np.ones(100)

BAD_FITS = {
    "1-D X": ({"X": X[:, 0]}, "Expected 2D array"),
    "3-D X": ({"X": X[np.newaxis]}, "dim"),
    "NaN": ({"X": NAN}, "contains NaN"),
    "inf": ({"X": INF}, "infinity"),
    "complex": ({"X": X * 1j}, "[Cc]omplex"),
    "empty": ({"X": X[:0], "y": y[:0]}, "0 sample"),
    "no columns": ({"X": X[:, :0]}, "0 feature"),
    "lengths": ({"y": y[:-1]}, "inconsistent numbers of samples"),
    "y NaN": ({"y": np.where(y, np.nan, 1)}, "contains NaN"),
    "continuous y": ({"y": X[:, 0]}, "continuous"),
    "mixed y": ({"y": np.array([1, "a"] * 50, dtype=object)}, "all numbers or all strings"),
    "several classes a row": ({"y": np.column_stack([y, y + 1])}, "MultiOutputClassifier"),
    "multilabel of -1 and 1": ({"y": np.column_stack([y, y]) * 2 - 1}, "0 and 1"),
    "weights too few": ({"sample_weight": ONES[:-1]}, "100 rows"),
    "weights 2-D": ({"sample_weight": np.ones((100, 1))}, "100 rows"),
    "negative weight": ({"sample_weight": ONES - 1.5}, "[Nn]egative"),
    "NaN weight": ({"sample_weight": ONES * np.nan}, "sample_weight contains NaN"),
    "zero weights": ({"sample_weight": ONES * 0}, "sample_weight are zero"),
    "X_val alone": ({"X_val": X}, "without y_val"),
    "y_val alone": ({"y_val": y}, "X_val"),
    "X_val columns": ({"X_val": X[:, :2], "y_val": y}, "X_val.*features"),
    "X_val NaN": ({"X_val": NAN, "y_val": y}, "X_val.*NaN"),
    "X_val length": ({"X_val": X, "y_val": y[:-1]}, "X_val has 100 rows, but y_val has 99"),
    "X_val weights too few": (
        {"X_val": X, "y_val": y, "sample_weight_val": ONES[1:]},
        "X_val has 100 rows",
    ),
    "y_val label": ({"X_val": X, "y_val": y + 7}, "y_val has the labels"),
    "X_val weights": ({"X_val": X, "y_val": y, "sample_weight_val": ONES * 0}, "sample_weight_val"),
}


def with_column_names(arguments):
    """X and X_val of 4 columns as data frames with the column names of the first fit."""
    named = dict(arguments)
    for key in ("X", "X_val"):
        value = named.get(key)
        if value is not None and value.ndim == 2 and value.shape[1] == 4:
            named[key] = pd.DataFrame(value, columns=list("abcd"))
    return named


@pytest.mark.filterwarnings("ignore:X does not have valid feature names:UserWarning")
@pytest.mark.parametrize("warm_start", [False, True])
@pytest.mark.parametrize("name", BAD_FITS)
def test_bad_input_raises_and_keeps_the_fit(name, warm_start):
    bad, message = BAD_FITS[name]
    arguments = {"X": X, "y": y} | bad
    with pytest.raises(ValueError, match=message):
        ShallowNetClassifier(max_iter=2).fit(**arguments)

    frame = pd.DataFrame(X, columns=list("abcd"))
    clf = ShallowNetClassifier(4, warm_start=warm_start, random_state=0).fit(frame, y)
    before = state_of(clf)
    with pytest.raises(ValueError, match=r"."):
        clf.fit(**with_column_names(arguments))
    assert_same_state(before, state_of(clf))


def test_one_class_raises():
    with pytest.raises(ValueError, match="only one class"):
        ShallowNetClassifier().fit(X, y * 0)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_predict_before_fit_or_with_bad_rows_raises(method):
    clf = ShallowNetClassifier(4)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(clf, method)(X)
    clf.fit(X, y)
    with pytest.raises(ValueError, match="2 features, but ShallowNetClassifier is expecting 4"):
        getattr(clf, method)(X[:, :2])
    with pytest.raises(ValueError, match="contains NaN"):
        getattr(clf, method)(NAN)


@pytest.mark.parametrize(
    ("method", "weight", "class_weight", "message"),
    [
        ("fit", 1e308, None, "in sample_weight sum to inf"),
        ("fit", 1e300, {0: 1e300, 1: 1}, "that class_weight leaves sum to inf"),
        ("fit", 1, {0: 1e-300, 1: 1e-300}, "that class_weight leaves sum to 5.69e-298"),
        ("partial_fit", 1e308, None, "in sample_weight sum to inf"),
        ("partial_fit", 1e-300, None, "in sample_weight sum to 5.69e-298"),
        ("fit", 10**400, None, "larger than any float64"),
        ("fit", 1, {0: 10**400}, "no finite float64"),
    ],
)
def test_total_weight_out_of_range_raises(cancer, method, weight, class_weight, message):
    X, y = cancer
    clf = ShallowNetClassifier(4, class_weight=class_weight)
    classes = {"classes": [0, 1]} if method == "partial_fit" else {}
    with pytest.raises(ValueError, match=message):
        getattr(clf, method)(X, y, sample_weight=[weight] * len(y), **classes)


@pytest.mark.parametrize("class_weight", [None, {0: 1, 1: 1.5}, "balanced"])
def test_total_weight_of_all_calls_that_overflows_raises(cancer, class_weight):
    X, y = cancer
    clf = ShallowNetClassifier(4, class_weight=class_weight)
    weight = np.full(len(y), 0.6e308 / len(y))
    clf.partial_fit(X, y, [0, 1], weight).partial_fit(X, y, [0, 1], weight)
    with pytest.raises(ValueError, match="weights of all calls sum to inf"):
        clf.partial_fit(X, y, [0, 1], weight)


@ignore_convergence
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("tiny", "enormous"), [(1, 1e38), (1, 1e39), (1, 1e307), (1e-200, 1e200), (1e-320, 1)]
)
def test_weights_of_very_different_sizes(cancer, solver, tiny, enormous):
    X, y = cancer
    clf = ShallowNetClassifier(4, solver=solver, max_iter=3, random_state=0)
    for row in range(4):  # of which some are held out
        weights = np.full(len(y), float(tiny))
        weights[row] = enormous
        for alpha in (0, 1):
            probabilities = clf.set_params(alpha=alpha).fit(X, y, weights).predict_proba(X)
            assert np.isfinite(probabilities).all()

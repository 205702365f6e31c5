"""Checks of y, weights, validation rows and parameters of TabularNetClassifier."""

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.exceptions import NotFittedError

from skshallow import TabularNetClassifier
from tests.helpers import ignore_convergence
from tests.tabular.tables import labels_of, mixed_table

X, P = mixed_table(100)
Y = labels_of("binary", P)
ONES = np.ones(100)

BAD_FITS = {
    "lengths": ({"y": Y[:-1]}, "inconsistent numbers of samples"),
    "no y": ({"y": None}, "missing label|requires y"),
    "y with a gap": ({"y": np.where(Y, np.nan, 1)}, "missing label|NaN"),
    "continuous y": ({"y": P}, "continuous"),
    "one class": ({"y": Y * 0}, "only one class"),
    "multilabel of -1 and 1": ({"y": np.column_stack([Y, Y]) * 2 - 1}, "0 and 1"),
    "negative weight": ({"sample_weight": ONES - 1.5}, "[Nn]egative"),
    "zero weights": ({"sample_weight": ONES * 0}, "All weights in sample_weight are zero"),
    "weights too few": ({"sample_weight": ONES[1:]}, "X has 100 rows"),
    "huge weights": ({"sample_weight": ONES * 1e308}, "sum to inf"),
    "X_val alone": ({"X_val": X}, "without y_val"),
    "y_val alone": ({"y_val": Y}, "pass X_val too"),
    "sample_weight_val alone": ({"sample_weight_val": ONES}, "pass X_val too"),
    "X_val without a column": ({"X_val": X[["a", "b"]], "y_val": Y}, "In X_val: The feature names"),
    "X_val length": ({"X_val": X, "y_val": Y[1:]}, "inconsistent numbers of samples"),
    "X_val with text": ({"X_val": X.assign(a="text"), "y_val": Y}, "In X_val: Column 'a' has text"),
    "y_val label": ({"X_val": X, "y_val": Y + 7}, r"y_val has the labels \[7, 8\]"),
    "y_val with a gap": ({"X_val": X, "y_val": [None] * 100}, "y_val has a missing label"),
    "multilabel y_val": ({"X_val": X, "y_val": np.column_stack([Y, Y])}, "y_val has shape"),
    "zero weights of X_val": (
        {"X_val": X, "y_val": Y, "sample_weight_val": ONES * 0},
        "All weights in sample_weight_val are zero",
    ),
    "negative weight of X_val": (
        {"X_val": X, "y_val": Y, "sample_weight_val": -ONES},
        "sample_weight_val",
    ),
}


@pytest.mark.parametrize(("bad", "message"), BAD_FITS.values(), ids=BAD_FITS)
@ignore_convergence
def test_bad_fit_raises_and_keeps_the_old_one(bad, message):
    clf = TabularNetClassifier(2, max_iter=1, random_state=0)
    with pytest.raises(ValueError, match=message):
        clf.fit(**({"X": X, "y": Y} | bad))
    assert vars(clf).keys() == clf.get_params().keys()
    clf.fit(pd.DataFrame({"x": P}), Y)
    before = joblib.hash(vars(clf))
    with pytest.raises(ValueError, match=message):
        clf.fit(**({"X": X, "y": Y} | bad))
    assert joblib.hash(vars(clf)) == before


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_predict_before_fit_raises(method):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(TabularNetClassifier(), method)(X)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("hidden_size", 0), ("n_estimators", 0), ("n_bins", 0), ("n_bins", "few")),
        *(("alpha", -1), ("max_iter", 0), ("validation_fraction", 1), ("class_weight", "equal")),
        *(("early_stopping", 2), ("random_state", "x"), ("categorical_features", "all")),
    ],
)
def test_wrong_parameter_raises(name, value):
    with pytest.raises(ValueError, match=f"The '{name}' parameter of TabularNetClassifier"):
        TabularNetClassifier(**{name: value}).fit(X, Y)


@ignore_convergence
def test_multilabel_y_may_be_sparse():
    y = labels_of("multilabel", P)
    clf = TabularNetClassifier(2, max_iter=2, random_state=0)
    expected = clf.fit(X, y).decision_function(X)
    assert (clf.fit(X, sparse.csr_array(y)).decision_function(X) == expected).all()

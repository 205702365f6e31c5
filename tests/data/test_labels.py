"""Labels of any type, and multilabel targets."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits, load_iris

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence

pytestmark = ignore_convergence


@pytest.mark.parametrize(
    "labels",
    [["no", "yes"], [False, True], [10, 20], ["a", "b", "c"], [-1, 0, 1]],
    ids=["str", "bool", "int", "3 str", "3 int"],
)
def test_predictions_have_the_labels_and_dtype_of_y(net, labels):
    X, y = load_iris(return_X_y=True)
    X, y = X[y < len(labels)], y[y < len(labels)]
    labels = np.array(labels)
    clf = net.fit(X, labels[y])
    assert_array_equal(clf.classes_, labels)
    assert clf.predict(X).dtype == labels.dtype
    assert (clf.predict(X) == labels[y]).mean() > 0.95
    assert clf.out_activation_ == ("sigmoid" if len(labels) == 2 else "softmax")
    assert clf.decision_function(X).shape == ((len(X),) if len(labels) == 2 else (len(X), 3))


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_multilabel_targets(net, container):
    X, y = load_digits(return_X_y=True)
    Y = np.column_stack([y % 2 == 0, y > 4, y == 3]).astype(int)
    clf = net.fit(X[:900], container(Y[:900]))
    assert (clf.predict(X[900:]) == Y[900:]).mean() > 0.9
    assert clf.predict_proba(X).shape == Y.shape
    assert clf.n_outputs_ == 3
    assert_allclose(np.exp(clf.predict_log_proba(X)), clf.predict_proba(X), rtol=1e-12)


def test_large_integer_labels_of_another_dtype(cancer):
    X, y = cancer
    X, y = X[:200], y[:200]
    ids = np.array([2**53, 2**53 + 1])
    clf = ShallowNetClassifier(5, random_state=0)
    for _ in range(10):
        clf.partial_fit(X, ids[y].astype(np.uint64), classes=ids)
    assert np.mean(clf.predict(X) == ids[y]) > 0.9


def test_multilabel_classes_are_the_column_numbers(cancer):
    X, y = cancer
    Y = np.column_stack([y, 1 - y, y])
    clf = ShallowNetClassifier(5, random_state=0)
    with pytest.raises(ValueError, match="classes are the column numbers"):
        clf.partial_fit(X, Y, classes=[0, 1])
    assert clf.partial_fit(X, Y, classes=[0, 1, 2]).predict(X).shape == Y.shape


def test_y_of_another_shape_is_refused(cancer):
    X, y = cancer
    Y = np.column_stack([y, 1 - y])
    clf = ShallowNetClassifier(5, random_state=0).partial_fit(X, Y)
    with pytest.raises(ValueError, match=r"y has shape \(569,\), but .* 2 columns of 0 and 1"):
        clf.partial_fit(X, y)
    with pytest.raises(ValueError, match=r"y_val has shape .* one column of labels"):
        clf.fit(X, y, X_val=X, y_val=Y)


MISSING = {
    "None in an array": np.array(["a", "b", None, "a"], dtype=object),
    "None first": np.array([None, "b", "a", "a"], dtype=object),
    "None among numbers": np.array([0, 1, None, 1], dtype=object),
    "None in a list": ["a", "b", None, "a"],
    "NaN in a list": ["a", "b", float("nan"), "a"],
    "NaN in an array": np.array(["a", "b", np.nan, "a"], dtype=object),
    "NaT": np.array(["a", np.datetime64("NaT"), "b", "a"], dtype=object),
    "NaT among dates": np.array(["2020", "2021", "NaT", "2020"], dtype="datetime64[D]"),
    "NA of strings": pd.Series(["a", "b", None, "a"], dtype="string"),
    "NA of integers": pd.Series([0, 1, None, 1], dtype="Int64"),
    "NA of booleans": pd.Series([False, True, None, True], dtype="boolean"),
    "category": pd.Series(["a", "b", None, "a"], dtype="category"),
    "NaN among numbers": np.array([0, 1, np.nan, 1]),
    "multilabel": np.array([[0, 1], [1, None], [0, 0], [1, 1]], dtype=object),
}


@pytest.mark.parametrize("y", MISSING.values(), ids=MISSING)
def test_missing_label_is_called_missing(y):
    X = np.random.default_rng(0).normal(size=(4, 2))
    clf = ShallowNetClassifier()
    for method in ("fit", "partial_fit"):
        with pytest.raises(ValueError, match=r"y has a missing label|y contains NaN"):
            getattr(clf, method)(X, y)
    with pytest.raises(ValueError, match=r"y_val has a missing label|y_val contains NaN"):
        clf.fit(X, [0, 1, 0, 1], X_val=X, y_val=y)


def test_missing_class_is_called_missing():
    X = np.random.default_rng(0).normal(size=(4, 2))
    for missing in (None, np.nan, pd.NA):
        with pytest.raises(ValueError, match="classes has a missing label"):
            ShallowNetClassifier().partial_fit(X, ["a", "b"] * 2, classes=["a", "b", missing])
    clf = ShallowNetClassifier().partial_fit(X, ["a", "b"] * 2, classes=["a", "b"])
    with pytest.raises(ValueError, match="classes has a missing label, None, at position 2"):
        clf.partial_fit(X, ["a", "b"] * 2, classes=["a", "b", None])

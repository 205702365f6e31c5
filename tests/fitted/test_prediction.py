"""Predictions of a fitted classifier."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression

from skshallow import ShallowNetClassifier, TabularNetClassifier
from tests.helpers import ACTIVATIONS, ignore_convergence, single_network

pytestmark = ignore_convergence


def test_set_params_after_fit_keeps_the_predictions(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, "leaky_relu", negative_slope=0.5, random_state=0).fit(X, y)
    fitted = clf.predict_proba(X)
    clf.set_params(activation="tanh", negative_slope=0.1, hidden_size=7)
    assert_array_equal(clf.predict_proba(X), fitted)
    assert_array_equal(pickle.loads(pickle.dumps(clf)).predict_proba(X), fitted)


def test_permuted_hidden_units_predict_the_same(cancer):
    X, y = cancer
    clf = single_network(20, max_iter=20, random_state=0).fit(X, y)
    before = clf.predict_proba(X)
    order = np.random.default_rng(0).permutation(20)
    clf.coefs_ = [clf.coefs_[0][:, order], clf.coefs_[1][order]]
    clf.intercepts_[0] = clf.intercepts_[0][order]
    assert_allclose(clf.predict_proba(X), before, rtol=1e-9)


@pytest.mark.parametrize("cls", [ShallowNetClassifier, TabularNetClassifier])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array, pd.DataFrame])
def test_no_rows_are_refused_as_by_scikit_learn(cls, container):
    X, y = load_iris(return_X_y=True)
    if cls is TabularNetClassifier and container is sparse.csr_array:
        pytest.skip("it takes no sparse X")
    reference = LogisticRegression().fit(X, y)
    clf = cls(2, max_iter=2, random_state=0).fit(X, y)
    for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        for model in (reference, clf):
            with pytest.raises(ValueError, match=r"Found .* with 0 sample\(s\)"):
                getattr(model, method)(container(X[:0]))


@pytest.mark.parametrize("load", [load_iris, load_breast_cancer])
def test_log_probabilities_are_finite_where_probabilities_are_zero(net, load):
    X, y = load(return_X_y=True)
    clf = net.fit(X, y)
    assert_allclose(np.exp(clf.predict_log_proba(X)), clf.predict_proba(X), rtol=1e-12)
    clf.coefs_[1] *= 1e6
    assert clf.predict_proba(X).min() == 0
    assert np.isfinite(clf.predict_log_proba(X)).all()


def test_predictions_in_several_threads_are_equal(cancer):
    X, y = np.tile(cancer[0], (20, 1)), cancer[1]
    clf = ShallowNetClassifier(20, max_iter=10, random_state=0).fit(cancer[0], y)
    before = pickle.dumps(clf)
    alone = clf.predict_proba(X)
    with ThreadPoolExecutor(8) as threads:
        for together in threads.map(clf.predict_proba, [X] * 16):
            assert_array_equal(together, alone)
    assert pickle.dumps(clf) == before


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array, sparse.csr_matrix])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_logits_that_overflow_are_finite(n_classes, activation, container):
    X, y = load_iris(return_X_y=True)
    X, y = X[y < n_classes], y[y < n_classes]
    for dtype in (np.float32, np.float64):
        largest = np.finfo(dtype).max
        clf = ShallowNetClassifier(8, activation, random_state=0).fit(X.astype(dtype), y)
        signs = np.sign(X - X.mean(axis=0)).astype(dtype)
        enormous = clf.decision_function(container(signs * largest))
        assert enormous.dtype == dtype
        assert np.isfinite(enormous).all()
        assert np.isfinite(clf.predict_proba(container(signs * largest))).all()
        clf.coefs_[0] *= dtype(1e10)
        logits = clf.decision_function(container(1e30 * signs))
        assert np.isfinite(logits).all()
        if activation == "identity":  # of which no infinite value hides the others
            expected = clf.decision_function(1e30 * signs.astype(np.float64))
            # A row whose logits overflow is divided by one number.
            rows = np.abs(expected).reshape(len(X), -1).max(axis=1)
            shrink = (largest / np.maximum(rows, largest)).reshape(-1, *[1] * (expected.ndim - 1))
            assert_allclose(logits, expected * shrink, rtol=1e-3, atol=largest * 1e-6)


def test_overflow_in_one_row_leaves_the_other_rows_alone():
    X, y = load_iris(return_X_y=True)
    clf = ShallowNetClassifier(8, random_state=0).fit(X, y)
    X[7] = 1e308
    clf.coefs_[0][:, 0] += 1  # so that the product of a row of 1e308 overflows
    expected = clf.predict_proba(np.delete(X, 7, axis=0))
    assert_allclose(np.delete(clf.predict_proba(X), 7, axis=0), expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_overflow_of_a_part_of_a_sum_does_not_change_its_sign(activation, dtype):
    # z = 2x, but its first 199 terms sum to -199 x, which overflows.
    x = dtype({np.float32: 3e38, np.float64: 1e308}[dtype])
    clf = single_network(1, activation, max_iter=1).fit(np.eye(400), np.arange(400) % 2)
    clf.coefs_ = [np.r_[-np.ones(199), np.ones(201)].astype(dtype)[:, np.newaxis], dtype([[1.0]])]
    clf.intercepts_ = [np.zeros(1, dtype), np.zeros(1, dtype)]
    expected = 1 if activation in ("sigmoid", "tanh") else np.finfo(dtype).max
    assert clf.decision_function(np.full((1, 400), x))[0] == expected

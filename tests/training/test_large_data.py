"""More rows than an epoch has, and more bytes than a chunk."""

import gc
import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence, parameters_of

N_ROWS = 600_000  # three epochs a pass


@pytest.fixture(scope="module")
def large():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N_ROWS, 4)).astype(np.float32)
    logit = X[:, 0] + X[:, 1] * X[:, 2]
    return X, (rng.random(N_ROWS) < 1 / (1 + np.exp(-logit))).astype(int)


@ignore_convergence
@pytest.mark.parametrize("chunk_bytes", [2**23, 2**20])
def test_a_pass_has_several_epochs(monkeypatch, large, chunk_bytes):
    monkeypatch.setattr("skshallow._data.rows.CHUNK_BYTES", chunk_bytes)
    X, y = large
    weight = np.random.default_rng(1).exponential(size=N_ROWS)
    clf = ShallowNetClassifier(
        2, n_estimators=1, learning_rate=1e-30, max_iter=3, early_stopping=False, random_state=0
    ).fit(X, y, weight)
    # Each epoch has other rows, and the three together have all rows once.
    assert len(np.unique(clf.loss_curve_)) == 3
    assert_allclose(clf.loss_curve_.mean(), clf.loss_, rtol=1e-5)
    assert_allclose(clf.loss_curve_, clf.loss_, rtol=0.02)


@ignore_convergence
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_sorted_rows_are_learnt_as_well(large, container):
    X, y = large
    order = np.lexsort((X[:, 0], y))
    test = slice(0, 20_000)
    losses = []
    for rows in (slice(None), order):
        clf = ShallowNetClassifier(8, n_estimators=1, max_iter=6, random_state=0)
        clf.fit(container(X[rows]), y[rows])
        losses.append(log_loss(y[test], clf.predict_proba(X[test])))
    assert_allclose(losses[1], losses[0], atol=0.003)
    linear = LogisticRegression().fit(X[test], y[test])
    assert losses[1] < log_loss(y[test], linear.predict_proba(X[test])) - 0.03


def test_training_can_end_within_the_first_pass(large):
    X, y = large
    clf = ShallowNetClassifier(4, n_estimators=1, tol=0.5, n_iter_no_change=1, random_state=0)
    assert clf.fit(X, y).n_iter_ == 2
    assert len(clf.validation_loss_curve_) == 2


@ignore_convergence
def test_row_of_weight_2_is_that_row_twice(large):
    X, y = large[0][:300_000], large[1][:300_000]
    clf = ShallowNetClassifier(2, n_estimators=2, max_iter=2, random_state=0)
    weight = np.where(np.arange(len(y)) < 1000, 2, 1)
    weighted = parameters_of(clf.fit(X, y, weight))
    clf.fit(np.vstack([X, X[:1000]]), np.append(y, y[:1000]))
    assert_array_equal(parameters_of(clf), weighted)


@ignore_convergence
def test_stream_goes_through_all_rows(large):
    X, y = large
    clf = ShallowNetClassifier(2, learning_rate=1e-30, random_state=0).partial_fit(X, y, [0, 1])
    assert clf.n_iter_ == 1
    assert_allclose(clf.loss_curve_, [clf.loss_], rtol=1e-5)


@ignore_convergence
@pytest.mark.parametrize("weighted", [False, True])
def test_memory_beside_x(large, weighted):
    X, y = large
    weight = np.ones(N_ROWS) if weighted else None
    clf = ShallowNetClassifier(4, max_iter=3, random_state=0)
    clf.fit(X[:1000], y[:1000])
    gc.collect()
    tracemalloc.start()
    try:
        clf.fit(X, y, weight)
        assert tracemalloc.get_traced_memory()[1] < 60 * N_ROWS
    finally:
        tracemalloc.stop()


@ignore_convergence
def test_units_stay_alive():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40_000, 20))
    y = (np.sin(2 * X[:, :6]).sum(axis=1) + X[:, 6] * X[:, 7] + rng.logistic(size=40_000) > 0) * 1
    clf = ShallowNetClassifier(random_state=0).fit(X, y)
    (W1, _), (b1, _) = clf.coefs_, clf.intercepts_
    assert ((X @ W1 + b1).max(axis=0) <= 0).mean() < 0.05

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
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("n_heavy", [1, 1000])
def test_row_of_weight_2_is_that_row_twice(large, container, n_heavy):
    X, y = large[0][:300_000], large[1][:300_000]
    clf = ShallowNetClassifier(2, n_estimators=2, max_iter=2, random_state=0)
    weight = np.ones(len(y), int)
    weight[:n_heavy] += 1000 // n_heavy
    weighted = parameters_of(clf.fit(container(X), y, weight))
    rows = np.append(np.arange(len(y)), np.repeat(np.arange(n_heavy), 1000 // n_heavy))
    clf.fit(container(X[rows]), y[rows])
    assert_array_equal(parameters_of(clf), weighted)


@ignore_convergence
@pytest.mark.parametrize("heavy", [1, 100_000])
def test_stream_goes_through_all_rows(large, heavy):
    X, y = large
    weight = np.ones(len(y))
    weight[:3] = heavy
    clf = ShallowNetClassifier(2, learning_rate=1e-30, random_state=0)
    clf.partial_fit(X, y, [0, 1], weight)
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


def rare_class(n_rows, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 8))
    p = 1 / (1 + np.exp(9 - X[:, 0] - X[:, 1] + X[:, 2] / 2))
    return X, (rng.random(n_rows) < p).astype(int)


@pytest.mark.parametrize("how", ["class_weight", "sample_weight", "repetition"])
def test_few_rows_with_half_of_the_weight(how):
    X, y = rare_class(150_000, 0)  # about 60 rows
    X_test, y_test = rare_class(300_000, 1)
    weight, weight_test = (
        np.where(labels == 1, np.sum(labels == 0) // np.sum(labels == 1), 1.0)
        for labels in (y, y_test)
    )
    clf = ShallowNetClassifier(random_state=0)
    if how == "class_weight":
        clf.set_params(class_weight="balanced").fit(X, y)
    elif how == "sample_weight":
        clf.fit(X, y, weight)
    else:
        rows = np.repeat(np.arange(len(y)), weight.astype(int))
        clf.fit(X[rows], y[rows])
    linear = LogisticRegression(class_weight="balanced").fit(X, y)
    ours, best = (
        log_loss(y_test, model.predict_proba(X_test), sample_weight=weight_test)
        for model in (clf, linear)
    )
    assert ours < 1.1 * best


@ignore_convergence
def test_parts_of_heavy_rows_add_up():
    # With a learning rate near 0, the loss of the epochs is J, and it varies little.
    X, y = rare_class(20_000, 0)
    weight = np.where(y == 1, 3000.0, 1.0)
    clf = ShallowNetClassifier(
        5, n_estimators=1, learning_rate=1e-30, early_stopping=False, random_state=0
    )
    losses = clf.set_params(max_iter=8).fit(X, y, weight).loss_curve_
    assert_allclose(losses[:4].mean(), clf.loss_, rtol=0.02)
    assert np.std(losses) < 0.1 * np.mean(losses)

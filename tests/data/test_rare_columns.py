"""Columns in which most rows have the same value: categories as 0 and 1, word counts."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence, parameters_of

pytestmark = ignore_convergence


def normal_and_rare_columns(n_rows, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 80))
    X[:, 8:] = rng.random((n_rows, 72)) < rng.uniform(0.003, 0.02, 72)
    logit = (
        2 * np.sin(2 * X[:, 0]) + 2 * X[:, 1] * X[:, 2] + 2 * X[:, 3] + 2 * X[:, 8:12].sum(axis=1)
    )
    return X, (rng.random(n_rows) < 1 / (1 + np.exp(-logit))).astype(int)


@pytest.mark.parametrize("shift_and_factor", [(0, 1), (-1, 2), (1000, -0.001)])
def test_rare_values_do_no_harm(shift_and_factor):
    shift, factor = shift_and_factor
    X, y = normal_and_rare_columns(6000)
    X[:, 8:] = shift + factor * X[:, 8:]
    clf = ShallowNetClassifier(random_state=0)
    losses = [
        log_loss(y[2500:], clf.fit(data[:2500], y[:2500]).predict_proba(data[2500:]))
        for data in (X, X[:, :8])
    ]
    assert losses[0] < 1.05 * losses[1]


def corpus(n_documents, seed=0):
    """Counts of 2,000 words, some of which depend on the topic."""
    rng = np.random.default_rng(seed)
    common = 1 / np.arange(1, 2001)
    topics = common * np.exp(rng.normal(size=(3, 2000)) * (rng.random((3, 2000)) < 0.2))
    topics /= topics.sum(axis=1, keepdims=True)
    y = rng.integers(3, size=n_documents)
    counts = [rng.multinomial(rng.integers(30, 120), topics[k]) for k in y]
    return sparse.csr_array(np.array(counts, float)), y


@pytest.mark.parametrize("tfidf", [False, True])
def test_word_counts_at_the_defaults(tfidf):
    X, y = corpus(1500)
    if tfidf:
        X = sparse.csr_array(TfidfTransformer(sublinear_tf=True).fit_transform(X))
    train, test = slice(0, 1000), slice(1000, None)

    def loss(clf):
        return log_loss(y[test], clf.fit(X[train], y[train]).predict_proba(X[test]))

    linear = min(loss(LogisticRegression(C=C, max_iter=5000)) for C in (0.01, 0.1, 1, 10, 100))
    assert loss(ShallowNetClassifier(random_state=0)) < 1.1 * linear


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_stream_scales_rare_columns_as_fit_does(container):
    # With a learning rate near 0, the weights of standardised inputs stay the initial ones.
    X, y = normal_and_rare_columns(2000)
    clf = ShallowNetClassifier(4, learning_rate=1e-300, max_iter=1, random_state=0)
    expected = parameters_of(clf.set_params(early_stopping=False).fit(container(X), y))
    stream = ShallowNetClassifier(4, learning_rate=1e-300, random_state=0)
    for part in (slice(0, 1500), slice(1500, 2000)):
        stream.partial_fit(container(X[part]), y[part], classes=[0, 1])
    assert_allclose(parameters_of(stream), expected, rtol=1e-4, atol=1e-6)


def hashed(first=0, n_rows=300, n_features=4096):
    rng = np.random.default_rng(0)
    dense = rng.random((n_rows, 60)) * (rng.random((n_rows, 60)) < 0.2)
    X, y = sparse.csr_array(dense), (dense.sum(axis=1) > dense.sum() / n_rows).astype(int)
    where = first + np.arange(60)
    return X, sparse.csr_array((X.data, where[X.indices], X.indptr), (n_rows, n_features)), y, where


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("solver", ["adam", "sgd", "gd", "lbfgs"])
def test_columns_without_entries_change_nothing(solver, standardize):
    X, wide, y, where = hashed()
    clf = ShallowNetClassifier(
        5, solver=solver, standardize=standardize, max_iter=5, random_state=0
    )
    narrow = clf.fit(X, y, X_val=X[:50], y_val=y[:50])
    W1, losses = narrow.coefs_[0], narrow.validation_loss_curve_
    clf.fit(wide, y, X_val=wide[:50], y_val=y[:50])
    assert clf.n_features_in_ == wide.shape[1]
    assert_array_equal(clf.coefs_[0][where], W1)
    assert_array_equal(np.delete(clf.coefs_[0], where, axis=0), 0)
    assert_array_equal(clf.validation_loss_curve_, losses)


def test_columns_that_occur_in_rows_of_weight_0_only_are_left_out():
    _, wide, y, _where = hashed()
    last = sparse.csr_array(np.ones((1, wide.shape[1])))
    both, weights = sparse.vstack([wide, last]).tocsr(), np.append(np.ones(len(y)), 0)
    clf = ShallowNetClassifier(5, max_iter=5, random_state=0).fit(wide, y)
    expected = clf.coefs_[0]
    assert_array_equal(clf.fit(both, np.append(y, 0), weights).coefs_[0], expected)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_validation_rows_with_other_columns(container):
    _, wide, y, where = hashed()
    X_val = wide.toarray()[:40]
    X_val[:, np.setdiff1d(np.arange(wide.shape[1]), where)] = 1
    clf = ShallowNetClassifier(5, max_iter=5, random_state=0)
    losses = clf.fit(wide, y, X_val=wide[:40], y_val=y[:40]).validation_loss_curve_
    clf.fit(wide, y, X_val=container(X_val), y_val=y[:40])
    assert_allclose(clf.validation_loss_curve_, losses, rtol=1e-12)


def test_warm_start_on_other_columns():
    _, wide, y, _ = hashed()
    moved = hashed(first=100)[1]
    clf = ShallowNetClassifier(5, warm_start=True, random_state=0).fit(wide, y).fit(moved, y)
    assert clf.score(moved, y) > 0.8
    assert_array_equal(clf.coefs_[0][:60], 0)


def test_warm_start_keeps_the_split_if_a_column_gets_its_first_entry():
    _, wide, y, _ = hashed()
    new = wide[:1].tolil()
    new[0, 4000] = 1  # a column without an entry so far
    clf = ShallowNetClassifier(5, warm_start=True, max_iter=2, random_state=0).fit(wide, y)
    before = clf.validation_loss_curve_
    clf.set_params(learning_rate=1e-30, average=False)
    clf.fit(sparse.vstack([wide, new.tocsr()]).tocsr(), np.append(y, y[0]))
    assert_allclose(clf.validation_loss_curve_, before[-1], rtol=0.02)


def test_warm_start_and_stream_after_a_fit_with_columns_left_out():
    X, wide, y, _where = hashed()
    clf = ShallowNetClassifier(5, max_iter=30, warm_start=True, random_state=0)
    narrow = [clf.fit(X, y).predict_proba(X), clf.fit(X, y).predict_proba(X)]
    clf = ShallowNetClassifier(5, max_iter=30, warm_start=True, random_state=0)
    assert_array_equal([clf.fit(wide, y).predict_proba(wide) for _ in range(2)], narrow)
    other = sparse.csr_array(([1.0, 1.0], ([0, 1], [4000, 4001])), (2, wide.shape[1]))
    clf.partial_fit(other, [0, 1])
    assert clf.coefs_[0][4000:4002].any()


def test_mode_is_that_of_all_rows_and_their_weights():
    # With a learning rate near 0, the weights of standardised inputs stay the initial ones.
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300_000, 4)).astype(np.float32)
    category = np.sort(rng.integers(50, size=len(X)))
    X[:, 1:] = category[:, np.newaxis] == [0, 25, 49]
    y = (X[:, 0] > 0).astype(int)
    order = rng.permutation(len(X))
    clf = ShallowNetClassifier(4, learning_rate=1e-30, max_iter=1, random_state=0)
    as_sorted = parameters_of(clf.fit(X, y))
    assert_allclose(parameters_of(clf.fit(X[order], y[order])), as_sorted, rtol=1e-3, atol=1e-4)

    X = np.hstack([rng.normal(size=(60, 1)), np.repeat([[0.0], [1.0]], [20, 40], axis=0)])
    y, weight = (X[:, 0] > 0).astype(int), np.repeat([200, 1], [20, 40])
    clf.set_params(early_stopping=False)
    weighted = parameters_of(clf.fit(X, y, weight))
    assert_allclose(parameters_of(clf.fit(X, y, weight * 3)), weighted, rtol=1e-5)
    repeated = np.repeat(np.arange(60), weight)
    assert_array_equal(parameters_of(clf.fit(X[repeated], y[repeated])), weighted)


@pytest.mark.parametrize("seed", range(10))
def test_sparse_equals_dense_where_the_rules_change(seed):
    rng = np.random.default_rng(seed)
    X = np.hstack([rng.normal(size=(200, 2)), np.eye(6)[rng.integers(6, size=200)]])
    X = np.hstack([X, rng.permuted(np.tile(np.arange(4), (3, 50)), axis=1).T])
    y, weight = (X[:, 0] > 0).astype(int), rng.integers(1, 4, 200)
    clf = ShallowNetClassifier(5, solver="lbfgs", max_iter=9, early_stopping=False, random_state=0)
    dense = clf.fit(X, y, weight).predict_proba(X)
    S = sparse.csr_array(X)
    assert_allclose(clf.fit(S, y, weight).predict_proba(S), dense, rtol=1e-5)


@pytest.mark.parametrize("seed", range(10))
def test_sparse_column_with_one_other_value_of_nearly_no_weight(seed):
    rng = np.random.default_rng(seed)
    X = np.ones((200, 4))
    X[:, 3], X[0, :3] = rng.normal(size=200), 2
    weight = rng.uniform(0.5, 1.5, 200)
    weight[0] = 1e-16
    clf = ShallowNetClassifier(4, max_iter=2, random_state=0)
    clf.fit(sparse.csr_array(X), (X[:, 3] > 0).astype(int), weight)
    assert np.isfinite(parameters_of(clf)).all()


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_stream_keeps_its_function_if_columns_become_rare(container):
    rng = np.random.default_rng(0)
    X = np.hstack([rng.normal(size=(1000, 4)), rng.random((1000, 1)) < 0.3, np.zeros((1000, 1))])
    y = ((X[:, 4] * 2 - 1) * X[:, 1] > 0).astype(int)
    clf = ShallowNetClassifier(random_state=0)
    for _ in range(20):
        clf.partial_fit(container(X), y, classes=[0, 1])
    before = clf.decision_function(X)
    clf.set_params(learning_rate=1e-12)
    few = X[:20].copy()
    few[0, 5] = 1  # two of six columns are rare now, before there was one
    clf.partial_fit(container(few), y[:20])
    assert_allclose(clf.decision_function(X), before, atol=0.05)

"""Sparse X gives the same result as dense X."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits

from skshallow import ShallowNetClassifier
from tests.helpers import SOLVERS, ignore_convergence

pytestmark = ignore_convergence


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("solver", SOLVERS)
def test_sparse_equals_dense(solver, standardize):
    X, y = load_digits(return_X_y=True)
    clf = ShallowNetClassifier(
        10, solver=solver, standardize=standardize, max_iter=4, random_state=0,
        learning_rate="auto" if standardize else 1e-3,
    )  # fmt: skip
    dense = clf.fit(X, y).predict_proba(X)
    for container in (sparse.csr_array, sparse.csc_array, sparse.csr_matrix, sparse.csc_matrix):
        S = container(X)
        assert_allclose(clf.fit(S, y).predict_proba(S), dense, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("m", [500, 5000])  # one block of rows, and several
@pytest.mark.parametrize("constant", [1.0, 0.1, 1e8])
@pytest.mark.parametrize("solver", SOLVERS)
def test_constant_sparse_column_gets_zero_weights(solver, constant, m, weighted):
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=m), np.full(m, constant)])
    y = (X[:, 0] > 0).astype(int)
    weight = rng.uniform(0, 3, m) if weighted else None
    clf = ShallowNetClassifier(5, "tanh", solver=solver, max_iter=3, random_state=0)
    dense = clf.fit(X, y, weight).predict_proba(X)
    S = sparse.csr_array(X)
    assert_array_equal(clf.fit(S, y, weight).coefs_[0][1], 0)
    assert_allclose(clf.predict_proba(S), dense, atol=1e-6)


def test_csr_with_duplicate_entries():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 3)), rng.integers(2, size=200)
    A = sparse.csr_array(X)
    parts = (np.repeat(A.data / 2, 2), np.repeat(A.indices, 2), A.indptr * 2)
    clf = ShallowNetClassifier(4, solver="adam", max_iter=5, random_state=0)
    whole = clf.fit(A, y).predict_proba(X)
    split = sparse.csr_array(parts, shape=A.shape)
    assert_allclose(clf.fit(split, y).predict_proba(X), whole, rtol=1e-9)


def test_csr_x_val_with_duplicate_entries():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 3)), rng.integers(2, size=200)
    A = sparse.csr_array(X)
    parts = (np.repeat(A.data / 2, 2), np.repeat(A.indices, 2), A.indptr * 2)
    split = sparse.csr_array(parts, shape=A.shape)
    clf = ShallowNetClassifier(4, solver="adam", max_iter=5, random_state=0)
    whole = clf.fit(X, y, X_val=A, y_val=y).validation_loss_curve_
    assert_allclose(clf.fit(X, y, X_val=split, y_val=y).validation_loss_curve_, whole, rtol=1e-9)
    assert split.nnz == 2 * A.nnz  # fit leaves the caller's array unchanged

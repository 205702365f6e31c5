"""A weight equals a repetition, and the order of rows does not matter."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits

from skshallow import ShallowNetClassifier
from tests.helpers import SOLVERS, ignore_convergence, parameters_of

pytestmark = ignore_convergence


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("solver", SOLVERS)
def test_weight_equals_repetition_in_any_order(solver, early_stopping, container):
    X, y = load_digits(return_X_y=True)
    X, y = X[:120], y[:120] % 3
    weights = np.random.default_rng(0).integers(4, size=120)
    rows = np.repeat(np.arange(120), weights)
    rows = np.random.default_rng(1).permutation(rows)
    clf = ShallowNetClassifier(
        8, solver=solver, early_stopping=early_stopping, batch_size=7, max_iter=15, random_state=0,
        class_weight="balanced",
    )  # fmt: skip
    weighted = parameters_of(clf.fit(container(X), y, weights))
    repeated = parameters_of(clf.fit(container(X[rows]), y[rows]))
    assert_array_equal(weighted, repeated)


def test_weight_equals_repetition_at_the_defaults(cancer):
    X, y = cancer
    X3, y3 = np.tile(X, (3, 1)), np.tile(y, 3)
    repeated = ShallowNetClassifier(random_state=0).fit(X3, y3)
    weighted = ShallowNetClassifier(random_state=0).fit(X, y, np.full(len(y), 3))
    assert_array_equal(parameters_of(repeated), parameters_of(weighted))


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_weight_equals_repetition_in_partial_fit(cancer, solver, container):
    X, y = cancer
    rng = np.random.default_rng(0)
    settings = {"solver": solver, "batch_size": 7, "random_state": 0}
    weighted = ShallowNetClassifier(6, class_weight="balanced", **settings)
    repeated = ShallowNetClassifier(6, class_weight="balanced", **settings)
    for start in range(0, 500, 50):
        weight = rng.integers(4, size=50)
        part = slice(start, start + 50)
        rows = rng.permutation(np.repeat(np.arange(start, start + 50), weight))
        weighted.partial_fit(container(X[part]), y[part], [0, 1], weight)
        repeated.partial_fit(container(X[rows]), y[rows], [0, 1])
    assert_array_equal(parameters_of(weighted), parameters_of(repeated))


def test_scalar_weight_applies_to_every_row(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, random_state=0, max_iter=5, solver="adam")
    assert_array_equal(
        parameters_of(clf.fit(X, y, 2.5)), parameters_of(clf.fit(X, y, np.full(len(y), 2.5)))
    )


def test_one_weight_much_larger_than_all_others(cancer):
    X, y = cancer
    weight = np.ones(100)
    weight[3] = 1e20
    assert ShallowNetClassifier(random_state=0).fit(X[:100], y[:100], weight).n_iter_ > 0

"""The automatic choice of the solver and the learning rate."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence, parameters_of

pytestmark = ignore_convergence


def test_auto_solver_is_adam(cancer):
    fits = [
        ShallowNetClassifier(4, random_state=0, **solver).fit(*cancer)
        for solver in ({}, {"solver": "auto"}, {"solver": "adam"})
    ]
    assert_array_equal(parameters_of(fits[0]), parameters_of(fits[1]))
    assert_array_equal(parameters_of(fits[0]), parameters_of(fits[2]))


@pytest.mark.parametrize(
    ("solver", "activation", "n_features", "learning_rate"),
    [
        ("adam", "relu", 4, 0.03),
        ("adam", "tanh", 64, 0.015),
        ("adam", "sigmoid", 64, 0.06),
        ("sgd", "sigmoid", 64, 0.05),
        ("gd", "relu", 64, 0.1),
    ],
)
def test_auto_learning_rate(solver, activation, n_features, learning_rate):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, n_features)), rng.integers(2, size=90)
    clf = ShallowNetClassifier(4, activation, solver=solver, max_iter=2, random_state=0)
    automatic = parameters_of(clf.fit(X, y))
    assert_array_equal(
        parameters_of(clf.set_params(learning_rate=learning_rate).fit(X, y)), automatic
    )


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize(("length", "learning_rate"), [(1, 0.03), (5, 0.024), (100, 0.015)])
def test_auto_learning_rate_by_row_norm(container, length, learning_rate):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 64)), rng.integers(2, size=90)
    X = container(length * X / np.linalg.norm(X, axis=1, keepdims=True))
    clf = ShallowNetClassifier(4, standardize=False, max_iter=2, random_state=0)
    automatic = parameters_of(clf.fit(X, y))
    clf.set_params(learning_rate=learning_rate)
    assert_allclose(parameters_of(clf.fit(X, y)), automatic, rtol=1e-5, atol=1e-7)


def test_auto_learning_rate_falls_after_500_steps():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(100, 4)), rng.integers(2, size=100)
    clf = ShallowNetClassifier(4, batch_size=1, early_stopping=False, random_state=0)
    clf.set_params(tol=0, n_iter_no_change=99)
    for max_iter, equal in ((5, True), (6, False)):
        clf.set_params(max_iter=max_iter)
        automatic = parameters_of(clf.set_params(learning_rate="auto").fit(X, y))
        constant = parameters_of(clf.set_params(learning_rate=0.03).fit(X, y))
        assert np.array_equal(automatic, constant) == equal
    # A stream has no end, so its rate stays constant.
    constant, automatic = clone(clf), clone(clf).set_params(learning_rate="auto")
    for _ in range(6):
        constant.partial_fit(X, y, [0, 1])
        automatic.partial_fit(X, y, [0, 1])
    assert_array_equal(parameters_of(automatic), parameters_of(constant))


@pytest.mark.parametrize(
    ("n_rows", "batch_size", "tol"),
    [(500, 64, 0.002), (3000, 187, 0.002), (20_000, 256, 0.001), (90_000, 512, 0.0005)],
)
def test_auto_batch_size_and_tol(n_rows, batch_size, tol):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 2))
    y = (X[:, 0] + rng.normal(size=n_rows) > 0).astype(int)
    clf = ShallowNetClassifier(2, max_iter=20, n_iter_no_change=1, random_state=0)
    automatic = parameters_of(clf.fit(X, y))
    clf.set_params(batch_size=batch_size, tol=tol)
    assert_array_equal(parameters_of(clf.fit(X, y)), automatic)

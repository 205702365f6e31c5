"""The automatic choice of the solver and the learning rate."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

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

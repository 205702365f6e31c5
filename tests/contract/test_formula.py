"""predict_proba is the documented formula on raw X."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from scipy.special import expit

from skshallow import ShallowNetClassifier
from tests.helpers import SOLVERS, ignore_convergence, single_network

pytestmark = ignore_convergence

FORMULAS = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "leaky_relu": lambda z: np.maximum(0.01 * z, z),
    "sigmoid": expit,
    "identity": lambda z: z,
}


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("activation", FORMULAS)
def test_predict_proba_is_the_formula_on_raw_rows(cancer, activation, standardize):
    X, y = cancer
    clf = ShallowNetClassifier(
        10, activation, standardize=standardize, solver="adam", max_iter=5, random_state=0
    ).fit(X, y)
    hidden = FORMULAS[activation](X @ clf.coefs_[0] + clf.intercepts_[0])
    formula = expit(hidden @ clf.coefs_[1] + clf.intercepts_[1])
    assert_allclose(clf.predict_proba(X)[:, 1], formula[:, 0], rtol=1e-9, atol=1e-300)
    assert_allclose(clf.predict_proba(X).sum(axis=1), 1, rtol=1e-12)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("solver", SOLVERS)
def test_formula_with_a_column_far_from_zero(small, solver, container):
    X, y = small[0] + [1e6, 0, 0, 0], small[1]
    clf = single_network(10, "tanh", solver=solver, max_iter=30, random_state=0)
    clf.fit(container(X), y)
    hidden = np.tanh(X @ clf.coefs_[0] + clf.intercepts_[0])
    formula = expit(hidden @ clf.coefs_[1] + clf.intercepts_[1])
    assert_allclose(clf.predict_proba(container(X))[:, 1], formula[:, 0], rtol=1e-7)
    # A column mean of 1e6 does not change the result of training.
    centred = clf.fit(small[0], y).predict_proba(small[0])[:, 1]
    assert_allclose(formula[:, 0], centred, atol=1e-5)

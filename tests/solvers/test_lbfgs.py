"""The solver lbfgs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression

from tests.helpers import ignore_convergence, single_network

pytestmark = ignore_convergence


@pytest.mark.parametrize("alpha", [0, 3.0])
def test_identity_activation_equals_logistic_regression(small, alpha):
    X, y = small
    clf = single_network(
        3, "identity", solver="lbfgs", alpha=alpha, standardize=False, tol=1e-9, max_iter=5000,
        random_state=0,
    ).fit(X, y)  # fmt: skip
    # The minimum of ‖W1‖² + ‖W2‖² for a given product w = W1 W2 is 2‖w‖, so the penalty is
    # alpha ‖w‖. Its gradient at w equals that of ‖w‖²/(2C) for C = ‖w‖ / alpha.
    w = clf.coefs_[0] @ clf.coefs_[1]
    C = np.linalg.norm(w) / alpha if alpha else np.inf
    reference = LogisticRegression(C=C, tol=1e-9, max_iter=5000).fit(X, y)
    assert_allclose(w[:, 0], reference.coef_[0], rtol=1e-3)
    assert_allclose(clf.predict_proba(X), reference.predict_proba(X), atol=1e-4)


def test_convergence_at_the_start_is_one_iteration(cancer):
    clf = single_network(4, solver="lbfgs", tol=100.0, random_state=0).fit(*cancer)
    assert clf.n_iter_ == 1
    assert np.isfinite(clf.loss_)

"""Early stopping and the validation loss."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import log_loss

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence, in_float64, parameters_of, single_network

pytestmark = ignore_convergence


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_early_stopping_restores_the_best_weights(cancer, solver):
    X, y = cancer
    clf = single_network(
        50, solver=solver, early_stopping=True, alpha=0, n_iter_no_change=5, tol=0, random_state=0,
        learning_rate_schedule="constant",
    )  # fmt: skip
    clf.fit(X[:100], y[:100], X_val=X[100:], y_val=y[100:])
    assert len(clf.validation_loss_curve_) == len(clf.loss_curve_) == clf.n_iter_
    best = clf.validation_loss_curve_.argmin()
    assert best < clf.n_iter_ - 1
    held_out = log_loss(y[100:], clf.predict_proba(X[100:]))
    assert_allclose(held_out, clf.validation_loss_curve_[best], rtol=1e-6)
    # loss_ belongs to the restored weights and to all training rows.
    assert_allclose(log_loss(y[:100], clf.predict_proba(X[:100])), clf.loss_, rtol=1e-5)

    # A refit leaves the arrays of the first fit unchanged.
    copies, arrays = [W.copy() for W in clf.coefs_], clf.coefs_
    clf.set_params(warm_start=True).fit(X[:100], y[:100], X_val=X[100:], y_val=y[100:])
    for copied, array in zip(copies, arrays, strict=True):
        assert_array_equal(copied, array)


def test_validation_data_without_early_stopping_is_only_recorded(cancer):
    X, y = cancer
    clf = single_network(5, max_iter=10, random_state=0)
    without = parameters_of(clf.fit(X[:200], y[:200]))
    assert clf.validation_loss_curve_ is None
    with_validation = parameters_of(clf.fit(X[:200], y[:200], X_val=X[200:], y_val=y[200:]))
    assert_array_equal(with_validation, without)
    assert len(clf.validation_loss_curve_) == len(clf.loss_curve_)


def test_validation_loss_uses_weights_and_class_weight(cancer):
    X, y = cancer
    X = in_float64(X)
    weight = np.random.default_rng(0).uniform(0, 3, 100)
    clf = ShallowNetClassifier(
        5, class_weight={0: 1, 1: 7}, max_iter=1, average=False, random_state=0
    ).fit(X[:200], y[:200], X_val=X[200:300], y_val=y[200:300], sample_weight_val=weight)
    loss = -clf.predict_log_proba(X[200:300])[np.arange(100), y[200:300]]
    factors = weight * np.where(y[200:300] == 1, 7, 1)
    assert_allclose(clf.validation_loss_curve_[-1], factors @ loss / factors.sum(), rtol=1e-9)

"""Training whose loss or weights become infinite or NaN."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.exceptions import ConvergenceWarning

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence, parameters_of, single_network

pytestmark = ignore_convergence


def test_diverging_training_restores_finite_weights(small):
    X, y = small
    clf = single_network(
        5, "relu", solver="gd", learning_rate=1e5, standardize=False, init="he", alpha=0,
        learning_rate_schedule="constant", max_iter=2000, tol=0, n_iter_no_change=2000,
        random_state=0,
    )  # fmt: skip
    with pytest.warns(ConvergenceWarning, match=r"no longer finite in epoch \d+.*learning_rate"):
        clf.set_params(alpha=60 / 1e5 * 3).fit(X, y)
    assert np.isfinite(clf.predict_proba(X)).all()
    assert np.isfinite(clf.loss_curve_).all()

    before = parameters_of(clf)
    with pytest.raises(ValueError, match="not finite in epoch 1"):
        clf.set_params(warm_start=True, learning_rate=1e300).fit(X * 1e100, y)
    assert_array_equal(parameters_of(clf), before)


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("activation", ["identity", "relu", "tanh"])
@pytest.mark.parametrize("solver", ["gd", "sgd", "adam"])
def test_huge_learning_rate_gives_finite_weights_or_an_error(
    cancer, solver, activation, early_stopping
):
    X, y = cancer
    clf = ShallowNetClassifier(
        5, activation, random_state=0, solver=solver, standardize=False, max_iter=5
    ).fit(X, y)
    before = parameters_of(clf)
    clf.set_params(
        learning_rate=1e6, learning_rate_schedule="constant", alpha=0.5, max_iter=60, tol=0,
        n_iter_no_change=60, early_stopping=early_stopping,
    )  # fmt: skip
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        try:
            clf.fit(X, y)
        except ValueError as error:
            assert "learning_rate" in str(error)  # noqa: PT017
            assert_array_equal(parameters_of(clf), before)
        else:
            assert len(caught) == 1
            assert "epoch" in str(caught[0].message)
    assert np.isfinite(parameters_of(clf)).all()
    assert np.isfinite(clf.predict_proba(X)).all()
    assert np.isfinite([clf.loss_, *clf.loss_curve_]).all()


def test_nonfinite_validation_loss_raises(cancer):
    X, y = cancer
    X_val = X[200:].copy()
    X_val[1] = 1e308
    with pytest.raises(ValueError, match=r"validation loss was not finite.*X_val"):
        ShallowNetClassifier(8, random_state=0).fit(X[:200], y[:200], X_val=X_val, y_val=y[200:])


def test_refit_that_diverges_at_once_keeps_the_fitted_model(cancer):
    # Under early stopping the fitted weights are the best so far, so there are weights to return.
    X, y = cancer
    clf = ShallowNetClassifier(5, solver="gd", warm_start=True, max_iter=5, random_state=0)
    before = parameters_of(clf.fit(X, y))
    with pytest.warns(ConvergenceWarning, match="no longer finite in epoch 1"):
        clf.set_params(learning_rate=1e300).fit(X, y)
    assert_array_equal(parameters_of(clf), before)
    assert clf.n_iter_ == len(clf.loss_curve_) == 5


def test_refit_from_weights_without_a_finite_loss(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(5, warm_start=True, max_iter=3, random_state=0).fit(X, y)
    clf.coefs_ = [W * 1e300 for W in clf.coefs_]
    with pytest.raises(ValueError, match="not finite in epoch 1"):
        clf.fit(X, y)

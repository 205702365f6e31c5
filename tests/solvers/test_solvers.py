"""Each solver against an independent implementation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from sklearn.neural_network import MLPClassifier

from skshallow._solvers.adam import Adam
from tests.helpers import ignore_convergence, in_float64, parameters_of, single_network

pytestmark = ignore_convergence


@pytest.mark.parametrize("alpha", [0, 2.5])
def test_gd_equals_the_loop_of_the_notes(small, alpha):
    X, y = small
    m, n, h, learning_rate = len(X), X.shape[1], 3, 0.7
    clf = single_network(
        h, "tanh", solver="gd", learning_rate=learning_rate, learning_rate_schedule="constant",
        alpha=alpha, standardize=False, init="normal", init_scale=0.01, tol=0, max_iter=50,
        random_state=7,
    ).fit(X, y)  # fmt: skip

    randn = np.random.RandomState(7).randn
    W1, b1, W2, b2 = randn(n, h) * 0.01, np.zeros(h), randn(h, 1) * 0.01, np.zeros(1)
    Y = y[:, np.newaxis]
    curve = []
    for _ in range(50):
        A1 = np.tanh(X @ W1 + b1)
        dZ2 = 1 / (1 + np.exp(-(A1 @ W2 + b2))) - Y
        dZ1 = (dZ2 @ W2.T) * (1 - A1**2)
        dW1, dW2 = X.T @ dZ1 / m + alpha / m * W1, A1.T @ dZ2 / m + alpha / m * W2
        W1, b1 = W1 - learning_rate * dW1, b1 - learning_rate * dZ1.sum(axis=0) / m
        W2, b2 = W2 - learning_rate * dW2, b2 - learning_rate * dZ2.sum(axis=0) / m
        A2 = expit(np.tanh(X @ W1 + b1) @ W2 + b2)
        cross_entropy = -(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)).sum() / m
        curve.append(cross_entropy + alpha / (2 * m) * ((W1**2).sum() + (W2**2).sum()))
    for ours, notes in zip(clf.coefs_ + clf.intercepts_, [W1, W2, b1, b2], strict=True):
        assert_allclose(ours, notes, rtol=1e-10, atol=1e-12)
    assert_allclose(clf.loss_curve_, curve, rtol=1e-10)
    assert clf.loss_ == clf.loss_curve_[-1]


# The solvers update the weights of 30,000 units in several pieces.
@pytest.mark.parametrize(("hidden_size", "n_epochs"), [(5, 30), (30_000, 3)])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_full_batches_equal_mlp_classifier(small, solver, hidden_size, n_epochs):
    X, y = small
    learning_rate = 0.1 / hidden_size
    settings = {"momentum": 0.8} if solver == "sgd" else {}
    theirs = {} if solver == "sgd" else {"beta_2": 0.99}
    mlp = MLPClassifier(
        (hidden_size,), "tanh", solver=solver, alpha=1.3, batch_size=len(X), max_iter=1,
        learning_rate_init=learning_rate, warm_start=True, random_state=0, **settings, **theirs,
    ).fit(X, y)  # fmt: skip
    clf = single_network(
        hidden_size, "tanh", solver=solver, alpha=1.3, batch_size=len(X), standardize=False,
        learning_rate=learning_rate, learning_rate_schedule="constant", max_iter=1, tol=0,
        warm_start=True, random_state=0, **settings,
    ).fit(in_float64(X), y)  # fmt: skip
    clf.coefs_ = [W.copy() for W in mlp.coefs_]
    clf.intercepts_ = [b.copy() for b in mlp.intercepts_]
    # Both reset their moments and continue from the same weights.
    mlp.set_params(max_iter=n_epochs, tol=0).fit(X, y)
    clf.set_params(max_iter=n_epochs).fit(in_float64(X), y)
    assert_allclose(clf.predict_proba(X), mlp.predict_proba(X), rtol=1e-7)
    for W, expected in zip(clf.coefs_, mlp.coefs_, strict=True):
        assert_allclose(W, expected, rtol=1e-7, atol=1e-7 * learning_rate)


def test_every_epoch_shuffles_anew(small):
    # Two fits of one epoch repeat the same order of rows. One fit of two epochs uses two orders.
    X, y = small
    settings = {"solver": "sgd", "momentum": 0.0, "batch_size": 1, "learning_rate": 0.3}
    clf = single_network(4, "tanh", max_iter=1, warm_start=True, random_state=0, **settings)
    same_order = parameters_of(clf.fit(X, y).fit(X, y))
    clf = single_network(4, "tanh", max_iter=2, random_state=0, **settings)
    two_orders = parameters_of(clf.fit(X, y))
    assert np.abs(two_orders - same_order).max() > 1e-3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_adam_sets_what_is_too_small_to_0(dtype):
    # Subnormal numbers are slow, and the weights of a unit that is 0 on all rows decay to them.
    w = np.array([1, 1e-20, 1], dtype)
    state = Adam(0, 0.99, *np.array([[1e-16, 1e-16, 1], [1e-36, 1e-36, 1]], dtype))
    for _ in range(128):
        state = state.update(w, np.zeros(3, dtype), 0.0)
    assert_array_equal(w, np.array([1, 0, 1], dtype))
    assert_array_equal(state.m == 0, [True, True, False])
    assert_array_equal(state.v == 0, [True, True, False])


def test_adam_averages_over_more_steps_if_rows_are_many():
    state = Adam.init(np.zeros(2))
    beta_2 = [state.for_rows(n_rows).beta_2 for n_rows in (100, 10_000, 50_000, 100_000, 10**7)]
    assert_allclose(beta_2, [0.99, 0.99, 0.998, 0.999, 0.999])

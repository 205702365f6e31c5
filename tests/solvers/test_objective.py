"""The objective, the validation loss and the prior loss."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_iris
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier
from skshallow._data.rows import Rows
from skshallow._solvers.objective import Objective
from tests.helpers import (
    OUTPUT_KINDS,
    SOLVERS,
    build_network,
    build_rows,
    ignore_convergence,
    in_float64,
    network_problem,
    single_network,
    split_rows,
)

pytestmark = ignore_convergence


@pytest.mark.parametrize("target", ["two classes", "three classes", "multilabel"])
@pytest.mark.parametrize("solver", SOLVERS)
def test_loss_is_the_objective_at_the_fitted_weights(solver, target):
    X, y = load_iris(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    if target == "two classes":
        y = y == 2
    elif target == "multilabel":
        y = np.column_stack([y == 0, y != 1]).astype(int)
    weight = np.random.default_rng(0).uniform(0, 3, len(X))
    weight[::7] = 0
    clf = single_network(
        6, "tanh", solver=solver, alpha=2.0, standardize=False, max_iter=8, random_state=0
    ).fit(in_float64(X), y, weight)
    if target == "multilabel":
        loss = np.logaddexp(0, (1 - 2 * y) * clf.decision_function(X)).sum(axis=1)
    else:
        loss = -clf.predict_log_proba(X)[np.arange(len(X)), y.astype(int)]
    penalty = 2.0 / 2 * sum((W**2).sum() for W in clf.coefs_)
    assert_allclose(clf.loss_, (weight @ loss + penalty) / weight.sum(), rtol=1e-12)
    if solver in ("gd", "lbfgs"):  # sgd and adam record the mean over an epoch
        assert_allclose(clf.loss_curve_[-1], clf.loss_, rtol=1e-12)


def test_penalty_of_an_ensemble_is_divided_by_its_training_rows(cancer):
    # With constant weights, alpha adds to J the mean over the members of
    # alpha / 2 ‖W‖² / (sum of the weights of the rows that the member trains on).
    X, y = cancer
    constant_weights = {"learning_rate": 1e-300, "max_iter": 1, "random_state": 0, "average": False}
    losses = []
    for alpha in (0, 50):
        clf = ShallowNetClassifier(
            5, n_estimators=3, alpha=alpha, standardize=False, **constant_weights
        ).fit(in_float64(X), y)
        losses.append(clf.loss_)
    held_out = [np.floor(0.2 * len(y) + (j + 0.5) / 3) for j in range(3)]
    n_trained_on = len(y) - np.mean(held_out)
    W1, W2 = clf.coefs_
    squares = ((W1**2).sum() + ((3 * W2) ** 2).sum()) / 3  # W2 is divided by the 3 members
    assert_allclose(losses[1] - losses[0], 50 / 2 * squares / n_trained_on, rtol=1e-9)


def test_losses_of_an_ensemble_that_holds_out_rows():
    rng = np.random.default_rng(0)
    y, weights = rng.integers(2, size=50), rng.uniform(0.5, 2, size=50)
    rows = split_rows(y, 3, 0.2, weights)
    network = build_network(1, 4, 1, "tanh", "sigmoid", n_members=3, max_rows=7, dtype=np.float64)
    parameters = rng.normal(size=network.n_parameters)
    held_out, training = [], []
    for j in range(3):
        W1, b1, W2, b2 = network.layers(parameters)
        W1, b1 = W1[:, 4 * j : 4 * j + 4], b1[4 * j : 4 * j + 4]
        z = (np.tanh(rows.X @ W1 + b1) @ W2[j] + b2[j])[:, 0]
        loss = np.logaddexp(0, (1 - 2 * y) * z)
        out = rows.validation_member == j
        held_out.append((weights[out] @ loss[out], weights[out].sum()))
        penalty = 0.3 / 2 * ((W1**2).sum() + (W2[j] ** 2).sum())
        training.append(weights[~out] @ loss[~out] / weights[~out].sum() + penalty)
    total, weight = np.sum(held_out, axis=0)
    objective = Objective(network, rows, 0.3)
    assert_allclose(objective.validation_loss(parameters), total / weight, rtol=1e-12)
    J = objective.loss_and_gradient(parameters, np.empty_like(parameters))
    assert_allclose(J, np.mean(training), rtol=1e-12)


@pytest.mark.parametrize("kind", OUTPUT_KINDS)
def test_prior_loss_is_the_log_loss_of_the_class_shares(kind):
    output, k = kind
    network, _, _ = network_problem("relu", kind)
    rng = np.random.default_rng(0)
    table = np.array([[0.0], [1.0]]) if k == 1 else np.eye(k)
    if output == "sigmoid" and k > 1:
        table = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 0], [1, 1, 1.0]])
    codes, w = rng.integers(len(table), size=60), rng.uniform(0, 3, 60)
    rows = build_rows(np.empty((60, 4)), table, codes, w)
    judged = Rows(rows.X, rows.targets, rows.index[40:], rows.weights[40:])
    p = np.average(table[codes], axis=0, weights=w)
    y, w = table[codes[40:]], w[40:]
    if output == "softmax":
        expected = log_loss(y.argmax(axis=1), np.tile(p, (20, 1)), sample_weight=w)
    else:
        expected = sum(
            log_loss(y[:, j], np.full(20, p[j]), sample_weight=w, labels=[0, 1]) for j in range(k)
        )
    assert_allclose(
        Objective(network, rows, 0.0, judged).prior_loss(validation=True), expected, rtol=1e-12
    )

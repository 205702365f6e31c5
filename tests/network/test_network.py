"""Cost and gradient of one network against independent implementations."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.neural_network import MLPClassifier

from skshallow._network.outputs import OUTPUTS
from tests.helpers import (
    ACTIVATIONS,
    OUTPUT_KINDS,
    ignore_convergence,
    network_problem,
    notes_activation,
)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("kind", OUTPUT_KINDS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_equals_finite_differences(activation, kind, members, weighted, dtype):
    settings = {"weighted": weighted, "members": members}
    network, parameters, block = network_problem(activation, kind, dtype=dtype, **settings)
    gradient = np.empty_like(parameters)
    cost = network.cost_and_gradient(parameters, [block], gradient)
    assert gradient.dtype == dtype
    # Finite differences need float64, also to check a gradient in float32.
    exact, at, block = network_problem(activation, kind, **settings)
    at, block = parameters.astype(np.float64), tuple(part.astype(np.float64) for part in block)

    def exact_cost(at):
        return exact.cost_and_gradient(at, [block], np.empty_like(at))

    assert_allclose(cost, exact_cost(at), rtol=1e-12 if dtype == np.float64 else 1e-5)
    rng = np.random.default_rng(1)
    for _ in range(5):
        direction = rng.normal(size=len(at))
        direction /= np.linalg.norm(direction)
        step = 1e-6
        slope = (exact_cost(at + step * direction) - exact_cost(at - step * direction)) / (2 * step)
        tolerance = 1e-6 if dtype == np.float64 else 1e-4
        assert_allclose(gradient @ direction, slope, rtol=tolerance, atol=tolerance * 10)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_equals_the_loop_of_the_notes(activation):
    network, parameters, (X, Y, w) = network_problem(activation, ("sigmoid", 1))
    W1, b1, W2, b2 = network.to_single_network(parameters)
    m, h = len(X), len(b1)
    J, dW1, db1, dW2, db2 = 0.0, 0 * W1, 0 * b1, 0 * W2, 0 * b2
    for i in range(m):
        z1 = [sum(W1[:, j] * X[i]) + b1[j] for j in range(h)]
        a1 = [notes_activation(activation, z)[0] for z in z1]
        a2 = 1 / (1 + np.exp(-(sum(W2[:, 0] * a1) + b2[0])))
        J += -(Y[i, 0] * np.log(a2) + (1 - Y[i, 0]) * np.log(1 - a2)) / m
        dz2 = a2 - Y[i, 0]
        db2 += dz2 / m
        for j in range(h):
            dW2[j, 0] += a1[j] * dz2 / m
            dz1 = W2[j, 0] * dz2 * notes_activation(activation, z1[j])[1]
            dW1[:, j] += X[i] * dz1 / m
            db1[j] += dz1 / m

    gradient = np.empty_like(parameters)
    cost = network.cost_and_gradient(parameters, [(X, Y, w)], gradient)
    assert_allclose(cost / m, J, rtol=1e-12)
    expected = np.concatenate([part.ravel() for part in (dW1, dW2, db1, db2)])
    assert_allclose(gradient / m, expected, rtol=1e-10, atol=1e-13)


@ignore_convergence
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", OUTPUT_KINDS)
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "identity"])
def test_step_and_probabilities_equal_mlp_classifier(activation, kind, weighted):
    network, parameters, (X, Y, w) = network_problem(activation, kind, weighted=weighted)
    y = Y.argmax(axis=1) if kind[0] == "softmax" else Y.squeeze()
    weight = w[0] if weighted else None
    mlp = MLPClassifier(
        hidden_layer_sizes=(5,),
        activation={"sigmoid": "logistic"}.get(activation, activation),
        alpha=0,
        solver="sgd",
        momentum=0,
        learning_rate_init=1e-3,
        batch_size=len(X),
        max_iter=1,
        warm_start=True,
    ).fit(X, y)
    W1, b1, W2, b2 = network.to_single_network(parameters)
    mlp.coefs_, mlp.intercepts_ = [W1.copy(), W2.copy()], [b1.copy(), b2.copy()]

    ((_, A2),) = network.logits(network.layers(parameters), X)
    OUTPUTS[kind[0]].probabilities(A2)
    theirs = mlp.predict_proba(X)
    assert_allclose(A2, theirs[:, 1:] if kind[1] == 1 else theirs, rtol=1e-10)

    # One step on the full batch without momentum shows the gradient and the loss.
    mlp.fit(X, y, sample_weight=weight)
    gradient = np.empty_like(parameters)
    total = w.sum() * len(X) / w.size
    cost = network.cost_and_gradient(parameters, [(X, Y, w)], gradient)
    assert_allclose(mlp.loss_, cost / total, rtol=1e-10)
    stepped = parameters - 1e-3 * gradient / total
    after = [part.ravel() for part in mlp.coefs_ + mlp.intercepts_]
    assert_allclose(np.concatenate(after), stepped, rtol=1e-9)


def test_blocks_add_up_to_the_whole():
    network, parameters, (X, Y, w) = network_problem("tanh", ("softmax", 3), weighted=True)
    whole, parts = np.empty_like(parameters), np.empty_like(parameters)
    cost = network.cost_and_gradient(parameters, [(X, Y, w)], whole)
    blocks = [(X[rows], Y[rows], w[:, rows]) for rows in (slice(0, 7), slice(7, 8), slice(8, None))]
    assert_allclose(network.cost_and_gradient(parameters, blocks, parts), cost, rtol=1e-12)
    assert_allclose(parts, whole, rtol=1e-11)

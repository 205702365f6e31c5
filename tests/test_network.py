"""The mathematics of the notes against things that are independent of it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit, softmax
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from skshallow._activations import activation_named
from skshallow._network import Network
from skshallow._objective import prior_loss
from skshallow._outputs import OUTPUTS
from skshallow._rows import Rows, Targets

ACTIVATIONS = ["relu", "tanh", "leaky_relu", "sigmoid", "identity"]
# (output, number of outputs): two classes, more classes, multilabel
KINDS = [("sigmoid", 1), ("softmax", 3), ("sigmoid", 3)]
SLOPE = 0.3


def problem(activation, kind, *, weighted=False, dtype=np.float64, members=1, m=23, n=4, h=5):
    """A network, random parameters for it, and one block of data."""
    output, k = kind
    rng = np.random.default_rng(0)
    network = Network(
        n, h, k, activation_named(activation, SLOPE), OUTPUTS[output],
        n_members=members, max_rows=m, dtype=dtype,
    )  # fmt: skip
    parameters = rng.normal(size=network.n_parameters).astype(dtype)
    X = rng.normal(size=(m, n)).astype(dtype)
    Y = np.eye(k)[rng.integers(k, size=m)] if output == "softmax" else rng.integers(2, size=(m, k))
    w = rng.uniform(0, 3, size=(members, m)) if weighted else np.ones((1, m))
    return network, parameters, (X, Y.astype(dtype), w.astype(dtype))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_along_random_directions(activation, kind, members, weighted, dtype):
    settings = {"weighted": weighted, "members": members}
    network, parameters, block = problem(activation, kind, dtype=dtype, **settings)
    gradient = np.empty_like(parameters)
    cost = network.cost_and_gradient(parameters, [block], gradient)
    assert gradient.dtype == dtype
    # The differences are taken in float64, where they are exact enough to judge float32 by.
    exact, at, block = problem(activation, kind, **settings)
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


def notes_g(name, z):
    """Activation and derivative at one number, as the notes write them."""
    if name == "sigmoid":
        g = 1 / (1 + np.exp(-z))
        return g, g * (1 - g)
    if name == "tanh":
        g = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
        return g, 1 - g**2
    if name == "relu":
        return max(0, z), float(z > 0)
    if name == "leaky_relu":
        return max(SLOPE * z, z), 1.0 if z > 0 else SLOPE
    return z, 1.0


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_notes_loop_over_samples(activation):
    network, parameters, (X, Y, w) = problem(activation, ("sigmoid", 1))
    W1, b1, W2, b2 = network.merged(parameters)
    m, h = len(X), len(b1)
    J, dW1, db1, dW2, db2 = 0.0, 0 * W1, 0 * b1, 0 * W2, 0 * b2
    for i in range(m):
        z1 = [sum(W1[:, j] * X[i]) + b1[j] for j in range(h)]
        a1 = [notes_g(activation, z)[0] for z in z1]
        a2 = 1 / (1 + np.exp(-(sum(W2[:, 0] * a1) + b2[0])))
        J += -(Y[i, 0] * np.log(a2) + (1 - Y[i, 0]) * np.log(1 - a2)) / m
        dz2 = a2 - Y[i, 0]
        db2 += dz2 / m
        for j in range(h):
            dW2[j, 0] += a1[j] * dz2 / m
            dz1 = W2[j, 0] * dz2 * notes_g(activation, z1[j])[1]
            dW1[:, j] += X[i] * dz1 / m
            db1[j] += dz1 / m

    gradient = np.empty_like(parameters)
    cost = network.cost_and_gradient(parameters, [(X, Y, w)], gradient)
    assert_allclose(cost / m, J, rtol=1e-12)
    expected = np.concatenate([part.ravel() for part in (dW1, dW2, db1, db2)])
    assert_allclose(gradient / m, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "identity"])
def test_step_and_probabilities_of_mlp_classifier(activation, kind, weighted):
    network, parameters, (X, Y, w) = problem(activation, kind, weighted=weighted)
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
    W1, b1, W2, b2 = network.merged(parameters)
    mlp.coefs_, mlp.intercepts_ = [W1.copy(), W2.copy()], [b1.copy(), b2.copy()]

    ((_, A2),) = network.logits(network.layers(parameters), X)
    OUTPUTS[kind[0]].probabilities(A2)
    theirs = mlp.predict_proba(X)
    assert_allclose(A2, theirs[:, 1:] if kind[1] == 1 else theirs, rtol=1e-10)

    # One full-batch step of plain gradient descent shows its gradient, and its loss.
    mlp.fit(X, y, sample_weight=weight)
    gradient = np.empty_like(parameters)
    total = w.sum() * len(X) / w.size
    cost = network.cost_and_gradient(parameters, [(X, Y, w)], gradient)
    assert_allclose(mlp.loss_, cost / total, rtol=1e-10)
    stepped = parameters - 1e-3 * gradient / total
    after = [part.ravel() for part in mlp.coefs_ + mlp.intercepts_]
    assert_allclose(np.concatenate(after), stepped, rtol=1e-9)


def test_blocks_add_up():
    network, parameters, (X, Y, w) = problem("tanh", ("softmax", 3), weighted=True)
    whole, parts = np.empty_like(parameters), np.empty_like(parameters)
    cost = network.cost_and_gradient(parameters, [(X, Y, w)], whole)
    blocks = [(X[rows], Y[rows], w[:, rows]) for rows in (slice(0, 7), slice(7, 8), slice(8, None))]
    assert_allclose(network.cost_and_gradient(parameters, blocks, parts), cost, rtol=1e-12)
    assert_allclose(parts, whole, rtol=1e-11)


@pytest.mark.parametrize("size", [1e2, 1e8, 1e300])
def test_losses_of_huge_logits(size):
    with np.errstate(all="raise", under="ignore"):
        Z = np.array([[size], [size], [-size], [-size]])
        Y = np.array([[1.0], [0.0], [1.0], [0.0]])
        assert_allclose(OUTPUTS["sigmoid"].cross_entropy(Z, Y), [0, size, size, 0], atol=1e-40)
        Z = np.array([[size, -size, 0.0]] * 3)
        assert_allclose(
            OUTPUTS["softmax"].cross_entropy(Z, np.eye(3)), [0, 2 * size, size], atol=1e-40
        )


@pytest.mark.parametrize("kind", KINDS)
def test_gradient_of_huge_logits(kind):
    network, parameters, (X, Y, w) = problem("identity", kind)
    gradient = np.empty_like(parameters)
    b2 = network.layers(parameters)[3][0, 0]
    b2[:] = 1e300 * np.array([1, -1, 1])[: len(b2)]
    with np.errstate(all="raise", under="ignore"):
        network.cost_and_gradient(parameters, [(X, Y, w)], gradient)
    # With such logits each probability is 0 or 1 (softmax: 0.5 for its two equal ones).
    db2 = network.layers(gradient)[3][0, 0]
    certain = {("sigmoid", 1): [1], ("softmax", 3): [0.5, 0, 0.5], ("sigmoid", 3): [1, 0, 1]}
    assert_allclose(db2, len(X) * np.array(certain[kind]) - Y.sum(axis=0), rtol=1e-12, atol=1e-12)
    assert np.isfinite(gradient).all()


def member_of(layers, j):
    """The layers of member j alone."""
    W1, b1, W2, b2 = layers
    units = slice(j * W2.shape[1], (j + 1) * W2.shape[1])
    return W1[:, units], b1[units], W2[j : j + 1], b2[j : j + 1]


@pytest.mark.parametrize("members", [3, 9])
@pytest.mark.parametrize("kind", KINDS)
def test_a_committee_is_its_members_and_the_mean_of_their_logits(kind, members):
    network, parameters, (X, Y, w) = problem("tanh", kind, weighted=True, members=members)
    alone, _, _ = problem("tanh", kind)
    gradient = np.empty_like(parameters)
    cost = network.cost_and_gradient(parameters, [(X, Y, w)], gradient)
    costs, logits = [], []
    for j in range(members):
        member = member_of(network.layers(parameters), j)
        flat = np.empty(alone.n_parameters)
        for part, own in zip(alone.layers(flat), member, strict=True):
            part[...] = own.reshape(part.shape)
        member_gradient = np.empty_like(flat)
        costs.append(alone.cost_and_gradient(flat, [(X, Y, w[j : j + 1])], member_gradient))
        assert_allclose(costs[j], alone.cost(member, [(X, Y, w[j : j + 1])]), rtol=1e-12)
        expected = member_of(network.layers(gradient), j)
        for part, own in zip(alone.layers(member_gradient), expected, strict=True):
            assert_allclose(part, own, rtol=1e-9, atol=1e-12)
        logits.append(next(alone.logits(alone.layers(flat), X))[1].copy())
    assert_allclose(cost, sum(costs), rtol=1e-12)
    ((_, together),) = network.logits(network.layers(parameters), X)
    assert_allclose(together, np.mean(logits, axis=0), rtol=1e-10)
    W1, b1, W2, b2 = network.merged(parameters)
    assert_allclose(np.tanh(X @ W1 + b1) @ W2 + b2, together, rtol=1e-10)
    again = network.merged(network.unmerged((W1, b1, W2, b2)))
    for one, other in zip(again, (W1, b1, W2, b2), strict=True):
        assert_allclose(one, other, rtol=1e-12)


def test_probabilities_are_scipys():
    Z = np.random.default_rng(0).normal(scale=30, size=(50, 3))
    for name, reference in (("sigmoid", expit(Z)), ("softmax", softmax(Z, axis=1))):
        A = Z.copy()
        OUTPUTS[name].probabilities(A)
        assert_allclose(A, reference, rtol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_are_the_notes_and_never_overflow(activation):
    g, derivative, _ = activation_named(activation, SLOPE)
    z = np.array([-3.0, -0.5, 0.0, 0.5, 3.0])
    A = z.copy()
    g(A)
    assert_allclose(A, [notes_g(activation, v)[0] for v in z], rtol=1e-12)
    derivative(A)
    # At z = 0 the rectifiers take the left one of the two slopes.
    assert_allclose(A, [notes_g(activation, v)[1] for v in z], rtol=1e-12)
    huge = np.array([-1e300, 1e300])
    g(huge)
    assert np.isfinite(huge).all()


@pytest.mark.parametrize("kind", KINDS)
def test_loss_of_guessing_by_the_shares(kind):
    output, k = kind
    network, _, _ = problem("relu", kind)
    rng = np.random.default_rng(0)
    table = np.array([[0.0], [1.0]]) if k == 1 else np.eye(k)
    if output == "sigmoid" and k > 1:
        table = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 0], [1, 1, 1.0]])
    codes, w = rng.integers(len(table), size=60), rng.uniform(0, 3, 60)
    rows = Rows(np.empty((60, 4)), Targets(table, codes), np.arange(60), w)
    judged = rows.subset(np.arange(40, 60))
    p = np.average(table[codes], axis=0, weights=w)
    y, w = table[codes[40:]], w[40:]
    if output == "softmax":
        expected = log_loss(y.argmax(axis=1), np.tile(p, (20, 1)), sample_weight=w)
    else:
        expected = sum(
            log_loss(y[:, j], np.full(20, p[j]), sample_weight=w, labels=[0, 1]) for j in range(k)
        )
    assert_allclose(prior_loss(network, rows, judged), expected, rtol=1e-12)

"""An ensemble of networks against each of its members."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.helpers import OUTPUT_KINDS, network_problem


def member_of(layers, j):
    """The layers of member j alone."""
    W1, b1, W2, b2 = layers
    units = slice(j * W2.shape[1], (j + 1) * W2.shape[1])
    return W1[:, units], b1[units], W2[j : j + 1], b2[j : j + 1]


@pytest.mark.parametrize("members", [3, 9])
@pytest.mark.parametrize("kind", OUTPUT_KINDS)
def test_ensemble_equals_its_members_and_the_mean_of_their_logits(kind, members):
    network, parameters, (X, Y, w) = network_problem("tanh", kind, weighted=True, members=members)
    alone, _, _ = network_problem("tanh", kind)
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
    W1, b1, W2, b2 = network.to_single_network(parameters)
    assert_allclose(np.tanh(X @ W1 + b1) @ W2 + b2, together, rtol=1e-10)
    again = network.to_single_network(network.to_members((W1, b1, W2, b2)))
    for one, other in zip(again, (W1, b1, W2, b2), strict=True):
        assert_allclose(one, other, rtol=1e-12)

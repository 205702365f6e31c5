"""Probabilities and cross-entropy of the output layer."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit, softmax

from skshallow._network.outputs import OUTPUTS
from tests.helpers import OUTPUT_KINDS, network_problem


def test_probabilities_equal_scipy():
    Z = np.random.default_rng(0).normal(scale=30, size=(50, 3))
    for name, reference in (("sigmoid", expit(Z)), ("softmax", softmax(Z, axis=1))):
        A = Z.copy()
        OUTPUTS[name].probabilities(A)
        assert_allclose(A, reference, rtol=1e-12)


@pytest.mark.parametrize("size", [1e2, 1e8, 1e300])
def test_cross_entropy_of_huge_logits(size):
    with np.errstate(all="raise", under="ignore"):
        Z = np.array([[size], [size], [-size], [-size]])
        Y = np.array([[1.0], [0.0], [1.0], [0.0]])
        assert_allclose(OUTPUTS["sigmoid"].cross_entropy(Z, Y), [0, size, size, 0], atol=1e-40)
        Z = np.array([[size, -size, 0.0]] * 3)
        assert_allclose(
            OUTPUTS["softmax"].cross_entropy(Z, np.eye(3)), [0, 2 * size, size], atol=1e-40
        )


@pytest.mark.parametrize("kind", OUTPUT_KINDS)
def test_gradient_of_huge_logits(kind):
    network, parameters, (X, Y, w) = network_problem("identity", kind)
    gradient = np.empty_like(parameters)
    b2 = network.layers(parameters)[3][0, 0]
    b2[:] = 1e300 * np.array([1, -1, 1])[: len(b2)]
    with np.errstate(all="raise", under="ignore"):
        network.cost_and_gradient(parameters, [(X, Y, w)], gradient)
    # Each probability is 0 or 1, or 0.5 for the two equal logits of softmax.
    db2 = network.layers(gradient)[3][0, 0]
    expected = {("sigmoid", 1): [1], ("softmax", 3): [0.5, 0, 0.5], ("sigmoid", 3): [1, 0, 1]}
    assert_allclose(db2, len(X) * np.array(expected[kind]) - Y.sum(axis=0), rtol=1e-12, atol=1e-12)
    assert np.isfinite(gradient).all()

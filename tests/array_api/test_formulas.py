"""Cost and gradient in another namespace are those of the NumPy path."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skshallow._array_api.matrix import DeviceMatrix
from skshallow._array_api.network import DeviceNetwork
from skshallow._array_api.place import to_host
from tests.helpers import ACTIVATIONS, NEGATIVE_SLOPE, OUTPUT_KINDS, network_problem

TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}


def problem_in(place, activation, kind, dtype=np.float64, members=3):
    """A network for each of both paths, parameters, and a block of weighted data for each."""
    network, parameters, block = network_problem(
        activation, kind, weighted=True, dtype=dtype, members=members
    )
    (n, _), (_, h, k) = network.shapes[:2]
    device_network = DeviceNetwork(
        *(n, h, k),
        activation=(activation, NEGATIVE_SLOPE),
        out_activation=kind[0],
        n_members=members,
        max_rows=len(block[0]),
        dtype=dtype,
        place=place,
    )
    X, Y, w = (place.load(part) for part in block)
    return (
        network,
        device_network,
        parameters,
        block,
        (DeviceMatrix(X, place), DeviceMatrix(Y, place), w),
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", OUTPUT_KINDS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_cost_and_gradient(place, activation, kind, dtype):
    network, device_network, parameters, block, device_block = problem_in(
        place, activation, kind, dtype
    )
    gradient = np.empty_like(parameters)
    cost = network.cost_and_gradient(parameters, [block, block], gradient)
    vector = place.load(parameters)
    device_gradient = 0 * vector
    device_cost = device_network.cost_and_gradient(vector, [device_block] * 2, device_gradient)
    assert device_gradient.dtype == vector.dtype
    size = np.abs(gradient).max()
    assert_allclose(float(device_cost), cost, rtol=TOLERANCE[dtype])
    assert_allclose(to_host(device_gradient), gradient, rtol=0, atol=size * TOLERANCE[dtype])


@pytest.mark.parametrize("kind", OUTPUT_KINDS)
def test_costs(place, kind):
    network, device_network, parameters, block, device_block = problem_in(place, "tanh", kind)
    layers = network.layers(parameters)
    device_layers = device_network.layers(place.load(parameters))
    for name in ("cost", "member_cost"):
        cost = getattr(network, name)(layers, [block])
        assert_allclose(getattr(device_network, name)(device_layers, [device_block]), cost, 1e-12)
    (X, Y, w), (device_X, device_Y, device_w) = block, device_block
    own = [np.arange(5) + j for j in range(3)]
    cost = network.cost_per_member(layers, [([X[i] for i in own], Y[np.array(own)], w[:, :5])])
    device_rows = [device_X[i] for i in own], device_Y[np.array(own)], device_w[:, :5]
    assert_allclose(device_network.cost_per_member(device_layers, [device_rows]), cost, 1e-12)


def test_extreme_logits_have_a_finite_loss(place):
    for kind, z in ((("sigmoid", 1), 1e4), (("softmax", 3), 1e4)):
        network, device_network, parameters, block, device_block = problem_in(place, "relu", kind)
        layers = [part * (z if i == 2 else 1) for i, part in enumerate(network.layers(parameters))]
        cost = network.member_cost(layers, [block])
        assert np.isfinite(cost)
        with np.errstate(over="ignore"):  # as in training
            device_cost = device_network.member_cost(layers, [device_block])
        assert_allclose(device_cost, cost, 1e-12)

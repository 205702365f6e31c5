"""Random starts for the weights, by name."""

import math

import numpy as np

from ._network import Network
from ._typing import Array

OUTPUT_GAIN = 1 / 3


def weight_scale(init: str, fan_in: int, fan_out: int, init_scale: float) -> float:
    """Standard deviation of a layer's initial weights.

    "he" keeps the size of the signal from the inputs to the outputs through units of which
    half are 0 [1]_, "glorot" the mean of its way forward and of the gradient's way back through
    units in the midst of their range [2]_.

    References
    ----------
    .. [1] He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.
    .. [2] Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
       networks", AISTATS 2010.
    """
    if init == "normal":
        return init_scale
    fans = fan_in + fan_out if init == "glorot" else fan_in
    return math.sqrt(2 / fans)


def random_parameters(
    network: Network, init: str, init_scale: float, random_state: np.random.RandomState
) -> Array:
    """The flat vector of parameters to start from: W = randn * scale, b2 = 0.

    Random because hidden units that start equal stay equal for ever. b1 is 0 for "normal", as in
    the notes, and otherwise drawn like the weights of an input that is always 1: so the kinks of
    the hidden units do not all go through the mean of the data. W1 and b1 are then larger where g
    is flatter, to make as much of the inputs, and W2 smaller by OUTPUT_GAIN: what the random
    network makes of new rows is noise, which training on few rows and many columns does not take
    away.
    """
    parameters = np.zeros(network.n_parameters, network.dtype)
    W1, b1, W2, _ = network.layers(parameters)
    n_features = len(W1)
    _, hidden_size, n_outputs = W2.shape
    scale = weight_scale(init, n_features, hidden_size, init_scale)
    if init != "normal":
        scale /= network.activation.slope
    W1[...] = random_state.standard_normal(W1.shape) * scale
    W2[...] = random_state.standard_normal(W2.shape) * weight_scale(
        init, hidden_size, n_outputs, init_scale
    )
    if init != "normal":
        b1[...] = random_state.standard_normal(b1.shape) * scale
        W2 *= OUTPUT_GAIN
    return parameters

"""Random initial weights."""

import math

import numpy as np

from .._typing import Array
from .network import Network

# Part of the random initial output remains after training if rows are few and columns many.
OUTPUT_GAIN = 1 / 3


def weight_scale(init: str, fan_in: int, fan_out: int, init_scale: float) -> float:
    """Return the standard deviation of a layer's initial weights.

    "he" preserves the variance of the activations through ReLU units, of which half are 0 [1]_.
    "glorot" is a compromise between the variance of the activations and that of the gradients, for
    units near 0 [2]_.

    References
    ----------
    .. [1] He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.
    .. [2] Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
       networks", AISTATS 2010.
    """
    if init == "normal":
        return init_scale
    fans = fan_in + fan_out if init == "glorot" else fan_in
    return math.sqrt(2 / max(fans, 1))  # a table of constant columns has no input


def random_parameters(
    network: Network, init: str, init_scale: float, random_state: np.random.RandomState
) -> Array:
    """Return the flat vector of initial parameters: W = randn * scale, b2 = 0.

    W is random because hidden units that start equal stay equal. For "normal" b1 is 0, as in the
    notes. Otherwise it is drawn like the weights of a constant input 1, so that the kinks of the
    hidden units do not all pass through the mean of the data; W1 and b1 are divided by the slope
    of g at 0, and W2 is multiplied by OUTPUT_GAIN.
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

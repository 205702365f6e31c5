"""Random starts for the weights, by name. Biases start at 0, which does no harm."""

import math
from typing import Any

import numpy as np

from ._typing import Array


def weight_scale(init: str, fan_in: int, fan_out: int, init_scale: float) -> float:
    """Standard deviation of a layer's initial weights.

    "glorot" keeps the variance of the signal from layer to layer in both directions [1]_, "he"
    does so where a rectifier halves it [2]_.

    References
    ----------
    .. [1] Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
       networks", AISTATS 2010.
    .. [2] He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.
    """
    if init == "normal":
        return init_scale
    if init == "glorot":
        return math.sqrt(2 / (fan_in + fan_out))
    return math.sqrt(2 / fan_in)


def random_parameters(
    shapes: list[tuple[int, ...]],
    init: str,
    init_scale: float,
    random_state: np.random.RandomState,
    dtype: Any,
) -> Array:
    """The flat vector W1, b1, W2, b2 to start from: W = randn * scale, b = 0.

    Random because hidden units that start equal stay equal for ever.
    """
    parts = [
        random_state.standard_normal(shape) * weight_scale(init, *shape, init_scale)
        if len(shape) == 2
        else np.zeros(shape)
        for shape in shapes
    ]
    return np.concatenate([part.ravel() for part in parts]).astype(dtype)

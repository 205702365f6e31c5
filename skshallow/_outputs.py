"""The output units: loss L and probabilities A2 of a block of logits Z2, by name.

The loss is taken from the logits: a probability rounds to 0 or 1 long before its logit loses a
digit, and the log of a rounded 0 is no loss.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit, log_expit

from ._typing import Array


class Output(NamedTuple):
    """An output unit's loss and its probabilities."""

    loss: Callable[[Array, Array], Array]  # (Z2, Y), both (r, k), give L (r,)
    probabilities: Callable[[Array], object]  # Z2 becomes A2, in place


def sigmoid_cross_entropy(Z2: Array, Y: Array) -> Array:
    """L = -[y log ŷ + (1-y) log(1-ŷ)] with ŷ = sigmoid(z), summed over the outputs."""
    # One of the two terms is 0, as y is 0 or 1; the other one is -log sigmoid(±z).
    return -log_expit((2 * Y - 1) * Z2).sum(axis=1)


def sigmoid_probabilities(Z2: Array) -> None:
    """ŷ = 1 / (1 + e^-z)."""
    expit(Z2, out=Z2)


def softmax_cross_entropy(Z2: Array, Y: Array) -> Array:
    """L = -Σ y log ŷ with ŷ = softmax(z): the notes' loss for more than two classes."""
    below_largest = Z2 - Z2.max(axis=1, keepdims=True)  # so that no exponential overflows
    return np.log(np.exp(below_largest).sum(axis=1)) - (below_largest * Y).sum(axis=1)


def softmax_probabilities(Z2: Array) -> None:
    """ŷ = e^z / Σ e^z, the sum over the outputs."""
    Z2 -= Z2.max(axis=1, keepdims=True)
    np.exp(Z2, out=Z2)
    Z2 /= Z2.sum(axis=1, keepdims=True)


OUTPUTS = {
    "sigmoid": Output(sigmoid_cross_entropy, sigmoid_probabilities),
    "softmax": Output(softmax_cross_entropy, softmax_probabilities),
}

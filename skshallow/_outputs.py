"""The output units: probabilities A2 and loss L of a block of logits Z2, by name.

The loss is taken from the logits: a probability rounds to 0 or 1 long before its logit loses a
digit, and the log of a rounded 0 is no loss.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, xlogy

from ._typing import Array


class Output(NamedTuple):
    """An output unit's probabilities and its loss, both in place on Z2 (…, r, k)."""

    probabilities: Callable[[Array], object]  # Z2 becomes A2
    cross_entropy: Callable[[Array, Array], Array]  # (Z2, Y) give L (…, r), and Z2 becomes A2
    mean_loss: Callable[[Array, Array], float]  # of the means of Y (k,), if all ŷ are p (k,)


def sigmoid_probabilities(Z2: Array) -> None:
    """ŷ = 1 / (1 + e^-z)."""
    expit(Z2, out=Z2)


def sigmoid_cross_entropy(Z2: Array, Y: Array) -> Array:
    """L = -[y log ŷ + (1-y) log(1-ŷ)] with ŷ = sigmoid(z), summed over the outputs."""
    # Which is max(z, 0) - y z + log(1 + e^-|z|), where nothing overflows.
    L = np.copysign(Z2, -1)  # -|z|
    np.exp(L, out=L)
    np.log1p(L, out=L)
    L += np.maximum(Z2, 0)
    L -= Y * Z2
    sigmoid_probabilities(Z2)
    return L.sum(axis=-1) if L.shape[-1] > 1 else L[..., 0]


def sigmoid_mean_loss(means: Array, p: Array) -> float:
    """-Σ [y log p + (1-y) log(1-p)], y being the means."""
    return -float((xlogy(means, p) + xlogy(1 - means, 1 - p)).sum())


def softmax_probabilities(Z2: Array) -> None:
    """ŷ = e^z / Σ e^z, the sum over the outputs."""
    Z2 -= Z2.max(axis=-1, keepdims=True)  # so that no exponential overflows
    np.exp(Z2, out=Z2)
    Z2 /= Z2.sum(axis=-1, keepdims=True)


def softmax_cross_entropy(Z2: Array, Y: Array) -> Array:
    """L = -Σ y log ŷ with ŷ = softmax(z): the notes' loss for more than two classes."""
    Z2 -= _maximum(Z2)
    yz = np.einsum("...k,...k->...", Z2, Y)
    np.exp(Z2, out=Z2)
    total = Z2 @ np.ones((Z2.shape[-1], 1), Z2.dtype)  # faster than a sum
    Z2 /= total
    return np.log(total[..., 0]) - yz


def softmax_mean_loss(means: Array, p: Array) -> float:
    """-Σ y log p, y being the means."""
    return -float(xlogy(means, p).sum())


def _maximum(Z2: Array) -> Any:
    """The largest logit of each row; or of all, which NumPy finds ten times as fast.

    The latter where no row is so far below it that its exponentials would be next to 0.
    """
    largest = Z2.max()
    if largest - Z2.min() < 60:
        return largest
    return Z2.max(axis=-1, keepdims=True)


OUTPUTS = {
    "sigmoid": Output(sigmoid_probabilities, sigmoid_cross_entropy, sigmoid_mean_loss),
    "softmax": Output(softmax_probabilities, softmax_cross_entropy, softmax_mean_loss),
}

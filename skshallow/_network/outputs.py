"""The output units: probabilities A2 and loss L of a block of logits Z2, by name.

The loss is computed from the logits: a probability that rounds to 0 has no finite logarithm.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, xlogy

from .._typing import Array

# Less the largest one. Below it a probability is less than the rounding of the sum of all. But its
# products in the gradient can be subnormal numbers, with which processors are slow.
SMALLEST_LOGIT = -40


class Output(NamedTuple):
    """Probabilities and loss of logits Z2 (…, r, k), both in place."""

    probabilities: Callable[[Array], object]  # Z2 becomes A2
    cross_entropy: Callable[[Array, Array], Array]  # (Z2, Y) -> L (…, r); Z2 becomes A2
    mean_loss: Callable[[Array, Array], float]  # (mean of Y (k,), constant ŷ (k,)) -> mean of L


def sigmoid_probabilities(Z2: Array) -> None:
    """ŷ = 1 / (1 + e^-z)."""
    expit(Z2, out=Z2)


def sigmoid_cross_entropy(Z2: Array, Y: Array) -> Array:
    """L = -[y log ŷ + (1-y) log(1-ŷ)] with ŷ = sigmoid(z), summed over the outputs."""
    # Equal to max(z, 0) - y z + log(1 + e^-|z|), in which nothing overflows.
    L = np.copysign(Z2, -1)  # -|z|
    np.exp(L, out=L)
    np.log1p(L, out=L)
    L += np.maximum(Z2, 0)
    L -= Y * Z2
    sigmoid_probabilities(Z2)
    return L.sum(axis=-1) if L.shape[-1] > 1 else L[..., 0]


def sigmoid_mean_loss(means: Array, p: Array) -> float:
    """-Σ [ȳ log p + (1-ȳ) log(1-p)] over the outputs, with ȳ the means of Y."""
    return -float((xlogy(means, p) + xlogy(1 - means, 1 - p)).sum())


def softmax_probabilities(Z2: Array) -> None:
    """ŷ = e^z / Σ e^z, the sum over the outputs."""
    Z2 -= Z2.max(axis=-1, keepdims=True)  # no exponential overflows
    np.exp(Z2, out=Z2)
    Z2 /= Z2.sum(axis=-1, keepdims=True)


def softmax_cross_entropy(Z2: Array, Y: Array) -> Array:
    """L = -Σ y log ŷ with ŷ = softmax(z): the notes' loss for more than two classes."""
    Z2 -= _maximum(Z2)
    yz = np.einsum("...k,...k->...", Z2, Y)
    np.maximum(Z2, SMALLEST_LOGIT, out=Z2)
    np.exp(Z2, out=Z2)
    total = Z2 @ np.ones((Z2.shape[-1], 1), Z2.dtype)  # faster than a sum
    Z2 /= total
    return np.log(total[..., 0]) - yz


def softmax_mean_loss(means: Array, p: Array) -> float:
    """-Σ ȳ log p over the outputs, with ȳ the means of Y."""
    return -float(xlogy(means, p).sum())


def _maximum(Z2: Array) -> Any:
    """Return the largest logit of all rows, or of each row if the rows differ by 60 or more.

    NumPy finds the first ten times as fast. With it, a row far below the largest logit would have
    only exponentials near 0.
    """
    largest = Z2.max()
    if largest - Z2.min() < 60:
        return largest
    return Z2.max(axis=-1, keepdims=True)


OUTPUTS = {
    "sigmoid": Output(sigmoid_probabilities, sigmoid_cross_entropy, sigmoid_mean_loss),
    "softmax": Output(softmax_probabilities, softmax_cross_entropy, softmax_mean_loss),
}

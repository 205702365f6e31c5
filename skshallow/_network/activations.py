"""The activations g of the hidden units and their derivatives g', by name.

Every function works in place on a block of hidden units, the largest array of a training step.
Each derivative can be written in terms of A = g(Z), so Z is not kept: ``derivative(A)`` turns A
into g'(Z).
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from .._typing import Array


class Activation(NamedTuple):
    """An activation and its derivative, both in place."""

    g: Callable[..., Any]  # Z becomes g(Z)
    derivative: Callable[..., Any]  # A = g(Z) becomes g'(Z)
    slope: float = 1.0  # g'(0)


def sigmoid(Z: Array) -> None:
    """g(z) = 1 / (1 + e^-z)."""
    np.negative(Z, out=Z)
    with np.errstate(over="ignore"):  # if e^-z overflows to inf, g is 0, which is right
        np.exp(Z, out=Z)
    np.add(Z, 1, out=Z)
    np.reciprocal(Z, out=Z)


def sigmoid_derivative(A: Array) -> None:
    """G' = g (1 - g)."""
    np.multiply(A, 1 - A, out=A)


def tanh(Z: Array) -> None:
    """g(z) = (e^z - e^-z) / (e^z + e^-z)."""
    np.tanh(Z, out=Z)


def tanh_derivative(A: Array) -> None:
    """G' = 1 - g²."""
    np.square(A, out=A)
    np.subtract(1, A, out=A)


def relu(Z: Array) -> None:
    """g(z) = max(0, z)."""
    # NumPy takes twice as long with a scalar 0, and also with one row of zeros if rows are short.
    n_rows = Z.size // Z.shape[-1] if Z.shape[-1] < 1000 else 1
    zeros = _zeros(1 << (n_rows - 1).bit_length(), Z.shape[-1], Z.dtype)[:n_rows]
    np.maximum(Z, zeros[0] if n_rows == 1 else zeros.reshape(Z.shape), out=Z)


@lru_cache(maxsize=8)
def _zeros(n_rows: int, n_units: int, dtype: Any) -> Array:
    """Return zeros to compare with, the same array in each step.

    New zeros are new memory, which is slow where freed memory goes back to the system at once, as
    in the processes of Dask.
    """
    zeros = np.zeros((n_rows, n_units), dtype)
    zeros.flags.writeable = False
    return zeros


def relu_derivative(A: Array) -> None:
    """G' is 1 for z > 0, else 0. The notes leave the value at z = 0 open; here it is 0."""
    A[...] = A > 0  # faster than np.greater(A, 0, out=A)


def leaky_relu(Z: Array, negative_slope: float) -> None:
    """g(z) = max(cz, z) with the slope c in [0, 1]."""
    np.maximum(Z * Z.dtype.type(negative_slope), Z, out=Z)


def leaky_relu_derivative(A: Array, negative_slope: float) -> None:
    """G' is 1 for z > 0, else c. At z = 0 it is c."""
    A[...] = A > 0
    A *= 1 - negative_slope
    A += negative_slope


def identity(Z: Array) -> None:
    """g(z) = z, with which the whole network is linear in x."""


def identity_derivative(A: Array) -> None:
    """G' = 1."""
    A.fill(1)


ACTIVATIONS = {
    "relu": Activation(relu, relu_derivative),
    "tanh": Activation(tanh, tanh_derivative),
    "leaky_relu": Activation(leaky_relu, leaky_relu_derivative),
    "sigmoid": Activation(sigmoid, sigmoid_derivative, slope=0.25),
    "identity": Activation(identity, identity_derivative),
}


def get_activation(name: str, negative_slope: float) -> Activation:
    """Return the activation of that name. Only leaky ReLU uses ``negative_slope``."""
    g, derivative, slope = ACTIVATIONS[name]
    if name == "leaky_relu":
        g = partial(g, negative_slope=negative_slope)
        derivative = partial(derivative, negative_slope=negative_slope)
    return Activation(g, derivative, slope)

"""Standardisation: weighted moments of the columns, and the scaling folded into W1 and b1.

The network is trained on (x - mean) / scale. This is linear and can be folded into the first
layer, so that the trained network takes raw x::

    (x - mean) / scale W1 + b1 = x (W1 / scale) + (b1 - mean (W1 / scale))
"""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.utils.sparsefuncs import mean_variance_axis, min_max_axis

from .._typing import Array

# The square of a deviation within these bounds is far from underflow and overflow.
SMALL_DEVIATION, LARGE_DEVIATION = 1e-140, 1e140


class Moments(NamedTuple):
    """Mean and standard deviation of each column over rows of a total weight, in float64."""

    weight: float
    mean: Array
    deviation: Array

    def merge(self, other: "Moments") -> "Moments":
        """Return the moments of both sets of rows together (Chan, Golub and LeVeque, 1983)."""
        weight = self.weight + other.weight
        share = other.weight / weight
        with np.errstate(over="ignore", invalid="ignore"):  # Scaling raises an error
            step = other.mean - self.mean
            mean = self.mean + share * step
            # The root of share σ₂² + (1 - share) σ₁² + share (1 - share) step², without squares.
            within = np.hypot(
                math.sqrt(share) * other.deviation, math.sqrt(1 - share) * self.deviation
            )
            deviation = np.hypot(within, math.sqrt(share * (1 - share)) * step)
        return Moments(weight, mean, deviation)


def weighted_moments(rows: Iterable[tuple[Any, Array]], n_features: int) -> Moments:
    """Return the moments of the columns over blocks of rows X and their weights w."""
    moments = Moments(0.0, np.zeros(n_features), np.zeros(n_features))
    for X, w in rows:
        # What overflows raises an error in Scaling.
        with np.errstate(over="ignore", invalid="ignore"):
            find = _sparse_mean_and_deviation if sparse.issparse(X) else _mean_and_deviation
            moments = moments.merge(Moments(float(w.sum()), *find(X, w / w.sum())))
    return moments


def _mean_and_deviation(X: Array, share: Array) -> tuple[Array, Array]:
    # Subtract one row first: with a large common offset, the mean would lose digits.
    offset = X[0].astype(np.float64)
    centered = X - offset
    mean = share @ centered
    centered -= mean
    deviation = np.sqrt(share @ np.square(centered, out=centered))
    extreme = ~((deviation > SMALL_DEVIATION) & (deviation < LARGE_DEVIATION))
    if extreme.any():
        centered = (X[:, extreme] - offset[extreme]) - mean[extreme]
        unit = _power_of_two(np.abs(centered).max(axis=0))
        deviation[extreme] = unit * np.sqrt(share @ np.square(centered / unit))
    return mean + offset, deviation


def _sparse_mean_and_deviation(X: Any, share: Array) -> tuple[Array, Array]:
    least, most = (bound.astype(np.float64) for bound in min_max_axis(X, axis=0))
    unit = _power_of_two(np.maximum(-least, most))
    X = sparse.csr_array((X.data / unit[X.indices], X.indices, X.indptr), shape=X.shape)
    mean, variance = mean_variance_axis(X, axis=0, weights=share)
    # Rounding gives a constant column a small variance, which may be negative.
    constant = least == most
    deviation = np.where(constant, 0, np.sqrt(np.maximum(variance, 0)))
    return np.where(constant, least, unit * mean), unit * deviation


def _power_of_two(size: Array) -> Array:
    """Return a power of two near each size, by which a division is exact; 1 if not finite."""
    _, exponent = np.frexp(size)
    return np.where(np.isfinite(size), np.ldexp(1.0, exponent - 1), 1.0)


class Scaling:
    """(x - mean) / scale for each column. A constant column has scale 1.

    Parameters
    ----------
    moments : Moments
    dtype : dtype of X
    """

    def __init__(self, moments: Moments, dtype: Any) -> None:
        # In the dtype of X, so that the same numbers are applied and folded.
        with np.errstate(over="ignore"):
            self.mean = moments.mean.astype(dtype)
        too_large = np.flatnonzero(~(np.isfinite(self.mean) & np.isfinite(moments.deviation)))
        if len(too_large):
            raise ValueError(
                f"The range of X overflows {np.dtype(dtype)} in the columns "
                f"{too_large[:10].tolist()}: divide them by a power of ten first."
            )
        scale = moments.deviation.copy()
        # The computed deviation of a constant column is the rounding error of its mean, not 0.
        self.constant_columns = scale <= 10 * np.finfo(np.float64).eps * np.abs(moments.mean)
        scale[self.constant_columns] = 1
        with np.errstate(over="ignore"):
            self.inverse_scale = (1 / scale).astype(dtype)
        too_small = np.flatnonzero(~np.isfinite(self.inverse_scale))
        if len(too_small):
            raise ValueError(
                f"The deviation of X is too small for {np.dtype(dtype)} in the columns "
                f"{too_small[:10].tolist()}: multiply them by a power of ten first."
            )
        # The products of a sparse constant column with its mean do not cancel exactly.
        sparse_inverse_scale = np.where(self.constant_columns, 0, self.inverse_scale)
        self._sparse_inverse_scale = sparse_inverse_scale.astype(dtype)
        self._sparse_mean = self.mean * self._sparse_inverse_scale

    def __call__(self, X: Any) -> Any:
        """Standardise a block of rows; a dense one in place."""
        if sparse.issparse(X):
            scaled = (X.data * self._sparse_inverse_scale[X.indices], X.indices, X.indptr)
            return CenteredSparse(sparse.csr_array(scaled, shape=X.shape), self._sparse_mean)
        X -= self.mean
        X *= self.inverse_scale
        return X

    def fold(self, W1: Array, b1: Array) -> tuple[Array, Array]:
        """Return the first layer for raw x, given that for standardised x."""
        folded = W1 * self.inverse_scale[:, np.newaxis]
        # With the rounded weights: at x = mean, b1 then compensates for their rounding.
        shift = self.mean.astype(np.float64) @ folded.astype(np.float64)
        return folded, (b1 - shift).astype(folded.dtype)

    def unfold(self, W1: Array, b1: Array) -> tuple[Array, Array]:
        """Return the first layer for standardised x, given that for raw x."""
        shift = self.mean.astype(np.float64) @ W1.astype(np.float64)
        return W1 / self.inverse_scale[:, np.newaxis], (b1 + shift).astype(b1.dtype)


class CenteredSparse:
    """X - mean for a sparse X, as an operator with products: X - mean would be dense."""

    def __init__(self, X: Any, mean: Array) -> None:
        self.X = X
        self.shape = X.shape
        self.mean = mean

    def astype(self, dtype: Any, copy: bool = True) -> "CenteredSparse":
        """Convert to that dtype."""
        return CenteredSparse(self.X.astype(dtype, copy=copy), self.mean.astype(dtype, copy=copy))

    def __matmul__(self, W: Array) -> Array:
        product = self.X @ W
        product -= self.mean @ W
        return product

    @property
    def T(self) -> "_TransposedCenteredSparse":
        """The transpose, as an operator with products."""
        return _TransposedCenteredSparse(self)


class _TransposedCenteredSparse(NamedTuple):
    transposed: CenteredSparse

    def __matmul__(self, dZ: Array) -> Array:
        product = self.transposed.X.T @ dZ
        sums = dZ.sum(axis=0)
        for start in range(0, len(product), 256):  # without a second array of this size
            rows = slice(start, start + 256)
            product[rows] -= np.multiply.outer(self.transposed.mean[rows], sums)
        return product

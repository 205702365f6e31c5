"""Weighted moments of the columns, and the most common value of each."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.utils.sparsefuncs import mean_variance_axis, min_max_axis

from .._array_api.matrix import DeviceMatrix
from .._typing import Array

# The square of a deviation within these bounds is far from underflow and overflow.
SMALL_DEVIATION, LARGE_DEVIATION = 1e-140, 1e140


class Moments(NamedTuple):
    """Mean, standard deviation, mode and density of each column, over rows of a total weight.

    The mode is a value that is the most common one if any has more than half of the weight. The
    density is the share of the weight of rows with another value.
    """

    weight: float
    mean: Array
    deviation: Array
    mode: Array
    density: Array

    def merge(self, other: "Moments") -> "Moments":
        """Return the moments of both sets of rows together (Chan, Golub and LeVeque, 1983).

        If the modes differ, that of the larger weight is kept, as if no other row had its value.
        """
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
        mode = self.mode if share <= 0.5 else other.mode
        density, other_density = (
            np.where(part.mode == mode, part.density, 1) for part in (self, other)
        )
        density = density + share * (other_density - density)
        return Moments(weight, mean, deviation, mode, density)


def weighted_moments(rows: Iterable[tuple[Any, Array]], mode: Array) -> Moments:
    """Return the moments of the columns over blocks of rows X and their weights w."""
    moments = work = None
    for X, w in rows:
        if isinstance(X, np.ndarray) and (work is None or len(work) < len(X)):
            # The same memory for the next blocks: to get new one takes longer than to fill it.
            work = np.empty(X.shape)
        # What overflows raises an error in Scaling.
        with np.errstate(over="ignore", invalid="ignore"):
            share = w / w.sum()
            part = Moments(
                float(w.sum()),
                *_mean_and_deviation(X, share, work),
                mode,
                _density(X, share, mode, work),
            )
        moments = part if moments is None else moments.merge(part)
    assert moments is not None, "there are no rows"
    return moments


def median(X: Any) -> Array:
    """Return a value of the middle of each column, which is the mode of more than half the rows."""
    if isinstance(X, DeviceMatrix):
        return X.median()
    middle = X.shape[0] // 2
    if not sparse.issparse(X):
        return np.partition(X, middle, axis=0)[middle].astype(np.float64)
    mode = np.zeros(X.shape[1])
    often = np.flatnonzero(np.bincount(X.indices, minlength=X.shape[1]) >= middle)
    if len(often):
        mode[often] = median(X[:, often].toarray())
    return mode


def _density(X: Any, share: Array, mode: Array, work: Any) -> Array:
    if isinstance(X, DeviceMatrix):
        return X.density(share, mode)
    if not sparse.issparse(X):
        return share @ np.not_equal(mode, X, out=work[: len(X)])
    share = np.repeat(share, np.diff(X.indptr))
    stored, others = (
        np.bincount(X.indices, weights, X.shape[1])
        for weights in (share, share * (X.data != mode[X.indices]))
    )
    zeros = np.where(np.bincount(X.indices, minlength=X.shape[1]) < X.shape[0], 1 - stored, 0)
    return np.where(mode == 0, others, others + np.maximum(zeros, 0))


def _mean_and_deviation(X: Any, share: Array, work: Any) -> tuple[Array, Array]:
    if isinstance(X, DeviceMatrix):
        return X.mean_and_deviation(share)
    if sparse.issparse(X):
        return _sparse_mean_and_deviation(X, share)
    # Subtract one row first: with a large common offset, the mean would lose digits.
    offset = X[0].astype(np.float64)
    centered = np.subtract(X, offset, out=work[: len(X)])
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

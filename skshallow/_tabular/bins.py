"""Edges of the bins of a column of numbers."""

import numpy as np

from .._typing import Array

# Above it, differences of float64 overflow.
LARGEST = 1e307
# If ties leave less than this share of the quantiles of the rows, those of the distinct values are
# edges too.
ENOUGH_EDGES = 0.9
# A single bin is so many interquartile ranges wide on either side of the median, if the values are.
REACH = 5.0


def bin_edges(x: Array, weights: Array, n_bins: int) -> Array:
    """Return the ascending edges of at most ``2 * n_bins`` bins; none if x has a single value.

    A column of two values has one bin, and one of few values an edge at each of them. Infinite
    values are edges only if there are no two finite ones.
    """
    finite = np.isfinite(x)
    values = np.unique(x[finite])
    if len(values) < 2:
        finite = ~np.isnan(x)
        values = np.unique(x[finite])
    x, values = x[finite].clip(-LARGEST, LARGEST), values.clip(-LARGEST, LARGEST)
    if len(values) < 2:
        return np.empty(0)
    if len(values) == 2:
        return values
    if n_bins == 1:
        return _single_bin(x, weights[finite])
    if len(values) <= n_bins + 1:
        return values
    edges = np.unique(quantiles(x, weights[finite], np.linspace(0, 1, n_bins + 1)))
    if len(edges) < ENOUGH_EDGES * n_bins:
        even = quantiles(values, np.ones_like(values), np.linspace(0, 1, n_bins + 1))
        edges = np.union1d(edges, even)
    return edges


def quantiles(x: Array, weights: Array, shares: Array) -> Array:
    """Return quantiles that are values of x, as if each were there as often as its weight says."""
    order = np.argsort(x)
    below = np.cumsum(weights[order])
    position = np.searchsorted(below, shares * below[-1] * (1 - 1e-12))
    return x[order][np.minimum(position, len(x) - 1)]


def median(x: Array, weights: Array) -> float:
    """Return the median of the finite numbers."""
    finite = np.isfinite(x)
    return float(quantiles(x[finite], weights[finite], np.array([0.5]))[0]) if finite.any() else 0.0


def _single_bin(x: Array, weights: Array) -> Array:
    least, low, median, high, most = quantiles(x, weights, np.array([0, 0.25, 0.5, 0.75, 1]))
    spread = high - low or x.std()
    return np.array([max(least, median - REACH * spread), min(most, median + REACH * spread)])

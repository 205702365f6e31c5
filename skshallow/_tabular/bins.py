"""Edges of the bins of a column of numbers, from the distribution of its values."""

from typing import NamedTuple

import numpy as np

from .._typing import Array

# Above it, differences of float64 overflow.
LARGEST = 1e307
# If ties leave less than this share of the quantiles of the rows, those of the distinct values are
# edges too.
ENOUGH_EDGES = 0.9
# A single bin extends so many interquartile ranges below and above the median, within the values.
REACH = 5.0


class Distribution(NamedTuple):
    """The distinct values of a column, ascending, and the weight of the rows that have each."""

    values: Array
    weights: Array

    @classmethod
    def of(cls, x: Array, weights: Array) -> "Distribution":
        """Use finite numbers; if fewer than two of them differ, also infinite ones, clipped."""
        for known in (np.isfinite(x), ~np.isnan(x)):
            values, inverse = np.unique(x[known].clip(-LARGEST, LARGEST), return_inverse=True)
            if len(values) > 1:
                break
        return cls(values, np.bincount(inverse, weights[known], len(values)))

    @property
    def median(self) -> float:
        """A value of the middle; 0 if there are none."""
        return float(self.quantiles(np.array([0.5]))[0]) if len(self.values) else 0.0

    def quantiles(self, shares: Array) -> Array:
        """Return quantiles that are values, as if each were there as often as its weight says."""
        below = np.cumsum(self.weights)
        position = np.searchsorted(below, shares * below[-1] * (1 - 1e-12))
        return self.values[np.minimum(position, len(below) - 1)]

    def bin_edges(self, n_bins: int) -> Array:
        """Return the ascending edges of at most ``2 * n_bins`` bins; none for a single value.

        Two values have one bin, and few have an edge at each of them.
        """
        values = self.values
        if len(values) < 2:
            return np.empty(0)
        if len(values) == 2 or 1 < n_bins >= len(values) - 1:
            return values
        if n_bins == 1:
            return self._single_bin()
        shares = np.linspace(0, 1, n_bins + 1)
        edges = np.unique(self.quantiles(shares))
        if len(edges) < ENOUGH_EDGES * n_bins:
            even = Distribution(values, np.ones_like(values)).quantiles(shares)
            edges = np.union1d(edges, even)
        return edges

    def _single_bin(self) -> Array:
        least, low, median, high, most = self.quantiles(np.array([0, 0.25, 0.5, 0.75, 1]))
        spread = high - low or self._deviation()
        edges = np.array([max(least, median - REACH * spread), min(most, median + REACH * spread)])
        return edges if edges[0] < edges[1] else np.array([least, most])

    def _deviation(self) -> float:
        least, span = self.values[0], self.values[-1] - self.values[0]
        share = (self.values - least) / span  # squares of it neither overflow nor underflow
        mean = np.average(share, weights=self.weights)
        return float(span * np.sqrt(np.average((share - mean) ** 2, weights=self.weights)))

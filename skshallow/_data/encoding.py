"""Encoding of a table's columns, so that a network can read them.

A column of numbers becomes several columns, one for each of its bins [1]_::

    min(max((x - edge) / width, 0), 1)

which is 0 below the bin, 1 above it and linear in it. A linear function of these columns is a
piecewise linear function of x that is constant outside the edges, so an outlier does no harm. A
category becomes a column of 0 and 1, and so do gaps.

References
----------
.. [1] Gorishniy, Rubachev and Babenko, "On embeddings for numerical features in tabular deep
   learning", NeurIPS 2022.
"""

from typing import Any, NamedTuple

import numpy as np

from .._typing import Array


class Encoding(NamedTuple):
    """What each encoded column is made of: first bins, then categories, then gaps.

    It reads a table (m, n) of numbers, in which gaps are NaN and categories are numbered.
    """

    fill: Array  # (n,), what the bins take for a gap
    column: Array  # (n_bins,), the column of the table that a bin belongs to
    edge: Array  # (n_bins,)
    width: Array  # (n_bins,)
    category_column: Array  # (n_categories,)
    category: Array  # (n_categories,), the number of the category
    gap_column: Array  # (n_gaps,)

    @property
    def has_bins(self) -> bool:
        """Whether a column has more than one bin."""
        return len(np.unique(self.column)) < len(self.column)

    @property
    def n_columns(self) -> int:
        """The number of encoded columns."""
        return len(self.column) + len(self.category) + len(self.gap_column)

    def __call__(self, table: Array, dtype: Any) -> Array:
        """Return the encoded rows of a block of the table."""
        encoded = np.empty((len(table), self.n_columns), dtype)
        ends = np.cumsum([len(self.column), len(self.category)])
        bins, categories, gaps = np.split(encoded, ends, axis=1)
        np.equal(table.take(self.category_column, axis=1), self.category, out=categories)
        gap = np.isnan(table)
        gaps[:] = gap.take(self.gap_column, axis=1)
        filled = np.where(gap, self.fill, table) if gap.any() else table
        x = filled.take(self.column, axis=1)
        with np.errstate(over="ignore"):
            x -= self.edge
            np.divide(x, self.width, out=bins, casting="same_kind")
        np.clip(bins, 0, 1, out=bins)
        return encoded


class EncodedTable:
    """A table whose rows are encoded when they are read, so that they need no memory."""

    def __init__(self, table: Array, encoding: Encoding, dtype: Any) -> None:
        self.table = table
        self.encoding = encoding
        self.dtype = np.dtype(dtype)
        self.shape = (len(table), encoding.n_columns)

    def __getitem__(self, rows: Array | slice) -> Array:
        part = self.table[rows] if isinstance(rows, slice) else self.table.take(rows, axis=0)
        return self.encoding(part, self.dtype)

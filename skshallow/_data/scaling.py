"""Standardisation of the columns, folded into W1 and b1.

The network is trained on (x - center) / scale. This is linear and can be folded into the first
layer, so that the trained network takes raw x::

    (x - center) / scale W1 + b1 = x (W1 / scale) + (b1 - center (W1 / scale))
"""

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from .._typing import Array
from .moments import Moments

# A rare column has another value than its mode in less than this share of the rows. Only if there
# are more such columns than this share of the others, they do harm.
MAX_DENSITY, MIN_SHARE = 0.5, 0.25
# The root mean square of these other values in a table. With larger ones, a network learns by heart
# the few rows that have them.
RARE_VALUE = 0.5
# In texts they are larger, as long as the root mean square length of the rows does not exceed
# TEXT_LENGTH. Rows are like those of a table if they have at most TABLE_SHARE rare values for each
# other column, like those of texts if they have TEXT_SHARE or more, and else in between.
TABLE_SHARE, TEXT_SHARE, TEXT_VALUE, TEXT_LENGTH = 0.25, 0.5, 1.5, 10.0
# Rare columns often have a common unit. The ratios of their values are kept up to this factor.
MAX_RATIO = 3.0


class Scaling:
    """(x - center) / scale for each column. A constant column has scale 1.

    Most columns have their mean as center and their deviation as scale. A rare column, such as a
    word's counts or one of many categories as 0 and 1, has its mode as center, and a scale with
    which its other values are small: with a variance of 1, they would be about 1 / sqrt(density).

    Parameters
    ----------
    moments : Moments
    dtype : dtype of X
    """

    def __init__(self, moments: Moments, dtype: Any) -> None:
        _, mean, deviation, mode, density = moments
        # The computed deviation of a constant column is the rounding error of its mean, not 0.
        self.constant_columns = deviation <= 10 * np.finfo(np.float64).eps * np.abs(mean)
        rare = self.rare_columns = _rare_columns(density, self.constant_columns)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            size = np.hypot(deviation, mean - mode) / np.sqrt(density)
            size = np.where(rare, size, deviation)
            share = np.where(rare, density, ~self.constant_columns)
            scaled_size = _scaled_size(size, share, rare)
            scale = np.where(self.constant_columns, 1, size / scaled_size)
            self.squared_length = float(share @ np.square(scaled_size))
            # In the dtype of X, so that the same numbers are applied and folded.
            self.center = np.where(rare, mode, mean).astype(dtype)
            self.inverse_scale = (1 / scale).astype(dtype)
        _check_range(
            ~(np.isfinite(self.center) & np.isfinite(deviation) & np.isfinite(scale)),
            f"The range of X overflows {np.dtype(dtype)} in the columns {{}}: divide them by a "
            "power of ten first.",
        )
        _check_range(
            ~np.isfinite(self.inverse_scale),
            f"The deviation of X is too small for {np.dtype(dtype)} in the columns {{}}: multiply "
            "them by a power of ten first.",
        )
        # The products of a sparse constant column with its mean do not cancel exactly.
        sparse_inverse_scale = np.where(self.constant_columns, 0, self.inverse_scale)
        self._sparse_inverse_scale = sparse_inverse_scale.astype(dtype)
        self._sparse_center = self.center * self._sparse_inverse_scale

    def __call__(self, X: Any) -> Any:
        """Standardise a block of rows; a dense one in place."""
        if sparse.issparse(X):
            scaled = (X.data * self._sparse_inverse_scale[X.indices], X.indices, X.indptr)
            X = sparse.csr_array(scaled, shape=X.shape)
            return CenteredSparse(X, self._sparse_center) if self._sparse_center.any() else X
        X -= self.center
        X *= self.inverse_scale
        return X

    def fold(self, W1: Array, b1: Array) -> tuple[Array, Array]:
        """Return the first layer for raw x, given that for standardised x."""
        folded = W1 * self.inverse_scale[:, np.newaxis]
        # With the rounded weights: at x = center, b1 then compensates for their rounding.
        shift = self.center.astype(np.float64) @ folded.astype(np.float64)
        return folded, (b1 - shift).astype(folded.dtype)

    def unfold(self, W1: Array, b1: Array) -> tuple[Array, Array]:
        """Return the first layer for standardised x, given that for raw x."""
        shift = self.center.astype(np.float64) @ W1.astype(np.float64)
        return W1 / self.inverse_scale[:, np.newaxis], (b1 + shift).astype(b1.dtype)


def _rare_columns(density: Array, constant: Array) -> Array:
    """Return which columns are rare: none if they are few."""
    # With room for rounding: a share of one half is common.
    rare = (density < MAX_DENSITY - 1e-9) & ~constant
    few = rare.sum() <= MIN_SHARE * (~rare & ~constant).sum()
    return np.zeros_like(rare) if few else rare


def _scaled_size(size: Array, share: Array, rare: Array) -> Array:
    """Return the size of the values of each column after scaling.

    Before it, ``size`` is the deviation or, of a rare column, the root mean square of x - mode for
    the values x that are not its mode. ``share`` is the share of the rows that have such a value, 1
    for other columns and 0 for constant ones.
    """
    if not rare.any():
        return np.ones_like(size)
    n_rare, n_others = share[rare].sum(), share[~rare].sum()  # in a row, on average
    typical = np.exp(share[rare] @ np.log(size[rare]) / n_rare)
    ratio = np.clip(size / typical, 1 / MAX_RATIO, MAX_RATIO)
    in_table = np.where(rare, RARE_VALUE * ratio, 1)
    length = np.sqrt(share @ np.square(ratio))
    in_text = min(TEXT_VALUE, TEXT_LENGTH / length) * ratio
    in_text = np.where(rare, in_text, np.minimum(in_text, 1))
    text = (n_rare / max(n_others, 1) - TABLE_SHARE) / (TEXT_SHARE - TABLE_SHARE)
    text = min(max(text, 0), 1)
    return in_table ** (1 - text) * in_text**text


def _check_range(wrong: Array, message: str) -> None:
    """Raise ValueError if a column is wrong."""
    if wrong.any():
        raise ValueError(message.format(np.flatnonzero(wrong)[:10].tolist()))


def keep_function(old: Scaling, new: Scaling, W1: Array, b1: Array) -> None:
    """Change the first layer in place where the scaling of a column has become another kind.

    The function of raw x stays the same. A stream keeps its weights otherwise: the moments change
    little by little, but the kind all at once.
    """
    changed = (old.rare_columns != new.rare_columns) & ~old.constant_columns
    raw = W1[changed] * old.inverse_scale[changed, np.newaxis]
    b1 += (new.center - old.center)[changed] @ raw
    W1[changed] = raw / new.inverse_scale[changed, np.newaxis]


class CenteredSparse:
    """X - mean for a sparse X, as an operator with products: X - mean would be dense."""

    def __init__(self, X: Any, mean: Array) -> None:
        self.X = X
        self.shape = X.shape
        self.mean = mean

    def astype(self, dtype: Any, copy: bool = True) -> "CenteredSparse":
        """Convert to that dtype."""
        return CenteredSparse(self.X.astype(dtype, copy=copy), self.mean.astype(dtype, copy=copy))

    def __getitem__(self, rows: Array) -> "CenteredSparse":
        return CenteredSparse(self.X[rows], self.mean)

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

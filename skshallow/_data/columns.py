"""The columns that a network is trained on: of a sparse X those with an entry."""

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from .._typing import Array

# To leave columns out is worth it if at most this share of them has an entry.
MAX_SHARE = 0.5


class Columns(NamedTuple):
    """Some of the columns of X. The weights of the others are 0, since no row determines them."""

    n_features: int
    kept: Array | None = None  # ascending positions; None for all

    @classmethod
    def with_entries(cls, X: Any, weights: Array) -> "Columns":
        """Return those with an entry in a row with a positive weight if they are few, else all."""
        n_features = X.shape[1]
        if sparse.issparse(X):
            weighted = X.indices[np.repeat(weights > 0, np.diff(X.indptr)) & (X.data != 0)]
            index = np.flatnonzero(np.bincount(weighted, minlength=n_features))
            if 0 < len(index) <= MAX_SHARE * n_features:
                return cls(n_features, index)
        return cls(n_features)

    def of(self, X: Any) -> Any:
        """Return these columns of a dense or CSR X, without a copy of the entries if possible."""
        if self.kept is None:
            return X
        if not sparse.issparse(X):
            return X[:, self.kept]
        position = np.full(self.n_features, -1, X.indices.dtype)
        position[self.kept] = np.arange(len(self.kept))
        indices = position[X.indices]
        if (indices < 0).any():  # in rows of weight 0 or for validation
            return X[:, self.kept]
        return sparse.csr_array((X.data, indices, X.indptr), shape=(X.shape[0], len(self.kept)))

    def spread(self, rows: Array) -> Array:
        """Return one row, or number, for each column of X, given those of these columns."""
        if self.kept is None:
            return rows
        spread = np.zeros((self.n_features, *rows.shape[1:]), rows.dtype)
        spread[self.kept] = rows
        return spread

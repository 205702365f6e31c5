"""Tasks from chunks to checked rows."""

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator

from .._data.validation import NO_VALIDATION, Samples, check_samples, errors_about
from .._typing import Array


class Chunk(NamedTuple):
    """What a chunk tells, for a comparison with others."""

    n_rows: int
    n_columns: int
    names: tuple[Any, ...] | None
    is_sparse: bool
    has_text: bool  # as labels


def describe_chunk(X: Any, y: Any, weights: Any, suffix: str) -> Chunk:
    """Describe a chunk."""
    given = {"X": X, "y": y} if weights is None else {"X": X, "y": y, "sample_weight": weights}
    for name, part in given.items():
        if not getattr(part, "shape", ()):
            raise TypeError(
                f"A chunk of {name}{suffix} is a {type(part).__name__}: give arrays or data frames."
            )
        if part.shape[0] != X.shape[0]:
            raise ValueError(
                f"A chunk of X{suffix} has {X.shape[0]} rows, but that of {name}{suffix} has "
                f"{part.shape[0]}: divide them alike."
            )
    if len(X.shape) != 2:
        raise ValueError(
            f"A chunk of X{suffix} has {len(X.shape)} dimensions, but needs 2: rows, columns."
        )
    names = tuple(X.columns) if hasattr(X, "columns") else None
    n_rows, n_columns = X.shape
    has_text = not sparse.issparse(y) and np.asarray(y).dtype.kind in "OUS"
    return Chunk(n_rows, n_columns, names, sparse.issparse(X), has_text)


def load(X: list[Any], y: list[Any], weights: list[Any], suffix: str) -> Samples:
    """Return the checked rows of a group, given its chunks."""
    w = None if weights[0] is None else _stacked(weights)
    with errors_about(f"a chunk of X{suffix} or y{suffix}"):
        samples, _ = check_samples(
            BaseEstimator(), _stacked(X), _stacked(y), w, NO_VALIDATION, reset=True
        )
    return samples


def _stacked(parts: list[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    if sparse.issparse(parts[0]):
        return sparse.vstack(parts, format="csr")
    if hasattr(parts[0], "iloc"):
        import pandas as pd

        return pd.concat(parts)
    return np.concatenate(parts)


class Description(NamedTuple):
    """What a group tells of its rows."""

    n_features: int
    dtype: Any
    is_sparse: bool
    feature_names: Array | None
    classes: Array  # the labels that occur; for multilabel one row of labels
    n_weighted: int  # rows of positive weight
    total_weight: float


def describe(samples: Samples) -> Description:
    """Describe checked rows."""
    X, y = samples.X, samples.y
    classes = y[:1] if y.ndim == 2 else np.unique(y)
    return Description(
        *(X.shape[1], X.dtype, sparse.issparse(X), samples.feature_names, classes),
        int(np.count_nonzero(samples.weights)),
        float(samples.weights.sum()),
    )

"""Predictions for Dask collections: lazy, chunk by chunk."""

from typing import Any

import dask.array as da
import numpy as np
from dask import compute, delayed
from sklearn.metrics import accuracy_score

from .._classifier import ShallowNetClassifier
from .._data.validation import check_weights
from ._collections import aligned_chunks, as_collection, check_dimensions, dense, is_frame


def predict_lazily(model: ShallowNetClassifier, X: Any, method: str) -> Any:
    """Return what that method of the fitted model returns for each chunk of X, as one array."""
    check_dimensions(X, "X")
    # It has the dtype of the predictions, and wrong columns raise an error at once.
    row = _row_like(model, X)
    example = getattr(model, method)(row)
    if is_frame(X):
        predict = delayed(_predict, pure=True)
        parts = [predict(part, model, method, example) for part in X.to_delayed()]
        shape = (np.nan, *example.shape[1:])
        return da.concatenate([da.from_delayed(one, shape, meta=example[:0]) for one in parts])
    if len(X.chunks[1]) > 1:
        X = X.rechunk({1: -1})
    options: dict[str, Any] = {"drop_axis": 1}
    if example.ndim == 2:
        options = {"chunks": (X.chunks[0], (example.shape[1],))}
    options |= {"dtype": example.dtype, "meta": example[:0]}
    return X.map_blocks(_predict, model, method, example, **options)


def _row_like(model: ShallowNetClassifier, X: Any) -> Any:
    """Return a row of numbers as X has them; numbers may be stored as objects or text."""
    if is_frame(X):
        row = X._meta_nonempty.iloc[:1]
        numbers = row.select_dtypes(["number", "bool"])
        zeros = type(row)(np.zeros(row.shape), columns=row.columns)
        return row if numbers.shape == row.shape else zeros
    n_columns = model.n_features_in_ if np.isnan(X.shape[1]) else X.shape[1]
    return np.zeros((1, n_columns), X.dtype if X.dtype.kind in "biuf" else np.float64)


def _predict(block: Any, model: ShallowNetClassifier, method: str, example: Any) -> Any:
    """Return the predictions for a chunk, which may be empty."""
    if not block.shape[0]:
        return example[:0]
    return getattr(model, method)(block)


def accuracy(model: ShallowNetClassifier, X: Any, y: Any, sample_weight: Any) -> float:
    """Return the weighted share of rows whose prediction is right."""
    weights = None if sample_weight is None else as_collection(sample_weight)
    chunks = aligned_chunks(X, as_collection(y), weights)
    count = delayed(_weights_of_right, pure=True)
    lists = chunks.X, chunks.y, chunks.weights or [None] * len(chunks.X)
    counted = compute(*(count(model, *parts) for parts in zip(*lists, strict=True)))
    right, total = np.sum(counted, axis=0)
    if total == 0:
        raise ValueError("There are no rows with a weight: a score needs at least one.")
    return float(right / total)


def _weights_of_right(
    model: ShallowNetClassifier, X: Any, y: Any, weights: Any
) -> tuple[float, float]:
    """Return Σw of the rows of a chunk whose prediction is right, and of all."""
    y = dense(y)
    if X.shape[0] != len(y):
        raise ValueError(
            f"A chunk of X has {X.shape[0]} rows, but that of y has {len(y)}: divide them alike."
        )
    weights = check_weights(weights, X)
    if not weights.any():
        return 0.0, 0.0
    right = accuracy_score(y, model.predict(X), normalize=False, sample_weight=weights)
    return float(right), float(weights.sum())

"""Predictions for Dask collections: lazy, chunk by chunk."""

from typing import Any

import dask.array as da
import numpy as np
from dask import delayed

from .._classifier import ShallowNetClassifier
from ._collections import is_frame


def predict_lazily(model: ShallowNetClassifier, X: Any, method: str) -> Any:
    """Return what that method of the fitted model returns for each chunk of X, as one array."""
    # It has the dtype of the predictions, and wrong columns raise an error at once.
    row = X._meta_nonempty if is_frame(X) else np.zeros((1, X.shape[1]), X.dtype)
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


def _predict(block: Any, model: ShallowNetClassifier, method: str, example: Any) -> Any:
    """Return the predictions for a chunk, which may be empty."""
    if not block.shape[0]:
        return example[:0]
    return getattr(model, method)(block)


def accuracy(predicted: Any, y: Any, sample_weight: Any) -> float:
    """Return the weighted share of rows whose prediction is right."""
    y = _as_array(y)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    lengths = {one.shape[0] for one in (predicted, y) if not np.isnan(one.shape[0])}
    if y.ndim != predicted.ndim or len(lengths) > 1:
        raise ValueError(
            f"y has the shape {y.shape}, but the predictions have {predicted.shape}: give y a row "
            "for each row of X."
        )
    right = predicted == y
    if right.ndim == 2:
        right = right.all(axis=1)
    if sample_weight is None:
        return float(right.mean().compute())
    weights = _as_array(sample_weight)
    right, total = (right * weights).sum(), weights.sum()
    return float((right / total).compute())


def _as_array(collection: Any) -> Any:
    return collection.to_dask_array() if is_frame(collection) else collection

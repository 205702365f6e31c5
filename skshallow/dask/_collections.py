"""Dask collections: which there are, and their chunks of rows."""

from typing import Any, NamedTuple

import dask.array as da
import numpy as np
from dask.delayed import Delayed
from scipy import sparse


class Chunks(NamedTuple):
    """The delayed chunks of rows of X, y and weights; None for no weights."""

    X: list[Any]
    y: list[Any]
    weights: list[Any] | None


def is_frame(collection: Any) -> bool:
    """Whether it is a Dask data frame or one of its columns."""
    if isinstance(collection, Delayed):  # which has any attribute
        return False
    return hasattr(collection, "npartitions") and hasattr(collection, "to_dask_array")


def is_collection(collection: Any) -> bool:
    """Whether it is a Dask array, data frame or column."""
    return isinstance(collection, da.Array) or is_frame(collection)


def as_collection(values: Any) -> Any:
    """Return a Dask array of values that are no collection."""
    if is_collection(values):
        return values
    return da.from_array(dense(values), chunks=-1)


def dense(values: Any) -> Any:
    """Return an array of labels or weights, which may be sparse."""
    return values.toarray() if sparse.issparse(values) else np.asarray(values)


def check_dimensions(X: Any, name: str) -> None:
    """Raise ValueError if X has no rows and columns."""
    if X.ndim != 2:
        raise ValueError(f"{name} has {X.ndim} dimensions, but needs 2: rows, columns.")


def aligned_chunks(X: Any, y: Any, weights: Any, suffix: str = "") -> Chunks:
    """Return the chunks of rows of checked collections, which have the chunks of X.

    ``suffix`` is that of the arguments' names in messages.
    """
    given = {f"X{suffix}": X, f"y{suffix}": y}
    if weights is not None:
        given[f"sample_weight{suffix}"] = weights
    for name, collection in given.items():
        if not is_collection(collection):
            raise TypeError(
                f"{name} is a {type(collection).__name__}, not a Dask array or data frame: make "
                "one, for example with dask.array.from_array, or use ShallowNetClassifier."
            )
        if collection.ndim == 0:
            raise ValueError(f"{name} is a single value: pass one for each row.")
    check_dimensions(X, f"X{suffix}")
    sizes = _sizes(X)
    lists = [
        _chunks(_aligned(collection, X, sizes, name, f"X{suffix}"))
        for name, collection in given.items()
    ]
    return Chunks(lists[0], lists[1], lists[2] if weights is not None else None)


def _sizes(collection: Any) -> tuple[int, ...] | None:
    """Return the numbers of rows of the chunks, if they are known."""
    if is_frame(collection) or np.isnan(collection.chunks[0]).any():
        return None
    return tuple(collection.chunks[0])


def _aligned(collection: Any, X: Any, sizes: tuple[int, ...] | None, name: str, X_name: str) -> Any:
    """Return the collection with the chunks of rows that X has."""
    own = _sizes(collection)
    if own is not None and sizes is not None and own != sizes:
        if sum(own) != sum(sizes):
            raise ValueError(
                f"{X_name} has {sum(sizes)} rows, but {name} has {sum(own)}: pass one for each row."
            )
        return collection.rechunk({0: sizes})
    n_chunks, n_X = (
        one.npartitions if is_frame(one) else len(one.chunks[0]) for one in (collection, X)
    )
    if n_chunks != n_X:
        raise ValueError(
            f"{X_name} has {n_X} chunks of rows and {name} has {n_chunks}, of unknown sizes: "
            "divide them alike, or give arrays with known ones: compute_chunk_sizes() of an array, "
            "to_dask_array(lengths=True) of a data frame."
        )
    return collection


def _chunks(collection: Any) -> list[Any]:
    """Return the delayed chunks of rows."""
    if is_frame(collection):
        # Optimised one by one, columns of the same files can get other chunks.
        return list(collection.to_delayed(optimize_graph=False))
    if collection.ndim == 2 and len(collection.chunks[1]) > 1:
        collection = collection.rechunk({1: -1})
    return list(collection.to_delayed().ravel())

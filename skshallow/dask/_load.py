"""From Dask collections to checked rows on the workers."""

import gc
from threading import Thread
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from .._data.labels import LabelEncoding
from .._typing import Array
from . import _chunk_tasks as tasks
from ._cluster import Cluster
from ._collections import Chunks, aligned_chunks
from ._groups import group_chunks


class Loaded(NamedTuple):
    """Checked rows in groups, and what they have in common."""

    groups: list[Any]  # futures of Samples
    X: Any  # no rows, but the columns and dtype
    feature_names: Array | None
    labels: Array  # an example of y: all labels that occur, or a row of multilabel y
    n_weighted: int
    total_weight: float


def load(cluster: Cluster, given: tuple[Any, Any, Any], suffix: str = "") -> Loaded:
    """Check (X, y, sample_weight) on the workers and keep them there."""
    groups = _load_groups(cluster, aligned_chunks(*given, suffix), suffix)
    _collect_garbage()
    found = cluster.run(tasks.describe, groups)
    first = found[0]
    dtype = np.result_type(*(one.dtype for one in found))
    shape = (0, first.n_features)
    X = sparse.csr_array(shape, dtype=dtype) if first.is_sparse else np.empty(shape, dtype)
    return Loaded(
        groups,
        X,
        first.feature_names,
        _labels([one.classes for one in found], f"y{suffix}"),
        sum(one.n_weighted for one in found),
        sum(one.total_weight for one in found),
    )


def _collect_garbage() -> None:
    """Delete the cycles of references to the chunks that Client.compute leaves.

    In a thread, because the callbacks that distributed has there would swallow an interrupt.
    """
    thread = Thread(target=gc.collect)
    thread.start()
    thread.join()


def _load_groups(cluster: Cluster, delayed: Chunks, suffix: str) -> list[Any]:
    """Return futures of the checked rows of each group; those of the chunks end here."""
    n = len(delayed.X)
    futures = cluster.client.compute([chunk for one in delayed if one for chunk in one])
    X, y, *rest = (futures[i : i + n] for i in range(0, len(futures), n))
    lists = [X, y, rest[0] if rest else [None] * n]
    described = cluster.run(tasks.describe_chunk, *lists, suffix=suffix)
    groups = group_chunks(_check_chunks(described, suffix))
    chunks = [[[one[i] for i in group] for group in groups] for one in lists]
    return cluster.submit(tasks.load, *chunks, suffix=suffix, places=cluster.places(len(groups)))


def _check_chunks(described: list[tasks.Chunk], suffix: str) -> list[int]:
    """Return the numbers of rows of the chunks, which have the same columns and formats."""
    n_rows = [chunk.n_rows for chunk in described]
    if not sum(n_rows):
        raise ValueError(f"X{suffix} has no rows: a classifier needs at least one of each class.")
    n_columns = {chunk.n_columns for chunk in described}
    if len(n_columns) > 1:
        raise ValueError(
            f"The chunks of X{suffix} have {min(n_columns)} to {max(n_columns)} columns: give all "
            "the same."
        )
    if len({chunk.names for chunk in described}) > 1:
        raise ValueError(
            f"The chunks of X{suffix} have different columns: give all the same names."
        )
    if len({chunk.is_sparse for chunk in described}) > 1:
        raise ValueError(f"Some chunks of X{suffix} are sparse and others are dense: convert them.")
    if len({chunk.has_text for chunk in described if chunk.n_rows}) > 1:
        raise ValueError(f"Some chunks of y{suffix} have numbers as labels and others have text.")
    return n_rows


def labels_of(loaded: Loaded, validation: Loaded | None, previous: Any) -> LabelEncoding:
    """Return the encoding of the labels; raise ValueError if rows do not fit each other.

    ``previous`` is the fitted state to go on from, or None.
    """
    labels: LabelEncoding = previous.labels if previous else LabelEncoding.of(loaded.labels)
    if previous:
        names = previous.feature_names_in_
        _check_columns(loaded, previous.n_features_in_, names, "the fit before this one")
    if validation is not None:
        _check_columns(validation, loaded.X.shape[1], loaded.feature_names, "X")
        labels.encode(validation.labels, "y_val")  # an unknown label is an error
    return labels


def _check_columns(loaded: Loaded, n_features: int, names: Array | None, where: str) -> None:
    """Raise ValueError if the columns are not those of ``where``, such as X."""
    n_columns = loaded.X.shape[1]
    if n_columns != n_features:
        raise ValueError(
            f"There are {n_columns} features, but {n_features} in {where}: give the same."
        )
    if not _same_names(loaded.feature_names, names):
        raise ValueError(f"The columns have other names than in {where}: give the same.")


def _same_names(names: Array | None, others: Array | None) -> bool:
    if names is None or others is None:
        return names is others
    return np.array_equal(names, others)


def _labels(classes: list[Array], name: str) -> Array:
    if len({one.shape[1:] for one in classes}) > 1:
        raise ValueError(f"The chunks of {name} have different numbers of columns.")
    if classes[0].ndim == 2:
        return classes[0]
    return np.unique(np.concatenate(classes))

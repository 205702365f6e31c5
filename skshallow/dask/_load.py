"""From Dask collections to checked rows on the workers."""

import gc
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

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
    gc.collect()  # Client.compute leaves cycles of references to the chunks
    found = cluster.run(tasks.describe, groups)
    first = found[0]
    if not all(_same_names(first.feature_names, one.feature_names) for one in found):
        raise ValueError(
            f"The chunks of X{suffix} have different columns: give all the same names."
        )
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


def _load_groups(cluster: Cluster, delayed: Chunks, suffix: str) -> list[Any]:
    """Return futures of the checked rows of each group; those of the chunks end here."""
    n = len(delayed.X)
    futures = cluster.client.compute([chunk for one in delayed if one for chunk in one])
    X, y, *rest = (futures[i : i + n] for i in range(0, len(futures), n))
    lists = [X, y, rest[0] if rest else [None] * n]
    described = cluster.run(tasks.describe_chunk, *lists, suffix=suffix)
    groups = group_chunks(_check_chunks(described, f"X{suffix}"))
    chunks = [[[one[i] for i in group] for group in groups] for one in lists]
    return cluster.submit(tasks.load, *chunks, suffix=suffix, places=cluster.places(len(groups)))


def _check_chunks(described: list[tuple[int, int, bool]], name: str) -> list[int]:
    """Return the numbers of rows of the chunks, which have the same columns and format."""
    n_rows, n_columns, is_sparse = zip(*described, strict=True)
    if not sum(n_rows):
        raise ValueError(f"{name} has no rows: a classifier needs at least one of each class.")
    if len(set(n_columns)) > 1:
        raise ValueError(
            f"The chunks of {name} have {min(n_columns)} to {max(n_columns)} columns: give all the "
            "same."
        )
    if len(set(is_sparse)) > 1:
        raise ValueError(f"Some chunks of {name} are sparse and others are dense: convert them.")
    return list(n_rows)


def check_validation(loaded: Loaded, validation: Loaded) -> None:
    """Raise ValueError if the columns of X_val are not those of X."""
    n_features, n_val = loaded.X.shape[1], validation.X.shape[1]
    if n_val != n_features:
        raise ValueError(f"X_val has {n_val} features, but X has {n_features}: give the same.")
    if not _same_names(loaded.feature_names, validation.feature_names):
        raise ValueError("The columns of X_val have other names than those of X: give the same.")


def _same_names(names: Array | None, others: Array | None) -> bool:
    if names is None or others is None:
        return names is others
    return np.array_equal(names, others)


def _labels(classes: list[Array], name: str) -> Array:
    if len({one.shape[1:] for one in classes}) > 1:
        raise ValueError(f"The chunks of {name} have different numbers of columns.")
    if classes[0].ndim == 2:
        return classes[0]
    if len({one.dtype.kind in "OUS" for one in classes}) > 1:
        raise ValueError(f"Some chunks of {name} have numbers as labels and others have text.")
    return np.unique(np.concatenate(classes))

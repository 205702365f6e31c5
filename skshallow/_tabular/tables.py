"""From the columns of X to one table of numbers, in which categories are numbered."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from .._data.weighted_rows import check_total_weight, shares_as_weights
from .._typing import Array
from .bins import Distribution
from .columns import (
    Values,
    check_table,
    column_label,
    columns_of,
    is_category_dtype,
    is_frame,
    values_of,
)

# The categories of each column that have a number, in their order; None for a column of numbers.
Categories: TypeAlias = list[Array | None]

__all__ = ["Categories", "TableStatistics", "check_table", "learn_table", "read_table"]

NONE_OF_THESE = -1  # the number of all other categories
# Categories with less weight tell nothing. More than MAX_CATEGORIES columns would take too long.
MIN_WEIGHT, MAX_CATEGORIES = 5, 255
# Fewer texts that are numbers may be categories.
MANY_NUMBERS = 20
# The distribution of a column is known well enough from so many rows.
SAMPLE_ROWS = 200_000


class TableStatistics(NamedTuple):
    """What the rows of a table say of its columns."""

    categories: Categories
    distributions: list[Distribution | None]  # None for categories
    has_gaps: Array  # (n,) of bool
    total_weight: float
    warnings: list[str]


def learn_table(X: Any, categorical_features: Any, weights: Array) -> tuple[Array, TableStatistics]:
    """Return the table (m, n) of a checked X, and its statistics."""
    with np.errstate(over="ignore"):
        check_total_weight(weights.sum(), "in sample_weight")
    weights = shares_as_weights(weights)
    table, categories, warnings = _categorized(X, categorical_features, weights)
    rows = np.flatnonzero(weights)
    if len(rows) > SAMPLE_ROWS:
        rows = np.random.default_rng(0).choice(rows, SAMPLE_ROWS, replace=False)
    distributions = [
        Distribution.of(table[rows, j].astype(np.float64), weights[rows]) if known is None else None
        for j, known in enumerate(categories)
    ]
    has_gaps = np.asarray(np.isnan(table).any(axis=0, where=(weights > 0)[:, np.newaxis]))
    total_weight = float(weights.sum())
    return table, TableStatistics(categories, distributions, has_gaps, total_weight, warnings)


def _categorized(
    X: Any, categorical_features: Any, weights: Array
) -> tuple[Array, Categories, list[str]]:
    """Return the table, the categories of each column, and warnings."""
    listed = _listed(X, categorical_features)
    if not is_frame(X) and X.dtype.kind in "biuf" and not listed.any():
        return _floats(X), [None] * X.shape[1], []
    from_dtype = isinstance(categorical_features, str)
    categories: Categories = []
    warnings: list[str] = []

    def number(j: int, column: Any, values: Values) -> Array:
        is_category = listed[j] or (from_dtype and is_category_dtype(column))
        if is_category or isinstance(values, list) or _has_no_values(column, values):
            labels = _as_labels(values)
            distinct = set(labels) - {None}
            known = _frequent(labels, distinct, weights)
            categories.append(known)
            is_text = isinstance(values, list)
            warnings.extend(_warnings(distinct, known, column_label(X, j), is_text=is_text))
            return _numbered(labels, known)
        categories.append(None)
        return np.asarray(values)

    return _table(X, number), categories, warnings


def read_table(X: Any, categories: Categories) -> Array:
    """Return the table of a checked X with the columns of those categories."""
    if not is_frame(X) and X.dtype.kind in "biuf" and all(one is None for one in categories):
        return _floats(X)

    def number(j: int, column: Any, values: Values) -> Array:
        known = categories[j]
        if known is not None and not len(known):
            return _numbered(_as_labels(values), known)
        had_text = known is not None and known.dtype == object
        if isinstance(values, list) and not had_text:
            raise ValueError(
                f"Column {column_label(X, j)} has text, but had none in fit: give it numbers, "
                "with NaN for gaps."
            )
        if had_text and not isinstance(values, list) and not np.isnan(values).all():
            raise ValueError(
                f"Column {column_label(X, j)} has numbers, but had text in fit: give it text, with "
                "None for gaps."
            )
        return np.asarray(values) if known is None else _numbered(_as_labels(values), known)

    return _table(X, number)


def _table(X: Any, number: Callable[[int, Any, Values], Array]) -> Array:
    table = np.empty(X.shape)
    for j, column in enumerate(columns_of(X)):
        table[:, j] = number(j, column, values_of(column, column_label(X, j)))
    return table


def _floats(X: Array) -> Array:
    return X if X.dtype in (np.float32, np.float64) else X.astype(np.float64)


def _as_labels(values: Values) -> list[Any]:
    """Return categories as objects that can be looked up, with None for gaps."""
    if isinstance(values, list):
        return values
    return [None if value != value else value for value in values.tolist()]


def _numbered(labels: list[Any], categories: Array) -> Array:
    numbers: dict[Any, float] = {label: float(i) for i, label in enumerate(categories.tolist())}
    numbers[None] = np.nan
    return np.array([numbers.get(label, NONE_OF_THESE) for label in labels])


def _frequent(labels: list[Any], distinct: set[Any], weights: Array) -> Array:
    """Return the categories that have enough weight, sorted; of too many the most frequent ones."""
    known = sorted(distinct, key=lambda label: (type(label).__name__, label))
    position = {label: i for i, label in enumerate([*known, None])}
    total = np.bincount([position[label] for label in labels], weights, len(known) + 1)[:-1]
    often = np.argsort(-total, kind="stable")[:MAX_CATEGORIES]
    kept = np.sort(often[total[often] >= MIN_WEIGHT * (1 - 1e-9)])
    if all(isinstance(label, float) for label in known):
        return np.array(known, np.float64)[kept]
    return np.array(known, object)[kept]


def _has_no_values(column: Any, values: Array) -> bool:
    """Whether it has gaps alone and no dtype of numbers: later rows may have text."""
    dtype = getattr(column, "dtype", None)
    return getattr(dtype, "kind", "O") == "O" and bool(np.isnan(values).all())


def _warnings(distinct: set[Any], known: Array, label: str, *, is_text: bool) -> list[str]:
    """Return a warning if a column of categories cannot be what the user thinks."""
    n_numbers = sum(_is_number(text) for text in distinct) if is_text else 0
    # If all of them are numbers, they are probably meant to be codes.
    if len(distinct) > n_numbers > max(MANY_NUMBERS, len(distinct) / 2):
        return [
            f"Column {label} has text, but {n_numbers} of its {len(distinct)} values are numbers: "
            "make numbers of them, for example with pandas.to_numeric(errors='coerce')."
        ]
    if distinct and not len(known):
        return [
            f"Column {label} is not used, because none of its {len(distinct)} categories has a "
            f"weight of {MIN_WEIGHT} or more: leave it out, or group its values."
        ]
    return []


def _is_number(text: Any) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _listed(X: Any, categorical_features: Any) -> Array:
    """Return which columns the user lists as categorical, by a mask, positions or names."""
    listed = np.zeros(X.shape[1], bool)
    if categorical_features is None or isinstance(categorical_features, str):
        return listed
    wanted = np.asarray(categorical_features)
    if wanted.dtype.kind == "b":
        if wanted.shape != listed.shape:
            raise ValueError(
                f"categorical_features as a boolean mask must have shape ({X.shape[1]},), not "
                f"{wanted.shape}."
            )
        return wanted
    if wanted.dtype.kind in "iu":
        if wanted.size and not -1 < wanted.min() <= wanted.max() < X.shape[1]:
            raise ValueError(
                f"categorical_features as positions must be between 0 and {X.shape[1] - 1}, but "
                f"are {wanted.tolist()}."
            )
        listed[wanted] = True
        return listed
    names = list(X.columns) if is_frame(X) else []
    for name in wanted.ravel().tolist():
        if name not in names:
            raise ValueError(
                f"categorical_features has {name!r}, which is no column of X: give names of the "
                "columns of a data frame, positions, or a boolean mask."
            )
        listed[names.index(name)] = True
    return listed

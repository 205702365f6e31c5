"""From a data frame or an array to columns of numbers or of categories, with gaps.

Data frames of pandas and polars are read column by column, with what their columns offer.
"""

from collections.abc import Hashable
from datetime import date, time, timedelta
from decimal import Decimal
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from .._data.labels import is_missing
from .._data.validation import is_row_source
from .._typing import Array

# Numbers in float64 with NaN for gaps, or a list of objects with None for gaps.
Values: TypeAlias = Array | list[Any]

CATEGORY_DTYPES = ("category", "Categorical", "Enum")  # of pandas and polars
TEXT, NUMBERS = (str, bytes), (Real, np.bool_, Decimal)
DATES = (date, time, timedelta, np.datetime64, np.timedelta64)


def check_table(estimator: Any, X: Any, y: Any = "no_validation", *, reset: bool) -> Any:
    """Return X as a data frame or a 2-D array; check its size and its columns' names.

    With ``reset`` the estimator gets the number of columns and their names, else X must have those.
    A ``y`` of None is an error.
    """
    if sparse.issparse(X):
        raise TypeError(
            f"{type(estimator).__name__} does not accept sparse X: use X.toarray() if X is small, "
            "or ShallowNetClassifier."
        )
    if is_row_source(X):
        raise TypeError(
            f"{type(estimator).__name__} does not accept a source of rows: pass a table, or use "
            "ShallowNetClassifier."
        )
    for method in ("collect", "compute", "to_pandas"):  # of polars, dask and pyarrow
        if hasattr(X, method) and not hasattr(X, "to_numpy"):
            kind = type(X).__name__
            raise TypeError(f"X is a {kind}: make a data frame or an array first, X.{method}().")
    if not is_frame(X):
        if not hasattr(X, "dtype"):
            X = np.array(X, dtype=object)  # of lists with text NumPy would make text alone
        if isinstance(X, np.ma.MaskedArray):
            gap, X = (np.nan, X) if X.dtype.kind == "f" else (None, X.astype(object))
            X = np.where(np.ma.getmaskarray(X), gap, X.data)
        X = check_array(X, dtype=None, ensure_all_finite=False, input_name="X")
    elif 0 in X.shape:
        what = "sample" if X.shape[0] == 0 else "feature"
        raise ValueError(
            f"Found a table with 0 {what}(s) (shape={X.shape}) while a minimum of 1 is required."
        )
    validate_data(estimator, X, y, reset=reset, skip_check_array=True)
    return X


def is_frame(X: Any) -> bool:
    """Whether X is a data frame."""
    return hasattr(X, "columns") and hasattr(X, "shape")


def columns_of(X: Any) -> list[Any]:
    """Return the columns of a data frame or an array."""
    if hasattr(X, "iloc"):
        return [X.iloc[:, j] for j in range(X.shape[1])]
    return [X[name] for name in X.columns] if is_frame(X) else list(X.T)


def column_label(X: Any, j: int) -> str:
    """Return the column's name or number, for a message."""
    return repr(X.columns[j]) if is_frame(X) else str(j)


def is_category_dtype(column: Any) -> bool:
    """Whether a data frame says that the column has categories."""
    return str(getattr(column, "dtype", "")).startswith(CATEGORY_DTYPES)


def values_of(column: Any, label: str) -> Values:
    """Return the values of a column; raise an error if they are neither numbers nor text."""
    values = _as_array(column)
    if values.ndim > 1:  # polars' structs
        raise TypeError(f"Column {label} has lists or structs: {NEEDED}.")
    if values.dtype.kind in "biuf":
        return values.astype(np.float64, copy=False)
    if values.dtype.kind in "mM":
        raise _dates(label)
    objects = values.tolist()
    distinct = _distinct(objects, label)
    missing = [value for value in distinct if is_missing(value)]
    # Of pandas' categories all count: other rows have the others.
    declared = getattr(getattr(column, "cat", None), "categories", ())
    types = {type(value) for value in (*distinct.difference(missing), *declared)}
    if missing:
        objects = [None if is_missing(value) else value for value in objects]
    if all(issubclass(kind, NUMBERS) for kind in types):
        return _as_numbers(objects, label)
    if all(issubclass(kind, TEXT) for kind in types):
        return objects
    if any(issubclass(kind, DATES) for kind in types):
        raise _dates(label)
    if is_category_dtype(column):  # such as the intervals of pandas.cut
        return [None if value is None else str(value) for value in objects]
    names = " and ".join(sorted(kind.__name__ for kind in types))
    if not all(issubclass(kind, (*NUMBERS, *TEXT)) for kind in types):
        raise TypeError(f"Column {label} has values of type {names}: {NEEDED}.")
    raise ValueError(
        f"Column {label} mixes text and numbers ({names}): make all of them text, if they are "
        "categories, or numbers, with NaN for the others."
    )


NEEDED = "each argument must be a string or a number"


def _as_array(column: Any) -> Array:
    """Return a column as an array, in which a gap is NaN or None."""
    dtype = getattr(column, "dtype", None)
    if hasattr(column, "isna"):  # of pandas, which has arrays of its own
        kind = getattr(dtype, "kind", "O")
        if kind in "biuf" and not isinstance(dtype, np.dtype):
            return np.asarray(column.to_numpy(np.float64, na_value=np.nan))
        if kind not in "biufmMc":
            return np.asarray(column.to_numpy(object, na_value=None), object)
        if kind in "mM":
            return np.empty(0, "M8[s]")
    return column.to_numpy() if hasattr(column, "to_numpy") else column


def _distinct(objects: list[Any], label: str) -> set[Hashable]:
    try:
        return set(objects)
    except TypeError:
        kinds = {type(value).__name__ for value in objects if not isinstance(value, Hashable)}
        names = " and ".join(sorted(kinds))
        raise TypeError(f"Column {label} has values of type {names}: {NEEDED}.") from None


def _as_numbers(objects: list[Any], label: str) -> Array:
    try:
        return np.array([np.nan if value is None else float(value) for value in objects])
    except OverflowError as error:
        raise ValueError(f"Column {label} has a number larger than any float64.") from error


def _dates(label: str) -> TypeError:
    return TypeError(
        f"Column {label} has dates or times: make numbers or categories of them first, for "
        "example with skrub.DatetimeEncoder or skrub.TableVectorizer."
    )

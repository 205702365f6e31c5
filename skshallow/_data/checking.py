"""What the user passes, checked: arrays or a source of rows."""

from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

from sklearn.base import BaseEstimator

from .mapped_array import MappedBlocks, is_large_mapped_array
from .row_source import StoredSamples, check_source
from .validation import (
    NO_VALIDATION,
    Samples,
    check_prediction_data,
    check_samples,
    is_row_source,
    is_valid_array,
)

__all__ = [
    "NO_VALIDATION",
    "check_prediction_data",
    "check_samples",
    "check_samples_or_source",
    "is_valid_array",
]


def check_samples_or_source(
    estimator: BaseEstimator,
    X: Any,
    y: Any,
    sample_weight: Any,
    validation: Any,
    *,
    reset: bool,
    files: ExitStack,
) -> tuple[Samples | StoredSamples, Samples | None]:
    """Check what fit gets. The rows of a source are in a file, which ``files`` closes."""
    given = (estimator, X, y, sample_weight, validation)
    if is_row_source(X):
        return check_source(*given, reset=reset, files=files)
    if y is not None and is_large_mapped_array(X):
        blocks = MappedBlocks(X, y, sample_weight)
        return check_source(
            *(estimator, blocks, None, None, validation),
            reset=reset,
            files=files,
            block_name=blocks.block_name,
        )
    if y is None and isinstance(X, Iterable) and not hasattr(X, "shape"):
        raise ValueError(
            "fit requires y. If X yields blocks of rows, pass a function that returns it: "
            "fit(lambda: X)."
        )
    return check_samples(*given, reset=reset)

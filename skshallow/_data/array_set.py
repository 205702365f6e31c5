"""From checked arrays to distinct, weighted, standardised rows."""

from dataclasses import replace
from typing import Any

import numpy as np

from .._settings import Settings
from .labels import LabelEncoding
from .moments import Moments, weighted_moments
from .rows import BLOCK_ROWS, Rows
from .training_set import History, TrainingSet
from .validation import Samples
from .validation_split import split_validation
from .weighted_rows import check_total_weight, weighted_rows


def load_array_set(
    samples: Samples,
    validation: Samples | None,
    labels: LabelEncoding,
    settings: Settings,
    history: History,
    *,
    stream: bool,
    random_state: np.random.RandomState,
    dtype: Any,
) -> TrainingSet:
    """Samples -> distinct rows -> class weights -> validation split -> moments -> scaling.

    The rows are read in ``dtype``. After earlier calls, a call of partial_fit may have no row with
    a positive weight; then the training set has no rows.
    """
    weighted = weighted_rows(
        samples, validation, labels, settings, history.class_totals, stream=stream
    )
    data, rows = TrainingSet(*weighted, labels, samples.feature_names), weighted.rows
    if not len(rows):
        return data
    if settings.early_stopping and validation is None:
        rows, split, warning = split_validation(rows, labels, settings, history.split, random_state)
        data = replace(data, split=split, warning=warning)
    return _standardized(rows, data, settings, history.moments, dtype)


def _standardized(
    rows: Rows, data: TrainingSet, settings: Settings, seen: Moments | None, dtype: Any
) -> TrainingSet:
    """Weighted rows -> rows that are read standardised and in ``dtype``."""
    moments = data.moments._replace(weight=rows.total_weight)
    if settings.standardize:
        mode = rows.modes()
        moments = weighted_moments(rows.raw_blocks(BLOCK_ROWS), mode)
    if seen is not None:
        moments = seen.merge(moments)
        check_total_weight(moments.weight, "of all calls")
    rows = rows.read_as(dtype, moments if settings.standardize else None)
    return replace(data, moments=moments).with_rows(rows, dtype)

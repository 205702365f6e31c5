"""From checked samples to distinct, weighted, standardised rows."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from .._settings import Settings
from .._typing import Array
from .labels import LabelEncoding
from .moments import Moments, weighted_moments
from .rows import BLOCK_ROWS, Rows
from .validation import Samples
from .validation_split import ValidationSplit, split_validation
from .weighted_rows import check_total_weight, weighted_rows

NO_MOMENTS = Moments(0.0, *np.empty((4, 0)))


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """The rows of one fit, and the statistics of all rows seen."""

    rows: Rows
    validation_rows: Rows | None  # those that the user passed
    class_totals: Array
    labels: LabelEncoding
    feature_names: Array | None
    moments: Moments = NO_MOMENTS
    split: ValidationSplit | None = None
    warning: str | None = None  # about the validation split

    @property
    def content(self) -> list[Array]:
        """The arrays that define the rows."""
        return self.rows.content + (self.validation_rows.content if self.validation_rows else [])


class History(NamedTuple):
    """What earlier fits, or calls of partial_fit, leave to this one."""

    class_totals: Array | None = None  # of all calls
    moments: Moments | None = None  # of all calls
    split: ValidationSplit | None = None


def load_training_set(
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
    data = TrainingSet(*weighted, labels, samples.feature_names)
    if not len(data.rows):
        return data
    if settings.early_stopping and validation is None:
        data = _held_out(data, settings, history.split, random_state)
    return _standardized(data, settings, history.moments, dtype)


def _held_out(
    data: TrainingSet,
    settings: Settings,
    previous: ValidationSplit | None,
    random_state: np.random.RandomState,
) -> TrainingSet:
    """Weighted rows -> rows of which each member holds out some."""
    rows, n_classes = data.rows, len(data.labels.classes)
    classes = rows.codes
    if data.labels.multilabel:
        classes, n_classes = np.zeros_like(classes), 1
    rows, split, warning = split_validation(
        rows, classes, n_classes, settings, previous, random_state
    )
    return replace(data, rows=rows, split=split, warning=warning)


def _standardized(
    data: TrainingSet, settings: Settings, seen: Moments | None, dtype: Any
) -> TrainingSet:
    """Weighted rows -> rows that are read standardised and in ``dtype``."""
    rows, validation_rows = data.rows, data.validation_rows
    moments = data.moments._replace(weight=rows.total_weight)
    if settings.standardize:
        mode = rows.modes()
        moments = weighted_moments(rows.raw_blocks(BLOCK_ROWS), mode)
    if seen is not None:
        moments = seen.merge(moments)
        check_total_weight(moments.weight, "of all calls")
    rows = rows.read_as(dtype, moments if settings.standardize else None)
    if validation_rows is not None:
        validation_rows = replace(validation_rows, scaling=rows.scaling, dtype=dtype)
    return replace(data, rows=rows, validation_rows=validation_rows, moments=moments)

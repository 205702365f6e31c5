"""The rows of one fit, and what earlier fits leave to it."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from .._typing import Array
from .labels import LabelEncoding
from .moments import Moments
from .rows import Rows
from .stored_rows import AnyRows
from .validation_split import ValidationSplit

NO_MOMENTS = Moments(0.0, *np.empty((4, 0)))


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """The rows of one fit, and the statistics of all rows seen."""

    rows: AnyRows
    validation_rows: Rows | None  # those that the user passed
    class_totals: Array
    labels: LabelEncoding
    feature_names: Array | None
    moments: Moments = NO_MOMENTS
    split: ValidationSplit | None = None
    warning: str | None = None  # about the validation split

    def with_rows(self, rows: AnyRows, dtype: Any) -> "TrainingSet":
        """Return the training set with those rows, by which the validation rows are scaled."""
        validation_rows = self.validation_rows
        if validation_rows is not None:
            validation_rows = replace(validation_rows, scaling=rows.scaling, dtype=dtype)
        return replace(self, rows=rows, validation_rows=validation_rows)

    @property
    def content(self) -> list[Array]:
        """The arrays that define the rows."""
        return self.rows.content + (self.validation_rows.content if self.validation_rows else [])


class History(NamedTuple):
    """What earlier fits, or calls of partial_fit, leave to this one."""

    class_totals: Array | None = None  # of all calls
    moments: Moments | None = None  # of all calls
    split: ValidationSplit | None = None

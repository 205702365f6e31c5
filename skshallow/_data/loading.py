"""From checked samples, of arrays or of a source, to a training set."""

from typing import Any

import numpy as np

from .._settings import Settings
from .array_set import load_array_set
from .labels import LabelEncoding
from .row_source import StoredSamples
from .stored_set import load_stored_set
from .training_set import History, TrainingSet
from .validation import Samples
from .validation_split import ValidationSplit

__all__ = ["History", "StoredSamples", "TrainingSet", "ValidationSplit", "load_training_set"]


def load_training_set(
    samples: Samples | StoredSamples,
    validation: Samples | None,
    labels: LabelEncoding,
    settings: Settings,
    history: History,
    *,
    stream: bool,
    random_state: np.random.RandomState,
    dtype: Any,
) -> TrainingSet:
    """Return the rows to train on, weighted and standardised, and those to be judged by.

    The rows are read in ``dtype``. After earlier calls, a call of partial_fit may have no row with
    a positive weight; then the training set has no rows.
    """
    given = (validation, labels, settings, history)
    if isinstance(samples, StoredSamples):
        return load_stored_set(samples, *given, random_state=random_state, dtype=dtype)
    return load_array_set(samples, *given, stream=stream, random_state=random_state, dtype=dtype)

"""From the samples of a source to weighted, standardised rows of a file."""

from typing import Any

import numpy as np

from .._settings import Settings
from .labels import LabelEncoding
from .row_source import StoredSamples
from .source_weights import weighted_source
from .stored_split import survey_and_split
from .training_set import NO_MOMENTS, History, TrainingSet
from .validation import Samples
from .weighted_rows import weighted_validation_rows


def load_stored_set(
    samples: StoredSamples,
    validation: Samples | None,
    labels: LabelEncoding,
    settings: Settings,
    history: History,
    *,
    random_state: np.random.RandomState,
    dtype: Any,
) -> TrainingSet:
    """Samples -> class weights -> moments, validation split -> scaling.

    Equal rows are not merged.
    """
    weighted = weighted_source(samples, labels, settings)
    rows, split, warning = survey_and_split(
        *(weighted, labels, settings, history.split),
        holds_out=settings.early_stopping and validation is None,
        random_state=random_state,
    )
    validation_rows = None
    if validation is not None:
        factors = weighted.source.class_factors
        validation_rows = weighted_validation_rows(validation, labels, factors)
    moments = rows.totals.moments
    data = TrainingSet(
        *(rows, validation_rows, weighted.class_totals, labels, samples.feature_names),
        *(moments or NO_MOMENTS._replace(weight=rows.total_weight), split, warning),
    )
    return data.with_rows(rows.read_as(dtype, moments), dtype)

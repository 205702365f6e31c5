"""The weights of the rows of a source."""

from typing import NamedTuple

import numpy as np

from .._settings import Settings
from .._typing import Array
from .class_weight import class_factors
from .labels import LabelEncoding
from .row_source import StoredSamples
from .weighted_file import WeightedFile
from .weighted_rows import WEIGHT_OF_ONE_ROW, check_class_weight, check_total_weight


class SourceWeights(NamedTuple):
    """The file with its final weights."""

    source: WeightedFile
    class_totals: Array  # Σw of each class before class weights
    largest: float  # no weight is larger


def weighted_source(
    samples: StoredSamples, labels: LabelEncoding, settings: Settings
) -> SourceWeights:
    """Multiply the weights by the factors of the classes."""
    file, weight_unit = samples.X, 1.0
    total = samples.total_weight
    if 0 < total <= WEIGHT_OF_ONE_ROW:  # they are shares
        weight_unit = file.n_rows / total
    check_total_weight(total * weight_unit, "in sample_weight")
    targets = labels.encode(samples.y)
    by_label = samples.weights * weight_unit
    if labels.multilabel:
        totals = np.column_stack([total * weight_unit - by_label, by_label])
    else:
        totals = np.bincount(targets.codes, by_label, len(labels.classes)).astype(np.float64)
    factors = class_factors(settings.class_weight, labels.classes, totals)
    check_class_weight(totals, factors)
    largest = samples.largest_weight * weight_unit * (1.0 if factors is None else factors.max())
    source = WeightedFile(file, targets, weight_unit, factors, file.n_rows)
    return SourceWeights(source, totals, float(largest))

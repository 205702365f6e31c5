"""Class weights: factors of the rows' weights."""

from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from .._typing import Array
from .labels import LabelEncoding, Targets


def class_totals(targets: Targets, weights: Array, labels: LabelEncoding) -> Array:
    """Return Σw of each class (n_classes,); for multilabel of 0 and 1 in each column (k, 2)."""
    table, codes = targets
    if labels.multilabel:
        ones = weights @ table[codes]
        return np.column_stack([weights.sum() - ones, ones])
    return np.bincount(codes, weights, minlength=len(labels.classes)).astype(np.float64)


def class_factors(class_weight: Any, classes: Array, totals: Array) -> Array | None:
    """Return the factor of each class, in the shape of ``totals``; None for no class weights.

    "balanced" gives all classes that occur the same Σw and keeps the Σw of all rows.
    """
    if class_weight is None:
        return None
    if isinstance(class_weight, dict):
        if totals.ndim == 2:
            raise ValueError(
                "A dict in class_weight is not defined for multilabel y: use 'balanced', or pass "
                "sample_weight."
            )
        try:
            factors = compute_class_weight(class_weight, classes=classes, y=classes)
            valid = (np.isfinite(factors) & (factors >= 0)).all()
        except OverflowError:
            valid = False
        if not valid:
            raise ValueError(
                "class_weight has a weight that is negative or no finite float64: use weights >= 0."
            )
        return factors
    occurs = totals > 0
    balanced = totals.sum(axis=-1, keepdims=True) / occurs.sum(axis=-1, keepdims=True)
    with np.errstate(over="ignore"):  # the check of the total weight follows
        return np.divide(balanced, totals, out=np.ones_like(totals), where=occurs)


def row_factors(targets: Targets, factors: Array) -> Array:
    """Return the factor of each row's weight, given the factors of the classes.

    The factor of a multilabel row is the mean of its labels' factors. With many labels, their
    product would give nearly all weight to a few rows.
    """
    table, codes = targets
    if factors.ndim == 2:
        factors = np.where(table, factors[:, 1], factors[:, 0]).mean(axis=1)
    return factors[codes]

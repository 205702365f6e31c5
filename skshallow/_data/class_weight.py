"""Class weights: factors of the rows' weights."""

from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from .._typing import Array
from .labels import LabelEncoding
from .rows import Rows


def apply_class_weight(
    rows: Rows, labels: LabelEncoding, class_weight: Any, seen: Array | None = None
) -> tuple[Rows, Array, Array | None]:
    """Return the rows weighted by their class, the class totals, and the factors of the classes.

    The totals include ``seen``, those of earlier calls of partial_fit.
    """
    totals = class_totals(rows, labels)
    if seen is not None:
        totals += seen
    factors = None
    if class_weight is not None:
        factors = class_weight_factors(class_weight, labels.classes, totals)
    return multiply_weights(rows, factors), totals, factors


def class_totals(rows: Rows, labels: LabelEncoding) -> Array:
    """Return Σw of each class (n_classes,); for multilabel of 0 and 1 in each column (k, 2)."""
    if labels.multilabel:
        ones = rows.weights @ rows.targets.table[rows.codes]
        return np.column_stack([rows.total_weight - ones, ones])
    totals = np.bincount(rows.codes, rows.weights, minlength=len(labels.classes))
    return totals.astype(np.float64)


def class_weight_factors(class_weight: Any, classes: Array, totals: Array) -> Array:
    """Return the factor of each class, in the shape of ``totals``.

    "balanced" gives all classes that occur the same Σw and keeps the Σw of all rows.
    """
    if isinstance(class_weight, dict):
        if totals.ndim == 2:
            raise ValueError(
                "A dict in class_weight is not defined for multilabel y: use 'balanced', or pass "
                "sample_weight."
            )
        factors = compute_class_weight(class_weight, classes=classes, y=classes)
        if not (np.isfinite(factors) & (factors >= 0)).all():
            raise ValueError("class_weight has a negative or non-finite weight: use weights >= 0.")
        return factors
    occurs = totals > 0
    balanced = totals.sum(axis=-1, keepdims=True) / occurs.sum(axis=-1, keepdims=True)
    return np.divide(balanced, totals, out=np.ones_like(totals), where=occurs)


def multiply_weights(rows: Rows, factors: Array | None) -> Rows:
    """Multiply the weights by the factors of the classes; drop rows whose weight becomes 0.

    The factor of a multilabel row is the mean of its labels' factors. With many labels, their
    product would give nearly all weight to a few rows.
    """
    if factors is None:
        return rows
    if factors.ndim == 2:
        factors = np.where(rows.targets.table, factors[:, 1], factors[:, 0]).mean(axis=1)
    return rows.reweighted(rows.weights * factors[rows.codes])

"""Rows weighted by their class."""

from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from ._rows import Rows
from ._typing import Array


def class_totals(rows: Rows, n_classes: int, *, multilabel: bool) -> Array:
    """Σ w of each class (n_classes,); for multilabel of 0 and of 1 in each column, (k, 2)."""
    if multilabel:
        ones = rows.weights @ rows.targets.table[rows.codes]
        return np.column_stack([rows.total_weight - ones, ones])
    return np.bincount(rows.codes, rows.weights, minlength=n_classes).astype(np.float64)


def class_factors(class_weight: Any, classes: Array, totals: Array) -> Array:
    """By what each class multiplies the weights of its rows, in the shape of the totals.

    "balanced" makes all classes that occur weigh the same and leaves Σ w as it is.
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


def weigh(rows: Rows, factors: Array | None) -> Rows:
    """The rows weighted by their class; those of weight 0 are left out.

    A multilabel row is weighted by the mean over its labels: their product would leave the
    weight to a few rows where there are many labels.
    """
    if factors is None:
        return rows
    if factors.ndim == 2:
        factors = np.where(rows.targets.table, factors[:, 1], factors[:, 0]).mean(axis=1)
    return rows.reweighted(rows.weights * factors[rows.codes])

"""Labels: what y may be, its classes, the targets the network learns, and back again."""

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import type_of_target

from ._rows import Rows, Targets
from ._typing import Array


def check_labels(y: Any, name: str = "y") -> Array:
    """Y as one column of labels, or as a multilabel indicator matrix of 0 and 1."""
    kind = type_of_target(y, input_name=name)
    if kind in ("binary", "multiclass"):
        return column_or_1d(y, warn=True)
    if kind == "multilabel-indicator":
        Y = y.toarray() if sparse.issparse(y) else y
        if not np.isin(Y, (0, 1)).all():
            raise ValueError(
                f"A multilabel {name} is made of 0 and 1, one column a label; got the values "
                f"{np.unique(Y)[:10].tolist()}. sklearn.preprocessing.MultiLabelBinarizer makes "
                "such a matrix."
            )
        return Y
    advice = {
        "unknown": "labels are all numbers or all strings; convert mixed ones with y.astype(str)",
        "continuous": "classes are discrete; for a numeric target use a regressor, or bin it",
        "continuous-multioutput": "one column a label, made of 0 and 1, is multilabel",
        "multiclass-multioutput": "wrap the classifier in MultiOutputClassifier",
    }
    raise ValueError(f"Unknown label type: {name} is {kind}. Note that {advice[kind]}.")


def is_multilabel(y: Array) -> bool:
    """Whether checked labels are an indicator matrix."""
    return y.ndim == 2


def find_classes(y: Array) -> Array:
    """The classes of checked labels, sorted; for multilabel the column numbers."""
    if is_multilabel(y):
        return np.arange(y.shape[1])
    classes = np.unique(y)
    if len(classes) < 2:
        raise ValueError(
            f"The data contains only one class, {classes[0]!r}: a classifier needs samples of at "
            "least 2 classes."
        )
    return classes


def stream_classes(y: Array, classes: Any) -> Array:
    """The classes of a stream of which y is the first part."""
    if is_multilabel(y):
        if classes is not None and not np.array_equal(classes, find_classes(y)):
            raise ValueError(
                "For multilabel y the classes are the column numbers: leave classes out."
            )
        return find_classes(y)
    if classes is None:
        raise ValueError(
            "classes must be passed on the first call to partial_fit: all that the stream will "
            "ever hold."
        )
    classes = check_array(
        classes, ensure_2d=False, dtype=None, ensure_min_samples=0, input_name="classes"
    )
    known = np.unique(classes)
    if len(known) < 2:
        raise ValueError(f"classes={classes} names fewer than 2 classes: a classifier needs 2.")
    return known


def encode(y: Array, classes: Array, *, multilabel: bool, name: str = "y") -> Targets:
    """Checked labels as targets of a network that knows those classes."""
    if is_multilabel(y) != multilabel or (multilabel and y.shape[1] != len(classes)):
        expected = f"{len(classes)} columns of 0 and 1" if multilabel else "one column of labels"
        raise ValueError(f"{name} has shape {y.shape}, but this classifier learns {expected}.")
    if multilabel:
        table, codes = np.unique(y, axis=0, return_inverse=True)
        return Targets(table, codes.ravel())
    unknown = np.setdiff1d(y, classes)
    if len(unknown):
        raise ValueError(
            f"{name} has the labels {unknown[:10].tolist()}, which are not in `classes_`: "
            f"{classes[:10].tolist()}. Only a new fit with warm_start=False can add a class."
        )
    codes = LabelEncoder().fit(classes).transform(y)
    return Targets(np.eye(len(classes))[:, -n_output_units(len(classes)) :], codes)


def n_output_units(n_classes: int) -> int:
    """One sigmoid unit for two classes, a softmax unit each for more."""
    return 1 if n_classes == 2 else n_classes


def class_totals(rows: Rows, n_classes: int, *, multilabel: bool) -> Array:
    """Σ w of each class (c,); for multilabel of 0 and of 1 in each column, (k, 2)."""
    if multilabel:
        ones = rows.weights @ rows.targets.table[rows.codes]
        return np.column_stack([rows.total_weight - ones, ones])
    return np.bincount(rows.codes, rows.weights, minlength=n_classes)


def class_factors(class_weight: Any, classes: Array, totals: Array) -> Array:
    """By what each class multiplies the weights of its rows, in the shape of the totals.

    "balanced" makes all classes weigh the same and leaves Σ w as it is.
    """
    if isinstance(class_weight, dict):
        if totals.ndim == 2:
            raise ValueError(
                "A dict in class_weight is not defined for multilabel y: use 'balanced', or pass "
                "sample_weight."
            )
        return compute_class_weight(class_weight, classes=classes, y=classes)
    balanced = totals.sum(axis=-1, keepdims=True) / totals.shape[-1]
    return np.divide(balanced, totals, out=np.ones_like(totals), where=totals > 0)


def weigh(rows: Rows, factors: Array | None) -> Rows:
    """The rows weighted by their class; a multilabel row by the product over its labels."""
    if factors is None:
        return rows
    if factors.ndim == 2:
        table = rows.targets.table
        factors = np.where(table, factors[:, 1], factors[:, 0]).prod(axis=1)
    weights = rows.weights * factors[rows.codes]
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise ValueError("class_weight has a negative or non-finite weight: use weights >= 0.")
    if not weights.any():
        raise ValueError("class_weight makes every weight zero: give some class in y a weight.")
    return rows.reweighted(weights).subset(np.flatnonzero(weights))


def decode(logits: Array, classes: Array, *, multilabel: bool) -> Array:
    """The predicted labels for logits of shape (m, k)."""
    if multilabel:
        return (logits > 0).astype(int)
    if logits.shape[1] == 1:
        return classes[(logits[:, 0] > 0).astype(int)]
    return classes[logits.argmax(axis=1)]

"""Labels: what y may be, its classes, the targets the network learns, and back again."""

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.multiclass import type_of_target

from ._rows import Targets
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
        "unknown": "Labels are all numbers or all strings: convert an array of dtype object with "
        "y.astype(int) or y.astype(str), and sets of labels with MultiLabelBinarizer",
        "continuous": "Classes are discrete: for a numeric target use a regressor, or bin it",
        "continuous-multioutput": "Multilabel is one column a label, made of 0 and 1",
        "multiclass-multioutput": "Several columns of classes need MultiOutputClassifier, lists of "
        "labels MultiLabelBinarizer",
    }
    raise ValueError(f"Unknown label type: {name} is {kind}. {advice[kind]}.")


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
            f"The data contains only one class, {classes.tolist()[0]!r}: a classifier needs "
            "samples of at least 2 classes."
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
            f"{classes[:10].tolist()}. The classes are settled by y in a fit with "
            "warm_start=False, and by `classes` in the first partial_fit."
        )
    codes = np.searchsorted(classes, y.astype(classes.dtype, copy=False))
    return Targets(np.eye(len(classes))[:, -n_output_units(len(classes)) :], codes)


def n_output_units(n_classes: int) -> int:
    """One sigmoid unit for two classes, a softmax unit each for more."""
    return 1 if n_classes == 2 else n_classes


def decode(logits: Array, classes: Array, *, multilabel: bool) -> Array:
    """The predicted labels for logits of shape (m, k)."""
    if multilabel:
        return (logits > 0).astype(int)
    if logits.shape[1] == 1:
        return classes[(logits[:, 0] > 0).astype(int)]
    return classes[logits.argmax(axis=1)]


def by_class(logits: Array) -> Array:
    """A column for each class: of two, the first has 1 - sigmoid(z) = sigmoid(-z)."""
    return np.hstack([-logits, logits]) if logits.shape[1] == 1 else logits

"""Labels: check y, find its classes, encode it as targets of the network, decode logits."""

import math
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.special import log_expit, log_softmax
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.multiclass import type_of_target

from .._network.outputs import OUTPUTS
from .._typing import Array

ADVICE = {
    "unknown": "Labels are all numbers or all strings: convert an array of dtype object with "
    "y.astype(int) or y.astype(str), and sets of labels with MultiLabelBinarizer",
    "continuous": "Classes are discrete: for a numeric target use a regressor, or bin it",
    "continuous-multioutput": "Multilabel y has one column a label, made of 0 and 1",
    "multiclass-multioutput": "Several columns of classes need MultiOutputClassifier, lists of "
    "labels MultiLabelBinarizer",
}


class Targets(NamedTuple):
    """The targets of the network: row i of X has the target ``table[codes[i]]``.

    ``table`` (c, k) holds the distinct targets: 0 and 1 for two classes, the unit vectors for
    more, sets of labels for multilabel.
    """

    table: Array
    codes: Array


def check_no_missing_label(y: Any, name: str = "y") -> None:
    """Raise ValueError if a label is None, NaN or pandas' NA."""
    if y is None or sparse.issparse(y):
        return
    labels = np.asarray(y, dtype=object) if isinstance(y, list | tuple) else np.asarray(y)
    if labels.dtype.kind in "OmM":
        labels = labels.astype(object)  # NaT becomes None
        for (i, *_), label in np.ndenumerate(labels):
            if is_missing(label):
                raise ValueError(
                    f"{name} has a missing label, {label!r}, at position {i}: leave it out, or "
                    "make it a class of its own."
                )


def is_missing(label: Any) -> bool:
    """Whether it is None, NaN, NaT or pandas' NA."""
    try:
        return label is None or bool(label != label)
    except TypeError:  # a comparison with pandas' NA is neither true nor false
        return True
    except ValueError:  # an array
        return False


def check_labels(y: Any, name: str = "y") -> Array:
    """Return y as one column of labels, or as a multilabel indicator matrix of 0 and 1."""
    kind = type_of_target(y, input_name=name)
    if kind in ("binary", "multiclass"):
        return column_or_1d(y, warn=True)
    if kind != "multilabel-indicator":
        raise ValueError(f"Unknown label type: {name} is {kind}. {ADVICE[kind]}.")
    Y = y.toarray() if sparse.issparse(y) else y
    if not np.isin(Y, (0, 1)).all():
        raise ValueError(
            f"A multilabel {name} has one column a label, made of 0 and 1, but the values are "
            f"{np.unique(Y)[:10].tolist()}: use sklearn.preprocessing.MultiLabelBinarizer."
        )
    return Y


class LabelEncoding(NamedTuple):
    """The classes and the output units that stand for them.

    Two classes have one sigmoid unit, more classes a softmax unit each, and multilabel y has a
    sigmoid unit for each label.
    """

    classes: Array  # sorted labels; for multilabel the column numbers
    multilabel: bool

    @classmethod
    def of(cls, y: Array, classes: Any = None, *, stream: bool = False) -> "LabelEncoding":
        """Find the classes in checked labels; in a stream, the first call names them."""
        if y.ndim == 2:
            known = np.arange(y.shape[1])
            if classes is not None and not np.array_equal(classes, known):
                raise ValueError("Multilabel classes are the column numbers: leave classes out.")
            return cls(known, multilabel=True)
        if not stream:
            known = np.unique(y)
            if len(known) < 2:
                raise ValueError(
                    f"The data contains only one class, {known.tolist()[0]!r}: a classifier needs "
                    "samples of at least 2 classes."
                )
            return cls(known, multilabel=False)
        if classes is None:
            raise ValueError(
                "classes must be passed on the first call to partial_fit: all classes that any "
                "call will have."
            )
        check_no_missing_label(classes, "classes")
        checks = {"ensure_2d": False, "dtype": None, "ensure_min_samples": 0}
        known = np.unique(check_array(classes, **checks, input_name="classes"))
        if len(known) < 2:
            raise ValueError(f"classes={classes} names fewer than 2 classes: a classifier needs 2.")
        return cls(known, multilabel=False)

    @property
    def n_outputs(self) -> int:
        """Number of output units k."""
        return 1 if len(self.classes) == 2 and not self.multilabel else len(self.classes)

    @property
    def chance_loss(self) -> float:
        """The loss of equal probabilities for all classes, or of one half for each label."""
        k = self.n_outputs
        return math.log(k) if self.out_activation == "softmax" else k * math.log(2)

    @property
    def out_activation(self) -> str:
        """Name of the output's activation."""
        return "sigmoid" if self.multilabel or self.n_outputs == 1 else "softmax"

    def encode(self, y: Array, name: str = "y") -> Targets:
        """Return the targets of checked labels; an unknown label is an error."""
        n_classes = len(self.classes)
        if (y.ndim == 2) != self.multilabel or (self.multilabel and y.shape[1] != n_classes):
            expected = f"{n_classes} columns of 0 and 1" if self.multilabel else "one column"
            raise ValueError(
                f"{name} has shape {y.shape}, but this classifier learns {expected} of labels."
            )
        if self.multilabel:
            table, codes = np.unique(y, axis=0, return_inverse=True)
            return Targets(table, _narrow(codes.ravel(), len(table)))
        unknown = np.setdiff1d(y, self.classes)
        if len(unknown):
            raise ValueError(
                f"{name} has the labels {unknown[:10].tolist()}, which are not in `classes_`: "
                f"{self.classes[:10].tolist()}. A fit with warm_start=False finds the classes in "
                "y; the first partial_fit takes them from `classes`."
            )
        codes = np.searchsorted(self.classes, y.astype(self.classes.dtype, copy=False))
        return Targets(np.eye(n_classes)[:, -self.n_outputs :], _narrow(codes, n_classes))

    def decode(self, logits: Array) -> Array:
        """Return the predicted labels for logits (m, k)."""
        if self.multilabel:
            return (logits > 0).astype(int)
        if self.n_outputs == 1:
            return self.classes[(logits[:, 0] > 0).astype(int)]
        return self.classes[logits.argmax(axis=1)]


def _narrow(codes: Array, n_targets: int) -> Array:
    """Return the codes in the smallest dtype."""
    return codes.astype(np.min_scalar_type(n_targets))


def logits_by_class(logits: Array) -> Array:
    """Return one column for each class: of two classes, the first has the logit -z."""
    return np.hstack([-logits, logits]) if logits.shape[1] == 1 else logits


def probabilities(out_activation: str, logits: Array) -> Array:
    """Return the probability of each class or label, given logits (r, k)."""
    logits = logits_by_class(logits)
    OUTPUTS[out_activation].probabilities(logits)
    return logits


def log_probabilities(out_activation: str, logits: Array) -> Array:
    """Return the logarithm of the probability of each class or label, given logits (r, k)."""
    if out_activation == "softmax":
        return log_softmax(logits, axis=1)
    return log_expit(logits_by_class(logits))

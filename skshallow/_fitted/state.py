"""The fitted state: the attributes of a fitted estimator, as one immutable object that predicts."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .._array_api.place import Place, move_arrays, to_host
from .._data.labels import LabelEncoding
from .._data.moments import Moments
from .._data.validation_split import ValidationSplit
from .._typing import Array
from .checksum import checksum
from .prediction import predictions


class FittedState:
    """What fit or partial_fit learned. The fields are the estimator's attributes, by their names.

    The estimator's attributes are read at once and replaced at once, so a prediction uses the
    weights of one fit even if another thread is fitting. A state is never changed.
    """

    coefs_: list[Array]
    intercepts_: list[Array]
    _activation: tuple[str, float]  # name and negative_slope
    out_activation_: str
    classes_: Array
    n_features_in_: int
    n_outputs_: int
    _seen: tuple[Any, ...]  # Σw, means and variances of all rows seen, as version 0.1.0 stores them
    _class_totals: Array
    loss_: float
    loss_curve_: Array
    validation_loss_curve_: Array | None
    n_iter_: int
    feature_names_in_: Array | None = None
    _converged: str | None = None  # checksum of a converged fit, which a refit need not repeat
    _deviation: Array | None = None  # of all rows seen; a variance would underflow below 1e-162
    # Of all rows seen; in models of version 0.1.0 all columns are dense.
    _mode: Array | None = None
    _density: Array | None = None
    # The validation split that all fits so far have kept; a plain tuple, for stored models. It is
    # empty if a fit had another one, or none, and None in models of version 0.1.0.
    _split: tuple[Any, ...] | None = None
    _stream: Any = None  # where the next partial_fit goes on from

    def __init__(self, attributes: Mapping[str, Any]) -> None:
        self.__dict__.update(attributes)

    @classmethod
    def of(cls, estimator: Any) -> "FittedState | None":
        """Return the state of a fitted estimator; None if it is not fitted."""
        attributes = vars(estimator).copy()  # at once
        if "coefs_" not in attributes:
            return None
        return cls({name: attributes[name] for name in FITTED_ATTRIBUTES if name in attributes})

    def replace(self, **changes: Any) -> "FittedState":
        """Return the state with other values for some of the attributes."""
        return FittedState(vars(self) | changes)

    @property
    def is_on_host(self) -> bool:
        """Whether the arrays are NumPy's."""
        return isinstance(self.loss_curve_, np.ndarray)

    def on(self, place: Place) -> "FittedState":
        """Return the state with its arrays in that place; labels that are no numbers stay."""

        def move(value: Any) -> Any:
            is_number = isinstance(value, np.ndarray) and value.dtype.kind in "biuf"
            return place.load(value) if is_number else value

        return self._moved(move)

    def to_host(self) -> "FittedState":
        """Return the state with NumPy arrays."""
        return self if self.is_on_host else self._moved(to_host)

    def _moved(self, move: Callable[[Any], Any]) -> "FittedState":
        fields = {name: value for name, value in vars(self).items() if name != "_stream"}
        return self.replace(**{name: move_arrays(fields[name], move) for name in fields})

    def install(self, estimator: Any) -> None:
        """Replace the estimator's fitted attributes in one assignment.

        An attribute that another thread sets at this very moment can be lost.
        """
        fitted, present = self.attributes(), vars(estimator).copy()
        others = {name: present[name] for name in present if name not in FITTED_ATTRIBUTES}
        estimator.__dict__ = others | fitted

    def attributes(self) -> dict[str, Any]:
        """Return the attributes by name, without optional ones that are None."""
        names = [n for n in FITTED_ATTRIBUTES if n in REQUIRED or getattr(self, n) is not None]
        return {name: getattr(self, name) for name in names}

    @property
    def labels(self) -> LabelEncoding:
        """The classes and their output units."""
        multilabel = self.out_activation_ == "sigmoid" and self.n_outputs_ > 1
        return LabelEncoding(self.classes_, multilabel)

    @property
    def moments(self) -> Moments:
        """Moments of the columns over all rows seen."""
        weight, mean, variance = self._seen
        deviation = np.sqrt(variance) if self._deviation is None else self._deviation
        if self._mode is None or self._density is None:
            return Moments(weight, mean, deviation, mean, np.ones_like(mean))
        return Moments(weight, mean, deviation, self._mode, self._density)

    def split_of(self, n_members: int) -> ValidationSplit | None:
        """Return the validation split that all fits have kept, if it is for that many members."""
        split = ValidationSplit(*self._split) if self._split else None
        return split if split is not None and split.cuts.shape[1] == n_members else None

    def of_columns(self, kept: Array | None) -> "FittedState":
        """Return the state with the weights of those columns alone; None for all."""
        W1, W2 = self.coefs_
        return self if kept is None else self.replace(coefs_=[W1[kept], W2])

    def checksum(self, *inputs: Any) -> str:
        """Return a checksum of the weights and of what their fit depends on."""
        return checksum(*inputs, *self.coefs_, *self.intercepts_)

    def decision_function(self, X: Any) -> Any:
        """Return the logits (m,) of class 1 of two, or (m, k) of the classes or labels."""
        return predictions(self, X, "decision_function")

    def predict(self, X: Any) -> Any:
        """Return the labels (m,) or the label indicators (m, k)."""
        return predictions(self, X, "predict")

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class or label."""
        return predictions(self, X, "predict_proba")

    def predict_log_proba(self, X: Any) -> Any:
        """Return the logarithm of the probability of each class or label."""
        return predictions(self, X, "predict_log_proba")


FITTED_ATTRIBUTES = list(FittedState.__annotations__)
REQUIRED = [name for name in FITTED_ATTRIBUTES if not hasattr(FittedState, name)]

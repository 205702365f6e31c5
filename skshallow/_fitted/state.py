"""The fitted state: the attributes of a fitted estimator, as one immutable object that predicts."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy.special import log_expit, log_softmax

from .._data.labels import LabelEncoding, logits_by_class
from .._data.moments import Moments
from .._data.scaling import Scaling
from .._data.validation_split import ValidationSplit
from .._network.network import Network
from .._network.outputs import OUTPUTS
from .._typing import Array
from .checksum import checksum


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

    def to_vector(self, network: Network, scaling: Scaling | None) -> Array:
        """Return the weights as one vector for that network, with standardised inputs."""
        (W1, W2), (b1, b2) = self.coefs_, self.intercepts_
        n_members, hidden_size, _ = network.shapes[1]
        if len(b1) != n_members * hidden_size:
            raise ValueError(
                f"n_estimators={n_members} times hidden_size={hidden_size} makes "
                f"{n_members * hidden_size} hidden units, but the fitted network to go on from "
                f"has {len(b1)}: set them back, or start with a clone."
            )
        if scaling is not None:
            W1, b1 = scaling.unfold(W1, b1)
        return network.to_members((W1, b1, W2, b2))

    def decision_function(self, X: Any) -> Array:
        """Return the logits (m,) of class 1 of two, or (m, k) of the classes or labels."""
        return _predict(self, X, lambda logits: logits[:, 0] if logits.shape[1] == 1 else logits)

    def predict(self, X: Any) -> Array:
        """Return the labels (m,) or the label indicators (m, k)."""
        return _predict(self, X, self.labels.decode)

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class or label."""
        return _predict(self, X, partial(probabilities, self.out_activation_))

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithm of the probability of each class or label."""
        return _predict(self, X, partial(log_probabilities, self.out_activation_))


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


def _predict(state: FittedState, X: Any, transform: Callable[[Array], Array]) -> Array:
    """Apply ``transform`` to the logits (r, k) of each block of rows; return one array."""
    (W1, W2), (b1, b2) = state.coefs_, state.intercepts_
    network = Network(
        *(len(W1), len(b1), len(b2)),
        activation=state._activation,
        out_activation=state.out_activation_,
        max_rows=X.shape[0],
        dtype=np.result_type(X.dtype, W1.dtype),
    )
    layers = (W1, b1, W2[np.newaxis], b2[np.newaxis, np.newaxis])
    result = np.empty(0)
    for rows, logits in network.logits(layers, X):
        part = transform(logits)
        if len(part) == X.shape[0]:  # the only block
            return part
        if rows.start == 0:
            result = np.empty((X.shape[0], *part.shape[1:]), part.dtype)
        result[rows] = part
    return result


FITTED_ATTRIBUTES = list(FittedState.__annotations__)
REQUIRED = [name for name in FITTED_ATTRIBUTES if not hasattr(FittedState, name)]

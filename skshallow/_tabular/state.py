"""The fitted state of a TabularNetClassifier, as one immutable object that predicts."""

import copy
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from .._classifier import ShallowNetClassifier
from .._data.encoding import EncodedTable
from .._data.labels import LabelEncoding, log_probabilities, probabilities
from .._fitted.state import FittedState
from .._typing import Array
from .encoder import PiecewiseLinearEncoder
from .readers import Reader, Tables
from .tables import read_table


@dataclass(frozen=True, eq=False)
class TabularState:
    """What fit learned. The fields are the estimator's attributes, by their names."""

    encoders_: list[PiecewiseLinearEncoder]
    networks_: list[ShallowNetClassifier]
    network_weights_: Array
    validation_loss_: float | None
    classes_: Array
    n_outputs_: int
    out_activation_: str
    n_iter_: int
    n_features_in_: int
    feature_names_in_: Array | None

    @classmethod
    def of_networks(
        cls,
        tables: Tables,
        readers: list[Reader],
        states: list[FittedState],
        weights: Array | None = None,
        loss: float | None = None,
    ) -> Self:
        """Return the state with the networks that are trained; by default all weigh the same."""
        readers, table = readers[: len(states)], tables.samples.X
        networks = [copy.copy(reader.network) for reader in readers]
        for network, state in zip(networks, states, strict=True):
            layers = {
                name: [part.astype(table.dtype) for part in getattr(state, name)]
                for name in ("coefs_", "intercepts_")
            }
            state.replace(**layers).install(network)
        labels = states[0].labels
        return cls(
            encoders_=[reader.encoder for reader in readers],
            networks_=networks,
            network_weights_=np.full(len(states), 1 / len(states)) if weights is None else weights,
            validation_loss_=loss,
            classes_=labels.classes,
            n_outputs_=labels.n_outputs,
            out_activation_=labels.out_activation,
            n_iter_=max(state.n_iter_ for state in states),
            n_features_in_=table.shape[1],
            feature_names_in_=tables.samples.feature_names,
        )

    @classmethod
    def of(cls, estimator: Any) -> Self:
        """Return the state of a fitted estimator."""
        attributes = vars(estimator).copy()  # at once
        return cls(**{one.name: attributes.get(one.name) for one in fields(cls)})

    def attributes(self) -> dict[str, Any]:
        """Return the attributes by name, without ``feature_names_in_`` if there are none."""
        named = {one.name: getattr(self, one.name) for one in fields(self)}
        if self.feature_names_in_ is None:
            del named["feature_names_in_"]
        return named

    def install(self, estimator: Any) -> None:
        """Replace the estimator's fitted attributes in one assignment."""
        names = {one.name for one in fields(self)}
        others = {name: value for name, value in vars(estimator).items() if name not in names}
        estimator.__dict__ = others | self.attributes()

    def logits(self, X: Any) -> Array:
        """Return the weighted sum (m, k) of the networks' logits, for a checked X."""
        table = read_table(X, self.encoders_[0].categories_)
        total: Any = 0.0
        for weight, encoder, network in zip(
            self.network_weights_.tolist(), self.encoders_, self.networks_, strict=True
        ):
            if weight > 0:
                rows = EncodedTable(table, encoder._encoding(), network.coefs_[0].dtype)
                logits = FittedState(vars(network)).decision_function(rows)
                total = total + weight * logits.reshape(len(table), -1)
        return np.asarray(total)

    def decision_function(self, X: Any) -> Array:
        """Return the logits (m,) of class 1 of two, or (m, k) of the classes or labels."""
        logits = self.logits(X)
        return logits[:, 0] if logits.shape[1] == 1 else logits

    def predict(self, X: Any) -> Array:
        """Return the labels (m,) or the label indicators (m, k)."""
        multilabel = self.out_activation_ == "sigmoid" and self.n_outputs_ > 1
        return LabelEncoding(self.classes_, multilabel).decode(self.logits(X))

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class or label."""
        return probabilities(self.out_activation_, self.logits(X))

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithm of the probability of each class or label."""
        return log_probabilities(self.out_activation_, self.logits(X))

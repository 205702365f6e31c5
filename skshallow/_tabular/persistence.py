"""Stored encoders and classifiers of tables: a checksum, and checks when they are loaded."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .._fitted.checksum import corrupt, verified, with_checksum
from .._fitted.persistence import parameter_defaults


class StoredForm(NamedTuple):
    """How the estimators of a class are stored."""

    class_name: str
    attributes: list[str]  # that the checksum covers, beside the parameters
    check: Callable[[dict[str, Any], list[str]], None]  # raises ValueError for an unusable state

    def to_store(self, state: dict[str, Any], own_class: type) -> dict[str, Any]:
        """Return the state with a checksum. ``own_class`` is that of the class name."""
        self.check(state, [])
        return with_checksum(state, [*parameter_defaults(own_class), *self.attributes])

    def loaded(self, state: Any, estimator_class: type) -> dict[str, Any]:
        """Return the state of a stored estimator; raise ValueError if it is not intact."""
        defaults = parameter_defaults(estimator_class)
        return verified(state, defaults, self.attributes, self.check, self.class_name)


def check_encoder(state: dict[str, Any], names: list[str]) -> None:
    """Raise ValueError unless the state is that of an unfitted or of a usable encoder."""
    _check_names(state, names, "PiecewiseLinearEncoder")
    if "bin_edges_" not in state:
        return
    match state:
        case {
            "bin_edges_": list(edges),
            "categories_": list(categories),
            "medians_": np.ndarray() as medians,
            "has_gaps_": np.ndarray() as gaps,
            "n_features_in_": int(n),
        } if len(edges) == len(categories) == len(medians) == len(gaps) == n:
            usable = all((np.diff(one) > 0).all() for one in edges)
        case _:
            usable = False
    if not usable:
        raise corrupt("PiecewiseLinearEncoder", "its edges and categories are not those of a table")


def check_classifier(state: dict[str, Any], names: list[str]) -> None:
    """Raise ValueError unless the state is that of an unfitted or of a usable classifier."""
    _check_names(state, names, "TabularNetClassifier")
    if "networks_" not in state:
        return
    match state:
        case {
            "encoders_": list(encoders),
            "networks_": list(networks),
            "network_weights_": np.ndarray() as weights,
            "n_features_in_": n,
            "n_outputs_": n_outputs,
            "out_activation_": activation,
            "classes_": np.ndarray() as classes,
        } if 0 < len(encoders) == len(networks) == len(weights):
            usable = bool(np.isfinite(weights).all()) and all(
                encoder.n_features_in_ == n
                and len(encoder.get_feature_names_out()) == network.n_features_in_
                and (network.n_outputs_, network.out_activation_) == (n_outputs, activation)
                and len(network.classes_) == len(classes)
                for encoder, network in zip(encoders, networks, strict=True)
            )
        case _:
            usable = False
    if not usable:
        raise corrupt("TabularNetClassifier", "its networks and encoders do not belong together")


def _check_names(state: dict[str, Any], names: list[str], class_name: str) -> None:
    missing = [name for name in names if name not in state]
    if missing:
        raise corrupt(class_name, f"it has no {' and no '.join(missing)}")


# The networks and encoders of a classifier have checksums of their own.
ENCODER = StoredForm(
    "PiecewiseLinearEncoder",
    [
        *("bin_edges_", "categories_", "medians_", "has_gaps_"),
        *("n_features_in_", "feature_names_in_"),
    ],
    check_encoder,
)
CLASSIFIER = StoredForm(
    "TabularNetClassifier",
    [
        *("network_weights_", "validation_loss_", "classes_", "n_outputs_", "out_activation_"),
        *("n_iter_", "n_features_in_", "feature_names_in_"),
    ],
    check_classifier,
)

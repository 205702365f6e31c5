"""Stored encoders and classifiers of tables: a checksum, and checks when they are loaded."""

from typing import Any

import numpy as np

from .._fitted.checksum import corrupt, verified, with_checksum
from .._fitted.persistence import parameter_defaults

# The networks and encoders of a classifier have checksums of their own.
ENCODER_ATTRIBUTES = [
    *("bin_edges_", "categories_", "medians_", "has_gaps_", "n_features_in_", "feature_names_in_"),
]
CLASSIFIER_ATTRIBUTES = [
    *("network_weights_", "validation_loss_", "classes_", "n_outputs_", "out_activation_"),
    *("n_iter_", "n_features_in_", "feature_names_in_"),
]


def encoder_to_store(state: dict[str, Any], own_class: type) -> dict[str, Any]:
    """Return the state of an encoder with a checksum."""
    names = [*parameter_defaults(own_class), *ENCODER_ATTRIBUTES]
    check_encoder(state, [])
    return with_checksum(state, names)


def stored_encoder(state: Any, own_class: type) -> dict[str, Any]:
    """Return the state of a stored encoder; raise ValueError if it is not intact."""
    defaults = parameter_defaults(own_class)
    return verified(state, defaults, ENCODER_ATTRIBUTES, check_encoder, "PiecewiseLinearEncoder")


def classifier_to_store(state: dict[str, Any], own_class: type) -> dict[str, Any]:
    """Return the state of a classifier with a checksum."""
    names = [*parameter_defaults(own_class), *CLASSIFIER_ATTRIBUTES]
    check_classifier(state, [])
    return with_checksum(state, names)


def stored_classifier(state: Any, own_class: type) -> dict[str, Any]:
    """Return the state of a stored classifier; raise ValueError if it is not intact."""
    defaults = parameter_defaults(own_class)
    return verified(
        state, defaults, CLASSIFIER_ATTRIBUTES, check_classifier, "TabularNetClassifier"
    )


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

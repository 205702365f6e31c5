"""Stored models: a checksum when they are pickled, and checks when they are loaded."""

from inspect import signature
from numbers import Real
from typing import Any

import numpy as np

from .._array_api.place import move_arrays, to_host
from .._network.activations import ACTIVATIONS
from .checksum import corrupt, verified, with_checksum
from .state import REQUIRED

STORED_ATTRIBUTES = [*REQUIRED, "feature_names_in_", "_split", "_deviation", "_mode", "_density"]


def parameter_defaults(estimator_class: type) -> dict[str, Any]:
    """Return the parameters of a class with their default values."""
    parameters = signature(estimator_class).parameters.values()
    return {one.name: one.default for one in parameters if one.default is not one.empty}


def add_checksum(state: dict[str, Any], parameters: list[str]) -> dict[str, Any]:
    """Return the state with a checksum and the names that it covers.

    These are our own parameters and attributes: a subclass may store its own in another form.
    """
    check_state(state, parameters)
    return with_checksum(state, [*parameters, *STORED_ATTRIBUTES])


def verify_checksum(state: Any, defaults: dict[str, Any]) -> dict[str, Any]:
    """Return the state without its checksum; raise ValueError if it does not match.

    Another version may have stored it: parameters that it did not have get their defaults, and
    parameters that only it had are dropped.
    """
    return verified(state, defaults, STORED_ATTRIBUTES, check_state, "ShallowNetClassifier")


def check_state(state: dict[str, Any], parameters: list[str]) -> None:
    """Raise ValueError unless the state is that of an unfitted or of a usable fitted estimator."""
    fitted = "coefs_" in state
    needed = parameters + REQUIRED if fitted else parameters
    missing = [name for name in needed if name not in state]
    if missing:
        raise _corrupt(f"it has no {' and no '.join(missing)}")
    if not fitted:
        return

    coefs, intercepts, activation, out_activation, classes, n_features, n_outputs, seen, *_ = (
        move_arrays(state[name], to_host) for name in REQUIRED
    )
    match coefs, intercepts:
        case [np.ndarray() as W1, np.ndarray() as W2], [np.ndarray() as b1, np.ndarray() as b2]:
            layers = (W1, b1, W2, b2)
        case _:
            raise _corrupt("coefs_ and intercepts_ are not two arrays each")
    shapes = [part.shape for part in layers]
    if shapes != [(n_features, b1.size), (b1.size,), (b1.size, n_outputs), (n_outputs,)]:
        raise _corrupt(
            f"W1, b1, W2 and b2 have the shapes {shapes}, which are not those of a network with "
            f"n_features_in_={n_features} and n_outputs_={n_outputs}"
        )
    if not all(part.dtype.kind == "f" and np.isfinite(part).all() for part in layers):
        raise _corrupt("coefs_ and intercepts_ are not all finite numbers")

    match seen:
        case (Real(), np.ndarray() as mean, np.ndarray() as variance) if (
            mean.shape == variance.shape and mean.shape in ((n_features,), (0,))
        ):
            pass
        case _:
            raise _corrupt("its moments of the columns are not those of its features")

    match activation:
        case str(name), Real() as slope if name in ACTIVATIONS and 0 <= float(slope) <= 1:
            pass
        case _:
            raise _corrupt(f"its activation is {activation!r}, which this version does not know")
    match out_activation, classes:
        case "sigmoid", np.ndarray(shape=(n_classes,)) if n_classes == max(n_outputs, 2):
            pass
        case "softmax", np.ndarray(shape=(n_classes,)) if n_classes == n_outputs > 2:
            pass
        case _:
            raise _corrupt(
                f"out_activation_={out_activation!r} with n_outputs_={n_outputs} does not fit "
                f"classes_={classes!r}"
            )


def _corrupt(flaw: str) -> ValueError:
    return corrupt("ShallowNetClassifier", flaw)

"""Stored models: a checksum when they are pickled, and checks when they are loaded."""

from collections.abc import Iterator
from inspect import signature
from numbers import Real
from typing import Any

import numpy as np

from .._array_api.place import move_arrays, to_host
from .._network.activations import ACTIVATIONS
from .checksum import checksum
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
    names = [name for name in (*parameters, *STORED_ATTRIBUTES) if name in state]
    return {**state, "_seal": {"names": names, "checksum": _checksum(state, names)}}


def verify_checksum(state: Any, defaults: dict[str, Any]) -> dict[str, Any]:
    """Return the state without its checksum; raise ValueError if it does not match.

    Another version may have stored it: parameters that it did not have get their defaults, and
    parameters that only it had are dropped.
    """
    match state:
        case {"_seal": {"names": list(names), "checksum": stored}}:
            names = [str(name) for name in names]
        case _:
            raise _corrupt("its state has no checksum, which all versions since 0.1.0 store")
    check_state(state, names)
    if stored != _checksum(state, names):
        raise _corrupt("its numbers or its texts have changed since it was stored")
    dropped = {"_seal", *names} - {*defaults, *STORED_ATTRIBUTES}
    return defaults | {name: value for name, value in state.items() if name not in dropped}


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
    return ValueError(
        f"This is not an intact ShallowNetClassifier: {flaw}. Load it from an intact file, or fit "
        "it again."
    )


def _checksum(state: dict[str, Any], names: list[str]) -> str:
    return checksum(*_values([(name, state[name]) for name in names]))


def _values(part: Any) -> Iterator[Any]:
    """Yield the arrays, numbers and strings in nested lists and dicts; skip other objects."""
    part = to_host(part)
    match part:
        case list() | tuple():
            for inner in part:
                yield from _values(inner)
        # skops loses one of two boolean keys. Such a model must still load.
        case dict() if not any(isinstance(key, bool | np.bool_) for key in part):
            yield from _values(list(part.items()))
        case np.ndarray() if part.dtype.hasobject:
            yield from _values(part.tolist())
        case np.floating():  # its repr differs between versions of NumPy
            yield float(part)
        case np.generic():
            yield part.item()
        case np.ndarray() | bool() | int() | float() | str() | None:
            yield part

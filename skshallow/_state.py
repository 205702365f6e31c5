"""The estimator's attributes: kept when a fit fails, sealed for a file and checked out of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from numbers import Real
from typing import Any

import numpy as np

from ._activations import ACTIVATIONS
from ._fingerprint import fingerprint

FITTED = [
    "coefs_",
    "intercepts_",
    "_activation",
    "out_activation_",
    "classes_",
    "n_features_in_",
    "n_outputs_",
    "_seen",
    "_class_totals",
    "loss_",
    "loss_curve_",
    "validation_loss_curve_",
    "n_iter_",
]
LEARNT = [*FITTED, "feature_names_in_"]


@contextmanager
def nothing_lost(estimator: Any) -> Iterator[None]:
    """Put the estimator's attributes back as they were if what is inside fails."""
    before = vars(estimator).copy()
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def parameter_defaults(estimator_class: type) -> dict[str, Any]:
    """The class's parameters and their default values."""
    parameters = signature(estimator_class).parameters.values()
    return {one.name: one.default for one in parameters if one.default is not one.empty}


def sealed(state: dict[str, Any], parameters: list[str]) -> dict[str, Any]:
    """The attributes with a checksum and the names of what it covers.

    Covered is all that is ours: a subclass may change its own attributes on their way. In the
    midst of a fit there are no weights yet, and the estimator is stored as unfitted.
    """
    if "coefs_" not in state:
        state = {name: value for name, value in state.items() if name not in LEARNT}
    check_state(state, parameters)
    names = [name for name in (*parameters, *LEARNT) if name in state]
    return {**state, "_seal": {"names": names, "checksum": _checksum(state, names)}}


def unsealed(state: Any, defaults: dict[str, Any]) -> dict[str, Any]:
    """The attributes that were sealed; an error if they are not the same any more.

    Another version may have sealed them: parameters that it did not have get their defaults, and
    what only it had is left out.
    """
    match state:
        case {"_seal": {"names": list(names), "checksum": checksum}}:
            names = [str(name) for name in names]
        case _:
            raise _not_intact("its state has no checksum, as all have had since version 0.1.0")
    check_state(state, names)
    if checksum != _checksum(state, names):
        raise _not_intact("its numbers or its texts have changed since it was stored")
    left_out = {"_seal", *names} - {*defaults, *LEARNT}
    return defaults | {name: value for name, value in state.items() if name not in left_out}


def check_state(state: dict[str, Any], parameters: list[str]) -> None:
    """Refuse the attributes of an estimator that is neither unfitted nor ready to predict."""
    flaw = _flaw(state, parameters)
    if flaw is not None:
        raise _not_intact(flaw)


def _not_intact(flaw: str) -> ValueError:
    return ValueError(
        f"This is not an intact ShallowNetClassifier: {flaw}. Load it from an intact file, or fit "
        "it again."
    )


def _checksum(state: dict[str, Any], names: list[str]) -> str:
    return fingerprint(*_values([(name, state[name]) for name in names]))


def _values(part: Any) -> Iterator[Any]:
    """The arrays, numbers and texts in nested lists and dicts; other objects are passed over."""
    match part:
        case list() | tuple():
            for inner in part:
                yield from _values(inner)
        # Of boolean keys skops gives back one, which must not make the model unreadable.
        case dict() if not any(isinstance(key, bool | np.bool_) for key in part):
            yield from _values(list(part.items()))
        case np.ndarray() if part.dtype.hasobject:
            yield from _values(part.tolist())
        case np.floating():  # the repr of NumPy's scalars differs between its versions
            yield float(part)
        case np.generic():
            yield part.item()
        case np.ndarray() | bool() | int() | float() | str() | None:
            yield part


def _flaw(state: dict[str, Any], parameters: list[str]) -> str | None:
    needed = parameters
    if any(name in state for name in FITTED):  # it is fitted
        needed = parameters + FITTED
    missing = [name for name in needed if name not in state]
    if missing:
        return f"it has no {' and no '.join(missing)}"
    if needed is parameters:
        return None

    coefs, intercepts, activation, out_activation, classes, n_features, n_outputs, seen, *_ = (
        state[name] for name in FITTED
    )
    match coefs, intercepts:
        case [np.ndarray() as W1, np.ndarray() as W2], [np.ndarray() as b1, np.ndarray() as b2]:
            layers = (W1, b1, W2, b2)
        case _:
            return "coefs_ and intercepts_ are not two arrays each"
    shapes = [part.shape for part in layers]
    if shapes != [(n_features, b1.size), (b1.size,), (b1.size, n_outputs), (n_outputs,)]:
        return (
            f"W1, b1, W2 and b2 have the shapes {shapes}, which are not those of a network with "
            f"n_features_in_={n_features} and n_outputs_={n_outputs}"
        )
    if not all(part.dtype.kind == "f" and np.isfinite(part).all() for part in layers):
        return "coefs_ and intercepts_ are not all finite numbers"

    match seen:
        case (Real(), np.ndarray() as mean, np.ndarray() as variance) if (
            mean.shape == variance.shape and mean.shape in ((n_features,), (0,))
        ):
            pass
        case _:
            return "its moments of the columns are not those of its features"

    match activation:
        case str(name), Real() as slope if (
            name in (*ACTIVATIONS, "leaky_relu") and 0 <= float(slope) <= 1
        ):
            pass
        case _:
            return f"its activation is {activation!r}, which this version does not know"
    match out_activation, classes:
        case "sigmoid", np.ndarray(shape=(n_classes,)) if n_classes == max(n_outputs, 2):
            pass
        case "softmax", np.ndarray(shape=(n_classes,)) if n_classes == n_outputs > 2:
            pass
        case _:
            return (
                f"out_activation_={out_activation!r} with n_outputs_={n_outputs} does not fit "
                f"classes_={classes!r}"
            )
    return None

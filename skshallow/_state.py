"""The estimator's attributes: kept when a fit fails, and checked when they come from a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Real
from typing import Any

import numpy as np

from ._activations import ACTIVATIONS

# The attributes that predictions and partial_fit need.
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
]


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


def check_state(state: Any, parameters: list[str]) -> None:
    """Refuse the attributes of an estimator that is neither unfitted nor ready to predict."""
    flaw = _flaw(state, parameters)
    if flaw is not None:
        raise ValueError(
            f"This is not an intact ShallowNetClassifier: {flaw}. Load it from an intact file, or "
            "fit it again."
        )


def _flaw(state: Any, parameters: list[str]) -> str | None:
    if not isinstance(state, dict):
        return f"its state is no dict but {type(state)}"
    needed = parameters
    if any(name in state for name in FITTED):  # it is fitted
        needed = parameters + FITTED
    missing = [name for name in needed if name not in state]
    if missing:
        return f"it has no {' and no '.join(missing)}"
    if needed is parameters:
        return None

    coefs, intercepts, activation, out_activation, classes, n_features, n_outputs, seen, _ = (
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

"""Prediction: from the rows of X to logits, block by block, and from these to labels."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._array_api.matrix import DeviceMatrix
from .._array_api.place import to_host
from .._data.labels import log_probabilities, probabilities
from .._network.network import Network
from .._typing import Array


def predictions(state: Any, X: Any, method: str) -> Any:
    """Return what that method returns for X, given the fitted state."""
    if isinstance(X, DeviceMatrix):
        return _predictions_on_device(state, X, method)
    return _apply(state, X, TRANSFORMS[method])


def _predictions_on_device(state: Any, X: DeviceMatrix, method: str) -> Any:
    from .._array_api.prediction import device_logits, device_transform  # which few need

    logits = device_logits(state, X)
    if not X.place.xp.all(X.place.xp.isfinite(logits)):
        # Products overflow, which is rare. The host makes such logits finite.
        host = type(state).to_host(state)
        logits = X.place.load(_apply(host, to_host(X.array), lambda state, logits: logits))
    return device_transform(state, X.place.xp, logits, method)


def _decision_function(state: Any, logits: Array) -> Array:
    return logits[:, 0] if logits.shape[1] == 1 else logits


def _predict(state: Any, logits: Array) -> Array:
    return state.labels.decode(logits)


TRANSFORMS: dict[str, Callable[[Any, Array], Array]] = {
    "decision_function": _decision_function,
    "predict": _predict,
    "predict_proba": lambda state, logits: probabilities(state.out_activation_, logits),
    "predict_log_proba": lambda state, logits: log_probabilities(state.out_activation_, logits),
}


def _apply(state: Any, X: Any, transform: Callable[[Any, Array], Array]) -> Array:
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
        part = transform(state, logits)
        if len(part) == X.shape[0]:  # the only block
            return part
        if rows.start == 0:
            result = np.empty((X.shape[0], *part.shape[1:]), part.dtype)
        result[rows] = part
    return result

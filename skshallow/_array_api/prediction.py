"""Prediction for rows on a device."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .formulas import Formulas, log_sigmoid, log_softmax, sigmoid
from .matrix import DeviceMatrix
from .network import rows_per_block
from .place import to_host


def device_transform(state: Any, xp: Any, logits: Any, method: str) -> Any:
    """Return what that method returns for these logits, given the fitted state."""
    return TRANSFORMS[method](state, xp, logits)


def device_logits(state: Any, X: DeviceMatrix) -> Any:
    """Return the logits (m, k) of the fitted state; some may overflow."""
    xp, array, (W1, W2), (b1, b2) = X.place.xp, X.array, state.coefs_, state.intercepts_
    dtype = xp.result_type(array.dtype, W1.dtype)
    W1, b1, W2, b2 = (xp.astype(part, dtype, copy=False) for part in (W1, b1, W2, b2))
    activation, negative_slope = state._activation
    formulas = Formulas(xp, activation, negative_slope, state.out_activation_)
    step = rows_per_block(*W1.shape, *b2.shape)
    parts = []
    for start in range(0, X.shape[0], step):
        rows = slice(start, min(start + step, X.shape[0]))
        block = xp.astype(array[rows, :], dtype, copy=False)
        parts.append(formulas.hidden(W1, b1, block) @ W2 + b2)
    return xp.concat(parts)


def _decision_function(state: Any, xp: Any, logits: Any) -> Any:
    return logits[:, 0] if logits.shape[1] == 1 else logits


def _predict(state: Any, xp: Any, logits: Any) -> Any:
    if state.labels.multilabel:
        return xp.astype(logits > 0, xp.int64)
    index = xp.argmax(logits, axis=1)
    if logits.shape[1] == 1:
        index = xp.astype(logits[:, 0] > 0, xp.int64)
    if isinstance(state.classes_, np.ndarray):  # they are no numbers
        return state.classes_[to_host(index)]
    return xp.take(state.classes_, index)


def _predict_proba(state: Any, xp: Any, logits: Any) -> Any:
    if state.out_activation_ == "softmax":
        return xp.exp(log_softmax(xp, logits))
    return sigmoid(xp, _by_class(xp, logits))


def _predict_log_proba(state: Any, xp: Any, logits: Any) -> Any:
    if state.out_activation_ == "softmax":
        return log_softmax(xp, logits)
    return log_sigmoid(xp, _by_class(xp, logits))


def _by_class(xp: Any, logits: Any) -> Any:
    """Return one column for each class: of two classes, the first has the logit -z."""
    return xp.concat([-logits, logits], axis=1) if logits.shape[1] == 1 else logits


TRANSFORMS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "decision_function": _decision_function,
    "predict": _predict,
    "predict_proba": _predict_proba,
    "predict_log_proba": _predict_log_proba,
}

"""Gradient descent, the loop of the notes: all rows in every step."""

from collections.abc import Callable

import numpy as np

from .._objective import Objective
from .._typing import Array, Report


def gradient_descent(
    objective: Objective,
    w: Array,
    report: Report,
    *,
    learning_rate: Callable[[float], float],
    max_iter: int,
) -> None:
    """Repeat w ← w - α dw."""
    dw = np.empty_like(w)
    objective.loss_and_gradient(w, dw)
    for epoch in range(max_iter):
        w -= learning_rate(epoch / max_iter) * dw
        if report(w, objective.loss_and_gradient(w, dw)):
            break

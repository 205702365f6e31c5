"""Gradient descent, the loop of the notes: all rows in every step."""

import numpy as np

from .._typing import Array, LearningRate, Report
from .objective import Objective


def gradient_descent(
    objective: Objective, w: Array, report: Report, *, learning_rate: LearningRate, max_iter: int
) -> None:
    """Repeat w ← w - α dw."""
    dw = np.empty_like(w)
    objective.loss_and_gradient(w, dw)
    for epoch in range(max_iter):
        w -= learning_rate(epoch, epoch / max_iter) * dw
        if report(w, objective.loss_and_gradient(w, dw)):
            break

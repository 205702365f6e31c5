"""Gradient descent, the loop of the notes: all rows in every step."""

from .._typing import Array, LearningRate, Report
from .objective import Objective
from .vectors import copy_vector


def gradient_descent(
    objective: Objective, w: Array, report: Report, *, learning_rate: LearningRate, max_iter: int
) -> None:
    """Repeat w ← w - α dw."""
    dw = copy_vector(w)
    objective.loss_and_gradient(w, dw)
    for epoch in range(max_iter):
        w -= learning_rate(epoch, epoch / max_iter) * dw
        if report(w, float(objective.loss_and_gradient(w, dw))):
            break

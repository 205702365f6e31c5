"""The walk through mini-batches that sgd and adam share."""

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np

from .._objective import Objective
from .._typing import Array, Report


class Optimizer(Protocol):
    """A rule that turns a gradient into a step, with what it remembers of earlier ones."""

    def step(self, w: Array, dw: Array, learning_rate: float) -> None:
        """Change w in place; dw may be used as a work array."""


def minibatch_descent(
    objective: Objective,
    w: Array,
    report: Report,
    *,
    optimizer: Optimizer,
    batch_size: int,
    learning_rate: Callable[[float], float],
    max_iter: int,
    random_state: np.random.RandomState,
) -> None:
    """Every epoch, all rows in a new random order, in batches of equal size as near as may be.

    Of equal size, because a last batch of a few rows would count as much as a full one.
    The loss reported is the mean over the epoch, while the parameters move.
    """
    dw = np.empty_like(w)
    n_rows = len(objective.rows)
    n_batches = math.ceil(n_rows / batch_size)
    for epoch in range(max_iter):
        loss = 0.0
        for i, batch in enumerate(np.array_split(random_state.permutation(n_rows), n_batches)):
            batch_loss = objective.loss_and_gradient(w, dw, batch)
            loss += batch_loss * len(batch) / n_rows
            if not math.isfinite(loss):
                break
            optimizer.step(w, dw, learning_rate((epoch + i / n_batches) / max_iter))
        if report(w, loss):
            break

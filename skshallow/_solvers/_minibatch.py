"""The walk through mini-batches that sgd and adam share."""

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np

from .._objective import Objective
from .._pieces import pieces
from .._typing import Array, Report

# The running mean of the parameters looks back over about so many epochs, and is brought up to
# date so many times in each: after every batch would cost as much as a step of the optimiser.
AVERAGED_EPOCHS = 2
UPDATES_PER_EPOCH = 8


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
    average: bool,
    random_state: np.random.RandomState,
) -> None:
    """Every epoch, all rows in a new random order, in batches of equal size as near as may be.

    Of equal size, because a last batch of a few rows would count as much as a full one.
    The loss reported is the mean over the epoch, while the parameters move. The parameters
    reported are, with ``average``, a running mean of them [1]_: it takes out what the steps at a
    constant learning rate go to and fro.

    References
    ----------
    .. [1] Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J.
       Control and Optimization 30, 1992.
    """
    dw = np.empty_like(w)
    mean = w.copy() if average else w
    n_updates = 0
    network = objective.network
    n_rows = len(objective.rows)
    n_batches = math.ceil(n_rows / batch_size)
    bounds = [i * n_rows // n_batches for i in range(n_batches + 1)]
    batches_per_update = math.ceil(n_batches / UPDATES_PER_EPOCH)
    slowest = 1 / (AVERAGED_EPOCHS * math.ceil(n_batches / batches_per_update))
    for epoch in range(max_iter):
        loss = 0.0
        order = random_state.permutation(n_rows)
        batches = objective.rows.batches(order, bounds, network.max_rows)
        for i, batch in enumerate(batches):
            batch_loss = objective.loss_and_gradient(w, dw, batch)
            loss += batch_loss * (bounds[i + 1] - bounds[i]) / n_rows
            if not math.isfinite(loss):
                break
            optimizer.step(w, dw, learning_rate((epoch + i / n_batches) / max_iter))
            if average and i % batches_per_update == 0:
                n_updates += 1
                share = max(1 / n_updates, slowest)
                for w_, mean_, change in pieces(w, mean, dw):
                    np.subtract(w_, mean_, out=change)
                    change *= share
                    mean_ += change
        if report(mean, loss):
            break

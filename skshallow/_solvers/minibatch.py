"""Mini-batch descent, for Adam and for Nesterov momentum."""

import math
from typing import TypeAlias

import numpy as np

from .._typing import Array, LearningRate, Report
from .adam import Adam
from .nesterov import Nesterov
from .objective import Objective
from .vectors import copy_vector, move_towards

# The running mean of the parameters covers about so many epochs. It is updated so many times an
# epoch: after every batch it would take as long as the optimizer's step.
AVERAGED_EPOCHS = 2
UPDATES_PER_EPOCH = 8

# The explicit state of an optimizer, which can be pickled and continued anywhere.
Optimizer: TypeAlias = Adam | Nesterov


def new_optimizer(solver: str, w: Array, momentum: float) -> Optimizer | None:
    """Return the optimizer of a solver before its first step; None if it has no mini-batches."""
    if solver == "adam":
        return Adam.init(w)
    return Nesterov.init(w, momentum) if solver == "sgd" else None


def minibatch_descent(
    objective: Objective,
    w: Array,
    report: Report,
    *,
    optimizer: Optimizer,
    batch_size: int,
    learning_rate: LearningRate,
    max_iter: int,
    max_epoch_rows: int,
    average: bool,
    random_state: np.random.RandomState,
) -> Optimizer:
    """Go through the rows in batches; return the last state of the optimizer.

    An epoch is a pass over all rows. If there are more than ``max_epoch_rows`` rows, a pass is
    several epochs.

    The reported loss is the mean over the epoch, while the parameters change. With ``average``,
    the reported parameters are a running mean [1]_, which removes the oscillation that a constant
    learning rate causes.

    References
    ----------
    .. [1] Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J.
       Control and Optimization 30, 1992.
    """
    dw = copy_vector(w)
    mean = copy_vector(w) if average else w
    n_updates = step = 0
    rows, max_rows = objective.rows.in_light_parts(batch_size), objective.network.max_rows
    n_batches = math.ceil(min(len(rows), max_epoch_rows) / batch_size)
    batches_per_update = math.ceil(n_batches / UPDATES_PER_EPOCH)
    min_update_rate = 1 / (AVERAGED_EPOCHS * math.ceil(n_batches / batches_per_update))
    epochs = zip(range(max_iter), rows.epochs(max_epoch_rows, random_state), strict=False)
    for n_epochs, epoch in epochs:
        loss = 0.0
        n_batches = math.ceil(len(epoch) / batch_size)
        batches = rows.batches(epoch, n_batches, random_state, max_rows)
        for i, (size, blocks) in enumerate(batches):
            loss += objective.loss_and_gradient(w, dw, blocks) * size / len(epoch)
            # The host would have to wait for a number on a device.
            if isinstance(loss, float) and not math.isfinite(loss):
                break
            progress = (n_epochs + i / n_batches) / max_iter
            optimizer = optimizer.update(w, dw, learning_rate(step, progress))
            step += 1
            if average and i % batches_per_update == 0:
                n_updates += 1
                rate = max(1 / n_updates, min_update_rate)
                move_towards(mean, w, rate, work=dw)
        if report(mean, float(loss)):
            break
    return optimizer

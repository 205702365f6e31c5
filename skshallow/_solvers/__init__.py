"""Solvers, one a file. Each takes an objective and a start, and reports every epoch.

``report(parameters, loss)`` is called after every epoch (or iteration of L-BFGS) with the
parameters as they then are and the training loss; a solver stops when it returns True.
"""

import math
from typing import Any

import numpy as np
from scipy import sparse

from .._network import Network
from .._objective import Objective
from .._rows import Rows
from .._schedules import SCHEDULES
from .._typing import Array, Report
from ._adam import Adam
from ._gd import gradient_descent
from ._lbfgs import lbfgs
from ._minibatch import Optimizer, minibatch_descent
from ._sgd import NesterovMomentum

# Momentum looks back over about ten steps, and takes twice that to turn round.
PATIENCE_STEPS = 20


def auto_learning_rate(solver: str, rows: Rows, slope: float) -> float:
    """What "auto" stands for.

    Adam moves every weight by as much, and a hidden unit by the sum over its n weights: so its
    steps shrink with √n, as the initial weights do. Rows of words, most of which are absent, are
    shorter than √n, and the steps may be longer. So must they be where g is flatter, with that
    slope at 0, and less comes of them.
    """
    if solver == "adam":
        squared_length = min(rows.X.shape[1], rows.mean_squared_length)
        return min(0.03, 0.12 / max(math.sqrt(squared_length), 1)) / slope
    return {"gd": 0.1, "sgd": 0.05}[solver]


def working_dtype(solver: str, X: Any) -> Any:
    """What a solver computes in.

    The noise of mini-batches is far above float32's rounding; but the products by which a sparse
    X is centred need the digits that it has. SciPy's L-BFGS has no float32.
    """
    if solver == "lbfgs":
        return np.float64
    if solver == "gd" or sparse.issparse(X):
        return X.dtype
    return np.float32


def rows_per_batch(batch_size: int | str, n_rows: int) -> int:
    """What "auto" stands for: 16 batches an epoch, so that many rows make large ones."""
    return min(max(n_rows // 16, 64), 256) if isinstance(batch_size, str) else batch_size


def auto_patience(solver: str, batch_size: int | str, n_rows: int) -> int:
    """Epochs without improvement after which to stop: two, or as many as make PATIENCE_STEPS.

    In less than that the loss may rise and fall again because the steps, by the mean of earlier
    gradients, are too large; "gd" has no such mean.
    """
    if solver == "gd":
        return 2
    n_batches = 1 if solver == "lbfgs" else math.ceil(n_rows / rows_per_batch(batch_size, n_rows))
    return max(2, math.ceil(PATIENCE_STEPS / n_batches))


def new_optimizer(solver: str, network: Network, momentum: float) -> Optimizer | None:
    """The rule by which a solver that walks through batches takes its steps, if it does."""
    if solver == "sgd":
        return NesterovMomentum(network.n_parameters, network.dtype, float(momentum))
    if solver == "adam":
        return Adam(network.n_parameters, network.dtype)
    return None


def solve(
    report: Report,
    *,
    solver: str,
    objective: Objective,
    start: Array,
    optimizer: Optimizer | None,
    learning_rate: float | str,
    learning_rate_schedule: str,
    batch_size: int | str,
    average: bool,
    max_iter: int,
    tol: float,
    random_state: np.random.RandomState,
) -> bool:
    """Minimise the objective; whether that ended by the solver's own test."""
    if solver == "lbfgs":
        return lbfgs(objective, start, report, max_iter=max_iter, tol=tol)

    if isinstance(learning_rate, str):
        learning_rate = auto_learning_rate(
            solver, objective.rows, objective.network.activation.slope
        )
    peak = float(learning_rate)  # not NumPy's float64, which float32 vectors would be cast to
    schedule = SCHEDULES[learning_rate_schedule]

    def learning_rate_at(progress: float) -> float:
        return peak * schedule(progress)

    if optimizer is None:
        gradient_descent(
            objective, start, report, learning_rate=learning_rate_at, max_iter=max_iter
        )
    else:
        minibatch_descent(
            objective,
            start,
            report,
            optimizer=optimizer,
            batch_size=rows_per_batch(batch_size, len(objective.rows)),
            learning_rate=learning_rate_at,
            max_iter=max_iter,
            average=average,
            random_state=random_state,
        )
    return False


__all__ = ["Optimizer", "auto_patience", "new_optimizer", "solve", "working_dtype"]

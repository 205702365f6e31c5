"""Solvers, one a file. Each takes an objective and a start, and reports every epoch.

``report(parameters, loss)`` is called after every epoch (or iteration of L-BFGS) with the
parameters as they then are and the training loss; a solver stops when it returns True.
"""

import numpy as np

from .._network import Network
from .._objective import Objective
from .._schedules import SCHEDULES
from .._typing import Array, Report
from ._adam import Adam
from ._gd import gradient_descent
from ._lbfgs import lbfgs
from ._minibatch import Optimizer, minibatch_descent
from ._sgd import NesterovMomentum

# Where learning_rate is "auto".
LEARNING_RATES = {"gd": 0.5, "sgd": 0.05, "adam": 0.005}

# "auto" takes L-BFGS for up to this many numbers in X, and Adam above.
AUTO_LBFGS_MAX_SIZE = 200_000


def solver_named(solver: str, n_rows: int, n_features: int) -> str:
    """What "auto" stands for, and any other name itself."""
    if solver != "auto":
        return solver
    return "lbfgs" if n_rows * n_features <= AUTO_LBFGS_MAX_SIZE else "adam"


def new_optimizer(solver: str, network: Network, momentum: float) -> Optimizer | None:
    """The rule by which a solver that walks through batches takes its steps, if it does."""
    if solver == "sgd":
        return NesterovMomentum(network.n_parameters, network.dtype, momentum)
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
    batch_size: int,
    max_iter: int,
    tol: float,
    n_iter_no_change: int,
    random_state: np.random.RandomState,
) -> bool:
    """Minimise the objective; whether that ended by the solver's own test."""
    if solver == "lbfgs":
        return lbfgs(
            objective, start, report, max_iter=max_iter, tol=tol, n_iter_no_change=n_iter_no_change
        )

    peak = LEARNING_RATES[solver] if isinstance(learning_rate, str) else learning_rate
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
            batch_size=batch_size,
            learning_rate=learning_rate_at,
            max_iter=max_iter,
            random_state=random_state,
        )
    return False


__all__ = ["Optimizer", "new_optimizer", "solve", "solver_named"]

"""Run the solver that the settings name."""

from .._solvers.gradient_descent import gradient_descent
from .._solvers.lbfgs import lbfgs
from .._solvers.minibatch import Optimizer, minibatch_descent
from .._solvers.schedules import SCHEDULES
from .._typing import Report
from .auto import resolve_batch_size, resolve_learning_rate
from .problem import Problem


def solve(problem: Problem, report: Report) -> tuple[bool, Optimizer | None]:
    """Minimise; return whether the solver converged, and the last state of the optimizer.

    ``report(parameters, loss)`` is called after every epoch, or iteration of L-BFGS. The solver
    stops if it returns True.
    """
    settings, objective, start = problem.settings, problem.objective, problem.start
    w, max_iter, rows = start.parameters, settings.max_iter, objective.rows
    if settings.solver == "lbfgs":
        return lbfgs(objective, w, report, max_iter=max_iter, tol=settings.tol), None

    peak = resolve_learning_rate(settings, rows, objective.network.activation.slope)
    schedule = SCHEDULES[settings.learning_rate_schedule]

    def learning_rate(step: int, progress: float) -> float:
        return peak * schedule(step, progress)

    if start.optimizer is None:
        gradient_descent(objective, w, report, learning_rate=learning_rate, max_iter=max_iter)
        return False, None
    batch_size = resolve_batch_size(settings, len(rows))
    optimizer, random_state, average = start.optimizer, start.random_state, settings.average
    optimizer = minibatch_descent(
        objective, w, report, optimizer, batch_size, learning_rate, max_iter, average, random_state
    )
    return False, optimizer
